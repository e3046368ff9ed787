"""The commands: what each takes, the function that answers it and its help page; and how words become a call.

`__main__` reads and answers a call with this table alone. Typer, which `app` makes of the same table, writes the help
pages and says what is wrong with a call that cannot be read.
"""

from __future__ import annotations

from fs_triage import livret_choice, output
from fs_triage.contract import REPLACEMENT_CHARACTER, WRONG_CALL, Failure
from fs_triage.livret import OpenLivret, answer_from, open_livret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

COMPLETE_OPTION = "--completer"
"""What the completion of a shell calls the program with, before the words typed so far."""

INSTALL_OPTION = "--installer-completion"
SHELLS = ("bash", "zsh", "fish", "powershell")

PARTNERS, DEMARCHES, LIVRETS, PATHS, SITUATIONS = "partners", "demarches", "livrets", "paths", "situations"
"""What words and values name. That of a file or a folder need be no text."""


_LONG_DASHES = ("–", "—", "‑", "\u2212")
"""What word processors, and what is copied from them, have in the place of dashes."""


class Words:
    """Words that a command takes: one, or any number of them; `names` is what they name."""

    __slots__ = ("are_many", "are_required", "help", "metavar", "names")

    def __init__(
        self, metavar: str, help: str, *, required: bool = False, many: bool = False, names: str = ""
    ) -> None:
        self.metavar = metavar
        self.help = help
        self.are_required = required
        self.are_many = many
        self.names = names


class Option:
    """An option: a flag, or with `metavar` one that takes a value; `values` is what the value names, or all values."""

    __slots__ = ("help", "is_hidden", "is_required", "metavar", "name", "short", "values")

    def __init__(
        self,
        name: str,
        help: str,
        *,
        short: str = "",
        metavar: str = "",
        values: str | tuple[str, ...] = (),
        required: bool = False,
        hidden: bool = False,
    ) -> None:
        self.name = name
        self.short = short
        self.help = help
        self.metavar = metavar
        self.values = values
        self.is_required = required
        self.is_hidden = hidden


class Command:
    """A command: the function that answers it, its words and options, its help page.

    The function, `module:name`, takes the call, after the open livret if the command reads one; it returns the exit
    code. `summary` is the line in the list of commands; of `examples`, what each line does stands after a `#`.
    """

    __slots__ = ("examples", "function", "name", "options", "reads_livret", "summary", "text", "words")

    def __init__(
        self,
        name: str,
        function: str,
        *,
        words: tuple[Words, ...] = (),
        options: tuple[Option, ...] = (),
        summary: str = "",
        text: str,
        examples: str = "",
    ) -> None:
        self.name = name
        self.function = function
        self.words = words
        self.options = {key: option for option in options for key in (option.name, option.short) if key}
        self.reads_livret = RULES in options
        self.summary = summary
        self.text = text
        self.examples = examples


JSON = Option("--json", "Répondre en JSON, pour un programme.")
RULES = Option(
    "--regles",
    "Prendre les règles de ce dossier (sinon : FS_TRIAGE_REGLES, puis config.toml).",
    metavar="DOSSIER",
    values=PATHS,
)
LIVRET = (
    RULES,
    Option("--livret", "Choisir un livret parmi ceux que donne « livrets ».", metavar="NOM", values=LIVRETS),
)
"""The options of every command that reads a livret."""

ACCESSIBLE = Option("--accessible", "Poser les questions en lignes numérotées, pour un lecteur d’écran.")
OPENING = (
    Option("--maintenant", "Dire quels contacts sont ouverts à cette heure."),
    Option(
        "--quand",
        'Dire lesquels le sont à une autre heure : "2026-12-25 10:00".',
        metavar="MOMENT",
    ),
)
"""The options of what shows contacts, if only in JSON. On a terminal, what is open now is shown without them."""
CONTACT = Option("--contact", "Choisir le contact, par son identifiant.", metavar="CONTACT")
MAILTO = Option("--mailto", "Donner l’adresse mailto: qui ouvre le message.")
COPY = Option("--copier", "Copier aussi le texte.")
PARTNER = Words("PARTENAIRE", "Nom d’un partenaire ; tous s’il manque.", many=True, names=PARTNERS)

