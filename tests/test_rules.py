"""Rules of the models and between records, and the catalogue that words them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from evalkit.campaign.calendar_rules import all_series, frequency_of
from evalkit.campaign.delivery import InputLine, Output, OutTake
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign, Objective
from evalkit.campaign.outcomes import Comparison, ExternalEstimate, Observation
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import UnitValue
from evalkit.errors import InputError, make_issue, shown
from evalkit.messages import CATALOGUE, Severity
from evalkit.vocabulary import (
    Beneficiary,
    CostCategory,
    DesignCode,
    Direction,
    Evidence,
    Frequency,
    OutcomeKind,
    Tier,
    VatTreatment,
)
from tests.workbooks import OUTCOME, example_of, months, small_campaign, small_outcome, small_programme

ROOT = Path(__file__).parents[1]
Make = Callable[[], object]


def _found(make: Make) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and places of the problems that a construction meets."""
    with pytest.raises(ValidationError) as caught:
        make()
    return [(d["type"], d["loc"]) for d in caught.value.errors()]


def _line(**over: Any) -> InputLine:
    return InputLine(**({"category": CostCategory.STAFF, "amount": Decimal("100.00")} | over))


def _value(**over: Any) -> UnitValue:
    fields: dict[str, Any] = {
        "description": "Disposal of a load",
        "value": Decimal(310),
        "price_year": "2024-25",
        "source": "Contract",
        "beneficiary": Beneficiary.FISCAL,
    }
    return UnitValue(**(fields | over))


# one record: how it is made, the problem's code, the field
RECORDS: list[tuple[str, Make, str, str]] = [
    ("VAT without its amount", lambda: _line(vat=VatTreatment.RECOVERABLE), "M-vat-amount", "vat_amount"),
    ("VAT above the amount", lambda: _line(vat_amount=Decimal(101)), "M-range", "vat_amount"),
    ("hours times rate", lambda: _line(hours=10.0, hourly_rate=Decimal(20)), "M-total", "amount"),
    ("media value as output", lambda: Output(metric="Media value", value=3.0), "M-ave", "metric"),
    (
        "AVE as a cost",
        lambda: InputLine(category=CostCategory.MEDIA, amount=Decimal(1), item="PR value (AVE) of coverage"),
        "M-ave-cost",
        "item",
    ),
    ("AVE as output", lambda: Output(metric="AVE", value=3.0), "M-ave", "metric"),
    ("pounds as unit of output", lambda: Output(metric="Reach", unit="£000"), "M-money-unit", "unit"),
    ("cost per click", lambda: OutTake(metric="Cost per click"), "M-money-unit", "metric"),
    ("limits out of order", lambda: OutTake(metric="Know", low=9.0, value=5.0), "M-interval-order", "low"),
    ("reach as outcome", lambda: small_outcome(name="Campaign reach"), "M-not-an-outcome", "name"),
    ("clicks as outcome", lambda: small_outcome(name="Clicks on the link"), "M-not-an-outcome", "name"),
    ("sentiment as outcome", lambda: small_outcome(unit="net sentiment"), "M-not-an-outcome", "unit"),
    ("PR value as outcome", lambda: small_outcome(name="PR value"), "M-ave", "name"),
    ("holidays of nowhere", lambda: small_outcome(calendar="france"), "M-choice", "calendar"),
    ("area and series", lambda: Comparison(area="A", series="B"), "M-area-or-series", "area"),
    ("no area, no series", lambda: Comparison(), "M-area-or-series", "area"),
    ("no measure", lambda: GroupRow(arm="A", n=10), "M-means-or-successes", "successes"),
    (
        "two measures",
        lambda: GroupRow(arm="A", n=10, successes=1.0, mean=2.0),
        "M-means-or-successes",
        "successes",
    ),
    ("more than all", lambda: GroupRow(arm="A", n=10, successes=11.0), "M-denominator-small", "successes"),
    ("AVE as unit value", lambda: _value(description="Advertising value equivalent"), "M-ave", "description"),
    ("low above value", lambda: _value(low=Decimal(400)), "M-interval-order", "low"),
    ("no value and no code", lambda: _value(value=None), "M-unit-value", "value"),
    ("a value and a code", lambda: _value(code="HE3.0"), "M-unit-code", "code"),
    ("no effect matters", lambda: Objective(effect_that_matters=0.0), "M-range", "effect_that_matters"),
    (
        "deadline before baseline",
        lambda: Objective(baseline_date=date(2025, 4, 1), deadline=date(2025, 4, 1)),
        "M-date-order",
        "deadline",
    ),
    ("end before start", lambda: small_campaign(end=date(2024, 1, 1), activities=()), "M-date-order", "end"),
    (
        "effects end before they start",
        lambda: small_campaign(effects_until=date(2024, 1, 1)),
        "M-date-order",
        "effects_until",
    ),
    (
        "estimate outside its limits",
        lambda: ExternalEstimate(total=1.0, low=2.0, high=3.0, design=DesignCode.RANDOMISED, source="x"),
        "M-interval-order",
        "low",
    ),
]


