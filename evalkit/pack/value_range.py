"""The range of a benefit in the workbook: the effect's distribution, the nine cases, and what they come to.

1. A range is found by halving a bracket forty times: plain to follow, and the same as the library's.
2. A column holds one formula, copied down; what it keeps fixed stands outside its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalkit.estimate import Interval
from evalkit.money import results, spread
from evalkit.money.value import Basis
from evalkit.pack.assumptions import YEAR, basis_of
from evalkit.pack.items import Item
from evalkit.pack.sections import PENCE, POUNDS, Block, Cell, Column, Table, Words, live, number, words
from evalkit.vocabulary import Beneficiary

ENDS = ("low", "high")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of benefit that has a range of its own."""

    key: str
    title: str
    weigh: results.ALL
    flag: str


def kinds(basis: Basis) -> tuple[Kind, ...]:
    """Social value, each beneficiary, bodies where several gain, transfers, and what is cashable."""
    found = [Kind("social", "Social value", results.social, "social")]
    for b in Beneficiary:
        if any(x.beneficiary is b for x in basis.lines):
            found.append(Kind(b.value[:3], f"{b.value} gains".capitalize(), _of(b), ""))
        bodies = results.agencies(basis) if b is Beneficiary.FISCAL else ()
        if len(bodies) > 1:
            for i, body in enumerate(bodies, start=1):
                found.append(Kind(f"body{i}", f"Fiscal gains of {body}", _of_body(body), ""))
    if any(x.transfer for x in basis.lines):
        found.append(Kind("moved", "Transfers", lambda x: float(x.transfer), ""))
    found.append(Kind("cash", "Cashable", lambda x: x.cashable, "cashable"))
    return tuple(found)


def _of_body(body: str) -> results.ALL:
    return lambda x: results.gains_of(x, body)


def _of(beneficiary: Beneficiary) -> results.ALL:
    return lambda x: float(x.beneficiary is beneficiary)


def table(key: str, heads: list[tuple[str, str]], rows: Sequence[tuple[Cell, ...]], unit: str) -> Table:
    """A table from headings with their keys: words first, then what its figures are counted in."""
    first, *others = (Column(t, k, figures=i > 0) for i, (t, k) in enumerate(heads))
    return Table(
        key, (first, Column("Unit"), *others), tuple((row[0], words(unit), *row[1:]) for row in rows)
    )


def value_range(item: Item) -> Iterator[Block]:
    """The distribution of the improvement, the halving of every kind of benefit, and where it ends."""
    n = item.n
    yield Words(f"Finding {n}: distribution of the improvement, from the nodes on Estimates")
    yield _gain(item)
    yield Words(
        f"Finding {n}: share of cases that each end of a range leaves below it, and where the halving starts"
    )
    yield _targets(item)
    for kind in kinds(basis_of(item)):
        for end in ENDS:
            yield Words(
                f"Finding {n}: {kind.title.lower()}, present value, {end} end, by halving. A case's share is "
                "the share of improvements above the lowest node and at or below the middle."
            )
            yield _halving(item, kind, end)
    if released(basis_of(item)):
        yield Words(f"Finding {n}: pounds released by channel shifts, present value (£)")
        yield _most_cash(item)
    yield Words(f"Finding {n}: benefit by kind, present value (£)")
    yield _benefits(item)
    yield _positive(item)


def gain(item: Item) -> spread.Gain:
    """Nodes of the improvement of a valued finding."""
    found = spread.gain_of(item.estimate, item.sign) if item.estimate else None
    if found is None:
        raise ValueError(f"finding {item.n} has no distribution")
    return found


def improvement_in_all(item: Item) -> Interval:
    """The total effect in the good direction."""
    if item.estimate is None:
        raise ValueError(f"finding {item.n} has no estimate")
    return item.estimate.total.scaled(item.sign)


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
                live(f"={{vg.{n}.s.{i}}}-N({{vg.{n}.s.{i - 1}}})", bend, "0.0E+00"),
            )
        )
    heads = [("Node", ""), ("Share of cases at or below", "p"), ("Improvement", "q"),
             ("Slope to the next", "s"), ("Change of slope", "b")]  # fmt: skip
    return table(f"vg.{n}", heads, rows, f"{item.better}; shares of cases")


def _aim(item: Item, end: str) -> float:
    tail = (1 - gain(item).level) / 2
    return tail if end == "low" else 1 - tail


def _brackets(item: Item, kind: Kind) -> tuple[float, float]:
    nodes, most = gain(item), max(results.units(basis_of(item), kind.weigh))
    return min(nodes.q[0], 0.0) * most, max(nodes.q[-1], 0.0) * most


