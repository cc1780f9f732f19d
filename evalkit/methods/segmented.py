"""Segmented regression as it is published: the classical specifications of interrupted time series.

1. A second opinion, chosen by name and never by "auto", for reproducing and comparing analyses.
2. The method's name carries its options, so that a design says in full what was fitted.
3. Every note says what the published inference is known to miss.

References: Wagner AK et al. (2002), J Clin Pharm Ther 27:299-309; Lopez Bernal J, Cummins S, Gasparrini A
(2017), Int J Epidemiol 46:348-355; Linden A (2015), Stata J 15:480-500; Turner SL et al. (2021), BMC Med Res
Methodol 21:181.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evalkit.design import Design
from evalkit.designing import history
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import regression
from evalkit.methods.segment_answers import Answers
from evalkit.methods.segment_errors import MODELS, ErrorModel, Fit
from evalkit.methods.segments import Segments, build
from evalkit.panel import Panel
from evalkit.requirements import options_of, requirement, shortfall
from evalkit.vocabulary import Frequency, OutcomeKind


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Fit the specification that the method's name, the shape, the events and the covariates describe."""
    model, options = MODELS[requirement(design.method).method], options_of(design.method)
    outcome, span = regression.pooled(panel, design), regression.spans(panel, design)
    table = build(panel, design)
    seen = table.used[: table.n]
    facts = replace(
        history(panel, design), usable_post=int((seen & span.inside).sum()), counted=int(span.inside.sum())
    )
    refusal = shortfall(design.method, facts) or _unsuited(panel, table, model, options)
    if refusal:
        return refusal
    logs = options.get("scale") == "log"
    fitted = replace(table, y=np.log(table.y)) if logs else table
    try:
        fit = model.fit(fitted, _with_season(options, panel.frequency))
    except np.linalg.LinAlgError:
        return _refused("The model could not be fitted to these figures.")
    if not (np.isfinite(fit.coef).all() and np.isfinite(fit.cov).all()):
        return _refused("The model was fitted, but its uncertainty could not be computed.")
    return _report(panel, design, outcome, fitted, fit, model, logs)


def _with_season(options: dict[str, str], frequency: Frequency) -> dict[str, str]:
    """Options with the seasonal period filled in."""
    seasonal = options.get("seasonal", "")
    if seasonal.count(",") != 2:
        return options
    return {**options, "seasonal": f"{seasonal},{SEASONS[frequency]}"}


SEASONS = {
    Frequency.DAILY: 7,
    Frequency.WEEKLY: 52,
    Frequency.FOUR_WEEKLY: 13,
    Frequency.FOUR_FOUR_FIVE: 12,
    Frequency.MONTHLY: 12,
    Frequency.QUARTERLY: 4,
    Frequency.ANNUAL: 1,
}


def _refused(reason: str) -> NotEstimable:
    """A refusal with the way out that always exists."""
    return NotEstimable((reason,), ("Simplify the specification, or use the method series or controlled.",))


def _unsuited(
    panel: Panel, table: Segments, model: ErrorModel, options: dict[str, str]
) -> NotEstimable | None:
    """What rules the specification out, before anything is fitted."""
    y = table.y[table.used]
    if model.counts and panel.kind is not OutcomeKind.COUNT:
        return _refused(f"A Poisson regression is for counts, and this outcome is a {panel.kind}.")
    if options.get("scale") == "log" and y.min() <= 0:
        return _refused("The log scale needs figures above zero throughout.")
    if model.counts and not y[table.campaign[table.period[table.used].astype(int)].any(axis=1)].any():
        return _refused("There is not one event from the start on, so the log of the change has no limit.")
    if "order" in options or "seasonal" in options:
        return None  # differencing removes columns, and the fit sees to it
    X = table.X[table.used]
    if (
        X.shape[0] <= X.shape[1]
        or np.linalg.matrix_rank(X / np.linalg.norm(X, axis=0).clip(1e-300)) < X.shape[1]
    ):
        return _refused(
            f"The specification has {X.shape[1]} coefficients, and these {X.shape[0]} figures cannot tell "
            "them apart: a slope needs two periods, and an event or covariate must differ from the campaign."
        )
    return None


def _report(
    panel: Panel,
    design: Design,
    outcome: regression.Outcome,
    table: Segments,
    fit: Fit,
    model: ErrorModel,
    logs: bool,
) -> Estimate:
    """The estimate in full."""
    inside, seen = regression.spans(panel, design).inside, table.used[: table.n]
    multiplicative = logs or model.counts
    smear = 1.0
    if logs and not fit.offset.any():  # the exponential of a mean of logs is below the mean (Duan 1983)
        smear = float(np.exp((table.y - table.X @ fit.coef)[: table.n][seen]).mean())
    answers = Answers(fit, table.campaign, inside, outcome, design.level, multiplicative, smear)
    effect, total, rel = answers.summary()
    counted = inside | (np.arange(table.n) < design.n_pre)
    named = {name: row for name, row in table.terms.items() if not fit.fixed[row != 0].any()}
    return Estimate(
        estimand=regression.estimand(panel, design, outcome),
        effect=effect,
        total=total,
        rel_effect=rel,
        effect_unit=outcome.effect_unit,
        total_unit=outcome.total_unit,
        p_value=answers.p_value(),
        distribution=answers.distribution(),
        design=design.code,
        method=design.method,
        n_pre=design.n_pre,
        n_post=design.n_post,
        n_gaps=int((~np.isfinite(outcome.recorded) & counted).sum()),
        smallest_detectable=answers.detectable(),
        path=answers.path(panel.periods),
        terms={name: answers.term(row) for name, row in named.items()},
        notes=(*outcome.notes, *design.deviations, *_notes(design, table, model, multiplicative)),
    )


def _notes(design: Design, table: Segments, model: ErrorModel, logs: bool) -> list[str]:
    """What was fitted, and what its inference misses."""
    scale = ", on the log scale" if logs else ""
    said = [
        f"A second opinion in a classical specification{scale}: {model.inference} The terms are the named "
        "coefficients per period; seasons and bank holidays enter only where they were asked for.",
        f"What this inference misses: {model.misses}",
    ]
    if design.comparison:
        several = "; they are pooled into one series" if len(design.comparison) > 1 else ""
        said.append(
            "The comparison has every column of the campaign's series, and the effect is the difference of "
            f"their changes{several}."
        )
    gaps = int((~table.used[: design.n_pre + design.n_post]).sum())
    if gaps:
        said.append(f"{gaps} periods up to the end have no figure in the fit; their effect follows the line.")
    return said
