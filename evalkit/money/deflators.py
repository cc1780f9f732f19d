"""Prices of one year in prices of another, by the GDP deflator.

1. Where only calendar years are published, a financial year is three quarters of the one and a quarter of
   the next. Years after the last published one grow by an assumed rate, which is a reference value too.
"""

from __future__ import annotations

from functools import cache

from evalkit.money import reference, years

CALENDAR, FINANCIAL, GROWTH = "calendar", "financial year", "growth after last"


@cache
def index(year: int, vintage: str | None = None) -> float:
    """The deflator of a financial year, by the year it begins in.

    Raises
    ------
    KeyError
        If the year is before the first published one, or the vintage is not there.
    """
    if vintage is not None and any(
        r.series == FINANCIAL and r.vintage == vintage for r in reference.rows("gdp_deflators")
    ):
        found = {r.item: r.value for r in reference.series("gdp_deflators", FINANCIAL, vintage)}
        return found[years.label(year)]
    return 0.75 * _calendar(year, vintage) + 0.25 * _calendar(year + 1, vintage)


def _calendar(year: int, vintage: str | None) -> float:
    known = {int(r.item): r.value for r in reference.series("gdp_deflators", CALENDAR, vintage)}
    last = max(known)
    if year <= last:
        if year not in known:
            raise KeyError(f"the GDP deflator begins in {min(known)}; prices of {year} cannot be converted")
        return known[year]
    growth = reference.value("gdp_deflators", GROWTH, "all").value
    return float(known[last] * (1 + growth) ** (year - last))


def last_published(vintage: str | None = None) -> int:
    """The last calendar year with a published figure."""
    return max(int(r.item) for r in reference.series("gdp_deflators", CALENDAR, vintage))


def first_published() -> int:
    """The first financial year that can be converted, by the year it begins in."""
    return min(int(r.item) for r in reference.series("gdp_deflators", CALENDAR))


def uprated(amount: float, price_year: str, to_year: str, vintage: str | None = None) -> float:
    """An amount in the prices of one financial year, in those of another."""
    old, new = years.start(price_year), years.start(to_year)
    return amount * index(new, vintage) / index(old, vintage)
