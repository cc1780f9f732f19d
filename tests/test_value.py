"""Value for money: golden figures of the Green Book, appraisals worked by hand, and what may not be said."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.reference_values import FILES, taken
from evalkit.campaign.valuation import UnitValue
from evalkit.estimate import Distribution, Estimate, Interval
from evalkit.money import deflators, discounting, reference, spread
from evalkit.money.appraisal import Question, appraise
from evalkit.money.cost import cost_per_outcome, full_cost
from evalkit.money.value import Value
from evalkit.vocabulary import (
    Beneficiary,
    CostCategory,
    DataGrade,
    DesignCode,
    Direction,
    DiscountSeries,
    MoneyClaim,
    Rag,
)
from tests import evaluations as made

P = tuple(float(x) for x in np.round(np.linspace(0.005, 0.995, 199), 3))


def effect(point: float, se: float, design: DesignCode = DesignCode.RANDOMISED) -> Estimate:
    """A normal estimate of a total."""
    total = Interval(point, point - 1.959964 * se, point + 1.959964 * se)
    nodes = Distribution(P, tuple(float(q) for q in point + se * stats.norm.ppf(P)))
    return replace(made.estimate(total, design=design, with_path=False), distribution=nodes)


def row(**changes: object) -> UnitValue:
    """A green value of £200 in prices of 2024-25."""
    fields: dict[str, object] = {
        "description": "A visit avoided",
        "value": Decimal("200.00"),
        "price_year": "2024-25",
        "source": "Ledger",
        "beneficiary": Beneficiary.FISCAL,
        "agency": "County Council",
        "rag": Rag.GREEN,
    }
    return UnitValue(**{**fields, **changes})


def asked(
    *rows: UnitValue,
    found: Estimate | None = None,
    level: int = 4,
    cost: str = "10000.00",
    year: str = "2024-25",
    external: bool = False,
    counted: tuple[date, date] = (date(2024, 6, 1), date(2024, 11, 30)),
    data_grade: DataGrade | None = None,
) -> Value:
    """Appraise with a single cost line."""
    inputs = (InputLine(category=CostCategory.MEDIA, amount=Decimal(cost), financial_year=year),)
    estimate = found or effect(100, 10)
    total = full_cost(inputs)
    question = Question(
        estimate, 1, level, inputs, rows, counted, date(2025, 3, 1), data_grade, external=external
    )
    return appraise(total, cost_per_outcome(total, estimate, Direction.UP), question)


@pytest.mark.parametrize(
    ("series", "years", "factor"),
    [
        # HM Treasury, Green Book, discounting annex: factors worked from the schedule
        (DiscountSeries.STANDARD, 1, 0.9662),
        (DiscountSeries.STANDARD, 5, 0.8420),
        (DiscountSeries.STANDARD, 30, 0.3563),
        (DiscountSeries.STANDARD, 31, 0.3459),
        (DiscountSeries.STANDARD, 76, 0.0919),
        (DiscountSeries.HEALTH, 10, 0.8617),
        (DiscountSeries.HEALTH, 31, 0.6316),
    ],
)
def test_discount_factors_follow_the_schedule_year_by_year(
    series: DiscountSeries, years: int, factor: float
) -> None:
    """The factor of a year is the product of the rates of each year up to it."""
    assert discounting.factors(discounting.schedule(series), years)[years] == pytest.approx(factor, abs=5e-5)


def test_prices_move_by_the_deflator_of_their_vintage() -> None:
    """£500 of 2002-03 is £673.23 of 2015-16 (Unit Cost Database v1.4, code CR1.0)."""
    assert deflators.uprated(500, "2002-03", "2015-16", "2015-03") == pytest.approx(673.23, abs=0.005)
    # three quarters of 2023 and one of 2024, over the same of 2022 and 2023: by hand from the calendar series
    by_hand = (0.75 * 96.2507 + 0.25 * 100) / (0.75 * 90.5005 + 0.25 * 96.2507)
    assert deflators.uprated(1, "2022-23", "2023-24") == pytest.approx(by_hand, rel=1e-12)


def test_every_reference_file_keeps_the_one_format() -> None:
    """Ten columns, a number, a source and a vintage in every row; unit costs have their price year."""
    for name in FILES:
        assert all(taken(name, r.series).hold(r.value) for r in reference.rows(name))
    codes = {r.item for r in reference.rows("unit_costs")}
    assert len(codes) >= 200
    assert all(r.price_year and r.rag and r.unit for r in reference.rows("unit_costs"))
    listed = {p.stem for p in (Path(reference.__file__).parent / "reference").glob("*.csv")}
    assert listed == set(FILES)


def test_an_appraisal_worked_by_hand() -> None:
    """Green Book order: additional, lasting, discounted, cut, less the cost.

    100 x £200 x 0.9 x 0.8 x (1 + 0.5 / 1.035 + 0.25 / 1.035^2) x 0.95, less £10,000.
    """
    value = asked(row(leakage=0.1, displacement=0.2, drop_off=0.5, duration_years=2))
    benefit = 100 * 200 * 0.72 * (1 + 0.5 / 1.035 + 0.25 / 1.035**2) * 0.95
    assert benefit == pytest.approx(23481.3, abs=0.1)
    assert value.npsv.interval is not None
    assert value.npsv.interval.point == pytest.approx(benefit - 10000, rel=1e-9)
    assert value.npsv.interval.low == pytest.approx(benefit * (1 - 0.1959964) - 10000, rel=2e-4)
    assert value.bcr.interval is not None
    assert value.romi.interval is not None
    assert value.bcr.interval.point - value.romi.interval.point == pytest.approx(1)
    assert value.breakeven_share.interval is not None
    assert value.breakeven_share.interval.point == pytest.approx(10000 / benefit, rel=1e-9)
    assert value.claim is MoneyClaim.POINT
    switch = next(s for s in value.switches if s.name == "Value 1: value of a unit").switch
    assert switch == pytest.approx(200 * 10000 / benefit, rel=1e-9)
    assert value.payback_years.interval is not None
    assert value.payback_years.interval.point == 1  # 13,680 in the first year already


def test_cost_and_value_of_other_years_are_real_and_discounted() -> None:
    """A cost of the year before makes that year the base; the value a year later is discounted once."""
    value = asked(row(), year="2023-24")
    fall = deflators.index(2023) / deflators.index(2024)
    assert value.benefit.interval is not None
    assert value.benefit.interval.point == pytest.approx(100 * 200 * fall / 1.035 * 0.95, rel=1e-9)
    assert value.basis is not None
    assert (value.basis.base_year, value.basis.cost) == (2023, 10000)


def test_the_whole_distribution_is_carried_through() -> None:
    """Range and probability agree with a large seeded simulation of the same nine cases."""
    value = asked(row(low=Decimal("120.00"), high=Decimal("260.00")), found=effect(60, 25))
    rng = np.random.default_rng(1)
    units = rng.choice([120.0, 200.0, 260.0], p=[0.185, 0.63, 0.185], size=400_000)
    drawn = rng.normal(60, 25, size=400_000) * units * 0.95 - 10000
    assert value.npsv.interval is not None
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert value.npsv.interval.low == pytest.approx(low, abs=120)
    assert value.npsv.interval.high == pytest.approx(high, abs=200)
    assert value.probability_positive == pytest.approx(float(np.mean(drawn > 0)), abs=0.004)


def test_deadweight_is_taken_off_once() -> None:
    """It is left alone where a comparison has already taken it off, and that is said."""
    plain, again = asked(row()), asked(row(deadweight=0.4))
    assert again.npsv == plain.npsv
    assert any("already leaves out" in w for w in again.warnings)
    before_after = effect(100, 10, DesignCode.BEFORE_AFTER)
    outside = asked(row(deadweight=0.4), found=before_after, external=True, level=2)
    inside = asked(row(), found=before_after, external=True, level=2)
    assert outside.benefit.interval is not None
    assert inside.benefit.interval is not None
    assert outside.benefit.interval.point == pytest.approx(0.6 * inside.benefit.interval.point)


def test_what_may_be_said_depends_on_the_evidence() -> None:
    """Point and range from level 3, a range at level 2, the break-even share alone at level 1."""
    assert asked(row(), level=2).claim is MoneyClaim.RANGE
    lowest = asked(row(), level=1)
    assert lowest.claim is MoneyClaim.BREAK_EVEN
    assert lowest.npsv.interval is None
    assert "level 1" in lowest.npsv.reason
    assert lowest.breakeven_share.interval is not None
    graded = asked(row(), level=5, data_grade=DataGrade.FIVE)
    assert graded.basis is not None
    assert (graded.basis.grade, graded.basis.cut) == (5, 0.25)


def test_no_cost_and_no_effect_are_not_applicable() -> None:
    """Never infinite, never nought; the open side of a share stays open."""
    free = asked(row(), cost="0.00")
    assert free.bcr.interval is None
    assert "no cost" in free.bcr.reason
    worse = asked(row(), found=effect(-100, 10))
    assert worse.bcr.interval is None
    assert worse.npsv.interval is not None
    assert worse.npsv.interval.high < -10000
    unsure = asked(row(), found=effect(5, 10))
    assert unsure.breakeven_share.interval is not None
    assert math.isinf(unsure.breakeven_share.interval.high)
    assert "no upper limit" in unsure.breakeven_share.reason
    assert asked().npsv.reason.startswith("no value of a unit")


def test_transfers_timing_and_weak_values() -> None:
    """A transfer is fiscal and not social; a payment brought forward earns its date; red counts low."""
    both = asked(row(), row(description="Benefit no longer paid", transfer=True))
    alone = asked(row())
    assert both.npsv == alone.npsv
    fiscal = dict(both.by_beneficiary)[Beneficiary.FISCAL].interval
    assert alone.benefit.interval is not None
    assert fiscal is not None
    assert fiscal.point == pytest.approx(2 * alone.benefit.interval.point)
    early = asked(row(months_early=6.0)).benefit.interval
    assert early is not None
    assert early.point == pytest.approx(alone.benefit.interval.point * (1 - 1.035**-0.5), rel=1e-9)
    red = asked(row(rag=Rag.RED)).benefit.interval
    assert red is not None
    assert red.point == pytest.approx(0.6 * alone.benefit.interval.point)  # no low given: the 40% of grade 6


def test_a_code_takes_the_library_s_value_with_its_source() -> None:
    """Ambulance call-out, £216 of 2013-14, old by 2025: at its low, and said."""
    by_code = UnitValue(description="Call-out avoided", code="HE3.0", beneficiary=Beneficiary.FISCAL)
    value = asked(by_code)
    assert value.basis is not None
    line = value.basis.lines[0]
    assert (line.price_year, line.central) == ("2013-14", pytest.approx(216 * 0.6))
    assert "Unit Cost Database" in line.source
    assert any("counts at its low only" in w for w in value.warnings)
    wrong = asked(UnitValue(description="x", code="ZZ9.9", beneficiary=Beneficiary.FISCAL))
    assert "not in the library" in wrong.npsv.reason


def test_one_case_gives_the_quantile_of_the_effect() -> None:
    """Without any other uncertainty the range of the benefit is the range of the effect."""
    gain = spread.gain_of(effect(100, 10), 1)
    assert gain is not None
    found = spread.quantile(gain, (2.0,) * 9, (1 / 9,) * 9, 0.025)
    assert found == pytest.approx(2 * (100 - 19.59964), rel=1e-6)


def test_prices_before_the_deflators_are_refused_in_words() -> None:
    """An effect of 1983 has no value in prices of its year, and nothing breaks."""
    old = asked(row(), counted=(date(1983, 2, 1), date(1984, 11, 30)))
    assert "prices of 1982-83 cannot be converted" in old.npsv.reason
