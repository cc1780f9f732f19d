"""Regenerate the shipped examples: templates, frames, arguments, expected answers and a budget review.

Run ``make examples`` after a change that alters an answer, and read the difference before it is kept.
Nothing here depends on the clock or on what is already there, so two runs give the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.design import Design, Window
from evalkit.evaluating import evaluate
from evalkit.evaluation import Evaluation, Finding
from evalkit.excel.review import write_review
from evalkit.excel.template import write_template
from evalkit.overlapping import Prepared, prepared_outcomes
from evalkit.planning import plans
from evalkit.saved import document
from evalkit.trials import group_frame
from evalkit.worked.catalogue import EXAMPLES, Example

HERE = Path(__file__).parent
REVIEW = "review"
ANSWER_START, ANSWER_END = "<!-- answer: written by build.py -->", "<!-- end of answer -->"
COMMANDS = """evalkit check template.xlsx
evalkit evaluate template.xlsx --out pack.xlsx --json evaluation.json
"""


def main(folder: Path = HERE) -> None:
    """Write every example, and the budget review of all of them."""
    evaluations = [build(example, folder / example.name) for example in EXAMPLES.values()]
    (folder / REVIEW).mkdir(parents=True, exist_ok=True)
    write_review(evaluations, folder / REVIEW / "review.xlsx")


def build(example: Example, folder: Path) -> Evaluation:
    """Write one example's files; its README keeps all but the answer."""
    folder.mkdir(parents=True, exist_ok=True)
    programme = example.programme()
    evaluation = evaluate(programme)
    write_template(folder / "template.xlsx", programme)
    write(folder / "cmd.txt", COMMANDS)
    write_json(folder / "arguments.json", arguments(programme))
    for name, table in tables(programme).items():
        table.to_csv(folder / name, index=False, lineterminator="\n")
    write_json(folder / "expected.json", essentials(document(evaluation)))
    readme = folder / "README.md"
    if readme.exists():
        write(readme, with_answer(readme.read_text(encoding="utf-8"), answer(evaluation)))
    return evaluation


def tables(programme: Programme) -> dict[str, pd.DataFrame]:
    """The figures for the library door, by file: by period, by group, doses; what is empty is left out."""
    every = {"frame.csv": frame(programme), "groups.csv": groups(programme), "doses.csv": doses(programme)}
    return {name: table for name, table in every.items() if not table.empty}


def groups(programme: Programme) -> pd.DataFrame:
    """The rows by group as an analyst would have them; `of` names the outcome."""
    found = [
        group_frame(rows, outcome.kind)[0].assign(of=outcome.name)
        for campaign, outcome in programme.pairs()
        if (rows := programme.groups_of(campaign, outcome))
    ]
    if not found:
        return pd.DataFrame()
    return pd.concat(found).dropna(axis="columns", how="all")


def frame(programme: Programme) -> pd.DataFrame:
    """The figures as an analyst would have them: a row per outcome, area and period, gaps left out."""
    only = programme.outcomes[0].name
    rows = [
        (o.outcome or only, o.period.isoformat(), o.area or WHOLE_AREA, o.value, o.denominator)
        for o in programme.observations
        if o.value is not None
    ]
    found = pd.DataFrame(rows, columns=["outcome", "period", "area", "value", "denominator"])
    return found.drop(columns="denominator") if found["denominator"].isna().all() else found


def arguments(programme: Programme) -> dict[str, dict[str, Any]]:
    """What to pass to the library, by outcome.

    To `estimate_contribution`; to `decompose_contributions` for an outcome that campaigns share; to
    `compare_groups` for groups.
    """
    every = plans(programme)
    single = {one.outcome.name: dict(_passed(one.design)) for one in every if _made(one.design)}
    joint = {one.outcome.name: dict(_joint(one)) for one in prepared_outcomes(programme, every)}
    compared = {
        outcome.name: {"control": control, **passed}
        for campaign, outcome in programme.pairs()
        if (rows := programme.groups_of(campaign, outcome))
        for _, passed, control in (group_frame(rows, outcome.kind),)
    }
    return single | joint | compared


