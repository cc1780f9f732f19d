"""Where better evidence would pay, years side by side, what failed, and how it was all worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from evalkit.amounts import british_date
from evalkit.errors import Failure
from evalkit.pack.earlier import Earlier
from evalkit.pack.review_money import shown
from evalkit.pack.review_rows import Row, knowing
from evalkit.pack.sections import (
    POUNDS,
    SHARE,
    WHOLE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    instead,
    live,
    number,
    words,
)

SOUND = 3
BUDGET_SHARE = 0.1
BUDGET_SOURCE = "Government Communication Service: 5% to 10% of a campaign's budget goes to its evaluation"


def better_evidence(rows: tuple[Row, ...]) -> Section:
    """Where knowing would be worth its cost."""
    rows = tuple(sorted(rows, key=lambda r: (-(knowing(r).worth or 0.0), -r.cost, r.n)))
    head = (
        Column("Campaign"),
        Column("Evidence"),
        Column("Where its net value comes from"),
        Column("Net value (£), best estimate", figures=True),
        Column("Net value (£), low end", figures=True),
        Column("Net value (£), high end", figures=True),
        Column("Most that knowing is worth (£)", "worth", figures=True),
        Column("A full evaluation would cost (£)", "price", figures=True),
        Column("Worth its cost?", figures=False),
    )
    share = (
        words("Cost of a full evaluation, as a share of full cost", Look.LABEL),
        number(BUDGET_SHARE, SHARE, name="evaluation.share", look=Look.INPUT),
        words(BUDGET_SOURCE),
    )
    return Section(
        name="Better evidence",
        title="Where a better evaluation would be worth its cost",
        about="If a campaign is to be repeated once at the same cost, a wrong decision costs money. The most "
        "that any evaluation can be worth is what is lost on average by deciding now. Change the share "
        "below.",
        blocks=(
            Table("assumed", (Column("Assumption"), Column("Share"), Column("Source")), (share,)),
            Table("knowing", head, tuple(_knowing(i, r) for i, r in enumerate(rows, start=1))),
        ),
        widths=(34, 14, 52, 15, 15, 15, 16, 16, 20),
        landscape=True,
    )


def _knowing(i: int, row: Row) -> tuple[Cell, ...]:
    known = knowing(row)
    price = live(f"={{all.cost.{row.n}}}*{{evaluation.share}}", row.cost * BUDGET_SHARE, POUNDS)
    name = live(f"={{all.name.{row.n}}}", row.campaign.title, look=Look.TEXT)
    level = live(f"={{all.level.{row.n}}}", f"Level {row.level}", look=Look.TEXT)
    if known.net is None or known.worth is None:
        return (
            name,
            level,
            words(known.how),
            *(instead("not applicable"),) * 4,
            price,
            words("not applicable"),
        )
    figure = shown(row.finding.value, row.finding.value.npsv)
    best = number(known.net.point, POUNDS) if figure.point else instead(figure.instead)
    worth_it = known.worth > row.cost * BUDGET_SHARE
    return (
        name,
        level,
        words(known.how),
        best,
        number(known.net.low, POUNDS),
        number(known.net.high, POUNDS),
        number(known.worth, POUNDS),
        price,
        live(
            f'=IF({{knowing.worth.{i}}}>{{knowing.price.{i}}},"Could be","No")',
            "Could be" if worth_it else "No",
            look=Look.TEXT,
        ),
    )


def by_year(rows: tuple[Row, ...], earlier: Sequence[Earlier]) -> Section:
    """Financial years side by side, and what earlier reviews said."""
    head = (
        Column("Financial year of the start", "name"),
        Column("Campaigns", figures=True),
        Column("Full cost (£)", "cost", figures=True),
        Column("Cost at level 3 or more (£)", "sound", figures=True),
        Column("Share at level 3 or more", figures=True),
    )
    years = sorted({r.year for r in rows})
    table = tuple(_year(i, y, rows) for i, y in enumerate(years, start=1))
    blocks: list[Block] = [Table("years", head, table)]
    if earlier:
        blocks += [Heading("What earlier reviews said"), _then_and_now(rows, earlier)]
    else:
        blocks.append(
            Words("No earlier review was given; with --earlier, what it said stands here beside this.")
        )
    return Section(
        name="By year",
        title="Year by year",
        about="April to March. A campaign belongs to the year in which it started.",
        blocks=tuple(blocks),
        widths=(34, 22, 18, 20, 20, 30, 18),
        landscape=True,
    )


def _year(i: int, year: str, rows: tuple[Row, ...]) -> tuple[Cell, ...]:
    chosen = [r for r in rows if r.year == year]
    cost, sound = sum(r.cost for r in chosen), sum(r.cost for r in chosen if r.level >= SOUND)
    at = f"{{years.name.{i}}}"
    strong = "+".join(f'SUMIFS({{all.cost}},{{all.year}},{at},{{all.level}},"Level {n}")' for n in (3, 4, 5))
    return (
        words(year, Look.LABEL),
        live(f"=COUNTIFS({{all.year}},{at})", len(chosen), WHOLE),
        live(f"=SUMIFS({{all.cost}},{{all.year}},{at})", cost, POUNDS),
        live(f"={strong}", sound, POUNDS),
        live(
            f"=IF({{years.cost.{i}}}>0,{{years.sound.{i}}}/{{years.cost.{i}}},0)",
            sound / cost if cost else 0,
            SHARE,
        ),
    )


def _then_and_now(rows: tuple[Row, ...], earlier: Sequence[Earlier]) -> Table:
    head = (
        Column("Campaign"),
        Column("Review"),
        Column("Started in"),
        Column("Full cost then (£)", figures=True),
        Column("Evidence then"),
        Column("Answer then"),
        Column("Suggested then"),
    )
    named: dict[str, list[Earlier]] = defaultdict(list)
    for one in earlier:
        named[one.campaign.casefold()].append(one)
    now = [one for r in rows for one in named.get(r.campaign.title.casefold(), [])]
    rest = [one for one in earlier if one not in now]
    cells = tuple(
        (
            words(e.campaign),
            words(e.review),
            words(e.year),
            number(e.cost, POUNDS),
            words(e.level),
            words(e.answer),
            words(e.action),
        )
        for e in (*now, *rest)
    )
    return Table("then", head, cells)


def not_evaluated(failures: Sequence[Failure]) -> Section:
    """Files that failed, with their issues."""
    head = (Column("File"), Column("What is to be mended"))
    rows = tuple((words(f.source, Look.LABEL), words(text)) for f in failures for text in _issues(f))
    return Section(
        name="Not evaluated",
        title="Files that could not be evaluated",
        about="They are in no figure of this review. evalkit check lists every issue by cell.",
        blocks=(Table("failed", head, rows),),
        widths=(34, 100),
        landscape=True,
    )


def _issues(failure: Failure) -> Iterator[str]:
    most = 12
    yield from failure.reasons[:most]
    if len(failure.reasons) > most:
        yield f"and {len(failure.reasons) - most} more"


METHODS = (
    ("One row a campaign", "The row is the campaign's primary finding. Where a campaign was evaluated "
     "more than "
     "once, the latest counts and Sources names the others."),
    ("Like with like", "Only campaigns whose improvement is counted in the same unit and direction are "
     "ranked "
     "or added up. Averages and scores have no total and are neither."),
    ("Shrinkage", "A hierarchical normal model: each campaign's improvement for each £1,000 is measured with "
     "the error that its range implies, and the true improvements spread around a common mean. The spread is "
     "not known and is integrated over a grid with a half-Cauchy prior of the size of the median error "
     "(Gelman and others, Bayesian Data Analysis, third edition, section 5.4; Gelman 2006)."),
    ("Probability of the top third", "From 20,000 seeded draws of all true improvements of a group at "
     "once; the "
     "share of draws in which a campaign is among the best third. Simulation error is below one half of one "
     "percentage point."),
    ("Totals", "Independent errors: distances to the ends of the ranges added in quadrature (Zou and "
     "Donner 2008, "
     "Statistics in Medicine 27). All erring one way: ends added up."),
    ("Counted once", "Campaigns towards one outcome, for the same areas, at overlapping times, may each "
     "show the "
     "same change. The one with the highest evidence level, then the narrowest range, is counted."),
    ("Worth of knowing", "Expected value of perfect information for one repetition at the same cost, "
     "with the "
     "net value taken as normal (Raiffa and Schlaifer 1961). It is an upper limit: a real evaluation leaves "
     "some doubt, and its answer may serve more than one repetition."),
)  # fmt: skip


def methods() -> Section:
    """How it was worked out, in words."""
    head = (Column("Step"), Column("How it is done"))
    return Section(
        name="Method",
        title="How this review was worked out",
        about="Nothing is estimated anew: every figure of a campaign is that of its own evidence pack.",
        blocks=(Table("method", head, tuple((words(a, Look.LABEL), words(b)) for a, b in METHODS)),),
        widths=(34, 100),
    )


def sources(rows: tuple[Row, ...]) -> Section:
    """Where every row came from."""
    head = (
        Column("Campaign"),
        Column("Organisation"),
        Column("Outcome"),
        Column("Figures as of"),
        Column("File and its hash, or the programme's"),
        Column("Grading rules"),
        Column("Earlier evaluations left out"),
    )
    table = []
    for r in rows:
        p = r.item.evaluation.provenance
        files = "; ".join(f"{f.name} {f.sha256[:16]}" for f in p.files) or p.programme_sha256[:16]
        table.append(
            (
                words(r.campaign.title, Look.LABEL),
                words(r.campaign.organisation),
                words(r.item.outcome.name),
                words(british_date(p.as_of)),
                words(files),
                words(p.rule_set),
                words(f"as of {', '.join(r.replaced)}" if r.replaced else "none"),
            )
        )
    return Section(
        name="Sources",
        title="Where every row came from",
        about="The evaluation behind each campaign.",
        blocks=(Table("sources", head, tuple(table)),),
        widths=(34, 30, 34, 16, 44, 16, 26),
        landscape=True,
    )
