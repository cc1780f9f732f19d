"""Areas that are not like the rest before the start: one far noisier than the others, one far larger.

1. Only figures before the start are looked at, each area against the typical one, so that the odd area cannot
   hide itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.panel import Array, Panel

FEWEST_AREAS, FEWEST_PERIODS = 4, 6  # under which nothing is said
NOISY = 3.0  # times the typical area's standard deviation from which on an area is named
MUCH = 1 / 3  # share of all areas' variance from which on it is
LARGE = 5.0  # times the typical comparison area's figures from which on an area is named


@dataclass(frozen=True, slots=True)
class Noisy:
    """One area that moves far more than the others.

    Attributes
    ----------
    area : str
    times : float
        Its standard deviation about the areas' common path, in multiples of the median one.
    share : float
        Its part of the sum of all areas' variances.
    """

    area: str
    times: float
    share: float

    @property
    def said(self) -> str:
        """In a sentence."""
        return (
            f"Before the start {self.area} moved {self.times:.1f} times as much about the areas' common path "
            f"as the typical area, and has {self.share:.0%} of the variance of all areas together."
        )


def noisy_area(panel: Panel, areas: Sequence[str], before: int) -> Noisy | None:
    """The area that is far noisier than the rest; None where there is none, or too little to tell.

    Parameters
    ----------
    panel : Panel
    areas : sequence of str
        Campaign and comparison areas.
    before : int
        Periods before the (first) start.
    """
    past, enough = _past(panel, areas, before)
    seen = np.isfinite(past)
    if enough.size < FEWEST_AREAS:
        return None
    past = past[seen[:, enough].any(axis=1)][:, enough]
    moved = past - np.nanmedian(past, axis=0)
    moved = moved - np.nanmedian(moved, axis=1, keepdims=True)
    variance = np.nanvar(moved, axis=0, ddof=1)
    typical, most = float(np.median(variance)), int(variance.argmax())
    share = float(variance[most] / variance.sum()) if variance.sum() > 0 else 0.0
    if not typical > 0 or variance[most] < NOISY**2 * typical or share < MUCH:
        return None
    return Noisy(areas[int(enough[most])], float(np.sqrt(variance[most] / typical)), share)


def noise_told(panel: Panel, areas: Sequence[str], before: int) -> bool:
    """Whether there are figures enough before the start to tell how much areas move."""
    return bool(_past(panel, areas, before)[1].size >= FEWEST_AREAS)


def _past(panel: Panel, areas: Sequence[str], before: int) -> tuple[Array, NDArray[np.intp]]:
    """Figures before the start, and the areas with enough of them."""
    place = {area: j for j, area in enumerate(panel.areas)}
    past = panel.rates()[:before, [place[a] for a in areas]]
    return past, np.flatnonzero(np.isfinite(past).sum(axis=0) >= FEWEST_PERIODS)


def large_area(panel: Panel, comparison: Sequence[str], before: int) -> str:
    """Which comparison area's figures are far larger than the others', in a sentence; empty where none."""
    place = {area: j for j, area in enumerate(panel.areas)}
    past = panel.rates()[:before, [place[a] for a in comparison]]
    seen = np.isfinite(past)
    known = np.flatnonzero(seen.any(axis=0))
    if known.size < FEWEST_AREAS or np.nanmin(past) < 0:
        return ""
    sizes = np.where(seen, past, 0.0).sum(axis=0)[known] / seen.sum(axis=0)[known]
    typical, most = float(np.median(sizes)), int(sizes.argmax())
    if not typical > 0 or sizes[most] < LARGE * typical:
        return ""
    return (
        f"The figures of the comparison area {comparison[int(known[most])]} are {sizes[most] / typical:.0f} "
        "times those of the typical one, so the same change in per cent is a far larger one there: rates, or "
        "a comparison without it, would show whether the answer hangs on it."
    )
