"""Rules between records: names that must agree, totals that must reconcile, fields a tier asks for.

1. A rule reads a programme and yields problems with their place; it changes nothing.
2. `RULES` lists them; a new rule is a function and a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from evalkit.campaign.area_rules import areas_clear, areas_given_throughout, areas_spelt_one_way
from evalkit.campaign.as_of_rules import nothing_from_the_future
from evalkit.campaign.budget_rules import budgets_within_limits
from evalkit.campaign.calendar_rules import figures_after_the_wash_out, periods_regular
from evalkit.campaign.covariate_rules import covariates_sound, populations_whole
from evalkit.campaign.effect_rules import effects_within_reach
from evalkit.campaign.fields import Record, columns
from evalkit.campaign.group_rules import people_marked_once
from evalkit.campaign.names import hint
from evalkit.campaign.outcomes import Observation, Outcome
from evalkit.errors import Problem, problem
from evalkit.vocabulary import Direction, Evidence, ObservationFlag, OutcomeKind, PaymentKind, Tier

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme

TABLES_BY_TIER = {"objectives": Tier.ENHANCED, "activities": Tier.ENHANCED, "audiences": Tier.COMPREHENSIVE}
PART_TITLES = {
    "objectives": "Objectives",
    "audiences": "Audiences",
    "inputs": "Inputs",
    "activities": "Activities",
    "outputs": "Outputs",
    "out_takes": "Out-takes",
    "channel_shifts": "Channel shift",
    "sign_off": "Sign-off",
}
CAMPAIGN_PARTS = tuple(PART_TITLES)
PROGRAMME_PARTS = (
    "outcomes",
    "observations",
    "groups",
    "comparisons",
    "areas",
    "covariates",
    "events",
    "external_estimates",
    "unit_values",
)


def problems(programme: Programme, *, figures: bool = True) -> tuple[Problem, ...]:
    """All broken rules of a programme, in the order of `RULES`.

    Parameters
    ----------
    programme : Programme
    figures : bool
        Whether its figures are all there; rules that look at them are left out where some are withheld.
    """
    return tuple(p for rule in RULES if figures or rule not in ON_FIGURES for p in rule(programme))


def missing_at_tier(programme: Programme) -> Iterator[Problem]:
    """Fields and tables that the tier asks for and nobody filled in."""
    for i, campaign in enumerate(programme.campaigns):
        yield from _blank_fields(campaign, campaign.tier, ("campaigns", i))
        for part in CAMPAIGN_PARTS:
            rows = getattr(campaign, part)
            tier = TABLES_BY_TIER.get(part)
            if tier and not rows and campaign.tier.rank >= tier.rank:
                title = PART_TITLES[part]
                yield problem("M-row-required", "campaigns", i, part, table=title, tier=tier.value)
            for j, row in enumerate(rows):
                yield from _blank_fields(row, campaign.tier, ("campaigns", i, part, j))
    tier = programme.tier
    for part in PROGRAMME_PARTS:
        if part == "observations":  # nothing of theirs is asked for later than Basic
            continue
        for j, row in enumerate(getattr(programme, part)):
            yield from _blank_fields(row, tier, (part, j))


def _blank_fields(record: Record, tier: Tier, loc: tuple[str | int, ...]) -> Iterator[Problem]:
    for c in columns(type(record)):
        wanted = c.tier is not None and Tier.BASIC.rank < c.tier.rank <= tier.rank
        if wanted and c.tier is not None and getattr(record, c.name) is None:
            yield problem("M-required", *loc, c.name, title=c.title, tier=c.tier.value, help=c.help)


def campaign_titles_unique(programme: Programme) -> Iterator[Problem]:
    """Each campaign has a title of its own."""
    yield from _repeats(
        "campaign", [(("campaigns", i, "title"), c.title) for i, c in enumerate(programme.campaigns)]
    )


def outcome_names_unique(programme: Programme) -> Iterator[Problem]:
    """Each outcome has a name of its own, and at most one is primary."""
    yield from _repeats(
        "outcome", [(("outcomes", i, "name"), o.name) for i, o in enumerate(programme.outcomes)]
    )
    primary = [(i, o) for i, o in enumerate(programme.outcomes) if o.primary]
    for i, outcome in primary[1:]:
        yield problem("M-second-primary", "outcomes", i, "primary", value=outcome.name)


def _repeats(what: str, named: list[tuple[tuple[str | int, ...], str]]) -> Iterator[Problem]:
    seen: dict[str, tuple[str, tuple[str | int, ...]]] = {}
    for loc, name in named:
        first = seen.setdefault(name.casefold(), (name, loc))
        if first[1] != loc:
            yield problem(
                "M-duplicate", *loc, value=name, what=what, first=f'"{first[0]}"', first_at=first[1]
            )


def outcome_names_known(programme: Programme) -> Iterator[Problem]:
    """Every outcome named elsewhere is on the Outcomes sheet; a blank is allowed only where it is clear."""
    names = [o.name for o in programme.outcomes]
    for part in ("observations", "groups", "external_estimates", "unit_values"):
        yield from _named(programme, part, names, blank_means_all=False)
    for part in ("comparisons", "covariates", "events"):
        yield from _named(programme, part, names, blank_means_all=True)
    for i, campaign in enumerate(programme.campaigns):
        for j, objective in enumerate(campaign.objectives):
            if objective.outcome and objective.outcome not in names:
                yield _unknown(("campaigns", i, "objectives", j, "outcome"), objective.outcome, names)
        for j, shift in enumerate(campaign.channel_shifts):
            if shift.outcome and shift.outcome not in names:
                yield _unknown(("campaigns", i, "channel_shifts", j, "outcome"), shift.outcome, names)
    for i, row in enumerate(programme.comparisons):
        if row.series and row.series not in names:
            yield _unknown(("comparisons", i, "series"), row.series, names)


def _named(programme: Programme, part: str, names: list[str], *, blank_means_all: bool) -> Iterator[Problem]:
    known = set(names)
    for i, row in enumerate(getattr(programme, part)):
        if row.outcome is None:
            if not blank_means_all and len(names) > 1:
                yield problem("M-which", part, i, "outcome", what="outcome", choices=", ".join(names))
        elif row.outcome not in known:
            yield _unknown((part, i, "outcome"), row.outcome, names)


def _unknown(
    loc: tuple[str | int, ...], value: str, names: list[str], what: str = "outcome", home: str = "Outcomes"
) -> Problem:
    return problem(
        "M-unknown-name",
        *loc,
        value=value,
        what=what,
        home=home,
        choices=", ".join(names[:8]),
        hint=hint(value, names),
    )


def campaign_names_known(programme: Programme) -> Iterator[Problem]:
    """Every campaign named elsewhere is on the Campaigns sheet."""
    names = [c.title for c in programme.campaigns]
    for part in ("groups", "external_estimates"):
        for i, row in enumerate(getattr(programme, part)):
            if row.campaign is None and len(names) > 1:
                yield problem("M-which", part, i, "campaign", what="campaign", choices=", ".join(names))
            elif row.campaign is not None and row.campaign not in names:
                yield _unknown((part, i, "campaign"), row.campaign, names, "campaign", "Campaigns")


def outcomes_have_data(programme: Programme) -> Iterator[Problem]:
    """Every outcome has figures somewhere."""
    only = len(programme.outcomes) == 1
    parts = ("observations", "groups", "external_estimates")
    named = {
        row.outcome
        for part in parts
        for row in getattr(programme, part)
        if not getattr(row, "baseline", None)
    }
    for i, outcome in enumerate(programme.outcomes):
        if outcome.name not in named and not (only and None in named):
            yield problem("M-no-observations", "outcomes", i, "name", value=outcome.name)


def observations_sound(programme: Programme) -> Iterator[Problem]:
    """One figure per outcome, area and period, of the kind the outcome says."""
    by_name = {o.name: o for o in programme.outcomes}
    only = programme.outcomes[0] if len(programme.outcomes) == 1 else None
    seen: dict[tuple[str, str | None, object], int] = {}
    for i, row in enumerate(programme.observations):
        outcome = by_name.get(row.outcome) if row.outcome else only
        if outcome is None:
            continue
        key = (outcome.name, row.area, row.period)
        if key in seen:
            yield problem(
                "M-duplicate-observation",
                "observations",
                i,
                "period",
                outcome=outcome.name,
                area=row.area or "whole area",
                period=row.period,
                first=f"row {seen[key] + 1} of the data",
                first_at=("observations", seen[key], "period"),
            )
        seen.setdefault(key, i)
        yield from _figure(i, row, outcome)


def _figure(i: int, row: Observation, outcome: Outcome) -> Iterator[Problem]:
    if (
        row.value is None
        or row.flag is ObservationFlag.SUPPRESSED
        or not isinstance(outcome.kind, OutcomeKind)
    ):
        return  # an outcome whose kind could not be read stands in without one
    loc = ("observations", i)
    if outcome.kind is not OutcomeKind.LEVEL and row.value < 0:
        yield problem(
            "M-negative", *loc, "value", value=row.value, outcome=outcome.name, kind=outcome.kind.value
        )
    elif outcome.kind is not OutcomeKind.LEVEL and row.value != int(row.value):
        yield problem("M-count-whole", *loc, "value", value=row.value, outcome=outcome.name)
    if row.denominator is not None and row.denominator == 0 and row.value > 0:
        yield problem("M-denominator-zero", *loc, "denominator", denominator=row.denominator)
    if outcome.kind is OutcomeKind.SHARE:
        if row.denominator is None:
            yield problem("M-denominator-missing", *loc, "denominator", value=row.value, outcome=outcome.name)
        elif row.value > row.denominator > 0:
            yield problem("M-denominator-small", *loc, "value", value=row.value, denominator=row.denominator)


def campaign_within_figures(programme: Programme) -> Iterator[Problem]:
    """The figures of an outcome reach from before the start to after it."""
    pairs = programme.pairs()
    with_figures = {
        o.name: [x.period for x in programme.observations_of(o) if x.value is not None]
        for o in programme.outcomes
    }
    for i, campaign in enumerate(programme.campaigns):
        for outcome in (o for c, o in pairs if c is campaign):
            periods = with_figures[outcome.name]
            if periods and campaign.start and not min(periods) < campaign.start <= max(periods):
                yield problem(
                    "M-campaign-outside",
                    "campaigns",
                    i,
                    "start",
                    start=campaign.start,
                    outcome=outcome.name,
                    first=min(periods),
                    last=max(periods),
                )


def targets_on_the_good_side(programme: Programme) -> Iterator[Problem]:
    """A target improves on its baseline."""
    for i, campaign in enumerate(programme.campaigns):
        for j, objective in enumerate(campaign.objectives):
            outcome = next((o for o in programme.outcomes if o.name == objective.outcome), None)
            base, target = objective.baseline_value, objective.target_value
            if outcome is None or outcome.good_direction is None or base is None or target is None:
                continue
            better = target > base if outcome.good_direction is Direction.UP else target < base
            if not better:
                yield problem(
                    "M-target-direction",
                    "campaigns",
                    i,
                    "objectives",
                    j,
                    "target_value",
                    value=target,
                    baseline=base,
                    direction=outcome.good_direction.value,
                )


def totals_reconcile(programme: Programme) -> Iterator[Problem]:
    """The ledger total equals the cash lines, the budget the budgeted lines."""
    for i, campaign in enumerate(programme.campaigns):
        cash = [x for x in campaign.inputs if x.payment is PaymentKind.CASH]
        total = sum((x.cost for x in cash), Decimal(0))
        slack = Decimal("0.01") * max(len(cash), 1)  # each line's share is rounded to the penny
        if campaign.ledger_total is not None and abs(campaign.ledger_total - total) > slack:
            yield _total(
                ("campaigns", i, "ledger_total"),
                campaign.ledger_total,
                total,
                "the sum of the cash lines on the Inputs sheet, net of VAT that comes back and of other "
                "campaigns' shares",
            )
        budgets = [x.budget for x in campaign.inputs]
        if campaign.budget_total is not None and budgets and all(b is not None for b in budgets):
            planned = sum((b for b in budgets if b is not None), Decimal(0))
            if planned != campaign.budget_total:
                yield _total(
                    ("campaigns", i, "budget_total"),
                    campaign.budget_total,
                    planned,
                    "the sum of the budget column on the Inputs sheet",
                )


def _total(loc: tuple[str | int, ...], value: Decimal, total: Decimal, why: str) -> Problem:
    gap = f"£{abs(value - total):,.2f}"
    return problem("M-total", *loc, value=f"£{value:,.2f}", total=f"£{total:,.2f}", why=why, gap=gap)


def split_costs_within_whole(programme: Programme) -> Iterator[Problem]:
    """Shares of one split cost come to no more than the whole."""
    shares: dict[str, list[tuple[tuple[str | int, ...], float]]] = defaultdict(list)
    for i, campaign in enumerate(programme.campaigns):
        for j, line in enumerate(campaign.inputs):
            if line.split_name:
                shares[line.split_name].append((("campaigns", i, "inputs", j, "share"), line.share))
    for name, parts in shares.items():
        total = sum(share for _, share in parts)
        if total > 1 + 1e-9:
            yield problem("M-split", *parts[-1][0], name=name, total=f"{total:.0%}")


def claimed_carries_no_money(programme: Programme) -> Iterator[Problem]:
    """Money only for what a service observed."""
    only = len(programme.outcomes) == 1
    claimed = {o.name for o in programme.outcomes if o.evidence is Evidence.CLAIMED}
    for i, row in enumerate(programme.unit_values):
        name = programme.outcomes[0].name if only and row.outcome is None else row.outcome
        if name in claimed:
            yield problem("M-claimed-money", "unit_values", i, "outcome", value=name)
    for i, campaign in enumerate(programme.campaigns):
        for j, shift in enumerate(campaign.channel_shifts):
            if shift.outcome in claimed:
                loc = ("campaigns", i, "channel_shifts", j, "outcome")
                yield problem("M-claimed-money", *loc, value=shift.outcome)


Rule = Callable[["Programme"], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    campaign_titles_unique,
    outcome_names_unique,
    outcome_names_known,
    campaign_names_known,
    missing_at_tier,
    outcomes_have_data,
    observations_sound,
    periods_regular,
    areas_spelt_one_way,
    areas_given_throughout,
    areas_clear,
    populations_whole,
    covariates_sound,
    people_marked_once,
    campaign_within_figures,
    figures_after_the_wash_out,
    nothing_from_the_future,
    targets_on_the_good_side,
    effects_within_reach,
    totals_reconcile,
    split_costs_within_whole,
    budgets_within_limits,
    claimed_carries_no_money,
)
ON_FIGURES = (missing_at_tier, outcomes_have_data, campaign_within_figures, effects_within_reach)
