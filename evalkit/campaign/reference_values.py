"""Reference values of an organisation's own: rates, deflators, unit costs and conventions, a row each.

1. The ten columns are those of evalkit's own files; a file's name says what kind of values it holds.
2. A list that is read as a whole (rates, deflators, cuts) is given as a whole: a gap is refused, not filled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from evalkit.campaign.bounds import Bounds, bounds
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.fields import YEAR_FIRST, YEAR_PATTERN, LongText, Record, Text
from evalkit.campaign.valuation import UnitValue
from evalkit.errors import Problem, problem, raise_problems
from evalkit.vocabulary import Beneficiary, Channel, DiscountSeries

Kind = Literal[
    "discount_rates",
    "gdp_deflators",
    "unit_costs",
    "channel_costs",
    "landfill_tax",
    "benefit_cuts",
    "optimism_bias",
    "conventions",
]
FILES: tuple[Kind, ...] = get_args(Kind)
COLUMNS = ("series", "item", "label", "value", "unit", "price_year", "vintage", "rag", "agency", "source")
CALENDAR, FINANCIAL, GROWTH = "calendar", "financial year", "growth after last"
CUT, OF_LEVEL = "cut", "grade of level"
OWN = "own"  # series of an organisation's own costs of a contact
IN_POUNDS = ("unit_costs", "channel_costs", "landfill_tax")
AS_A_WHOLE = ("discount_rates", "gdp_deflators", "benefit_cuts", "optimism_bias")  # by series, not by item

_SHARE = Bounds(0, 1, percent=True)
# what a value of a file may be, or of one of its series
TAKES: dict[str, Bounds] = {
    "discount_rates": _SHARE,
    "gdp_deflators": Bounds(0, above=True),
    f"gdp_deflators {GROWTH}": Bounds(-1, 1, percent=True, above=True),
    "unit_costs": bounds(UnitValue, "value"),
    "channel_costs": bounds(UnitValue, "value"),
    "landfill_tax": bounds(UnitValue, "value"),
    "benefit_cuts": _SHARE,
    f"benefit_cuts {OF_LEVEL}": Bounds(1, 6, whole=True),
    "optimism_bias": bounds(InputLine, "optimism_bias"),
    "conventions": Bounds(0, 60, whole=True),
    "conventions weight": Bounds(0, 0.5),  # of both ends, so that the middle is never below nil
}
_WHOSE = tuple(b.value for b in Beneficiary)
SERIES: dict[str, tuple[str, ...]] = {
    "discount_rates": tuple(s.value for s in DiscountSeries),
    "gdp_deflators": (CALENDAR, FINANCIAL, GROWTH),
    "unit_costs": (*_WHOSE, *(f"{w} {end}" for w in _WHOSE for end in ("low", "high"))),
    "channel_costs": (OWN, "failed"),
    "landfill_tax": (Beneficiary.FISCAL.value,),
    "benefit_cuts": (CUT, OF_LEVEL),
    "optimism_bias": ("upper", "lower"),
    "conventions": ("weight", "age", "transfer", "health"),
}
ITEMS: dict[str, tuple[str, str]] = {
    "discount_rates": (r"\d{1,4}-\d{1,4}", "a band of years from the base year, such as 0-30"),
    f"gdp_deflators {CALENDAR}": (r"(19|20)\d\d", "a calendar year, such as 2024"),
    f"gdp_deflators {FINANCIAL}": (YEAR_PATTERN.strip("^$"), "a financial year, such as 2024-25"),
    f"gdp_deflators {GROWTH}": ("all", 'the word "all"'),
    "channel_costs": ("|".join(c.value for c in Channel), "one of: " + ", ".join(c.value for c in Channel)),
    "landfill_tax": (YEAR_PATTERN.strip("^$"), "a financial year, such as 2026-27"),
    f"benefit_cuts {CUT}": ("[1-6]", "a confidence grade, 1 to 6"),
    f"benefit_cuts {OF_LEVEL}": ("[1-5]", "an evidence level, 1 to 5"),
    "conventions weight": ("low|high", "low or high"),
    "conventions age": ("old|ageing", "old or ageing"),
}


def taken(file: str, series: str) -> Bounds:
    """The limits of the values of a series of a file."""
    return TAKES.get(f"{file} {series}") or TAKES[file]


class ReferenceValue(Record):
    """One reference value that an organisation gives in place of evalkit's own."""

    label: LongText = Field(title="Label", description="What it is in words.")
    item: Text = Field(title="Item", description="Which one: a code, a year, a band of years such as 0-30.")
    file: Kind = Field(title="File", description="Name of the file, which says what kind of value it is.")
    series: Text = Field(title="Series", description="Which list within the file.")
    value: Annotated[float, Field(allow_inf_nan=False)] = Field(title="Value", description="A number.")
    unit: Text = Field(title="Unit", description="What the number counts.")
    price_year: Annotated[str, Field(pattern=rf"{YEAR_PATTERN}|^$")] = Field(
        "", title="Price year", description="April-to-March year of an amount of money; else empty."
    )
    vintage: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = Field(
        title="Vintage", description="Year and month of publication, such as 2026-03."
    )
    rag: Annotated[str, Field(pattern="^(green|amber|red)$")] = Field(
        title="Reliability", description="green, amber or red."
    )
    agency: Annotated[str, Field(max_length=250)] = Field(
        "", title="Agency", description="Whose budget it touches; may be empty."
    )
    source: LongText = Field(title="Source", description="Where it comes from.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        raise_problems("ReferenceValue", row_problems(self), self)
        return self


def row_problems(row: ReferenceValue) -> Iterator[Problem]:
    """What is wrong with a row by itself, beyond the form of its cells."""
    if row.series not in SERIES[row.file]:
        yield problem("M-choice", "series", value=row.series, choices=", ".join(SERIES[row.file]), hint="")
        return
    pattern, expected = ITEMS.get(f"{row.file} {row.series}") or ITEMS.get(row.file) or (".+", "")
    if not re.fullmatch(pattern, row.item):
        yield problem("M-type", "item", value=row.item, expected=expected, fix="Type it so.")
    limits = taken(row.file, row.series)
    if not limits.hold(row.value):
        help = "Shares are written as 0.035 or 3.5%."
        yield problem("M-range", "value", value=row.value, expected=limits.words, help=help)
    if row.file in IN_POUNDS and row.series != "failed" and not row.price_year:
        yield problem("V09", "price_year", title="the year of its prices", help="A year such as 2024-25.")
    if row.file not in IN_POUNDS and row.price_year:
        nothing = "nothing: it is no amount of money"
        fix = "Leave the cell blank."
        yield problem("M-type", "price_year", value=row.price_year, expected=nothing, fix=fix)


def list_problems(rows: Sequence[ReferenceValue]) -> Iterator[Problem]:
    """What is wrong with rows as lists: given twice, or a list with a gap; the path begins with the row."""
    seen: dict[tuple[str, ...], int] = {}
    for i, row in enumerate(rows):
        first = seen.setdefault((row.file, row.series, row.item, row.price_year, row.vintage), i)
        if first != i:
            yield problem("M-reference-twice", i, "item", value=row.item, series=row.series)
    for file, check in WHOLE.items():
        for series in SERIES[file]:
            found = [i for i, r in enumerate(rows) if (r.file, r.series) == (file, series)]
            newest = max((rows[i].vintage for i in found), default="")
            found = [i for i in found if rows[i].vintage == newest]
            lacking = check(series, {rows[i].item for i in found}) if found else ""
            if lacking:
                yield problem("M-reference-gap", found[0], "series", value=series, lacking=lacking)
    uplifts = [(i, r) for i, r in enumerate(rows) if r.file == "optimism_bias"]
    kinds = {series: {r.item for _, r in uplifts if r.series == series} for series in ("upper", "lower")}
    for i, row in uplifts:
        other = "lower" if row.series == "upper" else "upper"
        if row.item not in kinds[other]:
            lacking = f'the {other} end of "{row.item}"'
            yield problem("M-reference-gap", i, "item", value=row.item, lacking=lacking)


def _bands(_: str, items: set[str]) -> str:
    """What bands of years lack: the first one begins in year 0, each follows the one before."""
    spans = sorted(tuple(int(x) for x in item.split("-")) for item in items)
    if spans[0][0] != 0:
        return "a band that begins in year 0"
    backwards = next((f"{first}-{last}" for first, last in spans if last < first), "")
    if backwards:
        return f"a band that ends after it begins, unlike {backwards}"
    gap = next((one[1] for one, following in pairwise(spans) if following[0] != one[1] + 1), None)
    return "" if gap is None else f"a band that begins in year {gap + 1}"


def _years(series: str, items: set[str]) -> str:
    """The first year that a run of years lacks."""
    if series == GROWTH:
        return ""
    known = {int(item[:4]) for item in items}
    if min(known) > YEAR_FIRST:  # a price year may be any from then on
        return f"the year {YEAR_FIRST}, or one before it"
    gaps = [y for y in range(min(known), max(known)) if y not in known]
    return f"the year {gaps[0]}" if gaps else ""


def _grades(series: str, items: set[str]) -> str:
    wanted = range(1, 7) if series == CUT else range(1, 6)
    return ", ".join(str(i) for i in wanted if str(i) not in items)


WHOLE: dict[str, Callable[[str, set[str]], str]] = {
    "discount_rates": _bands,
    "gdp_deflators": _years,
    "benefit_cuts": _grades,
}
