"""A trial or survey through the template: the numbers of the analyst's door, graded, worded and disclosed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

import evalkit
from evalkit import Estimate, compare_groups
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.evaluation import evaluation_json
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
    assert [row[4] for row in shown if row[0] == "Paid on time"] == ["withheld", 20]
