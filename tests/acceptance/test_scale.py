"""A livret of any size: made by the benchmarks, accepted by `verifier`, and read no more the larger it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Call

from fs_triage.cli import completion
from fs_triage.index import lookup
from fs_triage.index.reader import Store, open_store
from fs_triage.search import rank

sys.path.insert(0, str(ROOT / "benchmarks"))

import livrets

SIZES = (40, 800)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [livrets.write(tmp_path_factory.mktemp("tailles") / f"x{size}", size) for size in SIZES]


@pytest.fixture
def stores(folders: list[Path], call: Call) -> Iterator[list[Store]]:
    opened = [open_store(str(folder)) for folder in folders]
    yield opened
    for store in opened:
        store.close()


def test_a_made_up_livret_has_its_size_and_no_problem(folders: list[Path], call: Call) -> None:
    for folder, size in zip(folders, SIZES, strict=True):
        code, out, err = call("liste", "--regles", str(folder))
        assert (code, err) == (0, "")
        assert abs(len(out.splitlines()) - size) <= len(livrets.PARTNERS)
        assert {line.partition("/")[0] for line in out.splitlines()} == set(livrets.PARTNERS)
    code, out, err = call("verifier", str(folders[0]))
    assert (code, (out + err).splitlines()[-1]) == (0, "Aucun problème.")
    assert livrets.write(folders[0].parent / "encore" / folders[0].name, SIZES[0]).exists()
    for path in folders[0].iterdir():
        again = folders[0].parent / "encore" / folders[0].name / path.name
        assert again.read_bytes() == path.read_bytes(), "the same size gives the same files"


def test_words_are_all_different() -> None:
    assert len({livrets.word(number) for number in range(30_000)}) == 30_000


def read_by(store: Store, call: Callable[[Store], object]) -> tuple[int, int]:
    """Return how many entries and how many characters a call reads from the index."""
    characters: list[int] = []
    real = store.read

    def watched(key: str) -> str | None:
        value = real(key)
        characters.append(len(value or ""))
        return value

    store.read = watched  # type: ignore[method-assign]
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    try:
        assert call(store)
    finally:
        store.connection.set_trace_callback(None)
        store.read = real  # type: ignore[method-assign]
    return len(statements), sum(characters)


def shown(store: Store, *words: str) -> list[str]:
    return store.block("text", lookup.find(store, list(words)).positions)


def completed(store: Store, monkeypatch: pytest.MonkeyPatch, *before: str) -> list[str]:
    with monkeypatch.context() as patch:
        patch.setattr(completion, "_open_livret", lambda _: store)
        return completion.build_proposals(list(before), "")


def test_a_larger_livret_is_read_no_more(stores: list[Store], monkeypatch: pytest.MonkeyPatch) -> None:
    word = livrets.word(1)
    calls: dict[str, Callable[[Store], object]] = {
        "id": lambda store: shown(store, "caf/aide"),
        "words": lambda store: shown(store, "ants", word),
        "absence": lambda store: lookup.find(store, ["caf", "zzzz"]).by == "nothing",
        "completion": lambda store: completed(store, monkeypatch, "caf"),
        "first word": lambda store: completed(store, monkeypatch),
        "search": lambda store: rank.find_conclusions(store, f"je viens pour {word}").hits,
    }
    for name, call in calls.items():
        (small_count, small), (large_count, large) = (read_by(store, call) for store in stores)
        assert small_count > 0, name
        assert large_count <= small_count * 1.5 + 2, name
        assert large <= small * 3 + 40_000, name
