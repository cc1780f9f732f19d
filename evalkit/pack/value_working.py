"""Value working: how the appraisal is worked out, step by step, from Assumptions, Costs and Estimates.

1. Factors by year instead of a built-in function; the distribution of the effect from its nodes.
2. A range is found by halving a bracket forty times: plain to follow, and the same as the library's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalkit.money import additionality, deflators, discounting, results, spread
from evalkit.money import years as calendar
from evalkit.money.value import Basis, ValueLine
from evalkit.pack.assumptions import CASES, YEAR, basis_of, span, valued
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    ANY,
    PENCE,
    SHARE,
    Block,
    Cell,
    Column,
    Heading,
    Section,
    Table,
    Words,
    live,
    number,
    words,
)
from evalkit.vocabulary import Beneficiary, DiscountSeries

FACTOR = "0.0000"
LINE = "value"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of benefit that has a range of its own."""

    key: str
    title: str
    weigh: results.ALL
    flag: str


def kinds(basis: Basis) -> tuple[Kind, ...]:
    """Social value, each beneficiary where there are several kinds, and what is cashable."""
    found = [Kind("social", "Social value", results.social, "social")]
    for b in Beneficiary:
        if any(x.beneficiary is b for x in basis.lines):
            found.append(Kind(b.value[:3], f"{b.value} gains".capitalize(), _of(b), ""))
    found.append(Kind("cash", "Cashable", lambda x: x.cashable, "cashable"))
    return tuple(found)


def _of(beneficiary: Beneficiary) -> results.ALL:
    return lambda x: float(x.beneficiary is beneficiary)


def value_working(found: tuple[Item, ...]) -> Section:
    """Lay out the working of every valued finding."""
    blocks: list[Block] = []
    for item in valued(found):
        blocks += list(_one(item))
    return Section(
        name="Value working",
        title="Value working",
        about="Working of the appraisal. Every figure is a formula on Assumptions, Costs and Estimates, but "
        "for the years' numbers and the observed shares, which are held.",
        blocks=tuple(blocks),
        widths=(34, *(14,) * 13),
        landscape=True,
    )


def _one(item: Item) -> Iterator[Block]:
    n, basis = item.n, basis_of(item)
    yield Heading(f"Finding {n}. {item.title}")
    yield from _prices(n, basis)
    yield _years(item)
    yield from _costs(item)
    for j, line in enumerate(basis.lines, start=1):
        yield Words(f"Finding {n}, value {j}: effect by year, as a share of the observed effect")
        yield _lasting(item, j, line)
    yield from _worth(item)
    yield Words(f"Finding {n}: distribution of the improvement, from the nodes on Estimates")
    yield _gain(item)
    for kind in kinds(basis):
        for end in ("low", "high"):
            yield Words(f"Finding {n}: {kind.title.lower()}, present value, {end} end, by halving")
            yield _halving(item, kind, end)
    yield _positive(item)


def _table(key: str, heads: list[tuple[str, str]], rows: Sequence[tuple[Cell, ...]]) -> Table:
    columns = tuple(Column(t, k, figures=i > 0) for i, (t, k) in enumerate(heads))
    return Table(key, columns, tuple(rows))


def _prices(n: int, basis: Basis) -> Iterator[Block]:
    base, value = f"{{vp.{n}.base}}", deflators.index(basis.base_year)
    years = sorted(
        {
            basis.base_year,
            *(c.year for c in basis.costs),
            *(calendar.start(x.price_year) for x in basis.lines),
        }
    )
    yield Table(
        f"vpb.{n}",
        (Column("Price index"), Column("Index", figures=True)),
        (
            (
                words("Of the base year"),
                live(f"=INDEX({{defl.index}},MATCH({{a.{n}.base}},{{defl.year}},0))", value, "0.000",
                     name=f"vp.{n}.base"),
            ),
        ),
    )  # fmt: skip
    rows = [
        (
            words(f"To prices of the base year, from {calendar.label(y)}"),
            number(y, YEAR),
            live(f"={base}/INDEX({{defl.index}},MATCH({{vp.{n}.year.{i}}},{{defl.year}},0))",
                 value / deflators.index(y), FACTOR),
        )
        for i, y in enumerate(years, start=1)
    ]  # fmt: skip
    yield _table(f"vp.{n}", [("Prices", ""), ("Year begins in", "year"), ("Factor", "to")], rows)


