"""The livrets that both sides of a comparison inherit from: read once, as they are now, they cannot be compared."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fs_triage.author.shown_paths import shorten_path
from fs_triage.files.folders import BOOKLET
from fs_triage.rules.load import LoadResult
from fs_triage.text.typography import quote_text


class SharedLayer(NamedTuple):
    """A livret that both sides inherit from; `is_newer` tells that it was written after both sides were."""

    folder: Path
    is_newer: bool

    @property
    def name(self) -> str:
        """What a heir calls it."""
        return self.folder.name


def find_shared_layers(old: LoadResult, new: LoadResult) -> list[SharedLayer]:
    """Return the livrets that both sides inherit from, unless both are one folder."""
    own = [side.folder.resolve() for side in (old, new)]
    if own[0] == own[1]:
        return []
    times, others = _read_times(old), _read_times(new)
    # a copy keeps the times of its files: that it was made later is told by the system alone
    made = [(folder / BOOKLET).stat().st_ctime_ns for folder in own if (folder / BOOKLET).exists()]
    written = max(times.pop(own[0], 0), others.get(own[1], 0), *made)
    return [
        SharedLayer(folder, is_newer=moment > written)
        for folder, moment in sorted(times.items())
        if folder in others and folder not in own
    ]


def render_shared_layer(layer: SharedLayer) -> str:
    """Return the sentence that says what was not compared, and how it would be."""
    name, folder = quote_text(layer.name), quote_text(shorten_path(str(layer.folder)))
    told = f"Ce qui vient de {name} n’est pas comparé\u00a0: les deux livrets le lisent dans {folder}"
    if not layer.is_newer:
        return f"{told}."
    return (
        f"{told}, écrit après l’ancien livret. Pour le comparer, gardez à côté de l’ancien livret "
        f"le {name} qui allait avec lui\u00a0: un même dossier, autre que celui d’aujourd’hui, qui a les deux."
    )


def _read_times(side: LoadResult) -> dict[Path, int]:
    """Return the time of the last change of each livret that a side is read from, by its folder."""
    folders = {file.path.parent for file in side.files if file.path.name == BOOKLET and file.size >= 0}
    return {
        folder.resolve(): max(file.mtime_ns for file in side.files if file.path.is_relative_to(folder))
        for folder in folders
    }
