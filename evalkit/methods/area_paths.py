"""Areas and periods with errors that carry over: what campaign areas would have done, all starts at once.

1. Arrays in, records out: no dates, no names, no random draws.
2. How errors carry over is integrated on a grid by the restricted likelihood of all untreated cells together;
   nothing from a cell that the campaign has touched enters the fit.

Model, for area i in period t without the campaign::

    y_it = area_i + period_t + u_it,      u_i ~ N(0, s^2 Omega), independent between areas

An effect is a figure less its prediction, which takes the errors before the start along. Its variance has
three parts: the errors themselves, the area's level, and the period effects that all areas share.

References: Borusyak K, Jaravel X, Spiess J (2024), Rev Econ Stud 91:3253-3285, on imputation; Harville DA
(1974), Biometrika 61:383-385, and (1977), JASA 72:320-338, on restricted likelihood and prediction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array, Errors

Mask = NDArray[np.bool_]
LIKELY = 1e-3  # weight against the likeliest node from which on a node enters the answers
MANY = 200  # patterns; where gaps make more, so many of them say which nodes are worth the whole
WORTH = 1e-9  # weight against the likeliest node among those


@dataclass(frozen=True, slots=True)
class Pattern:
    """Areas with the same untreated and the same counted cells.

    Attributes
    ----------
    areas : (N,) integer array
    clean, cells : (n,) boolean arrays
        Untreated cells with a figure; counted cells with a figure.
    """

    areas: NDArray[np.intp]
    clean: Mask
    cells: Mask


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Weighted sums of effects.

    Attributes
    ----------
    rows : (P, m, n) array
        By pattern: weight of a period's effect for an area that counts for one.
    weight : (G,) array
        What each area counts for.
    """

    rows: Array
    weight: Array


@dataclass(frozen=True, slots=True)
class Paths:
    """What the grid says, at the C nodes that matter.

    Attributes
    ----------
    weight : (C,) array
    nodes : (C,) integer array
        Their places in the grid.
    untreated : (n, G) array
        Prediction, averaged over the nodes.
    centre : (C, m) array
        Contrasts.
    cov : (C, m, m) array
        Their covariance over s^2.
    variance : (C,) array
        s^2.
    df : int
    """

    weight: Array
    nodes: NDArray[np.intp]
    untreated: Array
    centre: Array
    cov: Array
    variance: Array
    df: int


