"""What words are understood as: by name, by what was learnt, in their context, and how a refusal is told."""

from __future__ import annotations

import pytest
from conftest import JURA, open_compiled
from hypothesis import given, settings
from hypothesis import strategies as st

from fs_triage.livret import OpenLivret
from fs_triage.rules import load
from fs_triage.rules.flatten import flatten_livret
from fs_triage.rules.load import Livret
from fs_triage.text.fold import fold
from fs_triage.understanding.result import Understanding, Verdict
from fs_triage.understanding.understand import understand

ANSWERED = (Verdict.MATCHES, Verdict.MAYBE, Verdict.VAGUE)


@pytest.fixture(scope="module")
def livret() -> Livret:
    loaded = load.load_livret(JURA)
    assert loaded.livret is not None
    return loaded.livret


@pytest.fixture(scope="module")
def opened(livret: Livret) -> OpenLivret:
    return open_compiled(livret)


def told(opened: OpenLivret, text: str, **context: object) -> Understanding:
    return understand(opened, opened.model, text, **context)  # type: ignore[arg-type]


def found(opened: OpenLivret, text: str, **context: object) -> list[str]:
    return name_hits(opened, told(opened, text, **context))


def name_hits(opened: OpenLivret, understood: Understanding) -> list[str]:
    return [opened.get_conclusion_id(hit.position) for hit in understood.hits]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("carte vitale de mon oncle", "cpam/carte/vitale"),
        ("notaire svp", "justice/professionnel/notaire"),
        ("conciliatuer", "justice/intervenant/conciliateur"),
        ("pemis volé", "ants/permis/refaire/vol"),
        ("cotisations", "msa/cotisation/rendez-vous"),
        ("Bonsoir, la mensualisation s'il vous plaît, merci beaucoup", "ddfip/paiement/mensualisation"),
        (
            "Il neige encore. Comment déclarer ma grossesse à la CAF ? Le bus est en retard.",
            "caf/naissance/grossesse",
        ),
        ("Mon frère travaille à la MSA. Je veux commander une carte vitale.", "cpam/carte/vitale"),
        ("je veux commander une carte vitale, la poste est fermée", "cpam/carte/vitale"),
    ],
)
def test_what_stands_around_a_need_does_not_move_it(opened: OpenLivret, text: str, node: str) -> None:
    assert found(opened, text)[0] == node


@pytest.mark.parametrize("word", ["logement", "relevé", "famille", "carte", "permis demain", "agence"])
def test_a_short_need_with_a_word_of_ours_is_never_refused(opened: OpenLivret, word: str) -> None:
    understood = told(opened, word)
    assert understood.verdict in ANSWERED
    assert understood.ranked


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("3230", "caf/compte/telephone/enregistrer-3230"),
        ("page 8", "caf/"),
        ("Patricia", "la-poste/back-office"),
    ],
)
def test_contacts_and_pages_are_names(opened: OpenLivret, text: str, part: str) -> None:
    understood = told(opened, text)
    assert understood.named and understood.named[0].startswith(part)


@pytest.mark.parametrize("name", ["CAF", "francetravail", "pôle emploi", "jutice"])
def test_a_partner_s_name_alone_gives_what_it_offers(opened: OpenLivret, name: str) -> None:
    understood = told(opened, name)
    partner = understood.ranked[0]
    assert partner in opened.meta.partners
    assert understood.verdict == Verdict.VAGUE
    assert {choice.partition("/")[0] for choice in understood.choices} == {partner}