@pytest.mark.parametrize(("name", "make", "code", "field"), RECORDS, ids=[r[0] for r in RECORDS])
def test_a_record_refuses_what_cannot_be(name: str, make: Make, code: str, field: str) -> None:
    """The problem has its code and names its field."""
    assert _found(make) == [(code, (field,))]


def _with(**over: Any) -> Make:
    return lambda: small_programme(**over)


def _campaigns(*over: dict[str, Any]) -> tuple[Campaign, ...]:
    return tuple(small_campaign(**o) for o in over)


def _data(*days: date, **over: Any) -> tuple[Observation, ...]:
    fields: dict[str, Any] = {"value": 12.0, "area": "Northfield"}
    return tuple(Observation(period=day, **(fields | over)) for day in days)


PERIODS = months(date(2023, 1, 1), 30)
OTHER = {"title": "Second", "objectives": (), "inputs": (), "activities": ()}

# a programme: what is changed in the small one, the problem's code, its place
PROGRAMMES: list[tuple[str, Make, str, tuple[str | int, ...]]] = [
    ("title twice", _with(campaigns=_campaigns({}, {})), "M-duplicate", ("campaigns", 1, "title")),
    (
        "outcome twice",
        _with(outcomes=(small_outcome(), small_outcome(name=OUTCOME.upper()))),
        "M-duplicate",
        ("outcomes", 1, "name"),
    ),
    (
        "which outcome",
        _with(outcomes=(small_outcome(), small_outcome(name="Other")), unit_values=(_value(),)),
        "M-which",
        ("unit_values", 0, "outcome"),
    ),
    (
        "two primary outcomes",
        _with(outcomes=(small_outcome(primary=True), small_outcome(name="Other", primary=True))),
        "M-second-primary",
        ("outcomes", 1, "primary"),
    ),
    (
        "unknown series",
        _with(comparisons=(Comparison(series="Elsewhere"),)),
        "M-unknown-name",
        ("comparisons", 0, "series"),
    ),
    (
        "unknown campaign",
        _with(groups=(example_of(GroupRow, campaign="Other"),)),
        "M-unknown-name",
        ("groups", 0, "campaign"),
    ),
    (
        "which campaign",
        _with(campaigns=_campaigns({}, OTHER), groups=(example_of(GroupRow, campaign=None),)),
        "M-which",
        ("groups", 0, "campaign"),
    ),
    (
        "two points as a share of two",
        _with(
            campaigns=_campaigns({"objectives": (Objective(outcome=OUTCOME, effect_that_matters=2.0),)}),
            outcomes=(small_outcome(kind=OutcomeKind.SHARE),),
            observations=_data(*PERIODS, denominator=50.0),
            comparisons=(),
        ),
        "M-matters-share",
        ("campaigns", 0, "objectives", 0, "effect_that_matters"),
    ),
    (
        "the whole campaign's change as one period's",
        _with(campaigns=_campaigns({"objectives": (Objective(outcome=OUTCOME, effect_that_matters=900.0),)})),
        "M-matters-size",
        ("campaigns", 0, "objectives", 0, "effect_that_matters"),
    ),
    (
        "a figure from the future",
        _with(as_of=PERIODS[20], observations=_data(*PERIODS[:22]), comparisons=()),
        "M-future",
        ("observations", 21, "period"),
    ),
    (
        "a plan from the future",
        _with(as_of=PERIODS[-1], campaigns=_campaigns({"plan_lock_date": date(2031, 1, 1)})),
        "M-future",
        ("campaigns", 0, "plan_lock_date"),
    ),
    (
        "a figure without its area",
        _with(observations=(*_data(*PERIODS[:29]), *_data(PERIODS[29], area=None)), comparisons=()),
        "M-area-blank",
        ("observations", 29, "area"),
    ),
    ("no figures", _with(observations=(), comparisons=()), "M-no-observations", ("outcomes", 0, "name")),
    (
        "figure twice",
        _with(observations=_data(*PERIODS, PERIODS[3]), comparisons=()),
        "M-duplicate-observation",
        ("observations", 30, "period"),
    ),
    (
        "half a call",
        _with(observations=_data(*PERIODS, value=1.5), comparisons=()),
        "M-count-whole",
        ("observations", 0, "value"),
    ),
    (
        "negative count",
        _with(observations=_data(*PERIODS, value=-1.0), comparisons=()),
        "M-negative",
        ("observations", 0, "value"),
    ),
    (
        "share of nothing",
        _with(
            outcomes=(small_outcome(kind=OutcomeKind.SHARE),), observations=_data(*PERIODS), comparisons=()
        ),
        "M-denominator-missing",
        ("observations", 0, "denominator"),
    ),
    (
        "part above the whole",
        _with(
            outcomes=(small_outcome(kind=OutcomeKind.SHARE),),
            observations=_data(*PERIODS, denominator=3.0),
            comparisons=(),
        ),
        "M-denominator-small",
        ("observations", 0, "value"),
    ),
    (
        "exposure of none",
        _with(observations=_data(*PERIODS, denominator=0.0), comparisons=()),
        "M-denominator-zero",
        ("observations", 0, "denominator"),
    ),
    (
        "day in the month",
        _with(observations=_data(*PERIODS[:4], date(2023, 5, 16), *PERIODS[5:]), comparisons=()),
        "M-irregular",
        ("observations", 4, "period"),
    ),
    (
        "area in two spellings",
        _with(observations=(*_data(*PERIODS[:29]), *_data(PERIODS[29], area="Northfeild")), comparisons=()),
        "M-two-spellings",
        ("observations", 29, "area"),
    ),
    (
        "areas unclear",
        _with(campaigns=_campaigns({"areas": ()}), comparisons=()),
        "M-areas-unclear",
        ("campaigns", 0, "areas"),
    ),
    (
        "area on both sides",
        _with(campaigns=_campaigns({"areas": ("Northfield", "Southfield")})),
        "M-area-both",
        ("campaigns", 0, "areas"),
    ),
    (
        "area without figures",
        _with(campaigns=_campaigns({"areas": ("Eastfield",)})),
        "M-area-no-data",
        ("campaigns", 0, "areas"),
    ),
    (
        "start before all figures",
        _with(campaigns=_campaigns({"start": date(2020, 1, 1)})),
        "M-campaign-outside",
        ("campaigns", 0, "start"),
    ),
    (
        "target on the bad side",
        _with(
            campaigns=_campaigns(
                {"objectives": (Objective(outcome=OUTCOME, baseline_value=10.0, target_value=12.0),)}
            )
        ),
        "M-target-direction",
        ("campaigns", 0, "objectives", 0, "target_value"),
    ),
    (
        "ledger",
        _with(campaigns=_campaigns({"ledger_total": Decimal(1)})),
        "M-total",
        ("campaigns", 0, "ledger_total"),
    ),
    (
        "shares above the whole",
        _with(
            campaigns=_campaigns(
                {"inputs": (_line(split_name="Film", share=0.7),)},
                OTHER | {"inputs": (_line(split_name="Film", share=0.6),)},
            )
        ),
        "M-split",
        ("campaigns", 1, "inputs", 0, "share"),
    ),
    (
        "money for what was claimed",
        _with(outcomes=(small_outcome(evidence=Evidence.CLAIMED),), unit_values=(_value(),)),
        "M-claimed-money",
        ("unit_values", 0, "outcome"),
    ),
]


