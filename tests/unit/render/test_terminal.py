"""A conclusion on a terminal: what it says at a glance, what can be copied from it, and what it never sends."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminal import DOWN, ENTER, guichet, plain, words

from fs_triage.text.wrap import wrap_text

SECOND_80 = """\
 2nd niveau : à transmettre  Mairie › C’est bloqué › C’est urgent
Ne pas renseigner : Ne rien dire des délais de l’état civil.
À contacter, dans cet ordre
 1. Courriel :
   etat-civil.demandes-et-reclamations@mairie-de-saint-quelque-part.example
   Service de l’état civil – réservé au conseiller, ne pas donner à l’usager
 ! À vérifier : Le livret l’écrit de deux façons.
 2. Téléphone : 01 99 00 00 01 – Accueil de la mairie – utilisable par l’usager
   Quand : si personne ne répond sous deux jours
   Horaires : lundi à vendredi 8h30-12h et 13h30-17h – Ouvert, jusqu’à 12h
   Demander le service de l’état civil.
Attention : La mairie est fermée en août [red]jusqu’au 15[/red].
Livret, pages 2 et 3 – fs-triage mairie/bloque/urgence"""
FIRST_40 = """\
 1er niveau : à faire sur place
Mairie › Préparer la rentrée à l’école ›
Non, c’est sa toute première inscription
dans une école
Ne pas renseigner : Ne rien dire des
   délais de l’état civil.
Étape : Remplir le formulaire avec
   l’usager, {0} %s.
Contacts utiles
 - Site :
https://www.mairie-de-saint-quelque-part
.example/demarches/ecole/inscription?ann
ee=2026
   Formulaire d’inscription – utilisable
   par l’usager
Attention : La mairie est fermée en août
   [red]jusqu’au 15[/red].
Pas de 2nd niveau : la mairie décide
   seule
Livret, pages 2 et 3
fs-triage mairie/ecole/inscription"""
BLOCKED_80 = """\
 1er niveau : à faire sur place  Préfecture › Le permis de conduire
Étape : Se connecter avec l’usager.
Si la démarche bloque (2nd niveau) : Joindre le référent
   Téléphone : 3949
   fs-triage prefecture/referent
Livret, page 4 – fs-triage prefecture/permis"""


@pytest.mark.parametrize(
    ("node", "columns", "expected"),
    [
        ("mairie/bloque/urgence", 80, SECOND_80),
        ("mairie/ecole/inscription", 40, FIRST_40),
        ("prefecture/permis", 80, BLOCKED_80),
    ],
)
def test_panel(home: Path, node: str, columns: int, expected: str) -> None:
    with guichet(node, "--quand", "2026-11-30 09:00", home=home, size=(columns, 60)) as window:
        assert window.end() == 0
        assert plain(window.text()) == expected


VALUES = [
    "etat-civil.demandes-et-reclamations@mairie-de-saint-quelque-part.example",
    "01 99 00 00 01",
    "https://www.mairie-de-saint-quelque-part.example/demarches/ecole/inscription?annee=2026",
    "fs-triage mairie/ecole/inscription",
    "fs-triage mairie/bloque/urgence",
]


@pytest.mark.parametrize("columns", [20, 30, 40, 60, 80, 200])
def test_a_value_is_copied_whole(home: Path, columns: int) -> None:
    """We never break it, the terminal alone does and copies it unbroken; nothing is drawn beside it."""
    command = f"{sys.executable} -m fs_triage mairie </dev/null"
    with guichet(home=home, command=("/bin/sh", "-c", command), size=(columns, 400)) as window:
        assert window.end() == 0
        sent = plain(window.bare())
        for value in VALUES:
            assert value in sent
        assert not set(sent) & set("│║┃─═")
        assert all(len(row) <= columns for row in window.rows())


def test_what_stands_out_is_said_in_bold_too(home: Path) -> None:
    with guichet("mairie", "bloque", "urgence", home=home, size=(80, 60)) as window:
        assert window.end() == 0
        [(row, start)] = [
            (y, line.index("01 99 00 00 01"))
            for y, line in enumerate(window.screen.display)
            if "01 99 00 00 01" in line
        ]
        cells = [window.screen.buffer[row][x] for x in range(start, start + 14)]
        assert all(cell.bold and cell.reverse for cell in cells)


def test_several_conclusions_without_a_person_to_choose(home: Path) -> None:
    """Standard output alone is a terminal: everything met is shown, as cards, one after the other."""
    command = f"{sys.executable} -m fs_triage mairie bloque </dev/null"
    with guichet(home=home, command=("/bin/sh", "-c", command), size=(80, 100)) as window:
        assert window.end() == 0
        assert plain(window.text()).count("2nd niveau : à transmettre") == 2
        assert "fs-triage mairie/bloque/urgence\n\n 2nd niveau" in plain(window.text())


def test_no_link_no_title_no_bell(home: Path) -> None:
    with guichet("mairie", "papiers", home=home, size=(80, 60)) as window:
        assert window.end() == 0
        assert words("Lire [link=https://x.example]la notice[/link].") in words(window.text())
        assert words("Papiers [bold]d’identité[/bold] :smile: {0} %s") in words(window.text())
        assert b"\x1b]" not in window.raw
        assert b"\x07" not in window.raw


POISON = "Le permis\x1b[2J\x1b]52;c;eA==\x07\x9b31m\u202ede conduire\r"
POISONED = f"""
import json, sys
from fs_triage import __main__
from fs_triage.index.reader import Reader
def poisoned(read):
    def call(self, *arguments):
        value = read(self, *arguments)
        return [bad(text) for text in value] if isinstance(value, list) else bad(value)
    return call
