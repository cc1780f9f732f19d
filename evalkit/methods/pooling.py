"""Every area forecast from the others: what the comparison areas teach about a forecast of the campaign's.

1. Arrays in, a posterior out: no dates, no names, no random draws.
2. How errors carry over and how far other areas may be leant on is learned from all areas, each taken in turn
   as if it had had the campaign; how wrong those forecasts were scales the range.

Model, for an area's figure r in period t, given the other areas' figures x::

    r_t = intercept + sum_j (b / J + g_j) x_jt + effect_t + u_t,        g_j ~ N(0, R / (J v) s^2)

with `b` 0 or 1 (lean on the mean of the others or not), `v` the variance of an area about the mean of all,
and `u` as in the engine. With b = 1 and R near 0 this is difference-in-differences, with larger R a synthetic
control whose weights are shrunk towards equal ones. Where areas differ in size the same is tried with figures
as multiples of each area's own mean.

The fits that leave one area out all come from one inverse of the areas' cross-products, so the cost is that
of one ridge regression a setting. References: as for the engine; Besag (1975), The Statistician 24:179-195,
on the likelihood of each given the others; Abadie (2021), J Econ Lit 59:391-425, on placebos.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array, Effects, Errors, Noise, Posterior, Whole, whiten
from evalkit.methods.mixture import thin

RATIOS = np.array([0.03, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0])  # R, equal prior mass
LEANS = np.array([0.0, 1.0])  # b, equal prior mass
COUNTED = 4.0  # areas' worth of evidence on the settings that the comparison areas may add up to
ALIKE = 8.0  # degrees of freedom that the areas' common noise adds to an area's own
TRUST = 6.0  # forecasts' worth of trust in the model's own standard errors
UNEQUAL = 1.15  # largest mean over smallest, from which on areas are also compared in multiples of it
KEPT_NODES = 150


@dataclass(frozen=True, slots=True)
class Areas:
    """What is fitted.

    Attributes
    ----------
    outcome : (n,) array
        Mean of the campaign areas; NaN where it is not used.
    donors : (n, J) array
        Comparison areas, complete.
    fixed : (n, F) array
        Columns with a free coefficient in every area, such as known events.
    effects : Effects
        Profiles without free departures.
    errors : Errors
    noise : Noise
    past : (n,) boolean array
        Periods before the start that are in the fit.
    together : float
        Areas whose independent noise averages out in the outcome.
    """

    outcome: Array
    donors: Array
    fixed: Array
    effects: Effects
    errors: Errors
    noise: Noise
    past: NDArray[np.bool_]
    together: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """The posterior of the outcome's regression, and how the other areas' forecasts did.

    Attributes
    ----------
    posterior : Posterior
        Coefficients: donors, fixed, intercept, delta.
    base : (n, J + F + 1) array
        The columns they belong to, without delta's.
    weights : (J,) array
        Mean coefficient of each donor.
    misses : (J,) array
        Each donor's estimate as if it had had the campaign, in standard errors.
    stretch : float
        Factor by which the misses scale the standard errors.
    """

    posterior: Posterior
    base: Array
    weights: Array
    misses: Array
    stretch: float


def error_grid() -> Errors:
    """Independent errors, AR(1) with and without noise, random walk with noise; prior .20, .60, .20.

    Coarser than the single series' grid: with all areas to learn from, finer steps change nothing.
    """
    rows = [(0.0, 0.0, 0.0, 0.0, 1.0, 0.20)]
    persistence, shares, steps = (0.3, 0.6, 0.8, 0.92), (0.4, 1.0), (0.004, 0.03, 0.2)
    rows += [(r, w, w * (1 - r * r), 0.0, 1 - w, 0.60 / 8) for r in persistence for w in shares]
    rows += [(0.0, 0.0, 0.0, s, 1 - s, 0.20 / 3) for s in steps]
    return Errors(*(np.array(c) for c in zip(*rows, strict=True)))


def fit(areas: Areas) -> Pooled:
    """Weigh every setting by all areas, and solve the outcome's regression at those that matter."""
    seen = np.isfinite(areas.outcome)
    J, df = areas.donors.shape[1], int(seen.sum()) - 2 - areas.fixed.shape[1]
    grids = [_grid(areas, sizes) for sizes in _sizes(areas)]
    others = [_donors(g, df) for g in grids]  # as if lasting: the shape is for the outcome to tell
    rest = np.array([o.log for o in others])  # (variants, R, b, C, J)
    shared = np.log(areas.errors.mass) + min(1.0, COUNTED / J) * rest.sum(axis=-1)
    noise = np.array([(o.squares / df).mean(axis=-1) for o in others]) / areas.together
    misses = _misses(shared, others, df)
    stretch = float(np.sqrt((TRUST + misses @ misses) / (TRUST + J - 1)))
    own = [
        [_outcome(g, h, noise[v], df) for v, g in enumerate(grids)] for h in range(len(areas.effects.mass))
    ]
    log = np.array([[o[0] for o in row] for row in own]) + shared
    log += np.log(areas.effects.mass)[:, None, None, None, None]
    weight = np.exp(log - log.max()).ravel()
    delta = np.array([[o[1] for o in row] for row in own]).ravel()
    chosen, mass = thin(weight / weight.sum(), delta, KEPT_NODES)
    nodes = np.unravel_index(chosen, log.shape)
    posterior = _solve(
        areas, grids, nodes, mass, noise[nodes[1:]], df, min(df + ALIKE, TRUST + J - 1), stretch
    )
    return Pooled(posterior, _base(areas), mass @ posterior.coef[:, :J], misses, stretch)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cross-products of all columns under every error node, in one of the two units.

    Columns: intercept, fixed, profiles, outcome, donors; `sizes` holds the outcome's mean and the donors'
    (ones where figures are compared as they are).
    """

    gram: Array
    logdet: Array
    n_fixed: int
    n_profiles: int
    sizes: Array
    spread: float


@dataclass(frozen=True, slots=True)
class _Others:
    """What each donor's own fit gave, (R, b, C, J)."""

    log: Array
    delta: Array
    scale: Array
    squares: Array


