"""What a hand does wrong: one line for each mistake, where it was made, whose advice mends it and destroys nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import GOOD, SEARCHING_CHECKS, leave_out_checks

from fs_triage.author import verifier
from fs_triage.rules import snapshot
from fs_triage.rules.problem import Problem, apply_mends

PARTNER = "partenaires/mairie.yaml"
NEEDS = "besoins/mairie.yaml"
MORE = {
    "identifiants.yaml": "publiés:\n  - mairie/carte\n  - mairie/liste\n  - mairie/aide\n",
    "situations.yaml": "situations:\n  - id: perte\n    titre: Une perte de papiers\n    mots: [perdu]\n"
    "    démarches: [mairie/carte]\n    besoins: [j'ai tout perdu]\n",
}
DESTROYS = re.compile(r"\b(?:ôtez|supprimez|retirez|effacez)")

LABEL = "    libellé: Une carte d'identité\n"
STEP = "      - Prendre rendez-vous.\n"
SIGNS = [
    # a sign that one sees but YAML does not
    (LABEL, LABEL.replace(": ", ":\u00a0"), 23, "espace insécable"),
    (LABEL, LABEL.replace(": ", ":\u202f"), 23, "espace insécable"),
    (LABEL, LABEL.replace(": ", ":"), 23, "une espace après « libellé: »"),
    (LABEL, LABEL.replace(": ", " "), 23, "il manque « : »"),
    (LABEL, LABEL.replace(": ", " = "), 23, "« = » au lieu de « : »"),
    (LABEL, LABEL.replace("    ", "\u00a0\u00a0\u00a0\u00a0"), 23, "espace insécable"),
    (LABEL, LABEL.replace("    ", "  \u00a0\u00a0"), 23, "espace insécable"),
    (LABEL, LABEL.replace("    ", "\t"), 23, "tabulation"),
    (LABEL, LABEL.replace("Une", "Une\u200b"), 23, "U+200B"),
    (LABEL, LABEL.replace("d'", "d\u00b4"), 23, "U+00B4"),
    (LABEL, LABEL.replace("d'", "d`"), 23, "apostrophe"),
    (LABEL, LABEL.replace("Une", "Un\u0435"), 23, "cyrillique"),
    (STEP, STEP.replace("- ", "• "), 26, "« • »"),
    (STEP, STEP.replace("- ", "– "), 26, "« – »"),
    (STEP, STEP.replace("- ", "* "), 26, "« * »"),
    (STEP, STEP.replace("- ", "-"), 26, "une espace après « - »"),
    (STEP, STEP.replace("- ", "-\u00a0"), 26, "espace insécable"),
]
QUOTES = [
    # texts that begin with a sign of YAML, or hold one
    (STEP, "      - [CAF] prendre rendez-vous.\n", 26, "mettez des guillemets"),
    (STEP, "      - [CAF]\n", 26, "mettez des guillemets"),
    (STEP, '      - "Prendre" rendez-vous.\n', 26, "mettez des guillemets"),
    (STEP, "      - !Prendre rendez-vous.\n", 26, "mettez des guillemets"),
    (STEP, "      - @mairie\n", 26, "mettez des guillemets"),
    (STEP, "      - *Prendre* rendez-vous.\n", 26, "mettez des guillemets"),
    (STEP, "      - %50 de remise\n", 26, "mettez des guillemets"),
    (STEP, "      - `Prendre` rendez-vous.\n", 26, "mettez des guillemets"),
    (STEP, "      - {prendre} rendez-vous.\n", 26, "mettez des guillemets"),
    (STEP, "      - Attention : prendre rendez-vous.\n", 26, "guillemets"),
    (LABEL, "    libellé: Carte : identité\n", 23, "mettez des guillemets"),
    (STEP, '      - "Prendre rendez-vous.\n', 26, "jamais refermé"),
    (STEP, "      - 'l'usager vient.'\n", 26, '"l\'usager vient."'),
    (STEP, '      - "dit "oui" ici"\n', 26, "'dit \"oui\" ici'"),
    (LABEL, "    libellé: “Une carte d'identité”\n", 23, '"Une carte d\'identité"'),
    (LABEL, "    libellé: Une carte d'identité\"\n", 23, "guillemet"),
    ("    mots: [cni]\n", "    mots: [cni\n", 24, "ajoutez « ] »"),
    (STEP, "      - Aller au guichet # 3 et demander\n", 26, "# 3 et demander"),
]
INDENT = [
    # dashes and indentation
    (LABEL, f" {LABEL}", 23, "retrait"),
    (LABEL, f"  {LABEL}", 23, "retrait"),
    (LABEL, LABEL[1:], 23, "retrait"),
    ("  accueil:\n", "    accueil:\n", 10, "retrait"),
    ("  etat-civil:\n", "   etat-civil:\n", 15, "retrait"),
    ("    libellé: Accueil", "  libellé: Accueil", 12, "retrait"),
    ("    public: usager", "      public: usager", 13, "retrait"),
    ("  - id: liste\n", "- id: liste\n", 27, "retrait"),
    ("  - id: liste\n", "    - id: liste\n", 27, "retrait"),
    ("  - id: liste\n", "    id: liste\n", 27, "tiret"),
    (STEP, f"{STEP}        Venir.\n", 27, "tiret"),
    (STEP, f"{STEP}      Venir.\n", 27, "tiret"),
    (STEP, f"{STEP}       - Venir.\n", 27, "retrait"),
    (LABEL, LABEL * 2, 24, "écrite deux fois"),
    ("  - id: liste\n", "", 27, "clé"),
]
LINES = [
    # a line that is missing, at the head of a block
    ("    étapes:\n      - Prendre", "      - Prendre", 25, "« étapes: »"),
    ("\ncontacts:\n", "\n", 9, "« contacts: »"),
    ("\nréponses:\n", "\n", 21, "« réponses: »"),
    ("  - id: carte\n", "", 22, "« - id: … »"),
    ("id: mairie\n", "", 1, "« id: mairie »"),
    ("  etat-civil:\n", "", 15, "un moyen"),
    ("  etat-civil:\n", "  etat-civil\n", 15, "écrivez « etat-civil: »"),
    ("  etat-civil:\n", "  - etat-civil:\n", 15, "tiret de trop"),
    ("pour: papiers, élections\n", "pour: > -\n  papiers, élections\n", 4, "écrivez « >- »"),
    ("pour: papiers, élections\n", "pour: >-\npapiers, élections\n", 5, "retrait"),
]
LEFTOVERS = [
    (LABEL, f"<<<<<<< HEAD\n{LABEL}", 23, "« <<<<<<< »"),
    (LABEL, f"<<<<<<< HEAD\n{LABEL}=======\n    libellé: Autre\n>>>>>>> autre\n", 23, "« <<<<<<< »"),
    (LABEL, f"=======\n{LABEL}", 23, "« ======= »"),
    (LABEL, f"+{LABEL}", 23, "« + »"),
    (LABEL, f"+{LABEL[1:]}", 23, "« + »"),
    (LABEL, f"@@ -1,2 +1,2 @@\n{LABEL}", 23, "« @@ -1,2 +1,2 @@ »"),
    (LABEL, f"```\n{LABEL}", 23, "« ``` »"),
]
VALUES = [
    ("pages: [3]\nsi", "pages: 3\nsi", 6, "« pages: [3] »"),
    ("pages: [3]\nsi", "pages: [3-4]\nsi", 6, "« 3, 4 »"),
    ("pages: [3]\nsi", "pages: [3, 99]\nsi", 6, "la page 99"),
    ("[accueil, etat-civil]", "accueil", 34, "« contacter: [accueil] »"),
    ("[accueil, etat-civil]", "[accueil, etat-civil@mairie.fr]", 34, "écrivez « etat-civil »"),
    ("[accueil, etat-civil]", "[accueil, 03 84 11 22 33]", 34, "déclarez-le sous contacts"),
    ("[accueil, etat-civil]", "[accueil, etat-civil, accueil]", 34, "déjà dit"),
    ("  etat-civil:\n", "  naissances:\n", 34, "écrivez « naissances »"),
    ("  accueil:\n", "  acueil:\n", 34, "« acueil »"),
    ("public: usager", "public: Usager", 13, "écrivez « usager »"),
    ("public: usager", "public: usagers", 13, "« usager »"),
    ("@mairie.fr", "@mairie.ff", 16, "« .ff »"),
    ("@mairie.fr", "@mairie.f", 16, "mairie.f"),
    ("téléphone: \"03 84 25 69 92\"", "téléphone: \"+41 22 307 13\"", 11, "+41 22 307 13 13"),
    ("téléphone: \"03 84 25 69 92\"", "téléphone: \"06 84 25 69 92\"", 13, "« public: conseiller »"),
    ("etat-civil@mairie.fr\n    libellé: Service de l'état civil\n    public: conseiller",
     "jean.petit@mairie.fr\n    libellé: Service de l'état civil\n    public: usager", 18, "« public: conseiller »"),
    (STEP, STEP * 2, 27, "déjà dit à la ligne 26"),
    ("id: liste\n    libellé", "id: liste/electorale\n    libellé", 27, "écrivez « liste-electorale »"),
    ("si ça bloque: aide", "si ça bloque: aides", 7, "« aide »"),
    ("si ça bloque: aide", "si ça bloque: Aide", 7, "écrivez « aide »"),
    ("si ça bloque: aide", "si ça bloque: La démarche bloque", 7, "écrivez « aide »"),
    ("[accueil, etat-civil]", "[Accueil de la mairie]", 34, "écrivez « accueil »"),
    ("[accueil, etat-civil]", "[accueil; etat-civil]", 34, "écrivez « [accueil, etat-civil] »"),
    ("[accueil, etat-civil]", "accueil et etat-civil", 34, "« contacter: [accueil, etat-civil] »"),
    ("[accueil, etat-civil]", "{accueil}", 34, "« contacter: [accueil] »"),
    ("[accueil, etat-civil]", "[accueil,, etat-civil]", 34, "virgule de trop"),
    (LABEL, "    libellé: ~\n", 23, "« libellé » est vide"),
    (LABEL, "    libellé: 2026-11-23\n", 23, "aucun mot"),
    ("mots: [cni]", "mots: [cni; papiers]", 24, "séparez-les par des virgules"),
    (STEP, "      - Appeler l'accueil de 9h à 17h.\n", 26, "sous « horaires » du contact"),
    (STEP, "      - Appeler le {{accueil}}.\n", 26, "écrivez « {accueil} »"),
    (STEP, "      - Appeler le [accueil].\n", 26, "écrivez « {accueil} »"),
    ("lundi au vendredi 8h30-12h", "lundi au vendredi 12h-8h30", 14, "« 8h30-12h »"),
    ("etat-civil@mairie.fr", "mailto:etat-civil@mairie.fr", 16, "écrivez « etat-civil@mairie.fr »"),
    ("etat-civil@mairie.fr", "etat-civil@mairie,fr", 16, "écrivez « etat-civil@mairie.fr »"),
    ("etat-civil@mairie.fr", "03 84 25 69 92", 16, "sous « téléphone »"),
    ('"03 84 25 69 92"', '"03 84 25 69 92 ou 03 84 25 69 93"', 11, "qu’une valeur"),
    ('"03 84 25 69 92"', "« 03 84 25 69 92 »", 11, 'écrivez « "03 84 25 69 92" »'),
]  # fmt: skip
NAMES = [
    # what has another name or another place: told where the old name is still written
    ("  - id: liste\n", "  - id: electeur\n", 2, "écrivez « electeur »"),
    ("  - id: carte\n", "  - id: titre\n", 1, "comme à la ligne 5 de situations.yaml,"),
    ("  - id: aide\n", "  - id: blocage\n", 3, "comme à la ligne 7 de mairie.yaml,"),
    ("  - id: liste\n", "  - id: carte\n", 27, "« liste » manque"),
]
IN_NEEDS = [
    ("liste: [", "listes: [", 2, "« liste »"),
    ("liste: [", "elections: [", 2, "« liste »"),
    ("liste: [", "liste:[", 2, "une espace après « liste: »"),
    ("voter]", "voter", 2, "« [ » jamais refermé"),
    ("liste: [", "Liste: [", 2, "écrivez « liste »"),
    ("liste: [", "mairie/liste: [", 2, "écrivez « liste »"),
    ("liste: [", "S'inscrire sur la liste électorale: [", 2, "écrivez « liste »"),
]
IN_PARTNER = [*SIGNS, *QUOTES, *INDENT, *LINES, *LEFTOVERS, *VALUES, *NAMES]
MISTAKES = [*((PARTNER, *one) for one in IN_PARTNER), *((NEEDS, *one) for one in IN_NEEDS)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A livret with every kind of file, in the current folder under the name « bon »."""
    monkeypatch.setattr(snapshot, "SETTLING_SECONDS", 0)
    monkeypatch.chdir(tmp_path)
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)
    shutil.copytree(GOOD, "bon")
    for name, text in MORE.items():
        Path("bon", name).write_text(text, encoding="utf-8")
    return Path("bon")


