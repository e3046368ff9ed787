"""The manifest of a published livret: one reading of it, whatever a file holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.delivery import manifest as manifests
from fs_triage.delivery.manifest import WrongManifest, pack_manifest, unpack_manifest
from fs_triage.delivery.signing import SignedText

GOOD: dict[str, Any] = {
    "livret": "jura",
    "title": "Le livret",
    "edition": "2026-12",
    "published": "2026-11-29T10:00:00Z",
    "archive": "jura-0123456789abcdef.zip",
    "size": 1000,
    "sha256": "0" * 64,
    "least_version": "0.2.0",
    "changes": ["Un numéro a changé."],
}


def unpack(text: str) -> manifests.Manifest:
    return unpack_manifest(pack_manifest(SignedText(text, b"k" * 32, b"s" * 64)))[1]


def test_there_and_back() -> None:
    text = json.dumps({**GOOD, "published": "2026-11-29T11:00:00+01:00"})
    signed, manifest = unpack_manifest(pack_manifest(SignedText(text, b"k" * 32, b"s" * 64)))
    assert (signed.text, signed.key, signed.signature) == (text, b"k" * 32, b"s" * 64)
    assert manifest == unpack(json.dumps({**GOOD, "of_another_version": 1}))


WRONG_VALUES = {
    "livret": ["", "..", "../jura", "Jura", "jura\n", "a" * 61, None, 3],
    "title": ["x\x1b[2J", "x\ny", "x\u202ey", "x" * 2001, "x\0", ["x"]],
    "edition": ["", "deux\x1b[2J", "deux\nfs-triage", "deu\u202ex", "x" * 101, 2, None],
    "published": [
        *(0, 1793232000, "1793232000", "2026-11-02", "2026-11-02T00:00:00", "hier", None, True),
        *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z"),
    ],
    "archive": ["", ".zip", "../x.zip", "/etc/x.zip", "x.ZIP", "x.zip?y", "x.zip\n", "\\\\srv\\x.zip", None],
    "size": [0, -1, "1000", 1000.0, True, 1 << 40, None, [1]],
    "sha256": ["", "A" * 64, "0" * 63, "0" * 64 + "\n", 0],
    "least_version": ["", "1", "\u0669.\u0661", "1.0-beta", "1." * 9, 1.0, "999999.1"],
    "changes": ["x", None, {"a": 1}, ["x" * 2001], ["x\x1b[2J"], ["x\ny"], [1], ["x"] * 1001],
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_value_that_none_of_ours_has(name: str) -> None:
    for value in WRONG_VALUES[name]:
        with pytest.raises(WrongManifest):
            unpack(json.dumps({**GOOD, name: value}))
            pytest.fail(repr(value))
    if name != "changes":
        with pytest.raises(WrongManifest):
            unpack(json.dumps({key: value for key, value in GOOD.items() if key != name}))


TEXT = json.dumps(GOOD)
ENVELOPE = pack_manifest(SignedText(TEXT, b"k" * 32, b"s" * 64))
WRONG_TEXTS = {
    "nothing": "",
    "no object": "[]",
    "null": "null",
    "a text": json.dumps(TEXT),
    "a mark of order": "\ufeff" + TEXT,
    "a key twice": '{"livret": "autre",' + TEXT[1:],
    "the same key twice": '{"livret": "jura",' + TEXT[1:],
    "a key twice, deep": TEXT[:-1] + ', "x": [{"y": 1, "y": 1}]}',
    "no number": TEXT.replace("1000", "NaN"),
    "without end": TEXT.replace("1000", "Infinity"),
    "a number without end": TEXT.replace("1000", "1" * 10_000),
    "deep": TEXT[:-1] + ', "x": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "deep and open": "[" * 100_000,
    "half a sign": TEXT.replace("Le livret", "\\ud800"),
    "a comment": "// x\n" + TEXT,
    "more": TEXT + " {}",
    "quotes": TEXT.replace('"', "'"),
}


@pytest.mark.parametrize("text", WRONG_TEXTS.values(), ids=WRONG_TEXTS)
def test_a_text_that_two_readers_could_take_for_two_things(text: str) -> None:
    with pytest.raises(WrongManifest):
        unpack(text)


def change(**values: object) -> bytes:
    return json.dumps({**json.loads(ENVELOPE), **values}).encode()


WRONG_ENVELOPES = {
    "nothing": b"",
    "a page": b"<html>Connectez-vous</html>",
    "a mark of order": b"\xef\xbb\xbf" + ENVELOPE,
    "utf-16": ENVELOPE.decode().encode("utf-16"),
    "latin-1": ENVELOPE.replace(b"Le livret", b"\xe9"),
    "zeros": bytes(100),
    "deep": b'{"kind": ' + b"[" * 100_000,
    "a manifest twice": b'{"manifest": "{}",' + ENVELOPE.strip()[1:],
    "another kind": ENVELOPE.replace(b"livret 1", b"livret 2"),
    "an algorithm": change(algorithm="none"),
    "a manifest as it is": change(manifest=GOOD),
    "no key": json.dumps({k: v for k, v in json.loads(ENVELOPE).items() if k != "key"}).encode(),
    "a signature that is none": change(signature="é"),
    "a list of signatures": change(signature=["AAAA"]),
}


@pytest.mark.parametrize("content", WRONG_ENVELOPES.values(), ids=WRONG_ENVELOPES)
def test_a_file_that_is_no_manifest(content: bytes) -> None:
    with pytest.raises(WrongManifest):
        unpack_manifest(content)


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    with pytest.raises(WrongManifest):
        unpack_manifest(content)
