"""California's tobacco control programme, January 1989: one group by interrupted time series, 1970-2000.

Linden A (2015), Conducting interrupted time-series analysis for single- and multiple-group comparisons, Stata
Journal 15:480-500: packs per head on time, a step and a slope, Newey-West with lag 1. Linden's slope counts 0
in the first year, so that his change in level is our "first period".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "prop99_california" / "prop99.csv"
PROGRAMME: dict[str, Any] = {"treated": "California", "start": "1989-01-01"}
T27 = 2.051831  # t(31 - 4), 0.975

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def packs() -> pd.DataFrame:
    """Packs per head by state and year."""
    table = pd.read_csv(DATA)
    return pd.DataFrame(
        {
            "period": table["year"].astype(str) + "-01-01",
            "area": table["state"],
            "value": table["packs_per_capita"],
        }
    )


def test_terms_are_the_published_ones(packs: pd.DataFrame) -> None:
    """Level -20.058 (4.724), slope change -1.495 (0.437), trend -1.779 (0.383), constant 132.226: class A."""
    found = estimate_contribution(
        packs, method="segmented-newey-west lag=1", shape="level and slope", **PROGRAMME
    )
    assert isinstance(found, Estimate)
    published = {
        "first period": (-20.058, 4.724),
        "slope": (-1.495, 0.437),
        "trend": (-1.779, 0.383),
        "constant": (132.226, None),
    }
    for name, (point, error) in published.items():
        assert found.terms[name].point == pytest.approx(point, abs=0.001), name
        if error is not None:
            assert found.terms[name].width / 2 / T27 == pytest.approx(error, abs=0.001), name


def test_integrated_regression_agrees_with_the_first_year(packs: pd.DataFrame) -> None:
    """A fall, the published change of level and the panel estimates of the programme inside (class B).

    Synthetic control -19.6 and synthetic difference in differences -15.6: Arkhangelsky et al. (2021),
    American Economic Review 111:4088-4118, table 1. The mean effect that Linden's lines imply
    for 1989-2000, -28.3, is beyond our interval: it carries the trend of 1970-88 on for twelve years.
    """
    found = estimate_contribution(packs, comparison=(), **PROGRAMME)
    assert isinstance(found, Estimate)
    assert found.effect.high < 0
    assert all(found.effect.covers(v) for v in (-20.058, -19.6, -15.6))
    assert found.effect.width <= 2 * 2 * T27 * 8.4  # twice the interval by the published placebo error
