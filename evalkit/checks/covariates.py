"""Did the campaign leave the covariates alone, and does the answer stand without them?

A covariate that the campaign itself moved takes part of the effect away with it (a bad control: Angrist and
Pischke 2009, Mostly Harmless Econometrics, section 3.2.3). So each is looked at as if it were the outcome.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult, told
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel
from evalkit.vocabulary import DesignCode, OutcomeKind

NAME = "covariates"
QUESTION = "Did the campaign leave the covariates alone?"
ERROR = 0.05  # for all covariates together


def covariates(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Estimate the campaign's effect on every covariate, and on the outcome without them.

    Returns
    -------
    CheckResult
        `passed` is False where a covariate moved with the campaign; None where the answer without covariates
        leaves the range given, or none of them could be tried. `statistic` is the mean effect without them,
        in the outcome's unit.
    """
    tried = {name: _moved(panel, design, name, refit) for name in design.covariates}
    known = {name: p for name, p in tried.items() if p is not None}
    moved = [name for name, p in known.items() if p < ERROR / len(known)]
    bare = refit(panel, replace(design, covariates=()))
    said, inside = _without(bare, estimate, design)
    if moved:
        text = (
            f"From the start on {', '.join(moved)} moved where the campaign was, as it did nowhere else: if "
            f"the campaign did that, clearing the figures of it takes part of the effect away. {said}"
        )
        return CheckResult(NAME, QUESTION, False, _point(bare), text)
    if not known:
        text = f"Whether the campaign moved the covariates could not be tried. {said}"
        return CheckResult(NAME, QUESTION, None, _point(bare), text)
    text = f"No effect of the campaign on {', '.join(known)} shows. {said}"
    return CheckResult(NAME, QUESTION, True if inside else None, _point(bare), text)


def _moved(panel: Panel, design: Design, name: str, refit: Refit) -> float | None:
    """The p-value of no effect on a covariate; None where none can be told."""
    grid = panel.covariates[name]
    columns = [panel.column(a) for a in design.comparison]
    compared = len(columns) >= 2 and bool(np.isfinite(grid[:, columns]).any())
    method = "imputation" if design.starts else "did" if compared else "series"
    code = DesignCode.DIFFERENCE if compared else DesignCode.SINGLE_SERIES
    as_outcome = replace(panel, kind=OutcomeKind.LEVEL, values=grid, denominators=None, covariates={})
    asked = replace(
        design,
        method=method,
        code=code,
        outcome_kind=OutcomeKind.LEVEL,
        shape="auto",
        comparison=design.comparison if compared else (),
        covariates=(),
        events=(),
        phases=(),
    )
    found = refit(as_outcome, asked)
    return found.p_value if isinstance(found, Estimate) else None


def _without(bare: object, estimate: Estimate, design: Design) -> tuple[str, bool]:
    """What the answer is without covariates, and whether it lies in the range given."""
    if not isinstance(bare, Estimate):
        return "Without them nothing could be estimated.", False
    point, span = told(bare.effect, design.outcome_kind is OutcomeKind.SHARE)
    inside = estimate.effect.covers(bare.effect.point)
    end = "inside the range given here" if inside else "outside it: the answer rests on them"
    return f"Without covariates the mean effect is {point} a period ({span}), {end}.", inside


def _point(bare: object) -> float | None:
    return bare.effect.point if isinstance(bare, Estimate) else None
