"""The Italian ban on smoking in public places, January 2005: coronary events in Sicily, monthly, 2002-06.

Lopez Bernal J, Cummins S, Gasparrini A (2017), Interrupted time series regression for the evaluation of
public health interventions: a tutorial, Int J Epidemiol 46:348-355, with the correction of 2020 and the
authors' script: counts of admissions, offset log of the age-standardised population, two harmonics.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "its_sicily_smoking_ban" / "sicily.csv"
BAN: dict[str, Any] = {"treated": "Sicily", "start": "2005-01-01", "outcome_kind": "count"}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def admissions() -> pd.DataFrame:
    """Acute coronary events with the standardised population as exposure."""
    table = pd.read_csv(DATA)
    return pd.DataFrame(
        {"period": table["date"], "area": "Sicily", "value": table["aces"], "denominator": table["stdpop"]}
    )


@pytest.mark.parametrize(
    ("method", "ratio", "low", "high"),
    [
        ("segmented-poisson", 0.894, 0.864, 0.925),  # the tutorial's first model: 0.894 (0.864-0.925)
        ("segmented-quasi-poisson harmonics=2", 0.885, 0.839, 0.933),  # its seasonal one: 0.885 (0.839-0.933)
    ],
)
def test_rate_ratio_is_the_published_one(
    admissions: pd.DataFrame, method: str, ratio: float, low: float, high: float
) -> None:
    """The published specification gives the published ratio and its interval to 0.001 (class A)."""
    found = estimate_contribution(admissions, method=method, shape="level", **BAN)
    assert isinstance(found, Estimate)
    step = found.terms["level"]
    assert np.exp([step.point, step.low, step.high]) == pytest.approx([ratio, low, high], abs=0.001)
    # A change of level on the log link is the same relative effect in every period.
    assert 1 + found.rel_effect.point == pytest.approx(np.exp(step.point), abs=1e-9)
    assert 1 + found.rel_effect.low == pytest.approx(np.exp(step.low), abs=1e-9)


def test_trend_and_slope_change(admissions: pd.DataFrame) -> None:
    """Underlying trend 1.0668 a year; the slope does not change, p = 0.42 (class A, recomputed)."""
    method = "segmented-quasi-poisson harmonics=2"
    level = estimate_contribution(admissions, method=method, shape="level", **BAN)
    both = estimate_contribution(admissions, method=method, shape="level and slope", **BAN)
    assert isinstance(level, Estimate)
    assert isinstance(both, Estimate)
    assert np.exp(12 * level.terms["trend"].point) == pytest.approx(1.0668, abs=0.001)
    slope = both.terms["slope"]
    z = slope.point / (slope.width / 2 / 1.959964)
    assert z == pytest.approx(0.799, abs=0.005)  # two-sided p = 0.424
    assert slope.covers(0)


def test_integrated_regression_agrees(admissions: pd.DataFrame) -> None:
    """A fall, the published ratio inside the interval, at most twice as wide (class B)."""
    found = estimate_contribution(admissions, **BAN)
    assert isinstance(found, Estimate)
    assert found.rel_effect.high < 0
    assert found.rel_effect.covers(0.885 - 1)
    assert found.rel_effect.width <= 2 * (0.933 - 0.839)
