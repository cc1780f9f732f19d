"""What several campaigns contributed to one outcome: the result contract of the joint model.

1. Baseline, contributions and what is left unexplained add up to the outcome, period by period.
2. A share that the data do not identify is refused here and reported with those it cannot be told from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from evalkit.estimate import Estimate, Interval, NotEstimable, Trial
from evalkit.year_change import YearChange


@dataclass(frozen=True, slots=True)
class Together:
    """What several campaigns contributed between them.

    Attributes
    ----------
    campaigns : tuple of str
    estimate : Estimate
        Of the sum of their contributions.
    separable : bool
        Whether each of them also has an estimate of its own.
    split : mapping of str to float
        Where they are not separable, the Shapley split of the point estimate: a convention, not a finding.
    """

    campaigns: tuple[str, ...]
    estimate: Estimate
    separable: bool
    split: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ByPeriod:
    """The outcome taken apart, summed over areas, in the unit of the totals; one entry a period.

    Attributes
    ----------
    periods : tuple of date
    observed : tuple of float or None
        None where there is no figure.
    baseline : tuple of float
        What is expected without any of the campaigns.
    contributions, low, high : mapping of str to tuple of float
        Each campaign's contribution with its band, also of campaigns that are only estimated together.
    unexplained : tuple of float or None
        Observed less baseline and contributions.
    """

    periods: tuple[date, ...]
    observed: tuple[float | None, ...]
    baseline: tuple[float, ...]
    contributions: Mapping[str, tuple[float, ...]]
    low: Mapping[str, tuple[float, ...]]
    high: Mapping[str, tuple[float, ...]]
    unexplained: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two campaigns beside each other.

    Attributes
    ----------
    campaigns : tuple of two str
    both_on : int
        Periods with both.
    alike : float
        Correlation of their doses once the calendar is accounted for, -1 to 1.
    """

    campaigns: tuple[str, str]
    both_on: int
    alike: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """Whether the campaigns can be told apart at all.

    Attributes
    ----------
    on, alone : mapping of str to int
        Periods in which a campaign was on, and in which it was the only one.
    never_off : tuple of str
        Campaigns that were on in every period.
    pairs : tuple of Pair
    condition_number : float
        Of the dose columns, each scaled to length 1, once the calendar is accounted for; 1 is the best there
        is.
    inseparable : tuple of tuple of str
        Groups of which only the sum is identified.
    sentences : tuple of str
    """

    on: Mapping[str, int]
    alone: Mapping[str, int]
    never_off: tuple[str, ...]
    pairs: tuple[Pair, ...]
    condition_number: float
    inseparable: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of half-lives or half doses: what was thought beforehand, and what the data make of it.

    Attributes
    ----------
    low, high : float
        Weeks, or multiples of the usual dose; both infinite for a response in proportion to the dose.
    prior, weight : float
        Shares of 1.
    """

    low: float
    high: float
    prior: float
    weight: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the data support each carry-over and shape of one campaign's response.

    Attributes
    ----------
    campaign : str
    half_lives : tuple of (float, float, float)
        Weeks, prior mass and weight.
    half_doses : tuple of (float, float, float)
        Multiples of the usual dose (infinite: in proportion to the dose), prior mass and weight.
    half_life_known, shape_known : bool
        Whether the data narrow the prior down.
    sentence : str
    life_bands, shape_bands : tuple of Band
        The same in few stretches, each beside the whole prior.
    """

    campaign: str
    half_lives: tuple[tuple[float, float, float], ...]
    half_doses: tuple[tuple[float, float, float], ...]
    half_life_known: bool
    shape_known: bool
    sentence: str
    life_bands: tuple[Band, ...] = ()
    shape_bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """Contribution of one campaign had its dose been a multiple of what it was.

    Attributes
    ----------
    campaign : str
    dose : float
        The whole dose as it was.
    multiples : tuple of float
    total, low, high : tuple of float
        Contribution and its band at each multiple.
    marginal : Interval
        Outcomes for one more unit of dose, at the dose as it was.
    per_outcome : Interval
        Dose for one more outcome at the margin; infinite where no more outcome is not ruled out.
    """

    campaign: str
    dose: float
    multiples: tuple[float, ...]
    total: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    marginal: Interval
    per_outcome: Interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """A trial or area test that the joint model was held to.

    Attributes
    ----------
    campaign : str
    start, end : date
        Days that the test's total refers to.
    test : Interval
        The total it found, in the unit of the totals.
    before : Interval
        The joint model's own, for the same days, without the test.
    after : Interval
        With it.
    total_before : Interval
        The campaign's whole contribution without the test.
    source : str
    """

    campaign: str
    start: date
    end: date
    test: Interval
    before: Interval
    after: Interval
    total_before: Interval
    source: str = ""


