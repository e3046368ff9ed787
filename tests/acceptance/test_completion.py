"""The Tab key: what the program proposes, and that real shells show it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest
from conftest import ROOT, Call, clean_environment, write_livret
from terminal import CTRL_U, Terminal

from fs_triage.cli import commands, install_completion
from fs_triage.cli.commands import SHELLS
from fs_triage.text.typography import typeset_french

SCRIPTS = ROOT / "src" / "fs_triage" / "cli" / "shells"
PARTNERS = ["ants", "caf", "carsat", "cpam", "ddfip", "justice", "la-poste", "msa", "pole-emploi"]


def proposed(call: Call, *words: str) -> list[str]:
    """Return what is proposed for the last of `words`, as « value TAB label »."""
    *before, current = words
    code, out, err = call("--completer", *before, f"={current}")
    assert (code, err) == (0, "")
    return out.splitlines()


def values(call: Call, *words: str) -> list[str]:
    return [line.partition("\t")[0] for line in proposed(call, *words)]


def test_partners_come_first_with_their_names_then_commands(call: Call) -> None:
    found = proposed(call, "")
    assert sorted(line.partition("\t")[0] for line in found[:9]) == PARTNERS
    assert "pole-emploi\tPôle emploi" in found[:9]
    assert {line.partition("\t")[0] for line in found[9:]} == set(commands.COMMANDS)
    assert "liste\tLister toutes les démarches." in found


def test_a_beginning_narrows(call: Call) -> None:
    assert values(call, "ca") == ["caf", "carsat"]
    assert values(call, "caf", "rs") == ["rsa"]
    assert values(call, "fiche", "caf", "rs") == ["rsa"]
    assert proposed(call, "zz") == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("france t",), ["ants", "pole-emploi"]),  # France Titres, France Travail
        (("france tra",), ["pole-emploi"]),
        (("Impô",), ["ddfip"]),
        (("améli",), ["cpam"]),
        (("liste", "alloc"), ["caf"]),
        (("fiche", "trésor"), ["ddfip"]),
        (("chercher", "--partenaire", "assedic"), ["pole-emploi"]),
        (("caf", "prest"), ["autre-prestation"]),
        (("caf/prest",), ["caf/autre-prestation"]),
        (("caf", "zzz"), []),
        (("'",), []),
    ],
    ids=lambda value: " ".join(value),
)
def test_words_of_a_label_or_of_another_name_are_completed_too(
    call: Call, typed: tuple[str, ...], found: list[str]
) -> None:
    assert sorted(values(call, *typed)) == found


def test_what_begins_so_itself_comes_alone(call: Call) -> None:
    """« ca » begins « caisse », a name of several; those that begin with it themselves are meant."""
    assert values(call, "ca") == ["caf", "carsat"]
    assert values(call, "comp") == ["comparer"]


def test_then_the_answers_with_their_labels_down_to_a_conclusion(call: Call) -> None:
    assert "rsa\tRSA" in proposed(call, "caf", "")
    assert "demande\tFaire une demande de RSA" in proposed(call, "caf", "rsa", "")
    assert "caf/rsa\tRSA" in proposed(call, "caf/")
    assert "caf/rsa/demande\tFaire une demande de RSA" in proposed(call, "caf/rsa/de")
    assert "demande\tFaire une demande de RSA" in proposed(call, "CAF", "rsa", "")
    assert proposed(call, "caf", "rsa", "demande", "") == list(commands.COMMANDS["fiche"].options)


def test_every_answer_proposed_is_a_call_that_works(call: Call) -> None:
    met = 0
    for partner in PARTNERS:
        for answer in values(call, partner, ""):
            code, out, err = call("fiche", partner, answer, "--json")
            assert (code, err) == (0, "")
            assert '"found_by": "id"' in out
            met += 1
    assert met > 20


def test_options_are_those_of_the_command_and_not_given_twice(call: Call) -> None:
    assert proposed(call, "caf", "--") == list(commands.COMMANDS["fiche"].options)
    assert proposed(call, "caf", "--json", "--") == [
        o for o in commands.COMMANDS["fiche"].options if o != "--json"
    ]
    assert proposed(call, "liste", "--j") == ["--json"]
    assert proposed(call, "chercher", "permis", "") == list(commands.COMMANDS["chercher"].options)
    for name, command in commands.COMMANDS.items():
        assert proposed(call, name, "--") == [option for option in command.options if option.startswith("--")]
    without_words = [*commands.WIZARD.options.values(), *commands.TYPER_OPTIONS]
    assert {option.name for option in without_words} <= set(proposed(call, "--"))


def test_values_of_options(call: Call) -> None:
    assert sorted(values(call, "chercher", "--partenaire", "")) == PARTNERS
    assert proposed(call, "chercher", "--niveau", "") == ["1", "2"]
    assert proposed(call, "caf", "--livret", "") == ["jura"]
    assert proposed(call, "--installer-completion", "") == list(SHELLS)
    assert proposed(call, "chercher", "--max", "") == []
    for words in (("caf", "--regles", ""), ("verifier", ""), ("nouveau", "")):
        assert proposed(call, *words) == ["\t"], "a folder"


def test_lists_take_one_partner(call: Call) -> None:
    assert values(call, "liste", "c") == ["caf", "cpam", "carsat"]
    assert proposed(call, "liste", "caf", "c") == []


def test_situations_by_their_ids(call: Call) -> None:
    assert proposed(call, "situation", "de") == ["demenagement\tDéménagement", "deces\tDécès d’un proche"]
    assert proposed(call, "situation", "deces", "") == list(commands.COMMANDS["situation"].options)


def test_the_livret_of_the_half_typed_call(call: Call, tmp_path: Path) -> None:
    folder = write_livret(tmp_path / "petit")
    assert values(call, "--regles", str(folder), "g") == ["guichet"]
    assert values(call, "guichet", f"--regles={folder}", "") == ["papier", "blocage"]


def test_a_folder_in_the_home_of_the_half_typed_call(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_livret(tmp_path / "mes règles")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert values(call, "--regles", "~/mes règles", "g") == ["guichet"]


def test_what_cannot_be_answered_is_answered_by_nothing(call: Call) -> None:
    assert proposed(call, "--regles", "/nulle/part", "c") == []
    assert call("--completer") == call("--completer", "=")
    assert proposed(call, "caf", "\udce9") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_installing_says_which_files_it_wrote_and_does_it_once(
    call: Call, shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR"):
        monkeypatch.delenv(variable, raising=False)
    profile = {
        "bash": tmp_path / ".bashrc",
        "zsh": tmp_path / ".zshrc",
        "fish": tmp_path / ".config/fish/completions/fs-triage.fish",
        "powershell": tmp_path / ".config/powershell/profile.ps1",
    }[shell]
    if shell != "fish":
        profile.parent.mkdir(parents=True, exist_ok=True)
        profile.write_bytes(b"# \xe0 moi, sans fin de ligne")
    code, out, err = call("--installer-completion", shell)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (code, err) == (0, "")
    assert out.endswith(typeset_french(f"{profile}. Ouvrez un nouveau terminal.\n") + "\n")
    assert all(str(path) in out for path in files)
    assert files
    if shell != "fish":
        assert profile.read_bytes().startswith(b"# \xe0 moi, sans fin de ligne\n# Compl")
    contents = {path: path.read_bytes() for path in files}
    again = typeset_french(f"La complétion pour {shell} est déjà installée ; rien n’a changé.")
    assert call("--installer-completion", shell) == (0, again + "\n", "")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == contents


PROFILES = {
    "without end of line": b"Set-Alias x y",
    "ANSI": "# é\r\n".encode("cp1252"),
    "UTF-8 with a mark": "\ufeff# é\r\n".encode(),
    "UTF-16": "\ufeff# é\r\n".encode("utf-16-le"),
    "UTF-16, the other way": "\ufeff# é".encode("utf-16-be"),
}


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A Windows whose documents were moved, and which reads no script."""
    monkeypatch.setattr(install_completion, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(platformdirs, "user_documents_dir", lambda: str(tmp_path / "OneDrive" / "Documents"))
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda: str(tmp_path / "Zoé's $x" / "AppData"))
    monkeypatch.setattr(install_completion, "_read_execution_policies", lambda: ("", ""))
    return monkeypatch


