"""What the campaigns were worth in money: each with its range, and all of them added up.

1. A best estimate is shown only where the evidence allows one; a sum that holds a range without a best
   estimate has none either.
2. A benefit that two campaigns share is counted once, and the costs of both are taken off.
3. Pounds of different base years are not added together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from evalkit.amounts import money
from evalkit.campaign.bounds import Bounds
from evalkit.estimate import Interval
from evalkit.money import years as calendar
from evalkit.money.value import Basis
from evalkit.pack.review_bars import net_value_chart
from evalkit.pack.review_money import Shown, shown
from evalkit.pack.review_rows import Row
from evalkit.pack.review_totals import total_of
from evalkit.pack.sections import (
    POUNDS,
    WHOLE,
    Block,
    Cell,
    Column,
    Look,
    Section,
    Table,
    Takes,
    Value,
    Words,
    entered,
    live,
    number,
    words,
)

COUNTED = Takes("Counted", "1 counts it, 0 leaves it out.", Bounds(0, 1, whole=True))
RANGE_ONLY = "range only"


def valued(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows with a bounded net value that may be shown, the largest low end first."""
    held = [r for r in rows if r.net is not None and math.isfinite(r.net.width) and r.finding.value.basis]
    return tuple(sorted(held, key=lambda r: (-_net(r).low, r.n)))


def value_sheet(rows: tuple[Row, ...]) -> Section:
    """Net value of every campaign that has one, and of all of them."""
    held = valued(rows)
    blocks: list[Block] = []
    if held:
        blocks += [*net_value_chart(held), _by_base_year(held), _each(held)]
    else:
        blocks.append(
            Words("No campaign has a value in money. It needs a value of a unit of its outcome: sheet Money.")
        )
    rest = [r for r in rows if r not in held]
    if held and rest:
        blocks.append(
            Words(
                f"{len(rest)} of {len(rows)} campaigns, full cost {money(sum(r.cost for r in rest))}, have "
                "no net value and are in no figure of this sheet; what they brought may be more or less than "
                "they cost."
            )
        )
    return Section(
        name="Value",
        title="What the campaigns were worth",
        about="Net present social value: benefits less cost, as each evaluation has it. Where two campaigns "
        "show one change its benefit is counted once and the cost of both is taken off. The truth about "
        "errors lies between the two ranges of a sum.",
        blocks=tuple(blocks),
        widths=(34, 14, 14, 16, 17, 17, 17, 17, 17, 17, 17),
        landscape=True,
    )


def _shown(row: Row) -> Shown:
    return shown(row.finding.value, row.finding.value.npsv)


def _each(held: Sequence[Row]) -> Table:
    head = (
        Column("Campaign", "name"),
        Column("Evidence", "level"),
        Column("Prices of"),
        Column("Net value (£), low end", "low", figures=True),
        Column("Net value (£), best estimate", "best", figures=True),
        Column("Net value (£), high end", "high", figures=True),
    )
    rows = []
    for row in held:
        net, figure = _net(row), _shown(row)
        best: Value = net.point if figure.point else figure.instead
        rows.append(
            (
                live(f"={{all.name.{row.n}}}", row.title, look=Look.TEXT),
                live(f"={{all.level.{row.n}}}", f"Level {row.level}", look=Look.TEXT),
                words(_year(row)),
                live(f"={{all.net_low.{row.n}}}", net.low, POUNDS),
                live(f"={{all.net.{row.n}}}", best, POUNDS),
                live(f"={{all.net_high.{row.n}}}", net.high, POUNDS),
            )
        )
    return Table("value", head, tuple(rows))


def _by_base_year(held: Sequence[Row]) -> Table:
    head = (
        Column("Prices and present value of", "year"),
        Column("Campaigns", figures=True),
        Column("Cost, present value (£)", "cost", figures=True),
        Column("Net value in all (£), best estimate", "best", figures=True),
        Column("Low end (£), errors independent", "low", figures=True),
        Column("High end (£), errors independent", "high", figures=True),
        Column("Low end (£), all err one way", figures=True),
        Column("High end (£), all err one way", figures=True),
        Column("Benefit–cost ratio, low end", figures=True),
        Column("Benefit–cost ratio, high end", figures=True),
        Column("Cashable saving (£), low ends where only ranges may be said", figures=True),
    )
    years = sorted({_year(r) for r in held})
    return Table("money", head, tuple(_sum(i, y, held) for i, y in enumerate(years, start=1)))


def low_ends(rows: Sequence[Row]) -> Iterator[tuple[str, float]]:
    """Base years and the low ends of their sums, for the self-check."""
    held = valued(rows)
    for year in sorted({_year(r) for r in held}):
        yield year, total_of([_entering(r) for r in held if _year(r) == year]).low


