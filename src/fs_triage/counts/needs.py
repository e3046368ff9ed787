"""The needs that found nothing, as the lines of the rules that would have the livret know them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from fs_triage.counts.journal import Need
from fs_triage.livret import OpenLivret
from fs_triage.text.fold import fold
from fs_triage.understanding.result import Verdict
from fs_triage.understanding.understand import understand

_PLAIN = re.compile(r"[^\W\d_][\w ’'-]*(?<! )")
_NOT_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "oui", "non"}
"""What YAML, or a reader of it, takes for something else than a text."""

_TOPICS_HEAD = """\
# besoins/hors-livret.yaml, sous « hors livret: » (un sujet qui y est déjà reçoit ses besoins)"""
_OTHERS_HEAD = """\
# Non compris. Selon la réponse, chaque ligne va :
# - dans besoins/PARTENAIRE.yaml, sous sa démarche ;
# - ou dans besoins/hors-livret.yaml, sous un sujet."""


class SortedNeeds(NamedTuple):
    """Needs, those that came most often first: by topic of the livret, and those of which nothing is understood."""

    by_topic: dict[str, list[str]]
    others: list[str]


def sort_needs(livret: OpenLivret, needs: Iterable[Need]) -> SortedNeeds:
    """Return the needs that the livret still does not answer; what differs by case and accents alone is one."""
    texts: dict[str, str] = {}
    times: Counter[str] = Counter()
    for need in needs:
        text = texts.setdefault(fold(need.text), need.text)
        times[text] += 1
    found = SortedNeeds({}, [])
    for text, _ in times.most_common():
        meant = understand(livret, livret.model, text)
        if meant.topic is not None:
            found.by_topic.setdefault(meant.topic.name, []).append(text)
        elif meant.verdict in (Verdict.OUT_OF_SCOPE, Verdict.UNKNOWN, Verdict.VAGUE):
            found.others.append(text)
    return found


def render_yaml(needs: SortedNeeds) -> str:
    """Return the lines to add to the files of the rules."""
    lines = []
    if needs.by_topic:
        lines += [_TOPICS_HEAD]
        for topic, texts in sorted(needs.by_topic.items()):
            lines += [f"  - sujet: {quote_yaml(topic)}", "    besoins:"]
            lines += [f"      - {quote_yaml(text)}" for text in texts]
    if needs.others:
        lines += [
            *([""] if lines else []),
            _OTHERS_HEAD,
            *(f"  - {quote_yaml(text)}" for text in needs.others),
        ]
    return "\n".join(lines)


def render_json(needs: SortedNeeds) -> str:
    """Return the needs as JSON."""
    topics = [*sorted(needs.by_topic.items()), (None, needs.others)]
    texts = [{"text": text, "topic": topic} for topic, found in topics for text in found]
    return json.dumps({"schema_version": 1, "unanswered": texts}, ensure_ascii=False)


def quote_yaml(text: str) -> str:
    """Return `text` as YAML: as it is where it can stand so, else between quotes."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    return text if is_plain else json.dumps(text, ensure_ascii=False)