def _years(item: Item) -> Table:
    n, basis, last = item.n, basis_of(item), span(item)
    observed = dict(basis.observed)
    seen = max(observed)
    bands = {s: discounting.schedule(s) for s in DiscountSeries}
    factors = {s: discounting.factors(bands[s], last) for s in DiscountSeries}
    rows = []
    for t in range(last + 1):
        i = t + 1
        cells = [
            words(calendar.label(basis.base_year + t)),
            number(t, YEAR),
            number(observed.get(t, 0.0), SHARE),
            live(f"=MAX({{vy.{n}.t.{i}}}-{{a.{n}.seen}},0)", max(t - seen, 0), YEAR),
        ]
        for s in DiscountSeries:
            k = s.value
            rate = f"=INDEX({{rate.{k}.rate}},MATCH({{vy.{n}.t.{i}}},{{rate.{k}.first}},1))"
            cells.append(live(rate, discounting.rate(bands[s], t), "0.00%"))
            grown = f"={{vy.{n}.f{k}.{i - 1}}}/(1+{{vy.{n}.r{k}.{i}}})"
            cells.append(live(grown, factors[s][t], FACTOR) if t else number(1, FACTOR))
        rows.append(tuple(cells))
    heads = [("Financial year", ""), ("Years from base", "t"), ("Observed share (held)", "seen"),
             ("Years after the last observed", "k")]  # fmt: skip
    for s in DiscountSeries:
        heads += [(f"Rate, {s.value}", f"r{s.value}"), (f"Factor, {s.value}", f"f{s.value}")]
    return _table(f"vy.{n}", heads, rows)


def _to_base(n: int, year: str) -> str:
    return f"INDEX({{vp.{n}.to}},MATCH({year},{{vp.{n}.year}},0))"


def _costs(item: Item) -> Iterator[Block]:
    n, basis = item.n, basis_of(item)
    rows = []
    for i, c in enumerate(basis.costs, start=1):
        at = f"{{ac.{n}.year.{i}}}"
        factor = f"=INDEX({{vy.{n}.fstandard}},MATCH({at}-{{a.{n}.base}},{{vy.{n}.t}},0))"
        rows.append(
            (
                words(f"Cost line {c.number}"),
                live(f"={{costs.{item.cost}.cost.{c.number}}}", c.amount, PENCE),
                live(f"=1+{{ac.{n}.uplift.{i}}}", 1 + c.uplift, FACTOR),
                live(f"={_to_base(n, at)}", c.deflator, FACTOR),
                live(factor, c.factor, FACTOR),
                live(
                    f"={{vc.{n}.amount.{i}}}*{{vc.{n}.up.{i}}}*{{vc.{n}.to.{i}}}*{{vc.{n}.f.{i}}}",
                    c.present,
                    PENCE,
                ),
            )
        )
    if rows:
        heads = [("Cost", ""), ("Amount (£)", "amount"), ("With optimism bias", "up"),
                 ("To base prices", "to"),
                 ("Discount factor", "f"), ("Present value (£)", "present")]  # fmt: skip
        yield _table(f"vc.{n}", heads, rows)
    total = f"=SUM({{vc.{n}.present}})"
    cell = (
        live(total, basis.cost, PENCE, name=f"vt.{n}.cost") if rows else number(0, PENCE, name=f"vt.{n}.cost")
    )
    keep = live(f"=1-INDEX({{cuts.cut}},MATCH({{a.{n}.grade}},{{cuts.grade}},0))", 1 - basis.cut, SHARE,
                name=f"vt.{n}.keep")  # fmt: skip
    smallest = number(spread.SMALLEST, "0.0E+00", name=f"vt.{n}.tiny")
    yield Table(
        f"vt.{n}",
        (Column("Figure"), Column("Value", figures=True)),
        (
            (words("Cost, present value (£)"), cell),
            (words("Left of benefits after the cut"), keep),
            (words("Smallest worth divided by (held, £)"), smallest),
        ),
    )


