"""A trial or survey through the template: the numbers of the analyst's door, graded, worded and disclosed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import evalkit
from evalkit import Estimate, compare_groups
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.saved import evaluation_json
from evalkit.trials import group_frame
from evalkit.vocabulary import Claim, DesignCode, Direction, Evidence, OutcomeKind

ROWS = (
    GroupRow(arm="usual letter", control=True, n=4100, successes=1204.0, allocated=4200),
    GroupRow(arm="plain letter", n=4080, successes=1391.0, allocated=4200),
    GroupRow(arm="plain letter and norm", n=4111, successes=1250.0, allocated=4200),
)


def trial(
    rows: tuple[GroupRow, ...] = ROWS,
    *,
    formed: DesignCode | None = DesignCode.RANDOMISED,
    evidence: Evidence = Evidence.OBSERVED,
    planned: date | None = date(2025, 3, 1),
) -> Programme:
    """A trial of letters."""
    return Programme(
        campaigns=(
            Campaign(
                title="Letters", organisation="Anytown", start=date(2025, 4, 1), end=date(2025, 6, 30),
                plan_lock_date=planned,
            ),
        ),
        outcomes=(
            Outcome(
                name="Paid on time", unit="households", kind=OutcomeKind.SHARE, good_direction=Direction.UP,
                source="Ledger", evidence=evidence,
            ),
        ),
        groups=tuple(r.model_copy(update={"formed": formed}) for r in rows),
    )  # fmt: skip


def test_both_doors_give_equal_numbers(tmp_path: Path) -> None:
    """Template, reader and evaluation against `compare_groups` on the same rows."""
    evalkit.write_template(tmp_path / "t.xlsx", trial())
    evaluation = evalkit.evaluate(evalkit.read_template(tmp_path / "t.xlsx"))
    frame, arguments, control = group_frame(ROWS, OutcomeKind.SHARE)
    direct = compare_groups(frame, control=control, **arguments)
    assert [f.arm for f in evaluation.findings] == list(direct)
    for finding in evaluation.findings:
        one = direct[finding.arm]
        assert isinstance(finding.estimate, Estimate)
        assert isinstance(one, Estimate)
        assert finding.estimate.effect == one.effect
        assert (finding.estimate.total, finding.estimate.rel_effect) == (one.total, one.rel_effect)
        assert (finding.estimate.p_value, finding.estimate.path) == (one.p_value, None)


def test_groups_drawn_by_lot_are_level_5_and_others_as_stated() -> None:
    """Drawn by lot and nearly all counted: 5. Nobody says, or a survey's claim: 1."""
    best = evalkit.evaluate(trial()).findings[0]
    assert (best.grade.level, best.verdict.claim) == (5, Claim.SHOWN)
    assert "plain letter" in best.verdict.sentence
    assert evalkit.evaluate(trial(formed=None)).findings[0].grade.level == 1
    assert evalkit.evaluate(trial(evidence=Evidence.CLAIMED)).findings[0].grade.level == 1
    assert evalkit.evaluate(trial(planned=None)).findings[0].grade.level == 4


def test_losses_lower_the_grade() -> None:
    """A quarter of one arm is missing; or nobody says how many there were."""
    lost = tuple(r.model_copy(update={"allocated": 5500 if r.arm == "plain letter" else 4200}) for r in ROWS)
    finding = evalkit.evaluate(trial(lost)).findings[0]
    assert finding.grade.level == 4
    assert "25.8%" in finding.grade.reasons[0]
    unsaid = tuple(r.model_copy(update={"allocated": None}) for r in ROWS)
    assert evalkit.evaluate(trial(unsaid)).findings[0].grade.level == 4


def test_two_waves_of_one_group_are_a_before_and_after() -> None:
    """A survey in two waves: level 1, moved alongside."""
    rows = (
        GroupRow(arm="residents", wave="before", n=500, successes=150.0),
        GroupRow(arm="residents", wave="after", n=520, successes=220.0),
    )
    finding = evalkit.evaluate(trial(rows, formed=None)).findings[0]
    assert isinstance(finding.estimate, Estimate)
    assert finding.estimate.effect.point == pytest.approx(220 / 520 - 150 / 500)
    assert (finding.grade.level, finding.verdict.claim) == (1, Claim.ALONGSIDE)


