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
    units_too: bool


_SPACE = (
    r"(?:media|press|coverage|publicity|editorial|airtime|advertising|advert|pr|public relations|influencer|"
    r"column inches)"
)
_EQUIVALENT = (
    r"\b(advert\w*|ad|adv|media|pr|public relations|publicity|coverage|editorial|press"
    r"|rate ?card|space|cpm) "
    r"(\w+ )?equivalen\w*|\b(cost|spend|paid) (\w+ )?equivalen\w*\b(?! to\b)|\bequivalent (of )?(advert\w*|media|ad|space)\b|\bequivalent (cost|value"
    r"|spend) of (advert\w*|media)"
    r"|\b(emv|miv|aev|aves|tave|adve)\b|\beav\b(?!.*\b(virus|cases|horses)\b)|^prv\b|^ave$|\bave (figure|total|score)\b"
)
_ATTENTION = (
    r"(?:impressions?|reach|clicks?|likes?|followers?|(?:video )?views?|engagements?|share of voice|sov"
    r"|attention|exposure|mentions)"
)
_PRICED = (  # a price put on what people saw, clicked or thought
    rf"\b{_ATTENTION} (value|worth)\b(?! added| for money)|\bmoneti[sz]ed {_ATTENTION}"
    rf"|\b(value|worth) (of|per|in|from) (an? |each |the |our )?(\w+ )?{_ATTENTION}\b"
    r"|\b(coverage|space|media|advert\w*|publicity|airtime)\b.*\bwould (have )?cost\b"
    r"|\bwould (have )?cost to (buy|book|place|advertise)\b"
)
_VALUE_OF_SPACE = re.compile(
    rf"{_EQUIVALENT}|{_PRICED}|\b{_SPACE} (space |impact |roi |monetary )?(value|worth)\b(?! added| for money)"
    r"|\b(brand|brand equity|brand uplift|reputation|goodwill|cpm) (value|worth)\b(?! added| for money)"
    r"|\b(value|worth) of (the |our )?(goodwill|brand (equity|uplift|exposure)|brand)$"
    r"|\bcolumn (inch|centimet\w+|cm) (value|worth)\b|^space value$|^earned value$"
    r"|\bfree (advertising|media|publicity|airtime)\b|\b(in kind|pro bono) media\b"
    r"|\b(added value|bonus) (media|airtime|space)\b|\b(media|pr|coverage) roi\b"
    r"|\breturn on (media|coverage|earned media|publicity)\b"
    r"|\b(costs?|spend|money) (saved|avoided) on (advert\w*|media)\b"
    r"|\b(ad|adv|print space|advertising space) (value|worth)\b|\badvertising (cost|rate) (saved|avoided)"
    r"|^ave value\b"
    rf"|\b(?:value|worth) (?:of|in|from) (?:\w+ ){{0,2}}(?:{_SPACE}|exposure|mentions)\b|^value media$"
    r"|\bmoneti[sz]ed (reach|coverage|media)\b|\brate ?card (value|cost|rate|worth|price)\b"
    r"|\b(advert\w*|ad) (spend )?(saved|avoided)\b|\bsaved advert\w*|\breturn on pr\b"
    r"|\bweighted media cost\b|\bcoverage (in )?(£|pounds)"
)
_NOBODY_PAID = re.compile(
    rf"{_EQUIVALENT}|{_PRICED}|\b(earned media|media impact|media|pr|publicity|coverage|editorial) (value"
    r"|worth)\b(?! added| for money)"
    r"|\bvalue (of|from) (?:\w+ ){0,2}(coverage|publicity|earned media|editorial)\b"
)
_INITIALS = re.compile(r"\bR?A\.?V\.?E\.?s?(?![\w])")  # RAVE in capitals; a rave may be a service's
_SPELT = re.compile(r"\b[A-Za-z](?:[. ][A-Za-z])+\b\.?")  # "E.M.V.", "e m v"
_MONEY_UNIT = re.compile(
    r"[£$€¥]|\b(gbp|usd|eur|sterling|pounds?|pence|penny|dollars?|euros?)\b|(?<!per )\bcents?\b|^p$"
    r"|\bcost per\b"
    r"|\bcp[mca]\b|\b(average|mean|unit|total) cost\b|\bquid\b|^money$|\b(monetary|financial|cash"
    r"|money) (value|worth)\b|\bworth of\b",
    re.IGNORECASE,
)
_SUM_NAMED = re.compile(r"£ ?\d[\d,.]*")  # "know that the fine is £1,000" counts people and not pounds
_WORTH = re.compile(r"\b(value|valued|worth|cost|spend|saved|earned)\b", re.IGNORECASE)