def _lasting(item: Item, j: int, line: ValueLine) -> Table:
    n, basis, last = item.n, basis_of(item), span(item)
    observed = dict(basis.observed)
    profiles = [
        additionality.profile(observed, basis.annual, line.drop_off[c], line.duration[c]) for c in range(3)
    ]
    rows = []
    for t in range(last + 1):
        i = t + 1
        k, seen = f"{{vy.{n}.k.{i}}}", f"{{vy.{n}.seen.{i}}}"
        cells = [words(calendar.label(basis.base_year + t))]
        for c, case in enumerate(CASES):
            drop, years = f"{{v.{n}.{j}.drop.{case}}}", f"{{v.{n}.{j}.years.{case}}}"
            later = f"{{a.{n}.annual}}*(1-{drop})^{k}"
            formula = f"={seen}+IF(AND({k}>0,{k}<={years}),{later},0)"
            cells.append(live(formula, profiles[c].get(t, 0.0), FACTOR))
        rows.append(tuple(cells))
    return _table(
        f"vl.{n}.{j}",
        [("Financial year", ""), ("Cautious", "low"), ("Central", "central"), ("Favourable", "high")],
        rows,
    )


def _worth(item: Item) -> Iterator[Block]:
    n, basis = item.n, basis_of(item)
    found = kinds(basis)
    steps, cases, flags = [], [], []
    for j, line in enumerate(basis.lines, start=1):
        steps.append(_step(item, j, line))
        cases.append(
            (
                words(f"Value {j}"),
                *(
                    live(
                        f"={{v.{n}.{j}.unit.{CASES[v]}}}*{{vw.{n}.to.{j}}}*{{vw.{n}.kept.{j}}}"
                        f"*{{vw.{n}.{CASES[k]}.{j}}}",
                        line.worth(v, k),
                        PENCE,
                    )
                    for v in range(3)
                    for k in range(3)
                ),
                live(
                    f"={{v.{n}.{j}.unit.central}}*{{vw.{n}.to.{j}}}*{{vw.{n}.kept.{j}}}*{{vw.{n}.only.{j}}}",
                    results.observed_only(basis, line).worth(1, 1),
                    PENCE,
                ),
            )
        )
        flags.append(
            (
                words(f"Value {j}"),
                *(
                    live(f"={{v.{n}.{j}.{kind.flag}}}", kind.weigh(line), ANY)
                    if kind.flag
                    else number(kind.weigh(line), ANY)
                    for kind in found
                ),
            )
        )
    heads = [("Value of a unit", ""), ("To base prices", "to"), ("Left for timing", "timing"),
             ("Left after leakage and the rest", "kept"),
             ("Years, cautious", "low"), ("Years, central", "central"), ("Years, favourable", "high"),
             ("Observed years only", "only")]  # fmt: skip
    yield _table(f"vw.{n}", heads, steps)
    yield Words(f"Finding {n}: worth of a unit of improvement before the cut, by case (£)")
    named = [
        (f"{v} value, {k} lasting", f"c{3 * a + b}") for a, v in enumerate(CASES) for b, k in enumerate(CASES)
    ]
    yield _table(f"vx.{n}", [("Value of a unit", ""), *named, ("central, observed only", "only")], cases)
    yield Words(f"Finding {n}: which values count towards what")
    yield _table(f"vf.{n}", [("Value of a unit", ""), *((k.title, k.key) for k in found)], flags)
    yield Words(f"Finding {n}: worth of a unit of improvement after the cut (£), with weights")
    yield _units(item)


