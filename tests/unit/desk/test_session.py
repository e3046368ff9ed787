"""The steps of a session, at a desk that answers as it is told."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import clean_environment, open_compiled
from terminal import GUICHET

from fs_triage.desk.find import Finder
from fs_triage.desk.page import Action, Choice, Event, Page, Retype
from fs_triage.desk.session import SessionState, Wizard
from fs_triage.livret import OpenLivret, open_livret
from fs_triage.rules.load import load_livret


class Told:
    """A desk where `choices` are made, one a page; `pages` are those it was shown."""

    def __init__(self, *choices: Choice) -> None:
        self.choices = list(choices)
        self.pages: list[Page] = []

    @contextlib.contextmanager
    def open_session(self) -> Iterator[None]:
        yield

    def interrupt(self) -> bool:
        return False

    def ask_choice(self, page: Page) -> Choice:
        self.pages.append(page)
        return self.choices.pop(0)


@pytest.fixture(scope="module")
def livret(tmp_path_factory: pytest.TempPathFactory) -> OpenLivret:
    """The livret of the tests, where an answer of the town hall has the id of another partner."""
    folder = Path(shutil.copytree(GUICHET, tmp_path_factory.mktemp("regles") / "guichet"))
    for file, written in (("partenaires/mairie.yaml", "id: ecole"), ("besoins/mairie.yaml", "ecole/")):
        text = (folder / file).read_text("utf-8").replace(written, written.replace("ecole", "prefecture"))
        (folder / file).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clean_environment(tmp_path_factory.mktemp("home")).items():
            patch.setenv(name, value)
        return open_livret(str(folder))


def play(livret: OpenLivret, *choices: Choice) -> tuple[Told, SessionState | None]:
    """Return the desk after these choices, and the state that they led to."""
    desk = Told(*choices)
    state: SessionState | None = SessionState()
    while desk.choices and state is not None:
        state = Wizard(livret, desk).run_step(state)
    return desk, state


def test_a_node_found_is_not_the_answer_of_the_same_id(livret: OpenLivret) -> None:
    for typed, node in (("", "mairie/prefecture"), ("préf", "prefecture")):
        _, state = play(livret, Choice("mairie"), Choice("prefecture", typed))
        assert state is not None
        assert state.walk.node == node


def test_a_node_found_that_is_an_answer_of_the_page_goes_on_the_way(livret: OpenLivret) -> None:
    _, state = play(livret, Choice("mairie"), Choice("mairie/naissance", "bébé"))
    assert state is not None
    assert state.walk.way == ["Mairie", "Déclarer une naissance"]
    assert state.walk.go_back().typed == "bébé"


def test_a_node_found_elsewhere_begins_its_own_way(livret: OpenLivret) -> None:
    desk, state = play(
        livret, Choice("mairie"), Choice("mairie/bloque", "urgence"), Choice("prefecture/permis", "permis")
    )
    assert state is not None
    assert state.walk.way == ["Préfecture › Le permis de conduire"]
    assert desk.pages[-1].head == ("Mairie › C’est bloqué",)
    assert (state.walk.go_back().typed, state.walk.go_back().node) == ("permis", "mairie/bloque")


def test_what_is_found_below_a_card_is_the_next_need_of_the_same_visitor(livret: OpenLivret) -> None:
    desk, state = play(
        livret,
        Choice("mairie"),
        Choice("naissance"),
        Choice("prefecture/permis", "permis"),
        Choice(Action.BACK),
    )
    assert sum(page.document is not None for page in desk.pages) == 2
    assert state is not None
    assert (state.walk.node, state.walk.typed, state.walk.steps) == ("", "permis", ())
    assert state.visit == ("mairie/naissance", "prefecture/permis")
    assert not state.walk.remembered


def test_another_need_keeps_the_partner_and_the_visit_a_new_visitor_nothing(livret: OpenLivret) -> None:
    before = (Choice("mairie"), Choice("naissance"))
    _, state = play(livret, *before, Choice(Action.RESTART))
    assert state is not None
    assert (state.walk.node, state.visit) == ("mairie", ("mairie/naissance",))
    _, state = play(livret, *before, Choice(Action.NEW_VISITOR))
    assert state == SessionState()


def test_other_words_keep_the_page(livret: OpenLivret) -> None:
    desk, state = play(
        livret,
        Choice(Retype("permis"), "permi"),
        Choice("prefecture/permis", "permis"),
        Choice(Action.BACK),
    )
    assert [page.typed for page in desk.pages] == ["", "permis", ""]
    assert state is not None
    assert (state.walk.node, state.walk.typed) == ("", "permis")


EVENT = """\
situations:
  - id: arrivee
    titre: Arrivée d’un enfant
    mots: [arrivée]
    question: Qui arrive ?
    réponses:
      - {id: bebe, libellé: Un bébé, mots: [nourrisson], démarches: [mairie/naissance]}
      - {id: eleve, libellé: Un élève, démarches: [mairie/ecole]}
    démarches: [mairie/naissance, mairie/ecole]
"""
ARRIVAL = Choice(Event("arrivee"), "arrivée")


@pytest.fixture(scope="module")
def with_event(tmp_path_factory: pytest.TempPathFactory) -> OpenLivret:
    folder = Path(shutil.copytree(GUICHET, tmp_path_factory.mktemp("regles") / "guichet"))
    (folder / "situations.yaml").write_text(EVENT, encoding="utf-8")
    loaded = load_livret(folder).livret
    assert loaded is not None
    return open_compiled(loaded)


def test_an_answer_that_the_words_of_an_event_give_is_not_asked_for(with_event: OpenLivret) -> None:
    [option] = Finder(with_event).find("arrivée nourrisson").options[-1:]
    assert (option.value, option.help) == (Event("arrivee", ("bebe",)), "1 démarche")
    desk, state = play(with_event, Choice(option.value, "arrivée nourrisson"), Choice(Action.BACK))
    assert [each.value for each in desk.pages[-1].options] == ["mairie/naissance", Action.BACK, Action.QUIT]
    assert state is not None
    assert state.walk.typed == "arrivée nourrisson"


WAYS_IN = {
    "the first question": (),
    "a question": (Choice("mairie"), Choice("bloque")),
    "a card": (Choice("mairie"), Choice("naissance")),
}


@pytest.mark.parametrize("before", WAYS_IN.values(), ids=WAYS_IN)
def test_one_goes_back_from_an_event_page_by_page_to_where_it_was_typed(
    with_event: OpenLivret, before: tuple[Choice, ...]
) -> None:
    """With the words; what was read meanwhile is of the visit all the same."""
    _, state = play(with_event, *before, ARRIVAL, Choice("bebe"), Choice("mairie/ecole/changement"))
    assert state is not None and state.walk.node == "mairie/ecole/changement"
    pages = ["Par quelle démarche commencer\u00a0?", "Qui arrive\u00a0?"]
    desk = Told(*[Choice(Action.BACK)] * 3)
    for question in ["Et maintenant\u00a0?", *pages]:
        state = Wizard(with_event, desk).run_step(state)
        assert state is not None
        assert desk.pages[-1].question == question
    assert [page.typed for page in desk.pages] == [""] * 3
    _, there = play(with_event, *before)
    assert there is not None
    assert (state.walk.node, state.walk.steps) == (there.walk.node, there.walk.steps)
    assert state.walk.typed == "arrivée"
    assert "mairie/ecole/changement" in state.visit
