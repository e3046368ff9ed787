"""Lookups: what is typed leads to the same conclusions however it is spelt, and what cannot be found says so."""

from __future__ import annotations

import json
import re

import pytest
from conftest import Call
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fs_triage import livret_choice
from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret, open_livret
from fs_triage.text import typography


def ids(call: Call, *words: str) -> list[str]:
    """Return the ids that the lookup of `words` prints."""
    code, out, err = call("fiche", *words, "--json")
    assert (code, err) == (OK, ""), words
    return [match["id"] for match in json.loads(out)["matches"]]


@pytest.fixture
def livret(call: Call) -> OpenLivret:
    return open_livret(livret_choice.find_livret_folder())


def test_the_request_and_the_declaration_of_the_rsa(call: Call) -> None:
    code, out, err = call("caf", "rsa")
    assert (code, err) == (OK, "")
    for wanted in (
        "Faire une demande de RSA",
        "Faire une déclaration trimestrielle RSA",
        "1er niveau",
        "Si la démarche bloque (2nd niveau)",
        "3230",
    ):
        assert wanted in out.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "words",
    [
        ("caf/rsa/demande",),
        ("CAF/RSA/DEMANDE",),
        ("caf", "rsa/demande"),
        ("caf", "rsa", "demande"),
        ("caf rsa demande",),
        ("Caf", "RSA", "démande"),
        ("caf/rsa/demande/",),
        ("/caf/rsa/demande",),
        (" caf ", "rsa", "demande"),
        ("C.A.F.", "R.S.A", "demande"),
        ("Caisse d'allocations familiales", "rsa", "demande"),
        ("Caisse", "d’allocations", "familiales", "rsa", "demande"),
        ("caisse d allocations familiales", "rsa-demande".replace("-", "/")),
    ],
    ids="|".join,
)
def test_spelling_does_not_matter(call: Call, words: tuple[str, ...]) -> None:
    assert ids(call, *words) == ["caf/rsa/demande"]


@pytest.mark.parametrize(
    ("name", "partner"),
    [
        ("la-poste", "la-poste"),
        ("La Poste", "la-poste"),
        ("pole emploi", "pole-emploi"),
        ("Pôle-Emploi", "pole-emploi"),
        ("france travail", "pole-emploi"),
        ("France Titres", "ants"),
        ("DGFiP", "ddfip"),
        ("impôts", "ddfip"),
        ("Trésor public", "ddfip"),
        ("assurance maladie", "cpam"),
        ("ameli", "cpam"),
        ("point-justice", "justice"),
        ("CDAD", "justice"),
    ],
)
def test_a_partner_answers_to_each_of_its_names(call: Call, name: str, partner: str) -> None:
    expected = [line.partition("\t")[0] for line in call("liste", partner)[1].splitlines()]
    assert expected and ids(call, name) == ids(call, *name.split()) == expected
    assert [line.partition("\t")[0] for line in call("liste", *name.split())[1].splitlines()] == expected


@pytest.mark.parametrize(
    ("one", "several"),
    [("msa retraite", "msa retraites"), ("avocat", "avocats"), ("carte grise", "cartes grises")],
)
def test_a_plural_does_not_matter(call: Call, one: str, several: str) -> None:
    assert ids(call, *several.split()) == ids(call, *one.split()) != []


def test_every_conclusion_and_every_question_is_found_by_its_id(livret: OpenLivret) -> None:
    nodes = [row.id for row in livret.list_conclusion_rows()]
    assert len(nodes) > 100
    for position, node in enumerate(nodes):
        for words in ([node], node.split("/"), [node.upper().replace("-", " ")]):
            found = lookup.look_up(livret, words)
            assert (found.by, found.positions, found.node) == ("id", [position], node)
    questions = {node.rpartition("/")[0] for node in nodes}
    for question in questions:
        below = [rank for rank, node in enumerate(nodes) if node.startswith(f"{question}/")]
        assert lookup.look_up(livret, [question]).positions == below


