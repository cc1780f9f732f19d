"""Two shares of people drawn one by one: the score interval of Miettinen and Nurminen (1985).

Difference and ratio invert the same score test, so they agree with its p-value; it holds where few or none
did it (Newcombe 1998).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from evalkit.groups import GroupTable
from evalkit.methods.group_answers import Compared
from evalkit.vocabulary import DesignCode

EDGE = 1e-7


def compare(table: GroupTable) -> Compared:
    """Compare the second arm of a table with the first; rows of one arm add up."""
    did = [float(np.sum((table.mean * table.n)[table.arm == a])) for a in (0, 1)]
    n = [float(np.sum(table.n[table.arm == a])) for a in (0, 1)]
    p = [d / size for d, size in zip(did, n, strict=True)]

    def ends(level: float) -> tuple[float, float]:
        return _limits(did, n, level, "diff")

    def ratio_ends(level: float) -> tuple[float, float]:
        low, high = _limits(did, n, level, "ratio")
        return low - 1, high - 1

    none = did[0] + did[1] == 0 or did == n
    few = [(d + 1) / (size + 2) for d, size in zip(did, n, strict=True)]
    return Compared(
        point=p[1] - p[0],
        ends=ends,
        ratio=p[1] / p[0] - 1 if p[0] > 0 else None,
        ratio_ends=ratio_ends,
        p_value=1.0 if none else float(2 * ndtr(-abs(score(did, n, 0.0, "diff")))),
        error=math.sqrt(sum(q * (1 - q) / size for q, size in zip(few, n, strict=True))),
        df=math.inf,
        people=n[1],
        method="proportions",
        design=DesignCode.RANDOMISED,
    )


def score(did: list[float], n: list[float], value: float, compare: str = "diff") -> float:
    """Score statistic of one difference or ratio, second of two shares against first (closed form).

    The library's own fails far from the point, where the arc cosine is asked for slightly more than 1.
    """
    (x0, x1), (n0, n1) = did, n
    people, sum_ = n0 + n1, x0 + x1
    if compare == "diff":
        l2 = (n1 + 2 * n0) * value - people - sum_
        l1 = (n0 * value - people - 2 * x0) * value + sum_
        l0 = x0 * value * (1 - value)
        q = (l2 / (3 * people)) ** 3 - l1 * l2 / (6 * people**2) + l0 / (2 * people)
        root = math.sqrt(max((l2 / (3 * people)) ** 2 - l1 / (3 * people), 0.0))
        root = math.copysign(root, q)
        turn = max(-1.0, min(1.0, q / root**3)) if root else 0.0
        r0 = 2 * root * math.cos((math.pi + math.acos(turn)) / 3) - l2 / (3 * people)
        r1, times = r0 + value, 1.0
    else:
        b = value * (n1 + x0) + x1 + n0
        r0 = (b - math.sqrt(max(b**2 - 4 * people * value * sum_, 0.0))) / (2 * people * value)
        r1, times = value * r0, value
    r0, r1 = (max(0.0, min(1.0, r)) for r in (r0, r1))
    shift = x1 / n1 - (x0 / n0 + value if compare == "diff" else value * x0 / n0)
    variance = (r1 * (1 - r1) / n1 + times**2 * r0 * (1 - r0) / n0) * people / (people - 1)
    if variance > 0:
        return shift / math.sqrt(variance)
    return math.copysign(math.inf, shift) if shift else 0.0


def _limits(did: list[float], n: list[float], level: float, compare: str) -> tuple[float, float]:
    """Where the score statistic reaches the quantile, on either side of the point."""
    z = float(ndtri(0.5 + level / 2))
    p = [d / size for d, size in zip(did, n, strict=True)]
    if compare == "diff":
        least, most, point = -1 + EDGE, 1 - EDGE, p[1] - p[0]
        return (
            _root(lambda d: score(did, n, d, "diff") - z, least, point, -1.0),
            _root(lambda d: score(did, n, d, "diff") + z, point, most, 1.0),
        )
    if p[0] == 0:
        return 0.0, math.inf
    point = p[1] / p[0]
    low = 0.0 if p[1] == 0 else _root(lambda r: score(did, n, r, "ratio") - z, point * EDGE, point, 0.0)
    widest = max(point, 1 / n[1]) / EDGE
    return low, _root(lambda r: score(did, n, r, "ratio") + z, max(point, 1e-12), widest, math.inf)


def _root(function: Callable[[float], float], least: float, most: float, beyond: float) -> float:
    """Where a falling function crosses zero between the two; `beyond` where it does not."""
    ends = [function(least), function(most)]
    if not (ends[0] > 0 > ends[1]):
        return beyond
    return float(brentq(function, least, most, xtol=1e-10, rtol=1e-10))
