"""When the cost is met: what a unit of improvement is worth in each year, and so far."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.money import additionality, discounting, results
from evalkit.money import years as calendar
from evalkit.pack.assumptions import YEAR, basis_of, span
from evalkit.pack.items import Item
from evalkit.pack.sections import PENCE, Block, Table, live, words
from evalkit.pack.value_moves import said
from evalkit.pack.value_range import improvement_in_all, table


def by_year(item: Item) -> Iterator[Block]:
    """Present value of a unit of improvement by year and so far, and years in which the cost is not met."""
    n, basis, last = item.n, basis_of(item), span(item)
    each = (*results.yearly(basis), *(0.0,) * (last - basis.last))
    observed = dict(basis.observed)
    rows, so_far = [], 0.0
    for t in range(last + 1):
        i = t + 1
        so_far += each[t]
        cells = [words(calendar.label(basis.base_year + t))]
        for j, line in enumerate(basis.lines, start=1):
            shares = additionality.profile(observed, basis.annual, line.drop_off[1], line.duration[1])
            factor = discounting.factors(discounting.schedule(line.discounting), last)[t]
            worth = results.social(line) * line.central * line.deflator * line.kept * (1 - basis.cut)
            of = f"={{$vs.{n}.each.{j}}}*{{vl.{n}.{j}.central.{i}}}*{{vy.{n}.f{line.discounting.value}.{i}}}"
            cells.append(live(of, worth * shares.get(t, 0.0) * factor, PENCE))
        first, final = f"{{vr.{n}.v1.{i}}}", f"{{vr.{n}.v{len(basis.lines)}.{i}}}"
        cells.append(live(f"=SUM({first}:{final})", each[t], PENCE))
        cells.append(live(f"=SUM({{$vr.{n}.all.1}}:{{vr.{n}.all.{i}}})", so_far, PENCE))
        rows.append(tuple(cells))
    heads = [("Financial year", ""), *((f"Value {j}", f"v{j}") for j in range(1, len(basis.lines) + 1)),
             ("All values", "all"), ("So far", "sum")]  # fmt: skip
    yield table(f"vr.{n}", heads, rows, "£ a unit")
    yield _unpaid(item, each)


def _unpaid(item: Item, each: tuple[float, ...]) -> Table:
    n, cost, total = item.n, basis_of(item).cost, improvement_in_all(item)
    so_far = [sum(each[: t + 1]) for t in range(len(each))]
    rows = []
    for end, title, effect in (
        ("point", f"{'Best estimate' if said(item) else 'Working figure'} of the effect", total.point),
        ("low", "High end of the effect", total.high),
        ("high", "Low end of the effect", total.low),
    ):
        gained = f"{{vi.{n}.gain{'' if end == 'point' else '.high' if end == 'low' else '.low'}}}"
        short = sum(effect * s < cost for s in so_far)
        formula = f"=SUMPRODUCT(({gained}*{{vr.{n}.sum}}<{{$vt.{n}.cost}})*1)"
        rows.append((words(title), live(formula, short, YEAR, name=f"vk.{n}.{end}")))
    return table(
        f"vk.{n}",
        [(f"Finding {n}: years in which the cost is not yet met", ""), ("Years", "")],
        rows,
        "years",
    )
