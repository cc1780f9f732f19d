"""Numbers that were typed as text.

1. Read where only one number can be meant; otherwise the code of the message, with a suggestion.
2. Suffixes, decimal commas and words are never resolved, only suggested.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal

# no messages: markers of the government statistical service and others, whose meaning depends on the column
WITHHELD, NOT_THERE = "withheld", "not there"

_PLAIN = re.compile(r"\d{1,15}(\.\d{1,15})?|\.\d{1,15}|\d{1,15}\.")
_THOUSANDS = re.compile(r"\d{1,3}((,\d{3})+|( \d{3})+)(\.\d+)?")
_COMMA = re.compile(r"\d{1,3}((\.\d{3})+|( \d{3})+)?,\d+|\d+,\d+")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SWAPPED = str.maketrans(",.", ".,")
_SUFFIX = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?) ?(k|thousand|m|mn|million|bn|billion)\b", re.IGNORECASE)
_SCALE = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
_WITHHELD = re.compile(r"<\s?\d+|≤\s?\d+|\[(c|low|suppressed|u|k)\]|\*+", re.IGNORECASE)
_NOT_THERE = re.compile(r"\[[xzw]\]", re.IGNORECASE)  # not available, not applicable, none recorded
_ABSENT = frozenset(
    {
        *("n/a", "na", "n.a.", "-", "--", "–", "—", "…", "..", "...", ".", "?"),
        *("tbc", "tba", "tbd", "nil", "none", "null", "nan", "unknown", "pending", "missing"),
        *("not known", "not available", "not recorded", "no data", "not applicable"),
    }
)
_RAISED = ("<super>", "<sub>", "<fraction>", "<circle>")
_PENCE = re.compile(r"[+-]?\d[\d, ]*(?:\.\d+)? ?(?:p|pence)\.?", re.IGNORECASE)
_ODD = re.compile(r"[+-]?(inf|infinity|\d+(\.\d+)?e[+-]?\d+|\d+(_\d+)+)", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_OTHER_MONEY = re.compile(r"[$€¥]|\b(usd|eur|dollars?|euros?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numeral:
    """What a text says as a number.

    Attributes
    ----------
    value : Decimal or None
        As written: 12% is 12 with `percent`.
    code, suggestion : str
        Why it is no number, and what may be meant.
    percent, money, pence, brackets : bool
        What stood around it.
    """

    value: Decimal | None = None
    code: str = ""
    suggestion: str = ""
    percent: bool = False
    money: bool = False
    pence: bool = False
    brackets: bool = False


def read_number(text: str, *, comma: bool = False) -> Numeral:
    """Read a text that should be a number; blanks inside are single spaces.

    Parameters
    ----------
    text : str
    comma : bool
        Whether a comma stands before decimals, and full stops between thousands.
    """
    if any(unicodedata.decomposition(c).startswith(_RAISED) for c in text if not c.isascii()):
        return Numeral(code="C09")  # a footnote mark or a fraction, which would pass for a digit
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("\u2010", "-").strip("'’ ")
    folded = plain.casefold()
    if folded in _ABSENT:
        return Numeral(code="C10")
    if _WITHHELD.fullmatch(plain):
        return Numeral(code=WITHHELD)
    if _NOT_THERE.fullmatch(plain):
        return Numeral(code=NOT_THERE)
    if _ODD.fullmatch(plain):
        return Numeral(code="C26", suggestion=_full(plain))
    if _OTHER_MONEY.search(plain):
        return Numeral(code="C30")
    if _PENCE.fullmatch(plain):
        return replace(read_number(plain.rstrip("PpEeNnCc. "), comma=comma), pence=True)
    if comma:
        plain = plain.translate(_SWAPPED)
    return _signed(plain)


def either_mark(text: str) -> bool:
    """Whether a text is one number if its mark stands before decimals, and another if between thousands."""
    plain = text.strip("£ -+()%")
    return _EITHER.fullmatch(plain) is not None


def comma_only(text: str) -> bool:
    """Whether a text can only be a number with a comma before its decimals."""
    return read_number(text).code == "C06"


def _signed(plain: str) -> Numeral:
    body = plain
    brackets = body.startswith("(") and body.endswith(")")
    body = body[1:-1].strip() if brackets else body
    money = "£" in body or body.upper().startswith("GBP") or body.upper().endswith("GBP")
    body = body.replace("£", "", 1).replace("GBP", "").replace("gbp", "").strip()
    percent = body.endswith("%")
    body = body.rstrip("%").strip() if body.count("%") <= 1 else body
    sign, body = (-1, body[1:].strip()) if body.startswith("-") else (1, body.removeprefix("+").strip())
    body = body.replace("£", "", 1).strip()
    if _PLAIN.fullmatch(body) or _THOUSANDS.fullmatch(body):
        value = sign * Decimal(body.replace(",", "").replace(" ", ""))
        return Numeral(-value if brackets else value, percent=percent, money=money, brackets=brackets)
    return _refused(body)


def _refused(body: str) -> Numeral:
    scaled = _SUFFIX.fullmatch(body)
    if scaled:
        value = Decimal(scaled.group(1).replace(",", "")).scaleb(_SCALE[scaled.group(2).lower()])
        return Numeral(code="C03", suggestion=f". Did you mean {value:,f}?".replace(".0?", "?"))
    if _COMMA.fullmatch(body):
        whole, _, decimals = body.rpartition(",")
        digits = whole.replace(".", "").replace(" ", "")
        return Numeral(code="C06", suggestion=f". Did you mean {digits}.{decimals}?")
    numbers = _FIRST_NUMBER.findall(body)
    likely = f". Did you mean {numbers[0]}?" if len(numbers) == 1 else ""
    return Numeral(code="C09", suggestion=likely)


def _full(plain: str) -> str:
    try:
        value = Decimal(plain.replace("_", ""))
    except ArithmeticError:
        return ""
    return f". Did you mean {value:,f}?" if value.is_finite() and abs(value.adjusted()) < 15 else ""
