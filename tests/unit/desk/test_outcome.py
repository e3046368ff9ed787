"""What is counted of a session: each way on from a card, and words that found nothing."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from conftest import GOOD, clean_environment, edit, open_compiled
from terminal import GUICHET

from fs_triage.desk import outcome
from fs_triage.desk.outcome import NOT_COVERED, NOT_UNDERSTOOD, PASSED_ON, SETTLED
from fs_triage.desk.page import Action, Choice, Page, Retype, Unfound
from fs_triage.desk.session import SessionState, Wizard
from fs_triage.desk.walk import Walk
from fs_triage.livret import OpenLivret, open_livret
from fs_triage.render import labels
from fs_triage.rules.load import load_livret

Row = tuple[str, str]

TO_CARD = (Choice("mairie"), Choice("naissance"))
CARD = "mairie/naissance"
QUIT = Choice(Action.QUIT)
UNKNOWN = Choice(Unfound(NOT_UNDERSTOOD), "zzz")


class Kept:
    """A journal that holds what it is told; `closed` says whether its session has ended."""

    def __init__(self) -> None:
        self.outcomes: list[Row] = []
        self.needs: list[Row] = []

    def keep_outcome(self, demarche: str, outcome: str) -> None:
        self.outcomes.append((demarche, outcome))

    def keep_need(self, words: str, outcome: str) -> None:
        self.needs.append((words, outcome))

    def close(self) -> None:
        pass


class Told:
    """A desk where `choices` are made, then Ctrl-C; `pages` are those it was shown."""

    def __init__(self, *choices: Choice) -> None:
        self.choices = list(choices)
        self.pages: list[Page] = []

    def open_session(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def interrupt(self) -> bool:
        return False

    def ask_choice(self, page: Page) -> Choice:
        self.pages.append(page)
        if not self.choices:
            raise KeyboardInterrupt
        return self.choices.pop(0)


@pytest.fixture(scope="module")
def livret(tmp_path_factory: pytest.TempPathFactory) -> OpenLivret:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clean_environment(tmp_path_factory.mktemp("home")).items():
            patch.setenv(name, value)
        return open_livret(str(GUICHET))


def play(livret: OpenLivret, *choices: Choice) -> tuple[Kept, Told]:
    """Return the journal and the desk of a session of these choices; without « Quitter » it ends by Ctrl-C."""
    kept, desk = Kept(), Told(*choices)
    with contextlib.suppress(KeyboardInterrupt):
        Wizard(livret, desk, journal=kept).run_session(SessionState())
    assert not desk.choices
    return kept, desk


NEXT_STEPS = {
    "another need": (Choice(Action.RESTART),),
    "a new visitor": (Choice(Action.NEW_VISITOR),),
    "the end": (QUIT,),
    "Ctrl-C on the card": (),
    "another card by words": (Choice("prefecture/permis", "permis"), Choice(Action.BACK)),
}


@pytest.mark.parametrize("steps", NEXT_STEPS.values(), ids=NEXT_STEPS)
def test_a_card_of_the_first_level_that_is_left_is_settled(
    livret: OpenLivret, steps: tuple[Choice, ...]
) -> None:
    kept, _ = play(livret, *TO_CARD, *steps)
    assert kept.outcomes == [(CARD, SETTLED)]


@pytest.mark.parametrize("end", [(QUIT,), (Choice(Action.NEW_VISITOR),), ()])
def test_a_card_of_the_second_level_is_passed_on(livret: OpenLivret, end: tuple[Choice, ...]) -> None:
    kept, _ = play(livret, Choice("mairie/bloque/urgence", "urgence"), *end)
    assert kept.outcomes == [("mairie/bloque/urgence", PASSED_ON)]


@pytest.mark.parametrize(("level", "kept"), [(1, SETTLED), (2, PASSED_ON), (labels.ORIENT, SETTLED)])
def test_what_a_card_counts_as_is_what_its_banner_says(level: int, kept: str) -> None:
    """Who is sent elsewhere is passed on to nobody, at whatever level the partner has it."""
    assert outcome.find_outcome(Walk("mairie/carte"), level, None) == ("mairie/carte", kept)


def test_an_orientation_is_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Path(shutil.copytree(GOOD, tmp_path / "bon"))
    steps = "    étapes:\n      - Prendre rendez-vous.\n"
    edit(rules / "partenaires" / "mairie.yaml", (steps, f"    orienter: [accueil]\n{steps}"))
    loaded = load_livret(rules).livret
    assert loaded is not None
    kept, _ = play(open_compiled(loaded), Choice("mairie/carte", "carte"), QUIT)
    assert kept.outcomes == [("mairie/carte", SETTLED)]


def test_what_blocks_is_passed_on_and_nothing_else_is_counted(livret: OpenLivret) -> None:
    to_permit = (Choice("prefecture"), Choice("permis"))
    kept, _ = play(livret, *to_permit, Choice(Action.ESCALATE), QUIT)
    assert kept.outcomes == [("prefecture/permis", PASSED_ON)]
    kept, _ = play(livret, *to_permit, Choice(Action.ESCALATE), Choice(Action.BACK), QUIT)
    assert kept.outcomes == [("prefecture/permis", SETTLED)]


@pytest.mark.parametrize("steps", [(Choice(Action.BACK),), (Choice(Action.BACK), Choice(Action.BACK))])
def test_a_card_that_one_goes_back_from_was_not_the_one(
    livret: OpenLivret, steps: tuple[Choice, ...]
) -> None:
    kept, _ = play(livret, *TO_CARD, *steps)
    assert kept.outcomes == []


def test_no_card_no_count(livret: OpenLivret) -> None:
    for choices in ((), (QUIT,), (Choice("mairie"), QUIT), (Choice(Retype("bébé"), "bebé"), QUIT)):
        assert play(livret, *choices)[0].outcomes == []


def test_what_is_done_below_a_card_does_not_leave_it(livret: OpenLivret) -> None:
    acts = (
        *(Choice(Action.COPY), Choice(Action.BACK)),
        *(Choice(Action.REPORT), Choice(Action.BACK)),
        Choice(Retype("permis"), "permi"),
    )
    kept, _ = play(livret, *TO_CARD, *acts, Choice(Action.BACK))
    assert kept.outcomes == []
    kept, _ = play(livret, *TO_CARD, *acts, Choice(Action.COPY), QUIT)
    assert kept.outcomes == [(CARD, SETTLED)]


def test_a_demarche_counts_once_for_a_visitor_and_again_for_the_next(livret: OpenLivret) -> None:
    other = (Choice("prefecture/permis", "permis"),)
    again = (Choice(CARD, "bébé"),)
    kept, _ = play(livret, *TO_CARD, *other, *again, Choice(Action.NEW_VISITOR))
    assert kept.outcomes == [(CARD, SETTLED), ("prefecture/permis", SETTLED)]
    kept, _ = play(livret, *TO_CARD, Choice(Action.NEW_VISITOR), *again, QUIT)
    assert kept.outcomes == [(CARD, SETTLED)] * 2


def test_the_list_of_the_visit_leads_back_to_the_card_or_away_from_it(livret: OpenLivret) -> None:
    both = (*TO_CARD, Choice("prefecture/permis", "permis"), Choice(Action.VISIT))
    kept, _ = play(livret, *both, Choice(Action.BACK), Choice(Action.BACK))
    assert kept.outcomes == [(CARD, SETTLED)]
    for end in (QUIT, Choice(Action.NEW_VISITOR), Choice(CARD)):
        kept, _ = play(livret, *both, end)
        assert kept.outcomes == [(CARD, SETTLED), ("prefecture/permis", SETTLED)]


@pytest.mark.parametrize("why", [NOT_COVERED, NOT_UNDERSTOOD])
def test_words_that_found_nothing_are_counted_and_kept_after_a_yes_alone(
    livret: OpenLivret, why: str
) -> None:
    unfound = Choice(Unfound(why), "un logement")
    for answer, needs in ((Choice(Action.BACK), []), (Choice("oui"), [("un logement", why)])):
        kept, desk = play(livret, unfound, answer, QUIT)
        assert kept.outcomes == [("", why)]
        assert kept.needs == needs
        asked = desk.pages[1]
        assert asked.head[0] == "«\u00a0un logement\u00a0»"
        assert (asked.default, asked.options[0].value) == (Action.BACK, Action.BACK)
        assert (desk.pages[2].question, desk.pages[2].typed) == (desk.pages[0].question, "")


def test_words_that_found_nothing_below_a_card_stay_there(livret: OpenLivret) -> None:
    kept, desk = play(livret, *TO_CARD, UNKNOWN, Choice(Action.BACK), QUIT)
    assert kept.outcomes == [("", NOT_UNDERSTOOD), (CARD, SETTLED)]
    assert desk.pages[-1].document is not None


@pytest.mark.parametrize(
    "words", ["jeanne@exemple.fr", "rappeler le 06 12 34 56 78", "dossier 1234567", "1.85.05.78.006"]
)
def test_what_names_a_person_is_not_even_asked_for(livret: OpenLivret, words: str) -> None:
    kept, desk = play(livret, Choice(Unfound(NOT_UNDERSTOOD), words), QUIT)
    assert (kept.outcomes, kept.needs) == ([("", NOT_UNDERSTOOD)], [])
    assert len(desk.pages) == 2
    assert outcome.may_keep("le 3230 ne répond pas, page 12")


def test_pages_end_with_words_that_found_nothing_where_the_house_counts_alone(livret: OpenLivret) -> None:
    _, desk = play(livret, *TO_CARD, QUIT)
    assert [page.ends_unfound for page in desk.pages] == [True] * 3
    desk = Told(*TO_CARD, QUIT)
    Wizard(livret, desk).run_session(SessionState())
    assert [page.ends_unfound for page in desk.pages] == [False] * 3
