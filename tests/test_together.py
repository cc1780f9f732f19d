"""Several campaigns at one outcome, from the template's records to the pack and the JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from scipy.stats import lognorm

from evalkit import (
    Allocation,
    Estimate,
    Evaluation,
    InputError,
    NotEstimable,
    Programme,
    allocate_budget,
    evaluate,
    read_evaluation,
    write_pack,
)
from evalkit.campaign.outcomes import ExternalEstimate
from evalkit.doses import Doses, Line
from evalkit.overlapping import prepared_outcomes
from evalkit.pack.review_rows import review_rows
from evalkit.pack.review_totals import counted, groups_of
from evalkit.pack.sections import Block, Table
from evalkit.pack.together import together
from evalkit.panel import Panel
from evalkit.planning import plans
from evalkit.saved import evaluation_json
from evalkit.vocabulary import DesignCode, DoseUnit, Frequency, OutcomeKind
from evalkit.worked import stop_smoking


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """The worked example, evaluated once."""
    return evaluate(stop_smoking.programme())


def test_every_campaign_has_its_estimate_from_the_joint_model(evaluation: Evaluation) -> None:
    """Ranges hold what was put in, the sum is reported, and no campaign counts as an event of another's."""
    truth = stop_smoking.several().contributions
    (shared,) = evaluation.shared
    for finding in evaluation.findings:
        assert isinstance(finding.estimate, Estimate)
        assert finding.design is not None
        assert finding.design.method == finding.estimate.method == "joint"
        assert finding.estimate == shared.decomposition[finding.campaign]
        assert finding.estimate.total.covers(truth[finding.campaign])
        assert not any("aimed at the same outcome" in reason for reason in finding.grade.reasons)
        assert finding.grade.level == 2
        assert [c.check for c in finding.checks] == ["placebo-in-time", "before-doses", "second-opinion"]
        assert all(c.passed for c in finding.checks[:2])
        rules = {r.rule: r.met for r in finding.grade.rules}
        assert rules["placebo-in-time"] is rules["before-doses"] is True
    assert shared.decomposition.joint[frozenset(truth)].total.covers(sum(truth.values()))
    assert shared.dose_units == {
        stop_smoking.RADIO: "pounds spent",
        stop_smoking.TEXTS: "sends",
        stop_smoking.POSTERS: "on or off",
    }


def test_a_review_adds_up_the_campaigns_of_one_model_by_the_model(evaluation: Evaluation) -> None:
    """None is counted with another, and the total is the joint estimate, not the sum of separate ranges."""
    (shared,) = evaluation.shared
    rows = review_rows([evaluation])
    assert {r.counted_with for r in rows} == {None}
    ((_, like, parts),) = groups_of(rows)
    assert len(like) == 3
    (gain,) = counted(parts)
    assert gain == shared.decomposition.joint[frozenset(shared.campaigns)].total


def test_the_json_holds_the_decomposition(evaluation: Evaluation, tmp_path: Path) -> None:
    """What is read back is what was written, infinities included."""
    path = tmp_path / "evaluation.json"
    path.write_text(evaluation_json(evaluation), encoding="utf-8")
    again = read_evaluation(path)
    assert evaluation_json(again) == evaluation_json(evaluation)
    assert again.shared[0].decomposition.by_period == evaluation.shared[0].decomposition.by_period


