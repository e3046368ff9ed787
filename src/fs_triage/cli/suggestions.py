"""What to say when a lookup met nothing: the nearest by search, else the nearest names."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from fs_triage.contract import COMMAND_NAMES, WRONG_CALL, Failure
from fs_triage.index import lookup
from fs_triage.livret import OpenLivret
from fs_triage.search import rank
from fs_triage.text.fold import fold
from fs_triage.text.typography import quote_input, shorten_text

_OPTIONS_BY_WORD = {"help": "--aide", "man": "--aide", "version": "--version"}
"""Words that elsewhere ask for what an option gives here."""

_MAX_SHOWN = 3
_MAX_QUERY_LENGTH = 200  # characters of a query that are compared: what is longer is no misspelt name
_MIN_SIMILARITY = 72  # of 100: from where a name looks like another one
_MIN_MISSPELT_SIMILARITY = 84  # of 100: from where it can hardly be another word
_MAX_SIMILARITY_GAP = 12  # of 100: how much less alike than the best a name may be to be shown beside it


def find_by_search(
    livret: OpenLivret, words: list[str], partner: str | None, rest: list[str]
) -> tuple[list[int], str]:
    """Return the positions of the best conclusions for `words` taken as a need, or what to say when there are none.

    `rest` are the words after the name of `partner`, where one is named. The misspelt name of a command or of a
    partner is no need, nor is an id that is not there.
    """
    typed = " ".join(words)
    words = typed.split()
    misspelt = _find_misspelt_name(livret, words) if partner is None else []
    begun = " ".join(words[: len(words) - len(rest) + 1])  # the partner, and what comes first after its name
    if not misspelt and (partner is None or "/" not in begun):
        result = rank.find_conclusions(livret.model, " ".join(rest), partner=partner)
        if result.hits:
            return [hit.position for hit in result.hits], ""
        if partner is None and result.understood:
            return [], explain_verdict(livret, typed, result)
    near = misspelt or _find_nearest_calls(livret, words, partner)
    if near:
        return [], f"Rien trouvé pour {quote_input(typed)}. Vouliez-vous dire : {', '.join(near)} ?"
    everything = f"fs-triage liste {partner}" if partner else "fs-triage liste"
    return [], f"Rien trouvé pour {quote_input(typed)} ; tout ce que dit le livret : « {everything} »."


def explain_verdict(livret: OpenLivret, need: str, result: rank.Result) -> str:
    """Return the sentence for a `need` that is too vague or out of the livret, as `result` says."""
    if result.verdict == rank.TOO_VAGUE:
        partners = livret.meta.partners
        call = f"fs-triage chercher {_quote_argument(need)} --partenaire {partners[0]}"
        return (
            f"Besoin trop vague : {quote_input(need)}. De quel partenaire s’agit-il ? ({', '.join(partners)}) "
            f"Dites-en plus, ou nommez-le : « {call} »."
        )
    return f"Hors du livret : aucune démarche ne répond à {quote_input(need)}. Orientez l’usager vers un autre service."


def _quote_argument(need: str) -> str:
    """Return `need`, cut, as one word of a command line, without what a shell would read in it."""
    return '"' + "".join(character for character in shorten_text(need) if character not in '"$`\\!') + '"'


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


def _find_misspelt_name(livret: OpenLivret, words: list[str]) -> list[str]:
    """Return the call that `words` make when they misspell the name of a command or of a partner."""
    first, *rest = words
    if not rest and fold(first) in _OPTIONS_BY_WORD:
        return [quote_input(f"fs-triage {_OPTIONS_BY_WORD[fold(first)]}")]
    command = process.extractOne(
        fold(first), COMMAND_NAMES, scorer=fuzz.ratio, score_cutoff=_MIN_MISSPELT_SIMILARITY
    )
    if command is not None:
        return [quote_input(" ".join(["fs-triage", command[0], *rest]))]
    partner = _find_similar_partner(livret, " ".join(words))
    return [quote_input(f"fs-triage {partner}")] if partner else []


def _find_similar_partner(livret: OpenLivret, name: str) -> str | None:
    """Return the partner whose id `name` misspells, by letters that are wrong or in another order; else None."""
    query = fold(name)
    names = {partner: fold(partner) for partner in livret.meta.partners}
    if query in names.values():
        return None
    for partner, known in names.items():
        if sorted(known) == sorted(query):
            return partner
    found = process.extractOne(
        query[:_MAX_QUERY_LENGTH], names, scorer=fuzz.ratio, score_cutoff=_MIN_MISSPELT_SIMILARITY
    )
    return found[2] if found is not None else None


def build_unknown_partner(livret: OpenLivret, name: str) -> Failure:
    """Return the failure that says that `name` is no partner, which one it looks like, and which there are."""
    known = ", ".join(livret.meta.partners)
    meant = _find_similar_partner(livret, name)
    said = f". Vouliez-vous dire : {quote_input(meant)} ? Possibles" if meant else " ; possibles"
    return Failure(WRONG_CALL, f"Partenaire inconnu : {quote_input(name)}{said} : {known}.")


def _list_titles(livret: OpenLivret, partner: str | None) -> dict[str, str]:
    """Return the titles of the conclusions, folded, by id."""
    rows = [line.split("\t") for line in livret.list_conclusion_lines()]
    return {row[0]: fold(row[-1]) for row in rows if partner is None or row[0].startswith(f"{partner}/")}


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
    return _find_similar_partner(livret, name)
