"""Next year's budget and its limits, held against each other.

1. A limit is the least or the most for one campaign; a budget that no split within the limits adds up to is a
   slip.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from evalkit.errors import Problem, problem

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme


def budgets_within_limits(programme: Programme) -> Iterator[Problem]:
    """The least is no more than the most, and the budget lies between their sums where all are given."""
    lows = [c.next_budget_least for c in programme.campaigns]
    highs = [c.next_budget_most for c in programme.campaigns]
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        if low is not None and high is not None and low > high:
            yield problem(
                "M-range",
                "campaigns",
                i,
                "next_budget_most",
                value=high,
                expected=f"no less than the least, £{low:,.2f}",
                help="The least and the most may be the same.",
            )
    budget = programme.next_budget
    if budget is None:
        return
    known_low = sum((x for x in lows if x is not None), Decimal(0))
    if known_low > budget:
        i = next(i for i, x in enumerate(lows) if x)
        yield _outside(i, "next_budget_least", known_low, f"no more in all than next year's £{budget:,.2f}")
    known_high = [x for x in highs if x is not None]
    if len(known_high) == len(highs) and sum(known_high) < budget:
        text = f"no less in all than next year's £{budget:,.2f}"
        yield _outside(0, "next_budget_most", Decimal(sum(known_high)), text)


def _outside(i: int, name: str, found: Decimal, expected: str) -> Problem:
    return problem(
        "M-range",
        "campaigns",
        i,
        name,
        value=f"£{found:,.2f} in all",
        expected=expected,
        help="Change the limits, or next year's budget on the first sheet.",
    )
