"""The two charts of a finding, with a description in words of what each shows."""

from __future__ import annotations

import math

from evalkit.amounts import bare_change, british_date, decimals
from evalkit.estimate import Estimate, Path
from evalkit.pack.axis import axis_for, date_marks
from evalkit.pack.items import Item
from evalkit.pack.periods import (
    MOST_EVENTS,
    axis,
    drawn,
    events_shown,
    expected_title,
    shown_factor,
    start_index,
    total_unit,
    value_unit,
)
from evalkit.pack.sections import Chart, Role, Series

UNDRAWN = "Figures that tell of few people are not drawn."


def observed_and_expected(item: Item, *, rows: int) -> Chart | None:
    """Observed against expected with its range, the campaign's time and known events marked."""
    estimate = item.estimate
    if estimate is None or estimate.path is None:
        return None
    path, n, scale = drawn(item, estimate.path), item.n, axis(item, estimate.path)
    seen = "drawn" if item.undrawn else "observed"
    months, every = date_marks(path.periods[0], path.periods[-1])
    events = events_shown(item, path)[:MOST_EVENTS]
    series = [
        Series("Low end", f"path.{n}.low", Role.BAND_BASE),
        Series(
            f"Range of {'that mean' if path.averaged else 'what was expected'}", f"path.{n}.band", Role.BAND
        ),
        Series(expected_title(path), f"path.{n}.expected", Role.EXPECTED),
        Series("Observed", f"path.{n}.{seen}", Role.OBSERVED),
    ]
    series.append(Series("Campaign starts and ends", f"path.{n}.edge", Role.MARK))
    series += [
        Series(_event_title(e.what or "event"), f"path.{n}.event{i}", Role.EVENT)
        for i, e in enumerate(events, start=1)
    ]
    return Chart(
        title=f"{item.finding.outcome}: observed and expected",
        alt_text=_levels_in_words(item, path),
        x_title="Date",
        y_title=_sentence(value_unit(item)) + (f" (axis from {scale.low:,g})" if scale.low > 0 else ""),
        dates=f"path.{n}.date",
        series=tuple(series),
        low=scale.low,
        high=scale.high,
        step=scale.step,
        number_format=scale.number_format,
        months=months,
        every=every,
        rows=rows,
    )


def running_total(item: Item, *, rows: int) -> Chart | None:
    """The total effect so far with its range, from the start of the campaign."""
    estimate = item.estimate
    if estimate is None or estimate.path is None:
        return None
    path, n = drawn(item, estimate.path), item.n
    heights = [
        x
        for x in (*path.cumulative, *path.cumulative_low, *path.cumulative_high)
        if x is not None and math.isfinite(x)
    ]
    if not heights:
        return None
    total = f"path.{n}.drawn_total" if item.undrawn else f"path.{n}.total"
    scale, begin = axis_for(heights, zero=True), min(start_index(item, path), len(path.periods) - 1)
    months, every = date_marks(path.periods[begin], path.periods[-1])
    return Chart(
        title=f"{item.finding.outcome}: total effect so far",
        alt_text=_total_in_words(item, estimate, path),
        x_title="Date",
        y_title=f"{_sentence(total_unit(item))} (below zero: {item.about.total.less})",
        dates=f"path.{n}.date",
        series=(
            Series("Low end", f"{total}_low", Role.BAND_BASE),
            Series("Range", f"{total}_band", Role.BAND),
            Series("Total effect so far", total, Role.EFFECT),
        ),
        low=scale.low,
        high=scale.high,
        step=scale.step,
        number_format=scale.number_format,
        months=months,
        every=every,
        rows=rows,
        first=begin,
    )


def _range_title(path: Path) -> str:
    return "Range of that mean" if path.averaged else "Range of what was expected"


def _expected_in_words(path: Path) -> str:
    if path.averaged:
        return (
            "the mean before the start, and from it for the mean that was expected without the campaign, "
            "with a shaded range"
        )
    return "what was expected without the campaign, and a shaded range around it"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _event_title(what: str) -> str:
    return f"Event: {what if len(what) <= 40 else what[:39].rstrip() + '…'}"


def _levels_in_words(item: Item, path: Path) -> str:
    begin, factor = start_index(item, path), shown_factor(item)
    pairs = [
        (o * factor, c * factor)
        for o, c in zip(path.observed[begin:], path.counterfactual[begin:], strict=True)
        if o is not None
    ]
    below = sum(o < c for o, c in pairs)
    span = f"{british_date(path.periods[0])} to {british_date(path.periods[-1])}"
    text = (
        f"Line chart of {item.finding.outcome} ({value_unit(item)}), {span}: a solid line for observed, a "
        f"dashed line for {_expected_in_words(path)}."
    )
    if pairs:
        text += (
            f" From the start of the campaign the observed figure is below the expected one in {below} of "
            f"{len(pairs)} periods with a figure."
        )
    named = [e.what for e in events_shown(item, path)[:MOST_EVENTS] if e.what]
    text += f" Events marked: {'; '.join(named)}." if named else ""
    return f"{text} {UNDRAWN}" if path.withheld or path.averaged else text


def _total_in_words(item: Item, estimate: Estimate, path: Path) -> str:
    places = decimals(estimate.total)
    end, low, high = (
        bare_change(x, item.about.total, places)
        for x in (estimate.total.point, estimate.total.low, estimate.total.high)
    )
    text = f"Line chart of the total effect since the start of the campaign on {item.finding.outcome}, with "
    if any(p >= path.periods[min(start_index(item, path), len(path.periods) - 1)] for p in path.withheld):
        return f"{text}a shaded range, up to the first figure that is withheld. {UNDRAWN}"
    return f"{text}a shaded range. It ends at {end}, within a range from {low} to {high}."
