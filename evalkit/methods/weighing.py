"""The nodes of the grid weighed: fits, evidence and outlooks.

1. Every node's weight is prior mass times restricted likelihood; the residual variance is integrated out.
2. All nodes of an error covariance share one whitening, and nodes are solved in batches.

References: Harville (1974) on restricted likelihood; Zellner and Tiao (1964) on integrating over the errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.methods.engine import (
    Array,
    Effects,
    Errors,
    Noise,
    Posterior,
    Seen,
    Term,
    Whole,
    columns_of,
    whiten,
)
from evalkit.methods.mixture import thin

KEPT_NODES = 200  # nodes that stand for the whole grid in the answers
SCOUTED = 150  # rows of prior scales beyond which a few error nodes decide which rows are tried on all
SCOUTS = 6  # how many, spread over the grid
SCOUT_LOSS = 0.01  # mass of rows, under the scouts, that is left out
CHUNK = 4000  # systems solved at once, which bounds memory


def fit(y: Array, terms: Sequence[Term], effects: Effects, errors: Errors, noise: Noise) -> Posterior:
    """Weigh every node of the grid and keep those that matter.

    Parameters
    ----------
    y : (n,) array
        NaN where there is no observation to use.
    terms : sequence of Term
    effects : Effects
    errors : Errors
    noise : Noise

    Returns
    -------
    Posterior
    """
    seen = np.isfinite(y)
    centre, unit = _standard(y, seen)
    data = np.where(seen, (y - centre * noise.size) / unit, 0.0)
    grid = _grid(data, seen, unit, terms, effects, errors, noise)
    return _solve(grid, _weigh(grid), unit, centre, sum(t.columns.shape[1] for t in terms))


@dataclass(frozen=True, slots=True)
class Outlook:
    """How well a campaign to come could be estimated: nodes weighed by history alone.

    Attributes
    ----------
    weight : (K,) array
        Sums to 1.
    scale : (K,) array
        Scale of the estimate of delta, in the outcome's unit.
    df : int
    """

    weight: Array
    scale: Array
    df: int


def outlook(
    y: Array, future: Seen, terms: Sequence[Term], effects: Effects, errors: Errors, noise: Noise
) -> Outlook:
    """Weigh the grid by history, and work out what the periods to come would add.

    The estimate's scale depends on when there will be figures and not on what they will be.

    Parameters
    ----------
    y : (n,) array
        History; NaN elsewhere.
    future : (n,) boolean array
        Periods that will have a figure.
    terms, effects, errors, noise
        As for `fit`, over the whole calendar.
    """
    seen = np.isfinite(y)
    unit = _standard(y, seen)[1]
    past = _history(y, terms, errors, noise)
    later = _grid(np.zeros(y.size), seen | future, unit, terms, effects, errors, noise)
    H, (c, s) = effects.mass.size, _all_nodes(past)
    logs, scales = [], []
    for i in range(0, c.size, CHUNK):
        part = c[i : i + CHUNK], s[i : i + CHUNK]
        log, rest = past.alone(*part)
        logs.append(log)
        own = np.maximum(later.reduced(*part)[0][:, np.arange(H), np.arange(H)], 1e-12)
        scales.append(np.sqrt(rest[:, None] / (past.df + 1) / own) * unit)
    weight = np.exp(np.concatenate(logs) - np.concatenate(logs).max())
    both = ((weight / weight.sum())[:, None] * effects.mass).ravel()
    scale = np.concatenate(scales).ravel()
    chosen, mass = thin(both, scale, KEPT_NODES)
    return Outlook(mass, scale[chosen], past.df + 1)


def evidence(y: Array, terms: Sequence[Term], errors: Errors, noise: Noise) -> float:
    """Log of the restricted likelihood of history, all nodes together; comparable for one `y`.

    Parameters
    ----------
    y : (n,) array
        History; NaN elsewhere.
    terms, errors, noise
        As for `fit`.
    """
    past = _history(y, terms, errors, noise)
    c, s = _all_nodes(past)
    logs = [past.alone(c[i : i + CHUNK], s[i : i + CHUNK])[0] for i in range(0, c.size, CHUNK)]
    log = np.concatenate(logs)
    return float(log.max() + np.log(np.exp(log - log.max()).sum()))


def _standard(y: Array, seen: Seen) -> tuple[float, float]:
    """Centre and unit of the standardised data."""
    return float(np.mean(y[seen])), float(np.std(y[seen])) or 1.0


def _history(y: Array, terms: Sequence[Term], errors: Errors, noise: Noise) -> _Grid:
    """The grid without an effect."""
    seen = np.isfinite(y)
    centre, unit = _standard(y, seen)
    data = np.where(seen, (y - centre * noise.size) / unit, 0.0)
    nothing = Effects(np.zeros((1, y.size)), np.ones(1))
    return _grid(data, seen, unit, terms, nothing, errors, noise)


def _grid(
    data: Array,
    seen: Seen,
    unit: float,
    terms: Sequence[Term],
    effects: Effects,
    errors: Errors,
    noise: Noise,
) -> _Grid:
    """Cross-products of whitened columns under every error node, with the priors."""
    base = columns_of(terms, effects, noise)
    white, logdet = whiten(np.column_stack([base, effects.profiles.T, data]), seen, noise, errors)
    scales, centres, mass = _prior_grid((*terms, *effects.departures))
    at = sum(t.columns.shape[1] for t in terms)
    precision, shift = np.insert(scales**-2.0, at, 0.0, axis=1), np.insert(centres / unit, at, 0.0, axis=1)
    return _Grid(
        gram=white.transpose(0, 2, 1) @ white,
        precision=precision,
        shift=shift,
        prior=np.log(mass) + 0.5 * np.log(scales**-2.0).sum(axis=1),
        error=np.log(errors.mass) - 0.5 * logdet,
        shape=np.log(effects.mass),
        df=int(seen.sum()) - 2,
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Everything a node's weight depends on; p columns of terms, intercept and departures, H shapes."""

    gram: Array  # (C, p + H + 1, same): columns, profiles, data
    precision: Array  # (S, p), 0 is flat
    shift: Array  # (S, p) prior means, in units of the standardised data
    prior: Array  # (S,) log mass and normalising constant of the priors
    error: Array  # (C,) log mass, less half the log determinant
    shape: Array  # (H,) log mass
    df: int

    def systems(self, c: Whole, s: Whole) -> Array:
        """Information of columns and profiles, bordered by the data less their prior mean, (N, q, q)."""
        p, M = self.precision.shape[1], self.gram[c]
        diagonal = np.arange(p)
        shift = self.shift[s]
        if shift.any():
            moved = np.einsum("np,npq->nq", shift, M[:, :p])
            own = np.einsum("np,np->n", shift, moved[:, :p])
            M[:, -1, -1] += own - 2 * moved[:, -1]
            M[:, :-1, -1] -= moved[:, :-1]
            M[:, -1, :-1] -= moved[:, :-1]
        M[:, diagonal, diagonal] += self.precision[s]
        return M

    def reduced(self, c: Whole, s: Whole) -> tuple[Array, Array, Array]:
        """Profiles and data with the other columns taken out, (N, H + 1, H + 1); log pivots; old diagonal."""
        p, M = self.precision.shape[1], self.systems(c, s)
        tail = M[:, p:, p:].copy()
        end = np.arange(p, M.shape[1])
        M[:, end, end] = 1e6 * np.maximum(M[:, end, end], 1.0)  # defined where profiles repeat each other
        L = np.linalg.cholesky(M)
        across = L[:, p:, :p]
        pivots = np.log(np.diagonal(L, axis1=1, axis2=2)[:, :p]).sum(axis=1)
        before = np.diagonal(tail, axis1=1, axis2=2)
        return tail - across @ across.transpose(0, 2, 1), pivots, before

    def alone(self, c: Whole, s: Whole) -> tuple[Array, Array]:
        """Log weight of nodes without an effect, and their sum of squares, (N,) each."""
        left, pivots, _ = self.reduced(c, s)
        rest = np.maximum(left[:, 1, 1], 1e-11)
        return self.prior[s] + self.error[c] - pivots - 0.5 * (self.df + 1) * np.log(rest), rest

    def weigh(self, c: Whole, s: Whole) -> tuple[Array, Array]:
        """Log of prior mass times restricted likelihood, and the estimate of delta, (N, H) each."""
        left, pivots, before = self.reduced(c, s)
        H = self.shape.size
        at = np.arange(H)
        own, with_data, data = left[:, at, at], left[:, :H, H], left[:, H, H]
        own = np.maximum(own, 1e-12 * before[:, :H])
        own = np.where(own > 0, own, 1.0)  # a profile of nothing explains nothing
        rest = np.maximum(data[:, None] - with_data**2 / own, 1e-11 * before[:, H, None])
        fixed = self.prior[s] + self.error[c] - pivots
        log = fixed[:, None] + self.shape - 0.5 * np.log(own) - 0.5 * self.df * np.log(rest)
        return log, with_data / own


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Chosen nodes and their weights."""

    error: Whole
    scale: Whole
    shape: Whole
    weight: Array


def _prior_grid(terms: Sequence[Term]) -> tuple[Array, Array, Array]:
    """All combinations of the terms' prior scales and means, each (S, p), with their mass."""
    if not terms:
        return np.zeros((1, 0)), np.zeros((1, 0)), np.ones(1)
    picks = np.indices([t.mass.size for t in terms]).reshape(len(terms), -1)
    scales = np.hstack([t.scales[i] for t, i in zip(terms, picks, strict=True)])
    centres = np.hstack([t.centres[i] for t, i in zip(terms, picks, strict=True)])
    mass = np.prod([t.mass[i] for t, i in zip(terms, picks, strict=True)], axis=0)
    return scales, centres, np.asarray(mass, dtype=float)


