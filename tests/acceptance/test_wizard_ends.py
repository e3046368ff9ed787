"""How a session ends when it is not left by « Quitter »: each prompt, each signal, the terminal given back."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run, edit
from terminal import CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, GUICHET, MODULE, Terminal, guichet, slow, words

FIRST = "Pour quel partenaire ?"
MENU = "Et maintenant ?"

NO_TERMINAL = (
    "Pas de terminal pour poser les questions ; donnez la démarche : « fs-triage fiche caf rsa » "
    "(elles sont toutes dans « fs-triage liste »).\n"
)

REACH: dict[str, tuple[list[str], list[str], dict[str, str]]] = {
    "question": ([], [FIRST], {}),
    "words": (["mon"], ["Recherche : mon"], {}),
    "menu": ([DOWN + ENTER, ENTER], [MENU], {}),
    "letter": ([DOWN + ENTER, ENTER, "signaler" + ENTER], ["Signaler une erreur du livret"], {}),
    "number": ([], ["Numéro ou mots"], {"ACCESSIBLE": "1"}),
    "numbered words": (["permis\n"], ["Recherche : permis"], {"ACCESSIBLE": "1"}),
}
"""For each kind of prompt: the keys that lead to it, what it shows, and the environment."""


def press(keys: str) -> Callable[[Terminal], None]:
    return lambda window: window.send(keys)


def strike(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda window: window.kill(number)


ENDS = {
    "Ctrl-C": (press(CTRL_C), 130),
    "Ctrl-D": (press(CTRL_D), 130),
    "SIGINT": (strike(signal.SIGINT), 130),
    "SIGTERM": (strike(signal.SIGTERM), 143),
    "SIGHUP": (strike(signal.SIGHUP), 129),
}


def reach(window: Terminal, kind: str) -> None:
    """Go to a prompt of that kind."""
    keys, shown, _ = REACH[kind]
    window.see("Pour quel partenaire ?")
    for key in keys:
        window.send(key)
        window.settle(0.1)
    window.see(*shown)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", REACH)
def test_ends_at_once_and_gives_the_terminal_back(home: Path, kind: str, end: str) -> None:
    strike_it, code = ENDS[end]
    with guichet(home=home, **REACH[kind][2]) as window:
        reach(window, kind)
        strike_it(window)
        assert window.end() == code
        assert window.given_back()
        assert "Traceback" not in window.text()
        assert "Erreur" not in window.text()


@pytest.mark.parametrize(
    ("what", "end"),
    [("rebuild.rebuild", "Ctrl-C"), *(("desk.session._create_desk", end) for end in ENDS if end != "Ctrl-D")],
)
def test_ends_at_once_while_a_livret_is_prepared(tmp_path: Path, what: str, end: str) -> None:
    strike_it, code = ENDS[end]
    with slow(what, home=tmp_path) as window:
        window.see("Préparation du livret…")
        window.send("caf")
        strike_it(window)
        assert window.end() == code
        assert window.given_back()
        assert "Traceback" not in window.text()


LONG = {
    "letters": "a" * 3000,
    "words": "mon permis " * 20_000,
    "pasted": "\x1b[200~" + "permis\r" * 30_000 + "\x1b[201~",
    "half a paste": "\x1b[200~" + "permis " * 30_000,
    "choices": (ENTER * 3 + "autre" + ENTER) * 1000,
    "arrows": DOWN * 20_000,
    "lines": "\n" * 20_000,
}
"""What is typed or pasted at once: more than a prompt takes, or than a session of a day asks for."""
AT_ONCE = 2.0  # seconds; a tenth of it where a processor is free, where it once took 4 to 30 or had no end


@pytest.mark.parametrize("typed", LONG)
@pytest.mark.parametrize("kind", [kind for kind in REACH if kind != "letter"])  # as the menu
def test_ctrl_c_waits_for_nothing_that_was_typed_before(home: Path, kind: str, typed: str) -> None:
    with guichet(home=home, **REACH[kind][2]) as window:
        reach(window, kind)
        window.flood(LONG[typed] + CTRL_C)
        begun = time.monotonic()
        assert window.end() == 130
        assert time.monotonic() - begun < AT_ONCE
        assert window.given_back()
        assert "Traceback" not in window.text()


@pytest.mark.parametrize("kind", ["question", "words", "menu"])
def test_ctrl_c_right_after_escape(home: Path, kind: str) -> None:
    """Behind Esc, which waits for what follows it, a key counts as one pressed with Alt."""
    with guichet(home=home) as window:
        reach(window, kind)
        window.send("z", ESCAPE)
        time.sleep(0.11)
        window.send(CTRL_C)
        assert window.end() == 130


def test_ctrl_d_does_not_wait_either(home: Path) -> None:
    with guichet(home=home) as window:
        window.see(FIRST)
        window.flood(LONG["words"] + CTRL_D)
        assert window.end() == 130
        assert window.given_back()


SYSTEMS = {
    "no SIGHUP": ("del signal.SIGHUP", signal.SIGTERM, 143),
    "Ctrl-Break": ("del signal.SIGHUP; signal.SIGBREAK = signal.SIGUSR1", signal.SIGUSR1, 130),
}
"""As Windows: what it lacks is taken away, what it has besides is put in the place of another."""


@pytest.mark.parametrize("kind", [kind for kind in REACH if kind != "letter"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_has_its_own_signals(home: Path, system: str, kind: str) -> None:
    change, number, code = SYSTEMS[system]
    program = (
        f"import signal, sys; {change}; from fs_triage import __main__; sys.argv = ['']; __main__.start()"
    )
    with guichet(home=home, command=(sys.executable, "-c", program), **REACH[kind][2]) as window:
        reach(window, kind)
        window.kill(number)
        assert window.end() == code
        assert window.given_back()
        assert "Erreur" not in window.text()


@pytest.mark.parametrize("kind", ["question", "words", "menu", "number"])
def test_the_window_is_closed(home: Path, kind: str) -> None:
    with guichet(home=home, **REACH[kind][2]) as window:
        reach(window, kind)
        window.hang_up()
        assert window.end() == 129


@pytest.mark.parametrize("kind", ["question", "words", "number"])
def test_the_window_is_closed_on_a_program_that_stays(home: Path, kind: str) -> None:
    """With SIGHUP ignored (nohup), the end of the terminal ends the session: it does not go round and round."""
    stay = f"import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.executable, {MODULE!r})"
    with guichet(home=home, command=(sys.executable, "-c", stay), **REACH[kind][2]) as window:
        reach(window, kind)
        window.hang_up()
        assert window.end() == 74


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_between_two_prompts(home: Path, number: signal.Signals, code: int) -> None:
    """Keys keep coming while the signal falls: whatever is under way, the code and the terminal are the same."""
    for pause in (0.0, 0.01, 0.03, 0.06):
        with guichet(home=home) as window:
            window.see(FIRST)
            window.send((ENTER * 3 + "autre" + ENTER) * 5)
            time.sleep(pause)
            window.kill(number)
            assert window.end() == code
            assert window.given_back()


WITHOUT = {
    "piped": {"input": "\n"},
    "empty": {"input": ""},
    "nothing": {"stdin": subprocess.DEVNULL},
}


@pytest.mark.parametrize("how", WITHOUT)
def test_no_terminal_no_prompt(run: Run, how: str) -> None:
    """Left alone, questionary takes a line end from a pipe for an answer."""
    options = WITHOUT[how] if "input" in WITHOUT[how] else {**WITHOUT[how], "input": None}
    result = run(env={"FS_TRIAGE_REGLES": str(GUICHET), "TERM": "xterm"}, **options)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", NO_TERMINAL)


@pytest.mark.parametrize("closed", ["<&-", "</dev/null", "| cat", ">/dev/null", ">&-"])
def test_half_a_terminal_is_none(home: Path, closed: str) -> None:
    """Standard input or output alone is a terminal, or one of them is closed."""
    command = f"{sys.executable} -m fs_triage {closed}"
    with guichet(home=home, command=("/bin/sh", "-c", command)) as window:
        code = window.end()
        assert words(window.text()) == words(NO_TERMINAL)
        assert code == (0 if closed == "| cat" else 2)  # the shell gives the code of cat


def test_a_lookup_without_a_terminal_asks_nothing(run: Run) -> None:
    result = run("mairie", "ecole", input="\n", env={"FS_TRIAGE_REGLES": str(GUICHET)})
    assert result.returncode == 0
    assert result.stderr == ""
    assert [line for line in result.stdout.splitlines() if line.startswith("Livret, ")] == [
        "Livret, pages 2 et 3 – mairie/ecole/inscription",
        "Livret, pages 2 et 3 – mairie/ecole/changement",
    ]


LAYERS = {
    "fs_triage.desk.walk.Walk.give_answer": (FIRST, ENTER),
    "fs_triage.desk.choice_list.Choices.draw": ("", ""),
    "fs_triage.desk.choice_list.Choices.add_text": (FIRST, "x"),
    "fs_triage.desk.console.take_keys_ahead": ("", ""),
    "fs_triage.desk.find.Finder.find": (FIRST, "permis"),
    "fs_triage.understanding.understand.understand": (FIRST, "permis"),
    "fs_triage.render.card_layout.lay_out_card": (FIRST, "bébé" + ENTER),
    "fs_triage.desk.card_acts.list_card_acts": (FIRST, "bébé" + ENTER),
    "fs_triage.desk.session.Wizard.run_step": ("", ""),
    "fs_triage.desk.lines.Lines._ask_line": ("", ""),
}
"""For each layer: where an error is put, what must be on the screen before, and the keys that lead there."""


@pytest.mark.parametrize("place", LAYERS)
def test_a_bug_is_one_sentence(home: Path, place: str) -> None:
    owner, _, name = place.rpartition(".")
    shown, keys = LAYERS[place]
    broken = (
        "import pkgutil, sys; from fs_triage import __main__\n"
        "def bug(*arguments, **options):\n"
        "    secret = 'Jean Dupont'\n"
        "    raise ZeroDivisionError(secret)\n"
        f"setattr(pkgutil.resolve_name('{owner}'), '{name}', bug)\n"
        "sys.argv = ['fs-triage']; __main__.start()\n"
    )
    accessible = {"ACCESSIBLE": "1"} if owner.startswith("fs_triage.desk.lines") else {}
    with guichet(home=home, command=(sys.executable, "-c", broken), **accessible) as window:
        window.see(shown)
        window.send(keys)
        assert window.end() == 70
        assert window.given_back()
        said = window.text().splitlines()[-2:]
        assert words("Erreur interne de fs-triage (ZeroDivisionError, <string> ligne 4)") in words(
            "".join(said)
        )
        assert words("signalez-la avec la commande tapée.") in words("".join(said))
        assert "Dupont" not in window.raw.decode()
        assert "Traceback" not in window.raw.decode()


def test_rules_that_cannot_be_used_are_told_on_the_terminal(home: Path, tmp_path: Path) -> None:
    """What a terminal would obey is refused where it stands, and the message does not hold it either."""
    folder = Path(shutil.copytree(GUICHET, tmp_path / "regles"))
    hostile = '"Le permis\\e[31m\\e]52;c;eA==\\a de conduire"'
    edit(folder / "partenaires/prefecture.yaml", ("Le permis de conduire", hostile))
    with guichet(home=home, FS_TRIAGE_REGLES=str(folder)) as window:
        assert window.end() == 3
        assert b"\x1b" not in window.raw
        assert b"\x07" not in window.raw
        assert "partenaires/prefecture.yaml:18" in words(window.text())


def test_rules_gone_while_the_session_lasts(home: Path, tmp_path: Path) -> None:
    """What was opened goes on answering: a visitor is not sent away because a share went."""
    folder = Path(shutil.copytree(GUICHET, tmp_path / "regles"))
    with guichet(home=home, FS_TRIAGE_REGLES=str(folder)) as window:
        window.see(FIRST)
        shutil.rmtree(folder)
        window.send("permis", ENTER)
        window.see("fs-triage prefecture/permis", MENU)
        window.send("quitter", ENTER)
        assert window.end() == 0
