"""The programme: campaigns that share service outcomes, with the outcomes' figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from evalkit.campaign import rules
from evalkit.campaign.areas import Area, Covariate
from evalkit.campaign.fields import Day, Money, Record, Text, column
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Comparison, Event, ExternalEstimate, Observation, Outcome
from evalkit.campaign.reference_values import ReferenceValue, list_problems
from evalkit.campaign.valuation import UnitValue
from evalkit.campaign.versions import SCHEMA_VERSION, present_version
from evalkit.errors import raise_problems
from evalkit.vocabulary import Evidence, Spillover, Tier

WHOLE_AREA = "whole area"
SAVED = {"saved": True}  # context of a programme that is read back from an evaluation, small figures withheld


class Programme(Record):
    """What one template describes.

    Raises
    ------
    pydantic.ValidationError
        If any record or any rule between records is broken; all of them are listed.
    """

    schema_version: Annotated[Literal[2], BeforeValidator(present_version)] = Field(
        SCHEMA_VERSION, title="Schema version", description="Version of this layout."
    )
    title: Text | None = column(
        "Programme title", "A title for the evaluation pack; leave blank to use the campaign's.", example=None
    )
    as_of: Day | None = column(
        "Figures as of",
        "The day the figures were taken; leave blank for the last day in the file.",
        example=None,
    )
    next_budget: Money | None = column(
        "Next year's budget (£)",
        "What overlapping campaigns may cost together next year; leave blank for what they cost a year.",
        example=None,
        adds="The split of it that promises most is shown, with the range of its gain.",
    )
    campaigns: tuple[Campaign, ...] = Field((), min_length=1)
    outcomes: tuple[Outcome, ...] = Field((), min_length=1)
    observations: tuple[Observation, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    areas: tuple[Area, ...] = ()
    covariates: tuple[Covariate, ...] = ()
    events: tuple[Event, ...] = ()
    external_estimates: tuple[ExternalEstimate, ...] = ()
    unit_values: tuple[UnitValue, ...] = ()
    reference_values: tuple[ReferenceValue, ...] = ()

    @model_validator(mode="after")
    def _rules(self, info: ValidationInfo) -> Self:
        saved = info.context == SAVED
        own = (replace(p, loc=("reference_values", *p.loc)) for p in list_problems(self.reference_values))
        raise_problems("Programme", [*rules.problems(self, figures=not saved), *own], self)
        return self

    @property
    def tier(self) -> Tier:
        """The highest tier of its campaigns."""
        return max((c.tier for c in self.campaigns), key=lambda t: t.rank, default=Tier.BASIC)

    @property
    def heading(self) -> str:
        """The title, or the campaigns' own."""
        return self.title or "; ".join(c.title for c in self.campaigns)

    @property
    def today(self) -> date:
        """The date the evaluation speaks from: as given, else the last day in the file."""
        days = [c.end for c in self.campaigns] + [o.period for o in self.observations]
        return self.as_of or max(days)

    def outcome(self, name: str | None) -> Outcome:
        """Find an outcome by name; None means the only one.

        Raises
        ------
        KeyError
            If there is none of that name, or None is given and there are several.
        """
        if name is None and len(self.outcomes) == 1:
            return self.outcomes[0]
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise KeyError(name)

    def observations_of(self, outcome: Outcome) -> tuple[Observation, ...]:
        """The figures of one outcome, in the order given."""
        only = len(self.outcomes) == 1
        return tuple(
            o for o in self.observations if o.outcome == outcome.name or (only and o.outcome is None)
        )

    def groups_of(self, campaign: Campaign, outcome: Outcome) -> tuple[GroupRow, ...]:
        """The rows by group of one campaign and outcome, in the order given."""
        return tuple(g for g in self._group_rows(campaign, outcome) if g.baseline is None)

    def baselines_of(self, campaign: Campaign, outcome: Outcome) -> dict[str, tuple[GroupRow, ...]]:
        """The rows on what was known of the groups before, by measure."""
        rows = [g for g in self._group_rows(campaign, outcome) if g.baseline is not None]
        measures = dict.fromkeys(g.baseline for g in rows if g.baseline)
        return {m: tuple(g for g in rows if g.baseline == m) for m in measures}

    def _group_rows(self, campaign: Campaign, outcome: Outcome) -> tuple[GroupRow, ...]:
        one, only = len(self.campaigns) == 1, len(self.outcomes) == 1
        return tuple(
            g
            for g in self.groups
            if (g.campaign == campaign.title or (one and g.campaign is None))
            and (g.outcome == outcome.name or (only and g.outcome is None))
        )

    def pairs(self) -> tuple[tuple[Campaign, Outcome], ...]:
        """Campaign and outcome of each finding: those that objectives name, else all outcomes.

        An outcome that serves only as a comparison series is no finding.
        """
        series = {c.series for c in self.comparisons if c.series}
        found = []
        for campaign in self.campaigns:
            named = {o.outcome for o in campaign.objectives if o.outcome}
            for outcome in self.outcomes:
                wanted = outcome.name in named if named else outcome.name not in series
                if wanted:
                    found.append((campaign, outcome))
        return tuple(found)

    def covariates_of(self, outcome: Outcome) -> tuple[Covariate, ...]:
        """Figures of covariates that go with an outcome, in the order given."""
        return tuple(c for c in self.covariates if c.outcome in (None, outcome.name))

    def comparison_areas(self, outcome: Outcome) -> tuple[Comparison, ...]:
        """Comparisons given for an outcome, spillover or not."""
        return tuple(c for c in self.comparisons if c.outcome in (None, outcome.name))

    def treated_areas(self, campaign: Campaign, outcome: Outcome) -> tuple[str, ...]:
        """Areas with the campaign: as listed, else every area of the figures that is no comparison."""
        if campaign.areas:
            return tuple(dict.fromkeys(campaign.areas))
        beside = {c.area for c in self.comparison_areas(outcome)}
        areas = dict.fromkeys(o.area or WHOLE_AREA for o in self.observations_of(outcome))
        return tuple(a for a in areas if a not in beside)

    def starts(self, campaign: Campaign, outcome: Outcome) -> dict[str, date]:
        """First day in each area: of its own activities or of those without an area, else the campaign's."""
        days: dict[str | None, list[date]] = {}
        for activity in campaign.activities:
            if activity.start is not None:
                days.setdefault(activity.area, []).append(activity.start)
        everywhere = days.get(None, [])
        return {
            area: min([*days.get(area, []), *everywhere], default=campaign.start)
            for area in self.treated_areas(campaign, outcome)
        }

    def spillover_areas(self, outcome: Outcome) -> tuple[str, ...]:
        """Comparison areas that many residents' contact with the campaign rules out."""
        rows = self.comparison_areas(outcome)
        return tuple(c.area for c in rows if c.area and c.spillover is Spillover.LIKELY)

    def matters(self, campaign: Campaign, outcome: Outcome) -> float | None:
        """The effect per period that matters, from the campaign's objectives."""
        for objective in campaign.objectives:
            same = objective.outcome in (None, outcome.name)
            if same and objective.effect_that_matters is not None:
                return objective.effect_that_matters
        return None

    def claimed(self, outcome: Outcome) -> bool:
        """Whether the outcome is what people said of themselves."""
        return outcome.evidence is Evidence.CLAIMED
