"""The chart of net values: each campaign's range as a bar, its best estimate only where one may be said.

1. A bar is made of parts from nil, either way; the parts are formulas on Workings.
2. Order is by low end, so that the least certain campaign does not lead for its best estimate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.amounts import money
from evalkit.pack.axis import axis_for
from evalkit.pack.review_money import shown
from evalkit.pack.review_rows import Row
from evalkit.pack.sections import (
    POUNDS,
    Bars,
    Block,
    Cell,
    Column,
    Look,
    Role,
    Series,
    Table,
    Words,
    live,
)
from evalkit.pack.value_moves import STEPS, WHOLE

MOST_BARS = 25


def net_value_chart(held: Sequence[Row]) -> Iterator[Bars]:
    """Bars from low to high end; none where nothing is valued, or too much for a page."""
    if not 0 < len(held) <= MOST_BARS:
        return
    ends = [x for r in held if r.net for x in (r.net.low, r.net.high)]
    scale = axis_for(ends, zero=True)
    said = "; ".join(_in_words(r) for r in held)
    yield Bars(
        "Net value with its range",
        f"Bar chart of the range of net present value of {len(held)} campaigns, by low end: {said}.",
        "Campaign",
        "Net value (£). Bars: low to high end. Two colours meet at the best estimate; one colour where "
        "only a range may be said.",
        "bar.name",
        number_format="£#,##0",
        rows=8 + 2 * len(held),
        scale=(scale.low, scale.high, scale.step),
        parts=(
            Series("Left free", "bar.free", Role.BAND_BASE),
            *(Series(title, f"bar.{key}", role) for key, (title, role) in (STEPS | WHOLE).items()),
        ),
    )


def _in_words(row: Row) -> str:
    net, figure = row.net, shown(row.finding.value, row.finding.value.npsv)
    if net is None:
        return ""
    best = f"{money(round(net.point))}, " if figure.point else ""
    return f"{row.title} {best}range {money(round(net.low))} to {money(round(net.high))}"


def bar_workings(held: Sequence[Row]) -> tuple[Block, ...]:
    """The parts of the bars, for the sheet Workings."""
    if not held:
        return ()
    heads = [("Campaign and evidence", "name"), ("Low end (£)", "low"), ("High end (£)", "high"),
             ("Best estimate said? 1 yes, 0 no", "said"), ("Best estimate, else low end (£)", "mid"),
             ("Left free (£)", "free"), *((f"{title} (£)", key) for key, (title, _) in STEPS.items()),
             *((f"{title} (£)", key) for key, (title, _) in WHOLE.items())]  # fmt: skip
    columns = tuple(Column(title, key, figures=key != "name") for title, key in heads)
    rows = tuple(_parts(i, row) for i, row in enumerate(held, start=1))
    return (Words("The bars of the chart of net values"), Table("bar", columns, rows))


def _parts(i: int, row: Row) -> tuple[Cell, ...]:
    """A bar from its low to its high end, in two parts where a best estimate may be said."""
    net = row.net
    if net is None:
        raise ValueError("only rows with a net value have a bar")
    said = int(shown(row.finding.value, row.finding.value.npsv).point)
    low, high = net.low, net.high
    mid = net.point if said else low
    at = {k: f"{{bar.{k}.{i}}}" for k in ("low", "mid", "high", "said")}
    held = {"low": "net_low", "high": "net_high", "best": "net"}
    of = {k: f"{{all.{column}.{row.n}}}" for k, column in held.items()}

    def part(first: str, last: str, x: float, y: float, *, up: bool, whole: bool = False) -> Cell:
        drawn = f"(1-{at['said']})" if whole else at["said"]
        moved = f"MAX({at[last]},0)-MAX({at[first]},0)" if up else f"MIN({at[first]},0)-MIN({at[last]},0)"
        length = max(y, 0.0) - max(x, 0.0) if up else min(x, 0.0) - min(y, 0.0)
        return live(f"={drawn}*({moved})", length * (1 - said if whole else said), POUNDS)

    return (
        live(
            f'={{value.name.{i}}}&", "&{{value.level.{i}}}', f"{row.title}, Level {row.level}", look=Look.TEXT
        ),
        live(f"={of['low']}", low, POUNDS),
        live(f"={of['high']}", high, POUNDS),
        live(f"=COUNT({of['best']})", said, "0"),
        live(f"=SUM({of['best']})+(1-{at['said']})*{at['low']}", mid, POUNDS),
        live(f"=MAX({at['low']},0)+MIN({at['high']},0)", max(low, 0.0) + min(high, 0.0), POUNDS),
        part("low", "mid", low, mid, up=True),
        part("mid", "high", mid, high, up=True),
        part("mid", "high", mid, high, up=False),
        part("low", "mid", low, mid, up=False),
        part("low", "high", low, high, up=True, whole=True),
        part("low", "high", low, high, up=False, whole=True),
    )
