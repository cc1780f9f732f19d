"""From a programme to its findings: what is planned, what is claimed, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evalkit
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign, Objective
from evalkit.campaign.outcomes import Comparison, Event, ExternalEstimate, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.estimate import Estimate, NotEstimable
from evalkit.planning import plans
from evalkit.saved import evaluation_json
from evalkit.vocabulary import (
    Claim,
    CostCategory,
    DesignCode,
    Direction,
    Evidence,
    Handling,
    ObservationFlag,
    OutcomeKind,
    Spillover,
)

FIRST, WEEKS, START = date(2023, 1, 2), 90, date(2024, 5, 6)
COST = InputLine(category=CostCategory.MEDIA, amount=Decimal("1000.00"))


def campaign(title: str = "Ours", **fields: object) -> Campaign:
    """A campaign of two months with one cost line."""
    given: dict[str, object] = {"start": START, "end": START + timedelta(days=60), "inputs": (COST,)}
    return Campaign.model_validate({"title": title, "organisation": "A council", **given, **fields})


def outcome(name: str = "Calls", **fields: object) -> Outcome:
    """A count of which less is better."""
    given: dict[str, object] = {"kind": OutcomeKind.COUNT, "good_direction": Direction.DOWN, "source": "Log"}
    return Outcome.model_validate({"name": name, "unit": "calls", **given, **fields})


def series(area: str | None, *, drop: float = 0.0, seed: int = 0) -> tuple[Observation, ...]:
    """Ninety weeks of Poisson counts about 200, with a lasting drop from the start."""
    rng = np.random.default_rng(seed)
    weeks = [FIRST + timedelta(weeks=i) for i in range(WEEKS)]
    means = [200 * (1 - drop * (w >= START)) for w in weeks]
    return tuple(
        Observation(period=w, area=area, value=float(v))
        for w, v in zip(weeks, rng.poisson(means), strict=True)
    )


def programme(**fields: object) -> Programme:
    """A programme of one campaign and one series that falls by a third."""
    given: dict[str, object] = {
        "campaigns": (campaign(),),
        "outcomes": (outcome(),),
        "observations": series(None, drop=0.33),
    }
    return Programme.model_validate({**given, **fields})


AREAS = (
    series("Ashby", drop=0.33)
    + series("Barton", seed=1)
    + series("Colby", seed=2)
    + series("Derby Road", seed=3)
)
BESIDE = (
    Comparison(area="Barton", why_comparable="Same contractor"),
    Comparison(area="Colby", why_comparable="Same contractor"),
)


def only(found: evalkit.Evaluation) -> evalkit.Finding:
    """The one finding."""
    (finding,) = found.findings
    return finding


def test_a_single_series_with_a_large_drop() -> None:
    """Consistent with a contribution, at level 2, with a cost for each call avoided."""
    finding = only(evalkit.evaluate(programme()))
    assert isinstance(finding.estimate, Estimate)
    assert finding.estimate.rel_effect is not None
    assert finding.estimate.rel_effect.covers(-0.33)
    assert (finding.verdict.claim, finding.grade.level) == (Claim.CONSISTENT, 2)
    per = finding.value.cost_per_outcome.interval
    assert per is not None
    assert per.point == pytest.approx(1000 / -finding.estimate.total.point)
    assert per.low == pytest.approx(1000 / -finding.estimate.total.low)


def test_an_average_has_no_total_and_buys_nothing_by_the_unit() -> None:
    """The headline is the mean, and cost per outcome is withheld with its reason."""
    wait = outcome("Average wait", kind=OutcomeKind.LEVEL, unit="minutes")
    finding = only(evalkit.evaluate(programme(outcomes=(wait,))))
    assert isinstance(finding.estimate, Estimate)
    mean = f"{-finding.estimate.effect.point:.1f} minutes less"
    assert mean in finding.verdict.sentence, "the mean of a week, not the sum of the weeks"
    assert "on average from" in finding.verdict.sentence
    per = finding.value.cost_per_outcome
    assert per.interval is None
    assert "do not add up" in per.reason
    said = outcome("Average wait", kind=OutcomeKind.LEVEL, unit="minutes", adds_up=True)
    assert only(evalkit.evaluate(programme(outcomes=(said,)))).value.cost_per_outcome.interval is not None


def test_a_start_within_a_period_is_said() -> None:
    """The first period then holds days without the campaign."""
    late = campaign(start=START + timedelta(days=3))
    limits = only(evalkit.evaluate(programme(campaigns=(late,)))).verdict.limits
    assert any("inside the period" in t for t in limits)
    assert not any("inside the period" in t for t in only(evalkit.evaluate(programme())).verdict.limits)


def test_comparison_areas_and_a_plan_raise_the_level() -> None:
    """Level 3 needs a comparison with a reason and a plan fixed before the start."""
    planned = campaign(plan_lock_date=START - timedelta(days=30))
    found = evalkit.evaluate(programme(campaigns=(planned,), observations=AREAS, comparisons=BESIDE))
    finding = only(found)
    assert finding.design is not None
    assert finding.design.comparison == ("Barton", "Colby")
    assert (finding.verdict.claim, finding.grade.level) == (Claim.PROBABLE, 3)


def test_an_area_the_campaign_reached_is_left_out_by_name() -> None:
    """A comparison that is likely to have met the campaign is no comparison, and that is said."""
    spilt = (*BESIDE, Comparison(area="Derby Road", why_comparable="Near", spillover=Spillover.LIKELY))
    finding = only(evalkit.evaluate(programme(observations=AREAS, comparisons=spilt)))
    assert finding.design is not None
    assert "Derby Road" not in finding.design.comparison
    assert any("Derby Road was left out" in r for r in finding.design.reasons)


def test_what_happened_after_the_start_does_not_change_the_plan() -> None:
    """The design is made from history and comparison series only."""
    rng = np.random.default_rng(5)
    changed = tuple(
        o.model_copy(update={"value": float(rng.poisson(900))})
        if o.area == "Ashby" and o.period >= START
        else o
        for o in AREAS
    )
    one = programme(observations=AREAS, comparisons=BESIDE)
    other = programme(observations=changed, comparisons=BESIDE)
    assert evalkit.plan(one) == evalkit.plan(other)


def test_a_withheld_figure_is_a_gap_and_never_a_zero() -> None:
    """A figure flagged as suppressed does not enter the fit, whatever stands in its cell."""
    rows = list(series(None, drop=0.33))
    rows[40] = rows[40].model_copy(update={"value": 0.0, "flag": ObservationFlag.SUPPRESSED})
    blank = list(rows)
    blank[40] = rows[40].model_copy(update={"value": None, "flag": None})
    one = only(evalkit.evaluate(programme(observations=tuple(rows))))
    other = only(evalkit.evaluate(programme(observations=tuple(blank))))
    assert one.estimate == other.estimate
    assert isinstance(one.estimate, Estimate)
    assert one.estimate.n_gaps == 1


def test_an_event_left_in_the_account_lowers_the_level_and_one_left_out_does_not() -> None:
    """A strike in the campaign's time either counts against the evidence or is taken out of it."""
    strike = {"what": "A strike", "start": START + timedelta(days=14), "end": START + timedelta(days=20)}
    marked = only(evalkit.evaluate(programme(events=(Event.model_validate(strike),))))
    out = Event.model_validate({**strike, "handling": Handling.LEAVE_OUT})
    left_out = only(evalkit.evaluate(programme(events=(out,))))
    assert (marked.grade.level, left_out.grade.level) == (1, 2)
    assert any("A strike" in r for r in marked.grade.reasons)
    assert left_out.design is not None
    assert left_out.design.exclude


