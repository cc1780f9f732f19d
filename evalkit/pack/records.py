"""Data and audit: what was read, what was used and what it was made with."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from evalkit.amounts import british_date
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.campaign.reading import series_read, sheets_read
from evalkit.evaluation import Evaluation
from evalkit.group_disclosure import Wave, compared, withheld_sums
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    DATE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Rows,
    Section,
    Table,
    Words,
    as_entered,
    instead,
    number,
    words,
)
from evalkit.small_counts import LEAST, WITHHELD
from evalkit.vocabulary import ObservationFlag

LISTED = 12  # gaps named one by one


def data(evaluation: Evaluation, found: tuple[Item, ...]) -> Section:
    """Every figure as read, with what it was used as; gaps first."""
    programme = evaluation.programme
    unshown = withheld_sums(
        programme, ((s.campaign, s.outcome) for s in evaluation.group_studies if s.withheld)
    )
    rows = tuple(_figure(programme, o, found) for o in programme.observations)
    gaps = tuple(row for item in found for row in _gaps(item))
    blocks: list[Block] = [Heading("Gaps")]
    if gaps:
        head = (
            Column("Finding"),
            Column("Series"),
            Column("Periods without a figure", figures=True),
            Column("Which"),
        )
        blocks.append(Table("gaps", head, gaps))
    else:
        blocks.append(Words("No series by period was used, so there are no gaps to list."))
    blocks += [Heading("What was read"), *_what_was_read(programme, bool(unshown))]
    if evaluation.withheld:
        blocks += [Heading("What is withheld"), *(Words(said) for said in evaluation.withheld)]
    blocks.append(Heading("Figures as read"))
    if rows:
        blocks.append(Table("data", HEAD, rows))
    else:
        blocks += [Words("No figures by period were given."), Table("data", HEAD, (_NO_ROW,))]
    if programme.groups:
        blocks += [Heading("Figures by group"), Words(GROUPS_SAID), _groups(programme, unshown)]
    return Section(
        name="Data",
        title="Data",
        about="Every figure by period as it was read from the template, and what it was used as. Gaps stay "
        "gaps here; where the method had to bridge one in a comparison, the finding says so.",
        blocks=tuple(blocks),
        widths=(38, 26, 16, 16, 16, 16, 34, 44),
        landscape=True,
    )


def _what_was_read(programme: Programme, small: bool) -> Iterator[Block]:
    """Rows, periods and sums, to be held against the source."""
    yield Words("Rows, periods and sums, to compare with the service's own file and with the ledger.")
    head = (
        *(Column("Sheet"), Column("Column"), Column("Rows", figures=True), Column("Sum", figures=True)),
        *(Column(title, figures=True) for title in ("Earliest date", "Latest date")),
    )
    rows = tuple(
        (
            words(one.sheet),
            words(title),
            number(one.rows, "#,##0"),
            _sum(one.sheet, total, small),
            *(number(day, DATE) if day else instead("none") for day in (one.first, one.last)),
        )
        for one in sheets_read(programme)
        for title, total in one.totals or (("no figures", None),)
    )
    yield Table("sheets", head, rows)
    heads = (
        Column("Outcome"),
        Column("Area"),
        *(Column(title, figures=True) for title in ("First period", "Last period")),
        *(Column(title, figures=True) for title in ("Figures", "Without")),
        Column("How often, and what is withheld"),
        Column("Sum of the figures", figures=True),
    )
    series = tuple(
        (
            words(one.outcome),
            words(one.area),
            number(one.first, DATE),
            number(one.last, DATE),
            number(one.rows, "#,##0"),
            number(one.gaps, "#,##0"),
            words(f"{one.frequency or 'not regular'}; {one.withheld or 'none'} withheld"),
            number(one.total, as_entered(one.total)),
        )
        for one in series_read(programme)
    )
    if series:
        yield Table("series", heads, series)


def _sum(sheet: str, total: float | None, small: bool) -> Cell:
    """A column's sum; not that of the sheet Groups where a group is withheld, which it would give away."""
    if total is None:
        return instead("none")
    return instead(WITHHELD) if small and sheet == "Groups" else number(total, as_entered(total))


GROUPS_SAID = (
    f"Groups added up over clusters. Where fewer than {LEAST} people of a group did it, or did not, the "
    "figures of all groups that it is compared with are withheld; rows of single people are never shown."
)


def _groups(programme: Programme, unshown: Collection[Wave]) -> Table:
    """Every group with its size and successes, as far as they may be shown."""
    sums: dict[tuple[Wave, str], list[GroupRow]] = {}
    for g in programme.groups:
        sums.setdefault(((compared(programme, g), g.wave or ""), g.arm), []).append(g)
    rows = []
    for (at, arm), mine in sums.items():
        (_, outcome, measure), wave = at
        n, averaged = sum(g.n for g in mine), mine[0].mean is not None
        if averaged:
            figure = round(sum(g.n * (g.mean or 0.0) for g in mine) / n, 3) if n else 0.0
        else:
            figure = float(sum(g.successes or 0 for g in mine))
        rows.append(
            (
                *(words(said) for said in (measure or outcome, arm, wave or "none")),
                *(instead(WITHHELD) if at in unshown else number(x, as_entered(x)) for x in (n, figure)),
                words("mean" if averaged else "people who did"),
            )
        )
    head = (
        Column("Outcome, or what was known"), Column("Group"), Column("Wave"),
        Column("People", figures=True), Column("Figure", figures=True), Column("What it is"),
    )  # fmt: skip
    return Table("groups", head, tuple(rows))


