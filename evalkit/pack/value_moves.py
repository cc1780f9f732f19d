"""What moves the net present value: each assumption at its ends, values at which nothing is gained, charts.

1. Worked out on Value working in a fixed order; the order in which they are shown is worked out as well, so
   that the widest stays first when a figure is changed.
2. A chart shows cells: each bar is made of parts from nil, either way.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from evalkit.money import results
from evalkit.money.value import Swing
from evalkit.pack.assumptions import YEAR, basis_of
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    Block,
    Cell,
    Look,
    Role,
    Series,
    Table,
    Words,
    live,
    number,
    words,
)
from evalkit.pack.value_range import improvement_in_all, kinds, present_value, table
from evalkit.vocabulary import MoneyClaim

NONE = "none"
MOST_LABEL = 22
WHOLE_RANGE = "low to high end"
ALONE, BESIDE = "cautious to favourable end", ", with the whole range of the effect"
UNMOVED = "no range given, or not in social value"
CASES_OF = {True: ((0, 1), (2, 1)), False: ((1, 0), (1, 2))}  # value and lasting at the ends of a swing
ENDS = ("low", "high")
EFFECTS = {"point": "", "low": ".low", "high": ".high"}


def moves(item: Item) -> Iterator[Block]:
    """The tables of Value working behind Sensitivity and the charts."""
    n = item.n
    yield Words(f"Finding {n}: net present value with each assumption at its ends (£)")
    yield _corners(item)
    yield Words(f"Finding {n}: values at which nothing is gained, each alone, possible or not")
    yield _nil(item)
    yield Words(f"Finding {n}: figures of the chart of net value by assumption (£), widest first")
    yield _tornado(item)
    yield Words(f"Finding {n}: figures of the chart of benefit and cost (£)")
    yield _paying(item)


def said(item: Item) -> bool:
    """Whether a best estimate may be said."""
    return item.finding.value.claim is MoneyClaim.POINT


def effects(item: Item) -> tuple[str, ...]:
    """With which improvements an assumption is tried: the best estimate, or both ends where there is none."""
    return ("point",) if said(item) else ENDS


def in_order(item: Item) -> tuple[Swing, ...]:
    """The swings in the order of the assumptions: the effect, then value and lasting of each value."""
    return tuple(sorted(item.finding.value.swings, key=lambda s: (s.line, not s.value)))


def swing_name(item: Item, swing: Swing) -> str:
    """An assumption by the name of its value, shortened to fit a chart."""
    if not swing.line:
        return swing.name
    label = textwrap.shorten(basis_of(item).lines[swing.line - 1].label, MOST_LABEL, placeholder=" …")
    return f"Value {swing.line}, {label}: {'value of a unit' if swing.value else 'how long it lasts'}"


def how_moved(item: Item, swing: Swing) -> str:
    """From where to where an assumption goes, if anywhere."""
    if not swing.line:
        return WHOLE_RANGE
    return f"{ALONE}{'' if said(item) else BESIDE}" if moving(item, swing) else UNMOVED


def moving(item: Item, swing: Swing) -> bool:
    """Whether an assumption has ends that are apart, and counts."""
    if not swing.line:
        return True
    line, (first, last) = basis_of(item).lines[swing.line - 1], CASES_OF[swing.value]
    return results.social(line) > 0 and line.worth(*first) != line.worth(*last)


def place(line: int, *, value: bool) -> int:
    """Number of an assumption's swing in that order, from 1."""
    return 1 if line == 0 else 2 * line + (not value)


