"""A livret held against what is outside: the State's directory, and the sites that it names."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import GOOD, SEARCHING_CHECKS, edit, leave_out_checks

from fs_triage.author import verifier
from fs_triage.author.outside import sites
from fs_triage.author.outside.directory import compare_with_directory
from fs_triage.contract import Failure
from fs_triage.rules.load import load_livret

PARTNER = "partenaires/mairie.yaml"
PHONE, MAIL = "03 84 25 69 92", "etat-civil@mairie.fr"
MAIL_KEY, SITE_KEY = "courriel", "site"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The good livret, in the current folder: a town hall with a number and an address."""
    shutil.copytree(GOOD, tmp_path / "bon")
    monkeypatch.chdir(tmp_path)
    leave_out_checks(monkeypatch, *SEARCHING_CHECKS)
    return Path("bon")


# The State's directory


def service(name: str, place: str = "39300", **values: Any) -> dict[str, Any]:
    """Return a service as the directory writes one, with a part of what it says beside."""
    return {
        "plage_ouverture": [{"nom_jour_debut": "Lundi", "valeur_heure_debut_1": "09:00:00"}],
        "nom": name,
        "sigle": None,
        "pivot": [{"type_service_local": "mairie", "code_insee_commune": [place]}],
        "code_insee_commune": place,
        "adresse": [{"type_adresse": "Adresse", "code_postal": f"{place[:2]}000", "nom_commune": "Ville"}],
        "telephone": [{"valeur": value, "description": ""} for value in values.get("phones", ())],
        "adresse_courriel": values.get("mails", []),
        "site_internet": [{"libelle": "", "valeur": value} for value in values.get("sites", ())],
        "information_complementaire": "é" * 100,
    }


def write_directory(path: Path, *services: dict[str, Any]) -> str:
    path.write_text(json.dumps({"service": services}, ensure_ascii=False), encoding="utf-8")
    return str(path)


def ask_directory(
    rules: Path, capsys: pytest.CaptureFixture[str], *services: dict[str, Any]
) -> tuple[int, list[str], str]:
    """Return the exit code, the lines of the problems without their place, and the line of what was compared."""
    code = verifier.run_verifier(
        [str(rules)], False, None, directory=write_directory(Path("annuaire.json"), *services)
    )
    out, err = capsys.readouterr()
    lines = [line.partition(": ")[2].replace("\u00a0", " ") for line in out.splitlines()]
    return code, lines, next(line for line in err.splitlines() if line.startswith("annuaire"))