HEAD = (
    Column("Outcome"),
    Column("Area"),
    Column("Period, first day", "period"),
    Column("Value", figures=True),
    Column("Out of", figures=True),
    Column("Flag"),
    Column("Used as"),
    Column("Note"),
)
_NO_ROW = tuple(instead("none") for _ in HEAD)


def rows_of_data(programme: Programme) -> int:
    """How many figures the Data sheet lists."""
    return len(programme.observations)


def _figure(programme: Programme, o: Observation, found: tuple[Item, ...]) -> tuple[Cell, ...]:
    outcome = programme.outcome(o.outcome)
    return (
        words(outcome.name),
        words(o.area or WHOLE_AREA),
        number(o.period, DATE),
        instead(WITHHELD if o.flag is ObservationFlag.SUPPRESSED else "no figure")
        if o.value is None
        else number(o.value, as_entered(o.value), look=Look.INPUT),
        instead("none")
        if o.denominator is None
        else number(o.denominator, as_entered(o.denominator), look=Look.INPUT),
        words(o.flag.value if o.flag else "none"),
        words(_use(outcome.name, o.area or WHOLE_AREA, found)),
        words(o.note or "none"),
    )


def _use(outcome: str, area: str, found: tuple[Item, ...]) -> str:
    uses = []
    for item in found:
        if item.design is None:
            continue
        if item.finding.outcome == outcome and area in item.design.treated:
            uses.append(f"campaign area, finding {item.n}")
        elif (
            item.finding.outcome == outcome and area in item.design.comparison
        ) or outcome in item.design.comparison:
            uses.append(f"comparison, finding {item.n}")
    return "; ".join(uses) or "not used"


def _gaps(item: Item) -> Iterator[tuple[Cell, ...]]:
    path = item.estimate.path if item.estimate else None
    if path is None:
        return
    empty = [
        p for p, o in zip(path.periods, path.observed, strict=True) if o is None and p not in path.withheld
    ]
    yield _gap_row(item, "Campaign areas together", [british_date(p) for p in empty])
    if item.design is None:
        return
    programme = item.evaluation.programme
    saved = bool(item.evaluation.withheld)  # then a withheld figure is one that was there
    known = {
        (o.area or WHOLE_AREA, o.period)
        for o in programme.observations_of(item.outcome)
        if o.value is not None or (saved and o.flag is ObservationFlag.SUPPRESSED)
    }
    areas = {area for area, _ in known}
    for area in item.design.comparison:
        if area in areas:
            yield _gap_row(item, area, [british_date(p) for p in path.periods if (area, p) not in known])


def _gap_row(item: Item, series: str, days: list[str]) -> tuple[Cell, ...]:
    more = f" and {len(days) - LISTED} more" if len(days) > LISTED else ""
    which = ", ".join(days[:LISTED]) + more if days else "none"
    return words(f"Finding {item.n}"), words(series), number(len(days), "0"), words(which)


def audit(evaluation: Evaluation) -> Section:
    """Where the evaluation came from, so that it can be made again."""
    p = evaluation.provenance
    campaigns = evaluation.programme.campaigns
    rows: list[tuple[Cell, ...]] = [
        _row("Figures as of", british_date(p.as_of)),
        _row("Fingerprint of the input (SHA-256)", p.programme_sha256),
        *(_row(f"File read: {f.name}", f"SHA-256 {f.sha256}") for f in p.files),
        *(_row(f"Version of {name}", version) for name, version in p.versions),
        _row("Grading rules", p.rule_set),
        _row("Version of the template's layout", str(p.schema_version)),
        _row("Seed of random draws", str(p.seed)),
        *(
            _row(
                f"Plan fixed: {c.title}",
                british_date(c.plan_lock_date) if c.plan_lock_date else "nobody says when",
            )
            for c in campaigns
        ),
        *(
            _row(
                f"{s.entry.value}: {c.title}",
                _signed(s.statement, s.name, british_date(s.on) if s.on else None),
            )
            for c in campaigns
            for s in c.sign_off
        ),
    ]
    if not p.files:
        rows.insert(2, _row("Files read", "none: the programme was given by a program"))
    return Section(
        name="Audit",
        title="Audit",
        about="What this evaluation was made from and with. The same input and versions give the same file.",
        blocks=(Rows(tuple(rows)),),
        widths=(44, 82),
    )


def _signed(*parts: str | None) -> str:
    return "; ".join(p for p in parts if p) or "not said"


def _row(label: str, text: str) -> tuple[Cell, ...]:
    return words(label, Look.LABEL), words(text)
