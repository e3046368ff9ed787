"""A livret that is published and received: by a static site on the loopback, by a folder; and every attack on it."""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Call, clean_environment, edit, write_livret
from nacl.pwhash import argon2id
from nacl.signing import SigningKey
from terminal import terminal, words

from fs_triage.cli import commands
from fs_triage.delivery import publish, signing, source, update
from fs_triage.delivery.archive import pack_archive, unpack_archive
from fs_triage.delivery.manifest import MANIFEST, MAX_MANIFEST_SIZE, pack_manifest, unpack_manifest
from fs_triage.files import received

PHRASE = "un livret pour tous"


def create_light_key() -> bytes:
    """Return a key file whose passphrase, which each publication needs, takes no time to try."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2id, "OPSLIMIT_MODERATE", argon2id.OPSLIMIT_MIN)
        patch.setattr(argon2id, "MEMLIMIT_MODERATE", argon2id.MEMLIMIT_MIN)
        return signing.create_key(PHRASE)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cle") / "publication.cle"
    path.write_bytes(create_light_key())
    return path


@pytest.fixture(scope="module")
def fingerprint(key: Path) -> str:
    return signing.format_fingerprint(signing.read_public_key(key.read_bytes()))


@pytest.fixture
def livret(tmp_path: Path) -> Path:
    """The animateur's folder: a livret of the first edition."""
    folder = write_livret(tmp_path / "regles" / "petit")
    with (folder / "livret.yaml").open("a", encoding="utf-8") as stream:
        stream.write("édition: un\n")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "publication"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each publication is a second later than the one before."""
    real, count = publish.datetime, iter(range(10_000))

    class Later(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, zone: object = None) -> object:
            from datetime import timedelta

            return real.now(zone) + timedelta(seconds=next(count))  # type: ignore[arg-type]

    monkeypatch.setattr(publish, "datetime", Later)
    yield


@pytest.fixture
def publier(
    call: Call, key: Path, livret: Path, site: Path, clock: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Publish an edition, whose steps may be changed first."""

    def publish_it(edition: str = "un", *changes: tuple[str, str]) -> tuple[int, str, str]:
        text = (livret / "livret.yaml").read_text("utf-8")
        before = next(line for line in text.splitlines() if line.startswith("édition"))
        edit(livret / "livret.yaml", (before, f"édition: {edition}"))
        if changes:
            edit(livret / "partenaires" / "guichet.yaml", *changes)
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PHRASE}\n"))
        return call("publier", str(livret), "-o", str(site), "--cle", str(key))

    return publish_it