def _corners(item: Item) -> Table:
    n, basis, total = item.n, basis_of(item), improvement_in_all(item)
    worth, keep = results.units(basis)[results.CENTRAL], 1 - basis.cut
    ordered = in_order(item)
    shown = {s: i for i, s in enumerate(item.finding.value.swings, start=1)}
    sizes = [round(s.high - s.low, 2) for s in ordered]
    rows = []
    for i, swing in enumerate(ordered, start=1):
        of = f"{{vz.{n}."
        first, last = ENDS if swing.line == 0 else (effects(item)[0], effects(item)[-1])
        worths = [worth, worth]
        forms = [f"{{vu.{n}.social.{results.CENTRAL + 1}}}"] * 2
        if swing.line:
            line, key = basis.lines[swing.line - 1], "v" if swing.value else "k"
            cases = CASES_OF[swing.value]
            part = results.social(line) * keep
            worths = [worth + part * (line.worth(v, k) - line.worth(1, 1)) for v, k in cases]
            forms = [f"{forms[0]}+{{vs.{n}.{key}{e}.{swing.line}}}-{{vs.{n}.c.{swing.line}}}" for e in ENDS]
        gains = [getattr(total, first), getattr(total, last)]
        corners = [g * w - basis.cost for g in gains for w in worths]
        at = (f"{of}g{g}.{i}}}*{of}w{w}.{i}}}-{{$vt.{n}.cost}}" for g in ENDS for w in ENDS)
        rows.append(
            (
                words(swing_name(item, swing)),
                number(i, YEAR),
                *(
                    live(f"={{vi.{n}.gain{EFFECTS[e]}}}", x, "#,##0")
                    for e, x in zip((first, last), gains, strict=True)
                ),
                *(live(f"={f}", x, PENCE) for f, x in zip(forms, worths, strict=True)),
                *(live(f"={f}", x, POUNDS) for f, x in zip(at, corners, strict=True)),
                live(f"=MIN({of}c1.{i}}}:{of}c4.{i}}})", swing.low, POUNDS),
                live(f"=MAX({of}c1.{i}}}:{of}c4.{i}}})", swing.high, POUNDS),
                live(f"=ROUND({of}high.{i}}}-{of}low.{i}}},2)", sizes[i - 1], PENCE),
                live(
                    f"=1+SUMPRODUCT(({of}size}}>{of}size.{i}}})*1)"
                    f"+SUMPRODUCT(({of}size}}={of}size.{i}}})*({of}no}}<{of}no.{i}}}))",
                    shown[swing],
                    YEAR,
                ),
                live(f"=MATCH({of}no.{i}}},{of}rank}},0)", _at_rank(shown, ordered, i), YEAR),
                _how(item, swing, i),
            )
        )
    heads = [("Assumption", "name"), ("Number", "no"), ("Improvement, first", "glow"),
             ("Improvement, last", "ghigh"), ("Worth of a unit, low", "wlow"),
             ("Worth of a unit, high", "whigh"), ("First, low", "c1"), ("First, high", "c2"),
             ("Last, low", "c3"), ("Last, high", "c4"), ("Lowest", "low"), ("Highest", "high"),
             ("Swing", "size"), ("Rank, widest 1", "rank"), ("Which has that rank", "row"),
             ("From where to where", "how")]  # fmt: skip
    return table(f"vz.{n}", heads, rows, "£; improvement as counted")


def _how(item: Item, swing: Swing, i: int) -> Cell:
    if not swing.line:
        return words(WHOLE_RANGE)
    ends = f"{{vz.{item.n}.wlow.{i}}}={{vz.{item.n}.whigh.{i}}}"
    moved = f"{ALONE}{'' if said(item) else BESIDE}"
    return live(f'=IF({ends},"{UNMOVED}","{moved}")', how_moved(item, swing), look=Look.TEXT)


def _at_rank(shown: dict[Swing, int], ordered: Sequence[Swing], rank: int) -> int:
    return next(i for i, s in enumerate(ordered, start=1) if shown[s] == rank)


def _nil(item: Item) -> Table:
    """Improvement, full cost, value of each unit and cut at which the net present value is nil."""
    n, basis, total = item.n, basis_of(item), improvement_in_all(item)
    worth, cost = f"{{vu.{n}.social.{results.CENTRAL + 1}}}", f"{{vt.{n}.cost}}"
    found = {e: results.nil_at(basis, getattr(total, e)) for e in effects(item)}
    rows = []
    for i, switch in enumerate(item.finding.value.switches):
        cells = []
        for e in effects(item):
            gain = f"{{vi.{n}.gain{EFFECTS[e]}}}"
            if switch.line:
                j = switch.line
                at = f"{{v.{n}.{j}.unit.central}}*(1-({gain}*{worth}-{cost})/({gain}*{{vs.{n}.c.{j}}}))"
            elif switch.name.startswith("Improvement"):
                at = f"{cost}/MAX({worth},0)"
            elif switch.name.startswith("Full"):
                at = f"{gain}*{worth}"
            else:
                at = f"1-{cost}*{{vt.{n}.keep}}/MAX({gain}*{worth},0)"
            value = found[e][i]
            cells.append(live(f'=IFERROR({at},"{NONE}")', NONE if value is None else value, "#,##0.00"))
        rows.append((words(switch.name), *cells))
    heads = [("Nothing is gained at", ""), *((_effect_title(e), e) for e in effects(item))]
    return table(f"vq.{n}", heads, rows, "as on Sensitivity")


def _effect_title(end: str) -> str:
    return {"point": "Best estimate of the effect", "low": "Effect at its low end",
            "high": "Effect at its high end"}[end]  # fmt: skip


def _tornado(item: Item) -> Table:
    n, middle = item.n, _central(item)
    rows = []
    for i, swing in enumerate(item.finding.value.swings, start=1):
        pick = "=INDEX({vz.%d.%s},{vz.%d.row.%d})"
        cells = [live(pick % (n, "name", n, i), swing_name(item, swing), look=Look.TEXT)]
        cells += [live(pick % (n, e, n, i), getattr(swing, e), POUNDS) for e in ENDS]
        mid = live(
            f"={{vi.{n}.gain}}*{{vu.{n}.social.{results.CENTRAL + 1}}}-{{vt.{n}.cost}}", middle, POUNDS
        )
        rows.append(_bar(f"vd.{n}", i, cells, mid if said(item) else None))
    return _bars_table(f"vd.{n}", rows, with_middle=said(item))


