"""The state of a list of choices: the filter typed, the choices that match it, the one pointed at."""

from __future__ import annotations

from collections.abc import Callable

from fs_triage.desk.page import BACK, QUIT, Option, Page, fit_text
from fs_triage.text.fold import fold
from fs_triage.text.typography import quote_input
from fs_triage.text.wrap import wrap_text

Fragment = tuple[str, str]
"""A style and a text, as prompt_toolkit takes them."""

_POINTER, _PLAIN_POINTER = "»", ">"
_INDENT = "   "
_HINT = "Flèches et Entrée pour choisir, ou tapez un mot"
_HINT_BACK = "Flèches et Entrée pour choisir, Échap pour revenir, ou tapez un mot"
_LABEL_PREFIXES = {BACK: "← "}
_EXIT_VALUES = (BACK, QUIT)
_MIN_SEARCH_LENGTH = 3  # letters from which what is typed is looked for elsewhere than in the choices


def get_pointer(readable: Callable[[str], str]) -> str:
    """Return the mark before the choice pointed at, as the terminal can show it."""
    return _POINTER if readable(_POINTER) == _POINTER else _PLAIN_POINTER


class Choices:
    """The choices of a page, filtered by what is typed.

    `readable` turns a text into what the terminal can show. `lines_below` says how many lines of the choice
    pointed at stand below its first.
    """

    def __init__(self, page: Page, readable: Callable[[str], str]) -> None:
        self.page = page
        self.typed = ""
        self.lines_below = 0
        self._refused = ""  # what to say of a key that was not taken
        self._left: tuple[Option, ...] | None = page.options
        self._readable = readable
        values = [option.value for option in page.options]
        self._at = values.index(page.earlier) if page.earlier in values else 0

    @property
    def filtered_options(self) -> tuple[Option, ...]:
        """The choices that the filter leaves, and those it finds; looked for when they are shown, not at each key."""
        if self._left is None:
            self._left = self._filter_options()
        return self._left

    def find_pointed_value(self) -> str | None:
        """Return the value of the choice pointed at, None when the filter leaves none."""
        return self.filtered_options[self._at].value if self.filtered_options else None

    def move_pointer(self, by: int) -> None:
        """Point `by` choices further; a single step goes round, a longer one stops at the ends."""
        if self.filtered_options:
            at = self._at + by
            self._at = (
                at % len(self.filtered_options)
                if abs(by) == 1
                else min(max(at, 0), len(self.filtered_options) - 1)
            )

    def point_at_first(self) -> None:
        """Point at the first choice."""
        self._at = 0

    def point_at_last(self) -> None:
        """Point at the last choice."""
        self._at = max(len(self.filtered_options) - 1, 0)

    def add_text(self, text: str) -> None:
        """Add `text` to the filter, as much of it as fits."""
        taken, refused = fit_text(self.typed, text)
        if taken:
            self._apply_filter((self.typed + taken).lstrip())
        self._refused = refused

    def erase(self) -> None:
        """Take the last character of the filter away."""
        self._apply_filter(self.typed[:-1])

    def clear_filter(self) -> None:
        """Take the filter away; the choice pointed at stays."""
        kept = self.find_pointed_value()
        self._apply_filter("")
        values = [option.value for option in self.filtered_options]
        self._at = values.index(kept) if kept in values else 0

    def _apply_filter(self, typed: str) -> None:
        self.typed = typed
        self._refused = ""
        self._left = None
        self._at = 0

    def _filter_options(self) -> tuple[Option, ...]:
        words = fold(self.typed).split()
        if self.typed.strip() and not words:
            return ()
        texts = [(option, fold(f"{option.label} {option.help}")) for option in self.page.options]
        left = tuple(option for option, text in texts if all(word in text for word in words))
        if (
            self.page.found is not None
            and len(self.typed) >= _MIN_SEARCH_LENGTH
            and (len(words) > 1 or not left)
        ):
            left += tuple(self.page.found(self.typed))
        return left

    def has_value(self, value: str) -> bool:
        """Return whether `value` is that of a choice of the page, or of one that what is typed has found."""
        return any(option.value == value for option in (*self.page.options, *self.filtered_options))

    def draw(self, columns: int, rows: int) -> list[Fragment]:
        """Return the list for a terminal of that size.

        Where there is room for it, every help and a hint on the keys; else the help of the choice pointed at.
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
                and option.value in _EXIT_VALUES
                and self.filtered_options[rank - 1].value not in _EXIT_VALUES
            ):
                lines.append([("", "")])
            pointed = rank == self._at
            drawn = self._draw_option(option, width, pointed, roomy or pointed)
            if pointed:
                self.lines_below = len(drawn) - 1
            lines += drawn
        if spaced and not self.typed:
            hint = self._readable(_HINT_BACK if self.page.has_back else _HINT)
            lines += [[("", "")], *([("class:note", line)] for line in wrap_text(hint, width, " "))]
        return lines

    def _render_filter(self, width: int) -> list[str]:
        notes = [self._refused] if self._refused else []
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
