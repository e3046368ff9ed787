"""What is done with a card, in real pseudo-terminals at two sizes and in numbered lines: each act, and whole visits."""

from __future__ import annotations

import base64
import json
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import JURA, clean_environment
from terminal import (
    CARDS,
    DOWN,
    ENTER,
    ESCAPE,
    MENU,
    PATIENCE,
    SIZES,
    Terminal,
    guichet,
    plain,
    terminal,
    words,
)

from fs_triage.livret import OpenLivret, open_livret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.contract import Conclusion

at_both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "40x20"])
FIRST = "Pour quel partenaire ?"
URGENT = "mairie/bloque/urgence"
MAIL = "etat-civil.demandes-et-reclamations@mairie-de-saint-quelque-part.example"
NOT_COPIED = "Rien n’a pu être copié ici : sélectionnez le texte ci-dessus"
SHEET = "Feuille pour l’usager"

Size = tuple[int, int]


def open_urgent(window: Terminal) -> None:
    """Go to the card that has two contacts, from `fs-triage mairie bloque`."""
    window.see("Qu’est-ce qui bloque ?")
    window.send(ENTER)
    window.see(CARDS[URGENT], MENU)


def act(window: Terminal, label: str) -> None:
    """Choose one of the acts below a card."""
    window.point(label)
    window.send(ENTER)


def go_back(window: Terminal) -> None:
    """Return to the card, where nothing is pointed at."""
    window.send(ESCAPE)
    window.see(CARDS[URGENT], MENU, "Copier")
    assert not window.pointed()


@at_both_sizes
def test_what_cannot_be_copied_stands_alone_ready_to_be_marked(home: Path, size: Size) -> None:
    with guichet("mairie", "bloque", home=home, size=size) as window:
        open_urgent(window)
        act(window, "Copier")
        window.see("Que copier ?", MAIL, "Téléphone : 01 99 00 00 01", "Toute la fiche", "← Revenir")
        window.points_at("Courriel")
        window.send(ENTER)
        window.see(NOT_COPIED)
        assert words("".join(window.read_document("Rien n’a pu"))) == MAIL
        go_back(window)
        act(window, "Copier")
        window.see("Que copier ?")
        window.send(DOWN * 2, ENTER)
        window.see(NOT_COPIED)
        whole = words("".join(window.read_document("Rien n’a pu")))
        for text in ("Ne rien dire des délais", MAIL, "01 99 00 00 01", "[red]jusqu’au 15[/red]", URGENT):
            assert words(text) in whole
        go_back(window)
        act(window, "Copier")
        window.see("Que copier ?")
        go_back(window)
        assert f"\x1b]8;;mailto:{MAIL}\x1b\\{MAIL}"[:60].encode() in window.raw  # what is seen is a link, too


@at_both_sizes
def test_what_is_copied_is_said_on_the_card(home: Path, size: Size) -> None:
    """By a remote terminal: the characters of the booklet, not those grouped to be read."""
    with guichet("mairie", "bloque", home=home, size=size, SSH_TTY="/dev/pts/0") as window:
        open_urgent(window)
        act(window, "Copier")
        window.see("Que copier ?")
        window.send(DOWN, ENTER)
        window.see("Copié par le terminal", "01 99 00 00 01", MENU, CARDS[URGENT])
        [content] = re.findall(rb"\x1b\]52;c;([\w+/=]+)\x07", window.raw)
        assert base64.b64decode(content).decode() == "01 99 00 00 01"
        act(window, "Signaler")
        window.see("Signaler une erreur du livret", gone=["Copié par"])
        act(window, "Copier l’objet")
        window.see("Copié par le terminal", "l’objet", "Signaler une erreur du livret")
        content = re.findall(rb"\x1b\]52;c;([\w+/=]+)\x07", window.raw)[-1]
        assert URGENT in base64.b64decode(content).decode()


@at_both_sizes
def test_a_sheet_a_message_and_a_report_are_read_whole(home: Path, size: Size) -> None:
    """Without a desktop they are shown; a contact for counsellors is never on the sheet."""
    with guichet("mairie", "bloque", home=home, size=size) as window:
        open_urgent(window)
        act(window, "Feuille")
        window.see(SHEET, f"fs-triage feuille {URGENT} -o feuille.html", "Copier la feuille")
        sheet = words("".join(window.read_document(SHEET)))
        assert "C’esturgent" in sheet and "0199000001" in sheet and MAIL not in sheet
        go_back(window)
        act(window, "Message")
        window.see("Message au 2nd niveau", "Copier le texte", "Copier l’objet", "Copier l’adresse")
        letter = words("".join(window.read_document("Message au 2nd")))
        for text in (MAIL, "Objet : France services – Mairie", "Mandat", "faites signer le mandat"):
            assert words(text) in letter
        assert "Ouvrir dans la messagerie" not in window.text()
        act(window, "Copier l’adresse")
        window.see(NOT_COPIED)
        assert words("".join(window.read_document("Rien n’a pu"))) == MAIL
        go_back(window)
        act(window, "Signaler")
        window.see("Signaler une erreur du livret", "Copier le texte")
        report = words("".join(window.read_document("Signaler une erreur")))
        assert words(f"Identifiant : {URGENT}") in report and words("Ce qui est faux :") in report
        go_back(window)
        act(window, "Signaler")
        window.see("Signaler une erreur du livret")
        window.send("quitter", ENTER)
        assert window.end() == 0
        assert window.given_back()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A program in the place of a desktop's browser, and the file in which it notes what it opens."""
    program, noted = tmp_path / "navigateur", tmp_path / "ouvert"
    script = f'echo BRUIT\necho BRUIT >&2\nprintf "%s" "$1" > "{noted}"'
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    yield str(program), noted