def test_each_event_is_accounted_for_by_name_through_both_doors() -> None:
    """The notes say which event has a term, which was left out, which cannot be told from the campaign."""
    days = {"start": START + timedelta(days=14), "end": START + timedelta(days=20)}
    last = FIRST + timedelta(weeks=WEEKS)
    rows = (
        Event.model_validate({"what": "a strike", **days, "handling": Handling.MODEL}),
        Event.model_validate(
            {
                "what": "A flood",
                "start": date(2023, 6, 5),
                "end": date(2023, 6, 18),
                "handling": Handling.LEAVE_OUT,
            }
        ),
        Event.model_validate({"what": "New system", "start": START, "end": last, "handling": Handling.MODEL}),
    )
    found = only(evalkit.evaluate(programme(events=rows))).estimate
    assert isinstance(found, Estimate)
    said = " ".join(found.notes)
    assert "A strike (2024-05-20 to 2024-05-26) was given a term of its own (1 period)" in said
    assert "A flood (2023-06-05 to 2023-06-18) was left out: its 2 periods belong to neither" in said
    assert "New system (2024-05-06" in said
    assert "cannot be told from what the campaign did" in said
    frame = pd.DataFrame(
        [(o.period, "all", o.value) for o in series(None, drop=0.33)], columns=["period", "area", "value"]
    )
    other = evalkit.estimate_contribution(
        frame,
        treated="all",
        start=START,
        end=START + timedelta(days=60),
        outcome_kind="count",
        events=[(days["start"], days["end"], "a strike"), (START, last, "New system")],
        exclude=[("2023-06-05", "2023-06-18", "A flood")],
    )
    assert isinstance(other, Estimate)
    assert (other.effect, other.notes) == (found.effect, found.notes)


