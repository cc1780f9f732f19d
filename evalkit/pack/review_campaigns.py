"""Every campaign on one row, and the workings that sums are made from."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.pack.review_money import Shown, shown
from evalkit.pack.review_rows import Row, advise
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    Cell,
    Column,
    Look,
    Section,
    Table,
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
    Column("Full cost (£)", "cost", figures=True),
    Column("Improvement counted in", "group"),
    Column("Improvement, best estimate", "best", figures=True),
    Column("Improvement, low end", "low", figures=True),
    Column("Improvement, high end", "high", figures=True),
    Column("Evidence", "level"),
    Column("Answer"),
    Column("Cost per outcome (£), best estimate", figures=True),
    Column("Cost per outcome (£), low end", figures=True),
    Column("Cost per outcome (£), high end", figures=True),
    Column("Net value, NPSV (£), best estimate", figures=True),
    Column("Net value, NPSV (£), low end", figures=True),
    Column("Net value, NPSV (£), high end", figures=True),
    Column("Benefit–cost ratio, best estimate", figures=True),
    Column("Benefit–cost ratio, low end", figures=True),
    Column("Benefit–cost ratio, high end", figures=True),
    Column("Cashable saving (£), low end where only a range may be said", figures=True),
    Column("Recommendation", "action"),
    Column("Rule", "rule"),
)
WIDTHS = (28, 11, 40, 13, 20, 14, 14, 14, 11, 22, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 18, 7)


def campaigns_sheet(rows: tuple[Row, ...]) -> Section:
    """One row a campaign."""
    return Section(
        name="Campaigns",
        title="Every campaign on one row",
        about="Figures as each evaluation has them; costs per outcome are formulas. An improvement is "
        "counted "
        "in the good direction, so below zero is worse. Interim looks say so beside their answer.",
        blocks=(Table("all", HEAD, tuple(_cells(i, r) for i, r in enumerate(rows, start=1))),),
        widths=WIDTHS,
        landscape=True,
        across=2,
    )


def _cells(i: int, row: Row) -> tuple[Cell, ...]:
    finding, value = row.finding, row.finding.value
    answer = f"{finding.verdict.claim.value}{', interim' if row.interim else ''}"
    return (
        words(row.campaign.title, Look.LABEL),
        words(row.year),
        words(row.aim),
        number(row.cost, POUNDS, look=Look.INPUT),
        words(row.group),
        *_improvement(row),
        words(f"Level {row.level}"),
        words(answer),
        *_each(i, row),
        *_ends(shown(value, value.npsv), POUNDS),
        *_ends(shown(value, value.bcr), "0.0"),
        _saving(shown(value, value.cashable)),
        words(advise(row).action, Look.LABEL),
        words(advise(row).code),
    )


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
    form = PENCE if found.low < 100 else POUNDS
    cells = []
    for divisor, value in (("best", found.point), ("high", found.low), ("low", found.high)):
        over = f"{{all.{divisor}.{i}}}"
        shown = "no upper limit" if math.isinf(value) else value
        bounded = math.isfinite({"best": row.gain.point, "high": row.gain.high, "low": row.gain.low}[divisor])
        if not bounded:
            cells.append(instead("no upper limit") if divisor == "low" else number(0, form))
            continue
        cells.append(live(f'=IF({over}>0,{{all.cost.{i}}}/{over},"no upper limit")', shown, form))
    return tuple(cells)


def workings_sheet(rows: tuple[Row, ...]) -> Section:
    """What totals and rankings are made from: squared distances to the ends of each range, counted once."""
    head = (
        Column("Campaign"),
        Column("Counted in", "group"),
        Column("Counted? 1 yes, 0 no", "counted", figures=True),
        Column("Best estimate", "best", figures=True),
        Column("Low end", "low", figures=True),
        Column("High end", "high", figures=True),
        Column("Distance to low end, squared", "below", figures=True),
        Column("Distance to high end, squared", "above", figures=True),
    )
    return Section(
        name="Workings",
        title="Workings of the totals",
        about="Formulas that refer to the sheet Campaigns. Put 0 under Counted to leave a campaign out.",
        blocks=(Table("work", head, tuple(_workings(rows))),),
        widths=(34, 26, 14, 16, 16, 16, 18, 18),
        landscape=True,
    )


def _workings(rows: tuple[Row, ...]) -> Iterator[tuple[Cell, ...]]:
    bounded = [(i, r) for i, r in enumerate(rows, start=1) if r.gain and math.isfinite(r.gain.width)]
    for w, (i, row) in enumerate(bounded, start=1):
        gain = row.gain
        if gain is None:
            continue
        counted = int(row.counted_with is None)
        at = {k: f"{{work.{k}.{w}}}" for k in ("counted", "best", "low", "high")}
        source = {k: f"={{all.{k}.{i}}}*{at['counted']}" for k in ("best", "low", "high")}
        form = digits(gain)
        yield (
            live(f"={{all.name.{i}}}", row.campaign.title, look=Look.TEXT),
            live(f"={{all.group.{i}}}", row.group, look=Look.TEXT),
            number(counted, "0", look=Look.INPUT),
            live(source["best"], gain.point * counted, form),
            live(source["low"], gain.low * counted, form),
            live(source["high"], gain.high * counted, form),
            live(f"=({at['best']}-{at['low']})^2", ((gain.point - gain.low) * counted) ** 2, "#,##0.00"),
            live(f"=({at['high']}-{at['best']})^2", ((gain.high - gain.point) * counted) ** 2, "#,##0.00"),
        )
