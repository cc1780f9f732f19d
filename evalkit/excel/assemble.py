"""From rows to a programme: parts put together, rules between them, problems sent back to their cells.

1. Rules run on whatever could be read; those about absence wait until everything could be.
2. A problem's path in the programme leads to the row it came from; every issue names a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from evalkit.campaign import rules
from evalkit.campaign.calendar_rules import missing_periods, short_histories
from evalkit.campaign.fields import Record
from evalkit.campaign.header import Campaign
from evalkit.campaign.names import hint
from evalkit.campaign.programme import Programme
from evalkit.errors import Issue, Problem, make_issue
from evalkit.excel.headings import CAMPAIGN_FIELD
from evalkit.excel.records import Entry, Loc
from evalkit.excel.sheets import FIRST_ROW, SHEET_OF_PART, SHEETS
from evalkit.messages import CATALOGUE

NESTED = tuple(s.part for s in SHEETS if s.nested)
FLAT = tuple(s.part for s in SHEETS if not s.nested and s.part != "campaigns")
TOTALS = ("M-total", "M-split")  # cannot be judged while cost lines are unread


@dataclass(slots=True)
class Gathered:
    """What the files gave so far.

    Attributes
    ----------
    issues : list of Issue
    entries : dict of str to list of Entry
        Rows by the part of the programme they belong to.
    failed : set of str
        Parts of which something could not be read.
    own : dict of str to object
        The programme's own fields.
    opened : int
        Files that could be opened.
    places : dict of Loc to Entry
        Path of a record in the programme, to the row it came from.
    named : list of (campaign titles, outcome names)
        What each file names on its own sheets.
    """

    issues: list[Issue] = field(default_factory=list)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    own: dict[str, Any] = field(default_factory=dict)
    opened: int = 0
    places: dict[Loc, Entry] = field(default_factory=dict)
    named: list[tuple[frozenset[str], frozenset[str]]] = field(default_factory=list)


def programme_of(gathered: Gathered) -> Programme:
    """Put the parts together, run the rules between them, and say what they find.

    Every record has been validated by itself and the rules run here, once: where no error is found, this is
    what the model itself would make.
    """
    parts: dict[str, Any] = {part: _flat(gathered, part) for part in FLAT}
    parts["campaigns"] = _campaigns(gathered)
    programme = Programme.model_construct(**gathered.own, **parts)
    for found in (*rules.problems(programme), *missing_periods(programme), *short_histories(programme)):
        _add(gathered, found)
    _whole_parts_missing(gathered, programme)
    return programme


def _whole_parts_missing(gathered: Gathered, programme: Programme) -> None:
    for part in ("campaigns", "outcomes"):
        sheet = SHEET_OF_PART[part]
        if not getattr(programme, part) and part not in gathered.failed:
            gathered.issues.append(_no_rows(sheet.name))
    figures = (programme.observations, programme.groups, programme.external_estimates)
    if not any(figures) and not programme.outcomes and "observations" not in gathered.failed:
        gathered.issues.append(_no_rows(SHEET_OF_PART["observations"].name))
    spent = any(line.amount for c in programme.campaigns for line in c.inputs)
    if not spent and not gathered.failed & {"inputs", "campaigns"}:
        gathered.issues.append(make_issue("V10", sheet=SHEET_OF_PART["inputs"].name, cell=f"A{FIRST_ROW}"))


def _no_rows(sheet: str) -> Issue:
    return make_issue("M-row-required", sheet=sheet, cell=f"A{FIRST_ROW}", table=sheet, tier="Basic")


def _flat(gathered: Gathered, part: str) -> tuple[Record, ...]:
    found: list[Record] = []
    for entry in gathered.entries.get(part, []):
        if entry.record is not None:
            gathered.places[(part, len(found))] = entry
            found.append(entry.record)
    return tuple(found)


def _campaigns(gathered: Gathered) -> tuple[Campaign, ...]:
    headers = [e for e in gathered.entries.get("campaigns", []) if isinstance(e.record, Campaign)]
    found = []
    for i, header in enumerate(headers):
        gathered.places[("campaigns", i)] = header
        nested: dict[str, tuple[Record, ...]] = {}
        for part in NESTED:
            records: list[Record] = []
            for entry in _belonging(gathered, part, header, alone=len(headers) == 1):
                if entry.record is not None:
                    gathered.places[("campaigns", i, part, len(records))] = entry
                    records.append(entry.record)
            nested[part] = tuple(records)
        found.append(_with_parts(gathered, header, i, nested))
    if all(h.row.values.get("title") for h in headers):
        _homeless(gathered, [str(h.row.values["title"]) for h in headers])
    return tuple(found)


def _belonging(gathered: Gathered, part: str, header: Entry, *, alone: bool) -> Iterator[Entry]:
    title = header.row.values.get("title")
    for entry in gathered.entries.get(part, []):
        named = entry.row.values.get(CAMPAIGN_FIELD)
        if (alone and named is None) or (named is not None and named == title):
            yield entry


def _homeless(gathered: Gathered, titles: Sequence[str]) -> None:
    """Name rows that give no campaign, or one that is not there."""
    if not titles:
        return
    choices = ", ".join(titles[:8])
    for entry in (e for part in NESTED for e in gathered.entries.get(part, [])):
        named = entry.row.values.get(CAMPAIGN_FIELD)
        if CAMPAIGN_FIELD in entry.row.failed or named in titles or (named is None and len(titles) == 1):
            continue
        gathered.failed.add(entry.place.sheet.part)
        if named is None:
            gathered.issues.append(entry.issue("M-which", CAMPAIGN_FIELD, what="campaign", choices=choices))
        else:
            said = {"value": named, "what": "campaign", "home": "Campaigns", "choices": choices}
            gathered.issues.append(
                entry.issue("M-unknown-name", CAMPAIGN_FIELD, **said, hint=hint(str(named), titles))
            )


def _with_parts(gathered: Gathered, header: Entry, i: int, nested: dict[str, tuple[Record, ...]]) -> Campaign:
    """Join a campaign with its parts, and check the rules among them."""
    record = header.record
    fields: dict[str, Any] = {n: getattr(record, n) for n in Campaign.model_fields if n not in nested}
    fields |= nested
    if header.sound:
        try:
            return Campaign(**fields)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                context = tuple(dict(detail.get("ctx", {})).items())
                _add(gathered, Problem(detail["type"], ("campaigns", i, *detail["loc"]), context))
    return Campaign.model_construct(**fields)


def _add(gathered: Gathered, found: Problem) -> None:
    """Send a problem to its cell, unless it only follows from something already named."""
    if CATALOGUE[found.code].absence and gathered.failed:
        return
    rows = gathered.entries.get("observations", [])
    unread = "observations" in gathered.failed and (not rows or any(_partly_read(e) for e in rows))
    if found.code == "M-area-no-data" and unread:
        return  # the area's own rows may be among those that could not be read
    if found.code in TOTALS and gathered.failed & {"inputs", "campaigns"}:
        return
    context: dict[str, Any] = dict(found.context)
    if found.code == "M-unknown-name" and _unread_home(gathered, str(context["home"])):
        return
    entry, name = _source(gathered, found.loc)
    if entry is not None and entry.located.absent:
        return  # rows are not held against each other while a column of theirs is missing
    first = context.pop("first_at", None)
    if isinstance(first, tuple):
        other, field_name = _source(gathered, first)
        context["first"] = f"{other.place.label}!{other.cell(field_name)}" if other else context.get("first")
    if entry is None:
        gathered.issues.append(make_issue(found.code, **context))
    elif name in NESTED:
        sheet = SHEET_OF_PART[name]
        label = entry.place.label.removesuffix(entry.place.sheet.name) + sheet.name
        issue = make_issue(found.code, sheet=label, cell=f"A{FIRST_ROW}", **context)
        gathered.issues.append(issue)
    elif name not in entry.unread:
        gathered.issues.append(entry.issue(found.code, name, **context))


def _partly_read(entry: Entry) -> bool:
    return entry.record is None or bool(entry.located.absent)


def _unread_home(gathered: Gathered, home: str) -> bool:
    """Whether the sheet that gives the names could not be read at all."""
    part = next(s.part for s in SHEETS if s.name == home)
    return part in gathered.failed and not gathered.entries.get(part)


def _source(gathered: Gathered, loc: Loc) -> tuple[Entry | None, str]:
    """The row that a path leads to, and the field in it."""
    for end in range(len(loc), 0, -1):
        entry = gathered.places.get(loc[:end])
        if entry is not None:
            rest = [str(x) for x in loc[end:] if isinstance(x, str)]
            return entry, rest[0] if rest else entry.place.sheet.headings[0].name
    return None, ""
