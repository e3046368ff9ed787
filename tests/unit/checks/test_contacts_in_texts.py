"""Contacts that texts name: found however they are typed, told with the reference to write, and nothing else told."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import edit, find_problem_lines

from fs_triage.checks.references import _find_typed

OTHER = """\
  court:
    téléphone: "3230"
    libellé: Numéro court
    public: usager
  site:
    site: www.mairie.fr
    libellé: Site de la mairie
    public: usager
"""


def find_typed(text: str) -> list[str]:
    return [typed.value for typed in _find_typed(text, ["15", "3230"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Appeler le 3230 (CAF).", "3230"),
        ("Le 32 30 répond, gratuit.", "32 30"),
        ("Enregistrer le 32.30", "32.30"),
        ("composer le 39 49", "39 49"),
        ("au 3939, puis attendre", "3939"),
        ("Appeler le 115.", "115"),
        ("contacter le 116 006", "116 006"),
        ("au 03 84 11 22 33 ou par mail", "03 84 11 22 33"),
        ("au 03.84.11.22.33.", "03.84.11.22.33"),
        ("0384112233", "0384112233"),
        ("03\u00a084\u202f11-22 33", "03\u00a084\u202f11-22 33"),
        ("0 806 00 12 25", "0 806 00 12 25"),
        ("0809 401 401, ouvert de 8h30 à 19h", "0809 401 401"),
        ("+33 3 84 11 22 33", "+33 3 84 11 22 33"),
        ("+33 (0)3 84 11 22 33", "+33 (0)3 84 11 22 33"),
        ("+41 22 307 13 13", "+41 22 307 13 13"),
        ("écrire à un.agent@laposte.fr.", "un.agent@laposte.fr"),
        ("sur https://www.caf.fr/rdv?x=1, puis", "https://www.caf.fr/rdv?x=1"),
        ("sur www.ameli.de.", "www.ameli.de"),
        ("le site Caf.fr propose", "Caf.fr"),
        ("(impots.gouv.fr)", "impots.gouv.fr"),
    ],
)
def test_a_contact_is_found_however_it_is_typed(text: str, expected: str) -> None:
    assert find_typed(text) == [expected]


def test_each_contact_of_a_text_is_found_once() -> None:
    text = "Le 3230, le 32 30, ou 03 84 11 22 33 - 07 88 39 97 74, a@b.fr et b.fr."
    assert find_typed(text) == ["a@b.fr", "b.fr", "03 84 11 22 33", "07 88 39 97 74", "3230"]


@pytest.mark.parametrize(
    "text",
    [
        "Depuis le 01/02/2023 à 10 h, ou le 01.02.2023 10:30.",
        "Pour 3230 € ou 3 949 euros, au 3000 euros près, 3230,50 €.",
        "Voir l’article 3230 du code, le cerfa n° 3230*02 et le formulaire 3230.",
        "À 39000 Lons-le-Saunier, 01000 Bourg.",
        "De 1945 à 2030, le 15 du mois, avant le 17 mars.",
        "Permanence de 8h30 à 12h30 et de 13h30 à 16h00.",
        "Pages 12, 13 et 14 ; page 3230.",
        "Le numéro fiscal a 13 chiffres : 30 23 217 600 053.",
        "Son numéro de Sécurité sociale : 1 85 05 39 300 123 45.",
        "Créer une boîte mail @laposte.net avec M@rel.",
        "Au 3230 rue de la Paix, le 3200 mètres",
        "Rappeler le 15 mai ; au 2e étage.",
        "Le numéro 0123456789123 du dossier.",
        "etc.Il faut ; M.le maire ; fichier.pdf ; 1.2.3",
        "le {tel-3230} et {caf/site-caf}",
    ],
)
def test_no_date_amount_or_number_of_a_form_is_taken_for_a_contact(text: str) -> None:
    assert find_typed(text) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("libellé: Une carte d'identité", "libellé: Une carte, au 3230", "31:14: « 3230 »|{court}"),
        ("question: Que veut l'usager ?", "question: Que veut-il du 32 30 ?", "28:11: « 32 30 »|{court}"),
        ("      - Prendre rendez-vous.", "      - Aller sur mairie.fr.", "34:9: « mairie.fr »|{site}"),
        ("      - Prendre rendez-vous.", "      - >-\n        Mairie.fr", "34:9: « Mairie.fr »|{Site}"),
        (
            "    mots: [cni]",
            "    aide: Par etat-civil@Mairie.fr",
            "32:11: « etat-civil@Mairie.fr »|{etat-civil}",
        ),
        ("    mots: [cni]", "    attention: [Le 0384256992]", "32:17: « 0384256992 »|{accueil}"),
        (
            "    mots: [cni]",
            "    ne pas renseigner: [Pas au 0033384256992]",
            "32:25: « 0033384256992 »|{accueil}",
        ),
        (
            "libellé: Site de la mairie",
            "libellé: Site de la mairie\n    note: Ou le 3230.",
            "26:11: « 3230 »|{court}",
        ),
        ("libellé: Site de la mairie", "libellé: Site\n    doute: Voir le 3230.", "26:12: « 3230 »|{court}"),
        ("pour: papiers", "pour: papiers au 3230", "4:7: « 3230 »|{court}"),
        (
            "      - Prendre rendez-vous.",
            "      - Au 07 11 22 33 44.",
            "34:9: « 07 11 22 33 44 »|déclarez-le",
        ),
        ("    mots: [cni]", "    mots: [cni, '3230', mairie.fr]", ""),
        ("libellé: Site de la mairie", "libellé: Site\n    doute: Imprimé www.mairie.fr, ou autre.fr.", ""),
    ],
)
def test_what_a_text_types_once_more_is_told_with_what_to_write(
    folder: Path, before: str, after: str, expected: str
) -> None:
    edit(
        folder / "partenaires/mairie.yaml",
        ("\nquestion:", OTHER + "\nquestion:"),
        ("[accueil, etat-civil]", "[accueil, etat-civil, court, site]"),
        (before, after),
    )
    lines = find_problem_lines(folder)
    if not expected:
        assert lines == []
        return
    place, written = expected.split("|")
    assert len(lines) == 1 and lines[0].endswith("[contact-in-text]")
    line = lines[0].replace("\u00a0", " ")
    assert (
        line.startswith(f"partenaires/mairie.yaml:{place} est recopié dans un texte ; ") and written in line
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("au {acceuil}", "« {acceuil} » ne renvoie à aucun contact ; écrivez « {accueil} »"),
        ("au { Accueil }", "écrivez « {accueil} »"),
        ("au {03 84 25 69 92}", "écrivez « {accueil} »"),
        ("au {bon/accueil}", "écrivez « {accueil} »"),
        (
            "au {xyz}",
            "possible : accueil, etat-civil ; sans contact, écrivez des parenthèses",
        ),
    ],
)
def test_braces_that_name_no_contact_stop_the_desk_and_say_what_to_write(
    folder: Path, text: str, expected: str
) -> None:
    edit(folder / "partenaires/mairie.yaml", ("Prendre rendez-vous.", f"Aller {text}"))
    lines = [line.replace("\u00a0", " ") for line in find_problem_lines(folder)]
    assert expected in lines[0] and all(line.endswith("[unknown-reference]") for line in lines)
    assert lines[0].startswith("partenaires/mairie.yaml:26:9: ")


@pytest.mark.parametrize("text", ["{accueil", "accueil}", "{{ accueil }}", "{0}", "{}", "{%x%}"])
def test_other_braces_are_told_and_stop_nothing(folder: Path, text: str) -> None:
    edit(folder / "partenaires/mairie.yaml", ("Prendre rendez-vous.", f"Aller au {text}"))
    [line] = find_problem_lines(folder)
    assert line.startswith("partenaires/mairie.yaml:26:9: ") and line.endswith("[brace-in-text]")
    assert (
        "écrivez «\u00a0{accueil}\u00a0»" if "{accueil" in text.replace("{ ", "{") else "parenthèses"
    ) in line


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("- Prendre rendez-vous.", "- {accueil} répond.", "26:"),
        ("libellé: Une carte d'identité", "libellé: {accueil} répond", "23:"),
        ("libellé: Une carte d'identité", "libellé: {accueil}", "23:"),
        ("[cni]", "[cni, le {accueil}]", "24:"),
    ],
)
def test_a_reference_that_yaml_reads_as_a_table_is_told_to_be_quoted(
    folder: Path, before: str, after: str, line: str
) -> None:
    edit(folder / "partenaires/mairie.yaml", (before, after))
    lines = find_problem_lines(folder)
    assert len(lines) == 1 and lines[0].startswith(f"partenaires/mairie.yaml:{line}")
    assert "guillemets" in lines[0] and "«\u00a0{" in lines[0]
