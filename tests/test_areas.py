"""Comparisons between areas: what holds whatever the data, and what is refused by name."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evalkit.campaign.delivery import Activity
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate, NotEstimable
from evalkit.evaluating import evaluate
from evalkit.methods import area_paths
from evalkit.vocabulary import Direction, OutcomeKind

MONTHS = pd.date_range("2016-01-01", periods=36, freq="MS")
START, PRE = "2018-01-01", 24


def panel(
    seed: int, areas: int, effect: float = 0.0, treated: int = 1, unequal: bool = False
) -> pd.DataFrame:
    """Areas with a common path, persistent differences and noise; the first ones have the campaign."""
    rng = np.random.default_rng(seed)
    path = np.cumsum(rng.normal(0, 0.5, MONTHS.size))
    frames = []
    for j in range(areas):
        own = np.zeros(MONTHS.size)
        for t in range(1, MONTHS.size):
            own[t] = 0.6 * own[t - 1] + rng.normal()
        y = 50 + 3 * rng.normal() + path + own
        y[PRE:] += effect * (j < treated)
        size = 10.0 ** rng.uniform(0, 1) if unequal else 1.0
        frames.append(pd.DataFrame({"period": MONTHS, "area": f"area {j:02d}", "value": size * y}))
    return pd.concat(frames, ignore_index=True)


def estimated(frame: pd.DataFrame, treated: int = 1, **arguments: Any) -> Estimate:
    """The estimate; a refusal fails the test."""
    names = [f"area {j:02d}" for j in range(treated)]
    found = estimate_contribution(frame, treated=names, start=START, **arguments)
    assert isinstance(found, Estimate), found
    return found


def changes(frame: pd.DataFrame) -> pd.Series[float]:
    """Mean after the start less mean before, by area."""
    after = frame[frame["period"] >= START].groupby("area")["value"].mean()
    return after - frame[frame["period"] < START].groupby("area")["value"].mean()


@pytest.mark.parametrize("method", ["did", "areas", "synthetic", "synthetic-did"])
@pytest.mark.parametrize("kind", ["level", "share"])
def test_one_story(method: str, kind: str) -> None:
    """Effect, total, relative effect, p-value, distribution and path agree."""
    frame = panel(3, 9, 4.0, treated=2)
    if kind == "share":
        frame["denominator"] = 400 + 10 * frame["area"].str[-2:].astype(int)
        frame["value"] = (frame["denominator"] * frame["value"] / 100).round()
    found = estimated(frame, 2, method=method, outcome_kind=kind)
    assert found.path is not None
    assert found.path.cumulative[-1] == pytest.approx(found.total.point)
    assert found.path.cumulative_high[-1] == pytest.approx(found.total.high)
    assert found.distribution.quantile(0.025) == pytest.approx(found.total.low, rel=1e-6)
    assert found.rel_effect is not None
    for interval in (found.effect, found.total, found.rel_effect):
        assert interval.covers(0.0) == (found.p_value >= 0.05)
    assert found.n_pre == PRE
    assert found.n_post == MONTHS.size - PRE


@pytest.mark.parametrize("treated", [1, 3])
def test_donald_lang_is_the_t_test_of_changes(treated: int) -> None:
    """With few campaign areas the inference is a two-sample t-test on the areas' changes (scipy)."""
    frame = panel(5, 12, 2.0, treated)
    found = estimated(frame, treated, method="did")
    change = changes(frame).to_numpy()
    test = stats.ttest_ind(change[:treated], change[treated:])
    assert found.p_value == pytest.approx(test.pvalue)
    low, high = test.confidence_interval(0.95)
    assert (found.effect.low, found.effect.high) == pytest.approx((low, high))


