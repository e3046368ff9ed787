"""A release: what is refused before anything is built, and what is built twice and differs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import release

CHANGELOG = (
    "# Changelog\n\n## [1.2.0] - 2026-11-29\n\n### Added\n\n- A thing.\n\n## [1.1.0] - 2026-01-02\n\n- Old.\n"
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed and tagged project of version 1.2.0, which is the one to release."""
    folder = tmp_path / "projet"
    package = folder / "src" / "fs_triage"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "1.2.0"\n', encoding="utf-8")
    (folder / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    git(folder, "init", "-q")
    commit(folder)
    git(folder, "tag", "v1.2.0")
    monkeypatch.setattr(release, "ROOT", folder)
    return folder


def git(folder: Path, *words: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=essai", "-c", "user.email=essai@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit all that there is."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "essai")


def refused() -> str:
    """Return why there is no release."""
    with pytest.raises(SystemExit) as stopped:
        release.check_release()
    return str(stopped.value)


def test_a_clean_tag_is_released_with_what_changed(checkout: Path) -> None:
    said = release.check_release()
    assert (said.version, said.changes) == ("1.2.0", "### Added\n\n- A thing.\n")


def test_a_change_that_is_not_committed(checkout: Path) -> None:
    (checkout / "src" / "nouveau.py").write_text("", encoding="utf-8")
    assert "not clean" in refused() and "src/nouveau.py" in refused()


@pytest.mark.parametrize("tags", [(), ("v1.1.0",), ("1.2.0",)], ids=str)
def test_a_commit_without_the_tag_of_its_version(checkout: Path, tags: tuple[str, ...]) -> None:
    commit(checkout)
    for tag in tags:
        git(checkout, "tag", tag)
    said = refused()
    assert "tag it v1.2.0" in said and all(tag in said for tag in tags)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## [1.2.0] - 2026-11-29", "## [Unreleased]"),
        ("## [1.2.0] - 2026-11-29", "## [1.2.0]"),
        ("## [1.2.0] - 2026-11-29", "## [1.3.0] - 2026-11-29"),
        ("# Changelog", "# Changelog\n\n## [Unreleased]\n\n- Not yet."),
        ("### Added\n\n- A thing.\n", ""),
        (CHANGELOG, "# Changelog\n"),
    ],
)
def test_a_changelog_that_does_not_begin_with_the_version(checkout: Path, before: str, after: str) -> None:
    path = checkout / "CHANGELOG.md"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    commit(checkout)
    git(checkout, "tag", "-f", "v1.2.0")
    assert refused().startswith("CHANGELOG.md") and "\n" not in refused()


def test_all_that_stands_against_it_is_told_at_once(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    commit(checkout)
    (checkout / "reste").write_text("", encoding="utf-8")
    assert [word for word in ("not clean", "tag it", "CHANGELOG.md begins") if word not in refused()] == []


def test_what_is_built_twice_and_differs_is_not_written(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_otherwise(_: object, __: Path, ___: object, work: Path) -> Path:
        release.export_commit(work / "sources")
        out = work / "out"
        out.mkdir()
        (out / "same.zip").write_bytes(b"same")
        (out / "other.zip").write_text(work.name, encoding="utf-8")
        return out

    monkeypatch.setattr(release, "build_all", build_otherwise)
    out = tmp_path / "dist"
    monkeypatch.setattr(sys, "argv", ["release.py", "--python", "python.zip", "-o", str(out)])
    with pytest.raises(SystemExit) as stopped:
        release.main()
    assert "other.zip" in str(stopped.value) and "same.zip" not in str(stopped.value)
    assert not out.exists()
