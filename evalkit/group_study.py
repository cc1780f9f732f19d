"""What stands beside a comparison of groups: who they were, who was lost, each p-value raw and adjusted.

1. Figures of whole groups only: no row of a person, and no cluster, is held here.
2. A figure that must not be published is None, and what else would give it away is None as well.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from evalkit.estimate import Estimate, NotEstimable


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group.

    Attributes
    ----------
    arm : str
    control : bool
    allocated : float or None
        People allocated at first; None where nobody says.
    counted : float or None
        People (for a count, the exposure) in the figures; None where withheld.
    figure : float or None
        Share, mean or rate of the group; None where withheld.
    number : float or None
        How many did it, or how many events; None for a mean, and where withheld.
    """

    arm: str
    control: bool
    allocated: float | None
    counted: float | None
    figure: float | None
    number: float | None

    @property
    def lost(self) -> float | None:
        """Share of those allocated that is not in the figures."""
        if self.allocated is None or self.counted is None or not self.allocated > 0:
            return None
        return 1 - self.counted / self.allocated


@dataclass(frozen=True, slots=True)
class Balance:
    """One measure known beforehand, in one group and in the control.

    Attributes
    ----------
    measure, arm : str
    in_control, in_arm : float or None
        Its mean or share; None where withheld.
    difference : float or None
        Standardised: the difference of the means by the root of the mean of the two variances; None where
        no spread is known, or where withheld.
    p_value : float or None
        Of the same comparison that the outcome goes through, so that clusters count as clusters.
    withheld : bool
        Whether the measure tells of fewer than five people, so that nothing of it is shown.
    """

    measure: str
    arm: str
    in_control: float | None
    in_arm: float | None
    difference: float | None
    p_value: float | None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Tested:
    """One p-value, raw and after Holm's rule, and the level of the range that goes with it."""

    outcome: str
    arm: str
    alone: float
    adjusted: float
    level: float


@dataclass(frozen=True, slots=True)
class GroupStudy:
    """Everything that stands beside one comparison of groups.

    Attributes
    ----------
    campaign, outcome : str
        Empty where the analyst gave a frame.
    groups : tuple of GroupFigure
        Control first.
    balance : tuple of Balance
        Every measure in every group but the control.
    tests : tuple of Tested
        All comparisons that share one error, of this outcome and others.
    withheld : bool
        Whether a group's figure is too small to be shown, so that the figures of all are withheld.
    notes : tuple of str
        How the groups were compared, and why so; what could not be set side by side.
    """

    campaign: str
    outcome: str
    groups: tuple[GroupFigure, ...]
    balance: tuple[Balance, ...] = ()
    tests: tuple[Tested, ...] = ()
    withheld: bool = False
    notes: tuple[str, ...] = ()


class ComparedGroups(dict[Hashable, Estimate | NotEstimable]):
    """An estimate for every group but the control, and beside them who the groups were.

    Attributes
    ----------
    studies : mapping of outcome to GroupStudy
        Groups with attrition, balance, and p-values raw and adjusted.
    """

    def __init__(
        self, answers: Mapping[Hashable, Estimate | NotEstimable], studies: Mapping[str, GroupStudy]
    ) -> None:
        super().__init__(answers)
        self.studies = dict(studies)

    @property
    def study(self) -> GroupStudy:
        """Of the only outcome.

        Raises
        ------
        KeyError
            If there are several.
        """
        if len(self.studies) != 1:
            raise KeyError(f"name the outcome in studies: {', '.join(self.studies)}")
        return next(iter(self.studies.values()))