@pytest.mark.parametrize("before", PROFILES.values(), ids=PROFILES)
def test_both_powershells_of_windows_find_the_completion_in_documents_that_were_moved(
    windows: pytest.MonkeyPatch, call: Call, tmp_path: Path, before: bytes
) -> None:
    documents = tmp_path / "OneDrive" / "Documents"
    old, new = (documents / name / "profile.ps1" for name in ("WindowsPowerShell", "PowerShell"))
    kept = tmp_path / "Zoé's $x" / "AppData" / "fs-triage" / "completion.ps1"
    old.parent.mkdir(parents=True)
    old.write_bytes(before)
    code, out, err = call("--installer-completion", "powershell")
    said = f"Complétion installée pour powershell\u00a0: {kept}, {old} et {new}. Ouvrez un nouveau terminal."
    assert (code, out) == (0, said + "\n")
    assert "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned" in err and err.count("\n") == 1
    assert kept.read_bytes() == (SCRIPTS / "completion.ps1").read_bytes()
    assert old.read_bytes().startswith(before)
    mark = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(before[:2], "utf-8")
    added = old.read_bytes()[len(before) :].decode(mark)
    assert added.lstrip("\n") == new.read_bytes().decode("ascii")
    assert added.startswith("\n") != before.decode(mark, "replace").endswith("\n")
    assert powershell_text(added.strip().split("\n")[-1].removeprefix(". ")) == str(kept)
    again = call("--installer-completion", "powershell")
    assert again == (
        0,
        typeset_french("La complétion pour powershell est déjà installée ; rien n’a changé.") + "\n",
        err,
    )


