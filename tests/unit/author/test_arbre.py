"""The pictures of a tree: exact for a small livret, true to every label, accepted by the real dot and Mermaid."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pexpect
import pyte
import pytest
from conftest import ROOT, Run, clean_environment, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fs_triage.render.diagrams import render_dot, render_mermaid
from fs_triage.render.tree import Branch, iter_branches
from fs_triage.text.typography import join_lines

LIVRET = """\
id: essai
titre: Livret d'essai
département: 39 Jura
source: Essai
partenaires: [guichet]
"""
PARTNER = """\
id: guichet
libellé: Guichet
nom: Guichet d'essai
pour: essais
pages: [2]
si ça bloque: blocage
contacts:
  tel:
    téléphone: "3230"
    libellé: Numéro
    public: usager
question: Que veut l'usager ?
réponses:
  - id: titre
    libellé: Un titre
    question: Est-il "perdu" ?
    réponses:
      - id: oui
        libellé: Oui
        étapes: [Chercher.]
      - id: non
        libellé: Non
        aller à: blocage
  - id: blocage
    libellé: Ça bloque
    contacter: [tel]
"""
NEEDS = """\
titre/oui: [un titre]
blocage: [rien ne va]
"""
OUTLINE = """\
Guichet (guichet)
Que veut l’usager\u00a0?
- Un titre (titre)
  Est-il "perdu"\u00a0?
  - [1er] Oui (oui)
  - [2nd] Non (non) → guichet/blocage
- [2nd] Ça bloque (blocage)
"""
MERMAID = """\
---
config:
  flowchart:
    rankSpacing: 90
    nodeSpacing: 25
---
flowchart LR
  n0{{"Que veut l’usager\u00a0?"}}
  n1{{"Est-il #34;perdu#34;\u00a0?"}}
  n2["1er niveau<br>guichet/titre/oui"]
  n3>"→ guichet/blocage"]
  n4(["2nd niveau<br>guichet/blocage"])
  n0 -->|"Un titre"| n1
  n0 -->|"Ça bloque"| n4
  n1 -->|"Oui"| n2
  n1 -.->|"Non"| n3
  classDef question fill:#ffffff,stroke:#444444,color:#111111
  class n0,n1 question
  classDef niveau1 fill:#dff2df,stroke:#444444,color:#111111
  class n2 niveau1
  classDef niveau2 fill:#fde8c8,stroke:#444444,color:#111111
  class n4 niveau2
  classDef goto fill:#eeeeee,stroke:#444444,color:#111111
  class n3 goto
"""
DOT = """\
digraph arbre {
  rankdir=LR
  node [fontname="sans-serif" style=filled]
  edge [fontname="sans-serif" fontsize=11]
  n0 [label="Que veut l’usager\u00a0?" shape=hexagon fillcolor="#ffffff"]
  n1 [label="Est-il \\"perdu\\"\u00a0?" shape=hexagon fillcolor="#ffffff"]
  n2 [label="1er niveau\\nguichet/titre/oui" shape=box fillcolor="#dff2df"]
  n4 [label="2nd niveau\\nguichet/blocage" shape=box style="filled,rounded" peripheries=2 fillcolor="#fde8c8"]
  n0 -> n1 [label="Un titre"]
  n0 -> n4 [label="Ça bloque"]
  n1 -> n2 [label="Oui"]
  n1 -> n4 [label="Non" style=dashed]
}
"""


@pytest.fixture(scope="module")
def essai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A livret of one partner."""
    folder = tmp_path_factory.mktemp("rules") / "essai"
    texts = {"livret.yaml": LIVRET, "partenaires/guichet.yaml": PARTNER, "besoins/guichet.yaml": NEEDS}
    write_files(folder, texts)
    return folder


@pytest.mark.parametrize(("option", "expected"), [(None, OUTLINE), ("--mermaid", MERMAID), ("--dot", DOT)])
def test_a_small_tree_in_a_pipe(run: Run, essai: Path, option: str | None, expected: str) -> None:
    done = run("arbre", "guichet", "--regles", str(essai), *([option] if option else []))
    assert (done.returncode, done.stderr, done.stdout) == (0, "", expected)


def test_the_tree_as_json(run: Run, essai: Path) -> None:
    done = run("arbre", "--json", "--regles", str(essai))
    answer = json.loads(done.stdout)
    assert (answer["schema_version"], answer["livret"]) == (1, "essai")
    root = answer["tree"]
    assert (root["id"], root["kind"], root["question"]) == ("", "question", "Pour quel partenaire\u00a0?")
    assert [(below["id"], below["kind"], below["level"], below["to"]) for below in iter_branches(root)] == [
        ("", "question", 0, None),
        ("guichet", "question", 0, None),
        ("guichet/titre", "question", 0, None),
        ("guichet/titre/oui", "conclusion", 1, None),
        ("guichet/titre/non", "goto", 2, "guichet/blocage"),
        ("guichet/blocage", "conclusion", 2, None),
    ]


