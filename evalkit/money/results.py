"""The figures of an appraisal, from its basis and the distribution of the improvement.

1. Best estimates are products of central values; ranges are quantiles of the mixture.
2. A ratio needs a cost and a benefit; a share that nothing bounds keeps its open side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from evalkit.estimate import Interval
from evalkit.money import additionality, discounting, spread
from evalkit.money.value import Basis, Figure, Scenario, Swing, Switch, Value, ValueLine
from evalkit.vocabulary import Beneficiary, MoneyClaim

CASES = (0, 1, 2)
ALL = Callable[[ValueLine], float]


def refused(value: Value, reason: str, warnings: tuple[str, ...]) -> Value:
    """The same value with the reason in the place of every figure."""
    none = Figure(None, reason)
    return replace(
        value,
        benefit=none,
        npsv=none,
        bcr=none,
        romi=none,
        breakeven_share=none,
        payback_years=none,
        transfers=none,
        cashable=none,
        warnings=warnings,
    )


def without_best(value: Value) -> Value:
    """The same value, no figure of which may be said as a best estimate."""

    def held(figure: Figure) -> Figure:
        return replace(figure, best=False)

    return replace(
        value,
        benefit=held(value.benefit),
        npsv=held(value.npsv),
        bcr=held(value.bcr),
        romi=held(value.romi),
        breakeven_share=held(value.breakeven_share),
        payback_years=held(value.payback_years),
        by_beneficiary=tuple((b, held(f)) for b, f in value.by_beneficiary),
        by_agency=tuple((a, held(f)) for a, f in value.by_agency),
        transfers=held(value.transfers),
        cashable=held(value.cashable),
    )


def social(line: ValueLine) -> float:
    """Weight of a line in social value: transfers are left out."""
    return 0.0 if line.transfer else 1.0


def agencies(basis: Basis) -> tuple[str, ...]:
    """The bodies whose budgets gain, in the order of the values."""
    named = (x.agency for x in basis.lines if x.agency and x.beneficiary is Beneficiary.FISCAL)
    return tuple(dict.fromkeys(named))


def gains_of(line: ValueLine, agency: str) -> float:
    """Weight of a line in what a body's budget gains."""
    return float(line.agency == agency and line.beneficiary is Beneficiary.FISCAL)


def units(basis: Basis, weigh: ALL = social) -> tuple[float, ...]:
    """What a unit of improvement is worth in each of the nine cases: value by lasting."""
    keep = 1 - basis.cut
    return tuple(keep * sum(weigh(x) * x.worth(v, k) for x in basis.lines) for v in CASES for k in CASES)


def case_weights() -> tuple[float, ...]:
    """Weights of the nine cases, in the order of `units`."""
    w = spread.weights()
    return tuple(w[v] * w[k] for v in CASES for k in CASES)


CENTRAL = 4  # of the nine cases


def value(plain: Value, basis: Basis, gain: spread.Gain, total: Interval) -> Value:
    """Fill in every figure as far as the claim of `plain` lets it be said; `total` is the improvement."""
    weight = case_weights()

    def kind(weigh: ALL) -> Figure:
        return present(basis, gain, total, weigh)

    benefit, cost = kind(social), basis.cost
    worth = units(basis)
    return replace(
        plain,
        benefit=benefit,
        npsv=_less(benefit, cost),
        bcr=_ratio(benefit, cost, 0.0),
        romi=_ratio(benefit, cost, 1.0),
        breakeven_share=_share(benefit, cost),
        payback_years=_payback(basis, cost, total),
        probability_positive=(
            1 - spread.probability_below(gain, worth, weight, cost) if max(worth) > 0 else None
        ),
        by_beneficiary=tuple(
            (b, kind(lambda x, b=b: float(x.beneficiary is b)))  # type: ignore[misc]
            for b in Beneficiary
            if any(x.beneficiary is b for x in basis.lines)
        ),
        by_agency=tuple((a, kind(lambda x, a=a: gains_of(x, a))) for a in agencies(basis)),  # type: ignore[misc]
        transfers=kind(lambda x: float(x.transfer)),
        cashable=cashable(basis, gain, total),
        basis=basis,
        swings=swings(basis, total, plain.claim),
        scenarios=scenarios(basis, gain, total, plain.claim),
        switches=switches(basis, total, plain.claim),
    )


def present(basis: Basis, gain: spread.Gain, total: Interval, weigh: ALL) -> Figure:
    """Present value of what a weight picks out, with its range."""
    worth = units(basis, weigh)
    if max(worth) <= 0:
        return Figure(None, "no value of a unit of this kind was given")
    return Figure(_interval(gain, worth, case_weights(), worth[CENTRAL] * total.point), "")