def _targets(item: Item) -> Table:
    """Where each halving starts and which share it aims at."""
    n, nodes, half = item.n, gain(item), f"(1-{{est.{item.n}.level}})/2"
    rows = []
    for kind in kinds(basis_of(item)):
        low, high = _brackets(item, kind)
        most, top = f"MAX({{vu.{n}.{kind.key}}})", f"{{vg.{n}.q.{len(nodes.q)}}}"
        name = f"vb.{n}.{kind.key}"
        rows.append(
            (
                words(kind.title),
                live(f"={half}", _aim(item, "low"), "0.0000", name=f"{name}.aim.low"),
                live(f"=1-{half}", _aim(item, "high"), "0.0000", name=f"{name}.aim.high"),
                live(f"=MIN({{vg.{n}.q.1}},0)*{most}", low, PENCE, name=f"{name}.from"),
                live(f"=MAX({top},0)*{most}", high, PENCE, name=f"{name}.to"),
            )
        )
    heads = [("Kind of benefit", ""), ("Below the low end", ""), ("Below the high end", ""),
             ("Lowest (£)", ""), ("Highest (£)", "")]  # fmt: skip
    return table(f"va.{n}", heads, rows, "share of cases; £")


def _above(n: int, x: str, per: str) -> str:
    """Formula of the share of improvements above the lowest node and at most x over the worth of a unit."""
    at, q, bend = f"{x}*{per}", f"{{vg.{n}.q}}", f"{{vg.{n}.b}}"
    return f"=SUMPRODUCT(({at}>{q})*({at}-{q})*{bend})"


def _halving(item: Item, kind: Kind, end: str) -> Table:
    n, nodes, key = item.n, gain(item), f"vh.{item.n}.{kind.key}.{end}"
    worth, weight = results.units(basis_of(item), kind.weigh), results.case_weights()
    bounds, aim = f"vb.{n}.{kind.key}", f"{{$vb.{n}.{kind.key}.aim.{end}}}"
    low, high = _brackets(item, kind)
    rows: list[tuple[Cell, ...]] = []
    missed = 0
    for i in range(1, spread.HALVINGS + 2):
        middle, before, step = (low + high) / 2, i - 1, f"{{{key}.step.{i}}}"
        above = [float(nodes.below_at(middle / max(u, spread.SMALLEST))) - nodes.p[0] for u in worth]
        share = nodes.p[0] + sum(w * s for w, s in zip(weight, above, strict=True))
        miss = f"{{{key}.miss.{i}}}"
        old_a, old_b, old_mid = (f"{{{key}.{c}.{before}}}" for c in ("a", "b", "mid"))
        rows.append(
            (
                words("Start" if i == 1 else f"Halved {before} times"),
                number(before, YEAR),
                live(f"=({{{key}.share.{before}}}<{aim})*1", missed, YEAR),
                live(f"=IF({step}=0,{{${bounds}.from}},{miss}*{old_mid}+(1-{miss})*{old_a})", low, PENCE),
                live(f"=IF({step}=0,{{${bounds}.to}},{miss}*{old_b}+(1-{miss})*{old_mid})", high, PENCE),
                live(f"=({{{key}.a.{i}}}+{{{key}.b.{i}}})/2", middle, PENCE),
                *(
                    live(
                        _above(n, f"{{{key}.mid.{i}}}", f"{{$vv.{n}.{kind.key}.{c + 1}}}"),
                        above[c],
                        "0.0000",
                    )
                    for c in range(9)
                ),
                live(_mixed(n, key, i), share, "0.0000"),
            )
        )
        missed = int(share < _aim(item, end))
        low, high = (middle, high) if missed else (low, middle)
    heads = [("Halving", ""), ("Step", "step"), ("Too low before: 1", "miss"), ("From (£)", "a"),
             ("To (£)", "b"), ("Middle (£)", "mid"),
             *((f"Case {c + 1}", f"s{c}") for c in range(9)), ("Share at or below", "share")]  # fmt: skip
    return table(key, heads, rows, "£; shares of cases")


def _mixed(n: int, key: str, i: int) -> str:
    """The cases' shares, weighted; the weights stand in a column, the shares in a row."""
    parts = "+".join(f"{{$vu.{n}.w.{c + 1}}}*{{{key}.s{c}.{i}}}" for c in range(9))
    return f"={{$vg.{n}.p.1}}+{parts}"


