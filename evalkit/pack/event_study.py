"""Effects by time since the start: a chart and the table that it is drawn from."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.amounts import bare_change, decimals
from evalkit.estimate import Estimate, EventStudy, Interval
from evalkit.pack.axis import axis_for
from evalkit.pack.items import Item
from evalkit.pack.periods import shown_factor, value_unit
from evalkit.pack.sections import (
    WHOLE,
    Block,
    Cell,
    Chart,
    Column,
    Role,
    Section,
    Series,
    Table,
    Words,
    digits,
    live,
    number,
)

UNDRAWN = "There is no chart of these effects: some are of figures that tell of few people."
MOST_MARKS = 12  # on the axis of times


def since_the_start(item: Item, name: str) -> Section | None:
    """The sheet of a finding that has effects by time since the start."""
    estimate = item.estimate
    if estimate is None or estimate.event_study is None:
        return None
    study = estimate.event_study
    unit = "percentage points" if shown_factor(item) != 1 else value_unit(item)
    blocks: tuple[Block, ...] = (
        Words(
            f"Effects in {unit}, by periods since each area's own start; 0 is its first period. They are "
            f"measured against {study.base}. Before the start they should be near zero. The wide range "
            "holds all of them at once; the other is for one at a time."
        ),
        _chart(item, estimate, study) if item.undrawn is None else Words(UNDRAWN),
        _table(item, estimate, study),
    )
    return Section(
        name=name,
        title=f"Finding {item.n}, by time since the start",
        about=f"{item.title}. One chart and the table it is drawn from.",
        blocks=blocks,
        widths=(18, 12, 14, 14, 14, 18, 18, 12),
        working=1,
        landscape=True,
    )


def _chart(item: Item, estimate: Estimate, study: EventStudy) -> Chart:
    factor, n = shown_factor(item), item.n
    scale = axis_for([x * factor for x in (*study.band_low, *study.band_high)], zero=True)
    unit = "percentage points" if factor != 1 else value_unit(item)
    return Chart(
        title=f"{item.finding.outcome}: effect by time since the start",
        alt_text=_in_words(item, estimate, study),
        x_title="Periods since the start (before it: below zero)",
        y_title=f"Effect, {unit}",
        dates=f"study.{n}.time",
        series=(
            Series("Low end, all at once", f"study.{n}.band_low", Role.BAND_BASE),
            Series("Range that holds all at once", f"study.{n}.band", Role.BAND),
            Series("Effect", f"study.{n}.effect", Role.EFFECT),
        ),
        low=scale.low,
        high=scale.high,
        step=scale.step,
        number_format=scale.number_format,
        months=False,
        every=max(1, -(-len(study.times) // MOST_MARKS)),
        dated=False,
    )


def _in_words(item: Item, estimate: Estimate, study: EventStudy) -> str:
    before = [e for t, e in zip(study.times, study.effect, strict=True) if t < 0]
    after = [e for t, e in zip(study.times, study.effect, strict=True) if t >= 0]
    places, unit = decimals(estimate.effect), item.about.effect
    text = (
        f"Line chart of the effect on {item.finding.outcome} by periods since the start, with a shaded "
        "range that holds all of them at once. From the start on it goes from "
        f"{bare_change(after[0], unit, places)} to {bare_change(after[-1], unit, places)}."
    )
    if not before:
        return text
    outside = sum(
        t < 0 and not low <= 0 <= high
        for t, low, high in zip(study.times, study.band_low, study.band_high, strict=True)
    )
    return f"{text} Of {len(before)} periods before the start the range leaves out zero in {outside}."


def _table(item: Item, estimate: Estimate, study: EventStudy) -> Table:
    head = (
        Column("Periods since the start", "time", figures=True),
        Column("Areas", figures=True),
        Column("Effect", "effect", figures=True),
        Column("Low end", figures=True),
        Column("High end", figures=True),
        Column("Low end, all at once", "band_low", figures=True),
        Column("High end, all at once", "band_high", figures=True),
        Column("For the chart: height of the range", "band", figures=True),
    )
    return Table(f"study.{item.n}", head, tuple(_rows(item, estimate, study)))


def _rows(item: Item, estimate: Estimate, study: EventStudy) -> Iterator[tuple[Cell, ...]]:
    factor = shown_factor(item)
    widest = max(high - low for low, high in zip(study.low, study.high, strict=True))
    form = digits(Interval(0.0, -widest / 2, widest / 2), factor)
    for i, time in enumerate(study.times):
        low, high = study.band_low[i] * factor, study.band_high[i] * factor
        name = f"study.{item.n}"
        yield (
            number(time, WHOLE),
            number(study.areas[i], WHOLE),
            number(study.effect[i] * factor, form),
            number(study.low[i] * factor, form),
            number(study.high[i] * factor, form),
            number(low, form),
            number(high, form),
            live(f"={{{name}.band_high.{i + 1}}}-{{{name}.band_low.{i + 1}}}", high - low, form),
        )
