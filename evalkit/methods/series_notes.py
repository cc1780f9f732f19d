"""What a reader must know about the fit of one series, in sentences."""

from __future__ import annotations

import numpy as np

from evalkit.calendars import PER_YEAR
from evalkit.design import Design
from evalkit.designing import periods_within
from evalkit.methods.engine import Array, Seen
from evalkit.methods.growth import yearly
from evalkit.methods.precision import ODD, Precision
from evalkit.panel import Panel
from evalkit.vocabulary import Frequency

MOST_NAMED = 6  # odd figures named in a note


def odd(panel: Panel, weighed: Precision) -> list[str]:
    """A note on figures that count for less."""
    if not weighed.odd:
        return []
    days = [panel.periods[i].isoformat() for i in weighed.odd[:MOST_NAMED]]
    more = f" and {len(weighed.odd) - MOST_NAMED} more" if len(weighed.odd) > MOST_NAMED else ""
    one = len(weighed.odd) == 1
    return [
        f"{len(weighed.odd)} odd {'figure counts' if one else 'figures count'} for less, because "
        f"{'it is' if one else 'each is'} more than {ODD:.0f} times the usual spread away from a rough fit "
        f"and from {'its' if one else 'their'} neighbours: {', '.join(days)}{more}."
    ]


def grown(size: Array, years: Array) -> list[str]:
    """A note on a series that compounds."""
    rate = yearly(size, years)
    if not rate:
        return []
    way = "grew" if rate > 0 else "fell"
    return [
        f"Before the start the series {way} by about {abs(rate):.0%} a year, and its history is more likely "
        "under a steady percentage than along a straight line: its season, its chance variation and what is "
        "expected without the campaign are taken to move in proportion."
    ]


def gaps(panel: Panel, design: Design, used: Seen, inside: Seen, y: Array) -> list[str]:
    """Periods without a figure, and those that count for nothing."""
    notes = []
    missing, counted = int((~np.isfinite(y) & inside).sum()), int(inside.sum())
    if missing:
        has = "has" if missing == 1 else "have"
        notes.append(
            f"{missing} of the {counted} periods counted {has} no figure; the effect there is taken to "
            "follow the shape fitted to the others."
        )
    left_out = int((~used & ~periods_within(panel, design.exclude)).sum())  # exclusions are named apart
    if left_out:
        belong = "period belongs" if left_out == 1 else "periods belong"
        notes.append(f"{left_out} {belong} to neither the fit nor the answer (wash-out, or after the end).")
    if design.frequency is not Frequency.ANNUAL and design.n_pre < PER_YEAR[design.frequency]:
        notes.append(
            "There is less than a year of history: the data cannot tell a seasonal swing from an effect."
        )
    return notes