def _sum(i: int, year: str, held: Sequence[Row]) -> tuple[Cell, ...]:
    like = [r for r in held if _year(r) == year]
    total, cost = total_of([_entering(r) for r in like]), sum(_basis(r).cost for r in like)
    key, own = f"{{money.year.{i}}}", {k: f"{{money.{k}.{i}}}" for k in ("cost", "low", "high")}
    said = all(_shown(r).point for r in like)

    def summed(column: str) -> str:
        return f"SUMIFS({{worth.{column}}},{{worth.year}},{key})"

    unsaid = f"COUNTIFS({{worth.year}},{key},{{worth.said}},0)"
    ratios = [(x + cost) / cost if cost > 0 else "not applicable" for x in (total.low, total.high)]
    return (
        words(year, Look.LABEL),
        live(f"=COUNTIFS({{worth.year}},{key})", len(like), WHOLE),
        live(f"={summed('cost')}", cost, POUNDS),
        live(f'=IF({unsaid}=0,{summed("mid")},"{RANGE_ONLY}")', total.point if said else RANGE_ONLY, POUNDS),
        live(f"={summed('mid')}-{summed('below')}^(1/2)", total.low, POUNDS),
        live(f"={summed('mid')}+{summed('above')}^(1/2)", total.high, POUNDS),
        live(f"={summed('low')}", total.all_low, POUNDS),
        live(f"={summed('high')}", total.all_high, POUNDS),
        *(
            live(f'=IF({own["cost"]}>0,({own[e]}+{own["cost"]})/{own["cost"]},"not applicable")', x, "0.0")
            for e, x in zip(("low", "high"), ratios, strict=True)
        ),
        live(f"={summed('cash')}", sum(_cash(r) for r in like), POUNDS),
    )


def worth_workings(rows: Sequence[Row]) -> Iterator[Table]:
    """What the sums in money are made from, for the sheet of workings."""
    held = valued(rows)
    if not held:
        return
    head = (
        Column("Campaign"),
        Column("Prices of", "year"),
        Column("Benefit counted? 1 yes, 0 no", "counted", figures=True),
        Column("Best estimate may be said? 1 yes, 0 no", "said", figures=True),
        Column("Cost, present value (£)", "cost", figures=True),
        Column("Net value (£), best estimate or middle of the range", "mid", figures=True),
        Column("Net value (£), low end", "low", figures=True),
        Column("Net value (£), high end", "high", figures=True),
        Column("Distance to low end, squared", "below", figures=True),
        Column("Distance to high end, squared", "above", figures=True),
        Column("Cashable saving (£)", "cash", figures=True),
    )
    yield Table("worth", head, tuple(_working(i, r) for i, r in enumerate(held, start=1)))


def _working(i: int, row: Row) -> tuple[Cell, ...]:
    net, said, counted = _entering(row), _shown(row).point, int(row.counted_with is None)
    at = {k: f"{{worth.{k}.{i}}}" for k in ("counted", "said", "cost", "mid", "low", "high")}
    from_row = {k: f"{{all.{k}.{row.n}}}" for k in ("net", "net_low", "net_high", "cash")}
    less = f"-(1-{at['counted']})*{at['cost']}"
    middle = f"SUM({from_row['net']})+(1-{at['said']})*({from_row['net_low']}+{from_row['net_high']})/2"
    return (
        live(f"={{all.name.{row.n}}}", row.title, look=Look.TEXT),
        words(_year(row)),
        entered(counted, "0", COUNTED),
        live(f"=COUNT({from_row['net']})", int(said), "0"),
        number(_basis(row).cost, POUNDS, look=Look.INPUT),
        live(f"={at['counted']}*({middle}){less}", net.point, POUNDS),
        live(f"={at['counted']}*{from_row['net_low']}{less}", net.low, POUNDS),
        live(f"={at['counted']}*{from_row['net_high']}{less}", net.high, POUNDS),
        live(f"=({at['mid']}-{at['low']})^2", (net.point - net.low) ** 2, "#,##0"),
        live(f"=({at['high']}-{at['mid']})^2", (net.high - net.point) ** 2, "#,##0"),
        live(f"={at['counted']}*SUM({from_row['cash']})", _cash(row), POUNDS),
    )


def _entering(row: Row) -> Interval:
    """What a row brings to the sum: its net value, or its cost alone where another row holds its change."""
    net = _net(row)
    if row.counted_with is not None:
        cost = _basis(row).cost
        return Interval(-cost, -cost, -cost, net.level)
    if _shown(row).point:
        return net
    return Interval((net.low + net.high) / 2, net.low, net.high, net.level)


def _cash(row: Row) -> float:
    """The saving as its row shows it."""
    figure = shown(row.finding.value, row.finding.value.cashable)
    held = figure.interval
    if held is None or row.counted_with is not None:
        return 0.0
    value = held.point if figure.point else held.low
    return value if math.isfinite(value) else 0.0


def _net(row: Row) -> Interval:
    if row.net is None:
        raise ValueError("only rows with a net value are added up in money")
    return row.net


def _basis(row: Row) -> Basis:
    basis = row.finding.value.basis
    if basis is None:
        raise ValueError("only rows with an appraisal are added up in money")
    return basis


def _year(row: Row) -> str:
    return calendar.label(_basis(row).base_year)
