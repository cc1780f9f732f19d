"""The evidence pack: which sheets there are, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evalkit.amounts import british_date, range_meaning
from evalkit.evaluation import Evaluation
from evalkit.money import reference
from evalkit.pack.assumptions import assumptions, price_years, valued
from evalkit.pack.chain import inputs_to_impact
from evalkit.pack.changes import changes
from evalkit.pack.channels import channel_shift
from evalkit.pack.checking import checks_and_grade, master_cell, self_check
from evalkit.pack.costs import cost_per_outcome, costs
from evalkit.pack.estimates import estimates
from evalkit.pack.event_study import since_the_start
from evalkit.pack.group_sheets import group_sheet, studied, study_of
from evalkit.pack.interim import interim_note
from evalkit.pack.items import Item, items, sheet_names
from evalkit.pack.layout import Sheet, lay_out
from evalkit.pack.logs import logs
from evalkit.pack.method import method
from evalkit.pack.periods import periods
from evalkit.pack.records import audit, data, rows_of_data
from evalkit.pack.sections import Cell, Column, Look, Rows, Section, Table, words
from evalkit.pack.sensitivity import sensitivity
from evalkit.pack.summary import finding_sheet, summary
from evalkit.pack.together import together
from evalkit.pack.value import value_for_money
from evalkit.pack.value_working import value_working

KINDS = {  # of sheets, by how their names begin
    "Assumptions": "Inputs",
    "Costs": "Inputs",
    "Inputs to impact": "Inputs",
    "Periods": "Workings",
    "Value working": "Workings",
    "Workings": "Workings",
    "Channel shift": "Workings",
    "Checks and grade": "Checks",
    "Self-check": "Checks",
    "Not evaluated": "Checks",
    "Data": "Data",
    "Groups": "Data",
    "Method": "Method",
    "Logs": "Logs",
    "Audit": "Logs",
    "Sources": "Logs",
    "Changes": "Logs",
}
KEYWORDS = ("evaluation", "campaign", "evidence", "cost per outcome")


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's content and what it says of itself.

    Attributes
    ----------
    title, organisation, subject : str
    keywords : tuple of str
    as_of : date
    sheets : tuple of Sheet
    """

    title: str
    organisation: str
    subject: str
    keywords: tuple[str, ...]
    as_of: date
    sheets: tuple[Sheet, ...]


def evidence_pack(evaluation: Evaluation, *, since: Evaluation | None = None) -> Book:
    """Put together the content of every sheet, formulas resolved.

    Parameters
    ----------
    evaluation : Evaluation
    since : Evaluation, optional
        An earlier one, to list what changed.
    """
    found = items(evaluation)
    with reference.using(evaluation.programme.reference_values):
        body = _sections(evaluation, found, since)
    front = (_cover(evaluation, found), contents(body))
    organisations = dict.fromkeys(c.organisation for c in evaluation.programme.campaigns)
    return Book(
        title=f"Evidence pack: {evaluation.programme.heading}",
        organisation="; ".join(organisations),
        subject="Evaluation of communications campaigns",
        keywords=KEYWORDS,
        as_of=evaluation.provenance.as_of,
        sheets=lay_out((*front, *body)),
    )


def _sections(evaluation: Evaluation, found: tuple[Item, ...], since: Evaluation | None) -> list[Section]:
    """Every sheet after the cover and the contents, in order."""
    programme = evaluation.programme
    names = sheet_names(found)
    body: list[Section] = []
    for item in found:
        others = tuple(i for i in found if i is not item) if item.n == 1 else ()
        body.append(summary(item, others, names[item.n][0]))
    body.append(estimates(found))
    for item in found:
        body.append(finding_sheet(item, names[item.n][1]))
        if not study_of(item):
            body.append(periods(item, names[item.n][2]))
        study = since_the_start(item, f"Finding {item.n} since start")
        body += [study] if study else []
    body += [group_sheet(*one) for one in studied(evaluation, found)]
    body += together(evaluation)
    body += [
        inputs_to_impact(programme, found),
        costs(programme.campaigns, price_years(found)),
        cost_per_outcome(found),
        value_for_money(found),
        *([channel_shift(evaluation.channels, found)] if evaluation.channels else ()),
        *(_value_sheets(found) if valued(found) else ()),
        *([assumptions(found)] if evaluation.channels and not valued(found) else ()),
        checks_and_grade(found),
        self_check(found, rows_of_data(programme)),
        logs(evaluation, found, since),
        method(found),
        data(evaluation, found),
        audit(evaluation),
        *([changes(evaluation, since)] if since else []),
    ]
    return body


