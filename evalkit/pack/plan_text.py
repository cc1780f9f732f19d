"""A design in words, for a reader who wants to see the plan before the answer."""

from __future__ import annotations

from evalkit.amounts import british_date
from evalkit.design import Design, Window
from evalkit.estimate import NotEstimable


def plan_lines(design: Design | NotEstimable) -> tuple[str, ...]:
    """Say what is compared with what, over which periods, and why; or why no design is possible."""
    if isinstance(design, NotEstimable):
        return (
            "Cannot be estimated.",
            *(f"Why: {r}" for r in design.reasons),
            *(f"What would help: {h}" for h in design.what_would_help),
        )
    lines = [
        f"Design: {design.code.value}.",
        f"Campaign areas: {', '.join(design.treated)}.",
        f"Comparison: {', '.join(design.comparison) or 'none'}.",
        f"Figures: {design.outcome_kind.value}, {design.frequency.value}; {design.n_pre} periods before the "
        f"start on {british_date(design.start)} and {design.n_post} from then on.",
        f"Allowed for: {design.seasonality}; bank holidays: {design.calendar}.",
    ]
    lines += [f"Left out: {_window(w)}." for w in design.washout + design.exclude]
    lines += [f"Its effect estimated: {_window(w)}." for w in design.events]
    lines += [f"May still be revised: {_window(w)}." for w in design.provisional]
    if design.matters is not None:
        lines.append(f"The effect that matters: {design.matters:,.6g} a period.")
    else:
        lines.append("No effect that matters was stated, so a small effect cannot be ruled out by name.")
    return (*lines, *(f"Why: {r}" for r in design.reasons), *design.deviations)


def _window(window: Window) -> str:
    days = f"{british_date(window.start)} to {british_date(window.end)}"
    return f"{days} ({window.reason})" if window.reason else days
