"""The verifier: one line a problem, as an officer meets it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pexpect
import pytest
import yaml
from bad_livrets import read_example
from conftest import (
    GOOD,
    JURA,
    ROOT,
    RULES,
    SEARCHING_CHECKS,
    SOCLE,
    Run,
    clean_environment,
    edit,
    leave_out_checks,
)

from fs_triage.author import snippet, verifier
from fs_triage.rules.load import PartnerRules, load_livret
from fs_triage.rules.problem import Problem

# The command


def said(code: str) -> str:
    """Return what `verifier` says of the bad livret of `code`, from the folder that holds it."""
    return "".join(f"{line}\n" for line in read_example(code).expected)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, bad: Path) -> None:
    monkeypatch.chdir(bad)


@pytest.mark.usefixtures("here")
def test_a_good_livret(capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.run_verifier(["bon"], False, None) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "bon\u00a0: 3 conclusions sur 3 atteintes par un exemple\nAucun problème.\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("folder", "code", "summary"),
    [
        ("unknown-key", 1, "1 problème, dont 1 à corriger avant que ces règles puissent servir."),
        ("unused-contact", 1, "1 problème\u00a0; ces règles peuvent servir."),
        ("unreadable", 3, "1 problème, dont 1 à corriger avant que ces règles puissent servir."),
    ],
)
def test_problems(folder: str, code: int, summary: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.run_verifier([folder], False, None) == code
    out, err = capsys.readouterr()
    assert out == said(folder)
    assert err.splitlines()[-1] == summary


@pytest.mark.usefixtures("here")
def test_coverage_is_told_in_whole_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    verifier.run_verifier(["not-covered"], False, None)
    assert capsys.readouterr().err.splitlines()[:2] == [
        "not-covered\u00a0: 2 conclusions sur 3 atteintes par un exemple",
        "  mairie\u00a0: 2 sur 3",
    ]


@pytest.mark.usefixtures("here")
def test_several_livrets_are_sorted_together_and_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.run_verifier(["unknown-key", "alias", "alias"], False, None) == 1
    expected = [said(code) for code in ("alias", "unknown-key")]
    assert capsys.readouterr().out == "".join(expected)


def test_a_folder_of_livrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for code in ("alias", "tag"):
        read_example(code).write(tmp_path)
    assert verifier.run_verifier([str(tmp_path)], False, None) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == ["[alias]", "[tag]"]
    assert lines[0].startswith(f"{tmp_path}/alias/partenaires/mairie.yaml:"), (
        "not below the current folder: whole"
    )


@pytest.mark.usefixtures("here")
def test_a_file_stands_for_its_livret(capsys: pytest.CaptureFixture[str]) -> None:
    Path("autre.py").touch()
    assert verifier.run_verifier(["alias/partenaires/mairie.yaml", "autre.py"], False, None) == 1
    out, err = capsys.readouterr()
    assert out == said("alias")
    assert err.startswith(
        "«\u00a0autre.py\u00a0» n’est pas dans un dossier de livret\u00a0: rien à vérifier."
    )


GONE = "livret.yaml:1:1: n’existe pas ; vérifiez son nom [unreadable]\n"


def test_rules_whose_livret_file_is_gone(folder: Path, run: Run) -> None:
    shutil.copytree(folder, "rules/bon")
    shutil.copytree(folder, "rules/perdu")
    Path("rules/perdu/livret.yaml").unlink()
    Path("rules/autre").mkdir()
    os.mkfifo("rules/autre/tube.yml")
    Path("rules/autre/compose.yml").write_text("services:\n  base: {}\n", encoding="utf-8")
    for asked in ("rules", "rules/perdu/partenaires/mairie.yaml"):
        answer = run("verifier", asked, cwd=Path.cwd())
        assert (answer.returncode, answer.stdout) == (3, f"rules/perdu/{GONE}"), asked
    answer = run("verifier", "rules/autre/compose.yml", "rules/perdu/mots/synonymes.yaml", cwd=Path.cwd())
    assert (answer.returncode, answer.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("identifiant.yaml", "fichier que rien ne lit ; vouliez-vous dire « identifiants.yaml » ?"),
        ("identifiants.yml", "fichier que rien ne lit ; vouliez-vous dire « identifiants.yaml » ?"),
        ("Hors livret.yaml", "fichier que rien ne lit ; vouliez-vous dire « besoins/hors-livret.yaml » ?"),
        (
            "partenaires/mairie (copie).yaml",
            "fichier que rien ne lit ; ôtez-le de ce dossier, ou renommez-le",
        ),
        ("mairie.yaml.txt", "fichier que rien ne lit ; ôtez-le de ce dossier, ou renommez-le"),
        (
            "besoins/hors livret.yaml",
            "fichier que rien ne lit ; vouliez-vous dire « besoins/hors-livret.yaml » ?",
        ),
        ("besoins/mairi.yaml", "fichier que rien ne lit ; ôtez-le de ce dossier, ou renommez-le"),
        ("mairie.yml", "fichier que rien ne lit ; ôtez-le de ce dossier, ou renommez-le"),
        (
            "partenaires/identite.yaml",
            "fichier que livret.yaml ne cite pas : rien n’y mène ; ajoutez « identite » à partenaires",
        ),
    ],
)
def test_a_file_that_nothing_reads(name: str, problem: str, folder: Path) -> None:
    shutil.copy(folder / "partenaires/mairie.yaml", folder / name)
    for silent in (".mairie.yaml.swp", "lisez-moi.txt", "partenaire.schema.json"):
        (folder / silent).touch()
    assert [str(one) for one in verifier.verify_livret(folder).problems] == [
        f"bon/{name}:1:1: {problem} [unreachable]"
    ]


@pytest.mark.usefixtures("here")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.run_verifier(["not-covered"], True, None) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "schema_version": 1,
        "problems": [
            {
                "path": "not-covered/partenaires/mairie.yaml",
                "line": 27,
                "column": 9,
                "code": "not-covered",
                "message": "aucun exemple n’atteint «\u00a0liste\u00a0»",
                "hint": "ajoutez dans besoins/mairie.yaml\u00a0: «\u00a0liste: [un besoin]\u00a0»",
                "blocking": True,
            }
        ],
        "livrets": [
            {
                "folder": "not-covered",
                "coverage": {
                    "conclusions": 3,
                    "reached": 2,
                    "partners": {"mairie": {"conclusions": 3, "unreached": ["mairie/liste"]}},
                },
            }
        ],
    }


@pytest.mark.usefixtures("here")
def test_annotations_of_a_forge(capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.run_verifier(["not-covered", "syntax", "unreadable"], False, "github") == 3
    assert capsys.readouterr().out.splitlines() == [
        "::error file=not-covered/partenaires/mairie.yaml,line=27,col=9,title=not-covered::aucun exemple n’atteint "
        "«\u00a0liste\u00a0»\u00a0; ajoutez dans besoins/mairie.yaml\u00a0: «\u00a0liste: [un besoin]\u00a0»",
        '::error file=syntax/partenaires/mairie.yaml,line=31,col=9,title=syntax::guillemet «\u00a0"\u00a0» '
        "jamais refermé\u00a0; refermez-le à la fin du texte",
        "::error file=unreadable/partenaires/mairie.yaml,line=1,col=1,title=unreadable::ce n’est pas un fichier "
        "ordinaire ; remplacez-le par un fichier de texte",
    ]


def test_an_annotation_holds_what_a_forge_would_read_as_its_own() -> None:
    problem = Problem("a,b:c%.yaml", 1, 2, "tag", "100 %\nà la ligne")
    assert verifier._render_annotation(problem) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=tag::100 %25%0Aà la ligne"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["nulle-part"],
            3,
            "Le dossier «\u00a0nulle-part\u00a0» est illisible (n’existe pas)\u00a0; vérifiez son nom.\n",
        ),
        (
            ["x" * 300],
            3,
            f"Le dossier «\u00a0{'x' * 300}\u00a0» est illisible (nom trop long)\u00a0; vérifiez son nom.\n",
        ),
        (
            ["alias/"],
            3,
            "Aucun livret dans «\u00a0vide\u00a0»\u00a0: il y manque un fichier livret.yaml.\n",
        ),
        (["bon", "--format", "xml"], 2, "Format inconnu «\u00a0xml\u00a0»\u00a0; possible\u00a0: github.\n"),
        (
            ["bon", "--format", "github", "--json"],
            2,
            "«\u00a0--json\u00a0» et «\u00a0--format\u00a0» s’excluent\u00a0; gardez l’un des deux.\n",
        ),
    ],
)
def test_a_call_that_cannot_be_answered(
    run: Run, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    shutil.copytree(GOOD, tmp_path / "bon")
    (tmp_path / "vide").mkdir()
    arguments = ["vide" if argument == "alias/" else argument for argument in arguments]
    result = run("verifier", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (code, "", message)


def test_the_livret_in_use_is_verified_when_none_is_named(run: Run, tmp_path: Path) -> None:
    read_example("tag").write(tmp_path)
    result = run("verifier", env={"FS_TRIAGE_REGLES": str(tmp_path / "tag")}, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, said("tag"))


@pytest.mark.parametrize("columns", [80, 40])
def test_on_a_terminal_a_caret_stands_under_what_is_wrong(
    columns: int, home: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bad)
    monkeypatch.setenv("COLUMNS", str(columns))
    for code in ("unknown-key", "page-outside", "duplicate-id"):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "fs_triage", "verifier", code],
            cwd=str(bad),
            env={**clean_environment(home), "TERM": "xterm"},
            dimensions=(24, columns),
            encoding="utf-8",
            timeout=20,
        )
        screen = child.read().replace("\r\n", "\n")
        child.close()
        assert child.exitstatus == 1
        [problem] = verifier.verify_livret(Path(code)).problems
        expected = [str(problem), *snippet.render_snippet(problem)]
        if columns == 80:
            assert screen.splitlines()[: len(expected)] == expected
        lines = screen.splitlines()
        shown = [(text, lines[rank + 1]) for rank, text in enumerate(lines) if re.match(r" +\d+ \| ", text)]
        assert len(shown) == 1
        text, caret = shown[0]
        assert max(len(text), len(caret)) <= columns
        start, end = caret.index("^"), len(caret)
        assert text[start:end] in {"steps", "4", "carte"}


# As an officer works


MISTAKES = [
    # (file, what was there, what the officer wrote, the line that the verifier gives)
    (
        "caf",
        "    téléphone: ",
        "    telephon: ",
        "clé inconnue « telephon » ; vouliez-vous dire « téléphone » ? [unknown-key]",
    ),
    (
        "caf",
        "\nréponses:",
        "\nanswers:",
        "clé inconnue « answers » ; écrivez « réponses » [unknown-key]",
    ),
    (
        "caf",
        "public: usager\n",
        "public: tous\n",
        "« tous » n’est pas permis pour « public » ; possible : conseiller, usager [bad-choice]",
    ),
    (
        "cpam",
        'téléphone: "3646"',
        'téléphone: "364"',
        "« 364 » ne convient pas pour « téléphone » ; attendu : un numéro français à 10 chiffres, "
        "ou un numéro court comme 3230 [bad-phone]",
    ),
    (
        "cpam",
        "si ça bloque: blocage\n",
        "si ça bloque: bloquage\n",
        "« si ça bloque » mène à « bloquage », qui n’existe pas ; vouliez-vous dire « blocage » ? [unknown-target]",
    ),
    (
        "cpam",
        "si ça bloque: blocage\n",
        "pages: [onze]\nsi ça bloque: blocage\n",
        "« onze » n’est pas une page ; attendu : un nombre de 1 à 999 [bad-page]",
    ),
    (
        "justice",
        "courriel: à remplir",
        "courriel: contact@cdad-jura",
        "« contact@cdad-jura » ne convient pas pour « courriel » ; attendu : nom@domaine.fr [bad-email]",
    ),
    (
        "la-poste",
        "question: ",
        "question: Attention : ",
        "ce texte contient « : », un signe de YAML ; mettez des guillemets : "
        "\"Attention : Que veut faire l'usager av… [syntax]",
    ),
    (
        "la-poste",
        "    public: conseiller\n",
        "\tpublic: conseiller\n",
        "tabulation ; remplacez-la par des espaces [tab]",
    ),
    (
        "la-poste",
        "    public: conseiller\n",
        "",
        "il manque la clé « public » ; ajoutez par exemple « public: usager » [missing-key]",
    ),
    (
        "la-poste",
        "id: la-poste",
        "id: laposte",
        "« laposte » dans le fichier la-poste.yaml ; écrivez « id: la-poste » [file-name]",
    ),
    (
        "la-poste",
        "    courriel: à",
        "     courriel: à",
        "retrait : cette ligne commence trop à droite ; mettez 4 espaces devant « courriel: » au lieu de 5 [syntax]",
    ),
    (
        "la-poste",
        "  - id: services-en-ligne\n",
        "  - id: Services en ligne\n",
        "« Services en ligne » n’est pas un identifiant ; écrivez « services-en-ligne » [bad-id]",
    ),
    ("la-poste", "pour: ", "pour: # ", "« pour » est vide ; complétez [empty]"),
    (
        "livret",
        "la-poste",
        "laposte",
        "partenaire « laposte » sans fichier partenaires/laposte.yaml ; vouliez-vous dire « la-poste.yaml » ? "
        "[missing-file]",
    ),
    ("livret", "[caf, ", "[caf, caf, ", "partenaire « caf » cité deux fois ; retirez-en un [duplicate-id]"),
    (
        "livret",
        "caf, cpam",
        "caf cpam",
        "« caf cpam » n’est pas un identifiant ; écrivez « caf-cpam », ou « caf, cpam » s’ils sont "
        "plusieurs [bad-id]",
    ),
    (
        "livret",
        "[caf, ",
        "[urssaf, caf, ",
        "partenaire « urssaf » sans fichier partenaires/urssaf.yaml ; créez ce fichier, ou ôtez « urssaf » "
        "de partenaires [missing-file]",
    ),
    ("livret", "titre:", "title:", "clé inconnue « title » ; écrivez « titre » [unknown-key]"),
    (
        "caf",
        "mots:\n  - allocations",
        "mots:\n  - fiche\n  - allocations",
        "« fiche » est une commande de fs-triage ; choisissez un autre nom [name-is-command]",
    ),
    (
        "caf",
        "mots:\n  - allocations",
        "mots:\n  - ameli\n  - allocations",
        "« ameli » désigne déjà « caf » (ligne 7 de caf.yaml) ; gardez-le chez un seul partenaire [shared-name]",
    ),
    (
        "caf",
        "mots:\n  - allocations",
        "mots:\n  - **allocs**\n  - allocations",
        'ce texte commence par « * », un signe de YAML ; mettez des guillemets : "**allocs**" [syntax]',
    ),
    (
        "caf",
        "mots:\n  - allocations",
        'mots:\n  - "**allocs**"\n  - allocations',
        "« **allocs** » se lit comme du balisage ; écrivez le texte seul [markup]",
    ),
]


@pytest.mark.parametrize(("name", "before", "after", "line"), MISTAKES)
def test_a_mistake_made_by_hand_gives_one_line(
    name: str,
    before: str,
    after: str,
    line: str,
    light_rules: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)
    shutil.copytree(light_rules / "socle", tmp_path / "jura")
    path = tmp_path / "jura" / (f"{name}.yaml" if name == "livret" else f"partenaires/{name}.yaml")
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    told = [str(problem).partition(" ")[2] for problem in verifier.verify_livret(tmp_path / "jura").problems]
    assert told == [line]


def test_a_partner_left_out_of_the_list_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)
    livret = Path(shutil.copytree(SOCLE, tmp_path / "jura")) / "livret.yaml"
    edit(livret, (", la-poste]", "]"))
    [problem] = verifier.verify_livret(livret.parent).problems
    assert (problem.code, problem.blocking) == ("id-vanished", True)
    assert problem.hint == (
        "ajoutez «\u00a0la-poste\u00a0» à partenaires, dans livret.yaml\u00a0; "
        "si le livret ne le donne plus, ôtez partenaires/la-poste.yaml et ces 6 lignes"
    )
    (livret.parent / "partenaires/la-poste.yaml").unlink()
    [problem] = verifier.verify_livret(livret.parent).problems
    assert (problem.code, problem.blocking) == ("id-vanished", True)
    assert "ôtez ces" in problem.hint


def test_all_at_once(tmp_path: Path) -> None:
    """Mistakes in several files, and several in one, are told in one run."""
    shutil.copytree(SOCLE, tmp_path / "jura")
    caf = tmp_path / "jura" / "partenaires/caf.yaml"
    text = caf.read_text(encoding="utf-8")
    text = text.replace("    téléphone: ", "    telephon: ", 1).replace(
        "si ça bloque: ", "si ça bloque: x", 1
    )
    text = text.replace("  - id: ", "  - label: x\n    id: ", 1)
    caf.write_text(text, encoding="utf-8")
    (tmp_path / "jura" / "partenaires/cpam.yaml").write_text("id: [", encoding="utf-8")
    told = [problem.code for problem in verifier.verify_livret(tmp_path / "jura").problems]
    assert told == ["unknown-target", "unknown-key", "duplicate-key", "syntax"]


def test_our_rules_have_no_problem_and_every_conclusion_its_example(run: Run) -> None:
    livrets = sorted(path.parent for path in RULES.glob("*/livret.yaml"))
    assert JURA in livrets
    answer = json.loads(run("verifier", *map(str, livrets), "--json", cwd=ROOT).stdout)
    assert answer["problems"] == []
    assert sum(len(needs) for rules in partners() for needs in rules.model.examples.values()) > 1000
    for livret in answer["livrets"]:
        assert livret["coverage"]["conclusions"] == livret["coverage"]["reached"] > 0


def partners() -> tuple[PartnerRules, ...]:
    livret = load_livret(JURA).livret
    assert livret is not None
    return livret.partners


# The hook


def test_the_hook_verifies_the_livret_of_each_file_that_changed(run: Run, tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["language"] == "python" and hook["require_serial"]
    changed = [
        "regles/tag/partenaires/mairie.yaml",
        "regles/tag/livret.yaml",
        "autre.yaml",
        ".github/ci.yaml",
        "README.md",
    ]
    for name in changed:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a: b\n", encoding="utf-8")
    shutil.rmtree(tmp_path / "regles")
    read_example("tag").write(tmp_path / "regles")
    passed = [n for n in changed if re.search(hook["files"], n) and not re.search(hook["exclude"], n)]
    program, *arguments = hook["entry"].split()
    assert program == "fs-triage"
    result = run(*arguments, *passed, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout == "regles/" + said("tag")
    assert "autre.yaml" in result.stderr
