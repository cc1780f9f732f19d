"""The analyst's door: what an estimate must satisfy whatever the data, and what is refused."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.contribution import estimate_contribution
from evalkit.errors import InputError
from evalkit.estimate import Estimate, Interval, NotEstimable
from evalkit.methods.comparison_gaps import completed

PRE, POST = 60, 12
START = pd.Timestamp("2018-01-01") + pd.Timedelta(weeks=PRE)
slow = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def simulated(seed: int, kind: str = "level", controls: int = 0, n: int = PRE + POST) -> pd.DataFrame:
    """Weekly figures with a season and AR(1) errors."""
    rng = np.random.default_rng(seed)
    weeks = pd.date_range("2018-01-01", periods=n, freq="7D")
    wave = np.cos(2 * np.pi * np.arange(n) / 52.18)
    frames = []
    for j in range(controls + 1):
        noise = np.zeros(n)
        for t in range(1, n):
            noise[t] = 0.5 * noise[t - 1] + rng.normal()
        figures = {
            "level": 100 + 5 * wave + 4 * noise,
            "count": np.round(np.exp(2 + 0.2 * wave + 0.1 * noise)),
        }
        table = pd.DataFrame({"period": weeks, "area": "here" if j == 0 else f"there {j}"})
        if kind == "share":
            people = rng.integers(200, 400, n)
            share = 1 / (1 + np.exp(1 - 0.2 * wave - 0.1 * noise))
            table["value"], table["denominator"] = rng.binomial(people, share).astype(float), people
        else:
            table["value"] = figures[kind]
        frames.append(table)
    return pd.concat(frames, ignore_index=True)


def estimated(frame: pd.DataFrame, **arguments: Any) -> Estimate:
    """The estimate; a refusal fails the test."""
    found = estimate_contribution(frame, **{"treated": "here", "start": START, **arguments})
    assert isinstance(found, Estimate), found
    return found


def close(one: Interval, other: Interval, size: float) -> None:
    """Equal to a millionth of the given size."""
    assert astuple(one)[:3] == pytest.approx(astuple(other)[:3], abs=1e-6 * size)


@pytest.mark.parametrize("kind", ["level", "count", "share"])
@pytest.mark.parametrize("controls", [0, 3])
@pytest.mark.parametrize("holes", [(), (20, 21, 64)])
def test_contract(kind: str, controls: int, holes: tuple[int, ...]) -> None:
    """Effect, total, relative effect, p-value, distribution and path tell one story."""
    frame = simulated(7, kind, controls)
    frame.loc[list(holes), "value"] = np.nan
    found = estimated(frame, outcome_kind=kind)
    weight = float(frame["denominator"][PRE : PRE + POST].mean()) if kind == "share" else 1.0
    assert found.total.point == pytest.approx(found.effect.point * weight * POST, rel=0.05)
    assert found.n_pre == PRE
    assert found.n_post == POST
    assert found.n_gaps == len(holes)
    for interval in (found.effect, found.total, found.rel_effect):
        assert interval.covers(0.0) == found.effect.covers(0.0) == (found.p_value >= 0.05)
    assert found.distribution.quantile(0.025) == pytest.approx(found.total.low, abs=1e-6 * found.total.width)
    path = found.path
    assert path is not None
    assert path.cumulative[-1] == pytest.approx(found.total.point, abs=1e-6 * found.total.width)
    assert path.cumulative_low[-1] == pytest.approx(found.total.low, abs=1e-3 * found.total.width)
    assert path.cumulative_high[-1] == pytest.approx(found.total.high, abs=1e-3 * found.total.width)
    for low, middle, high in zip(path.low, path.counterfactual, path.high, strict=True):
        assert low <= middle <= high
    for seen, expected, effect in zip(path.observed, path.counterfactual, path.effect, strict=True):
        if seen is not None and effect is not None:
            assert effect == pytest.approx(seen - expected)


@given(seed=st.integers(0, 10**6), factor=st.sampled_from([1e-3, 0.5, 7.0, 1e5]))
@slow
def test_scaling_the_outcome_scales_the_answer(seed: int, factor: float) -> None:
    """Pounds or pence: the relative effect and p-value stay, the rest is multiplied."""
    frame = simulated(seed)
    one, other = estimated(frame), estimated(frame.assign(value=frame["value"] * factor))
    close(one.effect.scaled(factor), other.effect, factor)
    close(one.rel_effect, other.rel_effect, 1)
    assert one.p_value == pytest.approx(other.p_value, abs=1e-6)


@given(seed=st.integers(0, 10**6), shift=st.floats(-50, 50))
@slow
def test_an_added_effect_is_found_to_the_digit(seed: int, shift: float) -> None:
    """With a level shape, a constant added after the start is added to the effect and to nothing else."""
    frame = simulated(seed, controls=2)
    moved = frame["value"] + shift * ((frame["area"] == "here") & (frame["period"] >= START))
    one, other = estimated(frame, shape="level"), estimated(frame.assign(value=moved), shape="level")
    assert other.effect.point == pytest.approx(one.effect.point + shift, abs=1e-6)
    assert other.effect.width == pytest.approx(one.effect.width, rel=1e-6)


@given(seed=st.integers(0, 10**6))
@slow
def test_order_of_rows_and_repetition_change_nothing(seed: int) -> None:
    """The same rows in any order give the same answer, bit for bit."""
    frame = simulated(seed, controls=2)
    assert estimated(frame) == estimated(frame.sample(frac=1, random_state=seed))


def test_several_areas_are_their_sum() -> None:
    """Two campaign areas: the total is that of their sum, the effect that of one area."""
    both = simulated(3, controls=1)
    summed = both.groupby("period", as_index=False)["value"].sum().assign(area="here")
    one = estimated(both, treated=["here", "there 1"])
    other = estimated(summed)
    close(one.total, other.total, 1)
    close(one.effect, other.effect.scaled(0.5), 1)
    assert estimated(both, treated={"here": START, "there 1": START}, start=None) == one


def test_months_of_four_and_five_weeks_cost_nothing() -> None:
    """On a 4-4-5 calendar the total of a month says what its weekly mean says: length is no noise."""
    weeks = simulated(3, n=260)
    month = np.repeat(np.arange(60), np.tile([4, 4, 5], 20))
    by_month = weeks.assign(month=month).groupby("month")
    days = by_month["period"].first().to_list()
    found = {
        how: estimate_contribution(
            pd.DataFrame({"period": days, "area": "here", "value": by_month["value"].agg(how).to_list()}),
            treated="here",
            start=days[48].date(),
        )
        for how in ("sum", "mean")
    }
    total, mean = found["sum"], found["mean"]
    assert isinstance(total, Estimate)
    assert isinstance(mean, Estimate)
    widths = [f.rel_effect.high - f.rel_effect.low for f in (total, mean)]
    assert widths[0] == pytest.approx(widths[1], rel=0.1)
    assert total.rel_effect.point == pytest.approx(mean.rel_effect.point, abs=widths[1] / 10)


def test_washed_out_and_excluded_periods_belong_to_nothing() -> None:
    """Whatever stands in such a period, the answer is the same."""
    frame = simulated(5)
    windows = {
        "washout": (START, START + pd.Timedelta(days=20)),
        "exclude": [("2018-03-05", "2018-03-25", "strike")],
    }
    wild = frame.copy()
    wild.loc[[*range(9, 12), *range(PRE, PRE + 3)], "value"] = 1e6
    one, other = estimated(frame, **windows), estimated(wild, **windows)
    close(one.effect, other.effect, 1)
    assert one.path is not None
    assert one.path.effect[PRE : PRE + 3] == (None, None, None)
    assert one.total.point == pytest.approx(one.effect.point * (POST - 3))


def test_until_ends_the_answer() -> None:
    """Later figures do not matter."""
    frame = simulated(5)
    until = START + pd.Timedelta(weeks=5)
    later = frame.copy()
    later.loc[PRE + 6 :, "value"] = -1e6
    close(estimated(frame, until=until).effect, estimated(later, until=until).effect, 1)


def test_an_event_with_a_term_of_its_own_does_not_pass_for_an_effect() -> None:
    """A known jump in one past stretch is absorbed."""
    frame = simulated(11)
    frame.loc[40:50, "value"] += 60
    event = [("2018-10-08", "2018-12-23", "second site opened")]
    assert estimated(frame, events=event).effect.width < estimated(frame).effect.width


def test_comparison_with_many_gaps_is_left_out_and_one_with_few_is_noted() -> None:
    """No comparison series is repaired in silence, and a period without any comparison figure is a gap."""
    frame = simulated(2, controls=3)
    rows = {j: frame.index[frame["area"] == f"there {j}"] for j in (1, 2, 3)}
    frame.loc[rows[1][5:30], "value"] = np.nan
    frame.loc[rows[2][5:7], "value"] = np.nan
    frame.loc[[rows[2][20], rows[3][20]], "value"] = np.nan
    notes = " ".join(estimated(frame).notes)
    assert "there 2 lacks 3 figures; what the other comparison series did stands in" in notes
    assert "there 1 was left out" in notes
    assert "1 period has no comparison figure and is not used" in notes


def test_a_stand_in_for_a_comparison_figure_follows_the_others_and_says_how_unsure_it_is() -> None:
    """Series that move alike give the missing figure back; others add the variance that they miss by."""
    rng = np.random.default_rng(4)
    common, own = 1 + 0.1 * rng.standard_normal(80), 1 + 0.1 * rng.standard_normal(80)
    fitted = np.arange(80) < 60
    alike = np.column_stack([50 * common, 200 * common, 9 * common])
    apart = np.column_stack([50 * common, 200 * own, 9 * common])
    for true, unsure in ((alike, False), (apart, True)):
        figures = true.copy()
        figures[[10, 70], 1] = np.nan
        full = completed(figures, fitted, 30 * (common + own))
        assert np.isfinite(full.series).all()
        assert full.gaps == (0, 2, 0)
        assert (full.unsure[[10, 70]] > 0.01).all() == unsure
        assert not np.delete(full.unsure, [10, 70]).any()
        if not unsure:
            assert full.series[[10, 70], 1] == pytest.approx(true[[10, 70], 1], rel=1e-3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": "2018-01-29"}, "periods with a figure before the start"),
        ({"start": "2030-01-07"}, "no figures on both sides"),
        ({"start": "2017-01-02"}, "no figures on both sides"),
        ({"until": "2030-01-07"}, "after the data do"),
        ({"washout": (START, "2019-12-31")}, "no period with a figure between"),
    ],
)
def test_refusals_are_answers(change: dict[str, Any], reason: str) -> None:
    """What cannot be estimated comes back with a reason and with what would help."""
    found = estimate_contribution(simulated(1), **{"treated": "here", "start": START, **change})
    assert isinstance(found, NotEstimable)
    assert reason in found.reasons[0]
    assert found.what_would_help


def test_an_effect_that_is_mostly_unseen_is_refused() -> None:
    """Where most periods counted have no figure, the answer would be an assumption."""
    frame = simulated(1)
    frame.loc[PRE : PRE + POST - 2, "value"] = np.nan
    found = estimate_contribution(frame, treated="here", start=START, end=START)
    assert isinstance(found, NotEstimable)
    assert f"Only 1 of the {POST} periods" in found.reasons[0]


def test_a_constant_outcome_is_refused() -> None:
    """A flat line holds nothing to learn from."""
    found = estimate_contribution(simulated(1).assign(value=5.0), treated="here", start=START)
    assert isinstance(found, NotEstimable)
    assert "constant" in found.reasons[0]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"method": "magic"}, "method"),
        ({"shape": "square"}, "shape"),
        ({"calendar": "mars"}, "calendar"),
        ({"level": 1.2}, "level"),
        ({"matters": -1}, "matters"),
        ({"phases": ["2019-03-01"]}, "phases"),
        ({"weights": {"here": 1}}, "weights"),
        ({"comparison": ["nowhere"]}, "nowhere"),
        ({"treated": "hare"}, "did you mean 'here'"),
        ({"start": pd.NaT}, "start"),
        ({"frequency": "monthly"}, "the dates look weekly"),
        ({"start": None}, "start"),
        ({"start": "soon"}, "start"),
        ({"end": "2017-01-01"}, "end"),
        ({"covariates": ["rain"]}, "rain"),
        ({"shape": "decay"}, "end"),
        ({"treated": {"here": "2019-01-07", "there": "2019-02-04"}, "start": None}, "treated"),
    ],
)
def test_arguments_without_meaning_are_named(change: dict[str, Any], named: str) -> None:
    """An argument is used or refused by name, never ignored."""
    with pytest.raises(InputError, match=named):
        estimate_contribution(simulated(1), **{"treated": "here", "start": START, **change})


@pytest.mark.parametrize("shape", ["level", "ramp", "decay", "auto"])
def test_structural_and_integrated_agree_on_a_plain_case(shape: str) -> None:
    """A large step is found by every shape that allows one, and by the second opinion."""
    frame = simulated(4)
    frame.loc[PRE:, "value"] += 40
    found = estimated(frame, shape=shape, end=START + pd.Timedelta(weeks=10))
    second = estimated(frame, method="structural")
    assert found.effect.covers(40) or shape in ("ramp", "decay")
    assert second.effect.covers(40)
    assert found.p_value < 0.001
