"""Reading a compiled livret: typed rows, and texts ready to be shown."""

from __future__ import annotations

from fs_triage.index.freshness import FileState, Stamp, parse_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fs_triage.files.checked_file import CheckedFile, Table, Texts
    from fs_triage.index.situations import NamedSituation, SituationRow

KIND = "fs-triage-index 14"
"""What begins the file; its number changes with what a section holds."""
MEMBERS, LINES = ", ", "\n"
"""What stands between the conclusions and contacts of the sections of JSON and of lines, to be printed at once."""


class Meta:
    """What a livret says of itself; `partners` are their ids, in its order.

    `edition`, `licence` and `checked` (when and by whom, as JSON) are empty where it says nothing.
    """

    __slots__ = ("checked", "departement", "edition", "licence", "livret", "partners", "source", "title")

    def __init__(
        self,
        *,
        livret: str,
        title: str,
        departement: str,
        source: str,
        partners: list[str],
        edition: str = "",
        licence: str = "",
        checked: str = "",
    ) -> None:
        self.livret = livret
        self.title = title
        self.departement = departement
        self.source = source
        self.edition = edition
        self.licence = licence
        self.checked = checked
        self.partners = partners

    @classmethod
    def parse(cls, texts: list[str]) -> Meta:
        """Return what `dump` made texts of."""
        livret, title, departement, source, edition, licence, checked, *partners = texts
        return cls(
            livret=livret,
            title=title,
            departement=departement,
            source=source,
            edition=edition,
            licence=licence,
            checked=checked,
            partners=partners,
        )

    def dump(self) -> list[str]:
        """Return it as texts."""
        own = [
            self.livret,
            self.title,
            self.departement,
            self.source,
            self.edition,
            self.licence,
            self.checked,
        ]
        return [*own, *self.partners]


class NodeRow:
    """A node of the tree: the positions of the conclusions at or below it, from `first` to `end`.

    `question` is the position of its question, None for a conclusion; `if_blocked` the id of where to go then.
    """

    __slots__ = ("end", "first", "if_blocked", "question")

    def __init__(self, first: int, end: int, question: int | None, if_blocked: str | None = None) -> None:
        self.first = first
        self.end = end
        self.question = question
        self.if_blocked = if_blocked

    @classmethod
    def parse(cls, line: str) -> NodeRow:
        """Return what `dump` made a line of."""
        first, end, question, if_blocked = line.split(" ")
        return cls(int(first), int(end), int(question) if question else None, if_blocked or None)

    def dump(self) -> str:
        """Return it as a line."""
        question = "" if self.question is None else self.question
        return f"{self.first} {self.end} {question} {self.if_blocked or ''}"


class PartnerRow:
    """The positions of a partner's conclusions and of its contacts, from the first to the end."""

    __slots__ = ("end", "end_contact", "first", "first_contact")

    def __init__(self, first: int, end: int, first_contact: int, end_contact: int) -> None:
        self.first = first
        self.end = end
        self.first_contact = first_contact
        self.end_contact = end_contact

    @classmethod
    def parse(cls, line: str) -> PartnerRow:
        """Return what `dump` made a line of."""
        return cls(*map(int, line.split(" ")))

    def dump(self) -> str:
        """Return it as a line."""
        return f"{self.first} {self.end} {self.first_contact} {self.end_contact}"


class WordRow:
    """The positions of the conclusions that have a word: in their `own` names, or `inherited` from those above."""

    __slots__ = ("inherited", "own")

    def __init__(self, own: list[int], inherited: list[int]) -> None:
        self.own = own
        self.inherited = inherited

    @classmethod
    def parse(cls, line: str) -> WordRow:
        """Return what `dump` made a line of."""
        own, _, inherited = line.partition("|")
        return cls(list(map(int, own.split())), list(map(int, inherited.split())))

    def dump(self) -> str:
        """Return it as a line."""
        return "|".join(" ".join(map(str, positions)) for positions in (self.own, self.inherited))


class NodeNames:
    """What a node is called: all its folded `names`; the words of its label, of all its names, and of what is above it.

    The words stand between spaces, without plurals (`fold.spread_words`), to be looked for as they are.
    """

    __slots__ = ("above", "label", "names", "node", "words")

    def __init__(self, node: str, label: str, words: str, above: str, names: list[str]) -> None:
        self.node = node
        self.label = label
        self.words = words
        self.above = above
        self.names = names

    @classmethod
    def parse(cls, line: str) -> NodeNames:
        """Return what `dump` made a line of."""
        node, label, words, above, names = line.split("\t")
        return cls(node, label, words, above, names.split("|"))

    def dump(self) -> str:
        """Return it as a line."""
        return "\t".join([self.node, self.label, self.words, self.above, "|".join(self.names)])


