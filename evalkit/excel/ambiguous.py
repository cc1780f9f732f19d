"""Columns whose text can be read in two ways: which way is certain, which is asked about.

1. A column is judged as a whole: what one cell leaves open, its neighbours often settle.
2. The usual British reading stands unless the column speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evalkit.campaign.calendar_rules import calendar_of
from evalkit.excel.answers import COMMA, DATES, DECIMALS, MONTH_FIRST, Answers
from evalkit.excel.cells import Raw, tidied
from evalkit.excel.dates import either_way
from evalkit.excel.headings import Heading, Kind
from evalkit.excel.numerals import comma_only, either_mark
from evalkit.excel.parsing import Way
from evalkit.vocabulary import Frequency

FEW = 3  # dates below which a column says nothing of its order
NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.WHOLE, Kind.PERCENT)


def way_of(heading: Heading, cells: Iterable[Raw], answers: Answers) -> Way:
    """How the text in a column is to be read."""
    if heading.kind is Kind.DATE:
        texts = [tidied(c.value) for c in cells if isinstance(c.value, str)]
        ask = DATES if answers.open(DATES) and _month_first_alone(texts) else ""
        return Way(answers, month_first=answers.says(DATES, MONTH_FIRST), ask=ask)
    if heading.kind in NUMBERS:
        texts = [tidied(c.value) for c in cells if isinstance(c.value, str)]
        ask = DECIMALS if answers.open(DECIMALS) and _marks_unclear(texts, heading.kind) else ""
        return Way(answers, comma=answers.says(DECIMALS, COMMA), ask=ask)
    return Way(answers)


def _month_first_alone(texts: Sequence[str]) -> bool:
    """Whether dates typed as text make sense month first, and do not day first."""
    pairs = [both for both in map(either_way, texts) if both]
    month_first = [b for _, b in pairs if b]
    if len(pairs) < FEW or len(month_first) < len(pairs):
        return False
    day_first = [a for a, _ in pairs if a]
    if len(day_first) < len(pairs):
        return True
    usual, usual_share = calendar_of(sorted(set(day_first)))
    other, other_share = calendar_of(sorted(set(month_first)))
    if usual is None or other is None:
        return other is not None
    few_days = usual is Frequency.DAILY and other is not Frequency.DAILY
    return few_days or 2 * usual_share < other_share


def _marks_unclear(texts: Sequence[str], kind: Kind) -> bool:
    """Whether numbers have a comma before decimals, or may have full stops between thousands."""
    if any(map(comma_only, texts)):
        return any(map(either_mark, texts))
    stopped = [text for text in texts if "." in text]
    all_in_threes = bool(stopped) and all(map(either_mark, stopped))
    return all_in_threes and (len(stopped) > 1 or kind in (Kind.MONEY, Kind.WHOLE))
