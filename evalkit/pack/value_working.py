"""Value working: how the appraisal is worked out, step by step, from Assumptions, Costs and Estimates.

1. Factors by year instead of a built-in function; each step in a cell of its own.
2. What a range comes to is on the same sheet, from `value_range`.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.money import additionality, deflators, discounting, results, spread
from evalkit.money import years as calendar
from evalkit.money.value import Basis, ValueLine
from evalkit.pack.assumptions import CASES, YEAR, basis_of, span, valued
from evalkit.pack.estimates import improvement
from evalkit.pack.items import Item
from evalkit.pack.sections import (
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
from evalkit.pack.value_moves import moves, said
from evalkit.pack.value_range import improvement_in_all, kinds, table, value_range
from evalkit.pack.value_years import by_year
from evalkit.vocabulary import DiscountSeries

FACTOR, COUNTS = "0.0000", "0.00"
WORKING = (
    "The evidence allows no best estimate. The middle of the improvement is held here as a working figure: "
    "the ends of a range are worked out around it, and no sheet that gives an answer shows it or what "
    "follows from it."
)


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
        widths=(34, 20, *(14,) * 15),
        landscape=True,
    )


def _one(item: Item) -> Iterator[Block]:
    n, basis = item.n, basis_of(item)
    yield Heading(f"Finding {n}. {item.title}")
    if not said(item):
        yield Words(WORKING)
    yield _improvement(item)
    yield from _prices(n, basis)
    yield _years(item)
    yield from _costs(item)
    for j, line in enumerate(basis.lines, start=1):
        yield Words(f"Finding {n}, value {j}: effect by year, as a share of the observed effect")
        yield _lasting(item, j, line)
    yield from _worth(item)
    yield from value_range(item)
    yield Words(f"Finding {n}: what a unit of improvement is worth in each year, central (£)")
    yield from by_year(item)
    if item.finding.value.swings:
        yield from moves(item)


def _improvement(item: Item) -> Table:
    """What the campaign improved, in all, from Estimates."""
    n, total = item.n, improvement_in_all(item)
    cells = zip(("", ".low", ".high"), improvement(item, "total", total.scaled(item.sign)), strict=True)
    row = (
        words("Improvement in all"),
        *(Cell(c.value, c.formula, c.number_format, c.look, f"vi.{n}.gain{e}") for e, c in cells),
    )
    middle = "Best estimate" if said(item) else "Working figure"
    return table(
        f"vi.{n}", [("Improvement", ""), (middle, ""), ("Low end", ""), ("High end", "")], [row], item.better
    )


def _prices(n: int, basis: Basis) -> Iterator[Block]:
    index = live(
        f"=INDEX({{defl.index}},MATCH({{a.{n}.base}},{{defl.year}},0))",
        deflators.index(basis.base_year),
        "0.000",
        name=f"vp.{n}.base",
    )
    head = (Column("Price index"), Column("Unit"), Column("Index", figures=True))
    yield Table(f"vpb.{n}", head, ((words("Of the base year"), words("2024 = 100"), index),))


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
            live(f"=MAX({{vy.{n}.t.{i}}}-{{$a.{n}.seen}},0)", max(t - seen, 0), YEAR),
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
    return table(f"vy.{n}", heads, rows, "as headed")


def _to_base(n: int, year: str) -> str:
    return f"{{$vp.{n}.base}}/INDEX({{defl.index}},MATCH({year},{{defl.year}},0))"


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
        yield table(f"vc.{n}", heads, rows, "£ and factors")
    total = f"=SUM({{vc.{n}.present}})"
    cell = (
        live(total, basis.cost, PENCE, name=f"vt.{n}.cost") if rows else number(0, PENCE, name=f"vt.{n}.cost")
    )
    keep = live(f"=1-INDEX({{cuts.cut}},MATCH({{a.{n}.grade}},{{cuts.grade}},0))", 1 - basis.cut, SHARE,
                name=f"vt.{n}.keep")  # fmt: skip
    smallest = number(spread.SMALLEST, "0.0E+00", name=f"vt.{n}.tiny")
    yield Table(
        f"vt.{n}",
        (Column("Figure"), Column("Unit"), Column("Value", figures=True)),
        (
            (words("Cost, present value"), words("£"), cell),
            (words("Left of benefits after the cut"), words("share"), keep),
            (words("Smallest worth divided by (held)"), words("£"), smallest),
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
    return table(
        f"vl.{n}.{j}",
        [("Financial year", ""), ("Cautious", "low"), ("Central", "central"), ("Favourable", "high")],
        rows,
        "share of the effect",
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
                    live(f"={{v.{n}.{j}.{kind.flag}}}", kind.weigh(line), COUNTS)
                    if kind.flag
                    else number(kind.weigh(line), COUNTS)
                    for kind in found
                ),
            )
        )
    heads = [("Value of a unit", ""), ("To base prices", "to"), ("Left for timing", "timing"),
             ("Left after leakage and the rest", "kept"),
             ("Years, cautious", "low"), ("Years, central", "central"), ("Years, favourable", "high"),
             ("Observed years only", "only")]  # fmt: skip
    yield table(f"vw.{n}", heads, steps, "factors")
    yield Words(f"Finding {n}: worth of a unit of improvement before the cut, by case (£)")
    named = [
        (f"{v} value, {k} lasting", f"c{3 * a + b}") for a, v in enumerate(CASES) for b, k in enumerate(CASES)
    ]
    yield table(
        f"vx.{n}", [("Value of a unit", ""), *named, ("central, observed only", "only")], cases, "£ a unit"
    )
    yield Words(f"Finding {n}: which values count towards what")
    yield table(
        f"vf.{n}", [("Value of a unit", ""), *((k.title, k.key) for k in found)], flags, "share that counts"
    )
    yield Words(f"Finding {n}: worth of a unit of improvement after the cut (£), with weights")
    yield _units(item)
    yield Words(f"Finding {n}: 1 over that worth, for ranges")
    yield _inverses(item)
    yield Words(f"Finding {n}: social worth of a unit of improvement by value, after the cut (£)")
    yield _apart(item)


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
            formula = f"={{$vt.{n}.keep}}*SUMPRODUCT({{vx.{n}.c{case}}},{{vf.{n}.{kind.key}}})"
            cells.append(live(formula, worth[kind.key][case], PENCE))
        rows.append(tuple(cells))
    heads = [("Case", ""), ("Weight", "w"), *((k.title, k.key) for k in found)]
    return table(f"vu.{n}", heads, rows, "£ a unit; weights")


def _inverses(item: Item) -> Table:
    n, basis = item.n, basis_of(item)
    found = kinds(basis)
    worth = {k.key: results.units(basis, k.weigh) for k in found}
    rows = []
    for case in range(9):
        of = f"{{vu.{n}.%s.{case + 1}}}"
        cells = (
            live(
                f"=1/MAX({of % k.key},{{$vt.{n}.tiny}})",
                1 / max(worth[k.key][case], spread.SMALLEST),
                "0.00E+00",
            )
            for k in found
        )
        v, k = divmod(case, 3)
        rows.append((words(f"{CASES[v]} value, {CASES[k]} lasting"), *cells))
    heads = [("Case", ""), *((k.title, k.key) for k in found)]
    return table(f"vv.{n}", heads, rows, "units for £1")


APART = (  # of the nine cases: the central one, and those in which one thing alone is at its end
    ("Central", "c", results.CENTRAL),
    ("Value cautious", "vlow", 1),
    ("Value favourable", "vhigh", 7),
    ("Lasting cautious", "klow", 3),
    ("Lasting favourable", "khigh", 5),
)


def _apart(item: Item) -> Table:
    """Each value's part of the social worth of a unit, and what it would be with one thing at its end."""
    n, basis = item.n, basis_of(item)
    keep = 1 - basis.cut
    rows = []
    for j, line in enumerate(basis.lines, start=1):
        part = f"{{$vt.{n}.keep}}*{{vf.{n}.social.{j}}}"
        left = results.social(line) * keep
        rows.append(
            (
                words(f"Value {j}"),
                *(
                    live(f"={part}*{{vx.{n}.c{c}.{j}}}", left * line.worth(*divmod(c, 3)), PENCE)
                    for _, _, c in APART
                ),
                live(f"={part}*{{vx.{n}.only.{j}}}",
                     left * results.observed_only(basis, line).worth(1, 1), PENCE),
                live(f"={part}*{{v.{n}.{j}.unit.central}}*{{vw.{n}.to.{j}}}*{{vw.{n}.kept.{j}}}",
                     left * line.central * line.deflator * line.kept, PENCE),
            )
        )  # fmt: skip
    heads = [("Value of a unit", ""), *((title, key) for title, key, _ in APART),
             ("Observed years only", "only"), ("In a year, not discounted", "each")]  # fmt: skip
    return table(f"vs.{n}", heads, rows, "£ a unit")
