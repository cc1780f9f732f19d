"""Checks of comparisons between areas, by figures worked out by hand and by panels made to fail them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.checks import breakdown, comparison_fit, leads, pre_trend, second_opinion
from evalkit.checks.catalogue import run_checks
from evalkit.checks.result import CheckResult
from evalkit.choices import Choices
from evalkit.contribution import estimate_contribution
from evalkit.design import Design
from evalkit.designing import make_design
from evalkit.estimate import Estimate, EventStudy
from evalkit.methods import catalogue
from evalkit.panel import Panel

MONTHS = pd.date_range("2016-01-01", periods=36, freq="MS")


def made(
    seed: int, drift: float = 0.0, effect: float = 3.0, method: str = "did", treated: int = 6
) -> tuple[Panel, Design, Estimate]:
    """Twelve areas with white noise, some with the campaign from month 24 and a drift of their own."""
    rng = np.random.default_rng(seed)
    t = np.arange(MONTHS.size)
    frames = []
    for j in range(12):
        y = 50 + rng.normal(size=t.size) + (drift * t + effect * (t >= 24)) * (j < treated)
        frames.append(pd.DataFrame({"period": MONTHS, "area": f"area {j:02d}", "value": y}))
    panel = Panel.from_frame(pd.concat(frames))
    names = [f"area {j:02d}" for j in range(treated)]
    design = make_design(
        panel, treated=names, start=MONTHS[24].date(), choices=Choices(method=method, calendar="none")
    )
    assert isinstance(design, Design)
    estimate = catalogue.estimate(panel, design)
    assert isinstance(estimate, Estimate)
    return panel, design, estimate


def asked(check: str, *case: tuple[Panel, Design, Estimate]) -> CheckResult:
    """One check of one case."""
    (panel, design, estimate), *_ = case
    results = run_checks(panel, design, estimate, catalogue.estimate)
    return next(r for r in results if r.check == check)


STUDY = EventStudy(
    times=(-3, -2, 0, 1),
    areas=(4, 4, 4, 2),
    effect=(0.5, -0.5, 6.0, 9.0),
    low=(-1.46, -2.46, 4.0, 7.0),
    high=(2.46, 1.46, 8.0, 11.0),
    band_low=(-2.0, -3.0, 3.5, 6.5),
    band_high=(3.0, 2.0, 8.5, 11.5),
    base="the last period before the start",
)


def test_drift_that_would_have_been_seen_by_hand() -> None:
    """Bands of 2.5, standard errors of 1, entries half a period from their middle: (2.5 + 0.8416) / 0.5."""
    before = pre_trend.leads_of(STUDY)
    assert pre_trend.seen_drift(before, 0.95, (-0.5, 0.5)) == pytest.approx((2.5 + 0.8416) / 0.5, abs=0.01)


def test_breakdown_value_by_hand() -> None:
    """Steps of 1 and 0.5 before the start; the mean effect adds (4 x 1 + 2 x 2) / 6 steps."""
    assert breakdown.largest_step(STUDY) == pytest.approx(1.0)
    assert breakdown.mean_steps(STUDY) == pytest.approx(8 / 6)
    panel, design, estimate = made(1)
    shown = replace(
        estimate, event_study=STUDY, effect=replace(estimate.effect, point=3.0, low=2.0, high=4.0)
    )
    found = breakdown.breakdown(panel, design, shown, catalogue.estimate)
    assert found.statistic == pytest.approx(2.0 / (8 / 6))
    assert found.passed is True
    none = replace(shown, effect=replace(shown.effect, low=-1.0))
    assert breakdown.breakdown(panel, design, none, catalogue.estimate).statistic == 0.0


def test_areas_that_drifted_apart_before_the_start_fail() -> None:
    """A drift of 0.3 a month over two years is seen; without one, nothing is."""
    assert asked("pre-trend", made(2, drift=0.3)).passed is False
    sound = asked("pre-trend", made(2))
    assert sound.passed is not False
    assert "four times out of five" in sound.text


def test_drift_moves_each_kind_of_entry_by_its_distance_from_the_base() -> None:
    """Against the mean of all, the period before, the last one, and the last one that is fitted."""
    _, design, _ = made(1)
    times = (-3, -2, -1)
    for method, by in (
        ("did", (-1.0, 0.0, 1.0)),
        ("staggered", (1.0, 1.0, 1.0)),
        ("staggered base=universal", (-2.0, -1.0, 0.0)),
        ("rollout", (1.0, 2.0, 3.0)),
    ):
        assert leads.moved_by_drift(replace(design, method=method), times) == by
    assert breakdown.largest_step(STUDY, stepwise=True) == 0.5


def test_periods_before_the_start_are_looked_at_where_all_areas_are_regressed_on() -> None:
    """Each is the method's own answer for that period; a break there is seen, and ranges reach less far."""
    panel, design, estimate = made(6, method="areas", treated=1)
    study = leads.study_of(panel, design, estimate, catalogue.estimate)
    assert study is not None
    assert study.times[:7] == (-6, -5, -4, -3, -2, -1, 0)
    frame = pd.DataFrame(
        {
            "period": np.repeat(MONTHS[:24], 12),
            "area": list(panel.areas) * 24,
            "value": panel.values[:24].ravel(),
        }
    )
    alone = estimate_contribution(
        frame[frame["period"] < MONTHS[23]], treated="area 00", start=MONTHS[22], method="areas",
        calendar="none", exclude=[(MONTHS[18], MONTHS[21])],
    )  # fmt: skip
    assert isinstance(alone, Estimate)
    assert study.effect[4] == pytest.approx(alone.effect.point)
    assert asked("pre-trend", (panel, design, estimate)).passed is not False
    values = panel.values.copy()
    values[20:24, 0] += 6.0
    broken = replace(panel, values=values)
    found = catalogue.estimate(broken, design)
    assert isinstance(found, Estimate)
    seen = asked("pre-trend", (broken, design, found))
    assert seen.passed is False
    assert "4, 3, 2, 1 periods before" in seen.text
    assert asked("breakdown", (panel, design, estimate)).statistic is not None


