"""The bad livret of each code: the good one, but for the piece that `tests/unit/checks/bad/<code>.diff` changes.

Such a file begins with what `verifier` says. `--- name` then names a file of the livret, of which lines are changed:
`-` before a line to take out, `+` before one to put there, a space before one that only tells the place, `@@` between
two places. `+++ name` names a file that is written whole. Bytes stay bytes: what is not UTF-8 can be said too.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "tests" / "livrets" / "bon"
EXAMPLES = ROOT / "tests" / "unit" / "checks" / "bad"


@dataclass(slots=True)
class BadExample:
    """What `verifier` says of a bad livret, and how the livret differs from the good one."""

    code: str
    expected: list[str] = field(default_factory=list)
    changes: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """The name of a file, what stands there, and what is to stand there instead."""
    files: dict[str, bytes] = field(default_factory=dict)
    """The content of each file that is written whole."""

    def write(self, parent: Path) -> Path:
        """Write the livret in a folder of `parent` named after the code, beside the good one; return the folder."""
        shutil.copytree(GOOD, parent / GOOD.name, dirs_exist_ok=True)
        folder = Path(shutil.copytree(GOOD, parent / self.code))
        for name, before, after in self.changes:
            content = b"\n" + (folder / name).read_bytes()
            assert b"\n" + before in content, f"{self.code}: {before.decode(errors='replace')}"
            content = content.replace(b"\n" + before, b"\n" + after, 1)
            (folder / name).write_bytes(content[1:])
        for name, content in self.files.items():
            path = folder / name
            if path.parent.is_file():  # a file of the good livret is to be a folder
                path.parent.unlink()
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return folder


def read_example(code: str) -> BadExample:
    """Return the example of `code`."""
    found = BadExample(code)
    name, is_whole = "", False
    for line in (EXAMPLES / f"{code}.diff").read_bytes().splitlines(keepends=True):
        if line.startswith((b"--- ", b"+++ ")):
            name, is_whole = line[4:].decode().strip(), line.startswith(b"+")
        if not name:
            found.expected.append(line.decode().rstrip("\n"))
        elif line.startswith(b"+++ "):
            found.files[name] = b""
        elif line.startswith((b"--- ", b"@@")):
            found.changes.append((name, b"", b""))
        elif is_whole:
            found.files[name] += line[1:]
        else:
            _, before, after = found.changes.pop()
            before += line[1:] if line[:1] in (b"-", b" ") else b""
            after += line[1:] if line[:1] in (b"+", b" ") else b""
            found.changes.append((name, before, after))
    return found


def write_expected(code: str, lines: list[str]) -> None:
    """Say in the example of `code` that `verifier` says `lines`."""
    path = EXAMPLES / f"{code}.diff"
    content = b"\n" + path.read_bytes()
    start = min(place for mark in (b"\n--- ", b"\n+++ ") if (place := content.find(mark)) >= 0)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode() + content[start + 1 :])


def list_codes() -> list[str]:
    """Return the codes that have an example."""
    return sorted(path.stem for path in EXAMPLES.glob("*.diff"))