_OUT_TAKES, _OUTPUTS = "Out-takes", "Outputs"
_COUNT_OF = r"^(?:(?:number|total|count|volume|rate|share|level|average|unique|new|monthly|weekly|daily|of|the|no|all|our) )*"
_SITE = r"(?:web ?sites?|web ?pages?|landing pages?|home ?pages?|microsites?|web|(?:campaign|online|web) (?:page|site|hub)s?)"
_NETWORK = r"(?:social|social media|facebook|twitter|x|instagram|tiktok|linkedin|youtube|snapchat|whatsapp)"
_POSTED = r"(?:posts?|reels?|tweets?|content|videos?|films?|clips?|adverts?|ads?|stor(?:y|ies))"
_PRINTED = (
    r"(?:leaflets?|posters?|flyers?|brochures?|adverts?|ads|banners?|press releases?|press articles?"
    r"|social posts?|"
    r"newsletters?|news stor(?:y|ies))"
)
_VIA = (
    r"(?:(?: by| with| through| via| on| in)?(?: the| our| a| paid| social| campaign"
    r"| organic)* ?(?:campaign|adverts?|"
    r"advertising|ads?|posts?|messages?|messaging|media|press|radio|tv|television|facebook|instagram"
    r"|tiktok|posters?|leaflets?|"
    r"emails?|newsletters?))?$"
)
_FETCHED = (
    r"(?:apps?|toolkits?|leaflets?|pdfs?|resources?|guides?|brochures?|factsheets?|posters?|films?|videos?"
    r"|infographics?|assets?|podcasts?)"
)
_SURVEYED = r"(?:campaign|adverts?|ads?|advertising|brand|messages?|slogan|logo|posters?)"


@dataclass(frozen=True, slots=True)
class _Pattern:
    stage: Stage
    sheet: str
    text: str
    units_too: bool = True  # False: a word that is also a service's ("visits to A&E"), so the name decides


