"""Appraisals worked by hand from the Green Book's rules, in decimals and without the code under test.

Rates: 3.5% to year 30 and 3% after; health 1.5% and 1.29% (Green Book 2026, discounting annex). Deflators: HM
Treasury, December 2025, calendar years, 2024 = 100; a financial year is three quarters of one and a quarter
of the next. Cut of confidence grade 2 (evidence level 4): 5%.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.valuation import UnitValue
from evalkit.estimate import Estimate
from evalkit.money.appraisal import Question, appraise
from evalkit.money.cost import cost_per_outcome, full_cost
from evalkit.money.value import Figure, Value
from evalkit.vocabulary import Beneficiary, CostCategory, Direction, DiscountSeries
from tests.test_value import effect, row

PUBLISHED = {2021: "85.636", 2022: "90.501", 2023: "96.251", 2024: "100", 2025: "102"}  # the last: assumed
LEFT = Decimal("0.95")  # after the cut
AUTUMN = (date(2024, 6, 1), date(2024, 11, 30))


def index(year: int) -> Decimal:
    """Of a financial year."""
    return Decimal("0.75") * Decimal(PUBLISHED[year]) + Decimal("0.25") * Decimal(PUBLISHED[year + 1])


def factor(year: int, first: str = "0.035", later: str = "0.03") -> Decimal:
    """Of a year from the base year: the product over every year up to it."""
    found = Decimal(1)
    for t in range(1, year + 1):
        found /= 1 + Decimal(first if t <= 30 else later)
    return found


def line(amount: str, year: str = "2024-25", **changes: object) -> InputLine:
    """A cost line."""
    return InputLine(category=CostCategory.MEDIA, amount=Decimal(amount), financial_year=year, **changes)


def worked(
    *rows: UnitValue,
    costs: tuple[InputLine, ...] = (line("10000.00"),),
    found: Estimate | None = None,
    counted: tuple[date, date] = AUTUMN,
    good: Direction = Direction.UP,
) -> Value:
    """What the library makes of it; by default 100 more, at evidence level 4."""
    estimate = found or effect(100, 10)
    cost = full_cost(costs)
    sign = 1 if good is Direction.UP else -1
    asked = Question(estimate, sign, 4, costs, rows, counted, date(2026, 3, 1), None, external=False)
    return appraise(cost, cost_per_outcome(cost, estimate, good), asked)


def point(figure: Figure) -> float:
    """Its best estimate."""
    assert figure.interval is not None, figure.reason
    return figure.interval.point


def is_(expected: Decimal) -> object:
    """Equal to a millionth: the deflators here have three decimals."""
    return pytest.approx(float(expected), rel=1e-5)


def test_no_cost_leaves_a_benefit_and_no_ratio() -> None:
    """100 x £200 x 0.95 = £19,000 of net value; nothing to divide by or to pay back."""
    for costs in ((), (line("0.00"),)):
        value = worked(row(), costs=costs)
        assert point(value.npsv) == is_(100 * Decimal(200) * LEFT)
        for figure in (value.bcr, value.romi, value.breakeven_share, value.payback_years):
            assert figure.interval is None
            assert "no cost" in figure.reason
        assert value.cost_per_outcome.interval is None


def test_no_effect_costs_what_it_cost() -> None:
    """0 x £200 less £10,000; the ratio is nil, the net return is -1, and no share of nothing pays back."""
    value = worked(row(), found=effect(0, 10))
    assert point(value.npsv) == is_(Decimal(-10000))
    assert (point(value.bcr), point(value.romi)) == (0, -1)
    assert math.isinf(point(value.breakeven_share))
    assert value.payback_years.interval is None
    assert value.cost_per_outcome.interval is not None
    assert math.isinf(value.cost_per_outcome.interval.point)


def test_a_transfer_is_the_treasury_s_gain_and_not_society_s() -> None:
    """A claimant into work: £9,800 of benefit no longer paid, £14,044 of output (a year, prices as given)."""
    benefit = row(description="Benefit no longer paid", value=Decimal("9800.00"), transfer=True, cashable=1.0)
    output = row(
        description="Output", value=Decimal("14044.00"), beneficiary=Beneficiary.ECONOMIC, agency=None
    )
    value = worked(benefit, output)
    assert point(value.npsv) == is_(100 * Decimal(14044) * LEFT - 10000)
    assert point(value.transfers) == is_(100 * Decimal(9800) * LEFT)
    assert point(dict(value.by_beneficiary)[Beneficiary.FISCAL]) == is_(100 * Decimal(9800) * LEFT)
    assert point(value.cashable) == is_(100 * Decimal(9800) * LEFT)


def test_a_payment_brought_forward_earns_the_months() -> None:
    """100 payments of £800 three months sooner: a quarter of a year at 3.5%, and not £80,000."""
    value = worked(row(value=Decimal("800.00"), months_early=3.0))
    gained = 1 - (Decimal("1.035") ** Decimal("-0.25"))
    assert point(value.benefit) == is_(100 * 800 * gained * LEFT)
    assert 600 < point(value.benefit) < 700


def test_health_is_discounted_by_its_own_schedule_beyond_thirty_years() -> None:
    """0.01 of a QALY for 100 people in the first year and forty more, none of it fading.

    1.5% to year 30 and 1.29% after: 41 years come to 30.98 and not to 22.43 as at the standard rates.
    """
    health = row(value=Decimal("700.00"), beneficiary=Beneficiary.SOCIAL, agency=None, drop_off=0.0,
                 duration_years=40, discounting=DiscountSeries.HEALTH)  # fmt: skip
    years = sum(factor(t, "0.015", "0.0129") for t in range(41))
    assert float(years) == pytest.approx(30.982, abs=0.0005)
    assert float(sum(factor(t) for t in range(41))) == pytest.approx(22.431, abs=0.0005)
    value = worked(health)
    assert point(value.benefit) == is_(100 * Decimal(700) * years * LEFT)
    assert value.basis is not None
    assert value.basis.last == 40


def test_costs_and_values_of_different_years_meet_in_the_first() -> None:
    """£12,000 of 2022-23 and £8,000 of 2024-25 with a tenth for optimism, against £150 in prices of 2021-22.

    The base year is 2022-23. What comes two years later is discounted twice, whatever its prices.
    """
    costs = (line("12000.00", "2022-23"), line("8000.00", optimism_bias=0.1))
    value = worked(row(value=Decimal("150.00"), price_year="2021-22"), costs=costs)
    spent = Decimal(12000) + Decimal(8000) * Decimal("1.1") * index(2022) / index(2024) * factor(2)
    gained = 100 * Decimal(150) * index(2022) / index(2021) * factor(2) * LEFT
    assert value.basis is not None
    assert value.basis.cost == is_(spent)
    assert point(value.benefit) == is_(gained)
    assert point(value.npsv) == is_(gained - spent)
    assert point(value.romi) == is_((gained - spent) / spent)
    assert point(value.breakeven_share) == is_(spent / gained)


@pytest.mark.parametrize(("total", "good"), [(-100, Direction.UP), (100, Direction.DOWN)])
def test_harm_is_a_cost_of_its_own(total: float, good: Direction) -> None:
    """100 the wrong way, whichever way is good: £19,000 of harm beside £10,000 of cost, and no ratio."""
    value = worked(row(), found=effect(total, 10), good=good)
    assert point(value.npsv) == is_(-(100 * Decimal(200) * LEFT) - 10000)
    assert value.bcr.interval is None
    assert "no improvement" in value.bcr.reason
    assert value.probability_positive == pytest.approx(0.005)  # no nearer to nought than the outermost node
    assert value.cost_per_outcome.interval is None


def test_a_fall_that_is_wanted_is_a_gain() -> None:
    """The same figures as a rise that is wanted."""
    fall = worked(row(), found=effect(-100, 10), good=Direction.DOWN)
    rise = worked(row())
    assert point(fall.npsv) == pytest.approx(point(rise.npsv))
    assert fall.npsv.interval is not None
    assert rise.npsv.interval is not None
    assert fall.npsv.interval.low == pytest.approx(rise.npsv.interval.low, rel=1e-9)


def test_benefits_that_end_in_the_middle_of_a_year() -> None:
    """16 November 2024 to 30 June 2025: 136 of 227 days in the one year, 91 in the next; half fades once.

    They lasted less than a year, so a later year repeats them once and is not blown up to twelve months.
    """
    counted = (date(2024, 11, 16), date(2025, 6, 30))
    value = worked(row(drop_off=0.5, duration_years=1), counted=counted)
    years = Decimal(136) / 227 + Decimal(91) / 227 * factor(1) + Decimal("0.5") * factor(2)
    assert point(value.benefit) == is_(100 * Decimal(200) * years * LEFT)


def test_a_year_after_eighteen_months_repeats_two_thirds() -> None:
    """1 April 2023 to 30 September 2024 (549 days, 1.503 years): a later year repeats 1 / 1.503, less 40%."""
    counted = (date(2023, 4, 1), date(2024, 9, 30))
    value = worked(row(drop_off=0.4, duration_years=2), counted=counted, costs=(line("10000.00", "2023-24"),))
    again = Decimal("365.25") / 549
    years = Decimal(366) / 549 + Decimal(183) / 549 * factor(1)
    years += again * Decimal("0.6") * factor(2) + again * Decimal("0.36") * factor(3)
    gained = 100 * Decimal(200) * index(2023) / index(2024) * years * LEFT
    assert point(value.benefit) == is_(gained)
    so_far, paid = Decimal(0), 0
    for t, share in enumerate(
        (Decimal(366) / 549, Decimal(183) / 549, again * Decimal("0.6"), again * Decimal("0.36"))
    ):
        so_far += 100 * Decimal(200) * index(2023) / index(2024) * share * factor(t) * LEFT
        if not paid and so_far >= 10000:
            paid = t + 1
    assert point(value.payback_years) == paid