class ConclusionRow:
    """A conclusion as a line of a list, its fields apart by a tab: its id, the name of its level, its title."""

    __slots__ = ("id", "level", "title")

    def __init__(self, id: str, level: str, title: str) -> None:
        self.id = id
        self.level = level
        self.title = title

    @classmethod
    def parse(cls, line: str) -> ConclusionRow:
        """Return what `dump` made a line of."""
        return cls(*line.split("\t"))

    def dump(self) -> str:
        """Return it as a line."""
        return f"{self.id}\t{self.level}\t{self.title}"


class Reader:
    """An open index: `get` gives what must be there, `find` None for what is not, `list` all of it or a partner's.

    Raises `Damaged` where the file was; never once it is loaded. Positions count conclusions in their order.
    """

    def __init__(self, file: CheckedFile) -> None:
        self.file = file
        self.meta = Meta.parse(file.read_texts("meta").list())
        self.stamp = Stamp.parse(file.read_texts("stamp").list())
        self._tables: dict[str, Table] = {}
        self._texts: dict[str, Texts] = {}

    def list_sources(self) -> list[FileState]:
        """Return the rule files that the index was made from."""
        return parse_files(self.read_sources())

    def read_sources(self) -> list[str]:
        """Return these rule files as `freshness.dump_files` does."""
        return self.file.read_texts("sources").list()

    def read_program(self) -> list[str]:
        """Return the files of the program likewise, nothing where its version tells enough."""
        return self.file.read_texts("program").list()

    def find_partner(self, name: str) -> str | None:
        """Return the id of the partner that has this folded name, with its small words or without, or in one word."""
        return self._find("names", name)

    def get_partner(self, partner: str) -> PartnerRow:
        """Return the row of a partner."""
        return PartnerRow.parse(self._get("partners", partner))

    def find_node(self, node: str) -> NodeRow | None:
        """Return the row of the node with this id."""
        line = self._find("nodes", node)
        return None if line is None else NodeRow.parse(line)

    def get_node(self, node: str) -> NodeRow:
        """Return the row of a node."""
        return NodeRow.parse(self._get("nodes", node))

    def find_successor(self, node: str) -> str | None:
        """Return the id that a former id leads to."""
        return self._find("renamed", node)

    def find_word(self, word: str) -> WordRow | None:
        """Return where a folded word stands."""
        line = self._find("words", word)
        return None if line is None else WordRow.parse(line)

    def find_reference(self, name: str) -> WordRow | None:
        """Return what refers to a contact or a page by `name` (`lookup.list_words`, joined by spaces).

        Its `own` conclusions have a contact or a page of this whole name, its `inherited` ones a contact whose name
        has it as a word.
        """
        line = self._find("references", name)
        return None if line is None else WordRow.parse(line)

    def list_partner_names(self) -> dict[str, list[str]]:
        """Return all that each partner is called, as the rules write it, by id."""
        names = [text.split("\n") for text in self._get_texts("partner-names").list()]
        return dict(zip(self.meta.partners, names, strict=True))

    def join_node_names(self) -> str:
        """Return the lines of the `NodeNames` of all nodes, in the order of the livret."""
        return self._get_texts("node-names").join().decode()

    def join_contact_names(self) -> str:
        """Return a line for each contact: its words between spaces, and the positions of the conclusions with it."""
        return self._get_texts("contact-names").join().decode()

    def get_conclusion_json(self, position: int) -> str:
        """Return a conclusion as JSON."""
        return self._get_texts("conclusions").get(position)

    def get_conclusion_text(self, position: int) -> str:
        """Return a conclusion as text of several lines."""
        return self._get_texts("conclusion-texts").get(position)

    def get_conclusion_head(self, position: int) -> list[str]:
        """Return the first two lines of a conclusion as text: the way that leads there, and its level."""
        return self.get_conclusion_text(position).split("\n", 2)[:2]

    def get_conclusion_row(self, position: int) -> ConclusionRow:
        """Return a conclusion as a list has it."""
        return ConclusionRow.parse(self._get_texts("conclusion-lines").get(position))

    def get_conclusion_id(self, position: int) -> str:
        """Return the id of a conclusion."""
        return self.get_conclusion_row(position).id

    def list_conclusions_json(self, partner: str | None = None) -> list[str]:
        """Return conclusions as JSON."""
        return self._get_texts("conclusions").list(*self._conclusions_of(partner))

    def join_conclusions_json(self, partner: str | None = None) -> bytes:
        """Return the members of a JSON array of conclusions."""
        return self._get_texts("conclusions").join(*self._conclusions_of(partner))

    def join_conclusion_lines(self, partner: str | None = None) -> bytes:
        """Return conclusions as lines of one text."""
        return self._get_texts("conclusion-lines").join(*self._conclusions_of(partner))

    def list_conclusion_rows(self, partner: str | None = None) -> list[ConclusionRow]:
        """Return conclusions as a list has them."""
        lines = self._get_texts("conclusion-lines").list(*self._conclusions_of(partner))
        return [ConclusionRow.parse(line) for line in lines]

    def list_contacts_json(self, partner: str | None = None) -> list[str]:
        """Return contacts as JSON, each with the ids of the conclusions that use it."""
        return self._get_texts("contacts").list(*self._contacts_of(partner))

    def join_contacts_json(self, partner: str | None = None) -> bytes:
        """Return the members of a JSON array of contacts."""
        return self._get_texts("contacts").join(*self._contacts_of(partner))

    def join_contact_lines(self, partner: str | None = None) -> bytes:
        """Return contacts as lines of one text."""
        return self._get_texts("contact-lines").join(*self._contacts_of(partner))

    def list_contact_lines(self, partner: str | None = None) -> list[str]:
        """Return contacts as lines."""
        return self._get_texts("contact-lines").list(*self._contacts_of(partner))

    def list_missing_contacts(self, partner: str | None = None) -> list[list[str]]:
        """Return the contacts that are yet to be filled, those of a partner or all: partner, id and label of each."""
        rows = [text.split("\t") for text in self._get_texts("missing").list()]
        return [row for row in rows if partner in (None, row[0])]

    def find_question_json(self, node: str) -> str | None:
        """Return the question of a node as JSON, None where a conclusion or nothing stands there."""
        row = self.find_node(node)
        if row is None or row.question is None:
            return None
        return self._get_texts("questions").get(row.question)

    def get_question_json(self, node: str) -> str:
        """Return the question of a node, which has one, as JSON."""
        text = self.find_question_json(node)
        assert text is not None
        return text

    def list_choices(self, node: str) -> list[str]:
        """Return the answers that a call can name at a node, as lines: the id and the label, a tab between them."""
        row = self.find_node(node)
        if row is None or row.question is None:
            return []
        return self._get_texts("choices").get(row.question).split("\n")

    def list_situations(self) -> list[SituationRow]:
        """Return the events of life, in the order of the livret."""
        from fs_triage.index.situations import SituationRow  # no lookup pays for it

        return [SituationRow.parse(text) for text in self._get_texts("situations").list()]

    def find_situation(self, situation: str) -> SituationRow | None:
        """Return the event of life that has this id."""
        return next((row for row in self.list_situations() if row.id == situation), None)

    def find_named_situations(self, text: str) -> list[NamedSituation]:
        """Return the events of life that `text` names, the ones that it names by most words first."""
        from fs_triage.index.situations import find_named

        return find_named(self.list_situations(), text)

    def get_owner(self) -> str:
        """Return the e-mail address of who keeps the livret, empty where it does not say."""
        return self._get_texts("owner").get(0)

    def list_message_templates(self) -> dict[str, tuple[str, str]]:
        """Return the subject and the body of each template of a message, by its name: a kind, or a contact."""
        texts = self._get_texts("messages").list()
        return {name: (subject, body) for name, subject, body in zip(*[iter(texts)] * 3, strict=True)}

    def list_reserved_values(self) -> list[str]:
        """Return the values of contacts for counsellors: none may stand on what a visitor is given."""
        return self._get_texts("reserved").list()

    def _conclusions_of(self, partner: str | None) -> tuple[int, int | None]:
        if partner is None:
            return 0, None
        row = self.get_partner(partner)
        return row.first, row.end

    def _contacts_of(self, partner: str | None) -> tuple[int, int | None]:
        if partner is None:
            return 0, None
        row = self.get_partner(partner)
        return row.first_contact, row.end_contact

    def _find(self, section: str, key: str) -> str | None:
        table = self._tables.get(section)
        if table is None:
            table = self._tables[section] = self.file.read_table(section)
        return table.find(key)

    def _get_texts(self, section: str) -> Texts:
        texts = self._texts.get(section)
        if texts is None:
            texts = self._texts[section] = self.file.read_texts(section)
        return texts

    def _get(self, section: str, key: str) -> str:
        line = self._find(section, key)
        if line is None:
            raise KeyError(key)
        return line
