"""From an estimate, its cost and the values of a unit to net present value, by the Green Book.

1. Everything is put in prices of the base year, then discounted to it; the base year is the first in which
   money was spent or an effect was counted.
2. Net present value first, then the gross ratio, then the net return; a transfer is in none of them.
3. The estimate's whole distribution is carried through; nothing is said beyond what its level allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from evalkit.calendars import in_years
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.valuation import UnitValue
from evalkit.estimate import Estimate
from evalkit.money import (
    additionality,
    deflators,
    discounting,
    optimism,
    reference,
    results,
    spread,
    unit_costs,
)
from evalkit.money import years as calendar
from evalkit.money.cost import Cost, CostPerOutcome
from evalkit.money.value import Basis, CostLine, Figure, Value, ValueLine
from evalkit.vocabulary import DataGrade, MoneyClaim


@dataclass(frozen=True, slots=True)
class Question:
    """What an appraisal is asked of.

    Attributes
    ----------
    estimate : Estimate
    sign : int
        1 where more is better, -1 where less is.
    level : int
        Of evidence, 1 to 5.
    inputs : sequence of InputLine
        The campaign's cost lines.
    unit_values : sequence of UnitValue
        Of this outcome.
    counted : tuple of date
        First and last day over which the effect was counted.
    as_of : date
    data_grade : DataGrade or None
    external : bool
        The estimate was made elsewhere.
    shared : str
        What is to be said where the same cost stands against several outcomes.
    channels : sequence of (int, UnitValue, UnitCost)
        Savings for each contact moved, by their number in the evaluation.
    """

    estimate: Estimate
    sign: int
    level: int
    inputs: Sequence[InputLine]
    unit_values: Sequence[UnitValue]
    counted: tuple[date, date]
    as_of: date
    data_grade: DataGrade | None
    external: bool
    shared: str = ""
    channels: Sequence[tuple[int, UnitValue, unit_costs.UnitCost]] = ()


def claim_of(level: int) -> MoneyClaim:
    """What an evidence level allows to be said in money."""
    if level >= 3:
        return MoneyClaim.POINT
    return MoneyClaim.RANGE if level == 2 else MoneyClaim.BREAK_EVEN


def appraise(cost: Cost, each: CostPerOutcome, asked: Question) -> Value:
    """Value what a campaign changed.

    Parameters
    ----------
    cost : Cost
    each : CostPerOutcome
    asked : Question

    Returns
    -------
    Value
        With reasons in the place of figures where there is nothing to value or the evidence allows none.
    """
    plain = Value(cost, each)
    if not (asked.unit_values or asked.channels):
        return plain
    if too_old := _too_old(_base_year(asked)):
        return results.refused(plain, too_old, ())
    basis, warnings = basis_of(asked)
    if not basis.lines:
        reason = "; ".join(warnings)
        return results.refused(plain, reason, tuple(warnings))
    gain = spread.gain_of(asked.estimate, asked.sign)
    if gain is None:
        reason = "the estimate has no range, one without a limit, or one wider than its distribution is known"
        return results.refused(plain, reason, tuple(warnings))
    plain = replace(plain, claim=claim_of(asked.level))
    valued = results.value(plain, basis, gain, asked.estimate.total.scaled(asked.sign))
    said = [*warnings, *_remarks(asked, basis)]
    return _claimed(replace(valued, warnings=tuple(said)), asked.level)


def _claimed(value: Value, level: int) -> Value:
    """Take away what the evidence level does not allow."""
    if value.claim is MoneyClaim.POINT:
        return value
    value = results.without_best(value)
    if value.claim is MoneyClaim.RANGE:
        return value
    reason = f"the evidence is at level {level}: only the break-even share may be stated"
    none = Figure(None, reason)
    return replace(
        value,
        benefit=none,
        npsv=none,
        bcr=none,
        romi=none,
        payback_years=none,
        probability_positive=None,
        by_beneficiary=tuple((b, none) for b, _ in value.by_beneficiary),
        by_agency=tuple((a, none) for a, _ in value.by_agency),
        transfers=none,
        cashable=none,
        swings=(),
        scenarios=(),
        switches=(),
    )


def basis_of(asked: Question) -> tuple[Basis, list[str]]:
    """Everything an appraisal rests on, and what is to be said of it."""
    warnings: list[str] = []
    spans = calendar.shares(*asked.counted)
    spent = [_year(line, asked) for line in asked.inputs if line.cost]
    base = _base_year(asked)
    observed = {year - base: share for year, share in spans.items()}
    annual = repeated(asked.counted)
    lines = _lines(asked, base, observed, annual, warnings)
    last = max([*observed, *(y - base for y in spent), *(max(observed) + max(x.duration) for x in lines)])
    costs = _costs(asked, base)
    grade = confidence_grade(asked.level, asked.data_grade)
    files = ("discount_rates", "gdp_deflators", "benefit_cuts", "conventions")
    vintages = [(f, reference.stamp(reference.rows(f))) for f in files]
    codes = {x.code for x in lines if x.code}
    if codes:
        vintages.append(("unit_costs", reference.stamp(r for r in unit_costs.library() if r.item in codes)))
    basis = Basis(
        base_year=base,
        observed=tuple(sorted(observed.items())),
        annual=annual,
        length=length_of(asked.counted),
        last=last,
        grade=grade,
        cut=reference.value("benefit_cuts", "cut", str(grade)).value,
        cost=sum(c.present for c in costs),
        lines=lines,
        costs=costs,
        vintages=tuple(vintages),
    )
    return basis, warnings


def _base_year(asked: Question) -> int:
    """The first financial year with a cost or an effect."""
    spent = (_year(line, asked) for line in asked.inputs if line.cost)
    return min([*calendar.shares(*asked.counted), *spent])


def _too_old(year: int) -> str:
    """Why prices of a financial year cannot be converted; empty where they can."""
    first = deflators.first_published()
    if year >= first:
        return ""
    return (
        f"prices of {calendar.label(year)} cannot be converted: the GDP deflator of the library begins in "
        f"{calendar.label(first)}"
    )


def repeated(counted: tuple[date, date]) -> float:
    """What a later year repeats of the effect that was counted: at most all of it."""
    return 1 / max(1.0, length_of(counted))


def length_of(counted: tuple[date, date]) -> float:
    """Years over which the effect was counted."""
    return in_years(*counted)


def confidence_grade(level: int, data_grade: DataGrade | None) -> int:
    """The worse of the grade of the figures and that of the evidence."""
    of_evidence = int(reference.value("benefit_cuts", "grade of level", str(level)).value)
    return max(of_evidence, int(data_grade.value) if data_grade else 1)


def _year(line: InputLine, asked: Question) -> int:
    """The financial year of a cost line; without one, the year in which the effect starts."""
    return calendar.start(line.financial_year) if line.financial_year else calendar.year_of(asked.counted[0])


def _lines(
    asked: Question, base: int, observed: dict[int, float], annual: float, warnings: list[str]
) -> tuple[ValueLine, ...]:
    found = []
    for row in asked.unit_values:
        unit = unit_costs.unit_cost(row, calendar.year_of(asked.as_of))
        if isinstance(unit, str):
            warnings.append(f"Not valued: {unit}.")
            continue
        warnings += unit.remarks
        found.append(_line(row, unit, asked, base, observed, annual, warnings))
    for number, row, unit in asked.channels:
        warnings += unit.remarks
        line = _line(row, unit, asked, base, observed, annual, warnings)
        found.append(replace(line, channel=number))
    return tuple(found)


def _line(
    row: UnitValue,
    unit: unit_costs.UnitCost,
    asked: Question,
    base: int,
    observed: dict[int, float],
    annual: float,
    warnings: list[str],
) -> ValueLine:
    wasted, said = additionality.deadweight(row, external=asked.external, design=asked.estimate.design)
    drop_off, duration, left_out = additionality.lasting(row)
    warnings += [t for t in (said, left_out) if t]
    series = row.discounting or unit.discounting
    bands = discounting.schedule(series)
    factors = discounting.factors(bands, max(observed) + max(duration))
    early = row.months_early
    timing = 1.0 if early is None else 1 - (1 + discounting.rate(bands, 1)) ** (-early / 12)
    if early is not None:
        warnings.append(f"{row.description} was brought forward, not won: only the earlier date is valued.")
    return ValueLine(
        label=unit.label,
        source=unit.source,
        price_year=unit.price_year,
        code=unit.code,
        agency=unit.agency,
        beneficiary=row.beneficiary,
        rag=unit.rag,
        transfer=unit.transfer if row.transfer is None else row.transfer,
        cashable=row.cashable or 0.0,
        low=unit.low,
        central=unit.central,
        high=unit.high,
        deflator=deflators.uprated(1.0, unit.price_year, calendar.label(base)),
        leakage=row.leakage or 0.0,
        displacement=row.displacement or 0.0,
        deadweight=wasted,
        months_early=early,
        timing=timing,
        drop_off=drop_off,
        duration=duration,
        discounting=series,
        years=additionality.years(observed, annual, factors, drop_off, duration),
        weak=unit.weak,
        released=None if unit.released is None else unit.released * length_of(asked.counted),
    )


def _costs(asked: Question, base: int) -> tuple[CostLine, ...]:
    bands = discounting.schedule()
    found = []
    for number, line in enumerate(asked.inputs, start=1):
        year = _year(line, asked)
        t = max(year - base, 0)
        deflator = deflators.uprated(1.0, calendar.label(year), calendar.label(base))
        factor = discounting.factors(bands, t)[t]
        uplift, amount = line.optimism_bias or 0.0, float(line.cost)
        found.append(
            CostLine(
                number, year, uplift, deflator, factor, amount, amount * (1 + uplift) * deflator * factor
            )
        )
    return tuple(found)


def _remarks(asked: Question, basis: Basis) -> list[str]:
    """What a reader must know beside the lines' own remarks."""
    said = [asked.shared] if asked.shared else []
    said += optimism.remarks(asked.inputs)
    if all(x.worth(0, 0) == x.worth(2, 2) for x in basis.lines):
        said.append(
            "No low and high were given for the value of a unit or for how long it lasts: the range holds "
            "the uncertainty of the effect alone."
        )
    latest = max(c.year for c in basis.costs) if basis.costs else basis.base_year
    if max(latest, basis.base_year) + 1 > deflators.last_published():
        said.append(
            f"Prices after {deflators.last_published()} are moved by an assumed growth, "
            "not by published figures."
        )
    said += [
        f"The value {part} is a part of {whole} in the library: they must not be added."
        for whole, part in unit_costs.overlapping(x.code for x in basis.lines if x.code)
    ]
    agencies = {x.agency for x in basis.lines if x.agency}
    if any(x.beneficiary.value == "fiscal" and not x.agency for x in basis.lines):
        said.append("For a public saving, nobody says whose budget gains.")
    if len(agencies) > 1:
        names = ", ".join(sorted(agencies))
        said.append(f"Several bodies gain: {names}. The one that paid may not be among them.")
    if sum(1 for x in basis.lines if x.beneficiary.value == "fiscal" and not x.transfer) > 1:
        said.append("Several public savings are added: check that none of them holds another.")
    return said
