"""The wizard: asks what `walk` says comes next, until the counsellor has read a conclusion and leaves."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from fs_triage import output
from fs_triage.contract import OK, ROOT, SIGINT_EXIT, WRONG_CALL, Failure
from fs_triage.desk.page import BACK, QUIT, Desk, Option, Page
from fs_triage.desk.walk import Walk, replay_answers
from fs_triage.index import lookup
from fs_triage.index.reader import Store
from fs_triage.render import labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion, Question

_DESCRIBE = "?"
_RESTART = "↺"
_ESCALATE = "!"
_MAX_OFFERED = 8  # démarches offered for a need; more would not fit a screen of 20 lines
_MAX_FOUND_WHILE_TYPING = 5  # démarches offered while a need is being typed
_QUIT_OPTION = Option(QUIT, "Quitter")
_BACK_OPTION = Option(BACK, "Revenir")
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
"""The signals that end a session, by their names as no system has all of them, and the exit code of each."""

_START = Walk()


@dataclass(frozen=True, slots=True)
class SessionState:
    """Where the counsellor is: the walk, and the démarches found before it begins.

    `need` is what was typed (None: nothing is being searched), `found` the démarches to pick from, `picked`
    the choice made, `note` what to say of the last search.
    """

    walk: Walk = _START
    need: str | None = None
    found: tuple[str, ...] = ()
    picked: str | None = None
    note: str = ""


def run_wizard(
    store: Store, *, node: str | None = None, positions: list[int] | None = None, accessible: bool = False
) -> int:
    """Hold a session; returns the exit code.

    It begins at `node`, or with a pick among the conclusions at `positions`, or at the first question.
    Raises `Failure` without a terminal, `KeyboardInterrupt` on Ctrl-C or Ctrl-D at any prompt, and
    `SystemExit` with the code of the contract on SIGTERM and SIGHUP.
    """
    if not output.is_terminal():
        raise Failure(WRONG_CALL, _NO_TERMINAL)
    store.learn()  # so that no key that is typed waits for it
    desk = _create_desk(accessible)
    with _handle_signals(desk), desk.open_session():
        wizard = Wizard(store, desk)
        place: SessionState | None = wizard.build_first_state(node, positions)
        while place is not None:
            place = wizard.run_step(place)
    return OK


def _create_desk(accessible: bool) -> Desk:
    if output.is_plain(accessible):
        from fs_triage.desk.lines import Lines

        return Lines()
    from fs_triage.desk.screen import Screen

    return Screen()


@contextlib.contextmanager
def _handle_signals(desk: Desk) -> Iterator[None]:
    """Turn a signal into `SystemExit`, that of Ctrl-C into `KeyboardInterrupt`, with the terminal given back.

    When the terminal is gone, giving it back fails: the signal is what happened, not that failure. Windows has no
    SIGHUP; it has SIGBREAK, for Ctrl-Break and for a window that is closed, and ends the process by itself soon after.
    """
    received: list[int] = []
    codes = {getattr(signal, name): code for name, code in _EXIT_CODES.items() if hasattr(signal, name)}

    def handle_signal(number: int, _frame: Any) -> None:
        for each in codes:
            signal.signal(each, signal.SIG_IGN)
        received.append(number)
        if not desk.interrupt():
            # Python ends with 130, whatever follows, when KeyboardInterrupt has left an `exec` (a class of Rich)
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
    """A session on a livret: from one place to the next."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._read = False  # a conclusion is on the screen

    def build_first_state(self, node: str | None, positions: list[int] | None) -> SessionState:
        """Return the place to begin at."""
        if node is not None:
            return SessionState(replay_answers(node.split("/") if node else [], self._find_question))
        return SessionState(found=tuple(self._get_conclusion(position)["id"] for position in positions or []))

    def run_step(self, place: SessionState) -> SessionState | None:
        """Show what is at `place` and return the place that the answer leads to, None to leave."""
        if place.walk.node == ROOT and not place.walk.steps:
            if place.found:
                return self._ask_conclusion(place)
            if place.need is not None:
                return self._ask_need(place)
        question = self._find_question(place.walk.node)
        return self._ask_question(place, question) if question else self._show_conclusion(place)

    def _find_question(self, node: str) -> Question | None:
        text = self._store.peek(f"question:{node}")
        question: Question | None = json.loads(text) if text is not None else None
        return question

    def _get_conclusion(self, position: int) -> Conclusion:
        conclusion: Conclusion = json.loads(self._store.need(f"json:{position:06}"))
        return conclusion

    def _ask_choice(self, page: Page) -> str:
        self._clear_screen()
        return self._desk.ask_choice(page)

    def _clear_screen(self) -> None:
        if self._read:
            self._desk.clear_screen()
        self._read = False

    def _ask_question(self, place: SessionState, question: Question) -> SessionState | None:
        walk = place.walk
        answers = [Option(c["id"], c["label"], c["help"] or "") for c in question["answers"]]
        if walk.node == ROOT:
            title = f"{self._store.need('meta:title')} – {self._store.need('meta:departement')}"
            answers.append(Option(_DESCRIBE, "Décrire le besoin avec ses mots"))
            earlier = walk.find_earlier_answer() or place.picked
            page = Page(
                (title,), question["question"], (*answers, _QUIT_OPTION), earlier, found=self._find_options
            )
        else:
            way = labels.WAY.join(step.label for step in walk.steps)
            page = Page(
                (way,),
                question["question"],
                (*answers, _BACK_OPTION, _QUIT_OPTION),
                walk.find_earlier_answer(),
            )
        chosen = self._ask_choice(page)
        if chosen == QUIT:
            return None
        if chosen == BACK:
            return replace(place, walk=walk.go_back())
        if chosen == _DESCRIBE:
            return SessionState(walk, need="")
        if chosen not in [answer.value for answer in answers]:
            return SessionState(walk.jump(chosen, self._build_option(chosen).label))
        return replace(place, walk=walk.give_answer(chosen, self._find_question))

    def _find_options(self, typed: str) -> list[Option]:
        """Return the démarches that answer what is being typed."""
        from fs_triage.search import rank

        hits = rank.find_conclusions(self._store, typed, max=_MAX_FOUND_WHILE_TYPING).hits
        return [self._build_option(self._get_conclusion(hit.position)["id"]) for hit in hits]

    def _ask_need(self, place: SessionState) -> SessionState:
        """Ask for the need in the visitor's words; nothing of it is kept when the session ends."""
        from fs_triage.search import rank

        self._clear_screen()
        page = Page((place.note,), "Le besoin, avec les mots de l’usager :")
        typed = self._desk.ask_words(page, place.need or "")
        if typed == BACK:
            return SessionState(place.walk, picked=_DESCRIBE)
        result = rank.find_conclusions(self._store, typed, max=_MAX_OFFERED)
        if not result.hits:
            return replace(place, need=typed, note=_NOTES[result.verdict])
        found = tuple(self._get_conclusion(hit.position)["id"] for hit in result.hits)
        return SessionState(place.walk, need=typed, found=found)

    def _ask_conclusion(self, place: SessionState) -> SessionState | None:
        options = [self._build_option(node) for node in place.found]
        head = f"Besoin : {place.need}" if place.need else ""
        if place.need is not None:
            back = Option(BACK, "Revenir pour décrire le besoin autrement")
        else:
            back = Option(BACK, "Revenir au choix du partenaire")
        page = Page((head,), "Quelle démarche correspond ?", (*options, back, _QUIT_OPTION), place.picked)
        chosen = self._ask_choice(page)
        if chosen == QUIT:
            return None
        if chosen == BACK:
            return replace(place, found=(), picked=None, note="")
        label = next(option.label for option in options if option.value == chosen)
        return replace(place, walk=place.walk.jump(chosen, label), picked=chosen)

    def _build_option(self, node: str) -> Option:
        conclusion = self._get_conclusion(int(self._store.need(f"node:{node}").split()[0]))
        partner = self._find_question(conclusion["partner"])
        assert partner is not None
        way = [step["answer"] for step in conclusion["path"][:-1]]
        about = labels.WAY.join([*way, labels.LEVEL_NAMES[conclusion["level"]]])
        return Option(node, f"{partner['title']} : {conclusion['title']}", about)

    def _show_conclusion(self, place: SessionState) -> SessionState | None:
        walk = place.walk
        position, _, _, *blocked = self._store.need(f"node:{walk.node}").split()
        self._clear_screen()
        whole = self._desk.show_conclusions(lookup.read_cards(self._store, [int(position)])[0])
        self._read = True
        options = [Option(_ESCALATE, f"La démarche bloque : {labels.LEVEL_NAMES[2]}")] if blocked else []
        options += [_BACK_OPTION] if walk.steps else []
        options += [Option(_RESTART, "Un autre besoin"), _QUIT_OPTION]
        page = Page(() if whole else (_SCROLL_NOTE,), "Et maintenant ?", tuple(options), compact=True)
        chosen = self._desk.ask_choice(page)
        if chosen == QUIT:
            return None
        if chosen == _ESCALATE:
            return replace(place, walk=walk.jump(blocked[0], labels.LEVEL_NAMES[2]))
        return replace(place, walk=walk.go_back()) if chosen == BACK else SessionState(walk.restart())
