"""Does the method find nothing where there was nothing?

The same method is run on windows of the history in which there was no campaign, each as long as the real
one, none overlapping another. A sound 95% interval should miss zero in about one window in twenty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scipy import stats

from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate, Interval, NotEstimable
from evalkit.panel import Panel

NAME = "placebo-in-time"
QUESTION = "Does the method find nothing where there was nothing?"
ENOUGH_WINDOWS = 8  # fewer cannot tell a sound interval from a narrow one
MOST_WINDOWS = 20
LEAST_HISTORY = 16  # periods before the first window, so that the method has something to learn from

Refit = Callable[[Panel, Design], Estimate | NotEstimable]


def placebo_in_time(panel: Panel, design: Design, refit: Refit) -> CheckResult:
    """Run the method on windows of its own history.

    Parameters
    ----------
    panel : Panel
    design : Design
    refit : callable
        The method, from panel and design to an estimate.

    Returns
    -------
    CheckResult
        `statistic` is the share of windows whose interval held zero, `scores` the windows' estimates in
        standard errors. `passed` is None under eight windows, and False where more windows missed zero than
        chance allows (binomial, one in forty).
    """
    if design.starts:
        text = "With different starts there is no stretch that was free of the campaign everywhere."
        return CheckResult(NAME, QUESTION, None, None, text)
    starts = window_starts(design)
    missed = held = 0
    scores: list[float] = []
    for start in starts:
        found = refit(panel.until(start + design.n_post), _at(design, panel, start))
        if isinstance(found, Estimate):
            held += found.effect.covers(0.0)
            missed += not found.effect.covers(0.0)
            scores.append(score(found.effect))
    n = held + missed
    if n == 0:
        text = "The history is too short to try the method on a stretch without a campaign."
        return CheckResult(NAME, QUESTION, None, None, text)
    said = (
        f"Tried on {n} earlier stretch{'es' if n > 1 else ''} of {design.n_post} periods without a campaign, "
        f"the range held zero in {held}, as a {design.level:.0%} range should nearly always."
    )
    if n < ENOUGH_WINDOWS:
        return CheckResult(
            NAME, QUESTION, None, held / n, said + " That is too few stretches to judge the method by."
        )
    allowed = int(stats.binom.ppf(0.975, n, 1 - design.level))
    return CheckResult(NAME, QUESTION, missed <= allowed, held / n, said, tuple(scores))


def score(effect: Interval) -> float:
    """Distance of an estimate from zero in standard errors, as its interval has them on that side."""
    side = effect.point - effect.low if effect.point > 0 else effect.high - effect.point
    return float(effect.point / max(side, 1e-300) * stats.norm.ppf((1 + effect.level) / 2))


def window_starts(design: Design) -> tuple[int, ...]:
    """Indices at which placebo windows start: back from the real start, none overlapping."""
    found: list[int] = []
    start = design.n_pre - design.n_post
    while start >= max(LEAST_HISTORY, design.n_post) and len(found) < MOST_WINDOWS:
        found.append(start)
        start -= design.n_post
    return tuple(reversed(found))


def _at(design: Design, panel: Panel, start: int) -> Design:
    """The same design, as if the campaign had started at an earlier period."""
    return replace(
        design,
        start=panel.periods[start],
        end=panel.periods[start + design.n_post - 1] if design.end else None,
        until=panel.periods[start + design.n_post - 1],
        washout=(),
        n_pre=start,
    )
