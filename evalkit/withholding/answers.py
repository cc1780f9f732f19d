"""Answers that rest on withheld figures, made fit to be published.

1. A figure is rounded to what its range can bear, so that nobody can try out which withheld count it fits.
2. Accounts by period lose what would tell a withheld figure: the figure, its effect, and running totals from
   there on.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

from evalkit.checks.result import CheckResult
from evalkit.decomposition import ByPeriod, Curve, Decomposition, Shared, Weights
from evalkit.disclosure import coarse
from evalkit.estimate import Distribution, Estimate, Interval, NotEstimable, Path
from evalkit.external import split_normal
from evalkit.small_counts import LEAST

STEPS = 5  # at least so many steps of rounding in a range, and at most ten times as many
ROUNDED = (
    f"It rests on figures of fewer than {LEAST}, which are withheld. So that they cannot be worked back, the "
    "answer is rounded to a fiftieth of its range or more."
)
TOO_FEW = (
    f"What was observed comes to fewer than {LEAST} in all, before the campaign or from its start. The total "
    "effect would give that away, so it is withheld; the evidence pack has it.",
    "Publish the figures for longer periods or larger areas.",
)


@dataclass(frozen=True, slots=True)
class Concealed:
    """What of one finding's figures is withheld.

    Attributes
    ----------
    periods : frozenset of date
        Periods of the campaign areas' own figure.
    learned : bool
        Whether the model learned what to expect from withheld figures.
    """

    periods: frozenset[date]
    learned: bool


def step(low: float, high: float) -> float:
    """What a range is rounded to: a power of ten; nought where it has no width."""
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return 0.0
    return float(10.0 ** math.floor(math.log10(width / STEPS)))


def to_step(value: float, size: float) -> float:
    """The nearest multiple; what is not nought does not become it."""
    if value == 0 or not math.isfinite(value):
        return value
    if size <= 0:
        return coarse(value)
    while (rounded := round(value / size) * size) == 0:
        size /= 10
    return float(f"{rounded:.12g}")


def _on_grid(value: float, size: float) -> float:
    return float(f"{round(value / size) * size:.12g}") if size > 0 and math.isfinite(value) else value


def rounded_interval(interval: Interval) -> Interval:
    """A figure and its range to the same step; a side without a limit stays so."""
    size = step(interval.low, interval.high)
    told = interval.low > 0 or interval.high < 0  # a range that leaves out no change goes on doing so
    point, low, high = (
        to_step(x, size) if told or not size else _on_grid(x, size)
        for x in (interval.point, interval.low, interval.high)
    )
    return Interval(point, min(low, point), max(high, point), interval.level)


def rounded(estimate: Estimate) -> Estimate:
    """An estimate whose every number follows from its rounded total, effect and relative effect."""
    total = rounded_interval(estimate.total)
    seen, before = estimate.smallest_detectable, estimate.before_calibration
    return replace(
        estimate,
        effect=rounded_interval(estimate.effect),
        total=total,
        rel_effect=None if estimate.rel_effect is None else rounded_interval(estimate.rel_effect),
        p_value=coarse(estimate.p_value, 1),
        distribution=_distribution(estimate.distribution, total),
        smallest_detectable=None if seen is None else coarse(seen),
        event_study=None,
        terms={},
        before_calibration=None if before is None else rounded_interval(before),
        notes=(*estimate.notes, ROUNDED),
    )


def _distribution(nodes: Distribution, total: Interval) -> Distribution:
    """A distribution that holds no more than a total and its range."""
    if math.isfinite(total.width):
        return split_normal(total)
    return Distribution(nodes.probabilities, tuple(coarse(q, 1) for q in nodes.quantiles))


def concealed_path(path: Path, concealed: Concealed, start: date) -> Path:
    """An account by period without what tells a withheld figure.

    Parameters
    ----------
    path : Path
    concealed : Concealed
    start : date
        First day of the campaign.
    """
    gone = [p in concealed.periods for p in path.periods]
    size = 2 * step(*_usual_range(path)) if concealed.learned else 0.0
    told = [i for i, p in enumerate(path.periods) if concealed.learned or (gone[i] and p >= start)]
    end = told[0] if told else len(gone)

    def line(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(_on_grid(x, size) for x in values)

    def left(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        pairs = zip(values, gone, strict=True)
        return tuple(None if x is None or hidden else _on_grid(x, size) for x, hidden in pairs)

    def up_to_there(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return tuple(x if i < end else None for i, x in enumerate(values))

    observed = tuple(None if hidden else x for x, hidden in zip(path.observed, gone, strict=True))
    counterfactual = line(path.counterfactual)
    return replace(
        path,
        observed=observed,
        counterfactual=counterfactual,
        low=line(path.low),
        high=line(path.high),
        effect=tuple(
            x if x is None or not size else None if o is None else o - c
            for x, o, c in zip(left(path.effect), observed, counterfactual, strict=True)
        ),
        effect_low=left(path.effect_low),
        effect_high=left(path.effect_high),
        cumulative=up_to_there(path.cumulative),
        cumulative_low=up_to_there(path.cumulative_low),
        cumulative_high=up_to_there(path.cumulative_high),
        withheld=tuple(p for p in path.periods if p in concealed.periods),
    )


def _usual_range(path: Path) -> tuple[float, float]:
    widths = [h - lo for lo, h in zip(path.low, path.high, strict=True) if math.isfinite(h - lo)]
    return (0.0, median(widths)) if widths else (0.0, 0.0)


def rounded_check(check: CheckResult) -> CheckResult:
    """A check whose figures cannot be used to try out withheld ones."""
    return replace(
        check,
        statistic=None if check.statistic is None else coarse(check.statistic),
        scores=tuple(coarse(s) for s in check.scores),
    )


def concealed_shared(shared: Shared, periods: Collection[date]) -> Shared:
    """Campaigns taken apart, with nothing that tells a withheld figure."""
    found = shared.decomposition
    allocation = shared.allocation
    if not isinstance(allocation, NotEstimable):
        allocation = replace(
            allocation,
            gain=rounded_interval(allocation.gain),
            proposed=tuple(coarse(x) for x in allocation.proposed),
        )
    return replace(shared, decomposition=_decomposition(found, periods), allocation=allocation)


def _decomposition(found: Decomposition, periods: Collection[date]) -> Decomposition:
    return replace(
        found,
        contributions={
            c: rounded(e) if isinstance(e, Estimate) else e for c, e in found.contributions.items()
        },
        together=tuple(
            replace(t, estimate=rounded(t.estimate), split={c: coarse(x) for c, x in t.split.items()})
            for t in found.together
        ),
        by_period=None if found.by_period is None else _by_period(found.by_period, periods),
        weights=tuple(_weights(w) for w in found.weights),
        curves=tuple(_curve(c) for c in found.curves),
        calibration=tuple(
            replace(
                c,
                before=rounded_interval(c.before),
                after=rounded_interval(c.after),
                total_before=rounded_interval(c.total_before),
            )
            for c in found.calibration
        ),
        nodes=None,
        effective_nodes=None if found.effective_nodes is None else coarse(found.effective_nodes, 1),
    )


def _by_period(parts: ByPeriod, periods: Collection[date]) -> ByPeriod:
    """Baseline and contributions rounded to the width of the contributions' bands."""
    widths = [h - lo for c in parts.low for lo, h in zip(parts.low[c], parts.high[c], strict=True)]
    known = [w for w in widths if math.isfinite(w) and w > 0]
    size = 2 * step(0.0, median(known)) if known else 0.0
    observed = tuple(None if p in periods else x for p, x in zip(parts.periods, parts.observed, strict=True))

    def lines(held: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
        return {c: tuple(_on_grid(x, size) for x in line) for c, line in held.items()}

    baseline = tuple(_on_grid(x, size) for x in parts.baseline)
    contributions = lines(dict(parts.contributions))
    unexplained = tuple(
        None if o is None else o - b - sum(line[i] for line in contributions.values())
        for i, (o, b) in enumerate(zip(observed, baseline, strict=True))
    )
    return replace(
        parts,
        observed=observed,
        baseline=baseline,
        contributions=contributions,
        low=lines(dict(parts.low)),
        high=lines(dict(parts.high)),
        unexplained=unexplained,
    )


def _weights(w: Weights) -> Weights:
    return replace(
        w,
        half_lives=tuple((a, b, coarse(x, 1)) for a, b, x in w.half_lives),
        half_doses=tuple((a, b, coarse(x, 1)) for a, b, x in w.half_doses),
    )


def _curve(curve: Curve) -> Curve:
    ends = [rounded_interval(Interval(*x)) for x in zip(curve.total, curve.low, curve.high, strict=True)]
    return replace(
        curve,
        total=tuple(e.point for e in ends),
        low=tuple(e.low for e in ends),
        high=tuple(e.high for e in ends),
        marginal=rounded_interval(curve.marginal),
        per_outcome=rounded_interval(curve.per_outcome),
    )
