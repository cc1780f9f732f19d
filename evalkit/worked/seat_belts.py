"""The front seat-belt law of 1983 in Great Britain: real figures, published in full.

Source of the figures: published road accident statistics, as printed by A. C. Harvey and J. Durbin (1986),
"The effects of seat belt legislation on British road casualties: a case study in structural time series
modelling", Journal of the Royal Statistical Society, Series A, 149, 187-227.
"""

from __future__ import annotations

from datetime import date

from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Event, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.vocabulary import (
    CampaignType,
    DataGrade,
    Direction,
    ExpectedSign,
    Frequency,
    Handling,
    OutcomeKind,
)

SOURCE = (
    "Published road accident statistics, as printed by Harvey and Durbin (1986), J. R. Statist. Soc. A 149"
)
FIGURES: dict[int, tuple[int, ...]] = {
    1969: (1687, 1508, 1507, 1385, 1632, 1511, 1559, 1630, 1579, 1653, 2152, 2148),
    1970: (1752, 1765, 1717, 1558, 1575, 1520, 1805, 1800, 1719, 2008, 2242, 2478),
    1971: (2030, 1655, 1693, 1623, 1805, 1746, 1795, 1926, 1619, 1992, 2233, 2192),
    1972: (2080, 1768, 1835, 1569, 1976, 1853, 1965, 1689, 1778, 1976, 2397, 2654),
    1973: (2097, 1963, 1677, 1941, 2003, 1813, 2012, 1912, 2084, 2080, 2118, 2150),
    1974: (1608, 1503, 1548, 1382, 1731, 1798, 1779, 1887, 2004, 2077, 2092, 2051),
    1975: (1577, 1356, 1652, 1382, 1519, 1421, 1442, 1543, 1656, 1561, 1905, 2199),
    1976: (1473, 1655, 1407, 1395, 1530, 1309, 1526, 1327, 1627, 1748, 1958, 2274),
    1977: (1648, 1401, 1411, 1403, 1394, 1520, 1528, 1643, 1515, 1685, 2000, 2215),
    1978: (1956, 1462, 1563, 1459, 1446, 1622, 1657, 1638, 1643, 1683, 2050, 2262),
    1979: (1813, 1445, 1762, 1461, 1556, 1431, 1427, 1554, 1645, 1653, 2016, 2207),
    1980: (1665, 1361, 1506, 1360, 1453, 1522, 1460, 1552, 1548, 1827, 1737, 1941),
    1981: (1474, 1458, 1542, 1404, 1522, 1385, 1641, 1510, 1681, 1938, 1868, 1726),
    1982: (1456, 1445, 1456, 1365, 1487, 1558, 1488, 1684, 1594, 1850, 1998, 2079),
    1983: (1494, 1057, 1218, 1168, 1236, 1076, 1174, 1139, 1427, 1487, 1483, 1513),
    1984: (1357, 1165, 1282, 1110, 1297, 1185, 1222, 1284, 1444, 1575, 1737, 1763),
}  # a row a year, a figure a month


def programme() -> Programme:
    """Build sixteen years of casualties by month; no cost was published and none is made up."""
    campaign = Campaign(
        title="Front seat belts become compulsory",
        organisation="Government of Great Britain",
        start=date(1983, 2, 1),
        end=date(1984, 12, 31),
        campaign_type=CampaignType.BEHAVIOUR,
        sector="Road safety",
        summary=(
            "Fewer car drivers killed or seriously injured, by having drivers and front-seat passengers wear "
            "a belt. The law took effect on 31 January 1983; February is the first full month."
        ),
    )
    outcome = Outcome(
        name="Car drivers killed or seriously injured",
        unit="drivers",
        kind=OutcomeKind.COUNT,
        good_direction=Direction.DOWN,
        source=SOURCE,
        primary=True,
        numerator="Drivers of cars killed or seriously injured in road accidents in Great Britain",
        frequency=Frequency.MONTHLY,
        data_grade=DataGrade.ONE,
    )
    drink_driving = Event(
        what="New drink-driving law (TRRL RR 89)",
        start=date(1983, 5, 6),
        end=date(1984, 12, 31),
        expected_sign=ExpectedSign.DOWN,
        handling=Handling.MARK,
    )
    return Programme(
        title="Seat belts, Great Britain 1983",
        as_of=date(1984, 12, 31),
        campaigns=(campaign,),
        outcomes=(outcome,),
        observations=tuple(
            Observation(period=date(year, month, 1), value=float(figure))
            for year, figures in FIGURES.items()
            for month, figure in enumerate(figures, start=1)
        ),
        events=(drink_driving,),
    )
