"""One series against its own history and comparison series."""

from __future__ import annotations

import numpy as np

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import regression, terms
from evalkit.methods.engine import Array
from evalkit.methods.screening import MOVED, moved_by_themselves
from evalkit.panel import Panel


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """As the single series, with the comparison series as a ridge term beside their mean.

    A comparison series hit by a shock of its own after the start is left out (`screening`).
    """
    span = regression.spans(panel, design)
    figures = panel.rates()[:, [panel.column(a) for a in design.comparison]]
    series = np.column_stack([bridged(f) for f in figures.T])
    out = moved_by_themselves(series, span.past, span.inside)
    notes = []
    for j, area in enumerate(design.comparison):
        gaps = int((~np.isfinite(figures[:, j])).sum())
        if j in out:
            notes.append(
                f"Comparison series {area} was left out: after the start it moved away from the other "
                f"comparison series by more than {MOVED:.0f} standard errors, as if something of its own had "
                "happened there (a rule fixed beforehand, which does not look at the campaign's outcome)."
            )
        elif gaps:
            notes.append(
                f"Comparison series {area} lacks {gaps} figures; straight lines between neighbours stand in."
            )
    kept = [j for j in range(series.shape[1]) if j not in out]
    term = terms.comparison(series[:, kept], span.past, regression.pooled(panel, design).recorded)
    return regression.estimate(panel, design, [term], notes)


def bridged(series: Array) -> Array:
    """Gaps bridged by straight lines, the ends by the nearest figure."""
    known = np.flatnonzero(np.isfinite(series))
    return np.interp(np.arange(series.size), known, series[known])
