"""Groups side by side: their figures, what they differ by, who was lost, whether they were alike before."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.amounts import decimals
from evalkit.checks.attrition import NAME as ATTRITION
from evalkit.checks.attrition import RULE as ATTRITION_RULE
from evalkit.checks.balance import ALIKE, UNLIKE
from evalkit.checks.balance import NAME as BALANCE
from evalkit.checks.balance import RULE as BALANCE_RULE
from evalkit.evaluation import Evaluation
from evalkit.group_study import Balance, GroupFigure, GroupStudy
from evalkit.pack.axis import axis_for
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    SHARE,
    WHOLE,
    Bars,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    digits,
    instead,
    live,
    number,
    words,
)
from evalkit.small_counts import LEAST, WITHHELD
from evalkit.vocabulary import OutcomeKind

UNKNOWN = "not known"
SMALL = (
    f"At least one group's figure is of fewer than {LEAST} people. It is withheld, and so are the others': "
    "the difference between two groups and the figure of one give the other away. The answer covers every "
    "number that the small figure may be."
)
P_FORM = '[<0.001]"less than 0.001";0.000'


def studied(evaluation: Evaluation, found: tuple[Item, ...]) -> list[tuple[int, GroupStudy, list[Item]]]:
    """Every comparison of groups by number, with its findings."""
    return [
        (k, study, mine)
        for k, study in enumerate(evaluation.group_studies, start=1)
        if (mine := [i for i in found if _belongs(i, study)])
    ]


def study_of(item: Item) -> tuple[int, GroupStudy] | None:
    """The comparison of groups that a finding comes from, and its number."""
    for k, study in enumerate(item.evaluation.group_studies, start=1):
        if _belongs(item, study):
            return k, study
    return None


def _belongs(item: Item, study: GroupStudy) -> bool:
    finding = item.finding
    return bool(finding.arm) and (finding.campaign, finding.outcome) == (study.campaign, study.outcome)


def group_sheet(k: int, study: GroupStudy, mine: list[Item]) -> Section:
    """One comparison of groups on one sheet.

    Parameters
    ----------
    k : int
        Its number, from 1.
    study : GroupStudy
    mine : list of Item
        Its findings, one a group.
    """
    shown = [i for i in mine if i.estimate]
    blocks: list[Block] = []
    chart = group_chart(shown[0], rows=_height(shown)) if shown else None
    if chart:
        blocks.append(chart)
    blocks += [Heading("Difference from the control"), Words(_about_tests(study))]
    if shown:
        blocks.append(_differences(k, study, shown))
    blocks += [Heading("The groups, and who was lost"), Words(SMALL if study.withheld else ATTRITION_RULE)]
    blocks.append(_groups(k, study, mine[0]))
    blocks.append(Heading("Were the groups alike beforehand?"))
    if study.balance:
        blocks += [Words(BALANCE_RULE), _balance(k, study)]
    else:
        blocks.append(Words("Nothing known of the groups before the campaign was given."))
    blocks += [Words(n) for n in study.notes]
    return Section(
        name=f"Groups {k}",
        title=f"Groups compared: {study.outcome}",
        about=f"{study.campaign}. Everybody counts in the group they were allocated to. The control is "
        f"{study.groups[0].arm}.",
        blocks=tuple(blocks),
        widths=(34, 16, 16, 16, 16, 18, 18, 12, 12),
        working=2,
        landscape=True,
    )


def group_chart(item: Item, *, rows: int) -> Bars | None:
    """The differences of all groups from the control, each with its range."""
    found = study_of(item)
    if found is None:
        return None
    k, study = found
    mine = [i for i in _of_study(item, study) if i.estimate]
    factor, unit = item.about.shown_effect, _unit(item)
    ends = [x * factor for i in mine if i.estimate for x in (i.estimate.effect.low, i.estimate.effect.high)]
    if not ends or not all(math.isfinite(x) for x in ends):
        return None
    scale = axis_for(ends, zero=True)
    control = study.groups[0].arm
    said = "; ".join(f"{i.finding.arm}: {_in_words(i)}" for i in mine)
    return Bars(
        title=f"{study.outcome}: difference from {control}",
        alt_text=f"Bar chart with a range for each group compared with {control}. {said}.",
        label_title="Group",
        value_title=f"Difference from {control}, {unit}",
        labels=f"arms.{k}.name",
        values=f"arms.{k}.point",
        below=f"arms.{k}.below",
        above=f"arms.{k}.above",
        number_format=scale.number_format,
        rows=rows,
        scale=(scale.low, scale.high, scale.step),
    )


def group_rows(item: Item) -> int:
    """How many rows the chart of a finding's groups takes."""
    found = study_of(item)
    return _height(_of_study(item, found[1])) if found else 0


