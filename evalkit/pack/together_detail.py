"""What stands behind the campaigns' contributions: overlap, shapes, curves, a better split, tests.

1. An open side is shown as open.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.amounts import british_date
from evalkit.campaign.outcomes import Outcome
from evalkit.decomposition import Allocation, Band, Curve, Decomposition, Shared
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
    return instead("no limit") if value in OPEN else number(value, form, look=Look.INPUT)


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
    """Half-lives and shapes: what was thought beforehand, and what the data make of it."""
    yield Heading("How long an effect lasts, and whether more does less")
    yield from (Words(w.sentence) for w in found.weights)
    if not any(w.life_bands for w in found.weights):  # withheld
        return
    size = found.effective_nodes
    tried = (
        "Every combination of half-lives and shapes was used, each with the weight that the data give it."
        if size is None
        else "Combinations of half-lives and shapes were sampled and used with the weight that the data give "
        f"them; they count for {size:,.0f} of equal weight (effective sample size)."
    )
    yield Words(f"{tried} Where weight and prior are alike, the data say nothing.", Look.QUIET)
    lives = [(w.campaign, _weeks(b), b) for w in found.weights for b in w.life_bands]
    halves = [(w.campaign, _multiples(b), b) for w in found.weights for b in w.shape_bands]
    yield _banded(f"mix.{n}.lives", "Half of an effect is left after", lives)
    yield Words(
        "A dose with half of the largest effect, in multiples of the campaign's usual dose:", Look.QUIET
    )
    yield _banded(f"mix.{n}.halves", "Half of the largest effect at", halves)


def _banded(name: str, what: str, rows: list[tuple[str, str, Band]]) -> Table:
    return Table(
        name,
        (Column("Campaign"), Column(what), Column("Prior", figures=True), Column("Weight", figures=True)),
        tuple(
            (
                words(campaign),
                words(span),
                number(band.prior, SHARE, look=Look.INPUT),
                number(band.weight, SHARE, look=Look.INPUT),
            )
            for campaign, span, band in rows
        ),
    )


def _weeks(band: Band) -> str:
    return f"{band.low:g} weeks or more" if band.high in OPEN else f"{band.low:g} to {band.high:g} weeks"


def _multiples(band: Band) -> str:
    if band.low in OPEN:
        return "none: in proportion"
    return f"{band.low:g} or more" if band.high in OPEN else f"{band.low:g} to {band.high:g}"


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
        unit = "periods on" if unit == DoseUnit.ON_OFF.value else unit
        rows.append((words(c.campaign), words(unit), *_dose_for_one(c, better=better)))
    one = f"one more of: {outcome.unit}" if better else f"one fewer of: {outcome.unit}"
    yield Words(
        f"Dose for {one}, at the margin of what was done. No limit: that no more would come of it is not "
        "ruled out, and where it is not, there is no best estimate."
    )
    yield Table(f"mix.{n}.margin", (Column("Campaign"), Column("In"), *RANGE), tuple(rows))


def _dose_for_one(curve: Curve, *, better: bool) -> tuple[Cell, Cell, Cell]:
    """A best estimate only where some effect is certain: one over next to nothing looks exact, and is not."""
    if (curve.marginal.point > 0) != better:
        return instead("none expected"), instead("–"), instead("no limit")
    point, low, high = ends(curve.per_outcome)
    return (point if curve.per_outcome.high not in OPEN else instead("cannot be told")), low, high


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
