"""The budget review: which sheets there are, in which order, and what the first of them say.

1. Figures of a campaign stand once, on the sheet Campaigns; sums, shares and costs per outcome elsewhere are
   formulas that refer to it. What the library worked out by simulation is held as numbers and says so.
2. No sentence ranks campaigns whose figures do not count the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evalkit.amounts import british_date, money
from evalkit.errors import Failure
from evalkit.evaluation import Evaluation
from evalkit.grade import LEVEL_MEANINGS
from evalkit.pack.checking import ALL_AGREE, MASTER, SELF, SOME_DIFFER, TOLERANCE, master_cell
from evalkit.pack.earlier import Earlier
from evalkit.pack.evidence import KEYWORDS, Book, contents
from evalkit.pack.layout import lay_out
from evalkit.pack.review_advice import RULES, advise
from evalkit.pack.review_bars import net_value_chart
from evalkit.pack.review_campaigns import campaigns_sheet
from evalkit.pack.review_evidence import better_evidence, by_year, methods, not_evaluated, sources
from evalkit.pack.review_ranking import ranking_sheet
from evalkit.pack.review_rows import Row, review_rows
from evalkit.pack.review_sums import totals_sheet, workings_sheet
from evalkit.pack.review_totals import counted, groups_of, total_of
from evalkit.pack.review_worth import low_ends, value_sheet, valued
from evalkit.pack.sections import (
    POUNDS,
    SHARE,
    WHOLE,
    Bars,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Rows,
    Section,
    Table,
    live,
    number,
    words,
)

ACTIONS = ("Scale", "Keep", "Test", "Stop")
SOUND = 3  # the level from which a claim of cause is made


def budget_review(
    evaluations: Iterable[Evaluation],
    *,
    failures: Sequence[Failure] = (),
    earlier: Sequence[Earlier] = (),
) -> Book:
    """Put together the content of a review.

    Parameters
    ----------
    evaluations : iterable of Evaluation
    failures : sequence of Failure
        What could not be evaluated, to be listed.
    earlier : sequence of Earlier
        Rows of earlier reviews, for comparison from year to year.

    Raises
    ------
    ValueError
        If there is no evaluation.
    """
    held = tuple(evaluations)
    rows = review_rows(held)
    if not rows:
        raise ValueError("a review needs at least one evaluation")
    body = [
        _glance(rows),
        campaigns_sheet(rows),
        value_sheet(rows),
        ranking_sheet(rows),
        totals_sheet(rows),
        _recommendations(rows),
        better_evidence(rows),
        by_year(rows, earlier),
        *([not_evaluated(failures)] if failures else []),
        workings_sheet(rows),
        _self_check(rows),
        methods(),
        sources(rows),
    ]
    organisations = tuple(dict.fromkeys(r.campaign.organisation for r in rows))
    as_of = max(r.item.evaluation.provenance.as_of for r in rows)
    title = f"Budget review of {len(rows)} campaign{'' if len(rows) == 1 else 's'}"
    return Book(
        title=title,
        organisation="; ".join(organisations[:3]) + (" and others" if len(organisations) > 3 else ""),
        subject="Campaigns side by side: cost, effect, evidence, recommendation",
        keywords=(*KEYWORDS, "budget review"),
        as_of=as_of,
        sheets=lay_out((_cover(title, rows, failures), contents(body), *body)),
    )


def _row(label: str, text: str) -> tuple[Cell, ...]:
    return words(label, Look.LABEL), words(text)


def _cover(title: str, rows: tuple[Row, ...], failures: Sequence[Failure]) -> Section:
    blocks = Rows((*_said_first(rows, failures), *_said_of_itself(rows)))
    return Section(
        name="Cover",
        title=title,
        about="What the campaigns cost, what they changed, how sure that is, and what the rules suggest.",
        blocks=(blocks,),
        widths=(34, 92),
    )


def _said_first(rows: tuple[Row, ...], failures: Sequence[Failure]) -> Iterator[tuple[Cell, ...]]:
    """What the campaigns cost, what that rests on, what is suggested, and what is left out."""
    spend = sum(r.cost for r in rows)
    sound = sum(r.cost for r in rows if r.level >= SOUND)
    share = f"{100 * sound / spend:.0f}%" if spend else "none"
    yield _row("Campaigns", f"{len(rows)}, full cost {money(spend)} in all.")
    yield _row(
        "How far the money rests on evidence",
        f"{share} of the spend is on campaigns with evidence at level {SOUND} or more, where a comparison or "
        "chance sets other causes apart. For the rest, the figures cannot say by themselves what the "
        "campaign did.",
    )
    yield _row("What the rules suggest", _suggested(rows))
    interim = [r.title for r in rows if r.interim]
    if interim:
        yield _row("Interim looks", f"Still running, not to be decided on: {'; '.join(interim)}.")
    shared = [r for r in rows if r.counted_with]
    if shared:
        yield _row(
            "Counted once",
            f"{len(shared)} campaign{'s share' if len(shared) > 1 else ' shares'} a change with another; "
            "the sheet Totals names them and counts each change once.",
        )
    if failures:
        names = "; ".join(f.source for f in failures)
        yield _row("Not evaluated", f"{len(failures)} of the files: {names}. Their issues are listed.")


def _said_of_itself(rows: tuple[Row, ...]) -> Iterator[tuple[Cell, ...]]:
    """For whom, by whom, of when, how to read it, what it is not for, and whether it agrees with itself."""
    made = {r.item.evaluation.provenance for r in rows}
    versions = sorted({dict(p.versions).get("evalkit", "unknown") for p in made})
    rules = sorted({p.rule_set for p in made})
    organisations = "; ".join(dict.fromkeys(r.campaign.organisation for r in rows))
    yield from (
        _row("Who it is for", "Those who decide on budgets, and those who check the figures for them."),
        _row("Prepared by", f"From evaluations of {organisations}."),
        _row("Figures as of", british_date(max(p.as_of for p in made))),
        _row(
            "Status and version",
            f"Evaluations as read, made with evalkit {', '.join(versions)}, grading rules "
            f"{', '.join(rules)}. It is revised when they are; Sources lists them.",
        ),
        _row(
            "How to read it",
            "At a glance has the charts. Campaigns has every campaign on one row. Ranking compares only what "
            "counts the same thing, with the probability that a campaign is among the best third. The rules "
            "behind each recommendation are printed on Recommendations.",
        ),
        _row(
            "Limits, and what it must not be used for",
            "A small or noisy campaign with a striking figure is not the best one; it is the least known. "
            "Ranges do not hold other causes where the evidence is at level 1 or 2.",
        ),
        _row(
            "What has been checked",
            "That the figures of this workbook agree with one another and with the library that wrote them. "
            "The checks of each estimate are in its own evidence pack.",
        ),
        _row(
            "What has not been checked",
            "Whether figures, costs and unit values were entered as they are, and what else is known of a "
            "campaign. People decide.",
        ),
        (words("Do the figures agree?", Look.LABEL), master_cell()),
    )


def _suggested(rows: tuple[Row, ...]) -> str:
    parts = []
    for action in ACTIONS:
        chosen = [r for r in rows if advise(r).action == action]
        if chosen:
            parts.append(f"{action.lower()} {len(chosen)} ({money(sum(r.cost for r in chosen))})")
    return "; ".join(parts).capitalize() + "."


def _glance(rows: tuple[Row, ...]) -> Section:
    blocks: list[Block] = [
        Bars(
            "Spend by strength of evidence",
            _bars_in_words("full cost by evidence level", [(f"level {n}", _spend(rows, n)) for n in _LEVELS]),
            "Evidence level",
            "Full cost (£)",
            "bylevel.name",
            "bylevel.cost",
            number_format="£#,##0",
            rows=13,
        ),
        Bars(
            "Spend by recommendation",
            _bars_in_words(
                "full cost by recommendation",
                [(a.lower(), sum(r.cost for r in rows if advise(r).action == a)) for a in ACTIONS],
            ),
            "Recommendation",
            "Full cost (£)",
            "byaction.name",
            "byaction.cost",
            number_format="£#,##0",
            rows=11,
        ),
        *net_value_chart(valued(rows)),
        Heading("Spend by strength of evidence"),
        Table("bylevel", _SPEND_HEAD, tuple(_spend_rows(rows, "bylevel"))),
        Heading("Spend by recommendation"),
        Table("byaction", _SPEND_HEAD, tuple(_spend_rows(rows, "byaction"))),
    ]
    return Section(
        name="At a glance",
        title="At a glance",
        about="Which spend rests on which evidence, and what the rules suggest for it.",
        blocks=tuple(blocks),
        widths=(28, 60, 14, 16, 16),
        one_page=True,
    )


_LEVELS = (5, 4, 3, 2, 1)
_SPEND_HEAD = (
    Column("Group", "name"),
    Column("What it means"),
    Column("Campaigns", "count", figures=True),
    Column("Full cost (£)", "cost", figures=True),
    Column("Share of all spend", "share", figures=True),
)


def _spend(rows: tuple[Row, ...], level: int) -> float:
    return sum(r.cost for r in rows if r.level == level)


def _bars_in_words(what: str, parts: Sequence[tuple[str, float]]) -> str:
    said = "; ".join(f"{name} {money(value)}" for name, value in parts)
    return f"Bar chart of {what}: {said}."


def _spend_rows(rows: tuple[Row, ...], key: str) -> Iterator[tuple[Cell, ...]]:
    total = sum(r.cost for r in rows)
    by_level = key == "bylevel"
    column = "level" if by_level else "action"
    groups = (
        [(f"Level {n}", LEVEL_MEANINGS[n].capitalize() + ".") for n in _LEVELS]
        if by_level
        else [(a, _MEANS[a]) for a in ACTIONS]
    )
    for i, (name, meaning) in enumerate(groups, start=1):
        chosen = [r for r in rows if name == (f"Level {r.level}" if by_level else advise(r).action)]
        cost = sum(r.cost for r in chosen)
        yield (
            words(name, Look.LABEL),
            words(meaning),
            live(f"=COUNTIFS({{all.{column}}},{{{key}.name.{i}}})", len(chosen), WHOLE),
            live(f"=SUMIFS({{all.cost}},{{all.{column}}},{{{key}.name.{i}}})", cost, POUNDS),
            live(
                f"=IF(SUM({{all.cost}})>0,{{{key}.cost.{i}}}/SUM({{all.cost}}),0)",
                cost / total if total else 0,
                SHARE,
            ),
        )


_MEANS = {
    "Scale": "Sound evidence of an improvement, and more for the money than others.",
    "Keep": "It works, or is still running.",
    "Test": "The figures cannot tell; repeat it only in a way that can.",
    "Stop": "What was hoped for is ruled out, or it costs more than it brings.",
}


def _recommendations(rows: tuple[Row, ...]) -> Section:
    head = (
        Column("Rule", "code"),
        Column("Holds when"),
        Column("Recommendation"),
        Column("Why"),
        Column("Campaigns", figures=True),
        Column("Full cost (£)", "cost", figures=True),
    )
    table = []
    for i, rule in enumerate(RULES, start=1):
        chosen = [r for r in rows if advise(r) is rule]
        table.append(
            (
                words(rule.code, Look.LABEL),
                words(rule.when),
                words(rule.action),
                words(rule.why),
                live(f"=COUNTIFS({{all.rule}},{{advice.code.{i}}})", len(chosen), WHOLE),
                live(
                    f"=SUMIFS({{all.cost}},{{all.rule}},{{advice.code.{i}}})",
                    sum(r.cost for r in chosen),
                    POUNDS,
                ),
            )
        )
    names = tuple(
        (
            words(r.title),
            words(advise(r).action, Look.LABEL),
            words(advise(r).code),
            words(advise(r).why),
        )
        for r in sorted(rows, key=lambda r: (ACTIONS.index(advise(r).action), r.n))
    )
    by_campaign = (Column("Campaign"), Column("Suggested"), Column("By rule"), Column("Reason"))
    return Section(
        name="Recommendations",
        title="Recommendations, and the rule behind each",
        about="The first rule that holds decides. A rule suggests; people decide, knowing more than a table.",
        blocks=(
            Table("advice", head, tuple(table)),
            Heading("By campaign"),
            Table("advised", by_campaign, names),
        ),
        widths=(34, 60, 18, 52, 13, 15),
        landscape=True,
    )


def _self_check(rows: tuple[Row, ...]) -> Section:
    formula = f'=IF(COUNTIFS({{self.status}},"Differs")=0,"{ALL_AGREE}","{SOME_DIFFER}")'
    head = (Column("Check of the whole workbook"), Column("Result"))
    whole = (words("All the figures below"), live(formula, ALL_AGREE, name=MASTER, look=Look.LABEL))
    return Section(
        name="Self-check",
        title="Self-check of this workbook",
        about="Whether the figures agree with one another and with the library that wrote them.",
        blocks=(Table("whole", head, (whole,)), Table("self", SELF, tuple(_identities(rows)))),
        widths=(64, 18, 18, 14, 14, 14),
        landscape=True,
    )


def _identities(rows: tuple[Row, ...]) -> Iterator[tuple[Cell, ...]]:
    cost = sum(r.cost for r in rows)
    claims = [
        ("Full cost of all campaigns", "=SUM({all.cost})", cost, POUNDS),
        ("Full cost by evidence level adds up", "=SUM({bylevel.cost})", cost, POUNDS),
        ("Full cost by recommendation adds up", "=SUM({byaction.cost})", cost, POUNDS),
        ("Full cost by rule adds up", "=SUM({advice.cost})", cost, POUNDS),
        ("Full cost by year adds up", "=SUM({years.cost})", cost, POUNDS),
        ("Rows on the sheet Campaigns", '=COUNTIFS({all.cost},">=0")', len(rows), WHOLE),
    ]
    for i, (group, _, parts) in enumerate(groups_of(rows), start=1):
        point = total_of(counted(parts)).point
        claims.append((f"Total: {group}", f"={{totals.best.{i}}}", point, "#,##0.0"))
    for i, (year, low) in enumerate(low_ends(rows), start=1):
        claims.append((f"Net value, low end, {year}", f"={{money.low.{i}}}", low, POUNDS))
    for i, (title, formula, value, form) in enumerate(claims, start=1):
        yield (
            words(title),
            live(formula, value, form),
            number(value, form, look=Look.INPUT),
            live(f"={{self.here.{i}}}-{{self.should.{i}}}", 0, "0.000000"),
            number(max(abs(value) * TOLERANCE, 1e-9), "0.000000"),
            live(
                f'=IFERROR(IF(ABS({{self.difference.{i}}})<={{self.tolerance.{i}}},"Agrees","Differs"),"Differs")',
                "Agrees",
                look=Look.TEXT,
            ),
        )