def test_a_recorded_change_in_counting_is_taken_out_of_the_answer() -> None:
    """A step in how calls are counted, half a year before the start, is no effect of the campaign."""
    change = date(2023, 10, 30)
    rows = tuple(
        o.model_copy(update={"value": o.value * (1.3 if o.period >= change else 1.0)}) for o in series(None)
    )
    level = outcome(kind=OutcomeKind.LEVEL)
    event = Event.model_validate(
        {"what": "New counting", "start": change, "end": rows[-1].period, "handling": Handling.MODEL}
    )
    known = only(evalkit.evaluate(programme(outcomes=(level,), observations=rows, events=(event,)))).estimate
    blind = only(evalkit.evaluate(programme(outcomes=(level,), observations=rows))).estimate
    assert isinstance(known, Estimate)
    assert isinstance(blind, Estimate)
    assert known.effect.covers(0.0)
    assert known.effect.width < blind.effect.width


def test_a_part_period_is_left_out_by_name() -> None:
    """The last week was not over on the day the evaluation speaks from."""
    last = FIRST + timedelta(weeks=WEEKS - 1)
    found = only(evalkit.evaluate(programme(as_of=last + timedelta(days=3)))).estimate
    whole = only(evalkit.evaluate(programme(as_of=last + timedelta(days=6)))).estimate
    assert isinstance(found, Estimate)
    assert isinstance(whole, Estimate)
    assert any("A part period, not over on 2024-09-19" in n for n in found.notes)
    assert not any("part period" in n for n in whole.notes)
    assert found.path is not None
    assert found.path.effect[-1] is None


def test_provisional_figures_are_marked_and_the_answer_is_tried_without_them() -> None:
    """Figures not yet in look like a fall; the evidence goes down where the answer hangs on them."""
    late = START + timedelta(weeks=4)
    rows = tuple(
        o.model_copy(update={"value": round(o.value * 0.6)} if o.period >= late else {}) for o in series(None)
    )
    behind = outcome(provisional_periods=16)
    hanging = only(evalkit.evaluate(programme(outcomes=(behind,), observations=rows)))
    sound = only(evalkit.evaluate(programme(outcomes=(outcome(provisional_periods=6),))))
    results = [next(c for c in f.checks if c.check == "provisional") for f in (hanging, sound)]
    assert [c.passed for c in results] == [False, True]
    assert (hanging.grade.level, sound.grade.level) == (1, 2)
    assert results[1].text in sound.verdict.limits
    assert hanging.design is not None
    assert [(w.start, w.end) for w in hanging.design.provisional] == [
        (late, FIRST + timedelta(days=7 * WEEKS - 1))
    ]
    assert not any(c.check == "provisional" for c in only(evalkit.evaluate(programme())).checks)


def test_two_campaigns_at_one_outcome_each_name_the_other() -> None:
    """Neither may claim the change as its own."""
    both = (campaign("Ours"), campaign("Theirs"))
    found = evalkit.evaluate(programme(campaigns=both))
    assert [f.campaign for f in found.findings] == ["Ours", "Theirs"]
    for finding, other in zip(found.findings, ("Theirs", "Ours"), strict=True):
        assert isinstance(finding.estimate, NotEstimable)  # on the same days: only their sum is known
        assert other in finding.estimate.reasons[0]
        assert finding.verdict.claim is Claim.NOT_ESTIMATED
    assert frozenset({"Ours", "Theirs"}) in found.shared[0].decomposition.joint


def test_claimed_behaviour_never_exceeds_level_one() -> None:
    """What people say of themselves makes no claim of cause."""
    finding = only(evalkit.evaluate(programme(outcomes=(outcome(evidence=Evidence.CLAIMED),))))
    assert (finding.grade.level, finding.verdict.claim) == (1, Claim.ALONGSIDE)


def test_the_effect_that_matters_tells_no_from_do_not_know() -> None:
    """A flat series rules out a halving, and cannot rule out a small change."""
    goal = Objective(outcome="Calls", effect_that_matters=100.0)
    flat = series(None)
    large = programme(campaigns=(campaign(objectives=(goal,)),), observations=flat)
    assert only(evalkit.evaluate(large)).verdict.claim is Claim.NO_EFFECT_AS_LARGE
    assert only(evalkit.evaluate(programme(observations=flat))).verdict.claim is Claim.CANNOT_TELL


