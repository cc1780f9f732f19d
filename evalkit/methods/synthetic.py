"""Synthetic control: a mix of comparison areas that followed the campaign areas before the start.

1. Demeaned unless asked for levels, because a mix that must match a level it cannot reach is biased.
2. Interval and p-value come from one inference: by moving blocks (conformal), by every comparison area in
   turn (placebo), or by leaving out blocks of the past (cross-fit). None is by dropping areas in turn.

Options: fit=demeaned, levels or regression (least squares with an intercept on the named areas); ridge=yes
adds the ridge step of augmented synthetic control; by=conformal, placebo or cross-fit.

References: Abadie A, Diamond A, Hainmueller J (2010), JASA 105:493-505; Doudchenko N, Imbens GW (2016),
NBER WP 22791; Ferman B, Pinto C (2021), Quant Econ 12:1197-1221; Ben-Michael E, Feller A, Rothstein J
(2021), JASA 116:1789-1803; Chernozhukov V, Wuthrich K, Zhu Y (2021), JASA 116:1849-1864, and (2025), on the
t-test; Hsiao C, Ching HS, Wan SK (2012), J Appl Econometrics 27:705-740.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import area_answers as answers
from evalkit.methods import resampling
from evalkit.methods.donors import Donors, donors, untreated, weight_note, weight_terms
from evalkit.methods.engine import Array
from evalkit.methods.simplex import simplex_weights
from evalkit.panel import Panel
from evalkit.requirements import options_of

BLOCKS = 3  # of the past, for the cross-fitted t-test
LAMBDAS = 20  # ridge penalties tried
ALIKE = 1e-9  # of the figures: donors that differ by less do not differ
SMALLEST = 1e-8  # of the largest penalty


@dataclass(frozen=True, slots=True)
class Mix:
    """A fitted mix: weights and the level beside them."""

    weights: Array
    level: float

    def gap(self, y: Array, D: Array) -> Array:
        """Figures less the mix."""
        return np.asarray(y - self.level - D @ self.weights, dtype=float)


Fit = Callable[[Array, Array], Mix]  # from figures and donors in the periods to fit


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Fit on the past, and judge the gap after the start."""
    found = donors(panel, design)
    if isinstance(found, NotEstimable):
        return found
    options = options_of(design.method)
    how, ridge = options.get("fit", "demeaned"), options.get("ridge") == "yes"
    past = found.y[: found.n_pre], found.D[: found.n_pre]
    fit = fitter(how, penalty(*_centred(*past, how)[:2]) if ridge else None)
    if how == "regression" and found.D.shape[1] > found.n_pre - 3:
        return NotEstimable(
            (
                f"A regression on {found.D.shape[1]} areas needs more than {found.n_pre} periods before "
                "the start.",
            ),
            ("Name fewer comparison areas, or use fit=demeaned.",),
        )
    mix = fit(*past)
    gap = mix.gap(found.y, found.D)
    judged = _judge(found, fit, gap, options.get("by") or ("placebo" if ridge else None), design)
    if isinstance(judged, NotEstimable):
        return judged
    n, reach = len(panel.periods), np.full(len(panel.periods), np.nan)
    rmspe = float(np.sqrt(np.mean(gap[: found.n_pre] ** 2)))
    reach[:] = float(stdtrit(judged.df, (1 + design.level) / 2)) * rmspe
    result = answers.Effects(
        untreated=untreated(found, gap),
        cells=found.table.cells,
        quantile=judged.quantile,
        p_value=judged.p_value,
        detectable=judged.detectable,
        reach=reach,
        running=_running(found, judged, design, n),
        event_study=None,
        terms=weight_terms(found, mix.weights),
        notes=(*found.notes, judged.said, weight_note(found, mix.weights), *_fit_notes(found, rmspe)),
    )
    return answers.report(panel, design, found.table, result)


def fitter(how: str, ridge: float | None) -> Fit:
    """The fit that the options ask for, with the penalty of the ridge step if there is one."""

    def fit(y: Array, D: Array) -> Mix:
        if how == "regression":
            coef = np.linalg.lstsq(np.column_stack([np.ones(y.size), D]), y, rcond=None)[0]
            return Mix(np.asarray(coef[1:], dtype=float), float(coef[0]))
        y, D, level, levels = _centred(y, D, how)
        weights = simplex_weights(D, y)
        if ridge is not None:
            weights = _stepped(y, D, D - D.mean(axis=1, keepdims=True), weights, ridge)
        return Mix(weights, level - float(levels @ weights))

    return fit