def present_value(item: Item, kind: Kind) -> Interval | None:
    """Present value of a kind of benefit with its range; none where nothing of that kind was given."""
    basis, nodes, total = basis_of(item), gain(item), improvement_in_all(item)
    if kind.key == "cash":
        return results.cashable(basis, nodes, total).interval
    return results.present(basis, nodes, total, kind.weigh).interval


def released(basis: Basis) -> bool:
    """Whether a channel shift limits what is cashable."""
    return any(x.released is not None for x in basis.lines)


def _most_cash(item: Item) -> Table:
    """The pounds released by channel shifts, with what else is cashable: the most that may be so called."""
    n, basis, total = item.n, basis_of(item), improvement_in_all(item)
    rows: list[tuple[Cell, ...]] = []
    for j, line in enumerate(basis.lines, start=1):
        if line.released is None:
            continue
        each = f"={{ch.{line.channel}.then}}*{{a.{n}.length}}*{{vw.{n}.to.{j}}}*{{vw.{n}"
        of = ((1, "central"), (2, "high"))
        held = (live(f"{each}.{k}.{j}}}", results.released(line, c), POUNDS) for c, k in of)
        rows.append((words(f"Value {j}: released"), *held))
    others = [j for j, line in enumerate(basis.lines, start=1) if line.released is None]
    if others:
        keep = 1 - basis.cut
        cells = tuple(
            live(
                f"=MAX({{vi.{n}.gain{end}}},0)*{{vt.{n}.keep}}*("
                + "+".join(f"{{vx.{n}.c{4 * c}.{j}}}*{{vf.{n}.cash.{j}}}" for j in others) + ")",
                max(effect, 0.0) * keep
                * sum(basis.lines[j - 1].cashable * basis.lines[j - 1].worth(c, c) for j in others),
                POUNDS,
            )
            for c, end, effect in ((1, "", total.point), (2, ".high", total.high))
        )  # fmt: skip
        rows.append((words("Other cashable values"), *cells))
    sums = (
        live(f"=SUM({{vm.{n}.{k}.1}}:{{vm.{n}.{k}.{len(rows)}}})", results.most_cash(basis, c, effect),
             POUNDS, name=f"vm.{n}.most.{k}")
        for c, k, effect in ((1, "central", total.point), (2, "high", total.high))
    )  # fmt: skip
    rows.append((words("The most that is cashable"), *sums))
    return table(
        f"vm.{n}", [("What may be called cashable", ""), ("Central", "central"), ("High", "high")], rows, "£"
    )


def _benefits(item: Item) -> Table:
    """Central value and ends of every kind of benefit."""
    n, basis = item.n, basis_of(item)
    rows = []
    for kind in kinds(basis):
        found = present_value(item, kind)
        central = f"{{vi.{n}.gain}}*{{vu.{n}.{kind.key}.{results.CENTRAL + 1}}}"
        point = f"{{vb.{n}.{kind.key}.point}}"
        low, high = (f"{{vh.{n}.{kind.key}.{end}.mid.{spread.HALVINGS + 1}}}" for end in ENDS)
        if kind.key == "cash" and released(basis):
            central, high = f"MIN({central},{{vm.{n}.most.central}})", f"MIN({high},{{vm.{n}.most.high}})"
        rows.append(
            (
                words(kind.title),
                live(f"={central}", found.point if found else 0.0, POUNDS, name=f"vb.{n}.{kind.key}.point"),
                live(f"=MIN({low},{point})", found.low if found else 0.0, POUNDS,
                     name=f"vb.{n}.{kind.key}.low"),
                live(f"=MAX({high},{point})", found.high if found else 0.0, POUNDS,
                     name=f"vb.{n}.{kind.key}.high"),
            )
        )  # fmt: skip
    heads = [("Kind of benefit", ""), ("Central", ""), ("Low end", ""), ("High end", "")]
    return table(f"vb.{n}", heads, rows, "£")


def _positive(item: Item) -> Table:
    n, nodes, cost = item.n, gain(item), basis_of(item).cost
    worth = results.units(basis_of(item))
    rows = []
    for c in range(9):
        share = float(nodes.below_at(cost / max(worth[c], spread.SMALLEST))) - nodes.p[0]
        formula = _above(n, f"{{$vt.{n}.cost}}", f"{{vv.{n}.social.{c + 1}}}")
        rows.append((words(f"Case {c + 1}"), live(formula, share, "0.0000")))
    title = f"Finding {n}: share of improvements above the lowest node that do not meet the cost"
    return table(f"vn.{n}", [(title, ""), ("Share", "miss")], rows, "share of cases")
