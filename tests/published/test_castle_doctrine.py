"""Self-defence laws in 21 US states, 2005-2009, and homicide.

Cheng C, Hoekstra M (2013), J Human Resources 48:821-854; Cunningham S (2021), Causal Inference: The Mixtape,
ch. 9. Callaway and Sant'Anna aggregates of log homicide, unweighted, never-treated comparison, recomputed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

DATA = Path(__file__).parents[3] / "shared" / "data" / "stag_castle_doctrine" / "castle.csv"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


def estimated(method: str) -> Estimate:
    """The estimate by one method."""
    table = pd.read_csv(DATA)
    frame = table.rename(columns={"year": "period", "sid": "area", "l_homicide": "value"})
    first = table.groupby("sid")["first_treat"].first()
    treated: dict[str, Any] = {str(state): int(year) for state, year in first.items() if year}
    found = estimate_contribution(frame, treated=treated, method=method, calendar=None)
    assert isinstance(found, Estimate)
    return found


def test_the_kind_of_mean_is_said_because_it_decides() -> None:
    """The aggregates run from 0.01 to 0.06 (class A, recomputed); starts with one state have no range."""
    found = estimated("staggered")
    assert found.effect.point == pytest.approx(0.0194, abs=5e-5)
    assert found.terms["mean over starts"].point == pytest.approx(0.0115, abs=5e-5)
    assert found.terms["mean over times since the start"].point == pytest.approx(0.0591, abs=5e-5)
    for year in (2006, 2010):
        assert found.terms[f"areas that started {year}-01-01"].width == float("inf")
    assert any("10 (2006-01-01), 27 (2010-01-01)" in note for note in found.notes)


def test_two_way_regression_lies_inside_our_range() -> None:
    """The published two-way 0.069 (SE 0.059): same sign, each within the other's range (class B)."""
    found = estimated("auto")
    assert found.effect.point > 0
    assert found.effect.covers(0.0694)
    assert abs(found.effect.point - 0.0694) < 1.96 * 0.0586
