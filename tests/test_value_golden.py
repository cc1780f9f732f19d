"""Appraisals worked by hand from the Green Book's rules, in decimals and without the code under test.

Rates: 3.5% to year 30 and 3% after; health 1.5% and 1.29% (Green Book 2026, discounting annex). Deflators: HM
Treasury, December 2025, calendar years, 2024 = 100; a financial year is three quarters of one and a quarter
of the next. Cut of confidence grade 2 (evidence level 4): 5%.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from scipy import optimize, stats

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.valuation import UnitValue
from evalkit.estimate import Estimate
from evalkit.evaluation import Evaluation
from evalkit.excel.pack import write_pack
from evalkit.external import split_normal
from evalkit.money.appraisal import Question, appraise
from evalkit.money.cost import cost_per_outcome, full_cost
from evalkit.money.value import Figure, Value
from evalkit.valuing import value_of
from evalkit.vocabulary import (
    Beneficiary,
    CostCategory,
    DesignCode,
    Direction,
    DiscountSeries,
    MoneyClaim,
    PaymentKind,
    SpendKind,
    VatTreatment,
)
from tests import evaluations as made
from tests.test_pack import recalculated
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


def everything() -> tuple[Evaluation, dict[str, Decimal]]:
    """Capital with optimism bias, VAT that comes back, a shared post and in-kind time over three years, set
    against an old value with leakage and displacement, a transfer, a payment brought forward, and a health
    gain of 40 more years; 250 more over 366 days from 1 October 2023, half of them in each financial year.

    Returns the evaluation and what it comes to by hand, in pounds of 2022-23.
    """
    costs = (
        line("20000.00", "2022-23", kind=SpendKind.CAPITAL, optimism_bias=0.24),
        line("6000.00", "2023-24", vat=VatTreatment.RECOVERABLE, vat_amount=Decimal("1000.00")),
        line("9000.00", "2023-24", share=0.4),
        line("3000.00", "2024-25", payment=PaymentKind.IN_KIND),
    )
    values = (
        row(value=Decimal("140.00"), price_year="2021-22", leakage=0.15, displacement=0.2, drop_off=0.3,
            duration_years=3, cashable=0.25, agency="Health board"),
        row(description="Benefit no longer paid", value=Decimal("500.00"), price_year="2023-24",
            transfer=True, cashable=1.0, agency="Pensions"),
        row(description="Tax paid sooner", value=Decimal("300.00"), months_early=4.0, agency="Council"),
        row(description="Healthy years", value=Decimal("70.00"), price_year="2022-23", agency=None,
            beneficiary=Beneficiary.SOCIAL, drop_off=0.05, duration_years=40,
            discounting=DiscountSeries.HEALTH),
    )  # fmt: skip
    plain = made.programme(direction=Direction.UP)
    campaign = plain.campaigns[0].model_copy(
        update={"inputs": costs, "start": date(2023, 10, 1), "end": date(2024, 9, 30),
                "budget_total": None, "ledger_total": None}
    )  # fmt: skip
    programme = plain.model_copy(
        update={
            "campaigns": (campaign,),
            "unit_values": values,
            "observations": (),
            "as_of": date(2025, 9, 1),
        }
    )
    found = effect(250, 60, DesignCode.CONTROLLED_SERIES)
    evaluation = made.evaluation(found, programme, external=True)
    value = value_of(programme, campaign, programme.outcomes[0], None, found, level=3)
    (finding,) = evaluation.findings
    evaluation = replace(evaluation, findings=(replace(finding, value=value),))

    spent = Decimal(20000) * Decimal("1.24") + Decimal(8600) * index(2022) / index(2023) * factor(1)
    spent += Decimal(3000) * index(2022) / index(2024) * factor(2)
    again, half = Decimal("365.25") / 366, Decimal("0.5")
    twice = half * factor(1) + half * factor(2)
    fading = twice + again * sum(Decimal("0.7") ** k * factor(2 + k) for k in (1, 2, 3))
    health = [factor(t, "0.015", "0.0129") for t in range(43)]
    healthy = half * (health[1] + health[2])
    healthy += again * sum(Decimal("0.95") ** k * health[2 + k] for k in range(1, 41))
    each = 250 * Decimal("0.9")
    old = each * 140 * index(2022) / index(2021) * Decimal("0.85") * Decimal("0.8") * fading
    moved = each * 500 * index(2022) / index(2023) * twice
    sooner = each * 300 * index(2022) / index(2024) * twice * (1 - Decimal("1.035") ** (Decimal(-4) / 12))
    benefit = old + sooner + each * 70 * healthy
    return evaluation, {
        "Cost, present value": spent,
        "Benefit, present value": benefit,
        "Fiscal gains": old + moved + sooner,
        "Fiscal gains of Health board": old,
        "Fiscal gains of Pensions": moved,
        "Fiscal gains of Council": sooner,
        "Social gains": each * 70 * healthy,
        "Transfers": moved,
        "Cashable": old / 4 + moved,
        "Net present social value": benefit - spent,
        "Benefit-cost ratio (gross)": benefit / spent,
        "Return on investment (net)": benefit / spent - 1,
        "Break-even share": spent / benefit,
    }


def test_everything_at_once_by_hand_in_the_library_and_in_the_workbook(tmp_path: Path) -> None:
    """The pack, worked out anew by LibreOffice, shows the figures worked by hand, under their names."""
    evaluation, by_hand = everything()
    write_pack(evaluation, tmp_path / "pack.xlsx")
    (done,) = recalculated([tmp_path / "pack.xlsx"], tmp_path)
    with warnings.catch_warnings(action="ignore"):
        sheet = load_workbook(done, data_only=True)["Value for money"]
    shown = {str(r[0]): r[3] for r in sheet.iter_rows(values_only=True)}
    assert {k: shown.get(k) for k in by_hand} == {k: is_(v) for k, v in by_hand.items()}
    value = evaluation.findings[0].value
    assert point(value.npsv) == is_(by_hand["Net present social value"])
    assert {a: point(f) for a, f in value.by_agency} == {
        a: is_(by_hand[f"Fiscal gains of {a}"]) for a in ("Health board", "Pensions", "Council")
    }


def test_a_before_and_after_from_elsewhere_gives_a_range_found_by_another_way() -> None:
    """Leakage 30%, displacement 25% and deadweight 40%, which nobody has taken off yet: 31.5% is left.

    900 fewer (standard error 400), £60 (40 to 75) of 2023-24, two years more with half of it gone each year
    (from one year with four fifths gone to four years with a fifth gone each year). The ends are roots of the
    nine normal distributions' mixture.
    """
    call = row(value=Decimal("60.00"), low=Decimal("40.00"), high=Decimal("75.00"), price_year="2023-24",
               leakage=0.3, displacement=0.25, deadweight=0.4, drop_off=0.5, drop_off_low=0.2,
               drop_off_high=0.8, duration_years=2, duration_low=1, duration_high=4)  # fmt: skip
    costs = (line("15000.00"),)
    found = replace(effect(-900, 400, DesignCode.BEFORE_AFTER))
    found = replace(found, distribution=split_normal(found.total))
    cost, counted = full_cost(costs), (date(2024, 9, 1), date(2025, 2, 28))
    asked = Question(found, -1, 2, costs, (call,), counted, date(2025, 9, 1), None, external=True)
    value = appraise(cost, cost_per_outcome(cost, found, Direction.DOWN), asked)

    left = Decimal("0.7") * Decimal("0.75") * Decimal("0.6") * Decimal("0.85") * index(2024) / index(2023)
    lasting = [
        1 + sum(Decimal(kept) ** k * factor(k) for k in range(1, n + 1))
        for kept, n in (("0.2", 1), ("0.5", 2), ("0.8", 4))
    ]
    weights = (0.185, 0.63, 0.185)
    worth = [float(u * left * y) for u in (40, 60, 75) for y in lasting]
    weight = [a * b for a in weights for b in weights]

    def below(pounds: float) -> float:
        return sum(w * stats.norm.cdf((pounds / u - 900) / 400) for u, w in zip(worth, weight, strict=True))

    low, high = (optimize.brentq(lambda x, p=p: below(x) - p, -1e6, 1e6) for p in (0.025, 0.975))
    assert value.claim is MoneyClaim.RANGE
    npsv, share = value.npsv.interval, value.breakeven_share.interval
    assert npsv is not None
    assert share is not None
    assert (npsv.low, npsv.high) == pytest.approx((low - 15000, high - 15000), abs=60)  # of 70,000
    assert (share.low, share.high) == pytest.approx((15000 / high, 15000 / low), rel=6e-3)
    assert value.probability_positive == pytest.approx(1 - below(15000), abs=5e-4)
    assert not any(f.best for f in (value.benefit, value.npsv, value.bcr, value.romi, value.breakeven_share))
    ends = [900 - 1.959964 * 400, 900 + 1.959964 * 400]
    assert [(s.npsv, s.low, s.high) for s in value.scenarios[:3]] == [
        (None, *(pytest.approx(e * worth[c] - 15000, rel=1e-5) for e in ends)) for c in (4, 0, 8)
    ]
    lasts = next(s for s in value.swings if (s.line, s.value) == (1, False))
    assert (lasts.low, lasts.high) == pytest.approx(
        (ends[0] * worth[3] - 15000, ends[1] * worth[5] - 15000), rel=1e-5
    )