@pytest.mark.parametrize(
    ("at", "text", "node"),
    [
        ("cpam", "ceam", "cpam/carte/europeenne"),
        ("carsat", "rdv", "carsat/contact/rendez-vous"),
        ("", "invalidité", "cpam/droits/invalidite"),
        ("", "msa espace privé", "msa/numerique/espace-prive"),
        ("", "invalidi", "cpam/droits/invalidite"),
    ],
)
def test_what_is_typed_shows_its_answer_first(opened: OpenLivret, at: str, text: str, node: str) -> None:
    ranked = told(opened, text, at=at, is_typing=True).ranked
    assert ranked[0] == node
    assert len(ranked) == len(set(ranked))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("cartevitale", "cpam/carte/vitale"),
        ("relevéde carrière", "carsat/carriere/releve"),
        ("réver sion", "carsat/simuler/reversion"),
        ("mensuali sation", "ddfip/paiement/mensualisation"),
        ("zvocat gratuit", "justice/professionnel/avocat"),
        ("lensualisation", "ddfip/paiement/mensualisation"),
        ("onciliateur", "justice/intervenant/conciliateur"),
        ("carte vitle", "cpam/carte/vitale"),
        ("carte viale", "cpam/carte/vitale"),
    ],
)
def test_a_slip_is_read_as_the_known_word_it_stands_for(opened: OpenLivret, text: str, node: str) -> None:
    assert found(opened, text)[0] == node


@pytest.mark.parametrize(
    "beside", ["Camille", "de Justine", "15/03/2025", "n° 12", "à Poligny", "39100", "Odette, 14h", "en 2019"]
)
def test_a_name_a_number_or_a_place_changes_nothing(opened: OpenLivret, beside: str) -> None:
    for word in ("notaire", "réversion", "digiposte", "permis volé"):
        assert found(opened, f"{word} {beside}")[0] == found(opened, word)[0]


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("rsa et digiposte", ["caf/rsa", "la-poste/digiposte"]),
        ("passeport + carte grise", ["ants/identite", "ants/carte-grise"]),
        ("1) notaire 2) mensualisation", ["justice/professionnel/notaire", "ddfip/paiement/mensualisation"]),
        ("avocat, notaire", ["justice/professionnel/avocat", "justice/professionnel/notaire"]),
    ],
)
def test_a_list_is_read_need_by_need(opened: OpenLivret, text: str, nodes: list[str]) -> None:
    understood = told(opened, text)
    assert (len(understood.needs), understood.tied) == (len(nodes), [])
    first = found(opened, text)[: len(nodes)]
    assert all(one == node or one.startswith(f"{node}/") for one, node in zip(first, nodes, strict=True))


@pytest.mark.parametrize("text", ["droits et obligations", "Complexe ou urgent, agence de Lons-le-Saunier"])
def test_one_need_of_several_words_is_no_list(opened: OpenLivret, text: str) -> None:
    assert told(opened, text).needs == []


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("à qui est le 06 48 20 56 08 ?", "la-poste/back-office"),
        ("elle a reçu un mail de ape.39054@pole-emploi.fr hier", "pole-emploi/urgence/dole"),
        ("03.63.67.80.65", "justice/professionnel/avocat"),
        ("il faut rappeler le +33 3 63 67 80 65", "justice/professionnel/avocat"),
    ],
)
def test_a_contact_is_found_within_a_sentence(opened: OpenLivret, text: str, node: str) -> None:
    assert found(opened, text)[0] == node


@pytest.mark.parametrize(
    ("text", "partner"),
    [("assurence retraite", "carsat"), ("tresor publik", "ddfip"), ("caise d'allocations familiales", "caf")],
)
def test_a_partner_s_name_with_a_slip_is_the_partner(opened: OpenLivret, text: str, partner: str) -> None:
    understood = told(opened, text)
    assert (understood.verdict, understood.ranked[0]) == (Verdict.VAGUE, partner)


def test_a_long_paste_is_read_for_its_need(opened: OpenLivret) -> None:
    chatter = "Il neige encore. Ma voisine a fait un gâteau. Le bus est en retard. On a regardé la télé. " * 4
    text = f"{chatter} Je veux mensualiser mes impôts. {chatter}"
    assert found(opened, text)[0] == "ddfip/paiement/mensualisation"


