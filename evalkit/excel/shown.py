"""How long a figure is once its number format is put on: enough to tell whether a column is too narrow.

1. Only numbers and dates are worked out; text wraps or runs over, and is no figure.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

TOKENS = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*.|\[[^\]]*\]|([^"\\_*\[]+)')
DIGITS = re.compile(r"[#0?,.]*[#0?][#0?,.]*")
DATE_LENGTHS = (("yyyy", "2000"), ("yy", "00"), ("mmmm", "September"), ("mmm", "Sep"), ("dddd", "Wednesday"))
LONGEST_GENERAL = 11  # digits that a cell without a format shows before it turns to powers of ten


def shown(value: object, number_format: str) -> str:
    """A number or date as a cell shows it, near enough to be measured; empty for anything else."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return _date(_section(number_format, 1.0))
    if not isinstance(value, int | float):
        return ""
    section = _section(number_format, float(value))
    if section.strip().casefold() in ("general", "@", ""):
        whole = str(int(value)) if abs(value) < 1e15 else f"{value:.5E}"
        return whole if len(whole) <= LONGEST_GENERAL else f"{value:.5E}"
    text = _number(abs(value), section)
    return text if value >= 0 or section != _section(number_format, 1.0) else f"-{text}"


def decimals(number_format: str) -> int | None:
    """Decimal places of a format; None for one that leaves them to the figure."""
    section = _section(number_format, 1.0)
    bare = "".join(m[4] or "" for m in TOKENS.finditer(section))
    digits = DIGITS.search(bare)
    if section.strip().casefold() in ("general", "@", "") or digits is None:
        return None
    _, point, after = digits[0].partition(".")
    if "#" in after:
        return None
    return sum(ch in "0?" for ch in after) if point else 0


def groups_thousands(number_format: str) -> bool:
    """Whether thousands are set apart."""
    bare = "".join(m[4] or "" for m in TOKENS.finditer(_section(number_format, 1.0)))
    return bool(re.search(r"[#0?],[#0?]", bare))


def _section(number_format: str, value: float) -> str:
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format or "General")
    if value < 0 and len(parts) > 1:
        return parts[1]
    if value == 0 and len(parts) > 2:
        return parts[2]
    return parts[0]


def _number(value: float, section: str) -> str:
    text, done = "", False
    for match in TOKENS.finditer(section):
        literal, escaped, space, bare = match[1], match[2], match[3], match[4]
        if literal is not None or escaped is not None:
            text += literal if literal is not None else escaped
        elif space is not None:
            text += " "
        elif bare:
            digits = None if done else DIGITS.search(bare)
            if digits is None:
                text += bare
                continue
            done = True
            text += bare[: digits.start()] + _digits(value, section, digits[0]) + bare[digits.end() :]
    return text


def _digits(value: float, section: str, pattern: str) -> str:
    scaled = value * (100 if "%" in section else 1)
    before, _, after = pattern.rstrip(",").partition(".")
    scaled /= 1000 ** (len(pattern) - len(pattern.rstrip(",")))
    places = sum(ch in "0?" for ch in after)
    if "E+" in section or "E-" in section:
        return "0" * (len(before) + len(after) + 1)
    return f"{scaled:,.{places}f}" if "," in before else f"{scaled:.{places}f}"


def _date(section: str) -> str:
    text = "".join(m[1] or m[2] or (" " if m[3] else "") or m[4] or "" for m in TOKENS.finditer(section))
    if text.strip().casefold() == "general":
        return "00000"
    for token, longest in DATE_LENGTHS:
        text = re.sub(token, longest, text, flags=re.IGNORECASE)
    return re.sub(r"\b([dmhs])\b", r"\1\1", text)
