"""Several channels on one outcome: known contributions, a published regression, a demonstration set.

PyMC-Marketing, example notebook "MMM example" (generating process printed there); James G, Witten D, Hastie
T, Tibshirani R (2013), An Introduction to Statistical Learning, table 3.4; Robyn's dt_simulated_weekly.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit import Decomposition, Estimate, decompose_contributions

DATA = Path(__file__).parents[3] / "shared" / "data"
KNOWN = DATA / "mmm_two_channel_known_truth" / "mmm_example.csv"
MARKETS = DATA / "mmm_advertising_200_markets" / "advertising.csv"
ROBYN = DATA / "mmm_robyn_weekly" / "robyn_weekly.csv"

pytestmark = pytest.mark.skipif(not KNOWN.exists(), reason="the studies' data are not beside the repository")


def long(table: pd.DataFrame, period: pd.Series, channels: list[str]) -> pd.DataFrame:
    """Doses as the library takes them."""
    return pd.concat([pd.DataFrame({"period": period, "campaign": c, "dose": table[c]}) for c in channels])


def estimates(found: Decomposition) -> dict[str, Estimate]:
    """Every campaign's estimate; none is refused here."""
    out = {c: found[c] for c in found}
    assert all(isinstance(e, Estimate) for e in out.values())
    return {c: e for c, e in out.items() if isinstance(e, Estimate)}


def test_known_contributions_and_carry_over_are_found() -> None:
    """True shares of y 29.0% and 7.0%, within 4 and 2 points; carry-over .4 and .2 a week, within .15."""
    table = pd.read_csv(KNOWN, parse_dates=["date"])
    events = [(d, d, "event") for e in ("event_1", "event_2") for d in table.loc[table[e] == 1, "date"]]
    frame = pd.DataFrame({"period": table["date"], "area": "all", "value": table["y"]})
    found = decompose_contributions(
        frame, doses=long(table, table["date"], ["x1", "x2"]), events=events, calendar="none"
    )
    y = table["y"].sum()
    for name, truth, points, keep in (("x1", 274_784, 0.04, 0.4), ("x2", 65_887, 0.02, 0.2)):
        total = estimates(found)[name].total
        assert total.covers(truth)
        assert total.point / y == pytest.approx(truth / y, abs=points)
        (row,) = [w for w in found.weights if w.campaign == name]
        kept = sum(w * 0.5 ** (1 / life) for life, _, w in row.half_lives)
        assert kept == pytest.approx(keep, abs=0.15)
        assert row.half_life_known
        assert row.shape_known
        assert sum(w for half, _, w in row.half_doses if np.isinf(half)) < 0.1  # both saturate


def test_markets_without_order_have_the_published_coefficients_and_no_carry_over() -> None:
    """TV .046 (SE .0014), radio .189 (.0086), newspaper -.001 (.0059): within 2 SE of each other's."""
    table = pd.read_csv(MARKETS)
    days = pd.Series(pd.date_range("2024-01-01", periods=len(table)))  # an order without meaning
    frame = pd.DataFrame({"period": days, "area": "all", "value": table["sales"]})
    channels = ["tv", "radio", "newspaper"]
    found = decompose_contributions(frame, doses=long(table, days, channels), calendar="none")
    published = {"tv": (0.046, 0.0014), "radio": (0.189, 0.0086), "newspaper": (-0.001, 0.0059)}
    for curve in found.curves:
        value, error = published[curve.campaign]
        assert curve.marginal.low < value + 2 * error
        assert curve.marginal.high > value - 2 * error
    assert estimates(found)["tv"].p_value < 1e-6
    assert estimates(found)["radio"].p_value < 1e-6
    assert estimates(found)["newspaper"].p_value > 0.2
    for row in found.weights[:2]:
        assert sum(w for life, _, w in row.half_lives if life < 0.07) > 0.9  # half a day


def test_the_demonstration_set_is_read_whole_and_adds_up() -> None:
    """Five channels, sums as recorded (revenue 379,005,697; tv 3,087,488 …), no published contributions."""
    table = pd.read_csv(ROBYN, parse_dates=["date"])
    channels = ["tv_s", "ooh_s", "print_s", "facebook_s", "search_s"]
    frame = pd.DataFrame(
        {
            "period": table["date"],
            "area": "all",
            "value": table["revenue"],
            "rival": table["competitor_sales_b"],
        }
    )
    found = decompose_contributions(frame, doses=long(table, table["date"], channels), covariates=["rival"])
    spent = {c.campaign: c.dose for c in found.curves}
    recorded = {"tv_s": 3_087_488, "ooh_s": 8_989_332, "print_s": 775_556, "search_s": 1_230_427}
    for name, amount in recorded.items():
        assert spent[name] == pytest.approx(amount, abs=1)
    assert found.baseline is not None
    assert found.unexplained is not None
    whole = sum(e.total.point for e in estimates(found).values())
    assert found.baseline + whole + found.unexplained == pytest.approx(379_005_697, abs=1)
    assert found.effective_nodes is not None
    assert found.effective_nodes > 200
