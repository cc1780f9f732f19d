"""What a campaign to come could be seen to have done, before any money is spent.

1. The same terms, errors and shapes as the estimate itself; history weighs them, nothing is simulated.
2. How wide the answer will be depends on when there will be figures and not on what they will be.

The smallest detectable effect is the half-width of the interval to come plus the 80% quantile of the
estimate's error, both from the mixture over the grid (Bloom 1995, Evaluation Review 19:547-56, with the
mixture in the place of the normal distribution). References for power of interrupted time series: Hawley et
al (2019), Clin Epidemiol 11:197-205.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalkit.calendars import PER_YEAR
from evalkit.design import Design
from evalkit.estimate import Detectable, NotEstimable
from evalkit.methods import mixture, regression, series_notes, terms
from evalkit.methods.comparison_gaps import completed
from evalkit.methods.engine import Term
from evalkit.methods.weighing import outlook
from evalkit.panel import Panel

POWER = 0.80


def detectable(panel: Panel, design: Design) -> Detectable | NotEstimable:
    """Smallest mean effect that would be seen with power .80.

    Parameters
    ----------
    panel : Panel
        History, and the periods to come without figures; comparison series complete, by expectation.
    design : Design
        As if the campaign had run.
    """
    extra: Sequence[Term] = ()
    unsure = None
    taken = regression.cut(panel, design)
    span = taken.span
    if design.comparison:
        outcome = taken.outcome.recorded
        full = completed(panel.rates()[:, [panel.column(a) for a in design.comparison]], span.past, outcome)
        extra, unsure = [terms.comparison(full.series, span.past & ~full.blank, outcome)], full.unsure
    future = np.arange(len(panel.periods)) >= design.n_pre
    made = regression.setting(panel, design, taken, extra, unsure, seen=future)
    found = outlook(made.y, future & span.used, made.every, made.shapes, made.errors, made.noise)
    zero = np.zeros(found.scale.size)
    asked = ((1 + design.level) / 2, POWER)
    edge, reach = mixture.quantiles(asked, found.weight, zero, found.scale, found.df)
    size = float(edge + reach)
    year = made.y[np.isfinite(made.y)][-int(np.ceil(PER_YEAR[design.frequency])) :]
    usual = float(year.mean())
    return Detectable(
        effect=size,
        total=size * float(taken.outcome.weight[span.inside].sum()),
        rel_effect=size / usual if usual > 0 else None,
        effect_unit=taken.outcome.effect_unit,
        total_unit=taken.outcome.total_unit,
        power=POWER,
        level=design.level,
        periods=int(span.inside.sum()),
        method=design.method,
        notes=(*taken.outcome.notes, *series_notes.grown(made.size, taken.years)),
    )
