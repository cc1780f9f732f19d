"""What changed in the records of a programme: row by row, field by field, what stood there and stands now.

1. A row that is told apart by its text is followed through its changes; one without a like is new or gone.
2. Fields are named as the template heads their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum

from evalkit.amounts import british_date
from evalkit.campaign.fields import Record
from evalkit.campaign.programme import Programme
from evalkit.campaign.rules import PROGRAMME_PARTS

Change = tuple[str, str, str, str]
NONE = "none"
LONGEST = 300  # characters of a cell's text that are repeated
MOST_ROWS = 200  # of one sheet that are told apart; beyond it only their number is said
SHEETS = {
    "campaigns": "Campaigns",
    "objectives": "Objectives",
    "audiences": "Audiences",
    "inputs": "Inputs",
    "activities": "Activities",
    "outputs": "Outputs",
    "out_takes": "Out-takes",
    "channel_shifts": "Channel shift",
    "sign_off": "Sign-off",
    "outcomes": "Outcomes",
    "groups": "Groups",
    "comparisons": "Comparison",
    "areas": "Areas",
    "covariates": "Covariates",
    "events": "Events",
    "external_estimates": "External estimates",
    "unit_values": "Money",
    "reference_values": "Reference values",
}
BY_CAMPAIGN = ("objectives", "audiences", "inputs", "activities", "outputs", "out_takes", "channel_shifts")
WHOLE = (*(part for part in PROGRAMME_PARTS if part != "observations"), "reference_values")


def record_changes(now: Programme, before: Programme, *, withheld: bool) -> Iterator[Change]:
    """Rows of every sheet but the outcome data that differ.

    Parameters
    ----------
    now, before : Programme
    withheld : bool
        Whether small counts are withheld in either; then, and where they are of persons, the rows by group
        are only counted.
    """
    for field in ("title", "as_of", "next_budget"):
        yield from _field(Programme, field, "Start here", "the programme", before, now)
    yield from _rows("campaigns", "", before.campaigns, now.campaigns)
    then = {c.title: c for c in before.campaigns}
    for campaign in now.campaigns:
        old = then.get(campaign.title)
        for part in (*BY_CAMPAIGN, "sign_off") if old else ():
            yield from _rows(part, campaign.title, getattr(old, part), getattr(campaign, part))
    for part in WHOLE:
        old_rows, new_rows = getattr(before, part), getattr(now, part)
        persons = part == "groups" and any(g.unit for g in (*before.groups, *now.groups))
        if part == "groups" and (withheld or persons):
            if old_rows != new_rows:
                yield SHEETS[part], "the sheet", f"{len(old_rows)} rows", f"{len(new_rows)} rows"
            continue
        yield from _rows(part, "", old_rows, new_rows)


def _rows(part: str, owner: str, before: Sequence[Record], now: Sequence[Record]) -> Iterator[Change]:
    """Changed rows of one sheet: those that are equal drop out, the rest are paired by likeness."""
    sheet = SHEETS[part]
    rest = list(now)
    old = []
    for row in before:
        if row in rest:
            rest.remove(row)
        else:
            old.append(row)
    if len(old) * len(rest) > MOST_ROWS**2:
        yield sheet, owner or "the sheet", f"{len(before)} rows", f"{len(now)} rows, most of them changed"
        return
    pairs = sorted(
        ((-_likeness(a, b), i, j) for i, a in enumerate(old) for j, b in enumerate(rest)),
    )
    used_old, used_new = set[int](), set[int]()
    for score, i, j in pairs:
        if i in used_old or j in used_new or score > -1:
            continue
        used_old.add(i)
        used_new.add(j)
        where = _label(rest[j], owner)
        for field in type(rest[j]).model_fields:
            yield from _field(type(rest[j]), field, sheet, where, old[i], rest[j])
    yield from ((sheet, _label(r, owner), "there", NONE) for i, r in enumerate(old) if i not in used_old)
    yield from ((sheet, _label(r, owner), NONE, "there") for j, r in enumerate(rest) if j not in used_new)


def _likeness(one: Record, other: Record) -> float:
    """How alike two rows are: names count double; below 1 they are taken for two rows."""
    names = _names(one)
    alike = [f for f in type(one).model_fields if _filled(one, f) and getattr(one, f) == getattr(other, f)]
    filled = sum(_filled(one, f) or _filled(other, f) for f in type(one).model_fields)
    return sum(2.0 if f in names else 1.0 for f in alike) / max(filled, 1) * 2


def _filled(row: Record, field: str) -> bool:
    return getattr(row, field) not in (None, "", ())


def _names(row: Record) -> list[str]:
    """The fields that a row is known by: its first two of text."""
    text = [f for f in type(row).model_fields if isinstance(getattr(row, f), str)]
    return text[:2]


def _label(row: Record, owner: str) -> str:
    held = (getattr(row, f) for f in _names(row))
    words = [h.value if isinstance(h, Enum) else str(h) for h in held]
    return ": ".join(dict.fromkeys(w for w in (owner, *words) if w)) or "a row"


def _field(
    record: type[Record], field: str, sheet: str, where: str, before: Record, now: Record
) -> Iterator[Change]:
    a, b = getattr(before, field), getattr(now, field)
    if a == b or (isinstance(b, tuple) and b and isinstance(b[0], Record)):
        return  # rows of their own are told one by one
    if isinstance(a, tuple) and a and isinstance(a[0], Record):
        return
    title = record.model_fields[field].title or field.replace("_", " ")
    yield f"{sheet}: {title}", where, said(a), said(b)


def said(value: object) -> str:
    """A field's content as a reader would write it."""
    if value in (None, "", [], ()):
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return british_date(value)
    if isinstance(value, int | float | Decimal):
        return f"{value:,.10g}" if isinstance(value, float) else f"{value:,}"
    if isinstance(value, tuple):
        return "; ".join(said(v) for v in value)[:LONGEST]
    return str(value)[:LONGEST]
