"""A livret of before becomes one of today: nothing it says is lost, and nothing is touched that cannot be read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Run, write_files

OLD = {
    "livret.yaml": """\
# Le livret d'essai
id: petit
title: "Un livret, n° #2"
departement: 39 Jura
source: Préfecture
partners: [guichet]
messages:
  email: {subject: Bonjour, body: "{{ demarche }}"}
""",
    "guichet.yaml": """\
# yaml-language-server: $schema=../partner.schema.json
id: guichet
label: Guichet
name: Le guichet
about: papiers
keywords: [comptoir]
pages: [1]
if_blocked: blocage
contacts:
  site: {phone: "3949", label: Numéro, audience: usager, scope: national}  # le numéro unique
question: Que veut l'usager ?
answers:
  - {id: papier, label: Un papier, steps: [Le demander.]}
  - id: carte
    label: Une carte
    # une étape suffit
    steps:
      - >-
        La demander
        au guichet.
  - id: blocage
    label: Rien ne va plus
    in_order: true
    escalate: [{contact: site, when: le matin}]

# Les essais
examples:
  - id: carte
    # dits au comptoir
    besoin:
      - une carte
      - >-
        une carte
        perdue
    walk: [carte]
  # le dernier recours
  - {id: blocage, besoin: "plus # rien ne va"}  # pour finir
  - id: papier
    besoin: [un papier,
             une attestation]
""",
    "hors-livret.yaml": "out_of_scope:\n  - {topic: pêche, where: La fédération., needs: [pêcher]}\n"
    "vague: [aide]\n",
    "identifiants.yaml": "published: [guichet/papier, guichet/carte, guichet/blocage]\n"
    "renamed: {guichet/label: guichet/carte}\n",
    "situations.yaml": "situations:\n"
    "  - {id: perte, title: Perte, words: [perdu], demarches: [guichet/papier], besoin: [tout perdu]}\n",
    "synonymes.yaml": "synonyms:\n  - {word: papier, also: [paperasse]}\n",
    "LISEZMOI.txt": "label: reste tel quel\n",
}  # fmt: skip
NEEDS = """\
papier: [un papier,
  une attestation]
# Les essais
# dits au comptoir
carte:
  - une carte
  - >-
    une carte
    perdue
# le dernier recours
# pour finir
blocage: "plus # rien ne va"
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_files(tmp_path / "petit", OLD)
    return tmp_path / "petit"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_nothing_is_lost_and_the_old_one_is_kept(old: Path, run: Run) -> None:
    before = contents(old)
    refused = run("--regles", str(old), "liste")
    assert refused.returncode == 3 and f"fs-triage convertir {old}" in run("verifier", str(old)).stdout
    done = run("convertir", str(old))
    assert done.returncode == 0, done.stderr
    assert "guichet.yaml → partenaires/guichet.yaml, besoins/guichet.yaml" in done.stdout
    kept = old.with_name("petit-avant")
    assert contents(kept) == before and [path.name for path in sorted(old.parent.iterdir())] == [
        "petit",
        kept.name,
    ]
    assert set(contents(old)) == {
        *("livret.yaml", "identifiants.yaml", "situations.yaml", "mots/synonymes.yaml", "LISEZMOI.txt"),
        *("partenaires/guichet.yaml", "besoins/guichet.yaml", "besoins/hors-livret.yaml"),
    }
    compared = run("comparer", str(kept), str(old))
    assert (compared.returncode, compared.stderr) == (0, "") and "Rien" in compared.stdout
    assert run("verifier", str(old)).stdout == ""
    assert (old / "besoins/guichet.yaml").read_text(encoding="utf-8") == NEEDS
    partner = (old / "partenaires/guichet.yaml").read_text(encoding="utf-8")
    assert partner.startswith(
        "# yaml-language-server: $schema=../../partenaire.schema.json\nid: guichet\nlibellé: G"
    )
    for kept_line in ("  # le numéro unique", "    # une étape suffit", "    dans cet ordre: oui\n"):
        assert kept_line in partner
    again = run("convertir", str(old))
    assert again.returncode == 0 and again.stdout.startswith("Rien à convertir")


def test_an_heir_of_before_is_compared_with_its_parent_of_before(old: Path, run: Run) -> None:
    heir = {
        "livret.yaml": "id: voisin\ntitle: V\ndepartement: 25 Doubs\nsource: P\nextends: petit\n",
        "guichet.yaml": "id: guichet\nremove: [carte]\nadd:\n  .:\n    - {id: label, label: B, steps: [c]}\n"
        "examples:\n  - {id: label, besoin: un mot}\n",
    }
    write_files(old.with_name("voisin"), heir)
    shutil.copytree(old, old.parent / "avant" / "petit")
    shutil.copytree(old.with_name("voisin"), old.parent / "avant" / "voisin")
    for name in ("petit", "voisin"):
        assert run("convertir", str(old.with_name(name))).returncode == 0
    done = run("comparer", str(old.parent / "avant" / "voisin"), str(old.with_name("voisin")))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_of_before_among_those_of_today(old: Path, run: Run) -> None:
    assert run("convertir", str(old)).returncode == 0
    shutil.rmtree(old.with_name("petit-avant"))
    (old / "partenaires/guichet.yaml").write_text(
        OLD["guichet.yaml"].partition("\n# Les essais")[0], encoding="utf-8"
    )
    told = run("verifier", str(old)).stdout.splitlines()
    assert len(told) == 1 and "[old-form]" in told[0] and f"fs-triage convertir {old}" in told[0]
    assert run("convertir", str(old)).returncode == 0
    assert run("verifier", str(old)).stdout == ""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("guichet.yaml", "id: guichet\nlabel: [", "syntax"),
        (
            "guichet.yaml",
            OLD["guichet.yaml"].replace("label: Guichet", "label: Guichet\nlabel: A"),
            "duplicate-key",
        ),
        (
            "guichet.yaml",
            OLD["guichet.yaml"].replace("  - id: carte\n    #", "  - carte\n    #", 1),
            "syntax",
        ),
        (
            "guichet.yaml",
            OLD["guichet.yaml"].replace("examples:\n", "examples:\n  - une phrase\n"),
            "old-form",
        ),
        ("guichet.yaml", OLD["guichet.yaml"].replace("keywords: [c", "keyword: [c"), "clé inconnue"),
        ("partenaires/guichet.yaml", "id: guichet\n", "gardez le bon"),
    ],
)
def test_what_cannot_be_read_is_left_as_it_is(old: Path, run: Run, name: str, text: str, told: str) -> None:
    write_files(old, {name: text})
    before = contents(old)
    done = run("convertir", str(old))
    assert (done.returncode, done.stdout) == (3, "") and told in done.stderr
    assert contents(old) == before and [path.name for path in old.parent.iterdir()] == ["petit"]


def test_a_folder_that_cannot_be_converted_now(old: Path, run: Run) -> None:
    before = contents(old)
    assert run("convertir", ".", cwd=old).returncode == 2
    assert run("convertir", str(old.parent)).returncode == 3
    old.with_name("petit-avant").mkdir()
    done = run("convertir", str(old))
    assert done.returncode == 2 and "existe déjà" in done.stderr
    assert contents(old) == before
