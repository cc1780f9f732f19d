"""How tall a row must be for its text, since no program works it out before the file is first opened.

1. Widths are those of Arial, which other sans serif fonts of office programs match or stay below.
2. Better a little too tall than a line cut off.
"""

from __future__ import annotations

import math
import re
from functools import cache

PIXELS_A_UNIT = 9.0  # column width is counted in digits of the default font, Arial 12
PADDING = 8.0
LINE_POINTS = 1.3  # height of a line, in font sizes
SAFETY = 1.02
BOLD = 1.06
EM_PIXELS = 4 / 3  # pixels in a point

NARROW, SLIM, WIDE, WIDEST = "ijl.,:;'|!()[]/ -", 'frtI"“”', "ABCDEFGHKNOPQRSUVXYZ&", "mMwW%@—…"


def _character(c: str) -> float:
    """Width in ems."""
    if c in NARROW:
        return 0.29
    if c in SLIM:
        return 0.34
    if c in WIDE:
        return 0.7
    return 0.89 if c in WIDEST else 0.56


def text_pixels(text: str, points: float, *, bold: bool = False) -> float:
    """Estimated width of a line of text."""
    return sum(map(_character, text)) * points * EM_PIXELS * SAFETY * (BOLD if bold else 1.0)


@cache
def lines(text: str, width: float, points: float, *, bold: bool = False) -> int:
    """Lines that a text takes in a column of a width in units.

    Parameters
    ----------
    text : str
    width : float
        Of the column, in units.
    points : float
        Font size.
    bold : bool
    """
    room = max(width * PIXELS_A_UNIT - PADDING, 1.0)
    count = 0
    for paragraph in text.split("\n"):
        count += 1
        used = 0.0
        for word in re.findall(r"\S+\s*", paragraph):
            need = text_pixels(word.rstrip(), points, bold=bold)
            if used and used + need > room:
                count += 1
                used = 0.0
            count += max(math.ceil(need / room) - 1, 0)  # a word longer than the column is broken
            used += text_pixels(word, points, bold=bold)
    return count


def row_height(count: int, points: float) -> float:
    """Points that a number of lines needs, with a little air."""
    return round(count * points * LINE_POINTS + 2.5, 2)
