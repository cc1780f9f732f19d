"""What may be claimed, by the one table."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.estimate import Distribution, Estimate, Interval, NotEstimable
from evalkit.verdict import decide
from evalkit.vocabulary import Claim, DesignCode, Direction

UP, DOWN = Direction.UP, Direction.DOWN


def estimate(low: float, point: float, high: float) -> Estimate:
    """An estimate with this interval of the mean effect."""
    interval = Interval(point, low, high)
    return Estimate(
        estimand="",
        effect=interval,
        total=interval,
        rel_effect=None,
        effect_unit="calls",
        total_unit="calls",
        p_value=0.5,
        distribution=Distribution((0.025, 0.975), (low, high)),
        design=DesignCode.SINGLE_SERIES,
        method="series",
        n_pre=52,
        n_post=12,
        n_gaps=0,
        smallest_detectable=1.0,
    )


@pytest.mark.parametrize(
    ("interval", "level", "direction", "matters", "claim"),
    [
        ((1, 2, 3), 5, UP, None, Claim.SHOWN),
        ((1, 2, 3), 4, UP, None, Claim.SHOWN),
        ((1, 2, 3), 3, UP, None, Claim.PROBABLE),
        ((1, 2, 3), 2, UP, None, Claim.CONSISTENT),
        ((1, 2, 3), 1, UP, None, Claim.ALONGSIDE),
        ((-3, -2, -1), 3, DOWN, None, Claim.PROBABLE),
        ((1, 2, 3), 3, DOWN, None, Claim.WRONG_WAY),
        ((-3, -2, -1), 1, UP, 1.0, Claim.WRONG_WAY),
        ((-1, 1, 3), 5, UP, None, Claim.CANNOT_TELL),
        ((-1, 1, 3), 5, UP, 2.0, Claim.CANNOT_TELL),
        ((-1, 1, 3), 5, UP, 3.0, Claim.CANNOT_TELL),
        ((-1, 1, 3), 5, UP, 3.5, Claim.NO_EFFECT_AS_LARGE),
        ((-3, -1, 1), 2, DOWN, 3.5, Claim.NO_EFFECT_AS_LARGE),
        ((-3, -1, 1), 2, DOWN, 2.5, Claim.CANNOT_TELL),
        ((-5, -1, 1), 2, UP, 2.0, Claim.NO_EFFECT_AS_LARGE),
        ((0, 1, 2), 5, UP, None, Claim.CANNOT_TELL),
        ((-math.inf, 1, math.inf), 5, UP, 1.0, Claim.CANNOT_TELL),
    ],
)
def test_the_table_of_claims(
    interval: tuple[float, float, float],
    level: int,
    direction: Direction,
    matters: float | None,
    claim: Claim,
) -> None:
    """Interval, level, good direction and the effect that matters decide, and nothing else."""
    found = decide(estimate(*interval), level=level, direction=direction, matters=matters)
    assert found is claim


def test_a_refusal_claims_nothing() -> None:
    """What was not estimated is said to be so."""
    assert decide(NotEstimable(("too short",)), level=1, direction=UP, matters=None) is Claim.NOT_ESTIMATED


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on speed
@given(
    st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(sorted),
    st.integers(1, 5),
    st.one_of(st.none(), st.floats(1e-6, 1e6)),
)
def test_turning_the_world_round_changes_no_claim(
    ends: list[float], level: int, matters: float | None
) -> None:
    """A fall where down is good reads as a rise where up is good."""
    low, point, high = ends
    one = decide(estimate(low, point, high), level=level, direction=UP, matters=matters)
    other = decide(estimate(-high, -point, -low), level=level, direction=DOWN, matters=matters)
    assert one is other