WIZARD = Command(
    "",
    "cli.quick:answer_wizard",
    options=(ACCESSIBLE, *LIVRET),
    text="""
    Dit ce qui se fait sur place (1er niveau) et ce qui se transmet, et à qui (2nd niveau).

    Sans mot, fs-triage pose les questions une à une. Avec des mots, il répond tout de suite.
    """,
    examples="""
    fs-triage  # les questions, une à une
    fs-triage caf rsa  # les fiches du RSA à la CAF
    fs-triage permis volé  # les fiches qui ont ces mots, tous partenaires
    fs-triage liste --json  # toutes les fiches, pour un programme
    """,
)
"""A call without words."""

TYPER_OPTIONS = (
    Option("--version", "Dire la version, le livret et son édition."),
    Option("--json", "", hidden=True),
    Option(
        INSTALL_OPTION,
        "Installer la complétion par la touche Tab : bash, zsh, fish ou powershell.",
        metavar="INTERPRÉTEUR",
        values=SHELLS,
    ),
)
"""The other options of a call without words, which `app` answers."""

COMMANDS = {
    command.name: command
    for command in (
        Command(
            "fiche",
            "cli.quick:answer_fiche",
            words=(
                Words("MOT", "Partenaire, identifiant ou mots de la démarche.", required=True, many=True),
            ),
            options=(JSON, *OPENING, ACCESSIBLE, *LIVRET),
            summary="Montrer les fiches d’une démarche.",
            text="""
                Montre les fiches des démarches que désignent les mots : un partenaire, un identifiant, des mots.

                « fiche » peut se taire : « fs-triage caf rsa ». Un programme l’écrit : aucune commande à venir ne
                changera le sens de ses mots.
                """,
            examples="""
                fs-triage fiche caf rsa  # toutes les fiches du RSA
                fs-triage fiche caf/rsa/demande --json  # une fiche, par son identifiant
                """,
        ),
        Command(
            "chercher",
            "cli.chercher:run_chercher",
            words=(Words("MOT", "Le besoin, comme l’usager le dit.", many=True),),
            options=(
                JSON,
                Option("--lot", "Lire un besoin par ligne sur l’entrée standard."),
                Option("--expliquer", "Dire d’où vient le rang de chaque démarche."),
                Option(
                    "--partenaire",
                    "Ne chercher que chez ce partenaire.",
                    metavar="PARTENAIRE",
                    values=PARTNERS,
                ),
                Option(
                    "--niveau", "Ne garder que le 1er ou le 2nd niveau.", metavar="1|2", values=("1", "2")
                ),
                Option("--max", "Montrer au plus N démarches.", metavar="N"),
                *OPENING,
                ACCESSIBLE,
                *LIVRET,
            ),
            summary="Chercher avec les mots de l’usager.",
            text="""
                Cherche les démarches qui répondent à un besoin, dit avec les mots de l’usager, la meilleure d’abord.
                """,
            examples="""
                fs-triage chercher on m’a volé mon permis  # les démarches les plus proches
                fs-triage chercher --lot --json < besoins.txt  # un besoin par ligne
                """,
        ),
        Command(
            "situation",
            "cli.situation:answer_situation",
            words=(
                Words(
                    "MOT",
                    "Ce qui arrive à l’usager ; toutes les situations s’il manque.",
                    many=True,
                    names=SITUATIONS,
                ),
            ),
            options=(JSON, *OPENING, ACCESSIBLE, *LIVRET),
            summary="Donner les démarches d’un évènement de la vie.",
            text="""
                Donne les démarches que touche un évènement de la vie, chez tous les partenaires, dans l’ordre où les
                faire.

                Une situation peut poser une question ; sa réponse se dit par un mot de plus, ou après « / ».
                """,
            examples="""
                fs-triage situation  # toutes les situations
                fs-triage situation déménagement  # les démarches d’un déménagement
                fs-triage situation perte-papiers/permis  # celles d’un permis perdu ou volé
                """,
        ),
        Command(
            "liste",
            "cli.quick:answer_liste",
            words=(PARTNER,),
            options=(JSON, *OPENING, *LIVRET),
            summary="Lister toutes les démarches.",
            text="Liste les démarches : identifiant, niveau et titre, une par ligne.",
            examples="""
                fs-triage liste caf  # celles de la CAF
                fs-triage liste --json  # toutes les fiches entières
                """,
        ),
        Command(
            "contacts",
            "cli.quick:answer_contacts",
            words=(
                Words(
                    "MOT",
                    "Partenaire, puis nom, numéro ou morceau d’adresse ; tous s’il manque.",
                    many=True,
                    names=PARTNERS,
                ),
            ),
            options=(JSON, *OPENING, *LIVRET),
            summary="Lister les contacts, ou en chercher un.",
            text="""
                Liste les contacts, qui peut s’en servir et les démarches qui y mènent, un par ligne ; sur un écran,
                un annuaire par partenaire, avec les horaires.

                Les mots en gardent quelques-uns : ceux d’un partenaire, ou ceux qui portent tous ces mots.
                """,
            examples="""
                fs-triage contacts msa  # ceux de la MSA
                fs-triage contacts 3230  # à qui est ce numéro
                fs-triage contacts caf mail  # les adresses électroniques de la CAF
                """,
        ),
        Command(
            "feuille",
            "cli.acts:run_feuille",
            words=(
                Words(
                    "IDENTIFIANT", "Identifiant de la démarche.", required=True, many=True, names=DEMARCHES
                ),
            ),
            options=(
                JSON,
                Option(
                    "--sortie",
                    "Écrire dans ce fichier, .html ou .txt ; « - » : en texte, à l’écran.",
                    short="-o",
                    metavar="FICHIER",
                    values=PATHS,
                ),
                Option("--format", "Papier de la page : a4 ou a5.", metavar="PAPIER", values=("a4", "a5")),
                *LIVRET,
            ),
            summary="Faire la feuille à donner à l’usager.",
            text="""
                Fait la feuille que l’usager emporte : étapes, sites, numéros et horaires pour lui, place pour des
                notes. Aucun contact réservé au conseiller n’y figure.

                Elle s’ouvre dans le navigateur ; sans écran, elle s’écrit en texte.
                """,
            examples="""
                fs-triage feuille caf/rsa/demande  # dans le navigateur, à imprimer
                fs-triage feuille caf/rsa/demande -o rsa.html  # dans un fichier
                """,
        ),
        Command(
            "message",
            "cli.acts:run_message",
            words=(Words("IDENTIFIANT", "Identifiant de la démarche.", required=True, names=DEMARCHES),),
            options=(JSON, CONTACT, MAILTO, COPY, *LIVRET),
            summary="Écrire au 2nd niveau d’une démarche.",
            text="""
                Donne le message au 2nd niveau, par courriel ou par Administration+. Il reste à remplir ce qui est
                entre crochets ; rien n’en est gardé.
                """,
            examples="""
                fs-triage message msa/sante/legislation --copier  # à coller dans un courriel
                fs-triage message la-poste/back-office --mailto  # l’adresse qui l’ouvre
                """,
        ),
        Command(
            "signaler",
            "cli.acts:run_signaler",
            words=(Words("IDENTIFIANT", "Identifiant de la démarche.", required=True, names=DEMARCHES),),
            options=(JSON, CONTACT, MAILTO, COPY, *LIVRET),
            summary="Signaler une erreur du livret.",
            text="Donne le message à la personne qui tient le livret, pour une fiche fausse ou périmée.",
            examples="fs-triage signaler caf/rsa/demande --contact site-caf  # un contact faux",
        ),
        Command(
            "arbre",
            "cli.author_calls:run_arbre",
            words=(PARTNER,),
            options=(
                JSON,
                Option("--mermaid", "Écrire le dessin en Mermaid."),
                Option("--dot", "Écrire le dessin en DOT (Graphviz)."),
                *LIVRET,
            ),
            summary="Dessiner l’arbre des questions.",
            text="Dessine l’arbre des questions et des démarches.",
            examples="""
                fs-triage arbre caf  # celui de la CAF
                fs-triage arbre caf --mermaid > caf.mmd  # une image que les forges savent montrer
                """,
        ),
        Command(
            "verifier",
            "cli.author_calls:run_verifier",
            words=(
                Words(
                    "DOSSIER",
                    "Dossier d’un livret ; le livret en service s’il manque.",
                    many=True,
                    names=PATHS,
                ),
            ),
            options=(
                JSON,
                Option(
                    "--format", "Écrire des annotations pour une forge.", metavar="github", values=("github",)
                ),
                Option("--corriger", "Corriger ce qui n’a qu’un remède, après l’avoir montré."),
                Option("--oui", "Avec --corriger, écrire sans le demander."),
                Option(
                    "--annuaire",
                    "Comparer les contacts à l’annuaire de l’État, dans ce fichier JSON de la DILA.",
                    metavar="FICHIER",
                    values=PATHS,
                ),
                Option("--liens", "Demander chaque site du livret : mort, déplacé, ailleurs."),
            ),
            summary="Vérifier les fichiers de règles.",
            text="""
                Dit tout ce qui ne va pas dans des fichiers de règles : fichier, ligne, colonne, message et code.
                Avec --corriger, montre puis écrit ce qui n’a qu’un remède sûr : espaces, guillemets, apostrophes, clés,
                liste des identifiants.
                """,
            examples="""
                fs-triage verifier  # le livret dont se sert le comptoir
                fs-triage verifier rules/jura  # celui d’un dossier
                """,
        ),
        Command(
            "schema",
            "cli.author_calls:run_schema",
            words=(Words("SORTE", "partenaire, besoins, livret… ; partenaire s’il manque."),),
            options=(
                JSON,
                Option(
                    "--sortie",
                    "Écrire tous les schémas dans ce dossier, ou celui de la sorte dite.",
                    short="-o",
                    metavar="DOSSIER",
                    values=PATHS,
                ),
            ),
            summary="Donner le schéma d’un fichier de règles.",
            text="""
                Donne le schéma JSON d’une sorte de fichier de règles, pour que l’éditeur de texte complète et souligne.
                """,
            examples="fs-triage schema -o rules  # à côté des livrets",
        ),
        Command(
            "comparer",
            "cli.author_calls:run_comparer",
            words=(
                Words("ANCIEN", "Dossier de l’ancienne version.", required=True, names=PATHS),
                Words("NOUVEAU", "Dossier de la nouvelle version.", required=True, names=PATHS),
            ),
            options=(JSON, Option("--markdown", "Écrire en Markdown.")),
            summary="Comparer deux versions d’un livret.",
            text="""
                Dit ce qui change entre deux versions d’un livret : ce qu’il faut annoncer aux conseillers.

                Un livret qui hérite se garde avec celui dont il hérite, l’un à côté de l’autre : chaque version lit
                alors le sien.
                """,
            examples="fs-triage comparer ancien/jura rules/jura  # d’abord l’ancienne",
        ),
        Command(
            "relecture",
            "cli.author_calls:run_relecture",
            words=(PARTNER,),
            options=(
                Option(
                    "--sortie",
                    "Écrire dans ce fichier, .md ou .html.",
                    short="-o",
                    metavar="FICHIER",
                    values=PATHS,
                ),
                Option("--retour-avant", "Dire jusqu’à quel jour la renvoyer.", metavar="AAAA-MM-JJ"),
                Option("--revenue", "Noter dans le livret que ce partenaire l’a signée."),
                Option("--par", "Qui l’a signée.", metavar="NOM"),
                Option("--le", "Quel jour, si ce n’est aujourd’hui.", metavar="AAAA-MM-JJ"),
                *LIVRET,
            ),
            summary="Écrire la feuille qu’un partenaire relit.",
            text="""
                Écrit la feuille que le référent d’un partenaire relit et approuve, en Markdown ou en page web.

                Quand elle revient signée, « --revenue » le note dans le livret : « contacts » le montre, et
                « verifier » dit quand elle est à refaire.
                """,
            examples="""
                fs-triage relecture msa -o msa.html --retour-avant 2027-01-31  # une page à imprimer
                """,
        ),
        Command(
            "nouveau",
            "cli.author_calls:run_nouveau",
            words=(Words("DOSSIER", "Dossier à créer.", required=True, names=PATHS),),
            options=(
                Option("--departement", "Numéro et nom, comme « 25 Doubs ».", metavar="DÉPARTEMENT"),
                Option("--maison", "Nom de la France services, dans son département.", metavar="NOM"),
                Option("--depuis", "Livret dont hériter (socle).", metavar="NOM", values=PATHS),
            ),
            summary="Commencer le livret d’un département ou d’une maison.",
            text="""
                Commence un livret qui hérite d’un autre : celui d’un département, sur le socle commun, ou celui d’une
                maison, sur le livret de son département. Il reste à y écrire ce qui est d’ici.
                """,
            examples="""
                fs-triage nouveau doubs --departement "25 Doubs"
                fs-triage nouveau dole --depuis jura --maison "France services de Dole"
                """,
        ),
        Command(
            "convertir",
            "cli.author_calls:run_convertir",
            words=(Words("DOSSIER", "Dossier du livret à convertir.", required=True, names=PATHS),),
            summary="Mettre un ancien livret dans la forme d’aujourd’hui.",
            text="""
                Met un livret d’avant, avec ses clés en anglais, dans la forme d’aujourd’hui ; l’ancien est gardé à
                côté.
                """,
            examples="fs-triage convertir ancien/jura  # l’ancien est gardé sous ancien/jura-avant",
        ),
        Command(
            "identifiants",
            "cli.author_calls:run_identifiants",
            words=(Words("DOSSIER", "Dossier d’un livret ; le livret en service s’il manque.", names=PATHS),),
            summary="Ajouter les nouvelles démarches à la liste des identifiants.",
            text="Ajoute à identifiants.yaml les démarches qui n’y sont pas, et montre ce qui a été ajouté.",
            examples="fs-triage identifiants rules/jura",
        ),
        Command(
            "livrets",
            "cli.livrets:run_livrets",
            options=(JSON,),
            summary="Lister les livrets installés.",
            text="Liste les livrets installés, un par ligne ; celui qui sert est marqué.",
            examples="fs-triage livrets",
        ),
        Command(
            "publier",
            "cli.delivery_calls:run_publier",
            words=(Words("DOSSIER", "Dossier du livret.", names=PATHS),),
            options=(
                Option(
                    "--sortie",
                    "Dossier où publier : celui d’un site, ou un dossier partagé.",
                    short="-o",
                    metavar="SORTIE",
                    values=PATHS,
                ),
                Option("--cle", "Fichier de la clé qui signe.", metavar="FICHIER", values=PATHS),
                Option("--nouvelle-cle", "Faire la clé, une fois pour toutes."),
            ),
            summary="Publier un livret pour les postes.",
            text="""
                Publie une édition d’un livret : ses fichiers en une archive, ce qu’elle change, et la signature qui
                permet à chaque poste de la vérifier. La phrase secrète de la clé est demandée ; sans écran, c’est la
                première ligne de l’entrée standard.
                """,
            examples="""
                fs-triage publier --nouvelle-cle  # une fois : la clé, et son empreinte à lire au téléphone
                fs-triage publier rules/jura -o publication  # une édition, à mettre sur le site
                """,
        ),
        Command(
            "maj",
            "cli.delivery_calls:run_maj",
            options=(
                Option("--revenir", "Remettre en service l’édition d’avant."),
                Option("--regarder", "Dire seulement si une édition attend."),
            ),
            summary="Recevoir la dernière édition du livret.",
            text="""
                Reçoit le livret publié là où le dit config.toml (« maj » et « cle »), vérifie sa signature et son
                contenu, le met en service et dit ce qui change. S’il est refusé, le poste garde celui qu’il a.
                """,
            examples="""
                fs-triage maj  # la dernière édition
                fs-triage maj --revenir  # celle d’avant
                """,
        ),
        Command(
            "journal",
            "cli.counts_calls:run_journal",
            options=(
                JSON,
                Option("--activer", "Commencer à compter, et dire ce qui est gardé."),
                Option("--voir", "Montrer tout ce qui est gardé."),
                Option("--effacer", "Effacer tout ce qui est gardé sur ce poste."),
                Option("--arreter", "Ne plus compter."),
                Option("--envoyer", "Envoyer maintenant au département ce qui attend."),
            ),
            summary="Compter les demandes, si la maison le veut.",
            text="""
                Compte les demandes, si la maison le veut : la semaine, la maison, la démarche, ce qu’elle est devenue.
                Jamais un texte, une heure ni une personne. Rien n’est compté avant « --activer ».
                """,
            examples="""
                fs-triage journal --activer  # commencer
                fs-triage journal --voir  # tout ce qui est gardé
                fs-triage journal --arreter  # ne plus compter
                """,
        ),
        Command(
            "bilan",
            "cli.counts_calls:run_bilan",
            options=(
                JSON,
                Option("--depuis", "Compter à partir de la semaine de ce jour.", metavar="DATE"),
                Option(
                    "--par",
                    "Grouper par partenaire, demarche, semaine ou maison.",
                    metavar="GROUPE",
                    values=("partenaire", "demarche", "semaine", "maison"),
                ),
                Option("--comptes", "Lire les comptes du département (« comptes » de config.toml)."),
                Option("--csv", "Écrire en CSV, pour un tableur."),
                Option("--html", "Écrire une page, avec ses barres.", metavar="FICHIER", values=PATHS),
                Option("--besoins", "Donner les besoins restés sans réponse, en lignes pour le livret."),
                Option("--preparer", "Faire les tables du département.", metavar="ADRESSE"),
                *LIVRET,
            ),
            summary="Faire le bilan des demandes comptées.",
            text="""
                Fait le bilan de ce que le journal a compté. L’écran montre tout ; ce qui quitte la maison (CSV, page,
                JSON) cache les nombres sous 5, et ceux qui les laisseraient deviner.
                """,
            examples="""
                fs-triage bilan --par semaine  # semaine par semaine
                fs-triage bilan --depuis 2026-09-01 --html bilan.html  # une page à envoyer
                fs-triage bilan --besoins  # les lignes à ajouter au livret
                """,
        ),
    )
}
"""The commands, in the order of the help page."""

