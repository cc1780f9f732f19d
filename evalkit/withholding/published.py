"""An evaluation as it may be published: small figures withheld, and whatever would give them away.

1. What leaves the owner's hands is made from this: JSON, the publication copy, pictures.
2. Answers are worked out anew without any single small figure, and rounded.
3. Words and value are said anew from the rounded answers, so that nothing tells more than they do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from weakref import ref

from evalkit.campaign.delivery import Output, OutTake
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import Programme
from evalkit.checks.attrition import NAME as ATTRITION
from evalkit.checks.result import bare
from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.evaluating import evaluate, fingerprint, restated
from evalkit.evaluation import Evaluation, Finding, Provenance, SourceFile
from evalkit.group_disclosure import compared, few_lost, withheld_rows, withheld_sums
from evalkit.small_counts import LEAST, tells_of_few
from evalkit.vocabulary import ObservationFlag, OutcomeKind
from evalkit.withholding.answers import (
    TOO_FEW,
    averaged_path,
    bare_grade,
    concealed_shared,
    concealed_study,
    rounded,
)
from evalkit.withholding.figures import SUM_OF_AREAS, Key, area_of, concealed, stretch, withheld_figures
from evalkit.withholding.replaced import replaced, replaced_clusters

ArmName = tuple[str, str, str]  # campaign, outcome and group
HASH = "withheld: small figures could be tried out against it"


class _Last:
    """The last evaluation and what may be published of it: every output asks, and the answer takes time."""

    def __init__(self) -> None:
        self._of: Callable[[], Evaluation | None] = lambda: None
        self._since: Callable[[], Evaluation | None] = lambda: None
        self._found: Evaluation | None = None

    def keep(self, evaluation: Evaluation, since: Evaluation | None, found: Evaluation) -> Evaluation:
        """Remember it for as long as somebody holds the evaluation."""
        self._of = ref(evaluation, self._forget)
        self._since = ref(since) if since is not None else lambda: None
        self._found = None if found is evaluation else found
        return found

    def _forget(self, gone: object) -> None:
        if self._of is gone:
            self._found = None

    def asked(self, evaluation: Evaluation, since: Evaluation | None) -> Evaluation | None:
        """What was found of that one; what is clear beside an earlier publication is clear without it."""
        if self._of() is not evaluation:
            return None
        if self._found is None:
            return evaluation if since is None or self._since() is since else None
        return self._found if self._since() is since else None


_last = _Last()


def published(evaluation: Evaluation, *, since: Evaluation | None = None) -> Evaluation:
    """Withhold what must not be published.

    Parameters
    ----------
    evaluation : Evaluation
    since : Evaluation, optional
        One published earlier, whose withheld figures stay so.

    Returns
    -------
    Evaluation
        The same where nothing has to be withheld, or where that is done already.
    """
    if evaluation.withheld:
        return evaluation
    if (known := _last.asked(evaluation, since)) is not None:
        return known
    return _last.keep(evaluation, since, _published(evaluation, since))


def _published(evaluation: Evaluation, since: Evaluation | None) -> Evaluation:
    """Work it out."""
    programme = evaluation.programme
    figures = withheld_figures(evaluation, _withheld_before(since))
    studies = [(s.campaign, s.outcome) for s in evaluation.group_studies if s.withheld]
    rows = withheld_rows(programme, studies)
    few = [
        *(
            f"Out-takes, {t.metric or 'a measure'}"
            for c in programme.campaigns
            for t in c.out_takes
            if _few_asked(t)
        ),
        *(
            f"Outputs, {o.metric or 'a measure'}"
            for c in programme.campaigns
            for o in c.outputs
            if _few_met(o)
        ),
    ]
    counts = _counts_of_few(programme)
    lost = few_lost(programme)
    if not figures and not rows and not few and not lost and not counts:
        return evaluation
    partly = _partly(evaluation, rows)
    arms = frozenset(
        (*compared(programme, g)[:2], g.arm) for i, g in enumerate(programme.groups) if i in lost
    )
    basis = _basis(evaluation, figures, _shown_groups(programme, rows))
    found = tuple(_finding(programme, f, figures, partly, arms) for f in basis.findings)
    safe = _programme(programme, figures, rows, lost, counts)
    return replace(
        evaluation,
        programme=safe,
        findings=found,
        provenance=_provenance(evaluation.provenance, safe),
        shared=tuple(
            concealed_shared(s) if any(o == s.outcome for o, _, _ in figures) else s for s in basis.shared
        ),
        group_studies=tuple(concealed_study(s, partly, arms) for s in basis.group_studies),
        withheld=(
            *_said(programme, figures, rows),
            *(
                f"{campaign}, {outcome}: the number first allocated to {arm} is withheld, as it would tell "
                f"of fewer than {LEAST} who were lost."
                for campaign, outcome, arm in sorted(arms)
            ),
            *(f"{measure}: withheld, as it tells of fewer than {LEAST} people." for measure in few),
            *(f"Covariate {name}: withheld, as some of its figures are under {LEAST}." for name in counts),
        ),
    )


def _basis(evaluation: Evaluation, figures: frozenset[Key], rows: frozenset[int]) -> Evaluation:
    """The evaluation itself, or that of a programme whose small figures are replaced by others."""
    starts = {day for f in evaluation.findings if f.design for day in (f.design.start, *_starts(f.design))}
    basis = replaced(replaced_clusters(evaluation.programme, rows), figures, sorted(starts))
    return evaluation if basis is evaluation.programme else evaluate(basis)


def _shown_groups(programme: Programme, rows: frozenset[int]) -> frozenset[int]:
    """Withheld rows of groups that are shown; what is withheld of whole groups, an answer covers."""
    sums = withheld_sums(programme)
    return frozenset(
        i for i in rows if (compared(programme, g := programme.groups[i]), g.wave or "") not in sums
    )


def _starts(design: Design) -> Iterator[date]:
    yield design.until + timedelta(1)
    for _, start in design.starts:
        yield start


def _withheld_before(since: Evaluation | None) -> frozenset[Key]:
    if since is None:
        return frozenset()
    only = since.programme.outcomes[0].name
    return frozenset(
        (o.outcome or only, area_of(o), o.period)
        for o in since.programme.observations
        if o.flag is ObservationFlag.SUPPRESSED
    )


def _finding(
    programme: Programme,
    finding: Finding,
    figures: frozenset[Key],
    partly: Mapping[tuple[str, str], tuple[int, str]],
    arms: frozenset[ArmName],
) -> Finding:
    """One finding, rounded where it rests on withheld figures, withheld where it would give them away."""
    estimate = finding.estimate
    if not isinstance(estimate, Estimate):
        return finding
    checks = tuple(bare(c) for c in finding.checks)
    graded = bare_grade(finding.grade, finding.checks)
    if finding.arm:
        groups, control = partly.get((finding.campaign, finding.outcome), (0, ""))
        if not groups:
            return _without_losses(finding, arms)
        return restated(programme, finding, rounded(estimate), checks, graded, groups=groups, control=control)
    hidden = concealed(finding, figures)
    if hidden is None or finding.design is None:
        return finding
    if _gives_away(programme, finding, finding.design):
        return restated(programme, finding, NotEstimable(*((t,) for t in TOO_FEW)), (), graded)
    answer = rounded(estimate)
    path = estimate.path and averaged_path(estimate.path, answer.effect, hidden, finding.design.start)
    return restated(programme, finding, replace(answer, path=path), checks, graded)


def _without_losses(finding: Finding, arms: frozenset[ArmName]) -> Finding:
    """A finding by group that does not tell that one to four people were lost."""
    if not any((c, o) == (finding.campaign, finding.outcome) for c, o, _ in arms):
        return finding
    checks = tuple(bare(c) if c.check == ATTRITION else c for c in finding.checks)
    told = {c.text: new.text for c, new in zip(finding.checks, checks, strict=True)}
    limits = tuple(told.get(said, said) for said in finding.verdict.limits)
    return replace(
        finding,
        checks=checks,
        grade=bare_grade(finding.grade, [c for c in finding.checks if c.check == ATTRITION]),
        verdict=replace(finding.verdict, limits=limits),
    )


def _partly(evaluation: Evaluation, rows: frozenset[int]) -> dict[tuple[str, str], tuple[int, str]]:
    """Comparisons with withheld clusters: how many groups each compares with the control, and its name.

    Rows of single people are many and alike; clusters are few, and an answer to the last digit would tell
    how what they come to is shared out among them. Where a whole group is small, the answer rests on no
    withheld count.
    """
    programme = evaluation.programme
    studies = {(s.campaign, s.outcome): s for s in evaluation.group_studies if not s.withheld}
    some = [programme.groups[i] for i in _shown_groups(programme, rows)]
    found = {compared(programme, g)[:2] for g in some if g.n >= LEAST}
    arms = Counter((f.campaign, f.outcome) for f in evaluation.findings if f.arm)
    return {key: (arms[key], s.groups[0].arm) for key, s in studies.items() if key in found}


def _gives_away(programme: Programme, finding: Finding, design: Design) -> bool:
    """Whether an effect tells that nobody, or hardly anybody, was counted before or after the start."""
    outcome = programme.outcome(finding.outcome)
    if outcome.kind is OutcomeKind.LEVEL:
        return False
    eve = design.start - timedelta(1)
    sides = [design.treated, *([design.comparison] if set(design.comparison) - set(design.treated) else [])]
    return any(
        stretch(programme, outcome, areas, first, last).small
        for areas in sides
        if any(area_of(o) in areas for o in programme.observations_of(outcome))
        for first, last in ((None, eve), (design.start, design.until))
    )


def _counts_of_few(programme: Programme) -> tuple[str, ...]:
    """Covariates that may count people, and few of them: whole numbers throughout, some of them small."""
    figures: dict[str, list[float]] = {}
    for row in programme.covariates:
        figures.setdefault(row.name, []).append(row.value)
    return tuple(
        name
        for name, values in figures.items()
        if all(v >= 0 and v.is_integer() for v in values) and any(0 < v < LEAST for v in values)
    )


def _programme(
    programme: Programme,
    figures: frozenset[Key],
    rows: frozenset[int],
    lost: frozenset[int],
    counts: tuple[str, ...],
) -> Programme:
    """The programme without these figures and rows."""
    only = programme.outcomes[0].name
    observations = tuple(
        _without(o) if (o.outcome or only, area_of(o), o.period) in figures else o
        for o in programme.observations
    )
    groups: tuple[GroupRow, ...] = tuple(
        g.model_copy(update={"allocated": None}) if i in lost else g
        for i, g in enumerate(programme.groups)
        if i not in rows
    )
    campaigns = tuple(
        c.model_copy(
            update={
                "out_takes": tuple(_unasked(t) if _few_asked(t) else t for t in c.out_takes),
                "outputs": tuple(
                    o.model_copy(update={"value": None}) if _few_met(o) else o for o in c.outputs
                ),
            }
        )
        for c in programme.campaigns
    )
    return programme.model_copy(
        update={
            "campaigns": campaigns,
            "observations": observations,
            "groups": groups,
            "covariates": tuple(c for c in programme.covariates if c.name not in counts),
        }
    )


def _few_asked(row: OutTake) -> bool:
    """Whether a measure tells what fewer than five of the people asked said, or that so few were asked."""
    if row.n is None:
        return False
    share = row.value is not None and (row.unit or "").startswith("%")
    return tells_of_few(row.n, row.n * (row.value or 0) / 100 if share else None)


def _few_met(row: Output) -> bool:
    """Whether a measure counts people or their contacts, unique or gross, and fewer than five."""
    return row.counting is not None and row.value is not None and row.value < LEAST


def _unasked(row: OutTake) -> OutTake:
    return row.model_copy(update={"value": None, "n": None, "low": None, "high": None})


def _without(row: Observation) -> Observation:
    """A figure withheld, and what somebody noted beside it."""
    gone = {"value": None, "denominator": None, "note": None, "flag": ObservationFlag.SUPPRESSED}
    return row.model_copy(update=gone)


def _provenance(was: Provenance, programme: Programme) -> Provenance:
    """Hashes of what is here: withheld figures could be tried out against those of the whole."""
    files = tuple(SourceFile(f.name, HASH) for f in was.files)
    return replace(was, programme_sha256=fingerprint(programme), files=files)


def _said(programme: Programme, figures: frozenset[Key], rows: frozenset[int]) -> Iterator[str]:
    """What is withheld, one sentence for each series and comparison."""
    series = Counter((o, a) for o, a, _ in figures if a != SUM_OF_AREAS)
    for (outcome, area), n in sorted(series.items()):
        counted = f"{n} figure{'s are' if n > 1 else ' is'}"
        yield (
            f"{outcome}, {area}: {counted} withheld, being under {LEAST} or giving one under {LEAST} away. "
            "Answers that rest on them are rounded."
        )
    keys = [compared(programme, g) for g in programme.groups]
    for key in sorted({keys[i] for i in rows}):
        mine = [i for i, other in enumerate(keys) if other == key]
        if all(programme.groups[i].unit is not None for i in mine):
            yield f"{key[0]}, {key[2] or key[1]}: the rows of {len(mine):,} single people are not shown."
            continue
        every = all(i in rows for i in mine)
        yield (
            f"{key[0]}, {key[2] or key[1]}: {'all' if every else 'some'} rows by group are withheld, as they "
            f"tell of fewer than {LEAST} people or would give such a row away."
        )
