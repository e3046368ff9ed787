"""The manifest of a published livret: what the archive is, what it changes, and the signature of all that."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from fs_triage.delivery.signing import SignedText
from fs_triage.text.typography import find_forbidden_character

MANIFEST = "livret.json"
"""The name of the manifest, where it is published and where it is kept."""

MAX_MANIFEST_SIZE = 1 << 18  # bytes
MAX_ARCHIVE_SIZE = 1 << 25

MAX_LINES, LONGEST_LINE = 1_000, 2_000
"""Of what changes."""

_FIRST_YEAR, _LAST_YEAR = 2000, 9000  # dates that can be reckoned with, in any zone


def _check_line(text: str) -> str:
    """Return `text`, which is shown in the middle of a sentence; raises `ValueError` for controls in it."""
    if "\n" in text or find_forbidden_character(text) is not None:
        raise ValueError
    return text


def _check_iso(value: object) -> object:
    """Return a date, or one that is written so; raises `ValueError`. pydantic takes a number of seconds as well."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value):
        return value
    raise ValueError


def _check_date(moment: datetime) -> datetime:
    """Return `moment` in UTC; raises `ValueError`."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError
    return moment.astimezone(UTC)


_Line = Annotated[str, StringConstraints(max_length=LONGEST_LINE), AfterValidator(_check_line)]


class WrongManifest(Exception):
    """A file is not a manifest that this program reads."""


class Manifest(BaseModel):
    """What is signed of a published livret. `published` orders editions; `sha256` and `size` are of the archive."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    livret: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: _Line
    edition: Annotated[_Line, StringConstraints(min_length=1, max_length=100)]
    published: Annotated[
        AwareDatetime, Field(strict=False), BeforeValidator(_check_iso), AfterValidator(_check_date)
    ]
    archive: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.zip$", max_length=120)]
    size: Annotated[int, Field(ge=1, le=MAX_ARCHIVE_SIZE)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    least_version: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}(\.[0-9]{1,5}){1,3}$")]
    changes: Annotated[list[_Line], Field(max_length=MAX_LINES)] = []


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    kind: Literal["fs-triage-livret 1"]
    manifest: str
    key: str
    signature: str


def pack_manifest(signed: SignedText) -> bytes:
    """Return the content of a manifest's file: the text that was signed, to the letter, the key, the signature."""
    content = {
        "kind": "fs-triage-livret 1",
        "manifest": signed.text,
        "key": base64.b64encode(signed.key).decode(),
        "signature": base64.b64encode(signed.signature).decode(),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def unpack_manifest(content: bytes) -> tuple[SignedText, Manifest]:
    """Return what a manifest's file holds, whose signature is yet to be verified; raises `WrongManifest`."""
    try:
        _check_keys(content.decode())
        envelope = _Envelope.model_validate_json(content)
        key, signature = (
            base64.b64decode(text, validate=True) for text in (envelope.key, envelope.signature)
        )
        _check_keys(envelope.manifest)
        manifest = Manifest.model_validate_json(envelope.manifest)
    except (ValidationError, ValueError, RecursionError) as error:
        raise WrongManifest from error
    return SignedText(envelope.manifest, key, signature), manifest


def _check_keys(text: str) -> None:
    """Raise `ValueError` for a key that is there twice: two readers may not take two values for what was signed."""

    def check(pairs: list[tuple[str, object]]) -> None:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError

    json.loads(text, object_pairs_hook=check)
