"""Synthetic controls of four studies: the Basque Country, Sweden, Hong Kong, a geographical test.

Abadie A, Gardeazabal J (2003), AER 93:113-132 · Andersson JJ (2019), AEJ: Economic Policy 11(4):1-30 ·
Hsiao C, Ching HS, Wan SK (2012), J Appl Econometrics 27:705-740 · the walkthrough of the R package GeoLift.
Where a study uses covariates, the outcome-only figure is recomputed, as each test says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

SHARED = Path(__file__).parents[3] / "shared" / "data"
BASQUE = "Basque Country (Pais Vasco)"

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the studies' data are not beside the repository")


def table(path: str, period: str, area: str, value: str) -> pd.DataFrame:
    """A study's figures as a tidy frame."""
    frame = pd.read_csv(SHARED / path).rename(columns={period: "period", area: "area", value: "value"})
    return frame[~frame["area"].str.startswith("Spain ")]


def estimated(frame: pd.DataFrame, treated: Any, start: Any, method: str, **more: Any) -> Estimate:
    """The estimate by one method."""
    found = estimate_contribution(frame, treated=treated, start=start, method=method, calendar=None, **more)
    assert isinstance(found, Estimate), found
    return found


def test_basque_country() -> None:
    """SDID from 1970 and outcome-only mix, gap 1975-97 (class A, recomputed); 10% (class B)."""
    frame = table("sc_basque_terrorism/basque.csv", "year", "regionname", "gdpcap")
    frame = frame[["period", "area", "value"]]
    weighed = estimated(frame, BASQUE, 1970, "synthetic-did")
    assert weighed.effect.point == pytest.approx(-0.7934, abs=0.001)
    mix = estimated(frame, BASQUE, 1970, "synthetic fit=levels", washout=("1970-01-01", "1974-12-31"))
    assert mix.effect.point == pytest.approx(-1.035, abs=0.005)
    own = estimated(frame, BASQUE, 1970, "auto")
    assert own.effect.high < 0
    assert own.rel_effect is not None
    assert own.rel_effect.covers(-0.09)


def test_sweden_carbon_tax() -> None:
    """-0.29 t a head, within -0.25 to -0.33; the t-test, -0.274 (-0.406 to -0.141) (class A)."""
    frame = table("sc_sweden_carbon_tax/carbontax.csv", "year", "country", "co2_transport_capita")
    frame = frame[["period", "area", "value"]]
    mix = estimated(frame, "Sweden", 1990, "synthetic fit=levels")
    assert mix.effect.point == pytest.approx(-0.2837, abs=0.001)
    assert mix.rel_effect is not None
    assert mix.rel_effect.point == pytest.approx(-0.109, abs=0.003)
    weights = {name for name, term in mix.terms.items() if term.point > 0.06}
    assert {"weight of Denmark", "weight of Belgium", "weight of New Zealand"} <= weights
    t_test = estimated(frame, "Sweden", 1990, "synthetic fit=levels by=cross-fit", level=0.90)
    middle = (t_test.effect.low + t_test.effect.high) / 2
    assert middle == pytest.approx(-0.273903, abs=5e-4)
    half = (0.406425 - 0.141380) / 2
    assert t_test.effect.width / 2 == pytest.approx(half, abs=1e-3)
    own = estimated(frame, "Sweden", 1990, "auto")
    assert own.effect.high < 0
    assert own.effect.covers(-0.29)


def test_hong_kong_handover_had_no_effect_that_shows() -> None:
    """The four-country regression, -3.96 points and its coefficients (class A); not significant."""
    frame = table("sc_hongkong_handover_null/hongkong.csv", "date", "country", "gdp_growth")
    frame = frame[frame["time"] <= 43][["period", "area", "value"]]
    four = ["Japan", "Korea", "Taiwan", "United States"]
    found = estimated(frame, "Hong Kong", "1997-07-01", "synthetic fit=regression", comparison=four)
    assert found.effect.point == pytest.approx(-0.0396, abs=5e-5)
    published = {"Japan": -0.676, "Korea": -0.4323, "Taiwan": 0.7926, "United States": 0.486}
    for country, weight in published.items():
        assert found.terms[f"weight of {country}"].point == pytest.approx(weight, abs=5e-5)
    assert found.p_value > 0.05
    own = estimated(frame, "Hong Kong", "1997-07-01", "auto")
    assert own.effect.covers(0.0)


def test_geographical_test_campaign() -> None:
    """155.556 a city and day, 5.4%, 4,667 in all; with the ridge step 156.805 and 4,704 (class A)."""
    frame = table("sc_geolift_campaign/geolift_test.csv", "date", "location", "conversions")
    cities, start = ["chicago", "portland"], "2021-04-01"
    mix = estimated(frame, cities, start, "synthetic", outcome_kind="count")
    assert mix.effect.point == pytest.approx(155.556, abs=0.001)
    assert mix.total.point == pytest.approx(4667, abs=0.5)
    assert mix.rel_effect is not None
    assert mix.rel_effect.point == pytest.approx(0.054, abs=5e-4)
    for city, weight in {"cincinnati": 0.2272, "miami": 0.2028, "baton rouge": 0.1335}.items():
        assert mix.terms[f"weight of {city}"].point == pytest.approx(weight, abs=1e-4)
    assert any(
        "no effect in any period has p = 0.048" in note for note in mix.notes
    )  # the published test, < .05
    levels = estimated(frame, cities, start, "synthetic fit=levels", outcome_kind="count")
    assert levels.effect.point == pytest.approx(122.7, abs=0.05)  # recomputed: large cities lie outside
    ridge = estimated(frame, cities, start, "synthetic ridge=yes", outcome_kind="count")
    assert ridge.effect.point == pytest.approx(156.805, abs=0.001)
    assert ridge.total.point == pytest.approx(4704, abs=0.5)
    own = estimated(frame, cities, start, "auto", outcome_kind="count")
    assert own.effect.covers(155.556)
