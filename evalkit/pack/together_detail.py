"""What stands behind the campaigns' contributions: overlap, shapes, curves, a better split, tests.

1. An open side is shown as open.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from evalkit.amounts import british_date
from evalkit.campaign.outcomes import Outcome
from evalkit.decomposition import Allocation, Decomposition, Shared
from evalkit.estimate import Interval, NotEstimable
from evalkit.pack.sections import (
    POUNDS,
    SHARE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Table,
    Words,
    digits,
    instead,
    number,
    words,
)
from evalkit.vocabulary import Direction, DoseUnit

SHOWN = (0.5, 0.75, 1.0, 1.25, 1.5)  # multiples of the dose in the table of curves
RANGE = (Column("Best estimate", figures=True), Column("Low", figures=True), Column("High", figures=True))
OPEN = (float("inf"), -float("inf"))


def ends(interval: Interval, form: str = "") -> tuple[Cell, Cell, Cell]:
    """Best estimate and both ends."""
    shown = form or digits(interval)
    return (
        number(interval.point, shown, look=Look.INPUT),
        _end(interval.low, shown),
        _end(interval.high, shown),
    )


def _end(value: float, form: str) -> Cell:
    return (
        instead("no limit")
        if value in (float("inf"), -float("inf"))
        else number(value, form, look=Look.INPUT)
    )


def overlap(found: Decomposition, n: int) -> Iterator[Block]:
    """Who was on when, and who can be told from whom."""
    overlap = found.overlap
    assert overlap is not None
    yield Heading("Can the campaigns be told apart?")
    yield from (Words(text) for text in overlap.sentences)
    if overlap.pairs:
        rows = tuple(
            (words(" and ".join(p.campaigns)), number(p.both_on, "#,##0"), number(p.alike, "0.00"))
            for p in overlap.pairs
        )
        yield Table(
            f"mix.{n}.pairs",
            (
                Column("Pair"),
                Column("Periods with both", figures=True),
                Column("How alike, -1 to 1", figures=True),
            ),
            rows,
        )
        yield Words(
            "How alike: correlation of the doses once the calendar is accounted for; above 0.95 only the "
            "sum is known. "
            f"Condition number: {overlap.condition_number:,.1f} (1 is the best there is).",
            Look.QUIET,
        )


def shapes(found: Decomposition, n: int) -> Iterator[Block]:
    """Half-lives and shapes with their weights."""
    yield Heading("How long an effect lasts, and whether more does less")
    yield from (Words(w.sentence) for w in found.weights)
    yield Words(
        "Every plausible half-life and shape was used, each with the weight that the data give it.",
        Look.QUIET,
    )
    rows = []
    for w in found.weights:
        for low, high in pairwise((0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, float("inf"))):
            inside = [r for r in w.half_lives if low <= r[0] < high]
            if inside:
                span = f"{low:g} to {high:g} weeks" if high < 100 else f"{low:g} weeks or more"
                rows.append(
                    (
                        words(w.campaign),
                        words(span),
                        number(sum(r[2] for r in inside), SHARE, look=Look.INPUT),
                    )
                )
    if not rows:
        return
    yield Table(
        f"mix.{n}.lives",
        (Column("Campaign"), Column("Half of an effect is left after"), Column("Weight", figures=True)),
        tuple(rows),
    )


def curves(shared: Shared, outcome: Outcome, n: int) -> Iterator[Block]:
    """Contributions at other doses, and the dose for one more outcome."""
    if not shared.decomposition.curves:
        return
    yield Heading("What more or less of each campaign would have done")
    heads = (
        Column("Campaign"),
        Column("Dose, as a share of what it was", figures=True),
        *RANGE,
    )
    rows = [
        (
            words(c.campaign),
            number(m, "0%"),
            *ends(Interval(c.total[i], c.low[i], c.high[i])),
        )
        for c in shared.decomposition.curves
        for i, m in enumerate(c.multiples)
        if m in SHOWN
    ]
    yield Table(f"mix.{n}.curves", heads, tuple(rows))
    better = outcome.good_direction is Direction.UP
    rows = []
    for c in shared.decomposition.curves:
        unit = shared.dose_units.get(c.campaign, DoseUnit.ON_OFF.value)
        wrong = (c.marginal.point > 0) != better
        cells = (
            (instead("none expected"), instead("–"), instead("no limit")) if wrong else ends(c.per_outcome)
        )
        rows.append((words(c.campaign), words(unit), *cells))
    one = f"one more of: {outcome.unit}" if better else f"one fewer of: {outcome.unit}"
    yield Words(
        f"Dose for {one}, at the margin of what was done. No limit: no further outcome is not ruled out."
    )
    yield Table(f"mix.{n}.margin", (Column("Campaign"), Column("In"), *RANGE), tuple(rows))


def allocation(shared: Shared, outcome: Outcome, n: int) -> Iterator[Block]:
    """The best split of next year's budget, with the range of its gain, or why there is none."""
    found = shared.allocation
    yield Heading("Next year's budget: would another split do better?")
    if isinstance(found, NotEstimable):
        yield from (Words(text, Look.ANSWER) for text in found.reasons)
        yield from (Words(text) for text in found.what_would_help)
        return
    yield Words(found.sentence, Look.ANSWER)
    whole = sum(found.spent)
    rows = tuple(
        (
            words(c),
            *(number(x, POUNDS, look=Look.INPUT) for x in (was, was * found.budget / whole, best, *limits)),
        )
        for c, was, best, limits in zip(
            found.campaigns, found.spent, found.proposed, found.limits, strict=True
        )
    )
    yield Table(
        f"mix.{n}.split",
        (
            Column("Campaign"),
            Column("Cost a year (£)", figures=True),
            Column("Budget, shares as they were (£)", figures=True),
            Column("Budget, best split (£)", figures=True),
            Column("At least (£)", figures=True),
            Column("At most (£)", figures=True),
        ),
        rows,
    )
    yield Table(
        f"mix.{n}.gain",
        (Column("Gain of the best split over the shares as they were"), Column("Unit"), *RANGE),
        ((words("In a year"), words(outcome.unit), *ends(found.gain)),),
    )
    yield Words(_basis(found), Look.QUIET)


def _basis(found: Allocation) -> str:
    """What the split rests on."""
    given = sum(map(sum, found.limits_given))
    usual = "half and one and a half times its share of the budget"
    limits = {
        0: f"No limits are given in the template, so each campaign is kept between {usual}.",
        2 * len(found.campaigns): "The limits are those of the template.",
    }.get(given, f"Limits that the template leaves blank are {usual}.")
    return (
        f"{limits} Costs are those of {found.years:.1f} years, by the year; timing and message as they were. "
        "Nothing beyond twice what was spent is tried, because no response was seen there."
    )


def tests(found: Decomposition, n: int) -> Iterator[Block]:
    """What a test of one campaign changed."""
    if not found.calibration:
        return
    yield Heading("With and without a test of one campaign")
    rows = []
    for c in found.calibration:
        span = f"{british_date(c.start)} to {british_date(c.end)}"
        rows += [
            (words(c.campaign), words(f"The test, {span}"), *ends(c.test), words(c.source)),
            (words(c.campaign), words("The model alone, same days"), *ends(c.before), words("")),
            (words(c.campaign), words("The model held to the test"), *ends(c.after), words("")),
            (words(c.campaign), words("Whole contribution without it"), *ends(c.total_before), words("")),
        ]
    yield Table(f"mix.{n}.tests", (Column("Campaign"), Column("What"), *RANGE, Column("Source")), tuple(rows))
