"""What to say when a lookup met nothing: what is near, by name or by what the words mean."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from fs_triage.cli import verdicts
from fs_triage.contract import COMMAND_NAMES, WRONG_CALL, Failure
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret
from fs_triage.text.fold import fold
from fs_triage.text.typography import quote_input
from fs_triage.understanding.result import Understanding, Verdict
from fs_triage.understanding.understand import understand

_OPTIONS_BY_WORD = {"help": "--aide", "man": "--aide", "version": "--version"}
"""Words that elsewhere ask for what an option gives here."""

_MAX_SHOWN = 3
_MAX_NEAR = 5  # démarches
_MAX_QUERY_LENGTH = 200  # characters of a query that are compared: what is longer is no misspelt name
_MIN_SIMILARITY = 72  # of 100: from where a name looks like another one
_MIN_MISSPELT_SIMILARITY = 84  # of 100: from where it can hardly be another word
_MAX_SIMILARITY_GAP = 12  # of 100: how much less alike than the best a name may be to be shown beside it
_LONGEST_MISSPELT = 4  # words in a misspelt name that other words follow


class Near:
    """What is near to words that nothing bears: what to say of it, and the positions of the démarches that it lists.

    The first of `lines` says it; each that follows has one démarche or question.
    """

    __slots__ = ("lines", "positions")

    def __init__(self, lines: list[str], positions: list[int] | None = None) -> None:
        self.lines = lines
        self.positions = positions or []

    @property
    def can_be_picked(self) -> bool:
        """Whether a list to pick from can take the place of the lines after the first."""
        return bool(self.positions) and len(self.positions) >= len(self.lines) - 1


def find_near(livret: OpenLivret, words: list[str], found: lookup.LookupResult) -> Near:
    """Return what is near to `words`, which `found` nothing.

    The misspelt name of a command or of a partner is no need, nor is an id that is not there.
    """
    typed = " ".join(words)
    words = typed.split()
    misspelt = _find_misspelt_name(livret, words) if found.partner is None else None
    if misspelt is not None:
        return misspelt
    begun = words[: len(words) - len(found.rest) + 1]  # the partner, and what comes first after its name
    if found.partner is None or "/" not in " ".join(begun):
        near = _find_by_meaning(livret, typed, found.partner, " ".join(found.rest))
        if near is not None:
            return near
    calls = _find_nearest_calls(livret, words, found.partner)
    if calls:
        return _propose_calls(typed, calls)
    everything = f"fs-triage liste {found.partner}" if found.partner else "fs-triage liste"
    return Near([f"Rien trouvé pour {quote_input(typed)} ; tout ce que dit le livret : « {everything} »."])


def _propose_calls(typed: str, calls: list[str], positions: list[int] | None = None) -> Near:
    return Near(
        [f"Rien trouvé pour {quote_input(typed)}. Vouliez-vous dire : {', '.join(calls)} ?"], positions
    )


def _find_by_meaning(livret: OpenLivret, typed: str, partner: str | None, rest: str) -> Near | None:
    """Return what `rest`, after the name of a partner if one is named, means there, or else anywhere."""
    understood = understand(livret, livret.model, rest, partner=partner, max=_MAX_NEAR)
    if understood.hits:
        unknown = verdicts.render_unknown_words(understood)
        said = f"Rien ne porte exactement {quote_input(typed)}.{f' {unknown}' if unknown else ''}"
        return _list_hits(livret, f"{said} Ce qui s’en approche :", understood)
    if partner is None:
        return _explain_verdict(livret, typed, understood)
    if understood.verdict == Verdict.VAGUE:
        return _explain_verdict(livret, typed, understood) if understood.choices else None
    understood = understand(livret, livret.model, rest, max=_MAX_NEAR)
    if understood.verdict == Verdict.MATCHES:
        label = livret.list_partner_names()[partner][1]
        return _list_hits(livret, f"Rien de tel chez {label} : {quote_input(typed)}. Ailleurs :", understood)
    return None


def _list_hits(livret: OpenLivret, said: str, understood: Understanding) -> Near:
    positions = [hit.position for hit in understood.hits[:_MAX_NEAR]]
    nodes = [livret.get_conclusion_id(position) for position in positions]
    return Near([said, *verdicts.render_nodes(livret, nodes)], positions)


def _explain_verdict(livret: OpenLivret, typed: str, understood: Understanding) -> Near | None:
    """Return what is known of words that no démarche answers; None where nothing is."""
    is_unknown = understood.verdict == Verdict.UNKNOWN and not understood.is_foreign
    if is_unknown and not any(word.nearest for word in understood.unknown_words):
        return None
    lines = verdicts.explain_refusal(livret, typed, understood)
    return Near(lines, verdicts.list_positions(livret, understood.choices))


def _find_nearest_calls(livret: OpenLivret, words: list[str], partner: str | None) -> list[str]:
    """Return the calls nearest to `words`: the same with its slips mended, then commands, partners, démarches."""
    query = fold(" ".join(words))
    if not query or len(query) > _MAX_QUERY_LENGTH:
        return []
    titles = _list_titles(livret, partner)
    mended = _correct_query(livret, query, titles, partner)
    names = {f"« fs-triage {name} »": fold(name) for name in (*COMMAND_NAMES, *livret.meta.partners)}
    if partner is not None:
        query = query.removeprefix(fold(partner)).strip() or query
        names = {}
    names |= {f"« fs-triage {node} »": title for node, title in titles.items()}
    scored = process.extract(query, names, scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY, limit=_MAX_SHOWN)
    near = [call for _, score, call in scored if score >= scored[0][1] - _MAX_SIMILARITY_GAP]
    return list(dict.fromkeys([*mended, *near]))[:_MAX_SHOWN]


def _find_misspelt_name(livret: OpenLivret, words: list[str]) -> Near | None:
    """Return the call that `words` make when they misspell the name of a command or of a partner.

    What follows the misspelt name of a partner, if anything does, must be found there.
    """
    typed = " ".join(words)
    first, *rest = words
    if not rest and fold(first) in _OPTIONS_BY_WORD:
        return _propose_calls(typed, [quote_input(f"fs-triage {_OPTIONS_BY_WORD[fold(first)]}")])
    command = process.extractOne(
        fold(first), COMMAND_NAMES, scorer=fuzz.ratio, score_cutoff=_MIN_MISSPELT_SIMILARITY
    )
    if command is not None:
        return _propose_calls(typed, [quote_input(" ".join(["fs-triage", command[0], *rest]))])
    names = _list_partner_names(livret, with_words=False)
    partner = _find_similar_partner(names, typed)
    if partner is not None:
        return _propose_calls(typed, [quote_input(f"fs-triage {partner}")])
    for count in range(min(len(rest), _LONGEST_MISSPELT), 0, -1):
        partner = _find_similar_partner(names, " ".join(words[:count]))
        if partner is not None:
            call = [partner, *words[count:]]
            found = lookup.look_up(livret, call)
            if found.by != "nothing":
                said = quote_input(" ".join(["fs-triage", *call]))
                return _propose_calls(typed, [said], found.positions[:_MAX_NEAR])
    return None


def _list_partner_names(livret: OpenLivret, *, with_words: bool) -> dict[str, str]:
    """Return the partner that each name means, folded; `with_words`, also the single words that stand for it.

    A word that stands for a partner, « facteur », may be near to one that has nothing to do with it.
    """
    return {
        fold(name): partner
        for partner, names in livret.list_partner_names().items()
        for rank, name in enumerate(names)
        if with_words or rank < _PROPER_NAMES or " " in fold(name)
    }


_PROPER_NAMES = 3
"""How many of the names of a partner are its own: its id, its label, its name in full."""


def _find_similar_partner(names: dict[str, str], name: str) -> str | None:
    """Return the partner that `name` misspells, by letters that are wrong or in another order; else None."""
    query = fold(name)[:_MAX_QUERY_LENGTH]
    for known, partner in names.items():
        if query != known and sorted(known) == sorted(query):
            return partner
    found = process.extractOne(query, list(names), scorer=fuzz.ratio, score_cutoff=_MIN_MISSPELT_SIMILARITY)
    return names[found[0]] if found is not None and found[0] != query else None


def build_unknown_partner(livret: OpenLivret, name: str) -> Failure:
    """Return the failure that says that `name` is no partner, which one it looks like, and which there are."""
    known = ", ".join(livret.meta.partners)
    meant = _find_similar_partner(_list_partner_names(livret, with_words=True), name)
    said = f". Vouliez-vous dire : {quote_input(meant)} ? Possibles" if meant else " ; possibles"
    return Failure(WRONG_CALL, f"Partenaire inconnu : {quote_input(name)}{said} : {known}.")


def _list_titles(livret: OpenLivret, partner: str | None) -> dict[str, str]:
    """Return the titles of the conclusions, folded, by id."""
    return {row.id: fold(row.title) for row in livret.list_conclusion_rows(partner)}


def _correct_query(livret: OpenLivret, query: str, titles: dict[str, str], partner: str | None) -> list[str]:
    """Return the call that `query` makes with each unknown word replaced by the most similar known one."""
    known = {word for node, title in titles.items() for word in [*fold(node).split(), *title.split()]}
    if partner is None:
        known.update(livret.meta.partners)
    mended = []
    for word in query.split():
        if word not in known:
            found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY)
            if found is None:
                return []
            word = found[0]
        mended.append(word)
    words = " ".join(mended).split()
    if words == query.split() or lookup.look_up(livret, words).by == "nothing":
        return []
    return [f"« fs-triage {' '.join(words)} »"]


def find_meant_partner(livret: OpenLivret, name: str) -> str | None:
    """Return the partner whose id `name` misspells, None when it misspells none."""
    return _find_similar_partner(_list_partner_names(livret, with_words=True), name)
