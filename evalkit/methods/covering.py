"""One answer that covers several: what a comparison of groups says whichever small counts are the true ones.

1. The answer depends on the answers given and on nothing else, so that whoever reads it learns no more of a
   withheld count than that it is small.
2. Its range holds each of theirs at every level: it is wider than need be, never narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evalkit.methods.group_answers import Compared


def covering(found: Sequence[Compared]) -> Compared:
    """Cover answers of which any may be the right one.

    Parameters
    ----------
    found : sequence of Compared
        At least one, of the same two groups.

    Returns
    -------
    Compared
        In the middle of theirs, from the lowest end to the highest; its p-value is their largest, and 1 where
        they do not agree on the direction. Without a ratio.
    """
    points = [one.point for one in found]
    low, high = min(points), max(points)

    def ends(level: float) -> tuple[float, float]:
        pairs = [one.ends(level) for one in found]
        return min(a for a, _ in pairs), max(b for _, b in pairs)

    agreed = low > 0 or high < 0
    said = [set(one.notes) for one in found]
    return replace(
        found[0],
        point=(low + high) / 2,
        ends=ends,
        ratio=None,
        p_value=max(one.p_value for one in found) if agreed else 1.0,
        error=max(one.error for one in found),
        df=min(one.df for one in found),
        notes=tuple(n for n in found[0].notes if all(n in others for others in said)),
    )