def test_a_synthetic_control_is_not_asked_for_a_trend() -> None:
    """Its fit and the comparison areas around it stand in, and the pack says so."""
    case = made(3, method="synthetic", treated=1)
    found = asked("pre-trend", case)
    assert found.passed is None
    assert "no test of it" in found.text
    assert "breakdown" not in {c.check for c in run_checks(*case, catalogue.estimate)}


def test_comparison_that_cannot_follow_is_told() -> None:
    """A campaign area with a trend that no comparison area has lies outside them most of the time."""
    steep = made(3, drift=0.8, method="synthetic", treated=1)
    assert asked(comparison_fit.NAME, steep).passed is False
    assert asked(comparison_fit.NAME, made(3, method="synthetic", treated=1)).passed is True


@pytest.mark.parametrize(
    ("method", "called"),
    [("did", "Synthetic"), ("areas", "Synthetic"), ("synthetic-did", "A regression on all")],
)
def test_second_opinion_is_of_another_kind(method: str, called: str) -> None:
    """Methods for areas are set against methods for areas, and here they agree."""
    found = asked(second_opinion.NAME, made(4, method=method, treated=2))
    assert found.text.startswith(called)
    assert found.passed is not False


def test_answer_without_a_noisy_area_is_given() -> None:
    """Left out by name, with the answer of the panel that never had it."""
    panel, design, estimate = made(5, treated=2)
    values = panel.values.copy()
    values[:, 7] += np.random.default_rng(1).normal(0, 20, MONTHS.size)
    spoilt = replace(panel, values=values)
    loud = catalogue.estimate(spoilt, design)
    assert isinstance(loud, Estimate)
    found = asked("noisy-area", (spoilt, design, loud))
    rest = tuple(a for a in design.comparison if a != "area 07")
    without = catalogue.estimate(spoilt, replace(design, comparison=rest))
    assert isinstance(without, Estimate)
    assert found.statistic == without.effect.point
    assert "area 07" in found.text
    calm = asked("noisy-area", (panel, design, estimate))
    assert (calm.passed, calm.statistic) == (True, None)