def _step(item: Item, j: int, line: ValueLine) -> tuple[Cell, ...]:
    n, basis = item.n, basis_of(item)
    of = f"{{v.{n}.{j}."
    series = line.discounting.value
    factor = f"{{vy.{n}.f{series}}}"
    timing = f"=IF({of}months}}>0,1-(1+{{vy.{n}.r{series}.2}})^(-{of}months}}/12),1)"
    kept = f"=(1-{of}leakage}})*(1-{of}displacement}})*(1-{of}deadweight}})*{{vw.{n}.timing.{j}}}"
    only = results.observed_only(basis, line).years.central
    return (
        words(f"Value {j}"),
        live(f"={_to_base(n, of + 'prices}')}", line.deflator, FACTOR),
        live(timing, line.timing, FACTOR),
        live(kept, line.kept, FACTOR),
        *(live(f"=SUMPRODUCT({{vl.{n}.{j}.{c}}},{factor})", getattr(line.years, c), FACTOR) for c in CASES),
        live(f"=SUMPRODUCT({{vy.{n}.seen}},{factor})", only, FACTOR),
    )


def _units(item: Item) -> Table:
    n, basis = item.n, basis_of(item)
    found, weights = kinds(basis), results.case_weights()
    worth = {k.key: results.units(basis, k.weigh) for k in found}
    rows = []
    for case in range(9):
        v, k = divmod(case, 3)
        cells = [
            words(f"{CASES[v]} value, {CASES[k]} lasting"),
            live(f"={{weights.w.{v + 1}}}*{{weights.w.{k + 1}}}", weights[case], "0.0000"),
        ]
        for kind in found:
            formula = f"={{vt.{n}.keep}}*SUMPRODUCT({{vx.{n}.c{case}}},{{vf.{n}.{kind.key}}})"
            cells.append(live(formula, worth[kind.key][case], PENCE))
        rows.append(tuple(cells))
    heads = [("Case", ""), ("Weight", "w"), *((k.title, k.key) for k in found)]
    return _table(f"vu.{n}", heads, rows)


def gain(item: Item) -> spread.Gain:
    """Nodes of the improvement of a valued finding."""
    found = spread.gain_of(item.estimate, item.sign) if item.estimate else None
    if found is None:
        raise ValueError(f"finding {item.n} has no distribution")
    return found


def _gain(item: Item) -> Table:
    n, nodes = item.n, gain(item)
    m, sign = len(nodes.p), f"{{est.{n}.sign}}"
    slopes = [
        (nodes.p[i + 1] - nodes.p[i]) / (nodes.q[i + 1] - nodes.q[i]) if i + 1 < m else 0.0 for i in range(m)
    ]
    rows = []
    for i in range(1, m + 1):
        p, q, back_p, back_q = (f"{{nodes.{n}.{c}.{k}}}" for k in (i, m + 1 - i) for c in "pq")
        here, after = f"{{vg.{n}.p.{i}}}", f"{{vg.{n}.p.{i + 1}}}"
        x, next_x = f"{{vg.{n}.q.{i}}}", f"{{vg.{n}.q.{i + 1}}}"
        slope = f"=({after}-{here})/({next_x}-{x})"
        bend = slopes[i - 1] - (slopes[i - 2] if i > 1 else 0.0)
        rows.append(
            (
                words(f"Node {i}"),
                live(f"=IF({sign}>0,{p},1-{back_p})", nodes.p[i - 1], "0.0000"),
                live(f"=IF({sign}>0,{q},-{back_q})", nodes.q[i - 1], "#,##0.00"),
                live(slope, slopes[i - 1], "0.0E+00") if i < m else number(0, "0.0E+00"),
                live(f"={{vg.{n}.s.{i}}}-{{vg.{n}.s.{i - 1}}}", bend, "0.0E+00")
                if i > 1
                else live(f"={{vg.{n}.s.1}}", bend, "0.0E+00"),
            )
        )
    heads = [("Node", ""), ("Share of cases at or below", "p"), ("Improvement", "q"),
             ("Slope to the next", "s"),
             ("Change of slope", "b")]  # fmt: skip
    return _table(f"vg.{n}", heads, rows)


