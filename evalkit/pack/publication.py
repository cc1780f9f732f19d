"""The publication copy: values only, one table a sheet, small counts withheld.

1. By the Government Analysis Function's guidance for spreadsheets: no formula, no chart, no merged cell, no
   meaning by colour, a cover, a list of contents, shorthand explained above each table.
2. A count under five is withheld, and so is any that would give one away, in every table alike.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from evalkit.amounts import british_date, decimals, range_meaning
from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import WHOLE_AREA
from evalkit.disclosure import Sum, withheld
from evalkit.estimate import Path
from evalkit.evaluation import Evaluation
from evalkit.pack.evidence import KEYWORDS, Book, contents
from evalkit.pack.items import Item, items
from evalkit.pack.layout import lay_out
from evalkit.pack.periods import shown_factor, value_unit
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
from evalkit.small_counts import withheld_share
from evalkit.vocabulary import OutcomeKind

HIDDEN, ABSENT = "[c]", "[x]"
SHORTHAND = (
    "[c] means withheld: the count is small, or it would give a small one away. [x] means that there is no "
    "figure."
)
Key = tuple[str, str, date]  # outcome, area, period
SUM_OF_AREAS = "sum of areas"


def publication_copy(evaluation: Evaluation) -> Book:
    """Put together the values-only copy of an evaluation.

    Parameters
    ----------
    evaluation : Evaluation
    """
    found = items(evaluation)
    hidden = withheld_figures(evaluation, found)
    body = [_findings(found), _costs(evaluation)]
    body += [_by_period(i, i.estimate.path, hidden) for i in found if i.estimate and i.estimate.path]
    if evaluation.programme.observations:
        body.append(_data(evaluation, hidden))
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
        "This copy holds values only. The evidence pack has the formulas, the checks and the method.",
        "To be added before publication: date of publication, contact, and when the next update is due.",
    ]
    return Section(
        name="Cover",
        title=title,
        about="What the campaign changed, how sure that is, and what it cost.",
        blocks=tuple(Words(line) for line in lines),
        widths=(110,),
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
        widths=(34, 30, 30, 12, 20, 16, 16, 16, 16, 16, 16),
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


def _by_period(item: Item, path: Path, hidden: set[Key]) -> Section:
    unit = value_unit(item)
    head = (
        Column("Period, first day"),
        Column(f"Observed ({unit})", figures=True),
        Column(f"Expected without the campaign ({unit})", figures=True),
        Column(f"Expected, lower end ({unit})", figures=True),
        Column(f"Expected, upper end ({unit})", figures=True),
    )
    factor = shown_factor(item)
    rows = []
    for period, seen, *model in zip(
        path.periods, path.observed, path.counterfactual, path.low, path.high, strict=True
    ):
        key = (item.finding.outcome, SUM_OF_AREAS, period)
        shown = (
            instead(HIDDEN) if key in hidden else _value(None if seen is None else seen * factor, "#,##0.0")
        )
        rows.append((number(period, DATE), shown, *(_value(m * factor, "#,##0.0") for m in model)))
    return Section(
        name=f"Periods {item.n}",
        title=f"{item.title}, period by period",
        about=f"One table. {SHORTHAND}",
        blocks=(Table(f"periods.{item.n}", head, tuple(rows)),),
        widths=(20, 22, 26, 22, 22),
        landscape=True,
    )


def _data(evaluation: Evaluation, hidden: set[Key]) -> Section:
    head = (
        Column("Outcome"),
        Column("Area"),
        Column("Period, first day"),
        Column("Value", figures=True),
        Column("Out of", figures=True),
    )
    rows = []
    for row in evaluation.programme.observations:
        name = row.outcome or evaluation.programme.outcomes[0].name
        concealed = (name, row.area or WHOLE_AREA, row.period) in hidden
        value, base = (
            instead(HIDDEN if concealed else ABSENT) if x is None or concealed else number(x, as_entered(x))
            for x in (row.value, row.denominator)
        )
        base = instead(HIDDEN) if concealed and row.denominator is not None else base
        rows.append((words(name), words(row.area or WHOLE_AREA), number(row.period, DATE), value, base))
    return Section(
        name="Data",
        title="Figures as read",
        about=f"One table. {SHORTHAND}",
        blocks=(Table("data", head, tuple(rows)),),
        widths=(38, 26, 20, 18, 18),
        landscape=True,
    )


def withheld_figures(evaluation: Evaluation, found: tuple[Item, ...]) -> set[Key]:
    """Outcome, area and period of every figure that must not be published.

    Areas of a period, and their sum where the sheets of periods show it, are judged together, so that what
    one sheet withholds cannot be worked out from another.
    """
    programme = evaluation.programme
    kinds = {o.name: o.kind for o in programme.outcomes}
    only = programme.outcomes[0].name if programme.outcomes else ""
    by_period: dict[tuple[str, date], list[Observation]] = defaultdict(list)
    for row in programme.observations:
        by_period[row.outcome or only, row.period].append(row)
    sums = dict(_sums(found))
    hidden: set[Key] = set()
    for (name, period), rows in by_period.items():
        if kinds.get(name) is OutcomeKind.LEVEL:
            continue
        hidden |= _of_period(name, period, rows, sums.get((name, period)), kinds.get(name))
    return hidden


def _sums(found: tuple[Item, ...]) -> Iterator[tuple[tuple[str, date], tuple[float | None, tuple[str, ...]]]]:
    """What each sheet of periods shows as observed, and the areas that make it."""
    for item in found:
        path = item.estimate.path if item.estimate else None
        treated = item.design.treated if item.design else ()
        for period, seen in zip(path.periods, path.observed, strict=True) if path else ():
            yield (item.finding.outcome, period), (seen, treated)


def _of_period(
    name: str,
    period: date,
    rows: list[Observation],
    shown: tuple[float | None, tuple[str, ...]] | None,
    kind: OutcomeKind | None,
) -> set[Key]:
    areas = [r.area or WHOLE_AREA for r in rows]
    counts: list[float | None] = [r.value for r in rows]
    sums: list[Sum] = []
    if shown is not None and kind is OutcomeKind.COUNT and shown[0] is not None:
        parts = tuple(i for i, a in enumerate(areas) if a in shown[1])
        areas.append(SUM_OF_AREAS)
        counts.append(shown[0])
        sums = [(len(areas) - 1, parts)] if parts else []
    flags = list(withheld(counts, sums))
    for i, row in enumerate(rows):
        if row.value is not None and row.denominator is not None and kind is OutcomeKind.SHARE:
            flags[i] = flags[i] or withheld_share(row.value, row.denominator)
    found = {(name, area, period) for area, flag in zip(areas, flags, strict=True) if flag}
    if kind is OutcomeKind.SHARE and shown and any((name, a, period) in found for a in shown[1]):
        found.add((name, SUM_OF_AREAS, period))  # a percentage of all areas less those shown gives it away
    return found
