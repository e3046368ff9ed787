"""A livret of any size: made by the benchmarks, accepted by `verifier`, and read no more the larger it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Call, make_old

from fs_triage.cli import completion
from fs_triage.files.checked_file import CheckedFile
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret, answer_from, open_livret

sys.path.insert(0, str(ROOT / "benchmarks"))

import livrets

SIZES = (40, 800)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [livrets.write(tmp_path_factory.mktemp("tailles") / f"x{size}", size) for size in SIZES]


def test_a_made_up_livret_has_its_size_and_no_problem(folders: list[Path], call: Call) -> None:
    for folder, size in zip(folders, SIZES, strict=True):
        code, out, err = call("liste", "--regles", str(folder))
        assert (code, err) == (0, "")
        assert abs(len(out.splitlines()) - size) <= len(livrets.PARTNERS)
        assert {line.partition("/")[0] for line in out.splitlines()} == set(livrets.PARTNERS)
    code, out, err = call("verifier", str(folders[0]))
    assert (code, (out + err).splitlines()[-1]) == (0, "Aucun problème.")
    assert livrets.write(folders[0].parent / "encore" / folders[0].name, SIZES[0]).exists()
    for path in folders[0].rglob("*.yaml"):
        again = folders[0].parent / "encore" / path.relative_to(folders[0].parent)
        assert again.read_bytes() == path.read_bytes(), "the same size gives the same files"


def test_words_are_all_different() -> None:
    assert len({livrets.word(number) for number in range(30_000)}) == 30_000


def shown(livret: OpenLivret, *words: str) -> list[str]:
    return [
        livret.get_conclusion_text(position) for position in lookup.look_up(livret, list(words)).positions
    ]


def completed(livret: OpenLivret, monkeypatch: pytest.MonkeyPatch, *before: str) -> list[str]:
    with monkeypatch.context() as patch:
        patch.setattr(completion, "answer_from", lambda _folder, answer: answer(livret))
        return completion.build_proposals(list(before), "")


def test_a_larger_livret_is_read_little_more(
    folders: list[Path], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few pages, and the tables that tell where a thing is."""
    word = livrets.word(1)
    calls: dict[str, Callable[[OpenLivret], object]] = {
        "id": lambda livret: shown(livret, "caf/aide"),
        "words": lambda livret: shown(livret, "ants", word),
        "absence": lambda livret: lookup.look_up(livret, ["caf", "zzzz"]).by == "nothing",
        "completion": lambda livret: completed(livret, monkeypatch, "caf"),
        "first word": lambda livret: completed(livret, monkeypatch),
    }
    for folder in folders:
        open_livret(str(make_old(folder)))
    sizes: list[int] = []
    real = CheckedFile._read_raw

    def watched(self: CheckedFile, begin: int, end: int) -> bytes:
        content = real(self, begin, end)
        sizes.append(len(content))
        return content

    monkeypatch.setattr(CheckedFile, "_read_raw", watched)
    for name, ask in calls.items():
        small, large = (_read_by(sizes, folder, ask) for folder in folders)
        assert small > 0
        assert large <= small * 2.5, name  # whole pages are read: one more or less, as the index falls out


def _read_by(sizes: list[int], folder: Path, ask: Callable[[OpenLivret], object]) -> int:
    """Return how many bytes an answer reads."""
    del sizes[:]
    assert answer_from(str(folder), ask)
    return sum(sizes)
