"""What a change of channel saved: contacts that moved, less those that failed and those it called forth.

1. saving = moved × (cost left - cost arrived) - failed × cost of coming back - induced × cost arrived; what
   the change cost is among the campaign's costs. It is kept as a saving for each contact moved, so that an
   estimate of what the campaign contributed can take the place of all that moved.
2. Volumes before and after have no comparison: they say that contacts moved, never what moved them.
3. Only what was released is cashable. What was counted among the later figures is not taken off again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evalkit.calendars import DAYS_A_YEAR, in_years
from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.reference_values import OWN
from evalkit.campaign.valuation import UnitValue
from evalkit.money import deflators, reference, years
from evalkit.money.cost import full_cost
from evalkit.money.unit_costs import UnitCost, heaviest_cut, judged
from evalkit.vocabulary import Beneficiary, Channel, CostCategory

STUDIES = ("socitm", "nwegg", "pwc", OWN)
NOT_MET = (
    "Had the campaign moved every one of these contacts, what they saved in the later period would be less "
    "than its full cost; a break-even share above 100% says the same."
)
ABOUT_A_WEEK = 8  # weeks begin on a weekday and not on a date


@dataclass(frozen=True, slots=True)
class ContactCost:
    """What a contact costs in one channel, in the prices of its own year."""

    channel: Channel
    value: float
    price_year: str
    source: str
    rag: str


@dataclass(frozen=True, slots=True)
class ChannelSaving:
    """The saving of one row of the sheet Channel shift.

    Attributes
    ----------
    campaign : str
    outcome : str
        The outcome that counts these contacts; empty where none does.
    moved_from, moved_to, fell_back : Channel
    before, after : tuple of date
        First and last day of the two periods.
    volumes : tuple of float
        Contacts in the channel left, before and after, and in the one moved to, before and after.
    left, arrived, moved, induced, elsewhere : float
        Fall in the one, rise in the other; the smaller of the two; what arrived without leaving; what left
        without arriving. What went elsewhere is not counted as a saving.
    failed : float
        Failed contacts that are taken off: none where they are within the later figures.
    failed_entered : float or None
    cost_from, cost_to, cost_back : ContactCost
    from_ends : tuple of float
        Cost of a contact in the channel left: low, central, high.
    price_year : str
        Of the figures below: that of the cost of the channel left.
    counted : float
        Share of the saving that counts: less than 1 where a cost of a contact is weak.
    weak : str
        Why; empty otherwise.
    each : tuple of float
        Net saving for each contact moved: cautious, central, favourable; never below nil.
    saving : float
        For all contacts that moved in the period, at the central value.
    change : Decimal
        Cost of the change among the campaign's costs, in pounds of the day.
    released, agency : str
    released_value : float
        Pounds a year, prices of the year in which the later period begins.
    cashable : float
        Share of the saving that is released.
    breakeven : float or None
        Share of the contacts moved that would have to be the campaign's for its full cost to be met.
    failing : float or None
        Failed contacts for each one moved at which nothing would be saved.
    reason : str
        Why nothing is saved, or nothing can be said; empty otherwise.
    warnings : tuple of str
    """

    campaign: str
    outcome: str
    moved_from: Channel
    moved_to: Channel
    fell_back: Channel
    before: tuple[date, date]
    after: tuple[date, date]
    volumes: tuple[float, float, float, float]
    left: float
    arrived: float
    moved: float
    induced: float
    elsewhere: float
    failed: float
    failed_entered: float | None
    cost_from: ContactCost
    cost_to: ContactCost
    cost_back: ContactCost
    from_ends: tuple[float, float, float]
    price_year: str
    counted: float
    weak: str
    each: tuple[float, float, float]
    saving: float
    change: Decimal
    released: str
    agency: str
    released_value: float
    cashable: float
    breakeven: float | None
    failing: float | None
    reason: str
    warnings: tuple[str, ...]

    @property
    def title(self) -> str:
        """The move in words."""
        return f"{self.moved_from.value} to {self.moved_to.value}"

    @property
    def released_then(self) -> float:
        """Pounds released a year in the prices of the cost of the channel left."""
        now = years.label(years.year_of(self.after[0]))
        return deflators.uprated(self.released_value, now, self.price_year)

    @property
    def in_years(self) -> float:
        """Length of the later period in years."""
        return in_years(*self.after)


def published(channel: Channel) -> ContactCost:
    """The newest published average cost of a contact.

    Raises
    ------
    KeyError
        If none is published.
    """
    found = [r for r in reference.rows("channel_costs") if r.series in STUDIES and r.item == channel.value]
    if not found:
        raise KeyError(f"channel_costs.csv has no {channel.value!r}")
    best = max(found, key=lambda r: (r.own, r.vintage))
    return ContactCost(channel, best.value, best.price_year, best.source, best.rag)


def cost_of_contact(row: ChannelShift, channel: Channel, own: Decimal | None) -> ContactCost:
    """The row's own cost of a contact, or the published average where it gives none."""
    if own is None or row.price_year is None or row.source is None:
        return published(channel)
    return ContactCost(channel, float(own), row.price_year, row.source, row.rag or "not stated")