def _centred(y: Array, D: Array, how: str) -> tuple[Array, Array, float, Array]:
    """Figures about their own means, and the means; as they are, and zeros, for levels."""
    if how != "demeaned":
        return y, D, 0.0, np.zeros(D.shape[1])
    return y - y.mean(), D - D.mean(axis=0), float(y.mean()), D.mean(axis=0)


def penalty(y: Array, D: Array) -> float:
    """Penalty of the ridge step, which passes on by ridge regression what the mix misses before the start.

    The largest whose error in leaving out one period at a time is within one standard error of the smallest.
    """
    C = D - D.mean(axis=1, keepdims=True)
    largest = float(np.linalg.norm(C, 2) ** 2)
    penalties = largest * np.logspace(0, math.log10(SMALLEST), LAMBDAS)
    errors = np.empty((y.size, LAMBDAS))
    for t in range(y.size):
        rest = np.arange(y.size) != t
        base = simplex_weights(D[rest], y[rest])
        for i, tried in enumerate(penalties):
            errors[t, i] = y[t] - D[t] @ _stepped(y[rest], D[rest], C[rest], base, float(tried))
    mean, error = (errors**2).mean(axis=0), (errors**2).std(axis=0, ddof=1) / math.sqrt(y.size)
    best = int(np.argmin(mean))
    chosen = int(np.flatnonzero(mean <= mean[best] + error[best])[0])
    return float(penalties[chosen])


def _stepped(y: Array, D: Array, C: Array, weights: Array, ridge: float) -> Array:
    """Weights moved by ridge regression on donors about their common path."""
    if np.abs(C).max() <= ALIKE * np.abs(D).max():  # donors that move as one leave nothing to step along
        return weights
    inner = C @ C.T + ridge * np.eye(y.size)
    return np.asarray(weights + C.T @ np.linalg.solve(inner, y - D @ weights), dtype=float)


# ------------------------------------------------------------------ inference


@dataclass(frozen=True, slots=True)
class Judged:
    """An inference on the mean gap."""

    quantile: answers.Quantile
    p_value: float
    detectable: float | None
    df: float
    said: str


def _judge(found: Donors, fit: Fit, gap: Array, by: str | None, design: Design) -> Judged | NotEstimable:
    """The inference asked for; by itself moving blocks where there are periods enough, else placebos."""
    point, floor = float(gap[found.n_pre :].mean()), 1 / found.y.size
    if by is None:
        by = "conformal" if floor <= 1 - design.level else "placebo"
    if by == "conformal":
        return _conformal(found, fit, point, floor, design)
    if by == "cross-fit":
        return _cross_fit(found, fit, design)
    return _placebo(found, fit, point, design)


def _conformal(found: Donors, fit: Fit, point: float, floor: float, design: Design) -> Judged | NotEstimable:
    """An effect is rejected if, with it taken out, the campaign's stretch still stands out."""
    if floor > 1 - design.level:
        return NotEstimable(
            (f"With {found.y.size} periods no p-value below {floor:.2g} is possible by moving blocks.",),
            ("Use by=placebo, or give a longer history.",),
        )
    after = np.arange(found.y.size) >= found.n_pre
    length = int(after.sum())

    def p_value(effect: float) -> float:
        y = found.y - effect * after
        left = fit(y, found.D).gap(y, found.D)
        around = np.concatenate([left, left[: length - 1]]) if length > 1 else left
        blocks = np.abs(np.convolve(around, np.ones(length), "valid"))
        return float(np.mean(blocks >= blocks[found.n_pre] * (1 - 1e-9)))

    null = np.abs(fit(found.y, found.D).gap(found.y, found.D))
    sizes = np.convolve(np.concatenate([null, null[: length - 1]]), np.ones(length), "valid")
    joint = float(np.mean(sizes >= sizes[found.n_pre] * (1 - 1e-9)))
    past = fit(found.y[~after], found.D[~after]).gap(found.y[~after], found.D[~after])
    error = float(past.std()) / math.sqrt(length) or abs(point) or 1.0
    low, high = resampling.limits(p_value, point, error, 1 - design.level)
    if not math.isfinite(high - low):
        return NotEstimable(
            ("The mix can follow any effect, so moving blocks reject none and the range has no ends.",),
            ("Use by=placebo, or name fewer comparison areas.",),
        )
    df = float(max(found.n_pre - 1, 2))
    at = float(stdtrit(df, (1 + design.level) / 2))
    said = (
        "Inference by moving blocks (conformal): the mix is fitted again with each effect taken out, and "
        f"all {found.y.size} stretches of {length} periods are compared. No p-value below {floor:.2g} is "
        f"possible. That there was no effect in any period has p = {joint:.3f}."
    )

    def quantile(p: float) -> float:
        q = float(stdtrit(df, p)) / at
        return point + q * (high - point if q > 0 else point - low)

    power = (high - low) / 2 / at * float(stdtrit(df, 0.975) + stdtrit(df, 0.8))
    return Judged(quantile, p_value(0.0), power, df, said)


