"""Terminals that cannot be drawn on, people who do not see the screen, and encodings that lack letters."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from terminal import CTRL_D, DOWN, ENTER, Terminal, guichet, plain, words

from fs_triage import output
from fs_triage.desk.page import MAX_TYPED_LENGTH

MENU = "Et maintenant ?"
PROMPT = "Numéro ou mots (0 : revenir, q : quitter) :"
FIRST_PAGE = f"""\

Livret du guichet – 998 Les Essais
Pour quel partenaire ?
1. Mairie – état civil, école, cimetière
2. Préfecture – permis, étrangers
{PROMPT}"""
SESSION = f"""{FIRST_PAGE} 2

Préfecture
Que demande l’usager à la préfecture ?
1. Le permis de conduire
2. Joindre le référent
{PROMPT} 1

Préfecture › Le permis de conduire
1er niveau : à faire sur place

Étape :
  1. Se connecter avec l’usager.

Si la démarche bloque (2nd niveau) :
  Joindre le référent : fs-triage prefecture/referent
    Téléphone : 3949

Livret, page 4 – prefecture/permis

Et maintenant ?
1. Copier – une adresse, un numéro, ou toute la fiche
2. Feuille – une page à donner à l’usager
3. Signaler – une erreur sur cette fiche, à qui tient le livret
4. La démarche bloque : 2nd niveau
5. Un autre besoin – du même usager, chez ce partenaire ou ailleurs
6. Nouvel usager – oublier cette visite
{PROMPT} 0

