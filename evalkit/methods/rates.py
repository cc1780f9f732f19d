"""Two rates of events per exposure: the score interval, or errors from the rows where there are many."""

from __future__ import annotations

import math

import numpy as np
from statsmodels.stats.rates import confint_poisson_2indep, test_poisson_2indep

from evalkit.estimate import NotEstimable
from evalkit.groups import GroupTable
from evalkit.methods.group_answers import Compared
from evalkit.methods.group_fit import robust
from evalkit.methods.means import constant, from_fit
from evalkit.vocabulary import DesignCode

ENOUGH_ROWS = 10  # rows an arm from which the spread between them is used instead of Poisson's


def compare(table: GroupTable) -> Compared | NotEstimable:
    """Compare the second arm of a table with the first."""
    rows = [int(np.sum(table.arm == a)) for a in (0, 1)]
    if min(rows) >= ENOUGH_ROWS or table.weight is not None:
        x = np.column_stack([np.ones(len(table.n)), table.arm]).astype(float)
        weight = table.n if table.weight is None else table.n * table.weight
        fit = robust(table.mean, x, np.eye(2)[1:], weight)
        if not fit.covariance[1, 1] > 0:
            return constant()
        note = "The spread between rows, not Poisson's, gives the range."
        return from_fit(table, fit.coefficients, fit.covariance, fit.df[0], "rates", (note,))
    events = [round(float(np.sum((table.mean * table.n)[table.arm == a]))) for a in (0, 1)]
    exposure = [float(np.sum(table.n[table.arm == a])) for a in (0, 1)]
    if sum(events) == 0:
        return NotEstimable(("Nothing happened in either group.",), ("Wait for more events.",))

    def ends(level: float) -> tuple[float, float]:
        return _limits(events, exposure, level, "diff")

    def ratio_ends(level: float) -> tuple[float, float]:
        low, high = _limits(events, exposure, level, "ratio")
        return low - 1, high - 1

    rate = [e / x for e, x in zip(events, exposure, strict=True)]
    test = test_poisson_2indep(events[1], exposure[1], events[0], exposure[0], method="score", compare="diff")
    return Compared(
        rate[1] - rate[0], ends, rate[1] / rate[0] - 1 if rate[0] else None, ratio_ends, float(test.pvalue),
        math.sqrt(sum((e + 1) / x**2 for e, x in zip(events, exposure, strict=True))), math.inf, exposure[1],
        "rates", DesignCode.RANDOMISED,
        ("Events are taken to happen one by one: people with several each would make the range wider.",),
    )  # fmt: skip


def _limits(events: list[int], exposure: list[float], level: float, compare: str) -> tuple[float, float]:
    low, high = confint_poisson_2indep(
        events[1], exposure[1], events[0], exposure[0], method="score", compare=compare, alpha=1 - level
    )
    if compare == "ratio":
        return (0.0 if math.isnan(low) else float(low), math.inf if math.isnan(high) else float(high))
    return (-math.inf if math.isnan(low) else float(low), math.inf if math.isnan(high) else float(high))
