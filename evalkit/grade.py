"""How strong the evidence is: a level from 1 to 5 by a table of rules, each with its reason.

The Maryland Scientific Methods Scale as adapted by the What Works Centre for Local Economic Growth, read
conservatively: the design sets the highest level, and each rule that is not met lowers it.

1. The estimate of one outcome is graded, never the campaign.
2. Every rule is reported, met or not; nothing but the table decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evalkit.checks.result import CheckResult
from evalkit.vocabulary import DataGrade, DesignCode

RULE_SET = "maryland-2026.6"

DESIGN_CAPS: dict[DesignCode, int] = {
    DesignCode.RANDOMISED: 5,
    DesignCode.CLUSTER_RANDOMISED: 5,
    DesignCode.ALTERNATE: 4,
    DesignCode.DISCONTINUITY: 4,
    DesignCode.INSTRUMENT: 4,
    DesignCode.STEPPED: 4,
    DesignCode.DIFFERENCE: 3,
    DesignCode.CONTROLLED_SERIES: 3,
    DesignCode.SYNTHETIC: 3,
    DesignCode.MATCHED: 3,
    DesignCode.SINGLE_SERIES: 2,
    DesignCode.ECONOMETRICS: 2,
    DesignCode.EXPOSED_UNEXPOSED: 1,
    DesignCode.BEFORE_AFTER: 1,
    DesignCode.CLAIMED: 1,
}
COMPARED = (DesignCode.CONTROLLED_SERIES, DesignCode.DIFFERENCE, DesignCode.SYNTHETIC)
SERIES = (DesignCode.SINGLE_SERIES, *COMPARED)
LEVEL_MEANINGS = {
    1: "the figures moved, or did not, alongside the campaign; nothing isolates its part",
    2: "the outcome's own history stands in for what would have happened; other causes are not ruled out",
    3: "a comparison that did not have the campaign stands in for what would have happened",
    4: "who had the campaign was decided by something close to chance",
    5: "who had the campaign was decided by lot",
}


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of the table as applied to one estimate.

    Attributes
    ----------
    rule, question : str
    met : bool or None
        None where the rule does not apply or could not be judged.
    lowers_to : int or None
        The highest level left by a rule that is not met.
    text : str
        The reason, as printed.
    """

    rule: str
    question: str
    met: bool | None
    lowers_to: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Grade:
    """The evidence level of one estimate.

    Attributes
    ----------
    level : int
        1 to 5.
    cap : int
        The highest level its design allows.
    rule_set : str
        Name and version of the table.
    reasons : tuple of str
        What the level rests on and what holds it down, most important first.
    rules : tuple of RuleResult
        Every rule, met or not.
    """

    level: int
    cap: int
    rule_set: str
    reasons: tuple[str, ...]
    rules: tuple[RuleResult, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules look at.

    Attributes
    ----------
    design : DesignCode
    n_pre, n_post : int
        Periods before and after the start.
    periods_per_year : int
    gap_share : float
        Share of periods without a figure.
    claimed : bool
        People said so of themselves.
    comparison_justified : bool
        A reason is given for every comparison.
    spillover_possible : bool
        A comparison may have met the campaign.
    events_unmodelled : tuple of str
        Named events within the campaign's time that the estimate does not account for.
    plan_fixed : bool or None
        The plan was fixed before the start; None if nobody says.
    data_grade : DataGrade or None
    external : bool
        The estimate came from outside, so that its data cannot be checked here.
    checks : tuple of CheckResult
    n_provisional : int
        Periods counted whose figures may still be revised.
    """

    design: DesignCode
    n_pre: int
    n_post: int
    periods_per_year: int
    gap_share: float
    claimed: bool
    comparison_justified: bool
    spillover_possible: bool
    events_unmodelled: tuple[str, ...]
    plan_fixed: bool | None
    data_grade: DataGrade | None
    external: bool
    checks: tuple[CheckResult, ...]
    n_provisional: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    `applies` says for which evidence it is asked, `met` answers it (None: not known), `lowers` gives the
    highest level left if it is not met, and `text` the reason in either case.
    """

    name: str
    question: str
    applies: Callable[[Evidence], bool]
    met: Callable[[Evidence], bool | None]
    lowers: Callable[[Evidence, int], int]
    text: Callable[[Evidence, bool | None], str]


def _series(e: Evidence) -> bool:
    return e.design in SERIES and not e.external


def _controlled(e: Evidence) -> bool:
    return e.design in COMPARED and not e.external


def _to(level: int) -> Callable[[Evidence, int], int]:
    return lambda _, now: min(now, level)


def _one_lower(_: Evidence, now: int) -> int:
    return max(now - 1, 1)


def _one_lower_from_three(_: Evidence, now: int) -> int:
    return now - 1 if now >= 3 else now


def _check(name: str, e: Evidence) -> CheckResult | None:
    return next((c for c in e.checks if c.check == name), None)


def _check_rule(name: str, question: str, applies: Callable[[Evidence], bool] = _series) -> Rule:
    return Rule(name, question, applies, lambda e: _passed(name, e), _one_lower, lambda e, _: _told(name, e))


def _passed(name: str, e: Evidence) -> bool | None:
    result = _check(name, e)
    return result.passed if result else None


def _told(name: str, e: Evidence) -> str:
    result = _check(name, e)
    return result.text if result else "This check was not carried out."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


RULES: tuple[Rule, ...] = (
    Rule(
        "observed",
        "Does a service's own record show the outcome?",
        lambda _: True,
        lambda e: not e.claimed,
        _to(1),
        lambda _, met: (
            "The outcome is on a service's own record."
            if met
            else "The outcome is what people said of themselves, which caps the evidence at level 1."
        ),
    ),
    Rule(
        "history",
        "Are there at least 8 periods before the start?",
        lambda e: _series(e) and e.design is not DesignCode.DIFFERENCE,
        lambda e: e.n_pre >= 8,
        _to(1),
        lambda e, _: f"There are {e.n_pre} periods before the start.",
    ),
    Rule(
        "seasons",
        "Does the history reach back far enough to allow for the time of year?",
        lambda e: _series(e) and e.periods_per_year > 1 and e.design is DesignCode.SINGLE_SERIES,
        lambda e: e.n_pre >= e.periods_per_year,
        _to(1),
        lambda e, met: (
            f"The {e.n_pre} periods before the start cover at least a full year."
            if met
            else f"The {e.n_pre} periods before the start do not cover a full year, so a seasonal swing "
            "could pass for an effect."
        ),
    ),
    Rule(
        "comparison",
        "Is it said why the comparison is comparable?",
        _controlled,
        lambda e: e.comparison_justified,
        _to(2),
        lambda _, met: (
            "A reason is given for each comparison."
            if met
            else "No reason is given why the comparison areas or series are comparable."
        ),
    ),
    Rule(
        "spillover",
        "Was the comparison out of the campaign's reach?",
        _controlled,
        lambda e: not e.spillover_possible,
        _to(2),
        lambda _, met: (
            "No contact of the comparison with the campaign is expected."
            if met
            else "The comparison may have met the campaign, which would hide part of its effect."
        ),
    ),
    Rule(
        "other-events",
        "Is every known event in the campaign's time accounted for?",
        _series,
        lambda e: not e.events_unmodelled,
        _one_lower,
        lambda e, met: (
            "No known event in the campaign's time is left out of the account."
            if met
            else f"Not accounted for: {_listed(e.events_unmodelled)}."
        ),
    ),
    Rule(
        "gaps",
        "Are at least four in five periods recorded?",
        _series,
        lambda e: e.gap_share <= 0.2,
        _one_lower,
        lambda e, _: f"{e.gap_share:.0%} of the periods have no figure.",
    ),
    Rule(
        "final",
        "Are most of the figures counted final?",
        lambda e: _series(e) and e.n_post > 0,
        lambda e: 2 * e.n_provisional <= e.n_post,
        _one_lower,
        lambda e, met: (
            (
                f"{e.n_provisional} of the {e.n_post} periods counted hold figures that may still be revised."
                if e.n_provisional
                else "No figure counted is marked as provisional."
            )
            + ("" if met else " Evaluate again when they are final.")
        ),
    ),
    Rule(
        "data",
        "Are the figures better than international or uncorroborated ones?",
        lambda e: e.data_grade is not None,
        lambda e: e.data_grade not in (DataGrade.FIVE, DataGrade.SIX),
        _to(1),
        lambda e, _: f"The data are graded {e.data_grade}: {e.data_grade.gloss if e.data_grade else ''}",
    ),
    _check_rule("placebo-in-time", "Does the method find nothing where there was nothing?"),
    _check_rule(
        "before-doses",
        "Did the outcome stay put in the weeks just before the campaign?",
        lambda e: _check("before-doses", e) is not None,
    ),
    Rule(
        "pre-trend",
        "Did the areas move alike before the start?",
        lambda e: _series(e) and (e.design is DesignCode.DIFFERENCE or _check("pre-trend", e) is not None),
        lambda e: _passed("pre-trend", e),
        _to(2),
        lambda e, _: _told("pre-trend", e),
    ),
    _check_rule("leave-one-out", "Does the answer stand without any one comparison?", _controlled),
    _check_rule(
        "provisional",
        "Does the answer stand without the figures that may still be revised?",
        # where most may still be revised, "final" lowers the level already
        lambda e: _series(e) and _check("provisional", e) is not None and 2 * e.n_provisional <= e.n_post,
    ),
    _check_rule(
        "attrition",
        "Are nearly all the people who were allocated counted, and as many in either group?",
        lambda e: _check("attrition", e) is not None,
    ),
    _check_rule(
        "balance",
        "Were the groups alike before the campaign?",
        lambda e: _check("balance", e) is not None,
    ),
    Rule(
        "plan",
        "Were outcome, comparison and the effect that matters fixed before the start?",
        lambda _: True,
        lambda e: e.plan_fixed,
        _one_lower_from_three,
        lambda _, met: (
            "The plan was fixed before the campaign started."
            if met
            else "The plan was fixed after the campaign started."
            if met is False
            else "Nobody says when the plan was fixed, so the question may be newer than the answer."
        ),
    ),
    Rule(
        "external",
        "Can the estimate be checked here?",
        lambda _: True,
        lambda e: not e.external,
        lambda _, now: now,
        lambda _, met: (
            "The estimate was made from the figures in this file."
            if met
            else "The estimate was made elsewhere; its design is taken as stated."
        ),
    ),
)
UNKNOWN_COUNTS_AS_NOT_MET = frozenset({"plan", "attrition"})


def grade(evidence: Evidence) -> Grade:
    """Apply the table of rules to the evidence."""
    cap = level = DESIGN_CAPS[evidence.design]
    results, held_down = [], []
    for rule in RULES:
        if not rule.applies(evidence):
            continue
        met = rule.met(evidence)
        failed = met is False or (met is None and rule.name in UNKNOWN_COUNTS_AS_NOT_MET)
        left = rule.lowers(evidence, level) if failed else level
        text = rule.text(evidence, met)
        results.append(
            RuleResult(rule.name, rule.question, met, left if failed and left < level else None, text)
        )
        if failed and left < level:
            held_down.append(text)
        level = left
    article = f"Design: {evidence.design.value}, which allows level {cap} at most."
    return Grade(level, cap, RULE_SET, (*held_down, article), tuple(results))
