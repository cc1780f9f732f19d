"""Contacts by channel before and after: what a change of channel may have saved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from evalkit.calendars import in_years
from evalkit.campaign.fields import Amount, Day, FinancialYear, Money, Proportion, Record, Text, column
from evalkit.errors import Problem, problem, raise_problems
from evalkit.vocabulary import Channel, Rag

Years = Annotated[int, Field(ge=0, le=60)]
DAYS_APART = 3  # that two periods may differ in length: months are not all alike


class ChannelShift(Record):
    """Contacts that moved from one channel to another, counted in two periods of equal length."""

    moved_from: Channel = column(
        "From channel", "The channel people left.", needed=True, example=Channel.PHONE
    )
    moved_to: Channel = column("To channel", "The channel they moved to.", needed=True, example=Channel.WEB)
    outcome: Text | None = column(
        "Outcome",
        "The outcome that counts these contacts leaving or arriving; leave blank if none does.",
        example="Contaminated loads",
        adds="Values what the campaign is estimated to have contributed, and not all that moved.",
    )
    before_start: Day = column(
        "Before: first day", "Of the period before.", needed=True, example=date(2024, 9, 1)
    )
    before_end: Day = column(
        "Before: last day", "Best the same months a year earlier.", needed=True, example=date(2024, 11, 30)
    )
    after_start: Day = column(
        "After: first day", "Of the period after.", needed=True, example=date(2025, 9, 1)
    )
    after_end: Day = column(
        "After: last day", "As many days as the period before.", needed=True, example=date(2025, 11, 30)
    )
    from_before: Amount = column(
        "From channel: contacts before", "Contacts in the channel that was left.", needed=True, example=9100.0
    )
    from_after: Amount = column(
        "From channel: contacts after", "The same, in the later period.", needed=True, example=8000.0
    )
    to_before: Amount = column(
        "To channel: contacts before", "Contacts in the channel moved to.", needed=True, example=3100.0
    )
    to_after: Amount = column(
        "To channel: contacts after", "The same, in the later period.", needed=True, example=4500.0
    )
    failed: Amount | None = column(
        "Failed contacts",
        "Contacts in the new channel that failed and came back another way, in the later period.",
        example=180.0,
        adds="Takes off what it costs to serve people twice.",
    )
    failed_counted: bool | None = column(
        "Failed contacts already counted",
        "Yes if those that came back are within the figures of the channel that was left.",
        example=False,
        adds="Keeps failed contacts from being taken off twice.",
    )
    fallback: Channel | None = column(
        "Came back by", "How failed contacts came back; leave blank for the channel that was left."
    )
    from_cost: Money | None = column(
        "From channel: cost per contact (£)",
        "Leave blank for the published average.",
        example=Decimal("4.10"),
        adds="Published averages are of 2012 or before and count at their low only.",
    )
    from_low: Money | None = column("Low (£)", "Lower plausible cost per contact of the channel left.")
    from_high: Money | None = column("High (£)", "Higher plausible cost per contact of the channel left.")
    to_cost: Money | None = column(
        "To channel: cost per contact (£)", "Leave blank for the published average.", example=Decimal("0.35")
    )
    fallback_cost: Money | None = column(
        "Came back by: cost per contact (£)", "Leave blank for that of the channel left or the average."
    )
    price_year: FinancialYear | None = column(
        "Price year", "The financial year of your own costs, such as 2024-25.", example="2024-25"
    )
    source: Text | None = column(
        "Source", "Where your own costs come from.", example="Contact centre's unit costs"
    )
    rag: Rag | None = column("Reliability", "Of your own costs: green, amber or red.", example=Rag.GREEN)
    agency: Text | None = column("Who saves", "The body whose budget gains.", example="District Council")
    released: Text | None = column(
        "Posts or contracts released",
        "What was given up because of it; leave blank if nothing was.",
        example="Half a post at the contact centre",
        adds="Only what is released is cashable.",
    )
    released_value: Money | None = column(
        "Released (£ a year)", "What that was worth in the budget.", example=Decimal("9000.00")
    )
    drop_off: Proportion | None = column("Drop-off per year", "How much of the shift fades each year.")
    duration_years: Years | None = column(
        "Years it lasts", "Whole years beyond the observed ones, at most 60."
    )

    @property
    def fell_back(self) -> Channel:
        """The channel by which failed contacts came back."""
        return self.fallback or self.moved_from

    @property
    def before(self) -> tuple[date, date]:
        """First and last day of the period before."""
        return self.before_start, self.before_end

    @property
    def after(self) -> tuple[date, date]:
        """First and last day of the period after."""
        return self.after_start, self.after_end

    @property
    def in_years(self) -> float:
        """Length of the later period in years."""
        return in_years(*self.after)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        found: list[Problem] = []
        if self.moved_from is self.moved_to:
            found.append(problem("M-channel-same", "moved_to", value=self.moved_to.value))
        for end, start, title in (("before_end", "before_start", "Before: first day"),
                                  ("after_end", "after_start", "After: first day"),
                                  ("after_start", "before_end", "Before: last day")):  # fmt: skip
            last, first = getattr(self, end), getattr(self, start)
            if last < first:
                found.append(problem("M-date-order", end, value=last, relation="on or after",
                                     other_title=title, other=first))  # fmt: skip
        days = [(self.before_end - self.before_start).days + 1, (self.after_end - self.after_start).days + 1]
        if not found and abs(days[0] - days[1]) > DAYS_APART:
            found.append(problem("M-channel-length", "after_end", before=days[0], after=days[1]))
        given = [x for x in (self.from_low, self.from_cost, self.from_high) if x is not None]
        if given != sorted(given):
            low, value, high = self.from_low, self.from_cost, self.from_high
            found.append(problem("M-interval-order", "from_low", low=low, value=value, high=high))
        found += self._costs()
        if (self.released is None) != (self.released_value is None):
            field = "released" if self.released is None else "released_value"
            found.append(problem("M-channel-released", field))
        raise_problems("ChannelShift", found, self)
        return self

    def _costs(self) -> list[Problem]:
        """What the costs of a contact need."""
        named = (("from_cost", self.moved_from), ("to_cost", self.moved_to), ("fallback_cost", self.fallback))
        own = any(getattr(self, field) is not None for field, _ in named)
        found = [
            problem("M-channel-own", field, what=what)
            for field, what in (("price_year", "a price year"), ("source", "a source"))
            if own and getattr(self, field) is None
        ]
        found += [
            problem("M-channel-cost", field, value=channel.value)
            for field, channel in named
            if channel is not None and not channel.published and getattr(self, field) is None
        ]
        return found
