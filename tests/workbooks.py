"""Small programmes and workbooks made from them, for the tests of the template and its reader."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from evalkit.campaign.areas import Area, Covariate
from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.fields import Record, columns
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Audience, Campaign, Objective
from evalkit.campaign.outcomes import Comparison, Event, ExternalEstimate, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff, UnitValue
from evalkit.excel.sheets import HEADER_ROW
from evalkit.vocabulary import CostCategory, Direction, OutcomeKind

OUTCOME = "Contaminated loads"
CAMPAIGN = "Right bin, right day"
FIRST_MONTH = date(2023, 1, 1)
MONTHS = 30
PYTHON_WORDS = re.compile(
    r"datetime|Decimal|<class|NoneType|\bNone\b|\bTrue\b|\bFalse\b|type=|pydantic|Error\b|[{}]|\b(str|float|int)\b"
)


def example_of(model: type[Record], **over: Any) -> Any:
    """A record made of the worked examples, with some fields replaced."""
    values = {c.name: c.example for c in columns(model) if c.example is not None}
    return model(**(values | over))


def months(first: date, n: int) -> list[date]:
    """First days of consecutive months."""
    start = first.year * 12 + first.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(start, start + n)]


def small_campaign(**over: Any) -> Campaign:
    """A campaign with two cost lines and one record of most other parts."""
    fields: dict[str, Any] = {
        "title": CAMPAIGN,
        "organisation": "Northfield District Council",
        "start": date(2025, 1, 6),
        "end": date(2025, 3, 30),
        "areas": ("Northfield",),
        "inputs": (
            InputLine(category=CostCategory.MEDIA, amount=Decimal("6400.00"), item="Bus-stop posters"),
            InputLine(category=CostCategory.STAFF, amount=Decimal("1250.50")),
        ),
        "objectives": (Objective(outcome=OUTCOME, effect_that_matters=1.5),),
        "activities": (Activity(channel="Posters", start=date(2025, 1, 6), end=date(2025, 3, 2)),),
        "outputs": (Output(metric="Households reached", value=7350.0, unit="households"),),
        "out_takes": (OutTake(metric="Know where film goes", value=61.0, unit="% of adults"),),
    }
    return Campaign(**(fields | over))


def small_outcome(**over: Any) -> Outcome:
    """The outcome of the small programme."""
    fields: dict[str, Any] = {
        "name": OUTCOME,
        "unit": "loads",
        "kind": OutcomeKind.COUNT,
        "good_direction": Direction.DOWN,
        "source": "Depot weighbridge log",
    }
    return Outcome(**(fields | over))


def small_programme(**over: Any) -> Programme:
    """One campaign, one outcome, thirty months in two areas, one of them a comparison."""
    parts: dict[str, Any] = {
        "campaigns": (small_campaign(),),
        "outcomes": (small_outcome(),),
        "observations": tuple(
            Observation(period=day, area=area, value=float(12 + i % 5))
            for area in ("Northfield", "Southfield")
            for i, day in enumerate(months(FIRST_MONTH, MONTHS))
        ),
        "comparisons": (Comparison(area="Southfield", why_comparable="Same contractor"),),
        "events": (Event(what="Strike at the depot", start=date(2024, 5, 1)),),
    }
    return Programme(**(parts | over))


def full_programme() -> Programme:
    """A programme with a worked example on every sheet."""
    campaign = example_of(
        Campaign,
        start=date(2025, 1, 6),
        end=date(2025, 3, 30),
        plan_lock_date=date(2024, 12, 16),
        effects_until=None,
        budget_total=None,
        ledger_total=None,
        inputs=(example_of(InputLine),),
        objectives=(example_of(Objective),),
        audiences=(example_of(Audience),),
        activities=(example_of(Activity),),
        outputs=(example_of(Output),),
        out_takes=(example_of(OutTake),),
        channel_shifts=(example_of(ChannelShift),),
        sign_off=(example_of(SignOff),),
    )
    return small_programme(
        title="Everything at once",
        as_of=date(2025, 12, 31),
        campaigns=(campaign,),
        outcomes=(example_of(Outcome, frequency=None),),
        groups=(example_of(GroupRow),),
        comparisons=(example_of(Comparison),),
        areas=(example_of(Area), example_of(Area, area="Southfield")),
        covariates=tuple(
            example_of(Covariate, period=day, area=None, value=10.0 + i % 7)
            for i, day in enumerate(months(FIRST_MONTH, MONTHS))
        ),
        events=(example_of(Event),),
        external_estimates=(example_of(ExternalEstimate),),
        unit_values=(example_of(UnitValue),),
    )


def where(workbook: Workbook, sheet: str, heading: str, row: int) -> str:
    """Address of a cell by its heading."""
    for cell in workbook[sheet][HEADER_ROW]:
        if cell.value == heading:
            return f"{get_column_letter(cell.column)}{row}"
    raise KeyError(heading)