def _joint(one: Prepared) -> Iterator[tuple[str, Any]]:
    yield "outcome_kind", one.panel.kind.value
    yield "frequency", one.panel.frequency.value
    yield "exclude", _spans(one.study.exclude)
    yield "events", _spans(one.study.events)
    yield "calendar", one.study.calendar


def doses(programme: Programme) -> pd.DataFrame:
    """Doses by period of the campaigns that share an outcome of one place, as an analyst would have them."""
    rows = [
        (one.outcome.name, period.isoformat(), campaign, float(one.doses.inside[t, 0, k]))
        for one in prepared_outcomes(programme, plans(programme))
        for k, campaign in enumerate(one.doses.campaigns)
        for t, period in enumerate(one.panel.periods)
        if one.doses.inside[t, 0, k] > 0
    ]
    return pd.DataFrame(rows, columns=["outcome", "period", "campaign", "dose"])


def _made(design: object) -> bool:
    return isinstance(design, Design)


def _passed(design: Design) -> Iterator[tuple[str, Any]]:
    yield "treated", list(design.treated)
    yield "start", design.start.isoformat()
    yield "end", design.end.isoformat() if design.end else None
    yield "until", design.until.isoformat()
    yield "outcome_kind", design.outcome_kind.value
    yield "frequency", design.frequency.value
    yield "comparison", list(design.comparison)
    yield "washout", _spans(design.washout)
    yield "exclude", _spans(design.exclude)
    yield "events", _spans(design.events)
    yield "calendar", design.calendar
    yield "matters", design.matters


def _spans(windows: tuple[Window, ...]) -> list[tuple[str, str, str]]:
    return [(w.start.isoformat(), w.end.isoformat(), w.reason) for w in windows]


def essentials(whole: Any) -> dict[str, Any]:
    """What must not change unnoticed, out of an evaluation's JSON."""
    return {"findings": [_essential(f) for f in whole["findings"]]}


def _essential(finding: dict[str, Any]) -> dict[str, Any]:
    estimate, design, value = finding["estimate"], finding["design"], finding["value"]
    numbers = ("effect", "total", "rel_effect", "p_value", "smallest_detectable", "n_pre", "n_post", "n_gaps")
    return {
        "campaign": finding["campaign"],
        **({"arm": finding["arm"]} if finding["arm"] else {}),
        "outcome": finding["outcome"],
        "exploratory": finding["exploratory"],
        "claim": finding["verdict"]["claim"],
        "sentence": finding["verdict"]["sentence"],
        "level": finding["grade"]["level"],
        "rules": {r["rule"]: r["met"] for r in finding["grade"]["rules"]},
        "checks": {c["check"]: c["passed"] for c in finding["checks"]},
        "design": design and {k: design[k] for k in ("method", "treated", "comparison", "start", "until")},
        "estimate": {k: estimate[k] for k in numbers},
        "cost": value["cost"]["total"],
        "cost_per_outcome": value["cost_per_outcome"]["interval"],
    }


def answer(evaluation: Evaluation) -> str:
    """The answers in words, for the README of an example."""
    return "\n".join(_said(f) for f in evaluation.findings)


def _said(finding: Finding) -> str:
    lines = [f"> **{finding.outcome}.** {finding.verdict.sentence}"]
    lines += [">", f"> Evidence level {finding.grade.level} of 5. {' '.join(finding.grade.reasons)}", ""]
    return "\n".join(lines)


def with_answer(text: str, said: str) -> str:
    """Put the answer between its marks.

    Raises
    ------
    ValueError
        If the marks are not there.
    """
    before, _, rest = text.partition(ANSWER_START)
    _, found, after = rest.partition(ANSWER_END)
    if not found:
        raise ValueError("the README has no place for the answer")
    return f"{before}{ANSWER_START}\n\n{said}\n{ANSWER_END}{after}"


def write(path: Path, text: str) -> None:
    """Write text with plain line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write JSON that reads well and compares line by line."""
    write(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
