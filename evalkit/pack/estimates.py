"""The Estimates sheet: what the statistics found, as numbers; everything else in the pack refers to it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.estimate import Estimate, Interval
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    ANY,
    SHARE,
    WHOLE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    as_entered,
    digits,
    live,
    number,
    words,
)
from evalkit.vocabulary import OutcomeKind

ENDS = (
    Column("Best estimate", figures=True),
    Column("Low end", figures=True),
    Column("High end", figures=True),
)


def estimates(found: tuple[Item, ...]) -> Section:
    """Lay out every estimate with its range, its single figures and its distribution."""
    blocks: list[Block] = []
    for item in found:
        blocks += list(_one(item))
    return Section(
        name="Estimates",
        title="Estimates",
        about="What the statistics found, held as numbers. Headline figures on other sheets are formulas "
        "that refer to these cells. A minus sign here means a fall.",
        blocks=tuple(blocks),
        widths=(30, 28, 50, 14, 14, 14),
        landscape=True,
    )


def _one(item: Item) -> Iterator[Block]:
    yield Heading(f"Finding {item.n}. {item.title}")
    estimate = item.estimate
    if estimate is None:
        yield Words("Not estimated; the reasons are on the Summary. There are no figures to hold here.")
        return
    yield Words(counted(item), Look.QUIET)
    head = (Column("Quantity"), Column("Unit"), Column("What it is"), *ENDS)
    yield Table(f"est.{item.n}", head, tuple(_intervals(item, estimate)))
    single = (Column("Figure"), Column("Unit"), Column("What it is"), Column("Value", figures=True))
    yield Table(f"single.{item.n}", single, tuple(_singles(item, estimate)))
    yield Words(
        f"Finding {item.n}: distribution of the total effect. In the given share of cases the true total is "
        "no higher than the figure beside it.",
        Look.QUIET,
    )
    nodes = zip(estimate.distribution.probabilities, estimate.distribution.quantiles, strict=True)
    form = digits(estimate.total)
    yield Table(
        f"nodes.{item.n}",
        (Column("Share of cases", "p"), Column(f"Total effect ({item.outcome.unit})", "q", figures=True)),
        tuple((number(p, SHARE), number(q, form)) for p, q in nodes),
    )


def _intervals(item: Item, estimate: Estimate) -> Iterator[tuple[Cell, ...]]:
    n, unit = item.n, item.outcome.unit
    yield (
        words("Total effect"),
        words(unit),
        words(
            "The difference from the control times the people of the group."
            if item.finding.arm
            else "The sum of the effects over all periods and areas counted."
        ),
        *interval_cells(f"est.{n}.total", estimate.total, digits(estimate.total)),
    )
    yield (
        words("Difference from the control" if item.finding.arm else "Effect, mean of the periods"),
        words(effect_unit(item)),
        words(
            "Figure of the group less that of the control."
            if item.finding.arm
            else "The mean effect in a period."
        ),
        *interval_cells(f"est.{n}.effect", estimate.effect, digits(estimate.effect)),
    )
    if estimate.rel_effect is not None:
        yield (
            words("Relative effect"),
            words("share of what was expected"),
            words(
                "The difference divided by the figure of the control."
                if item.finding.arm
                else "The total effect divided by what was expected without the campaign."
            ),
            *interval_cells(f"est.{n}.relative", estimate.rel_effect, SHARE),
        )


def counted(item: Item) -> str:
    """Which periods and areas the effect is counted over."""
    if item.estimate is None or item.design is None:
        return "" if item.estimate is None else f"{item.estimate.estimand.rstrip('.')}."
    areas = ", ".join(item.design.treated)
    return f"Counted {item.about.span} in {areas}, {item.design.frequency.value} figures."


def effect_unit(item: Item) -> str:
    """The unit of the mean effect as held on the sheet."""
    if item.about.kind is OutcomeKind.SHARE:
        return "proportion (0.01 is one percentage point)"
    exposed = (
        " per unit of exposure" if item.about.shown_effect > 1 or "per unit" in item.about.figure_unit else ""
    )
    return f"{item.outcome.unit}{exposed} {item.about.per}".strip()


def _singles(item: Item, estimate: Estimate) -> Iterator[tuple[Cell, ...]]:
    n, unit, form = item.n, effect_unit(item), digits(estimate.effect)
    areas = len(item.design.treated) if item.design else None
    better = "more is better" if item.sign > 0 else "less is better"
    rows: list[tuple[str, str, float | None, str, str, str]] = [
        (
            "Good direction",
            "1 or -1",
            item.sign,
            ANY,
            f"{n}.sign",
            f"Here {better}: 1 if more is, -1 if less is.",
        ),
        (
            "Level of the range",
            "share",
            estimate.total.level,
            "0%",
            f"{n}.level",
            "How often such ranges hold the truth.",
        ),
        (
            "Probability of no effect (p-value)",
            "share",
            estimate.p_value,
            '[<0.001]"less than 0.001";0.000',
            f"{n}.p",
            _P,
        ),
        ("Smallest effect that could be seen", unit, estimate.smallest_detectable, form, f"{n}.seen", _SEEN),
        (
            "Effect that matters",
            unit,
            item.about.matters,
            form if item.about.matters_stated else as_entered(item.about.matters or 0.0),
            f"{n}.matters",
            f"Stated as {item.about.matters_stated}; here by the mean exposure."
            if item.about.matters_stated
            else "As stated in the objectives.",
        ),
        ("Periods before the start", "periods", estimate.n_pre, WHOLE, f"{n}.pre", "Gaps included."),
        ("Periods counted", "periods", estimate.n_post, WHOLE, f"{n}.post", "From the start; gaps included."),
        ("Areas counted", "areas", areas, WHOLE, f"{n}.areas", "Areas with the campaign."),
        ("Periods without a figure", "periods", estimate.n_gaps, WHOLE, f"{n}.gaps", "Among both of these."),
    ]
    if item.finding.arm:  # groups have no periods
        rows = [r for r in rows if r[1] not in ("periods", "areas")]
    for title, unit_, value, form_, name, what in rows:
        if value is not None and math.isfinite(value):
            yield words(title), words(unit_), words(what), number(value, form_, name=f"est.{name}")


_P = "How often chance alone would move the figure at least this far, in either direction."
_SEEN = "Per period, as a size; it would be seen four times out of five."


def interval_cells(name: str, interval: Interval, form: str) -> tuple[Cell, Cell, Cell]:
    """Best estimate, low and high as constants; a side without a limit in words."""
    return (
        number(interval.point, form, name=f"{name}.point", look=Look.INPUT),
        number(bounded(interval.low), form, name=f"{name}.low", look=Look.INPUT),
        number(bounded(interval.high), form, name=f"{name}.high", look=Look.INPUT),
    )


def bounded(value: float) -> float | str:
    """The number, or the words for a side without a limit."""
    if math.isinf(value):
        return "no upper limit" if value > 0 else "no lower limit"
    return value


def improvement(item: Item, quantity: str, interval: Interval, factor: int = 1) -> tuple[Cell, Cell, Cell]:
    """Best estimate, low and high of an improvement, live from the Estimates sheet.

    Parameters
    ----------
    item : Item
    quantity : str
        "total", "effect" or "relative".
    interval : Interval
        The same in Python.
    factor : int
        100 turns proportions into percentage points.
    """
    name, sign = f"est.{item.n}.{quantity}", "{est." + str(item.n) + ".sign}"
    gain = interval.scaled(item.sign * factor)
    times = f"{factor}*" if factor != 1 else ""
    form = SHARE if quantity == "relative" else digits(gain)
    point = live(f"={times}{sign}*{{{name}.point}}", bounded(gain.point), form)
    low = f"{times}IF({sign}>0,{{{name}.low}},-{{{name}.high}})"
    high = f"{times}IF({sign}>0,{{{name}.high}},-{{{name}.low}})"
    return point, _sided(low, gain.low, form), _sided(high, gain.high, form)


def _sided(formula: str, value: float, form: str) -> Cell:
    shown = bounded(value)
    if isinstance(shown, str):
        return live(f'=IFERROR({formula},"{shown}")', shown, form)
    return live(f"={formula}", shown, form)