def test_a_trial_made_elsewhere_enters_as_an_estimate() -> None:
    """Its design sets the level; its interval is carried as stated."""
    trial = ExternalEstimate(
        total=-42.0, low=-70.0, high=-14.0, design=DesignCode.RANDOMISED, source="Trial report", periods=13
    )
    planned = campaign(plan_lock_date=START)
    finding = only(
        evalkit.evaluate(programme(campaigns=(planned,), observations=(), external_estimates=(trial,)))
    )
    assert isinstance(finding.estimate, Estimate)
    assert (finding.verdict.claim, finding.grade.level) == (Claim.SHOWN, 5)
    total = finding.estimate.total
    assert (total.low, total.point, total.high) == (-70.0, -42.0, -14.0)
    # normal with the stated spread: z = 42 / (28 / 1.959964) = 2.94, two-sided p = 0.0033
    assert finding.estimate.p_value == pytest.approx(0.0033, abs=1e-4)
    assert finding.estimate.distribution.quantile(0.975) == pytest.approx(-14.0)


def test_groups_without_a_control_are_refused_with_what_would_help() -> None:
    """A refusal is a finding with reasons."""
    rows = (GroupRow(arm="a", n=100, successes=10.0), GroupRow(arm="b", n=100, successes=5.0))
    finding = only(evalkit.evaluate(programme(observations=(), groups=rows)))
    assert isinstance(finding.estimate, NotEstimable)
    assert finding.verdict.claim is Claim.NOT_ESTIMATED
    assert "Control" in finding.estimate.what_would_help[0]


def test_a_short_history_is_refused() -> None:
    """Seven weeks before the start are too few."""
    late = tuple(o for o in series(None) if o.period >= START - timedelta(weeks=7))
    finding = only(evalkit.evaluate(programme(observations=late)))
    assert isinstance(finding.estimate, NotEstimable)
    assert "7 periods" in finding.estimate.reasons[0]


def test_another_outcome_can_serve_as_comparison_series() -> None:
    """It stands beside the outcome under its own name and is no finding itself."""
    beside = tuple(o.model_copy(update={"outcome": "Other calls"}) for o in series(None, seed=4))
    ours = tuple(o.model_copy(update={"outcome": "Calls"}) for o in series(None, drop=0.33))
    found = evalkit.evaluate(
        programme(
            outcomes=(outcome(), outcome("Other calls")),
            observations=ours + beside,
            comparisons=(Comparison(outcome="Calls", series="Other calls", why_comparable="Same line"),),
        )
    )
    finding = only(found)
    assert finding.design is not None
    assert finding.design.comparison == ("Other calls",)


def test_both_doors_give_the_same_numbers() -> None:
    """A programme and a plain frame with the same figures and choices."""
    given = programme(observations=AREAS, comparisons=BESIDE)
    frame = pd.DataFrame([{"period": o.period, "area": o.area, "value": o.value} for o in AREAS])
    direct = evalkit.estimate_contribution(
        frame,
        treated="Ashby",
        start=START,
        end=START + timedelta(days=60),
        outcome_kind="count",
        comparison=["Barton", "Colby"],
    )
    # Derby Road is in the frame but named on neither side, so the template must be told where it ran
    given = programme(campaigns=(campaign(areas=("Ashby",)),), observations=AREAS, comparisons=BESIDE)
    assert only(evalkit.evaluate(given)).estimate == direct


def test_json_holds_everything_and_is_the_same_every_time(tmp_path: Path) -> None:
    """Written, read back and written again, an evaluation is unchanged; a second run gives the same bytes."""
    given = programme(observations=AREAS, comparisons=BESIDE)
    first, second = evalkit.evaluate(given), evalkit.evaluate(given)
    text = evaluation_json(first)
    assert text == evaluation_json(second)
    path = tmp_path / "evaluation.json"
    path.write_text(text, encoding="utf-8")
    assert evalkit.read_evaluation(path) == first


def test_a_file_that_is_no_evaluation_is_refused_in_words(tmp_path: Path) -> None:
    """The message names the file."""
    path = tmp_path / "notes.json"
    path.write_text('{"findings": 3}', encoding="utf-8")
    with pytest.raises(evalkit.InputError, match=r"notes\.json is not an evaluation"):
        evalkit.read_evaluation(path)


def test_plans_come_in_the_order_of_the_programme() -> None:
    """One plan for each campaign and outcome."""
    both = programme(campaigns=(campaign("Ours"), campaign("Theirs")))
    assert [(p.campaign.title, p.outcome.name) for p in plans(both)] == [
        ("Ours", "Calls"),
        ("Theirs", "Calls"),
    ]
