"""What a campaign was worth: the records that an appraisal fills.

1. Every figure is a range or the reason why there is none; nothing is ever infinite, nought or blank instead.
2. Amounts are real pounds of the base year, discounted to it; what is not, says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.estimate import Interval
from evalkit.money.cost import Cost, CostPerOutcome
from evalkit.vocabulary import Beneficiary, DiscountSeries, MoneyClaim

NO_UNIT_VALUE = "no value of a unit of this outcome was given on the sheet Money"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its range, or why there is none.

    Attributes
    ----------
    interval : Interval or None
        A side that has no limit is infinite.
    reason : str
        Why there is no figure ("not applicable, because ..."), or why a side has no limit.
    best : bool
        Whether the point of the interval may be said as a best estimate. Where the evidence does not allow
        one, the point is a working figure of the model and no answer.
    """

    interval: Interval | None = None
    reason: str = NO_UNIT_VALUE
    best: bool = True


@dataclass(frozen=True, slots=True)
class Years:
    """What a unit of effect comes to over the years, discounted: cautious, central, favourable."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value of a unit of the outcome, ready for appraisal.

    Attributes
    ----------
    label, source, price_year, code, agency : str
        As entered or from the library; the agency is the body that saves.
    beneficiary : Beneficiary
    rag : str
        Reliability, or "not stated".
    transfer : bool
        Left out of social value.
    cashable : float
        Share that releases money.
    low, central, high : float
        Value of a unit, prices of its own price year; a weak value has its low as central and high.
    deflator : float
        Factor from its price year to the base year.
    leakage, displacement, deadweight : float
        Shares taken off; the deadweight is nought where a comparison has taken it off.
    months_early : float or None
        For a payment brought forward.
    timing : float
        1, or what a pound is worth for coming that much earlier.
    drop_off, duration : tuple of float, tuple of int
        Cautious, central, favourable: share that fades a year, whole years beyond the observed ones.
    discounting : DiscountSeries
    years : Years
        Discounted years of effect.
    weak : str
        Why it counts at its low only; empty otherwise.
    channel : int
        Number of the channel shift that it comes from, from 1; 0 for a value from the sheet Money.
    released : float or None
        For a channel shift: pounds released over the time that the effect was counted, prices of its price
        year. What is cashable never exceeds them.
    """

    label: str
    source: str
    price_year: str
    code: str
    agency: str
    beneficiary: Beneficiary
    rag: str
    transfer: bool
    cashable: float
    low: float
    central: float
    high: float
    deflator: float
    leakage: float
    displacement: float
    deadweight: float
    months_early: float | None
    timing: float
    drop_off: tuple[float, float, float]
    duration: tuple[int, int, int]
    discounting: DiscountSeries
    years: Years
    weak: str
    channel: int = 0
    released: float | None = None

    @property
    def kept(self) -> float:
        """What is left of a unit after leakage, displacement, deadweight and timing."""
        return (1 - self.leakage) * (1 - self.displacement) * (1 - self.deadweight) * self.timing

    def worth(self, value: int, lasting: int) -> float:
        """Present value of a unit of effect, before the benefit cut.

        Parameters
        ----------
        value, lasting : int
            0 cautious, 1 central, 2 favourable, for the value of a unit and for how long it lasts.
        """
        unit = (self.low, self.central, self.high)[value]
        years = (self.years.low, self.years.central, self.years.high)[lasting]
        return unit * self.deflator * self.kept * years


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of cost in the appraisal.

    Attributes
    ----------
    number : int
        Its place among the campaign's cost lines, from 1.
    year : int
        The financial year it was spent in, by the year it begins in.
    uplift : float
        Optimism bias.
    deflator, factor : float
        To prices of the base year, and to its present value.
    amount, present : float
        In pounds of the day without uplift, and after all three.
    """

    number: int
    year: int
    uplift: float
    deflator: float
    factor: float
    amount: float
    present: float


@dataclass(frozen=True, slots=True)
class Swing:
    """Lowest and highest net present value while one assumption alone goes from one end to the other.

    Where only a range may be said, the effect goes over its whole range at the same time. `line` is the
    number of the unit value it belongs to, 0 for the effect; `value` tells the value of a unit from how long
    it lasts.
    """

    name: str
    low: float
    high: float
    line: int = 0
    value: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """Net present value and ratio under a named set of assumptions.

    Attributes
    ----------
    name, what : str
    npsv, bcr : float or None
        None where only a range may be said.
    low, high : float or None
        Net present value with the effect at its low and at its high end; only where a range alone may be
        said.
    """

    name: str
    what: str
    npsv: float | None
    bcr: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """The value of one assumption at which the net present value is nil.

    Attributes
    ----------
    name, unit : str
    now : float or None
        None for an improvement of which only a range may be said.
    switch : float or None
        None where no value would do, and where only a range may be said.
    line : int
        Number of the unit value, or 0.
    low, high : float or None
        The same with the effect at its low and at its high end; only where a range alone may be said.
    """

    name: str
    unit: str
    now: float | None
    switch: float | None
    line: int = 0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What an appraisal rests on.

    Attributes
    ----------
    base_year : int
        The financial year of prices and of present values, by the year it begins in.
    observed : tuple of (int, float)
        Financial years in which the effect was observed, with their share of it.
    annual : float
        What a later year repeats of the observed effect before drop-off: at most all of it.
    last : int
        Last year of the appraisal, counted from the base year.
    grade : int
        Confidence grade, 1 to 6.
    cut : float
        What that grade cuts benefits by.
    cost : float
        Present value of the cost.
    lines : tuple of ValueLine
    costs : tuple of CostLine
    vintages : tuple of (str, str)
        Reference file and the vintage used.
    length : float
        Years over which the effect was counted.
    """

    base_year: int
    observed: tuple[tuple[int, float], ...]
    annual: float
    last: int
    grade: int
    cut: float
    cost: float
    lines: tuple[ValueLine, ...]
    costs: tuple[CostLine, ...]
    vintages: tuple[tuple[str, str], ...]
    length: float = 1.0


