"""The checks: what each lets through and what it holds, beyond its bad file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GOOD, JURA, Run, clean_environment, edit, leave_out_checks
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.author import verifier
from fs_triage.checks import contacts, examples, registry, tree, verify
from fs_triage.rules import load
from fs_triage.rules.model_livret import Identifiers
from fs_triage.text.did_you_mean import build_slug, suggest_name


def told(folder: Path) -> list[str]:
    return [str(problem).removeprefix("bon/") for problem in verifier.verify_livret(folder).problems]


CARD = "    steps:\n      - Prendre rendez-vous.\n"
LIST = "    steps:\n      - S'inscrire en ligne.\n"
TWO = """\
    question: Laquelle ?
    answers:
      - {{id: a, label: A, {}}}
      - {{id: b, label: B, {}}}
"""


# Values of contacts


@pytest.mark.parametrize(
    "value",
    [
        "3230",
        "3646",
        "3949",
        "3039",
        "36 46",
        "15",
        "112",
        "06 63 48 58 22",
        "0806 001 625",
        "0 809 401 401",
        "07.88.39.97.74",
        "03-84-25-69-92",
        "+33 3 84 25 69 92",
        "+33 (0)3 84 25 69 92",
        "(03) 84 25 69 92",
        "0590 20 30 40",
        "0262 40 40 40",
        "116 000",
    ],
)
def test_numbers_that_can_be_dialled(value: str) -> None:
    assert contacts.find_phone_error(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "03 84 25 69 9",
        "03 84 25 69 921",
        "99 99",
        "0",
        "tel:3230",
        "3230 ou 3646",
        "0800-CAF",
        "٣٢٣٠",
        "03 84 25 69 92 poste 3",
        "",
        " ",
        "+",
        "+999 12 34 56 78",
        "+41 22 555 12 12",
        "+1 212 555 0100",
        "36466",
        "32 30 1",
        "6 48 20 56 08",
        "648205608",
    ],
)
def test_numbers_that_cannot(value: str) -> None:
    assert contacts.find_phone_error(value) is not None


@pytest.mark.parametrize(
    "value", ["contact@cdad-jura.fr", "Patricia.marchal@laposte.fr", "ape.39054@pole-emploi.fr"]
)
def test_addresses_that_can_be_written_to(value: str) -> None:
    assert contacts.find_email_error(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "contact",
        "contact@",
        "@caf.fr",
        "contact@caf",
        "contact(at)caf.fr",
        "a@caf.fr, b@caf.fr",
        "mailto:a@caf.fr",
        "a@caf.fr?cc=b@caf.fr",
        "a&b@caf.fr",
        "a;b@caf.fr",
        "<a@caf.fr>",
        "a @caf.fr",
        "a@caf..fr",
        "a@-caf.fr",
        "a@b@caf.fr",
        "préfecture@jura.gouv.fr",
        "contact@franche-comté.fr",
        "c\u03bfntact@caf.fr",
    ],
)
def test_addresses_that_cannot(value: str) -> None:
    assert contacts.find_email_error(value) is not None


@pytest.mark.parametrize(
    "value",
    [
        "www.caf.fr",
        "CAF.FR",
        "caf.fr/rdv",
        "https://www.jura.gouv.fr/a#!/b/F19211",
        "HTTP://caf.fr",
        "www.caf.fr:443",
        "éducation.gouv.fr",
        "https://caf.fr?x=1&y=2",
        "xn--ducation-90a.fr",
    ],
)
def test_sites_that_are_sites(value: str) -> None:
    assert contacts.find_site_error(value) is None
    assert contacts.find_appointment_error(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JavaScript://caf.fr/%0aalert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://caf.fr",
        "https://nom:secret@caf.fr",
        "https://nom@caf.fr",
        "https://caf.fr\\@mal.fr",
        "mailto:a@caf.fr",
        "https:///x",
        "http://",
        "https://caf.fr/a b",
        "www.caf.fr:99999",
        "https://1.2.3.4/",
        "https://[::1]/",
        "-a.fr",
        "caf..fr",
        "//caf.fr",
        "https://caf.fr/" + "x" * 2000,
    ],
)
def test_sites_that_are_none_or_may_harm(value: str) -> None:
    assert contacts.find_site_error(value) is not None
    if "." in value and "//" in value and not value.startswith("//"):
        assert contacts.find_appointment_error(value) is not None


@pytest.mark.parametrize(
    "value", ["compte AMELI", "RDV auprès de la MSA", "Services En Ligne", "Sur rendez-vous : à la mairie."]
)
def test_an_appointment_may_be_words(value: str) -> None:
    assert contacts.find_appointment_error(value) is None
    assert contacts.find_appointment_error("javascript:alert(1)") is not None


@pytest.mark.parametrize(
    "value", ["Mo-Fr 08:30-19:00", "Mo,Tu 08:30-12:30,13:30-16:00", "24/7", "Mo-Fr 09:00-12:00; PH off"]
)
def test_hours_that_are_understood(value: str) -> None:
    assert contacts.find_hours_error(value) is None


@pytest.mark.parametrize("value", ["lundi 8h", "8h30-12h", "Mo-Fr 25:00-26:00", "Mo-", "tous les jours"])
def test_hours_that_are_not(value: str) -> None:
    assert contacts.find_hours_error(value) is not None


@given(st.text(max_size=40))
def test_no_value_makes_a_check_fail(value: str) -> None:
    for check in (
        contacts.find_phone_error,
        contacts.find_email_error,
        contacts.find_site_error,
        contacts.find_appointment_error,
        contacts.find_hours_error,
    ):
        assert check(value) is None or isinstance(check(value), str)


def test_values_that_served_are_not_looked_at_again(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("03 84 25 69 92", "03 84 25 69"))
    draft = load.load_livret(folder).draft
    assert draft is not None
    assert [problem.code for problem in verify.find_blocking_problems(draft)] == ["bad-phone"]
    assert verify.find_blocking_problems(draft, {("phone", "03 84 25 69")}) == []


def test_a_wrong_value_stops_the_desk_even_after_a_good_start(run: Run, tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "bon")
    call = ("mairie", "aide", "--regles", str(tmp_path / "bon"))
    good = run(*call, home=tmp_path)
    assert good.returncode == 0 and "03 84 25 69 92" in good.stdout
    edit(tmp_path / "bon" / "mairie.yaml", ("03 84 25 69 92", "03 84 25 69 9"))
    kept = run(*call, home=tmp_path)
    assert (kept.returncode, kept.stdout) == (0, good.stdout)
    assert "bon/mairie.yaml:11" in kept.stderr and "03 84 25 69 9" in kept.stderr
    fresh = run(*call, home=tmp_path / "other")
    assert (fresh.returncode, fresh.stdout) == (3, "")


def test_a_lookup_loads_none_of_the_libraries(run: Run, home: Path) -> None:
    assert run("caf", "rsa").returncode == 0
    script = (
        "import sys; sys.argv = ['fs-triage', 'caf', 'rsa']; from fs_triage.__main__ import main; main();"
        "print(*[m for m in sys.modules if m in ('phonenumbers', 'email_validator', 'opening_hours', 'pydantic',"
        "'yaml', 'fs_triage.checks.registry', 'fs_triage.index.lookup')], file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", env=clean_environment(home)
    )
    assert (result.returncode, result.stderr) == (0, "fs_triage.index.lookup\n")


# The tree


@pytest.mark.parametrize(
    ("card", "answer", "line"),
    [
        (
            "    goto: carte\n",
            LIST,
            "25:11: « goto » tourne en rond : carte → carte ; menez à une autre réponse [cycle]",
        ),
        (
            "    goto: liste\n",
            "    goto: liste\n",
            "29:11: « goto » tourne en rond : liste → liste ; menez à une autre réponse [cycle]",
        ),
        (
            TWO.format("goto: carte", "goto: aide"),
            LIST,
            "27:33: « goto » tourne en rond : carte/a → carte ; menez à une autre réponse [cycle]",
        ),
        (
            TWO.format("goto: liste", "steps: [c]"),
            "    goto: carte\n",
            "27:33: « goto » tourne en rond : carte/a → liste → carte ; menez à une autre réponse [cycle]",
        ),
    ],
)
def test_a_round_is_told_once(card: str, answer: str, line: str, folder: Path) -> None:
    path = folder / "mairie.yaml"
    edit(path, (CARD, card), (LIST, answer))
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\nexamples:")], encoding="utf-8")
    found = load.load_livret(folder).draft
    assert found is not None
    assert [str(problem).removeprefix("bon/mairie.yaml:") for problem in registry.CHECKS["cycle"].run(found.partners[0])] == [
        line
    ]


def test_a_goto_that_goes_on_to_another_is_no_round(folder: Path) -> None:
    edit(folder / "mairie.yaml", (CARD, "    goto: liste\n"), (LIST, "    goto: aide\n"))
    draft = load.load_livret(folder).draft
    assert draft is not None and list(tree.find_cycles(draft.partners[0])) == []


def test_an_escalation_may_not_name_what_only_leads_on(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide", "if_blocked: liste"), (LIST, "    goto: aide\n"))
    edit(
        folder / "mairie.yaml",
        ("  - id: liste\n    besoin: [je veux m'inscrire sur la liste électorale pour voter]\n", ""),
    )
    assert told(folder) == [
        "mairie.yaml:7:13: « if_blocked » mène à « liste », qui n’est qu’un renvoi ; écrivez « aide » [unknown-target]"
    ]


LABEL = "    label: S'inscrire sur la liste électorale\n"


def test_what_blocks_may_not_lead_back_to_itself(folder: Path) -> None:
    edit(folder / "mairie.yaml", (LABEL, f"{LABEL}    if_blocked: liste\n"))
    assert told(folder) == [
        "mairie.yaml:29:17: « S’inscrire sur la liste électorale » : si la démarche bloque, elle ne mène qu’à "
        "elle-même ; donnez un autre if_blocked [no-way-out]"
    ]


def test_what_blocks_may_not_lead_to_the_first_level_alone(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide", "if_blocked: liste"))
    assert told(folder) == [
        "mairie.yaml:7:13: « Mairie » : si la démarche bloque, elle ne mène qu’à du 1er niveau ; "
        "donnez un autre if_blocked [no-way-out]"
    ]
    edit(folder / "mairie.yaml", (LABEL, f"{LABEL}    no_second_level: Tout se fait ici.\n"))
    assert told(folder) == []


def test_one_answer_does_not_say_both_who_helps_and_that_nobody_does(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide\n", "if_blocked: aide\nno_second_level: Rien.\n"))
    assert told(folder) == [
        "mairie.yaml:8:18: « if_blocked » et « no_second_level » se contredisent ; gardez l’un des deux [no-way-out]"
    ]


def test_a_partner_that_never_says_who_helps_is_told_once(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide\n", ""))
    assert told(folder) == [
        "mairie.yaml:1:5: rien n’est dit si une des 2 démarches de 1er niveau bloque ; "
        "ajoutez if_blocked ou no_second_level au partenaire [no-way-out]"
    ]


def test_an_unknown_contact_is_told_once(folder: Path) -> None:
    steps = "    contacts: [acueil]\n    steps:\n"
    edit(
        folder / "mairie.yaml",
        ("    steps:\n", steps),
        ("[accueil, etat-civil]", "[acueil, etat-civil, autre]"),
    )
    assert told(folder) == [
        "mairie.yaml:25:16: contact inconnu « acueil » (et 1 autre fois) ; vouliez-vous dire « accueil » ? "
        "[unknown-contact]",
        "mairie.yaml:35:36: contact inconnu « autre » ; possible : accueil, etat-civil [unknown-contact]",
    ]


def test_a_contact_whose_identifier_is_refused_is_not_unknown_as_well(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("  etat-civil:\n", "  Etat_civil:\n"))
    assert told(folder) == [
        "mairie.yaml:15:3: « Etat_civil » n’est pas un identifiant ; écrivez « etat-civil » [bad-id]"
    ]


@pytest.mark.parametrize("said", ["no_second_level: Tout se fait ici.\n", "if_blocked: aide\n"])
def test_a_way_out_is_inherited(said: str, folder: Path) -> None:
    edit(folder / "mairie.yaml", ("if_blocked: aide\n", said))
    assert told(folder) == []


@pytest.mark.parametrize(("count", "problems"), [(1, 1), (2, 0), (9, 0), (10, 1)])
def test_the_number_of_answers(count: int, problems: int, folder: Path) -> None:
    rows = "".join(f"      - {{id: a{n}, label: Réponse {n}, steps: [Faire.]}}\n" for n in range(count))
    edit(folder / "mairie.yaml", (CARD, f"    question: Laquelle ?\n    answers:\n{rows}"))
    codes = [line.rpartition("[")[2] for line in told(folder)]
    assert codes.count("answer-count]") == problems


@pytest.mark.parametrize(
    ("path", "length", "problems"),
    [("label: Une carte d'identité", 60, 0), ("label: Une carte d'identité", 61, 1)],
)
def test_the_widths_of_texts(path: str, length: int, problems: int, folder: Path) -> None:
    edit(folder / "mairie.yaml", (path, f"label: {'x' * length}"))
    assert [line.rpartition("[")[2] for line in told(folder)] == ["text-too-long]"] * problems


def test_a_keyword_may_stand_twice_when_it_leads_to_one_place(folder: Path) -> None:
    edit(folder / "mairie.yaml", (LIST, "    goto: carte\n"), ("[voter]", "[CNI]"))
    edit(
        folder / "mairie.yaml",
        ("  - id: liste\n    besoin: [je veux m'inscrire sur la liste électorale pour voter]\n", ""),
    )
    assert told(folder) == []


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("Cocher [ oui ] ou [ non ].", None),
        ("Écrire à 8:30 ou 9:00, dans 2 < 3 > 1 cas.", None),
        ("Ouvrir le site & choisir AT&T ; continuer.", None),
        ("Voir [bold]ici[/bold].", "[bold]"),
        ("Voir [/].", None),
        ("Voir <b>ici</b>.", "<b>"),
        ("Voir <!-- rien -->.", None),
        ("Un caf&eacute;.", "&eacute;"),
        ("Bien :smile: fait.", ":smile:"),
        ("Voir **ici**.", "**ici**"),
        ("Voir __ici__.", "__ici__"),
        ("Voir [lien](https://caf.fr).", "[lien]"),
    ],
)
def test_markup(text: str, markup: str | None, folder: Path) -> None:
    edit(folder / "mairie.yaml", ("Prendre rendez-vous.", json.dumps(text, ensure_ascii=False)))
    expected = f"mairie.yaml:26:9: « {markup} » se lit comme du balisage ; écrivez le texte seul [markup]"
    assert told(folder) == ([expected] if markup else [])


# Identifiers


def listed(folder: Path, text: str) -> None:
    (folder / "identifiants.yaml").write_text(text, encoding="utf-8")


ALL = "published: [mairie/carte, mairie/liste, mairie/aide]\n"


def test_a_list_that_is_complete(folder: Path) -> None:
    listed(folder, ALL)
    assert told(folder) == []


def test_a_change_of_name_is_one_line_and_the_line_it_gives_mends_it(folder: Path) -> None:
    listed(folder, ALL)
    edit(folder / "mairie.yaml", ("  - id: liste\n    label", "  - id: electeur\n    label"))
    edit(folder / "mairie.yaml", ("  - id: liste\n    besoin", "  - id: electeur\n    besoin"))
    assert told(folder) == [
        "identifiants.yaml:1:27: identifiant publié « mairie/liste » qui n’existe plus ; s’il a changé de nom, "
        "ajoutez sous renamed : « mairie/liste: mairie/electeur » [id-vanished]"
    ]
    listed(folder, ALL + "renamed:\n  mairie/liste: mairie/electeur\n")
    assert told(folder) == []


def test_a_branch_that_is_gone_is_one_line(folder: Path) -> None:
    listed(
        folder,
        "published: [mairie/carte, mairie/liste, mairie/aide, mairie/etat/a, mairie/etat/b/c, msa/x]\n",
    )
    assert told(folder) == [
        "identifiants.yaml:1:54: identifiant publié « mairie/etat » qui n’existe plus, ni les 2 conclusions qu’il "
        "portait ; vérifiez que mairie.yaml est entier, puis ajoutez "
        "sous renamed : « mairie/etat: nouvel identifiant », ou ôtez ces 2 lignes si le livret "
        "ne le donne plus [id-vanished]",
        "identifiants.yaml:1:86: identifiant publié « msa » qui n’existe plus, ni la conclusion qu’il portait ; "
        "vérifiez que msa.yaml est entier, puis ajoutez "
        "sous renamed : « msa: nouvel identifiant », ou ôtez cette ligne si le livret ne le donne plus "
        "[id-vanished]",
    ]


def test_a_partner_that_cannot_be_read_does_not_make_its_identifiers_vanish(folder: Path) -> None:
    listed(folder, ALL)
    edit(folder / "mairie.yaml", ("label: Mairie", "label: ["))
    assert [line.rpartition("[")[2] for line in told(folder)] == ["syntax]"]


@pytest.mark.parametrize(
    ("renamed", "line"),
    [
        (
            "mairie/liste: mairie/carte",
            "3:3: « mairie/liste » existe toujours ; retirez cette ligne [bad-rename]",
        ),
        (
            "mairie/cni: mairie/cartes",
            "3:3: « mairie/cni » est renommé en « mairie/cartes », qui n’existe pas ; vouliez-vous dire "
            "« mairie/carte » ? [bad-rename]",
        ),
        (
            "mairie/a: mairie/b\n  mairie/b: mairie/a",
            "3:3: « mairie/a » est renommé en « mairie/b », qui n’existe pas ; vouliez-vous dire "
            "« mairie » ? [bad-rename]",
        ),
    ],
)
def test_a_change_of_name_that_leads_nowhere(renamed: str, line: str, folder: Path) -> None:
    listed(folder, f"{ALL}renamed:\n  {renamed}\n")
    assert told(folder)[0] == f"identifiants.yaml:{line}"


def test_an_old_identifier_arrives(run: Run, folder: Path) -> None:
    listed(
        folder,
        "published: [mairie/carte, mairie/liste, mairie/aide, guichet/vote]\n"
        "renamed: {mairie/cni: mairie/carte, mairie/papiers: mairie/cni, guichet: mairie, mairie/vote: mairie/liste}\n",
    )
    assert told(folder) == []
    for old, new in {
        "mairie/cni": "mairie/carte",
        "mairie/papiers": "mairie/carte",
        "guichet/vote": "mairie/liste",
        "mairie/vote": "mairie/liste",
    }.items():
        result = run("fiche", old, "--regles", "bon", "--json", cwd=folder.parent.absolute())
        assert [match["id"] for match in json.loads(result.stdout)["matches"]] == [new]


@given(
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcdef"), max_size=5),
    st.sampled_from("abcdef"),
)
def test_following_names_always_ends(renamed: dict[str, str], start: str) -> None:
    seen, node = {start}, start
    while node in renamed and renamed[node] not in seen:
        node = renamed[node]
        seen.add(node)
    end = Identifiers(published=[], renamed=renamed).follow(start)
    if node not in renamed:
        assert end == node
    else:
        assert end in renamed, "a round has no end: it leads to none that is not renamed"


# A département next door


def test_contacts_that_an_heir_has_yet_to_replace(folder: Path) -> None:
    (folder.parent / "voisin").mkdir()
    booklet = (GOOD / "livret.yaml").read_text(encoding="utf-8").replace("id: bon", "id: voisin")
    (folder.parent / "voisin" / "livret.yaml").write_text(
        booklet.replace("partners: [mairie]", "extends: bon"), encoding="utf-8"
    )
    verified = verifier.verify_livret(Path("voisin"))
    assert [str(problem) for problem in verified.problems] == [
        "bon/mairie.yaml:10:3: contact local « accueil » à remplacer ; sans lui, mairie/aide n’a personne à "
        "contacter ; donnez-le sous contacts, dans mairie.yaml de ce livret [contact-not-replaced]",
        "bon/mairie.yaml:15:3: contact local « etat-civil » à remplacer ; sans lui, mairie/aide n’a personne à "
        "contacter ; donnez-le sous contacts, dans mairie.yaml de ce livret [contact-not-replaced]",
    ]
    assert not any(problem.blocking for problem in verified.problems)


# Examples


def test_coverage_counts_what_could_be_read(folder: Path) -> None:
    draft = load.load_livret(folder).draft
    assert draft is not None
    assert examples.compute_coverage(draft).to_data() == {
        "conclusions": 3,
        "reached": 3,
        "partners": {"mairie": {"conclusions": 3, "unreached": []}},
    }
    edit(folder / "mairie.yaml", ("audience: usager", "audience: tous"))
    draft = load.load_livret(folder).draft
    assert draft is not None and examples.compute_coverage(draft).to_data()["conclusions"] == 0


def test_our_examples_reach_every_conclusion_partner_by_partner() -> None:
    livret = load.load_livret(JURA).livret
    assert livret is not None
    found = examples.compute_coverage(livret)
    assert len(found.totals) == 9 and min(found.totals.values()) > 0
    assert {name: nodes for name, nodes in found.unreached.items() if nodes} == {}


def test_a_need_of_the_booklet_is_not_out_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out_checks(monkeypatch, "example-walk", "example-elsewhere")
    (folder / "hors-livret.yaml").write_text(
        "out_of_scope:\n  - Je veux M'INSCRIRE sur la liste électorale pour voter !\n", encoding="utf-8"
    )
    assert told(folder) == [
        "mairie.yaml:41:14: besoin « je veux m’inscrire sur la liste électorale pour voter » : la recherche ne "
        "trouve pas « mairie/liste » ; retirez-le de hors-livret.yaml, ou dites-le autrement [example-missed]"
    ]


@pytest.mark.parametrize(
    ("walk", "reached"),
    [("[carte]", "mairie/carte"), ("[nulle-part]", "mairie"), ("[carte, carte]", "mairie/carte")],
)
def test_a_walk_that_ends_elsewhere(walk: str, reached: str, folder: Path) -> None:
    edit(folder / "mairie.yaml", ("walk: [aide]", f"walk: {walk}"))
    assert told(folder) == [
        f"mairie.yaml:44:11: le parcours mène à « {reached} », non à « mairie/aide » ; corrigez walk ou id "
        "[example-walk]"
    ]


def test_a_walk_goes_through_a_goto(folder: Path) -> None:
    edit(folder / "mairie.yaml", ("walk: [aide]", "walk: [bloque]"))
    edit(
        folder / "mairie.yaml",
        ("  - id: aide\n    label", "  - {id: bloque, label: Bloqué, goto: aide}\n  - id: aide\n    label"),
    )
    assert told(folder) == []


# Names


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Carte d'identité", "carte-d-identite"),
        ("RSA/Œuvres sociales", "rsa/oeuvres-sociales"),
        ("!!", ""),
        ("日本", ""),
    ],
)
def test_an_identifier_made_of_words(text: str, identifier: str) -> None:
    assert build_slug(text) == identifier


def test_the_nearest_name() -> None:
    assert suggest_name("usagers", ["conseiller", "usager"]) == "vouliez-vous dire « usager » ?"
    assert suggest_name("xyz", ["a", "b"]) == "possible : a, b"
    assert suggest_name("xyz", [str(n) for n in range(30)]).endswith(" 19 et 10 autres")
    assert suggest_name("xyz", []) == ""
