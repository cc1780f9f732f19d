"""The "active choice" wording for organ donors in California, July 2011, with 26 other states, by quarter.

Kessler JB, Roth AE (2014), NBER Working Paper 20378; Huntington-Klein N, The Effect, chapter 18: the
registration rate fell by 2.2 points.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate
from evalkit.vocabulary import DesignCode

DATA = Path(__file__).parents[3] / "shared" / "data" / "did_organ_donation_phrase" / "organ_donations.csv"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


@pytest.fixture(scope="module")
def rates() -> pd.DataFrame:
    """Registration rate by state and quarter."""
    return pd.read_csv(DATA).rename(columns={"date": "period", "state": "area", "rate": "value"})


def test_difference_is_the_published_one(rates: pd.DataFrame) -> None:
    """The effect (class A), chosen by "auto" because three quarters allow no forecast."""
    found = estimate_contribution(rates, treated="California", start="2011-07-01")
    assert isinstance(found, Estimate)
    assert found.method == "did"
    assert found.design is DesignCode.DIFFERENCE
    assert found.effect.point == pytest.approx(-0.022459, abs=5e-6)
    assert found.terms["difference"].point == pytest.approx(found.effect.point)
    assert found.path is not None
    assert found.path.cumulative[-1] == pytest.approx(found.total.point)


def test_one_treated_state_is_no_certainty(rates: pd.DataFrame) -> None:
    """Among 27 states, changes as large are common: 5 of 27 by exchange, and the range holds zero."""
    found = estimate_contribution(rates, treated="California", start="2011-07-01", method="did")
    exchanged = estimate_contribution(
        rates, treated="California", start="2011-07-01", method="did inference=permutation"
    )
    assert isinstance(found, Estimate)
    assert isinstance(exchanged, Estimate)
    assert found.effect.covers(0.0)
    assert exchanged.p_value == pytest.approx(5 / 27)
    assert exchanged.effect.covers(0.0)
    assert any("0.037" in note for note in found.notes)  # 1 in 27 is the floor
