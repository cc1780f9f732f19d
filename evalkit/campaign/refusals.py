"""Measures that may not stand where they were put, and where they belong.

1. A measure of space, reach or attention never gets a money value (Barcelona Principles 3.0 and 4.0; AMEC).
2. What people saw, clicked or felt is sent to its own stage; it never stands in for a service outcome.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evalkit.errors import Problem, problem
from evalkit.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A pattern of names that belong to another stage."""

    stage: Stage
    sheet: str
    pattern: re.Pattern[str]


_VALUE_OF_SPACE = re.compile(
    r"advertis\w* (value|equivalen\w*|cost|rate)|\bad (value|equivalen\w*)|\bave (value|figure|total|score|of)\b|^aves?$"
    r"|\b(emv|miv|aev|rave)\b|\b(earned )?media (impact )?(value|worth|equivalen\w*)|\b(pr|publicity|coverage|editorial|"
    r"brand exposure) (value|worth)|value of (the )?(pr|media|press|editorial|coverage|publicity|exposure|advertising)"
    r"|\b(cost|spend|value|price|rate card) equivalen\w*|\bequivalent (advert\w*|media|ad|space|cost|spend|value)"
    r"|\bequivalency\b|\b(monetary|financial|sterling|cash) (value|worth)\b|\brate card\b|\bworth of (coverage|media)",
)
_INITIALS = re.compile(r"\bA\.?V\.?E\.?s?(?![\w])")
_MONEY_UNIT = re.compile(
    r"[£$€¥]|\b(gbp|usd|eur|sterling|pounds?|pence|penny|dollars?|euros?|cents?)\b|^p$|\bcost per\b|\bcp[mca]\b",
    re.IGNORECASE,
)

_OUT_TAKES, _OUTPUTS = "Out-takes", "Outputs"
_WHOLE = r"^(?:(?:number|total|count|volume|rate|share|level|average|unique|new|monthly|weekly|daily|of|the|no|all) )*"
_WEB = r"(?:web|web ?sites?|web ?pages?|sites?|pages?|landing|online|url|microsites?|hubs?|profile|campaign|digital|link)"
_SOCIAL = r"(?:social|social media|posts?|facebook|twitter|x|instagram|tiktok|linkedin|youtube|content|video|email|media)"

MISPLACED: tuple[Misplaced, ...] = tuple(
    Misplaced(stage, sheet, re.compile(pattern))
    for stage, sheet, pattern in (
        (
            Stage.OUTPUT,
            _OUTPUTS,
            r"\bimpressions?\b|\bopportunit\w+ to see\b|\bots\b|\bgrps?\b|\bcirculation\b|\bclippings?\b"
            r"|\bshare of voice\b|\b(media|press|news|brand|social) mentions\b|^mentions$"
            r"|\b(media|press|news|tv|radio|positive|broadcast) coverage\b",
        ),
        (
            Stage.OUTPUT,
            _OUTPUTS,
            r"^reach\b|\breach$|\b(social|media|total|campaign|organic|paid|unique|net|post|ad|email|press|online|"
            r"digital|audience|broadcast|estimated|potential) reach\b",
        ),
        (
            Stage.OUT_TAKE,
            _OUT_TAKES,
            r"\bclick(s|ed|ers)?\b|\bclick ?through\b|\bctr\b|\bfollowers?\b|\bsentiment\b|\bretweets?\b|\breposts?\b"
            r"|\bhashtags?\b|\bpage ?views?\b|\bvideo (views?|completions?)\b|\bdwell time\b|\bbounce rate\b"
            r"|\bopen rates?\b|\bemail opens?\b|\bengagement rate\b|\bengagements\b|\bnet promoter\b",
        ),
        (
            Stage.OUT_TAKE,
            _OUT_TAKES,
            rf"\b{_WEB} (visits?|visitors?|sessions?|hits?|traffic|views?|users?)\b|"
            rf"\bvisits? to (the |our )?{_WEB}\b|"
            rf"{_WHOLE}(visits?|visitors?|views?|hits?|sessions?|likes?|shares?|comments?|engagement|fans?|subscribers?)$",
        ),
        (
            Stage.OUT_TAKE,
            _OUT_TAKES,
            rf"\b{_SOCIAL} (likes?|shares?|comments?|engagement|views?|fans?|interactions?|reactions?)\b|^likes\b"
            r"|\bawareness\b|\b(ad|advert|campaign|brand|message|prompted|unprompted|spontaneous) (recall|recognition)\b"
            r"|^(recall|recognition)$|\bmessage take ?out\b|\bintentions?\b|\bintend to\b|\bfavourability\b",
        ),
    )
)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w£$€%]+", " ", text.lower()).split())


def money_in_measure(stage: Stage, **named: str | None) -> tuple[Problem, ...]:
    """Problems of a measure of outputs or out-takes that carries money, one per field at most.

    Parameters
    ----------
    stage : Stage
        Output or out-take, for the message.
    **named : str or None
        Field name and its text.
    """
    found = []
    for name, text in named.items():
        if not text:
            continue
        if prices_space(text):
            found.append(problem("M-ave", name, value=text))
        elif _MONEY_UNIT.search(text):
            found.append(problem("M-money-unit", name, value=text, stage=stage.value))
    return tuple(found)


def prices_space(text: str) -> bool:
    """Whether the text names an advertising value equivalent or one of its relatives."""
    return bool(_VALUE_OF_SPACE.search(_plain(text)) or _INITIALS.search(text))


_EQUIVALENT = re.compile(
    r"\bequivalen\w*|\b(emv|miv|aev|rave)\b|\b(media|pr|publicity|coverage|editorial) (impact )?(value|worth)\b|^aves?$"
)


def poses_as_cost(text: str) -> bool:
    """Whether a cost line is an equivalent value of space that nobody paid for; media spend is a cost."""
    return bool(_EQUIVALENT.search(_plain(text)) or _INITIALS.search(text))


def misplaced(text: str) -> Misplaced | None:
    """Return the stage where a measure named like this belongs, if it is not an outcome."""
    plain = _plain(text)
    return next((m for m in MISPLACED if m.pattern.search(plain)), None)
