"""Where a livret is published: a static site by HTTPS, or a folder that is shared. Read with limits, whatever answers.

urllib, as it takes the proxies and the certificates that the system has, those of an administrator included.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from fs_triage import __version__
from fs_triage.contract import DiskTimeout, describe_os_error
from fs_triage.files.timeout import call_with_timeout

MAX_SILENCE = 10.0  # seconds without a byte
MAX_DURATION = 120.0  # seconds for a file
_CHUNK = 1 << 16  # bytes
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
    if urlsplit(place).scheme.lower() in ("http", "https"):
        return _fetch_by_http(f"{place.rstrip('/')}/{name}", limit, known, progress)
    try:
        content = call_with_timeout(lambda: _read_file(Path(place, name), limit), MAX_DURATION)
    except DiskTimeout:
        raise Unreachable("le dossier ne répond pas") from None
    except OSError as error:
        raise Unreachable(describe_os_error(error)) from error
    return content, ""


def find_wrong_place(place: str) -> str | None:
    """Return why nothing may be fetched from `place`, None where it may."""
    address = urlsplit(place)
    if address.scheme.lower() == "https":
        return None if address.hostname else "cette adresse n’a pas de nom de site"
    if address.scheme.lower() == "http":
        return None if address.hostname in _THIS_MACHINE else "cette adresse doit commencer par « https:// »"
    return (
        None
        if Path(place).is_absolute()
        else "donnez une adresse « https:// » ou le chemin entier d’un dossier"
    )


def _read_file(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Unreachable("le fichier est trop gros")
    return content


class _SameSafety(urllib.request.HTTPRedirectHandler):
    """Follows no redirection from HTTPS to what can be read or changed on the way."""

    def redirect_request(self, request, file, code, message, headers, url):  # type: ignore[no-untyped-def]
        if urlsplit(url).scheme != urlsplit(request.full_url).scheme:
            raise Unreachable("le site renvoie à une adresse sans « https:// »")
        return super().redirect_request(request, file, code, message, headers, url)


def _fetch_by_http(address: str, limit: int, known: str, progress: Progress | None) -> tuple[bytes, str]:
    request = urllib.request.Request(address, headers={"User-Agent": f"fs-triage/{__version__}"})
    if known:
        request.add_header("If-None-Match", known)
    try:
        opener = urllib.request.build_opener(_SameSafety)
        with opener.open(request, timeout=MAX_SILENCE) as answer:
            content = _read_answer(answer, limit, progress)
            return content, answer.headers.get("ETag") or ""
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.NOT_MODIFIED:
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


def _read_answer(answer: http.client.HTTPResponse, limit: int, progress: Progress | None) -> bytes:
    end = time.monotonic() + MAX_DURATION
    content = bytearray()
    while piece := answer.read1(_CHUNK):
        content += piece
        if len(content) > limit:
            raise Unreachable("le fichier est trop gros")
        if time.monotonic() > end:
            raise Unreachable("le site est trop lent")
        if progress is not None:
            progress(len(piece))
    expected = answer.headers.get("Content-Length")
    if expected is not None and expected.isdecimal() and int(expected) != len(content):
        raise Unreachable("le site a coupé avant la fin")
    return bytes(content)