def _sizes(areas: Areas) -> list[Array]:
    """Ones; and, where all figures are positive and areas differ in size, each area's mean."""
    every = np.column_stack([areas.outcome, areas.donors])
    past = every[areas.past & np.isfinite(areas.outcome)]
    means = past.mean(axis=0)
    alike = past.min() < 0 or means.min() <= 0 or means.max() < UNEQUAL * means.min()
    return [np.ones(means.size)] if alike else [np.ones(means.size), means / means.mean()]


def _grid(areas: Areas, sizes: Array) -> _Grid:
    seen = np.isfinite(areas.outcome)
    figures = np.column_stack([areas.outcome, areas.donors]) / sizes
    figures = np.where(seen[:, None], figures - figures[seen].mean(axis=0), 0.0)
    columns = np.column_stack([np.ones(seen.size), areas.fixed, areas.effects.profiles.T, figures])
    white, logdet = whiten(columns, seen, areas.noise, areas.errors)
    donors = figures[areas.past & seen, 1:]
    about = (donors - donors.mean(axis=1, keepdims=True)).var(axis=0).mean()
    spread = float(about) or float(donors.var()) or 1.0
    return _Grid(
        white.transpose(0, 2, 1) @ white, logdet, areas.fixed.shape[1], len(areas.effects.mass), sizes, spread
    )


@dataclass(frozen=True, slots=True)
class _Cleared:
    """Outcome and donors cleared of intercept, fixed columns and one profile, by error node."""

    gram: Array  # (C, 1 + J, 1 + J)
    step: Array  # (C, 1 + J): what the profile takes of each column
    own: Array  # (C,): variance of the profile's coefficient over s^2, the donors' coefficients known
    log: Array  # (C,): log determinants that do not depend on R and b


def _cleared(grid: _Grid, h: int) -> _Cleared:
    F, H = grid.n_fixed, grid.n_profiles
    x, y = np.r_[0 : 1 + F, 1 + F + h], np.arange(1 + F + H, grid.gram.shape[1])
    A, B = grid.gram[:, x][:, :, x], grid.gram[:, x][:, :, y]
    inverse = np.linalg.inv(A)
    taken = inverse @ B
    gram = grid.gram[:, y][:, :, y] - B.transpose(0, 2, 1) @ taken
    log = np.asarray(-0.5 * grid.logdet - 0.5 * np.linalg.slogdet(A)[1], dtype=float)
    own = np.asarray(inverse[:, -1, -1], dtype=float)
    return _Cleared(gram, taken[:, -1], own, log)


def _donors(grid: _Grid, df: int) -> _Others:
    """Every donor in turn as if it had had the campaign."""
    found = _cleared(grid, 0)
    G, step = found.gram[:, 1:, 1:], found.step[:, 1:]
    J = G.shape[1]
    parts = []
    for R in RATIOS:
        penalty = J * grid.spread / R
        P = np.linalg.inv(G + penalty * np.eye(J))
        diagonal = np.diagonal(P, axis1=1, axis2=2)
        logdet = -np.linalg.slogdet(P)[1][:, None] + np.log(diagonal) - (J - 1) * np.log(penalty)
        reach = np.einsum("cj,cjk->ck", step, P)
        scale = found.own[:, None] + np.einsum("cj,cj->c", reach, step)[:, None] - reach**2 / diagonal
        row = []
        for b in LEANS:
            combine = np.eye(J) - b * (1 - np.eye(J)) / (J - 1)  # each donor less b times the others' mean
            g = G @ combine
            coef = P @ g
            coef = coef - P * (np.diagonal(coef, axis1=1, axis2=2) / diagonal)[:, None, :]
            squares = np.einsum("jk,cjk->ck", combine, g) - np.einsum("cjk,cjk->ck", coef, g)
            squares = np.maximum(squares, 1e-11 * np.diagonal(G, axis1=1, axis2=2)) * grid.sizes[1:] ** 2
            delta = step @ combine - np.einsum("cj,cjk->ck", step, coef)
            log = found.log[:, None] - 0.5 * logdet - 0.5 * df * np.log(squares)
            row.append((log, delta * grid.sizes[1:], scale, squares))
        parts.append(row)
    return _Others(*(np.array([[cell[i] for cell in row] for row in parts]) for i in range(4)))