def cashable(basis: Basis, gain: spread.Gain, total: Interval) -> Figure:
    """What releases money; never more pounds than a channel shift is said to have released."""
    found = present(basis, gain, total, lambda x: x.cashable)
    if found.interval is None or all(x.released is None for x in basis.lines):
        return found
    x = found.interval
    point = min(x.point, most_cash(basis, 1, total.point))
    high = max(min(x.high, most_cash(basis, 2, total.high)), point)
    return Figure(Interval(point, min(x.low, point), high, x.level), "")


def most_cash(basis: Basis, case: int, effect: float) -> float:
    """Present value of the pounds released, with what else is cashable in that case of value and lasting."""
    held = sum(released(x, case) for x in basis.lines)
    other = sum(x.cashable * x.worth(case, case) for x in basis.lines if x.released is None)
    return held + max(effect, 0.0) * (1 - basis.cut) * other


def released(line: ValueLine, case: int) -> float:
    """Present value of the pounds that a channel shift released, for as long as its effect lasts."""
    years = (line.years.low, line.years.central, line.years.high)[case]
    return (line.released or 0.0) * line.deflator * years


def _interval(
    gain: spread.Gain, worth: tuple[float, ...], weight: tuple[float, ...], point: float
) -> Interval:
    tail = (1 - gain.level) / 2
    low = spread.quantile(gain, worth, weight, tail)
    high = spread.quantile(gain, worth, weight, 1 - tail)
    return Interval(point, min(low, point), max(high, point), gain.level)


def _less(benefit: Figure, cost: float) -> Figure:
    if benefit.interval is None:
        return benefit
    b = benefit.interval
    return Figure(Interval(b.point - cost, b.low - cost, b.high - cost, b.level), "")


def _ratio(benefit: Figure, cost: float, less: float) -> Figure:
    """Benefit over cost, less 1 for the net return."""
    if benefit.interval is None:
        return benefit
    if cost <= 0:
        return Figure(None, "no cost has been entered")
    b = benefit.interval
    if b.high <= 0:
        return Figure(None, "the interval shows no improvement to value")
    return Figure(Interval(b.point / cost - less, b.low / cost - less, b.high / cost - less, b.level), "")


def _share(benefit: Figure, cost: float) -> Figure:
    """Cost over benefit: the share of the change that would have to be the campaign's."""
    if benefit.interval is None:
        return benefit
    b = benefit.interval
    if cost <= 0:
        return Figure(None, "no cost has been entered")
    if b.high <= 0:
        return Figure(None, "the interval shows no improvement to value")
    point = cost / b.point if b.point > 0 else math.inf
    if b.low > 0:
        return Figure(Interval(point, cost / b.high, cost / b.low, b.level), "")
    reason = "no upper limit, because no improvement at all is not ruled out"
    return Figure(Interval(point, cost / b.high, math.inf, b.level), reason)


def yearly(basis: Basis) -> tuple[float, ...]:
    """Present value of a unit of improvement in each year, central values."""
    found = [0.0] * (basis.last + 1)
    observed = dict(basis.observed)
    for x in basis.lines:
        factors = discounting.factors(discounting.schedule(x.discounting), basis.last)
        each = social(x) * x.central * x.deflator * x.kept * (1 - basis.cut)
        shares = additionality.profile(observed, basis.annual, x.drop_off[1], x.duration[1])
        for t, share in shares.items():
            found[t] += each * share * factors[t]
    return tuple(found)


def _payback(basis: Basis, cost: float, total: Interval) -> Figure:
    """Whole years until the benefits have come to the cost, at the ends and the middle of the effect."""
    if cost <= 0:
        return Figure(None, "no cost has been entered")
    each = yearly(basis)

    def after(effect: float) -> float:
        reached = 0.0
        for t, x in enumerate(each):
            reached += effect * x
            if reached >= cost:
                return float(t + 1)
        return math.inf

    soon, middle, late = after(total.high), after(total.point), after(total.low)
    if math.isinf(soon):
        return Figure(None, f"the cost is not paid back within the {len(each)} years that are counted")
    reason = (
        ""
        if math.isfinite(late)
        else f"no upper limit, because it may not be paid back within the {len(each)} years that are counted"
    )
    return Figure(Interval(middle, soon, late, total.level), reason)


def net(basis: Basis, effect: float, value: int = 1, lasting: int = 1, weigh: ALL = social) -> float:
    """Net present value in one case."""
    keep = 1 - basis.cut
    return effect * keep * sum(weigh(x) * x.worth(value, lasting) for x in basis.lines) - basis.cost


