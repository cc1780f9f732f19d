"""The field's terms, each with a one-line gloss.

1. A term is spelt here once; the template, the schema, the pack and the docs all show this spelling.
2. Nothing here decides anything: rules about terms live with the models and the rule tables.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A code list entry: its value is what people read and type, its gloss what it means."""

    gloss: str

    def __new__(cls, value: str, gloss: str = "") -> Self:
        """Attach the gloss to the string."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.gloss = gloss
        return member


class Stage(Term):
    """The chain from what is put in to what changes."""

    INPUT = "input", "What was put in: money, staff time, gifts in kind."
    ACTIVITY = "activity", "What was done, when, where and how much of it."
    OUTPUT = "output", "What reached people: items placed, letters delivered, people reached."
    OUT_TAKE = "out-take", "What people noticed, understood, felt or clicked."
    OUTCOME = "outcome", "What a service recorded that changed: calls, fires, tonnes, appointments kept."
    IMPACT = "impact", "What the change is worth to residents and the public purse."


class Tier(Term):
    """How much the evaluation asks for (Government Communications, 2025)."""

    BASIC = "Basic", "The least that gives an honest answer: dates, costs and a service's own figures."
    ENHANCED = "Enhanced", "Adds objectives, owners, activities and the chain between them."
    COMPREHENSIVE = "Comprehensive", "Adds audiences, assurance, learning and a plan fixed beforehand."

    @property
    def rank(self) -> int:
        """Basic 0, Enhanced 1, Comprehensive 2."""
        return list(Tier).index(self)


class CampaignType(Term):
    """What kind of change the campaign is for."""

    BEHAVIOUR = "behaviour change", "People start, stop or keep doing something."
    RECRUITMENT = "recruitment", "People apply, enrol, foster, volunteer."
    AWARENESS = "awareness", "People know or understand something."
    CHANNEL_SHIFT = "channel shift", "People use a cheaper or better way to reach a service."
    REPUTATION = "reputation", "People trust or rate the organisation differently."


class CommunicationRole(Term):
    """The role of communication the campaign plays (GCS: CORE)."""

    CHANGE = "changing behaviours", "Changing behaviours that benefit individuals and society."
    OPERATIONAL = "operational effectiveness", "Making a public service run better."
    REPUTATION = "reputation", "Maintaining the organisation's reputation."
    EXPLANATION = "explanation", "Explaining policies and programmes."


class Peso(Term):
    """How a channel was come by."""

    PAID = "paid", "Space or time that was bought."
    EARNED = "earned", "Coverage that others gave."
    SHARED = "shared", "Social media, partners passing it on."
    OWNED = "owned", "The organisation's own channels."


class CostCategory(Term):
    """Kinds of cost; all of them together are the full cost."""

    MEDIA = "media", "Advertising space, airtime, boosted posts, postage."
    PRODUCTION = "production", "Design, print, film, translation, events."
    AGENCY = "agency", "Fees of agencies and freelancers."
    RESEARCH = "research and evaluation", "Surveys, insight work, evaluation."
    STAFF = "staff time", "Pay for hours worked on the campaign."
    ON_COSTS = "on-costs", "Employer's national insurance and pension, where not in staff time."
    IN_KIND = "in-kind", "What partners gave without charge, at its usual price."
    INDUCED = "induced service cost", "What the extra demand cost the service that met it."
    CHANGE = "cost of change", "Forms, systems and training that a new way of doing things needs."


class VatTreatment(Term):
    """What the amount holds in the way of VAT."""

    NONE = "no VAT in amount", "VAT was not charged, or has already been taken out."
    IRRECOVERABLE = "includes VAT that cannot be recovered", "The VAT is a cost and is kept in."
    RECOVERABLE = "includes VAT that will be recovered", "The VAT comes back and is taken out."


class PaymentKind(Term):
    """Whether money left the organisation."""

    CASH = "cash", "Money was paid."
    IN_KIND = "in kind", "Nothing was paid; the value was given."


class Channel(Term):
    """How people reach a service."""

    FACE_TO_FACE = "face to face", "At a counter or at home."
    PHONE = "telephone", "Answered by a person."
    POST = "post", "Letters and forms on paper."
    WEB = "web", "Online, without staff."
    AUTOMATED = "automated telephone", "Answered by a machine."
    EMAIL = "email", "Read and answered by a person."
    CHAT = "web chat", "Typed, answered by a person or a machine."
    OTHER = "other channel", "Any other way."

    @property
    def published(self) -> bool:
        """Whether there is a published average cost of a contact."""
        return self in (Channel.FACE_TO_FACE, Channel.PHONE, Channel.POST, Channel.WEB)


class OutcomeKind(Term):
    """What a figure is, which decides how it is modelled."""

    LEVEL = "level", "A measured amount: tonnes, minutes, pounds of arrears."
    COUNT = "count", "A number of events: calls, fires, appointments missed."
    SHARE = "share", "A number out of a number: kept appointments out of booked ones."


class Direction(Term):
    """Which way is better."""

    UP = "up", "More is better."
    DOWN = "down", "Less is better."


class ExpectedSign(Term):
    """What an event was expected to do to the outcome."""

    UP = "up", "It would push the figure up."
    DOWN = "down", "It would push the figure down."
    UNKNOWN = "not known", "It could push either way."


class Frequency(Term):
    """How often a figure is recorded."""

    DAILY = "daily", "One figure a day."
    WEEKLY = "weekly", "One figure a week, always from the same weekday."
    FOUR_WEEKLY = "four-weekly", "One figure every four weeks."
    FOUR_FOUR_FIVE = "4-4-5", "One figure a month of four or of five weeks, thirteen weeks to the quarter."
    MONTHLY = "monthly", "One figure a calendar month."
    QUARTERLY = "quarterly", "One figure a quarter."
    ANNUAL = "annual", "One figure a year."


class Evidence(Term):
    """How an outcome is known."""

    OBSERVED = "observed", "A service's own records show it."
    CLAIMED = "claimed", "People said so when asked; it is labelled claimed and carries no money."


class DataGrade(Term):
    """How far the figures can be relied on (GMCA confidence grades)."""

    ONE = "1", "The service's own complete records."
    TWO = "2", "Derived from local statistics."
    THREE = "3", "National analysis applied to areas like these."
    FOUR = "4", "Generic national figures."
    FIVE = "5", "International figures."
    SIX = "6", "Expert judgement without corroboration."


class ObservationFlag(Term):
    """Why a figure is absent, or not yet final."""

    MISSING = "missing", "The figure was not recorded."
    SUPPRESSED = "suppressed", "The figure exists and is withheld, as small numbers are."
    PROVISIONAL = "provisional", "The figure may still be revised."


class Spillover(Term):
    """Whether the campaign could have touched a comparison."""

    NONE = "none expected", "Residents there would not have met the campaign."
    POSSIBLE = "possible", "Some residents there may have met it."
    LIKELY = "likely", "Many residents there met it; the area is left out of the comparison."


class Handling(Term):
    """What the analysis does with a known event."""

    MARK = "mark on the chart", "The event is shown and weighed in words."
    MODEL = "estimate its effect", "The event gets its own term in the model."
    LEAVE_OUT = "leave the periods out", "The periods belong to neither the fit nor the answer."


class DesignCode(Term):
    """How the contribution was isolated."""

    SINGLE_SERIES = "single series", "The outcome before and after, against its own history."
    CONTROLLED_SERIES = (
        "controlled series",
        "The outcome before and after, against comparison areas or series.",
    )
    DIFFERENCE = "difference-in-differences", "Change in campaign areas less change in comparison areas."
    SYNTHETIC = "synthetic control", "The campaign area against a weighted mix of other areas."
    RANDOMISED = "randomised trial", "Who or where got the campaign was drawn by lot."
    CLUSTER_RANDOMISED = (
        "cluster randomised trial",
        "Groups, such as streets or practices, were drawn by lot.",
    )
    ALTERNATE = "alternate allocation", "Who got it was by rota or list order, not by lot."
    DISCONTINUITY = "regression discontinuity", "Who got it was decided by a cut-off."
    INSTRUMENT = "instrumental variable", "Something unrelated to the outcome decided who got it."
    STEPPED = "randomised timing", "Everyone got it, in an order drawn by lot."
    MATCHED = "matched comparison", "People or areas paired with similar ones that did not have it."
    ECONOMETRICS = "econometric model", "A regression of the outcome on media and other factors."
    EXPOSED_UNEXPOSED = "exposed against unexposed", "People who recalled it against people who did not."
    BEFORE_AFTER = "before and after", "Two figures, one before and one after."
    CLAIMED = "claimed attribution", "People or experts were asked whether the campaign caused it."


class Claim(Term):
    """What may be said of an estimate."""

    SHOWN = "effect shown", "The interval excludes zero on the good side and the design is level 4 or 5."
    PROBABLE = "probable effect", "The interval excludes zero on the good side and the design is level 3."
    CONSISTENT = "consistent with a contribution", "As above at level 2: other causes are not ruled out."
    ALONGSIDE = "moved alongside the campaign", "As above at level 1: no claim of cause is made."
    WRONG_WAY = "moved the wrong way", "The interval excludes zero on the bad side."
    NO_EFFECT_AS_LARGE = "no effect as large as the one that matters", "The interval excludes it."
    CANNOT_TELL = "cannot tell", "The interval includes zero and an effect that would matter."
    NOT_ESTIMATED = "not estimated", "The data or design do not allow an estimate; the reasons are given."


class Beneficiary(Term):
    """Who gains."""

    FISCAL = "fiscal", "A public body's budget."
    ECONOMIC = "economic", "Households and firms, in money."
    SOCIAL = "social", "Wellbeing of people, expressed in money."


class DiscountSeries(Term):
    """Which schedule of discount rates applies."""

    STANDARD = "standard", "Money and everything valued in money."
    HEALTH = "health", "Health and life, where their value was not uprated for growing incomes."


class SpendKind(Term):
    """Whether a cost buys an asset."""

    REVENUE = "revenue", "Running cost, used up within the year."
    CAPITAL = "capital", "An asset that lasts beyond the year."


class MoneyClaim(Term):
    """How much may be said about value in money."""

    POINT = "point and range", "Evidence of level 3 or better: a best estimate with its range."
    RANGE = "range only", "Evidence of level 2: a range, and no best estimate."
    BREAK_EVEN = "break-even only", "Evidence of level 1: the share that would have to be the campaign's."
    NONE = "not valued", "No value of a unit was given, or there is nothing to value."


class Rag(Term):
    """How far a unit cost can be relied on."""

    GREEN = "green", "Sound source, recent."
    AMBER = "amber", "Usable with care."
    RED = "red", "Weak or old: low case only."


class Barrier(Term):
    """What stops people (COM-B)."""

    PHYSICAL_CAPABILITY = "physical capability", "They are not able to, bodily."
    PSYCHOLOGICAL_CAPABILITY = "psychological capability", "They do not know or remember how."
    PHYSICAL_OPPORTUNITY = "physical opportunity", "Time, place, cost or kit stands in the way."
    SOCIAL_OPPORTUNITY = "social opportunity", "People around them do otherwise."
    REFLECTIVE_MOTIVATION = "reflective motivation", "They do not see why they should."
    AUTOMATIC_MOTIVATION = "automatic motivation", "Habit or feeling leads elsewhere."


class DoseUnit(Term):
    """What a dose of activity is counted in."""

    SPEND = "pounds spent", "Media spend in the period (£)."
    SENDS = "sends", "Letters, texts or emails sent."
    RATINGS = "ratings", "Television or radio ratings points."
    ON_OFF = "on or off", "1 while the campaign was on, else 0."


class Method(Term):
    """How an out-take was measured."""

    SURVEY = "survey", "People were asked."
    ANALYTICS = "analytics", "A platform counted it."


class Counting(Term):
    """Whether a person counts once."""

    UNIQUE = "unique", "Each person or household counted once."
    GROSS = "gross", "Every contact counted."


class SignOffEntry(Term):
    """A line of the sign-off and learning log."""

    COMMISSIONED = "commissioned by", "Who asked for the evaluation."
    ANALYSED = "analysed by", "Who carried it out."
    ASSURED = "assured by", "Who checked it, and was not the analyst."
    APPROVED = "approved by", "Who accepts it."
    ASSUMPTION = "assumption", "Something taken as true that could change the answer."
    WORKED = "what worked", "What to do again."
    DID_NOT_WORK = "what did not work", "What not to do again."
    DECISION = "decision", "Stop, keep, scale or test, and why."
    NEXT_TEST = "next test", "What would settle an open question."
