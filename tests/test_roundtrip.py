"""Programme to template and back: nothing is lost."""

from __future__ import annotations

import math
import string
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from evalkit.calendars import following
from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.fields import Record, columns, tidy_text, unwrapped
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Audience, Campaign, Objective
from evalkit.campaign.outcomes import Comparison, Event, ExternalEstimate, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff, UnitValue
from evalkit.errors import Severity
from evalkit.excel.headings import Heading, Kind, heading_of
from evalkit.excel.reader import check_files
from evalkit.excel.template import write_template
from evalkit.vocabulary import Frequency, ObservationFlag, OutcomeKind, Tier
from tests.workbooks import example_of, full_programme, small_programme

TRICKY = (
    "=1+1", "+44 20 7946 0000", "-5", "@team", "#N/A", "01/04/2025", "2025-04-01", "1e3", "007", "TRUE",
    "n/a", "'quoted", "_x0041_", "a_x000D_b", "a;b", "£1,200.50", "12%", "line\nbreak", "tab\there",
    "smart “quotes” – dash", "naïve café ☕ 𝔘", "total", "Yes", "<b>&amp;</b>", "  spaced  out  ",
    "1" * 250, "[c]", "{braces}", "\u200bhidden", "नमस्ते", "𝟙𝟚",
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(tidy_text),
)
# days whose serial number reads as a year from 1800 to 2200 are asked about
days = st.dates(date(1901, 1, 1), date(2100, 12, 31)).filter(
    lambda day: not date(1904, 12, 1) <= day <= date(1906, 1, 31)
)
money = st.decimals(0, 10**11, places=2, allow_nan=False, allow_infinity=False)
floats = st.floats(-1e300, 1e300)
proportions = st.floats(0, 1)
wholes = st.integers(0, 10**12)
years = st.integers(2000, 2098).map(lambda y: f"{y}-{(y + 1) % 100:02d}")


def values_of(heading: Heading, base: Any) -> st.SearchStrategy[Any]:
    """Values for one field, by what its column holds."""
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: texts,
        Kind.LONG_TEXT: texts,
        Kind.DATE: days,
        Kind.NUMBER: floats,
        Kind.MONEY: money,
        Kind.PERCENT: proportions,
        Kind.WHOLE: wholes,
        Kind.YES_NO: st.booleans(),
        Kind.YEAR: years,
        Kind.LIST: st.just(()),
    }
    if isinstance(base, type) and issubclass(base, Enum):
        return st.sampled_from(list(base))
    if heading.choices:
        return st.sampled_from(heading.choices)
    return by_kind[heading.kind]


@st.composite
def records(draw: st.DrawFn, model: type[Record], **fixed: Any) -> Any:
    """An arbitrary valid record; what a rule of the record refuses is left out or as in the example."""
    fields: dict[str, Any] = {}
    for c in columns(model):
        if c.name in fixed:
            fields[c.name] = fixed[c.name]
            continue
        value = draw(st.none() | values_of(heading_of(c), unwrapped(c.info)[0]))
        if value is None and c.info.is_required():
            value = c.example
        if value is not None:
            fields[c.name] = value
    for _ in range(6):
        try:
            return model(**fields)
        except ValidationError as error:
            for detail in error.errors():
                name = str(detail["loc"][0]) if detail["loc"] else ""
                example = next((c.example for c in columns(model) if c.name == name), None)
                if name in fixed or name not in fields:
                    assume(condition=False)
                fields.pop(name)
                if model.model_fields[name].is_required():
                    fields[name] = example
    assume(condition=False)
    return None


names = st.text(string.ascii_letters + " '-éß=", min_size=1, max_size=20).filter(lambda t: t.strip())


def _distinct(n: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, min_size=n, max_size=n, unique_by=lambda t: " ".join(t.split()).casefold())


