"""No refills of quetiapine 25 mg in Australia from January 2014: dispensings, monthly, 2011-14.

Schaffer AL, Dobbins TA, Pearson SA (2021), Interrupted time series analysis using autoregressive integrated
moving average (ARIMA) models, BMC Med Res Methodol 21:58: ARIMA(2,1,0)(0,1,1)12 with a step and a ramp.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "its_quetiapine_refills" / "quetiapine.csv"
CHANGE: dict[str, Any] = {"treated": "Australia", "start": "2014-01-01"}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def dispensings() -> pd.DataFrame:
    """One row a month."""
    table = pd.read_csv(DATA)
    return pd.DataFrame({"period": table["date"], "area": "Australia", "value": table["dispensings"]})


def test_step_and_slope_are_the_published_ones(dispensings: pd.DataFrame) -> None:
    """Step -3285 (-4465 to -2104) within 5, slope -1397 (-1606 to -1188) within 3 (class A)."""
    found = estimate_contribution(
        dispensings, method="segmented-arima order=2,1,0 seasonal=0,1,1", shape="level and slope", **CHANGE
    )
    assert isinstance(found, Estimate)
    step, slope = found.terms["level"], found.terms["slope"]
    assert [step.point, step.low, step.high] == pytest.approx([-3285, -4465, -2104], abs=5)
    assert [slope.point, slope.low, slope.high] == pytest.approx([-1397, -1606, -1188], abs=3)
    assert found.effect.point == pytest.approx(step.point + 6.5 * slope.point)  # the mean over twelve months
    assert "trend" not in found.terms  # differencing leaves nothing of it


@pytest.mark.parametrize(("order", "step"), [("1,1,0", -2509), ("0,1,1", -2792)])
def test_step_under_other_orders(dispensings: pd.DataFrame, order: str, step: float) -> None:
    """Other orders give the other steps that R gives, recomputed there (class A)."""
    found = estimate_contribution(
        dispensings,
        method=f"segmented-arima order={order} trend=none seasonal=0,1,1,12",
        shape="level and slope",
        **CHANGE,
    )
    assert isinstance(found, Estimate)
    assert found.terms["level"].point == pytest.approx(step, abs=5)


def test_integrated_regression_agrees(dispensings: pd.DataFrame) -> None:
    """A fall, and the mean effect that the published terms imply, -12366, is inside the interval (class B).

    No interval of the mean effect is printed. The ARIMA model's own, which the terms reproduce, is 2714 wide;
    ours is at most twice that, though it does not take a straight ramp as known.
    """
    found = estimate_contribution(dispensings, **CHANGE)
    assert isinstance(found, Estimate)
    assert found.effect.high < 0
    assert found.effect.covers(-3285 - 6.5 * 1397)
    assert found.effect.width <= 2 * 2714