def test_no_row_of_a_few_people_leaves_the_file(tmp_path: Path) -> None:
    """Rows of single people and small counts are in neither the pack nor the JSON."""
    people = tuple(
        GroupRow(
            arm=a, control=a == "none", n=1, successes=float(i % 3 == 0), cluster=f"Secret Street {i % 8}{a}"
        )
        for a in ("none", "letter")
        for i in range(60)
    )
    evaluation = evalkit.evaluate(trial(people, formed=DesignCode.CLUSTER_RANDOMISED))
    assert "Secret Street" not in evaluation_json(evaluation)
    evalkit.write_pack(evaluation, tmp_path / "pack.xlsx")
    book = openpyxl.load_workbook(tmp_path / "pack.xlsx")
    text = "\n".join(str(c.value) for s in book for row in s.iter_rows() for c in row if c.value is not None)
    assert "Secret Street" not in text
    few = (
        GroupRow(arm="none", control=True, n=90, successes=3.0),
        GroupRow(arm="letter", n=95, successes=20.0),
    )
    evaluation = evalkit.evaluate(trial(few))
    assert '"successes": 3.0' not in evaluation_json(evaluation)
    evalkit.write_pack(evaluation, tmp_path / "few.xlsx")
    data = openpyxl.load_workbook(tmp_path / "few.xlsx")["Data"]
    shown = [[c.value for c in row] for row in data.iter_rows() if row[1].value in ("none", "letter")]
    assert [row[4] for row in shown if row[0] == "Paid on time"] == ["withheld", "withheld"]
    sums = [row[3].value for row in data.iter_rows() if row[0].value == "Groups"]
    assert sums  # the sum less the figure that is shown would give the other away
    assert set(sums) <= {"withheld", "none"}


def test_groups_have_a_page_with_losses_and_likeness(tmp_path: Path) -> None:
    """Standardised differences by hand; a page and a chart of the groups; no cost set against one arm."""
    known = tuple(
        GroupRow(arm=arm, n=4200, mean=age, sd=14.0, baseline="Age")
        for arm, age in (("usual letter", 47.0), ("plain letter", 47.35), ("plain letter and norm", 46.3))
    )
    evaluation = evalkit.evaluate(trial(ROWS + known))
    study = evaluation.group_studies[0]
    assert [b.difference for b in study.balance] == pytest.approx([0.025, -0.05])  # 0.35/14 and -0.7/14
    assert [g.lost for g in study.groups] == pytest.approx([100 / 4200, 120 / 4200, 89 / 4200])
    assert [t.adjusted >= t.alone for t in study.tests] == [True, True]
    checks = {c.check: c.passed for c in evaluation.findings[0].checks}
    assert checks == {"attrition": True, "balance": True}
    each = evaluation.findings[0].value.cost_per_outcome
    assert (each.interval, each.divided) == (None, False)
    evalkit.write_pack(evaluation, tmp_path / "pack.xlsx")
    book = openpyxl.load_workbook(tmp_path / "pack.xlsx")
    assert "Periods 1" not in book.sheetnames
    assert len(book["Groups 1"]._charts) == len(book["Finding 1"]._charts) == 1
    far = tuple(r.model_copy(update={"mean": 60.0}) if r.arm == "plain letter" else r for r in known)
    finding = evalkit.evaluate(trial(ROWS + far)).findings[0]
    assert finding.grade.level == 4
    assert any("may not have been drawn by lot" in reason for reason in finding.grade.reasons)


def test_questions_of_one_survey_share_one_error() -> None:
    """Three questions with p near .02: alone each would show, by Holm's rule none does; both doors agree."""
    base = trial()
    names = ("Heard", "Understood", "Intends")
    outcomes = tuple(base.outcomes[0].model_copy(update={"name": n}) for n in names)
    did = {"Heard": (200, 238), "Understood": (210, 248), "Intends": (190, 228)}
    rows = tuple(
        GroupRow(outcome=q, arm=arm, control=i == 0, n=600, successes=float(did[q][i]))
        for q in names
        for i, arm in enumerate(("unexposed", "exposed"))
    )
    evaluation = evalkit.evaluate(base.model_copy(update={"outcomes": outcomes, "groups": rows}))
    frame = pd.DataFrame(
        {"arm": ["unexposed", "exposed"], "n": 600} | {q: list(map(float, did[q])) for q in names}
    )
    direct = compare_groups(frame, outcome=names, arm="arm", control="unexposed", n="n")
    for finding in evaluation.findings:
        one = direct[finding.outcome, "exposed"]
        assert isinstance(one, Estimate)
        assert isinstance(finding.estimate, Estimate)
        assert (finding.estimate.effect, finding.estimate.p_value) == (one.effect, one.p_value)
        assert one.effect.covers(0)
        test = next(t for t in direct.studies[finding.outcome].tests if t.outcome == finding.outcome)
        assert test.alone < 0.05 < test.adjusted


def test_groups_beside_figures_by_period_are_not_lost() -> None:
    """An outcome with both has a finding for each, and each names the other."""
    base = trial()
    months = tuple(
        Observation(
            period=date(2023 + m // 12, m % 12 + 1, 1), value=900.0 + (37 * m) % 50, denominator=3000.0
        )
        for m in range(30)
    )
    evaluation = evalkit.evaluate(base.model_copy(update={"observations": months}))
    assert [f.arm for f in evaluation.findings] == ["", "plain letter", "plain letter and norm"]
    said = [" ".join(f.verdict.limits) for f in evaluation.findings]
    assert "figures by group as well" in said[0]
    assert "figures by period as well" in said[1]
