"""Ranking noisy estimates without letting luck lead the table.

1. Estimates of like things are drawn together as far as their own errors say they should be: a hierarchical
   normal model, the spread between campaigns integrated over a grid (Gelman and others, *Bayesian Data
   Analysis*, 3rd edition, section 5.4; Rubin 1981), not plugged in.
2. A rank is a probability. Draws are seeded; the same estimates give the same table in any order of input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 3  # with two, their spread cannot be told from their errors
GRID = 200
DRAWS = 20_000
WIDEST = 8.0  # the grid of the spread ends at so many times the largest distance or error

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One estimate after it has been drawn towards its like.

    Attributes
    ----------
    point, low, high : float
        Posterior mean and central 95% interval.
    top_third : float
        Probability of being among the best third.
    best_rank, worst_rank : int
        Between which its rank lies with probability 0.9; 1 is best.
    """

    point: float
    low: float
    high: float
    top_third: float
    best_rank: int
    worst_rank: int


def ranked(
    values: Sequence[float], errors: Sequence[float], *, prior: float | None = None, seed: int = 0
) -> tuple[Ranked, ...]:
    """Shrink estimates towards their common mean and rank what is left, with its uncertainty.

    Parameters
    ----------
    values, errors : sequence of float
        Estimates, more being better, and their standard errors, all above zero.
    prior : float, optional
        Scale of the half-Cauchy prior of the spread between campaigns (Gelman 2006, *Bayesian Analysis* 1,
        section 4.3, for few groups); by default the median standard error. Infinite for a uniform prior.
    seed : int

    Returns
    -------
    tuple of Ranked
        In the order given.

    Raises
    ------
    ValueError
        With fewer than three estimates, or an error that is not above zero.
    """
    y, s = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    if len(y) < LEAST or not (np.isfinite(y).all() and (s > 0).all() and np.isfinite(s).all()):
        raise ValueError("at least three finite estimates with errors above zero are needed")
    order = np.lexsort((s, y))
    draws = _draws(y[order], s[order], float(np.median(s)) if prior is None else prior, seed)
    ranks = 1 + np.argsort(np.argsort(-draws, axis=1), axis=1)
    third = max(1, round(len(y) / 3))
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    first, last = np.quantile(ranks, (0.05, 0.95), axis=0, method="inverted_cdf")
    found = [
        Ranked(
            float(draws[:, i].mean()),
            float(low[i]),
            float(high[i]),
            float((ranks[:, i] <= third).mean()),
            int(first[i]),
            int(last[i]),
        )
        for i in range(len(y))
    ]
    back = np.argsort(order)
    return tuple(found[i] for i in back)


def _draws(y: Array, s: Array, prior: float, seed: int) -> Array:
    """Joint draws of the true values: the spread from its grid, then the mean, then each value."""
    rng = np.random.default_rng(seed)
    ends = float(max(np.ptp(y), s.max())) * WIDEST
    tau = np.linspace(0.0, 1.0, GRID) ** 2 * ends  # closer together near nought
    total = s**2 + tau[:, None] ** 2
    precision = (1 / total).sum(axis=1)
    mean = (y / total).sum(axis=1) / precision
    fit = -0.5 * (np.log(total) + (y - mean[:, None]) ** 2 / total).sum(axis=1) - 0.5 * np.log(precision)
    if np.isfinite(prior):
        fit -= np.log1p((tau / prior) ** 2)
    weight = np.exp(fit - fit.max()) * np.gradient(tau)
    picked = rng.choice(GRID, DRAWS, p=weight / weight.sum())
    centre = mean[picked] + rng.standard_normal(DRAWS) / np.sqrt(precision[picked])
    between = tau[picked, None] ** 2
    pull = s**2 / (s**2 + between)
    middle = pull * centre[:, None] + (1 - pull) * y
    spread = np.sqrt(between * s**2 / (s**2 + between))
    return np.asarray(middle + spread * rng.standard_normal((DRAWS, len(y))))
