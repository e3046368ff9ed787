"""The wizard: asks the questions of a walk, shows its conclusion, and begins again until the counsellor quits."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from fs_triage import output
from fs_triage.contract import OK, ROOT, SIGINT_EXIT, WRONG_CALL, Failure
from fs_triage.desk.find import Finder
from fs_triage.desk.page import Action, Choice, Desk, Document, Event, Option, Page, Retype, Unfound
from fs_triage.desk.walk import Walk, replay_answers
from fs_triage.index import lookup
from fs_triage.livret import PREPARING, OpenLivret
from fs_triage.render import labels
from fs_triage.text.typography import quote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from fs_triage.contract import Question
    from fs_triage.desk.card_acts import Outcome
    from fs_triage.desk.outcome import Journal
    from fs_triage.render.conclusion import Card

_QUIT = Option(Action.QUIT, "Quitter")
_BACK = Option(Action.BACK, "Revenir")
_BACK_TO_PARTNERS = Option(Action.BACK, "Revenir au choix du partenaire")
_MENU = "Et maintenant\u00a0?"
_MENU_HINT = "Flèches, ou tapez un autre besoin"
_NO_TERMINAL = (
    "Pas de terminal pour poser les questions ; donnez la démarche : « fs-triage fiche caf rsa » "
    "(elles sont toutes dans « fs-triage liste »)."
)
_NEXT_NEED = Option(Action.RESTART, "Un autre besoin", "du même usager, chez ce partenaire ou ailleurs")
_NEW_VISITOR = Option(Action.NEW_VISITOR, "Nouvel usager", "oublier cette visite")
_ESCALATE = Option(Action.ESCALATE, f"La démarche bloque\u00a0: {labels.LEVEL_NAMES[2]}")
_EVERY_ANSWER = "*"
_KEEP = Option(
    "oui", "Oui, les garder", "avec la semaine et la maison ; relisez-les : rien ne doit y nommer quelqu’un"
)
_KEEP_NOT = Option(Action.BACK, "Non")

_HUNG_UP = 129
_EXIT_CODES = {"SIGINT": SIGINT_EXIT, "SIGBREAK": SIGINT_EXIT, "SIGTERM": 143, "SIGHUP": _HUNG_UP}
"""The signals that end a session, and the exit code of each; by name, since no system has all of them."""

_START = Walk()


@dataclass(frozen=True, slots=True)
class SessionState:
    """Where the counsellor is: the walk, and the ids of the démarches to pick from before it begins.

    `event` is the id of the event of life that is open, `before` where one was when it was opened, or when its question
    was asked. `note` is what came of the last act. `visit` are the ids of the
    conclusions read for this visitor, in that order; it is nowhere but here, and gone with the session. `unfound` are
    the words that found nothing, while it is asked whether the journal may keep them, `unfound_as` their outcome.
    """

    walk: Walk = _START
    candidates: tuple[str, ...] = ()
    event: str = ""
    before: SessionState | None = None
    note: str = ""
    visit: tuple[str, ...] = ()
    is_visit_shown: bool = False
    unfound: str = ""
    unfound_as: str = ""


def run_wizard(
    livret: OpenLivret,
    *,
    node: str | None = None,
    positions: list[int] | None = None,
    accessible: bool = False,
    moment: datetime | None = None,
    notice: str = "",
    journal: Journal | None = None,
) -> int:
    """Run a session; returns the exit code.

    It begins at `node`, or with a choice of the conclusions at `positions`, or at the first question, above which
    `notice` is said. Its cards say which contacts are open at `moment`, else now. `journal` counts what becomes of
    needs; None where the house does not count.
    Raises `Failure` without a terminal, `KeyboardInterrupt` on Ctrl-C or Ctrl-D at any prompt, and
    `SystemExit` with the code of the contract on SIGTERM and SIGHUP.
    """
    if not output.is_terminal():
        raise Failure(WRONG_CALL, _NO_TERMINAL)
    desks: list[Desk] = []
    with contextlib.ExitStack() as session:
        if journal is not None:
            session.callback(journal.close)
        session.enter_context(_handle_signals(lambda: bool(desks) and desks[0].interrupt()))
        with output.LongWork(PREPARING):
            livret.load()
            desks.append(_create_desk(accessible))
            _ = livret.model  # else the first word typed would wait for it
        session.enter_context(desks[0].open_session())
        wizard = Wizard(livret, desks[0], moment, notice, journal)
        wizard.run_session(wizard.build_first_state(node, positions))
    return OK


def _create_desk(accessible: bool) -> Desk:
    if output.is_plain(accessible):
        from fs_triage.desk.lines import Lines

        return Lines()
    from fs_triage.desk.screen import Screen

    return Screen()


@contextlib.contextmanager
def _handle_signals(interrupt: Callable[[], bool]) -> Iterator[None]:
    """Turn a signal into `SystemExit`, that of Ctrl-C into `KeyboardInterrupt`, and restore the terminal.

    `interrupt` ends the prompt under way, and returns False where there is none.

    When the terminal is gone, restoring it fails: the signal is reported, not that failure. Windows has no SIGHUP; it
    has SIGBREAK, for Ctrl-Break and for a window that is closed, and soon after ends the process by itself.
    """
    received: list[int] = []
    codes = {getattr(signal, name): code for name, code in _EXIT_CODES.items() if hasattr(signal, name)}

    def handle_signal(number: int, _frame: Any) -> None:
        for each in codes:
            signal.signal(each, signal.SIG_IGN)
        received.append(number)
        if not interrupt():
            # not KeyboardInterrupt for all: once it has left an `exec` (a class of Rich), Python always ends with 130
            raise KeyboardInterrupt if codes[number] == SIGINT_EXIT else SystemExit(codes[number])

    before = {each: signal.getsignal(each) for each in codes}
    for each in codes:
        if before[each] is not signal.SIG_IGN:  # nohup
            signal.signal(each, handle_signal)
    try:
        yield
    except BaseException:
        if not received:
            raise
        code = codes[received[0]]
        if code == SIGINT_EXIT:
            raise KeyboardInterrupt from None
        if code == _HUNG_UP:
            output.discard_stdout()
        raise SystemExit(code) from None
    finally:
        for each in codes:
            signal.signal(each, before[each])


class Wizard:
    """A session on a livret: each step shows a page and returns the state that follows."""

    def __init__(
        self,
        livret: OpenLivret,
        desk: Desk,
        moment: datetime | None = None,
        notice: str = "",
        journal: Journal | None = None,
    ) -> None:
        self._livret = livret
        self._desk = desk
        self._moment = moment
        self._finder = Finder(livret)
        self._journal = journal
        self._head = (self._build_title(), notice) if notice else (self._build_title(),)

    def build_first_state(self, node: str | None, positions: list[int] | None) -> SessionState:
        """Return the state to begin with."""
        if node is not None:
            return SessionState(replay_answers(node.split("/") if node else [], self._find_question))
        return SessionState(candidates=tuple(self._finder.get_ids(positions or [])))

    def run_session(self, state: SessionState) -> None:
        """Run all steps from `state` on; the journal is told what each leaves, also by Ctrl-C or a closed window."""
        tally = None
        if self._journal is not None:
            from fs_triage.desk.outcome import Tally

            tally = Tally(self._journal)
        before: SessionState | None = state
        while before is not None:
            after = None
            try:
                after = self.run_step(before)
            finally:
                if tally is not None:
                    level = self._find_level(before)
                    tally.follow_step(before.walk, level, after.walk if after else None)
                    if after is not None and (level or before.visit) and not after.visit:
                        tally.forget_visitor()
            before = after

    def run_step(self, state: SessionState) -> SessionState | None:
        """Show the page of `state` and return the state that the answer leads to, None to quit."""
        if state.unfound:
            return self._ask_to_keep(state)
        if state.is_visit_shown:
            return self._show_visit(state)
        if state.walk.node == ROOT and not state.walk.steps:
            if state.event and not state.candidates:
                return self._ask_about_event(state)
            if state.candidates:
                return self._ask_candidate(state)
        question = self._find_question(state.walk.node)
        return self._ask_question(state, question) if question else self._show_conclusion(state)

    def _find_question(self, node: str) -> Question | None:
        text = self._livret.find_question_json(node)
        question: Question | None = json.loads(text) if text is not None else None
        return question

    def _find_level(self, state: SessionState) -> int:
        """Return the level of the card that `state` shows, as its banner tells it, 0 where it shows none."""
        node = state.walk.node
        if state.unfound or self._find_question(node) is not None:
            return 0
        conclusion = json.loads(self._livret.get_conclusion_json(self._livret.get_node(node).first))
        return labels.get_level_key(conclusion)

    def _ask(self, page: Page) -> Choice:
        """Show a page on which a need can be typed; where the house counts, words that found nothing end it."""
        return self._desk.ask_choice(replace(page, ends_unfound=self._journal is not None))

    def _ask_to_keep(self, state: SessionState) -> SessionState:
        """Ask whether the journal may keep words that found nothing, which are shown; Enter alone says no."""
        assert self._journal is not None
        page = Page(
            (quote_text(state.unfound), *self._finder.find(state.unfound).notes),
            "Garder ces mots pour que le livret y réponde un jour\u00a0?",
            (_KEEP_NOT, _KEEP),
            default=Action.BACK,
        )
        if self._desk.ask_choice(page).value == _KEEP.value:
            self._journal.keep_need(state.unfound, state.unfound_as)
        return replace(state, unfound="", unfound_as="")

    def _count_unfound(self, state: SessionState, outcome: str, words: str) -> SessionState:
        """Count words that found nothing; returns the state that asks whether they may be kept, where they may."""
        from fs_triage.desk.outcome import may_keep

        assert self._journal is not None
        self._journal.keep_outcome("", outcome)
        state = replace(state, walk=state.walk.type(""))
        return replace(state, unfound=words, unfound_as=outcome) if may_keep(words) else state

    def _ask_question(self, state: SessionState, question: Question) -> SessionState | None:
        walk = state.walk
        answers = tuple(Option(c["id"], c["label"], c["help"] or "") for c in question["answers"])
        is_first = walk.node == ROOT
        visit = self._list_visit_options(state) if is_first else ()
        page = Page(
            self._head if is_first else (labels.WAY.join(walk.way),),
            question["question"],
            (*answers, *visit, _QUIT) if is_first else (*answers, _BACK, _QUIT),
            walk.left if walk.typed else walk.find_earlier_answer(),
            walk.typed,
            find=lambda typed: self._finder.find(typed, at=walk.node),
        )
        choice = self._ask(page)
        for answer in question["answers"]:
            if choice.value == (answer["to"] if choice.typed else answer["id"]):  # words find nodes
                walk = walk.give_answer(answer["id"], self._find_question, typed=choice.typed)
                return replace(state, walk=walk)
        return self._follow(state, choice)

    def _ask_candidate(self, state: SessionState) -> SessionState | None:
        walk = state.walk
        event = self._livret.find_situation(state.event) if state.event else None
        page = Page(
            (event.title if event else self._build_title(),),
            "Par quelle démarche commencer\u00a0?" if event else "Quelle démarche correspond\u00a0?",
            (*map(self._finder.describe, state.candidates), self._name_way_back(state), _QUIT),
            walk.left,
            walk.typed,
            find=self._finder.find,
        )
        return self._follow(state, self._ask(page))

    def _ask_about_event(self, state: SessionState) -> SessionState | None:
        """Ask the question that sorts the démarches of an event of life, or go on to them where it has none."""
        row = self._livret.find_situation(state.event)
        assert row is not None
        if not row.question:
            return replace(state, candidates=tuple(self._finder.get_ids(row.positions)))
        answers = [Option(answer.id, answer.label) for answer in row.answers]
        every = Option(_EVERY_ANSWER, "Toutes ces démarches")
        page = Page(
            (row.title,),
            row.question,
            (*answers, every, self._name_way_back(state), _QUIT),
            typed=state.walk.typed,
            find=self._finder.find,
        )
        choice = self._ask(page)
        known = [answer for answer in row.answers if answer.id == choice.value]
        if known or choice.value == _EVERY_ANSWER:
            candidates = self._finder.get_ids(row.list_positions(known))
            asked = replace(state, walk=state.walk.type(""))
            return replace(asked, candidates=tuple(candidates), before=asked)
        return self._follow(state, choice)

    def _open_event(self, state: SessionState, event: Event, typed: str) -> SessionState:
        """Return the state that asks about an event of life, or shows its démarches where the words tell which."""
        row = self._livret.find_situation(event.id)
        assert row is not None
        known = [answer for answer in row.answers if answer.id in event.answers]
        candidates = self._finder.get_ids(row.list_positions(known)) if known else []
        before = replace(state, walk=state.walk.type(typed), note="")
        return SessionState(
            state.walk.restart(), tuple(candidates), event=event.id, visit=state.visit, before=before
        )

    @staticmethod
    def _name_way_back(state: SessionState) -> Option:
        return _BACK if state.before else _BACK_TO_PARTNERS

    def _show_conclusion(self, state: SessionState) -> SessionState | None:
        """Show a card, and do what is chosen below it; words typed there are the next need of the same visitor."""
        from fs_triage.desk.card_acts import (
            CardActs,
            list_card_acts,
        )  # the first question does not pay for it

        walk = state.walk
        state = replace(state, visit=tuple(dict.fromkeys([*state.visit, walk.node])))
        card, document = self._read_card(walk.node)
        acts = CardActs(self._livret, self._desk)
        blocked = self._livret.get_node(walk.node).if_blocked
        options = (
            *list_card_acts(self._livret, walk.node),
            *([_ESCALATE] if blocked else []),
            *([_BACK] if walk.steps else []),
            _NEXT_NEED,
            *self._list_visit_options(state),
            _QUIT,
        )
        head = (state.note,) if state.note else ()
        page = Page(
            head, _MENU, options, typed=walk.typed, hint=_MENU_HINT, document=document, find=self._finder.find
        )
        choice = self._ask(page)
        if isinstance(choice.value, str):
            return SessionState(self._open(walk.restart(), choice), visit=state.visit)
        outcome: Outcome | None = None
        match choice.value:
            case Action.COPY:
                outcome = acts.copy_from(card, document.text)
            case Action.SHEET:
                outcome = acts.give_sheet([walk.node])
            case Action.MESSAGE:
                outcome = acts.write_message(walk.node)
            case Action.REPORT:
                outcome = acts.report_error(walk.node)
        if outcome is None:
            return self._follow(replace(state, note=""), choice)
        return None if isinstance(outcome, Action) else replace(state, note=outcome)

    def _read_card(self, node: str) -> tuple[Card, Document]:
        from fs_triage.render import opening_status, plain_text
        from fs_triage.render.card_layout import lay_out_card

        clock = opening_status.build_screen_clock(self._livret.meta.departement, self._moment)
        [card] = lookup.read_cards(self._livret, [self._livret.get_node(node).first], clock)
        text = plain_text.render_card(card)
        return card, Document(lambda width, rows: lay_out_card(card, width, rows), text)

    def _show_visit(self, state: SessionState) -> SessionState | None:
        """Show what was read for this visitor: each card opens again, and one sheet serves for all."""
        from fs_triage.desk.card_acts import CardActs

        count = len(state.visit)
        sheet = Option(Action.SHEET_OF_VISIT, f"Une feuille pour les {count} démarches")
        page = Page(
            (state.note,) if state.note else (),
            f"Cette visite\u00a0: {count} démarches",
            (*map(self._finder.describe, state.visit), sheet, _BACK, _NEW_VISITOR, _QUIT),
            earlier=Action.SHEET_OF_VISIT,
            find=self._finder.find,
        )
        choice = self._ask(page)
        match choice.value:
            case Action.SHEET_OF_VISIT:
                outcome = CardActs(self._livret, self._desk).give_sheet(state.visit)
                return None if isinstance(outcome, Action) else replace(state, note=outcome)
            case Action.BACK:
                return replace(state, is_visit_shown=False, note="")
        return self._follow(replace(state, is_visit_shown=False, note=""), choice)

    @staticmethod
    def _list_visit_options(state: SessionState) -> tuple[Option, ...]:
        if not state.visit:
            return ()
        count = len(state.visit)
        together = Option(
            Action.VISIT, f"Cette visite ({count})", "revoir ses démarches, une feuille pour toutes"
        )
        return (*([together] if count > 1 else []), _NEW_VISITOR)

    def _follow(self, state: SessionState, choice: Choice) -> SessionState | None:
        """Return the state that a choice leads to, None to quit; it is no answer to the question at hand."""
        walk = state.walk
        match choice.value:
            case str():
                return replace(state, walk=self._open(walk, choice))
            case Retype(words):
                return replace(state, walk=walk.type(words))
            case Unfound(outcome):
                return self._count_unfound(state, outcome, choice.typed)
            case Event() as event:
                return self._open_event(state, event, choice.typed)
            case Action.RESTART:
                return SessionState(self._restart_at_partner(walk), visit=state.visit)
            case Action.NEW_VISITOR:
                return SessionState(walk.restart())
            case Action.VISIT:
                return replace(state, is_visit_shown=True)
            case Action.ESCALATE:
                node = self._livret.get_node(walk.node).if_blocked
                return replace(state, walk=walk.jump(node, labels.LEVEL_NAMES[2])) if node else state
            case Action.BACK if walk.steps:
                return replace(state, walk=walk.go_back())
            case Action.BACK if state.before:
                return replace(state.before, visit=state.visit)
            case Action.BACK:
                return SessionState(walk.restart(), visit=state.visit)
            case Action.QUIT:
                return None
        raise AssertionError(f"nothing follows {choice.value}")

    def _open(self, walk: Walk, choice: Choice) -> Walk:
        """Return the walk that goes to the node chosen, on the way that leads there in the livret."""
        node = str(choice.value)
        return walk.open(node, labels.WAY.join(self._finder.get_way(node)), choice.typed)

    def _restart_at_partner(self, walk: Walk) -> Walk:
        """Return the walk of the visitor's next need: at the partner of the card that was read."""
        return replay_answers([walk.node.partition("/")[0]], self._find_question)

    def _build_title(self) -> str:
        return f"{self._livret.meta.title} – {self._livret.meta.departement}"
