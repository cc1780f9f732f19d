"""What an input cell takes: limits with a prompt and a refusal in plain words.

1. Limits come from the records and the reference values that the library holds its own figures to.
"""

from __future__ import annotations

from dataclasses import replace

from evalkit.campaign.bounds import Bounds, bounds
from evalkit.campaign.fields import YEAR_FIRST, YEAR_LAST, Record
from evalkit.pack.sections import Takes


def takes(model: type[Record], name: str, *, at_least: str = "", at_most: str = "") -> Takes:
    """What a cell takes that stands for a field of a record: its limits, with its heading and help."""
    info = model.model_fields[name]
    return Takes(info.title or name, info.description or "", bounds(model, name), at_least, at_most)


def takes_also_nil(model: type[Record], name: str) -> Takes:
    """The same, where nil stands for a blank of the record."""
    found = takes(model, name)
    return replace(found, bounds=replace(found.bounds, above=False))


def takes_at_most(model: type[Record], name: str, most: float) -> Takes:
    """The same, where this workbook has room for less."""
    found = takes(model, name)
    return replace(found, bounds=replace(found.bounds, high=min(found.bounds.high, most)))


def takes_year(first: int, last: int, help: str) -> Takes:
    """A year of prices or of payment: one that a record can name and the workbook can convert."""
    low, high = max(first, YEAR_FIRST), min(last, YEAR_LAST)
    return Takes("Year begins in", help, Bounds(low, high, whole=True))