@st.composite
def series(draw: st.DrawFn, outcome: Outcome, area: str | None, *, named: bool) -> list[Observation]:
    """Regular figures of one outcome in one area, some of them missing or withheld."""
    frequency = outcome.frequency or draw(st.sampled_from([Frequency.WEEKLY, Frequency.MONTHLY]))
    day = (
        date(2019, 1, 1)
        if frequency is not Frequency.WEEKLY
        else date(2019, 1, 1) + timedelta(draw(st.integers(0, 6)))
    )
    found = []
    for _ in range(draw(st.integers(3, 8))):
        number = float(draw(st.integers(0, 10**6))) if outcome.kind is not OutcomeKind.LEVEL else draw(floats)
        flag = draw(st.none() | st.sampled_from(list(ObservationFlag)))
        value = draw(st.none() | st.just(number)) if flag is not ObservationFlag.SUPPRESSED else None
        whole = (
            draw(st.none() | st.just(abs(number) + 1.0))
            if outcome.kind is not OutcomeKind.SHARE
            else number + 1.0
        )
        if whole is not None and not math.isfinite(whole):
            whole = None
        found.append(
            Observation(
                outcome=outcome.name if named else None,
                period=day,
                area=area,
                value=value,
                denominator=whole,
                flag=flag,
                note=draw(st.none() | texts),
            )
        )
        day = following(day, frequency)
    return found


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """An arbitrary valid programme with one to three campaigns and outcomes."""
    titles = draw(_distinct(draw(st.integers(1, 3))))
    outcome_names = draw(_distinct(draw(st.integers(1, 3))))
    outcomes = tuple(
        draw(
            records(
                Outcome, name=n, unit="things", numerator=None, frequency=None, primary=False, calendar="none"
            )
        )
        for n in outcome_names
    )
    areas = draw(st.none() | _distinct(2))
    observations = []
    for outcome in outcomes:
        for area in areas or [None]:
            observations += draw(series(outcome, area, named=len(outcomes) > 1 or draw(st.booleans())))
    one = st.none() if len(outcomes) == 1 else st.sampled_from([o.name for o in outcomes])
    which = st.none() if len(titles) == 1 else st.sampled_from(titles)
    drawn = tuple(draw(campaigns(title, areas)) for title in titles)
    known = [o.period for o in observations] + [c.plan_lock_date for c in drawn if c.plan_lock_date]
    parts: dict[str, Any] = {
        "title": draw(st.none() | st.just("A title")),
        "as_of": draw(st.none() | st.dates(max(known), date(2100, 12, 31))),
        "campaigns": drawn,
        "outcomes": outcomes,
        "observations": tuple(observations),
        "groups": tuple(
            draw(st.lists(records(GroupRow, outcome=draw(one), campaign=draw(which)), max_size=2))
        ),
        "comparisons": tuple(
            draw(st.lists(records(Comparison, outcome=None, series=None, area=areas[1]), max_size=1))
            if areas
            else ()
        ),
        "events": tuple(draw(st.lists(records(Event, outcome=None), max_size=2))),
        "external_estimates": tuple(
            draw(st.lists(records(ExternalEstimate, outcome=draw(one), campaign=draw(which)), max_size=1))
        ),
        "unit_values": tuple(draw(st.lists(records(UnitValue, outcome=draw(one)), max_size=1))),
    }
    try:
        return Programme(**parts)
    except ValidationError:
        assume(condition=False)
        raise


SHIFT = (  # what hangs together within a row of Channel shift
    *("moved_from", "moved_to", "fallback", "before_start", "before_end", "after_start", "after_end"),
    *("from_low", "from_cost", "from_high", "price_year", "source", "released", "released_value"),
)


