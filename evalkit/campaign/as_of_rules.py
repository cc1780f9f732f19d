"""Nothing is known that is dated after the day the evaluation speaks from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evalkit.errors import Problem, problem

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme


def nothing_from_the_future(programme: Programme) -> Iterator[Problem]:
    """No figure and no fixing of the plan is later than the date as of which the figures are given."""
    today = programme.as_of
    if today is None:
        return
    for i, campaign in enumerate(programme.campaigns):
        if campaign.plan_lock_date and campaign.plan_lock_date > today:
            yield problem(
                "M-future", "campaigns", i, "plan_lock_date", value=campaign.plan_lock_date, today=today
            )
        for j, shift in enumerate(campaign.channel_shifts):
            if shift.after_end > today:
                where = ("campaigns", i, "channel_shifts", j, "after_end")
                yield problem("M-future", *where, value=shift.after_end, today=today)
    for i, row in enumerate(programme.observations):
        if row.value is not None and row.period and row.period > today:
            yield problem("M-future", "observations", i, "period", value=row.period, today=today)
