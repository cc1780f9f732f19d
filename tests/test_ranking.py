"""Shrinkage and ranks, held to a published analysis and to figures with a known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evalkit.ranking import ranked

# Rubin 1981, eight schools; posterior medians and ends of Gelman and others, Bayesian Data Analysis, 3rd
# edition, table 5.3, from 200 draws with a uniform prior of the spread: A -2 to 31 with median 10, and so on
EFFECTS = (28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0)
ERRORS = (15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0)
PUBLISHED = ((-2, 31), (-5, 23), (-11, 19), (-7, 21), (-9, 18), (-7, 28), (-1, 26), (-6, 33))


def test_eight_schools_as_published() -> None:
    """Within what 200 draws allow: the published ends are themselves simulated."""
    found = ranked(EFFECTS, ERRORS, prior=math.inf)
    # BDA3 section 5.5: school A's posterior mean is about 11, and Pr(A is best) is far from certain
    assert found[0].point == pytest.approx(11, abs=1.5)
    for one, (low, high) in zip(found, PUBLISHED, strict=True):
        assert one.low == pytest.approx(low, abs=6)
        assert one.high == pytest.approx(high, abs=10)


def test_means_agree_with_direct_integration() -> None:
    """The same posterior by Simpson's rule over the log of the spread, without draws."""
    y, s = np.array(EFFECTS), np.array(ERRORS)
    logs = np.linspace(math.log(1e-4), math.log(1e3), 20001)
    tau = np.exp(logs)[:, None]
    total = s**2 + tau**2
    precision = (1 / total).sum(axis=1)
    mean = (y / total).sum(axis=1) / precision
    fit = -0.5 * (np.log(total) + (y - mean[:, None]) ** 2 / total).sum(axis=1) - 0.5 * np.log(precision)
    scale = float(np.median(s))
    weight = np.exp(fit - fit.max()) * tau[:, 0] / (1 + (tau[:, 0] / scale) ** 2)
    each = (mean[:, None] * s**2 + y * tau**2) / total
    wanted = (each * weight[:, None]).sum(axis=0) / weight.sum()
    assert [r.point for r in ranked(EFFECTS, ERRORS)] == pytest.approx(wanted.tolist(), abs=0.15)


def test_order_of_input_changes_nothing() -> None:
    """The same estimates give the same figures wherever they stand."""
    found = ranked(EFFECTS, ERRORS)
    turned = ranked(EFFECTS[::-1], ERRORS[::-1])
    assert found == turned[::-1]


def test_luck_does_not_lead_the_table() -> None:
    """Over simulated reviews the leader's figure is too high as measured, and not after shrinkage."""
    rng = np.random.default_rng(7)
    raw, shrunk, held = [], [], 0
    for _ in range(60):
        truth = rng.normal(5, 2, 12)
        errors = rng.choice([0.5, 2.0, 6.0], 12)
        values = truth + rng.normal(0, errors)
        found = ranked(values.tolist(), errors.tolist())
        first = int(np.argmax(values))
        best = max(range(12), key=lambda i: found[i].point)
        raw.append(values[first] - truth[first])
        shrunk.append(found[best].point - truth[best])
        held += found[best].low <= truth[best] <= found[best].high
    assert np.mean(raw) > 2
    assert abs(np.mean(shrunk)) < 0.5
    assert held >= 52


def test_a_small_noisy_campaign_with_a_striking_figure_does_not_win() -> None:
    """A precise good one comes before it."""
    found = ranked((30.0, 8.0, 2.0, 2.5, 3.0, 1.5), (25.0, 0.8, 0.8, 0.8, 0.8, 0.8))
    assert found[0].point < found[1].point
    assert found[0].top_third < found[1].top_third


@pytest.mark.parametrize("errors", [(1.0, 1.0), (1.0, 0.0, 1.0), (1.0, math.inf, 1.0)])
def test_what_cannot_be_ranked_is_refused(errors: tuple[float, ...]) -> None:
    """Too few, or an error that says nothing."""
    with pytest.raises(ValueError, match="at least three"):
        ranked((1.0, 2.0, 3.0)[: len(errors)], errors)
