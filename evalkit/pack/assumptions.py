"""Assumptions: every input of the appraisal, in cells that finance may change.

1. Nothing here is worked out; the sheets Channel shift, Value working, Value for money and Sensitivity refer
   to these cells. What a channel shift saves for each contact is shown among them, from its own sheet.
2. Each input stands with its unit, its source and how far it can be relied on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evalkit.campaign.bounds import Bounds
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.reference_values import taken
from evalkit.campaign.valuation import UnitValue
from evalkit.money import deflators, discounting, optimism, reference, results, spread
from evalkit.money import years as calendar
from evalkit.money.channels import ChannelSaving
from evalkit.money.value import Basis, CostLine, ValueLine
from evalkit.pack.channels import HEAD, channel_inputs, channel_years
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    SHARE,
    WHOLE,
    Block,
    Cell,
    Column,
    Heading,
    Section,
    Table,
    Takes,
    Words,
    entered,
    instead,
    live,
    number,
    words,
)
from evalkit.pack.takes import takes, takes_also_nil, takes_at_most, takes_year
from evalkit.vocabulary import DiscountSeries

CASES = ("low", "central", "high")
SPARE_YEARS = 10  # of later years that the workbook can take beside those entered
YEAR = "0"


def valued(found: tuple[Item, ...]) -> tuple[Item, ...]:
    """The findings with an appraisal."""
    return tuple(i for i in found if i.finding.value.basis is not None)


def basis_of(item: Item) -> Basis:
    """The basis of a valued finding."""
    basis = item.finding.value.basis
    if basis is None:
        raise ValueError(f"finding {item.n} has no appraisal")
    return basis


def span(item: Item) -> int:
    """Last year, counted from the base year, that the workbook has room for."""
    basis = basis_of(item)
    observed = max(t for t, _ in basis.observed)
    return max(basis.last, observed + SPARE_YEARS)


def room(item: Item) -> int:
    """How many years beyond the observed ones the workbook can take."""
    return span(item) - max(t for t, _ in basis_of(item).observed)


def price_years(found: tuple[Item, ...]) -> tuple[int, ...]:
    """Every financial year whose prices can be converted, by the year it begins in; as far as is needed."""
    last = deflators.last_published()
    for item in valued(found):
        last = max(last, basis_of(item).base_year + SPARE_YEARS, *(c.year for c in basis_of(item).costs))
    last = max([last, *channel_years(channels_of(found))])
    return tuple(range(deflators.first_published(), last + 1))


def channels_of(found: tuple[Item, ...]) -> tuple[ChannelSaving, ...]:
    """Every move from a channel to another of the evaluation."""
    return found[0].evaluation.channels if found else ()


def assumptions(found: tuple[Item, ...]) -> Section:
    """Lay out the inputs: first those of each finding, then those of the whole workbook."""
    blocks: list[Block] = [*channel_inputs(channels_of(found), price_years(found))]
    for item in valued(found):
        blocks += list(_finding(item, price_years(found)))
    blocks += _general(found)
    return Section(
        name="Assumptions",
        title="Assumptions",
        about="Inputs of the appraisal. Change a figure here and everything that rests on it follows on the "
        "sheets Value for money and Sensitivity. A shaded cell takes only what its prompt says. What was "
        "estimated stands on Estimates, what was spent on Costs. A blank cell was not given and needs no "
        "figure.",
        blocks=tuple(blocks),
        widths=(42, 19, 60, 15, 15, 15),
        landscape=True,
    )


def _general(found: tuple[Item, ...]) -> Iterator[Block]:
    for series in DiscountSeries:
        source = reference.series("discount_rates", series.value)[0]
        yield Heading(f"Discount rates: {series.value}")
        yield _inputs(
            f"rate.{series.value}",
            ("From year", "first"),
            ("Rate", "rate", "0.00%"),
            Takes("Discount rate", "A real rate a year.", taken("discount_rates", series.value)),
            (
                (number(b.first, YEAR), "share a year", b.rate, source.vintage, source.source)
                for b in discounting.schedule(series)
            ),
        )
    yield Heading("GDP deflator by financial year")
    last, published, grown = deflators.last_published(), deflators.series()[0], deflators.growth().value
    yield _inputs(
        "defl",
        ("Year begins in", "year"),
        ("Index", "index", "0.000"),
        Takes("GDP deflator", "Of this financial year.", taken(deflators.FILE, published.series)),
        (
            (
                number(y, YEAR),
                "2024 = 100",
                deflators.index(y),
                published.vintage,
                published.source if y + 1 <= last else f"Assumed growth of {grown:.0%} a year after {last}",
            )
            for y in price_years(found)
        ),
    )
    yield Heading("Benefit cut by confidence grade")
    yield _inputs(
        "cuts",
        ("Grade", "grade"),
        ("Cut", "cut", SHARE),
        Takes("Benefit cut", "What benefits of this grade are cut by.", taken("benefit_cuts", "cut")),
        (
            (number(int(r.item), YEAR), "share of benefits", r.value, r.vintage, r.source)
            for r in reference.series("benefit_cuts", "cut")
        ),
    )
    if any(optimism.concerned(item.campaign.inputs) for item in valued(found)):
        yield Heading("Optimism bias by kind of project, as published")
        yield Words("For choosing the uplift of a cost that is not yet certain; no figure rests on it.")
        yield _uplifts()
    yield Heading("Weights of cautious, central and favourable values")
    yield _weights()


def _uplifts() -> Table:
    head = (
        Column("Kind of project"), Column("Unit"), Column("Source"), Column("Vintage"),
        Column("Well planned", figures=True), Column("At an early stage", figures=True),
    )  # fmt: skip
    return Table(
        "optimism",
        head,
        tuple(
            (words(u.kind), words("share of cost"), words(u.source), words(u.vintage),
             number(u.lower, SHARE), number(u.upper, SHARE))
            for u in optimism.published()
        ),
    )  # fmt: skip


def _weights() -> Table:
    """Weights of the ends are inputs; the central value has what they leave."""
    low, high = (reference.value("conventions", "weight", k) for k in ("low", "high"))
    what = Takes("Weight", "What is left of 1 is the central value's.", taken("conventions", "weight"))
    rest = live("=1-{weights.w.1}-{weights.w.3}", spread.weights()[1], "0.000")

    def row(name: str, cell: Cell, vintage: str, kind: str, source: str) -> tuple[Cell, ...]:
        return words(name), words("share of cases"), words(source), words(vintage), words(kind), cell

    return Table(
        "weights",
        _columns(("Value", ""), ("Weight", "w")),
        (
            row("Cautious", entered(low.value, "0.000", what), low.vintage, "Input", low.source),
            row(
                "Central", rest, low.vintage, "Worked out", "What the two others leave, so that all come to 1"
            ),
            row("Favourable", entered(high.value, "0.000", what), high.vintage, "Input", high.source),
        ),
    )


def _columns(first: tuple[str, str], value: tuple[str, str]) -> tuple[Column, ...]:
    return (
        Column(first[0], first[1], figures=bool(first[1])),
        Column("Unit"),
        Column("Source"),
        Column("Vintage"),
        Column("Type"),
        Column(value[0], value[1], figures=True),
    )


def _inputs(
    key: str,
    first: tuple[str, str],
    value: tuple[str, str, str],
    what: Takes,
    rows: Iterable[tuple[Cell, str, float, str, str]],
) -> Table:
    """A table of reference values: which one, unit, value, vintage, source."""
    title, name, form = value
    return Table(
        key,
        _columns(first, (title, name)),
        tuple(
            (
                which,
                words(unit),
                words(source),
                words(vintage),
                words("Input"),
                entered(x, form, what),
            )
            for which, unit, x, vintage, source in rows
        ),
    )


def _finding(item: Item, years: tuple[int, ...]) -> Iterator[Block]:
    n, basis = item.n, basis_of(item)
    yield Heading(f"Finding {n}. {item.title}")
    if item.finding.value.warnings:
        yield Words(" ".join(item.finding.value.warnings))
    grades = [int(r.item) for r in reference.series("benefit_cuts", "cut")]
    grade = Takes("Confidence grade", "1 is the best.", Bounds(min(grades), max(grades), whole=True))
    repeats = Takes("A later year repeats", "A share of the observed effect.", Bounds(0, 1))
    rows = (
        ("Confidence grade", "1 to 6", entered(basis.grade, YEAR, grade, name=f"a.{n}.grade"),
         "The worse of the figures' own grade and that of the evidence level"),
        ("Base year begins in (held)", "year", number(basis.base_year, YEAR, name=f"a.{n}.base"),
         "First year with a cost or an effect; not to be changed here"),
        ("A later year repeats", "share of the effect", entered(basis.annual, "0.000", repeats,
         name=f"a.{n}.annual"), "The observed effect over the years observed, at most all of it"),
        ("Years over which it was counted (held)", "years", number(basis.length, "0.000",
         name=f"a.{n}.length"), "From the same dates"),
        ("Last observed year (held)", "years from base", number(max(t for t, _ in basis.observed), YEAR,
         name=f"a.{n}.seen"), "From the dates that the effect was counted over"),
        ("Room for later years (held)", "years", number(room(item), YEAR, name=f"a.{n}.room"),
         "Years beyond the observed ones that this workbook can take; Self-check says if more were entered"),
    )  # fmt: skip
    none = instead("none")
    yield Table(f"a.{n}", HEAD, tuple((words(a), words(u), words(s), none, c, none) for a, u, c, s in rows))
    if basis.costs:
        yield Words(f"Finding {n}: year and optimism bias of each cost line; amounts and years are on Costs.")
        head = (
            Column("Cost line"), Column("Unit"), Column("Source"),
            Column("Year begins in", "year", figures=True), Column("Optimism bias", "uplift", figures=True),
        )  # fmt: skip
        yield Table(f"ac.{n}", head, tuple(_cost(item, c) for c in basis.costs))
    priced = takes_year(years[0], years[-1], "Of the prices that the value is in.")
    for j, line in enumerate(basis.lines, start=1):
        yield Words(f"Finding {n}, value {j}: {line.label}")
        yield Table(f"av.{n}.{j}", HEAD, tuple(_line(n, j, line, room(item), priced)))


def _cost(item: Item, c: CostLine) -> tuple[Cell, ...]:
    """Year and uplift of a cost line; the year is entered on Costs, or is that in which the effect starts."""
    named = item.campaign.inputs[c.number - 1].financial_year is not None
    return (
        words(f"Line {c.number}"),
        words("year; share"),
        words("Year from Costs" if named else "Year (held) in which the effect starts: none was given"),
        live(f"={{costs.{item.cost}.year.{c.number}}}", c.year, YEAR) if named else number(c.year, YEAR),
        entered(c.uplift, SHARE, takes(InputLine, "optimism_bias")),
    )


def _line(n: int, j: int, line: ValueLine, most: int, priced: Takes) -> Iterator[tuple[Cell, ...]]:
    def cell(key: str, link: str, value: float, form: str, what: Takes) -> Cell:
        """An input; for a channel shift, what is worked out on that sheet is taken from there."""
        name = f"v.{n}.{j}.{key}"
        if line.channel and link:
            return live(f"={{ch.{line.channel}.{link}}}", value, form, name=name)
        return entered(value, form, what, name=name)

    def three(key: str, ends: tuple[float, ...], form: str, what: Takes, link: str = "") -> tuple[Cell, ...]:
        named = zip(CASES, ends, strict=True)
        return tuple(cell(f"{key}.{c}", f"{link}.{c}" if link else "", x, form, what) for c, x in named)

    def one(key: str, value: float, form: str, what: Takes, link: str = "") -> tuple[Cell, ...]:
        return (instead("none"), cell(key, link, value, form, what), instead("none"))

    counts = (instead("none"), number(results.social(line), YEAR, name=f"v.{n}.{j}.social"), instead("none"))
    why = f"{line.source}. Reliability: {line.rag}" + (f"; {line.weak}" if line.weak else "")
    gains = f"{line.beneficiary.value} gain" + (f" of {line.agency}" if line.agency else "")
    rows: tuple[tuple[str, str, tuple[Cell, ...], str], ...] = (
        ("Value of a unit", "£", three("unit", (line.low, line.central, line.high), PENCE,
         takes(UnitValue, "value"), "net"), why),
        ("Drop-off", "share a year", three("drop", line.drop_off, SHARE, takes(UnitValue, "drop_off")),
         "As entered on the sheet Money"),
        ("Years beyond the observed ones", "years", three("years", line.duration, YEAR,
         takes_at_most(UnitValue, "duration_years", most)),
         f"Whole years, at most {most}"),
        ("Price year begins in", "year", one("prices", calendar.start(line.price_year), YEAR, priced, "pf"),
         "Of the value; its age was judged when the file was made (held)"),
        ("Leakage", "share", one("leakage", line.leakage, SHARE, takes(UnitValue, "leakage")),
         "As entered on the sheet Money"),
        ("Displacement", "share", one("displacement", line.displacement, SHARE,
         takes(UnitValue, "displacement")), "As entered"),
        ("Deadweight", "share", one("deadweight", line.deadweight, SHARE, takes(UnitValue, "deadweight")),
         "Nil where a comparison or forecast has taken it off"),
        ("Months brought forward", "months", one("months", line.months_early or 0, WHOLE,
         takes_also_nil(UnitValue, "months_early")),
         "Nil for a gain that would not have come anyway"),
        ("Cashable share", "share", one("cashable", line.cashable, SHARE,
         takes(UnitValue, "cashable"), "cashable"), gains),
        ("Counts in social value (held)", "1 or 0", counts,
         "0 for a transfer, where one side's gain is another's loss. Settled on the sheet Money of the "
         "template, because transfers have rows of their own"),
    )  # fmt: skip
    for label, unit, cells, source in rows:
        yield (words(label), words(unit), words(source), *cells)