VALUE_OPTIONS = {
    key: option
    for options in (*(command.options for command in COMMANDS.values()), {INSTALL_OPTION: TYPER_OPTIONS[-1]})
    for key, option in options.items()
    if option.metavar
}
"""The options, of any command, that are followed by a value."""


class Call:
    """A call as read: the command, its words and its options (`True` for a flag, text for a value)."""

    __slots__ = ("command", "options", "words")

    def __init__(self, command: str, words: list[str], options: dict[str, str | bool]) -> None:
        self.command = command
        self.words = words
        self.options = options

    def find_value(self, option: str) -> str | None:
        """Return the value of `option`, None when it was not given."""
        value = self.options.get(option)
        return value if isinstance(value, str) else None

    def has_flag(self, option: str) -> bool:
        """Return whether the flag `option` was given."""
        return self.options.get(option) is True


def run_call(call: Call) -> int:
    """Answer a call; returns the exit code, raises `Failure`."""
    command = COMMANDS.get(call.command, WIZARD)
    module, _, name = command.function.partition(":")
    function: Callable[..., int] = getattr(__import__(f"fs_triage.{module}", fromlist=[name]), name)
    if not command.reads_livret:
        return function(call)

    def tell_and_answer(livret: OpenLivret) -> int:
        output.print_message(*livret.notices)
        return function(livret, call)

    return answer_from(_find_folder(call), tell_and_answer)