def _below(n: int, x: str, unit: str) -> str:
    """Formula of the share of cases in which improvement times unit is at most x."""
    scaled = f"{x}/MAX({unit},{{vt.{n}.tiny}})"
    q, bend = f"{{vg.{n}.q}}", f"{{vg.{n}.b}}"
    return f"={{vg.{n}.p.1}}+SUMPRODUCT(({scaled}>{q})*({scaled}-{q})*{bend})"


def _halving(item: Item, kind: Kind, end: str) -> Table:
    n, basis, nodes = item.n, basis_of(item), gain(item)
    key = f"vh.{n}.{kind.key}.{end}"
    worth, weight = results.units(basis, kind.weigh), results.case_weights()
    most = max(worth)
    tail = (1 - nodes.level) / 2
    target = tail if end == "low" else 1 - tail
    half = f"(1-{{est.{n}.level}})/2"
    aim = half if end == "low" else f"1-{half}"
    low, high = min(nodes.q[0], 0.0) * most, max(nodes.q[-1], 0.0) * most
    top, units = f"{{vg.{n}.q.{len(nodes.q)}}}", f"MAX({{vu.{n}.{kind.key}}})"
    rows: list[tuple[Cell, ...]] = []
    for i in range(1, spread.HALVINGS + 2):
        middle = (low + high) / 2
        shares = [float(nodes.below_at(middle / max(u, spread.SMALLEST))) for u in worth]
        share = sum(w * s for w, s in zip(weight, shares, strict=True))
        before = i - 1
        missed = f"{{{key}.share.{before}}}<{aim}"
        rows.append(
            (
                words("Start" if i == 1 else f"Halved {before} times"),
                live(f"=MIN({{vg.{n}.q.1}},0)*{units}", low, PENCE)
                if i == 1
                else live(f"=IF({missed},{{{key}.mid.{before}}},{{{key}.a.{before}}})", low, PENCE),
                live(f"=MAX({top},0)*{units}", high, PENCE)
                if i == 1
                else live(f"=IF({missed},{{{key}.b.{before}}},{{{key}.mid.{before}}})", high, PENCE),
                live(f"=({{{key}.a.{i}}}+{{{key}.b.{i}}})/2", middle, PENCE),
                *(
                    live(
                        _below(n, f"{{{key}.mid.{i}}}", f"{{vu.{n}.{kind.key}.{c + 1}}}"), shares[c], "0.0000"
                    )
                    for c in range(9)
                ),
                live(
                    "=" + "+".join(f"{{vu.{n}.w.{c + 1}}}*{{{key}.s{c}.{i}}}" for c in range(9)),
                    share,
                    "0.0000",
                ),
            )
        )
        if share < target:
            low = middle
        else:
            high = middle
    heads = [("Step", ""), ("From (£)", "a"), ("To (£)", "b"), ("Middle (£)", "mid"),
             *((f"Case {c + 1}", f"s{c}") for c in range(9)), ("Share at or below", "share")]  # fmt: skip
    return _table(key, heads, rows)


def _positive(item: Item) -> Table:
    n, basis, nodes = item.n, basis_of(item), gain(item)
    worth = results.units(basis)
    rows = []
    for c in range(9):
        share = float(nodes.below_at(basis.cost / max(worth[c], spread.SMALLEST)))
        formula = _below(n, f"{{vt.{n}.cost}}", f"{{vu.{n}.social.{c + 1}}}")
        rows.append((words(f"Case {c + 1}"), live(formula, share, "0.0000")))
    heads = [(f"Finding {n}: share of cases in which the cost is not met", ""), ("Share", "miss")]
    return _table(f"vn.{n}", heads, rows)


def reached(n: int, kind: str, end: str) -> str:
    """Where the halving ends, as a reference."""
    return f"{{vh.{n}.{kind}.{end}.mid.{spread.HALVINGS + 1}}}"
