"""From the joint model's nodes to what is reported.

1. Every interval is a quantile of the same mixture; points are its means, so that campaigns, baseline and
   what is left unexplained add up to the outcome exactly.
2. A campaign that cannot be told from others is refused, and answered together with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalkit.decomposition import Decomposition, Overlap, Together
from evalkit.estimate import Distribution, Estimate, Interval, NotEstimable
from evalkit.methods import mix_curves, mix_overlap, mix_trials, mixture
from evalkit.methods.engine import Seen
from evalkit.methods.mix_model import Mixture, Model, interval, whole_of
from evalkit.methods.mix_periods import Parts, by_period, parts_of, path_of
from evalkit.methods.mix_tests import calibration, held_to
from evalkit.vocabulary import DesignCode, OutcomeKind
from evalkit.year_change import year_change

METHOD = "joint"
ENOUGH_EFFECTIVE = 100  # combinations below which ranges are rough


def nothing(campaigns: Sequence[str], refused: dict[str, NotEstimable]) -> Decomposition:
    """A decomposition in which no campaign could be estimated."""
    return Decomposition(
        contributions={c: refused[c] for c in campaigns},
        together=(),
        total_unit="",
        by_period=None,
        overlap=None,
        weights=(),
        curves=(),
        calibration=(),
        nodes=None,
        effective_nodes=None,
        notes=(),
    )


def report(
    model: Model, x: Mixture, overlap: Overlap, refused: dict[str, NotEstimable], order: Sequence[str]
) -> Decomposition:
    """Everything that is said of the outcome.

    Parameters
    ----------
    model : Model
    x : Mixture
    overlap : Overlap
    refused : dict
        Campaigns ruled out beforehand.
    order : sequence of str
        All campaigns, as they are to be listed.
    """
    before = x
    for test in model.study.tests:
        x = held_to(model, x, test)
    parts = parts_of(model, x)
    lumped = {c: group for group in overlap.inseparable for c in group}
    found: dict[str, Estimate | NotEstimable] = {}
    for name in order:
        if name in refused:
            found[name] = refused[name]
        elif name in lumped:
            found[name] = mix_overlap.refusal(name, lumped[name])
        else:
            found[name] = _estimate(model, x, parts, [model.campaigns.index(name)])
    groups = [*overlap.inseparable]
    if len(model.campaigns) > 1 and model.campaigns not in groups:
        groups.append(model.campaigns)
    together = tuple(
        Together(
            campaigns=group,
            estimate=_estimate(model, x, parts, [model.campaigns.index(c) for c in group]),
            separable=not any(c in lumped for c in group),
            split=mix_overlap.shapley(model, x, group) if group in overlap.inseparable else {},
        )
        for group in groups
    )
    alone = tuple(c for c in model.campaigns if c not in lumped)
    apart = by_period(model, x, parts)
    return Decomposition(
        contributions=found,
        together=together,
        total_unit=_units(model)[1],
        by_period=apart,
        overlap=overlap,
        weights=mix_overlap.weights(model, x),
        curves=mix_curves.curves(model, x, alone),
        calibration=tuple(calibration(model, before, x, t) for t in model.study.tests),
        nodes=mix_curves.nodes(model, x),
        effective_nodes=x.effective,
        notes=tuple(_notes(model, x, overlap)),
        year_change=year_change(apart.periods, apart.observed, apart.baseline, apart.contributions),
        trials=mix_trials.trials(model, before) if model.study.tried else (),
    )


# ------------------------------------------------------------------ estimates


def _units(model: Model) -> tuple[str, str]:
    """Unit of the effect and of the total."""
    panel = model.panel
    if panel.denominators is not None:
        share = panel.kind is OutcomeKind.SHARE
        return (
            ("proportion points", "additional people") if share else ("events per unit of exposure", "events")
        )
    unit = "events" if panel.kind is OutcomeKind.COUNT else "outcome units"
    return (f"{unit} per period" if len(panel.areas) == 1 else f"{unit} per area and period"), unit


def _estimate(model: Model, x: Mixture, parts: Parts, which: list[int]) -> Estimate:
    """Contribution of one campaign, or of several together."""
    level, df = model.study.level, x.reduced.df
    whole = whole_of(model)
    centre = whole * x.coef[:, which].sum(axis=1)
    scale = whole * np.sqrt(np.maximum(x.cov[:, which][:, :, which].sum(axis=(1, 2)), 1e-300))
    total = interval(x, centre, scale, level)
    nodes = mixture.quantiles((*mixture.NODES, 0.025, 0.2, 0.8, 0.975), x.weight, centre, scale, df)
    q025, q20, q80, q975 = nodes[-4:]
    below = mixture.probability_below(0.0, x.weight, centre, scale, df)
    start = _start(model, which)
    span = model.counted & (np.arange(model.counted.size) >= start)
    cells = float((parts.divisor[span]).sum())
    effect_unit, total_unit = _units(model)
    names = " and ".join(model.campaigns[k] for k in which)
    what = "share" if model.panel.kind is OutcomeKind.SHARE else "outcome"
    return Estimate(
        estimand=(
            f"Contribution of {names} to the {what}, summed over the periods from "
            f"{model.panel.periods[start]} "
            f"to {model.panel.periods[-1]} ({total_unit}); the effect is its mean per period ({effect_unit})."
        ),
        effect=total.scaled(1 / cells),
        total=total,
        rel_effect=_relative(total, parts, span),
        effect_unit=effect_unit,
        total_unit=total_unit,
        p_value=float(min(1.0, 2 * min(below, 1 - below))),
        distribution=Distribution(mixture.NODES, tuple(np.maximum.accumulate(nodes[:-4]).tolist())),
        design=_code(model, which),
        method=METHOD,
        n_pre=start,
        n_post=int(span.sum()),
        n_gaps=int((~np.isfinite(model.outcome).any(axis=1) & model.counted).sum()),
        smallest_detectable=float((q975 - q025 + q80 - q20) / 2 / cells),
        path=path_of(model, x, parts, which, total, span),
        notes=_own_notes(model, which),
    )


def _start(model: Model, which: list[int]) -> int:
    """First period with a dose."""
    on = (model.doses[:, :, which] > 0).any(axis=(1, 2))
    lead = any((model.dose[k][: model.lead] > 0).any() for k in which)
    return 0 if lead or not on.any() else int(np.argmax(on))


def _code(model: Model, which: list[int]) -> DesignCode:
    """Areas with less of a dose at the same time stand in for what would have been."""
    dose = model.doses[:, :, which]
    varies = bool((np.ptp(dose, axis=1) > 0).any()) if dose.shape[1] > 1 else False
    return DesignCode.CONTROLLED_SERIES if varies else DesignCode.SINGLE_SERIES


def _relative(total: Interval, parts: Parts, span: Seen) -> Interval:
    """Contribution over what there would have been without it, from the same distribution."""
    expected = parts.baseline + parts.contributions.sum(axis=0)
    outcome = float(np.where(np.isfinite(parts.observed), parts.observed, expected)[span].sum())
    if outcome - total.high <= 0:
        return Interval(
            max(total.point / abs(outcome), -1.0) if outcome else 0.0, -np.inf, np.inf, total.level
        )
    point, low, high = (v / (outcome - v) for v in (total.point, total.low, total.high))
    return Interval(point, low, high, total.level)


def _own_notes(model: Model, which: list[int]) -> tuple[str, ...]:
    """What a reader must know about one campaign."""
    if len(which) > 1:
        return ()
    dose = model.doses[:, :, which[0]]
    notes = []
    if (dose.sum(axis=1) > 0).all():
        notes.append(
            "The campaign was never off: its contribution rests on how the outcome followed the ups and "
            "downs of "
            "its dose, carried down to no dose at all."
        )
    return tuple(notes)


def _notes(model: Model, x: Mixture, overlap: Overlap) -> list[str]:
    """What a reader must know about the whole."""
    notes = list(model.notes)
    missing = int((~np.isfinite(model.outcome) & model.counted[:, None]).sum())
    if missing:
        notes.append(
            f"{missing} figures are missing; contributions there are the model's, and what is left "
            "unexplained is "
            "not known for their periods."
        )
    if x.effective is not None:
        notes.append(
            "Carry-over and shape were integrated over a quasi-random sample of combinations; its "
            "effective size "
            f"is {x.effective:,.0f}."
            + (
                " That is too small for exact ranges; fewer campaigns at a time are answered more exactly."
                if x.effective < ENOUGH_EFFECTIVE
                else ""
            )
        )
    return notes
