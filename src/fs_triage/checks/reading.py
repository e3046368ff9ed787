"""The manual pages of what is found while rules are read: what it is, what to avoid, what to prefer, and why.

The page of a check is its docstring (`registry`).
"""

from __future__ import annotations

import inspect

_FILE_PAGES = {
    "unreadable": """
        Un fichier ne peut pas être lu.

        Éviter : un dossier, un lien rompu ou un fichier sans droit de lecture à la place d’un fichier de règles.
        Préférer : un fichier ordinaire, dans le dossier du livret, que tout conseiller peut lire.
        Pourquoi : le partenaire manquerait en entier, sans que rien ne le dise.
        """,
    "too-large": """
        Un fichier, un texte ou une liste dépasse toute mesure.

        Éviter : plus de 1 Mio par fichier, de 10 000 caractères par texte, de 100 000 valeurs.
        Préférer : un fichier par partenaire, et des phrases courtes.
        Pourquoi : un tel fichier n’est plus une règle ; il ralentirait ou arrêterait le poste du conseiller.
        """,
    "encoding": """
        Un fichier n’est pas écrit en UTF-8.

        Éviter : enregistrer en « ANSI », « Latin-1 », « Windows-1252 » ou « UTF-16 ».
        Préférer : « UTF-8 », dans la boîte « Enregistrer sous » de l’éditeur.
        Pourquoi : les accents deviendraient d’autres signes.
        """,
    "tab": """
        Un fichier contient une tabulation.

        Éviter : la touche de tabulation pour décaler une ligne.
        Préférer : deux espaces par niveau ; l’éditeur peut les mettre à la place de la tabulation.
        Pourquoi : deux éditeurs ne lui donnent pas la même largeur, et le sens du fichier tient à ce décalage.
        """,
    "control-character": """
        Un texte contient un caractère que l’on ne voit pas et que le terminal exécuterait.

        Éviter : un texte copié depuis un site ou un tableur avec ses caractères cachés.
        Préférer : retaper le texte au clavier.
        Pourquoi : un tel caractère peut effacer l’écran, cacher un mot ou retourner une adresse.
        """,
    "look-alike": """
        Un texte contient un caractère qui passe pour un autre, ou pour rien.

        Éviter : une adresse dont une lettre vient d’un autre alphabet, un tiret ou une espace rares, un émoji.
        Préférer : retaper le mot au clavier ; il reste les lettres latines, leurs accents et les signes du français.
        Pourquoi : l’adresse se lirait bien et mènerait ailleurs ; le mot ne serait trouvé par aucune recherche.
        """,
    "syntax": """
        Le fichier n’est pas du YAML : il ne peut pas être lu plus loin que cet endroit.

        Éviter : un guillemet jamais refermé, un tiret mal aligné, « : » au milieu d’un texte sans guillemets.
        Préférer : deux espaces par niveau, et des guillemets doubles autour d’un texte qui contient « : ».
        Pourquoi : rien de ce qui suit ne peut être compris.
        """,
    "several-lines": """
        Un texte continue à la ligne suivante.

        Éviter : un tiret oublié ou mal aligné : la ligne suivante deviendrait la fin du texte qui la précède.
        Préférer : une ligne par texte ; un texte long commence par « >- », et ses lignes sont décalées dessous.
        Pourquoi : une étape serait avalée par la précédente, et un guillemet oublié avalerait tout jusqu’au suivant.
        """,
    "cut-by-comment": """
        La fin d’un texte n’est pas lue, à cause du signe « # ».

        Éviter : « libellé: Guichet # 3 » ou « libellé: Formulaire #2 carte », dont YAML ne lit que le début.
        Préférer : « libellé: "Guichet # 3" » ; un commentaire, lui, s’écrit sur une ligne à lui, après « # ».
        Pourquoi : le conseiller lirait un texte coupé, sans le savoir.
        """,
    "several-documents": """
        Le fichier contient plusieurs documents.

        Éviter : une ligne « --- » au milieu du fichier.
        Préférer : un fichier par partenaire.
        Pourquoi : tout ce qui suit cette ligne serait ignoré.
        """,
    "too-deep": """
        Le fichier est imbriqué sur plus de 32 niveaux.

        Éviter : des dizaines de crochets ou de tirets l’un dans l’autre.
        Préférer : cinq questions au plus entre l’accueil et la conclusion.
        Pourquoi : un tel fichier est une erreur, ou une attaque.
        """,
    "alias": """
        Le fichier renvoie d’un endroit à un autre avec les signes « & », « * » ou « << » de YAML.

        Éviter : « public: &qui usager », puis « public: *qui ».
        Préférer : écrire deux fois ; pour une réponse qui mène ailleurs, « aller à ».
        Pourquoi : quelques renvois suffisent à faire d’un petit fichier un fichier sans fin.
        """,
    "tag": """
        Le fichier change le type d’une valeur avec une étiquette YAML.

        Éviter : « téléphone: !!str 3230 ».
        Préférer : « téléphone: "3230" », ou simplement « téléphone: 3230 ».
        Pourquoi : toute valeur est déjà lue comme elle est écrite.
        """,
    "duplicate-key": """
        La même clé est écrite deux fois au même endroit.

        Éviter : deux lignes « mots » dans la même réponse.
        Préférer : une seule, avec tous les mots.
        Pourquoi : une des deux serait perdue, sans que l’on sache laquelle.
        """,
}
FILE_CODES = frozenset(_FILE_PAGES)
"""What is told of a file as such, whatever it should hold."""