def patterns(clean: Mask, cells: Mask) -> list[Pattern]:
    """Group areas that can share their algebra."""
    both = np.vstack([clean, cells]).T
    _, first, inverse = np.unique(both, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.ravel()
    order = np.argsort(first, kind="stable")
    return [
        Pattern(np.flatnonzero(inverse == k), clean[:, first[k]], cells[:, first[k]])
        for k in order.tolist()
        if clean[:, first[k]].any()
    ]


def covariance(errors: Errors, c: int, n: int) -> Array:
    """Omega of one node, (n, n)."""
    t = np.arange(n)
    gap = np.abs(t[:, None] - t[None, :])
    walk = errors.drift[c] * np.minimum(t[:, None], t[None, :])
    carried = errors.start[c] * errors.rho[c] ** gap
    return np.asarray(carried + walk + errors.noise[c] * np.eye(n), dtype=float)


@dataclass(frozen=True, slots=True)
class _Part:
    """One pattern under one node, areas cleared of their level."""

    at: NDArray[np.intp]  # the clean cells
    inverse: Array  # of Omega over them
    level: Array  # (clean,): the level as a sum of the clean cells
    precision: float  # of the level
    logdet: float

    @classmethod
    def of(cls, omega: Array, pattern: Pattern) -> _Part:
        """Invert once."""
        at = np.flatnonzero(pattern.clean)
        inverse = np.asarray(np.linalg.inv(omega[np.ix_(at, at)]), dtype=float)
        sums = inverse.sum(axis=0)
        precision = float(sums.sum())
        return cls(at, inverse, sums / precision, precision, -float(np.linalg.slogdet(inverse)[1]))

    def inner(self) -> Array:
        """Information on period effects per area, over the clean cells."""
        return np.asarray(self.inverse - self.precision * np.outer(self.level, self.level))

    def information(self, n: int) -> Array:
        """The same over all periods, (n, n)."""
        K = np.zeros((n, n))
        K[np.ix_(self.at, self.at)] = self.inner()
        return K

    def ahead(self, omega: Array, cells: NDArray[np.intp] | None = None) -> Array:
        """Prediction of every period, or of some, from the clean cells' errors."""
        rows = omega if cells is None else omega[cells]
        return np.asarray(rows[:, self.at] @ self.inverse)


def fit(y: Array, groups: list[Pattern], contrasts: Contrasts, errors: Errors) -> Paths:
    """Weigh the nodes and predict every area's path.

    Parameters
    ----------
    y : (n, G) array
        NaN is a gap.
    groups : list of Pattern
    contrasts : Contrasts
    errors : Errors
    """
    y = np.nan_to_num(y)
    tried = np.arange(errors.rho.size)
    if len(groups) > MANY:
        _, weight, _, _ = _weighed(y, groups[:: len(groups) // MANY], errors, tried)
        tried = tried[weight > WORTH]
    nodes, weight, squares, df = _weighed(y, groups, errors, tried)
    kept = np.flatnonzero(weight > LIKELY)
    weight = weight[kept] / weight[kept].sum()
    untreated, answers = np.zeros(y.shape), []
    for w, c in zip(weight, kept, strict=True):
        path = nodes[c].predictions(y)
        untreated += w * path
        answers.append(nodes[c].contrasts(y, path, contrasts))
    centre, cov = (np.array([a[i] for a in answers]) for i in (0, 1))
    return Paths(weight, tried[kept], untreated, centre, cov, squares[kept] / df, df)


def _weighed(
    y: Array, groups: list[Pattern], errors: Errors, tried: NDArray[np.intp]
) -> tuple[list[_Node], Array, Array, int]:
    """Nodes, their weight against the likeliest, their sums of squares, and degrees of freedom."""
    told = np.any([p.clean for p in groups], axis=0)
    df = freedom(groups)
    nodes = [_Node.of(y, groups, covariance(errors, int(c), len(y)), told) for c in tried]
    squares = np.maximum([node.squares for node in nodes], 1e-300)
    log = np.log(errors.mass[tried]) + np.array([node.log for node in nodes]) - 0.5 * df * np.log(squares)
    return nodes, np.exp(log - log.max()), squares, df


def freedom(groups: list[Pattern]) -> int:
    """Untouched cells beyond the levels of areas and the effects of periods."""
    told = np.any([p.clean for p in groups], axis=0)
    cells = sum(int(p.clean.sum()) * p.areas.size for p in groups)
    return cells - sum(p.areas.size for p in groups) - int(told.sum()) + 1


@dataclass(frozen=True, slots=True)
class _Node:
    """All patterns under one node."""

    groups: list[Pattern]
    parts: list[_Part]
    omega: Array
    information: Array  # pseudo-inverse: covariance of the period effects over s^2
    period: Array
    log: float
    squares: float

    @classmethod
    def of(cls, y: Array, groups: list[Pattern], omega: Array, told: Mask) -> _Node:
        """Solve for the period effects."""
        parts = [_Part.of(omega, p) for p in groups]
        N = np.array([p.areas.size for p in groups])
        K, right, whole = np.zeros(omega.shape), np.zeros(len(y)), 0.0
        for k, pattern, part in zip(N, groups, parts, strict=True):
            inner, Y = part.inner(), y[np.ix_(part.at, pattern.areas)]
            K[np.ix_(part.at, part.at)] += k * inner
            moved = inner @ Y
            right[part.at] += moved.sum(axis=1)
            whole += float(np.einsum("ng,ng->", Y, moved))
        at = np.flatnonzero(told)
        values, vectors = np.linalg.eigh(K[np.ix_(at, at)])
        some = values > 1e-10 * values.max()
        spread = np.zeros(K.shape)
        spread[np.ix_(at, at)] = (vectors[:, some] / values[some]) @ vectors[:, some].T
        period = spread @ right
        log = -0.5 * float(np.log(values[some]).sum())
        log -= 0.5 * float(sum(k * (p.logdet + np.log(p.precision)) for k, p in zip(N, parts, strict=True)))
        return cls(groups, parts, omega, spread, period, log, whole - float(period @ right))

    def predictions(self, y: Array) -> Array:
        """Untreated path of every area, (n, G); NaN for an area without a clean cell."""
        out = np.full(y.shape, np.nan)
        for pattern, part in zip(self.groups, self.parts, strict=True):
            left = y[np.ix_(part.at, pattern.areas)] - self.period[part.at][:, None]
            level = part.level @ left
            ahead = self.omega[:, part.at] @ (part.inverse @ (left - level))
            out[:, pattern.areas] = self.period[:, None] + level + ahead
        return out

    def contrasts(self, y: Array, path: Array, asked: Contrasts) -> tuple[Array, Array]:
        """Value and covariance over s^2 of every contrast."""
        m, n = asked.rows.shape[1:]
        value, cov, shared = np.zeros(m), np.zeros((m, m)), np.zeros((m, n))
        for rows, pattern, part in zip(asked.rows, self.groups, self.parts, strict=True):
            if not rows.any():
                continue
            at, w = part.at, asked.weight[pattern.areas]
            cells = np.flatnonzero(rows.any(axis=0))
            R = rows[:, cells]
            value += R @ ((y - path)[np.ix_(cells, pattern.areas)] @ w)
            ahead = part.ahead(self.omega, cells)
            given = self.omega[np.ix_(cells, cells)] - ahead @ self.omega[np.ix_(at, cells)]
            alpha = R @ (1 - ahead.sum(axis=1))
            cov += float(w @ w) * (R @ given @ R.T + np.outer(alpha, alpha) / part.precision)
            g = np.zeros((m, n))
            g[:, cells] += R
            g[:, at] -= R @ ahead + np.outer(alpha, part.level)
            shared += float(w.sum()) * g
        return value, cov + shared @ self.information @ shared.T


def misses(y: Array, groups: list[Pattern], rows: Array, errors: Errors, found: Paths) -> Array:
    """What never-reached areas seem to have gained, in standard errors, were each taken as reached.

    Each area whose figures are all clean is given every start that an area with the campaign has, predicted
    from the others, and judged by that start's part of the mean effect.

    Parameters
    ----------
    y : (n, G) array
    groups : list of Pattern
    rows : (P, n) array
        Weights of the mean effect, by pattern.
    errors : Errors
    found : Paths

    Returns
    -------
    (J,) array
        Root mean square over the starts, with the sign of the mean; empty where no such area is left.
    """
    rest = [k for k, p in enumerate(groups) if p.clean.all() and not p.cells.any()]
    asked = _fullest(groups, rows)
    if not rest or groups[rest[0]].areas.size < 2:
        return np.zeros(0)
    donors, n, C = groups[rest[0]].areas, len(y), found.nodes.size
    Y = np.nan_to_num(y)
    told = np.ones(n, dtype=bool)
    centre = np.zeros((C, len(asked), donors.size))
    spread = np.zeros((C, len(asked)))
    for c in range(C):
        node = _Node.of(Y, groups, covariance(errors, int(found.nodes[c]), n), told)
        whole = node.parts[rest[0]]
        K = np.zeros((n, n))
        for pattern, part in zip(groups, node.parts, strict=True):
            K[np.ix_(part.at, part.at)] += pattern.areas.size * part.inner()
        right = K @ node.period
        for i, k in enumerate(asked):
            part, row = node.parts[k], rows[k] / max(rows[k].sum(), 1e-300)
            centre[c, i], spread[c, i] = _as_if(node, part, groups[k], whole, K, right, Y[:, donors], row)
    weight = found.weight
    mean = np.einsum("c,cij->ij", weight, centre)
    variance = np.einsum("c,ci->i", weight * found.variance, spread)[:, None]
    variance = variance + np.einsum("c,cij->ij", weight, (centre - mean) ** 2)
    scores = mean / np.sqrt(np.maximum(variance, 1e-300))
    return np.asarray(np.sqrt((scores**2).mean(axis=0)) * np.sign(scores.sum(axis=0)), dtype=float)


def _fullest(groups: list[Pattern], rows: Array) -> list[int]:
    """Of the patterns with cells in the mean effect, for each first such cell the one with fewest gaps."""
    best: dict[int, tuple[int, int]] = {}
    for k, (pattern, row) in enumerate(zip(groups, rows, strict=True)):
        if row.any():
            first = int(np.flatnonzero(row)[0])
            told = int(pattern.clean.sum() + pattern.cells.sum())
            if first not in best or told > best[first][0]:
                best[first] = (told, k)
    return sorted(k for _, k in best.values())


def _as_if(
    node: _Node,
    part: _Part,
    pattern: Pattern,
    whole: _Part,
    K: Array,
    right: Array,
    Y: Array,
    row: Array,
) -> tuple[Array, float]:
    """Each donor's mean effect had it this pattern, (J,), and its variance over s^2."""
    at, cells = np.flatnonzero(pattern.clean), np.flatnonzero(row)
    change = part.information(len(K)) - whole.information(len(K))
    information = np.linalg.pinv(K + change, rcond=1e-10, hermitian=True)
    period = information @ (right[:, None] + change @ Y)
    left = Y - period
    level = part.level @ left[at]
    ahead = part.ahead(node.omega, cells)
    R = row[cells]
    effect = R @ (left[cells] - level - ahead @ (left[at] - level))
    alpha = float(R @ (1 - ahead.sum(axis=1)))
    given = node.omega[np.ix_(cells, cells)] - ahead @ node.omega[np.ix_(at, cells)]
    g = np.zeros(len(row))
    g[cells] += R
    g[at] -= R @ ahead + alpha * part.level
    return effect, float(R @ given @ R + alpha**2 / part.precision + g @ information @ g)
