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
    ],
)
def test_a_partner_named_in_passing_does_not_lift_a_foreign_need(opened: OpenLivret, text: str) -> None:
    assert told(opened, text).verdict == Verdict.OUT_OF_SCOPE
