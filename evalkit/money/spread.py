"""The distribution of a benefit: quantile nodes of the effect, times what a unit is worth in nine cases.

1. Value of a unit and how long the effect lasts each take three values with fixed weights (cautious, central,
   favourable); the effect keeps its own distribution. Nine weighted copies of it make the mixture.
2. A quantile is found by halving a bracket a fixed number of times: the workbook does the same, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.estimate import Estimate
from evalkit.money import reference

HALVINGS = 40  # the bracket shrinks to a trillionth
SMALLEST = 1e-9  # pounds for a unit: what the workbook divides by where a unit is worth nothing


@dataclass(frozen=True, slots=True)
class Gain:
    """Nodes of the improvement, rising: probabilities and quantiles; `level` of the interval to be made."""

    p: tuple[float, ...]
    q: tuple[float, ...]
    level: float

    def below(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(improvement <= x), piecewise linear, never nearer to 0 or 1 than the end nodes."""
        return np.interp(x, self.q, self.p)

    def below_at(self, x: float) -> float:
        """The same for one figure."""
        return float(np.interp(x, self.q, self.p))


def gain_of(estimate: Estimate, sign: int) -> Gain | None:
    """Nodes of the improvement; None where they are not finite, rising and wider than the range."""
    p, q = estimate.distribution.probabilities, estimate.distribution.quantiles
    if sign < 0:
        p, q = tuple(1 - x for x in reversed(p)), tuple(-x for x in reversed(q))
    rising = bool(np.all(np.isfinite(q)) and np.all(np.diff(q) > 0))
    tail = (1 - estimate.total.level) / 2
    reaches = p[0] < tail and p[-1] > 1 - tail  # else the range would lie where nothing is known
    return Gain(p, q, estimate.total.level) if rising and reaches else None


def weights() -> tuple[float, float, float]:
    """Weights of the cautious, central and favourable value; the central one has what the ends leave."""
    low, high = (reference.value("conventions", "weight", k).value for k in ("low", "high"))
    return low, 1 - low - high, high


def probability_below(gain: Gain, units: tuple[float, ...], weight: tuple[float, ...], x: float) -> float:
    """P(benefit <= x) of the mixture of the gain times each unit's worth."""
    scaled = x / np.maximum(units, SMALLEST)
    return float(np.dot(weight, gain.below(scaled)))


def quantile(gain: Gain, units: tuple[float, ...], weight: tuple[float, ...], p: float) -> float:
    """The quantile of the mixture, by halving."""
    most = max(units)
    low, high = min(gain.q[0], 0.0) * most, max(gain.q[-1], 0.0) * most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if probability_below(gain, units, weight, middle) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2
