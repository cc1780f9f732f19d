"""Published trials: counts and rates in, the printed difference and its range out.

Each test names its study. Class A: the published specification, to the digits printed; class B: another sound
specification, so the same sign and overlapping ranges.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evalkit import Estimate, NotEstimable, compare_groups, evaluate
from evalkit.vocabulary import Claim
from evalkit.worked import flu_texts

DATA = Path(__file__).parents[3] / "shared" / "data"
stored = pytest.mark.skipif(not DATA.exists(), reason="the studies' data are not beside the repository")


def one(answers: dict[object, Estimate | NotEstimable], arm: object) -> Estimate:
    """The estimate of an arm; a refusal fails."""
    found = answers[arm]
    assert isinstance(found, Estimate), found
    return found


@stored
def test_mailers_and_turnout() -> None:
    """Gerber, Green and Larimer (2008), Table 2: 1.8, 2.6, 4.9 and 8.1 points (class A, 0.02)."""
    table = pd.read_csv(DATA / "rct_social_pressure_mailers" / "social_pressure.csv")
    found = compare_groups(table, outcome="voted", arm="arm", control="Control", n="n")
    printed = {"Civic Duty": 1.790, "Hawthorne": 2.574, "Self": 4.851, "Neighbors": 8.131}
    for arm, points in printed.items():
        answer = one(found, arm)
        assert 100 * answer.effect.point == pytest.approx(points, abs=0.02)
        assert answer.effect.low > 0
        assert answer.p_value < 1e-10
    two = table[table["arm"].isin(["Control", "Neighbors"])]
    alone = one(compare_groups(two, outcome="voted", arm="arm", control="Control", n="n"), "Neighbors").effect
    assert (100 * alone.low, 100 * alone.high) == pytest.approx((7.60, 8.66), abs=0.01)
    four = one(found, "Neighbors").effect
    assert four.level == pytest.approx(1 - 0.05 / 4)  # Holm: the smallest p-value of four
    assert four.width > alone.width


@stored
def test_wording_of_a_purchase_question() -> None:
    """Frederick et al. (2009): 45.3% against 25.3% did not buy; 95% CI .050 to .350 by Wald (class A)."""
    table = pd.read_csv(DATA / "rct_opportunity_cost_wording" / "opportunity_cost.csv")
    table["n"] = table["buy"] + table["not_buy"]
    answer = one(compare_groups(table, outcome="not_buy", arm="arm", control="control", n="n"), "treatment")
    assert answer.effect.point == pytest.approx(0.200, abs=0.0005)
    assert (answer.effect.low, answer.effect.high) == pytest.approx((0.050, 0.350), abs=0.01)
    assert 0.004 < answer.p_value < 0.03  # one-sided .0052 by the normal, .006 by the book's simulation
    assert answer.total.point == pytest.approx(15.0)


@stored
def test_names_on_cvs() -> None:
    """Bertrand and Mullainathan (2004), Table 1: 9.65% and 6.45%, 3.203 points, 1.68 to 4.73 (class A)."""
    table = pd.read_csv(DATA / "rct_resume_callbacks" / "resume.csv")
    answer = one(compare_groups(table, outcome="callback", arm="race", control="black"), "white")
    assert 100 * answer.effect.point == pytest.approx(3.203, abs=0.005)
    assert (100 * answer.effect.low, 100 * answer.effect.high) == pytest.approx((1.68, 4.73), abs=0.02)
    assert answer.rel_effect is not None
    assert answer.rel_effect.point == pytest.approx(0.497, abs=0.0005)
    assert answer.p_value < 0.0001
    names = compare_groups(table, outcome="callback", arm="race", control="black", cluster="firstname")
    clustered = one(names, "white")
    assert clustered.effect.point == pytest.approx(answer.effect.point)
    assert any("36" in n or "18 clusters" in n for n in clustered.notes)


@stored
def test_mammograms_and_deaths_within_25_years() -> None:
    """Miller et al. (2014): 500 of 44,925 against 505 of 44,910, ratio .9898 (class A); nothing is shown."""
    table = pd.read_csv(DATA / "rct_mammogram_null" / "mammogram.csv")
    answer = one(
        compare_groups(table, outcome="breast_cancer_deaths", arm="arm", control="control", n="n"),
        "mammogram",
    )
    assert answer.rel_effect is not None
    assert 1 + answer.rel_effect.point == pytest.approx(0.9898, abs=0.001)
    assert answer.effect.point == pytest.approx(-0.000115, abs=0.000001)
    # the paper's hazard ratio .99 (.88 to 1.12) is another specification (class B)
    assert (1 + answer.rel_effect.low, 1 + answer.rel_effect.high) == pytest.approx((0.88, 1.12), abs=0.005)
    assert answer.effect.covers(0)


def test_organ_donor_register_prompts() -> None:
    """Sallis, Harper and Sanders (2018), Trials 19:513: odds ratio 1.38 (1.32 to 1.45), reciprocity line.

    1,085,322 users in eight arms, 3,085 who joined in the control arm and 4,256 with the line. Arm sizes are
    not printed: derived as equal eighths, which gives 2.27% and 3.14%, 0.86 points (.74 to .99). Class B for
    the odds ratio, which here is 1.39 from the derived sizes.
    """
    size = 1_085_322 // 8
    table = pd.DataFrame({"arm": ["control", "reciprocity"], "joined": [3085, 4256], "n": [size, size]})
    answer = one(compare_groups(table, outcome="joined", arm="arm", control="control", n="n"), "reciprocity")
    assert 100 * answer.effect.point == pytest.approx(0.863, abs=0.002)
    assert (100 * answer.effect.low, 100 * answer.effect.high) == pytest.approx((0.74, 0.99), abs=0.005)
    p0, p1 = 3085 / size, 3085 / size + answer.effect.point
    assert p1 / (1 - p1) / (p0 / (1 - p0)) == pytest.approx(1.38, abs=0.02)
    assert answer.total.point == pytest.approx(4256 - 3085, abs=1)


def test_appointment_reminder_texts() -> None:
    """Hallsworth et al. (2015), PLoS ONE 10:e0137306, trial 1: 11.1% missed against 8.4%, OR .74 (.61-.89).

    10,111 appointments in four arms; arm counts are derived from the printed rates and equal quarters. The
    difference derived so is -2.7 points (-4.3 to -1.1), class A for the rates and the difference to the digit
    printed, class B for the odds ratio.
    """
    size = 10_111 // 4
    table = pd.DataFrame(
        {
            "arm": ["usual text", "specific cost"],
            "missed": [round(0.111 * size), round(0.084 * size)],
            "n": [size, size],
        }
    )
    answer = one(
        compare_groups(table, outcome="missed", arm="arm", control="usual text", n="n"), "specific cost"
    )
    assert 100 * answer.effect.point == pytest.approx(-2.7, abs=0.05)
    assert (100 * answer.effect.low, 100 * answer.effect.high) == pytest.approx((-4.3, -1.1), abs=0.06)
    odds = 0.084 / 0.916 / (0.111 / 0.889)
    assert odds == pytest.approx(0.74, abs=0.015)


def test_flu_reminder_texts_did_not_show_an_effect() -> None:
    """Herrett et al. (2016), BMJ Open 6:e010069: +2.62 points (-.09 to 5.33), p .058, as an outside estimate.

    The practices' figures are not printed, so nothing is estimated again and no class is claimed. What can
    be held against the paper: its p-value, printed apart from the range that ours comes from, and its claim.
    """
    (finding,) = evaluate(flu_texts.programme()).findings
    assert isinstance(finding.estimate, Estimate)
    assert finding.estimate.p_value == pytest.approx(0.058, abs=0.0005)
    assert finding.estimate.total.point == pytest.approx(0.0262 * 51_121, abs=0.5)
    assert finding.verdict.claim is Claim.CANNOT_TELL
    assert finding.grade.level == 4
