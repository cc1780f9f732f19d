"""The orchestrator of one programme: plans, estimates, checks, grades, words and values every finding."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from evalkit import __version__, wording
from evalkit.calendars import PER_YEAR
from evalkit.calibrate import calibrate
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import ExternalEstimate, Outcome
from evalkit.campaign.programme import Programme
from evalkit.checks.catalogue import run_checks, run_joint_checks
from evalkit.checks.placebo_time import NAME as PLACEBO_IN_TIME
from evalkit.checks.result import CheckResult
from evalkit.decomposition import Shared
from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.evaluation import Evaluation, Finding, Provenance, SourceFile
from evalkit.external import external_estimate
from evalkit.grade import RULE_SET, Evidence, Grade, grade
from evalkit.methods import catalogue
from evalkit.overlapping import METHOD, joint_plan, shared_outcomes, trial_of
from evalkit.panel import Panel
from evalkit.planning import Plan, events_of, plans
from evalkit.subject import beside_words, subject
from evalkit.trials import ArmAnswer, group_results
from evalkit.valuing import channel_savings, value_of
from evalkit.verdict import Verdict, decide
from evalkit.vocabulary import DesignCode, Handling, OutcomeKind, Spillover

ONE_COST = (
    "the cost is of all groups together, and what each group's version alone cost is not stated, so none is "
    "set against one group's effect"
)
COMPUTING = ("numpy", "pandas", "pydantic", "scipy", "statsmodels")


def evaluate(programme: Programme, *, sources: Sequence[SourceFile] = ()) -> Evaluation:
    """Evaluate every campaign and outcome of a programme.

    Parameters
    ----------
    programme : Programme
    sources : sequence of SourceFile, optional
        The files it was read from, for the audit sheet.

    Returns
    -------
    Evaluation
        One finding per campaign and outcome, and one per estimate made elsewhere. What cannot be estimated
        is a finding too, with its reasons.
    """
    found: list[Finding] = []
    outside = {_names(programme, row) for row in programme.external_estimates}
    every = plans(programme)
    shared = shared_outcomes(programme, every)
    grouped = group_results(programme)
    for one in every:
        key = one.campaign.title, one.outcome.name
        by_period = one.panel is not None or bool(programme.observations_of(one.outcome))
        answers = grouped[key].answers if key in grouped else ()
        mine = [_arm(programme, one, answer, len(answers)) for answer in answers]
        if by_period or not (mine or key in outside):
            mine.insert(0, _estimated(programme, one, shared))
        found += _both_ways(mine) if by_period and answers else mine
    found += [_external(programme, row) for row in programme.external_estimates]
    studies = tuple(r.study for r in grouped.values() if r.study)
    provenance = _provenance(programme, tuple(sources))
    savings = channel_savings(programme)
    return Evaluation(programme, tuple(found), provenance, shared, studies, channels=savings)


def restated(
    programme: Programme,
    finding: Finding,
    estimate: Estimate | NotEstimable,
    checks: tuple[CheckResult, ...],
    graded: Grade,
    *,
    groups: int = 1,
    control: str = "",
) -> Finding:
    """A finding said anew for an estimate that is rounded or withheld: words and value follow it.

    Parameters
    ----------
    programme : Programme
    finding : Finding
        Its evidence level stands, and its claim unless the estimate is withheld.
    estimate, checks, graded
        In place of its own.
    groups : int
        How many groups are compared with the control.
    control : str
        Name of the control, for a comparison of groups.
    """
    campaign = next(c for c in programme.campaigns if c.title == finding.campaign)
    outcome = programme.outcome(finding.outcome)
    design = estimate.design if isinstance(estimate, Estimate) else None
    beside = beside_words(control, design, adds_up=outcome.sums) if control and design else ""
    again = _finding(
        programme, campaign, outcome, finding.design, estimate, checks, graded, finding.source,
        undivided=ONE_COST if groups > 1 else "", beside=beside,
    )  # fmt: skip
    was = wording.limits(
        finding.estimate, finding.grade, outcome, finding.design, exploratory=finding.exploratory
    )
    kept = tuple(said for said in finding.verdict.limits if said not in was)
    verdict = replace(again.verdict, limits=(*again.verdict.limits, *kept))
    if isinstance(estimate, Estimate):
        about = subject(programme, finding.campaign, finding.outcome, finding.design, beside)
        said = wording.answer(finding.verdict.claim, estimate, about, level=finding.grade.level)
        verdict = replace(verdict, claim=finding.verdict.claim, sentence=_named(said, finding.arm, groups))
    return replace(again, verdict=verdict, arm=finding.arm)


def _named(said: str, arm: str, groups: int) -> str:
    """A sentence with the name of its group, where there are several."""
    return said if groups == 1 else f"{arm}: {said[:1].lower()}{said[1:]}"


def fingerprint(programme: Programme) -> str:
    """SHA-256 of a programme's canonical JSON; reference values of one's own count where there are any."""
    left_out = None if programme.reference_values else {"reference_values"}
    return hashlib.sha256(programme.model_dump_json(exclude=left_out).encode("utf-8")).hexdigest()


def source_files(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    """Name and hash of each input file, without its folder."""
    return tuple(SourceFile(p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths)


def _estimated(programme: Programme, one: Plan, shared: Sequence[Shared]) -> Finding:
    """Carry out one plan."""
    estimate: Estimate | NotEstimable
    checks: tuple[CheckResult, ...] = ()
    joint = joint_plan(one, shared)
    if joint:
        one, estimate = replace(one, design=joint[0]), joint[1]
        trial = trial_of(one, shared)
        if isinstance(estimate, Estimate) and trial:
            checks = run_joint_checks(trial, estimate, joint[0].outcome_kind is OutcomeKind.SHARE)
    elif one.panel is None or isinstance(one.design, NotEstimable):
        estimate = one.design if isinstance(one.design, NotEstimable) else NotEstimable(())
    else:
        estimate = catalogue.estimate(one.panel, one.design)
        if isinstance(estimate, Estimate):
            checks = run_checks(one.panel, one.design, estimate, catalogue.estimate)
            against = [c.text for c in checks if c.check == "second-opinion" and c.passed is False]
            estimate = replace(estimate, notes=(*estimate.notes, *against))
            estimate = calibrate(estimate, next((c for c in checks if c.check == PLACEBO_IN_TIME), None))
    design = one.design if isinstance(one.design, Design) else None
    graded = grade(_evidence(programme, one, estimate, checks))
    return _finding(programme, one.campaign, one.outcome, design, estimate, checks, graded, "")


def _arm(programme: Programme, one: Plan, answer: ArmAnswer, several: int) -> Finding:
    """One group compared with the control."""
    evidence = Evidence(
        design=answer.design,
        n_pre=0,
        n_post=1,
        periods_per_year=1,
        gap_share=0.0,
        claimed=programme.claimed(one.outcome),
        comparison_justified=True,
        spillover_possible=False,
        events_unmodelled=(),
        plan_fixed=_plan_fixed(one.campaign),
        data_grade=one.outcome.data_grade,
        external=False,
        checks=answer.checks,
    )
    beside = beside_words(answer.control, answer.design, adds_up=one.outcome.sums) if answer.control else ""
    found = _finding(
        programme, one.campaign, one.outcome, None, answer.estimate, answer.checks, grade(evidence), "",
        undivided=ONE_COST if several > 1 else "", beside=beside,
    )  # fmt: skip
    if not answer.arm:
        return found
    said = _named(found.verdict.sentence, answer.arm, several)
    return replace(found, arm=answer.arm, verdict=replace(found.verdict, sentence=said))


def _both_ways(found: list[Finding]) -> list[Finding]:
    """Findings on one outcome, by period and by group, each with a word about the other."""
    by_group = (
        "The outcome has figures by group as well: how the groups compare is a finding of its own, and the "
        "two are not to be added."
    )
    by_period = (
        "The outcome has figures by period as well: how they moved is a finding of its own, and the two are "
        "not to be added."
    )
    return [
        replace(f, verdict=replace(f.verdict, limits=(*f.verdict.limits, by_period if i else by_group)))
        for i, f in enumerate(found)
    ]


def _external(programme: Programme, row: ExternalEstimate) -> Finding:
    title, name = _names(programme, row)
    campaign = next(c for c in programme.campaigns if c.title == title)
    outcome = programme.outcome(name)
    estimate = external_estimate(row, outcome)
    evidence = Evidence(
        design=row.design,
        n_pre=0,
        n_post=estimate.n_post,
        periods_per_year=1,
        gap_share=0.0,
        claimed=programme.claimed(outcome),
        comparison_justified=True,
        spillover_possible=False,
        events_unmodelled=(),
        plan_fixed=_plan_fixed(campaign),
        data_grade=outcome.data_grade,
        external=True,
        checks=(),
    )
    return _finding(programme, campaign, outcome, None, estimate, (), grade(evidence), row.source)


def _names(programme: Programme, row: ExternalEstimate) -> tuple[str, str]:
    """Campaign and outcome that an estimate from outside belongs to."""
    return row.campaign or programme.campaigns[0].title, row.outcome or programme.outcomes[0].name


def _finding(
    programme: Programme,
    campaign: Campaign,
    outcome: Outcome,
    design: Design | None,
    estimate: Estimate | NotEstimable,
    checks: tuple[CheckResult, ...],
    graded: Grade,
    source: str,
    undivided: str = "",
    beside: str = "",
) -> Finding:
    about = subject(programme, campaign.title, outcome.name, design, beside)
    claim = decide(estimate, level=graded.level, direction=outcome.good_direction, matters=about.matters)
    others = [o for c, o in programme.pairs() if c is campaign and o is not outcome]
    exploratory = bool(others) and not outcome.primary
    return Finding(
        campaign=campaign.title,
        outcome=outcome.name,
        design=design,
        estimate=estimate,
        checks=checks,
        grade=graded,
        verdict=Verdict(
            claim,
            wording.answer(claim, estimate, about, level=graded.level),
            wording.limits(estimate, graded, outcome, design, exploratory=exploratory),
        ),
        value=value_of(
            programme, campaign, outcome, design, estimate, level=graded.level, undivided=undivided
        ),
        exploratory=exploratory,
        source=source,
    )


def _evidence(
    programme: Programme, one: Plan, estimate: Estimate | NotEstimable, checks: tuple[CheckResult, ...]
) -> Evidence:
    """Collect what the grading rules look at."""
    design = one.design if isinstance(one.design, Design) else None
    rows = programme.comparison_areas(one.outcome)
    used = [r for r in rows if (r.area or r.series) in (design.comparison if design else ())]
    periods = design.n_pre + design.n_post if design else 0
    several = design is not None and design.code in (DesignCode.DIFFERENCE, DesignCode.SYNTHETIC)
    series = len(design.treated) if design and several else 1  # gaps are counted by area there
    return Evidence(
        design=design.code if design else DesignCode.SINGLE_SERIES,
        n_pre=design.n_pre if design else 0,
        n_post=design.n_post if design else 0,
        periods_per_year=math.floor(PER_YEAR[design.frequency]) if design else 1,
        gap_share=estimate.n_gaps / (periods * series) if isinstance(estimate, Estimate) and periods else 0.0,
        claimed=programme.claimed(one.outcome),
        comparison_justified=bool(used) and all(r.why_comparable for r in used),
        spillover_possible=any(r.spillover is Spillover.POSSIBLE for r in used),
        events_unmodelled=_unmodelled(programme, one, design),
        plan_fixed=_plan_fixed(one.campaign),
        data_grade=one.outcome.data_grade,
        external=False,
        checks=checks,
        n_provisional=_provisional(one.panel, design) if one.panel and design else 0,
    )


def _provisional(panel: Panel, design: Design) -> int:
    """How many of the periods counted hold figures that may still be revised."""
    counted = panel.periods[design.n_pre : design.n_pre + design.n_post]
    return sum(any(w.start <= p <= w.end for w in design.provisional) for p in counted)


def _plan_fixed(campaign: Campaign) -> bool | None:
    return None if campaign.plan_lock_date is None else campaign.plan_lock_date <= campaign.start


def _unmodelled(programme: Programme, one: Plan, design: Design | None) -> tuple[str, ...]:
    """Name what else happened while the effect was counted, and other campaigns at the same outcome."""
    if design is None:
        return ()
    found = [
        e.what or "an event"
        for e in events_of(programme, one.campaign, one.outcome)
        if e.handling is Handling.MARK
        and e.start is not None
        and e.start <= design.until
        and (e.end or e.start) >= design.start
    ]
    treated = set(design.treated)
    for campaign, outcome in programme.pairs() if design.method != METHOD else ():
        same_place = treated & set(programme.treated_areas(campaign, outcome))
        if campaign is one.campaign or outcome is not one.outcome or not same_place:
            continue
        if campaign.start <= design.until and (campaign.effects_until or design.until) >= design.start:
            found.append(f'the campaign "{campaign.title}", which aimed at the same outcome')
    return tuple(found)


def _provenance(programme: Programme, sources: tuple[SourceFile, ...]) -> Provenance:
    return Provenance(
        as_of=programme.today,
        programme_sha256=fingerprint(programme),
        files=sources,
        versions=(("evalkit", __version__), *((name, version(name)) for name in COMPUTING)),
        rule_set=RULE_SET,
        schema_version=programme.schema_version,
        seed=0,
    )
