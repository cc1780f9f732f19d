"""The two charts of a value: whether it paid for itself, and what that hangs on most.

1. They show cells and follow every assumption; their descriptions are of the day the file was made.
2. Where the evidence allows a range only, nothing marks a best estimate; where it allows less, there is none.
"""

from __future__ import annotations

from evalkit.amounts import money
from evalkit.money import years as calendar
from evalkit.pack.assumptions import basis_of
from evalkit.pack.items import Item
from evalkit.pack.sections import POUNDS, Bars
from evalkit.pack.value_moves import cash_title, moving, parts, said, swing_name
from evalkit.pack.value_range import kinds, present_value
from evalkit.vocabulary import MoneyClaim

FEWEST, SPARE = 3, 1  # bars of the tornado; room for an assumption that is given a range later
AS_MADE = "Figures of the day on which the file was made."


def paying_chart(item: Item) -> Bars | None:
    """Benefit, what of it is cash, cost, and benefit less cost; None where no value may be said."""
    if not drawn(item):
        return None
    value = item.finding.value
    held = {k.key: present_value(item, k) for k in kinds(basis_of(item))}
    told = [
        f"{title} {_range(item, found.point, found.low, found.high)}" if found else f"{title} £0"
        for title, found in (("benefit", held["social"]), (cash_title(item).lower(), held["cash"]))
    ]
    net = value.npsv.interval
    told.append(f"cost {money(round(basis_of(item).cost))}")
    if net:
        told.append(f"benefit less cost {_range(item, net.point, net.low, net.high)}")
    return Bars(
        title=f"Did it pay for itself? {item.title}",
        alt_text=f"Bar chart of present values in pounds of {_year(item)}: {'; '.join(told)}. {AS_MADE}",
        label_title="Figure",
        value_title=f"£, present value, prices of {_year(item)}. {_colours(item)} Grey: it has no range.",
        labels=f"ve.{item.n}.name",
        number_format=POUNDS,
        rows=17,
        parts=parts(item, "ve", with_amount=True),
    )


def tornado(item: Item) -> Bars | None:
    """Net present value with each assumption alone at its ends; None where no value may be said."""
    if not drawn(item):
        return None
    swings = item.finding.value.swings
    shown = min(len(swings), max(sum(moving(item, s) for s in swings) + SPARE, FEWEST))
    told = "; ".join(
        f"{swing_name(item, s)} from {money(round(s.low))} to {money(round(s.high))}" for s in swings[:shown]
    )
    if said(item):
        title, moved = "What does the net value hang on most?", "each assumption alone at its ends"
    else:
        title = "How wide is the net value?"
        moved = "the effect over its whole range and each assumption beside it at its ends"
    return Bars(
        title=f"{title} {item.title}",
        alt_text=f"Bar chart of net present value with {moved}, widest first: {told}. {AS_MADE}",
        label_title="Assumption" if said(item) else "Assumption, beside the effect",
        value_title=f"Net present value (£, prices of {_year(item)}). {_colours(item)}",
        labels=f"vd.{item.n}.name",
        number_format=POUNDS,
        rows=10 + 2 * shown,
        most=shown,
        parts=parts(item, "vd"),
    )


def drawn(item: Item) -> bool:
    """Whether there is a value and its range may be said."""
    value = item.finding.value
    return value.claim in (MoneyClaim.POINT, MoneyClaim.RANGE) and value.npsv.interval is not None


def _range(item: Item, point: float, low: float, high: float) -> str:
    best = f"{money(round(point))}, " if said(item) else ""
    return f"{best}range {money(round(low))} to {money(round(high))}"


def _colours(item: Item) -> str:
    level = f"Evidence level {item.finding.grade.level} of 5."
    bars = "Bars: low to high end." + (" The colours meet at the best estimate." if said(item) else "")
    return f"{level} {bars}"


def _year(item: Item) -> str:
    return calendar.label(basis_of(item).base_year)