def group_words(item: Item) -> Iterator[str]:
    """A finding's groups in sentences: their figures, who was lost, whether they were alike."""
    found = study_of(item)
    if found is None:
        return
    _, study = found
    if study.withheld:
        yield SMALL
    pair = [g for g in study.groups if g.control or g.arm == item.finding.arm]
    for g in pair:
        if g.figure is not None and g.counted is not None:
            yield f"{g.arm}{' (control)' if g.control else ''}: {_figure_in_words(g, item)}."
    for check in item.finding.checks:
        if check.check in (ATTRITION, BALANCE):
            yield check.text


def _figure_in_words(group: GroupFigure, item: Item) -> str:
    if group.number is None:
        return f"a mean of {group.figure:,.4g} among {group.counted:,.0f}"
    if item.about.kind is OutcomeKind.SHARE:
        return f"{group.number:,.0f} of {group.counted:,.0f}, {group.figure:.1%}"
    return f"{group.number:,.0f} out of an exposure of {group.counted:,.0f}"


def _of_study(item: Item, study: GroupStudy) -> list[Item]:
    """The findings of one comparison, as numbered."""
    from_all = [f for f in item.evaluation.findings if f.arm]
    order = sorted(item.evaluation.findings, key=lambda f: f.exploratory)
    return [
        Item(order.index(f) + 1, item.cost, f, item.about, item.campaign, item.outcome, item.evaluation)
        for f in from_all
        if (f.campaign, f.outcome) == (study.campaign, study.outcome)
    ]


def _height(mine: list[Item]) -> int:
    return 8 + 2 * min(len(mine), 12)


def _unit(item: Item) -> str:
    return "percentage points" if item.about.kind is OutcomeKind.SHARE else item.about.unit


def _in_words(item: Item) -> str:
    estimate = item.estimate
    if estimate is None:
        return "no estimate"
    effect = estimate.effect.scaled(item.about.shown_effect)
    places = max(decimals(effect), 0)
    return f"{effect.point:,.{places}f}, range {effect.low:,.{places}f} to {effect.high:,.{places}f}"


def _about_tests(study: GroupStudy) -> str:
    count, outcomes = len(study.tests), len({t.outcome for t in study.tests})
    if count < 2:
        return "One comparison, so nothing is corrected for."
    over = f" over {outcomes} outcomes or questions" if outcomes > 1 else ""
    return (
        f"{count} comparisons are made{over}. Holm's rule makes the ranges wider and the p-values larger, so "
        "that chance shows an effect anywhere among them in at most 5% of studies without any. Both p-values "
        "are given: alone, and after the rule."
    )


def _differences(k: int, study: GroupStudy, shown: list[Item]) -> Table:
    unit = _unit(shown[0])
    head = (
        Column("Group", "name"),
        Column(f"Difference ({unit})", "point", figures=True),
        Column("Low end", "low", figures=True),
        Column("High end", "high", figures=True),
        Column("Level of the range", figures=True),
        Column("p-value alone", figures=True),
        Column("p-value after Holm's rule", figures=True),
        Column("For the chart: reach below", "below", figures=True),
        Column("For the chart: reach above", "above", figures=True),
    )
    return Table(f"arms.{k}", head, tuple(_difference(k, j, study, i) for j, i in enumerate(shown, start=1)))