@pytest.mark.parametrize(("name", "make", "code", "place"), PROGRAMMES, ids=[p[0] for p in PROGRAMMES])
def test_a_programme_refuses_what_disagrees(
    name: str, make: Make, code: str, place: tuple[str | int, ...]
) -> None:
    """The problem has its code and a path to its record."""
    assert (code, place) in _found(make)


def test_a_tier_asks_for_its_fields_and_tables() -> None:
    """Enhanced asks for what Basic leaves open, and says so for each field and table."""
    campaign = small_campaign(tier=Tier.ENHANCED, activities=())
    found = _found(lambda: small_programme(campaigns=(campaign,)))
    assert ("M-required", ("campaigns", 0, "owner")) in found
    assert ("M-row-required", ("campaigns", 0, "activities")) in found
    assert ("M-required", ("outcomes", 0, "service_owner")) in found
    assert ("M-required", ("campaigns", 0, "finance_partner")) not in found


def _every(first: date, days: int, n: int) -> list[date]:
    return [first + timedelta(days * i) for i in range(n)]


@pytest.mark.parametrize(
    ("days", "frequency"),
    [
        (_every(date(2024, 1, 1), 1, 10), Frequency.DAILY),
        (_every(date(2024, 1, 1), 7, 10), Frequency.WEEKLY),
        ([d for i, d in enumerate(_every(date(2024, 1, 1), 7, 12)) if i not in (3, 4, 8)], Frequency.WEEKLY),
        (_every(date(2024, 1, 1), 28, 10), Frequency.FOUR_WEEKLY),
        (months(date(2024, 1, 1), 10), Frequency.MONTHLY),
        (months(date(2024, 1, 1), 30)[::3], Frequency.QUARTERLY),
        ([date(y, 4, 1) for y in range(2015, 2024)], Frequency.ANNUAL),
        ([date(2024, 1, 1), date(2024, 2, 1)], None),
    ],
)
def test_the_calendar_is_read_from_the_dates(days: list[date], frequency: Frequency | None) -> None:
    """The commonest step decides, gaps or not."""
    assert frequency_of(days) is frequency