def test_the_tree_holds_every_conclusion_once(run: Run) -> None:
    listed = [match["id"] for match in json.loads(run("liste", "--json").stdout)["matches"]]
    tree = json.loads(run("arbre", "--json").stdout)["tree"]
    assert len(listed) > 100
    assert [b["id"] for b in iter_branches(tree) if b["kind"] == "conclusion"] == listed


def screen(home: Path, columns: int, *arguments: str) -> list[str]:
    """Return what a terminal of `columns` columns shows, colours left out, line by line."""
    command = ["-m", "fs_triage", *arguments]
    environment = clean_environment(home, TERM="xterm-256color", PYTHONPATH=str(ROOT / "src"))
    child = pexpect.spawn(
        sys.executable, command, dimensions=(200, columns), encoding="utf-8", env=environment
    )
    child.expect(pexpect.EOF, timeout=30)
    shown = pyte.Screen(columns, 200)
    pyte.Stream(shown).feed(child.before or "")
    return [line.rstrip() for line in shown.display if line.strip()]


def test_a_terminal_of_40_columns(home: Path, essai: Path) -> None:
    assert screen(home, 40, "arbre", "--regles", str(essai)) == [
        "Livret d’essai",
        "Pour quel partenaire\u00a0?",
        "└── Guichet (guichet)",
        "    Que veut l’usager\u00a0?",
        "    ├── Un titre (titre)",
        '    │   Est-il "perdu"\u00a0?',
        "    │   ├── [1er] Oui (oui)",
        "    │   └── [2nd] Non (non) →",
        "    │       guichet/blocage",
        "    └── [2nd] Ça bloque (blocage)",
        "[1er] à faire sur place   [2nd] à",
        "transmettre   → suite ailleurs",
    ]


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_no_word_of_a_drawn_tree_is_lost(home: Path, run: Run, columns: int) -> None:
    drawn = "".join(re.sub(r"[│├└─\s]", "", line) for line in screen(home, columns, "arbre", "la-poste"))
    lines = [re.sub(r"^ *- |\s", "", line) for line in run("arbre", "la-poste").stdout.splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if line.replace(" ", "") not in drawn] == []


# fmt: off
HOSTILE = [
    "end", "\"x\"", "'y'", "[a](b)", "{c}", "(d)", "<b>e</b>", "</script>", "&", "&amp;",
    "&eacute;", "#", "#35;", ";", "|", "||", "`", "```", ":smile:", ":::c",
    "@{", "}", "%%{init:", "{}}%%", "%%", "note", "--", "-->", "==>", "-.->",
    "---", "style:#fff;", "classDef:#f;", "class", "click", "subgraph", "graph", "digraph", "node", "edge",
    "strict", "\\", "\\N", "\\\"", "\\n", "1.", "1)", "-", "+", "*",
    "_u_", "~~s~~", "www.caf.fr", "a@b.fr", "https://x.fr/?a=1&b=2", "$$x$$", "fa:fa-car", "\u202e", "\ufeff", "n°",
    "ﬂ", "ß", "¶", "é", "🙂", "\n", "\t",
]
# fmt: on
labels = (
    st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), min_size=1, max_size=5)
    .map(" ".join)
    .filter(join_lines)
)


@st.composite
def branches(draw: st.DrawFn) -> Branch:
    """A tree two questions deep, its labels hostile, with an answer of each kind."""
    ends: list[Branch] = []
    for name, kind, level, to in (
        ("a", "conclusion", 1, None),
        ("b", "conclusion", 2, None),
        ("c", "goto", 1, "p/a"),
    ):
        ends.append(branch(f"p/{name}", draw(labels), kind, level, to))
    deeper = branch("p/d", draw(labels), "question", 0, None, draw(labels), [ends.pop()])
    return branch("p", draw(labels), "question", 0, None, draw(labels), [*ends, deeper])


def branch(
    node: str,
    label: str,
    kind: str,
    level: int,
    to: str | None,
    question: str | None = None,
    answers: list[Branch] | None = None,
) -> Branch:
    return {
        "id": node,
        "label": label,
        "help": None,
        "kind": kind,  # type: ignore[typeddict-item]
        "level": level,
        "to": to,
        "question": question,
        "answers": answers or [],
    }


def squeezed(text: str) -> str:
    return "".join(join_lines(text).split())


