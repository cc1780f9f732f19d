"""Published surveys: paired panels, split ballots and cluster samples.

Class A: the published specification, to the digits printed; class B: another sound specification.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evalkit import compare_groups
from tests.published.test_trials import DATA, one, stored

HERE = Path(DATA)


@stored
def test_approval_in_two_surveys_of_the_same_people() -> None:
    """Agresti, Categorical Data Analysis, 10.1: -.04 (-.06 to -.02), McNemar's z squared 17.36 (class A)."""
    table = pd.read_csv(HERE / "survey_approval_panel" / "approval.csv")
    people = table.loc[table.index.repeat(table["n"])].reset_index(drop=True)
    people["person"] = people.index
    long = people.melt("person", ["first_survey", "second_survey"], "wave", "answer")
    long["approves"] = (long["answer"] == "approve").astype(int)
    found = compare_groups(long, outcome="approves", arm="wave", control="first_survey", unit="person")
    answer = one(found, "second_survey")
    assert answer.effect.point == pytest.approx(-0.04, abs=0.0005)
    assert (answer.effect.low, answer.effect.high) == pytest.approx((-0.0587, -0.0213), abs=0.0005)
    assert answer.p_value == pytest.approx(3.1e-5, rel=0.01)  # chi-squared of 17.356 with 1 df
    apart = one(compare_groups(long, outcome="approves", arm="wave", control="first_survey"), "second_survey")
    assert apart.effect.width / answer.effect.width == pytest.approx(0.0175 / 0.00955, abs=0.03)


@stored
def test_order_of_two_statements() -> None:
    """Pew Research Center, March 2012: 47% and 34%, difference .1332 (.084 to .182) (class A)."""
    table = pd.read_csv(HERE / "survey_question_order" / "healthcare_order.csv")
    table["n"] = table[["approve", "disapprove", "other"]].sum(axis=1)
    found = compare_groups(table, outcome="approve", arm="wording", control="penalty_second", n="n")
    answer = one(found, "cannot_afford_second")
    assert answer.effect.point == pytest.approx(0.1332, abs=0.0005)
    assert (answer.effect.low, answer.effect.high) == pytest.approx((0.084, 0.182), abs=0.001)


@stored
def test_school_scores_in_a_cluster_sample() -> None:
    """Lumley, R package survey, apiclus1: change 37.191 (class A); its error 3.085 (class B).

    The published error takes 15 of 757 districts as a large part of the population and takes no account of
    the unequal districts' leverage; ours does the reverse, so it is a little larger.
    """
    table = pd.read_csv(HERE / "survey_api_cluster" / "api_cluster.csv")
    long = table.melt(["school_code", "district", "weight"], ["score_1999", "score_2000"], "year", "score")
    found = compare_groups(
        long, outcome="score", arm="year", control="score_1999", outcome_kind="level", unit="school_code",
        cluster="district", weight="weight",
    )  # fmt: skip
    answer = one(found, "score_2000")
    assert answer.effect.point == pytest.approx(37.1913, abs=0.01)
    assert answer.effect.low < 37.1913 - 1.96 * 3.085
    assert answer.effect.high > 37.1913 + 1.96 * 3.085
    assert answer.effect.low > 25
    assert answer.effect.covers(32.80)  # the truth: all 6,194 schools
