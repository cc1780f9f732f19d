"""The publication copy: values only, one table a sheet, small counts withheld.

1. By the Government Analysis Function's guidance for spreadsheets: no formula, no chart, no merged cell, no
   meaning by colour, a cover, a list of contents, shorthand explained above each table.
2. A count under five is withheld, and so is any that would give one away, in every table alike.
"""

from __future__ import annotations

import math

from evalkit.amounts import british_date, decimals, range_meaning
from evalkit.campaign.programme import WHOLE_AREA
from evalkit.estimate import Path
from evalkit.evaluation import Evaluation
from evalkit.money import years as calendar
from evalkit.pack.assumptions import basis_of, valued
from evalkit.pack.evidence import KEYWORDS, Book, contents
from evalkit.pack.items import Item, items
from evalkit.pack.layout import lay_out
from evalkit.pack.periods import expected_title, shown_factor, value_unit
from evalkit.pack.sections import (
    DATE,
    PENCE,
    Cell,
    Column,
    Look,
    Section,
    Table,
    Words,
    as_entered,
    instead,
    number,
    words,
)
from evalkit.vocabulary import ObservationFlag
from evalkit.withholding.published import published

HIDDEN, ABSENT = "[c]", "[x]"
SHORTHAND = (
    "[c] means withheld: the count is small, or it would give a small one away. [x] means that there is no "
    "figure."
)


def publication_copy(evaluation: Evaluation, *, since: Evaluation | None = None) -> Book:
    """Put together the values-only copy of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
    since : Evaluation, optional
        One published earlier: what that withheld is not given away by this one.
    """
    evaluation = published(evaluation, since=since)
    found = items(evaluation)
    body = [_findings(found), _costs(evaluation)]
    body += [_value_sheet(valued(found))] if valued(found) else []
    body += [_by_period(i, i.estimate.path) for i in found if i.estimate and i.estimate.path]
    if evaluation.programme.observations:
        body.append(_data(evaluation))
    organisations = dict.fromkeys(c.organisation for c in evaluation.programme.campaigns)
    title = f"Evaluation results: {evaluation.programme.heading}"
    cover = _cover(title, evaluation, found, "; ".join(organisations))
    return Book(
        title=title,
        organisation="; ".join(organisations),
        subject="Evaluation of communications campaigns, values only",
        keywords=(*KEYWORDS, "accessible"),
        as_of=evaluation.provenance.as_of,
        sheets=lay_out((cover, contents(body), *body)),
    )


def _cover(title: str, evaluation: Evaluation, found: tuple[Item, ...], source: str) -> Section:
    level = next((i.estimate.total.level for i in found if i.estimate), 0.95)
    lines = [
        *(f"Answer. {i.finding.verdict.sentence}" for i in found),
        f"Source: {source}.",
        f"Figures as of {british_date(evaluation.provenance.as_of)}.",
        "Status: results of the figures as read; they are revised when the figures are.",
        f"What a range is. {range_meaning(level)}",
        f"Shorthand. {SHORTHAND}",
        *(f"Withheld. {said}" for said in evaluation.withheld),
        "This copy holds values only. The evidence pack has the formulas, the checks and the method.",
        "To be added before publication: date of publication, contact, and when the next update is due.",
    ]
    return Section(
        name="Cover",
        title=title,
        about="What the campaign changed, how sure that is, and what it cost.",
        blocks=tuple(Words(line) for line in lines),
        widths=(77,),
    )


def _findings(found: tuple[Item, ...]) -> Section:
    head = (
        Column("Campaign"),
        Column("Outcome"),
        Column("Answer"),
        Column("Evidence level, 1 to 5", figures=True),
        Column("Counted in"),
        Column("Total effect, best estimate", figures=True),
        Column("Total effect, lower end of range", figures=True),
        Column("Total effect, upper end of range", figures=True),
        Column("Relative effect (%), best estimate", figures=True),
        Column("Relative effect (%), lower end", figures=True),
        Column("Relative effect (%), upper end", figures=True),
    )
    return Section(
        name="Findings",
        title="What was found",
        about=f"One table. An effect below zero means fewer or less than expected. {SHORTHAND}",
        blocks=(Table("findings", head, tuple(_finding(i) for i in found)),),
        widths=(28, 24, 22, 10, 12, 12, 12, 12, 12, 12, 12),
        landscape=True,
    )


def _finding(item: Item) -> tuple[Cell, ...]:
    finding, estimate = item.finding, item.estimate
    cells = [
        words(finding.campaign, Look.LABEL),
        words(finding.outcome),
        words(finding.verdict.claim.value),
        number(finding.grade.level, "0"),
        words(item.outcome.unit),
    ]
    total = estimate.total if estimate and item.about.adds_up else None
    relative = estimate.rel_effect.scaled(100) if estimate and estimate.rel_effect else None
    for interval in (total, relative):
        for name in ("point", "low", "high"):
            value = getattr(interval, name) if interval else None
            form = (
                "#,##0" + ("." + "0" * max(decimals(interval), 0) if decimals(interval) > 0 else "")
                if interval
                else ""
            )
            cells.append(_value(value, form))
    return tuple(cells)