def test_permutation_counts_every_assignment() -> None:
    """The p-value is the share of all 66 pairs of areas that are at least as far out (by hand)."""
    frame = panel(6, 12, 1.0, 2)
    found = estimated(frame, 2, method="did inference=permutation")
    change = changes(frame).to_numpy()

    def size(pair: tuple[int, ...]) -> float:
        rest = np.delete(change, pair)
        return abs(stats.ttest_ind(change[list(pair)], rest, equal_var=False).statistic)

    sizes = np.array([size(pair) for pair in combinations(range(12), 2)])
    assert found.p_value == pytest.approx(np.mean(sizes >= sizes[0] - 1e-9))
    assert found.effect.covers(0.0) == (found.p_value > 0.05)
    assert any("0.015" in note for note in found.notes)  # 1 in 66


def test_inference_that_few_areas_do_not_allow_is_refused() -> None:
    """Exchange of areas cannot reach 5% with one of six; the wild bootstrap needs five on each side."""
    frame = panel(7, 6)
    for inference, reason in (("permutation", "no p-value below 0.17"), ("wild-bootstrap", "needs 5 each")):
        found = estimate_contribution(
            frame, treated="area 00", start=START, method=f"did inference={inference}"
        )
        assert isinstance(found, NotEstimable)
        assert reason in found.reasons[0]


def test_auto_forecasts_from_many_areas() -> None:
    """Five comparison areas and a history: areas; a short history: the areas' changes."""
    assert estimated(panel(8, 6)).method == "areas"
    late = panel(8, 6)
    assert estimated(late[late["period"] >= "2017-07-01"]).method == "did"


def test_areas_of_unequal_size_are_compared_in_multiples() -> None:
    """An area ten times as large is forecast as well as one of equal size, to its own size."""
    alike, unequal = panel(9, 10), panel(9, 10, unequal=True)
    scale = unequal["value"] / alike["value"]
    one, other = estimated(alike), estimated(unequal)
    factor = float(scale[unequal["area"] == "area 00"].iloc[0])
    assert other.effect.width / factor < 1.6 * one.effect.width
    assert one.effect.covers(0.0)
    assert other.effect.covers(0.0)


@pytest.mark.slow
def test_range_holds_the_truth_as_often_as_it_says() -> None:
    """40 panels of 7 areas, an effect in half of them: at least 34 ranges hold it (binomial, 1 in 100)."""
    held = 0
    for seed in range(40):
        effect = 2.0 * (seed % 2)
        held += estimated(panel(100 + seed, 7, effect)).effect.covers(effect)
    assert held >= 34


def test_gaps_and_late_areas_are_named() -> None:
    """A gap in one area shifts no other; an area without a past is left out by name."""
    frame = panel(10, 8)
    whole = estimated(frame, method="did")
    frame.loc[frame.index % 37 == 5, "value"] = np.nan
    holes = estimated(frame, method="did")
    assert holes.effect.point == pytest.approx(whole.effect.point, abs=0.5 * whole.effect.width / 4)
    late = frame[(frame["area"] != "area 07") | (frame["period"] >= "2018-02-01")]
    late = late[(late["area"] != "area 06") | (late["period"] >= "2017-06-01")]
    found = estimated(late, method="did")
    said = " ".join(found.notes)
    assert "area 07" in said
    assert found.n_gaps == int(frame.loc[frame["area"] == "area 00", "value"].isna().sum())


