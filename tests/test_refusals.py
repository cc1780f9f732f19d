"""Measures that may not stand where they were put, and honest ones that may."""

from __future__ import annotations

import pytest

from evalkit.campaign.refusals import misplaced, money_in_measure, poses_as_cost, prices_space
from evalkit.vocabulary import Stage

EQUIVALENTS = """
AVE|A.V.E.|a.v.e|AVE (£)|AVEs generated|Ad value equivalent|Adv. equivalent value
Advertisement equivalency|Advertising-value-equivalent|Cost-equivalence|E.M.V.|EMV|e m v
Earned-media value|Equivalent ad spend|MIV|P.R. value|Public relations value|Media impact value
Value of our press coverage|Value of earned media|Print space value|Ratecard value|Airtime value
Influencer media value|Monetised reach|Advertising spend saved|Return on PR
EAV|Ad equivalency|Media equivalency|Estimated ad value|Free media value|Free advertising|In-kind media
Value of impressions|Value per click|Value of a follower|Engagement value|Reach value|Share of voice value
Brand value|Brand uplift value|Reputation value|Value of goodwill|Value of video views|CPM equivalent
What the coverage would have cost|What it would have cost to buy the space|Column inch value|tAVE|RAVE
Media ROI|Earned value|Monetised impressions|Cost saved on advertising
"""
OUTPUTS = """
Impressions served|Ad impressions|People reached|Households reached by the campaign|Total potential reach
OTS|TVRs|Opportunities to see|Leaflets delivered|Posters displayed|Pieces of coverage|Press articles
Share of voice|Readership|CPM|Viewability|Cost per view|Radio spots|Press cuttings|Earned media
Tone of coverage|Billboards put up|Influencer posts|Press conferences held|Gross rating points|Events held
"""
OUT_TAKES = """
website sessions|Sessions on the website|Visitors to website|Visits to gov.uk page|Page views
Click-through rate|Twitter followers|Newsletter subscribers|Emails opened|brand sentiment
Net sentiment score|Campaign awareness|Likes|Prompted recall|Recall of the advert|Shares of posts
Views of the film|Google searches|QR code scans|Visits|Sessions|Intention to recycle
Attitudes to recycling|Brand lift|Users of the website|Satisfaction with the campaign
App downloads|Downloads of the app|App installs|Toolkit downloads|Downloads of our PDF guide|Brand equity
Brand preference|View-through rate|Watch time|Completed views|Unique users|Newsletter sign-ups|Email sign-ups
Sign-ups to the newsletter|Webinar attendees|Podcast listeners|Knowledge of recycling|Willingness to recycle
Likelihood to recommend|NPS|Reputation score|Purchase intent|Pledges made|WhatsApp subscribers|Search interest
"""
HONEST = """
Calls about missed bins|Visits to A&E|Home fire safety visits completed|Library visits
Visits to the recycling centre|people reached by ambulance within 8 minutes
Ambulances reaching people within 8 minutes|Vaccination coverage
Sessions attended at stop-smoking service|Family hub visits|Recycling site visits
Site visits by inspectors|Speed awareness course completions|Click and collect orders
Comments on planning applications|Video appointments|Share of calls answered within 60 seconds
Share of voice calls answered|Monetary value of fraud recovered|Rent arrears (£)|Tonnes of CO2 equivalent
Whole-time equivalent nurses|Park Ave collisions|AVE WAITING TIME|Adverse reactions reported
Product recalls|Online therapy sessions|Households reached by gritters|Traffic on the A14
Value of free school meals claimed|Garden waste subscribers|Children reaching expected standard
Social care assessments|E-book downloads|NHS App registrations|Tests ordered by app|Smart meter installs
Value of benefits claimed|Value of goods seized|Food hygiene rating points|Cost equivalent to one bed day
Gross value added|Rateable value|Green space value|Rave venue closures|EAV virus cases|CPE infections
Flood reach|Reach of the river polluted|Garden waste sign-ups|Sign-ups to the organ donor register
E-billing sign-ups|Organ donation opt-ins|Likelihood to reoffend score|Understanding Autism course completions
Drug interactions|Knowledge of English tests passed|Followers of a care plan|Newspaper recycling tonnage
Bed days saved (value)|Pressure valve (PRV) repairs|Household pledges redeemed|Frequency of falls
Brand new bins delivered
Market share|Trust fund payments|Press-ups completed|Media literacy tests passed|Patients attending webinars
"""


def names(block: str) -> list[str]:
    """The names in a block, parted by bars and lines."""
    return [name for line in block.strip().splitlines() for name in line.split("|")]


@pytest.mark.parametrize("name", names(EQUIVALENTS))
def test_equivalents_are_known_however_spelt(name: str) -> None:
    """A price of the space filled is refused in every spelling, as an outcome and as a measure."""
    assert prices_space(name)
    assert [p.code for p in money_in_measure(Stage.OUTPUT, metric=name)] == ["M-ave"]


@pytest.mark.parametrize(
    ("stage", "name"),
    [(s, n) for s, block in ((Stage.OUTPUT, OUTPUTS), (Stage.OUT_TAKE, OUT_TAKES)) for n in names(block)],
)
def test_measures_of_attention_go_to_their_own_stage(stage: Stage, name: str) -> None:
    """What people met, clicked or felt is no outcome."""
    found = misplaced(name)
    assert found is not None
    assert found.stage is stage


@pytest.mark.parametrize("name", names(HONEST))
def test_service_outcomes_are_let_through(name: str) -> None:
    """A word shared with the media does not make a service's figure a measure of attention."""
    assert misplaced(name) is None
    assert not prices_space(name)


def test_a_unit_may_share_a_word() -> None:
    """Visits to A&E are counted in visits; clicks are clicks."""
    assert [misplaced(u, unit=True) is None for u in ("visits", "sessions", "comments", "clicks")] == [
        True,
        True,
        True,
        False,
    ]


def test_costs() -> None:
    """Media spend and full-time equivalents are costs; an equivalent value is not."""
    paid = (
        "Staff time, 0.5 full-time equivalent",
        "Media spend",
        "Rate card cost less discount",
        "PR agency fee",
        "Brand value research",
        "Media given in kind by the bus company",
        "In-kind media",
    )
    assert not [c for c in paid if poses_as_cost(c)]
    unpaid = (
        "PR value (AVE) of coverage",
        "Earned media value",
        "Value of press coverage",
        "EMV",
        "Ad equivalent cost",
        "EAV of clippings",
        "Value of impressions",
        "What the coverage would have cost",
    )
    assert [c for c in unpaid if poses_as_cost(c)] == list(unpaid)


def test_money_in_units() -> None:
    """A currency is a unit of money in any dress; per cent and a sum that people know of are not."""
    money = ("£", "pence", "p", "EUR m", "US$", "cents", "£000s", "cost per click", "quid")
    assert [u for u in money if money_in_measure(Stage.OUTPUT, unit=u)] == list(money)
    plain = ("per cent", "% of adults", "people", "posters")
    assert not [u for u in plain if money_in_measure(Stage.OUTPUT, unit=u)]
    assert not money_in_measure(Stage.OUT_TAKE, metric="Know that the fine is £1,000", unit="% of adults")
    assert money_in_measure(Stage.OUT_TAKE, metric="Coverage worth £2,000", unit="pieces")