@dataclass(frozen=True, slots=True)
class _Volumes:
    """Contacts that left the one channel, arrived in the other, and failed there."""

    left: float
    arrived: float
    failed: float

    @property
    def moved(self) -> float:
        """What left and arrived: the smaller of the two."""
        return max(min(self.left, self.arrived), 0.0)

    @property
    def induced(self) -> float:
        """What arrived without leaving."""
        return max(self.arrived - self.moved, 0.0)

    @property
    def elsewhere(self) -> float:
        """What left without arriving."""
        return max(self.left - self.moved, 0.0)


def _volumes(row: ChannelShift) -> _Volumes:
    failed = 0.0 if row.failed_counted else row.failed or 0.0
    return _Volumes(row.from_before - row.from_after, row.to_after - row.to_before, failed)


def _costs(row: ChannelShift) -> tuple[ContactCost, ContactCost, ContactCost]:
    """Cost of a contact in the channel left, in the one moved to, and of coming back."""
    own_back = row.fallback_cost if row.fallback_cost is not None or row.fallback else row.from_cost
    return (
        cost_of_contact(row, row.moved_from, row.from_cost),
        cost_of_contact(row, row.moved_to, row.to_cost),
        cost_of_contact(row, row.fell_back, own_back),
    )


def channel_saving(
    campaign: str, inputs: Iterable[InputLine], row: ChannelShift, as_of_year: int
) -> ChannelSaving:
    """Work out what one move from a channel to another saved.

    Parameters
    ----------
    campaign : str
    inputs : iterable of InputLine
        The campaign's cost lines.
    row : ChannelShift
    as_of_year : int
        The year from which the age of a cost is counted.
    """
    volumes, inputs = _volumes(row), tuple(inputs)
    moved, induced, failed = volumes.moved, volumes.induced, volumes.failed
    at_from, at_to, at_back = _costs(row)
    weak, remarks = _weak((at_from, at_to, at_back) if failed else (at_from, at_to), as_of_year)
    counted = share_counted(weak)
    year = at_from.price_year
    to, back = (deflators.uprated(c.value, c.price_year, year) for c in (at_to, at_back))
    own = at_from.value
    low, high = (own if x is None else float(x) for x in (row.from_low, row.from_high))
    ends = (own, own, own) if weak else (low, own, high)
    burden = (failed * back + induced * to) / moved if moved else 0.0
    net = [x - to - burden for x in ends]
    each = tuple(max(x, 0.0) * counted for x in net)
    saving = moved * each[1]
    cost = full_cost(inputs)
    now = deflators.uprated(saving, year, years.label(years.year_of(row.after[0])))
    per_period = float(row.released_value or 0) * row.in_years
    share = float(cost.total) / now if now > 0 and cost.total > 0 else None
    return ChannelSaving(
        campaign=campaign,
        outcome=row.outcome or "",
        moved_from=row.moved_from,
        moved_to=row.moved_to,
        fell_back=row.fell_back,
        before=row.before,
        after=row.after,
        volumes=(row.from_before, row.from_after, row.to_before, row.to_after),
        left=volumes.left,
        arrived=volumes.arrived,
        moved=moved,
        induced=induced,
        elsewhere=volumes.elsewhere,
        failed=failed,
        failed_entered=row.failed,
        cost_from=at_from,
        cost_to=at_to,
        cost_back=at_back,
        from_ends=ends,
        price_year=year,
        counted=counted,
        weak=weak,
        each=(each[0], each[1], each[2]),
        saving=saving,
        change=dict(cost.by_category).get(CostCategory.CHANGE, Decimal(0)),
        released=row.released or "",
        agency=row.agency or "",
        released_value=float(row.released_value or 0),
        cashable=min(per_period / now, 1.0) if now > 0 else 0.0,
        breakeven=share,
        failing=max((own - to - (induced * to / moved)) / back, 0.0) if moved and back else None,
        reason=_reason(moved, net[1]),
        warnings=(
            *remarks,
            *_remarks(row, inputs, induced, volumes.elsewhere, net[0]),
            *((NOT_MET,) if share is not None and share > 1 else ()),
        ),
    )


