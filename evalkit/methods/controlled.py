"""One series against its own history and comparison series."""

from __future__ import annotations

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods import regression, terms
from evalkit.methods.comparison_gaps import Completed, completed
from evalkit.methods.screening import MOVED, moved_by_themselves
from evalkit.panel import Panel


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """As the single series, with the comparison series as a ridge term beside their mean.

    A comparison series hit by a shock of its own after the start is left out (`screening`).
    """
    taken = regression.cut(panel, design)
    span, outcome = taken.span, taken.outcome.recorded
    figures = panel.rates()[:, [panel.column(a) for a in design.comparison]]
    full = completed(figures, span.past, outcome)
    out = moved_by_themselves(full.series, span.past, span.inside)
    notes = []
    for j, area in enumerate(design.comparison):
        if j in out:
            notes.append(
                f"Comparison series {area} was left out: after the start it moved away from the other "
                f"comparison series by more than {MOVED:.0f} standard errors, as if something of its own had "
                "happened there (a rule fixed beforehand, which does not look at the campaign's outcome)."
            )
    kept = [j for j in range(len(design.comparison)) if j not in out]
    full = completed(figures[:, kept], span.past, outcome) if out else full
    notes += _gaps([design.comparison[j] for j in kept], full)
    term = terms.comparison(full.series, span.past & ~full.blank, outcome)
    return regression.estimate(panel, design, [term], notes, full.unsure, taken)


def _gaps(names: list[str], full: Completed) -> list[str]:
    """Notes on gaps of comparison series."""
    blank = int(full.blank.sum())
    notes = [
        f"Comparison series {name} lacks {gaps} figures; what the other comparison series did stands in, and "
        "those periods count for less."
        for name, gaps in zip(names, full.gaps, strict=True)
        if gaps > blank
    ]
    if blank:
        has, is_ = ("period has", "is") if blank == 1 else ("periods have", "are")
        notes.append(f"{blank} {has} no comparison figure and {is_} not used.")
    return notes
