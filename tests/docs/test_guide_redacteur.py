"""The rule author's guide: every command and every screen in it comes from a run."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from conftest import ROOT

GUIDE = ROOT / "docs" / "guide-redacteur.md"


def replayer() -> ModuleType:
    """The script that plays a guide."""
    specification = importlib.util.spec_from_file_location("replay", ROOT / "docs" / "replay.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_guide_shows_what_comes_out() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if line.startswith("$ fs-triage")]
    assert len(commands) >= 12
    assert {command.split()[2] for command in commands} >= {"verifier", "comparer", "relecture", "nouveau"}
    shown = replayer().replay(text)
    assert shown == text, (
        "docs/guide-redacteur.md is stale: run `python docs/replay.py docs/guide-redacteur.md`"
    )
