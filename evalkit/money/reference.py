"""Reference values: rates, deflators, unit costs and conventions, read from the CSV files beside this module.

1. Every file has the same ten columns, so that one page explains how a vintage is added.
2. Vintages stand side by side in a file; the newest of a series is used unless one is asked for.
3. What an organisation gives takes the place of evalkit's own while its programme is worked on: a whole
   series of rates, deflators or cuts, else the one item.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from evalkit.campaign.reference_values import AS_A_WHOLE, COLUMNS, ReferenceValue

OWN_WORDS = "{source} (the organisation's own value)"


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference value with where it comes from.

    Attributes
    ----------
    series, item, label : str
        What kind of value, which one, and what it is in words.
    value : float
    unit, price_year, vintage, rag, agency, source : str
        The price year is empty for what is no amount of money; the vintage is the month of publication.
    own : bool
        Whether the organisation gave it with its programme.
    """

    series: str
    item: str
    label: str
    value: float
    unit: str
    price_year: str
    vintage: str
    rag: str
    agency: str
    source: str
    own: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The reference values in use: evalkit's own, with what an organisation gave in place of some.

    Two are equal only if they are one, so that what is worked out from them can be kept by it.
    """

    own: tuple[ReferenceValue, ...]

    def rows(self, file: str) -> tuple[Reference, ...]:
        """Every row of a file, without those that others take the place of."""
        given = tuple(_given(v) for v in self.own if v.file == file)
        if not given:
            return published(file)
        replaced = {_place(file, r) for r in given}
        return (*(r for r in published(file) if _place(file, r) not in replaced), *given)


def _given(v: ReferenceValue) -> Reference:
    return Reference(
        v.series, v.item, v.label, v.value, v.unit, v.price_year, v.vintage, v.rag, v.agency,
        OWN_WORDS.format(source=v.source), own=True,
    )  # fmt: skip


def _place(file: str, row: Reference) -> tuple[str, ...]:
    """What a row gives a value of: those of a list that is read as a whole go together."""
    return (row.series,) if file in AS_A_WHOLE else (row.series, row.item)


NONE_GIVEN = Values(())
_IN_USE: ContextVar[Values] = ContextVar("reference values in use", default=NONE_GIVEN)


@lru_cache(maxsize=64)
def _values(own: tuple[ReferenceValue, ...]) -> Values:
    return Values(own) if own else NONE_GIVEN


def in_use() -> Values:
    """The reference values in use here."""
    return _IN_USE.get()


@contextmanager
def using(own: tuple[ReferenceValue, ...]) -> Iterator[None]:
    """Use what an organisation gave, as long as the block lasts."""
    before = _IN_USE.set(_values(own))
    try:
        yield
    finally:
        _IN_USE.reset(before)


def rows(file: str) -> tuple[Reference, ...]:
    """Every row of a file in use, all vintages."""
    return _rows(in_use(), file)


@lru_cache(maxsize=512)
def _rows(values: Values, file: str) -> tuple[Reference, ...]:
    return values.rows(file)


def stamp(found: Iterable[Reference]) -> str:
    """The newest vintage of some rows, and whether any is the organisation's own."""
    found = tuple(found)
    newest = max(r.vintage for r in found)
    own = max((r.vintage for r in found if r.own), default="")
    return f"{own}, the organisation's own" if own else newest


@cache
def published(file: str) -> tuple[Reference, ...]:
    """Every row of one of evalkit's own files, all vintages.

    Raises
    ------
    ValueError
        If a row has not the ten columns, no number or no source; the message names the row.
    """
    text = files("evalkit.money").joinpath("reference", f"{file}.csv").read_text(encoding="utf-8")
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"{file}.csv: the columns are {reader.fieldnames}, expected {list(COLUMNS)}")
    return tuple(_row(file, i, row) for i, row in enumerate(reader, start=2))


def _row(file: str, line: int, row: dict[str, str]) -> Reference:
    if None in row or None in row.values() or not row["source"] or not row["vintage"]:
        raise ValueError(f"{file}.csv line {line}: a row needs all ten columns, a source and a vintage")
    try:
        value = float(row["value"])
    except ValueError as error:
        raise ValueError(f"{file}.csv line {line}: {row['value']!r} is no number") from error
    return Reference(**{**row, "value": value})  # type: ignore[arg-type]


def series(file: str, name: str, vintage: str | None = None) -> tuple[Reference, ...]:
    """The rows of a series in one vintage: the newest, or the one asked for.

    Raises
    ------
    KeyError
        If there are none.
    """
    found = [r for r in rows(file) if r.series == name and vintage in (None, r.vintage)]
    if not found:
        raise KeyError(f"{file}.csv has no series {name!r}" + (f" of vintage {vintage}" if vintage else ""))
    newest = max(r.vintage for r in found)
    return tuple(r for r in found if r.vintage == newest)


def value(file: str, name: str, item: str) -> Reference:
    """One row of a series, newest vintage of that item.

    Raises
    ------
    KeyError
        If there is none.
    """
    found = [r for r in rows(file) if (r.series, r.item) == (name, item)]
    if not found:
        raise KeyError(f"{file}.csv has no {item!r} in the series {name!r}")
    return max(found, key=lambda r: r.vintage)
