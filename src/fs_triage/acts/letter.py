"""A message ready to be sent: whom to, its subject, its text, and the address that opens it in a mail program."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

HOUSE_BLANK = "[nom de la France services]"
"""What stands for the name of the house where the configuration does not give it."""


class Letter(NamedTuple):
    """A message; `to` is who is written to, in words where no address is known, `address` the e-mail address or empty.

    « […] » in the subject and the body are blanks that only the counsellor can fill in.
    """

    to: str
    address: str
    subject: str
    body: str

    @property
    def text(self) -> str:
        """The whole message, to be read."""
        return f"À\u00a0: {self.to}\nObjet\u00a0: {self.subject}\n\n{self.body}"

    @property
    def mailto(self) -> str | None:
        """The address that opens a mail program with the message in it (RFC 6068); None without an e-mail address."""
        if not self.address:
            return None
        body = quote(self.body.replace("\n", "\r\n"), safe="")
        return f"mailto:{quote(self.address, safe='@')}?subject={quote(self.subject, safe='')}&body={body}"


def join_subject(text: str) -> str:
    """Return a subject, which is one line."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def tidy_body(text: str) -> str:
    """Return a text without spaces at the ends of lines, nor more than one empty line together."""
    lines = "\n".join(line.rstrip(" ") for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines)