def powershell_text(text: str) -> str:
    """Return what a quoted text means to PowerShell (about_Quoting_Rules)."""
    inside = text[1:-1]
    if text[0] == "'":
        return inside.replace("''", "'")
    inside = re.sub(r"\$\(\[char\]::ConvertFromUtf32\((\d+)\)\)", lambda found: chr(int(found[1])), inside)
    assert re.fullmatch(r"(?:[^`\"$]|`.)*", inside), text
    return re.sub("`(.)", r"\1", inside)


@pytest.mark.parametrize(
    "path", ["C:\\Users\\x\\c.ps1", "C:\\d'été\\c.ps1", "C:\\d'hiver\\c.ps1", 'x"`$(é)\N{GRINNING FACE}’']
)
def test_a_path_is_written_to_a_profile_in_ascii(path: str) -> None:
    written = install_completion.quote_powershell(path)
    assert written.isascii()
    assert powershell_text(written) == path


@pytest.mark.parametrize(
    ("house", "own", "said"),
    [
        ("", "", "Set-ExecutionPolicy"),
        ("", "Restricted", "Set-ExecutionPolicy"),
        ("", "AllSigned", "Set-ExecutionPolicy"),
        ("", "RemoteSigned", ""),
        ("", "Bypass", ""),
        ("AllSigned", "RemoteSigned", "service informatique"),
        ("unrestricted", "Restricted", ""),
    ],
)
def test_scripts_that_powershell_may_not_read_are_told(
    windows: pytest.MonkeyPatch, call: Call, house: str, own: str, said: str
) -> None:
    windows.setattr(install_completion, "_read_execution_policies", lambda: (house, own))
    _, _, err = call("--installer-completion", "powershell")
    assert said in err and bool(err) == bool(said)
    assert call("--installer-completion", "fish")[2] == ""


def test_the_script_of_powershell_is_ascii(call: Call) -> None:
    """Windows PowerShell reads a file without a byte order mark in the ANSI page."""
    assert (SCRIPTS / "completion.ps1").read_bytes().isascii()