def bad(text):
    poison = {POISON!r}
    if text and text.startswith("{{"):
        poison = json.dumps(poison)[1:-1]
    return text and text.replace("Le permis de conduire", poison)
for name in ("get_conclusion_json", "get_conclusion_text", "find_question_json"):
    setattr(Reader, name, poisoned(getattr(Reader, name)))
sys.argv = ["fs-triage"]
__main__.start()
"""


@pytest.mark.parametrize("accessible", ["", "1"])
def test_a_poisoned_index_draws_nothing(home: Path, accessible: str) -> None:
    """Whoever can write to the cache folder can write there what no rule file may hold."""
    environment = {"ACCESSIBLE": accessible, "command": (sys.executable, "-c", POISONED)}
    with guichet(home=home, **environment) as window:
        window.see("Livret du guichet")
        window.send("2\n" if accessible else DOWN + ENTER)
        window.see("Le permis")
        window.settle(0.3)  # a line that is typed before it is asked for does not count
        window.send("1\n" if accessible else ENTER)
        window.see(
            "fs-triage prefecture/permis" if not accessible else "prefecture/permis", "Et maintenant ?"
        )
        window.see("Quitter" if not accessible else "Nouvel usager")
        window.settle(0.3)
        window.send("q\n" if accessible else "quitter" + ENTER)
        assert window.end() == 0
        assert "Le permis" in window.raw.decode()
        sent = re.sub(r"\x1b\]8;[\w=;]*(tel:3949)?\x1b\\", "", window.raw.decode())  # the link of a contact
        for sequence in ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e"):
            assert sequence not in sent, repr(sequence)
        if accessible:
            assert b"\x1b" not in window.raw


TEXTS = st.text(st.sampled_from("ab é’-/@.:«»\u00a0 "), max_size=120).map(
    lambda text: " ".join(text.split(" "))
)


@given(TEXTS, st.integers(-3, 60), st.sampled_from(["", " 1. ", " - ", "     "]))
def test_wrapping_loses_nothing_and_fits(text: str, width: int, first: str) -> None:
    lines = wrap_text(text, width, first)
    assert lines
    assert words("".join(lines)) == words(first + text)
    assert all(len(line) <= max(width, len(first.strip()), 1) for line in lines)


@given(TEXTS, st.integers(12, 60))
def test_lines_are_broken_at_spaces_alone(text: str, width: int) -> None:
    """Not at a no-break space, a hyphen, a slash: but for a word that no line can hold."""
    if all(len(word) <= width for word in text.split(" ")):
        assert [word for line in wrap_text(text, width) for word in line.split(" ") if word.strip()] == [
            word for word in text.split(" ") if word.strip()
        ]


@pytest.mark.parametrize("width", range(15, 40))
def test_a_telephone_number_stays_on_one_line(width: int) -> None:
    lines = wrap_text("Appeler le 0 809 401 401, puis le (03 84 00 00 00) et le 3230.", width, " 1. ")
    assert any("0 809 401 401," in line for line in lines) == (width >= 18), lines
    assert any("(03 84 00 00 00)" in line for line in lines) == (width >= 20), lines
    assert words("".join(lines)) == words(
        " 1. Appeler le 0 809 401 401, puis le (03 84 00 00 00) et le 3230."
    )
