"""What like campaigns changed in all, each change counted once.

1. A campaign's change is its own estimate; campaigns of one joint model enter by the estimate of their sum,
   whose range knows how their errors hang together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evalkit.estimate import Interval
from evalkit.pack.review_rows import Row


@dataclass(frozen=True, slots=True)
class Part:
    """A change that may enter a total.

    Attributes
    ----------
    group : str
        What is counted.
    rows : tuple of Row
        One campaign, or those of one joint model.
    gain : Interval
        In the good direction.
    counted : bool
        Whether it enters; False where another part holds it.
    """

    group: str
    rows: tuple[Row, ...]
    gain: Interval
    counted: bool

    @property
    def joint(self) -> bool:
        """Whether it is the sum of several campaigns."""
        return len(self.rows) > 1


def parts_of(rows: Sequence[Row]) -> tuple[Part, ...]:
    """Every change of the rows, first each campaign's, then those of joint models.

    Parameters
    ----------
    rows : sequence of Row
        All rows of the review.
    """
    joint = _joint_parts(rows)
    inside = {r.n for p in joint for r in p.rows}
    single = tuple(
        Part(r.group, (r,), r.gain, r.counted_with is None and r.n not in inside)
        for r in rows
        if r.gain is not None
    )
    return single + joint


def _joint_parts(rows: Sequence[Row]) -> tuple[Part, ...]:
    """The sum of each joint model whose campaigns all have a row here."""
    models: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.shared is not None and row.item.about.adds_up and row.counted_with is None:
            models[id(row.shared)].append(row)
    found = []
    for like in models.values():
        shared = like[0].shared
        sums = shared.decomposition.together if shared else ()
        widest = max(sums, key=lambda t: len(t.campaigns), default=None)
        if widest is None:
            continue
        held = tuple(r for r in like if r.finding.campaign in widest.campaigns)
        if len(held) == len(widest.campaigns) > 1:
            found.append(Part(held[0].group, held, widest.estimate.total.scaled(held[0].item.sign), True))
    return tuple(found)


def groups_of(rows: Sequence[Row]) -> tuple[tuple[str, tuple[Row, ...], tuple[Part, ...]], ...]:
    """Campaigns and their changes by what they count, the largest spend first."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in parts_of(rows):
        parts[part.group].append(part)
    found = [(g, tuple(r for r in rows if r.group == g), tuple(held)) for g, held in parts.items()]
    return tuple(sorted(found, key=lambda f: (-sum(r.cost for r in f[1]), f[0])))


@dataclass(frozen=True, slots=True)
class Total:
    """What a group of like campaigns changed in all.

    Attributes
    ----------
    point : float
    low, high : float
        If the errors of the parts are independent: distances to the ends added in quadrature (Zou and
        Donner 2008, *Statistics in Medicine* 27).
    all_low, all_high : float
        If every estimate errs the same way: the ends added up.
    """

    point: float
    low: float
    high: float
    all_low: float
    all_high: float


def total_of(gains: Sequence[Interval]) -> Total:
    """Add up ranges.

    Parameters
    ----------
    gains : sequence of Interval
        Of what is counted, and of nothing else.
    """
    point = sum(g.point for g in gains)
    below = math.sqrt(sum((g.point - g.low) ** 2 for g in gains))
    above = math.sqrt(sum((g.high - g.point) ** 2 for g in gains))
    return Total(point, point - below, point + above, sum(g.low for g in gains), sum(g.high for g in gains))


def counted(parts: Sequence[Part]) -> tuple[Interval, ...]:
    """The ranges that enter a total."""
    return tuple(p.gain for p in parts if p.counted)
