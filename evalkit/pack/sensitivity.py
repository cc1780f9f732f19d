"""Sensitivity: scenarios, the effect of each assumption alone, and the values at which nothing is gained.

1. Every figure is a formula; what several of them rest on stands once, at the top of each finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.money import results
from evalkit.pack.assumptions import basis_of, valued
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    SHARE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    instead,
    live,
    words,
)
from evalkit.pack.value_charts import tornado
from evalkit.pack.value_moves import ENDS, NONE, effects, how_moved, said, swing_name
from evalkit.pack.value_range import improvement_in_all
from evalkit.vocabulary import MoneyClaim

NONE_SUCH = "not applicable"
SHARE_ONLY = "The evidence allows the break-even share only, so no net value is worked out for it here."
RANGE_ONLY = (
    "The evidence allows a range only, so every figure is given with the effect at the low and at the high "
    "end of its range; there is no best estimate in between."
)


def sensitivity(found: tuple[Item, ...]) -> Section:
    """Lay out scenarios, swings and switching values of every valued finding."""
    blocks: list[Block] = []
    for item in valued(found):
        blocks.append(Heading(f"Finding {item.n}. {item.title}"))
        if item.finding.value.claim is MoneyClaim.BREAK_EVEN:
            blocks.append(Words(SHARE_ONLY))
            continue
        if item.finding.value.claim is MoneyClaim.RANGE:
            blocks.append(Words(RANGE_ONLY))
        blocks += list(_tables(item))
    return Section(
        name="Sensitivity",
        title="Sensitivity",
        about="How the net present value moves when the assumptions do. All figures are formulas.",
        blocks=tuple(blocks),
        widths=(52, 56, 19, 19, 19),
        landscape=True,
    )


def _tables(item: Item) -> Iterator[Block]:
    n, point = item.n, said(item)
    chart = tornado(item)
    if chart:
        yield chart
    swings = (
        Column("Assumption at its ends, widest first"),
        Column("From where to where"),
        Column("Net present value, lowest (£)", "low", figures=True),
        Column("Net present value, highest (£)", "high", figures=True),
        Column("Swing (£)", figures=True),
    )
    yield Table(f"sw.{n}", swings, tuple(_swings(item)))
    used = (
        Column("What the scenarios rest on"),
        Column("Unit"),
        Column("Central", figures=True),
        Column("Low end", figures=True),
        Column("High end", figures=True),
    )
    yield Table(f"sx.{n}", used, tuple(_used(item)))
    ratio = Column("Benefit-cost ratio (£ per £1)", figures=True)
    ends = tuple(
        Column(f"Net present value with the effect at its {e} end (£)", e, figures=True) for e in ENDS
    )
    figures = (Column("Net present value (£)", "npsv", figures=True), ratio) if point else ends
    scenarios = (Column("Scenario"), Column("What is assumed"), *figures)
    yield Table(f"sc.{n}", scenarios, tuple(_scenarios(item)))
    at = ("",) if point else tuple(f", with the effect at its {e} end" for e in ENDS)
    switches = (
        Column("Switching value: net present value is nil at"),
        Column("Unit"),
        Column("Now", "now", figures=True),
        *(Column(f"Switches at, if possible{e}", figures=True) for e in at),
    )
    yield Table(f"st.{n}", switches, tuple(_switches(item)))


def _used(item: Item) -> Iterator[tuple[Cell, ...]]:
    """What every scenario rests on."""
    n, basis, total = item.n, basis_of(item), improvement_in_all(item)
    worth, key = results.units(basis), f"sx.{item.n}"
    gains = [
        live(f"={{vi.{n}.gain{e}}}", x, "#,##0", name=f"{key}.gain{e}")
        for e, x in (("", total.point), (".low", total.low), (".high", total.high))
    ]
    if not said(item):
        gains[0] = instead("range only")
    yield words("Improvement in all"), words(item.better), *gains
    named = (("", results.CENTRAL), (".low", 0), (".high", 8))
    yield (
        words("Worth of a unit of improvement"),
        words("£, central, and with value and lasting at one end together"),
        *(live(f"={{vu.{n}.social.{c + 1}}}", worth[c], PENCE, name=f"{key}.worth{e}") for e, c in named),
    )
    none = instead("no range")
    yield (
        words("Cost, present value"),
        words("£"),
        live(f"={{vt.{n}.cost}}", basis.cost, POUNDS, name=f"{key}.cost"),
        none,
        none,
    )
    yield (
        words("Left of benefits after the cut"),
        words("share"),
        live(f"={{vt.{n}.keep}}", 1 - basis.cut, SHARE, name=f"{key}.keep"),
        none,
        none,
    )


def _scenarios(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, of, point = item.n, f"{{sx.{item.n}", said(item)
    worth, cost = f"{of}.worth}}", f"{of}.cost}}"
    worths = (worth, f"{of}.worth.low}}", f"{of}.worth.high}}", f"SUM({{vs.{n}.only}})",
              f"{worth}/{of}.keep}}")  # fmt: skip
    effects = ("", ".low", ".high", "", "")
    for i, s in enumerate(item.finding.value.scenarios, start=1):
        cells = []
        for end, npsv in (("point", s.npsv),) if point else (("low", s.low), ("high", s.high)):
            if i > len(worths):
                formula = f"{{vb.{n}.cash.{end}}}-{cost}"
            else:
                effect = effects[i - 1] if point else f".{end}"
                formula = f"{of}.gain{effect}}}*{worths[i - 1]}-{cost}"
            cells.append(live(f"={formula}", npsv, POUNDS))
        if point:
            here = f"{{sc.{n}.npsv.{i}}}"
            ratio = f'=IF({{$sx.{n}.cost}}>0,({here}+{{$sx.{n}.cost}})/{{$sx.{n}.cost}},"{NONE_SUCH}")'
            cells.append(live(ratio, NONE_SUCH if s.bcr is None else s.bcr, "0.00"))
        yield words(s.name), words(s.what), *cells


def _swings(item: Item) -> Iterator[tuple[Cell, ...]]:
    """The rows of the chart, as they stand on Value working in the order of their width."""
    n = item.n
    for i, s in enumerate(item.finding.value.swings, start=1):
        yield (
            live(f"={{vd.{n}.name.{i}}}", swing_name(item, s), look=Look.TEXT),
            live(f"=INDEX({{vz.{n}.how}},{{vz.{n}.row.{i}}})", how_moved(item, s), look=Look.TEXT),
            live(f"={{vd.{n}.low.{i}}}", s.low, POUNDS),
            live(f"={{vd.{n}.high.{i}}}", s.high, POUNDS),
            live(f"={{sw.{n}.high.{i}}}-{{sw.{n}.low.{i}}}", s.high - s.low, POUNDS),
        )


def _switches(item: Item) -> Iterator[tuple[Cell, ...]]:
    n = item.n
    for i, s in enumerate(item.finding.value.switches, start=1):
        unit = item.outcome.unit if s.unit == "units" else s.unit
        if s.line:
            now, form = f"{{v.{n}.{s.line}.unit.central}}", PENCE
        elif s.name.startswith("Improvement"):
            now, form = f"{{vi.{n}.gain}}", "#,##0"
        elif s.name.startswith("Full"):
            now, form = f"{{vt.{n}.cost}}", POUNDS
        else:
            now, form = f"1-{{vt.{n}.keep}}", SHARE
        ends = {"point": s.switch, "low": s.low, "high": s.high}
        yield (
            words(s.name),
            words(unit),
            instead("range only") if s.now is None else live(f"={now}", s.now, form),
            *(
                live(
                    f'=IF({{vq.{n}.{e}.{i}}}<0,"{NONE}",{{vq.{n}.{e}.{i}}})',
                    NONE if ends[e] is None else ends[e],
                    form,
                )
                for e in effects(item)
            ),
        )
