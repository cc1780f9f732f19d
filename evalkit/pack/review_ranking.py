"""Ranking of like with like, with its uncertainty."""

from __future__ import annotations

import math
from collections import defaultdict

from evalkit.amounts import in_draws
from evalkit.pack.axis import axis_for
from evalkit.pack.review_rows import Row
from evalkit.pack.sections import (
    Bars,
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

MOST_BARS = 25
CHANCE = '[<0.01]"under 1%";[>0.99]"over 99%";0%'  # drawn, so never nothing and never certain


def ranking_sheet(rows: tuple[Row, ...]) -> Section:
    """Like with like, after shrinkage, with the probability of being among the best third."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.rank is not None:
            groups[row.group].append(row)
    blocks: list[Block] = []
    for g, (group, like) in enumerate(sorted(groups.items(), key=lambda p: (-len(p[1]), p[0])), start=1):
        blocks += _group(g, group, sorted(like, key=lambda r: -(r.rank.top_third if r.rank else 0)))
    if not blocks:
        blocks.append(Words("No three campaigns count the same thing, so nothing is ranked."))
    left = [r for r in rows if r.rank is None]
    if left:
        blocks.append(Heading("Not ranked, and why"))
        head = (Column("Campaign"), Column("Counted in"), Column("Why it is not ranked"))
        blocks.append(
            Table(
                "unranked",
                head,
                tuple((words(r.title), words(r.group), words(r.why_not)) for r in left),
            )
        )
    return Section(
        name="Ranking",
        title="Ranking of what counts the same thing",
        about="Improvement for each £1,000 of full cost. Small and noisy campaigns are drawn towards "
        "the rest "
        "as far as their own range says they should be, so that luck does not lead the table. Where evidence "
        "is at level 2 the ranges do not hold other causes; at level 1 nothing is ranked.",
        blocks=tuple(blocks),
        widths=(34, 26, 34, 14, 14, 14, 14, 14, 14, 12),
        landscape=True,
    )


def _group(g: int, group: str, like: list[Row]) -> list[Block]:
    key = f"rank{g}"
    head = (
        Column("Campaign and evidence", "name"),
        Column("Counted in"),
        Column("Probability of being in the top third", "chance", figures=True),
        Column("As measured, for each £1,000", "raw", figures=True),
        Column("After shrinkage", "best", figures=True),
        Column("After shrinkage, low end", "low", figures=True),
        Column("After shrinkage, high end", "high", figures=True),
        Column("Reach below", "below", figures=True),
        Column("Reach above", "above", figures=True),
        Column("Rank, 9 times in 10", figures=True),
    )
    table = tuple(_ranked(key, i, r) for i, r in enumerate(like, start=1))
    leader = like[0]
    chance = leader.rank.top_third if leader.rank else 0.0
    said = (
        f"{len(like)} campaigns count {group}. {leader.title} is most likely to be in the top "
        f"third, "
        f"with probability {in_draws(chance, 'under', 'over')}."
    )
    ends = [x for r in like if r.rank for x in (r.rank.low, r.rank.high)]
    scale = axis_for(ends, zero=True)
    blocks: list[Block] = [Heading(group[:1].upper() + group[1:]), Words(said)]
    if len(like) <= MOST_BARS:
        blocks.append(
            Bars(
                f"{group[:1].upper() + group[1:]} for each £1,000, after shrinkage",
                f"Bar chart with a range for each of {len(like)} campaigns. {said}",
                "Campaign",
                f"{group[:1].upper() + group[1:]} for each £1,000. Thin lines: 95% range",
                f"{key}.name",
                f"{key}.best",
                f"{key}.below",
                f"{key}.above",
                number_format=scale.number_format,
                rows=8 + 2 * len(like),
                scale=(scale.low, scale.high, scale.step),
            )
        )
    blocks.append(Table(key, head, table))
    return blocks


def _ranked(key: str, i: int, row: Row) -> tuple[Cell, ...]:
    rank, each = row.rank, row.per_thousand
    if rank is None or each is None:
        raise ValueError("only ranked rows are shown here")
    places = max(0, 2 - math.floor(math.log10(max(abs(rank.high), abs(rank.low), 1e-9))))
    form = "#,##0" + ("." + "0" * places if places else "")
    at = {k: f"{{{key}.{k}.{i}}}" for k in ("best", "low", "high")}
    label = f'={{all.name.{row.n}}}&", "&{{all.level.{row.n}}}'
    between = str(rank.best_rank)
    if rank.worst_rank != rank.best_rank:
        between = f"{rank.best_rank} to {rank.worst_rank}"
    return (
        live(label, f"{row.title}, Level {row.level}", look=Look.TEXT),
        live(f"={{all.group.{row.n}}}", row.group, look=Look.TEXT),
        number(rank.top_third, CHANCE),
        live(f"=1000*{{all.best.{row.n}}}/{{all.cost.{row.n}}}", each.point, form),
        number(rank.point, form),
        number(rank.low, form),
        number(rank.high, form),
        live(f"={at['best']}-{at['low']}", rank.point - rank.low, form),
        live(f"={at['high']}-{at['best']}", rank.high - rank.point, form),
        instead(between),
    )
