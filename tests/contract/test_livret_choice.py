"""Which livret answers: options, environment, configuration, other packages."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from conftest import JURA, RULES, Run, write_files

from fs_triage.files import folders, installed, timeout
from fs_triage.text.typography import typeset_french

TINY = """\
id: {id}
titre: Livret {id}
département: 99 {id}
source: Essai
partenaires: [mairie]
"""
PARTNER = """\
id: mairie
libellé: Mairie
nom: Mairie
pour: état civil
pages: [1]
pas de second niveau: Tout se fait en mairie.
question: Que veut l'usager ?
réponses:
  - {{id: acte, libellé: Demander un acte ({id}), étapes: [Écrire à la mairie.]}}
  - {{id: livret, libellé: Demander un livret de famille, étapes: [Aller en mairie.]}}
"""
NEEDS = """\
acte: [il me faut un acte de naissance]
livret: [j'ai perdu mon livret de famille]
"""


def make(folder: Path) -> Path:
    """A small livret named after its folder."""
    texts = {"livret.yaml": TINY, "partenaires/mairie.yaml": PARTNER}
    texts = {name: text.format(id=folder.name) for name, text in texts.items()}
    write_files(folder, {**texts, "besoins/mairie.yaml": NEEDS})
    return folder


@pytest.fixture
def livret_of(run: Run, home: Path) -> Callable[..., str]:
    """The livret that a call is answered from."""

    def ask(*arguments: str, **environment: str) -> str:
        answer = run(*arguments, "liste", "--json", env=environment)
        assert answer.returncode == 0, answer.stderr
        return str(json.loads(answer.stdout)["livret"])

    return ask


@pytest.fixture
def config(tmp_path: Path) -> Callable[[str], str]:
    """Write the user's config.toml; the value of XDG_CONFIG_HOME that makes it count."""

    def write(text: str) -> str:
        folder = tmp_path / "config" / "fs-triage"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        return str(folder.parent)

    return write


def test_the_livret_of_the_program_answers_by_default(livret_of: Callable[..., str]) -> None:
    assert livret_of() == "jura"


def test_the_option_goes_before_the_environment_before_the_configuration(
    tmp_path: Path, livret_of: Callable[..., str], config: Callable[[str], str]
) -> None:
    first, second, third = (str(make(tmp_path / name)) for name in ("un", "deux", "trois"))
    configured = config(f'regles = "{third}"\n')
    assert livret_of(XDG_CONFIG_HOME=configured) == "trois"
    assert livret_of(XDG_CONFIG_HOME=configured, FS_TRIAGE_REGLES=second) == "deux"
    assert livret_of("--regles", first, XDG_CONFIG_HOME=configured, FS_TRIAGE_REGLES=second) == "un"


def test_a_folder_of_livrets(tmp_path: Path, livret_of: Callable[..., str], run: Run) -> None:
    make(tmp_path / "un")
    assert livret_of("--regles", str(tmp_path)) == "un"
    make(tmp_path / "deux")
    assert livret_of("--regles", str(tmp_path), "--livret", "deux") == "deux"
    answer = run("liste", "--regles", str(tmp_path))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "Plusieurs livrets (deux, un) ; choisissez avec --livret.\n"
    answer = run("liste", "--regles", str(tmp_path), "--livret", "dex")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "Livret « dex » inconnu ; possibles : deux, un.\n"


def test_the_configuration_chooses_a_livret(
    tmp_path: Path, livret_of: Callable[..., str], config: Callable[[str], str]
) -> None:
    make(tmp_path / "rules" / "un")
    make(tmp_path / "rules" / "deux")
    configured = config(f'regles = "{tmp_path / "rules"}"\nlivret = "un"\n')
    assert livret_of(XDG_CONFIG_HOME=configured) == "un"
    assert livret_of("--livret", "deux", XDG_CONFIG_HOME=configured) == "deux"


def test_rules_that_are_not_there(run: Run, tmp_path: Path) -> None:
    answer = run("caf", "rsa", "--regles", str(tmp_path / "rien"))
    assert (answer.returncode, answer.stdout) == (3, "")
    assert answer.stderr == f"Le dossier de règles « {tmp_path}/rien » n’existe pas ; vérifiez son nom.\n"
    answer = run("caf", "rsa", "--regles", str(tmp_path))
    assert (answer.returncode, answer.stdout) == (3, "")
    assert answer.stderr == f"Aucun livret dans « {tmp_path} » : il y manque un fichier livret.yaml.\n"


def told(run: Run, *arguments: str, **environment: str) -> tuple[int, str]:
    answer = run(*arguments, env=environment)
    assert answer.stdout == ""
    return answer.returncode, answer.stderr


def test_a_livret_named_beside_rules_that_are_another(
    tmp_path: Path, livret_of: Callable[..., str], config: Callable[[str], str], run: Run
) -> None:
    own = make(tmp_path / "un")
    message = (
        f"« {own} » est le livret « un » : « --livret deux » n’y choisit rien ; "
        "retirez --livret, ou donnez avec --regles le dossier qui contient les livrets.\n"
    )
    assert told(run, "mairie", "--regles", str(own), "--livret", "deux") == (2, message)
    assert told(run, "mairie", "--livret", "deux", FS_TRIAGE_REGLES=str(own)) == (2, message)
    assert livret_of("--regles", f"{own}/", "--livret", "un") == "un"
    configured = config('livret = "deux"\n')
    assert livret_of(XDG_CONFIG_HOME=configured, FS_TRIAGE_REGLES=str(own)) == "un"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'regle = "/srv"\n',
            "Clé inconnue « regle » dans le fichier de configuration {file} ; "
            "possibles : « regles », « livret », « maison », « maj », « maj_chaque_jour », « cle » et « comptes ».",
        ),
        (
            '[rules]\npath = "/srv"\n',
            "Clé inconnue « rules » dans le fichier de configuration {file} ; "
            "possibles : « regles », « livret », « maison », « maj », « maj_chaque_jour », « cle » et « comptes ».",
        ),
        (
            "livret = 39\n",
            "Dans le fichier de configuration {file}, la valeur de « livret » doit être un texte, "
            'comme « livret = "jura" ».',
        ),
    ],
)
def test_a_setting_that_is_none(text: str, problem: str, config: Callable[[str], str], run: Run) -> None:
    configured = config(text)
    message = problem.format(file=f"{configured}/fs-triage/config.toml") + "\n"
    assert told(run, "caf", "rsa", XDG_CONFIG_HOME=configured) == (3, message)


