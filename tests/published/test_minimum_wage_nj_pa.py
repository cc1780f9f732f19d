"""Restaurants in New Jersey and Pennsylvania around the minimum wage rise of April 1992, two waves.

Card D, Krueger AB (1994), AER 84:772-793; the teaching subset of 358 restaurants in Imai K (2017),
Quantitative Social Science, chapter 2: the share of full-time employees rose by 0.0616 more in New Jersey.
The full-time equivalents of the subset are recomputed.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "did_minimum_wage_nj_pa" / "minwage.csv"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.mark.parametrize(("share", "published"), [(True, 0.061558), (False, 2.446184)])
def test_difference_is_the_published_one(share: bool, published: float) -> None:
    """The share of full-time employees (class A), and full-time equivalents (class A, recomputed)."""
    table = pd.read_csv(DATA)
    waves = {}
    for wave in ("before", "after"):
        full, part = table[f"full_{wave}"], table[f"part_{wave}"]
        waves[wave] = full / (full + part) if share else full + part / 2
    area = table["restaurant"].astype(str)
    frame = pd.concat(
        pd.DataFrame({"period": year, "area": area, "value": waves[wave]})
        for year, wave in ((1992, "before"), (1993, "after"))
    )
    treated = area[table["nj"] == 1].tolist()
    found = estimate_contribution(
        frame, treated=treated, start=1993, frequency="annual", method="did", calendar=None
    )
    assert isinstance(found, Estimate)
    assert found.effect.point == pytest.approx(published, abs=5e-6)
    change = waves["after"] - waves["before"]
    welch = stats.ttest_ind(change[table["nj"] == 1], change[table["nj"] == 0], equal_var=False)
    assert found.p_value == pytest.approx(welch.pvalue, abs=0.01)  # CRV3 on area means is Welch's test
