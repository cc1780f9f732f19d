"""Evaluations made by hand, for the tests of packs and wording: no statistics are run."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from evalkit import wording
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.header import Audience, Campaign, Objective
from evalkit.campaign.outcomes import Event, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Distribution, Estimate, Interval, NotEstimable, Path
from evalkit.evaluation import Evaluation, Finding, Provenance, SourceFile
from evalkit.grade import RULE_SET, Evidence, grade
from evalkit.money.cost import CostPerOutcome, cost_per_outcome, full_cost
from evalkit.money.value import Value
from evalkit.subject import subject
from evalkit.verdict import Verdict, decide
from evalkit.vocabulary import (
    CostCategory,
    DesignCode,
    Direction,
    ExpectedSign,
    Frequency,
    OutcomeKind,
    PaymentKind,
    VatTreatment,
)

FIRST, N_PRE, N_POST = date(2024, 1, 1), 40, 12
START = FIRST + timedelta(weeks=N_PRE)
WEEKS = tuple(FIRST + timedelta(weeks=i) for i in range(N_PRE + N_POST))
GAP = N_PRE + 4
INPUTS = (
    InputLine(
        category=CostCategory.MEDIA, amount=Decimal("6400.10"), item="Posters", budget=Decimal("7000.00")
    ),
    InputLine(
        category=CostCategory.PRODUCTION,
        amount=Decimal("1200.00"),
        vat=VatTreatment.RECOVERABLE,
        vat_amount=Decimal("200.00"),
        share=0.3333,
        budget=Decimal("300.00"),
    ),
    InputLine(
        category=CostCategory.IN_KIND,
        amount=Decimal("850.00"),
        payment=PaymentKind.IN_KIND,
        budget=Decimal("0.00"),
    ),
)


def estimate(
    total: Interval,
    *,
    design: DesignCode = DesignCode.CONTROLLED_SERIES,
    with_path: bool = True,
    gap: bool = True,
    notes: tuple[str, ...] = (),
) -> Estimate:
    """An estimate of a total, with a path that leads to it."""
    steps = tuple(i / 20 for i in range(1, 20))
    return Estimate(
        estimand="Mean effect a week.",
        effect=total.scaled(1 / N_POST),
        total=total,
        rel_effect=total.scaled(1 / 600),
        effect_unit="events per period",
        total_unit="events",
        p_value=0.01,
        distribution=Distribution(steps, tuple(total.point + 40 * (p - 0.5) for p in steps)),
        design=design,
        method="controlled" if design is DesignCode.CONTROLLED_SERIES else "series",
        n_pre=N_PRE,
        n_post=N_POST,
        n_gaps=int(gap),
        smallest_detectable=4.2,
        path=path(total, gap=gap) if with_path else None,
        notes=notes,
    )


def path(total: Interval, *, gap: bool = True) -> Path:
    """A weekly path whose running total ends at the total."""
    n, each = len(WEEKS), total.point / N_POST
    after = [i >= N_PRE for i in range(n)]
    expected = [50.0 + 7 * ((i * 5) % 7) / 7 for i in range(n)]
    observed = [
        e + (each if a else 1.5 * (-1) ** i) for i, (e, a) in enumerate(zip(expected, after, strict=True))
    ]
    running = [each * (i - N_PRE + 1) for i in range(n)]

    def only(values: list[float]) -> tuple[float | None, ...]:
        return tuple(v if a else None for v, a in zip(values, after, strict=True))

    return Path(
        periods=WEEKS,
        observed=tuple(None if gap and i == GAP else o for i, o in enumerate(observed)),
        counterfactual=tuple(expected),
        low=tuple(e - 6 for e in expected),
        high=tuple(e + 6 for e in expected),
        effect=only([o - e for o, e in zip(observed, expected, strict=True)]),
        effect_low=only([each - 6] * n),
        effect_high=only([each + 6] * n),
        cumulative=only(running),
        cumulative_low=only([r - 20 for r in running]),
        cumulative_high=only([r + 20 for r in running]),
    )


def programme(
    *,
    title: str = "Right bin, right day",
    direction: Direction = Direction.DOWN,
    kind: OutcomeKind = OutcomeKind.COUNT,
    unit: str = "loads",
    inputs: tuple[InputLine, ...] = INPUTS,
    note: str | None = None,
    matters: float | None = 2.0,
) -> Programme:
    """One campaign, one outcome, a year of weeks."""
    objective = Objective(statement="Fewer spoilt loads by March.", effect_that_matters=matters)
    campaign = Campaign(
        title=title,
        organisation="Northfield District Council",
        start=START,
        end=START + timedelta(weeks=8),
        objectives=(objective,),
        audiences=(Audience(segment="Households in flats", size=8200),),
        inputs=inputs,
        activities=(Activity(channel="Posters", start=START, dose=3.0),),
        outputs=(Output(metric="Households reached", value=7350.0, unit="households"),),
        out_takes=(OutTake(metric="Know the rule", value=61.5, unit="% of adults", n=412),),
        plan_lock_date=START - timedelta(days=30),
    )
    outcome = Outcome(
        name="Contaminated loads",
        unit=unit,
        kind=kind,
        good_direction=direction,
        source="Weighbridge",
        primary=True,
    )
    share = kind is OutcomeKind.SHARE
    rows = tuple(
        Observation(
            period=w, value=None if i == GAP else 50.0, denominator=100.0 if share else None, note=note
        )
        for i, w in enumerate(WEEKS)
    )
    event = Event(what="Strike at the depot", start=WEEKS[20], end=WEEKS[21], expected_sign=ExpectedSign.UP)
    return Programme(campaigns=(campaign,), outcomes=(outcome,), observations=rows, events=(event,))


def design(code: DesignCode = DesignCode.CONTROLLED_SERIES) -> Design:
    """A weekly design of one area."""
    return Design(
        code=code,
        method="controlled" if code is DesignCode.CONTROLLED_SERIES else "series",
        outcome_kind=OutcomeKind.COUNT,
        frequency=Frequency.WEEKLY,
        treated=("whole area",),
        comparison=("Southfield",) if code is DesignCode.CONTROLLED_SERIES else (),
        start=START,
        end=START + timedelta(weeks=8),
        until=WEEKS[-1],
        n_pre=N_PRE,
        n_post=N_POST,
        matters=2.0,
        reasons=("Comparison areas are recorded.",),
    )


def finding(described: Programme, found: Estimate | NotEstimable, *, external: bool = False) -> Finding:
    """Grade, claim, word and value an estimate as the orchestrator does."""
    campaign, outcome = described.campaigns[0], described.outcomes[0]
    code = found.design if isinstance(found, Estimate) else DesignCode.SINGLE_SERIES
    plan = None if external or isinstance(found, NotEstimable) else design(code)
    checks = (
        CheckResult(
            "placebo-in-time", "Is nothing found where there was nothing?", True, 0.04, "In 24 of 25."
        ),
    )
    graded = grade(
        Evidence(code, N_PRE, N_POST, 52, 0.02, False, True, False, (), True, None, external, checks)
    )
    claim = decide(
        found,
        level=graded.level,
        direction=outcome.good_direction,
        matters=described.matters(campaign, outcome),
    )
    cost = full_cost(campaign.inputs)
    each = (
        cost_per_outcome(cost, found, outcome.good_direction)
        if isinstance(found, Estimate)
        else CostPerOutcome(None, "no effect could be estimated", outcome.unit)
    )
    about = subject(described, campaign.title, outcome.name, plan)
    verdict = Verdict(
        claim, wording.answer(claim, found, about), wording.limits(found, graded, outcome, plan)
    )
    return Finding(campaign.title, outcome.name, plan, found, checks, graded, verdict, Value(cost, each))


def evaluation(
    found: Estimate | NotEstimable, described: Programme | None = None, *, external: bool = False
) -> Evaluation:
    """An evaluation with one finding."""
    described = described or programme()
    provenance = Provenance(
        as_of=date(2025, 3, 1),
        programme_sha256="0" * 64,
        files=(SourceFile("template.xlsx", "1" * 64),),
        versions=(("evalkit", "0.1.0"),),
        rule_set=RULE_SET,
        schema_version=1,
        seed=0,
    )
    return Evaluation(described, (finding(described, found, external=external),), provenance)


FALL = Interval(-142.4, -220.3, -60.2)
UNSURE = Interval(-20.0, -80.0, 10.0)
RISE = Interval(90.0, 40.0, 140.0)
REFUSAL = NotEstimable(
    ("There are 5 periods before the start; at least 8 are needed.",), ("Add earlier figures.",)
)