def test_a_file_in_the_place_of_the_folder_of_rules(run: Run) -> None:
    assert told(run, "caf", "rsa", "--regles", str(JURA / "partenaires/caf.yaml")) == (
        3,
        f"Le dossier de règles « {JURA}/partenaires/caf.yaml » est un fichier ; "
        f"donnez le dossier qui le contient, « {JURA} ».\n",
    )


@pytest.fixture
def package(tmp_path: Path) -> str:
    """A package that brings the livret « vallee » by the entry point; the PYTHONPATH that installs it."""
    site = tmp_path / "site"
    make(site / "livret_vallee" / "vallee")
    (site / "livret_vallee" / "__init__.py").write_text(
        "from pathlib import Path\nfolder = Path(__file__).parent / 'vallee'\n", encoding="utf-8"
    )
    information = site / "livret_vallee-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: livret-vallee\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[fs_triage.livrets]\nvallee = livret_vallee:folder\ncasse = livret_vallee:absent\n"
    )
    return str(site)


def beside_ours(site: str) -> str:
    return os.pathsep.join([site, *filter(None, [os.environ.get("PYTHONPATH")])])


FOREIGN = {
    "exits": "raise SystemExit(0)",
    "exits_at_once": "import os\nos._exit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "weird": "folder = object()",
    "number": "folder = 3",
    "nul": "folder = '/srv/\\0'",
    "no_text": "folder = '/srv/\\udce9'",
    "no_folder": "",
    "crashes": "import os, signal\nos.kill(os.getpid(), signal.SIGABRT)",
    "too_deep": "def f(): f()\nf()",
    "too_long": "folder = '/' + 'x' * 100_000",
    "without": "folder = '/nulle/part'",
}
PRINTS = """
import os, sys
print("imprimé")
sys.stderr.write("dit")
os.write(1, b"au noyau")
os.write(2, b"au noyau")
os.system("echo par un autre")
sys.stdout = None
from pathlib import Path
folder = Path(__file__).parent / "livret_vallee" / "vallee"
"""