def rollout(
    seed: int, starts: dict[int, str | None], effect: float = 2.0
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Areas that start when they are told to; the effect is constant."""
    frame = panel(seed, len(starts))
    begins = {f"area {j:02d}": day for j, day in starts.items()}
    after = frame["period"] >= pd.to_datetime(frame["area"].map(begins).fillna("2100-01-01"))
    frame["value"] += effect * after
    return frame, {area: day for area, day in begins.items() if day}


STARTS = {j: (None, "2017-01-01", "2017-07-01", "2018-03-01")[j % 4] for j in range(12)}


@pytest.mark.parametrize("method", ["rollout", "imputation", "staggered"])
def test_roll_out_tells_one_story(method: str) -> None:
    """Effect, total, path and event study agree; every cell is counted from its area's own start."""
    frame, treated = rollout(11, STARTS)
    found = estimate_contribution(frame, treated=treated, method=method)
    assert isinstance(found, Estimate)
    cells = 3 * (24 + 18 + 10)
    assert found.total.point == pytest.approx(found.effect.point * cells)
    assert found.path is not None
    assert found.path.cumulative[-1] == pytest.approx(found.total.point)
    assert found.effect.covers(2.0)
    study = found.event_study
    assert study is not None
    assert {-2, -1} <= set(study.times)
    after = [(a, e) for t, a, e in zip(study.times, study.areas, study.effect, strict=True) if t >= 0]
    mean = np.average([e for _, e in after], weights=[a for a, _ in after])
    assert mean == pytest.approx(found.effect.point)
    assert all(b <= x for b, x in zip(study.band_low, study.low, strict=True))


def test_gaps_in_every_area_give_the_answer_of_all_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where gaps make more patterns than are tried on every node, a part of them sorts the nodes out."""
    frame, starts = rollout(11, STARTS)
    frame.loc[np.random.default_rng(5).random(len(frame)) < 0.03, "value"] = np.nan
    whole = estimate_contribution(frame, treated=starts, outcome_kind="level")
    monkeypatch.setattr(area_paths, "MANY", 4)
    part = estimate_contribution(frame, treated=starts, outcome_kind="level")
    assert isinstance(whole, Estimate)
    assert isinstance(part, Estimate)
    assert whole.method == "rollout"
    assert part.effect.point == pytest.approx(whole.effect.point, abs=1e-3 * whole.effect.width)
    assert part.effect.width == pytest.approx(whole.effect.width, rel=1e-3)


def test_one_start_by_mapping_is_one_start() -> None:
    """A mapping with equal starts gives what a list and a start give."""
    frame = panel(12, 8, 1.0, 2)
    one = estimated(frame, 2)
    other = estimate_contribution(frame, treated={"area 00": START, "area 01": START})
    assert isinstance(other, Estimate)
    assert other == one


def test_cells_that_cannot_be_told_are_left_out_by_name() -> None:
    """With no area left untouched, later cells are listed; areas too early or too late are named."""
    days = ("2016-01-01", "2016-12-01", "2017-06-01", "2018-01-01", "2018-01-01", "2020-01-01")
    frame, treated = rollout(13, dict(enumerate(days)))
    late = estimate_contribution(frame, treated=treated)
    assert isinstance(late, Estimate)
    assert "area 05" in " ".join(late.notes)
    assert late.total.point == pytest.approx(late.effect.point * (25 + 19 + 12 + 12))
    del treated["area 05"]
    found = estimate_contribution(frame[frame["area"] != "area 05"], treated=treated, comparison=[])
    assert isinstance(found, Estimate)
    said = " ".join(found.notes)
    assert "area 00" in said
    assert "from 2018-01-01 to 2018-12-01" in said
    assert found.total.point == pytest.approx(found.effect.point * (13 + 7))


def test_weights_make_the_mean_a_weighted_one() -> None:
    """Two campaign areas with changes of their own: the effect is their weighted mean."""
    frame = panel(14, 10, 0.0, 2)
    frame["population"] = np.where(frame["area"] == "area 00", 3.0, 1.0)
    plain = changes(frame)
    found = estimated(frame, 2, weights="population")
    assert found.method == "did"
    expected = (3 * plain["area 00"] + plain["area 01"]) / 4 - plain.iloc[2:].mean()
    assert found.effect.point == pytest.approx(expected)


def test_doors_agree_on_staggered_starts() -> None:
    """Starts by area from the sheet Activities give what the mapping gives."""
    frame, treated = rollout(15, STARTS)
    campaign = Campaign(
        organisation="Shire",
        title="Tell them",
        start=date(2017, 1, 1),
        end=date(2018, 12, 31),
        areas=tuple(treated),
        activities=tuple(Activity(area=a, start=date.fromisoformat(d)) for a, d in treated.items()),
    )
    outcome = Outcome(
        name="Calls", unit="calls", kind=OutcomeKind.LEVEL, good_direction=Direction.UP, source="log"
    )
    figures = tuple(
        Observation(period=row.period.date(), area=row.area, value=row.value) for row in frame.itertuples()
    )
    programme = Programme(campaigns=(campaign,), outcomes=(outcome,), observations=figures)
    by_template = evaluate(programme).findings[0]
    by_mapping = estimate_contribution(frame, treated=treated)
    assert isinstance(by_template.estimate, Estimate)
    assert isinstance(by_mapping, Estimate)
    assert by_template.estimate.effect == by_mapping.effect
    assert by_template.estimate.event_study == by_mapping.event_study
    assert any("Activities" in reason for reason in by_template.design.reasons)
    settling = programme.model_copy(
        update={"campaigns": (campaign.model_copy(update={"washout_periods": 2}),)}
    )
    later = evaluate(settling).findings[0]
    by_number = estimate_contribution(frame, treated=treated, washout=2)
    assert isinstance(later.estimate, Estimate)
    assert isinstance(by_number, Estimate)
    assert later.estimate.effect == by_number.effect != by_template.estimate.effect


@pytest.mark.parametrize("method", ["areas", "did", "synthetic"])
def test_covariates_clear_what_they_explain(method: str) -> None:
    """A shock of its own in a covariate does not pass for an effect; the coefficient is told."""
    frame = panel(16, 10)
    rng = np.random.default_rng(3)
    frame["rain"] = rng.normal(size=len(frame)) + 4.0 * (
        (frame["area"] == "area 00") & (frame["period"] >= START)
    )
    frame["value"] += 2.0 * frame["rain"]
    plain, cleared = estimated(frame, method=method), estimated(frame, method=method, covariates=["rain"])
    assert plain.effect.point > 4
    assert abs(cleared.effect.point) < 2.5
    assert cleared.effect.covers(0.0)
    assert any("rain (2" in note or "rain (1.9" in note for note in cleared.notes)


def test_known_events_are_left_out_where_there_is_no_term_for_them() -> None:
    """A strike in the campaign area alone moves neither the fit nor the answer."""
    frame = panel(17, 10)
    strike = (frame["area"] == "area 00") & frame["period"].between("2018-05-01", "2018-07-01")
    frame.loc[strike, "value"] -= 40.0
    for method in ("did", "areas"):
        found = estimated(frame, method=method, events=[("2018-05-01", "2018-07-31", "strike")])
        assert found.effect.covers(0.0)
        assert found.effect.low > -8


def test_an_area_that_opens_late_changes_the_method_or_is_named() -> None:
    """Six periods in common: `auto` compares changes; a method for one series refuses and names the area."""
    frame = panel(5, 9, effect=2.0, treated=2)
    late = frame[~((frame["area"] == "area 01") & (frame["period"] < "2017-07-01"))]
    found = estimated(late, treated=2)
    assert found.method == "did"
    assert found.effect.covers(2.0)
    both = {"treated": ["area 00", "area 01"], "start": START}
    refused = estimate_contribution(late, method="areas", **both)
    assert isinstance(refused, NotEstimable)
    assert any("area 01 lacks 18, so 18 periods are not used" in reason for reason in refused.reasons)
    one = frame[~((frame["area"] == "area 01") & (frame["period"] == "2017-03-01"))]
    kept = estimated(one, treated=2)
    assert kept.method == "areas"
    assert any("area 01 lacks 1, so 1 period is not used" in note for note in kept.notes)


def test_one_campaign_area_far_larger_than_the_others_is_named() -> None:
    """Fifty times the size: its share of the figures is said."""
    frame = panel(6, 9, treated=2)
    frame.loc[frame["area"] == "area 00", "value"] *= 50
    said = [note for note in estimated(frame, treated=2).notes if "makes up 98%" in note]
    assert len(said) == 1


def test_many_areas_have_effects_by_time_since_the_start() -> None:
    """After the start they are the path's; before it zero lies in the range that holds all, in 20 of 20."""
    found = estimated(panel(7, 9, effect=2.0))
    study, path = found.event_study, found.path
    assert found.method == "areas"
    assert study is not None
    assert path is not None
    after = [e for t, e in zip(study.times, study.effect, strict=True) if t >= 0]
    assert after == pytest.approx([e for e in path.effect if e is not None])
    inside, all_at_once = [], 0
    for seed in range(20):
        one = estimated(panel(40 + seed, 9)).event_study
        assert one is not None
        leads = [i for i, t in enumerate(one.times) if t < 0]
        inside += [one.low[i] <= 0 <= one.high[i] for i in leads]
        all_at_once += all(one.band_low[i] <= 0 <= one.band_high[i] for i in leads)
    assert all_at_once == 20
    assert np.mean(inside) > 0.93


def test_each_area_has_its_own_wash_out() -> None:
    """Two periods after each start with a figure that is no effect yet: left out, they change nothing."""
    frame = panel(11, 10)
    starts = {"area 00": "2017-07-01", "area 01": "2018-03-01"}
    spoilt = frame.copy()
    for area, day in starts.items():
        at = (frame["area"] == area) & (frame["period"] >= day)
        frame.loc[at, "value"] += 4.0
        spoilt.loc[at, "value"] += 4.0
        early = at & (frame["period"] < pd.Timestamp(day) + pd.DateOffset(months=2))
        spoilt.loc[early, "value"] += 500.0
    for method in ("auto", "imputation", "staggered"):
        clean, other = (
            estimate_contribution(f, treated=starts, washout=2, method=method) for f in (frame, spoilt)
        )
        assert isinstance(clean, Estimate)
        assert isinstance(other, Estimate)
        assert other.effect == clean.effect
        assert clean.effect.covers(4.0) or method == "staggered"  # two lone starts: it says itself too narrow
        assert clean.event_study is not None
        assert not {0, 1} & set(clean.event_study.times)
    one = estimate_contribution(frame, treated="area 00", start="2017-07-01", washout=2)
    pair = estimate_contribution(
        frame, treated="area 00", start="2017-07-01", washout=("2017-07-01", "2017-08-31")
    )
    assert isinstance(one, Estimate)
    assert isinstance(pair, Estimate)
    assert one.effect == pair.effect


def test_areas_that_nobody_named_are_left_out_by_name() -> None:
    """Figures of an area that is neither campaign nor comparison move nothing, and the answer says so."""
    frame = panel(20, 9)
    named = [f"area {j:02d}" for j in range(1, 7)]
    found = estimated(frame, comparison=named)
    said = [n for n in found.notes if n.startswith("Left out, as neither")]
    assert len(said) == 1
    assert "area 07, area 08" in said[0]
    assert found.effect == estimated(frame[frame["area"] <= "area 06"]).effect
    asked = estimated(frame, exclude_areas=["area 07", "area 08"])
    assert "Left out of the comparison, as asked: area 07, area 08." in asked.notes
    assert asked.effect == found.effect


@pytest.mark.parametrize("method", ["areas", "did", "synthetic-did"])
def test_one_noisy_or_large_area_is_named(method: str) -> None:
    """Its share of the variance before the start, and how many times the others' figures its own are."""
    frame = panel(21, 9)
    rng = np.random.default_rng(5)
    mine = frame["area"] == "area 04"
    frame.loc[mine, "value"] += rng.normal(0, 15, MONTHS.size)
    noisy = [n for n in estimated(frame, method=method).notes if "of the variance of all areas" in n]
    assert len(noisy) == 1
    assert noisy[0].startswith("Before the start area 04 moved ")
    even = panel(21, 9)
    assert not any("of the variance of all areas" in n for n in estimated(even, method=method).notes)
    even.loc[even["area"] == "area 04", "value"] *= 20
    large = [n for n in estimated(even, method=method).notes if "comparison area area 04 are 20 times" in n]
    assert len(large) == 1


@pytest.mark.parametrize("method", ["areas", "synthetic", "synthetic-did"])
def test_a_gap_of_a_comparison_area_is_filled_by_one_rule(method: str) -> None:
    """Two gaps move little; a period without any comparison figure is not used; both are said."""
    frame = panel(22, 10, 2.0)
    whole = estimated(frame, method=method)
    holes = frame.copy()
    holes.loc[(holes["area"] == "area 03") & holes["period"].isin(MONTHS[[3, 12]]), "value"] = np.nan
    holes.loc[(holes["area"] > "area 00") & (holes["period"] == MONTHS[9]), "value"] = np.nan
    found = estimated(holes, method=method)
    assert found.effect.point == pytest.approx(whole.effect.point, abs=0.15 * whole.effect.width)
    assert found.effect.width == pytest.approx(whole.effect.width, rel=0.35)
    said = " ".join(found.notes)
    assert "area 03" in said
    assert "no comparison area has a figure are not used: 1." in said
    constant = frame.copy()
    mine = constant["area"] == "area 05"
    constant.loc[mine, "value"] = 7.0
    constant.loc[mine & constant["period"].isin(MONTHS[::2]), "value"] = np.nan
    if method != "areas":
        assert np.isfinite(estimated(constant, method=method).effect.width)


def test_a_roll_out_with_nothing_left_to_judge_by_is_refused() -> None:
    """Three figures that no campaign touched, for two levels and two periods: no error can be told."""
    frame = panel(23, 2)
    frame = frame[frame["period"] < MONTHS[4]]
    found = estimate_contribution(
        frame, treated={"area 00": MONTHS[1], "area 01": MONTHS[2]}, method="rollout"
    )
    assert isinstance(found, NotEstimable)
    assert "Too few figures without the campaign" in found.reasons[0]


def test_a_comparison_that_only_varies_after_the_start_is_left_out_by_name() -> None:
    """It can teach nothing of how it moves with the campaign area."""
    frame = panel(24, 4)
    frame.loc[(frame["area"] == "area 03") & (frame["period"] < START), "value"] = 50.0
    found = estimated(frame)
    assert found.method == "controlled"
    assert any("area 03 was left out: it never varies before the start" in n for n in found.notes)


@pytest.mark.parametrize("method", ["did", "rollout", "synthetic"])
def test_figures_below_zero_have_no_relative_effect(method: str) -> None:
    """A net migration that turns negative: more of an effect would be less of a share."""
    frame = panel(25, 8, effect=-55.0)
    starts = {"treated": {"area 00": "2017-07-01", "area 01": "2018-03-01"}}
    if method == "rollout":
        late = (frame["area"] == "area 01") & (frame["period"] >= "2018-03-01")
        early = (frame["area"] == "area 00") & frame["period"].between("2017-07-01", "2017-12-01")
        frame.loc[late | early, "value"] -= 55.0
        found = estimate_contribution(frame, method=method, **starts)
        assert isinstance(found, Estimate)
    else:
        found = estimated(frame, method=method)
    assert found.effect.high < -40
    assert found.rel_effect is None


def test_donors_that_move_as_one_leave_the_ridge_step_out() -> None:
    """Every comparison area is the same: the mix is what it is without the step."""
    frame = panel(26, 6)
    rest = frame["area"] > "area 01"
    alike = frame.loc[frame["area"] == "area 01", "value"].to_numpy()
    frame.loc[rest, "value"] = np.tile(alike, 4)
    plain = estimated(frame, method="synthetic by=placebo fit=levels")
    stepped = estimated(frame, method="synthetic by=placebo fit=levels ridge=yes")
    assert stepped.effect.point == pytest.approx(plain.effect.point)
