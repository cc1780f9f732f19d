"""Words agree with the numbers they stand for."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit import amounts, wording
from evalkit.amounts import Measure, change, measure, money, size
from evalkit.calendars import following
from evalkit.campaign.header import Objective
from evalkit.campaign.outcomes import Observation
from evalkit.estimate import Interval
from evalkit.money.cost import CostPerOutcome
from evalkit.subject import subject
from evalkit.vocabulary import Claim, Direction, Frequency, OutcomeKind
from tests import evaluations
from tests.workbooks import (
    CAMPAIGN,
    FIRST_MONTH,
    OUTCOME,
    months,
    small_campaign,
    small_outcome,
    small_programme,
)

COUNT = measure("calls", OutcomeKind.COUNT)
finite = st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-4)


def as_number(text: str) -> float:
    """A size as it was written."""
    return float(text.replace(",", ""))


@given(st.tuples(finite, finite, finite).map(sorted))
def test_a_change_in_words_has_the_signs_and_sizes_of_its_interval(ends: list[float]) -> None:
    """A change in words has the signs and sizes of its interval."""
    low, point, high = ends
    text = change(Interval(point, low, high), COUNT)
    head, spread = re.fullmatch(r"(.*) \(range (.*)\)", text).groups()  # type: ignore[union-attr]
    if point == 0:
        assert head == "no change"
    else:
        number, way = re.fullmatch(r"([\d,.]+) (more|fewer) calls", head).groups()  # type: ignore[union-attr]
        assert (way == "more") == (point > 0)
        assert abs(as_number(number) - abs(point)) <= max((high - low) / 30, abs(point) * 0.5, 1e-6)
    assert ("more" in spread) == (high > 0 or low > 0)
    assert ("fewer" in spread) == (low < 0)
    shown = [as_number(t) for t in re.findall(r"[\d,]+(?:\.\d+)?", spread)]
    assert len(shown) == 2
    assert (0 in shown) == (low == 0 or high == 0), "an end that is not zero is never shown as zero"


@given(st.floats(1e-4, 1e9), st.integers(-6, 6))
def test_a_size_is_right_to_the_digits_shown(value: float, places: int) -> None:
    """A size is right to the digits shown."""
    assert as_number(size(value, places)) == pytest.approx(value, abs=max(10.0**-places, value * 0.5))


@pytest.mark.parametrize(
    ("interval", "said", "text"),
    [
        (Interval(-142.4, -220.3, -60.2), COUNT, "142 fewer calls (range 60 to 220 fewer)"),
        (Interval(-35.0, -80.0, 10.0), COUNT, "35 fewer calls (range 80 fewer to 10 more)"),
        (Interval(142.0, 60.0, math.inf), COUNT, "142 more calls (range 60 more, with no upper limit)"),
        (Interval(-142.0, -math.inf, -60.0), COUNT, "142 fewer calls (range 60 fewer, with no limit)"),
        (
            Interval(1234567.0, 1034211.0, 1434923.0),
            COUNT,
            "1,230,000 more calls (range 1,030,000 to 1,430,000 more)",
        ),
        (
            Interval(-1.23, -2.0, -0.5),
            measure("tonnes", OutcomeKind.LEVEL),
            "1.23 tonnes less (range 0.50 to 2.00 less)",
        ),
        (
            Interval(-1200.0, -2000.0, 400.0),
            measure("£", OutcomeKind.LEVEL),
            "£1,200 less (range £2,000 less to £400 more)",
        ),
    ],
)
def test_changes_read_as_people_say_them(interval: Interval, said: Measure, text: str) -> None:
    """Changes read as people say them."""
    assert change(interval, said) == text


def test_money_and_dates_are_british() -> None:
    """Money and dates are british."""
    assert [money(Decimal("1200.00")), money(4.2), money(99.999), money(math.inf), money(-12.5)] == [
        "£1,200", "£4.20", "£100", "no upper limit", "−£12.50",
    ]  # fmt: skip
    assert amounts.british_date(date(2025, 4, 1)) == "1 Apr 2025"
    assert following(date(2024, 2, 1), Frequency.MONTHLY) == date(2024, 3, 1)
    assert following(date(2024, 10, 1), Frequency.QUARTERLY) == date(2025, 1, 1)
    assert following(date(2024, 4, 1), Frequency.ANNUAL) == date(2025, 4, 1)


ABOUT = subject(evaluations.programme(), "Right bin, right day", "Contaminated loads", evaluations.design())


@pytest.mark.parametrize("claim", [c for c in Claim if c is not Claim.NOT_ESTIMATED])
@pytest.mark.parametrize("total", [evaluations.FALL, evaluations.RISE, evaluations.UNSURE])
def test_every_claim_has_a_short_and_a_full_answer_that_begins_with_it(claim: Claim, total: Interval) -> None:
    """Every claim has a short and a full answer that begins with it."""
    estimate = evaluations.estimate(total)
    for short in (False, True):
        text = wording.answer(claim, estimate, ABOUT, short=short)
        assert text.lower().startswith(claim.value.split(" as the one")[0][:17].lower())
        assert "{" not in text
        assert text.endswith(".")
    full = wording.answer(claim, estimate, ABOUT)
    assert "Right bin, right day" in full
    assert "from 7 Oct 2024 to 29 Dec 2024" in full
    assert claim in wording.RECOMMENDATIONS


def test_cannot_tell_says_what_could_have_been_seen_and_names_the_unit() -> None:
    """Cannot tell says what could have been seen and names the unit."""
    text = wording.answer(Claim.CANNOT_TELL, evaluations.estimate(evaluations.UNSURE), ABOUT)
    assert "80 fewer to 10 more loads" in text
    assert "about 4.2 fewer loads a week" in text


def test_a_refusal_gives_its_reasons() -> None:
    """A refusal gives its reasons."""
    text = wording.answer(Claim.NOT_ESTIMATED, evaluations.REFUSAL, ABOUT)
    assert text.startswith("Not estimated. Contaminated loads: There are 5 periods")


def test_a_percentage_is_answered_by_its_mean_because_percentages_do_not_add_up() -> None:
    """A percentage is answered by its mean because percentages do not add up."""
    about = replace(
        ABOUT, unit="% of tenants", effect=measure("% of tenants", OutcomeKind.LEVEL), adds_up=False
    )
    text = wording.answer(Claim.PROBABLE, evaluations.estimate(Interval(-24.0, -36.0, -12.0)), about)
    assert "2.00 percentage points lower (range 1.00 to 3.00 lower)" in text


@pytest.mark.parametrize(
    ("interval", "reason", "words"),
    [
        (Interval(1138.4, 742.6, 2713.0), "", "About £1,140 each (range £743 to £2,710), counting loads"),
        (
            Interval(500.0, 120.0, math.inf),
            "no upper limit, because x",
            "At least £120 each, counting loads avoided. There is no upper limit, because x; the best "
            "estimate alone would be £500.",
        ),
        (
            Interval(math.inf, 120.0, math.inf),
            "no upper limit, because x",
            "At least £120 each, counting loads avoided. There is no upper limit, because x.",
        ),
        (None, "no cost has been entered", "Not applicable: no cost has been entered."),
    ],
)
def test_cost_per_outcome_never_drops_a_limit(interval: Interval | None, reason: str, words: str) -> None:
    """Cost per outcome never drops a limit."""
    found = CostPerOutcome(interval, reason, "loads")
    assert wording.cost_words(found, ABOUT, level=3).startswith(words)
    if interval is not None:
        weak = wording.cost_words(found, ABOUT, level=2)
        assert weak.startswith("If the whole change is the campaign's: "), "not known to be its effect"
        assert not re.search("1,140|500|about|best", weak), "a range, and nothing in the middle of it"


def test_a_range_is_explained_by_its_own_level() -> None:
    """A range is explained by its own level."""
    assert "19 times out of 20" in amounts.range_meaning(0.95)
    assert "80 times out of 100" in amounts.range_meaning(0.8)
    assert ABOUT.direction is Direction.DOWN


@pytest.mark.parametrize(
    ("denominator", "matters", "shown", "text"),
    [
        (
            "residents",
            3.0,
            10_000.0,
            "0.25 fewer loads per 10,000 residents a month (stated as 3 loads a month)",
        ),
        (None, None, 10_000.0, "the one that matters"),
    ],
)
def test_a_rate_is_said_for_a_round_number_of_people(
    denominator: str | None, matters: float | None, shown: float, text: str
) -> None:
    """Nobody reads 0.0001 of a load; what matters is stated in loads and compared as a rate: 3 in 120,000."""
    described = small_programme(
        campaigns=(small_campaign(objectives=(Objective(outcome=OUTCOME, effect_that_matters=matters),)),),
        outcomes=(small_outcome(denominator=denominator),),
        observations=tuple(
            Observation(period=day, area="Northfield", value=13.0, denominator=120_000.0)
            for day in months(FIRST_MONTH, 30)
        ),
        comparisons=(),
    )
    about = subject(described, CAMPAIGN, OUTCOME, replace(evaluations.design(), frequency=Frequency.MONTHLY))
    assert about.shown_effect == shown
    assert wording.matters_words(about).replace(" in each area", "") == text
    assert about.figure_unit == f"loads per 10,000 {denominator or 'units of exposure'}"
    if matters:
        assert about.matters == pytest.approx(matters / 120_000)


@pytest.mark.parametrize(
    ("unit", "sums"),
    [
        ("tonnes", True),
        ("tonnes a week", True),
        ("tonnes per week", True),
        ("kWh", True),
        ("\u00b5g/m3", False),
        ("crashes per 1,000 miles", False),
        ("% of tenants", False),
        ("ppm", False),
        ("average days", False),
    ],
)
def test_only_amounts_add_up(unit: str, *, sums: bool) -> None:
    """A concentration or a rate summed over weeks would mean nothing."""
    assert small_outcome(unit=unit, kind=OutcomeKind.LEVEL).sums is sums