@pytest.fixture
def desk(tmp_path: Path, call: Call, fingerprint: str, site: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the program at a desk of its own, which looks for the livret in the folder `site`."""
    home = tmp_path / "poste"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    configure(home, site, fingerprint)
    return call


def configure(home: Path, place: object, key: str) -> None:
    config = home / ".config" / "fs-triage"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(f'maj = "{place}"\ncle = "{key}"\n', encoding="utf-8")


class Handler(http.server.SimpleHTTPRequestHandler):
    """A static site that says how each file is, and answers « 304 » to who knows it."""

    asked: list[tuple[str, int]] = []

    def log_message(self, *arguments: object) -> None:
        pass

    def send_head(self):  # type: ignore[no-untyped-def]
        path = Path(self.translate_path(self.path))
        mark = f'"{hashlib.sha256(path.read_bytes()).hexdigest()}"' if path.is_file() else ""
        if mark and self.headers.get("If-None-Match") == mark:
            self.send_response(304)
            self.end_headers()
            self.asked.append((self.path, 304))
            return None
        self.mark = mark
        self.asked.append((self.path, 200))
        return super().send_head()

    def end_headers(self) -> None:
        if mark := getattr(self, "mark", ""):
            self.send_header("ETag", mark)
        super().end_headers()


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of a client that has had enough."""

    def handle_error(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """A static site on the loopback that shows the folder `site`."""
    site.mkdir(exist_ok=True)
    Handler.asked.clear()
    handler = functools.partial(Handler, directory=str(site))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def received_folder(tmp_path: Path) -> Path:
    return tmp_path / "poste" / ".local" / "share" / "fs-triage"


def state(tmp_path: Path) -> tuple[str, list[str]]:
    """What the desk has: the edition in service, and the folders of all."""
    folder = received_folder(tmp_path)
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.exists() else []
    return received.read_current(str(folder))[0], names


def test_a_livret_arrives_and_goes_back(desk: Call, publier: Call, tmp_path: Path) -> None:
    code, out, err = publier()
    assert (code, err) == (0, "")
    assert "Première édition publiée." in out
    assert desk("maj")[0] == 0
    assert "un papier" in desk("chercher", "un papier")[1] or desk("guichet/papier")[0] == 0
    first = desk("guichet/papier")[1]
    assert "step" in first
    code, out, err = publier("deux", ("étapes: [", "étapes: [Une étape de plus, "))
    assert (code, err) == (0, "")
    assert "Une étape de plus" in out
    code, out, err = desk("maj", "--regarder")
    assert (code, "« deux » attend" in out.replace("\u00a0", " ")) == (0, True)
    assert desk("guichet/papier")[1] == first
    code, out, err = desk("maj")
    assert (code, err) == (0, "")
    assert "Une étape de plus" in out
    assert "Une étape de plus" in desk("guichet/papier")[1]
    assert "à jour" in desk("maj")[1]
    assert desk("maj", "--revenir")[0] == 0
    assert desk("guichet/papier")[1] == first
    assert desk("maj")[0] == 0
    assert "Une étape de plus" in desk("guichet/papier")[1]
    publier("trois", ("Une étape de plus", "Une autre étape"))
    desk("maj")
    assert len(state(tmp_path)[1]) == 2, "that in service and the one before"


def test_a_livret_without_words_of_its_own_arrives(
    desk: Call, publier: Call, livret: Path, tmp_path: Path
) -> None:
    """The words that it shares are those of each desk's program."""
    shutil.rmtree(livret / "mots")
    assert publier()[0] == 0
    assert desk("maj")[0] == 0
    assert desk("guichet/papier")[0] == 0
    assert not [*received_folder(tmp_path).rglob("mots")]


def test_by_a_static_site(desk: Call, publier: Call, address: str, fingerprint: str, tmp_path: Path) -> None:
    publier()
    configure(tmp_path / "poste", address, fingerprint.lower().replace("-", " "))
    assert desk("maj")[0] == 0
    assert desk("guichet/papier")[0] == 0
    code, out, _ = desk("maj")
    assert (code, "à jour" in out) == (0, True)
    assert Handler.asked[-1] == (f"/{MANIFEST}", 304)
    publier("deux", ("étapes: [", "étapes: [Une étape de plus, "))
    assert "Une étape de plus" in desk("maj")[1]
    assert Handler.asked[-1][1] == 200


def test_what_is_not_to_be_published(publier: Call, call: Call, livret: Path, site: Path, key: Path) -> None:
    assert publier()[0] == 0
    before = {path.name: path.read_bytes() for path in site.iterdir()}
    code, out, err = publier("un", ("étapes: [", "étapes: [Une étape de plus, "))
    assert (code, out) == (1, "")
    assert "déjà publiée" in err
    edit(livret / "partenaires" / "guichet.yaml", ("public: usager", "public: tous"))
    code, out, err = publier("deux")
    assert (code, out) == (3, "")
    assert "verifier" in err
    assert {path.name: path.read_bytes() for path in site.iterdir()} == before


def test_the_wrong_passphrase_and_no_key(
    call: Call, livret: Path, site: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("autre chose\n"))
    code, _, err = call("publier", str(livret), "-o", str(site), "--cle", str(key))
    assert (code, "phrase secrète" in err, site.exists()) == (2, True, False)
    code, _, err = call("publier", str(livret), "-o", str(site), "--cle", str(tmp_path / "rien"))
    assert (code, "--nouvelle-cle" in err) == (2, True)
    for phrase, expected in (("court\n", 2), (f"{PHRASE}\n", 0), (f"{PHRASE}\n", 2)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(phrase))
        code, _, err = call("publier", "--nouvelle-cle", "--cle", str(tmp_path / "neuve"))
        assert code == expected
    assert "existe déjà" in err
    if os.name == "posix":
        assert (tmp_path / "neuve").stat().st_mode & 0o077 == 0


def sign_again(site: Path, key: Path, content: bytes | None = None, **changes: object) -> None:
    """Publish what the holder of the key himself would have to be stopped from."""
    _, manifest = unpack_manifest((site / MANIFEST).read_bytes())
    if content is not None:
        (site / manifest.archive).write_bytes(content)
        changes |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    text = json.dumps(json.loads(manifest.model_dump_json()) | changes)
    (site / MANIFEST).write_bytes(pack_manifest(signing.sign(text, key.read_bytes(), PHRASE)))


def archive_of(site: Path) -> Path:
    return site / unpack_manifest((site / MANIFEST).read_bytes())[1].archive


def climb_out(site: Path, key: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../evade.yaml", "x")
    sign_again(site, key, content.getvalue())


def swell(site: Path, key: Path) -> None:
    files = unpack_archive(archive_of(site).read_bytes())
    sign_again(site, key, pack_archive({**files, "petit/gros.yaml": bytes(1 << 28)}))


def cut(site: Path, key: Path) -> None:
    path = archive_of(site)
    path.write_bytes(path.read_bytes()[:-7])


def lengthen(site: Path, key: Path) -> None:
    with archive_of(site).open("ab") as stream:
        stream.write(bytes(10_000_000))


def change_one_byte(site: Path, key: Path) -> None:
    path = archive_of(site)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def change_the_manifest(site: Path, key: Path) -> None:
    path = site / MANIFEST
    path.write_bytes(path.read_bytes().replace(b"deux", b"dexu"))


def lose_the_archive(site: Path, key: Path) -> None:
    archive_of(site).unlink()


def lose_the_manifest(site: Path, key: Path) -> None:
    (site / MANIFEST).unlink()


def a_page_of_a_portal(site: Path, key: Path) -> None:
    (site / MANIFEST).write_text("<html>Connectez-vous</html>")


def a_manifest_without_end(site: Path, key: Path) -> None:
    (site / MANIFEST).write_bytes(b"[" * (1 << 20))


def another_key(site: Path, key: Path) -> None:
    signed, _ = unpack_manifest((site / MANIFEST).read_bytes())
    other = create_light_key()
    (site / MANIFEST).write_bytes(pack_manifest(signing.sign(signed.text, other, PHRASE)))


def older(site: Path, key: Path) -> None:
    sign_again(site, key, published="2020-01-01T00:00:00Z")


def a_program_to_come(site: Path, key: Path) -> None:
    sign_again(site, key, least_version="99.0")


def rules_with_a_fault(site: Path, key: Path) -> None:
    files = unpack_archive(archive_of(site).read_bytes())
    files["petit/partenaires/guichet.yaml"] = files["petit/partenaires/guichet.yaml"].replace(
        b"public: usager", b"public: tous"
    )
    sign_again(site, key, pack_archive(files))


def another_livret(site: Path, key: Path) -> None:
    sign_again(site, key, livret="grand")


def an_archive_elsewhere(site: Path, key: Path) -> None:
    sign_again(site, key, archive="../../../etc/passwd")


ATTACKS = {
    climb_out: "autre chose",
    swell: "autre chose",
    cut: "coupé",
    lengthen: "trop gros",
    change_one_byte: "coupée ou changée",
    change_the_manifest: "changé depuis sa signature",
    lose_the_archive: "ne donne pas",
    lose_the_manifest: "ne donne pas",
    a_page_of_a_portal: "n’est pas un livret",
    a_manifest_without_end: "trop gros",
    another_key: "autre clé",
    older: "plus ancien",
    a_program_to_come: "demande fs-triage 99.0",
    rules_with_a_fault: "fautes",
    another_livret: "non « petit »",
    an_archive_elsewhere: "n’est pas un livret",
}


@pytest.mark.parametrize("by_site", [False, True], ids=["folder", "site"])
def test_an_attack_is_refused_whole(
    by_site: bool,
    desk: Call,
    publier: Call,
    site: Path,
    address: str,
    key: Path,
    fingerprint: str,
    tmp_path: Path,
) -> None:
    """One after the other, as on a desk that looks every day; then what was attacked arrives."""
    publier()
    if by_site:
        configure(tmp_path / "poste", address, fingerprint)
    assert desk("maj")[0] == 0
    shown, before = desk("guichet/papier"), state(tmp_path)
    publier("deux", ("étapes: [", "étapes: [Une étape de plus, "))
    good = {path: path.read_bytes() for path in site.iterdir()}
    for attack, reason in ATTACKS.items():
        attack(site, key)
        code, out, err = desk("maj")
        assert (code, out) == (3, ""), attack
        assert reason in err
        assert err.count("\n") == 1
        assert desk("guichet/papier") == shown, attack
        assert state(tmp_path) == before, attack
        assert not list(tmp_path.rglob("evade*"))
        for path, content in good.items():
            path.write_bytes(content)
    assert "Une étape de plus" in desk("maj")[1]


def test_a_key_that_is_not_known_yet(
    desk: Call, publier: Call, site: Path, fingerprint: str, tmp_path: Path
) -> None:
    publier()
    (tmp_path / "poste" / ".config" / "fs-triage" / "config.toml").write_text(f'maj = "{site}"\n')
    code, out, err = desk("maj")
    assert (code, out) == (2, "")
    assert fingerprint in err
    assert "téléphone" in err


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("http://exemple.fr/livret", "https"),
        ("publication", "chemin entier"),
        ("https:///x", "nom de site"),
        ("https://[::1", "ne se lit pas"),
        ("https://h:port/x", "ne se lit pas"),
        ("https://nom:secret@h/x", "ni nom ni mot de passe"),
        ("http://localhost.exemple.fr/x", "https"),
        ("http://127.0.0.1@exemple.fr/x", "ni nom ni mot de passe"),
        ("file:///srv/livret", "chemin entier"),
    ],
)
def test_a_place_that_is_none(desk: Call, tmp_path: Path, place: str, said: str) -> None:
    configure(tmp_path / "poste", place, "ABCD-EFGH-IJKL-MNOP")
    code, _, err = desk("maj")
    assert (code, said in err) == (2, True)


def test_a_key_that_was_misheard_is_told(desk: Call, publier: Call, site: Path, tmp_path: Path) -> None:
    publier()
    configure(tmp_path / "poste", site, "ABCD-EFGH-IJKL")
    code, _, err = desk("maj")
    assert (code, "seize" in err, "téléphone" in err) == (2, True, True)


def test_no_place_at_all(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    code, _, err = call("maj")
    assert (code, "maj = " in err) == (2, True)


def answer_once(answer: Callable[[socket.socket], None]) -> tuple[socket.socket, str]:
    server = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            answer(connection)

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return server, f"http://127.0.0.1:{server.getsockname()[1]}"


def hang(connection: socket.socket) -> None:
    connection.recv(1)
    time.sleep(30)


def drip(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    drip_on(connection, b"x")


def drip_on(connection: socket.socket, piece: bytes) -> None:
    while True:
        connection.sendall(piece)
        time.sleep(0.02)


def drip_the_head(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    drip_on(connection, b"x")


def promise_without_end(connection: socket.socket) -> None:
    connection.recv(10_000)
    drip_on(connection, b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_the_length_of_a_piece(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
    drip_on(connection, b"x")


def send_trailers_without_end(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    drip_on(connection, b"X: y\r\n")


def answer_with(head: bytes, body: bytes = b"") -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.1 " + head + b"\r\nConnection: close\r\n\r\n" + body)

    return answer


def go_round(connection: socket.socket) -> None:
    host = re.search(rb"Host: (\S+)", connection.recv(10_000))
    assert host
    connection.sendall(b"HTTP/1.1 302 x\r\nLocation: http://" + host[1] + b"/x\r\nContent-Length: 0\r\n\r\n")


ANSWERS = {
    "304 that nobody asked for": answer_with(b"304 Not Modified"),
    "nothing": answer_with(b"204 No Content"),
    "a piece": answer_with(b"206 Partial Content\r\nContent-Range: bytes 0-1/9", b"{}"),
    "gzip": answer_with(b"200 OK\r\nContent-Encoding: gzip", gzip.compress(b"{}")),
    "less than it says": answer_with(b"200 OK\r\nContent-Length: 9", b"{}"),
    "a length that is none": answer_with(b"200 OK\r\nContent-Length: -5", b"{}"),
    "more than may be": answer_with(b"200 OK\r\nContent-Length: 99999999", bytes(1 << 19)),
    "a heap of heads": answer_with(b"200 OK" + b"\r\nX: y" * 500, b"{}"),
    "a login": answer_with(b"401 x\r\nWWW-Authenticate: Basic realm=x"),
    "a file": answer_with(b"302 x\r\nLocation: file:///etc/passwd"),
    "another host without https": answer_with(b"302 x\r\nLocation: http://exemple.fr/x"),
    "a place that is none": answer_with(b"302 x\r\nLocation: https://[x/"),
}


def close_early(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
    connection.close()


def redirect(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def talk_nonsense(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"\xff\xfe\x00" * 100)
    connection.close()


BEHAVIOURS = [
    *(hang, drip, drip_the_head, drip_the_length_of_a_piece, send_trailers_without_end, promise_without_end),
    *(
        close_early,
        redirect,
        go_round,
        talk_nonsense,
        *(pytest.param(ANSWERS[name], id=name) for name in ANSWERS),
    ),
]


@pytest.mark.parametrize("behave", BEHAVIOURS)
def test_a_host_that_misbehaves(
    behave: Callable[[socket.socket], None],
    desk: Call,
    fingerprint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "MAX_SILENCE", 0.3)
    monkeypatch.setattr(source, "MAX_DURATION", 0.5)
    server, place = answer_once(behave)
    with server:
        configure(tmp_path / "poste", place, fingerprint)
        begun = time.monotonic()
        code, out, err = desk("maj")
        assert (code, out, err.count("\n")) == (3, "", 1)
        assert time.monotonic() - begun < 10
    assert desk("caf/rsa/demande")[0] == 0, "the livret that came with the program"


def test_nobody_there(desk: Call, fingerprint: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    configure(tmp_path / "poste", f"http://127.0.0.1:{port}", fingerprint)
    code, _, err = desk("maj")
    assert (code, "recommencez" in err) == (3, True)


def test_the_wizard_says_that_an_edition_waits(
    desk: Call, publier: Call, tmp_path: Path, site: Path, fingerprint: str
) -> None:
    """What the last look found; the next one is begun once a day, and only where the configuration says so."""
    home = tmp_path / "poste"
    publier()
    desk("maj")
    publier("deux", ("étapes: [", "étapes: [Une étape de plus, "))
    waiting = "L’édition « deux » du livret attend : fs-triage maj"
    for daily in ("", 'maj_chaque_jour = "oui"\n'):
        config = home / ".config" / "fs-triage" / "config.toml"
        config.write_text(f'maj = "{site}"\ncle = "{fingerprint}"\n{daily}', encoding="utf-8")
        (received_folder(tmp_path) / "dernier-regard").unlink(missing_ok=True)
        with terminal(home=home) as window:
            window.see("Pour quel partenaire")
            assert words(waiting) not in words(window.text())
            end = time.monotonic() + (20 if daily else 1)
            while time.monotonic() < end and not received.read_state(str(received_folder(tmp_path))).waiting:
                time.sleep(0.05)
        assert bool(received.read_state(str(received_folder(tmp_path))).waiting) == bool(daily)
    with terminal(home=home) as window:
        assert words(waiting) in words(window.see("Pour quel partenaire"))
    desk("maj")
    with terminal(home=home) as window:
        assert words(waiting) not in words(window.see("Pour quel partenaire"))


def run_maj(tmp_path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "fs_triage", "maj"],
        env=clean_environment(tmp_path / "poste"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_two_at_once(desk: Call, publier: Call, tmp_path: Path) -> None:
    publier()
    several = [run_maj(tmp_path) for _ in range(3)]
    for one in several:
        _, err = one.communicate(timeout=60)
        assert (one.returncode, err) == (0, b"")
    assert desk("guichet/papier")[0] == 0
    assert len(state(tmp_path)[1]) == 1


def test_killed_at_any_moment(desk: Call, publier: Call, tmp_path: Path) -> None:
    publier()
    desk("maj")
    first = desk("guichet/papier")
    publier("deux", ("étapes: [", "étapes: [Une étape de plus, "))
    whole = (first[0], first[1])
    seen = set()
    for tenth in range(12):
        one = run_maj(tmp_path)
        time.sleep(0.05 + tenth * 0.08)
        one.send_signal(signal.SIGKILL)
        one.communicate()
        code, out, _ = desk("guichet/papier")
        assert (code, out) == whole or (code == 0 and "Une étape de plus" in out)
        seen.add(out)
    assert desk("maj")[0] == 0
    assert "Une étape de plus" in desk("guichet/papier")[1]
    assert first[1] in seen


def test_what_killed_updates_left_is_swept(desk: Call, publier: Call, tmp_path: Path) -> None:
    publier()
    old, young = (received_folder(tmp_path) / f"x.{name}.tmp" for name in ("old", "young"))
    for path in (old, young):
        path.mkdir(parents=True)
    os.utime(old, (1, 1))
    desk("maj")
    assert not old.exists()
    assert young.exists()


def test_what_another_update_is_about_to_put_in_service_stays(
    desk: Call, publier: Call, tmp_path: Path
) -> None:
    publier()
    desk("maj")
    later = received_folder(tmp_path) / "29990101T000000Z-0123456789ab"
    shutil.copytree(received_folder(tmp_path) / state(tmp_path)[0], later)
    publier("deux")
    assert desk("maj")[0] == 0
    assert later.exists()


@pytest.mark.parametrize("spoil", [b"", b"\xff\xff", b"../.. petit\n", b"absent petit\n", b"a b c\n"])
def test_a_spoilt_note_of_what_is_in_service(desk: Call, publier: Call, tmp_path: Path, spoil: bytes) -> None:
    """The livret that came with the program answers, and `maj` mends it."""
    publier()
    desk("maj")
    (received_folder(tmp_path) / received.CURRENT).write_bytes(spoil)
    assert desk("caf/rsa/demande")[0] == 0
    assert desk("maj")[0] == 0
    assert desk("guichet/papier")[0] == 0


def test_a_disk_that_is_full(
    desk: Call, publier: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publier()

    def fail(*arguments: object) -> None:
        raise OSError(28, "x")

    monkeypatch.setattr(update, "write_files", fail)
    code, out, err = desk("maj")
    assert (code, out) == (3, "")
    assert "disque" in err
    assert state(tmp_path) == ("", [])


def send(site: Path, files: dict[str, bytes], **changes: object) -> str:
    """Publish `files` by hand, signed with the one key of these tests; returns its fingerprint."""
    content = pack_archive(files)
    manifest = {
        "livret": "petit",
        "title": "Petit",
        "edition": "deux" if any(b": deux" in content for content in files.values()) else "un",
        "published": "2026-11-02T00:00:00Z",
        "archive": "petit.zip",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "least_version": "0.1.0",
    }
    text = json.dumps(manifest | changes)
    key = bytes(HAND_KEY.verify_key)
    site.mkdir(exist_ok=True)
    (site / "petit.zip").write_bytes(content)
    signed = signing.SignedText(text, key, HAND_KEY.sign(text.encode()).signature)
    (site / MANIFEST).write_bytes(pack_manifest(signed))
    return signing.format_fingerprint(key)


HAND_KEY = SigningKey(bytes(range(32)))


def read_rules(livret: Path, *changes: tuple[str, str]) -> dict[str, bytes]:
    """Return the files of a livret by their path, each change made in all of them."""
    root = livret.parent
    files = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*.yaml")}
    for before, after in changes:
        files = {name.replace(before, after): text.replace(before, after) for name, text in files.items()}
    return {name: text.encode() for name, text in files.items()}


@pytest.fixture
def hand_desk(desk: Call, livret: Path, site: Path, tmp_path: Path) -> Call:
    """A desk that has received, by hand, an edition « un » of 1 November."""
    key = send(site, read_rules(livret), published="2026-11-01T00:00:00Z")
    configure(tmp_path / "poste", site, key)
    assert desk("maj")[0] == 0
    return desk


TWO = ("édition: un", "édition: deux")
IN_TEN_DAYS = (datetime.now(UTC) + timedelta(days=10)).isoformat()
NOT_TO_FOLLOW: dict[str, tuple[tuple[tuple[str, str], ...], dict[str, object], str]] = {
    "another livret": ((TWO, ("petit", "grand")), {"livret": "grand"}, "non « petit »"),
    "an older one again": ((TWO,), {"published": "2026-10-31T23:59:59Z"}, "plus ancien"),
    "older by its zone": ((TWO,), {"published": "2026-11-01T01:00:00+02:00"}, "plus ancien"),
    "the same name, other bytes": ((("step", "autre"),), {}, "autre édition « un »"),
    "the same date, other bytes": ((TWO,), {"published": "2026-11-01T00:00:00Z"}, "autre édition"),
    "a clock that is wrong": ((TWO,), {"published": IN_TEN_DAYS}, "vérifiez la date de ce poste"),
    "another edition than it says": ((TWO,), {"edition": "trois"}, "annoncé"),
    "rules that are elsewhere": ((TWO, ("id: petit", "id: petit\nhérite de: socle")), {}, "fautes"),
}


@pytest.mark.parametrize("case", NOT_TO_FOLLOW)
def test_what_may_not_follow_though_the_key_signed_it(
    case: str, hand_desk: Call, livret: Path, site: Path, tmp_path: Path
) -> None:
    shown, before = hand_desk("guichet/papier"), state(tmp_path)
    changes, said_in_manifest, said = NOT_TO_FOLLOW[case]
    files = read_rules(livret, *changes)
    send(site, files, **said_in_manifest)
    code, out, err = hand_desk("maj")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert said.replace("« ", "«\u00a0").replace(" »", "\u00a0»") in err
    assert (hand_desk("guichet/papier"), state(tmp_path)) == (shown, before)
    send(site, read_rules(livret, TWO))
    assert hand_desk("maj")[0] == 0, "what is sound comes afterwards"


def test_another_livret_comes_from_another_place(
    hand_desk: Call, livret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the configuration names it, older than what came from the first place as well."""
    other = write_livret(tmp_path / "autre" / "petit", "of another house")
    edit(other / "livret.yaml", ("id: petit", "id: grand"))
    other = other.rename(other.with_name("grand"))
    with (other / "livret.yaml").open("a", encoding="utf-8") as stream:
        stream.write("édition: un\n")
    key = send(tmp_path / "ailleurs", read_rules(other), livret="grand", published="2026-01-01T00:00:00Z")
    configure(tmp_path / "poste", tmp_path / "ailleurs", key)
    assert hand_desk("maj")[0] == 0
    assert "of another house" in hand_desk("guichet/papier")[1]


def test_to_go_back_twice_goes_back_once(hand_desk: Call, livret: Path, site: Path, tmp_path: Path) -> None:
    first = hand_desk("guichet/papier")
    code, _, err = hand_desk("maj", "--revenir")
    assert (code, "rien n’a changé" in err, err.count("\n")) == (1, True, 1)
    send(site, read_rules(livret, TWO, ("step", "une autre étape")))
    hand_desk("maj")
    assert hand_desk("maj", "--revenir")[0] == 0
    before = state(tmp_path)
    assert hand_desk("maj", "--revenir")[0] == 1
    assert (hand_desk("guichet/papier"), state(tmp_path)) == (first, before)
    assert hand_desk("maj")[0] == 0
    assert "une autre étape" in hand_desk("guichet/papier")[1]
    assert hand_desk("maj", "--revenir")[0] == 0
    assert hand_desk("guichet/papier") == first


def lose_a_file(rules: Path) -> None:
    (rules / "petit" / "partenaires" / "guichet.yaml").unlink()


def change_a_number(rules: Path) -> None:
    edit(rules / "petit" / "partenaires" / "guichet.yaml", ("3949", "3948"))


def add_a_file(rules: Path) -> None:
    (rules / "petit" / "besoins" / "hors-livret.yaml").write_text("hors livret: []\n")


def lose_all(rules: Path) -> None:
    shutil.rmtree(rules)


@pytest.mark.parametrize("by_site", [False, True], ids=["folder", "site"])
@pytest.mark.parametrize("damage", [lose_a_file, change_a_number, add_a_file, lose_all])
def test_what_is_damaged_at_the_desk_is_mended(
    damage: Callable[[Path], None], by_site: bool, hand_desk: Call, tmp_path: Path, site: Path, address: str
) -> None:
    """Also by a site that says that nothing has changed since: what the desk has is not what was signed."""
    if by_site:
        configure(tmp_path / "poste", address, signing.format_fingerprint(bytes(HAND_KEY.verify_key)))
        assert hand_desk("maj")[0] == 0
    shown, before = hand_desk("guichet/papier"), state(tmp_path)
    damage(received_folder(tmp_path) / before[0] / received.RULES)
    warned = hand_desk("guichet/papier")[2]
    assert "verifier" not in warned, "nobody mends by hand what was signed"
    assert "fs-triage maj" in warned or damage is not lose_a_file
    code, out, err = hand_desk("maj")
    assert (code, err) == (0, "")
    assert "en service" in out
    assert hand_desk("guichet/papier") == shown
    assert state(tmp_path)[0].startswith(before[0])
    assert len(state(tmp_path)[1]) == 1, "nothing is kept to go back to, of what is damaged"
    assert "à jour" in hand_desk("maj")[1]


def test_to_publish_what_no_desk_would_take(
    call: Call, publier: Call, livret: Path, site: Path, key: Path, tmp_path: Path
) -> None:
    other = livret.rename(livret.with_name("autre"))
    code, _, err = call("publier", str(other), "-o", str(site), "--cle", str(key))
    assert (code, "«\u00a0petit\u00a0»" in err, "renommez-le" in err) == (1, True, True)
    other.rename(livret)
    code, _, err = publier("e" * 150)
    assert (code, "raccourcissez" in err) == (1, True)
    code, _, err = call("publier", str(livret), "-o", "", "--cle", str(key))
    assert (code, "-o attend" in err) == (2, True)
    assert not site.exists()


def test_a_heap_of_changes_is_told_in_what_a_manifest_holds(desk: Call, publier: Call, site: Path) -> None:
    """However much there is to tell, each desk can read it, and knows that there is more."""
    publier()
    steps = ", ".join(f'"Étape {number} {"é" * 900}"' for number in range(150))
    code, out, err = publier("deux", ('étapes: ["step"]', f"étapes: [{steps}]"))
    assert (code, err) == (0, "")
    assert "lignes de plus" in out
    assert (site / MANIFEST).stat().st_size <= MAX_MANIFEST_SIZE
    assert desk("maj")[0] == 0


def test_two_that_publish_at_once(publier: Call, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second, who was typing the passphrase, does not take away what the first has published meanwhile."""
    publier()
    sign = signing.sign

    def be_slow(*arguments: object) -> signing.SignedText:
        monkeypatch.setattr(signing, "sign", sign)
        publier("deux", ("step", "première"))
        return sign(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(signing, "sign", be_slow)
    code, _, err = publier("trois")
    assert (code, "recommencez" in err) == (1, True)
    assert unpack_manifest((site / MANIFEST).read_bytes())[1].edition == "deux"


def test_a_publication_cut_short_at_each_write_leaves_the_edition_before(
    desk: Call, publier: Call, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publier()
    assert desk("maj")[0] == 0
    write = publish.write_whole
    for last in range(2):
        count = iter(range(9))

        def cut(path: Path, content: bytes, last: int = last, count: Iterator[int] = count) -> None:
            if next(count) == last:
                raise KeyboardInterrupt
            write(path, content)

        monkeypatch.setattr(publish, "write_whole", cut)
        assert publier(f"e{last}", ("step", f"step {last}"))[0] == 130
        assert "à jour" in desk("maj")[1]
    monkeypatch.setattr(publish, "write_whole", write)
    assert publier("deux")[0] == 0
    assert "«\u00a0deux\u00a0» en service" in desk("maj")[1]


def test_the_examples_of_the_help_in_their_order(livret: Path, tmp_path: Path) -> None:
    examples = {line.partition("  #")[0].strip() for name in ("publier", "maj") for line in help_lines(name)}
    home, rules = tmp_path / "poste", tmp_path / "rules"
    livret.parent.rename(rules)
    (rules / "petit").rename(rules / "jura")
    edit(rules / "jura" / "livret.yaml", ("id: petit", "id: jura"))
    done = set()

    def play(line: str) -> str:
        done.add(line)
        ran = subprocess.run(
            [sys.executable, "-m", "fs_triage", *line.split()[1:]],
            cwd=tmp_path,
            env=clean_environment(home),
            input=f"{PHRASE}\n",
            capture_output=True,
            encoding="utf-8",
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        return ran.stdout

    fingerprint = play("fs-triage publier --nouvelle-cle").rsplit(" ", 1)[1].strip()
    configure(home, tmp_path / "publication", fingerprint)
    for edition in ("un", "deux"):
        edit(rules / "jura" / "livret.yaml", ("édition: ", f"édition: {edition}"))
        play("fs-triage publier rules/jura -o publication")
        play("fs-triage maj")
        time.sleep(1)
    play("fs-triage maj --revenir")
    assert done == examples


def help_lines(name: str) -> list[str]:
    return [line for line in commands.COMMANDS[name].examples.splitlines() if line.strip()]
