"""What is kept of rule files that did not change: nothing is parsed again, and nothing is said otherwise."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from conftest import JURA, ROOT, write_livret
from hypothesis import given, settings
from hypothesis import strategies as st

from fs_triage import rebuild
from fs_triage.checks.verify import find_blocking_problems, verify
from fs_triage.contract import Failure
from fs_triage.index.reader import Store, open_store
from fs_triage.rules import load, snapshot, yaml_reader
from fs_triage.rules.kept import ParseCache
from fs_triage.rules.problem import Problem

HEIR = ROOT / "tests" / "livrets" / "val-fictif"
MORE = {
    "hors-livret.yaml": "out_of_scope: [permis de chasse]\nvague: [bonjour]\n",
    "identifiants.yaml": "published: [guichet/papier]\nrenamed: {guichet/vieux: guichet/papier}\n",
    "synonymes.yaml": "synonyms:\n  - {word: papier, also: [attestation]}\n",
}


@pytest.fixture(autouse=True)
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as done with as soon as they are written: nothing is read twice to be sure of them."""
    monkeypatch.setattr(snapshot, "SETTLING_SECONDS", 0)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows with the name of each file that is parsed."""
    names: list[str] = []
    real = yaml_reader.parse_text

    def watched(text: str, shown: str) -> tuple[yaml_reader.Table | None, list[Problem]]:
        names.append(Path(shown).name)
        return real(text, shown)

    monkeypatch.setattr(yaml_reader, "parse_text", watched)
    return names


def kept_of(folder: Path) -> ParseCache:
    """Return what is known of `folder` after it was once read."""
    first = load.load_livret(folder)
    assert first.kept.now
    return ParseCache(first.kept.now)


def told(loaded: load.LoadResult) -> list[Problem]:
    """Return every problem that `verifier` would tell."""
    return verify(loaded, {})


def modelled(livret: load.Livret | None) -> list[object]:
    assert livret is not None
    parts = [livret.booklet, livret.elsewhere, livret.identifiers, livret.synonyms]
    return [*parts, *((rules.model, rules.missing, rules.whole) for rules in livret.partners)]


def test_only_what_changed_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parsed: list[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = Path(shutil.copytree(JURA, tmp_path / "jura"))
    open_store(str(folder)).close()
    assert {"livret.yaml", "caf.yaml", "msa.yaml", "hors-livret.yaml", "synonymes.yaml"} <= set(parsed)
    del parsed[:]
    path = folder / "caf.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"3230"', '"3949"'), encoding="utf-8")
    open_store(str(folder)).close()
    assert parsed == ["caf.yaml"]


def test_what_is_kept_is_what_was_read() -> None:
    plain, again = load.load_livret(HEIR), load.load_livret(HEIR, kept_of(HEIR))
    assert {"caf.yaml", "msa.yaml"} <= {file.path.name for file in plain.files if file.path.parent == JURA}
    assert modelled(again.livret) == modelled(plain.livret)
    assert again.kept.now == plain.kept.now
    assert again.files == plain.files
    assert told(again) == told(plain)


def test_a_place_in_a_file_that_did_not_change(tmp_path: Path, parsed: list[str]) -> None:
    folder = write_livret(tmp_path / "petit")
    kept = kept_of(folder)
    own = folder / "guichet.yaml"
    (folder / "mairie.yaml").write_text(own.read_text(encoding="utf-8").replace("id: guichet", "id: mairie"))
    booklet = folder / "livret.yaml"
    booklet.write_text(booklet.read_text(encoding="utf-8").replace("[guichet]", "[guichet, mairie]"))
    del parsed[:]
    livret = load.load_livret(folder, kept).livret
    assert livret is not None and parsed == ["livret.yaml", "mairie.yaml"]
    [problem] = find_blocking_problems(livret)
    assert str(problem) == (
        f"{folder}/mairie.yaml:2:8: « label » désigne déjà « guichet » (ligne 2 de guichet.yaml) ; "
        "gardez-le chez un seul partenaire [shared-name]"
    ).replace("« ", "«\u00a0").replace(" »", "\u00a0»").replace(" ;", "\u00a0;")
    assert parsed[-1] == "guichet.yaml"


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str, int, str]:
    """Draw a change of a file: its name, what is done, where, and a text."""
    name = draw(st.sampled_from(["guichet.yaml", "livret.yaml", *MORE]))
    kind = draw(
        st.sampled_from(["value", "value", "value", "word", "line", "drop", "double", "remove", "restore"])
    )
    pieces = ["nouveau", "3230", "papier", "blocage", "x", "  ", "- id: papier", "besoin: [un essai]", "é: ["]
    return name, kind, draw(st.integers(0, 10**6)), draw(st.sampled_from(pieces))


def change(folder: Path, good: Path, name: str, kind: str, rank: int, text: str) -> None:
    path = folder / name
    if kind == "remove":
        path.unlink(missing_ok=True)
    elif kind == "restore" or not path.exists():
        shutil.copy(good / name, path)
    elif kind in ("word", "value"):
        content = path.read_text(encoding="utf-8")
        pattern = r"\w+" if kind == "word" else r"(?<=[ \"\[])\w+(?=[ \w]*[\],\"\n])"
        words = list(re.finditer(pattern, content))
        begin, end = words[rank % len(words)].span() if words else (0, 0)
        path.write_text(content[:begin] + text + content[end:], encoding="utf-8")
    else:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = rank % len(lines)
        put = {"line": [text + "\n", lines[at]], "drop": [], "double": [lines[at]] * 2}[kind]
        path.write_text("".join([*lines[:at], *put, *lines[at + 1 :]]) or "\n", encoding="utf-8")


def built(folder: Path, path: Path | None) -> dict[str, str] | str:
    """Return the index of `folder`, but for its dates, or why there is none; made from that at `path`."""
    notices: list[str] = []
    try:
        store = Store("", rebuild.rebuild(str(folder), path and str(path), notices), [])
    except Failure as failure:
        return failure.message
    store.learn()
    entries = {key: value for key, value in store.entries() if key not in ("meta:stamp", "meta:date")}
    store.close()
    return entries if not entries["meta:warning"] else entries["meta:warning"]


def first_problem(said: str) -> str:
    found = re.search(r"\(([^ ]+:\d+\s:\s.*?\)?)(?: \(et \d+ autres\)|, et \d+ autres)?\)\s[;:]", said)
    assert found is not None, said
    return found[1]


@settings(max_examples=25, deadline=None)
@given(changes=st.lists(edits(), min_size=1, max_size=5))
def test_a_change_gives_what_a_first_reading_gives(changes: list[tuple[str, str, int, str]]) -> None:
    """With what an earlier index kept and learnt, the index is the one made from nothing, to the letter."""
    with tempfile.TemporaryDirectory() as name:
        good = write_livret(Path(name, "bon"))
        for file, text in MORE.items():
            (good / file).write_text(text, encoding="utf-8")
        folder, path = Path(shutil.copytree(good, Path(name, "petit"))), Path(name, "index")
        kept = kept_of(folder)
        assert built(folder, path) == built(folder, None)
        for edit in changes:
            change(folder, good, *edit)
            again, plain = load.load_livret(folder, ParseCache(kept.old)), load.load_livret(folder)
            assert told(again) == told(plain)
            one, other = built(folder, path), built(folder, None)
            if "exprès" in str(one)[:1000] and isinstance(one, str):  # what only an earlier index can tell
                continue
            if isinstance(other, str):
                assert isinstance(one, str) and first_problem(one) == first_problem(other)
            else:
                assert one == other
