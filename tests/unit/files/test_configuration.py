"""The user's configuration: whatever wrote it, it is read as it was meant, or refused with what to write."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import JURA, Run, write_livret
from hypothesis import given
from hypothesis import strategies as st

from fs_triage import livret_choice
from fs_triage.contract import Failure
from fs_triage.files import configuration
from fs_triage.text.typography import typeset_french


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration of the user is; it is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "fs-triage" / "config.toml"
    path.parent.mkdir()
    return path


def refused(config: Path) -> str:
    """Return why the configuration is refused, without its path."""
    with pytest.raises(Failure) as caught:
        livret_choice._read_settings()
    assert caught.value.code == 3
    message = caught.value.message
    assert "supprimez" not in message and message.endswith(".")
    return message.replace("\u00a0", " ").replace(str(config), "CONFIG")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (r'"C:\Users\x\regles"', r"C:\Users\x\regles"),
        (r'"C:\nouveau\temp"', r"C:\nouveau\temp"),
        (r'"C:\regles\"', "C:\\regles\\"),
        (r'"C:\\Users\\x"', r"C:\Users\x"),
        (r'"d:\été\u00e9"', r"d:\été\u00e9"),
        (r'"\\serveur\partage\regles"', r"\\serveur\partage\regles"),
        (r'"\\\\serveur\\partage"', r"\\serveur\partage"),
        (r"'C:\nouveau'", r"C:\nouveau"),
        ('"C:/regles"', "C:/regles"),
        ('"/srv/r\\u00e8gles"', "/srv/règles"),
    ],
)
@pytest.mark.parametrize("more", ["", " # le partage", '\n\n[a]\nb = "c"'])
def test_a_path_is_what_was_typed(typed: str, meant: str, more: str, config: Path) -> None:
    config.write_text(f"regles = {typed}{more}\n", encoding="utf-8")
    if more.startswith("\n"):
        table = configuration.parse_toml(str(config), config.read_bytes())
        assert table["a"] == {"b": "c"}
    else:
        table = livret_choice._read_settings()
    assert table["regles"] == meant


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_notepad_saves_is_read(encoding: str, end: str, config: Path) -> None:
    text = f"# réglages{end}regles = 'C:\\été'{end}livret = \"jura\"{end}"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    config.write_bytes((mark + text).encode(encoding))
    assert livret_choice._read_settings() == {"regles": r"C:\été", "livret": "jura"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("livret = 'jura'\nregles = 'C:\\été'\n".encode("cp1252"), 2),
        ("# été\n".encode("cp850"), 1),
        ("livret = 'jura'\n".encode("utf-16-le"), 1),
        ("\ufefflivret = 'jura'\n\n".encode("utf-16-le") + b"x", 3),
    ],
)
def test_another_encoding_is_refused_with_its_line(content: bytes, line: int, config: Path) -> None:
    config.write_bytes(content)
    assert refused(config) == (
        f"Le fichier de configuration CONFIG est illisible : ligne {line} : ce n’est pas de l’UTF-8 ; "
        "enregistrez ce fichier en « UTF-8 »."
    )


REGLES = 'écrivez « regles = "/chemin/du/dossier" »'
LIVRET = 'écrivez « livret = "jura" »'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("livret = jura", f"ligne 1 : la valeur n’est pas entre guillemets ; {LIVRET}"),
        ("\n\nregles = ", f"ligne 3 : la valeur n’est pas entre guillemets ; {REGLES}"),
        ("regles = /srv/regles\n", f"ligne 1 : la valeur n’est pas entre guillemets ; {REGLES}"),
        ('livret "jura"', f"ligne 1 : il manque « = » après le nom ; {LIVRET}"),
        (
            'livret = "a"\nlivret = "b"\n',
            f"ligne 2 : ce nom est déjà plus haut ; gardez-en une seule ligne ; {LIVRET}",
        ),
        ('livret = "a" b', f"ligne 1 : il y a du texte après la valeur ; {LIVRET}"),
        (
            '# a\nregles = "dossier\\nouveau"',
            f"ligne 2 : « \\ » ne s’écrit pas entre guillemets doubles ; {REGLES}",
        ),
        (
            'regles = "dossier\\été"',
            f"ligne 1 : « \\ » ne s’écrit pas entre guillemets doubles ; {REGLES}",
        ),
        ('livret = "ju\u200bra"', f"ligne 1 : il y a un caractère invisible ; {LIVRET}"),
        ('# a\nregles = "/srv/\u202eregles"', f"ligne 2 : il y a un caractère invisible ; {REGLES}"),
        ("regles = " + "[" * 5000, None),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write(text: str, why: str | None, config: Path) -> None:
    config.write_text(text, encoding="utf-8")
    said = refused(config)
    if why is not None:
        assert said == f"Le fichier de configuration CONFIG est illisible : {why}."


def test_the_example_is_right_for_the_system(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "name", "nt")
    assert configuration._render_example("regles") == r"regles = 'C:\chemin\du\dossier'"
    failure = configuration._build_wrong_setting("x", "regles")
    monkeypatch.undo()
    assert failure.message.endswith(typeset_french(r"comme « regles = 'C:\chemin\du\dossier' »."))


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def too_large(path: Path) -> None:
    path.write_text("# x\n" * 50_000, encoding="utf-8")


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("rien")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("put", "why"),
    [
        (a_folder, "c’est un dossier ; mettez à sa place un fichier de texte, ou changez son nom."),
        (a_pipe, "ce n’est pas un fichier ; mettez à sa place un fichier de texte."),
        (too_large, "il fait plus de 65536 octets ; n’y gardez que « regles = "),
        (a_link_to_nothing, "n’existe pas ; vérifiez le disque et les droits d’accès."),
        (a_link_to_itself, "lien symbolique sans fin ; vérifiez le disque et les droits d’accès."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_file_to_read(put: Callable[[Path], None], why: str, config: Path) -> None:
    put(config)
    assert refused(config).startswith(f"Le fichier de configuration CONFIG est illisible : {why}")


def test_a_file_that_may_not_be_read(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("livret = 'jura'", encoding="utf-8")
    for function in ("lstat", "stat"):

        def denied(path: object, *arguments: object, **options: object) -> os.stat_result:
            raise PermissionError(13, "denied")

        with monkeypatch.context() as patch:
            patch.setattr(os, function, denied)
            if function == "lstat":
                patch.setattr(os, "stat", denied)
            assert "accès refusé ; vérifiez le disque et les droits d’accès" in refused(config)


def test_through_the_command(config: Path, run: Run, tmp_path: Path) -> None:
    asked = {"XDG_CONFIG_HOME": str(config.parent.parent)}
    livret = write_livret(tmp_path / "petit")
    config.write_bytes(f'regles = "{livret}"\r\n'.encode("utf-16"))
    assert "papier" in run("liste", env=asked).stdout
    config.write_bytes(b"regles = r\xe8gles\n")
    answer = run("caf", "rsa", env=asked)
    assert (answer.returncode, answer.stdout) == (3, "")
    assert answer.stderr.count("\n") == 1 and "ligne 1" in answer.stderr
    config.write_text(f"regles = '{JURA}'\n", encoding="utf-8")
    assert run("caf", "rsa", env=asked).returncode == 0


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                'regles = "/srv/regles"',
                "livret='jura'",
                '  livret\t= "doubs"  ',
                "# livret",
                "",
                'livret = "a" # b "',
                'livret = "a\\n"',
                'livret = """',
                "livret = ''",
                'livret = "été\u00a0"',
                "livret = 3",
                "[table]",
                'a.b = "c"',
                "\ufeff",
                '"x" = "y"',
                "é = 'y'",
            ]
        ),
        st.text(st.sampled_from("ab=\"' \t\\#\r\x01\u2028é-"), max_size=8),
    ),
    max_size=4,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_a_plain_configuration_is_read_as_tomllib_reads_it(lines: list[str], end: str) -> None:
    text = end.join(lines)
    read = configuration.parse_plain_toml(text)
    if read is not None and not any(configuration.is_windows_path(value) for value in read.values()):
        assert read == tomllib.loads(text)


def test_the_usual_configuration_is_plain() -> None:
    text = '# poste 3\nregles = "/srv/France services/règles"\nlivret = "jura"\n'
    assert configuration.parse_plain_toml(text) == {"regles": "/srv/France services/règles", "livret": "jura"}