def open_asked_livret(call: Call) -> OpenLivret:
    """Open the livret that a call asks for, and print its notices on standard error; raises `Failure`."""
    livret = open_livret(_find_folder(call))
    output.print_message(*livret.notices)
    return livret


def _find_folder(call: Call) -> str:
    return livret_choice.find_livret_folder(call.find_value("--regles"), call.find_value("--livret"))


def build_call(command: str, words: list[str], options: dict[str, str | bool]) -> Call:
    """Return the call of `command`; raises `Failure` for a word of which a character is lost."""
    known = COMMANDS.get(command, WIZARD)
    if not any(word.names == PATHS for word in known.words):
        words = [decode_argument(word) for word in words]
        for word in words:
            if word.startswith(_LONG_DASHES):
                _check_dashes(word)
    options = {
        name: decode_argument(value)
        if isinstance(value, str) and known.options[name].values != PATHS
        else value
        for name, value in options.items()
    }
    return Call(command, words, options)


def _check_dashes(word: str) -> None:
    """Raise `Failure` for the name of an option of which a word processor made one dash of two."""
    name = f"--{word.lstrip(''.join(_LONG_DASHES) + '-').partition('=')[0]}"
    if any(name in command.options for command in (*COMMANDS.values(), WIZARD)):
        from fs_triage.text.typography import quote_input

        raise Failure(
            WRONG_CALL, f"Le tiret de {quote_input(word)} n’est pas celui du clavier ; écrivez « {name} »."
        )


