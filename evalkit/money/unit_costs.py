"""Values of a unit: the user's own, or from the library by code; checked for age and quality.

1. A value that is red or as old as the convention says counts at its low only: the low that was given, or
   the value less the heaviest benefit cut where none was.
2. A code that is not in the library, or has no value for that beneficiary, is said and not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.campaign.valuation import UnitValue
from evalkit.money import reference, years
from evalkit.vocabulary import Rag


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


def library() -> tuple[reference.Reference, ...]:
    """Every unit cost of the library."""
    return reference.rows("unit_costs")


def unit_cost(row: UnitValue, as_of_year: int) -> UnitCost | str:
    """The value a row gives or points to; text says why there is none."""
    if row.code is None:
        if row.value is None or row.price_year is None or row.source is None:
            return f'"{row.description}" has neither a value with its price year and source nor a code'
        value, price_year, source = float(row.value), row.price_year, row.source
        rag, agency = row.rag.value if row.rag else "not stated", row.agency or ""
        unit = ""
    else:
        known = [r for r in library() if r.item == row.code]
        if not known:
            return f'the code "{row.code}" is not in the library of unit costs'
        found = [r for r in known if r.series == row.beneficiary.value]
        if not found:
            has = ", ".join(sorted({r.series for r in known}))
            return f'the code "{row.code}" has no {row.beneficiary.value} value, only {has}'
        best = max(found, key=lambda r: r.vintage)
        value, price_year, source = best.value, best.price_year, best.source
        rag, agency = (row.rag.value if row.rag else best.rag), row.agency or best.agency
        unit = f" ({best.label}, {best.unit})"
    low = float(row.low) if row.low is not None else value
    high = float(row.high) if row.high is not None else value
    label = row.description + unit
    weak, remarks = judged(label, rag, price_year, as_of_year)
    if weak:
        low = low if row.low is not None else value * (1 - heaviest_cut())
        value = high = low
    return UnitCost(label, low, value, high, price_year, rag, agency, source, row.code or "", weak, remarks)


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