def _central(item: Item) -> float:
    return results.net(basis_of(item), improvement_in_all(item).point)


def cash_title(item: Item) -> str:
    """What is cashable is a part of the benefit, unless transfers are among it."""
    return (
        "Cashable, with transfers" if any(x.transfer for x in basis_of(item).lines) else "Of which cashable"
    )


def _paying(item: Item) -> Table:
    """Benefit, what of it is cash, cost and net value: each with its low end, best estimate and high end."""
    n, cost = item.n, basis_of(item).cost
    held = {k.key: present_value(item, k) for k in kinds(basis_of(item))}
    rows = []
    for i, (title, key, less) in enumerate(
        (("Benefit", "social", ""), (cash_title(item), "cash", ""), ("Cost", "", ""),
         ("Benefit less cost", "social", f"-{{vt.{n}.cost}}")), start=1
    ):  # fmt: skip
        found = held.get(key)
        low, high, point = (
            live(
                f"={{vb.{n}.{key}.{e}}}{less}" if key else f"={{vt.{n}.cost}}",
                (getattr(found, e) if found else 0.0) - (cost if less else 0.0) if key else cost,
                POUNDS,
            )
            for e in ("low", "high", "point")
        )
        named = [words(title), low, high]
        whole = live(f"=({{ve.{n}.low.{i}}}={{ve.{n}.high.{i}}})*{{ve.{n}.high.{i}}}",
                     low.value if low.value == high.value else 0, POUNDS)  # fmt: skip
        rows.append((*_bar(f"ve.{n}", i, named, point if said(item) else None), whole))
    return _bars_table(f"ve.{n}", rows, with_middle=said(item), with_amount=True)


def _bar(key: str, i: int, cells: Sequence[Cell], middle: Cell | None) -> tuple[Cell, ...]:
    """A bar from its low to its high end, as parts from nil."""
    low, mid, high = (f"{{{key}.{k}.{i}}}" for k in ("low", "mid", "high"))
    a, b = (float(c.value) for c in cells[1:3])  # type: ignore[arg-type]
    m = float(middle.value) if middle else b  # type: ignore[arg-type]
    free = f"=({low}<{high})*(MAX({low},0)+MIN({high},0))"
    steps = [(low, mid, a, m), (mid, high, m, b)] if middle else [(low, high, a, b)]
    return (
        words(f"Bar {i}"),
        *cells,
        *([middle] if middle else []),
        live(free, (a < b) * (max(a, 0.0) + min(b, 0.0)), POUNDS),
        *(
            live(f"=MAX({last},0)-MAX({first},0)", max(y, 0.0) - max(x, 0.0), POUNDS)
            for first, last, x, y in steps
        ),
        *(
            live(f"=MIN({first},0)-MIN({last},0)", min(x, 0.0) - min(y, 0.0), POUNDS)
            for first, last, x, y in reversed(steps)
        ),
    )


STEPS = {
    "lowup": ("Low part, above nil", Role.LOWER),
    "highup": ("High part, above nil", Role.UPPER),
    "highdown": ("High part, below nil", Role.UPPER),
    "lowdown": ("Low part, below nil", Role.LOWER),
}
WHOLE = {"up": ("Range, above nil", Role.SPAN), "down": ("Range, below nil", Role.SPAN)}


def _bars_table(
    key: str, rows: Sequence[tuple[Cell, ...]], *, with_middle: bool, with_amount: bool = False
) -> Table:
    heads = [("Bar", ""), ("Of", "name"), ("Low end", "low"), ("High end", "high")]
    heads += [("Best estimate", "mid")] if with_middle else []
    heads.append(("Left free", "free"))
    heads += [(title, k) for k, (title, _) in (STEPS if with_middle else WHOLE).items()]
    heads += [("Amount without a range", "one")] if with_amount else []
    return table(key, heads, rows, "£")


def parts(item: Item, key: str, *, with_amount: bool = False) -> tuple[Series, ...]:
    """The parts of the bars of a chart, in the order in which they are stacked."""
    name = f"{key}.{item.n}"
    held = STEPS if said(item) else WHOLE
    amount = (Series("Amount without a range", f"{name}.one", Role.AMOUNT),) if with_amount else ()
    return (
        Series("Left free", f"{name}.free", Role.BAND_BASE),
        *(Series(title, f"{name}.{k}", role) for k, (title, role) in held.items()),
        *amount,
    )
