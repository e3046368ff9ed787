"""The wizard: asks the questions of a walk, shows its conclusion, and begins again until the counsellor quits."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fs_triage import output
from fs_triage.contract import OK, ROOT, SIGINT_EXIT, WRONG_CALL, Failure
from fs_triage.desk.page import Action, Desk, Option, Page
from fs_triage.desk.walk import Walk, replay_answers
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret
from fs_triage.render import labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from fs_triage.contract import Conclusion, Question

_MAX_OFFERED = 8  # démarches offered for a need; more would not fit a screen of 20 lines
_MAX_FOUND_WHILE_TYPING = 5  # démarches offered while a need is being typed
_QUIT = Option(Action.QUIT, "Quitter")
_BACK = Option(Action.BACK, "Revenir")
_NO_TERMINAL = (
    "Pas de terminal pour poser les questions ; donnez la démarche : « fs-triage fiche caf rsa » "
    "(elles sont toutes dans « fs-triage liste »)."
)
_SCROLL_NOTE = "Remontez l’écran pour lire le début."
_NOTES = {
    "out-of-scope": "Hors du livret : aucune démarche ne répond à ce besoin. Décrivez-le autrement, ou revenez.",
    "vague": "Trop vague pour choisir une démarche : dites laquelle, ou revenez choisir un partenaire.",
}


_HUNG_UP = 129
_EXIT_CODES = {"SIGINT": SIGINT_EXIT, "SIGBREAK": SIGINT_EXIT, "SIGTERM": 143, "SIGHUP": _HUNG_UP}
"""The signals that end a session, and the exit code of each; by name, since no system has all of them."""

_START = Walk()


@dataclass(frozen=True, slots=True)
class SessionState:
    """Where the counsellor is: the walk, or the search before it begins.

    `need` is what was typed (None: no search), `candidates` the ids of the démarches to pick from, `picked` the
    choice made, `note` the message about the last search.
    """

    walk: Walk = _START
    need: str | None = None
    candidates: tuple[str, ...] = ()
    picked: str | Action | None = None
    note: str = ""


def run_wizard(
    livret: OpenLivret,
    *,
    node: str | None = None,
    positions: list[int] | None = None,
    accessible: bool = False,
    moment: datetime | None = None,
) -> int:
    """Run a session; returns the exit code.

    It begins at `node`, or with a choice of the conclusions at `positions`, or at the first question. Its cards say
    which contacts are open at `moment`, else now.
    Raises `Failure` without a terminal, `KeyboardInterrupt` on Ctrl-C or Ctrl-D at any prompt, and
    `SystemExit` with the code of the contract on SIGTERM and SIGHUP.
    """
    if not output.is_terminal():
        raise Failure(WRONG_CALL, _NO_TERMINAL)
    livret.load()
    _ = livret.model  # else the first search while typing would wait for it
    desk = _create_desk(accessible)
    with _handle_signals(desk), desk.open_session():
        wizard = Wizard(livret, desk, moment)
        state: SessionState | None = wizard.build_first_state(node, positions)
        while state is not None:
            state = wizard.run_step(state)
    return OK


def _create_desk(accessible: bool) -> Desk:
    if output.is_plain(accessible):
        from fs_triage.desk.lines import Lines

        return Lines()
    from fs_triage.desk.screen import Screen

    return Screen()


@contextlib.contextmanager
def _handle_signals(desk: Desk) -> Iterator[None]:
    """Turn a signal into `SystemExit`, that of Ctrl-C into `KeyboardInterrupt`, and restore the terminal.

    When the terminal is gone, restoring it fails: the signal is reported, not that failure. Windows has no SIGHUP; it
    has SIGBREAK, for Ctrl-Break and for a window that is closed, and soon after ends the process by itself.
    """
    received: list[int] = []
    codes = {getattr(signal, name): code for name, code in _EXIT_CODES.items() if hasattr(signal, name)}

    def handle_signal(number: int, _frame: Any) -> None:
        for each in codes:
            signal.signal(each, signal.SIG_IGN)
        received.append(number)
        if not desk.interrupt():
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

    def __init__(self, livret: OpenLivret, desk: Desk, moment: datetime | None = None) -> None:
        self._livret = livret
        self._desk = desk
        self._moment = moment
        self._is_conclusion_shown = False

    def build_first_state(self, node: str | None, positions: list[int] | None) -> SessionState:
        """Return the state to begin with."""
        if node is not None:
            return SessionState(replay_answers(node.split("/") if node else [], self._find_question))
        ids = [self._get_conclusion(position)["id"] for position in positions or []]
        return SessionState(candidates=tuple(ids))

    def run_step(self, state: SessionState) -> SessionState | None:
        """Show the page of `state` and return the state that the answer leads to, None to quit."""
        if state.walk.node == ROOT and not state.walk.steps:
            if state.candidates:
                return self._ask_candidate(state)
            if state.need is not None:
                return self._ask_need(state)
        question = self._find_question(state.walk.node)
        return self._ask_question(state, question) if question else self._show_conclusion(state)

    def _find_question(self, node: str) -> Question | None:
        text = self._livret.find_question_json(node)
        question: Question | None = json.loads(text) if text is not None else None
        return question

    def _get_conclusion(self, position: int) -> Conclusion:
        conclusion: Conclusion = json.loads(self._livret.get_conclusion_json(position))
        return conclusion

    def _ask_choice(self, page: Page) -> str | Action:
        self._clear_screen()
        return self._desk.ask_choice(page)

    def _clear_screen(self) -> None:
        if self._is_conclusion_shown:
            self._desk.clear_screen()
        self._is_conclusion_shown = False

    def _follow_action(self, state: SessionState, action: Action) -> SessionState | None:
        """Return the state that `action` leads to, None to quit."""
        walk = state.walk
        match action:
            case Action.DESCRIBE:
                return SessionState(walk, need="")
            case Action.RESTART:
                return SessionState(walk.restart())
            case Action.ESCALATE:
                node = self._find_if_blocked(walk.node)
                return replace(state, walk=walk.jump(node, labels.LEVEL_NAMES[2])) if node else state
            case Action.BACK if walk.steps:
                return replace(state, walk=walk.go_back())
            case Action.BACK:
                return replace(state, candidates=(), picked=None, note="")
            case Action.QUIT:
                return None

    def _ask_question(self, state: SessionState, question: Question) -> SessionState | None:
        walk = state.walk
        answers = [Option(c["id"], c["label"], c["help"] or "") for c in question["answers"]]
        page = self._build_page(state, question["question"], answers)
        chosen = self._ask_choice(page)
        if isinstance(chosen, Action):
            return self._follow_action(state, chosen)
        if chosen in [answer.value for answer in answers]:
            return replace(state, walk=walk.give_answer(chosen, self._find_question))
        return SessionState(
            walk.jump(chosen, self._build_option(chosen).label)
        )  # a démarche found while typing

    def _build_page(self, state: SessionState, question: str, answers: list[Option]) -> Page:
        walk = state.walk
        if walk.node != ROOT:
            way = labels.WAY.join(step.label for step in walk.steps)
            return Page((way,), question, (*answers, _BACK, _QUIT), walk.find_earlier_answer())
        title = f"{self._livret.meta.title} – {self._livret.meta.departement}"
        describe = Option(Action.DESCRIBE, "Décrire le besoin avec ses mots")
        earlier = walk.find_earlier_answer() or state.picked
        options = (*answers, describe, _QUIT)
        return Page((title,), question, options, earlier, find_options=self._find_options)

    def _find_options(self, typed: str) -> list[Option]:
        """Return the démarches that answer what is being typed."""
        from fs_triage.search import rank

        hits = rank.find_conclusions(self._livret.model, typed, max=_MAX_FOUND_WHILE_TYPING).hits
        return [self._build_option(self._get_conclusion(hit.position)["id"]) for hit in hits]

    def _ask_need(self, state: SessionState) -> SessionState:
        """Ask for the need in the visitor's words; it is not kept after the session."""
        from fs_triage.search import rank

        self._clear_screen()
        page = Page((state.note,), "Le besoin, avec les mots de l’usager :")
        typed = self._desk.ask_words(page, state.need or "")
        if typed is None:
            return SessionState(state.walk, picked=Action.DESCRIBE)
        result = rank.find_conclusions(self._livret.model, typed, max=_MAX_OFFERED)
        if not result.hits:
            return replace(state, need=typed, note=_NOTES[result.verdict])
        ids = [self._get_conclusion(hit.position)["id"] for hit in result.hits]
        return SessionState(state.walk, need=typed, candidates=tuple(ids))

    def _ask_candidate(self, state: SessionState) -> SessionState | None:
        options = [self._build_option(node) for node in state.candidates]
        head = f"Besoin : {state.need}" if state.need else ""
        goal = "au choix du partenaire" if state.need is None else "pour décrire le besoin autrement"
        back = Option(Action.BACK, f"Revenir {goal}")
        page = Page((head,), "Quelle démarche correspond ?", (*options, back, _QUIT), state.picked)
        chosen = self._ask_choice(page)
        if isinstance(chosen, Action):
            return self._follow_action(state, chosen)
        label = next(option.label for option in options if option.value == chosen)
        return replace(state, walk=state.walk.jump(chosen, label), picked=chosen)

    def _build_option(self, node: str) -> Option:
        conclusion = self._get_conclusion(self._livret.get_node(node).first)
        partner = self._find_question(conclusion["partner"])
        assert partner is not None
        way = [step["answer"] for step in conclusion["path"][:-1]]
        about = labels.WAY.join([*way, labels.LEVEL_NAMES[conclusion["level"]]])
        return Option(node, f"{partner['title']} : {conclusion['title']}", about)

    def _find_if_blocked(self, node: str) -> str | None:
        """Return the node to go to when the conclusion `node` is blocked."""
        return self._livret.get_node(node).if_blocked

    def _show_conclusion(self, state: SessionState) -> SessionState | None:
        walk = state.walk
        row = self._livret.get_node(walk.node)
        self._clear_screen()
        from fs_triage.render import opening_status  # the first question does not pay for it

        clock = opening_status.build_screen_clock(self._livret.meta.departement, self._moment)
        is_whole = self._desk.show_conclusion(lookup.read_cards(self._livret, [row.first], clock)[0])
        self._is_conclusion_shown = True
        options = [Option(Action.RESTART, "Un autre besoin"), _QUIT]
        if walk.steps:
            options.insert(0, _BACK)
        if row.if_blocked:
            options.insert(0, Option(Action.ESCALATE, f"La démarche bloque : {labels.LEVEL_NAMES[2]}"))
        head = () if is_whole else (_SCROLL_NOTE,)
        chosen = self._desk.ask_choice(Page(head, "Et maintenant ?", tuple(options), compact=True))
        assert isinstance(chosen, Action)
        return self._follow_action(state, chosen)
