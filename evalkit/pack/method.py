"""Method: what was done, in words and in symbols, with the papers it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.amounts import british_date
from evalkit.design import Design, Window
from evalkit.pack.estimates import counted
from evalkit.pack.items import Item
from evalkit.pack.sections import Block, Cell, Heading, Look, Rows, Section, Words, words


@dataclass(frozen=True, slots=True)
class Account:
    """How one method is explained."""

    plainly: str
    symbols: tuple[str, ...]
    references: tuple[str, ...]


SERIES = (
    "y(t) = a + x(t)·b + effect(t) + u(t): the figure in period t is a level, plus slope, season, calendar "
    "and other terms x(t), plus the effect from the start on, plus what is left over.",
    "u(t) = state(t) + e(t), where state(t) = ρ·state(t−1) + noise (ρ = 1: a random walk): what is left "
    "over may carry over from one period to the next.",
    "effect = mean of effect(t) over the periods counted; total = sum of effect(t), or of effect(t) × "
    "people for a share.",
)
PAPERS = (
    "Zellner and Tiao (1964), Journal of the American Statistical Association 59; Chib (1993), Journal of "
    "Econometrics 58: regression with errors that carry over.",
    "Harville (1974), Biometrika 61: restricted likelihood.",
    "Lopez Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46: interrupted "
    "time series.",
)
ACCOUNTS: dict[str, Account] = {
    "series": Account(
        "The figures before the campaign were used to learn how the outcome moves by itself: its level, "
        "slope, seasons, bank holidays and how far one period carries over into the next. From that follows "
        "what would have been expected without the campaign, and the effect is what was observed less that. "
        "No single setting of slope, season or carry-over was picked: all plausible ones were used, each "
        "with the weight that the data give it.",
        SERIES,
        PAPERS,
    ),
    "controlled": Account(
        "As for a single series, with one thing more: comparison areas or series that did not have the "
        "campaign. What moved them is taken to have moved the campaign's area too, as far as they moved "
        "together before the start.",
        (
            *SERIES,
            "x(t) holds the comparison series and their mean, shrunk together so that none leads by luck.",
        ),
        (
            *PAPERS,
            "Lopez Bernal, Cummins and Gasparrini (2018), International Journal of Epidemiology 47: "
            "controls.",
        ),
    ),
    "areas": Account(
        "The campaign's areas were set against many areas that did not have it. How closely areas move "
        "together, how far one period carries over into the next and how far other areas may be leant on "
        "were learned from all of them: each comparison area was forecast from the others as if it had had "
        "the campaign, and how wrong those forecasts were sets the width of the range.",
        (
            "y(t) = a + Σ (b/J + g(j))·x(j, t) + effect(t) + u(t): the campaign areas' figure leans on the J "
            "comparison areas x(j, t), equally (b) and singly (g, shrunk towards nothing).",
            *SERIES[1:],
        ),
        (
            *PAPERS[:2],
            "Abadie (2021), Journal of Economic Literature 59: comparison areas, and placebos among them.",
        ),
    ),
    "did": Account(
        "Each area's mean after the start less its mean before; the effect is the campaign areas' change "
        "less the comparison areas'. Areas were compared, not periods, so that figures that hang together "
        "over time do not count as many.",
        ("effect = mean of [ȳ(after) − ȳ(before)] over campaign areas less the same over comparison areas.",),
        (
            "Bertrand, Duflo and Mullainathan (2004), Quarterly Journal of Economics 119; Donald and Lang "
            "(2007), Review of Economics and Statistics 89.",
        ),
    ),
    "rollout": Account(
        "Areas started at different times. Each was predicted from its own start on by what the areas not "
        "yet reached did, allowing for how far one period carries over into the next. The areas never "
        "reached were predicted in the same way as if they had been, and how wrong those predictions were "
        "sets the width of the range.",
        (
            "y(i, t) = area(i) + period(t) + u(i, t) without the campaign; u carries over within an area, "
            "and how far is integrated out.",
            "effect = mean of y(i, t) less its prediction over all areas i and periods t from their own "
            "start on.",
        ),
        (
            "Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91; Callaway and Sant'Anna "
            "(2021), Journal of Econometrics 225; Harville (1977), Journal of the American Statistical "
            "Association 72.",
        ),
    ),
    "imputation": Account(
        "Areas may have started at different times. Area and period effects were fitted by least squares to "
        "the figures that the campaign had not touched, and give what would have been expected where it had; "
        "the range comes from how much areas differ.",
        (
            "y(i, t) = area(i) + period(t) + e(i, t) without the campaign.",
            "effect = mean of y(i, t) less area(i) + period(t) from each area's own start on.",
        ),
        ("Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91.",),
    ),
    "staggered": Account(
        "Areas may have started at different times. Each start was set, period by period, against the areas "
        "never reached, or not reached by then, by the change since the last period before it; the effect "
        "is the mean over starts and periods.",
        (
            "effect(g, t) = mean of [y(t) − y(g−1)] over areas that started in g, less the same over the "
            "areas compared with.",
        ),
        ("Callaway and Sant'Anna (2021), Journal of Econometrics 225.",),
    ),
    "synthetic": Account(
        "A mix of comparison areas was chosen that follows the campaign areas before the start as closely as "
        "possible, each about its own mean. The effect is how far the campaign areas moved from that mix.",
        ("effect = mean of y(t) − a − Σ w(j)·x(j, t) from the start on, with w(j) ≥ 0 and Σ w(j) = 1.",),
        (
            "Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105; "
            "Doudchenko and Imbens (2016), NBER 22791; Chernozhukov, Wüthrich and Zhu (2021), Journal of the "
            "American Statistical Association 116.",
        ),
    ),
    "synthetic-did": Account(
        "Comparison areas and periods were weighed so that the areas move as the campaign areas did, and the "
        "periods before the start as those after it. The effect is the difference of the weighed changes; "
        "its range comes from treating comparison areas as if they had had the campaign.",
        ("effect = [ȳ(after) − Σ λ(t)·y(t)] less the same of Σ w(j)·x(j, t).",),
        ("Arkhangelsky and others (2021), American Economic Review 111.",),
    ),
    **{
        f"paired {what}": Account(
            f"The same people were asked twice and are compared with themselves, {how}. Those asked once are "
            "counted and left out.",
            ("effect = mean of each person's second figure less the first.",),
            (papers,),
        )
        for what, how, papers in (
            ("shares", "by the score test", "Tango (1998), Statistics in Medicine 17; McNemar (1947)."),
            (
                "means",
                "by the mean of the changes",
                "Bell and McCaffrey (2002), Survey Methodology 28.",
            ),
        )
    },
    "joint": Account(
        "Several campaigns aimed at this outcome, so all of them are in one model, together with level, "
        "slope, "
        "seasons, bank holidays and known events. Each campaign's dated doses carry over into later periods, "
        "and more of a dose may do less. No single carry-over or shape was picked: all plausible ones were "
        "used, each with the weight that the data give it. What a campaign contributed is what the outcome "
        "followed of its doses. The sheet Together has all of them side by side.",
        (
            "y(t) = a + x(t)·b + Σ β(k)·f(c(k, t)) + u(t), where c(k, t) = dose(k, t) + κ(k)·c(k, t−1): what "
            "is left of earlier doses; f(c) = c, or c / (c + h) where more does less.",
            SERIES[1],
            "total = sum of β(k)·f(c(k, t)) over the periods; the parts and what is left add up to the "
            "outcome.",
        ),
        (
            *PAPERS[:2],
            "Broadbent (1979), Journal of the Market Research Society 21: carry-over; Jin and others (2017), "
            "Google: carry-over and shape together.",
            "Belsley, Kuh and Welsch (1980), Regression diagnostics: what can be told apart; Shapley (1953): "
            "a split that does not depend on order.",
        ),
    ),
    "structural": Account(
        "A structural time series model: a level that may drift, seasons, and a step at the start of the "
        "campaign, fitted by maximum likelihood.",
        ("y(t) = level(t) + season(t) + x(t)·b + d·step(t) + e(t); level(t) = level(t−1) + noise.",),
        (
            "Harvey and Durbin (1986), Journal of the Royal Statistical Society A 149; Durbin and Koopman "
            "(2012).",
        ),
    ),
    **{
        name: Account(
            f"Every group was compared with the control group, {how}. Everybody counts in the group they "
            "were allocated to; the total is the difference times the people of the group.",
            ("effect = figure of the group − figure of the control.",),
            (papers,),
        )
        for name, how, papers in (
            ("proportions", "as shares, by the score test", "Miettinen and Nurminen (1985), Stat. Med. 4."),
            (
                "means",
                "as means, by Welch's t, within strata where there are any",
                "Welch (1947), Biometrika 34.",
            ),
            ("ancova", "as means adjusted for covariates", "Lin (2013), Annals of Applied Statistics 7."),
            (
                "clusters",
                "with each cluster as one observation",
                "Donner and Klar (2000); Pustejovsky and "
                "Tipton (2018), Journal of Business and Economic Statistics 36.",
            ),
            (
                "stepped wedge",
                "period by period as clusters started",
                "Hussey and Hughes (2007), Contemporary Clinical Trials 28.",
            ),
            (
                "changes",
                "by its change between two waves",
                "Bell and McCaffrey (2002), Survey Methodology 28.",
            ),
            ("rates", "as rates of events per exposure", "Ng and Tang (2005), Statistics in Medicine 24."),
        )
    },
    "external": Account(
        "The estimate was made elsewhere and is taken as its source states it. Its total and range were "
        "entered; the distribution between is normal on either side of the best estimate, so that an uneven "
        "range stays uneven.",
        ("total ~ split normal with the stated middle and ends.",),
        (),
    ),
}
COMMON = (
    "Ranges: the true figure is in the range as often as its level says, if the model's assumptions hold. "
    "Effect, total and relative effect come from one distribution, so they never disagree.",
    "Cost per outcome: full cost divided by the improvement; where no improvement is not ruled out there is "
    "no upper limit (Fieller 1954, Journal of the Royal Statistical Society B 16; Stinnett and Mullahy "
    "1998, Medical Decision Making 18).",
    "Evidence level: the Maryland Scientific Methods Scale (Sherman and others 1997) as adapted by the What "
    "Works Centre for Local Economic Growth.",
)


_ESTIMAND = "The total effect, the sum over all periods and areas counted, and the mean effect in a period. "


def method(found: tuple[Item, ...]) -> Section:
    """Explain how every finding was reached."""
    blocks: list[Block] = []
    for item in found:
        blocks += list(_one(item))
    blocks += [Heading("For all findings"), *(Words(t) for t in COMMON)]
    return Section(
        name="Method",
        title="Method",
        about="What was done, first in words, then in symbols, with the papers it comes from.",
        blocks=tuple(blocks),
        widths=(30, 96),
    )


MOST_AREAS = 24  # whose weights are listed


def _one(item: Item) -> Iterator[Block]:
    estimate, design = item.estimate, item.design
    yield Heading(f"Finding {item.n}. {item.title}")
    name = estimate.method if estimate else design.method if design else ""
    account = ACCOUNTS.get(name)
    rows: list[tuple[Cell, ...]] = []
    if account is None:
        rows.append(_row("In words", "No estimate was made." if estimate is None else f"Method: {name}."))
    else:
        rows.append(_row("In words", account.plainly))
        rows += [_row("In symbols" if i == 0 else "", t) for i, t in enumerate(account.symbols)]
        rows += [_row("Papers" if i == 0 else "", t) for i, t in enumerate(account.references)]
    if estimate:
        rows.append(_row("What is estimated", _ESTIMAND + counted(item)))
    if design:
        rows += list(_plan(design))
    yield Rows(tuple(rows))


def _plan(design: Design) -> Iterator[tuple[Cell, ...]]:
    yield _row("Design", f"{design.code.value}: {design.code.gloss}")
    yield _row("Areas with the campaign", ", ".join(design.treated))
    yield _row("Compared with", ", ".join(design.comparison) or "nothing but its own history")
    if design.weights:
        used = {*design.treated, *design.comparison}
        counts = [f"{area} {weight:,.10g}" for area, weight in design.weights if area in used]
        more = f" and {len(counts) - MOST_AREAS} more" if len(counts) > MOST_AREAS else ""
        yield _row("What areas count for", "; ".join(counts[:MOST_AREAS]) + more)
    if design.covariates:
        yield _row("Covariates", ", ".join(design.covariates))
    last = british_date(design.last_day)
    yield _row(
        "Periods counted", f"From {british_date(design.start)} to {last}, {design.frequency.value} figures."
    )
    yield _row("History", f"{design.n_pre} periods before the start; {design.n_post} from the start on.")
    yield _row("Seasons", design.seasonality)
    yield _row("Bank holidays", design.calendar)
    yield _row("Shape of the effect", _SHAPES.get(design.shape, design.shape))
    for title, windows in (
        ("Left out at the start", design.washout),
        ("Left out", design.exclude),
        ("Estimated apart", design.events),
        ("May still be revised", design.provisional),
    ):
        for window in windows:
            yield _row(title, _window(window))
    for i, reason in enumerate(design.reasons):
        yield _row("Why this design" if i == 0 else "", reason)
    for i, change in enumerate(design.deviations):
        yield _row("Left out, or to be known" if i == 0 else "", change)


_SHAPES = {
    "auto": "Not assumed: at once, building up, or fading after the end are all allowed for.",
    "level": "At once and lasting.",
    "ramp": "Building up.",
    "decay": "Fading after the end.",
}


def _window(window: Window) -> str:
    span = f"{british_date(window.start)} to {british_date(window.end)}"
    return f"{span}: {window.reason}" if window.reason else span


def _row(label: str, text: str) -> tuple[Cell, ...]:
    return words(label, Look.LABEL), words(text)
