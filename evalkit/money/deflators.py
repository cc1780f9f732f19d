"""Prices of one year in prices of another, by the GDP deflator.

1. Where only calendar years are published, a financial year is three quarters of the one and a quarter of
   the next. Years after the last published one grow by an assumed rate, which is a reference value too.
2. An organisation may give an index by financial year; that is then used as it is.
"""

from __future__ import annotations

from functools import lru_cache

from evalkit.campaign.reference_values import CALENDAR, FINANCIAL, GROWTH
from evalkit.money import reference, years

FILE = "gdp_deflators"


def series(vintage: str | None = None) -> tuple[reference.Reference, ...]:
    """The published index: by calendar year, unless it was given or asked for by financial year."""
    financial = [r for r in reference.rows(FILE) if r.series == FINANCIAL]
    if any(r.own if vintage is None else r.vintage == vintage for r in financial):
        return reference.series(FILE, FINANCIAL, vintage)
    return reference.series(FILE, CALENDAR, vintage)


def index(year: int, vintage: str | None = None) -> float:
    """The deflator of a financial year, by the year it begins in.

    Raises
    ------
    KeyError
        If the year is before the first published one, or the vintage is not there.
    """
    return _index(reference.in_use(), year, vintage)


@lru_cache(maxsize=4096)
def _index(_: reference.Values, year: int, vintage: str | None) -> float:
    """The same; kept, as long as the same values are in use."""
    found = series(vintage)
    known = {years.start(r.item): r.value for r in found}
    if found[0].series == FINANCIAL:
        return _grown(known, year)
    return 0.75 * _grown(known, year) + 0.25 * _grown(known, year + 1)


def _grown(known: dict[int, float], year: int) -> float:
    last = max(known)
    if year <= last:
        if year not in known:
            raise KeyError(f"the GDP deflator begins in {min(known)}; prices of {year} cannot be converted")
        return known[year]
    return float(known[last] * (1 + growth().value) ** (year - last))


def growth() -> reference.Reference:
    """The rate by which years grow that are not published yet."""
    return reference.value(FILE, GROWTH, "all")


def last_published(vintage: str | None = None) -> int:
    """The last calendar year that published figures reach into."""
    found = series(vintage)
    last = max(years.start(r.item) for r in found)
    return last + 1 if found[0].series == FINANCIAL else last


def first_published() -> int:
    """The first financial year that can be converted, by the year it begins in."""
    return min(years.start(r.item) for r in series())


def uprated(amount: float, price_year: str, to_year: str, vintage: str | None = None) -> float:
    """An amount in the prices of one financial year, in those of another."""
    old, new = years.start(price_year), years.start(to_year)
    return amount * index(new, vintage) / index(old, vintage)