_PATTERNS: tuple[_Pattern, ...] = (
    _Pattern(
        Stage.OUTPUT,
        _OUTPUTS,
        r"\bimpressions?\b|\bopportunit\w+ to see\b|\bots\b|\b(grp|tvr)s?\b|\btv ratings?\b|\breadership\b"
        r"|\bclippings?\b"
        r"|\b(newspaper|magazine|print|press) circulation\b|^(total )?circulation( figures?)?$"
        r"|\baudience size\b"
        r"|\bshare of voice\b(?! call)|\b(media|press|news|brand|social) mentions\b|^mentions$"
        r"|\b(media|press|news|tv|radio|positive|broadcast) (coverage|articles?|pieces|hits)\b"
        r"|\bcoverage pieces\b"
        r"|\bcoverage volume\b|\btone of (the )?coverage\b|^earned media\b|\b(press|news) cuttings?\b"
        r"|\b(radio|tv|television|broadcast|cinema) (spots?|slots?)\b|\bratings points?\b|\b(gross|target) rating points?\b"
        r"|\bviewability\b|\bad frequency\b|^(average )?frequency$|^cp[mcv]s?$|\bcpm\b|\bshare of search\b"
        r"|\bcost per (view|engagement|impression|click|follower|like)\b"
        r"|\b(influencer|ugc) (posts?|content)\b|\buser generated content\b|\bfootfall past\b"
        r"|^events held$|\b(press|media) (conferences?|briefings?)\b"
        r"|\bpieces of (\w+ )?coverage\b|^(news stories|articles published|press releases?)\b"
        rf"|\b(?:{_PRINTED}|billboards?) (\w+ )?(put up|delivered|distributed|displayed|handed out|printed|sent|shown|issued"
        r"|posted|published)\b",
    ),
    _Pattern(
        Stage.OUTPUT,
        _OUTPUTS,
        r"^reach\b(?! of the (river|stream|canal))|(?<!flood )(?<!river )\breach$|\b(social|media|total|campaign|organic|paid|unique|net|post|ad|email|press"
        r"|online|"
        r"digital|audience|broadcast|estimated|potential) reach\b"
        r"|\b(people|persons|adults|residents|households|users|accounts|audiences?|listeners"
        rf"|viewers) reached{_VIA}",
    ),
    _Pattern(
        Stage.OUT_TAKE,
        _OUT_TAKES,
        r"\bclick(s|ed|ers)?\b(?! (and|n) collect)|\bclick ?throughs?\b|\bctr\b|\bfollowers?\b(?! of a (care|treatment))"
        r"|\bfollower growth\b"
        r"|\bsentiments?\b|\bretweets?\b|\breposts?\b|\bhashtags?\b|\bpage ?views?\b|\bdwell time\b"
        r"|\bbounce rate\b"
        r"|\bvideo (views?|plays?|completions?)\b|\bemail opens?\b|\b(emails?|newsletters?) (were )?opened\b"
        r"|\b(email|newsletter) open rate\b|^open rates?\b|\bengagement rate\b|\bengagements\b"
        r"|\bnet promoter\b|\bqr (code )?scans?\b"
        r"|\btime (spent )?on (the )?(page|site|website)\b|\b(google|internet|web) (searches|trends)\b"
        r"|^search volume\b"
        r"|\b(newsletter|mailing list|channel|youtube|whatsapp|social|facebook|instagram) "
        r"(subscribers?|size)\b|\bpodcast (downloads?|listens?|listeners?|plays?)\b"
        r"|\b(spotify|stream) (plays?|listens?|streams?)\b|\bwebinar (attend\w+|registrations?|sign ?ups?)\b"
        r"|^(event attend(ance|ees)|attendees at (the |our )?launch\b.*)$",
    ),
    _Pattern(
        Stage.OUT_TAKE,
        _OUT_TAKES,
        rf"{_COUNT_OF}{_FETCHED} (downloads?|installs?|installations?|opens?)\b|\bapp (downloads?|installs?)\b"
        rf"|\b(downloads?|installs?) of (the |our |a )?(\w+ ){{0,2}}{_FETCHED}$"
        r"|\bbrand (equity|health|preference|consideration|affinity|scores?|perceptions?|image|loyalty)\b"
        r"|\bview through\b|\bvtr\b|\bwatch time\b|\b(minutes|hours) (watched|viewed|listened)\b"
        rf"|\bcompleted views\b|{_COUNT_OF}(users|browsers)$|\bunique browsers\b"
        r"|\b(newsletters?|mailing list|email (list|alerts?)) (sign ?ups?|subscriptions?|opt ins?)\b"
        r"|\bsign ?ups? (to|for) (the |our )?(newsletter|mailing list|email alerts?|emails?)\b"
        rf"|{_COUNT_OF}(email sign ?ups?|opt ins?|pledges?( made| signed)?|interactions|attitudes?)$"
        r"|^(reputation|nps|consideration|knowledge|understanding)( score| index)?$"
        r"|^(knowledge|understanding) of\b(?!.*\b(pass\w*|tests?|exams?|courses?)\b)"
        r"|\breputation (score|index)\b|\b(purchase|behavioural) intent\b|\bwillingness to\b"
        r"|^likelihood to (recommend|buy|use|visit|recycle|share|switch|act|change)\b|\bsearch interest\b|\bwebsite conversions?\b",
        units_too=False,
    ),
    _Pattern(
        Stage.OUT_TAKE,
        _OUT_TAKES,
        rf"\b{_SITE} (visits?|visitors?|sessions?|hits?|traffic|views?|users?)\b|^(online|site|page"
        r"|digital|app|url) "
        r"(visits?|visitors?|hits?|traffic|views?|users?)$|^site sessions$"
        r"|\b(visits?|visitors?|sessions?|traffic|hits?|views?|users?) (to|on|of|at|from) (the |our |a )?"
        rf"(\w+ ){{0,3}}({_SITE}|page|site|url|film|video|advert)$",
    ),
    _Pattern(
        Stage.OUT_TAKE,
        _OUT_TAKES,
        rf"{_COUNT_OF}(visits?|visitors?|views?|viewers?|listeners?|hits?|sessions?|likes?|shares?"
        r"|comments?|engagement|fans?|"
        r"subscribers?|reactions?|tweets?|listens?|plays?|downloads?)$|\bpage conversions?\b",
        units_too=False,
    ),
    _Pattern(
        Stage.OUT_TAKE,
        _OUT_TAKES,
        rf"\b({_NETWORK}|{_POSTED}|{_NETWORK} {_POSTED}) (likes?|shares?|comments?|engagement|views?|fans?"
        r"|interactions?|"
        r"reactions?)\b|\b(likes?|shares|comments|views|reactions) (of|on|to) (the "
        rf"|our )?({_NETWORK} )?{_POSTED}\b|^likes\b"
        r"|\bawareness\b(?! (\w+ )?(course|training|session|workshop|class|referral)\w*)|\b(ad recall"
        r"|brand) lift\b"
        rf"|\b({_SURVEYED}|prompted|unprompted|spontaneous) (recall|recognition)\b"
        rf"|\b(recall|recognition) of (the |our )?{_SURVEYED}\b|^(recall|recognition)$|\bmessage take ?out\b"
        r"|\bintentions?\b|\bintent to\b|\bintend to\b|\bfavourability\b|^attitudes? (to|towards|of)\b"
        rf"|\bsatisfaction with (the |our )?{_SURVEYED}\b",
    ),
)
MISPLACED: tuple[Misplaced, ...] = tuple(
    Misplaced(p.stage, p.sheet, re.compile(p.text), p.units_too) for p in _PATTERNS
)


