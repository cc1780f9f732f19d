"""The effect that matters, held against the figures: what nobody could reach is a slip of the unit.

1. A share cannot move by a whole or more: 2 typed for two percentage points would rule out every effect.
2. A figure that never falls below nil cannot fall by more than it has ever been.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evalkit.errors import Problem, problem
from evalkit.vocabulary import Direction, OutcomeKind

if TYPE_CHECKING:
    from evalkit.campaign.outcomes import Outcome
    from evalkit.campaign.programme import Programme


def effects_within_reach(programme: Programme) -> Iterator[Problem]:
    """The effect that matters is one that the outcome could show."""
    for i, campaign in enumerate(programme.campaigns):
        for j, objective in enumerate(campaign.objectives):
            size = objective.effect_that_matters
            outcome = _outcome(programme, objective.outcome)
            if size is None or outcome is None:
                continue
            loc = ("campaigns", i, "objectives", j, "effect_that_matters")
            if outcome.kind is OutcomeKind.SHARE:
                if size >= 1:
                    yield problem("M-matters-share", *loc, value=f"{size:g}", outcome=outcome.name)
            elif outcome.good_direction is Direction.DOWN:
                known = [o.value for o in programme.observations_of(outcome) if o.value is not None]
                if known and min(known) >= 0 and size > max(known):
                    yield problem(
                        "M-matters-size",
                        *loc,
                        value=f"{size:,g}",
                        outcome=outcome.name,
                        most=f"{max(known):,g} {outcome.unit}",
                    )


def _outcome(programme: Programme, name: str | None) -> Outcome | None:
    if name is None:
        return programme.outcomes[0] if len(programme.outcomes) == 1 else None
    return next((o for o in programme.outcomes if o.name == name), None)
