"""What a campaign cost in full, and what each additional outcome cost.

1. Full cost is every category, cash and in kind, this campaign's share, net of VAT that comes back.
2. A ratio keeps its unbounded side: where no effect is not ruled out there is no upper limit, and that is
   said (Fieller 1954; Stinnett and Mullahy 1998). Zero cost or no improvement gives no ratio.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from evalkit.campaign.delivery import InputLine
from evalkit.estimate import Estimate, Interval
from evalkit.vocabulary import CostCategory, Direction, PaymentKind, SpendKind


@dataclass(frozen=True, slots=True)
class Cost:
    """The full cost of one campaign, in pounds of the day.

    Attributes
    ----------
    total, cash, in_kind : Decimal
        This campaign's share, net of VAT that comes back.
    budget : Decimal or None
        Sum of the budget column, where every line has one.
    by_category : tuple of (CostCategory, Decimal)
        In the order of the code list; categories without a line are left out.
    by_kind : tuple of (SpendKind, Decimal)
        Revenue, then capital; a line that says nothing is revenue.
    by_year : tuple of (str, Decimal)
        By April-to-March year, in their order; last, under "", what has no year.
    """

    total: Decimal
    cash: Decimal
    in_kind: Decimal
    budget: Decimal | None
    by_category: tuple[tuple[CostCategory, Decimal], ...]
    by_kind: tuple[tuple[SpendKind, Decimal], ...] = ()
    by_year: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class CostPerOutcome:
    """Full cost divided by the additional outcomes, in pounds.

    Attributes
    ----------
    interval : Interval or None
        Its high end is infinite where no effect is not ruled out, and so is its point where the estimate
        itself shows no improvement. None where there is no ratio.
    reason : str
        Why there is no ratio, or why a side is unbounded; empty otherwise.
    unit : str
        What one additional outcome is.
    divided : bool
        False where the cost is not this effect's own, so that nothing may be divided.
    best : bool
        Whether the point may be said as a best estimate: from evidence level 3. Below it is a working figure.
    """

    interval: Interval | None
    reason: str
    unit: str
    divided: bool = True
    best: bool = True


def full_cost(lines: Iterable[InputLine]) -> Cost:
    """Add up a campaign's cost lines."""
    lines = tuple(lines)
    sums: dict[CostCategory, Decimal] = {}
    kinds: dict[SpendKind, Decimal] = {}
    years: dict[str, Decimal] = {}
    for line in lines:
        sums[line.category] = sums.get(line.category, Decimal(0)) + line.cost
        kinds[line.spend] = kinds.get(line.spend, Decimal(0)) + line.cost
        year = line.financial_year or ""
        years[year] = years.get(year, Decimal(0)) + line.cost
    budgets = [x.budget for x in lines if x.budget is not None]
    cash = sum((x.cost for x in lines if x.payment is PaymentKind.CASH), Decimal(0))
    total = sum(sums.values(), Decimal(0))
    return Cost(
        total=total,
        cash=cash,
        in_kind=total - cash,
        budget=sum(budgets, Decimal(0)) if lines and len(budgets) == len(lines) else None,
        by_category=tuple((c, sums[c]) for c in CostCategory if c in sums),
        by_kind=tuple((k, kinds[k]) for k in SpendKind if k in kinds),
        by_year=tuple(sorted(years.items(), key=lambda x: (not x[0], x[0]))),
    )


def cost_per_outcome(cost: Cost, estimate: Estimate, direction: Direction) -> CostPerOutcome:
    """Divide the full cost by the total effect in the good direction.

    Parameters
    ----------
    cost : Cost
    estimate : Estimate
        Its total is what is bought.
    direction : Direction
        Which way is good.
    """
    unit = estimate.total_unit
    gained = estimate.total.scaled(1.0 if direction is Direction.UP else -1.0)
    pounds = float(cost.total)
    if pounds == 0:
        return CostPerOutcome(None, "no cost has been entered", unit)
    if gained.high <= 0:
        return CostPerOutcome(None, "the interval shows no improvement to divide by", unit)
    low = pounds / gained.high
    if gained.low > 0:
        return CostPerOutcome(
            Interval(pounds / gained.point, low, pounds / gained.low, gained.level), "", unit
        )
    point = pounds / gained.point if gained.point > 0 else math.inf
    reason = "no upper limit, because no improvement at all is not ruled out"
    return CostPerOutcome(Interval(point, low, math.inf, gained.level), reason, unit)
