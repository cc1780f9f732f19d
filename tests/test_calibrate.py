"""Ranges are widened only where history says so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evalkit.calibrate import calibrate, widening
from evalkit.checks.result import CheckResult
from evalkit.estimate import Interval
from tests.evaluations import estimate

SCORES = (2.6, -3.1, 2.9, -2.2, 3.4, -2.8, 2.5, 3.0, -2.7, 2.4)


def placebo(scores: tuple[float, ...]) -> CheckResult:
    """A check with these scores."""
    return CheckResult("placebo-in-time", "?", None, None, "", scores)


def test_sound_histories_are_left_alone() -> None:
    """With sound ranges one history in forty is widened, by the rule's own chance (2,000 draws)."""
    rng = np.random.default_rng(5)
    touched = [widening(tuple(rng.normal(size=12))) > 1 for _ in range(2000)]
    assert np.mean(touched) == pytest.approx(0.025, abs=3 * np.sqrt(0.025 * 0.975 / 2000))


def test_the_factor_is_the_root_mean_square_shrunk_towards_one() -> None:
    """Ten windows with a mean square of 7.8: worked by hand, 7.8^(10/36)."""
    square = np.mean(np.square(SCORES))
    assert square > stats.chi2.ppf(0.975, 10) / 10
    assert widening(SCORES) == pytest.approx(square ** (0.5 * 10 / 18))
    assert widening(()) == 1.0


def test_both_ranges_are_kept() -> None:
    """Points stay, ranges widen by one factor about them, and the method's own total is kept beside."""
    before = estimate(Interval(-260.0, -400.0, -120.0))
    after = calibrate(before, placebo(SCORES))
    factor = widening(SCORES)
    assert after.effect.point == before.effect.point
    assert after.effect.width == pytest.approx(factor * before.effect.width)
    assert after.total.width == pytest.approx(factor * before.total.width)
    assert after.before_calibration == before.total
    assert after.p_value >= before.p_value
    assert f"{factor:.2f} times" in after.notes[-1]
    assert calibrate(before, placebo((0.1,) * 10)) is before
    assert calibrate(before, None) is before