def _cross_fit(found: Donors, fit: Fit, design: Design) -> Judged | NotEstimable:
    """Blocks of the past are left out in turn; the gap there corrects the gap after the start."""
    size = found.n_pre // BLOCKS
    if size < 2:
        return NotEstimable(
            (f"{found.n_pre} periods before the start are too few for {BLOCKS} blocks.",),
            ("Use by=placebo.",),
        )
    parts, length = [], found.y.size - found.n_pre
    for k in range(BLOCKS):
        block = np.arange(k * size, (k + 1) * size) + found.n_pre - BLOCKS * size
        rest = np.setdiff1d(np.arange(found.n_pre), block)
        gap = fit(found.y[rest], found.D[rest]).gap(found.y, found.D)
        parts.append(float(gap[found.n_pre :].mean() - gap[block].mean()))
    point, df = float(np.mean(parts)), float(BLOCKS - 1)
    error = (
        math.sqrt(1 + BLOCKS * min(size, length) / length) * float(np.std(parts, ddof=1)) / math.sqrt(BLOCKS)
    )
    said = (
        f"Inference by leaving out {BLOCKS} blocks of {size} periods before the start in turn, with "
        f"t({df:.0f}). The range is about the corrected effect, {point:,.4g}."
    )
    return Judged(
        answers.t_quantile(point, error, df),
        answers.t_p_value(point, error, df),
        answers.t_detectable(error, df),
        df,
        said,
    )


def _placebo(found: Donors, fit: Fit, point: float, design: Design) -> Judged | NotEstimable:
    """Every comparison area in turn as if it had had the campaign."""
    J, pre = found.D.shape[1], found.n_pre
    if J < 3:
        return NotEstimable(
            (f"{J} comparison areas are too few to be compared with one another.",),
            ("Add comparison areas, or use by=conformal.",),
        )
    gaps = []
    for j in range(J):
        rest = np.delete(found.D, j, axis=1)
        gaps.append(fit(found.D[:pre, j], rest[:pre]).gap(found.D[:, j], rest))
    effects = np.array([g[pre:].mean() for g in gaps])
    error, df = float(np.sqrt(np.mean(effects**2))), float(J - 1)
    error *= math.sqrt((1 / found.table.treated.size + 1 / J) / (1 + 1 / J))
    beaten = 1 + int((np.abs(effects) >= abs(point)).sum())
    said = (
        f"Inference by placebo: each of {J} comparison areas in turn, with t({df:.0f}). {beaten - 1} of them "
        f"moved at least as far; by rank alone no p-value below {1 / (J + 1):.2g} is possible, and it is "
        f"{beaten / (J + 1):.2g}."
    )
    return Judged(
        answers.t_quantile(point, error, df),
        answers.t_p_value(point, error, df),
        answers.t_detectable(error, df),
        df,
        said,
    )


# ------------------------------------------------------------------ report


def _running(found: Donors, judged: Judged, design: Design, n: int) -> Array:
    """Half width of the mean effect up to each period: that of the whole, wider where fewer periods count."""
    out = np.full(n, np.nan)
    inside = np.flatnonzero(found.table.cells.any(axis=1))
    tails = ((1 - design.level) / 2, (1 + design.level) / 2)
    half = (judged.quantile(tails[1]) - judged.quantile(tails[0])) / 2
    out[inside] = half * np.sqrt(inside.size / np.arange(1, inside.size + 1))
    return out


def _fit_notes(found: Donors, rmspe: float) -> list[str]:
    """How well the mix followed, and whether it could."""
    y, D = found.y[: found.n_pre], found.D[: found.n_pre]
    spread = float(y.std()) or 1.0
    said = [
        f"Before the start the mix misses the campaign areas by {rmspe:,.3g} (root mean square), "
        f"{rmspe / spread:.0%} of their own variation."
    ]
    outside = float(np.mean((y > D.max(axis=1)) | (y < D.min(axis=1))))
    if outside > 0:
        said.append(
            f"In {outside:.0%} of the periods before the start the campaign areas lie outside all comparison "
            "areas, where a mix of levels cannot follow them."
        )
    return said
