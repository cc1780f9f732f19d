"""What a dose does over time: it carries over, and more of it does less.

1. A dose carried over is a geometric sum (Broadbent 1979); its half-life is in weeks, whatever the periods
   are.
2. A saturating response is d / (d + half), `half` a multiple of the campaign's usual carried-over dose, so
   that pounds and pence give the same shapes.

References: Broadbent S (1979), One way TV advertisements work, J Market Research Society 21:139-165; Jin Y
and others (2017), Bayesian methods for media mix modeling with carryover and shape effects, Google.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import ndtr, ndtri

from evalkit.calendars import DAYS_A_YEAR, PER_YEAR
from evalkit.vocabulary import Frequency

Array = NDArray[np.float64]

# log-normal priors: median, and standard deviation of the logarithm
HALF_LIFE = (1.3, 1.1)  # weeks: nine in ten between 0.2 and 8
HALF_DOSE = (1.0, 1.2)  # multiples of the usual carried-over dose: nine in ten between 0.14 and 7
PROPORTIONAL = 0.45  # prior mass of a response in proportion to the dose
LIVES, BENDS = 9, 3  # points of the product grid, those in proportion to the dose apart
LIFE_EDGES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, np.inf)  # weeks, in which weights are told
BEND_EDGES = (0.0, 0.25, 1.0, 4.0, np.inf)  # multiples of the usual carried-over dose
NEGLIGIBLE = 0.003  # weight below which a point's neighbourhood is left when the grid is refined


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which a dose may work.

    Attributes
    ----------
    half_life : float
        Weeks until half of an effect is left.
    half_dose : float
        Carried-over dose with half of the largest effect, in multiples of the usual one; infinite for a
        response in proportion to the dose.
    mass : float
        Prior mass.
    """

    half_life: float
    half_dose: float
    mass: float


@dataclass(frozen=True, slots=True)
class Span:
    """Part of the priors that a grid covers, by their cumulative probabilities.

    Attributes
    ----------
    life, bend : (float, float)
    proportional : bool
        Whether a response in proportion to the dose is among the shapes.
    """

    life: tuple[float, float] = (0.0, 1.0)
    bend: tuple[float, float] = (0.0, 1.0)
    proportional: bool = True


def shapes(span: Span) -> tuple[Shape, ...]:
    """The product grid of one campaign: middles of intervals of equal prior mass; half-lives outermost."""
    lives, life_mass = _middles(span.life, LIVES), (span.life[1] - span.life[0]) / LIVES
    count = BENDS if span.proportional else BENDS + 1
    bends, bend_mass = _middles(span.bend, count), (1 - PROPORTIONAL) * (span.bend[1] - span.bend[0]) / count
    halves = [(np.inf, PROPORTIONAL)] if span.proportional else []
    halves += [(_quantile(b, HALF_DOSE), bend_mass) for b in bends]
    return tuple(
        Shape(_quantile(u, HALF_LIFE), half, life_mass * mass) for u, (half, mass) in product(lives, halves)
    )


def refined(span: Span, weight: Array) -> Span:
    """The part of a span that carries weight.

    Parameters
    ----------
    span : Span
    weight : (J,) array
        Of its shapes.
    """
    table = weight.reshape(LIVES, -1)
    by_half = table.sum(axis=0)
    straight = span.proportional and by_half[0] > NEGLIGIBLE
    bent = by_half[1:] if span.proportional else by_half
    return Span(
        _narrowed(span.life, table.sum(axis=1)),
        _narrowed(span.bend, bent) if bent.max() > NEGLIGIBLE else span.bend,
        bool(straight or bent.max() <= NEGLIGIBLE),
    )


def bands(span: Span, weight: Array) -> tuple[Array, Array]:
    """Whole prior and weight of half-lives between `LIFE_EDGES`, and of half doses between `BEND_EDGES`.

    A point of the grid stands for a stretch of the prior, over which its weight is spread as the prior is:
    where the data say nothing, weight and prior are equal.

    Parameters
    ----------
    span : Span
    weight : (J,) array
        Of its shapes.

    Returns
    -------
    (2, 7) array, and (2, 1 + 4) array whose first column is a response in proportion to the dose.
    """
    table = weight.reshape(LIVES, -1)
    lives = _banded(span.life, table.sum(axis=1), LIFE_EDGES, HALF_LIFE)
    by_half = table.sum(axis=0)
    straight = by_half[0] if span.proportional else 0.0
    bends = _banded(span.bend, by_half[1:] if span.proportional else by_half, BEND_EDGES, HALF_DOSE)
    bends[0] *= 1 - PROPORTIONAL
    return lives, np.column_stack([[PROPORTIONAL, straight], bends])


def _banded(
    part: tuple[float, float], weight: Array, edges: tuple[float, ...], prior: tuple[float, float]
) -> Array:
    """Prior mass and weight between edges, (2, edges - 1)."""
    with np.errstate(divide="ignore"):
        at = ndtr(np.log(np.array(edges) / prior[0]) / prior[1])
    cells = np.linspace(part[0], part[1], weight.size + 1)
    return np.diff([at, np.interp(at, cells, np.concatenate([[0.0], np.cumsum(weight)]))], axis=1)


def _middles(part: tuple[float, float], count: int) -> list[float]:
    """Middles of equal parts of an interval."""
    return [part[0] + (part[1] - part[0]) * (i + 0.5) / count for i in range(count)]


def _narrowed(part: tuple[float, float], weight: Array) -> tuple[float, float]:
    """The interval of the cells that carry weight, and a cell on either side."""
    on = np.flatnonzero(weight > NEGLIGIBLE * weight.sum())
    cell = (part[1] - part[0]) / weight.size
    return max(0.0, part[0] + (on[0] - 1) * cell), min(1.0, part[0] + (on[-1] + 2) * cell)


def _quantile(u: float, prior: tuple[float, float]) -> float:
    """Quantile of a log-normal prior."""
    return float(prior[0] * np.exp(prior[1] * ndtri(u)))


def weeks_in(frequency: Frequency) -> float:
    """Length of a period in weeks."""
    return DAYS_A_YEAR / PER_YEAR[frequency] / 7


def carried(dose: Array, half_life: float, weeks: float) -> Array:
    """Dose of each period with what is left of earlier ones, along the first axis."""
    return np.asarray(lfilter([1.0], [1.0, -(0.5 ** (weeks / half_life))], dose, axis=0), dtype=float)


def response(dose: Array, shape: Shape, weeks: float) -> tuple[Array, float]:
    """Carried-over dose, and the carried-over dose with half of the largest effect.

    Parameters
    ----------
    dose : (n, ...) array
    shape : Shape
    weeks : float
        Length of a period.
    """
    left = carried(dose, shape.half_life, weeks)
    on = dose > 0
    return left, shape.half_dose * (float(left[on].mean()) if on.any() else 1.0)


def bent(left: Array, half: float) -> Array:
    """Response to a carried-over dose, in units that only compare within a shape."""
    return left if not np.isfinite(half) else np.asarray(left / (left + half), dtype=float)