def swings(basis: Basis, total: Interval, claim: MoneyClaim) -> tuple[Swing, ...]:
    """Each assumption alone at its ends, the widest swing first; equal ones in the order of the assumptions.

    Where only a range may be said, the effect takes both of its ends beside every other assumption.
    """
    effects = (total.point,) if claim is MoneyClaim.POINT else (total.low, total.high)
    ends = [net(basis, e) for e in (total.low, total.high)]
    found = [Swing("Size of the effect", min(ends), max(ends))]
    for i, x in enumerate(basis.lines, start=1):
        for of_value, what, cases in (
            (True, "value of a unit", ((0, 1), (2, 1))),
            (False, "how long it lasts", ((1, 0), (1, 2))),
        ):
            ends = [
                net(basis, e) + social(x) * e * (1 - basis.cut) * (x.worth(v, k) - x.worth(1, 1))
                for e in effects
                for v, k in cases
            ]
            found.append(Swing(f"Value {i}: {what}", min(ends), max(ends), i, of_value))
    return tuple(sorted(found, key=lambda s: -round(s.high - s.low, 2)))


POINT_SCENARIOS = (
    ("Central", "Best estimate, central values"),
    ("Cautious", "Low end of the effect, low values, shortest lasting"),
    ("Favourable", "High end of the effect, high values, longest lasting"),
    ("Observed years only", "Nothing after the last observed year"),
    ("Without the benefit cut", "As central, no cut for confidence"),
    ("Cash only", "Only what releases money, transfers included"),
)
RANGE_SCENARIOS = (
    ("Central values", "Central values of a unit and of how long it lasts"),
    ("Cautious values", "Low values, shortest lasting"),
    ("Favourable values", "High values, longest lasting"),
    ("Observed years only", "Central values, nothing after the last observed year"),
    ("Without the benefit cut", "Central values, no cut for confidence"),
    ("Cash only", "Only what releases money, transfers included"),
)


def scenarios(basis: Basis, gain: spread.Gain, total: Interval, claim: MoneyClaim) -> tuple[Scenario, ...]:
    """A handful of named sets of assumptions; with the effect at both ends where only a range may be said."""
    uncut = replace(basis, cut=0.0)
    observed = replace(basis, lines=tuple(observed_only(basis, x) for x in basis.lines))
    found = cashable(basis, gain, total).interval
    cash = found or Interval(0.0, 0.0, 0.0, total.level)
    cases = ((basis, 1), (basis, 0), (basis, 2), (observed, 1), (uncut, 1))
    if claim is not MoneyClaim.POINT:
        lows, highs = ([net(b, e, c, c) for b, c in cases] for e in (total.low, total.high))
        lows, highs = [*lows, cash.low - basis.cost], [*highs, cash.high - basis.cost]
        rows = zip(RANGE_SCENARIOS, lows, highs, strict=True)
        return tuple(Scenario(name, what, None, None, low, high) for (name, what), low, high in rows)
    effects = (total.point, total.low, total.high, total.point, total.point)
    npsvs = [net(b, e, c, c) for e, (b, c) in zip(effects, cases, strict=True)]
    return tuple(
        Scenario(name, what, npsv, (npsv + basis.cost) / basis.cost if basis.cost else None)
        for (name, what), npsv in zip(POINT_SCENARIOS, [*npsvs, cash.point - basis.cost], strict=True)
    )


def observed_only(basis: Basis, line: ValueLine) -> ValueLine:
    """The line without any year after the last observed one."""
    factors = discounting.factors(discounting.schedule(line.discounting), basis.last)
    years = additionality.years(dict(basis.observed), basis.annual, factors, line.drop_off, (0, 0, 0))
    return replace(line, years=years)


def switches(basis: Basis, total: Interval, claim: MoneyClaim) -> tuple[Switch, ...]:
    """Values at which the net present value is nil, each alone."""
    said = claim is MoneyClaim.POINT
    found = [
        Switch("Improvement in all", "units", total.point if said else None, None),
        Switch("Full cost, present value", "£", basis.cost, None),
        *(
            Switch(f"Value {i}: value of a unit", f"£ of {x.price_year}", x.central, None, i)
            for i, x in enumerate(basis.lines, start=1)
        ),
        Switch("Benefit cut", "share", basis.cut, None),
    ]

    def at(effect: float) -> list[float | None]:
        return [None if x is None or x < 0 else x for x in nil_at(basis, effect)]

    if said:
        return tuple(replace(s, switch=x) for s, x in zip(found, at(total.point), strict=True))
    ends = zip(found, at(total.low), at(total.high), strict=True)
    return tuple(replace(s, low=low, high=high) for s, low, high in ends)


def nil_at(basis: Basis, effect: float) -> tuple[float | None, ...]:
    """Improvement, full cost, value of each unit and benefit cut at which nothing is gained, each alone.

    Below nil where that is no possible value; None where no value of it would do.
    """
    gross, worth, keep = net(basis, effect) + basis.cost, units(basis)[CENTRAL], 1 - basis.cut
    each = []
    for x in basis.lines:
        part = social(x) * effect * keep * x.worth(1, 1)
        each.append(x.central * (1 - (gross - basis.cost) / part) if part else None)
    return (
        basis.cost / worth if worth > 0 else None,
        gross,
        *each,
        1 - basis.cost * keep / gross if gross > 0 else None,
    )
