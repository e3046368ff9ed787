"""A real browser, which checks pages and prints them: `browser` of the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PACKAGES = Path(__file__).parent / "browser"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Check = Callable[..., dict[str, Any]]


@contextmanager
def open_browser() -> Iterator[Check]:
    """Check the page in a file as `check.mjs` says, with a browser that stays open: `check(page, "a4", pdf=None)`."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    there = program and shutil.which("node") and (PACKAGES / "node_modules").is_dir()
    if not there and os.environ.get("CI") != "true":
        pytest.skip("no Chromium here, or no « npm install --prefix tests/browser »; CI has both")
    assert there, "Chromium and the packages of tests/browser must be installed where CI=true"
    command = ["node", str(PACKAGES / "check.mjs"), str(PACKAGES), str(program)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None and process.stdout is not None

        def check(page: Path, paper: str, pdf: Path | None = None) -> dict[str, Any]:
            assert process.stdin is not None and process.stdout is not None
            asked = {"page": str(page), "paper": paper, "pdf": str(pdf) if pdf else None}
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            assert "error" not in answer, answer
            return answer

        yield check
        process.stdin.close()
