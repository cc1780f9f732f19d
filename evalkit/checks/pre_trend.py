"""Did campaign and comparison areas move alike before the start?

The effects by time since the start are looked at before it, where there should be none: one outside the
band that holds all of them at once speaks against the comparison. A test that finds nothing says little if
it could not have found much, so the drift that it would have seen is told, too (Roth 2022, AER: Insights
4:305-322).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from evalkit.checks.leads import moved_by_drift, study_of
from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate, EventStudy
from evalkit.panel import Panel
from evalkit.vocabulary import DesignCode, OutcomeKind

NAME = "pre-trend"
QUESTION = "Did the areas move alike before the start?"
POWER = 0.8
FOLLOWS = (
    "A synthetic control is a mix chosen to follow the campaign areas before the start, so how alike they "
    "were there is no test of it. How closely the mix followed is told with the estimate; whether it could "
    "is asked of the comparison areas."
)


@dataclass(frozen=True, slots=True)
class Leads:
    """Entries before the start: time, effect, half width of its own interval and of the common band."""

    time: tuple[int, ...]
    effect: tuple[float, ...]
    own: tuple[float, ...]
    band: tuple[float, ...]


def leads_of(study: EventStudy) -> Leads:
    """The entries of an event study that lie before the start and have a range."""
    at = [i for i, t in enumerate(study.times) if t < 0 and study.high[i] > study.low[i]]
    return Leads(
        tuple(study.times[i] for i in at),
        tuple(study.effect[i] for i in at),
        tuple((study.high[i] - study.low[i]) / 2 for i in at),
        tuple((study.band_high[i] - study.band_low[i]) / 2 for i in at),
    )


def pre_trend(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Look for effects before the start, and say what drift would have been seen.

    Returns
    -------
    CheckResult
        `passed` is False where an effect before the start lies outside the common band; None where there are
        none to look at, or where a drift as large as the effect could have gone unseen. `statistic` is the
        drift a period that would be seen with power 0.8, in the outcome's unit.
    """
    if design.code is DesignCode.SYNTHETIC:
        return CheckResult(NAME, QUESTION, None, None, FOLLOWS)
    study = study_of(panel, design, estimate, refit)
    leads = leads_of(study) if study else None
    if leads is None or len(leads.time) < 2:
        text = "There are too few periods before the start to see whether the areas moved alike."
        return CheckResult(NAME, QUESTION, None, None, text)
    share = design.outcome_kind is OutcomeKind.SHARE
    factor, unit = (100.0, " percentage points") if share else (1.0, "")
    drift = seen_drift(leads, design.level, moved_by_drift(design, leads.time))
    middle = _middle(study)
    size = abs(estimate.effect.point)
    said = (
        f"A steady drift of {drift * factor:,.3g}{unit} a period would have been seen four times out of "
        f"five; by the middle of the campaign it would make {drift * middle * factor:,.3g}{unit}, against an "
        f"effect of {size * factor:,.3g}{unit}."
    )
    outside = [t for t, e, b in zip(leads.time, leads.effect, leads.band, strict=True) if abs(e) > b]
    if outside:
        times = ", ".join(str(-t) for t in outside)
        text = f"No: {times} periods before the start the areas already moved apart. {said}"
        return CheckResult(NAME, QUESTION, False, drift, text)
    alike = f"In the {len(leads.time)} periods looked at before the start no difference shows. {said}"
    if drift * middle > size:
        return CheckResult(NAME, QUESTION, None, drift, f"{alike} So a drift could pass for the effect.")
    return CheckResult(NAME, QUESTION, True, drift, alike)


def seen_drift(leads: Leads, level: float, moved: Sequence[float]) -> float:
    """Smallest slope that puts at least one entry outside the band with power 0.8.

    Parameters
    ----------
    leads : Leads
    level : float
    moved : sequence of float
        By how much each entry moves if areas drift apart by one a period.
    """
    normal = NormalDist()
    reach, wanted = normal.inv_cdf((1 + level) / 2), normal.inv_cdf(POWER)
    slopes = [
        (band + wanted * own / reach) / max(abs(by), 0.5)
        for by, own, band in zip(moved, leads.own, leads.band, strict=True)
    ]
    return min(slopes, default=math.inf)


def _middle(study: EventStudy | None) -> float:
    """Mean time since the start over all counted cells, the first period counting one."""
    if study is None:
        return 1.0
    after = [(t + 1, a) for t, a in zip(study.times, study.areas, strict=True) if t >= 0]
    return sum(t * a for t, a in after) / max(sum(a for _, a in after), 1)
