"""What is said of contacts that a livret has yet to give, so that a list without them is not taken for whole."""

from __future__ import annotations

from fs_triage import output

_MAX_NAMED = 5  # contacts that are named


def print_missing_contacts(missing: list[list[str]]) -> None:
    """Say which contacts are `missing`: partner, id and label of each."""
    count = f"{len(missing)} contacts restent" if len(missing) > 1 else "Un contact reste"
    named = ", ".join(f"{label} ({partner}/{name})" for partner, name, label in missing[:_MAX_NAMED])
    more = f", et {len(missing) - _MAX_NAMED} autres" if len(missing) > _MAX_NAMED else ""
    output.print_message(f"{count} à remplir dans ce livret : {named}{more}.")