def test_the_json_holds_the_years_change_and_the_weights_beside_the_whole_prior(
    evaluation: Evaluation,
) -> None:
    """Steps by hand from the periods; priors from scipy's log-normal (1.3 weeks, 1.1; usual dose, 1.2)."""
    parts = json.loads(evaluation_json(evaluation))["shared"][0]["decomposition"]
    by, change = parts["by_period"], parts["year_change"]
    at = {p: i for i, p in enumerate(by["periods"])}
    assert change["latest"] == by["periods"][-52:]
    assert change["previous"] == by["periods"][-104:-52]
    for name, step in {**change["contributions"], "baseline": change["baseline"]}.items():
        values = by["baseline"] if name == "baseline" else by["contributions"][name]
        moved = sum(values[at[p]] for p in change["latest"]) - sum(values[at[p]] for p in change["previous"])
        assert step == pytest.approx(moved)
    steps = change["baseline"] + sum(change["contributions"].values()) + change["unexplained"]
    assert change["before"] + steps == pytest.approx(change["after"])
    for row in parts["weights"]:
        for bands, prior, mass in (
            (row["life_bands"], lognorm(1.1, scale=1.3), 1.0),
            (row["shape_bands"][1:], lognorm(1.2), 0.55),
        ):
            for band in bands:
                high = float("inf") if band["high"] == "Infinity" else band["high"]
                assert band["prior"] == pytest.approx(mass * (prior.cdf(high) - prior.cdf(band["low"])))
        assert sum(b["weight"] for b in row["life_bands"]) == pytest.approx(1)
        assert sum(b["weight"] for b in row["shape_bands"]) == pytest.approx(1)


def test_the_pack_says_what_the_data_leave_open(evaluation: Evaluation) -> None:
    """No best estimate of a dose that might do nothing; priors beside weights; how the shapes were tried."""
    said = [tuple(shown_in(b)) for b in together(evaluation)[0].blocks]
    (margin,) = [cells for cells in said if "periods on" in cells]
    row = margin[margin.index(stop_smoking.POSTERS) :]
    assert row[1:3] == ("periods on", "cannot be told")
    assert row[4] == "no limit"
    assert float(row[3]) > 0
    assert any("Every combination of half-lives" in text for cells in said for text in cells)
    (shared,) = evaluation.shared
    sampled = replace(shared.decomposition, effective_nodes=1234.0)
    drawn = replace(evaluation, shared=(replace(shared, decomposition=sampled),))
    assert any("1,234 of equal weight" in text for b in together(drawn)[0].blocks for text in shown_in(b))
    tables = {b.key: b for b in together(evaluation)[0].blocks if isinstance(b, Table)}
    assert [c.title for c in tables["mix.1.lives"].columns][2:] == ["Prior", "Weight"]
    assert len(tables["mix.1.halves"].rows) == 3 * 5


def test_the_pack_takes_the_outcome_apart_in_formulas(evaluation: Evaluation, tmp_path: Path) -> None:
    """Unexplained is a formula on its row, the year's change sums the periods, cached values add up."""
    path = tmp_path / "pack.xlsx"
    write_pack(evaluation, path)
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    rows, shown = formulas["Together by period"], values["Together by period"]
    head = next(r for r in range(1, 12) if rows.cell(r, 1).value == "First day")
    assert [c.value for c in rows[head]][1:3] == ["Observed", "Baseline"]
    for r in (head + 1, head + 80):
        assert rows.cell(r, 7).value == f"=B{r}-C{r}-D{r}-E{r}-F{r}"
        parts = [shown.cell(r, c).value for c in range(3, 8)]
        assert sum(parts) == pytest.approx(shown.cell(r, 2).value)
    main, numbers = formulas["Together"], values["Together"]
    step = next(r for r in range(1, 80) if main.cell(r, 1).value == "The year before")
    assert "SUMIFS" in main.cell(step, 2).value
    steps = [numbers.cell(step + i, 2).value for i in range(7)]
    assert sum(steps[:-1]) == pytest.approx(steps[-1])
    assert len(main._charts) == 2
    words = [str(c.value) for row in main.iter_rows() for c in row if c.value]
    assert any(w.startswith("The data do not support moving money.") for w in words)


def test_campaigns_with_the_same_days_are_answered_together() -> None:
    """Both findings are refusals that name the other; the pack still has their sum."""
    programme = stop_smoking.programme()
    radio, texts, _ = programme.campaigns
    same = tuple(a.model_copy(update={"dose": 1.0, "dose_unit": DoseUnit.ON_OFF}) for a in radio.activities)
    twins = tuple(
        c.model_copy(update={"activities": same, "start": radio.start, "end": radio.end})
        for c in (radio, texts)
    )
    found = evaluate(programme.model_copy(update={"campaigns": twins}))
    for finding, other in zip(found.findings, (texts, radio), strict=True):
        assert isinstance(finding.estimate, NotEstimable)
        assert other.title in finding.estimate.reasons[0]
        assert finding.verdict.claim.value == "not estimated"
    (group,) = found.shared[0].decomposition.together
    assert not group.separable
    assert group.estimate.total.low > 0


