"""What changed since an earlier evaluation: files, figures, costs, answers.

1. Figures are matched by outcome, area and period, answers by campaign and outcome; nothing is judged.
2. Where the earlier one withholds small figures, this one is compared as it would be published: what is
   withheld is no change, and no difference tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from evalkit.amounts import british_date, money
from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.estimate import Estimate
from evalkit.evaluation import Evaluation, Finding
from evalkit.pack.sections import Block, Column, Heading, Section, Table, Words, words
from evalkit.vocabulary import ObservationFlag
from evalkit.withholding.published import published

MOST = 200  # revised figures named one by one
HEAD = (Column("What"), Column("Where"), Column("Before"), Column("Now"))
Change = tuple[str, str, str, str]
Key = tuple[str, str, date]  # outcome, area, period
NONE = "none"


def changes(now: Evaluation, before: Evaluation) -> Section:
    """Everything that differs between two evaluations of one programme.

    Parameters
    ----------
    now, before : Evaluation
    """
    if before.withheld or now.withheld:
        now, before = published(now, since=before), published(before, since=now)
    figures = list(_figures(now.programme, before.programme))
    groups = (
        ("Answers", list(_answers(now, before))),
        ("Inputs and particulars", list(_particulars(now, before))),
        ("Figures added, revised or taken out", figures[:MOST]),
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
        about=f"Compared with the evaluation of figures as of {british_date(before.provenance.as_of)}.",
        blocks=tuple(blocks),
        widths=(36, 50, 52, 52),
        landscape=True,
    )


def _answers(now: Evaluation, before: Evaluation) -> Iterator[Change]:
    then = {(f.campaign, f.outcome): f for f in before.findings}
    today = {(f.campaign, f.outcome): f for f in now.findings}
    for key in dict.fromkeys((*today, *then)):
        old, new = then.get(key), today.get(key)
        where = ": ".join(key)
        for what, a, b in (
            ("Answer", old and old.verdict.claim.value, new and new.verdict.claim.value),
            ("Evidence level", old and str(old.grade.level), new and str(new.grade.level)),
            ("Total effect", _total(old), _total(new)),
            ("Full cost", old and money(old.value.cost.total), new and money(new.value.cost.total)),
        ):
            if a != b:
                yield what, where, a or NONE, b or NONE


def _total(finding: Finding | None) -> str | None:
    if finding is None or not isinstance(finding.estimate, Estimate):
        return None
    total = finding.estimate.total
    return f"{total.point:,.4g} (range {total.low:,.4g} to {total.high:,.4g}) {finding.estimate.total_unit}"


def _particulars(now: Evaluation, before: Evaluation) -> Iterator[Change]:
    """Fields of campaigns and outcomes that differ, their lists as a whole."""
    for what, new, old in (
        ("Campaign", now.programme.campaigns, before.programme.campaigns),
        ("Outcome", now.programme.outcomes, before.programme.outcomes),
    ):
        name = "title" if what == "Campaign" else "name"
        then = {getattr(r, name): r.model_dump(mode="json") for r in old}
        today = {getattr(r, name): r.model_dump(mode="json") for r in new}
        for key in dict.fromkeys((*today, *then)):
            if key not in then or key not in today:
                yield what, key, "there" if key in then else NONE, "there" if key in today else NONE
                continue
            for field, value in today[key].items():
                if value != then[key].get(field):
                    yield f"{what}: {field.replace('_', ' ')}", key, _said(then[key].get(field)), _said(value)
    for part in ("events", "comparisons", "groups", "external_estimates", "unit_values"):
        a, b = getattr(before.programme, part, ()), getattr(now.programme, part, ())
        if a != b:
            yield part.replace("_", " ").capitalize(), "the sheet", f"{len(a)} rows", f"{len(b)} rows"


def _said(value: object) -> str:
    if value in (None, "", [], ()):
        return NONE
    if isinstance(value, list):
        return f"{len(value)} rows"
    return str(value)[:120]


def _figures(now: Programme, before: Programme) -> Iterator[Change]:
    old, new = _keyed(before), _keyed(now)
    unseen = _unseen(now) | _unseen(before)
    for key in sorted({*old, *new} - unseen):
        a, b = old.get(key, "absent"), new.get(key, "absent")
        if a != b:
            outcome, area, period = key
            kind = "Added" if a == "absent" else "Taken out" if b == "absent" else "Revised"
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
    return "; ".join(f"{f.name} {f.sha256[:12]}" for f in evaluation.provenance.files) or NONE
