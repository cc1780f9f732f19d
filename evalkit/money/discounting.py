"""Discount rates and factors, from the schedule in the reference files.

1. The factor of year t is the product of 1 / (1 + rate of each year up to t), never a power of the last rate.
2. Rates are real, so only amounts in the prices of one year are discounted.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.money import reference
from evalkit.vocabulary import DiscountSeries


@dataclass(frozen=True, slots=True)
class Band:
    """A rate and the years from the base year that it holds for."""

    first: int
    last: int
    rate: float


def schedule(
    series: DiscountSeries = DiscountSeries.STANDARD, vintage: str | None = None
) -> tuple[Band, ...]:
    """The bands of a series of rates, in the order of years."""
    bands = []
    for row in reference.series("discount_rates", series.value, vintage):
        first, last = row.item.split("-")
        bands.append(Band(int(first), int(last), row.value))
    return tuple(sorted(bands, key=lambda b: b.first))


def rate(bands: tuple[Band, ...], year: int) -> float:
    """The rate of one year, counted from the base year."""
    return next((b.rate for b in bands if b.first <= year <= b.last), bands[-1].rate)


def factors(bands: tuple[Band, ...], years: int) -> tuple[float, ...]:
    """The factors of years 0 to `years`; year 0 is 1."""
    found = [1.0]
    for t in range(1, years + 1):
        found.append(found[-1] / (1 + rate(bands, t)))
    return tuple(found)
