"""Could the comparison areas have followed the campaign areas at all?

Before the start, in how many periods did the campaign areas, about their own mean, lie within the comparison
areas about theirs? A mix of areas cannot follow where none of them goes.
"""

from __future__ import annotations

import numpy as np

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel

NAME = "comparison-fit"
QUESTION = "Could the comparison have followed the campaign areas before the start?"
MOSTLY = 0.75  # of the share that chance alone gives among areas that are alike, (J - 1) / (J + 1)
FEWEST = 4  # periods, and comparison areas, under which nothing is said


def comparison_fit(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Count the periods in which the comparison surrounds the campaign areas.

    Returns
    -------
    CheckResult
        `statistic` is the share of periods before the start within; `passed` tells if it is
        three quarters of what chance gives among areas that are alike.
    """
    rates = panel.rates()[: design.n_pre]
    ours = rates[:, [panel.column(a) for a in design.treated]].mean(axis=1)
    theirs = rates[:, [panel.column(a) for a in design.comparison]]
    known = np.isfinite(ours) & np.isfinite(theirs).all(axis=1)
    if known.sum() < FEWEST or theirs.shape[1] < FEWEST:
        text = "There are too few periods or comparison areas to tell."
        return CheckResult(NAME, QUESTION, None, None, text)
    ours, theirs = ours[known], theirs[known]
    if theirs.min() > 0 and ours.min() > 0:
        ours, theirs = ours / ours.mean(), theirs / theirs.mean(axis=0)
    else:
        ours, theirs = ours - ours.mean(), theirs - theirs.mean(axis=0)
    within = float(np.mean((ours <= theirs.max(axis=1)) & (ours >= theirs.min(axis=1))))
    usual = (theirs.shape[1] - 1) / (theirs.shape[1] + 1)
    text = (
        f"In {within:.0%} of {int(known.sum())} periods before the start the campaign areas, about their "
        f"own mean, lay within the comparison areas about theirs; areas that are alike do in {usual:.0%}."
    )
    if within < MOSTLY * usual:
        text += " Where they lay outside, no mix of these areas can follow them."
    return CheckResult(NAME, QUESTION, within >= MOSTLY * usual, within, text)