def test_a_trial_on_the_external_sheet_holds_the_model_to_it(evaluation: Evaluation) -> None:
    """A randomised trial with dates narrows its campaign's range; an agency's econometrics does not enter."""
    row = ExternalEstimate(
        campaign=stop_smoking.POSTERS,
        total=0.0,
        low=-30.0,
        high=30.0,
        design=DesignCode.RANDOMISED,
        source="Trial report",
        start=stop_smoking.WINDOWS[0][0],
        end=stop_smoking.WINDOWS[-1][1],
    )
    agency = row.model_copy(update={"design": DesignCode.ECONOMETRICS, "source": "Agency"})
    limited = {stop_smoking.RADIO: (5000, 9000), stop_smoking.POSTERS: (None, 1000)}
    campaigns = tuple(
        c.model_copy(update={"next_budget_least": pounds(low), "next_budget_most": pounds(high)})
        for c in stop_smoking.programme().campaigns
        for low, high in (limited.get(c.title, (None, None)),)
    )
    programme = stop_smoking.programme().model_copy(
        update={"external_estimates": (row, agency), "campaigns": campaigns, "next_budget": Decimal(11000)}
    )
    held = evaluate(programme)
    split = held.shared[0].allocation
    assert isinstance(split, Allocation)
    assert sum(split.proposed) == pytest.approx(11000)
    assert (split.limits[0], split.limits[2][1]) == ((5000, 9000), 1000)
    assert split.limits_given == ((True, True), (False, False), (False, True))
    assert 5000 - 1e-6 <= split.proposed[0] <= 9000 + 1e-6
    assert split.years == pytest.approx(95 / 52.18, abs=0.01)  # weeks from 4 September 2023 to 29 June 2025
    assert split.spent[0] == pytest.approx(24200 / split.years)
    said = " ".join(text for b in together(held)[0].blocks for text in shown_in(b))
    assert "With and without a test of one campaign" in said
    assert "Trial report" in said
    assert split.sentence in said
    (one,) = held.shared[0].decomposition.calibration
    assert (one.campaign, one.source) == (stop_smoking.POSTERS, "Trial report")
    before = evaluation.shared[0].decomposition[stop_smoking.POSTERS]
    after = held.shared[0].decomposition[stop_smoking.POSTERS]
    assert isinstance(before, Estimate)
    assert isinstance(after, Estimate)
    assert after.total.width < 0.6 * before.total.width


def test_too_few_figures_leave_each_campaign_on_its_own() -> None:
    """With too little for the joint model they are estimated singly, each an event of the other's."""
    programme = stop_smoking.programme()
    days = sorted(o.period for o in programme.observations)
    few = tuple(o for o in programme.observations if days[55] <= o.period <= days[75])
    radio, texts, _ = programme.campaigns
    found = evaluate(programme.model_copy(update={"observations": few, "campaigns": (radio, texts)}))
    assert found.shared == ()
    reasons = " ".join(r.text for f in found.findings for r in f.grade.rules)
    assert "which aimed at the same outcome" in reasons


def pounds(amount: int | None) -> Decimal | None:
    """An amount as the template has it."""
    return None if amount is None else Decimal(amount)


def shown_in(block: Block) -> list[str]:
    """The words of a block."""
    if isinstance(block, Table):
        return [str(cell.value) for row in block.rows for cell in row]
    return [str(getattr(block, "text", ""))]


