"""The joint model tried where nothing is to be found, and beside a method of another kind.

1. Doses moved to other times ("placebos") enter beside all campaigns, with carry-over, shape and size
   integrated as ever; the campaigns' own shapes are held at a few that stand for all.
2. Nothing here changes an answer; it says how far the answers can be trusted.

Reference: Lipsitch, Tchetgen Tchetgen and Cohen (2010), Epidemiology 21:383-8, on negative controls.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from evalkit.estimate import Interval, Trial
from evalkit.methods import carryover, joint, mixture
from evalkit.methods.carryover import Shape, Span
from evalkit.methods.engine import Array, Whole
from evalkit.methods.mix_model import Mixture, Model, weighable, whole_of

MOVES, FEW_MOVES = 16, 8  # times that a dose is moved to: of small panels, and of large ones
MANY_CELLS = 3000  # of a panel, from which there are few moves
STAND_FOR_ALL = 2  # combinations of the campaigns' own shapes and prior scales
TOO_ALIKE = 0.5  # correlation with a campaign from which a moved dose is no placebo
TOO_CLOSE = 0.8  # the same of the weeks before a dose, which border on it
AHEAD = 4.0  # weeks before a dose in which nothing should happen
AHEAD_LEVEL = 0.99
SOLVED = 200  # nodes that stand for all in a placebo's answer
SIZES = (0.01, 0.03, 0.1, 0.3)  # prior standard deviations, as shares of the usual figure
AT_ONCE = Shape(0.01, np.inf, 1.0)  # no carry-over, in proportion
RATES = np.arange(0.0, 0.95, 0.1)  # left a period later, in the second opinion
SWEEPS = 2
LEFT_OUT = ("finer season",)  # terms that a model without priors had better not have


def trials(model: Model, x: Mixture) -> tuple[Trial, ...]:
    """Every campaign's placebos, the weeks before its doses, and its total by the other method."""
    other = second_opinion(model)
    return tuple(
        Trial(name, _moved(model, x, k), _before(model, x, k), other.get(name))
        for k, name in enumerate(model.campaigns)
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """The campaigns' own columns at few shapes.

    Attributes
    ----------
    columns : (n, A, m) array
    picks : (R, K) integer array
        Column of each campaign in each combination.
    own : (R, K) array
        Prior precision of the coefficients.
    """

    columns: Array
    picks: Whole
    own: Array


def _held(model: Model, x: Mixture) -> _Held:
    some, _ = mixture.thin(x.weight, x.coef.sum(axis=1), STAND_FOR_ALL)
    J = x.by_shape.shape[1]
    cols = x.picks[some] + np.arange(x.picks.shape[1]) * J
    used, picks = np.unique(cols, return_inverse=True)
    return _Held(model.columns[:, :, used], picks.reshape(cols.shape).astype(np.intp), x.own[some])


def _few_shapes() -> tuple[Shape, ...]:
    """Middles of thirds of the half-lives, in proportion and with the middling half dose."""
    every = carryover.shapes(Span())
    each = len(every) // carryover.LIVES
    lives = [every[each * (carryover.LIVES * i // 6)].half_life for i in (1, 3, 5)]
    bends = ((np.inf, carryover.PROPORTIONAL), (carryover.HALF_DOSE[0], 1 - carryover.PROPORTIONAL))
    return tuple(Shape(life, half, mass / 3) for life in lives for half, mass in bends)


def _responses(model: Model, dose: Array, shapes: tuple[Shape, ...]) -> Array:
    """Columns of mean 1 of an (n, A) dose, (n, A, J)."""
    weight = np.where(model.counted[:, None], model.size, 0.0)
    found = []
    for shape in shapes:
        left, half = carryover.response(dose, shape, model.weeks)
        now = carryover.bent(left, half)
        found.append(now * (weight.sum() / float((weight * now).sum())))
    return np.stack(found, axis=2)


def _moved(model: Model, x: Mixture, k: int) -> tuple[Interval, ...]:
    """Totals of one campaign's dose moved to other times, round the end of the figures."""
    dose = model.dose[k][model.lead :]
    n = dose.shape[0]
    moves = MOVES if model.outcome.size <= MANY_CELLS else FEW_MOVES
    by = [round(n * i / (moves + 1)) for i in range(1, moves + 1)]
    on = np.stack([np.roll(dose, -s, axis=0) for s in by if 0 < s < n])
    shapes = _few_shapes()
    fair = [d for d in on if (d[model.counted] > 0).any()]
    columns = [_responses(model, d, shapes) for d in fair]
    return tuple(i for i in _answers(model, x, columns, shapes, model.study.level) if i is not None)


def _before(model: Model, x: Mixture, k: int) -> Interval | None:
    """What the weeks just before a campaign's doses brought, as if they were a campaign."""
    dose = model.dose[k][model.lead :]
    by = max(1, round(AHEAD / model.weeks))
    soon = np.zeros_like(dose)
    for s in range(1, by + 1):
        soon[:-s] += (dose[s:] > 0) * 1.0
    early = np.where((soon > 0) & (dose == 0), 1.0, 0.0)
    if not (early[model.counted] > 0).any():
        return None
    column = _responses(model, early, (AT_ONCE,))
    (found,) = _answers(model, x, [column], (AT_ONCE,), AHEAD_LEVEL, TOO_CLOSE)
    return found


def _answers(
    model: Model,
    x: Mixture,
    placebos: list[Array],
    shapes: tuple[Shape, ...],
    level: float,
    limit: float = TOO_ALIKE,
) -> list[Interval | None]:
    """Total of each placebo beside all campaigns; None where it is too much like one of them."""
    if not placebos:
        return []
    held, J = _held(model, x), len(shapes)
    m, K = held.columns.shape[2], held.picks.shape[1]
    columns = np.concatenate([held.columns, *placebos], axis=2)
    widest = np.full(K, (max(SIZES) * model.unit) ** -2.0)
    middle = m + J // 2
    grid = weighable(model, columns, np.append(held.picks[0], middle))
    reduced = grid.reduced(held.picks, widest, joint.KEPT_NODES)
    R = reduced.products[0]
    size = np.sqrt(np.maximum(np.diagonal(R), 1e-300))
    out: list[Interval | None] = []
    for i in range(len(placebos)):
        first = m + i * J
        alike = np.abs(R[first + J // 2, :m]) / (size[first + J // 2] * size[:m])
        fair = alike.max() < limit
        out.append(_answer(model, held, reduced, first, shapes, level) if fair else None)
    return out


def _answer(
    model: Model,
    held: _Held,
    reduced: joint.Reduced,
    first: int,
    shapes: tuple[Shape, ...],
    level: float,
) -> Interval:
    """Total of the placebo whose columns begin at `first`."""
    J, S, R = len(shapes), len(SIZES), len(held.picks)
    placebo = np.tile(np.repeat(first + np.arange(J), S), R)
    combos = np.column_stack([np.repeat(held.picks, J * S, axis=0), placebo])
    sizes = (np.array(SIZES) * model.unit) ** -2.0
    own = np.column_stack([np.repeat(held.own, J * S, axis=0), np.tile(sizes, R * J)])
    prior = np.tile(np.repeat(np.log([s.mass for s in shapes]), S), R)
    log, _ = joint.weigh(reduced, combos, prior, own)
    weight = np.exp(log - log.max()).ravel()
    weight = weight / weight.sum()
    some, mass = mixture.thin(weight, np.tile(np.arange(len(combos), dtype=float), log.shape[0]), SOLVED)
    n, c = np.unravel_index(some, log.shape)
    coef, cov = joint.solve(reduced, np.asarray(n, dtype=np.intp), combos[c], own[c])
    whole = whole_of(model)
    centre, scale = whole * coef[:, -1], whole * np.sqrt(np.maximum(cov[:, -1, -1], 0.0))
    low, high = mixture.quantiles(((1 - level) / 2, (1 + level) / 2), mass, centre, scale, reduced.df)
    point = float(mass @ centre)
    return Interval(point, min(float(low), point), max(float(high), point), level)


# ------------------------------------------------------------------ a method of another kind


def second_opinion(model: Model) -> dict[str, Interval]:
    """Totals by a regression with AR(1) errors on the sum of the areas, one carry-over each chosen by fit."""
    weight = model.size
    seen = np.isfinite(model.outcome).all(axis=1) & model.counted
    y = np.where(seen, (weight * np.nan_to_num(model.outcome)).sum(axis=1), np.nan)
    ones = weight.sum(axis=1)
    plain = [t.columns for t in model.terms if t.name not in LEFT_OUT]
    base = np.hstack([*(c * ones[:, None] for c in plain), ones[:, None]])

    def column(k: int, rate: float) -> Array:
        life = max(float(np.log(0.5) / np.log(rate)), 1e-3) * model.weeks if rate > 0 else 1e-3
        left = carryover.carried(model.dose[k], life, model.weeks)[model.lead :]
        total = (weight * left).sum(axis=1)
        return np.asarray(total / total[model.counted].mean(), dtype=float)

    def left_over(rates: list[float]) -> float:
        X = np.column_stack([*(column(k, r) for k, r in enumerate(rates)), base])[seen]
        gone: Array = y[seen] - X @ np.linalg.lstsq(X, y[seen], rcond=None)[0]
        return float(gone @ gone)

    rates = [0.5] * len(model.campaigns)
    for _ in range(SWEEPS):
        for k in range(len(rates)):
            rates[k] = min(RATES, key=lambda r, k=k: left_over([*rates[:k], r, *rates[k + 1 :]]))  # type: ignore[misc]
    X = np.column_stack([*(column(k, r) for k, r in enumerate(rates)), base])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = SARIMAX(y, exog=X, order=(1, 0, 0)).fit(disp=False, maxiter=50)
        point, ends = np.asarray(fit.params), np.asarray(fit.conf_int(1 - model.study.level))
    except (ValueError, np.linalg.LinAlgError):
        return {}
    count = float(model.counted.sum()) * model.spread
    found = {}
    for k, name in enumerate(model.campaigns):
        values = np.array([point[k], *ends[k]]) * count
        if np.isfinite(values).all() and values[2] > values[1]:
            total, low, high = (float(v) for v in values)
            found[name] = Interval(total, low, high, model.study.level)
    return found
