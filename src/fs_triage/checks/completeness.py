"""Signs that a rule file is not whole: a copy under way, a full disk, half of a folder.

A démarche without its example is one that the files show by themselves. The others take what the last good livret
was made of, which is kept beside its index: a file that lost its end since, or that is no longer there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from fs_triage.checks import published_ids
from fs_triage.checks.reading import FILE_CODES
from fs_triage.checks.registry import Finding, Scope, check
from fs_triage.rules.characters import MAX_BYTES
from fs_triage.rules.load import Livret, LoadResult, PartnerRules
from fs_triage.rules.model_livret import (
    IDENTIFIERS,
    NEEDS,
    REVIEWS,
    SYNONYMS,
    UNCOVERED_NEEDS,
    get_livret_folder,
)
from fs_triage.rules.model_partner import CONCLUSIONS
from fs_triage.rules.model_situations import SITUATIONS
from fs_triage.rules.nodes import iter_nodes, list_conclusion_paths
from fs_triage.rules.problem import Problem, Severity
from fs_triage.rules.yaml_reader import Mark, get_mark
from fs_triage.text.did_you_mean import build_slug, find_close_name, is_slip
from fs_triage.text.fold import fold

END_LINE = "# fin"
"""The last line of a file by which an author says that what follows no more was taken away on purpose."""

_ANCHOR_LINES = 3  # lines by which the place is found, in the earlier file, where the new one ends
_EMPTY_FILES = {
    UNCOVERED_NEEDS: "hors livret: []",
    IDENTIFIERS: "publiés: []",
    REVIEWS: "relectures: {}",
    SITUATIONS: "situations: []",
    SYNONYMS: "synonymes: []",
}


@check("not-covered", scope=Scope.LIVRET, severity=Severity.INCOMPLETE)
def find_uncovered_conclusions(livret: Livret) -> Iterator[Finding]:
    """Aucun exemple n’atteint cette conclusion, alors que d’autres en ont.

    Éviter : une nouvelle démarche sans rien dans « besoins/caf.yaml » ; un tel fichier coupé avant sa fin.
    Préférer : son chemin, puis ce que dirait un usager, « rsa/demande: [je veux toucher le RSA] ».
    Pourquoi : les exemples sont les tests des règles, la recherche apprend les mots des usagers avec eux.
    """
    foreign = {Path(path).stem for path in find_foreign_needs(livret)}
    for rules in livret.partners if _has_examples(livret) else ():
        if rules.model.id in foreign:  # `example-unknown` says so
            continue
        known = list_conclusion_paths(rules)
        named = set(rules.model.examples)
        named |= {find_meant_conclusion(livret, rules, name) or "" for name in named if name not in known}
        for spot in iter_nodes(rules) if rules.whole else ():
            if isinstance(spot.answer, CONCLUSIONS) and spot.path not in named:
                message = f"aucun exemple n’atteint « {spot.path} »"
                hint = f"ajoutez dans {NEEDS}/{rules.model.id}.yaml : « {spot.path}: [un besoin] »"
                yield Finding(get_mark(rules.table, (*spot.location, "id")), message, hint)


@lru_cache(maxsize=4)
def find_foreign_needs(livret: Livret) -> dict[str, tuple[Mark, str]]:
    """Return the files of needs that hold those of another partner, each with its first path, and that partner."""
    paths = {rules.model.id: set(list_conclusion_paths(rules)) for rules in livret.partners}
    found = {}
    for rules in livret.partners:
        files: dict[str, list[str]] = {}
        for name in rules.model.examples:
            files.setdefault(get_mark(rules.table, ("examples", name), key=True).path, []).append(name)
        for path, names in files.items():
            others = [one for one, known in paths.items() if known.issuperset(names)]
            if len(names) >= _MIN_FOREIGN and others and rules.model.id not in others:
                found[path] = (get_mark(rules.table, ("examples", names[0]), key=True), others[0])
    return found


_MIN_FOREIGN = 2  # paths that are another partner's, and all of a file


def find_meant_conclusion(livret: Livret, rules: PartnerRules, name: str) -> str | None:
    """Return the conclusion that an example means by the id `name`, which is none, if it is sure enough.

    It is the one that has become of it, the only one without an example where `name` alone is unknown, or the nearest.
    """
    partner, known = rules.model.id, list_conclusion_paths(rules)
    if near := _find_slip(rules, name):
        return near
    if livret.identifiers is not None:
        renamed = livret.identifiers.follow(f"{partner}/{name}").removeprefix(f"{partner}/")
        if renamed in known:
            return renamed
    if successor := published_ids.find_successor(livret, f"{partner}/{name}"):
        return successor.removeprefix(f"{partner}/")
    alone = _find_lone_conclusion(rules) if build_slug(name) == name else None
    return alone if alone is not None else find_close_name(name, known)


def _find_slip(rules: PartnerRules, name: str) -> str | None:
    """Return the conclusion whose path, or label, was written as `name` but for its signs or a letter or two."""
    known = list_conclusion_paths(rules)
    meant = build_slug(name).removeprefix(f"{rules.model.id}/")
    if meant in known:
        return meant
    labels = {fold(spot.answer.label): spot.path for spot in iter_nodes(rules) if spot.path in known}
    near = labels.get(fold(name)) or find_close_name(meant, known)
    return near if near and (near == labels.get(fold(name)) or is_slip(meant, near)) else None


@lru_cache(maxsize=32)
def _find_lone_conclusion(rules: PartnerRules) -> str | None:
    """Return the only conclusion without an example, if one example alone is of a conclusion that is unknown."""
    known, named = list_conclusion_paths(rules), set(rules.model.examples)
    uncovered = [path for path in known if path not in named]
    return uncovered[0] if len(uncovered) == len(named - {*known}) == 1 else None


@check("no-example", scope=Scope.LIVRET, severity=Severity.ADVICE)
def find_livrets_without_examples(livret: Livret) -> Iterator[Finding]:
    """Aucune démarche de ce livret n’a d’exemple.

    Éviter : un livret qui sert des mois sans une phrase d’usager.
    Préférer : dans « besoins/caf.yaml » et ses voisins, une phrase au moins pour chaque conclusion.
    Pourquoi : la recherche ne connaîtrait que les mots des règles, et un fichier coupé ne se verrait pas.
    """
    is_read = livret.whole and livret.partners and len(livret.partners) == len(livret.booklet.partners)
    if is_read and all(rules.whole for rules in livret.partners) and not _has_examples(livret):
        hint = f"ajoutez-en dans {NEEDS}, au moins un par conclusion"
        yield Finding(livret.table.place, "aucune démarche de ce livret n’a d’exemple", hint)


def _has_examples(livret: Livret) -> bool:
    """Return whether the owner of the livret has begun to write examples: then one that is missing was lost."""
    return any(rules.model.examples for rules in livret.partners)


def find_losses(before: Mapping[str, bytes], loaded: LoadResult) -> list[Problem]:
    """Return the files that lost their end, or went, since the last good livret was made of those `before`."""
    found = {}
    for file in loaded.files:
        known = before.get(os.path.abspath(file.path))  # noqa: PTH100 - as the index does, « .. » included
        if known is None or file.content == known:
            continue
        if 0 <= file.size <= MAX_BYTES and not file.problems:
            written = file.content.rstrip(b"\0")  # what a machine that stopped may leave for the rest
            if has_lost_end(known, written):
                found[file.path] = _build_cut_problem(file.path, file.content)
        elif file.path == loaded.folder / SYNONYMS:
            continue  # those that all livrets share take their place
        elif (
            file.size < 0
            and get_livret_folder(file.path).is_dir()
            and not _has_problem(loaded, "missing-file")
        ):
            found[file.path] = _build_gone_problem(file.path)
    return sorted(found.values())


def drop_consequences(problems: list[Problem], lost: list[Problem]) -> list[Problem]:
    """Return `lost` and those of `problems` that are not mere consequences of it: one mistake is one line."""
    if not lost:
        return problems
    paths = {problem.path for problem in lost}
    names = {Path(path).name for path in paths}
    return [
        *lost,
        *(
            one
            for one in problems
            if one.path not in paths
            and one.code != "id-vanished"
            and not (one.code in ("not-covered", "example-unknown") and Path(one.path).name in names)
        ),
    ]


_CHANGE_CODES = ("unknown-target", "unused-contact", "wrong-type", "syntax")


def drop_echoes(problems: list[Problem]) -> list[Problem]:
    """Return `problems` without what else is told of a line that cannot be read as it was meant."""
    unread = {(one.path, one.line) for one in problems if one.line and one.code in FILE_CODES}
    # what follows the second value of a contact is of one whose name is missing
    seconds = [one for one in problems if one.code == "contact-kind"]
    # a change that could not be made leaves contacts that it would have taken away or filled
    changed = {one.path for one in problems if one.code in _CHANGE_CODES}
    return [
        one
        for one in problems
        if (one.code in FILE_CODES or (one.path, one.line) not in unread)
        and not (one.code == "contact-not-replaced" and one.path in changed and one.line == 1)
        and not (one.code == "duplicate-key" and any(_follows(one, second) for second in seconds))
    ]


def _follows(problem: Problem, second: Problem) -> bool:
    """Return whether `problem` is of a key that stands a little below another one."""
    is_near = 0 < problem.line - second.line < _MAX_CONTACT_LINES
    return is_near and (problem.path, problem.column) == (second.path, second.column)


_MAX_CONTACT_LINES = 8


def has_lost_end(before: bytes, now: bytes) -> bool:
    """Return whether `now` is `before` without its end, some of the rest having perhaps changed as well.

    It is so when it is the beginning of it, blank lines apart, or when its last lines stand in it with others after
    them that are lost, unless it ends with `END_LINE`.
    """
    if before.startswith(now):
        return bool(before[len(now) :].strip())
    old, new = before.splitlines(), now.splitlines()
    if new and new[-1].rstrip() == END_LINE.encode():
        return False
    begun = (
        new.pop() if new and not now.endswith((b"\n", b"\r")) else b""
    )  # a line that was perhaps cut in two
    last = new[-_ANCHOR_LINES:]
    ends = [end for end in range(len(old), 0, -1) if last and old[end - len(last) : end] == last]
    after = old[ends[0] :] if ends else []
    if after and not after[0].startswith(begun):  # a line that was written, not cut
        return False
    return bool({line for line in after if line.strip()} - {*new, begun})


def _build_cut_problem(path: Path, content: bytes) -> Problem:
    remedy = f"si sa fin a été ôtée exprès, ajoutez-y une dernière ligne « {END_LINE} »"
    message = f"ce fichier a perdu sa fin ; remettez-le entier, ou, {remedy}"
    return Problem(str(path), len(content.splitlines()), 1, code="cut-short", message=message)


def _build_gone_problem(path: Path) -> Problem:
    name = path.relative_to(get_livret_folder(path)).as_posix()
    line = _EMPTY_FILES.get(name, "{}" if path.parent.name == NEEDS else f"id: {path.stem}")
    remedy = f"s’il a été ôté exprès, laissez à sa place un fichier d’une ligne, « {line} »"
    return Problem(
        str(path), 0, 0, code="file-gone", message=f"ce fichier n’est plus là ; remettez-le, ou, {remedy}"
    )


def _has_problem(loaded: LoadResult, code: str) -> bool:
    return any(problem.code == code for problem in loaded.problems)
