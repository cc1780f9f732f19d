"""April-to-March years: the calendar of public money."""

from __future__ import annotations

from datetime import date, timedelta


def year_of(day: date) -> int:
    """The calendar year in which the financial year of a day begins."""
    return day.year if day.month >= 4 else day.year - 1


def label(year: int) -> str:
    """A financial year as written on the sheets: 2024-25."""
    return f"{year}-{(year + 1) % 100:02d}"


def start(text: str) -> int:
    """The year in which a financial year such as 2024-25 begins."""
    return int(text[:4])


def shares(first: date, last: date) -> dict[int, float]:
    """How a span of days falls on financial years, as shares that add up to 1."""
    last = max(first, last)
    days = (last - first).days + 1
    found: dict[int, float] = {}
    day = first
    while day <= last:
        year = year_of(day)
        end = min(date(year + 1, 3, 31), last)
        found[year] = ((end - day).days + 1) / days
        day = end + timedelta(days=1)
    return found
