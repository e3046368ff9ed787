"""Single edits of a livret, and of the livret it inherits from: what is said of each names what was and what is."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import Run, edit

from fs_triage.author.comparer.changes import compare_livrets
from fs_triage.author.comparer.command import render_text
from fs_triage.author.sound_rules import load_sound_rules

ACTE = """\
  - id: acte
    libellé: Un acte
    étapes: [Demander l'acte.]
    contacts: [accueil]
"""
VOTE = """\
  - id: vote
    libellé: Voter
    étapes: [S'inscrire.]
"""
NAISSANCE = """\
  - id: naissance
    titre: Naissance
    mots: [naissance]
    démarches: [mairie/acte, guichet/titre]
    besoins: [je suis papa]
"""
VOL = """\
  - id: vol
    titre: Vol de papiers
    mots: [vol]
    démarches: [guichet/titre/oui]
"""
FILES = {
    "livret.yaml": """\
id: socle
titre: Livret d'essai
département: 39 Jura
source: Essai
partenaires: [guichet, mairie]
responsable: livret@jura.fr
messages:
  courriel:
    objet: "{{ demarche }}"
    texte: |
      Bonjour,

      Pour {{ demarche }} : […]
""",
    "partenaires/guichet.yaml": """\
id: guichet
libellé: Guichet
nom: Guichet d'essai
pour: titres
mots: [comptoir]
pages: [2]
si ça bloque: blocage
ne pas renseigner: [Le prix., Le délai.]
attention: [Prendre son temps.]
contacts:
  tel:
    téléphone: "06 48 20 56 08"
    libellé: Numéro
    public: usager
    portée: national
    horaires: lundi au vendredi 8h30-19h
    note: Gratuit.
    doute: Deux écritures.
  courriel:
    courriel: contact@guichet.fr
    libellé: Boîte
    public: conseiller
    portée: national
  site:
    site: www.guichet.fr
    libellé: Site
    public: usager
    portée: national
question: Que veut l'usager ?
réponses:
  - id: titre
    libellé: Un titre
    aide: Papiers seulement.
    mots: [papier]
    question: Est-il perdu ?
    réponses:
      - id: oui
        libellé: Déclarer la perte
        étapes: [Ouvrir le site., Remplir la déclaration., Imprimer le reçu.]
        contacts: [site, tel]
      - id: non
        libellé: Renouveler un titre
        pages: [3, 4]
        pas de second niveau: Il suffit d'attendre.
        étapes: [Demander un titre neuf.]
  - id: voisin
    libellé: Une naissance
    aller à: mairie/acte
  - id: blocage
    libellé: Ça bloque
    contacter: [courriel, {contact: tel, quand: après 9 h}]
""",
    "partenaires/mairie.yaml": f"""\
id: mairie
libellé: Mairie
nom: Mairie d'essai
pour: actes
pages: [5]
pas de second niveau: Tout se fait en mairie.
contacts:
  accueil:
    sur place: Mairie
    libellé: Accueil
    public: usager
    portée: national
question: Pour quoi ?
réponses:
{ACTE}{VOTE}""",
    "besoins/guichet.yaml": """\
titre/oui: [j'ai perdu mon titre]
titre/non: [mon titre est vieux]
blocage: [rien ne va]
""",
    "besoins/mairie.yaml": """\
acte: [un acte de naissance]
vote: [voter]
""",
    "besoins/hors-livret.yaml": """\
hors livret:
  - permis de chasse
  - {sujet: douane, où: Le bureau de Pontarlier, besoins: [dédouaner]}
vagues: [j'ai besoin d'aide]
""",
    "situations.yaml": f"situations:\n{NAISSANCE}{VOL}",
    "identifiants.yaml": "renommés: {guichet/carte: guichet/titre}\n",
    "mots/synonymes.yaml": "synonymes:\n  - {mot: argent, aussi: [flouzette]}\n",
}
HEIR = """\
id: doubs
titre: Livret d'essai
département: 39 Jura
source: Essai
hérite de: socle
"""

EDITS: dict[str, tuple[str, tuple[str, str], list[str]]] = {
    "a number": (
        "partenaires/guichet.yaml",
        ('téléphone: "06 48 20 56 08"', 'téléphone: "06 11 22 33 44"'),
        [
            "- Guichet : « Numéro » change : Téléphone 06 11 22 33 44, et non plus 06 48 20 56 08.",
        ],
    ),
    "a number written otherwise": (
        "partenaires/guichet.yaml",
        ('téléphone: "06 48 20 56 08"', 'téléphone: "06.48.20.56.08"'),
        [
            "- Guichet : « Numéro » s’écrit maintenant 06.48.20.56.08, et non plus 06 48 20 56 08 ; "
            "c’est le même numéro.",
        ],
    ),
    "another kind": (
        "partenaires/guichet.yaml",
        ("site: www.guichet.fr", "rendez-vous: www.guichet.fr"),
        [
            "- Guichet : « Site » change de moyen : Rendez-vous www.guichet.fr, et non plus Site "
            "www.guichet.fr.",
        ],
    ),
    "a letter of a mail": (
        "partenaires/guichet.yaml",
        ("contact@guichet.fr", "contacts@guichet.fr"),
        [
            "- Guichet : « Boîte » change : Courriel contacts@guichet.fr, et non plus contact@guichet.fr.",
        ],
    ),
    "hours": (
        "partenaires/guichet.yaml",
        ("lundi au vendredi 8h30-19h", "lundi au vendredi 8h30-12h"),
        [
            "- Guichet : « Numéro » : les horaires sont maintenant lundi à vendredi 8h30-12h, et non "
            "plus lundi à vendredi 8h30-19h.",
        ],
    ),
    "no hours": (
        "partenaires/guichet.yaml",
        ("    horaires: lundi au vendredi 8h30-19h\n", ""),
        [
            "- Guichet : « Numéro » : le livret ne donne plus d’horaires (c’était lundi à vendredi "
            "8h30-19h).",
        ],
    ),
    "audience": (
        "partenaires/guichet.yaml",
        ("libellé: Boîte\n    public: conseiller", "libellé: Boîte\n    public: usager"),
        [
            "- Guichet : « Boîte » peut désormais servir à l’usager : on peut le lui donner.",
        ],
    ),
    "reserved": (
        "partenaires/guichet.yaml",
        ("libellé: Numéro\n    public: usager", "libellé: Numéro\n    public: conseiller"),
        [
            "- Guichet : « Numéro » est désormais réservé au conseiller : ne plus le donner à l’usager.",
        ],
    ),
    "label of a contact": (
        "partenaires/guichet.yaml",
        ("libellé: Boîte", "libellé: Boîte des titres"),
        [
            "- Guichet : le contact « Boîte » s’appelle maintenant « Boîte des titres ».",
        ],
    ),
    "note": (
        "partenaires/guichet.yaml",
        ("note: Gratuit.", "note: Payant."),
        [
            "- Guichet : « Numéro » : la précision est maintenant « Payant. », et non plus « Gratuit. ».",
        ],
    ),
    "no note": (
        "partenaires/guichet.yaml",
        ("    note: Gratuit.\n", ""),
        [
            "- Guichet : « Numéro » : la précision « Gratuit. » n’y est plus.",
        ],
    ),
    "doubt": (
        "partenaires/guichet.yaml",
        ("doute: Deux écritures.", "doute: Un ancien nom."),
        [
            "- Guichet : « Numéro » est à vérifier : Un ancien nom. C’était : Deux écritures.",
        ],
    ),
    "no doubt": (
        "partenaires/guichet.yaml",
        ("    doute: Deux écritures.\n", ""),
        [
            "- Guichet : « Numéro » : le doute est levé (c’était « Deux écritures. »).",
        ],
    ),
    "contact dropped": (
        "partenaires/guichet.yaml",
        ("contacter: [courriel, {contact: tel, quand: après 9 h}]", "contacter: [courriel]"),
        [
            "- Guichet : « Ça bloque » : les contacts ont changé.",
            "en moins : Numéro, Téléphone 06 48 20 56 08 (après 9 h)",
        ],
    ),
    "contact added": (
        "partenaires/guichet.yaml",
        ("contacter: [courriel, ", "contacter: [courriel, site, "),
        [
            "- Guichet : « Ça bloque » : les contacts ont changé.",
            "en plus : Site, Site www.guichet.fr",
        ],
    ),
    "contact replaced": (
        "partenaires/guichet.yaml",
        ("contacter: [courriel, ", "contacter: [site, "),
        [
            "- Guichet : « Ça bloque » : les contacts ont changé.",
            "avant : Boîte, Courriel contact@guichet.fr",
            "maintenant : Site, Site www.guichet.fr",
        ],
    ),
    "contacts in another order": (
        "partenaires/guichet.yaml",
        (
            "contacter: [courriel, {contact: tel, quand: après 9 h}]",
            "contacter: [{contact: tel, quand: après 9 h}, courriel]",
        ),
        [
            "- Guichet : « Ça bloque » : l’ordre des contacts a changé.",
            "passe du rang 2 au rang 1 : Numéro, Téléphone 06 48 20 56 08 (après 9 h)",
        ],
    ),
    "useful contacts in another order": (
        "partenaires/guichet.yaml",
        ("contacts: [site, tel]", "contacts: [tel, site]"),
        [
            "- Guichet : « Déclarer la perte » : l’ordre des contacts a changé.",
            "passe du rang 2 au rang 1 : Numéro, Téléphone 06 48 20 56 08",
        ],
    ),
    "condition": (
        "partenaires/guichet.yaml",
        ("quand: après 9 h", "quand: le matin"),
        [
            "- Guichet : « Ça bloque » : les conditions ont changé.",
            "condition de « Numéro » : avant « après 9 h », maintenant « le matin »",
        ],
    ),
    "no condition": (
        "partenaires/guichet.yaml",
        ("{contact: tel, quand: après 9 h}", "tel"),
        [
            "- Guichet : « Ça bloque » : les conditions ont changé.",
            "condition de « Numéro » : avant « après 9 h », maintenant aucune",
        ],
    ),
    "a condition": (
        "partenaires/guichet.yaml",
        ("contacter: [courriel, ", "contacter: [{contact: courriel, quand: sans réponse}, "),
        [
            "- Guichet : « Ça bloque » : les conditions ont changé.",
            "condition de « Boîte » : avant aucune, maintenant « sans réponse »",
        ],
    ),
    "one after the other": (
        "partenaires/guichet.yaml",
        ("    contacter:", "    dans cet ordre: oui\n    contacter:"),
        [
            "- Guichet : « Ça bloque » : les contacts s’essaient maintenant dans l’ordre de la fiche.",
        ],
    ),
    "forbidden no more": (
        "partenaires/guichet.yaml",
        ("ne pas renseigner: [Le prix., Le délai.]", "ne pas renseigner: [Le prix.]"),
        [
            "- Guichet : toutes les démarches : ce qu’il ne faut pas renseigner a changé.",
            "l’interdiction est levée : Le délai.",
        ],
    ),
    "forbidden otherwise": (
        "partenaires/guichet.yaml",
        ("ne pas renseigner: [Le prix., Le délai.]", "ne pas renseigner: [Le prix., La durée.]"),
        [
            "- Guichet : toutes les démarches : ce qu’il ne faut pas renseigner a changé.",
            "ne plus renseigner : La durée.",
            "l’interdiction est levée : Le délai.",
        ],
    ),
    "forbidden in another order": (
        "partenaires/guichet.yaml",
        ("ne pas renseigner: [Le prix., Le délai.]", "ne pas renseigner: [Le délai., Le prix.]"),
        [
            "- Guichet : toutes les démarches : ce qu’il ne faut pas renseigner a changé.",
            "passe du rang 2 au rang 1 : Le délai.",
        ],
    ),
    "if blocked": (
        "partenaires/guichet.yaml",
        ("pages: [2]\nsi ça bloque: blocage", "pages: [2]\npas de second niveau: Aucun."),
        [
            "- Guichet : « Déclarer la perte » : si la démarche bloque, plus de 2nd niveau (c’était "
            "guichet/blocage).",
            "- Guichet : « Déclarer la perte » : pas de 2nd niveau. Aucun.",
        ],
    ),
    "no second level": (
        "partenaires/guichet.yaml",
        ("Il suffit d'attendre.", "On attend."),
        [
            "- Guichet : « Renouveler un titre » : pas de 2nd niveau. On attend. C’était : Il suffit "
            "d’attendre.",
        ],
    ),
    "a second level": (
        "partenaires/guichet.yaml",
        ("        pas de second niveau: Il suffit d'attendre.\n", ""),
        [
            "- Guichet : « Renouveler un titre » : si la démarche bloque, passer maintenant à "
            "guichet/blocage.",
            "- Guichet : « Renouveler un titre » : il n’est plus dit qu’il n’y a pas de 2nd niveau. "
            "C’était : Il suffit d’attendre.",
        ],
    ),
    "a step more": (
        "partenaires/guichet.yaml",
        ("Ouvrir le site., ", "Allumer., Ouvrir le site., "),
        [
            "- Guichet : « Déclarer la perte » : les étapes ont changé.",
            "en plus : Allumer.",
        ],
    ),
    "a step less": (
        "partenaires/guichet.yaml",
        ("Ouvrir le site., ", ""),
        [
            "- Guichet : « Déclarer la perte » : les étapes ont changé.",
            "en moins : Ouvrir le site.",
        ],
    ),
    "a step otherwise": (
        "partenaires/guichet.yaml",
        ("Imprimer le reçu.", "Imprimer deux reçus."),
        [
            "- Guichet : « Déclarer la perte » : les étapes ont changé.",
            "avant : Imprimer le reçu.",
            "maintenant : Imprimer deux reçus.",
        ],
    ),
    "two steps swapped": (
        "partenaires/guichet.yaml",
        (
            "[Ouvrir le site., Remplir la déclaration., Imprimer le reçu.]",
            "[Remplir la déclaration., Ouvrir le site., Imprimer le reçu.]",
        ),
        [
            "- Guichet : « Déclarer la perte » : les étapes ont changé.",
            "passe du rang 2 au rang 1 : Remplir la déclaration.",
        ],
    ),
    "warning": (
        "partenaires/guichet.yaml",
        ("attention: [Prendre son temps.]", "attention: [Aller vite.]"),
        [
            "- Guichet : toutes les démarches : ce qu’il faut garder à l’esprit a changé.",
            "avant : Prendre son temps.",
            "maintenant : Aller vite.",
        ],
    ),
    "title": (
        "partenaires/guichet.yaml",
        ("libellé: Renouveler un titre", "libellé: Refaire un titre"),
        [
            "- Guichet : « Renouveler un titre » s’appelle maintenant « Refaire un titre ».",
        ],
    ),
    "label of a question's answer": (
        "partenaires/guichet.yaml",
        ("libellé: Un titre\n", "libellé: Un papier\n"),
        [
            "- Guichet : « Un titre » s’appelle maintenant « Un papier ».",
        ],
    ),
    "question": (
        "partenaires/guichet.yaml",
        ("question: Est-il perdu ?", "question: L'a-t-il perdu ?"),
        [
            "- Guichet : la question « Est-il perdu ? » est maintenant « L’a-t-il perdu ? ».",
        ],
    ),
    "help": (
        "partenaires/guichet.yaml",
        ("aide: Papiers seulement.", "aide: Tous les papiers."),
        [
            "- Guichet : l’aide de la réponse « Un titre » est maintenant « Tous les papiers. », et "
            "non plus « Papiers seulement. ».",
        ],
    ),
    "no help": (
        "partenaires/guichet.yaml",
        ("    aide: Papiers seulement.\n", ""),
        [
            "- Guichet : l’aide de la réponse « Un titre » est maintenant absente, et non plus « "
            "Papiers seulement. ».",
        ],
    ),
    "page": (
        "partenaires/guichet.yaml",
        ("pages: [3, 4]", "pages: [3]"),
        [
            "- Guichet : « Renouveler un titre » : la référence est maintenant « Livret, page 3 », et "
            "non plus « Livret, pages 3 et 4 ».",
        ],
    ),
    "pages in another order": (
        "partenaires/guichet.yaml",
        ("pages: [3, 4]", "pages: [4, 3]"),
        [
            "- Guichet : « Renouveler un titre » : la référence est maintenant « Livret, pages 4 et 3 "
            "», et non plus « Livret, pages 3 et 4 ».",
        ],
    ),
    "another way out": (
        "partenaires/guichet.yaml",
        ("aller à: mairie/acte", "aller à: mairie/vote"),
        [
            "- Guichet : la réponse « Une naissance » mène maintenant à mairie/vote, et non plus à "
            "mairie/acte.",
        ],
    ),
    "name of another way out": (
        "partenaires/guichet.yaml",
        ("libellé: Une naissance", "libellé: Un acte"),
        [
            "- Guichet : la réponse « Une naissance » s’appelle maintenant « Un acte ».",
        ],
    ),
    "way out that went": (
        "partenaires/guichet.yaml",
        ("  - id: voisin\n    libellé: Une naissance\n    aller à: mairie/acte\n", ""),
        [
            "- Guichet : la réponse « Une naissance » n’est plus proposée ; elle menait à mairie/acte.",
        ],
    ),
    "way out with an answer of its own": (
        "partenaires/guichet.yaml",
        ("    aller à: mairie/acte", "    étapes: [Voir l'acte.]"),
        [
            "- Guichet : « Une naissance » est une nouvelle démarche, au 1er niveau.",
            "- Guichet : la réponse « Une naissance » a maintenant sa propre suite ; elle menait à "
            "mairie/acte.",
        ],
    ),
    "opened at once": (
        "partenaires/guichet.yaml",
        ("    question: Est-il perdu ?", "    ouvre: oui\n    question: Est-il perdu ?"),
        [
            "- Guichet : la réponse « Un titre » mène maintenant à guichet/titre/oui.",
        ],
    ),
    "level": (
        "partenaires/mairie.yaml",
        ("    étapes: [S'inscrire.]", "    contacter: [accueil]"),
        [
            "- Mairie : « Voter » passe du 1er au 2nd niveau : à transmettre.",
            "- Mairie : « Voter » : les contacts ont changé.",
            "en plus : Accueil, Sur place Mairie",
            "- Mairie : « Voter » : il n’est plus dit qu’il n’y a pas de 2nd niveau. C’était : Tout se "
            "fait en mairie.",
            "- Mairie : « Voter » : les étapes ont changé.",
            "en moins : S’inscrire.",
        ],
    ),
    "answers in another order": (
        "partenaires/mairie.yaml",
        (
            ACTE + VOTE,
            VOTE + ACTE,
        ),
        [
            "- Mairie : l’ordre des réponses à « Pour quoi ? » a changé.",
            "avant : Un acte › Voter",
            "maintenant : Voter › Un acte",
        ],
    ),
    "partners in another order": (
        "livret.yaml",
        ("partenaires: [guichet, mairie]", "partenaires: [mairie, guichet]"),
        [
            "- L’ordre des partenaires a changé.",
            "avant : Guichet › Mairie",
            "maintenant : Mairie › Guichet",
        ],
    ),
    "démarche added": (
        "partenaires/mairie.yaml",
        ("  - id: vote\n", "  - id: carte\n    libellé: Une carte\n    étapes: [Venir.]\n  - id: vote\n"),
        [
            "- Mairie : « Une carte » est une nouvelle démarche, au 1er niveau.",
        ],
    ),
    "about": (
        "partenaires/guichet.yaml",
        ("pour: titres", "pour: papiers"),
        [
            "- Guichet : l’aide de la réponse « Guichet » est maintenant « papiers », et non plus « "
            "titres ».",
        ],
    ),
    "partner's label": (
        "partenaires/mairie.yaml",
        ("libellé: Mairie\n", "libellé: La mairie\n"),
        [
            "- La mairie : « Mairie » s’appelle maintenant « La mairie ».",
        ],
    ),
    "name of a partner": (
        "partenaires/mairie.yaml",
        ("nom: Mairie d'essai", "nom: Mairie de la ville"),
        [
            "- Mairie : « Mairie d’essai » s’appelle maintenant « Mairie de la ville ».",
        ],
    ),
    "keyword": (
        "partenaires/guichet.yaml",
        ("mots: [papier]", "mots: [carte]"),
        [
            "- Guichet : les mots qui mènent à guichet/titre ont changé.",
            "en moins : papier",
            "en plus : carte",
        ],
    ),
    "example": (
        "besoins/guichet.yaml",
        ("blocage: [rien ne va]", "blocage: [tout bloque]"),
        [
            "- Guichet : les besoins donnés en exemple ont changé.",
            "en moins : guichet/blocage : rien ne va",
            "en plus : guichet/blocage : tout bloque",
        ],
    ),
    "source": (
        "livret.yaml",
        ("source: Essai", "source: Épreuve"),
        [
            "- La source du livret est maintenant « Épreuve », et non plus « Essai ».",
        ],
    ),
    "owner": (
        "livret.yaml",
        ("responsable: livret@jura.fr", "responsable: livrets@jura.fr"),
        [
            "- Qui tient le livret : « livrets@jura.fr », et non plus « livret@jura.fr ».",
        ],
    ),
    "message": (
        "livret.yaml",
        ("      Bonjour,\n", "      Madame, Monsieur,\n"),
        [
            "- Le modèle de message « Courriel » a changé.",
            "avant : Bonjour,",
            "maintenant : Madame, Monsieur,",
        ],
    ),
    "subject of a message": (
        "livret.yaml",
        ('objet: "{{ demarche }}"', 'objet: "Demande : {{ demarche }}"'),
        [
            "- Le modèle de message « Courriel » a changé.",
            "avant : objet « {{ demarche }} »",
            "maintenant : objet « Demande : {{ demarche }} »",
        ],
    ),
    "topic's place": (
        "besoins/hors-livret.yaml",
        ("où: Le bureau de Pontarlier", "où: Le bureau de Dole"),
        [
            "- Sujet hors du livret « douane » : où orienter l’usager : Le bureau de Dole. C’était : "
            "Le bureau de Pontarlier.",
        ],
    ),
    "topic": (
        "besoins/hors-livret.yaml",
        ("sujet: douane", "sujet: douanes"),
        [
            "- Sujet hors du livret « douane » : où orienter l’usager n’est plus dit (c’était « Le "
            "bureau de Pontarlier »).",
            "- Sujet hors du livret « douanes » : où orienter l’usager : Le bureau de Pontarlier.",
            "- Les sujets hors du livret ont changé.",
            "nouveau sujet : douanes",
            "sujet retiré : douane",
            "« dédouaner » passe de « douane » à « douanes »",
        ],
    ),
    "need out of the livret": (
        "besoins/hors-livret.yaml",
        ("besoins: [dédouaner]", "besoins: [dédouanement]"),
        [
            "- Les besoins hors du livret ont changé.",
            "en moins : dédouaner",
            "en plus : dédouanement",
        ],
    ),
    "vague need": (
        "besoins/hors-livret.yaml",
        ("vagues: [j'ai besoin d'aide]", "vagues: [aidez-moi]"),
        [
            "- Les besoins trop vagues ont changé.",
            "en moins : j’ai besoin d’aide",
            "en plus : aidez-moi",
        ],
    ),
    "situation's title": (
        "situations.yaml",
        ("titre: Vol de papiers", "titre: Papiers volés"),
        [
            "- La situation « Vol de papiers » s’appelle maintenant « Papiers volés ».",
        ],
    ),
    "situations in another order": (
        "situations.yaml",
        ("situations:\n" + NAISSANCE + VOL, "situations:\n" + VOL + NAISSANCE),
        [
            "- L’ordre des situations a changé.",
            "avant : Naissance › Vol de papiers",
            "maintenant : Vol de papiers › Naissance",
        ],
    ),
    "démarches of a situation": (
        "situations.yaml",
        ("[mairie/acte, guichet/titre]", "[guichet/titre, mairie/acte]"),
        [
            "- L’ordre des démarches de « Naissance » change.",
            "passe du rang 1 au rang 3 : mairie/acte",
        ],
    ),
    "words of a situation": (
        "situations.yaml",
        ("mots: [vol]", "mots: [volé]"),
        [
            "- Les mots qui désignent « Vol de papiers » ont changé.",
            "avant : vol",
            "maintenant : volé",
        ],
    ),
    "need of a situation": (
        "situations.yaml",
        ("besoins: [je suis papa]", "besoins: [bébé est là]"),
        [
            "- Les mots qui désignent « Naissance » ont changé.",
            "avant : je suis papa",
            "maintenant : bébé est là",
        ],
    ),
    "former name": (
        "identifiants.yaml",
        ("guichet/carte: guichet/titre", "guichet/cartes: guichet/titre"),
        [
            "- Guichet : l’ancien identifiant guichet/carte ne mène plus à guichet/titre.",
            "- Guichet : l’ancien identifiant guichet/cartes mène maintenant à guichet/titre.",
        ],
    ),
    "synonym": (
        "mots/synonymes.yaml",
        ("aussi: [flouzette]", "aussi: [piecette]"),
        [
            "- Les mots de la recherche ont changé.",
            "en moins : flouzette = argent",
            "en plus : piecette = argent",
        ],
    ),
}
"""The file that is edited, the edit, and what is said of it."""
NOT_INHERITED = {"source", "owner", "topic's place", "topic", "synonym"}
"""What an heir says for itself, or has from the folder that it stands in."""


def write(folder: Path) -> Path:
    """Write the livret as `socle` and an heir of it as `doubs`, which says nothing of its own."""
    (folder / "socle").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / "socle" / name).parent.mkdir(exist_ok=True)
        (folder / "socle" / name).write_text(text, encoding="utf-8")
    (folder / "doubs").mkdir()
    (folder / "doubs" / "livret.yaml").write_text(HEIR, encoding="utf-8")
    return folder


def tell(old: Path, new: Path) -> list[str]:
    """Return what is said of the way from `old` to `new`, without headings, nor what each change touches."""
    (first, _), (second, _) = load_sound_rules(str(old)), load_sound_rules(str(new))
    lines = render_text(second, compare_livrets(first, second), []).replace("\u00a0", " ").splitlines()
    return [line.strip() for line in lines if line[:2] in ("- ", "  ") and "touche : " not in line]


@pytest.mark.parametrize(("name", "change", "said"), EDITS.values(), ids=EDITS)
def test_an_edit(tmp_path: Path, name: str, change: tuple[str, str], said: list[str]) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    edit(new / "socle" / name, change)
    assert tell(old / "socle", new / "socle") == said
    assert said


@pytest.mark.parametrize("edited", [name for name in EDITS if name not in NOT_INHERITED])
def test_an_edit_of_what_a_livret_inherits_from(tmp_path: Path, edited: str) -> None:
    name, change, said = EDITS[edited]
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    edit(new / "socle" / name, change)
    assert tell(old / "doubs", new / "doubs") == said


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("partenaires/guichet.yaml", ("mots: [comptoir]\n", "mots:\n  - comptoir\n")),
        ("partenaires/guichet.yaml", ("id: guichet\nlibellé: Guichet\n", "libellé: Guichet\nid: guichet\n")),
        (
            "partenaires/guichet.yaml",
            ("    libellé: Numéro\n    public: usager\n", "    public: usager\n    libellé: Numéro\n"),
        ),
        ("livret.yaml", ("id: socle\n", "# ce livret\nid: socle\n")),
    ],
)
def test_an_edit_that_no_counsellor_sees(tmp_path: Path, name: str, change: tuple[str, str]) -> None:
    old, new = write(tmp_path / "old"), write(tmp_path / "new")
    edit(new / "socle" / name, change)
    assert tell(old / "socle", new / "socle") == []


def test_a_livret_that_both_inherit_from_is_not_compared(run: Run, tmp_path: Path) -> None:
    """A copy of an heir reads the parent of today: what that one said before is nowhere."""
    write(tmp_path)
    shutil.copytree(tmp_path / "doubs", tmp_path / "avant")
    for folder, moment in (("avant", 1_000_000_000), ("socle", 2_000_000_000)):
        for path in (tmp_path / folder).rglob("*.yaml"):
            os.utime(path, (moment, moment))
    done = run("comparer", str(tmp_path / "avant"), str(tmp_path / "doubs"))
    said = done.stdout.replace("\u00a0", " ")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Ce qui vient de « socle » n’est pas comparé" in said and "Rien" not in said
    beside = tmp_path / "archive"
    for name in ("socle", "doubs"):
        shutil.copytree(tmp_path / name, beside / name)
    edit(tmp_path / "socle" / "partenaires/guichet.yaml", ("contact@guichet.fr", "bureau@guichet.fr"))
    done = run("comparer", str(beside / "doubs"), str(tmp_path / "doubs"))
    assert done.returncode == 1
    assert "Courriel bureau@guichet.fr, et non plus contact@guichet.fr" in done.stdout
    assert "n’est pas comparé" not in done.stdout


def test_a_livret_that_both_inherit_from_and_that_did_not_change(run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    for path in (tmp_path / "socle").rglob("*.yaml"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    shutil.copytree(tmp_path / "doubs", tmp_path / "apres")
    done = run("comparer", str(tmp_path / "doubs"), str(tmp_path / "apres"), "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["same"], answer["changes"]) == (0, True, [])
    assert answer["shared"] == [
        {"livret": "socle", "folder": str((tmp_path / "socle").resolve()), "newer": False}
    ]


def test_nothing_is_the_same_livret_read_twice(run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    done = run("comparer", str(tmp_path / "doubs"), str(tmp_path / "doubs"))
    assert (done.returncode, done.stdout) == (
        0,
        "Que dire aux conseillers\u00a0?\n\nRien\u00a0: les deux livrets disent la même chose.\n",
    )