def test_a_need_among_commas_is_found(opened: OpenLivret) -> None:
    text = "le café est trop cher à la gare, je veux mensualiser mes impôts, ma chatte a eu quatre petits"
    assert found(opened, text)[0] == "ddfip/paiement/mensualisation"


def test_what_excludes_is_no_name(opened: OpenLivret) -> None:
    assert "la-poste/services-en-ligne" not in told(opened, "digiposte", is_typing=True).named


def test_what_the_livret_does_not_cover_is_recognised(opened: OpenLivret) -> None:
    understood = told(opened, "permis de chasser")
    assert (understood.verdict, understood.hits, understood.ranked) == (Verdict.OUT_OF_SCOPE, [], [])


def test_what_is_not_understood_is_told_word_by_word(opened: OpenLivret) -> None:
    understood = told(opened, "zzzz")
    assert understood.verdict == Verdict.UNKNOWN
    assert [unknown.word for unknown in understood.unknown_words] == ["zzzz"]


def test_another_language_is_told_apart(opened: OpenLivret) -> None:
    assert told(opened, "I lost my driving book yesterday").is_foreign
    assert not told(opened, "zzzz").is_foreign


def test_each_need_of_a_story_comes_before_any_second_best(opened: OpenLivret) -> None:
    text = "Je dois déclarer ma grossesse à la CAF. Il me faut aussi un duplicata de ma carte grise."
    understood = told(opened, text)
    assert len(understood.needs) == 2
    assert {"caf/naissance/grossesse", "ants/carte-grise/duplicata"} == set(found(opened, text)[:2])


def test_every_word_of_a_name_finds_something(opened: OpenLivret, livret: Livret) -> None:
    names = {name for names in flatten_livret(livret).names.values() for group in names for name in group}
    words = {word for name in names for word in fold(name).split() if len(word) > 3}
    assert len(words) > 500
    refused = [word for word in sorted(words) if told(opened, word).verdict not in ANSWERED]
    assert len(refused) <= len(words) // 50, refused


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_neither_case_nor_accents_nor_spaces_matter(opened: OpenLivret, data: st.DataObject) -> None:
    titles = [row.title for row in opened.list_conclusion_rows()]
    title = data.draw(st.sampled_from(titles)).replace("’", "'")
    assert found(opened, title.upper().replace(" ", "  ")) == found(opened, title)


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=60), is_typing=st.booleans(), at=st.sampled_from(["", "caf", "ants/permis"]))
def test_any_text_is_answered(opened: OpenLivret, text: str, is_typing: bool, at: str) -> None:
    understood = told(opened, text, is_typing=is_typing, at=at)
    assert bool(understood.hits) == (understood.verdict in (Verdict.MATCHES, Verdict.MAYBE))
    assert len(understood.hits) <= 5


def test_every_example_finds_its_own_first(livret: Livret, opened: OpenLivret) -> None:
    """51 of the examples once had a match and « out-of-scope » or « vague » beside it."""
    for rules in livret.partners:
        assert len(rules.model.examples) > 5
        for path, needs in rules.model.examples.items():
            for need in needs:
                understood = told(opened, need)
                assert understood.verdict == Verdict.MATCHES, need
                assert name_hits(opened, understood)[0] == f"{rules.model.id}/{path}", need


@pytest.mark.parametrize(
    "text",
    [
        "c’est ouvert quand la déchetterie ? Je me suis garé à la CAF.",
        "Il me faut un permis de chasse. Je me suis garé à la CAF.",
        "abonnement Netflix. Mon frère est inspecteur des impôts.",
        "Mon train avait vingt minutes de retard. abonnement Netflix. Il neige encore.",
        "Navré de passer sans prévenir. ramonage de la cheminée. Merci du coup de main.",
    ],
)
def test_a_partner_named_in_passing_does_not_lift_a_foreign_need(opened: OpenLivret, text: str) -> None:
    assert told(opened, text).verdict == Verdict.OUT_OF_SCOPE
