"""Answers that rest on withheld figures, made fit to be published.

1. A figure is rounded to what its range can bear, so that nobody can try out which withheld count it fits.
2. What was expected by period depends on every figure, so only means of it are published.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from evalkit.checks.result import CheckResult, bare
from evalkit.decomposition import Overlap, Shared
from evalkit.disclosure import coarse
from evalkit.estimate import Distribution, Estimate, Interval, NotEstimable, Path
from evalkit.external import implied_detectable, implied_p, split_normal
from evalkit.grade import Grade
from evalkit.group_study import GroupStudy
from evalkit.small_counts import LEAST

WHOLE = 1e-6  # as a share: how near a whole number a sum of counts comes
STEPS = 3  # at least so many steps of rounding in a range, and at most 2.5 times as many
ROUNDED = (
    f"It rests on figures of fewer than {LEAST}, which are withheld. So that they cannot be worked back, the "
    "answer is rounded to an eighth of its range or more, and what was expected is given as a mean only."
)
TOO_FEW = (
    f"What was observed comes to fewer than {LEAST} in all, before the campaign or from its start. The total "
    "effect would give that away, so it is withheld; the evidence pack has it.",
    "Publish the figures for longer periods or larger areas.",
)


def step(low: float, high: float) -> float:
    """What a range is rounded to: one, two or five times a power of ten; nought where it has no width."""
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return 0.0
    power = float(10.0 ** math.floor(math.log10(width / STEPS)))
    return max(x * power for x in (1, 2, 5) if x * power <= width / STEPS * (1 + WHOLE))


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
    """An estimate of which every number follows from its rounded total.

    The p-value and what could have been seen are those that the rounded range implies; the relative effect is
    taken of what was observed in all.
    """
    total, before = rounded_interval(estimate.total), estimate.before_calibration
    closed = math.isfinite(total.width) and total.width > 0
    effect = _effect(estimate, total)
    seen = estimate.smallest_detectable
    nodes = estimate.distribution
    return replace(
        estimate,
        effect=effect,
        total=total,
        rel_effect=_relative(estimate, total),
        p_value=implied_p(total) if closed else coarse(estimate.p_value, 1),
        distribution=split_normal(total)
        if closed
        else Distribution(nodes.probabilities, tuple(coarse(q, 1) for q in nodes.quantiles)).untied(),
        path=None,
        smallest_detectable=seen and (implied_detectable(effect) if closed else coarse(seen, 1)),
        event_study=None,
        terms={},
        before_calibration=None if before is None else rounded_interval(before),
        notes=(*without_figures(estimate.notes), ROUNDED),
    )


def _effect(estimate: Estimate, total: Interval) -> Interval:
    """The rounded total by the number of periods and areas; rounded by itself where it is no such share."""
    if math.isfinite(total.width) and estimate.effect.width > 0:
        times = estimate.total.width / estimate.effect.width
        if round(times) >= 1 and abs(times - round(times)) < WHOLE * times:
            return total.scaled(1 / round(times))
    return rounded_interval(estimate.effect)


def _relative(estimate: Estimate, total: Interval) -> Interval | None:
    """The rounded total over what was expected: what was observed, rounded to the same step, less it.

    To the last unit it would tell what the withheld figures come to.
    """
    told = estimate.rel_effect
    if told is None or not told.point or not math.isfinite(total.width):
        return None
    observed = estimate.total.point * (1 + 1 / told.point)
    if abs(observed - round(observed)) > WHOLE * max(abs(observed), 1.0):
        return None
    seen = _on_grid(observed, step(total.low, total.high))
    ends = [seen - x for x in (total.point, total.low, total.high)]
    if min(ends) <= 0:
        return None
    point, low, high = (x / e for x, e in zip((total.point, total.low, total.high), ends, strict=True))
    return Interval(point, low, high, total.level)


def concealed_path(path: Path, periods: Collection[date], start: date) -> Path:
    """An account by period with gaps for withheld figures, and for what would tell them.

    Parameters
    ----------
    path : Path
    periods : collection of date
        Those whose figure is withheld.
    start : date
        First day of the campaign.
    """
    gone = [p in periods for p in path.periods]
    end = next((i for i, p in enumerate(path.periods) if gone[i] and p >= start), len(gone))

    def left(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return tuple(None if hidden else x for x, hidden in zip(values, gone, strict=True))

    def up_to_there(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return values[:end] + (None,) * (len(values) - end)

    return replace(
        path,
        observed=left(path.observed),
        effect=left(path.effect),
        effect_low=left(path.effect_low),
        effect_high=left(path.effect_high),
        cumulative=up_to_there(path.cumulative),
        cumulative_low=up_to_there(path.cumulative_low),
        cumulative_high=up_to_there(path.cumulative_high),
        withheld=tuple(p for p in path.periods if p in periods),
    )


def averaged_path(path: Path, effect: Interval, periods: Collection[date], start: date) -> Path:
    """An account by period that holds no more than what may be seen and the rounded effect.

    What was expected in a period follows from every figure, so whoever has evalkit could try out on it what
    a withheld one was. Instead stand the mean before the start, and what the effect leaves of the mean after.

    Parameters
    ----------
    path : Path
    effect : Interval
        Rounded.
    periods, start
        As for `concealed_path`.
    """
    size = step(effect.low, effect.high)
    after = [p >= start for p in path.periods]
    counted = [e is not None for e in path.effect]
    before = _mean([o for o, a in zip(path.observed, after, strict=True) if not a], size)
    since = _mean([o for o, c in zip(path.observed, counted, strict=True) if c], size)
    ends = [_on_grid(since - x, size) for x in (effect.point, effect.high, effect.low)]
    middle, low, high = (tuple(x if a else before for a in after) for x in ends)
    gone = (None,) * len(path.periods)
    return replace(
        concealed_path(path, periods, start),
        counterfactual=middle,
        low=low,
        high=high,
        effect=gone,
        effect_low=gone,
        effect_high=gone,
        cumulative=gone,
        cumulative_low=gone,
        cumulative_high=gone,
        averaged=True,
    )


def _mean(values: Sequence[float | None], size: float) -> float:
    known = [v for v in values if v is not None]
    return _on_grid(math.fsum(known) / len(known), size) if known else 0.0


def bare_grade(grade: Grade, checks: Sequence[CheckResult]) -> Grade:
    """A grade whose rules and reasons repeat no figure of a check."""
    said = {c.text: bare(c).text for c in checks}
    rules = tuple(replace(r, text=said.get(r.text, r.text)) for r in grade.rules)
    return replace(grade, rules=rules, reasons=tuple(said.get(r, r) for r in grade.reasons))


def concealed_shared(shared: Shared) -> Shared:
    """Campaigns taken apart, with rounded totals and nothing by period or dose."""
    found, allocation = shared.decomposition, shared.allocation
    if not isinstance(allocation, NotEstimable):
        allocation = NotEstimable(
            ("The split that promises most is withheld with the small figures that it rests on.",)
        )
    parts = replace(
        found,
        contributions={
            c: rounded(e) if isinstance(e, Estimate) else e for c, e in found.contributions.items()
        },
        together=tuple(
            replace(t, estimate=rounded(t.estimate), split={c: coarse(x, 1) for c, x in t.split.items()})
            for t in found.together
        ),
        by_period=None,
        weights=tuple(
            replace(w, half_lives=(), half_doses=(), life_bands=(), shape_bands=()) for w in found.weights
        ),
        curves=(),
        calibration=tuple(
            replace(
                c,
                before=rounded_interval(c.before),
                after=rounded_interval(c.after),
                total_before=rounded_interval(c.total_before),
            )
            for c in found.calibration
        ),
        overlap=found.overlap and _bare_overlap(found.overlap),
        nodes=None,
        effective_nodes=None,
        notes=without_figures(found.notes),
        year_change=None,
        trials=(),
    )
    return replace(shared, decomposition=parts, allocation=allocation)


def concealed_study(
    study: GroupStudy, partly: Collection[tuple[str, str]], arms: Collection[tuple[str, str, str]]
) -> GroupStudy:
    """What stands beside a comparison of groups, without what would tell of withheld rows.

    Parameters
    ----------
    study : GroupStudy
    partly : collection of (str, str)
        Campaign and outcome of comparisons with withheld clusters: to the last digit a p-value would tell how
        what they come to is shared out among them.
    arms : collection of (str, str, str)
        Campaign, outcome and group of which one to four people were lost.
    """
    groups = tuple(
        replace(g, allocated=None) if (study.campaign, study.outcome, g.arm) in arms else g
        for g in study.groups
    )
    tests, beside = study.tests, study.balance
    if any(campaign == study.campaign for campaign, _ in partly):  # Holm's rule ties all tests together
        tests = tuple(replace(t, alone=coarse(t.alone, 1), adjusted=coarse(t.adjusted, 1)) for t in tests)
    if (study.campaign, study.outcome) in partly:
        beside = tuple(replace(b, p_value=None) for b in beside)
    return replace(study, groups=groups, tests=tests, balance=beside)


def _bare_overlap(overlap: Overlap) -> Overlap:
    """How far doses hang together, to one digit: it is weighed by the spread of the figures."""
    pairs = tuple(replace(p, alike=round(p.alike, 1)) for p in overlap.pairs)
    return replace(overlap, pairs=pairs, condition_number=coarse(overlap.condition_number, 1))


def without_figures(notes: Sequence[str]) -> tuple[str, ...]:
    """The notes that hold no number."""
    return tuple(n for n in notes if not any(c.isdigit() for c in n))
