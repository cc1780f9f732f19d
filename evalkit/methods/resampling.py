"""Tests of two groups of areas by exchanging them: permutation, and the wild bootstrap.

1. All assignments or signs are enumerated where they are few; otherwise draws are seeded.
2. The interval holds every effect that the same test does not reject: interval and p-value are one inference.

References: Janssen A (1997), Stat Prob Letters 36:9-21; Cameron AC, Gelbach JB, Miller DL (2008), Rev Econ
Stat 90:414-427; Webb MD (2023), Canadian J Economics 56:839-858.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array

MOST = 20_000  # assignments up to which all are tried
DRAWS = 9_999
STEPS = 30

Test = Callable[[float], float]  # p-value of an effect


def assignments(G: int, treated: int, seed: int) -> tuple[NDArray[np.bool_], bool]:
    """Which areas could have had the campaign, (A, G), the actual ones first; and whether these are all."""
    count = math.comb(G, treated)
    if count <= MOST:
        rows = list(combinations(range(G), treated))
        out = np.zeros((len(rows), G), dtype=bool)
        out[np.arange(len(rows))[:, None], np.array(rows)] = True
        return out, True
    rng = np.random.default_rng(seed)
    out = np.zeros((DRAWS + 1, G), dtype=bool)
    out[0, :treated] = True
    picked = rng.random((DRAWS, G)).argsort(axis=1)[:, :treated]
    out[np.arange(1, DRAWS + 1)[:, None], picked] = True
    return out, False


def permutation_test(treated: Array, control: Array, seed: int) -> tuple[Test, float]:
    """P-value of any effect under all exchanges of areas, and the smallest p-value there can be."""
    chosen, _ = assignments(treated.size + control.size, treated.size, seed)

    def p_value(effect: float) -> float:
        x = np.concatenate([treated - effect, control])
        size = np.abs(_studentised(chosen, x))
        return float(np.mean(size >= size[0] * (1 - 1e-9)))

    same = 2 if treated.size == control.size else 1  # the mirror image is as far out
    return p_value, same / len(chosen)


def _studentised(chosen: NDArray[np.bool_], x: Array) -> Array:
    """Difference of means over its standard error, by assignment; one variance where a group is one area."""
    a, b = chosen.sum(axis=1), (~chosen).sum(axis=1)
    sums, squares = chosen @ x, chosen @ x**2
    mean_a, mean_b = sums / a, (x.sum() - sums) / b
    spread_a = np.maximum(squares - a * mean_a**2, 0)
    spread_b = np.maximum((x**2).sum() - squares - b * mean_b**2, 0)
    if min(a[0], b[0]) < 2:
        variance = (spread_a + spread_b) / (a + b - 2) * (1 / a + 1 / b)
    else:
        variance = spread_a / (a - 1) / a + spread_b / (b - 1) / b
    return np.asarray((mean_a - mean_b) / np.sqrt(np.maximum(variance, 1e-300)), dtype=float)


def wild_test(treated: Array, control: Array, seed: int) -> tuple[Test, float]:
    """P-value of any effect by the wild bootstrap with the null imposed, and the smallest there can be."""
    G, k = treated.size + control.size, treated.size
    if 2**G <= MOST:
        signs = np.array(list(product((1.0, -1.0), repeat=G)))
        floor = 2 / len(signs)
    else:
        values = np.sqrt(np.array([0.5, 1.0, 1.5]))
        six = np.concatenate([values, -values])  # Webb's six points
        drawn = np.random.default_rng(seed).choice(six if G < 12 else np.array([1.0, -1.0]), (DRAWS, G))
        signs = np.vstack([np.ones(G), drawn])
        floor = 1 / len(signs)
    mine = np.zeros((1, G), dtype=bool)
    mine[0, :k] = True

    def p_value(effect: float) -> float:
        x = np.concatenate([treated - effect, control])
        drawn = x.mean() + signs * (x - x.mean())
        size = np.abs(_cluster_t(drawn, k))
        return float(np.mean(size >= size[0] * (1 - 1e-9)))

    return p_value, floor


def _cluster_t(x: Array, k: int) -> Array:
    """Difference of means over its cluster-robust standard error, row by row."""
    a, b = x[:, :k], x[:, k:]
    parts = sum(((g - g.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) / g.shape[1] ** 2 for g in (a, b))
    return np.asarray((a.mean(axis=1) - b.mean(axis=1)) / np.sqrt(np.maximum(parts, 1e-300)), dtype=float)


def limits(test: Test, point: float, error: float, alpha: float) -> tuple[float, float]:
    """The ends of the effects not rejected, infinite where none is."""
    return _limit(test, point, -error, alpha), _limit(test, point, error, alpha)


def _limit(test: Test, point: float, step: float, alpha: float) -> float:
    inner, outer = point, point + 2 * step
    for _ in range(12):
        if test(outer) <= alpha:
            break
        inner, outer = outer, point + 2 * (outer - point)
    else:
        return math.copysign(math.inf, step)
    for _ in range(STEPS):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if test(middle) <= alpha else (middle, outer)
    return inner