def _value_sheets(found: tuple[Item, ...]) -> tuple[Section, ...]:
    """The model behind the value: what finance may change, what that moves, how it is worked out."""
    return sensitivity(found), assumptions(found), value_working(found)


def _cover(evaluation: Evaluation, found: tuple[Item, ...]) -> Section:
    programme = evaluation.programme
    level = next((i.estimate.total.level for i in found if i.estimate), 0.95)
    organisations = "; ".join(dict.fromkeys(c.organisation for c in programme.campaigns))
    rows = [_row("Evaluation of", programme.heading), _row("Organisation", organisations)]
    for c in programme.campaigns:
        ran = f"{british_date(c.start)} to {british_date(c.end)}"
        rows.append(_row("Campaign", f"{c.title}. {c.organisation}. {ran}"))
        rows += [
            _row(f"{c.title}: {what}", post)
            for what, post in (
                ("campaign owner", c.owner),
                ("service owner", c.service_owner),
                ("finance partner", c.finance_partner),
            )
            if post
        ]
    rows += [_row(f"Answer {i.n}", i.finding.verdict.sentence) for i in found]
    rows += [
        _row("Figures as of", british_date(evaluation.provenance.as_of)),
        _row("Status", _status(evaluation)),
        _row("What a range is", range_meaning(level)),
        _row(
            "How this workbook works",
            "Figures that were entered or estimated are on the sheets Costs, Data, Estimates and Periods. "
            "Headline figures elsewhere are formulas that refer to them. Sentences were written when the "
            "file was made and do not change with the figures.",
        ),
        _row(
            "What it must not be used for",
            "It does not rank campaigns, and a cost per outcome is not a saving.",
        ),
        _row(
            "What has been checked",
            "The estimate, as the sheet Checks and grade shows; and that the figures of this workbook agree "
            "with one another and with the library that wrote them.",
        ),
        _row(
            "What has not been checked",
            "Whether figures, costs and unit values were entered as they are. Sign-offs are those on the "
            "sheet Sign-off of the template.",
        ),
        (words("Do the figures agree?", Look.LABEL), master_cell()),
    ]
    return Section(
        name="Cover",
        title=f"Evidence pack: {programme.heading}",
        about="What the campaign changed, what it cost, how sure that is and how it was worked out.",
        blocks=(Rows(tuple(rows)),),
        widths=(34, 92),
    )


def _status(evaluation: Evaluation) -> str:
    notes = [interim_note(c, evaluation.provenance.as_of) for c in evaluation.programme.campaigns]
    said = " ".join(dict.fromkeys(n for n in notes if n))
    return said or "Evaluation of the figures as read; it is revised when they are."


def _row(label: str, text: str) -> tuple[Cell, ...]:
    return words(label, Look.LABEL), words(text)


def contents(body: list[Section]) -> Section:
    """Name every sheet, each with a link and what kind of sheet it is."""
    rows = tuple(
        (
            Cell(s.name, look=Look.LINK, sheet=s.name),
            words(_kind(s.name)),
            words(f"{s.title}. {s.about}" if s.title != s.name else s.about),
        )
        for s in body
    )
    return Section(
        name="Contents",
        title="Contents",
        about="One table. Each name leads to its sheet.",
        blocks=(Table("contents", (Column("Sheet"), Column("Kind"), Column("What it holds")), rows),),
        widths=(26, 12, 72),
    )


def _kind(sheet: str) -> str:
    """Whether a sheet holds inputs, workings, checks, data or logs; results where it holds none of these."""
    named = (kind for begins, kind in KINDS.items() if sheet.startswith(begins))
    return next(named, "Results")
