"""Where better evidence would pay, years side by side, what failed, and how it was all worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.amounts import british_date
from evalkit.campaign.bounds import Bounds
from evalkit.errors import Failure
from evalkit.pack.earlier import Earlier
from evalkit.pack.review_advice import knowing
from evalkit.pack.review_campaigns import PENCE_BELOW, campaign_figures
from evalkit.pack.review_money import shown
from evalkit.pack.review_rows import Row
from evalkit.pack.sections import (
    ANY,
    PENCE,
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
    Takes,
    Value,
    Words,
    entered,
    instead,
    live,
    number,
    words,
)

SOUND = 3
HEX = 64  # letters of a SHA-256
STRONG = (5, 4, 3)
SOUND_LEVELS = tuple(f"Level {n}" for n in STRONG)
BUDGET_SHARE = 0.1
EVALUATING = Takes(
    "Cost of an evaluation", "As a share of the campaign's full cost.", Bounds(0, 1, percent=True)
)
BUDGET_SOURCE = "Government Communication Service: 5% to 10% of a campaign's budget goes to its evaluation"


def better_evidence(rows: tuple[Row, ...]) -> Section:
    """Where knowing would be worth its cost."""
    rows = tuple(sorted(rows, key=lambda r: (-(knowing(r).worth or 0.0), -r.cost, r.n)))
    head = (
        Column("Campaign"),
        Column("Where its net value comes from"),
        Column("Evidence"),
        Column("Net value (£), best estimate", figures=True),
        Column("Net value (£), low end", figures=True),
        Column("Net value (£), high end", figures=True),
        Column("Most that knowing is worth (£)", "worth", figures=True),
        Column("A full evaluation would cost (£)", "price", figures=True),
        Column("Worth its cost?", figures=True),
    )
    share = (
        words("Cost of a full evaluation, as a share of full cost", Look.LABEL),
        words(BUDGET_SOURCE),
        entered(BUDGET_SHARE, SHARE, EVALUATING, name="evaluation.share"),
    )
    assumed = (Column("Assumption"), Column("Source"), Column("Share", figures=True))
    return Section(
        name="Better evidence",
        title="Where a better evaluation would be worth its cost",
        about="If a campaign is to be repeated once at the same cost, a wrong decision costs money. The most "
        "that any evaluation can be worth is what is lost on average by deciding now. Change the share "
        "below.",
        blocks=(
            Table("assumed", assumed, (share,)),
            Table("knowing", head, tuple(_knowing(i, r) for i, r in enumerate(rows, start=1))),
            Words(
                "Where there is no net value, think of it so: an evaluation that finds that a campaign "
                "brings nothing saves the whole cost of repeating it. It is worth its own cost where the "
                "chance of that is above the share at the top of this sheet."
            ),
        ),
        widths=(34, 52, 14, 15, 15, 15, 16, 16, 20),
        landscape=True,
    )


def _knowing(i: int, row: Row) -> tuple[Cell, ...]:
    known = knowing(row)
    price = live(f"={{all.cost.{row.n}}}*{{evaluation.share}}", row.cost * BUDGET_SHARE, POUNDS)
    start = (
        live(f"={{all.name.{row.n}}}", row.title, look=Look.TEXT),
        words(known.how),
        live(f"={{all.level.{row.n}}}", f"Level {row.level}", look=Look.TEXT),
    )
    if known.net is None or known.worth is None:
        last = "see below" if row.cost > 0 else "not applicable"
        return (*start, *(instead("not applicable"),) * 4, price, instead(last))
    figure = shown(row.finding.value, row.finding.value.npsv)
    best = number(known.net.point, POUNDS) if figure.point else instead(figure.instead)
    worth_it = known.worth > row.cost * BUDGET_SHARE
    return (
        *start,
        best,
        number(known.net.low, POUNDS),
        number(known.net.high, POUNDS),
        number(known.worth, POUNDS),
        price,
        live(
            f'=IF({{knowing.worth.{i}}}>{{knowing.price.{i}}},"Could be","No")',
            "Could be" if worth_it else "No",
        ),
    )


def by_year(rows: tuple[Row, ...], earlier: Sequence[Earlier]) -> Section:
    """Financial years side by side, and what earlier reviews said."""
    head = (
        Column("Financial year of the start", "name"),
        Column("Campaigns", "count", figures=True),
        Column("Full cost (£)", "cost", figures=True),
        *(Column(f"Cost at level {n} (£)", f"at{n}", figures=True) for n in STRONG),
        Column("Cost at level 3 or more (£)", "sound", figures=True),
        Column("Share at level 3 or more", figures=True),
    )
    years = sorted({r.year for r in rows})
    table = tuple(_year(i, y, rows) for i, y in enumerate(years, start=1))
    blocks: list[Block] = [Table("years", head, table)]
    if earlier:
        blocks += [
            Heading("Review by review"),
            _by_review(rows, earlier),
            Heading("Campaigns of earlier reviews, then and now"),
            _then_and_now(rows, earlier),
        ]
    else:
        blocks.append(
            Words("No earlier review was given; with --earlier, what it said stands here beside this.")
        )
    return Section(
        name="By year",
        title="Year by year",
        about="April to March. A campaign belongs to the year in which it started.",
        blocks=tuple(blocks),
        widths=(30, 18, 15, 16, 16, 22, 20, 18, 18, 14, 20, 20, 20),
        landscape=True,
    )


def _year(i: int, year: str, rows: tuple[Row, ...]) -> tuple[Cell, ...]:
    chosen = [r for r in rows if r.year == year]
    cost, sound = sum(r.cost for r in chosen), sum(r.cost for r in chosen if r.level >= SOUND)
    at = f"{{years.name.{i}}}"
    spent = {n: sum(r.cost for r in chosen if r.level == n) for n in STRONG}
    of = f'=SUMIFS({{all.cost}},{{all.year}},{at},{{all.level}},"Level %d")'
    strong = "+".join(f"{{years.at{n}.{i}}}" for n in STRONG)
    return (
        words(year, Look.LABEL),
        live(f"=COUNTIFS({{all.year}},{at})", len(chosen), WHOLE),
        live(f"=SUMIFS({{all.cost}},{{all.year}},{at})", cost, POUNDS),
        *(live(of % n, spent[n], POUNDS) for n in STRONG),
        live(f"={strong}", sound, POUNDS),
        _share("years", i, sound, cost),
    )


def _by_review(rows: tuple[Row, ...], earlier: Sequence[Earlier]) -> Table:
    """Each earlier review and this one in a row."""
    head = (
        Column("Review", "name"),
        Column("Campaigns", "count", figures=True),
        Column("Full cost (£)", "cost", figures=True),
        Column("Cost at level 3 or more (£)", "sound", figures=True),
        Column("Share at level 3 or more", figures=True),
    )
    table = []
    for i, name in enumerate(dict.fromkeys(e.review for e in earlier), start=1):
        held = [e for e in earlier if e.review == name]
        cost, sound = sum(e.cost for e in held), sum(e.cost for e in held if e.level in SOUND_LEVELS)
        figures = (number(len(held), WHOLE), number(cost, POUNDS), number(sound, POUNDS))
        table.append((words(name, Look.LABEL), *figures, _share("reviews", i, sound, cost)))
    i, cost = len(table) + 1, sum(r.cost for r in rows)
    sound = sum(r.cost for r in rows if r.level >= SOUND)
    now = (
        live("=SUM({years.count})", len(rows), WHOLE),
        live("=SUM({years.cost})", cost, POUNDS),
        live("=SUM({years.sound})", sound, POUNDS),
    )
    table.append((words("This review", Look.LABEL), *now, _share("reviews", i, sound, cost)))
    return Table("reviews", head, tuple(table))


def _share(table: str, i: int, sound: float, cost: float) -> Cell:
    own = f"{{{table}.cost.{i}}}"
    return live(f"=IF({own}>0,{{{table}.sound.{i}}}/{own},0)", sound / cost if cost else 0, SHARE)


ABSENT = "not in this review"


def _then_and_now(rows: tuple[Row, ...], earlier: Sequence[Earlier]) -> Table:
    head = (
        Column("Campaign"),
        Column("Review"),
        Column("Started in, then"),
        Column("Evidence then"),
        Column("Evidence now"),
        Column("Answer then"),
        Column("Answer now"),
        Column("Suggested then"),
        Column("Suggested now"),
        Column("Full cost then (£)", figures=True),
        Column("Full cost now (£)", figures=True),
        Column("Cost per outcome then (£)", figures=True),
        Column("Cost per outcome now (£)", figures=True),
    )
    today = {r.title.casefold(): r for r in rows}
    place = {name: n for n, name in enumerate(today)}
    ordered = sorted(earlier, key=lambda e: place.get(e.campaign.casefold(), len(place)))
    return Table("then", head, tuple(_compared(e, today.get(e.campaign.casefold())) for e in ordered))


def _compared(then: Earlier, now: Row | None) -> tuple[Cell, ...]:
    def beside(column: str, look: Look = Look.TEXT, form: str = ANY) -> Cell:
        if now is None:
            return Cell(ABSENT, look=look)
        return live(f"={{all.{column}.{now.n}}}", figures[column], form, look=look)

    figures: dict[str, Value] = dict(campaign_figures(now)) if now else {}
    form = PENCE if isinstance(then.each, float) and then.each < PENCE_BELOW else POUNDS
    each = number(then.each, form) if isinstance(then.each, float) else instead(then.each)
    return (
        words(then.campaign),
        words(then.review),
        words(then.year),
        words(then.level),
        beside("level"),
        words(then.answer),
        beside("answer"),
        words(then.action),
        beside("action"),
        number(then.cost, POUNDS),
        beside("cost", Look.FIGURE, POUNDS),
        each,
        beside("each", Look.FIGURE, form),
    )


def not_evaluated(failures: Sequence[Failure]) -> Section:
    """Files that failed, with their issues."""
    head = (Column("File"), Column("What is to be mended"))
    rows = tuple((words(f.source, Look.LABEL), words(text)) for f in failures for text in _issues(f))
    return Section(
        name="Not evaluated",
        title="Files that could not be evaluated",
        about="They are in no figure of this review. evalkit check lists every issue by cell.",
        blocks=(Table("failed", head, rows),),
        widths=(34, 80),
        landscape=True,
    )


def _issues(failure: Failure) -> Iterator[str]:
    most = 12
    yield from failure.reasons[:most]
    if len(failure.reasons) > most:
        yield f"and {len(failure.reasons) - most} more"


METHODS = (
    ("The sheet Campaigns", "Figures as each evaluation has them; costs per outcome are formulas. An "
     "improvement is counted in the good direction, so below zero is worse. Interim looks say so beside "
     "their answer."),
    ("One row a campaign", "The row is the campaign's primary finding. Where a campaign was evaluated "
     "more than "
     "once, the latest counts and Sources names the others."),
    ("Like with like", "Only campaigns whose improvement is counted in the same unit and direction are "
     "ranked "
     "or added up. Averages and scores have no total and are neither. What shares one change with another "
     "or has evidence at level 1 is not ranked."),
    ("Shrinkage", "A hierarchical normal model: each campaign's improvement for each £1,000 is measured with "
     "the error that its range implies, and the true improvements spread around a common mean. The spread is "
     "not known and is integrated over a grid with a half-Cauchy prior of the size of the median error "
     "(Gelman and others, Bayesian Data Analysis, third edition, section 5.4; Gelman 2006)."),
    ("Probability of the top third", "From 20,000 seeded draws of all true improvements of a group at "
     "once; the "
     "share of draws in which a campaign is among the best third. The standard error of the "
     "simulation is below one half of one percentage point."),
    ("Totals", "Independent errors: distances to the ends of the ranges added in quadrature (Zou and "
     "Donner 2008, "
     "Statistics in Medicine 27). All erring one way: ends added up."),
    ("Counted once", "Campaigns towards one outcome, for the same areas, at overlapping times, may each "
     "show the same change. The one with the highest evidence level, then the narrowest range, is counted. "
     "Campaigns that were estimated in one joint model each have a part of their own; their total is the "
     "model's own sum."),
    ("Totals in money", "Net present values of one base year, added as the totals are. Where only a range "
     "may be said its middle stands in for the best estimate when distances are added, and no best estimate "
     "of the sum is given. A benefit counted elsewhere is left out and its campaign's cost taken off."),
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
        widths=(34, 80),
    )


def sources(rows: tuple[Row, ...]) -> Section:
    """Where every row came from."""
    head = (
        Column("Campaign"),
        Column("Organisation"),
        Column("Outcome"),
        Column("Figures as of"),
        Column("File and its SHA-256, or the programme's"),
        Column("Grading rules"),
        Column("Earlier evaluations left out"),
    )
    table = []
    for r in rows:
        p = r.item.evaluation.provenance
        whole = [f"{f.name} {f.sha256}" for f in p.files if len(f.sha256) == HEX]
        names = [f.name for f in p.files if len(f.sha256) != HEX]  # the hash of a whole file is not passed on
        files = "; ".join([*whole, *names, *([] if whole else [f"programme {p.programme_sha256}"])])
        table.append(
            (
                words(r.title, Look.LABEL),
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
        widths=(34, 30, 34, 16, 72, 16, 26),
        landscape=True,
    )
