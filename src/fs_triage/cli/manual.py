"""The words of the help pages: of each command its line in the list, its text and its examples.

An example is one line; what it does stands after a `#`. A test runs them all.
"""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """The help page of a command: its line in the list of commands, its text, its examples."""

    short: str
    text: str
    examples: str = ""


PROGRAM = Page(
    "",
    """
    Dit ce qui se fait sur place (1er niveau) et ce qui se transmet, et à qui (2nd niveau).

    Sans mot, fs-triage pose les questions une à une. Avec des mots, il répond tout de suite.
    """,
    """
    fs-triage  # les questions, une à une
    fs-triage caf rsa  # les fiches du RSA à la CAF
    fs-triage permis volé  # les fiches qui ont ces mots, tous partenaires
    fs-triage liste --json  # toutes les fiches, pour un programme
    """,
)

COMMANDS = {
    "fiche": Page(
        "Montrer les fiches d’une démarche.",
        """
        Montre les fiches des démarches que désignent les mots : un partenaire, un identifiant, des mots.

        « fiche » peut se taire : « fs-triage caf rsa ». Un programme l’écrit : aucune commande à venir ne
        changera le sens de ses mots.
        """,
        """
        fs-triage fiche caf rsa  # toutes les fiches du RSA
        fs-triage fiche caf/rsa/demande --json  # une fiche, par son identifiant
        """,
    ),
    "chercher": Page(
        "Chercher avec les mots de l’usager.",
        "Cherche les démarches qui répondent à un besoin, dit avec les mots de l’usager, la meilleure d’abord.",
        """
        fs-triage chercher on m’a volé mon permis  # les démarches les plus proches
        fs-triage chercher --lot --json < besoins.txt  # un besoin par ligne
        """,
    ),
    "liste": Page(
        "Lister toutes les démarches.",
        "Liste les démarches : identifiant, niveau et titre, une par ligne.",
        """
        fs-triage liste caf  # celles de la CAF
        fs-triage liste --json  # toutes les fiches entières
        """,
    ),
    "contacts": Page(
        "Lister tous les contacts.",
        "Liste les contacts, qui peut s’en servir et les démarches qui y mènent, un par ligne.",
        "fs-triage contacts msa  # ceux de la MSA",
    ),
    "arbre": Page(
        "Dessiner l’arbre des questions.",
        "Dessine l’arbre des questions et des démarches.",
        """
        fs-triage arbre caf  # celui de la CAF
        fs-triage arbre caf --mermaid > caf.mmd  # une image que les forges savent montrer
        """,
    ),
    "verifier": Page(
        "Vérifier les fichiers de règles.",
        "Dit tout ce qui ne va pas dans des fichiers de règles : fichier, ligne, colonne, message et code.",
        """
        fs-triage verifier  # le livret dont se sert le comptoir
        fs-triage verifier rules/jura  # celui d’un dossier
        """,
    ),
    "schema": Page(
        "Donner le schéma d’un fichier de règles.",
        "Donne le schéma JSON d’un fichier de règles, pour que l’éditeur de texte complète et souligne.",
        "fs-triage schema > partner.schema.json  # à côté des règles",
    ),
    "comparer": Page(
        "Comparer deux versions d’un livret.",
        "Dit ce qui change entre deux versions d’un livret : ce qu’il faut annoncer aux conseillers.",
        "fs-triage comparer ancien/jura rules/jura  # d’abord l’ancienne",
    ),
    "relecture": Page(
        "Écrire la feuille qu’un partenaire relit.",
        "Écrit la feuille que le référent d’un partenaire relit et approuve, en Markdown ou en page web.",
        "fs-triage relecture msa -o msa.html  # une page à imprimer",
    ),
    "nouveau": Page(
        "Commencer le livret d’un autre département.",
        "Commence un livret qui hérite d’un autre : il reste à y remplacer les contacts locaux.",
        'fs-triage nouveau doubs --departement "25 Doubs"  # hérite du livret jura',
    ),
    "livrets": Page(
        "Lister les livrets installés.",
        "Liste les livrets installés, un par ligne ; celui qui sert est marqué.",
        "fs-triage livrets",
    ),
}
