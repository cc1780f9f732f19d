"""A finding period by period: the table that the charts are drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from evalkit.amounts import british_date
from evalkit.calendars import after
from evalkit.campaign.outcomes import Event
from evalkit.estimate import Estimate, Path
from evalkit.pack.axis import Axis, axis_for
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    DATE,
    EMPTY,
    Block,
    Cell,
    Column,
    Look,
    Section,
    Table,
    Value,
    Words,
    digits,
    live,
    number,
    words,
)
from evalkit.small_counts import WITHHELD
from evalkit.vocabulary import Frequency
from evalkit.withholding.answers import concealed_path

MOST_EVENTS = 4  # beyond that, marks crowd the chart; the rest are in the list of events
CLOSE = 1e-9
DRAWN = (  # what charts show where some figures are too small to be drawn
    Column("For the chart: observed", "drawn", figures=True),
    Column("For the chart: total effect so far", "drawn_total", figures=True),
    Column("For the chart: total, low end", "drawn_total_low", figures=True),
    Column("For the chart: height of the total's range drawn", "drawn_total_band", figures=True),
)


def periods(item: Item, name: str) -> Section:
    """Every period with observed, expected, effect and running total, and what the charts need."""
    estimate = item.estimate
    working = 3 + MOST_EVENTS + (len(DRAWN) if item.undrawn else 0)
    blocks: tuple[Block, ...]
    if estimate is None or estimate.path is None:
        blocks = (Words("There is no account by period for this finding."),)
    else:
        blocks = (Words(_note(item, estimate)), _table(item, estimate, estimate.path))
    return Section(
        name=name,
        title=f"Finding {item.n}, period by period",
        about=f"{item.title}. Effects and running totals are formulas where they are plain arithmetic; what "
        "the model expected is held as numbers. A blank cell has no such figure for its period.",
        blocks=blocks,
        widths=(13, *(11,) * 10, 26, *(12,) * working),
        working=working,
        landscape=True,
    )


def shown_factor(item: Item) -> int:
    """From figures as estimated to figures as shown: per cent of a share, so many units of an exposure."""
    return round(item.about.shown_effect)


def value_unit(item: Item) -> str:
    """Unit of the figure by period."""
    return item.about.figure_unit


def total_unit(item: Item) -> str:
    """Unit of the running total."""
    return item.outcome.unit


def start_index(item: Item, path: Path) -> int:
    """Index of the first period of the campaign."""
    start = item.design.start if item.design else item.campaign.start
    return next((i for i, p in enumerate(path.periods) if p >= start), len(path.periods))


def events_shown(item: Item, path: Path) -> tuple[Event, ...]:
    """Known events of this outcome on the calendar, in order of date; those in the campaign's time first."""
    treated = item.design.treated if item.design else ()
    end = _span(item, path, len(path.periods) - 1)[1]
    mine = [
        e
        for e in item.evaluation.programme.events
        if e.start
        and e.outcome in (None, item.outcome.name)
        and (e.area is None or e.area in treated)
        and path.periods[0] <= (e.end or e.start)
        and e.start < end
    ]
    start = item.campaign.start
    mine.sort(key=lambda e: ((e.end or e.start or start) < start, e.start or start))
    return tuple(mine)


def drawn(item: Item, path: Path) -> Path:
    """What charts may show of an account by period: small figures are gaps, and no line leads over them."""
    start = item.design.start if item.design else item.campaign.start
    return concealed_path(path, item.undrawn, start) if item.undrawn else path


def expected_title(path: Path) -> str:
    """The heading of what was expected."""
    return "Expected without the campaign, on average" if path.averaged else "Expected without the campaign"


def axis(item: Item, path: Path) -> Axis:
    """The vertical axis of the chart of observed and expected."""
    factor, path = shown_factor(item), drawn(item, path)
    heights = [x for x in (*path.observed, *path.low, *path.high) if x is not None and math.isfinite(x)]
    return axis_for([x * factor for x in heights], room_above=0.12)


