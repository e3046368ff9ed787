"""Files that attack, and random damage: a clear line each time, in bounded time and memory, never a wrong yes."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import GOOD, JURA, SOCLE, clean_environment
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fs_triage import rebuild
from fs_triage.author import verifier as verify
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.rules import keys, load, snapshot, yaml_reader
from fs_triage.rules.model_partner import Partner
from fs_triage.text.typography import typeset_french


@pytest.fixture(autouse=True)
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as done with as soon as they are written: nothing is read twice to be sure of them."""
    monkeypatch.setattr(snapshot, "SETTLING_SECONDS", 0)


TEXT = (GOOD / "partenaires/mairie.yaml").read_text(encoding="utf-8")
MEMORY = 300 * 1024  # kilobytes of resident memory
SECONDS = 12  # of processor for a batch of attacks: a quiet desk needs 1, what grows too fast needs minutes


def bomb(levels: int, width: int = 9) -> str:
    rows = ["a0: &a0 [x]"]
    rows += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(rows)


def answers(count: int, text: Callable[[int], str]) -> str:
    """Return the good file with `count` more answers."""
    return TEXT.replace("\nréponses:\n", "\nréponses:\n" + "".join(text(n) for n in range(count)))


def contacts(count: int, text: Callable[[int], str]) -> str:
    return TEXT.replace("\ncontacts:\n", "\ncontacts:\n" + "".join(text(n) for n in range(count)))


def a_step(text: str) -> Callable[[int], str]:
    return lambda n: f'  - {{id: x{n}, libellé: y{n}, étapes: ["{text}"]}}\n'


def nobody(n: int) -> str:
    return f"  - {{id: x{n}, libellé: y{n}, contacter: [z{n}]}}\n"


def many_keywords(n: int) -> str:
    return f"  - {{id: x{n}, libellé: y{n}, aller à: aide, mots: [{'cni,' * 500}]}}\n"


def a_number(n: int) -> str:
    return f"  c{n}: {{téléphone: '{n}', libellé: x, public: usager}}\n"


def lead_on(n: int) -> str:
    return f"  - {{id: x{n}, libellé: y{n}, aller à: x{(n + 1) % 4000}}}\n"


