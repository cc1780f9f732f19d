"""Outcomes at which several campaigns aimed: what each contributed, and whether they can be told apart.

1. Baseline, contributions and unexplained are held by period on one sheet; sums and changes are formulas on
   them.
2. A split of what cannot be told apart is called a convention wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.amounts import british_date
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.decomposition import ByPeriod, Decomposition, Shared
from evalkit.estimate import Estimate
from evalkit.evaluation import Evaluation
from evalkit.pack.axis import axis_for
from evalkit.pack.sections import (
    ANY,
    DATE,
    Block,
    Cell,
    Chart,
    Column,
    Heading,
    Look,
    Role,
    Section,
    Series,
    Table,
    Words,
    instead,
    live,
    number,
    words,
)
from evalkit.pack.together_detail import RANGE, allocation, curves, ends, overlap, shapes, tests
from evalkit.year_change import YearChange

NOT_BY_PERIOD = (
    "What each campaign contributed in each period is withheld, as it would tell figures of few people. "
    "Totals are rounded for the same reason."
)
WAYS = {True: "yes", False: "no: see the groups"}


def together(evaluation: Evaluation) -> list[Section]:
    """Two sheets for each outcome at which several campaigns aimed."""
    out: list[Section] = []
    for n, shared in enumerate(evaluation.shared, start=1):
        if shared.decomposition.overlap is not None:
            out += list(_sheets(evaluation.programme, shared, n))
    return out


def _sheets(programme: Programme, shared: Shared, n: int) -> Iterator[Section]:
    outcome, found = programme.outcome(shared.outcome), shared.decomposition
    parts = found.by_period
    tail = "" if n == 1 else f" {n}"
    yield Section(
        name=f"Together{tail}",
        title=f"{shared.outcome}: campaigns together",
        about="What each campaign contributed, in one model of all, and whether they can be told apart.",
        blocks=tuple(_main(shared, outcome, n)),
        widths=(30, 17, 14, 14, 14, 24),
    )
    if parts is None:
        return
    names = tuple(parts.contributions)
    yield Section(
        name=f"Together by period{tail}",
        title=f"{shared.outcome}: campaigns together, by period",
        about="One table. What is left unexplained is a formula: observed less baseline and contributions. "
        "A blank cell has no figure for its period.",
        blocks=(_by_period(parts, found.year_change, n),),
        widths=(14, 12, 12, *(14,) * len(names), 14, 12),
        landscape=True,
    )


def _main(shared: Shared, outcome: Outcome, n: int) -> Iterator[Block]:
    found, parts = shared.decomposition, shared.decomposition.by_period
    yield Heading("What each campaign contributed")
    yield Table(
        f"mix.{n}",
        (Column("Campaign"), Column("Unit"), *RANGE, Column("Can it be told from the others?")),
        tuple(_contributions(found, outcome)),
    )
    for group in found.together:
        if group.split:
            split = "; ".join(f"{c} {v:,.0f}" for c, v in group.split.items())
            yield Words(
                "A convention, not a finding: split so that the order of the campaigns makes no difference "
                "(Shapley), "
                f"the joint contribution would be {split}."
            )
    if parts is None:
        yield Words(NOT_BY_PERIOD)
    else:
        yield _stacked(parts, outcome, n)
        yield from _year(found.year_change, outcome, n)
    yield from overlap(found, n)
    yield from shapes(found, n)
    yield from curves(shared, outcome, n)
    yield from allocation(shared, outcome, n)
    yield from tests(found, n)
    said = (*shared.notes, *found.notes)
    if said:
        yield Heading("To bear in mind")
        yield from (Words(text) for text in said)


def _contributions(found: Decomposition, outcome: Outcome) -> Iterator[tuple[Cell, ...]]:
    for name, estimate in found.contributions.items():
        if isinstance(estimate, Estimate):
            yield words(name), words(outcome.unit), *ends(estimate.total), words(WAYS[True])
        else:
            refused = instead("not told apart")
            yield (
                words(name),
                words(outcome.unit),
                refused,
                instead("–"),
                instead("–"),
                words(estimate.reasons[0]),
            )
    for group in found.together:
        what = f"Together: {', '.join(group.campaigns)}"
        yield (
            words(what, Look.LABEL),
            words(outcome.unit),
            *ends(group.estimate.total),
            words("the sum of all" if group.separable else "no: only their sum"),
        )


# ------------------------------------------------------------------ by period


def _by_period(parts: ByPeriod, change: YearChange | None, n: int) -> Table:
    names = tuple(parts.contributions)
    keys = [f"c{k}" for k in range(1, len(names) + 1)]
    rows = []
    for i, day in enumerate(parts.periods):
        observed, rest = parts.observed[i], parts.unexplained[i]
        cells = [
            number(day, DATE),
            instead("no figure") if observed is None else number(observed, ANY, look=Look.INPUT),
            number(parts.baseline[i], "#,##0.0", look=Look.INPUT),
            *(number(parts.contributions[c][i], "#,##0.0", look=Look.INPUT) for c in names),
        ]
        explained = "".join(f"-{{mix.{n}.by.{k}.{i + 1}}}" for k in ("baseline", *keys))
        cells.append(
            instead("not known")
            if rest is None
            else live(f"={{mix.{n}.by.observed.{i + 1}}}{explained}", rest, "#,##0.0")
        )
        rows.append((*cells, words(change.year(day) if change else "")))
    heads = (
        Column("First day", "date"),
        Column("Observed", "observed", figures=True),
        Column("Baseline", "baseline", figures=True),
        *(Column(c, k, figures=True) for c, k in zip(names, keys, strict=True)),
        Column("Unexplained", "rest", figures=True),
        Column("Year", "year"),
    )
    return Table(f"mix.{n}.by", heads, tuple(rows))


def _peak(parts: ByPeriod, campaign: str) -> str:
    """The period in which a campaign contributed most."""
    sizes = [abs(v) for v in parts.contributions[campaign]]
    return british_date(parts.periods[sizes.index(max(sizes))])


def _stacked(parts: ByPeriod, outcome: Outcome, n: int) -> Chart:
    names = tuple(parts.contributions)
    up = [sum(max(parts.contributions[c][i], 0.0) for c in names) for i in range(len(parts.periods))]
    down = [sum(min(parts.contributions[c][i], 0.0) for c in names) for i in range(len(parts.periods))]
    scale = axis_for([*up, *down, 0.0], zero=True)
    peaks = "; ".join(f"{c} most in the period of {_peak(parts, c)}" for c in names)
    return Chart(
        title="Contributions by period",
        alt_text=f"Stacked columns of what each campaign added to {outcome.name} in each period. {peaks}.",
        x_title="Date",
        y_title=outcome.unit[:1].upper() + outcome.unit[1:],
        dates=f"mix.{n}.by.date",
        series=tuple(Series(c, f"mix.{n}.by.c{k}", Role.PART) for k, c in enumerate(names, start=1)),
        low=scale.low,
        high=scale.high,
        step=scale.step,
        number_format=scale.number_format,
        months=True,
        every=max(1, round(len(parts.periods) / 7)),
        dated=False,
        columns=True,
    )


def _year(change: YearChange | None, outcome: Outcome, n: int) -> Iterator[Block]:
    """The change between the last two years, step by step."""
    yield Heading("The year's change")
    if change is None:
        yield Words("There are not two whole years of figures, so no year is set against the one before.")
        return
    moves = [("Baseline", "baseline", change.baseline)]
    moves += [(c, f"c{k}", move) for k, (c, move) in enumerate(change.contributions.items(), start=1)]
    moves.append(("Unexplained", "rest", change.unexplained))

    def at(key: str, year: str) -> str:
        return f'SUMIFS({{mix.{n}.by.{key}}},{{mix.{n}.by.year}},"{year}")'

    t, now = f"mix.{n}.year", change.before
    first, last = f"={at('observed', 'previous')}", f"={at('observed', 'latest')}"
    rows = [_step(t, 1, "The year before", first, change.before, 0.0, whole=True)]
    for i, (what, key, move) in enumerate(moves, start=2):
        rows.append(_step(t, i, what, f"={at(key, 'latest')}-{at(key, 'previous')}", move, now, whole=False))
        now += move
    rows.append(_step(t, len(moves) + 2, "The latest year", last, change.after, 0.0, whole=True))
    heads = (
        Column("Step", "step"),
        Column("Change, or the year's figure", "change", figures=True),
        Column("Below", "below", figures=True),
        Column("Year", "whole", figures=True),
        Column("More", "more", figures=True),
        Column("Less", "less", figures=True),
    )
    yield Table(t, heads, tuple(rows))
    yield _waterfall(change, [(what, move) for what, _, move in moves], outcome, n)


def _step(
    table: str, i: int, what: str, formula: str, value: float, before: float, *, whole: bool
) -> tuple[Cell, ...]:
    """One step, with what the chart stacks: nothing drawn below, a whole year, more, or less."""
    form = "#,##0.0"
    own = f"{{{table}.change.{i}}}"
    if whole:
        drawn = (number(0, form), live(f"={own}", value, form), number(0, form), number(0, form))
    else:
        sofar = f"SUM({{{table}.change.1}}:{{{table}.change.{i - 1}}})"
        drawn = (
            live(f"=MIN({sofar},{sofar}+{own})", min(before, before + value), form),
            number(0, form),
            live(f"=MAX({own},0)", max(value, 0.0), form),
            live(f"=MAX(-{own},0)", max(-value, 0.0), form),
        )
    label = words(what, Look.LABEL) if whole else words(what)
    return label, live(formula, value, form), *drawn


def _waterfall(change: YearChange, moves: list[tuple[str, float]], outcome: Outcome, n: int) -> Chart:
    heights, running = [change.before, change.after], change.before
    for _, move in moves:
        running += move
        heights.append(running)
    scale = axis_for(heights)
    t = f"mix.{n}.year"
    told = "; ".join(f"{c} {m:+,.0f}" for c, m in moves)
    low = max(scale.low, 0.0) if min(heights) >= 0 else scale.low
    return Chart(
        title="From one year to the next",
        alt_text=f"Steps from {change.before:,.0f} {outcome.unit} the year before to {change.after:,.0f} "
        f"now: {told}.",
        x_title="Step",
        y_title=f"{outcome.unit} (axis from {low:,g})" if low > 0 else outcome.unit,
        dates=f"{t}.step",
        series=(
            Series("Below", f"{t}.below", Role.BAND_BASE),
            Series("The year", f"{t}.whole", Role.PART),
            Series("More", f"{t}.more", Role.PART),
            Series("Less", f"{t}.less", Role.PART),
        ),
        low=low,
        high=scale.high,
        step=scale.step,
        number_format=scale.number_format,
        months=False,
        every=1,
        dated=False,
        columns=True,
        steps=True,
    )
