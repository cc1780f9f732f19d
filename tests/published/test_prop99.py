"""California's tobacco control programme of 1989, 38 donor states, 1970-2000.

Abadie A, Diamond A, Hainmueller J (2010), JASA 105:493-505; Arkhangelsky D et al (2021), AER 111:4088-4118,
Table 1: difference-in-differences -27.3 (17.7), synthetic control -19.6 (9.9), synthetic
difference-in-differences -15.6 (8.4; the error is a random placebo's). The cross-fitted effect, -17.991, is
from scinference 1.0.0 on R.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate
from evalkit.vocabulary import DesignCode

DATA = Path(__file__).parents[3] / "shared" / "data" / "prop99_california" / "prop99.csv"
T37 = 2.026192  # t(37), 0.975

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the study's data are not beside the repository")


def estimated(method: str) -> Estimate:
    """The estimate by one method."""
    table = pd.read_csv(DATA)
    frame = table.rename(columns={"year": "period", "state": "area", "packs_per_capita": "value"})
    found = estimate_contribution(frame, treated="California", start=1989, method=method, calendar=None)
    assert isinstance(found, Estimate)
    return found


@pytest.mark.parametrize(
    ("method", "published", "tolerance"),
    [
        ("did", -27.349, 0.001),
        ("synthetic fit=levels", -19.51, 0.01),
        ("synthetic-did", -15.6038, 0.005),
    ],
)
def test_effects_are_the_published_ones(method: str, published: float, tolerance: float) -> None:
    """Table 1 of Arkhangelsky et al (class A)."""
    assert estimated(method).effect.point == pytest.approx(published, abs=tolerance)


def test_weights_and_gap_of_the_synthetic_control() -> None:
    """Utah, Montana, Nevada lead (class A, outcome only); the gap in 2000 is 26.6 packs (class A)."""
    found = estimated("synthetic fit=levels")
    weights = {name: term.point for name, term in found.terms.items()}
    recomputed = {
        "Utah": 0.394,
        "Montana": 0.232,
        "Nevada": 0.205,
        "Connecticut": 0.109,
        "New Hampshire": 0.045,
    }
    for state, weight in recomputed.items():
        assert weights[f"weight of {state}"] == pytest.approx(weight, abs=0.001)
    assert sum(weights.values()) == pytest.approx(1.0, abs=0.002)
    assert found.path is not None
    assert found.path.effect[-1] == pytest.approx(-26.6, abs=0.05)
    assert any("by 1.66" in note for note in found.notes)  # error before the start


def test_enumerated_placebos_give_the_error() -> None:
    """All 38 states in turn: 9.49 for the synthetic difference-in-differences (recomputed independently)."""
    found = estimated("synthetic-did")
    assert found.design is DesignCode.SYNTHETIC
    assert found.effect.width / 2 / T37 == pytest.approx(9.49, abs=0.01)


def test_cross_fitted_effect_is_the_published_one() -> None:
    """Chernozhukov, Wuthrich and Zhu's t-test with three blocks: -17.991 (class A)."""
    found = estimated("synthetic fit=levels by=cross-fit")
    assert (found.effect.low + found.effect.high) / 2 == pytest.approx(-17.991121, abs=5e-4)


def test_own_method_agrees() -> None:
    """Same sign, the published figures inside the range, at most twice as wide as SDID's (class B)."""
    found = estimated("auto")
    assert found.method == "areas"
    assert found.effect.high < 0
    assert found.effect.covers(-19.6)
    assert found.effect.covers(-15.6)
    assert found.effect.width <= 2 * 2 * 1.96 * 8.4
