"""The design matrix of a segmented regression: what the classical specifications share.

1. One array function makes the columns; everything about a campaign reaches it as plain numbers.
2. The slope counts 1 in the first period after an interruption, so that "level" is the change at the
   interruption itself (Wagner et al. 2002); "first period" is the change seen in that period (Linden 2015).
3. With a comparison, both series have every column, and the campaign's effect is the difference.

References: Wagner AK et al. (2002), J Clin Pharm Ther 27:299-309; Linden A (2015), Stata J 15:480-500.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evalkit.calendars import PER_YEAR
from evalkit.design import Design
from evalkit.designing import periods_within
from evalkit.methods import regression
from evalkit.methods.engine import Array
from evalkit.panel import Panel
from evalkit.requirements import options_of

OWN = ("constant", "trend", "level", "slope", "first period")  # names no event or covariate may take


@dataclass(frozen=True, slots=True)
class Segments:
    """What is fitted: one series, or the campaign's above the comparison's.

    Attributes
    ----------
    y : (m,) array
        Outcome in the effect's unit; NaN is a gap or a period left out.
    size : (m,) array
        From the outcome to the count behind it.
    X : (m, p) array
    period, series : (m,) arrays
        Index of the period; 0 for the campaign's series, 1 for the comparison's.
    campaign : (n, p) array
        What the campaign added to the rows of its own series.
    terms : mapping of str to (p,) array
        Named contrasts of the coefficients.
    n : int
        Periods.
    """

    y: Array
    size: Array
    X: Array
    period: Array
    series: Array
    campaign: Array
    terms: Mapping[str, Array]
    n: int

    @property
    def used(self) -> NDArray[np.bool_]:
        """Rows that enter a fit, (m,) array."""
        return np.isfinite(self.y)

    @property
    def untreated(self) -> Array:
        """Rows of the campaign's series without the campaign, (n, p) array."""
        return self.X[: self.n] - self.campaign


def columns(
    n: int, breaks: Sequence[tuple[str, int]], *, slope: bool, trend: bool, others: Mapping[str, Array]
) -> dict[str, Array]:
    """Columns of one series, each (n,), by name.

    Parameters
    ----------
    n : int
        Periods.
    breaks : sequence of (str, int)
        Interruptions: what to put before "level" and "slope", and the index of the first period after.
    slope, trend : bool
        Whether an interruption may change the slope; whether there is a slope to begin with.
    others : mapping of str to (n,) array
        Waves, passing events and covariates.
    """
    t = np.arange(n, dtype=float)
    found = {"constant": np.ones(n)}
    if trend:
        found["trend"] = t
    for name, first in breaks:
        after = t >= first
        found[f"{name}level"] = after.astype(float)
        if slope:
            found[f"{name}slope"] = np.where(after, t - first + 1, 0.0)
    return found | dict(others)


def waves(n: int, harmonics: int, per_year: float) -> dict[str, Array]:
    """Annual sine and cosine pairs; those that vanish at every period are left out."""
    angle = 2 * np.pi * np.arange(n) / per_year
    found = {
        f"wave {k} {name}": curve(k * angle)
        for k in range(1, harmonics + 1)
        for name, curve in (("sin", np.sin), ("cos", np.cos))
    }
    return {name: c for name, c in found.items() if np.abs(c).max() > 1e-9}


def build(panel: Panel, design: Design) -> Segments:
    """The table of a design."""
    options, span = options_of(design.method), regression.spans(panel, design)
    n, slope = len(panel.periods), design.shape != "level"
    breaks, passing = _events(panel, design, span.used)
    groups = [g for g in (design.treated, design.comparison) if g]
    tables, ys, sizes = [], [], []
    for group in groups:
        at = [panel.column(a) for a in group]
        outside = {_name(c, "covariate"): panel.covariates[c][:, at].mean(axis=1) for c in design.covariates}
        pairs = waves(n, int(options.get("harmonics", 0)), PER_YEAR[panel.frequency])
        straight = options.get("trend") != "none"
        tables.append(columns(n, breaks, slope=slope, trend=straight, others={**pairs, **passing, **outside}))
        outcome = regression.pooled(panel, replace(design, treated=group))
        complete = np.all([np.isfinite(c) for c in outside.values()], axis=0) if outside else True
        ys.append(np.where(span.used & complete, outcome.recorded, np.nan))
        sizes.append(outcome.weight)
    names = list(tables[0])
    blocks = [np.column_stack(list(t.values())) for t in tables]
    own = blocks[0]
    added = np.where(np.isin(names, ["level", "slope"]), own, 0.0)
    if len(blocks) == 1:
        X, campaign = own, added
    else:
        X = np.block([[own, own], [blocks[1], np.zeros_like(own)]])
        campaign = np.hstack([np.zeros_like(own), added])
    k = len(blocks)
    return Segments(
        y=np.concatenate(ys),
        size=np.concatenate(sizes),
        X=X,
        period=np.tile(np.arange(n, dtype=float), k),
        series=np.repeat(np.arange(k, dtype=float), n),
        campaign=campaign,
        terms=_terms(names, paired=k == 2),
        n=n,
    )


def _events(
    panel: Panel, design: Design, used: NDArray[np.bool_]
) -> tuple[list[tuple[str, int]], dict[str, Array]]:
    """Interruptions, the campaign's first, and events that passed.

    An event that lasts to the end of the series is an interruption; one that ends before is a shift while
    it lasted. Events that touch no period of the fit have no column.
    """
    breaks, passing = [("", design.n_pre)], {}
    last = int(np.flatnonzero(used)[-1]) if used.any() else 0
    for i, window in enumerate(design.events, 1):
        inside = periods_within(panel, [window]) & used
        if not inside.any():
            continue
        name, first = _name(window.reason or f"event {i}", "event"), int(np.flatnonzero(inside)[0])
        name = f"{name} ({i})" if name in passing or name in design.covariates else name
        if inside[last] and first < last:
            breaks.append((f"{name} ", first))
        else:
            passing[name] = inside.astype(float)
    return breaks, passing


def _name(given: str, kind: str) -> str:
    """A label that is not one of the specification's own."""
    return f"{kind} {given}" if given.startswith((*OWN, "wave ")) else given


def _terms(names: Sequence[str], paired: bool) -> dict[str, Array]:
    """Contrasts: each coefficient by its name, the change in the first period, and the differences.

    Of two series, a plain name is the campaign's own coefficient, "… difference" what it has beyond the
    comparison's, and "comparison …" the comparison's.
    """
    p = len(names)
    kept = {name: np.eye(p)[i] for i, name in enumerate(names) if not name.startswith("wave ")}
    for name in [k for k in kept if k.endswith("level")]:
        slope = f"{name.removesuffix('level')}slope"
        if slope in kept:
            kept[f"{name.removesuffix('level')}first period"] = kept[name] + kept[slope]
    if not paired:
        return kept
    zero = np.zeros(p)
    return {
        **{name: np.concatenate([c, c]) for name, c in kept.items()},
        **{f"{name} difference": np.concatenate([zero, c]) for name, c in kept.items()},
        **{f"comparison {name}": np.concatenate([c, zero]) for name, c in kept.items()},
    }