def _misses(shared: Array, others: list[_Others], df: int) -> Array:
    """Each donor's estimate in standard errors, over all settings; (J,)."""
    delta, scale, squares = (np.array([getattr(o, k) for o in others]) for k in ("delta", "scale", "squares"))
    variance = (squares + ALIKE * (squares / df).mean(axis=-1, keepdims=True)) / (df + ALIKE)
    weight = np.exp(shared - shared.max())
    weight /= weight.sum()
    mean = np.einsum("vrbc,vrbcj->j", weight, delta)
    total = np.einsum("vrbc,vrbcj->j", weight, variance * scale + (delta - mean) ** 2)
    return np.asarray(mean / np.sqrt(np.maximum(total, 1e-300)), dtype=float)


def _outcome(grid: _Grid, h: int, noise: Array, df: int) -> tuple[Array, Array]:
    """Log weight and estimate of the outcome's own fit under profile h, each (R, b, C)."""
    found, size = _cleared(grid, h), grid.sizes[0] ** 2
    G, step = found.gram[:, 1:, 1:], found.step[:, 1:]
    J = G.shape[1]
    logs, deltas = np.empty(noise.shape), np.empty(noise.shape)
    for i, R in enumerate(RATIOS):
        penalty = J * grid.spread / R
        M = G + penalty * np.eye(J)
        logdet = np.linalg.slogdet(M)[1] - J * np.log(penalty)
        right = found.gram[:, 1:, 0, None] - LEANS * G.mean(axis=2)[:, :, None]  # (C, J, b)
        coef = np.linalg.solve(M, right)
        whole = found.gram[:, 0, 0, None] - 2 * LEANS * found.gram[:, 1:, 0].mean(axis=1)[:, None]
        whole = whole + LEANS**2 * G.mean(axis=(1, 2))[:, None]
        squares = np.maximum(whole - np.einsum("cjb,cjb->cb", coef, right), 1e-11 * whole) * size
        delta = found.step[:, 0, None] - LEANS * step.mean(axis=1)[:, None]
        deltas[i] = ((delta - np.einsum("cj,cjb->cb", step, coef)) * grid.sizes[0]).T
        prior = ALIKE * noise[i]
        logs[i] = (found.log - 0.5 * logdet)[None] + 0.5 * ALIKE * np.log(prior)
        logs[i] -= 0.5 * (df + ALIKE) * np.log(squares.T + prior)
    return logs, deltas


def _base(areas: Areas) -> Array:
    """Donors about their means, fixed columns, intercept."""
    seen = np.isfinite(areas.outcome)
    donors = areas.donors - areas.donors[seen].mean(axis=0)
    return np.column_stack([donors, areas.fixed, np.ones(seen.size)])


def _solve(
    areas: Areas,
    grids: list[_Grid],
    nodes: tuple[Whole, ...],
    mass: Array,
    noise: Array,
    df: int,
    shown: float,
    stretch: float,
) -> Posterior:
    """Coefficients at the chosen nodes, with scales stretched by what the other areas' forecasts missed."""
    shape, variant, ratio, lean, error = nodes
    seen, base = np.isfinite(areas.outcome), _base(areas)
    J, P = areas.donors.shape[1], base.shape[1] + 1
    centre = float(areas.outcome[seen].mean())
    data = np.where(seen, areas.outcome - centre, 0.0)
    white, _ = whiten(
        np.column_stack([base, areas.effects.profiles.T, data]), seen, areas.noise, areas.errors
    )
    gram = white.transpose(0, 2, 1) @ white
    coef, cov, variance = np.empty((mass.size, P)), np.empty((mass.size, P, P)), np.empty(mass.size)
    for k in range(mass.size):
        grid = grids[variant[k]]
        worth = grid.sizes[0] / grid.sizes[1:]  # from a coefficient on multiples to one on figures
        prior = LEANS[lean[k]] / J * worth
        at = np.r_[0 : P - 1, P - 1 + shape[k], gram.shape[1] - 1]
        M = gram[error[k]][np.ix_(at, at)]
        A, right = M[:P, :P].copy(), M[:P, P] - M[:P, :J] @ prior
        A[np.arange(J), np.arange(J)] += J * grid.spread / RATIOS[ratio[k]] / worth**2
        inverse = np.linalg.inv(A)
        found = inverse @ right
        whole = M[P, P] - 2 * prior @ M[:J, P] + prior @ M[:J, :J] @ prior
        left = max(float(whole - found @ right), 1e-11 * float(M[P, P])) + ALIKE * noise[k]
        variance[k] = stretch**2 * left / (df + ALIKE)
        coef[k], cov[k] = found, inverse * variance[k]
        coef[k, :J] += prior
    coef[:, P - 2] += centre
    return Posterior(mass, error, shape, coef, cov, variance, max(int(shown), 1))
