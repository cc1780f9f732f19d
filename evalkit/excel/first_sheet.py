"""What the first sheet says: whether this is the template, of which version, and the programme's own fields.

1. Labels are looked for by their words, since rows may have been inserted.
2. A workbook without the first sheet is still read if it has the template's other sheets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from evalkit.campaign.fields import TEXT_LIMIT
from evalkit.campaign.programme import Programme
from evalkit.campaign.versions import SCHEMA_VERSION
from evalkit.errors import Issue, make_issue
from evalkit.excel.answers import NO_ANSWERS, QUESTIONS, Answers
from evalkit.excel.cells import Raw, as_shown
from evalkit.excel.headings import Heading, Kind
from evalkit.excel.locate import key, near, sheet_key
from evalkit.excel.opening import Book
from evalkit.excel.parsing import Parsed, expected, parse, remark
from evalkit.excel.sheets import SHEETS, START, TEMPLATE_ID, programme_headings
from evalkit.excel.versions import TEMPLATE_LABEL, VERSION_LABEL, version_of

PACK_SHEETS = ("Cover", "Contents", "Summary", "Assumptions", "Checks and grade", "Method", "Audit")
NAMED_SHEETS = 6


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the first sheet says.

    Attributes
    ----------
    ours : bool
        Whether the workbook is to be read any further.
    fields : tuple of (Heading, object)
        The programme's own fields that are filled in.
    issues : tuple of Issue
    answers : Answers
    version : int
        Version of the layout; the present one where the template does not say.
    marked_at : str
        Address of the cell that says so.
    titles : frozenset of str
        Labels that stand on the first sheet.
    """

    ours: bool
    fields: tuple[tuple[Heading, object], ...] = ()
    issues: tuple[Issue, ...] = ()
    answers: Answers = NO_ANSWERS
    version: int = SCHEMA_VERSION
    marked_at: str = ""
    titles: frozenset[str] = frozenset()


def read_particulars(book: Book, label: str) -> Particulars:
    """Read the first sheet; `label` goes before its name in issues."""
    labels = _labels(book)
    marked = TEMPLATE_LABEL in labels and key(as_shown(labels[TEMPLATE_LABEL][1])) == key(TEMPLATE_ID)
    titles = [page.title for page in book.pages]
    likely = sum(
        any(sheet_key(t) == key(s.name) or near(key(t), key(s.name)) for t in titles) for s in SHEETS
    )
    if not marked and likely < 2:
        pack = sum(name in titles for name in PACK_SHEETS) >= 3
        named = ", ".join(titles[:NAMED_SHEETS])
        issue = make_issue("F26", sheet=label) if pack else make_issue("F25", sheet=label, sheets=named)
        return Particulars(ours=False, issues=(issue,))
    version, cell, said = version_of(labels.get(VERSION_LABEL), label)
    if version > SCHEMA_VERSION:
        return Particulars(ours=False, issues=(said,) if said else ())
    own = _own_fields(labels, label)
    issues = (*((said,) if said else ()), *own.issues)
    return replace(own, issues=issues, version=version, marked_at=cell, titles=frozenset(labels))


def _labels(book: Book) -> dict[str, tuple[str, Raw]]:
    """Labels in the first column, with the address and content of the cell beside each."""
    page = next((page for page in book.pages if sheet_key(page.title) == key(START)), None)
    if page is None:
        return {}
    titles = (h.title for h in (*programme_headings(), *QUESTIONS))
    wanted = {key(t): t for t in (TEMPLATE_LABEL, VERSION_LABEL, *titles)}
    found: dict[str, tuple[str, Raw]] = {}
    for number, row in page.rows:
        title = wanted.get(key(str(row[1].value))) if 1 in row else None
        if title and title not in found:
            found[title] = (f"B{number}", row.get(2, Raw(None)))
    return found


def _own_fields(labels: dict[str, tuple[str, Raw]], label: str) -> Particulars:
    fields, issues = [], []
    given: dict[str, str] = {}
    for heading in (*programme_headings(), *QUESTIONS):
        cell, content = labels.get(heading.title, ("", Raw(None)))
        parsed = parse(content, heading)
        if parsed.fault is None and parsed.value is not None and heading not in QUESTIONS:
            parsed = _valid(parsed, content, heading)
        said = parsed.fault or parsed.note
        if said:
            context = dict(said.context)
            issues.append(
                make_issue(said.code, sheet=label + START, cell=cell, heading=heading.title, **context)
            )
        if parsed.value is None or parsed.fault is not None:
            continue
        if heading in QUESTIONS:
            given[heading.name] = str(parsed.value)
        else:
            fields.append((heading, parsed.value))
    cells = {q.name: f"{label}{START}!{labels[q.title][0]}" for q in QUESTIONS if q.title in labels}
    return Particulars(True, tuple(fields), tuple(issues), Answers(given, cells))


def _valid(parsed: Parsed, content: Raw, heading: Heading) -> Parsed:
    """Hold an entry against the type of its field."""
    annotation: Any = Programme.model_fields[heading.name].annotation
    kind: TypeAdapter[object] = TypeAdapter(annotation, config=ConfigDict(strict=True))
    try:
        return replace(parsed, value=kind.validate_python(parsed.value))
    except ValidationError:
        rule = f"no more than {TEXT_LIMIT} characters" if heading.kind is Kind.TEXT else expected(heading)
        return Parsed(fault=remark("M-text", value=as_shown(content), expected=rule))