def _note(item: Item, estimate: Estimate) -> str:
    path = estimate.path
    gaps = [
        p
        for p, o in (zip(path.periods, path.observed, strict=True) if path else ())
        if o is None and path and p not in path.withheld
    ]
    listed = ", ".join(british_date(p) for p in gaps[:12]) + (" and more" if len(gaps) > 12 else "")
    unit = value_unit(item)
    effects = "percentage points" if unit == "%" else unit
    text = (
        f"Units: observed and expected in {unit}; effects in {effects}; totals in {total_unit(item)}. A "
        "range is for one period at a time, or for the running total up to it."
    )
    text += f" Periods without a figure: {listed}." if gaps else " No period lacks a figure."
    if path and path.withheld:
        text += f" {len(path.withheld)} figures are withheld, as they tell of few people."
    if path and path.averaged:
        text += (
            " What was expected by period, effects and running totals would tell such figures, so only means "
            "are given: of what was observed before the start, and of what was expected from it."
        )
    if item.undrawn:
        text += f" {len(item.undrawn)} figures are not drawn in charts, as they tell of few people."
    return text


def _table(item: Item, estimate: Estimate, path: Path) -> Table:
    events = events_shown(item, path)[:MOST_EVENTS]
    head = (
        Column("Period, first day", "date"),
        Column("Observed", "observed", figures=True),
        Column(expected_title(path), "expected", figures=True),
        Column("Expected, low end", "low", figures=True),
        Column("Expected, high end", "high", figures=True),
        Column("Effect", "effect", figures=True),
        Column("Effect, low end", figures=True),
        Column("Effect, high end", figures=True),
        Column("Total effect so far", "total", figures=True),
        Column("Total, low end", "total_low", figures=True),
        Column("Total, high end", "total_high", figures=True),
        Column("Note"),
        Column("For the chart: height of the range", "band", figures=True),
        Column("For the chart: height of the total's range", "total_band", figures=True),
        Column("For the chart: campaign starts and ends", "edge", figures=True),
        *(Column(f"For the chart: event {i}", f"event{i}", figures=True) for i in range(1, len(events) + 1)),
        *(DRAWN if item.undrawn else ()),
    )
    return Table(f"path.{item.n}", head, tuple(_rows(item, estimate, path, events)))


def _rows(
    item: Item, estimate: Estimate, path: Path, events: tuple[Event, ...]
) -> Iterator[tuple[Cell, ...]]:
    factor, top = shown_factor(item), axis(item, path).high
    form, sums = digits(estimate.effect, factor), digits(estimate.total)
    begin = start_index(item, path)
    spans = [_span(item, path, i) for i in range(len(path.periods))]
    on = [i for i, span in enumerate(spans) if _on(item, span)]
    edges = {on[0], on[-1]} if on else set()
    marks = [next((i for i, span in enumerate(spans) if _during(e, span)), -1) for e in events]
    shown = drawn(item, path)
    for i, period in enumerate(path.periods):
        at = _at(item.n, i + 1)
        low, high = path.low[i] * factor, path.high[i] * factor
        yield (
            number(period, DATE),
            _held(path.observed[i], factor, form, Look.INPUT),
            _held(path.counterfactual[i], factor, form),
            number(low, form),
            number(high, form),
            _effect(path, i, factor, form, at),
            _held(path.effect_low[i], factor, form),
            _held(path.effect_high[i], factor, form),
            _running(item, path, i, sums, at),
            _held(path.cumulative_low[i], 1, sums),
            _held(path.cumulative_high[i], 1, sums),
            words(_remark(item, path, i, begin)),
            live(f"={at['high']}-{at['low']}", high - low, form),
            _total_band(path, i, sums, at),
            number(top, "General") if i in edges else EMPTY,
            *(number(top * 0.97, "General") if i == first else EMPTY for first in marks),
            *(_drawn(shown, i, factor, form, sums, at) if item.undrawn else ()),
        )