def _plain(text: str) -> str:
    joined = _SPELT.sub(lambda m: m[0].replace(".", "").replace(" ", ""), text)
    return " ".join(re.sub(r"[^\w£$€%]+", " ", joined.lower()).split())


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
        elif _MONEY_UNIT.search(text if name == "unit" or _WORTH.search(text) else _SUM_NAMED.sub("", text)):
            found.append(problem("M-money-unit", name, value=text, stage=stage.value))
    return tuple(found)


def prices_space(text: str) -> bool:
    """Whether the text names an advertising value equivalent or one of its relatives."""
    return bool(_VALUE_OF_SPACE.search(_plain(text)) or _spelt_in_capitals(text))


def poses_as_cost(text: str) -> bool:
    """Whether a cost line is an equivalent value of space that nobody paid for; media spend is a cost."""
    return bool(_NOBODY_PAID.search(_plain(text)) or _spelt_in_capitals(text))


def _spelt_in_capitals(text: str) -> bool:
    """Whether AVE stands there as initials; in a text all in capitals it may be short for average or avenue."""
    return bool(_INITIALS.search(text)) and not (text.isupper() and len(re.findall("[A-Z]{2,}", text)) > 1)


def misplaced(text: str, *, unit: bool = False) -> Misplaced | None:
    """Return the stage where a measure named like this belongs, if it is not an outcome.

    Parameters
    ----------
    text : str
    unit : bool
        The text is a unit, where a word such as "visits" may be a service's as well.
    """
    plain = _plain(text)
    return next((m for m in MISPLACED if (m.units_too or not unit) and m.pattern.search(plain)), None)
