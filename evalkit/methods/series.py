"""One series against its own history."""

from __future__ import annotations

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import regression
from evalkit.panel import Panel


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Integrated regression on slope, seasons and calendar, with autocorrelated errors."""
    return regression.estimate(panel, design)
