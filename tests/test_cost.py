"""Full cost, and cost per outcome with its unbounded side."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from evalkit.campaign.delivery import InputLine
from evalkit.estimate import Interval
from evalkit.money.cost import cost_per_outcome, full_cost
from evalkit.vocabulary import CostCategory, Direction, PaymentKind, VatTreatment
from tests.test_claims import estimate

MEDIA, STAFF, IN_KIND = CostCategory.MEDIA, CostCategory.STAFF, CostCategory.IN_KIND


def pounds(amount: str) -> Decimal:
    """Money as it is typed."""
    return Decimal(amount)


LINES = (
    InputLine(
        category=MEDIA,
        amount=pounds("12000.00"),
        vat=VatTreatment.RECOVERABLE,
        vat_amount=pounds("2000.00"),
        share=0.25,
        budget=pounds("3000.00"),
    ),
    InputLine(
        category=STAFF,
        amount=pounds("1280.00"),
        hours=50.0,
        hourly_rate=pounds("20.00"),
        on_cost_rate=0.28,
        budget=pounds("1000.00"),
    ),
    InputLine(category=IN_KIND, amount=pounds("720.00"), payment=PaymentKind.IN_KIND),
)


def test_full_cost_by_hand() -> None:
    """(12,000 - 2,000 VAT) x 25% + 50 h x £20 x 1.28 + £720 in kind = £4,500."""
    cost = full_cost(LINES)
    assert cost.total == pounds("4500.00")
    assert (cost.cash, cost.in_kind) == (pounds("3780.00"), pounds("720.00"))
    assert cost.by_category == (
        (MEDIA, pounds("2500.00")),
        (STAFF, pounds("1280.00")),
        (IN_KIND, pounds("720.00")),
    )
    assert cost.budget is None  # one line has no budget
    assert full_cost(LINES[:2]).budget == pounds("4000.00")


@pytest.mark.parametrize(
    ("effect", "direction", "expected"),
    [
        ((10, 20, 45), Direction.UP, (225.0, 100.0, 450.0)),
        ((-45, -20, -10), Direction.DOWN, (225.0, 100.0, 450.0)),
        ((-5, 20, 45), Direction.UP, (225.0, 100.0, math.inf)),
        ((0, 20, 45), Direction.UP, (225.0, 100.0, math.inf)),
        ((-45, -1, 45), Direction.UP, (math.inf, 100.0, math.inf)),
    ],
)
def test_cost_per_outcome_keeps_its_unbounded_side(
    effect: tuple[float, float, float], direction: Direction, expected: tuple[float, float, float]
) -> None:
    """£4,500 over the additional outcomes; no upper limit where no improvement is not ruled out."""
    found = cost_per_outcome(full_cost(LINES), estimate(*effect), direction)
    point, low, high = expected
    assert found.interval == Interval(point, low, high)
    assert bool(found.reason) == math.isinf(high)


@pytest.mark.parametrize("effect", [(-3, -2, -1), (-3, -2, 0)])
def test_no_improvement_gives_no_ratio(effect: tuple[float, float, float]) -> None:
    """Cost per outcome is not applicable, never infinite or negative."""
    found = cost_per_outcome(full_cost(LINES), estimate(*effect), Direction.UP)
    assert found.interval is None
    assert "no improvement" in found.reason


def test_no_cost_gives_no_ratio() -> None:
    """A campaign without cost lines is not one that costs nothing per outcome."""
    nothing = replace(full_cost(()), total=pounds("0"))
    found = cost_per_outcome(nothing, estimate(1, 2, 3), Direction.UP)
    assert found.interval is None
    assert "no cost" in found.reason
