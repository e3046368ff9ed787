"""Signatures of published livrets: Ed25519 by libsodium (PyNaCl), the secret key guarded by a passphrase (Argon2id)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from nacl import exceptions, pwhash, secret, signing, utils

KIND = "fs-triage-cle 1"
SHORTEST_PASSPHRASE = 12  # characters
_FINGERPRINT_SIZE = 10  # bytes: nobody finds a second key with these 80 bits and no other counts
_COSTS = {"operations": pwhash.argon2id.OPSLIMIT_MODERATE, "memory": pwhash.argon2id.MEMLIMIT_MODERATE}
_SEALED_SIZE = secret.SecretBox.NONCE_SIZE + secret.SecretBox.MACBYTES + 32  # bytes
_GROUP = 4  # letters read at a time on the phone


class WrongKey(Exception):
    """A key file is not one, or is damaged."""


class WrongPassphrase(Exception):
    """A passphrase does not open a key file."""


class WrongSignature(Exception):
    """A text is not what this key signed."""


@dataclass(frozen=True, slots=True)
class SignedText:
    """A text, the public key and the signature of its UTF-8 bytes, both as they are."""

    text: str
    key: bytes
    signature: bytes


def create_key(passphrase: str) -> bytes:
    """Return the content of a new key file that `passphrase` opens."""
    key = signing.SigningKey.generate()
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    box = secret.SecretBox(_derive(passphrase, salt))
    content = {
        "kind": KIND,
        "public": _encode(bytes(key.verify_key)),
        "salt": _encode(salt),
        **_COSTS,
        "secret": _encode(bytes(box.encrypt(bytes(key)))),
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def sign(text: str, key_file: bytes, passphrase: str) -> SignedText:
    """Sign `text` with the key of a key file; raises `WrongKey` and `WrongPassphrase`."""
    content = _read_key_file(key_file)
    try:
        salt, sealed = _decode(content["salt"]), _decode(content["secret"])
        if len(salt) != pwhash.argon2id.SALTBYTES or len(sealed) != _SEALED_SIZE:
            raise WrongKey
        if {
            name: content[name] for name in _COSTS
        } != _COSTS:  # others could take hours, or all of the memory
            raise WrongKey
    except (ValueError, KeyError, TypeError) as error:
        raise WrongKey from error
    try:
        key = signing.SigningKey(secret.SecretBox(_derive(passphrase, salt)).decrypt(sealed))
    except exceptions.CryptoError as error:
        raise WrongPassphrase from error
    if bytes(key.verify_key) != read_public_key(key_file):
        raise WrongKey
    return SignedText(text, bytes(key.verify_key), key.sign(text.encode()).signature)


def verify(signed: SignedText) -> None:
    """Raise `WrongSignature` when the text is not what was signed; whose key it is, the fingerprint tells."""
    try:
        signing.VerifyKey(signed.key).verify(signed.text.encode(), signed.signature)
    except (ValueError, TypeError, exceptions.CryptoError) as error:
        raise WrongSignature from error


def read_public_key(key_file: bytes) -> bytes:
    """Return the public key of a key file, which takes no passphrase; raises `WrongKey`."""
    try:
        public = _decode(_read_key_file(key_file)["public"])
        return bytes(signing.VerifyKey(public))
    except (ValueError, KeyError, TypeError, exceptions.CryptoError) as error:
        raise WrongKey from error


def _read_key_file(content: bytes) -> dict[str, Any]:
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise WrongKey from error
    if not isinstance(table, dict) or table.get("kind") != KIND:
        raise WrongKey
    return table


def format_fingerprint(key: bytes) -> str:
    """Return what tells a public key from all others: 16 letters and digits in four groups, to be read aloud."""
    text = base64.b32encode(hashlib.sha256(key).digest()[:_FINGERPRINT_SIZE]).decode()
    return "-".join(text[begin : begin + _GROUP] for begin in range(0, len(text), _GROUP))


def is_same_fingerprint(typed: str, key: bytes) -> bool:
    """Return whether `typed`, in capitals or not, with or without signs between, is the fingerprint of `key`."""
    return _read_fingerprint(typed) == format_fingerprint(key).replace("-", "")


def is_fingerprint(typed: str) -> bool:
    """Return whether `typed` can be the fingerprint of any key."""
    return bool(re.fullmatch(r"[A-Z2-7]{16}", _read_fingerprint(typed)))


def _read_fingerprint(typed: str) -> str:
    """Return the letters and digits of a fingerprint, which has no 0, 1 nor 8: they were heard for O, I and B."""
    return "".join(filter(str.isalnum, typed)).upper().translate(str.maketrans("018", "OIB"))


def _derive(passphrase: str, salt: bytes) -> bytes:
    return pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=_COSTS["operations"],
        memlimit=_COSTS["memory"],
    )


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