def test_a_budget_that_no_limits_reach_is_told_and_not_shared() -> None:
    """A budget beyond twice the cost has no response to go by; the answer says so, and what would help."""
    found = evaluate(stop_smoking.programme().model_copy(update={"next_budget": Decimal(90_000)}))
    split = found.shared[0].allocation
    assert isinstance(split, NotEstimable)
    assert split.reasons[0].startswith("The budget of 90,000 is outside what the limits allow")
    assert "next year's budget" in split.what_would_help[0]


# ------------------------------------------------------------------ doses and budgets


def test_dated_activity_is_spread_over_the_periods_it_fell_in() -> None:
    """A quantity by days, on or off by periods touched; before the first figure it still counts."""
    days = [date(2024, 1, 8), date(2024, 1, 15), date(2024, 1, 22)]
    panel = Panel(OutcomeKind.LEVEL, Frequency.WEEKLY, tuple(days), ("a", "b"), values=None)  # type: ignore[arg-type]
    lines = (
        Line("letters", ("a",), date(2024, 1, 5), date(2024, 1, 18), 1400.0, DoseUnit.SENDS),
        Line("posters", ("a", "b"), date(2024, 1, 21), date(2024, 1, 22), 1.0, DoseUnit.ON_OFF),
    )
    found = Doses.from_lines(lines, panel)
    assert found.lead == 1
    assert found.dose[:, 0, 0].tolist() == [300.0, 700.0, 400.0, 0.0]
    assert found.inside[:, 1, 1].tolist() == [0.0, 1.0, 1.0]
    assert found.intensity == (False, True)


def test_doses_in_two_units_count_as_on_or_off() -> None:
    """They cannot be added up; a note says what was done instead."""
    programme = stop_smoking.programme()
    radio = programme.campaigns[0]
    odd = radio.activities[0].model_copy(update={"dose": 300.0, "dose_unit": DoseUnit.RATINGS})
    mixed = radio.model_copy(update={"activities": (odd, *radio.activities[1:])})
    changed = programme.model_copy(update={"campaigns": (mixed, *programme.campaigns[1:])})
    (one,) = prepared_outcomes(changed, plans(changed))
    assert one.units[stop_smoking.RADIO] == "on or off"
    assert any("are in different units" in note for note in one.notes)


def spent(programme: Programme) -> dict[str, float]:
    """Cost of each campaign."""
    return {c.title: float(sum((i.cost for i in c.inputs), Decimal(0))) for c in programme.campaigns}


def test_the_best_split_beats_every_other_on_a_grid(evaluation: Evaluation) -> None:
    """Expected outcomes at the proposal are no worse than at any of nine splits within the limits."""
    parts = evaluation.shared[0].decomposition
    costs = spent(stop_smoking.programme())
    found = allocate_budget(parts, spent=costs)
    assert isinstance(found, Allocation)
    assert sum(found.proposed) == pytest.approx(found.budget)
    assert all(
        low - 1e-6 <= p <= high + 1e-6 for p, (low, high) in zip(found.proposed, found.limits, strict=True)
    )
    for texts in (1288, 2576, 3864):
        for posters in (950, 1900, 2850):
            fixed = {stop_smoking.TEXTS: (texts, texts), stop_smoking.POSTERS: (posters, posters)}
            tried = allocate_budget(parts, spent=costs, limits=fixed)
            assert isinstance(tried, Allocation)
            assert tried.gain.point <= found.gain.point + 0.5
    assert found.supported == (found.gain.low > 0)
    assert ("do not support" in found.sentence) != found.supported


def test_budgets_outside_what_was_seen_are_refused(evaluation: Evaluation) -> None:
    """Limits beyond twice the cost, a budget outside the limits, a name that is not there: all at once."""
    parts = evaluation.shared[0].decomposition
    with pytest.raises(InputError) as caught:
        allocate_budget(
            parts,
            spent=spent(stop_smoking.programme()) | {"nobody": 5.0},
            budget=1e6,
            limits={stop_smoking.RADIO: (0.0, 99_999.0)},
        )
    assert len(caught.value.problems) == 3
    alone = replace(parts, curves=parts.curves[:1])
    assert isinstance(allocate_budget(alone, spent=spent(stop_smoking.programme())), NotEstimable)
