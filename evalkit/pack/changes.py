"""What changed since an earlier evaluation: answers, what was entered, assumptions, figures, files.

1. Figures are matched by outcome, area and period, answers by campaign and outcome; nothing is judged.
2. Where the earlier one withholds small figures, this one is compared as it would be published: what is
   withheld is no change, and no difference tells it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from evalkit.amounts import british_date, money
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.estimate import Estimate
from evalkit.evaluation import Evaluation, Finding
from evalkit.pack.changed_records import NONE, Change, record_changes, said
from evalkit.pack.interim import is_interim
from evalkit.pack.sections import Block, Column, Heading, Section, Table, Words, words
from evalkit.vocabulary import ObservationFlag
from evalkit.withholding.published import published

MOST = 200  # revised figures named one by one
HEAD = (Column("What"), Column("Where"), Column("Before"), Column("Now"))
KINDS = ("Revised", "Taken out", "Added", "Appended")  # as told: what was known and differs comes first
BASIS = {
    "base_year": "Base year of prices",
    "annual": "What a later year repeats of the effect",
    "last": "Last year of the appraisal",
    "grade": "Confidence grade of the data",
    "cut": "Cut to benefits for that grade",
    "cost": "Present value of the cost (£)",
}
LINE = {
    "price_year": "Price year",
    "low": "Low value (£)",
    "central": "Value of a unit (£)",
    "high": "High value (£)",
    "deflator": "Factor to the base year's prices",
    "cashable": "Share that releases money",
    "leakage": "Leakage",
    "displacement": "Displacement",
    "deadweight": "Deadweight",
    "drop_off": "Drop-off",
    "duration": "Years beyond the observed ones",
    "discounting": "Discounting",
}
Key = tuple[str, str, date]  # outcome, area, period


def changes(now: Evaluation, before: Evaluation) -> Section:
    """Everything that differs between two evaluations of one programme.

    Parameters
    ----------
    now, before : Evaluation
    """
    if before.withheld or now.withheld:
        now, before = published(now, since=before), published(before, since=now)
    withheld = bool(before.withheld or now.withheld)
    figures = sorted(_figures(now.programme, before.programme), key=lambda row: KINDS.index(row[0]))
    counted = Counter(row[0] for row in figures)
    kinds = ", ".join(f"{counted[k]} {k.lower()}" for k in KINDS if counted[k])
    count = f"Figures: {kinds or 'none changed'}."
    groups = (
        ("Answers", list(_answers(now, before))),
        ("What was entered", list(record_changes(now.programme, before.programme, withheld=withheld))),
        ("What the value rests on", list(_assumptions(now, before))),
        ("Figures revised, taken out, added or appended", figures[:MOST]),
        ("Files and versions", list(_made_with(now, before))),
    )
    blocks: list[Block] = []
    for n, (title, found) in enumerate(groups, start=1):
        blocks.append(Heading(title))
        if found:
            blocks.append(Table(f"changes.{n}", HEAD, tuple(tuple(words(c) for c in row) for row in found)))
        else:
            blocks.append(Words("Nothing changed."))
    unseen = len(_unseen(now.programme) | _unseen(before.programme))
    if unseen:
        blocks.append(
            Words(
                f"{unseen} figures are withheld in one of the two, being small or giving a small one away. "
                "Whether they changed is not listed. Answers that rest on them are compared as rounded."
            )
        )
    if len(figures) > MOST:
        blocks.append(
            Words(f"{len(figures) - MOST} more figures changed; the Data sheet has all as they are now.")
        )
    return Section(
        name="Changes",
        title="What changed since the earlier evaluation",
        about=f"Compared with the one of figures as of {british_date(before.provenance.as_of)}. {count}",
        blocks=tuple(blocks),
        widths=(36, 50, 52, 52),
        landscape=True,
    )


def _answers(now: Evaluation, before: Evaluation) -> Iterator[Change]:
    then = {(f.campaign, f.outcome, f.arm): f for f in before.findings}
    today = {(f.campaign, f.outcome, f.arm): f for f in now.findings}
    looks = [{c.title: _look(e, c) for c in e.programme.campaigns} for e in (before, now)]
    for title in dict.fromkeys((*looks[1], *looks[0])):
        was, is_now = (held.get(title, NONE) for held in looks)
        if was != is_now:
            yield "Look", title, was, is_now
    for key in dict.fromkeys((*today, *then)):
        old, new = then.get(key), today.get(key)
        where = ": ".join(k for k in key if k)
        for what, a, b in (
            ("Answer", old and old.verdict.claim.value, new and new.verdict.claim.value),
            ("Evidence level", old and str(old.grade.level), new and str(new.grade.level)),
            ("Method", _method(old), _method(new)),
            ("Total effect", _total(old), _total(new)),
            ("Full cost", old and money(old.value.cost.total), new and money(new.value.cost.total)),
            ("Net value, NPSV", _net(old), _net(new)),
        ):
            if a != b:
                yield what, where, a or NONE, b or NONE


def _look(evaluation: Evaluation, campaign: Campaign) -> str:
    return "interim" if is_interim(campaign, evaluation.provenance.as_of) else "final"


def _method(finding: Finding | None) -> str | None:
    """Design and method of an estimate, or of the plan that gave none."""
    if finding is None:
        return None
    made = finding.estimate if isinstance(finding.estimate, Estimate) else finding.design
    if made is None:
        return None
    design = made.design if isinstance(made, Estimate) else made.code
    return f"{design.value}, {made.method}" if made.method else design.value


def _net(finding: Finding | None) -> str | None:
    figure = finding.value.npsv if finding is not None else None
    if figure is None or figure.interval is None:
        return None
    held = figure.interval
    if not figure.best:
        return f"{money(held.low)} to {money(held.high)}"
    return f"{money(held.point)} (range {money(held.low)} to {money(held.high)})"


def _total(finding: Finding | None) -> str | None:
    if finding is None or not isinstance(finding.estimate, Estimate):
        return None
    total = finding.estimate.total
    return f"{total.point:,.4g} (range {total.low:,.4g} to {total.high:,.4g}) {finding.estimate.total_unit}"


def _assumptions(now: Evaluation, before: Evaluation) -> Iterator[Change]:
    """What the appraisal was worked out with, entered or from the library, where it differs."""
    then = {(f.campaign, f.outcome, f.arm): f.value.basis for f in before.findings}
    for finding in now.findings:
        old, new = then.get((finding.campaign, finding.outcome, finding.arm)), finding.value.basis
        where = ": ".join(k for k in (finding.campaign, finding.outcome, finding.arm) if k)
        if old is None or new is None:
            continue
        for name, what in BASIS.items():
            a, b = getattr(old, name), getattr(new, name)
            if a != b:
                yield what, where, said(a), said(b)
        vintages = dict(old.vintages)
        for file, vintage in new.vintages:
            if vintages.get(file) != vintage:
                yield f"Reference values, {file}", where, vintages.get(file, NONE), vintage
        lines = {line.label: line for line in old.lines}
        for line in new.lines:
            known = lines.get(line.label)
            for name, what in LINE.items() if known else ():
                a, b = getattr(known, name), getattr(line, name)
                if a != b:
                    yield f"{what}, as used", f"{where}: {line.label}", said(a), said(b)


def _figures(now: Programme, before: Programme) -> Iterator[Change]:
    old, new = _keyed(before), _keyed(now)
    unseen = _unseen(now) | _unseen(before)
    last: dict[tuple[str, str], date] = {}
    for outcome, area, period in old:
        last[outcome, area] = max(period, last.get((outcome, area), period))
    for key in sorted({*old, *new} - unseen):
        a, b = old.get(key, "absent"), new.get(key, "absent")
        if a != b:
            outcome, area, period = key
            late = period > last.get((outcome, area), date.max)
            kind = (
                "Taken out" if b == "absent" else "Revised" if a != "absent" else ("Added", "Appended")[late]
            )
            yield kind, f"{outcome}, {area}, {british_date(period)}", a, b


def _unseen(programme: Programme) -> set[Key]:
    """Figures that exist and are not held."""
    return {
        _key(programme, o)
        for o in programme.observations
        if o.flag is ObservationFlag.SUPPRESSED and o.value is None
    }


def _key(programme: Programme, row: Observation) -> Key:
    return row.outcome or programme.outcomes[0].name, row.area or WHOLE_AREA, row.period


def _keyed(programme: Programme) -> dict[Key, str]:
    return {
        _key(programme, o): ("no figure" if o.value is None else f"{o.value:,.10g}")
        + (f" out of {o.denominator:,.10g}" if o.denominator is not None else "")
        for o in programme.observations
    }


def _made_with(now: Evaluation, before: Evaluation) -> Iterator[Change]:
    a, b = before.provenance, now.provenance
    then, today = dict(a.versions), dict(b.versions)
    rows = [
        ("Figures as of", "the evaluation", british_date(a.as_of), british_date(b.as_of)),
        ("Files", "read", _files(before), _files(now)),
        ("Grading rules", "version", a.rule_set, b.rule_set),
        *(("Version", k, then.get(k, NONE), today.get(k, NONE)) for k in dict.fromkeys((*today, *then))),
    ]
    yield from (r for r in rows if r[2] != r[3])


def _files(evaluation: Evaluation) -> str:
    return (
        "; ".join(
            f"{f.name} {f.sha256 if ' ' in f.sha256 else f.sha256[:12]}" for f in evaluation.provenance.files
        )
        or NONE
    )
