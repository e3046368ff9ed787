"""A rule file that lost its end, or is gone, is never taken for whole once it has served."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import JURA, ROOT, SOCLE, Run, edit, write_files, write_livret
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.checks import completeness
from fs_triage.contract import Failure
from fs_triage.livret import open_livret, read_last_good
from fs_triage.rules import snapshot

HEIR = ROOT / "tests" / "livrets" / "val-fictif"
MORE = {
    "besoins/hors-livret.yaml": "hors livret:\n  - permis de chasse\n  - carte de pêche\nvagues:\n  - bonjour\n",
    "identifiants.yaml": "publiés:\n  - guichet/papier\n  - guichet/blocage\n"
    "renommés:\n  guichet/vieux: guichet/papier\n",
    "situations.yaml": "situations:\n  - id: perte\n    titre: Perte\n    mots:\n      - perte\n      - perdu\n"
    "    démarches:\n      - guichet/papier\n      - guichet/blocage\n    besoins:\n      - un papier perdu\n",
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(snapshot, "SETTLING_SECONDS", 0)


@pytest.fixture
def livret(tmp_path: Path) -> Path:
    folder = write_livret(tmp_path / "regles" / "petit")
    for name, text in MORE.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def served(folder: Path) -> tuple[dict[str, bytes], str]:
    """Return all that the livret at `folder` says, as served, and the line told beside it."""
    opened = open_livret(str(folder))
    kinds = {"stamp", "sources", "program"}
    said = {name: opened.file.read_section(name) for name in {*opened.file.list_sections()} - kinds}
    said["model"] = opened.stamp.model.encode()
    return said, " ".join(opened.notices).replace("\u00a0", " ")


def cuts(content: bytes, step: int = 1) -> Iterator[bytes]:
    return (content[:end] for end in range(0, len(content), step))


@pytest.mark.parametrize(
    "name", ["partenaires/guichet.yaml", "besoins/guichet.yaml", "livret.yaml", "mots/synonymes.yaml", *MORE]
)
def test_a_file_cut_at_any_byte_leaves_the_last_good_livret(livret: Path, name: str) -> None:
    good, _ = served(livret)
    path = livret / name
    content = path.read_bytes()
    lines = {0, len(content) - 1, *(match.end() for match in re.finditer(rb"\n", content[:-1]))}
    for end in sorted({*range(0, len(content), 17), *lines}):
        path.write_bytes(content[:end])
        said, notice = served(livret)
        assert said == good, end
        if not content[end:].strip():  # nothing is lost
            assert notice == "", end
            continue
        assert f"{path}:" in notice and "ce fichier a perdu sa fin" in notice, end
        assert "ajoutez-y une dernière ligne « # fin »" in notice, end
    path.write_bytes(content)
    assert served(livret) == (good, "")


FIRST_STEP = "- Identifier la difficulté juridique de l'usager.\n".encode()
"""Where partenaires/justice.yaml is cut: its first conclusion is whole there, the others are lost."""


@pytest.mark.parametrize(
    "name",
    [
        "partenaires/justice",
        "besoins/caf",
        "partenaires/msa",
        "besoins/hors-livret",
        "identifiants",
        "livret",
    ],
)
def test_our_own_rules_cut_short(tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(JURA, tmp_path / "jura"))
    good, _ = served(folder)
    path = folder / f"{name}.yaml"
    content = path.read_bytes()
    head = b"".join(content.splitlines(keepends=True)[:78])
    cuts = {head, content[:20480], content[: len(content) // 2], content[:-40]} - {content}
    for cut in cuts | {content[:-40] + b"\0" * 40}:
        path.write_bytes(cut)
        said, notice = served(folder)
        assert said == good and "a perdu sa fin" in notice, len(cut)


@pytest.mark.parametrize("name", ["partenaires/justice", "besoins/caf", "partenaires/caf"])
def test_our_own_rules_cut_short_before_they_ever_served(tmp_path: Path, name: str, run: Run) -> None:
    folder = Path(shutil.copytree(SOCLE, tmp_path / "socle"))
    path = folder / f"{name}.yaml"
    content = path.read_bytes()
    path.write_bytes(b"\n".join(content.split(b"\n")[:78]) + b"\n")
    heir = tmp_path / "doubs"
    write_files(heir, {"livret.yaml": "id: doubs\ndépartement: 25 Doubs\nhérite de: socle\n"})
    with pytest.raises(Failure) as caught:
        served(heir)
    assert caught.value.code == 3
    answer = run("verifier", str(folder))
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].endswith("à corriger avant que ces règles puissent servir.")


def test_what_follows_nul_bytes(livret: Path) -> None:
    good, _ = served(livret)
    path = livret / "partenaires/guichet.yaml"
    content = path.read_bytes()
    path.write_bytes(content[:300] + bytes(len(content) - 300))
    said, notice = served(livret)
    assert said == good and str(path) in notice


@pytest.mark.parametrize(
    "name", ["besoins/hors-livret.yaml", "identifiants.yaml", "situations.yaml", "mots/synonymes.yaml"]
)
def test_a_file_that_is_gone_and_one_that_was_taken_away_on_purpose(livret: Path, name: str) -> None:
    beside = livret.parent / name if name == "mots/synonymes.yaml" else livret / name
    beside.parent.mkdir(exist_ok=True)
    (livret / name).rename(beside)  # the words of the desk stand beside the livrets too
    good, _ = served(livret)
    beside.unlink()
    said, notice = served(livret)
    assert said == good
    assert f"{beside}:0 : ce fichier n’est plus là ; remettez-le, ou, s’il a été ôté exprès" in notice
    [line] = re.findall(r"un fichier d’une ligne, « (.*?) »", notice)
    beside.write_text(line + "\n", encoding="utf-8")
    said, notice = served(livret)
    assert notice == "" and (said != good or name == "identifiants.yaml")


def test_an_end_that_was_taken_away_on_purpose(livret: Path) -> None:
    path = livret / "besoins/guichet.yaml"
    edit(path, ("blocage: [rien ne va plus]", "blocage:\n  - rien ne va plus\n  - tout va mal"))
    good, _ = served(livret)
    edit(path, ("  - tout va mal\n", ""))
    assert served(livret)[0] == good
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"{completeness.END_LINE}\n")
    said, notice = served(livret)
    assert notice == "" and said != good


def test_the_livret_that_another_inherits_from(tmp_path: Path) -> None:
    parent, folder = (Path(shutil.copytree(f, tmp_path / f.name)) for f in (SOCLE, HEIR))
    path = parent / "partenaires/justice.yaml"
    content = path.read_bytes()
    head = content[: content.index(FIRST_STEP) + len(FIRST_STEP)]
    path.write_bytes(head)
    needs = parent / "besoins/justice.yaml"
    told = needs.read_bytes()
    needs.write_bytes(b"professionnel/avocat: [un avocat]\n")
    with pytest.raises(Failure) as caught:
        served(folder)
    assert "identifiants.yaml" in caught.value.message, (
        "what the parent published is looked for in the parent"
    )
    path.write_bytes(content)
    needs.write_bytes(told)
    good, _ = served(folder)
    for name in ("partenaires/justice.yaml", "besoins/hors-livret.yaml"):
        whole = (parent / name).read_bytes()
        (parent / name).write_bytes(whole[:-300])
        said, notice = served(folder)
        assert said == good and f"{parent / name}:" in notice
        (parent / name).write_bytes(whole)
    own = folder / "partenaires/msa.yaml"
    text = own.read_bytes()
    own.unlink()
    said, notice = served(folder)
    assert said == good and f"{own}:0 : ce fichier n’est plus là" in notice
    own.write_bytes(text)
    assert served(folder) == (good, "")


def test_an_heir_takes_away_what_its_parent_published(tmp_path: Path) -> None:
    for livret in (SOCLE, HEIR):
        shutil.copytree(livret, tmp_path / livret.name)
    with (tmp_path / HEIR.name / "partenaires/caf.yaml").open("a", encoding="utf-8") as stream:
        stream.write("retirer: [rsa/declaration-trimestrielle]\n")
    said, notice = served(tmp_path / HEIR.name)
    assert notice == "" and "node:caf/rsa/declaration-trimestrielle" not in said


def test_a_rename_that_a_cut_file_does_not_hold(livret: Path) -> None:
    """The old name of what is cut away is published too, though nothing lists the new one."""
    (livret / "identifiants.yaml").write_text(
        "publiés: [guichet/ancien]\nrenommés: {guichet/ancien: guichet/papiers}\n", encoding="utf-8"
    )
    with pytest.raises(Failure):
        served(livret)


def test_the_verifier_tells_what_an_index_remembers(livret: Path, run: Run, tmp_path: Path) -> None:
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    served(livret)
    edit(livret / "besoins/guichet.yaml", ("blocage: [rien ne va plus]\n", ""))
    (livret / "besoins/hors-livret.yaml").unlink()
    answer = run("verifier", str(livret), env=cache)
    assert answer.returncode == 1
    codes = [line.rpartition("[")[2] for line in answer.stdout.splitlines()]
    assert codes == ["cut-short]", "file-gone]"]
    assert "dont 2 à corriger" in answer.stderr
    answer = run("verifier", str(livret))
    assert "not-covered" in answer.stdout, "without an index, what the file shows by itself"


def test_what_is_remembered_is_what_was_read(livret: Path) -> None:
    served(livret)
    kept = read_last_good(str(livret))  # with the words that all livrets share
    own = {path: content for path, content in kept.items() if Path(path).is_relative_to(livret)}
    assert own == {str(path): path.read_bytes() for path in livret.rglob("*.yaml")}


# Lines, whatever they say

LINES = st.lists(st.sampled_from([b"a", b"b", b"  - c", b"d: e", b""]), min_size=1, max_size=12)


@given(LINES, st.integers(0, 100))
def test_every_proper_beginning_is_a_cut(lines: list[bytes], end: int) -> None:
    content = b"\n".join([*lines, b"last", b""])
    cut = content[: end % len(content)]
    assert completeness.has_lost_end(content, cut) == bool(content.removeprefix(cut).strip())
    assert not completeness.has_lost_end(content, content)
    assert not completeness.has_lost_end(cut, content)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("a\nb\nc\nd\n", "X\na\nb\nc\n", True),  # changed at the beginning, and cut
        ("a\nb\nc\nd\n", "A\nb\nc\nd\n", False),
        ("a\nb\nc\nd\n", "A\na\nb\nc\nd", False),  # no line end any more, and nothing else
        ("a\nb\nc\ndefg\n", "X\na\nb\nc\nde", True),  # cut in a line
        ("a\nb\nc\ndefg\n", "a\nb\nc\ndX", False),  # another last line
        ("a\nb\nc\nd\n", "d\na\nb\nc\n", False),  # moved
        ("a\nb\nc\nd\n", "a\nb\nc\n# fin\n", False),
        ("a\nb\nc\nd\n", "X\na\nb\nc\n# fin", False),
        ("a\nb\n# fin\nc\n", "a\nb\n# fin\n", True),  # what came after the mark is lost
        ("a\r\nb\r\nc\r\nd\r\n", "X\na\nb\nc\n", True),  # other line ends
        ("a\nb\n", "", True),
        ("a\nb\n\n\n", "a\nb", False),  # blank lines at the end
        ("", "a\n", False),
    ],
)
def test_a_cut_among_other_changes(before: str, now: str, expected: bool) -> None:
    assert completeness.has_lost_end(before.encode(), now.encode()) == expected
