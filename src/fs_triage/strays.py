"""Files of a livret that do not have the name under which they are looked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fs_triage import source
from fs_triage.booklet import Booklet
from fs_triage.names import nearest

_HEAD = 2000  # bytes of a file in which its id stands


def file_meant(folder: Path, name: str, own: Collection[str], booklet: Booklet) -> str:
    """Return what to do about the file of the partner `name` of `booklet`, which is not in `folder`.

    `own` are the names of the files of a livret that are no partner's.
    """
    cited = [f"{partner}.yaml" for partner in booklet.partners]
    found = [file for file in sorted(folder.iterdir()) if ".y" in file.name.lower()]
    others = [file for file in found if file.name not in own and file.name not in cited]
    for file in others:
        content, _ = source.content_of(file, str(file))
        if f"id: {name}" in content[:_HEAD].decode(errors="replace").splitlines():
            return f"renommez « {file.name} » en « {name}.yaml »"
    near = nearest(f"{name}.yaml", [file.name for file in others])
    return near or f"créez ce fichier, ou ôtez « {name} » de partners"