def test_the_code_of_another_package_is_contained(package: str, run: Run) -> None:
    information = Path(package) / "etrangers-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: etrangers\nVersion: 1.0\n")
    lines = ["[fs_triage.livrets]", "bavard = bavard:folder"]
    Path(package, "bavard.py").write_text(PRINTS, encoding="utf-8")
    for name, code in FOREIGN.items():
        lines.append(f"{name} = foreign_{name}:folder")
        Path(package, f"foreign_{name}.py").write_text(code + "\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("\n".join(lines) + "\n")
    answer = run("livrets", "--json", env={"PYTHONPATH": beside_ours(package)})
    assert answer.returncode == 0
    assert [livret["id"] for livret in json.loads(answer.stdout)["livrets"]] == ["bavard", "jura", "vallee"]
    assert answer.stderr.splitlines() == [
        typeset_french(f"Attention : le livret « {name} » d’un autre paquet ne se charge pas.")
        for name in sorted([*FOREIGN, "casse"])
    ]


def test_a_package_that_takes_too_long(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(package, "lent.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    (Path(package) / "livret_vallee-1.0.dist-info" / "entry_points.txt").write_text(
        "[fs_triage.livrets]\nlent = lent:folder\n"
    )
    monkeypatch.syspath_prepend(package)
    monkeypatch.setattr(timeout, "LONG_TIMEOUT", 0.5)
    assert installed._load_entry_point("lent") is None


def test_a_package_whose_papers_cannot_be_read(package: str, run: Run) -> None:
    (Path(package) / "livret_vallee-1.0.dist-info" / "entry_points.txt").write_bytes(
        b"[fs_triage.livrets]\n\xff=\xff"
    )
    answer = run("livrets", env={"PYTHONPATH": beside_ours(package)})
    assert answer.returncode == 0 and "jura" in answer.stdout
    assert (
        answer.stderr.startswith(typeset_french("Attention : les livrets d’autres paquets"))
        and answer.stderr.count("\n") == 1
    )


def test_a_livret_that_another_package_brings(package: str, livret_of: Callable[..., str], run: Run) -> None:
    assert livret_of("--livret", "vallee", PYTHONPATH=beside_ours(package)) == "vallee"
    answer = run("livrets", env={"PYTHONPATH": beside_ours(package)})
    assert answer.returncode == 0
    assert answer.stdout == (
        f"* jura\t{JURA}\n"
        f"  vallee\t{package}/livret_vallee/vallee\n"
        "* : le livret utilisé ; un autre se choisit avec --livret.\n"
    )
    assert answer.stderr == "Attention : le livret « casse » d’un autre paquet ne se charge pas.\n"


def test_the_livrets_as_json(run: Run) -> None:
    answer = run("livrets", "--json")
    assert json.loads(answer.stdout) == {
        "schema_version": 1,
        "livrets": [{"id": "jura", "folder": str(JURA), "in_use": True}],
    }


def test_a_livret_elsewhere_is_listed_as_the_one_in_use(run: Run, tmp_path: Path) -> None:
    folder = make(tmp_path / "ailleurs")
    answer = run("livrets", "--json", env={"FS_TRIAGE_REGLES": str(folder)})
    used = [livret["id"] for livret in json.loads(answer.stdout)["livrets"] if livret["in_use"]]
    assert used == ["ailleurs"]


def test_two_livrets_do_not_mix(tmp_path: Path, run: Run) -> None:
    first = make(tmp_path / "a" / "meme")
    second = tmp_path / "b" / "meme"
    shutil.copytree(first, second)
    text = (second / "partenaires/mairie.yaml").read_text(encoding="utf-8")
    (second / "partenaires/mairie.yaml").write_text(text.replace("(meme)", "(autre)"), encoding="utf-8")
    for _ in range(2):
        assert "(meme)" in run("--regles", str(first), "mairie").stdout
        assert "(autre)" in run("--regles", str(second), "mairie").stdout


def test_the_folders_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for home, cache, config in (("/home/u", None, None), (str(tmp_path), "/c", "/d"), ("/h", "relative", "")):
        monkeypatch.setenv("HOME", home)
        for name, value in (("XDG_CACHE_HOME", cache), ("XDG_CONFIG_HOME", config)):
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        if cache == "relative":  # the specification: a relative path is to be ignored
            assert folders.find_cache_folder() == "/h/.cache/fs-triage"
            assert folders.find_config_file() == "/h/.config/fs-triage/config.toml"
            continue
        assert folders.find_cache_folder() == platformdirs.user_cache_dir("fs-triage", appauthor=False)
        expected = Path(platformdirs.user_config_dir("fs-triage", appauthor=False)) / "config.toml"
        assert folders.find_config_file() == str(expected)


def test_the_rules_in_use_are_those_of_the_checkout() -> None:
    assert Path(folders.get_own_livrets()) == RULES