def _scouted(grid: _Grid) -> Whole:
    """Rows of prior scales worth trying on every error node: all, or those that a few nodes pick out."""
    C, S = grid.error.size, grid.prior.size
    if S <= SCOUTED:
        return np.arange(S)
    scouts = np.unique(np.linspace(0, C - 1, SCOUTS).astype(int))
    log = np.stack([grid.weigh(np.full(S, c), np.arange(S))[0] for c in scouts])
    weight = np.exp(log - log.max()).sum(axis=(0, 2))
    order = np.argsort(-weight, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    return np.sort(order[: int(np.searchsorted(share, 1 - SCOUT_LOSS)) + 1])


def _all_nodes(grid: _Grid) -> tuple[Whole, Whole]:
    """Every error node with every row of prior scales worth trying."""
    rows, C = _scouted(grid), grid.error.size
    return np.repeat(np.arange(C), rows.size), np.tile(rows, C)


def _weigh(grid: _Grid) -> _Nodes:
    """Weights of all nodes, thinned."""
    H, (c, s) = grid.shape.size, _all_nodes(grid)
    parts = [grid.weigh(c[i : i + CHUNK], s[i : i + CHUNK]) for i in range(0, c.size, CHUNK)]
    log, delta = (np.concatenate(part).ravel() for part in zip(*parts, strict=True))
    weight = np.exp(log - log.max())
    chosen, mass = thin(weight / weight.sum(), delta, KEPT_NODES)
    return _Nodes(c[chosen // H], s[chosen // H], chosen % H, mass)


def _solve(grid: _Grid, nodes: _Nodes, unit: float, centre: float, intercept: int) -> Posterior:
    """Coefficients and their scale matrices at the chosen nodes, back in the outcome's unit."""
    p, q = grid.precision.shape[1], grid.gram.shape[1]
    M = grid.systems(nodes.error, nodes.scale)
    profile = (p + nodes.shape)[:, None]
    index = np.hstack([np.tile(np.arange(p), (profile.size, 1)), profile])
    A = np.take_along_axis(np.take_along_axis(M, index[:, :, None], 1), index[:, None, :], 2)
    b = np.take_along_axis(M[:, :, q - 1], index, 1)
    inverse = np.linalg.inv(A)
    coef = np.einsum("kpq,kq->kp", inverse, b)
    left = np.maximum(M[:, -1, -1] - np.einsum("kp,kp->k", coef, b), 1e-11 * M[:, -1, -1])
    variance = left / grid.df * unit**2
    coef[:, :p] += grid.shift[nodes.scale]
    coef *= unit
    coef[:, intercept] += centre
    cov = inverse * variance[:, None, None]
    return Posterior(nodes.weight, nodes.error, nodes.shape, coef, cov, variance, grid.df)
