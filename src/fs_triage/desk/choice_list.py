"""The state of a list of choices: the words typed, the choices they found, the one pointed at."""

from __future__ import annotations

from collections.abc import Callable

from fs_triage.desk.page import Action, Found, Option, Page, Retype, Unfound, Value, fit_text
from fs_triage.text.fold import fold
from fs_triage.text.wrap import wrap_text

Fragment = tuple[str, str]
"""A style and a text, as prompt_toolkit takes them."""

_POINTER, _PLAIN_POINTER = "»", ">"
_INDENT = "   "
_CHOOSE, _GO_BACK, _TYPE = "Flèches et Entrée pour choisir", "Échap pour revenir", "ou tapez le besoin"
_LABEL_PREFIXES: dict[Value, str] = {Action.BACK: "← "}
_NO_CHOICE = "Aucun choix ne porte ces mots."
_EXITS = (Action.BACK, Action.QUIT)
_BETWEEN = " – "
_MIN_SHOWN = 8  # letters of a way below which it is left out


def get_pointer(readable: Callable[[str], str]) -> str:
    """Return the mark before the choice pointed at, as the terminal can show it."""
    return _POINTER if readable(_POINTER) == _POINTER else _PLAIN_POINTER


def find_choices(page: Page, typed: str) -> Found:
    """Return what `typed` means on a page: what it was understood as, and the actions that it begins the name of.

    An action comes last, unless its name is typed whole: words are about what visitors need. Where a page finds
    nothing but its own choices, their helps are looked through too.
    """
    typed = typed.strip()
    if not typed:
        return Found(page.options)
    words = fold(typed)
    if page.find is None:
        own = tuple(o for o in page.options if _begins_words(words, fold(f"{o.label} {o.help}")))
        return Found(own, () if own else (_NO_CHOICE,))
    actions = [option for option in page.options if isinstance(option.value, Action)]
    if whole := tuple(option for option in actions if _names_whole(words, option)):
        return Found(whole)
    named = tuple(option for option in actions if _begins_words(words, fold(option.label)))
    found = page.find(typed)
    if named and not found.options:
        return Found(named)
    return Found((*found.options, *named), found.notes, found.unfound)


def _names_whole(words: str, option: Option) -> bool:
    """Return whether folded `words` are the name of a choice, without or with more of what is said of it.

    The name ends before a count in brackets and before a colon: « Cette visite (2) » is typed « cette visite ».
    """
    name = fold(option.label.partition("(")[0].partition(":")[0])
    return len(words) >= len(name) and f"{fold(f'{option.label} {option.help}')} ".startswith(f"{words} ")


def _begins_words(typed: str, label: str) -> bool:
    """Return whether each word of `typed` begins a word of `label`, both folded."""
    words = typed.split()
    return bool(words) and all(any(each.startswith(word) for each in label.split()) for word in words)


def fit_line(option: Option, width: int, readable: Callable[[str], str]) -> tuple[str, str]:
    """Return an option that was found as one line of at most `width` letters, and its label when that is not whole.

    The line is the label, the level, and what tells it apart. The level is whole; the label is shortened only once
    there is no room for the rest.
    """
    label, level, help_text = readable(option.label), readable(option.level), readable(option.help)
    between, dots = readable(_BETWEEN), readable("…")
    end = between + level if level else ""
    shown = shorten(label, max(width - len(end), len(dots) + 1), dots)
    line = shown + end
    room = width - len(line) - len(between)
    if help_text and room >= min(len(help_text), _MIN_SHOWN):
        line += between + shorten(help_text, room, dots)
    return line, "" if shown == label else label


def shorten(text: str, longest: int, dots: str) -> str:
    """Return `text` in at most `longest` letters, with `dots` in the place of what is left out."""
    return text if len(text) <= longest else text[: longest - len(dots)].rstrip(" ›–,:\u00a0") + dots


def _find_rank(options: tuple[Option, ...], value: Value | None) -> int:
    """Return the rank of the option of that `value`, 0 when there is none."""
    return next((rank for rank, option in enumerate(options) if option.value == value), 0)


