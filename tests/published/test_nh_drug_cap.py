"""New Hampshire Medicaid: a cap of three prescriptions, September 1981, then a copayment, August 1982.

Soumerai SB, Avorn J, Ross-Degnan D, Gortmaker S (1987), Payment restrictions for prescription drugs under
Medicaid, NEJM 317:550-556: from 5.2 to 2.8 prescriptions a month (46%) among recipients of several drugs.
Terms: the course data and script of the Policy Analysis Using Interrupted Time Series course, recomputed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "its_nh_drug_cap_copay" / "nh_rx.csv"
CAP: dict[str, Any] = {
    "treated": "New Hampshire",
    "start": "1981-09-01",
    "events": [
        ("1981-08-01", "1981-08-31", "stockpiling"),
        ("1982-08-01", "1983-12-31", "copay"),
    ],
}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def prescriptions() -> pd.DataFrame:
    """Prescriptions per recipient and month."""
    table = pd.read_csv(DATA)
    return pd.DataFrame({"period": table["date"], "area": "New Hampshire", "value": table["rxpp"]})


def test_terms_of_both_changes_and_the_wild_point(prescriptions: pd.DataFrame) -> None:
    """Level and slope of cap and copayment, and the month of stockpiling, to 0.01 (class A, recomputed)."""
    found = estimate_contribution(prescriptions, method="segmented-ols", shape="level and slope", **CAP)
    assert isinstance(found, Estimate)
    expected = {"level": -2.455, "copay level": 0.541, "copay slope": 0.059, "stockpiling": 1.025}
    assert {name: found.terms[name].point for name in expected} == pytest.approx(expected, abs=0.01)
    errors = {"level": 0.172, "copay level": 0.162, "copay slope": 0.023, "stockpiling": 0.237}
    reach = 2.019541  # t(41), 0.975
    assert {n: found.terms[n].width / 2 / reach for n in errors} == pytest.approx(errors, abs=0.001)
    assert found.terms["level"].point / 5.15 == pytest.approx(
        -0.47, abs=0.03
    )  # the asked range: -44% to -50%


def test_fall_while_the_cap_lasted(prescriptions: pd.DataFrame) -> None:
    """The mean fall over the eleven months of the cap is the published 46% (class A: -44% to -50%)."""
    found = estimate_contribution(
        prescriptions, method="segmented-ols", shape="level and slope", until="1982-07-31", **CAP
    )
    assert isinstance(found, Estimate)
    assert found.rel_effect.point == pytest.approx(-0.46, abs=0.005)
    assert found.rel_effect.width < 0.12


def test_integrated_regression_agrees(prescriptions: pd.DataFrame) -> None:
    """The published 46% is inside the interval, which is at most twice the segmented one (class B)."""
    found = estimate_contribution(prescriptions, until="1982-07-31", **CAP)
    plain = estimate_contribution(prescriptions, method="segmented-ols", until="1982-07-31", **CAP)
    assert isinstance(found, Estimate)
    assert isinstance(plain, Estimate)
    assert found.rel_effect.high < 0
    assert found.rel_effect.covers(-0.46)
    assert found.rel_effect.width <= 2 * plain.rel_effect.width