_FOLDER_PAGES = {
    "missing-file": """
        Un partenaire cité dans « livret.yaml » n’a pas de fichier.

        Éviter : « partenaires: [caf, cpan] » quand le fichier s’appelle « partenaires/cpam.yaml ».
        Préférer : le nom exact du fichier, sans « .yaml ».
        Pourquoi : le partenaire manquerait au comptoir.
        """,
    "file-name": """
        L’identifiant d’un partenaire n’est pas le nom de son fichier.

        Éviter : « id: caf » dans un fichier copié sous le nom « msa.yaml ».
        Préférer : « id: msa » dans « msa.yaml ».
        Pourquoi : on ne saurait pas de quel partenaire sont les règles.
        """,
    "old-form": """
        Un fichier est écrit comme le voulait une version d’avant, avec des clés en anglais.

        Éviter : copier dans le dossier d’un livret un fichier d’il y a longtemps.
        Préférer : « fs-triage convertir » suivi du dossier du livret, qui garde l’ancien à côté.
        Pourquoi : les mots d’avant ne disent plus rien au programme ; la conversion n’en perd aucun.
        """,
    "unknown-livret": """
        Le livret dont celui-ci hérite n’existe pas, ou hérite de lui-même.

        Éviter : « hérite de: jurra ».
        Préférer : le nom d’un livret installé ou du dossier voisin, qui n’hérite pas de celui-ci.
        Pourquoi : il n’y aurait ni questions, ni réponses.
        """,
}
_MODEL_PAGES = {
    "unknown-key": """
        Une clé n’existe pas.

        Éviter : « steps: » ou « étaps: ».
        Préférer : « étapes: », la clé que le message propose.
        Pourquoi : ce qui est écrit sous une clé inconnue ne serait jamais montré.
        """,
    "missing-key": """
        Il manque une clé.

        Éviter : un contact sans « public ».
        Préférer : « public: usager » ou « public: conseiller ».
        Pourquoi : le programme ne devine pas à qui un contact peut être donné.
        """,
    "wrong-type": """
        Une valeur n’est pas de la bonne sorte : un texte au lieu d’une liste, ou l’inverse.

        Éviter : « - Attention: prendre rendez-vous », que YAML lit comme une clé et sa valeur.
        Préférer : « - "Attention: prendre rendez-vous" », entre guillemets doubles.
        Pourquoi : le texte serait coupé en deux.
        """,
    "empty": """
        Une valeur est vide.

        Éviter : « pour: » sans rien après.
        Préférer : le texte, ou pas de clé du tout si elle n’est pas obligatoire.
        Pourquoi : l’écran montrerait une ligne vide.
        """,
    "bad-id": """
        Un identifiant n’est pas écrit comme il faut.

        Éviter : « id: Carte d’identité ».
        Préférer : « id: carte-d-identite », en minuscules, sans accent, les mots joints par « - ».
        Pourquoi : il se tape dans un appel et ne doit dépendre ni d’un clavier, ni d’un accent.
        """,
    "bad-choice": """
        Une valeur n’est pas parmi celles qui sont permises.

        Éviter : « public: tout le monde ».
        Préférer : « public: usager » ou « public: conseiller » ; « portée: national » ou « portée: local ».
        Pourquoi : le programme ne devine pas ce qui était voulu.
        """,
    "bad-day": """
        Une date n’est pas écrite « année-mois-jour », ou n’existe pas.

        Éviter : « le: 23/11/2026 », « le: 2026-02-30 ».
        Préférer : « le: 2026-11-23 ».
        Pourquoi : le programme la compare au jour où l’on est ; elle ne doit pouvoir se lire que d’une façon.
        """,
    "bad-duration": """
        Une durée ne se compte pas.

        Éviter : « à revoir après: bientôt ».
        Préférer : « à revoir après: 12 mois », ou un nombre de jours ou d’années.
        Pourquoi : sans elle, rien ne dirait quand un contact est à revoir.
        """,
    "bad-page": """
        Une page n’est pas un nombre.

        Éviter : « pages: [trois] » ou « pages: [8-9] ».
        Préférer : « pages: [8, 9] ».
        Pourquoi : la page renvoie au livret papier.
        """,
    "no-lead": """
        Une réponse ne mène nulle part.

        Éviter : une réponse avec un « id » et un « libellé » seulement.
        Préférer : « étapes » pour le 1er niveau, « contacter » pour le 2nd, « question », ou « aller à ».
        Pourquoi : le conseiller s’y arrêterait sans rien lire.
        """,
    "two-leads": """
        Une réponse mène à plusieurs choses à la fois.

        Éviter : « étapes » et « aller à » dans la même réponse.
        Préférer : une seule suite ; seul « contacter » peut avoir des « étapes » à côté.
        Pourquoi : une réponse est une démarche ou un chemin, non les deux.
        """,
    "no-usable-contact": """
        Une conclusion de 2nd niveau n’a aucun contact.

        Éviter : « contacter: [] ».
        Préférer : au moins un contact dont le conseiller puisse se servir.
        Pourquoi : le 2nd niveau, c’est quelqu’un à joindre.
        """,
}

