"""A real PostgreSQL on the loopback: `database_server` of the tests."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_OWNER = "postgres"


class Server:
    """A server whose files are in `folder`; anyone on this machine may be anyone there."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._count = itertools.count()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._run(
            "initdb", "-D", "data", "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", "data", "-l", "log", "-o", f"{options} -c fsync=off", "-w", "start")

    def stop(self) -> None:
        """Take it away as a power cut does."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def create_database(self) -> str:
        """Return the address of a new database, for its owner."""
        name = f"essai_{next(self._count)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", _OWNER, name)
        return self.build_address(_OWNER, name)

    def build_address(self, role: str, database: str) -> str:
        """Return the address of a database for a role."""
        return f"postgresql://{role}@127.0.0.1:{self._port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        # none of its programs runs as root, as those who try this in a container often are
        user = _OWNER if os.geteuid() == 0 else None
        with (self._folder / "stderr").open("ab") as messages:
            ran = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self._folder,
                env={"LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # that of a server outlives the call
                stderr=messages,
                user=user,
                timeout=60,
            )
        assert ran.returncode == 0, (self._folder / "stderr").read_text("utf-8", "replace")


@contextmanager
def start_server() -> Iterator[Server]:
    """Start a server, and take it and its files away afterwards."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    programs = found[-1].parent if found else None
    if programs is None and os.environ.get("CI") != "true":
        pytest.skip("no PostgreSQL here; CI has one")
    assert programs is not None, "PostgreSQL must be installed where CI=true"
    folder = Path(tempfile.mkdtemp(prefix="fs-triage-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _OWNER)
        server = Server(programs, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
