"""Which checks are made of which designs; a new check is a file and a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.checks import (
    breakdown,
    comparison_fit,
    comparison_gain,
    covariates,
    leads,
    leave_one_out,
    moved_doses,
    noisy_area,
    placebo_time,
    pre_trend,
    provisional,
    second_opinion,
)
from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate, Trial
from evalkit.panel import Panel
from evalkit.unlike_areas import FEWEST_AREAS
from evalkit.vocabulary import DesignCode

SINGLE, CONTROLLED = DesignCode.SINGLE_SERIES, DesignCode.CONTROLLED_SERIES
DIFFERENCE, SYNTHETIC = DesignCode.DIFFERENCE, DesignCode.SYNTHETIC
Run = Callable[[Panel, Design, Estimate, Refit], CheckResult]


Joint = Callable[[Trial, Estimate, bool], CheckResult]


@dataclass(frozen=True, slots=True)
class Check:
    """A check, the designs it applies to, and what else of a design calls for it."""

    name: str
    question: str
    designs: tuple[DesignCode, ...]
    run: Run
    needed: Callable[[Design], bool] = lambda _: True


def _by_area(design: Design) -> bool:
    """Whether areas are compared in a way that has entries before the start, or a reason to have none."""
    return design.code is not CONTROLLED or design.method == leads.FORECAST


CHECKS: tuple[Check, ...] = (
    Check(
        placebo_time.NAME,
        placebo_time.QUESTION,
        (SINGLE, CONTROLLED, DIFFERENCE, SYNTHETIC),
        lambda panel, design, _, refit: placebo_time.placebo_in_time(panel, design, refit),
    ),
    Check(
        leave_one_out.NAME,
        leave_one_out.QUESTION,
        (CONTROLLED, DIFFERENCE, SYNTHETIC),
        leave_one_out.leave_one_out,
    ),
    Check(
        noisy_area.NAME,
        noisy_area.QUESTION,
        (CONTROLLED, DIFFERENCE, SYNTHETIC),
        noisy_area.noisy,
        lambda design: len(design.treated) + len(design.comparison) >= FEWEST_AREAS,
    ),
    Check(
        pre_trend.NAME,
        pre_trend.QUESTION,
        (CONTROLLED, DIFFERENCE, SYNTHETIC),
        pre_trend.pre_trend,
        _by_area,
    ),
    Check(
        breakdown.NAME,
        breakdown.QUESTION,
        (CONTROLLED, DIFFERENCE),
        breakdown.breakdown,
        _by_area,
    ),
    Check(
        comparison_fit.NAME,
        comparison_fit.QUESTION,
        (CONTROLLED, SYNTHETIC),
        comparison_fit.comparison_fit,
    ),
    Check(
        provisional.NAME,
        provisional.QUESTION,
        (SINGLE, CONTROLLED, DIFFERENCE, SYNTHETIC),
        provisional.provisional,
        lambda design: bool(design.provisional),
    ),
    Check(
        comparison_gain.NAME,
        comparison_gain.QUESTION,
        (CONTROLLED,),
        comparison_gain.comparison_gain,
    ),
    Check(
        covariates.NAME,
        covariates.QUESTION,
        (SINGLE, CONTROLLED, DIFFERENCE, SYNTHETIC),
        covariates.covariates,
        lambda design: bool(design.covariates),
    ),
    Check(
        second_opinion.NAME,
        second_opinion.QUESTION,
        (SINGLE, CONTROLLED, DIFFERENCE, SYNTHETIC),
        second_opinion.second_opinion,
    ),
)


def run_checks(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> tuple[CheckResult, ...]:
    """Make every check that applies to the design.

    Parameters
    ----------
    panel : Panel
    design : Design
    estimate : Estimate
    refit : callable
        The method, from panel and design to an estimate.
    """
    asked = (c for c in CHECKS if design.code in c.designs and c.needed(design))
    return tuple(c.run(panel, design, estimate, refit) for c in asked)


JOINT: tuple[tuple[str, str, Joint], ...] = (  # name, question and check of a campaign of the joint model
    (
        placebo_time.NAME,
        placebo_time.QUESTION,
        lambda trial, estimate, _: moved_doses.moved_doses(trial, estimate.total.level),
    ),
    (
        moved_doses.BEFORE,
        moved_doses.BEFORE_QUESTION,
        lambda trial, _, share: moved_doses.before_doses(trial, share),
    ),
    (
        second_opinion.NAME,
        second_opinion.QUESTION,
        lambda trial, estimate, _: second_opinion.joint_opinion(trial, estimate),
    ),
)


def run_joint_checks(trial: Trial, estimate: Estimate, share: bool) -> tuple[CheckResult, ...]:
    """Make every check of one campaign's estimate from the joint model.

    Parameters
    ----------
    trial : Trial
        What the model found where there was nothing, and the other method's answer.
    estimate : Estimate
    share : bool
        Whether the outcome is a share.
    """
    return tuple(run(trial, estimate, share) for _, _, run in JOINT)
