"""One series against its own history and comparison series."""

from __future__ import annotations

import numpy as np

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import regression, terms
from evalkit.methods.engine import Array
from evalkit.panel import Panel


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """As the single series, with the comparison series as a ridge term beside their mean."""
    span = regression.spans(panel, design)
    figures = panel.rates()[:, [panel.column(a) for a in design.comparison]]
    notes = []
    for j, area in enumerate(design.comparison):
        gaps = int((~np.isfinite(figures[:, j])).sum())
        if gaps:
            notes.append(
                f"Comparison series {area} lacks {gaps} figures; straight lines between neighbours stand in."
            )
    term = terms.comparison(
        np.column_stack([_bridged(f) for f in figures.T]),
        span.past,
        regression.pooled(panel, design).recorded,
    )
    return regression.estimate(panel, design, [term], notes)


def _bridged(series: Array) -> Array:
    """Gaps bridged by straight lines, the ends by the nearest figure."""
    known = np.flatnonzero(np.isfinite(series))
    return np.interp(np.arange(series.size), known, series[known])
