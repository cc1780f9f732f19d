"""The evidence level: design cap, rules, reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.checks.result import CheckResult
from evalkit.grade import DESIGN_CAPS, RULES, Evidence, grade
from evalkit.vocabulary import DataGrade, DesignCode

SOUND = Evidence(
    design=DesignCode.CONTROLLED_SERIES,
    n_pre=104,
    n_post=20,
    periods_per_year=52,
    gap_share=0.0,
    claimed=False,
    comparison_justified=True,
    spillover_possible=False,
    events_unmodelled=(),
    plan_fixed=True,
    data_grade=DataGrade.ONE,
    external=False,
    checks=(),
)
SINGLE = replace(SOUND, design=DesignCode.SINGLE_SERIES)


def test_an_outcome_that_moved_before_the_doses_lowers_the_level() -> None:
    """By one; where the check was not made nothing is held against it."""
    assert grade(replace(SOUND, checks=failed("before-doses"))).level == 2
    assert not any(r.rule == "before-doses" for r in grade(SOUND).rules)


def failed(check: str) -> tuple[CheckResult, ...]:
    """One check that did not pass."""
    return (CheckResult(check, "", False, None, "It did not."),)


# Level by design: What Works Centre for Local Economic Growth, Maryland scale scoring guide (2016), read
# conservatively: no comparator is at most 2.
@pytest.mark.parametrize(
    ("design", "level"),
    [
        (DesignCode.RANDOMISED, 5),
        (DesignCode.CLUSTER_RANDOMISED, 5),
        (DesignCode.ALTERNATE, 4),
        (DesignCode.INSTRUMENT, 4),
        (DesignCode.DISCONTINUITY, 4),
        (DesignCode.STEPPED, 4),
        (DesignCode.DIFFERENCE, 3),
        (DesignCode.CONTROLLED_SERIES, 3),
        (DesignCode.SYNTHETIC, 3),
        (DesignCode.MATCHED, 3),
        (DesignCode.SINGLE_SERIES, 2),
        (DesignCode.ECONOMETRICS, 2),
        (DesignCode.EXPOSED_UNEXPOSED, 1),
        (DesignCode.BEFORE_AFTER, 1),
        (DesignCode.CLAIMED, 1),
    ],
)
def test_a_sound_study_reaches_the_level_of_its_design(design: DesignCode, level: int) -> None:
    """Nothing holds it down."""
    assert grade(replace(SOUND, design=design)).level == DESIGN_CAPS[design] == level


@pytest.mark.parametrize(
    ("evidence", "level", "rule"),
    [
        (replace(SOUND, comparison_justified=False), 2, "comparison"),
        (replace(SOUND, spillover_possible=True), 2, "spillover"),
        (replace(SOUND, checks=failed("placebo-in-time")), 2, "placebo-in-time"),
        (replace(SOUND, checks=failed("leave-one-out")), 2, "leave-one-out"),
        (replace(SOUND, checks=failed("provisional")), 2, "provisional"),
        (replace(SOUND, events_unmodelled=("a strike",)), 2, "other-events"),
        (replace(SOUND, plan_fixed=None), 2, "plan"),
        (replace(SOUND, plan_fixed=False), 2, "plan"),
        (replace(SOUND, claimed=True), 1, "observed"),
        (replace(SOUND, gap_share=0.3), 2, "gaps"),
        (replace(SOUND, n_provisional=11), 2, "final"),
        (replace(SOUND, data_grade=DataGrade.SIX), 1, "data"),
        (replace(SOUND, n_pre=7), 1, "history"),
        (replace(SINGLE, n_pre=51), 1, "seasons"),
        (replace(SINGLE, checks=failed("placebo-in-time")), 1, "placebo-in-time"),
        (replace(SINGLE, events_unmodelled=("a strike",)), 1, "other-events"),
    ],
)
def test_a_rule_that_is_not_met_lowers_the_level_and_says_why(
    evidence: Evidence, level: int, rule: str
) -> None:
    """Each rule alone lowers the level, and its text is among the reasons."""
    found = grade(evidence)
    row = next(r for r in found.rules if r.rule == rule)
    assert found.level == row.lowers_to == level
    assert row.text in found.reasons


def test_an_unplanned_single_series_is_not_lowered_twice() -> None:
    """A plan fixed late costs a level only where there is one to lose."""
    found = grade(replace(SINGLE, plan_fixed=None))
    assert found.level == 2
    assert next(r for r in found.rules if r.rule == "plan").met is None


def test_an_estimate_from_outside_is_taken_at_its_design() -> None:
    """A finished trial enters at level 5; rules about the figures do not apply to it."""
    found = grade(replace(SOUND, design=DesignCode.RANDOMISED, external=True, n_pre=0))
    assert found.level == 5
    assert {r.rule for r in found.rules} == {"observed", "data", "plan", "external"}


def test_every_rule_has_a_name_of_its_own() -> None:
    """The table can be cited by rule."""
    assert len({r.name for r in RULES}) == len(RULES)
