"""The state of a list of choices: the filter typed, the choices that match it, the one pointed at."""

from __future__ import annotations

from collections.abc import Callable

from fs_triage.desk.page import Action, Option, Page, fit_text
from fs_triage.text.fold import fold
from fs_triage.text.typography import quote_input
from fs_triage.text.wrap import wrap_text

Fragment = tuple[str, str]
"""A style and a text, as prompt_toolkit takes them."""

_POINTER, _PLAIN_POINTER = "»", ">"
_INDENT = "   "
_HINT = "Flèches et Entrée pour choisir, ou tapez un mot"
_HINT_BACK = "Flèches et Entrée pour choisir, Échap pour revenir, ou tapez un mot"
_LABEL_PREFIXES: dict[str | Action, str] = {Action.BACK: "← "}
_EXITS = (Action.BACK, Action.QUIT)
_MIN_SEARCH_LENGTH = 3  # letters typed before `Page.find_options` is asked


def get_pointer(readable: Callable[[str], str]) -> str:
    """Return the mark before the choice pointed at, as the terminal can show it."""
    return _POINTER if readable(_POINTER) == _POINTER else _PLAIN_POINTER


def _find_rank(options: tuple[Option, ...], value: str | Action | None) -> int:
    """Return the rank of the option of that `value`, 0 when there is none."""
    return next((rank for rank, option in enumerate(options) if option.value == value), 0)


class Choices:
    """The choices of a page, filtered by what is typed.

    `readable` turns a text into what the terminal can show. `lines_below` is the number of lines of the choice
    pointed at, without its first.
    """

    def __init__(self, page: Page, readable: Callable[[str], str]) -> None:
        self.page = page
        self.typed = ""
        self.lines_below = 0
        self._note = ""  # the message about a key that was refused
        self._filtered: tuple[Option, ...] | None = page.options
        self._readable = readable
        self._rank = _find_rank(page.options, page.earlier)

    @property
    def filtered_options(self) -> tuple[Option, ...]:
        """The choices that match the filter; computed when they are shown, not at each key."""
        if self._filtered is None:
            self._filtered = self._filter_options()
        return self._filtered

    def find_pointed_value(self) -> str | Action | None:
        """Return the value of the choice pointed at, None when none matches the filter."""
        return self.filtered_options[self._rank].value if self.filtered_options else None

    def move_pointer(self, by: int) -> None:
        """Point `by` choices further; a single step wraps around, a longer one stops at the ends."""
        count = len(self.filtered_options)
        if count:
            rank = self._rank + by
            self._rank = rank % count if abs(by) == 1 else min(max(rank, 0), count - 1)

    def point_at_first(self) -> None:
        """Point at the first choice."""
        self._rank = 0

    def point_at_last(self) -> None:
        """Point at the last choice."""
        self._rank = max(len(self.filtered_options) - 1, 0)

    def add_text(self, text: str) -> None:
        """Add `text` to the filter, as much of it as fits."""
        taken, note = fit_text(self.typed, text)
        if taken:
            self._apply_filter((self.typed + taken).lstrip())
        self._note = note

    def erase(self) -> None:
        """Remove the last character of the filter."""
        self._apply_filter(self.typed[:-1])

    def clear_filter(self) -> None:
        """Remove the filter; the choice pointed at stays."""
        pointed = self.find_pointed_value()
        self._apply_filter("")
        self._rank = _find_rank(self.filtered_options, pointed)

    def _apply_filter(self, typed: str) -> None:
        self.typed = typed
        self._note = ""
        self._filtered = None
        self._rank = 0

    def _filter_options(self) -> tuple[Option, ...]:
        words = fold(self.typed).split()
        if self.typed.strip() and not words:
            return ()
        texts = [(option, fold(f"{option.label} {option.help}")) for option in self.page.options]
        matches = tuple(option for option, text in texts if all(word in text for word in words))
        if (
            self.page.find_options is not None
            and len(self.typed) >= _MIN_SEARCH_LENGTH
            and (len(words) > 1 or not matches)
        ):
            matches += tuple(self.page.find_options(self.typed))
        return matches

    def has_value(self, value: str | Action) -> bool:
        """Return whether `value` is that of a choice of the page, or of one found for what is typed."""
        return any(option.value == value for option in (*self.page.options, *self.filtered_options))

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

    def _draw_list(self, width: int, roomy: bool) -> list[list[Fragment]]:
        lines = [[("class:note", line)] for line in self._render_filter(width)]
        spaced = roomy and not self.page.compact
        for rank, option in enumerate(self.filtered_options):
            if (
                spaced
                and rank
                and option.value in _EXITS
                and self.filtered_options[rank - 1].value not in _EXITS
            ):
                lines.append([("", "")])
            pointed = rank == self._rank
            drawn = self._draw_option(option, width, pointed, roomy or pointed)
            if pointed:
                self.lines_below = len(drawn) - 1
            lines += drawn
        if spaced and not self.typed:
            hint = self._readable(_HINT_BACK if self.page.has_back else _HINT)
            lines += [[("", "")], *([("class:note", line)] for line in wrap_text(hint, width, " "))]
        return lines

    def _render_filter(self, width: int) -> list[str]:
        notes = [self._note] if self._note else []
        if self.typed and not self.filtered_options:
            notes.insert(0, f"Aucun choix ne contient {quote_input(self.typed)} ; Échap efface le filtre.")
        elif self.typed:
            notes.insert(0, f"Filtre : {self.typed} (Échap l’efface)")
        return [line for note in notes for line in wrap_text(self._readable(note), width, " ")]

    def _draw_option(
        self, option: Option, width: int, pointed: bool, with_help: bool
    ) -> list[list[Fragment]]:
        label = self._readable(_LABEL_PREFIXES.get(option.value, "") + option.label)
        help_text = self._readable(option.help) if with_help else ""
        style = "class:highlighted" if pointed else "class:text"
        beside = self._readable(f" – {help_text}") if help_text else ""
        if len(_INDENT) + len(label) + len(beside) > width:
            beside = ""
        first, *others = wrap_text(label, width, _INDENT)
        start: list[Fragment] = [
            ("class:pointer", f" {get_pointer(self._readable)} "),
            ("[SetCursorPosition]", ""),
        ]
        lines = [
            [
                *(start if pointed else [("", _INDENT)]),
                (style, first.removeprefix(_INDENT)),
                ("class:text", beside),
            ],
            *([(style, line)] for line in others),
        ]
        if help_text and not beside:
            lines += [[("class:text", line)] for line in wrap_text(help_text, width, _INDENT + "  ")]
        return lines
