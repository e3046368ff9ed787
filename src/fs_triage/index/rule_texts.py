"""The texts that an index was made from, apart from it as no lookup reads them: the rule files, and the training set
of its search."""

from __future__ import annotations

import json
import zlib
from binascii import crc32
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fs_triage.files.checked_file import CheckedFile, pack, pack_blobs, pack_texts

if TYPE_CHECKING:
    from typing import Any

KIND = "fs-triage-texts 1"


def pack_rule_texts(training_set: str, contents: Mapping[str, bytes]) -> bytes:
    """Return the content of the file: a training set as JSON, the contents of rule files by their path."""
    return pack(
        KIND,
        {
            "training-set": pack_texts([training_set]),
            "paths": pack_texts(contents),
            "contents": pack_blobs([zlib.compress(content, 1) for content in contents.values()]),
        },
    )


def compute_key(content: str | bytes) -> str:
    """Return the key by which an index knows a file of this content, or made from it."""
    return f"{crc32(content.encode() if isinstance(content, str) else content):08x}"


class RuleTexts:
    """A file of `pack_rule_texts`."""

    def __init__(self, file: CheckedFile) -> None:
        self._file = file

    def read_training_set(self) -> Any:
        """Return the training set (`search.training_set`)."""
        return json.loads(self._file.read_texts("training-set").get(0))

    def read_contents(self) -> dict[str, bytes]:
        """Return the contents of the rule files by their path."""
        paths, contents = self._file.read_texts("paths").list(), self._file.read_texts("contents")
        return {path: zlib.decompress(contents.get_bytes(rank)) for rank, path in enumerate(paths)}
