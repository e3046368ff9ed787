"""Hostile rules: what is no control character is shown letter for letter, what is one is refused; on every sink."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Call, write_livret
from terminal import MENU, Terminal, terminal

from fs_triage.contract import OK, PROBLEMS, RULES_UNUSABLE

LITERAL = {
    "Rich markup": "[bold red]x[/] [/] [not a tag]",
    "Rich links": "[link=javascript:x]y[/link]",
    "emoji codes": ":smile: :warning:",
    "format strings": "{0} {x!r:>10} %s %(y)d $z ${z}",
    "HTML and templates": "<b>&amp;</b> {{ 7*7 }} {% x %}",
    "Markdown": "**a** _b_ `c` [d](e) # f",
    "Mermaid and DOT": '"]; a --> b; |c| {d}',
    "shell": "$(id) `id` ; rm -rf * \\e[31m",
    "formulas": "=1+1 @x +y -z",
}

every_literal = pytest.mark.parametrize("text", LITERAL.values(), ids=LITERAL)


def spaced(text: str) -> str:
    """Return `text` with plain spaces and quotes, one between words: the loader may have set French ones."""
    return " ".join(text.replace("’", "'").split())


@every_literal
def test_text_is_shown_letter_for_letter_in_a_pipe(call: Call, tmp_path: Path, text: str) -> None:
    folder = str(write_livret(tmp_path / "livret", text))
    code, out, err = call("guichet", "--regles", folder)
    assert (code, err) == (OK, "")
    places = ["label", "answer", "do_not", "step", "warning", "contact", "when", "note", "doubt"]
    for place in places:
        assert f"{place} {text}" in spaced(out), place
    for command, place in (("liste", "answer"), ("arbre", "answer")):
        code, out, err = call(command, "--regles", folder)
        assert code == OK and f"{place} {text}" in spaced(out), command
    code, out, err = call("--version", "--regles", folder)
    assert f"title {text}" in spaced(out)


@every_literal
def test_text_is_shown_letter_for_letter_on_a_terminal(home: Path, tmp_path: Path, text: str) -> None:
    folder = str(write_livret(tmp_path / "livret", text))
    for node, places in (("papier", "answer do_not step warning"), ("blocage", "contact when note doubt")):
        with terminal(
            "fiche", f"guichet/{node}", "--regles", folder, home=home, columns=120, rows=60
        ) as screen:
            assert screen.end() == OK
            shown = spaced(re.sub("[│║]", " ", screen.text()))
            for place in places.split():
                assert f"{place} {text}" in shown, place
            assert find_links(screen) <= {b"tel:3949"}  # none is made of it
    with terminal("--regles", folder, home=home, columns=120) as screen:
        screen.see("label")
        assert f"title {text}" in spaced(screen.text()) and f"about {text}" in spaced(screen.text())
        screen.send("\r")
        screen.see("question")
        assert f"question {text}" in spaced(screen.text()) and f"answer {text}" in spaced(screen.text())
        screen.send("\r")
        screen.see(MENU)
        card = spaced(" ".join(screen.read_document(MENU)))
        for place in ("do_not", "step", "warning", "answer"):
            assert f"{place} {text}" in (card if place != "answer" else spaced(screen.text())), place
        for act, title in (("feuille", "Feuille pour"), ("signaler", "Signaler une erreur")):
            screen.send(act, "\r")
            screen.see(title)
            assert f"answer {text}" in spaced(" ".join(screen.read_document(title)))
            screen.send("\x1b")
            screen.see(MENU)
        screen.send("quitter", "\r")
        assert screen.end() == OK
        assert find_links(screen) <= {b"tel:3949"}
    with terminal("arbre", "--regles", folder, home=home, columns=120) as screen:
        assert screen.end() == OK
        assert f"answer {text}" in spaced(screen.text())


def find_links(screen: Terminal) -> set[bytes]:
    """Return the addresses of the links that were sent to a terminal."""
    return set(re.findall(rb"\x1b\]8;[^;]*;([^\x1b]+)\x1b", screen.raw))


REFUSED = {
    "escape sequence": ("\\x1b[2J", "U+001B"),
    "C1 control": ("\\x9b31m", "U+009B"),
    "bell": ("\\a", "U+0007"),
    "carriage return": ("a\\rb", "U+000D"),
    "right-to-left override": ("\\u202e", "U+202E"),
    "isolate": ("\\u2066", "U+2066"),
    "zero width": ("\\u200b", "U+200B"),
    "line separator": ("\\u2028", "U+2028"),
}
SINKS = (
    ("guichet",),
    ("guichet/papier", "--json"),
    ("liste",),
    ("contacts",),
    ("chercher", "papier"),
    ("arbre",),
    ("arbre", "--mermaid"),
    ("--version",),
    (),
)


@pytest.mark.parametrize(("escape", "name"), REFUSED.values(), ids=REFUSED)
def test_a_control_character_is_refused_with_its_place(
    call: Call, tmp_path: Path, escape: str, name: str
) -> None:
    folder = write_livret(tmp_path / "livret", "@")
    file = folder / "partenaires/guichet.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("step @", f"step {escape}"), encoding="utf-8")
    line = next(
        n for n, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "step" in text
    )
    code, out, _ = call("verifier", str(folder))
    assert code == PROBLEMS
    assert re.search(rf"guichet\.yaml:{line}:\d+: .*{re.escape(name)}.*\[\w[\w-]+\]", out)
    assert clean(out)
    for arguments in SINKS:
        code, out, err = call(*arguments, "--regles", str(folder))
        assert code == RULES_UNUSABLE, arguments
        assert f"partenaires/guichet.yaml:{line}" in err and clean(out + err)


def clean(text: str) -> bool:
    """Return whether a terminal would obey nothing in `text`."""
    return text.replace("\n", "").replace("\t", "").replace("\u00a0", "").isprintable()


NAMES = [
    "\x1b[2J",
    "\x1b]0;titre\x07",
    "\u202etxt",
    "a\nb",
    "[bold red]x",
    "{0} %s",
    "--json",
    "é’« »",
    "\x9b2J",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_name_of_a_folder_is_shown_not_obeyed(call: Call, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    code, out, err = call("liste", "--regles", str(folder))
    assert (code, out) == (RULES_UNUSABLE, "")
    assert err.count("\n") == 1 and clean(err)
    write_livret(folder)
    code, out, err = call("liste", "--regles", str(folder))
    assert (code, out.count("\n"), err) == (OK, 2, "")
    (folder / "partenaires/guichet.yaml").write_text("id: [", encoding="utf-8")
    for arguments in (("verifier", str(folder)), ("verifier", str(folder), "--json")):
        code, out, err = call(*arguments)
        assert code == PROBLEMS and clean(out + err), arguments
    code, out, err = call("liste", "--regles", str(folder))
    assert (code, out.count("\n")) == (OK, 2) and err.startswith("Attention") and clean(err)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_stray_file_changes_nothing(call: Call, tmp_path: Path, name: str) -> None:
    folder = write_livret(tmp_path / "livret")
    before = call("liste", "--regles", str(folder))
    (folder / name).write_bytes(b"\x1b[2J\xff")
    (folder / f"{name}.yaml").mkdir()
    assert call("liste", "--regles", str(folder)) == before
