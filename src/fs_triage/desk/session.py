"""The wizard: asks what `walk` says comes next, until the counsellor has read a conclusion and leaves."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from fs_triage import output
from fs_triage.contract import INTERRUPTED, OK, WRONG_CALL, Failure
from fs_triage.desk.page import BACK, QUIT, Desk, Option, Page
from fs_triage.desk.walk import Walk, replay
from fs_triage.index import lookup
from fs_triage.index.reader import Store
from fs_triage.records import ROOT, Conclusion, Question
from fs_triage.render import labels

_WRITE = "?"
_AGAIN = "↺"
_BLOCKED = "!"
_OFFERED = 8  # démarches offered for a need; more would not fit a screen of 20 lines
_FOUND = 5  # démarches offered while a need is being typed
_LEAVE = Option(QUIT, "Quitter")
_RETURN = Option(BACK, "Revenir")
_NO_TERMINAL = (
    "Pas de terminal pour poser les questions ; donnez la démarche : « fs-triage fiche caf rsa » "
    "(elles sont toutes dans « fs-triage liste »)."
)
_ABOVE = "Remontez l’écran pour lire le début."
_NOTES = {
    "out-of-scope": "Hors du livret : aucune démarche ne répond à ce besoin. Décrivez-le autrement, ou revenez.",
    "vague": "Trop vague pour choisir une démarche : dites laquelle, ou revenez choisir un partenaire.",
}


_HUNG_UP = 129
_STOPS = {"SIGINT": INTERRUPTED, "SIGBREAK": INTERRUPTED, "SIGTERM": 143, "SIGHUP": _HUNG_UP}
"""The signals that end a session, by their names as no system has all of them, and the exit code of each."""

_START = Walk()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the counsellor is: the walk, and the démarches found before it begins.

    `need` is what was typed (None: nothing is being searched), `found` the démarches to pick from, `picked`
    the choice made, `note` what to say of the last search.
    """

    walk: Walk = _START
    need: str | None = None
    found: tuple[str, ...] = ()
    picked: str | None = None
    note: str = ""