def present(tool: str, found: bool) -> None:
    """Skip where `tool` is not installed; continuous integration has it, or fails."""
    if not found and os.environ.get("CI") != "true":
        pytest.skip(f"{tool} is not installed on this machine")
    assert found, f"{tool} must be installed where CI=true"


def drawn_by_dot(text: str) -> tuple[list[str], list[str]]:
    """Return the labels that the real dot draws: of nodes, of arrows."""
    done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, encoding="utf-8", timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    labels: dict[str, list[str]] = {"node": [], "edge": []}
    for group in ElementTree.fromstring(done.stdout).iter("{http://www.w3.org/2000/svg}g"):
        texts = group.findall("{http://www.w3.org/2000/svg}text")
        if group.get("class") in labels:
            labels[group.get("class", "")].append(squeezed("".join(text.text or "" for text in texts)))
    return labels["node"], labels["edge"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(branches())
def test_dot_reads_every_hostile_label(tree: Branch) -> None:
    present("dot", shutil.which("dot") is not None)
    nodes, arrows = drawn_by_dot(render_dot(tree))
    drawn = [below for below in iter_branches(tree) if below["to"] is None]
    levels = {1: "1erniveau", 2: "2ndniveau"}
    expected = [
        squeezed(b["question"] or "") if b["level"] == 0 else levels[b["level"]] + b["id"] for b in drawn
    ]
    assert sorted(nodes) == sorted(expected)
    assert sorted(arrows) == sorted(squeezed(b["label"]) for b in iter_branches(tree) if b is not tree)


MERMAID_PACKAGES = Path(os.environ.get("FS_TRIAGE_MERMAID", ROOT / "tests" / "mermaid"))


@pytest.fixture(scope="module")
def parser() -> Iterator[subprocess.Popen[str]]:
    """The real Mermaid parser, which answers a line for a line."""
    present(
        "mermaid",
        shutil.which("node") is not None and (MERMAID_PACKAGES / "node_modules" / "mermaid").is_dir(),
    )
    command = ["node", str(ROOT / "tests" / "mermaid" / "check.mjs"), str(MERMAID_PACKAGES.resolve())]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def parsed(parser: subprocess.Popen[str], text: str) -> dict[str, object]:
    assert parser.stdin is not None
    assert parser.stdout is not None
    parser.stdin.write(json.dumps(text) + "\n")
    parser.stdin.flush()
    answer: dict[str, object] = json.loads(parser.stdout.readline())
    return answer


def test_the_mermaid_parser_refuses_what_is_wrong(parser: subprocess.Popen[str]) -> None:
    assert "Parse error" in str(parsed(parser, 'flowchart LR\n  n0["a" b"]')["error"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=branches())
def test_mermaid_reads_every_hostile_label(parser: subprocess.Popen[str], tree: Branch) -> None:
    answer = parsed(parser, render_mermaid(tree))
    shapes = {"question": "hexagon", "conclusion1": "square", "conclusion2": "stadium", "goto": "odd"}
    expected_nodes = {}
    for rank, below in enumerate(iter_branches(tree)):
        text = join_lines(below["question"] or f"→ {below['to']}")
        if below["kind"] == "conclusion":
            text = {1: "1er niveau<br>", 2: "2nd niveau<br>"}[below["level"]] + below["id"]
        kind = below["kind"] + (str(below["level"]) if below["kind"] == "conclusion" else "")
        expected_nodes[f"n{rank}"] = {"text": text, "shape": shapes[kind]}
    assert answer.get("nodes") == expected_nodes, answer
    edges = answer["edges"]
    assert isinstance(edges, list)
    assert sorted((edge["text"], edge["stroke"]) for edge in edges) == sorted(
        (join_lines(b["label"]), "normal" if b["to"] is None else "dotted")
        for b in iter_branches(tree)
        if b is not tree
    )


def generator() -> dict[str, str]:
    path = ROOT / "docs" / "arbres" / "generate.py"
    spec = importlib.util.spec_from_file_location("docs_arbres", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


def test_the_pages_of_docs_are_fresh() -> None:
    pages = generator()
    assert len(pages) == 9
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "arbres").glob("*.md")}
    stale = sorted(name for name in pages.keys() | kept.keys() if pages.get(name) != kept.get(name))
    assert stale == [], "run: python docs/arbres/generate.py"


def test_the_real_mermaid_and_dot_accept_our_nine_trees(parser: subprocess.Popen[str], run: Run) -> None:
    present("dot", shutil.which("dot") is not None)
    for name, text in generator().items():
        picture = text.partition("```mermaid\n")[2].partition("```")[0]
        edges = parsed(parser, picture)["edges"]
        assert isinstance(edges, list)
        _, arrows = drawn_by_dot(run("arbre", name.removesuffix(".md"), "--dot").stdout)
        assert len(edges) == len(arrows) > 5