VOCABULARY = [
    *("caf", "rsa", "divorce", "permis", "perdu", "pole", "emploi", "pôle-emploi", "france", "travail", "la"),
    *("poste", "boite", "mail", "caf/rsa", "/demande", "/", "autre", "prestation", "aah", "declaration"),
    *(
        "trimestrielle",
        "carte",
        "grise",
        "l’école",
        "d'avocat",
        "R.S.A",
        "???",
        "et",
        "le",
        "conseiller",
        "zzz",
    ),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6),
    gaps=st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_how_the_words_are_shared_out_does_not_matter(call: Call, words: list[str], gaps: list[bool]) -> None:
    """Same words, one answer: in one argument, in several, or some of them together."""
    arguments = [words[0]]
    for word, together in zip(words[1:], gaps, strict=False):
        arguments[-1:] = [f"{arguments[-1]} {word}"] if together else [arguments[-1], word]
    for more in ([], ["--json"]):
        code, out, _ = call("fiche", *more, "--", *words)
        assert call("fiche", *more, "--", *arguments)[:2] == (code, out)
        assert call("fiche", *more, "--", " ".join(words))[:2] == (code, out)


@pytest.mark.parametrize(
    "words",
    [
        ["caf", "rsa"],
        ["caf", "divorce"],
        ["pole", "emploi", "rsa"],
        ["la", "poste/boite-mail"],
        ["direction", "départementale", "des", "finances", "publiques", "du", "jura", "tva"],
        ["caf", "rsa", "demande"],
        ["mon", "chien", "a", "mangé", "ma", "carte", "grise"],
        ["caf", "???"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("space", [" ", "   ", "\u00a0", "\t"], ids=ascii)
def test_any_space_parts_two_words(call: Call, words: list[str], space: str) -> None:
    code, out, _ = call(*words)
    assert call(space.join(words))[:2] == (code, out)
    assert call(f"{space}{space.join(words[:2])}{space}", *words[2:])[:2] == (code, out)


def test_an_answer_of_several_words_needs_no_hyphen(call: Call) -> None:
    node = "caf/autre-prestation/aah-declaration-trimestrielle"
    for typed in (
        ["caf", "autre prestation", "aah declaration trimestrielle"],
        ["caf", "autre", "prestation", "aah", "declaration", "trimestrielle"],
        ["caf/autre prestation", "aah-declaration", "trimestrielle"],
    ):
        assert ids(call, *typed) == [node]


def test_words_may_stand_in_any_order_and_small_ones_do_not_count(call: Call) -> None:
    found = ids(call, "vol", "permis")
    assert found and found == ids(call, "permis", "vol") == ids(call, "le permis", "d’un", "vol")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("cpam perdu carte", "cpam carte perdue"),
        ("perdue carte cpam", "cpam carte perdue"),
        ("permis voler", "permis volé"),
        ("permis volées", "permis volé"),
        ("rsa caf", "caf rsa demande caf"),
        ("francetravail cv", "pole-emploi cv"),
        ("cv francetravail", "cv pôle emploi"),
        ("poste mail", "la-poste mail"),
        ("mes impôts", "impôts"),
        ("pole emploi rdv", "pole emploi rendez-vous"),
        ("caf mon rsa", "caf rsa"),
    ],
)
def test_the_order_of_words_and_their_simple_forms_do_not_matter(call: Call, typed: str, same: str) -> None:
    assert sorted(ids(call, *typed.split())) == sorted(ids(call, typed)) != []
    assert {*ids(call, *same.split())} <= {*ids(call, typed)}


def test_another_form_of_a_word_gives_way_to_the_word_itself(call: Call) -> None:
    """« retrait » is no form of « retraite », and « vol » stays « vol » where something bears it."""
    assert call("carsat", "retrait")[0] == NOTHING_FOUND
    assert ids(call, "permis", "vol")[0] == "ants/permis/refaire/vol"


@pytest.mark.parametrize(
    ("name", "partner"),
    [
        ("francetravail", "pole-emploi"),
        ("poleemploi", "pole-emploi"),
        ("poste", "la-poste"),
        ("laposte", "la-poste"),
        ("impot", "ddfip"),
        ("centre impôts", "ddfip"),
        ("allocation familiale", "caf"),
        ("agence emploi", "pole-emploi"),
    ],
)
def test_a_partner_answers_to_its_names_in_one_word_without_small_words_and_in_the_singular(
    call: Call, name: str, partner: str
) -> None:
    assert ids(call, name) == ids(call, *name.split()) == ids(call, partner)
    assert call("liste", name) == call("liste", partner)


def contacts(call: Call) -> list[dict[str, str | list[str]]]:
    found: list[dict[str, str | list[str]]] = json.loads(call("contacts", "--json")[1])["contacts"]
    assert len(found) > 30
    return found


def test_a_contact_is_found_by_its_value_and_by_its_label_wherever_it_is_used(call: Call) -> None:
    every = contacts(call)
    partners = {line.partition("\t")[0] for line in call("--completer", "=")[1].splitlines()}
    for contact in every:
        for key in ("value", "label"):
            name = str(contact[key])
            if name.lower() in ("caf.fr", "compte ameli"):  # what a partner, or a démarche, is called
                continue
            users = {user for other in every if other[key] == name for user in other["used_by"]}
            assert users <= {*ids(call, name)}, name
            assert users <= {*ids(call, *name.split())}, name
        assert contact["partner"] in partners


@pytest.mark.parametrize(
    "typed",
    ["3949", "39 49", "39.49", "pole-emploi 3949", "3949 pôle emploi", "france travail 39 49"],
)
def test_a_number_is_found_however_its_digits_are_grouped(call: Call, typed: str) -> None:
    users = next(contact["used_by"] for contact in contacts(call) if contact["value"] == "3949")
    assert {*ids(call, typed)} == {*ids(call, *typed.split())} == {*users}


def test_a_word_of_a_contact_leads_to_it_where_no_name_has_it(call: Call) -> None:
    assert ids(call, "Marchal") == ids(call, "patricia marchal") == ["la-poste/back-office"]
    assert "ants/carte-grise/blocage/copie-registre" in ids(call, "Administration +")
    assert ids(call, "administration plus", "msa") == ["msa/blocage/bloque-ou-urgent"]


@pytest.mark.parametrize("typed", ["page 8", "p. 8", "Livret, page 8", "caf page 8", "pages 8"])
def test_a_page_of_the_booklet(call: Call, typed: str) -> None:
    every = json.loads(call("liste", "--json")[1])["matches"]
    assert ids(call, typed) == [match["id"] for match in every if 8 in match["pages"]] != []


@pytest.mark.parametrize(
    "arguments",
    [
        ("caf", "rsa", "--json"),
        ("--json", "caf", "rsa"),
        ("caf", "--json", "rsa"),
        ("fiche", "--json", "caf", "rsa"),
        ("fiche", "caf", "rsa", "--json"),
        ("--json", "fiche", "caf", "rsa"),
        ("caf", "rsa", "--json", "--livret", "jura"),
        ("--livret=jura", "caf", "rsa", "--json"),
        ("--json", "--", "caf", "rsa"),
        ("--json", "--json", "caf", "rsa"),
    ],
    ids=" ".join,
)
def test_options_stand_before_or_after_the_words(call: Call, arguments: tuple[str, ...]) -> None:
    assert call(*arguments) == call("fiche", "caf", "rsa", "--json")


def test_a_number_of_conclusions_are_set_apart_in_text(call: Call) -> None:
    code, out, _ = call("caf", "rsa")
    parts = out.split("\n\n----\n\n")
    assert code == OK and len(parts) == len(ids(call, "caf", "rsa")) > 1
    assert "".join(f"{call(match)[1]}" for match in ids(call, "caf", "rsa")) == "\n".join(parts).replace(
        "\n\n----\n\n", "\n"
    )


MISSED = {
    ("verfier",): "Rien trouvé pour « verfier ». Vouliez-vous dire : « fs-triage verifier » ?",
    ("listes", "caf"): "Rien trouvé pour « listes caf ». Vouliez-vous dire : « fs-triage liste caf » ?",
    ("cafe",): "Rien trouvé pour « cafe ». Vouliez-vous dire : « fs-triage caf » ?",
    ("La", "Post"): "Rien trouvé pour « La Post ». Vouliez-vous dire : « fs-triage la-poste » ?",
    ("help",): "Rien trouvé pour « help ». Vouliez-vous dire : « fs-triage --aide » ?",
    ("caf", "???"): "Rien trouvé pour « caf ??? » ; tout ce que dit le livret : « fs-triage liste caf ».",
    ("cfa",): "Rien trouvé pour « cfa ». Vouliez-vous dire : « fs-triage caf » ?",
    ("caf", "zzz"): "Rien trouvé pour « caf zzz » ; tout ce que dit le livret : « fs-triage liste caf ».",
    ("caf", "piscine"): (
        "Rien trouvé pour « caf piscine » ; tout ce que dit le livret : « fs-triage liste caf »."
    ),
    ("caf/rsaa",): "Rien trouvé pour « caf/rsaa ». Vouliez-vous dire : « fs-triage caf rsa » ?",
    ("caf/rsa/demnade",): (
        "Rien trouvé pour « caf/rsa/demnade ». Vouliez-vous dire : « fs-triage caf rsa demande » ?"
    ),
    ("impots/declaration/zz",): (
        "Rien trouvé pour « impots/declaration/zz » ; tout ce que dit le livret : « fs-triage liste ddfip »."
    ),
    ("capm", "carte"): "Rien trouvé pour « capm carte ». Vouliez-vous dire : « fs-triage cpam carte » ?",
    ("asurance", "maladie", "carte"): (
        "Rien trouvé pour « asurance maladie carte ». Vouliez-vous dire : « fs-triage cpam carte » ?"
    ),
    ("france", "travial"): (
        "Rien trouvé pour « france travial ». Vouliez-vous dire : « fs-triage pole-emploi » ?"
    ),
    ("contact", "\x1b[2J"): (
        "Rien trouvé pour « contact \\u001b[2J ». Vouliez-vous dire : « fs-triage contacts \\u001b[2J » ?"
    ),
}


@pytest.mark.parametrize("words", MISSED, ids=lambda words: ascii(" ".join(words))[:40])
def test_nothing_found_says_what_may_have_been_meant(call: Call, words: tuple[str, ...]) -> None:
    assert call(*words) == (NOTHING_FOUND, "", f"{typography.typeset_french(MISSED[words])}\n")


GUESSED = [
    ("caf", "rsa", "maison", "bleue"),
    ("msa", "fromage"),
    ("mon", "chien", "a", "mangé", "ma", "carte", "grise"),
    ("caf", "permis", "volé"),
    ("capm", "carte"),
]


@pytest.mark.parametrize("words", GUESSED, ids=" ".join)
def test_a_guess_is_no_answer(call: Call, words: tuple[str, ...]) -> None:
    """What is near stands on standard error, as calls that work, and in JSON under a key of its own."""
    code, out, err = call("fiche", *words)
    assert (code, out) == (NOTHING_FOUND, "")
    head, *lines = err.splitlines()
    assert typography.typeset_french(f"« {' '.join(words)} »") in head
    near = [re.fullmatch(r"  fs-triage (\S+)  # .+ \((1er|2nd) niveau\)", line) for line in lines]
    assert all(near)
    for line in filter(None, near):
        assert call(line[1])[0] == OK
    code, out, err = call("fiche", *words, "--json")
    answer = json.loads(out)
    assert (code, err.splitlines()[0]) == (NOTHING_FOUND, head)
    assert (answer["found_by"], answer["matches"]) == ("nothing", [])
    found = [conclusion["id"] for conclusion in answer["near"]]
    assert found and found[: len(lines)] == [line[1] for line in near if line]
    for conclusion in answer["near"]:
        assert json.loads(call(conclusion["id"], "--json")[1])["matches"] == [conclusion]


def test_what_is_elsewhere_is_said_to_be_so(call: Call) -> None:
    err = call("caf", "permis", "volé")[2]
    assert err.startswith(typography.typeset_french("Rien de tel chez CAF : « caf permis volé ». Ailleurs :"))
    assert "  fs-triage ants/permis/refaire/vol  # " in err


def test_what_is_found_has_nothing_near(call: Call) -> None:
    assert "near" not in json.loads(call("fiche", "caf", "rsa", "--json")[1])


DASHES = ["–", "—", "‑", "\u2212"]


@pytest.mark.parametrize("dash", DASHES, ids=ascii)
@pytest.mark.parametrize(
    "arguments",
    [
        ("chercher", "{}max", "1", "permis"),
        ("chercher", "permis", "{}partenaire=ants"),
        ("caf", "rsa", "{}json"),
        ("{}json", "caf"),
        ("liste", "{}-json"),
    ],
    ids=" ".join,
)
def test_an_option_with_the_dash_of_a_word_processor_is_told(
    call: Call, arguments: tuple[str, ...], dash: str
) -> None:
    typed = [argument.format(dash) for argument in arguments]
    wrong = next(word for word in typed if dash in word)
    name = "--" + wrong.strip(f"{dash}-").partition("=")[0]
    said = f"Le tiret de « {wrong} » n’est pas celui du clavier ; écrivez « {name} »."
    assert call(*typed) == (WRONG_CALL, "", f"{typography.typeset_french(said)}\n")


@pytest.mark.parametrize(
    "words", [("perdu", "-10", "euros"), ("enfant", "-18ans"), ("—", "volé"), ("–volé",)]
)
def test_a_dash_that_begins_no_option_is_one_of_a_word(call: Call, words: tuple[str, ...]) -> None:
    for command in ("chercher", "fiche"):
        code, out, _ = call(command, *words, "permis", "--json")
        assert code in (OK, NOTHING_FOUND)
        assert json.loads(out)["query"] == " ".join([*words, "permis"])


def test_what_names_the_words_itself_comes_first(call: Call) -> None:
    found = ids(call, "permis", "volé")
    assert found[0] == "ants/permis/refaire/vol" and len(found) > 1


@pytest.mark.parametrize("word", ["", " ", "\u00a0", "\t"])
def test_an_empty_word_is_a_wrong_call(call: Call, word: str) -> None:
    said = "Le mot à chercher est vide ; tapez par exemple « fs-triage caf rsa »."
    assert call("fiche", word) == (WRONG_CALL, "", f"{typography.typeset_french(said)}\n")


@pytest.mark.parametrize(
    "word", ["???", "'", "-", "--- x", "/", "é" * 10_000, "../../etc/passwd", "%s{0}", "[/]"]
)
def test_odd_words_find_nothing_and_break_nothing(call: Call, word: str) -> None:
    code, _, err = call("fiche", "--", word)
    assert code in (OK, NOTHING_FOUND)
    assert len(err) < 1000 and all(line.isprintable() for line in err.replace("\u00a0", "").splitlines())


def test_a_list_of_an_unknown_partner_names_the_known_ones(call: Call) -> None:
    partners = "caf, cpam, ants, ddfip, pole-emploi, carsat, msa, justice, la-poste"
    said = typography.typeset_french(f"Partenaire inconnu : « cafard » ; possibles : {partners}.")
    for command in ("liste", "arbre", "relecture"):
        assert call(command, "cafard") == (WRONG_CALL, "", f"{said}\n")
    for typed, meant in (("caaf", "caf"), ("france travial", "pole-emploi"), ("ammeli", "cpam")):
        said = typography.typeset_french(
            f"Partenaire inconnu : « {typed} ». Vouliez-vous dire : « {meant} » ? Possibles : {partners}."
        )
        assert call("liste", typed) == (WRONG_CALL, "", f"{said}\n")
        assert call("chercher", "rsa", "--partenaire", typed) == (WRONG_CALL, "", f"{said}\n")


def test_an_unknown_livret_or_folder_of_rules_is_named(call: Call) -> None:
    code, out, err = call("caf", "--livret", "doubs")
    assert (code, out) == (WRONG_CALL, "") and "doubs" in err and "jura" in err
    code, out, err = call("caf", "--regles", "nulle/part\x1b]0;x\x07")
    assert (code, out) == (3, "") and "nulle/part\\u001b]0;x\\u0007" in err