@st.composite
def campaigns(draw: st.DrawFn, title: str, areas: list[str] | None) -> Campaign:
    """A campaign of the Basic tier with a few rows of every part."""
    rows = {
        "inputs": InputLine,
        "audiences": Audience,
        "outputs": Output,
        "out_takes": OutTake,
        "sign_off": SignOff,
    }
    fields = {name: tuple(draw(st.lists(records(model), max_size=2))) for name, model in rows.items()}
    shift = {n: example_of(ChannelShift).model_dump()[n] for n in SHIFT}
    fields["channel_shifts"] = tuple(draw(st.lists(records(ChannelShift, outcome=None, **shift), max_size=1)))
    fields["objectives"] = tuple(draw(st.lists(records(Objective, outcome=None, deadline=None), max_size=2)))
    fields["activities"] = tuple(draw(st.lists(records(Activity, start=None), max_size=2)))
    header = draw(
        records(
            Campaign,
            title=title,
            tier=Tier.BASIC,
            start=date(2019, 1, 20),
            end=date(2019, 2, 20),
            areas=(areas[0],) if areas else (),
            budget_total=None,
            ledger_total=None,
        )
    )
    return Campaign(**{n: getattr(header, n) for n in type(header).model_fields if n not in fields}, **fields)


def alike(a: Any, b: Any) -> bool:
    """Equal, floats to 1e-15 relative."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) <= 1e-15 * max(abs(a), abs(b))
    if isinstance(a, BaseModel):
        return type(a) is type(b) and all(alike(getattr(a, n), getattr(b, n)) for n in type(a).model_fields)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(alike, a, b))
    return type(a) is type(b) and bool(a == b)


@pytest.mark.parametrize("programme", [small_programme(), full_programme()], ids=["small", "full"])
def test_known_programmes_come_back(tmp_path: Path, programme: Programme) -> None:
    """A programme with a record on every sheet comes back as it went."""
    write_template(tmp_path / "t.xlsx", programme)
    assert check_files([tmp_path / "t.xlsx"]).programme == programme


# shrinking would write hundreds of workbooks; the seed printed on failure is enough to start from
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(programme=programmes())
def test_any_programme_comes_back(tmp_path_factory: pytest.TempPathFactory, programme: Programme) -> None:
    """Arbitrary programmes lose nothing on their way through a workbook."""
    path = tmp_path_factory.mktemp("round") / "t.xlsx"
    write_template(path, programme)
    report = check_files([path])
    only_asked = report.stopping and all(i.severity is Severity.QUESTION for i in report.stopping)
    assume(not only_asked)  # such as an amount a thousand times the others: a person has to answer
    assert report.programme is not None, [i.sentence for i in report.stopping]
    assert alike(report.programme, programme)


@pytest.mark.parametrize("text", TRICKY)
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    """Text that looks like a formula, a number, a date or an error value is kept as it is."""
    event = Event(what=text, start=date(2024, 5, 1))
    programme = small_programme(events=(event,))
    write_template(tmp_path / "t.xlsx", programme)
    report = check_files([tmp_path / "t.xlsx"])
    assert report.programme is not None, [i.sentence for i in report.stopping]
    assert report.programme.events == (event,)


@pytest.mark.parametrize(
    "value", [1e300, -1e300, 5e-324, 1 / 3, 0.1 + 0.2, 123456789.123456789, 2.0**53 + 2, -0.0, 1e22, 1e-7]
)
def test_extreme_figures_come_back(tmp_path: Path, value: float) -> None:
    """Floats keep sixteen figures over their whole range."""
    out = Output(metric="Something", value=value, unit="things")
    programme = small_programme(
        campaigns=(small_programme().campaigns[0].model_copy(update={"outputs": (out,)}),)
    )
    write_template(tmp_path / "t.xlsx", programme)
    report = check_files([tmp_path / "t.xlsx"])
    assert report.programme is not None, [i.sentence for i in report.stopping]
    assert alike(report.programme.campaigns[0].outputs[0].value, value)


def test_money_is_exact(tmp_path: Path) -> None:
    """Amounts come back as Decimal, to the penny, up to the largest allowed."""
    base = small_programme().campaigns[0]
    lines = tuple(
        InputLine(category=base.inputs[0].category, amount=Decimal(a))
        for a in ("0.01", "999999999999.99", "0.10")
    )
    programme = small_programme(campaigns=(base.model_copy(update={"inputs": lines}),))
    write_template(tmp_path / "t.xlsx", programme)
    report = check_files([tmp_path / "t.xlsx"])
    assert report.programme is not None
    assert [x.amount for x in report.programme.campaigns[0].inputs] == [x.amount for x in lines]