@dataclass(frozen=True, slots=True)
class Nodes:
    """The joint distribution of the campaigns' responses, for questions asked later.

    A mixture of N t distributions with a common number of degrees of freedom: at multiple m of its dose,
    campaign k contributes coefficient[k] * response[k](m).

    Attributes
    ----------
    campaigns : tuple of str
    weight : tuple of float
    coefficient : tuple of tuple of float
        (N, K)
    scale : tuple of tuple of tuple of float
        (N, K, K)
    multiples : tuple of float
    response : tuple of tuple of tuple of float
        (N, K, multiples); 1 at multiple 1.
    df : int
    """

    campaigns: tuple[str, ...]
    weight: tuple[float, ...]
    coefficient: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[tuple[float, ...], ...], ...]
    multiples: tuple[float, ...]
    response: tuple[tuple[tuple[float, ...], ...], ...]
    df: int


@dataclass(frozen=True, slots=True)
class Decomposition(Mapping[str, Estimate | NotEstimable]):
    """Each campaign's contribution to one outcome, from one joint model.

    A mapping from campaign to Estimate or NotEstimable, in the order of the doses.

    Attributes
    ----------
    contributions : mapping of str to Estimate or NotEstimable
    together : tuple of Together
        All campaigns in the model, and every group of which only the sum is identified.
    total_unit : str
    by_period : ByPeriod or None
        None where nothing could be estimated, and where it is withheld as it would tell of few people.
    overlap : Overlap or None
    weights : tuple of Weights
    curves : tuple of Curve
        Of campaigns with an estimate of their own.
    calibration : tuple of Calibration
    nodes : Nodes or None
    effective_nodes : float or None
        Effective sample size of the combinations of shapes, where they were sampled and not enumerated.
    notes : tuple of str
    year_change : YearChange or None
        None without two whole years of figures.
    trials : tuple of Trial
        What the model finds where there is nothing; empty where it was not asked for.
    """

    contributions: Mapping[str, Estimate | NotEstimable]
    together: tuple[Together, ...]
    total_unit: str
    by_period: ByPeriod | None
    overlap: Overlap | None
    weights: tuple[Weights, ...]
    curves: tuple[Curve, ...]
    calibration: tuple[Calibration, ...]
    nodes: Nodes | None
    effective_nodes: float | None
    notes: tuple[str, ...]
    year_change: YearChange | None = None
    trials: tuple[Trial, ...] = ()

    def __getitem__(self, campaign: str) -> Estimate | NotEstimable:
        return self.contributions[campaign]

    def __iter__(self) -> Iterator[str]:
        return iter(self.contributions)

    def __len__(self) -> int:
        return len(self.contributions)

    @property
    def joint(self) -> dict[frozenset[str], Estimate]:
        """Estimate of each set of campaigns that is reported together."""
        return {frozenset(t.campaigns): t.estimate for t in self.together}

    @property
    def baseline(self) -> float | None:
        """Total expected without the campaigns, over the periods with a figure."""
        return _total(self.by_period, "baseline")

    @property
    def unexplained(self) -> float | None:
        """Total of what neither baseline nor campaigns explain."""
        return _total(self.by_period, "unexplained")


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget shared out among campaigns.

    Attributes
    ----------
    campaigns : tuple of str
    spent, proposed : tuple of float
        What each campaign cost a year, and would cost next year.
    limits : tuple of (float, float)
        The least and the most that each may cost.
    limits_given : tuple of (bool, bool)
        Whether each of these was given, and not the usual one.
    budget : float
        To be shared out.
    years : float
        That the costs were spent over.
    gain : Interval
        Outcomes a year gained by the proposal over the shares as they were of the same budget, in the good
        direction.
    supported : bool
        Whether the gain's interval excludes no gain.
    sentence : str
    """

    campaigns: tuple[str, ...]
    spent: tuple[float, ...]
    proposed: tuple[float, ...]
    limits: tuple[tuple[float, float], ...]
    limits_given: tuple[tuple[bool, bool], ...]
    budget: float
    years: float
    gain: Interval
    supported: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Shared:
    """An outcome at which several campaigns aimed, with what each contributed.

    Attributes
    ----------
    outcome : str
    campaigns : tuple of str
    decomposition : Decomposition
    dose_units : mapping of str to str
        What each campaign's dose counts.
    notes : tuple of str
        How the doses were made.
    allocation : Allocation or NotEstimable
        Next year's budget, shared out within the limits that were given.
    """

    outcome: str
    campaigns: tuple[str, ...]
    decomposition: Decomposition
    dose_units: Mapping[str, str]
    notes: tuple[str, ...]
    allocation: Allocation | NotEstimable


def _total(parts: ByPeriod | None, name: str) -> float | None:
    """Sum over the periods with a figure."""
    if parts is None:
        return None
    figures = zip(parts.observed, getattr(parts, name), strict=True)
    return float(sum(v for o, v in figures if o is not None))
