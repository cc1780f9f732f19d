"""Prior authorisation of antipsychotics in West Virginia, April 2003, with pooled control states, by quarter.

Law MR, Ross-Degnan D, Soumerai SB (2008), Psychiatric Services 59(5). Terms: the script of the course Policy
Analysis Using Interrupted Time Series, market_share ~ time*wv + level*wv + trend*wv, recomputed with R's gls
(AR(1) within state, maximum likelihood) and by least squares in a second program; the paper's own table was
not at hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate
from evalkit.vocabulary import DesignCode

DATA = Path(__file__).parents[3] / "shared" / "data" / "cits_wv_prior_authorisation" / "wv_control.csv"
RULE: dict[str, Any] = {"treated": "WV", "start": "2003-04-01", "comparison": "Control"}
T30 = 2.042272  # t(38 - 8), 0.975

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def shares() -> pd.DataFrame:
    """Market share of the agents under prior authorisation."""
    table = pd.read_csv(DATA)
    return pd.DataFrame({"period": table["date"], "area": table["state"], "value": table["market_share"]})


@pytest.mark.parametrize(
    ("method", "term", "point", "error", "tolerance"),
    [
        ("segmented-gls", "level difference", -0.0351, 0.0108, 0.0005),
        ("segmented-gls", "slope difference", -0.01289, 0.00228, 0.0002),
        ("segmented-ols", "level difference", -0.0384, 0.0100, 0.0005),
        ("segmented-ols", "slope difference", -0.0133, None, 0.0002),
    ],
)
def test_differences_are_the_recomputed_ones(
    shares: pd.DataFrame, method: str, term: str, point: float, error: float | None, tolerance: float
) -> None:
    """Differences in the changes of level and slope, with their standard errors (class A, recomputed)."""
    found = estimate_contribution(shares, method=method, shape="level and slope", **RULE)
    assert isinstance(found, Estimate)
    assert found.design is DesignCode.CONTROLLED_SERIES
    assert found.terms[term].point == pytest.approx(point, abs=tolerance)
    if error is not None:
        assert found.terms[term].width / 2 / T30 == pytest.approx(error, abs=tolerance / 5)


def test_differences_add_up(shares: pd.DataFrame) -> None:
    """The campaign's own change is the comparison's and the difference."""
    found = estimate_contribution(shares, method="segmented-ols", **RULE)
    assert isinstance(found, Estimate)
    terms = {name: term.point for name, term in found.terms.items()}
    for name in ("level", "slope", "trend"):
        assert terms[name] == pytest.approx(terms[f"comparison {name}"] + terms[f"{name} difference"])
    assert found.effect.point == pytest.approx(terms["level difference"] + 6 * terms["slope difference"])


def test_integrated_regression_agrees(shares: pd.DataFrame) -> None:
    """A fall, the mean effect that the terms imply inside the interval, at most twice as wide (class B)."""
    found = estimate_contribution(shares, **RULE)
    plain = estimate_contribution(shares, method="segmented-gls", **RULE)
    assert isinstance(found, Estimate)
    assert isinstance(plain, Estimate)
    assert found.effect.high < 0
    assert found.effect.covers(-0.0351 - 6 * 0.01289)
    assert found.effect.width <= 2 * plain.effect.width
