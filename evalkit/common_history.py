"""Campaign areas that are taken together: the history they have in common, and which of them cuts it short.

1. Only figures before the start are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalkit.panel import Panel

MOST_NAMED = 6
NEARLY_ALL = 0.8  # share of the figures from which on one area is said to outweigh the others


def common_periods(panel: Panel, treated: Sequence[str], before: int) -> int:
    """How many periods before the start every campaign area has a figure in.

    Parameters
    ----------
    panel : Panel
    treated : sequence of str
    before : int
        Periods before the start.
    """
    past = panel.rates()[:before, [panel.column(a) for a in treated]]
    return int(np.isfinite(past).all(axis=1).sum())


def cut_short(panel: Panel, treated: Sequence[str], before: int) -> str:
    """Which campaign areas lack figures that others have, in a sentence; empty where none does."""
    past = np.isfinite(panel.rates()[:before, [panel.column(a) for a in treated]])
    lost = past.any(axis=1) & ~past.all(axis=1)
    named = [
        f"{a} lacks {int(gaps)}" for a, gaps in zip(treated, (~past[lost]).sum(axis=0), strict=True) if gaps
    ]
    if len(treated) < 2 or not named:
        return ""
    more = f", and {len(named) - MOST_NAMED} more areas" if len(named) > MOST_NAMED else ""
    return (
        f"Campaign areas taken together need a figure of each: of the {before} periods before the start "
        f"{', '.join(named[:MOST_NAMED])}{more}, so {_periods(int(lost.sum()))} not used."
    )


def outweighing(panel: Panel, treated: Sequence[str], before: int) -> str:
    """Which campaign area makes up nearly all of their figures, in a sentence; empty where none does."""
    past = panel.values[:before, [panel.column(a) for a in treated]]
    seen = np.isfinite(past)
    sizes = np.where(seen, past, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    if len(treated) < 2 or not (sizes >= 0).all() or not sizes.sum() > 0:
        return ""
    share = float(sizes.max() / sizes.sum())
    if share < NEARLY_ALL:
        return ""
    return (
        f"{treated[int(sizes.argmax())]} makes up {share:.0%} of the campaign areas' figures before the "
        "start, so the answer is nearly all its own; the others can be looked at by themselves."
    )


def _periods(count: int) -> str:
    return "1 period is" if count == 1 else f"{count} periods are"
