"""Synthetic difference-in-differences: areas and periods weighted, then the difference of differences.

1. As published: area weights with a ridge scaled by the noise, period weights almost without, both with an
   intercept. Weights are solved exactly, where the authors' program stops a search.
2. The error comes from every comparison area in turn as if it had had the campaign; with several campaign
   areas from seeded groups of them. Comparison areas must outnumber campaign areas; there is no jackknife.

References: Arkhangelsky D, Athey S, Hirshberg DA, Imbens GW, Wager S (2021), AER 111:4088-4118; Clarke D et
al (2024), Stata J 24:557-598.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import area_answers as answers
from evalkit.methods.donors import Donors, donors, untreated, weight_note, weight_terms
from evalkit.methods.engine import Array
from evalkit.methods.simplex import simplex_weights
from evalkit.panel import Panel

GROUPS = 100  # of comparison areas taken as if they had had the campaign
TINY = 1e-6  # ridge of the period weights, in noise standard deviations


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weights of areas and periods, and the effect."""

    effect: float
    areas: Array
    periods: Array


def synthetic_did(y: Array, D: Array, n_pre: int, treated: int) -> Weighted:
    """The estimator.

    Parameters
    ----------
    y : (T,) array
        Mean of the campaign areas.
    D : (T, J) array
    n_pre : int
    treated : int
        How many areas `y` is the mean of.
    """
    T, J = D.shape
    noise = float(np.diff(D[:n_pre], axis=0).std(ddof=1))
    zeta = (treated * (T - n_pre)) ** 0.25 * noise
    past, after = D[:n_pre], D[n_pre:].mean(axis=0)
    areas = simplex_weights(past - past.mean(axis=0), y[:n_pre] - y[:n_pre].mean(), zeta**2 * n_pre)
    rows = past.T - past.mean(axis=1)
    periods = simplex_weights(rows, after - after.mean(), (TINY * noise) ** 2 * J)
    change = (y[n_pre:].mean() - periods @ y[:n_pre]) - (after - periods @ past) @ areas
    return Weighted(float(change), areas, periods)


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Weigh areas and periods, and judge by placebos."""
    found = donors(panel, design)
    if isinstance(found, NotEstimable):
        return found
    k, J = found.table.treated.size, found.D.shape[1]
    if k + 2 > J:
        return NotEstimable(
            (
                f"{J} comparison areas do not outnumber {k} campaign areas by two, so there is no placebo "
                "to judge by.",
            ),
            ("Add comparison areas, or use the method areas or did.",),
        )
    main = synthetic_did(found.y, found.D, found.n_pre, k)
    placebos = _placebos(found, k, design.seed)
    error, df = float(placebos.std(ddof=1)), float(min(placebos.size, J) - 1)
    level = float(main.periods @ (found.y[: found.n_pre] - found.D[: found.n_pre] @ main.areas))
    gap = found.y - found.D @ main.areas - level
    at, n = float(stdtrit(df, (1 + design.level) / 2)), len(panel.periods)
    running = np.full(n, np.nan)
    inside = np.flatnonzero(found.table.cells.any(axis=1))
    running[inside] = at * error * np.sqrt(inside.size / np.arange(1, inside.size + 1))
    past = gap[: found.n_pre] - gap[: found.n_pre].mean()
    beaten = int((np.abs(placebos) >= abs(main.effect)).sum())
    which = (
        f"each of {J} comparison areas in turn"
        if k == 1
        else f"{placebos.size} groups of {k} comparison areas"
    )
    result = answers.Effects(
        untreated=untreated(found, gap),
        cells=found.table.cells,
        quantile=answers.t_quantile(main.effect, error, df),
        p_value=answers.t_p_value(main.effect, error, df),
        detectable=answers.t_detectable(error, df),
        reach=np.full(n, at * float(past.std())),
        running=running,
        event_study=None,
        terms=weight_terms(found, main.areas),
        notes=(
            *found.notes,
            f"Inference by placebo: {which}, standard error {error:,.3g} with t({df:.0f}); {beaten} of "
            f"them moved at least as far, and by rank alone no p-value below {1 / (placebos.size + 1):.2g} "
            "is possible.",
            weight_note(found, main.areas),
        ),
    )
    return answers.report(panel, design, found.table, result)


def _placebos(found: Donors, k: int, seed: int) -> Array:
    """Effects of comparison areas taken as if they had had the campaign."""
    J = found.D.shape[1]
    groups = [np.array([j]) for j in range(J)]
    if k > 1:
        rng = np.random.default_rng(seed)
        groups = [rng.choice(J, k, replace=False) for _ in range(GROUPS)]
    out = []
    for group in groups:
        rest = np.delete(found.D, group, axis=1)
        out.append(synthetic_did(found.D[:, group].mean(axis=1), rest, found.n_pre, k).effect)
    return np.array(out)