@at_both_sizes
def test_on_a_desktop_a_sheet_and_a_message_are_opened(
    home: Path, size: Size, opened: tuple[str, Path]
) -> None:
    browser, noted = opened
    with guichet("mairie", "bloque", home=home, size=size, BROWSER=browser) as window:
        open_urgent(window)
        act(window, "Feuille")
        window.see("Feuille ouverte dans le navigateur", MENU, CARDS[URGENT])
        assert noted.read_text("utf-8").endswith("feuille.html")
        act(window, "Message")
        window.see("Message au 2nd niveau", "Ouvrir dans la messagerie")
        act(window, "Ouvrir dans")
        window.see("Ouvert dans la messagerie.", "Message au 2nd niveau")
        assert noted.read_text("utf-8").startswith(f"mailto:{MAIL}?subject=")
        assert b"BRUIT" not in window.raw


class Reader:
    """Whoever hears a session in numbered lines: types when asked, and chooses by the number before a label."""

    def __init__(self, window: Terminal) -> None:
        self.window = window
        self.heard = ""
        self._hear(0)

    def _hear(self, mark: int) -> None:
        end = time.monotonic() + PATIENCE
        while "Numéro ou mots" not in (heard := self.window.raw[mark:].decode("utf-8", "replace")):
            assert time.monotonic() < end, heard
            self.window.read()
        self.heard = plain(heard.replace("\r\n", "\n"))

    def type(self, line: str) -> str:
        """Type a line; returns what is printed until the next one is asked for."""
        mark = len(self.window.raw)
        self.window.send(line + "\n")
        self._hear(mark)
        return self.heard

    def choose(self, label: str) -> str:
        """Choose the choice whose line begins with `label`; returns what follows."""
        found = re.search(rf"^(\d+)\. {re.escape(label)}", self.heard, re.MULTILINE)
        assert found, self.heard
        return self.type(found[1])


def test_each_act_in_numbered_lines(home: Path) -> None:
    with guichet("mairie", "bloque", "--accessible", home=home, size=(100, 60)) as window:
        reader = Reader(window)
        card = reader.choose("C’est urgent")
        assert "C’est bloqué › C’est urgent" in card and MENU in card
        assert "Que copier" in reader.choose("Copier")
        copied = reader.choose(f"Courriel : {MAIL}")
        assert f"\n{MAIL}\n" in copied and plain(NOT_COPIED) in copied  # alone on its line
        assert MENU in reader.type("0")
        sheet = reader.choose("Feuille")
        assert "VOTRE DÉMARCHE" in sheet and "01 99 00 00 01" in sheet and MAIL not in sheet
        assert "VOTRE DÉMARCHE" in reader.choose("Copier la feuille")
        assert MENU in reader.type("0")
        letter = reader.choose("Message")
        assert f"À : {MAIL}" in letter and "Mandat" in letter
        assert f"\n{MAIL}\n" in reader.choose("Copier l’adresse")
        assert MENU in reader.type("0")
        assert f"Identifiant : {URGENT}" in reader.choose("Signaler")
        assert MENU in reader.type("0")
        assert FIRST in reader.choose("Nouvel usager")
        window.send("q\n")
        assert window.end() == 0
        assert b"\x1b" not in window.raw


