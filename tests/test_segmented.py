"""The classical specifications: contract, options, refusals. Published figures are in tests/published."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.errors import InputError
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods.segments import columns, waves
from evalkit.requirements import REQUIREMENTS, SEGMENTS

N, PRE, START = 48, 30, "2020-07-01"
METHODS = [r.method for r in REQUIREMENTS if r.shapes == SEGMENTS]
COUNTS = {"segmented-poisson", "segmented-quasi-poisson"}


def frame(areas: tuple[str, ...] = ("here",), effect: float = 40.0, seed: int = 3) -> pd.DataFrame:
    """Monthly counts around 200, with a step in the first area."""
    rng = np.random.default_rng(seed)
    periods = [date(2018 + i // 12, i % 12 + 1, 1) for i in range(N)]
    tables = []
    for k, area in enumerate(areas):
        mean = 200 + 0.5 * np.arange(N) + effect * (k == 0) * (np.arange(N) >= PRE)
        tables.append(pd.DataFrame({"period": periods, "area": area, "value": rng.normal(mean, 5).round()}))
    return pd.concat(tables, ignore_index=True)


def estimated(table: pd.DataFrame, method: str, **given: Any) -> Estimate:
    """An estimate that is not refused."""
    found = estimate_contribution(
        table, **{"treated": "here", "start": START, "outcome_kind": "count", "method": method, **given}
    )
    assert isinstance(found, Estimate), found
    return found


@pytest.mark.parametrize("shape", ["level", "level and slope"])
@pytest.mark.parametrize("method", METHODS)
def test_every_specification_keeps_the_contract(method: str, shape: str) -> None:
    """Effect, total, ratio, distribution and path agree, and the note says what the inference misses."""
    found = estimated(frame(), method, shape=shape)
    path = found.path
    assert path is not None
    assert found.effect.point == pytest.approx(40, rel=0.25)
    assert found.p_value < 0.01
    assert found.total.point == pytest.approx(found.effect.point * (N - PRE))
    assert [path.cumulative[-1], path.cumulative_low[-1], path.cumulative_high[-1]] == pytest.approx(
        [found.total.point, found.total.low, found.total.high]
    )
    assert sum(e for e in path.effect if e is not None) == pytest.approx(found.total.point)
    counterfactual = sum(path.counterfactual[PRE:])
    assert found.rel_effect is not None
    assert found.rel_effect.point == pytest.approx(found.total.point / counterfactual)
    assert found.distribution.quantile(0.5) == pytest.approx(found.total.point, rel=1e-6)
    assert np.all(np.diff(found.distribution.quantiles) > 0)
    assert all(
        low <= c <= high for low, c, high in zip(path.low, path.counterfactual, path.high, strict=True)
    )
    assert ("slope" in found.terms) == (shape != "level")
    assert any("misses" in note for note in found.notes)
    assert any("second opinion" in note for note in found.notes)


@pytest.mark.parametrize("method", METHODS)
def test_a_gap_stays_a_gap(method: str) -> None:
    """A missing figure before and one after the start leave an answer, and are counted."""
    table = frame()
    table.loc[[12, 40], "value"] = np.nan
    found = estimated(table, method, shape="level")
    assert found.n_gaps == 2
    assert found.effect.point == pytest.approx(40, rel=0.25)
    assert found.path is not None
    assert found.path.effect[40] is not None
    assert 150 < found.path.counterfactual[40] < 300


@pytest.mark.parametrize("method", METHODS)
def test_smallest_detectable_is_2_8_standard_errors(method: str) -> None:
    """On the additive scale exactly, by the quantiles of the stated distribution; on logs nearly."""
    found = estimated(frame(), method, shape="level")
    assert found.smallest_detectable is not None
    assert found.smallest_detectable / (found.effect.width / 2) == pytest.approx(2.8 / 1.96, rel=0.15)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "segmented-arima"])
def test_a_comparison_is_taken_by_name_only(method: str) -> None:
    """Other areas in the frame change nothing until they are named; named, the effect is the difference."""
    table = frame(("here", "there", "yonder"))
    alone = estimated(table, method, shape="level")
    assert alone.design == "single series"
    beside = estimated(table, method, shape="level", comparison=["there", "yonder"])
    assert beside.design == "controlled series"
    assert beside.terms["level"].point == pytest.approx(alone.terms["level"].point, rel=0.25)
    if method not in COUNTS:
        assert beside.effect.point == pytest.approx(beside.terms["level difference"].point)
    assert beside.effect.point == pytest.approx(40, rel=0.25)


def test_arima_takes_no_comparison() -> None:
    """Two stacked series have no one ARIMA error."""
    with pytest.raises(InputError, match="segmented-arima"):
        estimated(frame(("here", "there")), "segmented-arima", comparison="there")


def test_auto_never_chooses_a_segmented_method() -> None:
    """They are second opinions."""
    assert estimated(frame(), "auto").method == "series"
    assert estimated(frame(("here", "there")), "auto").method == "controlled"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"method": "segmented-ols lag=1"}, "lag=1"),
        ({"method": "segmented-arima order=2"}, "p,d,q"),
        ({"method": "segmented-ols harmonics=1 harmonics=2"}, "more than once"),
        ({"method": "series harmonics=2"}, "no options"),
        ({"method": "auto harmonics=2"}, "method"),
        ({"method": "segmented-"}, "method"),
        ({"method": ""}, "method"),
        ({"method": "segmented-ols", "shape": "ramp"}, "level and slope"),
        ({"method": "series", "shape": "level and slope"}, "segmented"),
    ],
)
def test_options_without_meaning_are_named(given: dict[str, Any], named: str) -> None:
    """A misspelt option is refused, never ignored."""
    with pytest.raises(InputError, match=named):
        estimate_contribution(frame(), treated="here", start=START, **given)


def test_what_cannot_be_fitted_is_refused() -> None:
    """One period cannot hold a level and a slope; Poisson is for counts; logs need figures above zero."""
    table = frame()
    asked: list[tuple[pd.DataFrame, dict[str, Any], str]] = [
        (table, {"method": "segmented-ols", "start": "2021-12-01"}, "tell them apart"),
        (table, {"method": "segmented-arima order=1,1,0", "start": "2021-12-01"}, "could not be fitted"),
        (table, {"method": "segmented-poisson", "outcome_kind": "level"}, "for counts"),
        (table.assign(value=table["value"] - 200), {"method": "segmented-ols scale=log"}, "above zero"),
        (
            table.assign(value=table["value"] * (np.arange(N) < PRE)),
            {"method": "segmented-poisson"},
            "one event",
        ),
    ]
    for data, given, said in asked:
        kind = {"outcome_kind": "level" if data["value"].min() < 0 else "count"}
        found = estimate_contribution(data, treated="here", **{"start": START, **kind, **given})
        assert isinstance(found, NotEstimable), given
        assert said in found.reasons[0]


def test_events_are_interruptions_or_pass() -> None:
    """An event to the end has the campaign's shape; one that ends before is a shift; names never collide."""
    events = [
        ("2019-03-01", "2019-04-30", "strike"),
        ("2021-03-01", "2021-12-31", "new form"),
        ("2019-09-01", "2019-09-30", "level"),
        ("2010-01-01", "2010-12-31", "long ago"),
    ]
    found = estimated(frame(), "segmented-ols", shape="level and slope", events=events)
    assert {"strike", "new form level", "new form slope", "event level", "level"} <= set(found.terms)
    assert not any("long ago" in name for name in found.terms)


def test_columns() -> None:
    """The slope counts 1 in the first period after; a wave that vanishes everywhere has no column."""
    found = columns(6, [("", 3), ("later ", 4)], slope=True, trend=True, others={})
    assert list(found) == ["constant", "trend", "level", "slope", "later level", "later slope"]
    assert found["slope"].tolist() == [0, 0, 0, 1, 2, 3]
    assert found["later level"].tolist() == [0, 0, 0, 0, 1, 1]
    assert len(waves(24, 6, 12.0)) == 11