def test_a_script_with_carriage_returns_is_installed_anew(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    call("--installer-completion", "bash")
    kept = tmp_path / ".local" / "share" / "fs-triage" / "completion.bash"
    script = kept.read_bytes()
    for spoilt in (script.replace(b"\n", b"\r\n"), script + b"\xe9"):
        kept.write_bytes(spoilt)
        assert call("--installer-completion", "bash")[1].count("completion.bash") == 1
        assert kept.read_bytes() == script


def test_the_shell_that_git_bash_hands_on_is_known(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "C:/Program Files/Git/usr/bin/bash.exe")
    assert "completion.bash" in call("--installer-completion")[1]


def test_the_script_can_be_printed(call: Call) -> None:
    for shell, suffix in zip(SHELLS, ("bash", "zsh", "fish", "ps1"), strict=True):
        script = (SCRIPTS / f"completion.{suffix}").read_text(encoding="utf-8")
        assert call("--installer-completion", shell, "-") == (0, script, "")


def test_the_shell_in_use_is_found(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert "fs-triage.fish" in call("--installer-completion")[1]
    for asked, said in (("ksh", "Shell inconnu : « ksh »"), ("", "Quel shell ?")):
        monkeypatch.setenv("SHELL", asked)
        message = typeset_french(
            f"{said} ; tapez « fs-triage --installer-completion bash » (ou zsh, fish, powershell)."
        )
        assert call("--installer-completion") == (2, "", message + "\n")


def test_a_home_that_takes_no_file(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    monkeypatch.setenv("HOME", str(tmp_path / "x"))
    code, out, err = call("--installer-completion", "bash")
    assert (code, out) == (74, "")
    assert (
        err
        == typeset_french(
            "La complétion n’a pas pu être installée (n’est pas un dossier) ; "
            "« fs-triage --installer-completion bash - » l’écrit ici."
        )
        + "\n"
    )


def shell_at(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} n’est pas installé sur cette machine")
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user for whom the completion of every shell is installed."""
    home = tmp_path_factory.mktemp("home")
    here = home / "bin"
    here.mkdir()
    (here / "fs-triage").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fs_triage "$@"\n')
    (here / "fs-triage").chmod(0o755)
    environment = clean_environment(home, TERM="xterm", PS1="$ ", FS_TRIAGE_REGLES=str(ROOT / "rules"))
    environment["PATH"] = f"{here}:{environment['PATH']}"
    for shell in SHELLS:
        subprocess.run(
            ["fs-triage", "--installer-completion", shell],
            env=environment,
            check=True,
            timeout=60,
            stdout=subprocess.DEVNULL,
        )
    subprocess.run(
        ["fs-triage", "caf", "rsa"], env=environment, check=True, timeout=60, stdout=subprocess.DEVNULL
    )
    return environment


INTERACTIVE = {"bash": ["--rcfile", "{home}/.bashrc", "-i"], "zsh": ["-i"]}

LISTS = {"bash": 2, "zsh": 1}
"""How many more Tabs list what is possible, after one that added the letters that all of it begins with."""


@pytest.mark.parametrize("shell", INTERACTIVE)
def test_tab_in_a_real_shell(shell: str, desk: dict[str, str]) -> None:
    arguments = [argument.format(home=desk["HOME"]) for argument in INTERACTIVE[shell]]
    shown = Terminal(
        *arguments,
        command=(shell_at(shell),),
        home=Path(desk["HOME"]),
        columns=100,
        rows=40,
        **{**desk, "TERM": "xterm"},
    )
    shown.send("echo pr''et\r")
    shown.see("pret")
    shown.send("fs-triage ca\t\t")
    shown.see("caf -- CAF", "carsat -- Carsat")
    shown.send(CTRL_U, "fs-triage caf r\t")
    shown.see("fs-triage caf rsa")
    shown.send("\t", "\t" * LISTS[shell])
    shown.see("demande -- Faire une demande de RSA")
    shown.send("m\t")  # both begin with « de », which is already there
    shown.see("fs-triage caf rsa demande")
    shown.send("--j\t")
    shown.see("fs-triage caf rsa demande --json")
    shown.send("\r")
    shown.see('"query": "caf rsa demande"')
    shown.send("clear\r", "fs-triage alloc\t")  # what a partner is called
    shown.see("fs-triage caf")
    shown.send(CTRL_U, "clear\r", "fs-triage sociale\t", "\t" * LISTS[shell])
    shown.see("fs-triage sociale", "cpam -- CPAM", "msa -- MSA")


def test_tab_in_a_real_fish(desk: dict[str, str]) -> None:
    fish = shell_at("fish")

    def proposals(typed: str) -> list[str]:
        call = [fish, "-c", f"complete -C {typed!r}"]
        ended = subprocess.run(call, env=desk, capture_output=True, encoding="utf-8", timeout=60, check=True)
        assert ended.stderr == ""
        return ended.stdout.splitlines()

    assert proposals("fs-triage ca") == ["caf\tCAF", "carsat\tCarsat"]
    assert "rsa\tRSA" in proposals("fs-triage caf ")
    assert proposals("fs-triage caf rsa dem") == ["demande\tFaire une demande de RSA"]
    assert proposals("fs-triage liste --j") == ["--json"]
    assert all(line.partition("\t")[0].endswith("/") for line in proposals("fs-triage verifier /"))


BASH = """
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
_fs_triage
printf '%s\n' "${COMPREPLY[@]}"
"""


def by_bash(desk: dict[str, str], *typed: str) -> list[str]:
    """Return what bash puts in the place of the last of the words `typed`, as they were typed."""
    call = [shell_at("bash"), "-c", BASH, "bash", str(SCRIPTS / "completion.bash"), "fs-triage", *typed]
    ended = subprocess.run(call, env=desk, capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert ended.stderr == ""
    return ended.stdout.split()


@pytest.mark.parametrize(
    "typed", ['"{}/mes règles"', "'{}/mes règles'", "{}/mes\\ règles", "~/mes\\ règles", '~/"mes règles"']
)
def test_bash_hands_on_a_quoted_word_as_it_means(desk: dict[str, str], typed: str) -> None:
    home = desk["HOME"]
    write_livret(Path(home, "mes règles"))
    assert by_bash(desk, "--regles", typed.format(home), "g") == ["guichet"]


def test_bash_runs_nothing_of_a_half_typed_line(desk: dict[str, str], tmp_path: Path) -> None:
    made = tmp_path / "fait"
    for typed in (
        f"$(touch {made})",
        f"`touch {made}`",
        f"x;touch {made}",
        f"x\ntouch {made}",
        f'"<(touch {made})"',
    ):
        by_bash(desk, "--regles", typed, "g")
        by_bash(desk, typed, "g")
    assert not made.exists()


def test_bash_completes_a_word_whose_quote_is_open(desk: dict[str, str]) -> None:
    assert by_bash(desk, '"ca') == ["caf", "carsat"]
    assert by_bash(desk, "caf", "'rs") == ["rsa"]


def test_fish_hands_on_a_quoted_word_as_it_means(desk: dict[str, str]) -> None:
    write_livret(Path(desk["HOME"], "mes règles"))
    for typed in ('"$HOME/mes règles"', "~/mes\\ règles"):
        line = f"fs-triage --regles {typed} g".replace("$HOME", desk["HOME"])
        call = [shell_at("fish"), "-c", "complete -C $argv[1]", line]
        ended = subprocess.run(call, env=desk, capture_output=True, encoding="utf-8", timeout=60, check=True)
        assert ended.stdout.split("\t")[0] == "guichet", typed


def test_scripts_are_sound(desk: dict[str, str]) -> None:
    checked = 0
    for shell in ("bash", "zsh", "fish"):
        if (path := shutil.which(shell)) is not None:
            subprocess.run([path, "-n", SCRIPTS / f"completion.{shell}"], check=True, timeout=60)
            checked += 1
    assert checked
    for script in SCRIPTS.iterdir():
        assert re.search(r"--completer\b", script.read_text(encoding="utf-8"))
    assert os.environ.get("CI") != "true" or checked == 3, "CI installs the three shells"