@dataclass(frozen=True, slots=True)
class Value:
    """What a campaign cost, what each outcome cost, and what the outcomes were worth.

    Attributes
    ----------
    cost : Cost
    cost_per_outcome : CostPerOutcome
    claim : MoneyClaim
        How much may be said: where it is "range only" no best estimate is to be shown, where it is
        "break-even only" nothing but the break-even share.
    benefit, npsv, bcr, romi : Figure
        Present value of social benefits, net present social value, gross benefit-cost ratio and net return
        (benefit less cost, over cost).
    breakeven_share : Figure
        Share of the estimated change that would have to be the campaign's for it to pay back.
    payback_years : Figure
        Whole years from the base year until benefits have come to the cost.
    probability_positive : float or None
        Of a net present value above nil.
    by_beneficiary : tuple of (Beneficiary, Figure)
        Present values apart; fiscal includes transfers.
    by_agency : tuple of (str, Figure)
        Fiscal gains by the body whose budget gains.
    transfers, cashable : Figure
        Present value of transfers, and of what releases money.
    swings, scenarios, switches : tuple
        For the tornado, the scenario table and the switching values; none where nothing but the break-even
        share may be said.
    warnings : tuple of str
        What a reader must know, one sentence each.
    basis : Basis or None
        None where nothing was valued.
    """

    cost: Cost
    cost_per_outcome: CostPerOutcome
    claim: MoneyClaim = MoneyClaim.NONE
    benefit: Figure = Figure()
    npsv: Figure = Figure()
    bcr: Figure = Figure()
    romi: Figure = Figure()
    breakeven_share: Figure = Figure()
    payback_years: Figure = Figure()
    probability_positive: float | None = None
    by_beneficiary: tuple[tuple[Beneficiary, Figure], ...] = ()
    by_agency: tuple[tuple[str, Figure], ...] = ()
    transfers: Figure = Figure()
    cashable: Figure = Figure()
    swings: tuple[Swing, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    switches: tuple[Switch, ...] = ()
    warnings: tuple[str, ...] = ()
    basis: Basis | None = None
