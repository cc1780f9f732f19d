"""Teen employment in 500 counties and staggered minimum wage rises, 2003-2007.

Callaway B, Sant'Anna PHC (2021), J Econometrics 225:200-230, and the vignette of their R package `did`: log
employment, never-treated counties as comparison, no covariates, varying base period.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "stag_mpdta_minimum_wage" / "mpdta.csv"
T499 = 1.964729  # t(499), 0.975

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


def estimated(method: str) -> Estimate:
    """The estimate by one method."""
    table = pd.read_csv(DATA)
    frame = table.rename(columns={"year": "period", "countyreal": "area", "lemp": "value"})
    first = table.groupby("countyreal")["first_treat"].first()
    treated: dict[str, Any] = {str(county): int(year) for county, year in first.items() if year}
    found = estimate_contribution(frame, treated=treated, method=method, calendar=None)
    assert isinstance(found, Estimate)
    return found


def test_aggregates_are_the_published_ones() -> None:
    """All four aggregates with their standard errors, every start and period (class A)."""
    found = estimated("staggered")
    assert found.effect.point == pytest.approx(-0.039951, abs=5e-6)
    assert found.effect.width / 2 / T499 == pytest.approx(0.0120, abs=5e-5)
    published = {
        "mean over area-periods": (-0.0400, 0.0120),
        "mean over times since the start": (-0.0772, 0.0200),
        "mean over starts": (-0.0310, 0.0124),
        "mean over periods": (-0.0417, None),
        "areas that started 2004-01-01": (-0.0797, None),
        "areas that started 2006-01-01": (-0.0229, None),
        "areas that started 2007-01-01": (-0.0261, None),
        "period 2004-01-01": (-0.0105, None),
        "period 2005-01-01": (-0.0704, None),
        "period 2006-01-01": (-0.0488, None),
        "period 2007-01-01": (-0.0371, None),
    }
    for name, (point, error) in published.items():
        assert found.terms[name].point == pytest.approx(point, abs=6e-5), name
        if error:
            assert found.terms[name].width / 2 / T499 == pytest.approx(error, abs=1e-4), name


def test_event_study_is_the_published_one() -> None:
    """Effects by time since the start, with the nominally significant one three years before (class A)."""
    study = estimated("staggered").event_study
    assert study is not None
    by_time = dict(zip(study.times, study.effect, strict=True))
    published = {-3: 0.0305, -2: -0.0006, -1: -0.0245, 0: -0.0199, 1: -0.0510, 2: -0.1373, 3: -0.1008}
    assert by_time == pytest.approx(published, abs=6e-5)
    at = study.times.index(-3)
    assert study.low[at] > 0  # shown, not hidden; the band that holds all of them at once reaches below zero
    assert study.band_low[at] < 0


def test_not_yet_treated_comparison() -> None:
    """Against counties not yet treated: -0.039764, from the R package did (class A, recomputed)."""
    assert estimated("staggered against=not-yet").effect.point == pytest.approx(-0.039764, abs=5e-6)


def test_own_method_agrees() -> None:
    """Same sign, and the published point inside the range (class B)."""
    found = estimated("auto")
    assert found.method == "rollout"
    assert found.effect.high < 0
    assert found.effect.covers(-0.0400)
    assert found.effect.width <= 2 * 2 * T499 * 0.0120