Préfecture
Que demande l’usager à la préfecture ?
1. Le permis de conduire (choisi avant)
2. Joindre le référent
{PROMPT} q
"""

PLAIN = {
    "ACCESSIBLE": ([], {"ACCESSIBLE": "1"}),
    "--accessible": (["--accessible"], {}),
    "dumb": ([], {"TERM": "dumb"}),
    "no TERM": ([], {"TERM": ""}),
    "unknown": ([], {"TERM": "unknown"}),
}


def typed(window: Terminal, *lines: str) -> None:
    """Type lines, each when it is asked for."""
    for line in lines:
        window.settle(0.1)
        window.send(line + "\n")


@pytest.mark.parametrize("way", PLAIN)
def test_a_session_in_numbered_lines(home: Path, way: str) -> None:
    """Read as it stands in the bytes: lines, one after the other, and nothing else."""
    arguments, environment = PLAIN[way]
    with guichet(*arguments, home=home, size=(200, 60), **environment) as window:
        window.see("Numéro ou mots")
        typed(window, "2", "1", "0", "q")
        assert window.end() == 0
        read = re.sub("Préparation du livret…\r *\r", "", window.raw.decode()).replace("\r\n", "\n")
        assert plain(read) == plain(SESSION)
        assert window.given_back()


def test_what_is_no_number_chooses_nothing(home: Path) -> None:
    with guichet(home=home, size=(200, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        for wrong in ["5", "99"]:
            typed(window, wrong)
            window.see(f"« {wrong} » n’est pas un numéro de 1 à 2.")
        for wrong in ["-1", "\uff11\uff12", "²"]:
            typed(window, wrong)
            window.see(f"{PROMPT} {wrong}", PROMPT)
        typed(window, "0")
        window.see("Il n’y a rien avant.")
        typed(window, "")
        window.see("Rien n’est choisi.")
        assert "Que demande" not in window.text()
        typed(window, " 2 ")
        window.see("Que demande l’usager à la préfecture ?")


def test_a_number_of_thousands_of_digits_is_none(home: Path) -> None:
    """A terminal takes no more than 4,095 letters a line, a Windows console does."""
    with guichet(home=home, size=(200, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        typed(window, "1" * 4000)
        window.see(f"{MAX_TYPED_LENGTH} lettres au plus : la suite n’est pas prise.", "econnu")
        typed(window, "0" * 200 + "2")
        window.see("Que demande l’usager à la préfecture ?")


def test_words_find_choices_in_lines(home: Path) -> None:
    with guichet(home=home, size=(200, 60), TERM="dumb") as window:
        window.see(PROMPT)
        typed(window, "le permis de conduire")
        window.see("Recherche : le permis de conduire", "1. Préfecture : Le permis de conduire – 1er niveau")
        typed(window, "1")
        window.see("prefecture/permis", MENU)
        typed(window, "0")
        window.settle()
        assert plain(window.text()).count("Recherche : le permis de conduire") == 2
        typed(window, "0")
        window.settle()
        assert window.text().count("1. Mairie") == 2
        typed(window, "2")
        window.see("Que demande l’usager à la préfecture ?")
        typed(window, "refus")
        window.see("Mairie : La mairie refuse – 2nd niveau")
        found = next(row for row in window.rows() if "La mairie refuse" in row)
        typed(window, found.partition(".")[0])
        window.see("mairie/bloque/refus")
        typed(window, "bébé", "1")
        window.see("mairie/naissance")
        typed(window, "q")
        assert window.end() == 0
        assert b"\x1b" not in window.raw


def test_words_in_lines_that_find_nothing_keep_the_choices(home: Path) -> None:
    with guichet(home=home, size=(200, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        typed(window, "qqqq")
        window.see("econnu")
        typed(window, "2")
        window.see("Que demande l’usager à la préfecture ?")


def test_an_answer_typed_before_its_page_in_lines_is_none(home: Path) -> None:
    """Lines pasted at once, and what is typed ahead: words alone count, before the first page."""
    with guichet(home=home, size=(200, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        window.send("permis\n1\n1\nq\n")
        window.see("Recherche : permis", "Ce qui était tapé d’avance n’est pas pris.")
        window.settle()
        assert "prefecture/permis" not in window.text()
        typed(window, "1")
        window.see("prefecture/permis")


def test_escape_takes_away_what_is_typed_in_lines(home: Path) -> None:
    with guichet(home=home, size=(200, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        window.send("maiz\x1b")
        window.settle()
        window.send("\x1b\x1b2\n")
        window.see("Que demande l’usager à la préfecture ?")
        window.settle()
        window.send("\x1b[A\x1b[A1\n")
        window.see("prefecture/permis")
        assert b"^[" not in window.raw
        typed(window, "q")
        assert window.end() == 0
        assert window.given_back()


def test_a_need_in_lines_has_a_length(home: Path) -> None:
    with guichet(home=home, size=(400, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        typed(window, "permis " * 100)
        window.see(
            f"{MAX_TYPED_LENGTH} lettres au plus : la suite n’est pas prise.",
            "Recherche : permis permis",
            "1. Préf",
        )
        typed(window, "1")
        window.see("prefecture/permis", MENU)


def test_a_letter_that_cannot_be_read_is_asked_for_again(home: Path) -> None:
    """The keys of a terminal set to another encoding than its system says."""
    with guichet(home=home, size=(200, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        window.send_bytes("permis oublié\n".encode("latin-1"))
        window.see("Une lettre est illisible, rien n’est pris : réglez le terminal sur UTF-8.")
        typed(window, "permis")
        window.see("Recherche : permis")


def test_the_lines_of_a_choice_stand_under_its_words(home: Path) -> None:
    with guichet("mairie", home=home, size=(40, 60), ACCESSIBLE="1") as window:
        window.see(PROMPT)
        rows = window.text().splitlines()
        first = next(rank for rank, row in enumerate(rows) if row.startswith("1. "))
        assert rows[first + 1].startswith("   ")
        assert not rows[first + 1].startswith("    ")


@pytest.mark.parametrize("way", PLAIN)
def test_a_conclusion_in_plain_lines(home: Path, way: str) -> None:
    arguments, environment = PLAIN[way]
    with guichet("prefecture", "permis", *arguments, home=home, **environment) as window:
        assert window.end() == 0
        assert b"\x1b" not in window.raw
        assert words("Préfecture › Le permis de conduire 1er niveau : à faire sur place") in words(
            window.text()
        )


COLOUR = re.compile(rb"\x1b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;]*m")


@pytest.mark.parametrize("columns", [80, 40])
def test_lines_are_broken_between_words(home: Path, columns: int) -> None:
    call = ("mairie", "ecole", "changement")
    with guichet(*call, home=home, size=(columns, 60), ACCESSIBLE="1") as window:
        assert window.end() == 0
        rows = window.rows()
    with guichet(*call, home=home, size=(500, 60), ACCESSIBLE="1") as window:
        assert window.end() == 0
        whole = window.rows()
    assert max(map(len, whole)) > columns > max(map(len, rows))
    assert words(" ".join(rows)) == words(" ".join(whole))


def test_colours_and_none(home: Path) -> None:
    """`NO_COLOR` takes the colours away and nothing else: what they said is said in words too."""
    read = {}
    for name, environment in {"colours": {}, "none": {"NO_COLOR": "1"}, "empty": {"NO_COLOR": ""}}.items():
        with guichet(home=home, **environment) as window:
            window.see("Pour quel partenaire ?")
            window.send("la mairie refuse" + ENTER)
            window.see("fs-triage mairie/bloque/refus", MENU)
            window.send("quitter" + ENTER)
            assert window.end() == 0
            read[name] = bool(COLOUR.search(window.raw)), window.text()
    assert {name: colours for name, (colours, _) in read.items()} == {
        "colours": True,
        "none": False,
        "empty": True,
    }
    assert len({text for _, text in read.values()}) == 1
    text = read["none"][1]
    assert "2nd niveau" in text
    assert "Ne pas renseigner" in text
    assert "Attention" in text


OLD = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("more", [{}, {"ACCESSIBLE": "1"}], ids=["drawn", "numbered"])
def test_a_terminal_that_knows_ascii_alone(home: Path, more: dict[str, str]) -> None:
    with guichet(home=home, **OLD, **more) as window:
        window.see("Mairie - etat civil, ecole, cimetiere", "Prefecture - permis, etrangers")
        if more:
            typed(window, "2", "2")
        else:
            assert "\n > Mairie" in window.text()
            window.send(DOWN, ENTER)
            window.see("Que demande l'usager")
            window.send(DOWN, ENTER)
        window.see("2nd niveau : a transmettre", "Telephone", "3949", MENU)
        assert window.raw.isascii()
        assert b"?" not in window.raw.replace(b" ?", b"").replace(b"[?", b"")
        if more:
            typed(window, "q")
        else:
            window.send("quitter" + ENTER)
        assert window.end() == 0


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "iso8859-15", "cp850"])
def test_a_terminal_of_another_encoding(home: Path, encoding: str) -> None:
    with guichet(home=home, PYTHONIOENCODING=encoding, size=(80, 60)) as window:
        window.see("Mairie")
        window.send(ENTER)
        window.see("naissance")
        window.send("urgent" + ENTER)
        window.see(
            "01 99 00 00 01",
            "etat-civil.demandes-et-reclamations@mairie-de-saint-quelque-part.example",
            "Et maintenant",
        )
        window.send("quitter" + ENTER)
        assert window.end() == 0
        read = words(window.raw.decode(encoding).replace("\u2019", "'"))
        assert words("Que demande l'usager à la mairie") in read
        assert words("C'est bloqué") in read


CONSOLES = [
    ("posix", {}, True),
    ("posix", {"TERM": ""}, True),
    ("posix", {"TERM": "xterm"}, False),
    ("nt", {}, False),
    ("nt", {"TERM": ""}, False),
    ("nt", {"TERM": "xterm"}, False),
    ("nt", {"TERM": "dumb"}, True),
    ("nt", {"ACCESSIBLE": "1"}, True),
    ("nt", {"ACCESSIBLE": "0"}, False),
]


@pytest.mark.parametrize(("system", "environment", "is_plain"), CONSOLES)
def test_a_console_of_windows_needs_no_name(
    monkeypatch: pytest.MonkeyPatch, system: str, environment: dict[str, str], is_plain: bool
) -> None:
    for name in ("TERM", "ACCESSIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as only:
        only.setattr(output.os, "name", system)
        said = output.is_plain(), output.is_plain(accessible=True)
    assert said == (is_plain, True)


@pytest.mark.parametrize(("system", "end"), [("posix", "Ctrl-D"), ("nt", "Ctrl-Z puis Entrée")])
def test_a_batch_that_is_typed_says_how_it_ends(home: Path, system: str, end: str) -> None:
    program = (
        "import sys, types; from fs_triage import __main__; from fs_triage.cli import chercher; "
        f"chercher.os = types.SimpleNamespace(name={system!r}); "
        "sys.argv = ['', 'chercher', '--lot']; __main__.start()"
    )
    with guichet(home=home, command=(sys.executable, "-c", program), size=(200, 24)) as window:
        window.see(f"Tapez un besoin par ligne ; {end} pour finir.")
        window.send("permis\n")
        window.see('"verdict": "matches"')
        window.send(CTRL_D)
        assert window.end() == 0