class Choices:
    """The choices of a page: its own, or those found for what is typed.

    `readable` turns a text into what the terminal can show. `lines_below` is the number of lines of the choice
    pointed at, without its first.
    """

    def __init__(self, page: Page, readable: Callable[[str], str]) -> None:
        self.page = page
        self.typed = page.typed
        self.lines_below = 0
        self._note = ""  # the message about a key that was refused
        self._found: Found | None = None
        self._readable = readable
        self._rank: int | None = _find_rank(self.options, page.earlier)
        if page.document is not None and not self.typed:
            self._rank = None

    @property
    def options(self) -> tuple[Option, ...]:
        """The choices that are shown."""
        return self._find().options

    def _find(self) -> Found:
        """Return what is shown; found when it is drawn or chosen from, not at each key of many typed at once."""
        if self._found is None:
            self._found = find_choices(self.page, self.typed)
            if any(isinstance(option.value, Retype) for option in self._found.options[:1]):
                self._rank = None
        return self._found

    def find_pointed_value(self) -> Value | None:
        """Return the value of the choice pointed at, None where there is none."""
        options = self.options
        return options[self._rank].value if options and self._rank is not None else None

    def choose(self) -> Value | None:
        """Return the value of the choice pointed at, None where there is none.

        Other words than those typed are only a guess: they are pointed at first, and chosen the next time.
        """
        value = self.find_pointed_value()
        if value is None and self.typed:
            self._rank = 0
        return value

    def find_unfound(self) -> Unfound | None:
        """Return what the words typed are, where the page ends with words that found nothing; None for others."""
        outcome = self._find().unfound if self.page.ends_unfound and self.typed else ""
        return Unfound(outcome) if outcome else None

    def move_pointer(self, by: int) -> None:
        """Point `by` choices further; a single step wraps around, a longer one stops at the ends."""
        count = len(self.options)
        if count and self._rank is None:
            self._rank = 0 if by > 0 else count - 1
        elif count and self._rank is not None:
            rank = self._rank + by
            self._rank = rank % count if abs(by) == 1 else min(max(rank, 0), count - 1)

    def point_at_first(self) -> None:
        """Point at the first choice."""
        self._rank = 0

    def point_at_last(self) -> None:
        """Point at the last choice."""
        self._rank = max(len(self.options) - 1, 0)

    def add_text(self, text: str) -> None:
        """Add `text` to the words typed, as much of it as fits."""
        taken, note = fit_text(self.typed, text)
        if taken:
            self._set_typed((self.typed + taken).lstrip())
        self._note = note

    def erase(self) -> None:
        """Remove the last letter typed."""
        if self.typed:
            self._set_typed(self.typed[:-1])

    def clear_typed(self) -> None:
        """Remove the words typed; an answer of the page that was pointed at stays so."""
        if self.typed:
            pointed = self.find_pointed_value()
            self._set_typed("")
            if self._rank is not None:
                self._rank = _find_rank(self.options, pointed)

    def _set_typed(self, typed: str) -> None:
        self.typed = typed
        self._note = ""
        self._found = None
        self._rank = None if self.page.document is not None and not typed.strip() else 0

    def has_value(self, value: Value) -> bool:
        """Return whether `value` is that of a choice that is shown, or of the words typed."""
        return value == self.find_unfound() or any(
            option.value == value for option in (*self.page.options, *self.options)
        )

    def draw(self, columns: int, rows: int) -> list[Fragment]:
        """Return the list for a terminal of that size.

        With every help and a hint on the keys where there is room, else with the help of the choice pointed at alone.
        """
        width = max(columns - 2, 1)
        head = [*self.page.head, self.page.question]
        room = rows - sum(len(wrap_text(line, width)) for line in head) - 1
        lines = self._draw_list(width, roomy=True)
        if len(lines) > room:
            lines = self._draw_list(width, roomy=False)
        fragments: list[Fragment] = []
        for line in lines:
            fragments += [*line, ("", "\n")]
        return fragments[:-1]

    @property
    def is_row(self) -> bool:
        """Whether the choices stand side by side: those of a document, while nothing is typed."""
        return self.page.document is not None and not self.typed

    def find_hint(self) -> str:
        """Return what the choice pointed at does, else the hint of the page."""
        pointed = self.options[self._rank] if self.is_row and self._rank is not None else None
        return pointed.help or self.page.hint if pointed else self.page.hint

    def _draw_row(self, width: int) -> list[list[Fragment]]:
        """Return the choices side by side, on as many lines as they take."""
        lines: list[list[Fragment]] = [[]]
        length = 0
        for rank, option in enumerate(self.options):
            label = self._readable(option.label)
            if length and length + len(_INDENT) + len(label) > width:
                lines.append([])
                length = 0
            pointed = rank == self._rank
            start: list[Fragment] = [("", _INDENT)]
            if pointed:
                start = [("class:pointer", f" {get_pointer(self._readable)} "), ("[SetCursorPosition]", "")]
            lines[-1] += [*start, ("class:highlighted" if pointed else "class:text", label)]
            length += len(_INDENT) + len(label)
        self.lines_below = 0
        return lines

    def _draw_list(self, width: int, roomy: bool) -> list[list[Fragment]]:
        if self.is_row:
            notes = [*self.page.head, *([self._note] if self._note else [])]
            return [
                *(
                    [("class:note", line)]
                    for note in notes
                    for line in wrap_text(self._readable(note), width, " ")
                ),
                *self._draw_row(width),
            ]
        lines: list[list[Fragment]] = [[("class:note", line)] for line in self._render_typed(width)]
        spaced = roomy and self.page.document is None
        before: Option | None = None
        whole: list[str] = []  # the label pointed at, where its line is too short for it
        for rank, option in enumerate(self.options):
            if isinstance(option.value, Action):
                lines += [[("class:note", line)] for line in whole]
                whole = []
            if spaced and before and option.value in _EXITS and before.value not in _EXITS:
                lines.append([("", "")])
            if option.group and (before is None or option.group != before.group):
                group = self._readable(option.group)
                lines.append([("class:note", f" {shorten(group, width - 1, self._readable('…'))}")])
            pointed = rank == self._rank
            drawn = self._draw_option(option, width, pointed, roomy or pointed)
            if pointed and option.found:
                cut = fit_line(option, width - len(_INDENT), self._readable)[1]
                whole = wrap_text(cut, width, _INDENT) if cut else []
                if not roomy or self.page.document is not None:  # the end of the list may be out of sight
                    drawn += [[("class:note", line)] for line in whole]
                    whole = []
            if pointed:
                self.lines_below = len(drawn) - 1
            lines += drawn
            before = option
        lines += [[("class:note", line)] for line in whole]
        if spaced and not self.typed:
            hints = [
                _CHOOSE,
                *([_GO_BACK] if self.page.has_back else []),
                *([_TYPE] if self.page.find else []),
            ]
            hint = self._readable(", ".join(hints))
            lines += [[("", "")], *([("class:note", line)] for line in wrap_text(hint, width, " "))]
        return lines

    def _render_typed(self, width: int) -> list[str]:
        typed = [f"Recherche\u00a0: {self.typed} (Échap l’efface)"] if self.typed else []
        notes = [*typed, *(self._find().notes if self.typed else ()), *([self._note] if self._note else [])]
        return [line for note in notes for line in wrap_text(self._readable(note), width, " ")]

    def _draw_option(
        self, option: Option, width: int, pointed: bool, with_help: bool
    ) -> list[list[Fragment]]:
        style = "class:highlighted" if pointed else "class:text"
        start: list[Fragment] = [("", _INDENT)]
        if pointed:
            start = [("class:pointer", f" {get_pointer(self._readable)} "), ("[SetCursorPosition]", "")]
        if option.found:
            return [[*start, (style, fit_line(option, width - len(_INDENT), self._readable)[0])]]
        label = self._readable(_LABEL_PREFIXES.get(option.value, "") + option.label)
        help_text = self._readable(option.help) if with_help else ""
        beside = self._readable(f"{_BETWEEN}{help_text}") if help_text else ""
        if len(_INDENT) + len(label) + len(beside) > width:
            beside = ""
        first, *others = wrap_text(label, width, _INDENT)
        lines: list[list[Fragment]] = [
            [*start, (style, first.removeprefix(_INDENT)), ("class:text", beside)],
            *([(style, line)] for line in others),
        ]
        if help_text and not beside:
            lines += [[("class:text", line)] for line in wrap_text(help_text, width, _INDENT + "  ")]
        return lines