def told(folder: Path) -> list[Problem]:
    return verifier.verify_livret(folder).problems


def test_the_livret_is_good(folder: Path) -> None:
    assert told(folder) == []


@pytest.mark.parametrize(("name", "before", "after", "line", "words"), MISTAKES)
def test_a_mistake_of_a_hand_is_one_line(
    name: str, before: str, after: str, line: int, words: str, folder: Path
) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    [problem] = told(folder)
    shown = str(problem).replace("\u00a0", " ")
    assert (problem.line, words in shown) == (line, True), shown
    is_foreign = "U+200B" in words or (before, after, line, words) in LEFTOVERS  # what nobody typed may go
    assert is_foreign or not DESTROYS.search(problem.hint), shown


def test_two_files_that_were_exchanged_are_one_line_each(folder: Path) -> None:
    partner, needs = (folder / name for name in (PARTNER, NEEDS))
    rules, said = partner.read_bytes(), needs.read_bytes()
    partner.write_bytes(said)
    needs.write_bytes(rules)
    assert [(one.path, one.code) for one in told(folder)] == [
        (f"bon/{NEEDS}", "file-name"),
        (f"bon/{PARTNER}", "file-name"),
    ]


@pytest.mark.parametrize("name", ["situations.yaml", "identifiants.yaml", "livret.yaml"])
def test_a_file_saved_over_another_is_one_line(name: str, folder: Path) -> None:
    other = "identifiants.yaml" if name != "identifiants.yaml" else "situations.yaml"
    shutil.copy(folder / other, folder / name)
    [problem] = told(folder)
    assert (problem.path, problem.code) == (f"bon/{name}", "file-name")
    assert other in problem.message