def share_counted(weak: str) -> float:
    """How much of the saving counts: less than all where a cost of a contact is weak."""
    return 1 - heaviest_cut() if weak else 1.0


def _weak(costs: Iterable[ContactCost], as_of_year: int) -> tuple[str, tuple[str, ...]]:
    """Why the saving counts at its low only, and what is to be said of each cost."""
    weak = ""
    said: list[str] = []
    for cost in dict.fromkeys(costs):
        why, remarks = judged(f"a contact by {cost.channel.value}", cost.rag, cost.price_year, as_of_year)
        weak = weak or (f"the cost of a contact by {cost.channel.value} {why}" if why else "")
        said += remarks
    return weak, tuple(said)


def _reason(moved: float, net: float) -> str:
    if moved <= 0:
        return "no contacts moved: the one channel did not fall while the other rose"
    if net <= 0:
        return "a contact moved costs more than it saves, those that failed and were called forth included"
    return ""


def _season_apart(row: ChannelShift) -> float:
    """Days by which the two periods differ in their time of the year."""
    days = (row.after_start - row.before_start).days
    return abs(days - round(days / DAYS_A_YEAR) * DAYS_A_YEAR)


def _remarks(
    row: ChannelShift, inputs: tuple[InputLine, ...], induced: float, elsewhere: float, low: float
) -> tuple[str, ...]:
    """What a reader must know of the volumes."""
    said = []
    if row.failed is None:
        visits = reference.value("channel_costs", "failed", Channel.WEB.value)
        said.append(
            f"Failed contacts by {row.moved_to.value} were not entered, so none are taken off; in "
            f"{visits.vintage[:4]} {visits.value:.0%} of visitors to council websites did not find what they "
            "came for."
        )
    elif row.failed_counted and row.failed:
        said.append(
            f"{row.failed:,.0f} failed contacts are within the later figures and are not taken off again."
        )
    if elsewhere > 0:
        said.append(
            f"{elsewhere:,.0f} contacts left {row.moved_from.value} without arriving by "
            f"{row.moved_to.value}: they are not counted as moved."
        )
    if induced > 0 and any(x.category is CostCategory.INDUCED and x.cost for x in inputs):
        said.append("Check that the induced service cost on Inputs is not that of the contacts called forth.")
    if _season_apart(row) > ABOUT_A_WEEK:
        said.append("The two periods are not the same months of the year, so the season may explain a part.")
    if low < 0:
        said.append("At the low cost of a contact nothing is saved; the range counts that as nil.")
    return tuple(said)


def valued(saving: ChannelSaving, row: ChannelShift) -> tuple[UnitValue, UnitCost]:
    """The saving for each contact moved as a value of a unit of the outcome that counts them."""
    label = f"Contact moved from {saving.title}"
    low, central, high = saving.each
    shown = UnitValue(
        description=label,
        value=Decimal(f"{central:.2f}"),
        price_year=saving.price_year,
        source=saving.cost_from.source,
        beneficiary=Beneficiary.FISCAL,
        agency=row.agency,
        cashable=saving.cashable,
        drop_off=row.drop_off,
        duration_years=row.duration_years,
        rag=row.rag,
    )
    unit = UnitCost(
        label, low, central, high, saving.price_year, saving.cost_from.rag, saving.agency,
        saving.cost_from.source, "", saving.weak, saving.warnings, released=saving.released_then,
    )  # fmt: skip
    return shown, unit