REMEMBERED_PAGES = {
    "cut-short": """
        Un fichier a perdu sa fin depuis que ses règles ont servi pour la dernière fois.

        Éviter : relancer une copie interrompue sans vérifier ; copier sur un disque plein.
        Préférer : remettre le fichier entier ; si sa fin a été ôtée exprès, y ajouter une dernière ligne « # fin ».
        Pourquoi : un fichier coupé se lit comme un fichier entier ; des démarches manqueraient sans un mot.
        """,
    "file-gone": """
        Un fichier qui a servi n’est plus là.

        Éviter : un dossier copié à moitié ; supprimer « hors-livret.yaml » parce qu’il est vide.
        Préférer : le remettre ; s’il a été ôté exprès, y laisser un fichier d’une ligne, « hors livret: [] ».
        Pourquoi : rien d’autre ne dit si le fichier manque, ou s’il n’a jamais existé.
        """,
}
"""What is found only where an index remembers the rules that served: no file alone shows it."""


def collect_pages() -> dict[str, str]:
    """Return the manual page of each code that is found while reading, in the order in which a file is looked at."""
    pages = _FILE_PAGES | _FOLDER_PAGES | REMEMBERED_PAGES | _MODEL_PAGES
    return {code: inspect.cleandoc(page) for code, page in pages.items()}