def test_a_file_pasted_twice_is_one_line(folder: Path) -> None:
    path = folder / PARTNER
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text, encoding="utf-8")
    [problem] = told(folder)
    assert (problem.line, "collé deux fois" in problem.message) == (len(text.splitlines()) + 1, True)


def test_accents_that_were_read_as_other_signs_are_one_line_which_mends_them(folder: Path) -> None:
    path = folder / PARTNER
    good = path.read_text(encoding="utf-8")
    spoilt = "".join(
        one if one.isascii() else one.encode().decode("cp1252", errors="ignore") or one for one in good
    )
    assert spoilt != good
    path.write_text(spoilt, encoding="utf-8")
    found = told(folder)
    assert [one.code for one in found] == ["encoding"], found
    assert apply_mends(spoilt, found[0].mends) == good


def test_there_are_enough_of_them() -> None:
    assert len({one[:3] for one in MISTAKES}) == len(MISTAKES) > 60


def change_lines(lines: list[str]) -> Iterator[list[str]]:
    """Yield `lines` with one of them taken out, written twice, or moved to the left or to the right."""
    for rank, line in enumerate(lines):
        if not line.strip():
            continue
        yield [*lines[:rank], *lines[rank + 1 :]]
        yield [*lines[: rank + 1], *lines[rank:]]
        for moved in (f" {line}", f"  {line}", line.removeprefix(" "), line.removeprefix("  ")):
            yield [*lines[:rank], moved, *lines[rank + 1 :]]