def _difference(k: int, j: int, study: GroupStudy, item: Item) -> tuple[Cell, ...]:
    estimate, factor = item.estimate, round(item.about.shown_effect)
    if estimate is None:
        return ()
    effect, form = estimate.effect.scaled(factor), digits(estimate.effect, factor)
    times = f"{factor}*" if factor != 1 else ""
    ends = tuple(
        live(f"={times}{{est.{item.n}.effect.{e}}}", getattr(effect, e), form)
        for e in ("point", "low", "high")
    )
    test = next((t for t in study.tests if (t.outcome, t.arm) == (study.outcome, item.finding.arm)), None)
    bounded = math.isfinite(effect.low) and math.isfinite(effect.high)
    at = {e: f"{{arms.{k}.{e}.{j}}}" for e in ("point", "low", "high")}
    reach = (
        (
            live(f"={at['point']}-{at['low']}", effect.point - effect.low, form),
            live(f"={at['high']}-{at['point']}", effect.high - effect.point, form),
        )
        if bounded
        else (instead(UNKNOWN), instead(UNKNOWN))
    )
    return (
        words(item.finding.arm, Look.LABEL),
        *ends,
        number(effect.level, "0.00%"),
        number(test.alone, P_FORM) if test else instead(UNKNOWN),
        number(test.adjusted, P_FORM) if test else instead(UNKNOWN),
        *reach,
    )


def _groups(k: int, study: GroupStudy, item: Item) -> Table:
    share = item.about.kind is OutcomeKind.SHARE
    means = all(g.number is None for g in study.groups) and not study.withheld
    what = "Mean" if means or not share else "Share"
    head = (
        Column("Group"),
        Column("Allocated at first", "allocated", figures=True),
        Column("In the figures", "counted", figures=True),
        Column("Lost", figures=True),
        Column("How many did it" if share else "Events", "number", figures=True),
        Column(what if share or means else "Rate", figures=True),
        Column("Part"),
    )
    rows = tuple(_group(k, j, g, study, share and not means) for j, g in enumerate(study.groups, start=1))
    return Table(f"people.{k}", head, rows)


def _group(k: int, j: int, g: GroupFigure, study: GroupStudy, share: bool) -> tuple[Cell, ...]:
    at = {c: f"{{people.{k}.{c}.{j}}}" for c in ("allocated", "counted", "number")}
    lost, form = g.lost, SHARE if share else "#,##0.000"
    absent = WITHHELD if study.withheld else "none"
    if g.figure is None:
        figure = instead(WITHHELD if study.withheld else UNKNOWN)
    elif g.number is not None and g.counted and abs(g.number / g.counted - g.figure) < 1e-12:
        figure = live(f"={at['number']}/{at['counted']}", g.figure, form)
    else:
        figure = number(g.figure, form, look=Look.INPUT)
    return (
        words(g.arm, Look.LABEL),
        instead(UNKNOWN) if g.allocated is None else number(g.allocated, WHOLE, look=Look.INPUT),
        instead(WITHHELD) if g.counted is None else number(g.counted, "#,##0.##", look=Look.INPUT),
        instead(UNKNOWN) if lost is None else live(f"=1-{at['counted']}/{at['allocated']}", lost, SHARE),
        instead(absent) if g.number is None else number(g.number, "#,##0.##", look=Look.INPUT),
        figure,
        words("control" if g.control else "compared with the control"),
    )


def _balance(k: int, study: GroupStudy) -> Table:
    head = (
        Column("Known beforehand"),
        Column("Group"),
        Column(f"In {study.groups[0].arm}", figures=True),
        Column("In the group", figures=True),
        Column("Difference in standard deviations", figures=True),
        Column("p-value", figures=True),
        Column("What it says"),
    )
    return Table(f"balance.{k}", head, tuple(_alike(b) for b in study.balance))


def _alike(b: Balance) -> tuple[Cell, ...]:
    size = None if b.difference is None else abs(b.difference)
    absent = WITHHELD if b.withheld else UNKNOWN
    said = (
        WITHHELD
        if b.withheld
        else "spread not known"
        if size is None
        else "alike"
        if size <= ALIKE
        else "to be adjusted for"
        if size <= UNLIKE
        else "unlike"
    )
    return (
        words(b.measure, Look.LABEL),
        words(b.arm),
        *(instead(WITHHELD) if x is None else number(x, "#,##0.000") for x in (b.in_control, b.in_arm)),
        instead(absent)
        if b.difference is None or not math.isfinite(b.difference)
        else number(b.difference, "0.00"),
        instead(absent) if b.p_value is None else number(b.p_value, P_FORM),
        words(said),
    )
