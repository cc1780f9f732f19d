"""Values of a unit: the user's own, or from the library by code; checked for age and quality.

1. A value that is red or as old as the convention says counts at its low only: the low that was given, or
   the value less the heaviest benefit cut where none was.
2. A code that is not in the library, or has no value for that beneficiary or year, is said and not guessed.
3. What kind of value a code is (a transfer, an effect on health) is data too; the sheet Money may differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from evalkit.campaign.valuation import UnitValue
from evalkit.money import reference, years
from evalkit.vocabulary import DiscountSeries, Rag

LANDFILL = "LFT"  # its rate changes every April, so the file lists years and not codes


@dataclass(frozen=True, slots=True)
class UnitCost:
    """A value of a unit with its ends, as it enters an appraisal."""

    label: str
    low: float
    central: float
    high: float
    price_year: str
    rag: str
    agency: str
    source: str
    code: str
    weak: str
    remarks: tuple[str, ...]
    transfer: bool = False
    discounting: DiscountSeries = DiscountSeries.STANDARD
    released: float | None = None  # pounds a year, for a channel shift


def library() -> tuple[reference.Reference, ...]:
    """Every unit cost of the library; landfill tax has one code for all its years."""
    taxes = (replace(r, item=LANDFILL, unit="per tonne") for r in reference.rows("landfill_tax"))
    return (*reference.rows("unit_costs"), *taxes)


def unit_cost(row: UnitValue, as_of_year: int) -> UnitCost | str:
    """The value a row gives or points to; text says why there is none."""
    if row.code is not None:
        return _published(row, row.code, as_of_year)
    if row.value is None or row.price_year is None or row.source is None:
        return f'"{row.description}" has neither a value with its price year and source nor a code'
    rag = row.rag.value if row.rag else "not stated"
    given = reference.Reference("", "", "", float(row.value), "", row.price_year, "", rag, "", row.source)
    return _entering(row, given, None, as_of_year)


def _published(row: UnitValue, code: str, as_of_year: int) -> UnitCost | str:
    """The library's value: of the price year named, else the newest that holds by the year of the figures."""
    known = [r for r in library() if r.item == code]
    if not known:
        return f'the code "{code}" is not in the library of unit costs'
    found = [r for r in known if r.series == row.beneficiary.value]
    if not found:
        has = ", ".join(sorted({r.series for r in known if " " not in r.series}))
        return f'the code "{code}" has no {row.beneficiary.value} value, only {has}'
    of_year = [r for r in found if r.price_year == row.price_year]
    if row.price_year is None:
        of_year = [r for r in found if years.start(r.price_year) <= as_of_year] or found
    if not of_year:
        spans = sorted({r.price_year for r in found})
        has = spans[0] if len(spans) == 1 else f"{spans[0]} to {spans[-1]}"
        return f'the code "{code}" has no value in prices of {row.price_year}, only of {has}'
    best = max(of_year, key=lambda r: (r.own, r.vintage, r.price_year))
    ends = {
        end: next(
            (r.value for r in known if (r.series, r.own) == (f"{best.series} {end}", best.own)), best.value
        )
        for end in ("low", "high")
    }
    return _entering(row, best, (ends["low"], ends["high"]), as_of_year)


def _entering(
    row: UnitValue, best: reference.Reference, ends: tuple[float, float] | None, as_of_year: int
) -> UnitCost:
    """A value as it enters the appraisal, with what is to be said of it."""
    value, code = best.value, best.item
    label = row.description + (f" ({best.label}, {best.unit})" if code else "")
    rag = row.rag.value if row.rag else best.rag
    published = ends or (value, value)
    low = float(row.low) if row.low is not None else published[0]
    high = float(row.high) if row.high is not None else published[1]
    weak, remarks = judged(label, rag, best.price_year, as_of_year)
    if weak:
        low = low if row.low is not None or low < value else value * (1 - heaviest_cut())
        value = high = low
    transfer = is_kind("transfer", code)
    if transfer and row.transfer is None:
        remarks += (f"{best.label} is a transfer: it counts for the public budget and not in social value.",)
    return UnitCost(
        label, low, value, high, best.price_year, rag, row.agency or best.agency, best.source, code, weak,
        remarks, transfer, DiscountSeries.HEALTH if is_kind("health", code) else DiscountSeries.STANDARD,
    )  # fmt: skip


def is_kind(kind: str, code: str) -> bool:
    """Whether the conventions call a code that kind of value: a transfer, an effect on health."""
    return any((r.series, r.item) == (kind, code) for r in reference.rows("conventions"))


def overlapping(codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of codes of which the second is a part of the first, by the library's numbering."""
    found = sorted(set(codes))
    return tuple((a, b) for a in found for b in found if _part_of(b, a))


def _part_of(code: str, whole: str) -> bool:
    return code.startswith(whole + ".")


def heaviest_cut() -> float:
    """What a weak value is cut by where no low was given."""
    return max(r.value for r in reference.series("benefit_cuts", "cut"))


def judged(label: str, rag: str, price_year: str, as_of_year: int) -> tuple[str, tuple[str, ...]]:
    """Why a value is weak, and what is to be said of it."""
    age = as_of_year - years.start(price_year)
    old = reference.value("conventions", "age", "old").value
    ageing = reference.value("conventions", "age", "ageing").value
    if rag == Rag.RED.value or age > old:
        why = "is marked red" if rag == Rag.RED.value else f"is in prices of {price_year}, {age} years old"
        return why, (f"The value of {label} {why}: it counts at its low only.",)
    if age > ageing:
        return "", (
            f"The value of {label} is in prices of {price_year}, {age} years old; look for a newer one.",
        )
    if rag == "not stated":
        return "", (f"Nobody says how reliable the value of {label} is.",)
    return "", ()
