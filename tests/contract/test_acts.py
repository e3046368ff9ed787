"""`feuille`, `message`, `signaler`: what they print, write and refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Call

from fs_triage.contract import NOTHING_FOUND, OK, WRONG_CALL
from fs_triage.text.typography import typeset_french

HOUSE = "France services de Lons-le-Saunier"


@pytest.fixture
def house(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: Call) -> str:
    """The name of the house, which the configuration gives."""
    config = tmp_path / "fs-triage" / "config.toml"
    config.parent.mkdir()
    config.write_text(f'maison = "{HOUSE}"\n', encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return HOUSE


def test_a_sheet_is_text_in_a_pipe(call: Call) -> None:
    code, out, err = call("feuille", "caf/rsa/demande", "carsat/agence/suivi-dossier")
    assert (code, err) == (OK, "")
    assert "VOS DÉMARCHES" in out and "Site\u00a0: CAF.FR" in out
    assert re.search(r"^\d{1,2}(er)? [a-zéû]+ 20\d\d$", out, re.MULTILINE)
    assert call("feuille", "caf/rsa/demande", "carsat/agence/suivi-dossier", "-o", "-") == (OK, out, "")


def test_the_name_of_the_house_is_on_what_leaves_it(call: Call, house: str) -> None:
    assert call("feuille", "caf/rsa/demande")[1].startswith(f"{house}\n")
    assert house in call("message", "msa/sante/legislation")[1]
    assert house in call("signaler", "caf/rsa/demande")[1]
    assert json.loads(call("feuille", "caf/rsa/demande", "--json")[1])["sheet"]["house"] == house


@pytest.mark.parametrize("suffix", [".html", ".txt", ".HTML"])
def test_a_sheet_is_written_to_a_file(call: Call, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"feuille{suffix}"
    code, out, err = call("feuille", "caf/rsa/demande", "-o", str(target), "--format", "A5")
    assert (code, out) == (OK, "")
    assert err == f"Feuille écrite dans «\u00a0{target}\u00a0».\n"
    text = target.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>" if suffix != ".txt" else "France services")
    assert ("size: A5" in text) == (suffix != ".txt")


def test_a_doubtful_contact_is_told_to_the_counsellor_alone(call: Call) -> None:
    _, out, err = call("feuille", "ants/carte-grise/tarif")
    assert err.startswith("À vérifier avant de donner la feuille")
    assert "gouv.fr" in err and "À vérifier avec votre conseiller" in out and err not in out


def test_a_message_is_text_json_or_what_opens_it(call: Call) -> None:
    code, out, err = call("message", "msa/sante/legislation")
    assert code == OK and err.endswith("ce qui est entre crochets.\n")
    answer = json.loads(call("message", "msa/sante/legislation", "--json")[1])
    [message] = answer["messages"]
    assert out == f"À\u00a0: {message['to']}\nObjet\u00a0: {message['subject']}\n\n{message['body']}\n"
    assert call("message", "msa/sante/legislation", "--mailto")[1] == f"{message['mailto']}\n"
    assert message["contact"]["audience"] == "conseiller"


def test_a_program_is_given_the_message_to_each_contact(call: Call) -> None:
    code, out, _ = call("message", "msa/blocage/legislation", "--json")
    ids = [message["contact"]["id"] for message in json.loads(out)["messages"]]
    assert (code, ids) == (OK, ["mail-msafcfsbo", "mail-msafcsbo"])
    chosen = call("message", "msa/blocage/legislation", "--contact", ids[1], "--json")[1]
    assert [message["contact"]["id"] for message in json.loads(chosen)["messages"]] == ids[1:]


def test_nobody_to_write_to_is_an_answer_too(call: Call) -> None:
    said = typeset_french(
        "« Faire une demande de RSA » n’a ni courriel ni Administration+ à qui écrire ; "
        "voyez ses contacts par « fs-triage caf/rsa/demande »."
    )
    assert call("message", "caf/rsa/demande") == (NOTHING_FOUND, "", f"{said}\n")
    code, out, err = call("message", "caf/rsa/demande", "--json")
    assert (code, err) == (NOTHING_FOUND, f"{said}\n")
    assert json.loads(out)["messages"] == []


def test_nothing_is_kept_of_a_message(call: Call, home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    call("message", "msa/sante/legislation")
    call("signaler", "caf/rsa/demande")
    call("feuille", "caf/rsa/demande")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path in before} == before
    made = [path for path in home.rglob("*") if path not in before]
    assert not [path for path in made if "feuille" in path.name or "message" in path.name]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("feuille", "caf/rsa/demande", "-o", "f.pdf"),
            WRONG_CALL,
            "donnez un nom qui finit par .html ou .txt.",
        ),
        (("feuille", "caf/rsa/demande", "-o", "f"), WRONG_CALL, "donnez un nom qui finit par .html ou .txt."),
        (
            ("feuille", "caf/rsa/demande", "--format", "a3"),
            WRONG_CALL,
            "Format inconnu « a3 » ; possibles : a4, a5.",
        ),
        (
            ("feuille", "caf/rsa/demande", "--json", "-o", "-"),
            WRONG_CALL,
            "--json et --sortie ne vont pas ensemble",
        ),
        (("feuille", "caf/rsa/demande", "zzz"), NOTHING_FOUND, "Aucune démarche n’a l’identifiant « zzz »"),
        (("feuille", "caf"), WRONG_CALL, "« caf » mène à plusieurs démarches ; nommez-en une"),
        (
            ("message", "msa/blocage/legislation"),
            WRONG_CALL,
            "ajoutez --contact mail-msafcfsbo ou --contact mail-msafcsbo.",
        ),
        (
            ("message", "msa/blocage/bloque-ou-urgent", "--mailto"),
            WRONG_CALL,
            "retirez --mailto, puis collez le texte.",
        ),
        (("message", "msa/sante/legislation", "--json", "--copier"), WRONG_CALL, "ne vont pas ensemble"),
        (
            ("signaler", "caf/rsa/demande", "--contact", "tel"),
            WRONG_CALL,
            "Aucun contact « tel » sur cette fiche",
        ),
        (("signaler", "caf/rsa/demande", "--mailto"), WRONG_CALL, "retirez --mailto, puis collez le texte."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended, out, err = call(*arguments)
    assert (ended, out) == (code, "")
    assert typeset_french(said) in err and err.count("\n") == 1 and err.endswith((".\n", "?\n"))
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_cannot_be_written_is_told(call: Call, tmp_path: Path) -> None:
    code, out, err = call("feuille", "caf/rsa/demande", "-o", str(tmp_path / "rien" / "f.html"))
    assert (code, out) == (74, "")
    assert "n’a pas pu être écrit" in err and "créez-le d’abord" in err


@pytest.mark.parametrize("command", ["feuille", "message", "signaler"])
def test_an_id_is_completed_answer_by_answer(call: Call, command: str) -> None:
    assert "msa\tMSA" in call("--completer", command, "=")[1].splitlines()
    assert call("--completer", command, "=caf/rsa/dem")[1] == "caf/rsa/demande\tFaire une demande de RSA\n"
    second = call("--completer", command, "caf/rsa/demande", "=msa/sa")[1]
    assert second.startswith("msa/sante\t") == (command == "feuille")
