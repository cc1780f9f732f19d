"""Full cost, and cost per outcome with its unbounded side."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evalkit.campaign.delivery import InputLine
from evalkit.estimate import Interval
from evalkit.excel.pack import write_pack
from evalkit.money import years
from evalkit.money.cost import cost_per_outcome, full_cost
from evalkit.vocabulary import CostCategory, Direction, PaymentKind, SpendKind, VatTreatment
from tests import evaluations as made
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


HUB = {"category": CostCategory.PRODUCTION, "amount": pounds("10000.01"), "split_name": "Film"}
YEARS = (
    # £6,000 with £1,000 of VAT: what cannot be recovered stays in, what comes back is taken out
    InputLine(category=MEDIA, amount=pounds("6000.00"), vat=VatTreatment.IRRECOVERABLE,
              budget=pounds("5500.00"), financial_year="2023-24"),
    InputLine(category=MEDIA, amount=pounds("6000.00"), vat=VatTreatment.RECOVERABLE,
              vat_amount=pounds("1000.00"), budget=pounds("5500.00"), financial_year="2024-25"),
    InputLine(category=CostCategory.PRODUCTION, amount=pounds("2400.00"), kind=SpendKind.CAPITAL,
              budget=pounds("2000.00"), financial_year="2024-25"),
    InputLine(category=STAFF, amount=pounds("300.50"), budget=pounds("0.00")),
    InputLine(category=IN_KIND, amount=pounds("99.50"), payment=PaymentKind.IN_KIND, budget=pounds("0.00"),
              financial_year="2023-24"),
)  # fmt: skip


def test_years_capital_and_budget_by_hand() -> None:
    """6,000 + (6,000 - 1,000) + 2,400 + 300.50 + 99.50 = £13,800: £800 over a budget of £13,000."""
    cost = full_cost(YEARS)
    assert cost.total == pounds("13800.00")
    assert cost.by_kind == (
        (SpendKind.REVENUE, pounds("11400.00")),
        (SpendKind.CAPITAL, pounds("2400.00")),
    )
    assert cost.by_year == (
        ("2023-24", pounds("6099.50")),
        ("2024-25", pounds("7400.00")),
        ("", pounds("300.50")),
    )
    assert cost.budget == pounds("13000.00")
    assert cost.cash == pounds("13700.50")  # what the ledger has to show


def test_a_cost_that_campaigns_share_comes_to_the_whole() -> None:
    """A film of £10,000.01 for three campaigns: 50% and 30% and 20%, each to the penny."""
    parts = [full_cost((InputLine(**HUB, share=share),)).total for share in (0.5, 0.3, 0.2)]
    assert parts == [pounds("5000.01"), pounds("3000.00"), pounds("2000.00")]
    assert sum(parts) == pounds("10000.01")


def test_days_fall_on_april_to_march_years() -> None:
    """15 March to 14 April 2024 are 17 and 14 days; 31 March and 1 April are two years."""
    assert years.shares(date(2024, 3, 15), date(2024, 4, 14)) == {2023: 17 / 31, 2024: 14 / 31}
    assert (years.year_of(date(2024, 3, 31)), years.year_of(date(2024, 4, 1))) == (2023, 2024)
    assert years.label(1999) == "1999-00"


def test_the_sheet_costs_reconciles_with_budget_and_ledger(tmp_path: Path) -> None:
    """Approved £13,500 and a ledger of £13,650.50: £300 over the one, £50 missing from the other."""
    plain = made.programme(inputs=YEARS)
    stated = {"budget_total": pounds("13500.00"), "ledger_total": pounds("13650.50")}
    campaign = plain.campaigns[0].model_copy(update=stated)
    evaluation = made.evaluation(
        made.estimate(made.FALL), plain.model_copy(update={"campaigns": (campaign,)})
    )
    write_pack(evaluation, tmp_path / "pack.xlsx")
    sheet = load_workbook(tmp_path / "pack.xlsx", data_only=True)["Costs"]
    sums = {str(r[0]): r[2] for r in sheet.iter_rows(values_only=True) if isinstance(r[2], int | float)}
    assert sums["of which revenue"] == pytest.approx(11400)
    assert sums["of which capital"] == pytest.approx(2400)
    assert sums["Over budget, or under if negative"] == pytest.approx(800)
    assert sums["Budget approved less full cost"] == pytest.approx(-300)
    assert sums["Total on the ledger less cash lines"] == pytest.approx(-50)
    assert [sums[y] for y in ("2023", "2024", "no year given")] == pytest.approx([6099.5, 7400, 300.5])


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
