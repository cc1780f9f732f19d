"""Every campaign on one row."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.pack.review_advice import advise
from evalkit.pack.review_money import Shown, shown
from evalkit.pack.review_rows import Row
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    Cell,
    Column,
    Look,
    Section,
    Table,
    Value,
    digits,
    instead,
    live,
    number,
    words,
)

HEAD = (
    Column("Campaign", "name"),
    Column("Started in", "year"),
    Column("What it set out to change"),
    Column("Evidence", "level"),
    Column("Answer", "answer"),
    Column("Recommendation", "action"),
    Column("Rule", "rule"),
    Column("Improvement counted in", "group"),
    Column("Full cost (£)", "cost", figures=True),
    Column("Improvement, best estimate", "best", figures=True),
    Column("Improvement, low end", "low", figures=True),
    Column("Improvement, high end", "high", figures=True),
    Column("Cost per outcome (£), best estimate", "each", figures=True),
    Column("Cost per outcome (£), low end", figures=True),
    Column("Cost per outcome (£), high end", figures=True),
    Column("Net value, NPSV (£), best estimate", "net", figures=True),
    Column("Net value, NPSV (£), low end", "net_low", figures=True),
    Column("Net value, NPSV (£), high end", "net_high", figures=True),
    Column("Benefit–cost ratio, best estimate", figures=True),
    Column("Benefit–cost ratio, low end", figures=True),
    Column("Benefit–cost ratio, high end", figures=True),
    Column("Cashable saving (£), low end where only a range may be said", "cash", figures=True),
)
PENCE_BELOW = 100
WIDTHS = (34, 11, 60, 10, 22, 18, 8, 24, 13, 14, 14, 14, *(13,) * 10)


def campaigns_sheet(rows: tuple[Row, ...]) -> Section:
    """One row a campaign."""
    return Section(
        name="Campaigns",
        title="Every campaign",  # it and the line below stand on the second page too, above the first column
        about="Below zero is worse.",
        blocks=(Table("all", HEAD, tuple(_cells(i, r) for i, r in enumerate(rows, start=1))),),
        widths=WIDTHS,
        landscape=True,
        across=2,
    )


def _cells(i: int, row: Row) -> tuple[Cell, ...]:
    value = row.finding.value
    return (
        words(row.title, Look.LABEL),
        words(row.year),
        words(row.aim),
        words(f"Level {row.level}"),
        words(_answer(row)),
        words(advise(row).action, Look.LABEL),
        words(advise(row).code),
        words(row.group),
        number(row.cost, POUNDS, look=Look.INPUT),
        *_improvement(row),
        *_each(i, row),
        *_ends(shown(value, value.npsv), POUNDS),
        *_ends(shown(value, value.bcr), "0.0"),
        _saving(shown(value, value.cashable)),
    )


def _answer(row: Row) -> str:
    return f"{row.finding.verdict.claim.value}{', interim' if row.interim else ''}"


def campaign_figures(row: Row) -> Iterator[tuple[str, Value]]:
    """What the row's cells hold, by the key of their column, for cells elsewhere that refer to them."""
    yield "level", f"Level {row.level}"
    yield "answer", _answer(row)
    yield "action", advise(row).action
    yield "cost", row.cost
    yield "each", _each(row.n, row)[0].value


def _improvement(row: Row) -> tuple[Cell, ...]:
    if row.gain is None:
        return (instead("not estimated" if "average" not in row.why_not else "no total"),) * 3
    form = digits(row.gain)
    return tuple(_end(x, form) for x in (row.gain.point, row.gain.low, row.gain.high))


def _end(value: float, form: str) -> Cell:
    if math.isinf(value):
        return instead("no upper limit" if value > 0 else "no lower limit")
    return number(value, form)


def _ends(figure: Shown, form: str) -> tuple[Cell, ...]:
    held = figure.interval
    if held is None:
        return (instead(figure.instead),) * 3
    point = _end(held.point, form) if figure.point else instead(figure.instead)
    return (point, _end(held.low, form), _end(held.high, form))


def _saving(figure: Shown) -> Cell:
    """One figure for the saving: the low end where the evidence allows no best estimate."""
    if figure.interval is None:
        return instead(figure.instead)
    return _end(figure.interval.point if figure.point else figure.interval.low, POUNDS)


def _each(i: int, row: Row) -> tuple[Cell, ...]:
    """Cost per outcome; the low end of the cost goes with the high end of the improvement."""
    found = row.finding.value.cost_per_outcome.interval
    if found is None or row.gain is None:
        return (instead("not applicable"),) * 3
    form = PENCE if found.low < PENCE_BELOW else POUNDS
    cells = []
    best = row.finding.value.cost_per_outcome.best
    for divisor, value in (("best", found.point), ("high", found.low), ("low", found.high)):
        if divisor == "best" and not best:
            cells.append(instead("range only"))
            continue
        over = f"{{all.{divisor}.{i}}}"
        shown = "no upper limit" if math.isinf(value) else value
        bounded = math.isfinite({"best": row.gain.point, "high": row.gain.high, "low": row.gain.low}[divisor])
        if not bounded:
            cells.append(instead("no upper limit") if divisor == "low" else number(0, form))
            continue
        cells.append(live(f'=IF({over}>0,{{all.cost.{i}}}/{over},"no upper limit")', shown, form))
    return tuple(cells)