def test_a_directory_that_has_every_contact(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers and addresses are the same however they are written."""
    found = ask_directory(
        rules, capsys, service("Mairie", phones=["+33 3 84 25 69 92"], mails=["Etat-Civil@mairie.fr"])
    )
    assert found[:2] == (0, [])
    assert found[2].replace("\u00a0", " ") == (
        "annuaire (base de données locales de service-public.fr (DILA), Licence Ouverte 2.0) : "
        "1 services lus, 2 contacts sur 2 y sont"
    )


def test_what_the_directory_knows_otherwise(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One slip away is told as such; else what it has of this partner in this département."""
    code, lines, _ = ask_directory(
        rules,
        capsys,
        service("Mairie - Ville", phones=["03 84 25 69 29"], mails=["mairie@ville.fr"]),
        service("Mairie - Ailleurs", "25056", mails=["mairie@ailleurs.fr"]),
    )
    assert (code, lines) == (
        1,
        [
            f"« {PHONE} » : l’annuaire de l’État ne connaît pas ce numéro ; il connaît « 03 84 25 69 29 » "
            "(Mairie - Ville) : comparez les deux, signe par signe [directory-near]",
            f"« {MAIL} » : l’annuaire de l’État ne connaît pas cette adresse ; il donne mairie@ville.fr "
            "(Mairie - Ville) ; à vérifier auprès du partenaire [directory-other]",
        ],
    )


def test_what_the_directory_does_not_know(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor is it held against the values of another département, or those that share no more than a few letters."""
    code, lines, _ = ask_directory(
        rules, capsys, service("Mairie", "25056", phones=["3230"], mails=["a@mairie.fr"])
    )
    assert (code, [line.rpartition(" ")[2] for line in lines]) == (1, ["[directory-unknown]"] * 2)


def test_a_site_is_known_by_its_host(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(rules / PARTNER, (f"{MAIL_KEY}: {MAIL}", f"{SITE_KEY}: www.Mairie.fr/etat-civil"))
    _, lines, _ = ask_directory(
        rules, capsys, service("Mairie", phones=[PHONE], sites=["https://mairie.fr/"])
    )
    assert lines == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "n’existe pas"),
        (b'{"service": [{"nom": "Mairie"}', "ce n’est pas du JSON entier"),
        (b"nom;telephone\nMairie;3230\n", "ce n’est pas du JSON entier"),
        (b'{"service": [{"nom": "\xe9"}]}', "ce n’est pas du JSON entier"),
        (b'{"results": [{"nom": "Mairie"}]}', "il n’y a aucun « service » dedans"),
        (b"", "ce n’est pas du JSON entier"),
        (b"BZh91AY&SY", "c’est une archive"),
    ],
)
def test_a_file_that_is_no_directory(rules: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        Path("annuaire.json").write_bytes(content)
    with pytest.raises(Failure) as caught:
        verifier.run_verifier([str(rules)], False, None, directory="annuaire.json")
    assert caught.value.code == 2
    assert f"« annuaire.json » n’est pas l’annuaire attendu ({why}" in caught.value.message.replace(
        "\u00a0", " "
    )


def test_a_large_directory_is_read_in_little_memory(rules: Path) -> None:
    """The real one has some 60,000 services; of each, nothing is kept but what concerns a contact."""
    one = json.dumps(
        service("Mairie - Ville", phones=["03 84 00 00 00"], mails=["mairie@ville.fr"]), ensure_ascii=False
    )
    with Path("annuaire.json").open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('{"service": [' + one)
        for _ in range(3_000):
            stream.write("," + one)
        stream.write("]}")
    size = Path("annuaire.json").stat().st_size
    livret = load_livret(rules).livret
    assert livret is not None
    told: list[int] = []
    compare_with_directory(livret, "annuaire.json", told.append)  # what it imports is not counted
    tracemalloc.start()
    answer = compare_with_directory(livret, "annuaire.json", told.append)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.services, sum(told)) == (3_001, 2 * size)
    assert size > 2_000_000 > 3 * peak


# Sites

ANSWERS = {
    "http://www.bon.fr/": (200, ""),
    "http://www.demenage.fr/": (301, "http://www.demenage.fr/nouvelle"),
    "http://www.demenage.fr/nouvelle": (200, ""),
    "http://www.entree.fr/": (302, "/accueil"),
    "http://www.entree.fr/accueil": (200, ""),
    "http://www.ailleurs.fr/": (302, "http://www.tout-autre.fr/"),
    "http://www.tout-autre.fr/": (200, ""),
    "http://www.barre.fr/page": (301, "http://barre.fr/page/"),
    "http://barre.fr/page/": (200, ""),
    "http://www.panne.fr/": (503, ""),
    "http://www.ferme.fr/": (403, ""),
    "http://www.rond.fr/": (302, "http://www.rond.fr/"),
    "http://www.fichier.fr/": (301, "file:///etc/passwd"),
}
SAID = {
    "www.bon.fr": "",
    "www.entree.fr": "",
    "www.barre.fr/page": "",
    "www.ferme.fr": "",
    "www.demenage.fr": "la page a changé d’adresse pour « http://www.demenage.fr/nouvelle » ; "
    "écrivez la nouvelle [moved-link]",
    "www.ailleurs.fr": "on arrive sur un autre site, « http://www.tout-autre.fr/ » ; "
    "ouvrez-le vous-même, puis demandez au partenaire [other-host]",
    "www.bon.fr/partie": "cette page n’existe plus (réponse 404) ; "
    "ouvrez-le vous-même, puis demandez au partenaire [dead-link]",
    "www.panne.fr": "le site répond par une erreur (503) ; réessayez plus tard [dead-link]",
    "www.rond.fr": "le site renvoie sans fin d’une adresse à l’autre ; "
    "ouvrez-le vous-même, puis demandez au partenaire [dead-link]",
    "www.fichier.fr": "on est renvoyé vers ce qui n’est pas un site ; "
    "ouvrez-le vous-même, puis demandez au partenaire [dead-link]",
    "www.lent.fr": "le site ne répond pas à temps ; "
    "ouvrez-le vous-même, puis demandez au partenaire [dead-link]",
}


class _Web(http.server.BaseHTTPRequestHandler):
    """All sites, behind a proxy: it is asked for whole addresses."""

    asked: list[str] = []

    def do_GET(self) -> None:
        address = self.path if self.path.count("/") > 2 else f"{self.path}/"
        self.asked.append(address)
        if "lent" in address:
            time.sleep(1)
        status, location = ANSWERS.get(address, (404, ""))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve the sites on the loopback; returns the addresses that are asked for."""
    monkeypatch.setattr(_Web, "asked", [])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setattr(sites, "_STEP_SECONDS", 0.5)
    yield _Web.asked
    server.shutdown()
    server.server_close()


def name_sites(rules: Path, *values: str) -> None:
    """Write one contact for each of these sites in the place of the address of the livret."""
    text = (rules / PARTNER).read_text(encoding="utf-8")
    start = text.index("  etat-civil:")
    end = text.index("\nquestion", start)
    contact = text[start:end].rstrip()
    many = [
        contact.replace("etat-civil:", f"site-{rank}:").replace(f"{MAIL_KEY}: {MAIL}", f"{SITE_KEY}: {value}")
        for rank, value in enumerate(values)
    ]
    text = text[:start] + "\n".join(many) + "\n" + text[end:]
    names = ", ".join(f"site-{rank}" for rank in range(len(values)))
    (rules / PARTNER).write_text(
        text.replace("[accueil, etat-civil]", f"[accueil, {names}]"), encoding="utf-8"
    )


def test_the_sites_of_a_livret(rules: Path, web: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    name_sites(rules, *SAID)
    assert verifier.run_verifier([str(rules)], False, None, sites=True) == 1
    out, err = capsys.readouterr()
    lines = [line.partition(": ")[2].replace("\u00a0", " ") for line in out.splitlines()]
    assert sorted(lines) == sorted(f"« {value} » : {said}" for value, said in SAID.items() if said)
    assert f"liens\u00a0: {len(SAID)} sites demandés\u00a0; à ouvrir vous-même" in err
    assert "https://www.ferme.fr" in err
    assert "file:///etc/passwd" not in web


def test_a_site_named_twice_is_asked_for_once(
    rules: Path, web: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    name_sites(rules, "www.demenage.fr", "www.demenage.fr")
    assert verifier.run_verifier([str(rules)], True, None, sites=True) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["code"] for problem in problems if problem["code"] == "moved-link"] == ["moved-link"] * 2
    assert web.count("http://www.demenage.fr/") == 1


def test_no_network_says_nothing_of_the_sites(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    name_sites(rules, "www.bon.fr", "www.demenage.fr")
    with pytest.raises(Failure, match="Aucun des 2 sites n’a répondu"):
        verifier.run_verifier([str(rules)], False, None, sites=True)


def test_no_site_is_asked_for_unless_one_says_so(rules: Path, web: list[str]) -> None:
    name_sites(rules, "www.bon.fr")
    verifier.run_verifier([str(rules)], False, None)
    assert web == []
