"""The seat-belt law of 1983 in Great Britain: car drivers killed or seriously injured, monthly, 1969-84.

Harvey AC, Durbin J (1986), JRSS A 149:187-227; Durbin J, Koopman SJ (2012), Time Series Analysis by State
Space Methods, 2nd ed., section 8.2. Data: R's `Seatbelts`, public figures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "sts_uk_seatbelt_drivers" / "uk_drivers.csv"
LAW = "1983-02-01"  # compulsory from 31 January 1983

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def drivers() -> pd.DataFrame:
    """One row a month, with the log of the real petrol price."""
    table = pd.read_csv(DATA)
    return pd.DataFrame(
        {
            "period": table["date"],
            "area": "Great Britain",
            "value": table["drivers_ksi"],
            "log_petrol": np.log(table["petrol_price"]),
        }
    )


@pytest.mark.parametrize(
    ("covariates", "coefficient", "tolerance"),
    [
        ((), -0.2398, 0.005),  # level, seasonal and law, recomputed independently: -0.2398 (SE 0.0565)
        (("log_petrol",), -0.2377, 0.01),  # Durbin and Koopman: -0.2377 (SE 0.0463)
    ],
)
def test_structural_method_reproduces_the_published_coefficient(
    drivers: pd.DataFrame, covariates: tuple[str, ...], coefficient: float, tolerance: float
) -> None:
    """The published specification gives the published coefficient of the law (class A)."""
    found = estimate_contribution(
        drivers,
        treated="Great Britain",
        start=LAW,
        outcome_kind="count",
        method="structural",
        covariates=covariates,
    )
    assert isinstance(found, Estimate)
    assert found.terms["level"].point == pytest.approx(coefficient, abs=tolerance)
    assert found.rel_effect.point == pytest.approx(np.expm1(found.terms["level"].point), abs=1e-9)


def test_integrated_regression_agrees_with_the_published_effect(drivers: pd.DataFrame) -> None:
    """With nothing but the series, the published fall of 21 to 23% is inside the interval (class B)."""
    found = estimate_contribution(drivers, treated="Great Britain", start=LAW, outcome_kind="count")
    assert isinstance(found, Estimate)
    assert found.rel_effect.high < 0
    assert found.rel_effect.covers(-0.21)
    assert found.rel_effect.covers(-0.23)
    assert found.rel_effect.width <= 2 * 2 * 1.96 * 0.0565 * np.exp(-0.2398)  # twice the structural interval


def test_deterministic_level_alone(drivers: pd.DataFrame) -> None:
    """Least squares of the log on the law alone gives the biased -0.2611 (class A, recomputed)."""
    found = estimate_contribution(
        drivers,
        treated="Great Britain",
        start=LAW,
        outcome_kind="count",
        method="segmented-ols scale=log trend=none",
        shape="level",
    )
    assert isinstance(found, Estimate)
    assert found.terms["level"].point == pytest.approx(-0.2611, abs=0.0001)