ATTACKS: dict[str, tuple[str | bytes, str]] = {
    "alias-bomb": (bomb(9), "alias"),
    "merge-bomb": ("a: &a {x: y}\nb: &b\n  <<: [*a, *a, *a]\n" + "c: {<<: [*b, *b]}\n" * 9, "alias"),
    "self-alias": ("&a [*a]", "alias"),
    "quadratic-bomb": ("a: &a " + "x" * 9000 + "\nb: [" + "*a," * 50_000 + "]", "alias"),
    "deep-5000": ("[" * 5000, "too-deep"),
    "deep-100000": ("[" * 100_000, "too-deep"),
    "deep-closed": ("a: " + "[" * 5000 + "]" * 5000, "too-deep"),
    "deep-map": ("{a: " * 100_000, "too-deep"),
    "deep-dashes": ("- " * 100_000, "too-deep"),
    "deep-keys": ("? " * 100_000, "too-deep"),
    "deep-blocks": ("".join(f"{' ' * n}a:\n" for n in range(1000)), "too-deep"),
    "big-20mb": (TEXT + "#" * 20_000_000, "too-large"),
    "long-label": (TEXT.replace("La démarche bloque", "x" * 100_000), "too-large"),
    "many-values": ("a: [" + "x," * 400_000 + "]", "too-large"),
    "nul": (TEXT.replace("Mairie", "Mai\x00rie", 1), "control-character"),
    "control-on-every-line": ("\x01\n" * 500_000, "control-character"),
    "binary": (bytes(range(256)) * 400, "encoding"),
    "latin-1": (TEXT.encode("latin-1"), "encoding"),
    "utf-16": (TEXT.encode("utf-16"), "encoding"),
    "tabs": (TEXT.replace("  ", "\t"), "tab"),
    "tab-on-every-line": ("\ta: b\n" * 170_000, "tab"),
    "empty": ("", "syntax"),
    "one-long-line": ("a: " + "x " * 500_000 + ": y", "syntax"),
    "open-quote": (TEXT.replace("pages: [3]", "pages: '", 1) + "x" * 900_000, "several-lines"),
    "open-bracket": ("a: [" + "b, " * 20_000, "syntax"),
    "cut": (TEXT[: len(TEXT) // 2].rstrip() + "\n  - '", "syntax"),
    "repeated-keys": (TEXT + "id: a\n" * 40_000, "duplicate-key"),
    "unknown-keys": (TEXT + "".join(f"cle{n}: a\n" for n in range(40_000)), "unknown-key"),
    "misspelt-keys": (TEXT + "".join(f"about{n}: a\n" for n in range(20_000)), "unknown-key"),
    "unknown-targets": (answers(4000, lambda n: f"  - {{id: x{n}, libellé: y{n}, aller à: z{n}}}\n"), "unknown-target"),
    "unknown-contacts": (answers(4000, nobody), "unknown-contact"),
    "answers-that-lead-nowhere": (answers(4000, lambda n: f"  - {{id: x{n}, libellé: y{n}}}\n"), "no-lead"),
    "same-answers": (answers(4000, lambda n: "  - {id: x, libellé: y, aller à: aide}\n"), "duplicate-id"),
    "a-ring-of-gotos": (answers(4000, lead_on), "cycle"),
    "wrong-numbers": (contacts(4000, a_number), "bad-phone"),
    "colons": (answers(99, a_step(":" + "a" * 9990)), "answer-count"),
    "comment-on-every-line": ("a: b #c\n" * 125_000, "cut-by-comment"),
    "comments-in-a-row": ("a: b" + " #c" * 340_000, "cut-by-comment"),
    "brackets": (answers(99, a_step("[<&*_" * 1990)), "answer-count"),
    "keywords": (answers(99, many_keywords), "answer-count"),
}  # fmt: skip


def livret(folder: Path, content: str | bytes) -> Path:
    """Make at `folder` the good livret with `content` in the place of its partner."""
    shutil.copytree(GOOD, folder)
    (folder / "partenaires/mairie.yaml").write_bytes(
        content.encode() if isinstance(content, str) else content
    )
    return folder


def verifier(folders: list[str], cwd: Path) -> tuple[int, list[str], str]:
    """Run the verifier within its limits; returns its exit code, its lines and its standard error."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (4 * MEMORY * 1024, 4 * MEMORY * 1024))

    out, err = cwd / "out", cwd / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "fs_triage", "verifier", *folders],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=clean_environment(cwd),
            preexec_fn=limits,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert usage.ru_maxrss < MEMORY
    return process.returncode, out.read_text(encoding="utf-8").splitlines(), err.read_text(encoding="utf-8")


LINE = re.compile(r"([a-z0-9-]+)/[a-z./]+:[1-9]\d*:[1-9]\d*: [^\x00-\x1f\x7f-\x9f]+ \[([a-z-]+)\]")
BATCHES = [list(ATTACKS)[rank::4] for rank in range(4)]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch[0])
def test_an_attack_ends_in_a_clear_line(batch: list[str], tmp_path: Path) -> None:
    for name in batch:
        livret(tmp_path / name, ATTACKS[name][0])
    exit_code, lines, err = verifier(batch, tmp_path)
    assert exit_code in (1, 3), (exit_code, err)
    assert "Traceback" not in err and "interne" not in err
    matches = [match for line in lines if (match := LINE.fullmatch(line))]
    assert len(matches) == len(lines)
    told = {name: {match[2] for match in matches if match[1] == name} for name in batch}
    assert {name for name in batch if ATTACKS[name][1] not in told[name]} == set()
    assert max(sum(match[1] == name for match in matches) for name in batch) <= 300


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "\r\n").encode(), TEXT.encode() + b"\n\n# fin"],
    ids=["bom", "crlf", "comment"],
)
def test_what_is_only_written_otherwise_is_accepted(content: bytes, tmp_path: Path) -> None:
    loaded = load.load_livret(livret(tmp_path / "bon", content))
    assert loaded.problems == [] and loaded.livret is not None
    reference = load.load_livret(GOOD).livret
    assert reference is not None
    assert loaded.livret.partners[0].model == reference.partners[0].model


def place_link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


STANDS_IN: dict[str, Callable[[Path], None]] = {
    "folder": lambda path: path.mkdir(),
    "fifo": lambda path: os.mkfifo(path),
    "dangling": place_link("nulle-part.yaml"),
    "loop": lambda path: path.symlink_to(path.name),
    "outside": place_link("/etc/passwd"),
    "endless": place_link("/dev/zero"),
}


@pytest.mark.parametrize(
    "name", ["partenaires/mairie.yaml", "livret.yaml", "besoins/hors-livret.yaml", "identifiants.yaml"]
)
@pytest.mark.parametrize("kind", STANDS_IN)
def test_what_stands_in_the_place_of_a_file_is_not_read(kind: str, name: str, tmp_path: Path) -> None:
    folder = livret(tmp_path / "bon", TEXT)
    (folder / name).unlink(missing_ok=True)
    STANDS_IN[kind](folder / name)
    verified = verify.verify_livret(folder)
    found = [(Path(p.path).relative_to(folder).as_posix(), p.code) for p in verified.problems]
    assert found == [(name, "unreadable")]
    assert ":0:0:" not in str(verified.problems)


# Random damage


def independent(text: str) -> Any:
    """Return what PyYAML's own constructor makes of `text` when every scalar is text."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def as_said(node: dict[str, Any]) -> list[Any]:
    """Return what a partner file says at the desk, in order: ids, labels, texts, contacts; keys are the models'."""
    said: list[Any] = []
    for answer in node["answers"]:
        said.append(
            (
                answer["id"],
                typeset_french(answer["label"]),
                [typeset_french(step) for step in answer.get("steps", [])],
            )
        )
        said.append((answer.get("goto"), answer.get("if_blocked"), answer.get("escalate", [])))
        said += as_said(answer) if "answers" in answer else []
    return said


def as_modelled(node: Any) -> list[Any]:
    said: list[Any] = []
    for answer in node.answers:
        said.append((answer.id, answer.label, list(getattr(answer, "steps", None) or [])))
        escalate = [use.contact for use in getattr(answer, "escalate", [])]
        said.append((getattr(answer, "goto", None), answer.if_blocked, escalate))
        said += as_modelled(answer) if hasattr(answer, "answers") else []
    return said


TYPED = (
    ": |- |  |\n|'|\"|[|]|{|}|#|&a |*a|<<: |!!int |\t|\x00|\u202e|é|---\n|? |> |%|no|0|id: |aller à: "
    "|étapes:\n|réponses:\n|null|\\|,|\ufeff|\x85"
)
PIECES = TYPED.split("|")


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw the good file with a few accidents: lines lost, doubled, moved; signs lost, typed, cut."""
    text = TEXT
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["drop", "double", "move", "type", "lose", "cut", "indent", "swap"]))
        lines = text.splitlines(keepends=True) or [""]
        rank = draw(st.integers(0, len(lines) - 1))
        place = draw(st.integers(0, len(text)))
        if kind == "drop":
            text = "".join(lines[:rank] + lines[rank + 1 :])
        elif kind == "double":
            text = "".join([*lines[: rank + 1], *lines[rank:]])
        elif kind == "move":
            line = lines.pop(rank)
            lines.insert(draw(st.integers(0, len(lines))), line)
            text = "".join(lines)
        elif kind == "type":
            text = text[:place] + draw(st.sampled_from(PIECES)) + text[place:]
        elif kind == "lose":
            text = text[:place] + text[place + draw(st.integers(1, 5)) :]
        elif kind == "cut":
            text = text[:place]
        elif kind == "indent":
            text = "".join(
                [*lines[:rank], draw(st.sampled_from([" ", "  "])) + lines[rank], *lines[rank + 1 :]]
            )
        else:
            words = re.findall(r"\w+", text)
            if words:
                text = text.replace(draw(st.sampled_from(words)), draw(st.sampled_from(words)), 1)
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return livret(tmp_path_factory.mktemp("damage") / "bon", TEXT)


@given(text=damaged())
@example(text=TEXT)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_told_or_harmless(text: str, folder: Path) -> None:
    (folder / "partenaires/mairie.yaml").write_text(text, encoding="utf-8")
    loaded = load.load_livret(folder)
    for problem in loaded.problems:
        assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]+ \[[a-z-]+\]", str(problem))
    assert (loaded.livret is None) == bool(loaded.blocking_problems)
    if loaded.draft is not None:
        blocking = find_blocking_problems(loaded.draft)
    if loaded.livret is None:
        return
    try:
        data = independent(text)
    except yaml.YAMLError:  # of « [h? x] » PyYAML and libyaml, which reads the rules, are of two minds
        return
    table, problems = yaml_reader.parse_text(yaml_reader.decode_content(text.encode(), "f")[0], "f")
    assert table is not None and problems == [] and yaml_reader.convert_to_data(table) == data
    keys.translate_keys(table, (Partner,), [])
    assert as_modelled(loaded.livret.partners[0].model) == as_said(table.to_data())
    if not blocking:
        rebuild.compile_livret(loaded.livret)


@given(
    rank=st.integers(0, 10**9),
    size=st.integers(1, 40),
    by=st.binary(max_size=40),
    name=st.sampled_from(["partenaires/la-poste", "besoins/la-poste", "livret", "besoins/hors-livret"]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_thrown_at_our_own_rules(
    rank: int, size: int, by: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "jura"
    if not folder.exists():
        for layer in (SOCLE, JURA):
            copy = folder.with_name(layer.name)
            for file in ("partenaires/la-poste.yaml", "besoins/la-poste.yaml", "besoins/hors-livret.yaml"):
                (copy / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(layer / file, copy / file)
            booklet = re.sub(r"partenaires: .*\n", "", (layer / "livret.yaml").read_text(encoding="utf-8"))
            (copy / "livret.yaml").write_text(f"{booklet}partenaires: [la-poste]\n", encoding="utf-8")
        assert load.load_livret(folder).problems == []
    path = folder / f"{name}.yaml"
    good = path.read_bytes()
    place = rank % len(good)
    path.write_bytes(good[:place] + by + good[place + size :])
    try:
        loaded = load.load_livret(folder)
        if loaded.draft is not None:
            find_blocking_problems(loaded.draft)
    finally:
        path.write_bytes(good)
    assert (loaded.livret is None) == bool(loaded.problems)
