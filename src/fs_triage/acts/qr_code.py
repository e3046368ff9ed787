"""The QR code of a site, as a picture that stands in a page and is printed at its size."""

from __future__ import annotations

import segno

_MODULE = 0.75  # millimetres: what a telephone reads at arm's length, on a bad print too


def draw_qr_code(address: str) -> str:
    """Return the QR code of `address` as SVG with its quiet zone; what it leads to is told beside it."""
    code = segno.make_qr(address, error="m")
    return code.svg_inline(scale=_MODULE, unit="mm", light="#fff", svgclass=None, lineclass=None)