def decode_argument(word: str) -> str:
    """Return `word` decoded as UTF-8: in another locale, Python may leave undecoded bytes in it.

    Raises `Failure` when a character of it is lost: what is left of the word may name something else.
    """
    if word.isprintable() and REPLACEMENT_CHARACTER not in word:
        return word
    try:
        text = word.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        text = REPLACEMENT_CHARACTER
    if REPLACEMENT_CHARACTER in text:
        from fs_triage.text.typography import quote_input

        raise Failure(
            WRONG_CALL,
            f"Une lettre de {quote_input(word)} est illisible ; retapez le mot, sans accent au besoin.",
        )
    return text


def split_arguments(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the words of a call and its options, each followed by its value, in the order typed.

    Third comes the last option when it lacks its value.
    """
    words: list[str] = []
    options: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words += rest
        elif argument.startswith("-") and argument != "-" and not argument[1].isdecimal():  # -10 euros
            value = next(rest, None) if argument in VALUE_OPTIONS else ""
            if value is None:
                return words, options, [argument]
            options += [argument, value] if argument in VALUE_OPTIONS else [argument]
        else:
            words.append(argument)
    return words, options, []


def arrange_arguments(arguments: list[str]) -> list[str]:
    """Return `arguments` with the command first, then the options, then the words.

    When the first word is no command, the command is `fiche`; a call without words has none. An option whose
    value is missing stays last, where the lack is seen.
    """
    words, options, lacking = split_arguments(arguments)
    if not words:
        return [*options, *lacking]
    command = words.pop(0) if words[0] in COMMANDS else "fiche"
    if lacking:
        return [command, *words, *options, *lacking]
    return [command, *options, "--", *words] if words else [command, *options]


def parse_call(arguments: list[str]) -> Call | None:
    """Return the call that `arguments` make; raises `Failure` for a word of which a character is lost.

    A call without words has the empty command. None is no error: it means that Typer must read the call, and
    say what is wrong with it if anything is.
    """
    words = arrange_arguments(arguments)
    command = COMMANDS[words.pop(0)] if words and words[0] in COMMANDS else WIZARD
    given: dict[str, str | bool] = {}
    while words and (argument := words.pop(0)) != "--":
        key, joined, value = argument.partition("=")
        option = command.options.get(key)
        if option is None or option.name in given or (joined and (not option.metavar or key == option.short)):
            return None
        if option.metavar and not joined:
            if not words or words[0] == "--":
                return None
            value = words.pop(0)
        given[option.name] = value if option.metavar else True
    return build_call(command.name, words, given) if _is_complete(command, words, given) else None


def _is_complete(command: Command, words: list[str], options: dict[str, str | bool]) -> bool:
    """Return whether a call has as many words as its command takes, and the options that it requires."""
    least = sum(word.are_required for word in command.words)
    are_too_many = len(words) > len(command.words) and not any(word.are_many for word in command.words)
    lacking = [
        option for option in command.options.values() if option.is_required and option.name not in options
    ]
    return len(words) >= least and not are_too_many and not lacking
