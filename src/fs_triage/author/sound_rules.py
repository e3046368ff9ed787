"""Rules that an author gives away or compares: read from their files, never those that served before."""

from __future__ import annotations

from pathlib import Path

from fs_triage import rebuild
from fs_triage.author import convertir
from fs_triage.checks.verify import find_blocking_problems
from fs_triage.contract import RULES_UNUSABLE, Failure
from fs_triage.rules.load import Livret, LoadResult, load_livret
from fs_triage.rules.problem import Severity


def load_sound_rules(folder: str) -> tuple[Livret, LoadResult]:
    """Return the livret at `folder` and what it was read from; it may lack contacts that are yet to be given.

    One in the form of before is read as if it had been converted. Raises `Failure` when its rules cannot be used as
    they are now, even if the desk goes on with older ones.
    """
    with convertir.open_as_of_today(Path(folder)) as today:
        loaded = load_livret(today)
    problems = loaded.blocking_problems
    if loaded.livret is not None and not problems:
        problems = [
            problem
            for problem in find_blocking_problems(loaded.livret)
            if problem.severity is not Severity.INCOMPLETE
        ]
    if loaded.livret is None or problems:
        raise Failure(RULES_UNUSABLE, rebuild.build_refusal(folder, problems))
    return loaded.livret, loaded