@pytest.mark.parametrize("name", [PARTNER, NEEDS, "livret.yaml", *MORE])
def test_no_advice_takes_away_what_is_good(name: str, folder: Path) -> None:
    path = folder / name
    lines = path.read_text(encoding="utf-8").splitlines()
    for changed in change_lines(lines):
        path.write_text("\n".join(changed) + "\n", encoding="utf-8")
        found = told(folder)
        assert len(found) <= 3, [changed, found]
        hints = [one.hint for one in found]
        assert not any(DESTROYS.search(hint) for hint in hints), [changed, hints]


def test_one_mistake_does_not_hide_another(folder: Path) -> None:
    path = folder / PARTNER
    text = path.read_text(encoding="utf-8")
    for before, after in (
        ("    téléphone: ", "    téléphone:"),
        (LABEL, LABEL.replace(": ", ":\u00a0")),
        ("      - S'inscrire en ligne.\n", "      - ]S'inscrire, en {ligne.\n"),
        ("  - id: aide\n    libellé: La", "  - id: aide\n    libellé La"),
        ("    pages: [3]", "    pages: 3"),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    assert [problem.line for problem in told(folder)] == [11, 23, 31, 33, 35]


def test_what_cannot_be_understood_is_left_out_and_the_rest_read(folder: Path) -> None:
    path = folder / PARTNER
    text = path.read_text(encoding="utf-8")
    text = text.replace(STEP, "      - {a: [b, c}\n", 1).replace("[accueil, etat-civil]", "[acueil]")
    path.write_text(text.replace("public: usager", "public: tous"), encoding="utf-8")
    found = told(folder)
    assert [problem.line for problem in found] == [13, 26, 34], found
