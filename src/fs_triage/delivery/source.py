"""Where a livret is published: a static site by HTTPS, or a folder that is shared. Read with limits, whatever answers.

urllib, as it takes the proxies and the certificates that the system has, those of an administrator included.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from fs_triage import __version__
from fs_triage.contract import DiskTimeout, describe_os_error
from fs_triage.files.timeout import call_with_timeout

MAX_SILENCE = 10.0  # seconds without a byte
MAX_DURATION = 120.0  # seconds for a file
_CHUNK = 1 << 16  # bytes
_LONGEST_MARK = 200  # characters
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}

Progress = Callable[[int], None]
"""Called with how many bytes each piece has that comes."""


class Unreachable(Exception):
    """What is asked for cannot be had; the message says why, in French, without capital nor point."""


class NotModified(Exception):
    """What is asked for is as it was."""


def fetch(
    place: str, name: str, limit: int, *, known: str = "", progress: Progress | None = None
) -> tuple[bytes, str]:
    """Return the content of the file `name` at `place`, and a mark of its state to give as `known` the next time.

    Raises `Unreachable`, also for more than `limit` bytes, and `NotModified` when it is as it was at `known`.
    """
    is_over = False

    def look() -> tuple[bytes, str]:
        if _is_address(place):
            return _fetch_by_http(_build_address(place, name), limit, known, tell)
        return _read_file(Path(place, name), limit), ""

    def tell(more: int) -> None:
        if is_over:  # nobody waits for it any more
            raise Unreachable
        if progress is not None:
            progress(more)

    try:  # also what a library waits for without end: names, heads of answers and of their pieces
        return call_with_timeout(look, MAX_DURATION)
    except DiskTimeout:
        slow = "le site est trop lent" if _is_address(place) else "le dossier ne répond pas"
        raise Unreachable(slow) from None
    except OSError as error:
        raise Unreachable(f"« {name} », {describe_os_error(error)}") from error
    finally:
        is_over = True


def find_wrong_place(place: str) -> str | None:
    """Return why nothing may be fetched from `place`, None where it may."""
    if not _is_address(place):
        is_whole = Path(place).is_absolute()
        return None if is_whole else "donnez une adresse « https:// » ou le chemin entier d’un dossier"
    try:
        _build_address(place, "")
        address = urlsplit(place)
    except ValueError:
        return "cette adresse ne se lit pas"
    if not address.hostname:
        return "cette adresse n’a pas de nom de site"
    if address.username is not None:
        return "une adresse ne contient ni nom ni mot de passe ; retirez ce qui est avant « @ »"
    if address.scheme.lower() == "http" and address.hostname not in _THIS_MACHINE:
        return "cette adresse doit commencer par « https:// »"
    return None


def _is_address(place: str) -> bool:
    return place.lower().startswith(("http:", "https:"))


def _build_address(place: str, name: str) -> str:
    """Return the address of the file `name` in a place that was typed, accents and spaces included.

    Raises `ValueError`.
    """
    parts = urlsplit(place)
    _ = parts.port  # raises for one that is none
    host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")
    return urlunsplit((parts.scheme, host, f"{path}/{name}", parts.query, ""))


def _read_file(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Unreachable("le fichier est trop gros")
    return content


class _SameSafety(urllib.request.HTTPRedirectHandler):
    """Follows no redirection to what could not be named as a place: nobody reads or changes it on the way."""

    def redirect_request(self, request, file, code, message, headers, url):  # type: ignore[no-untyped-def]
        if find_wrong_place(url):
            raise Unreachable("le site renvoie à une adresse qui n’est pas sûre")
        return super().redirect_request(request, file, code, message, headers, url)


def _fetch_by_http(address: str, limit: int, known: str, progress: Progress) -> tuple[bytes, str]:
    request = urllib.request.Request(address, headers={"User-Agent": f"fs-triage/{__version__}"})
    if is_mark(known):
        request.add_header("If-None-Match", known)
    try:
        opener = urllib.request.build_opener(_SameSafety)
        with opener.open(request, timeout=MAX_SILENCE) as answer:
            content = _read_answer(answer, limit, progress)
            mark = answer.headers.get("ETag") or ""
            return content, mark if is_mark(mark) else ""
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.NOT_MODIFIED and known:
            raise NotModified from None
        raise Unreachable(f"le site répond « {error.code} »") from None
    except TimeoutError:
        raise Unreachable("le site ne répond pas") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Unreachable("le site ne répond pas") from None
        why = describe_os_error(error.reason) if isinstance(error.reason, OSError) else "l’adresse est fausse"
        raise Unreachable(f"le site n’est pas joignable ({why})") from None
    except (http.client.HTTPException, OSError, ValueError):
        raise Unreachable("le site a coupé avant la fin") from None


def is_mark(text: str) -> bool:
    """Return whether `text` can be the mark of a state: what a site says, and a file keeps, may be anything."""
    return 0 < len(text) <= _LONGEST_MARK and text.isascii() and text.isprintable()


def _read_answer(answer: http.client.HTTPResponse, limit: int, progress: Progress) -> bytes:
    if answer.status != http.HTTPStatus.OK:
        raise Unreachable(f"le site répond « {answer.status} »")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unreachable("le site comprime ce qu’il envoie")
    content = bytearray()
    while piece := answer.read1(_CHUNK):
        content += piece
        if len(content) > limit:
            raise Unreachable("le fichier est trop gros")
        progress(len(piece))
    expected = answer.headers.get("Content-Length")
    if expected is not None and expected.isdecimal() and int(expected) != len(content):
        raise Unreachable("le site a coupé avant la fin")
    return bytes(content)
