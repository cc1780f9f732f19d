"""Effects by time since the start, with what the method finds in each of the last periods before it.

1. Methods that compare changes of areas bring such entries with them. The regression on all areas does not:
   each of the last periods before the start is estimated as if the campaign had been on in that period alone,
   from the figures before the first of them.
2. A synthetic control has none: its mix is chosen to follow the campaign areas before the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import NormalDist

from evalkit.checks.placebo_time import LEAST_HISTORY, Refit
from evalkit.design import Design, Window
from evalkit.estimate import Estimate, EventStudy
from evalkit.panel import Panel

MOST_LEADS = 6  # last periods before the start that are looked at one by one, as for roll-outs
FORECAST = "areas"  # the method whose leads are made here


def study_of(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> EventStudy | None:
    """Effects by time since the start, with entries before it.

    Parameters
    ----------
    panel : Panel
    design : Design
    estimate : Estimate
    refit : callable
        The method, from panel and design to an estimate.
    """
    study = estimate.event_study
    if design.method != FORECAST or study is None:
        return study
    count = min(MOST_LEADS, design.n_pre - LEAST_HISTORY)
    found = [_lead(panel, design, t, count, refit) for t in range(design.n_pre - count, design.n_pre)]
    leads = [lead for lead in found if lead is not None]
    after = [i for i, t in enumerate(study.times) if t >= 0]
    return EventStudy(
        times=(*(lead.time for lead in leads), *(study.times[i] for i in after)),
        areas=(*(len(design.treated) for _ in leads), *(study.areas[i] for i in after)),
        effect=(*(lead.effect for lead in leads), *(study.effect[i] for i in after)),
        low=(*(lead.effect - lead.own for lead in leads), *(study.low[i] for i in after)),
        high=(*(lead.effect + lead.own for lead in leads), *(study.high[i] for i in after)),
        band_low=(*(lead.effect - lead.band for lead in leads), *(study.band_low[i] for i in after)),
        band_high=(*(lead.effect + lead.band for lead in leads), *(study.band_high[i] for i in after)),
        base=f"what the figures up to {count} periods before the start lead one to expect",
    )


def one_step_each(design: Design) -> bool:
    """Whether an entry before the start is the change from the period before it, as with a varying base."""
    return design.method.startswith("staggered") and "base=universal" not in design.method


def moved_by_drift(design: Design, times: Sequence[int]) -> tuple[float, ...]:
    """By how much each entry before the start moves if areas drift apart by one unit a period.

    Parameters
    ----------
    design : Design
    times : sequence of int
        Periods since the start, all below zero.
    """
    if not times:
        return ()
    if design.method.startswith("did"):  # against the mean of all of them
        centre = sum(times) / len(times)
        return tuple(t - centre for t in times)
    if one_step_each(design):
        return (1.0,) * len(times)
    base = -1 if design.method.startswith("staggered") else min(times) - 1  # the last period that is fitted
    return tuple(float(t - base) for t in times)


@dataclass(frozen=True, slots=True)
class _Lead:
    """One period before the start: half widths of its own range and of one that holds all of them."""

    time: int
    effect: float
    own: float
    band: float


def _lead(panel: Panel, design: Design, t: int, count: int, refit: Refit) -> _Lead | None:
    """The method's answer for period `t` alone; None where it has no figure, or nothing can be told."""
    first = panel.periods[design.n_pre - count]
    day = panel.periods[t]
    skipped = (Window(first, day - timedelta(days=1)),) if day > first else ()
    alone = replace(
        design,
        start=day,
        end=day if design.end else None,
        until=day,
        last=None,
        washout=(),
        exclude=(*design.exclude, *skipped),
        n_pre=t,
        n_post=1,
        level=1 - (1 - design.level) / count,
    )
    found = refit(panel.until(t + 1), alone)
    if not isinstance(found, Estimate):
        return None
    band = found.effect.width / 2
    normal = NormalDist()
    narrower = normal.inv_cdf((1 + design.level) / 2) / normal.inv_cdf((1 + alone.level) / 2)
    return _Lead(t - design.n_pre, found.effect.point, band * narrower, band)
