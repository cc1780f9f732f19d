"""The findings of an evaluation as the sheets meet them: numbered, with what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.evaluation import Evaluation, Finding
from evalkit.subject import Subject, subject
from evalkit.vocabulary import Direction
from evalkit.withholding.figures import concealed, withheld_figures


@dataclass(frozen=True, slots=True)
class Item:
    """One finding with its surroundings.

    Attributes
    ----------
    n : int
        Its number, from 1; names of cells and sheets hold it.
    cost : int
        The number of its campaign's block on the Costs sheet.
    finding : Finding
    about : Subject
    campaign : Campaign
    outcome : Outcome
    evaluation : Evaluation
    undrawn : frozenset of date or None
        Periods whose figure no chart may show, as it tells of few people; None where the finding rests on no
        such figure.
    """

    n: int
    cost: int
    finding: Finding
    about: Subject
    campaign: Campaign
    outcome: Outcome
    evaluation: Evaluation
    undrawn: frozenset[date] | None = None

    @property
    def estimate(self) -> Estimate | None:
        """The estimate; None for a refusal."""
        found = self.finding.estimate
        return found if isinstance(found, Estimate) else None

    @property
    def design(self) -> Design | None:
        """The design, where there is one."""
        return self.finding.design

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.outcome.good_direction is Direction.UP else -1

    @property
    def better(self) -> str:
        """What an improvement is counted in."""
        return f"more {self.outcome.unit}" if self.sign > 0 else f"fewer {self.outcome.unit}"

    @property
    def priced(self) -> bool:
        """Whether the campaign's cost may be set against this finding's effect."""
        return self.about.adds_up and self.finding.value.cost_per_outcome.divided

    @property
    def title(self) -> str:
        """Campaign and outcome in one line."""
        arm = f", {self.finding.arm}" if self.finding.arm else ""
        return f"{self.finding.campaign}: {self.finding.outcome}{arm}"


def items(evaluation: Evaluation) -> tuple[Item, ...]:
    """Number the findings, those of primary outcomes first."""
    programme = evaluation.programme
    ordered = sorted(evaluation.findings, key=lambda f: f.exploratory)
    titles = [c.title for c in programme.campaigns]
    small = withheld_figures(evaluation)
    return tuple(
        Item(
            n=n,
            cost=titles.index(f.campaign) + 1,
            finding=f,
            about=subject(programme, f.campaign, f.outcome, f.design),
            campaign=programme.campaigns[titles.index(f.campaign)],
            outcome=programme.outcome(f.outcome),
            evaluation=evaluation,
            undrawn=concealed(f, small),
        )
        for n, f in enumerate(ordered, start=1)
    )


def sheet_names(found: tuple[Item, ...]) -> dict[int, tuple[str, str, str]]:
    """Names of each finding's Summary, Finding and Periods sheets."""
    return {
        item.n: ("Summary" if item.n == 1 else f"Summary {item.n}", f"Finding {item.n}", f"Periods {item.n}")
        for item in found
    }
