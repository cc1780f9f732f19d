"""What all campaigns of a kind changed, each change counted once, and the workings of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.pack.review_bars import bar_workings
from evalkit.pack.review_rows import Row
from evalkit.pack.review_totals import Part, counted, groups_of, parts_of, total_of
from evalkit.pack.review_worth import COUNTED, valued, worth_workings
from evalkit.pack.sections import (
    POUNDS,
    WHOLE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    digits,
    entered,
    instead,
    live,
    number,
    words,
)

NAMED = 3  # campaigns of one joint model that are named in its row


def totals_sheet(rows: tuple[Row, ...]) -> Section:
    """What all campaigns of a kind changed, each change counted once."""
    head = (
        Column("Counted in", "group"),
        Column("Campaigns", figures=True),
        Column("Changes counted", figures=True),
        Column("Full cost (£)", figures=True),
        Column("Improvement in all, best estimate", "best", figures=True),
        Column("Low end, errors independent", figures=True),
        Column("High end, errors independent", figures=True),
        Column("Low end, all err one way", figures=True),
        Column("High end, all err one way", figures=True),
    )
    groups = groups_of(rows)
    blocks: list[Block] = [Table("totals", head, tuple(_total(i, *g) for i, g in enumerate(groups, start=1)))]
    if not groups:
        blocks = [Words("No campaign has a total that can be added up.")]
    blocks += [*_together(rows), *_counted_with(rows)]
    return Section(
        name="Totals",
        title="What the campaigns changed in all",
        about="Only figures that count the same thing are added, and each change once. Full cost is that of "
        "all campaigns of the group. The truth about errors lies between the two ranges.",
        blocks=tuple(blocks),
        widths=(40, 26, 34, 16, 18, 16, 16, 16, 16),
        landscape=True,
    )


def _total(i: int, group: str, like: tuple[Row, ...], parts: tuple[Part, ...]) -> tuple[Cell, ...]:
    total, key = total_of(counted(parts)), f"{{totals.group.{i}}}"
    form = "#,##0.0" if abs(total.high) < 100 else "#,##0"
    entering = sum(p.counted for p in parts)

    def summed(column: str) -> str:
        return f"SUMIFS({{work.{column}}},{{work.group}},{key})"

    bounded = math.isfinite(total.low) and math.isfinite(total.high)
    best = f"{{totals.best.{i}}}"
    ends: tuple[Cell, ...] = tuple(
        instead("no limit") if math.isinf(x) else number(x, form)
        for x in (total.low, total.high, total.all_low, total.all_high)
    )
    if bounded:
        ends = (
            live(f"={best}-{summed('below')}^(1/2)", total.low, form),
            live(f"={best}+{summed('above')}^(1/2)", total.high, form),
            live(f"={summed('low')}", total.all_low, form),
            live(f"={summed('high')}", total.all_high, form),
        )
    return (
        words(group, Look.LABEL),
        live(f"=COUNTIFS({{all.group}},{key})", len(like), WHOLE),
        live(f"={summed('counted')}", entering, WHOLE) if bounded else number(entering, WHOLE),
        live(f"=SUMIFS({{all.cost}},{{all.group}},{key})", sum(r.cost for r in like), POUNDS),
        live(f"={summed('best')}", total.point, form) if bounded else number(total.point, form),
        *ends,
    )


def _together(rows: tuple[Row, ...]) -> Iterator[Block]:
    """Sums of joint models, as their evaluations have them."""
    joint = [p for p in parts_of(rows) if p.joint]
    if not joint:
        return
    yield Heading("Estimated together")
    head = (
        Column("Campaigns", "name"),
        Column("Counted in", "group"),
        Column("Outcome"),
        Column("Improvement together, best estimate", "best", figures=True),
        Column("Low end", "low", figures=True),
        Column("High end", "high", figures=True),
    )
    table = tuple(
        (
            words(_named(p), Look.LABEL),
            words(p.group),
            words(p.rows[0].item.outcome.name),
            *(_end(x, digits(p.gain)) for x in (p.gain.point, p.gain.low, p.gain.high)),
        )
        for p in joint
    )
    yield Table("joint", head, table)
    yield Words(
        "These campaigns share an outcome and were estimated in one model, so each has a part of its own "
        "and nothing counts twice. Their sum is that model's own: its range knows that what one campaign is "
        "given another is not."
    )


def _named(part: Part) -> str:
    names = [r.title for r in part.rows]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{'; '.join(names[:NAMED])}{more}, together"


def _end(value: float, form: str) -> Cell:
    return instead("no limit") if math.isinf(value) else number(value, form, look=Look.INPUT)


def _counted_with(rows: tuple[Row, ...]) -> Iterator[Block]:
    """Campaigns whose change another one's total already holds."""
    by_number = {r.n: r for r in rows}
    held = [(r, by_number[r.counted_with]) for r in rows if r.counted_with is not None]
    if not held:
        return
    yield Heading("Counted with another campaign")
    yield Table(
        "shared",
        (Column("Campaign"), Column("Counted with"), Column("Outcome")),
        tuple((words(r.title), words(other.title), words(r.item.outcome.name)) for r, other in held),
    )
    yield Words(
        "These ran at the same time, for the same people, towards the same outcome. Each estimate may hold "
        "the whole of one change, so only the one with the best evidence is counted; the costs of all "
        "of them are."
    )


def workings_sheet(rows: tuple[Row, ...]) -> Section:
    """What totals are made from: squared distances to the ends of each range, counted once."""
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
        about="Formulas that refer to the sheets Campaigns and Totals. Put 0 under Counted to leave a change "
        "out. A campaign that is counted together with others has 0 in its own row.",
        blocks=(
            Table("work", head, tuple(_workings(rows))),
            *worth_workings(rows),
            *bar_workings(valued(rows)),
        ),
        widths=(40, 26, 14, 16, 16, 16, 18, 18, 18, 18, 16, 16),
        landscape=True,
    )


def _workings(rows: tuple[Row, ...]) -> Iterator[tuple[Cell, ...]]:
    parts = parts_of(rows)
    joint = [p for p in parts if p.joint]
    bounded = [p for p in parts if math.isfinite(p.gain.width)]
    for w, part in enumerate(bounded, start=1):
        home = f"joint.{{}}.{joint.index(part) + 1}" if part.joint else f"all.{{}}.{part.rows[0].n}"
        gain, entering = part.gain, int(part.counted)
        at = {k: f"{{work.{k}.{w}}}" for k in ("counted", "best", "low", "high")}
        source = {k: f"={{{home.format(k)}}}*{at['counted']}" for k in ("best", "low", "high")}
        form = digits(gain)
        name = _named(part) if part.joint else part.rows[0].title
        yield (
            live(f"={{{home.format('name')}}}", name, look=Look.TEXT),
            live(f"={{{home.format('group')}}}", part.group, look=Look.TEXT),
            entered(entering, "0", COUNTED),
            live(source["best"], gain.point * entering, form),
            live(source["low"], gain.low * entering, form),
            live(source["high"], gain.high * entering, form),
            live(f"=({at['best']}-{at['low']})^2", ((gain.point - gain.low) * entering) ** 2, "#,##0.00"),
            live(f"=({at['high']}-{at['best']})^2", ((gain.high - gain.point) * entering) ** 2, "#,##0.00"),
        )