VISITS = [
    ("caf/rsa/demande", "caf/blocage/en-ligne-impossible"),
    ("caf/naissance/grossesse", "cpam/blocage/sans-compte"),
    ("cpam/carte/vitale", "cpam/blocage/rendez-vous/non-paiement"),
    ("cpam/changement/adresse", "cpam/blocage/rendez-vous/changement-complexe"),
    ("ants/carte-grise/duplicata", "ants/carte-grise/blocage/situation-complexe"),
    ("ants/permis/refaire/vol", "ants/permis/situation-complexe"),
    ("ants/identite/pre-demande", "ants/permis/sanction/renseignement"),
    ("ants/permis/refaire/perte", "ants/carte-grise/tarif"),
    ("ddfip/contact/telephone", "ddfip/paiement/delais"),
    ("ddfip/contact/telephone", "ddfip/declaration/complexe"),
    ("pole-emploi/situation/changement", "pole-emploi/allocations/trop-percu"),
    ("pole-emploi/situation/changement", "pole-emploi/urgence/dole"),
    ("carsat/demande-retraite", "carsat/agence/suivi-dossier"),
    ("carsat/carriere/releve", "carsat/agence/retraite-etrangere"),
    ("msa/sante/declaration", "msa/blocage/bloque-ou-urgent"),
    ("msa/famille/declaration/changement-situation", "msa/famille/legislation"),
    ("la-poste/digiposte", "la-poste/back-office"),
    ("la-poste/changement-adresse", "pole-emploi/cv-profil/cv-creation"),
    ("carsat/simuler/age", "msa/retraite/legislation"),
    ("caf/naissance/declaration", "ddfip/autre-difficulte"),
]
"""What a visitor comes for, first and then besides; the second goes to the second level."""


@pytest.fixture(scope="module")
def livret(home: Path) -> OpenLivret:
    """The booklet, from the index that the windows use too."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clean_environment(home).items():
            patch.setenv(name, value)
        return open_livret(str(JURA))


def get_conclusion(livret: OpenLivret, node: str) -> Conclusion:
    conclusion: Conclusion = json.loads(livret.get_conclusion_json(livret.get_node(node).first))
    return conclusion


def check_sheet(sheet: str, *conclusions: Conclusion) -> None:
    """Check that a sheet is for all of `conclusions` in that order, and holds no contact of the counsellor's."""
    read = words(plain(sheet))
    assert "VOSDÉMARCHES" in read
    places = [read.index(words(f"{n}. {one['title']}")) for n, one in enumerate(conclusions, 1)]
    assert places == sorted(places)
    contacts = [contact for one in conclusions for contact in one["contacts"]]
    shared = {words(each["value"]) for each in contacts if each["audience"] == "usager"}
    kept = {words(each["value"]) for each in contacts if each["audience"] != "usager"} - shared
    assert not [value for value in kept if "@" in value and value in read]


@pytest.mark.parametrize(
    ("size", "visits"), [(SIZES[0], VISITS), (SIZES[1], VISITS[::3])], ids=["80x24", "40x20"]
)
def test_whole_visits(home: Path, livret: OpenLivret, size: Size, visits: list[tuple[str, str]]) -> None:
    """Two needs, the second an escalation, and one sheet for both, from the first key to the sheet's last line."""
    columns, rows = size
    with terminal(home=home, columns=columns, rows=rows) as window:
        for rank, (node, blocked) in enumerate(visits):
            first, second = get_conclusion(livret, node), get_conclusion(livret, blocked)
            assert (first["level"], second["level"]) == (1, 2)
            window.see(FIRST, gone=["Cette visite", "Nouvel usager"])
            open_by_id(window, node, first)
            if first["if_blocked"] == [blocked] and rank % 2 == 0:
                act(window, "La démarche bloque")
            elif rank % 3:
                window.send("un autre besoin", ENTER)
                window.see("Revenir", gone=[MENU])
                open_by_id(window, blocked, second)
            else:
                open_by_id(window, blocked, second)
            window.see(MENU, second["title"], "Cette visite (2)")
            act(window, "Cette visite")
            window.see("Cette visite : 2 démarches")
            window.points_at("Une feuille pour les 2")
            window.send(ENTER)
            window.see(SHEET, f"fs-triage feuille {node} {blocked}", gone=[MENU])
            check_sheet("".join(window.read_document(SHEET)), first, second)
            window.send(ESCAPE)
            window.see("Cette visite : 2 démarches")
            window.send("nouvel usager", ENTER)
        window.see(FIRST, gone=["Nouvel usager"])


def open_by_id(window: Terminal, node: str, conclusion: Conclusion) -> None:
    """Type the id of a démarche, on whatever page, and open its card."""
    window.send(node)
    window.see(f"Recherche : {node}")
    assert conclusion["title"][:5] in window.pointed(), window.text()
    window.send(ENTER)
    window.see(MENU, conclusion["title"], "Copier")


def test_whole_visits_in_numbered_lines(home: Path, livret: OpenLivret) -> None:
    with terminal("--accessible", home=home, columns=100, rows=60) as window:
        reader = Reader(window)
        for node, blocked in VISITS:
            first, second = get_conclusion(livret, node), get_conclusion(livret, blocked)
            assert FIRST in reader.heard and "Nouvel usager" not in reader.heard
            reader.type(node)
            assert f"{node}\n" in reader.type("1")
            reader.type(blocked)
            assert f"{blocked}\n" in reader.type("1")
            assert "Cette visite : 2 démarches" in reader.choose("Cette visite (2)")
            check_sheet(reader.choose("Une feuille pour les 2 démarches"), first, second)
            reader.type("0")
            reader.choose("Nouvel usager")
        window.send("q\n")
        assert window.end() == 0