def _value(value: float | None, form: str) -> Cell:
    if value is None:
        return instead(ABSENT)
    return number(value, form) if math.isfinite(value) else instead("no limit")


def _costs(evaluation: Evaluation) -> Section:
    head = (Column("Campaign"), Column("Category"), Column("Cost (£)", figures=True))
    rows: list[tuple[Cell, ...]] = []
    seen: set[str] = set()
    for finding in evaluation.findings:
        if finding.campaign in seen:
            continue
        seen.add(finding.campaign)
        cost = finding.value.cost
        rows += [(words(finding.campaign), words(c.value), number(v, PENCE)) for c, v in cost.by_category]
        rows.append((words(finding.campaign), words("full cost", Look.LABEL), number(cost.total, PENCE)))
    return Section(
        name="Costs",
        title="What it cost",
        about="One table. Pounds of the day, net of VAT that comes back, cash and in kind.",
        blocks=(Table("costs", head, tuple(rows)),),
        widths=(44, 34, 18),
    )


ENDS = ("best estimate", "lower end", "upper end")


def _value_sheet(found: tuple[Item, ...]) -> Section:
    """What each finding was worth, as far as its evidence lets it be said."""
    figures = ("Net present social value (£)", "Cashable benefit (£)", "Benefit-cost ratio (£ per £1)",
               "Break-even share of the change (%)")  # fmt: skip
    head = (
        Column("Campaign"),
        Column("Outcome"),
        Column("What may be said"),
        Column("Prices and present value of"),
        *(Column(f"{title}, {end}", figures=True) for title in figures for end in ENDS),
    )
    return Section(
        name="Value",
        title="What it was worth",
        about="One table. Where the evidence allows a range only, there is no best estimate; where it allows "
        f"the break-even share only, nothing else. {SHORTHAND}",
        blocks=(Table("value", head, tuple(_worth(i) for i in found)),),
        widths=(28, 24, 16, 14, *(13,) * 12),
        landscape=True,
    )


def _worth(item: Item) -> tuple[Cell, ...]:
    value, year = item.finding.value, calendar.label(basis_of(item).base_year)
    cells = [words(item.finding.campaign, Look.LABEL), words(item.finding.outcome)]
    cells += [words(value.claim.value), words(year)]
    for figure, form, factor in (
        (value.npsv, "#,##0", 1),
        (value.cashable, "#,##0", 1),
        (value.bcr, "0.00", 1),
        (value.breakeven_share, "0.0", 100),
    ):
        held = figure.interval and figure.interval.scaled(factor)
        ends = (held.point, held.low, held.high) if held else (None,) * 3
        shown = [_value(x, form) for x in ends]
        cells += shown if figure.best or held is None else [instead("range only"), *shown[1:]]
    return tuple(cells)


def _by_period(item: Item, path: Path) -> Section:
    unit = value_unit(item)
    head = (
        Column("Period, first day"),
        Column(f"Observed ({unit})", figures=True),
        Column(f"{expected_title(path)} ({unit})", figures=True),
        Column(f"Expected, lower end ({unit})", figures=True),
        Column(f"Expected, upper end ({unit})", figures=True),
    )
    factor = shown_factor(item)
    rows = []
    for period, seen, *model in zip(
        path.periods, path.observed, path.counterfactual, path.low, path.high, strict=True
    ):
        shown = instead(HIDDEN) if period in path.withheld else _value(seen and seen * factor, "#,##0.0")
        rows.append((number(period, DATE), shown, *(_value(m * factor, "#,##0.0") for m in model)))
    return Section(
        name=f"Periods {item.n}",
        title=f"{item.title}, period by period",
        about=f"One table. {SHORTHAND}",
        blocks=(Table(f"periods.{item.n}", head, tuple(rows)),),
        widths=(20, 22, 26, 22, 22),
        landscape=True,
    )


def _entered(value: float | None, withheld: bool) -> Cell:
    if withheld or value is None:
        return instead(HIDDEN if withheld else ABSENT)
    return number(value, as_entered(value))


def _data(evaluation: Evaluation) -> Section:
    head: tuple[Column, ...] = (
        Column("Outcome"),
        Column("Area"),
        Column("Period, first day"),
        Column("Value (in the outcome's unit)", figures=True),
    )
    rows = []
    only = evaluation.programme.outcomes[0].name
    based = {o.outcome or only for o in evaluation.programme.observations if o.denominator is not None}
    head += (Column("Out of (number)", figures=True),) if based else ()
    for row in evaluation.programme.observations:
        name = row.outcome or evaluation.programme.outcomes[0].name
        gone = row.flag is ObservationFlag.SUPPRESSED
        value = _entered(row.value, gone)
        base = (_entered(row.denominator, gone and name in based),) if based else ()
        rows.append((words(name), words(row.area or WHOLE_AREA), number(row.period, DATE), value, *base))
    return Section(
        name="Data",
        title="Figures as read",
        about=f"One table. {SHORTHAND}",
        blocks=(Table("data", head, tuple(rows)),),
        widths=(38, 26, 20, 18, 18)[: len(head)],
        landscape=True,
    )
