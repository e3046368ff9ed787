"""`verifier --liens`: the sites of a livret asked for, on demand alone: those that are dead, moved or on another host.

A few are asked at once, and none for longer than a time. Nothing of a page is read but its head. Where the machine goes
through a proxy, so do we.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from fs_triage import __version__
from fs_triage.author.outside.listed_contacts import ListedContact, list_sites
from fs_triage.contract import PROBLEMS, DiskTimeout, Failure
from fs_triage.files.timeout import call_with_timeout
from fs_triage.rules.load import Livret
from fs_triage.rules.problem import Problem, Severity
from fs_triage.text.typography import escape_controls, quote_text, shorten_text

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_AT_ONCE = 6
_SECONDS = 20.0  # that a site may take, redirections included
_STEP_SECONDS = 8.0  # to connect, or between two pieces of an answer
_MOST_STEPS = 8
_PERMANENT, _TEMPORARY = (301, 308), (302, 303, 307)
_GONE = (404, 410)
_REFUSING = (401, 403, 405, 406, 429, 451)  # the site is there, and answers no program
_BAD_CERTIFICATE = "son certificat de sécurité n’est pas valable"
_LONGEST_ADDRESS = 120  # characters of it in a message


class SitesAnswer(NamedTuple):
    """What is wrong with the sites, how many were asked for, and which refuse to be asked."""

    problems: list[Problem]
    asked: int
    refusing: list[str]


class _Visit(NamedTuple):
    """What came of asking for a site: the status it ended with (0: no answer), where, and why there was none.

    `moved_to` is the last address that a permanent redirection names.
    """

    status: int
    end: str
    moved_to: str = ""
    why: str = ""


def ask_sites(livret: Livret, tell: Callable[[int], None]) -> SitesAnswer:
    """Ask for every site of `livret`, each once; `tell` takes the number of sites that have been asked.

    Raises `Failure` when none of several answers: that says nothing of the sites.
    """
    contacts = list_sites(livret)
    addresses = list(dict.fromkeys(contact.link for contact in contacts))
    visits: dict[str, _Visit] = {}
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        for address, visit in zip(addresses, workers.map(_visit_in_time, addresses), strict=True):
            visits[address] = visit
            tell(1)
    found = [problem for contact in contacts for problem in _describe(contact, visits[contact.link])]
    refusing = [address for address, visit in visits.items() if visit.status in _REFUSING]
    if len(visits) > 1 and not any(visit.status for visit in visits.values()):
        message = f"Aucun des {len(visits)} sites n’a répondu\u00a0: vérifiez la connexion de ce poste."
        raise Failure(PROBLEMS, message)
    return SitesAnswer(found, len(addresses), refusing)


def _describe(contact: ListedContact, visit: _Visit) -> Iterable[Problem]:
    end = quote_text(escape_controls(shorten_text(visit.end, _LONGEST_ADDRESS)))
    check = "ouvrez-le vous-même, puis demandez au partenaire"
    if not visit.status:
        code, message, hint = "dead-link", visit.why, check
    elif visit.status in _GONE:
        code, message, hint = "dead-link", f"cette page n’existe plus (réponse {visit.status})", check
    elif _get_host(visit.end) != _get_host(contact.link):
        code, message, hint = "other-host", f"on arrive sur un autre site, {end}", check
    elif visit.status >= 400 and visit.status not in _REFUSING:
        code, message, hint = (
            "dead-link",
            f"le site répond par une erreur ({visit.status})",
            "réessayez plus tard",
        )
    elif visit.moved_to and _get_page(visit.moved_to) != _get_page(contact.link):
        end = quote_text(escape_controls(shorten_text(visit.moved_to, _LONGEST_ADDRESS)))
        code, message, hint = "moved-link", f"la page a changé d’adresse pour {end}", "écrivez la nouvelle"
    else:
        return
    yield Problem(
        *contact.place,
        code=code,
        message=f"{quote_text(contact.value)}\u00a0: {message}",
        hint=hint,
        severity=Severity.ADVICE,
    )


def _get_host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _get_page(address: str) -> tuple[str, str]:
    """Return what tells a page from another: not its scheme, nor a « / » at its end."""
    parts = urlsplit(address)
    return parts.path.rstrip("/"), parts.query


def _visit_in_time(address: str) -> _Visit:
    try:
        return call_with_timeout(lambda: _visit(address), _SECONDS)
    except DiskTimeout:
        return _Visit(0, address, why="le site ne répond pas à temps")


def _visit(address: str) -> _Visit:
    """Ask for `address` and follow where it leads; a bare name is tried by HTTP where HTTPS does not answer."""
    visit = _follow(address)
    if not visit.status and address.startswith("https://"):
        plain = _follow(f"http://{address.removeprefix('https://')}")
        return plain if plain.status or visit.why != _BAD_CERTIFICATE else visit
    return visit


def _follow(address: str) -> _Visit:
    import urllib3

    moved_to, is_permanent = "", True
    for _ in range(_MOST_STEPS):
        try:
            answer = _ask(address)
        except urllib3.exceptions.HTTPError as error:
            return _Visit(0, address, moved_to, _explain(error))
        location = answer.headers.get("location") if answer.status in (*_PERMANENT, *_TEMPORARY) else None
        if location is None:
            return _Visit(answer.status, address, moved_to)
        address = urljoin(address, location)
        if urlsplit(address).scheme not in ("http", "https"):
            return _Visit(0, address, moved_to, "on est renvoyé vers ce qui n’est pas un site")
        is_permanent = is_permanent and answer.status in _PERMANENT
        moved_to = address if is_permanent else moved_to
    return _Visit(0, address, moved_to, "le site renvoie sans fin d’une adresse à l’autre")


def _ask(address: str) -> BaseHTTPResponse:
    """Return the head of the answer to one request; the rest is not read."""
    pool = _open_pool(address)
    answer = pool.request(
        "GET",
        address,
        headers={"User-Agent": f"fs-triage/{__version__} (verifier --liens)", "Accept": "text/html, */*"},
        redirect=False,
        preload_content=False,
    )
    answer.close()
    return answer


def _open_pool(address: str) -> PoolManager:
    """Return what asks for `address`: through the proxy that the machine names for it, or at once."""
    import urllib.request

    import urllib3

    parts = urlsplit(address)
    proxy = urllib.request.getproxies().get(parts.scheme)
    limits = {"timeout": urllib3.Timeout(connect=_STEP_SECONDS, read=_STEP_SECONDS), "retries": False}
    if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        return urllib3.ProxyManager(proxy, **limits)  # type: ignore[arg-type]
    return urllib3.PoolManager(**limits)  # type: ignore[arg-type]


def _explain(error: Exception) -> str:
    """Return why there is no answer, in French."""
    from urllib3 import exceptions

    if isinstance(error, exceptions.ProxyError) and isinstance(error.original_error, exceptions.TimeoutError):
        error = error.original_error
    for kind, why in (
        (exceptions.NameResolutionError, "ce nom de site est introuvable"),
        (exceptions.SSLError, _BAD_CERTIFICATE),
        (exceptions.TimeoutError, "le site ne répond pas à temps"),
        (exceptions.ProxyError, "le serveur mandataire de ce poste n’y mène pas"),
    ):
        if isinstance(error, kind):
            return why
    return "le site ne répond pas"
