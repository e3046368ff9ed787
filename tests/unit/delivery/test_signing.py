"""The key that signs, and what is refused of a signature."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fs_triage.delivery import signing
from fs_triage.delivery.signing import SignedText, WrongKey, WrongPassphrase, WrongSignature

PHRASE = "le livret du Jura"


@pytest.fixture(scope="module")
def key() -> bytes:
    return signing.create_key(PHRASE)


@pytest.fixture(scope="module")
def signed(key: bytes) -> SignedText:
    return signing.sign("édition 2026-11", key, PHRASE)


def test_what_was_signed_is_verified(signed: SignedText) -> None:
    signing.verify(signed)


@given(place=st.integers(0, 63), bit=st.integers(0, 7))
def test_a_flipped_bit_of_the_signature(signed: SignedText, place: int, bit: int) -> None:
    spoilt = bytearray(signed.signature)
    spoilt[place] ^= 1 << bit
    with pytest.raises(WrongSignature):
        signing.verify(SignedText(signed.text, signed.key, bytes(spoilt)))


@given(text=st.text(max_size=30), size=st.integers(0, 80))
def test_another_text_or_a_signature_of_another_size(signed: SignedText, text: str, size: int) -> None:
    for spoilt in (
        SignedText(f"{signed.text}{text} ", signed.key, signed.signature),
        SignedText(signed.text, signed.key, b"x" * size),
        SignedText(signed.text, b"x" * size, signed.signature),
    ):
        with pytest.raises(WrongSignature):
            signing.verify(spoilt)


def test_another_passphrase(key: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        signing.sign("x", key, f"{PHRASE}.")


def test_the_secret_is_not_in_the_file_and_two_keys_differ(key: bytes) -> None:
    other = signing.create_key(PHRASE)
    assert signing.read_public_key(key) != signing.read_public_key(other)
    content = json.loads(key)
    assert len(content["secret"]) > 60
    assert PHRASE not in key.decode()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"kind": "x", "public": ""}', b"null", b"3", b"[" * 100_000]
)
def test_what_is_no_key(content: bytes) -> None:
    with pytest.raises(WrongKey):
        signing.read_public_key(content)
    with pytest.raises(WrongKey):
        signing.sign("x", content, PHRASE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("operations", value) for value in (-1, 2**70, "x", None, 10**9)),
        *(("memory", value) for value in (0, 2**40, 2**70)),
        *((name, value) for name in ("salt", "secret", "public") for value in ("", "AAAA", "é", None, 1)),
        ("public", base64.b64encode(bytes(range(32))).decode()),
    ],
)
def test_a_damaged_key_is_told_from_another_passphrase(key: bytes, name: str, value: object) -> None:
    """And takes neither all of the memory nor an hour."""
    with pytest.raises(WrongKey):
        signing.sign("x", json.dumps({**json.loads(key), name: value}).encode(), PHRASE)


def test_a_fingerprint_is_read_on_the_phone(key: bytes) -> None:
    public = signing.read_public_key(key)
    shown = signing.format_fingerprint(public)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    for typed in (shown, shown.lower(), shown.replace("-", " "), f" {shown} "):
        assert signing.is_same_fingerprint(typed, public)
    assert not signing.is_same_fingerprint(shown[:-1], public)
    heard = shown.translate(str.maketrans("OIB", "018"))
    assert signing.is_same_fingerprint(heard, public)
    assert [signing.is_fingerprint(typed) for typed in (heard, shown[:-1], "é" * 16, "")] == [
        True,
        *[False] * 3,
    ]
    assert not signing.is_same_fingerprint("", public)