def test_strays_and_gaps_are_told_apart() -> None:
    """A date off the weekday is a stray; a missing week is a gap; neither hides the other's place."""
    weeks = _every(date(2023, 1, 2), 7, 120)
    shifted = [*weeks[:50], weeks[50] + timedelta(2), *weeks[51:]]
    observations = tuple(Observation(period=d, value=1.0) for d in shifted)
    programme = Programme.model_construct(outcomes=(small_outcome(),), observations=observations)
    (series,) = all_series(programme)
    assert series.strays == ((50, weeks[50] + timedelta(2)),)
    kept = tuple(Observation(period=d, value=1.0) for d in weeks if d != weeks[50])
    (series,) = all_series(Programme.model_construct(outcomes=(small_outcome(),), observations=kept))
    assert (series.strays, series.gaps) == ((), (weeks[50],))


def test_every_message_is_used() -> None:
    """No entry of the catalogue is without a place that raises it and a test that meets it."""
    source = "".join(
        p.read_text("utf-8") for p in (ROOT / "evalkit").rglob("*.py") if "messages" not in p.name
    )
    tests = "".join(p.read_text("utf-8") for p in (ROOT / "tests").glob("*.py"))
    raised = {code for code in CATALOGUE if f'"{code}"' in source}
    met = {code for code in CATALOGUE if f'"{code}"' in tests}
    assert set(CATALOGUE) - raised == set()
    assert set(CATALOGUE) - met == set()


def test_every_message_reads_well() -> None:
    """Each has three parts, starts its expectation in lower case, and ends its fix with a full stop."""
    for code, entry in CATALOGUE.items():
        assert entry.found, code
        assert entry.expected, code
        assert entry.fix.endswith((".", "}")), code
        assert not re.search(r"\b(null|None|boolean|string|integer|parse|invalid)\b", entry.fix), code


def test_values_are_worded_as_a_sheet_shows_them() -> None:
    """Dates, money, numbers and choices appear in messages as people write them."""
    assert shown(date(2025, 4, 1)) == "1 Apr 2025"
    assert shown(Decimal("1200")) == "£1,200.00"
    assert (shown(13.0), shown(13.5), shown(1200.0)) == ("13", "13.5", "1,200")
    assert (shown(value=True), shown(None), shown(Direction.UP)) == ("Yes", "nothing", "up")
    issue = make_issue("M-date-order", value=date(2025, 4, 1), other=date(2025, 5, 1), other_title="End date")
    assert "1 Apr 2025" in issue.sentence
    assert issue.severity is Severity.ERROR


def test_all_input_problems_are_kept() -> None:
    """An argument error carries each of its sentences."""
    assert InputError(["one", "two"]).problems == ("one", "two")


def test_names_alike_are_left_alone_where_both_have_figures() -> None:
    """Ward 1 and Ward 11, or Eastfield and Westfield, are areas of their own."""
    for a, b in (("Ward 1", "Ward 11"), ("Eastfield", "Westfield")):
        rows = (*_data(*PERIODS, area=a), *_data(*PERIODS, area=b))
        small_programme(
            campaigns=_campaigns({"areas": (a,)}), observations=rows, comparisons=(Comparison(area=b),)
        )