def run(
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
    desk = _desk(accessible)
    with _stoppable(desk), desk.session():
        wizard = Wizard(store, desk)
        place: Place | None = wizard.first(node, positions)
        while place is not None:
            place = wizard.next(place)
    return OK


def _desk(accessible: bool) -> Desk:
    if output.is_plain(accessible):
        from fs_triage.desk.lines import Lines

        return Lines()
    from fs_triage.desk.screen import Screen

    return Screen()


@contextlib.contextmanager
def _stoppable(desk: Desk) -> Iterator[None]:
    """Turn a signal into `SystemExit`, that of Ctrl-C into `KeyboardInterrupt`, with the terminal given back.

    When the terminal is gone, giving it back fails: the signal is what happened, not that failure. Windows has no
    SIGHUP; it has SIGBREAK, for Ctrl-Break and for a window that is closed, and ends the process by itself soon after.
    """
    received: list[int] = []
    codes = {getattr(signal, name): code for name, code in _STOPS.items() if hasattr(signal, name)}

    def stop(number: int, _frame: Any) -> None:
        for each in codes:
            signal.signal(each, signal.SIG_IGN)
        received.append(number)
        if not desk.interrupt():
            # Python ends with 130, whatever follows, when KeyboardInterrupt has left an `exec` (a class of Rich)
            raise KeyboardInterrupt if codes[number] == INTERRUPTED else SystemExit(codes[number])

    before = {each: signal.getsignal(each) for each in codes}
    for each in codes:
        if before[each] is not signal.SIG_IGN:  # nohup
            signal.signal(each, stop)
    try:
        yield
    except BaseException:
        if not received:
            raise
        code = codes[received[0]]
        if code == INTERRUPTED:
            raise KeyboardInterrupt from None
        if code == _HUNG_UP:
            output.silence()
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

    def first(self, node: str | None, positions: list[int] | None) -> Place:
        """Return the place to begin at."""
        if node is not None:
            return Place(replay(node.split("/") if node else [], self._question))
        return Place(found=tuple(self._conclusion(position)["id"] for position in positions or []))

    def next(self, place: Place) -> Place | None:
        """Show what is at `place` and return the place that the answer leads to, None to leave."""
        if place.walk.at == ROOT and not place.walk.steps:
            if place.found:
                return self._pick(place)
            if place.need is not None:
                return self._describe(place)
        question = self._question(place.walk.at)
        return self._ask(place, question) if question else self._conclude(place)

    def _question(self, node: str) -> Question | None:
        text = self._store.peek(f"question:{node}")
        return cast(Question, json.loads(text)) if text is not None else None

    def _conclusion(self, position: int) -> Conclusion:
        return cast(Conclusion, json.loads(self._store.need(f"json:{position:06}")))

    def _choose(self, page: Page) -> str:
        self._clear()
        return self._desk.choose(page)

    def _clear(self) -> None:
        if self._read:
            self._desk.turn()
        self._read = False

    def _ask(self, place: Place, question: Question) -> Place | None:
        walk = place.walk
        answers = [Option(c["id"], c["label"], c["help"] or "") for c in question["answers"]]
        if walk.at == ROOT:
            title = f"{self._store.need('meta:title')} – {self._store.need('meta:departement')}"
            answers.append(Option(_WRITE, "Décrire le besoin avec ses mots"))
            earlier = walk.preselected() or place.picked
            page = Page((title,), question["question"], (*answers, _LEAVE), earlier, found=self._found)
        else:
            way = labels.WAY.join(step.label for step in walk.steps)
            page = Page((way,), question["question"], (*answers, _RETURN, _LEAVE), walk.preselected())
        chosen = self._choose(page)
        if chosen == QUIT:
            return None
        if chosen == BACK:
            return replace(place, walk=walk.back())
        if chosen == _WRITE:
            return Place(walk, need="")
        if chosen not in [answer.value for answer in answers]:
            return Place(walk.jump(chosen, self._summary(chosen).label))
        return replace(place, walk=walk.answer(chosen, self._question))

    def _found(self, typed: str) -> list[Option]:
        """Return the démarches that answer what is being typed."""
        from fs_triage.search import rank

        hits = rank.find(self._store, typed, max=_FOUND).hits
        return [self._summary(self._conclusion(hit.position)["id"]) for hit in hits]

    def _describe(self, place: Place) -> Place:
        """Ask for the need in the visitor's words; nothing of it is kept when the session ends."""
        from fs_triage.search import rank

        self._clear()
        page = Page((place.note,), "Le besoin, avec les mots de l’usager :")
        typed = self._desk.write(page, place.need or "")
        if typed == BACK:
            return Place(place.walk, picked=_WRITE)
        result = rank.find(self._store, typed, max=_OFFERED)
        if not result.hits:
            return replace(place, need=typed, note=_NOTES[result.verdict])
        found = tuple(self._conclusion(hit.position)["id"] for hit in result.hits)
        return Place(place.walk, need=typed, found=found)

    def _pick(self, place: Place) -> Place | None:
        options = [self._summary(node) for node in place.found]
        head = f"Besoin : {place.need}" if place.need else ""
        if place.need is not None:
            back = Option(BACK, "Revenir pour décrire le besoin autrement")
        else:
            back = Option(BACK, "Revenir au choix du partenaire")
        page = Page((head,), "Quelle démarche correspond ?", (*options, back, _LEAVE), place.picked)
        chosen = self._choose(page)
        if chosen == QUIT:
            return None
        if chosen == BACK:
            return replace(place, found=(), picked=None, note="")
        label = next(option.label for option in options if option.value == chosen)
        return replace(place, walk=place.walk.jump(chosen, label), picked=chosen)

    def _summary(self, node: str) -> Option:
        conclusion = self._conclusion(int(self._store.need(f"node:{node}").split()[0]))
        partner = self._question(conclusion["partner"])
        assert partner is not None
        way = [step["answer"] for step in conclusion["path"][:-1]]
        about = labels.WAY.join([*way, labels.LEVEL_NAMES[conclusion["level"]]])
        return Option(node, f"{partner['title']} : {conclusion['title']}", about)

    def _conclude(self, place: Place) -> Place | None:
        walk = place.walk
        position, _, _, *blocked = self._store.need(f"node:{walk.at}").split()
        self._clear()
        whole = self._desk.show(lookup.read_cards(self._store, [int(position)])[0])
        self._read = True
        options = [Option(_BLOCKED, f"La démarche bloque : {labels.LEVEL_NAMES[2]}")] if blocked else []
        options += [_RETURN] if walk.steps else []
        options += [Option(_AGAIN, "Un autre besoin"), _LEAVE]
        page = Page(() if whole else (_ABOVE,), "Et maintenant ?", tuple(options), compact=True)
        chosen = self._desk.choose(page)
        if chosen == QUIT:
            return None
        if chosen == _BLOCKED:
            return replace(place, walk=walk.jump(blocked[0], labels.LEVEL_NAMES[2]))
        return replace(place, walk=walk.back()) if chosen == BACK else Place(walk.restart())