def _drawn(
    shown: Path, i: int, factor: int, form: str, sums: str, at: dict[str, str]
) -> tuple[Cell, Cell, Cell, Cell]:
    """The cells that charts show: what stands beside them, or a gap."""
    seen, total = shown.observed[i], shown.cumulative[i]
    low, high = shown.cumulative_low[i], shown.cumulative_high[i]
    ends = (EMPTY, EMPTY)
    if low is not None and high is not None and math.isfinite(high - low):
        ends = (
            live(f"={at['total_low']}", low, sums),
            live(f"={at['total_high']}-{at['total_low']}", high - low, sums),
        )
    return (
        EMPTY if seen is None else live(f"={at['observed']}", seen * factor, form),
        EMPTY if total is None else live(f"={at['total']}", total, sums),
        *ends,
    )


def _at(n: int, row: int) -> dict[str, str]:
    keys = ("observed", "expected", "low", "high", "effect", "total", "total_low", "total_high")
    return {key: f"{{path.{n}.{key}.{row}}}" for key in keys}


def _held(value: float | None, factor: int, form: str, look: Look = Look.FIGURE) -> Cell:
    return EMPTY if value is None or not math.isfinite(value) else number(value * factor, form, look=look)


def _same(a: float, b: float, scale: float) -> bool:
    return abs(a - b) <= CLOSE * max(abs(scale), abs(a), abs(b), 1e-12)


def _effect(path: Path, i: int, factor: int, form: str, at: dict[str, str]) -> Cell:
    """Observed less expected as a formula; in a gap, what the model says."""
    effect, observed = path.effect[i], path.observed[i]
    if effect is None:
        return EMPTY
    if observed is None or not _same(effect, observed - path.counterfactual[i], observed):
        return number(effect * factor, form)
    return live(
        f"={at['observed']}-{at['expected']}", observed * factor - path.counterfactual[i] * factor, form
    )


def _running(item: Item, path: Path, i: int, form: str, at: dict[str, str]) -> Cell:
    """The running total as a formula where it is the one before plus the effect, times the areas."""
    here, effect = path.cumulative[i], path.effect[i]
    before = path.cumulative[i - 1] if i else None
    if here is None:
        return EMPTY
    areas = len(item.design.treated) if item.design else 1
    if shown_factor(item) != 1 or effect is None or not _same(here, (before or 0.0) + areas * effect, here):
        return number(here, form)
    times = f"{{est.{item.n}.areas}}*{at['effect']}" if areas > 1 else at["effect"]
    if before is None:
        return live(f"={times}", here, form)
    row = int(at["total"].rsplit(".", 1)[1].rstrip("}"))
    previous = at["total"].replace(f".{row}}}", f".{row - 1}}}")
    return live(f"={previous}+{times}", here, form)


def _total_band(path: Path, i: int, form: str, at: dict[str, str]) -> Cell:
    low, high = path.cumulative_low[i], path.cumulative_high[i]
    if low is None or high is None or not math.isfinite(high - low):
        return EMPTY
    return live(f"={at['total_high']}-{at['total_low']}", high - low, form)


def _span(item: Item, path: Path, i: int) -> tuple[date, date]:
    """First day of a period, and the first day after it."""
    if i + 1 < len(path.periods):
        return path.periods[i], path.periods[i + 1]
    frequency = item.design.frequency if item.design else Frequency.DAILY
    return path.periods[i], after(path.periods, frequency)


def _on(item: Item, span: tuple[date, date]) -> bool:
    return span[0] <= item.campaign.end and span[1] > item.campaign.start


def _during(event: Event, span: tuple[date, date]) -> bool:
    start, end = event.start, event.end or event.start
    return bool(start and end and span[0] <= end and span[1] > start)


def _remark(item: Item, path: Path, i: int, begin: int) -> str:
    said: list[Value] = []
    if path.observed[i] is None:
        said.append(WITHHELD if path.periods[i] in path.withheld else "no figure")
    elif item.design and any(w.start <= path.periods[i] <= w.end for w in item.design.provisional):
        said.append("may still be revised")
    if i == begin:
        said.append("campaign starts")
    if i >= begin and path.effect[i] is None and not path.averaged:
        said.append("not counted")
    said += [e.what for e in events_shown(item, path) if e.what and _during(e, _span(item, path, i))]
    period = "before the campaign" if i < begin else "after the start"
    return "; ".join(str(s) for s in said) or period
