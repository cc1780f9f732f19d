"""Write the parts of the pages that come from the code, so that no page can say what the code does not.

Run ``python docs/build.py``; `tests/test_docs.py` fails when a page is not what this would write. Text
outside the marks is written by hand and left alone.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from evalkit import vocabulary
from evalkit.cli import app
from evalkit.evaluating import evaluate
from evalkit.excel.answers import QUESTIONS
from evalkit.excel.headings import Heading, Kind
from evalkit.excel.rules import RULES as INSPECTION_RULES
from evalkit.excel.sheets import SHEETS, Sheet, programme_headings
from evalkit.grade import DESIGN_CAPS, LEVEL_MEANINGS, RULE_SET, RULES, Rule
from evalkit.messages import CATALOGUE
from evalkit.money.optimism import published
from evalkit.money.unit_costs import library
from evalkit.pack.evidence import evidence_pack
from evalkit.pack.review_advice import RULES as REVIEW_RULES
from evalkit.requirements import REQUIREMENTS
from evalkit.vocabulary import Claim, DesignCode, Term
from evalkit.wording import RECOMMENDATIONS
from evalkit.worked.catalogue import EXAMPLES

HERE = Path(__file__).parent
ROOT = HERE.parent
BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end of generated -->)", re.DOTALL)

# why each rule is there and where it comes from; a rule without a row here fails the build
WHY_RULES = {
    "observed": "What people say they did is not what records show.",
    "history": "Fewer than eight figures cannot show how an outcome moves by itself (our reading).",
    "seasons": "Without a full year, the usual rise or fall of the season looks like an effect.",
    "comparison": "Level 3 asks that the choice of comparison be justified (What Works Centre).",
    "spillover": "A comparison that met the campaign moves with it and hides part of the effect.",
    "other-events": "Something else in the same months is a rival explanation that cannot be told apart.",
    "gaps": "What is missing may not be like what is there.",
    "final": "Late returns move the latest figures; an answer that rests mostly on them may move too.",
    "data": "Greater Manchester's cost–benefit guidance, a Green Book supplement, grades data from 1 to 6.",
    "placebo-in-time": "A method that finds effects where there was no campaign is not to be trusted where "
    "there was.",
    "before-doses": "A campaign cannot move an outcome before it is on; what moved it then may do so later.",
    "pre-trend": "Comparing areas rests on their moving alike, or as the others lead one to expect, without "
    "the campaign; where they did not before it, level 3 is not reached (What Works Centre).",
    "leave-one-out": "An answer that hangs on one comparison is an answer about that comparison.",
    "provisional": "A figure that is still filling up looks like a fall.",
    "attrition": "People who drop out are not like those who stay; losses that differ between groups undo "
    "the draw (What Works Centre). How much is too much is a convention and not theirs: here up to a fifth "
    "in either group and five points between them pass.",
    "balance": "A draw that worked leaves differences that chance gives. Groups that were not drawn and were "
    "unlike before are unlike after (What Works Clearinghouse, Standards Handbook 4.1: 0.05 and 0.25 "
    "standard deviations).",
    "plan": "A question chosen after seeing the figures finds more than there is. Asked from level 3 up, and "
    "not met where nobody says.",
    "external": "Recorded so that a reader knows what could not be checked.",
}


def main() -> None:
    """Bring every page up to date."""
    for page in (ROOT / "README.md", *sorted(HERE.rglob("*.md"))):
        page.write_text(refreshed(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def refreshed(text: str) -> str:
    """The text of a page with its generated parts written anew."""
    return BLOCK.sub(lambda m: f"{m[1]}\n{PARTS[m['name']]().strip()}\n\n{m[3]}", text)


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines)


def glossary() -> str:
    """Every code list of the vocabulary, with its glosses."""
    lists = [
        t for t in vars(vocabulary).values() if isinstance(t, type) and issubclass(t, Term) and t is not Term
    ]
    return "\n\n".join(_code_list(t) for t in lists)


def _code_list(terms: type[Term]) -> str:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", terms.__name__)
    name = name if name.isupper() else name.capitalize()
    rows = ((f"**{t.value}**", t.gloss) for t in terms)
    return f"### {name}\n\n{(terms.__doc__ or '').splitlines()[0]}\n\n{table(('Term', 'Meaning'), rows)}"


def template_sheets() -> str:
    """Every sheet of the template with its columns."""
    own = "### Start here\n\nGuidance, and two cells about the evaluation as a whole.\n\n"
    asked = (
        "Further down, under “If the check asks”, are the cells in which questions are answered:\n\n"
        "| Question about | Answers | Help |\n| --- | --- | --- |\n"
    )
    rows = "".join(f"| {q.title} | {' or '.join(q.choices)} | {q.help} |\n" for q in QUESTIONS)
    own += f"{_columns(programme_headings())}\n\n{asked}{rows}\n"
    return own + "\n\n".join(_sheet(s) for s in SHEETS)


def _sheet(sheet: Sheet) -> str:
    need = "Needed for every evaluation." if sheet.basic else f"Optional. What it adds: {sheet.adds}"
    return (
        f"### {sheet.name}\n\n{sheet.purpose} Usually filled in by: {sheet.filled_in_by}. {need}\n\n"
        + _columns(sheet.headings)
    )


def _columns(headings: tuple[Heading, ...]) -> str:
    rows = ((h.title, h.need, _holds(h), " ".join(filter(None, (h.help, h.adds)))) for h in headings)
    return table(("Column", "Needed", "Holds", "What to enter"), rows)


def _holds(heading: Heading) -> str:
    if heading.kind is Kind.CHOICE and heading.choices:
        return "one of: " + ", ".join(heading.choices)
    return heading.kind.value


def command_line() -> str:
    """Every command with its arguments and options."""
    group = typer.main.get_command(app)
    commands = getattr(group, "commands", {})
    return "\n\n".join(_command(name, command) for name, command in commands.items())


def _command(name: str, command: object) -> str:
    params = getattr(command, "params", [])
    rows = [_parameter(p) for p in params]
    words = " ".join(_usage(p) for p in params)
    usage = f"```\nevalkit {name} {words}".rstrip() + "\n```"
    return "\n\n".join(
        [f"### evalkit {name}", str(getattr(command, "help", "")), usage]
        + ([table(("Argument or option", "Meaning"), iter(rows))] if rows else [])
    )


def _is_option(parameter: object) -> bool:
    return any(o.startswith("-") for o in getattr(parameter, "opts", []))


def _takes_value(parameter: object) -> bool:
    return not getattr(parameter, "is_flag", False)


def _usage(parameter: object) -> str:
    name = str(getattr(parameter, "name", "")).upper()
    if not _is_option(parameter):
        word = f"{name}…" if getattr(parameter, "nargs", 1) == -1 else name
        return word if getattr(parameter, "required", False) else f"[{word}]"
    option = _option(parameter)
    return option if getattr(parameter, "required", False) else f"[{option}]"


OF_ANOTHER_KIND = {"--example": "NAME", "--workers": "NUMBER", "--reference": "PATH", "--charts": "FOLDER"}


def _option(parameter: object) -> str:
    flag = str(getattr(parameter, "opts", [""])[0])
    if not _takes_value(parameter):
        return flag
    return f"{flag} {OF_ANOTHER_KIND.get(flag, 'FILE')}"


def _parameter(parameter: object) -> tuple[str, str]:
    shown = _option(parameter) if _is_option(parameter) else str(getattr(parameter, "name", "")).upper()
    default = getattr(parameter, "default", None)
    tail = f" By default `{default}`." if isinstance(default, Path) else ""
    tail += " Required." if _is_option(parameter) and getattr(parameter, "required", False) else ""
    return f"`{shown}`", f"{getattr(parameter, 'help', '')}{tail}"


def design_levels() -> str:
    """The highest level of each design."""
    rows = ((str(level), code.value, code.gloss) for code, level in sorted_caps())
    return table(("Highest level", "Design", "What it is"), rows)


def sorted_caps() -> list[tuple[DesignCode, int]]:
    """Designs with their caps, strongest first."""
    return sorted(DESIGN_CAPS.items(), key=lambda pair: -pair[1])


def level_meanings() -> str:
    """What each level says."""
    rows = ((str(n), LEVEL_MEANINGS[n].capitalize() + ".") for n in sorted(LEVEL_MEANINGS, reverse=True))
    return table(("Level", "What it says"), rows)


def method_requirements() -> str:
    """What each method needs, and how what it takes for granted is tried."""
    rows = (
        (
            f"`{r.method}`",
            str(r.min_pre),
            str(r.min_comparison),
            "yes" if r.by_area else "no",
            f"{r.tried[:1].upper()}{r.tried[1:]}.",
        )
        for r in REQUIREMENTS
        if not r.method.startswith("segmented")
    )
    head = (
        "Method",
        "Periods before",
        "Comparisons",
        "Takes weights",
        "How what it takes for granted is tried",
    )
    return table(head, rows)


def grading_rules() -> str:
    """Every rule with what happens when it is not met, and why."""
    rows = ((f"`{r.name}`", r.question, _consequence(r), WHY_RULES[r.name]) for r in RULES)
    return f"Rule set `{RULE_SET}`.\n\n" + table(("Rule", "Question", "If not met", "Why"), rows)


def _consequence(rule: Rule) -> str:
    """What a failed rule does, read off the rule itself."""
    evidence: object = None  # the rules' consequences depend on the level alone
    left = tuple(rule.lowers(evidence, now) for now in (1, 2, 3, 4, 5))  # type: ignore[arg-type]
    known = {
        (1, 2, 3, 4, 5): "noted; the level stays",
        (1, 1, 2, 3, 4): "one level lower",
        (1, 2, 2, 3, 4): "one level lower, from level 3 up",
    }
    return known.get(left, f"level {left[-1]} at most")


def recycling_answer() -> str:
    """The answer of the recycling example, as its expected result has it."""
    text = (ROOT / "examples" / "recycling" / "expected.json").read_text(encoding="utf-8")
    (finding,) = json.loads(text)["findings"]
    return f"> {finding['sentence']}\n>\n> Evidence level {finding['level']} of 5."


def coverage() -> str:
    """How often the ranges of the simulated examples held the truth, as measured."""
    rows = json.loads((ROOT / "examples" / "coverage.json").read_text(encoding="utf-8"))
    head = (
        "Example",
        "Outcome",
        "Draws",
        "Range held the truth",
        "Zero excluded",
        "Mean error",
        "Mean width",
    )
    return table(
        head,
        (
            (
                r["example"],
                r["outcome"],
                str(r["seeds"]),
                f"{100 * r['held'] / r['seeds']:.1f} in 100",
                f"{100 * r['excludes_zero'] / r['seeds']:.0f} in 100",
                f"{100 * r['mean_error']:+.1f} points",
                f"{100 * r['mean_width']:.1f} points",
            )
            for r in rows
        ),
    )


def claims() -> str:
    """Every claim with when it is made and what follows from it."""
    rows = ((f"**{c.value}**", c.gloss, RECOMMENDATIONS[c].text) for c in Claim)
    return table(("Answer", "When", "Recommendation"), rows)


# sheets whose own note is about their content and not about the sheet
PACK_SHEETS = {
    "Summary": "The answer on one page.",
    "Finding 1": "The charts, and everything to bear in mind.",
    "Periods 1": "Period by period: recorded, expected, effect, total so far; the charts are drawn from it.",
}


def published_results() -> str:
    """Published figures beside ours, as `tests/published/test_studies.py` holds them."""
    rows = json.loads((ROOT / "tests" / "published" / "studies.json").read_text(encoding="utf-8"))
    head = ("Study", "Method", "Quantity", "Published", "evalkit", "Class")
    found, last = [], ""
    for r in rows:
        told = _figure(r["published"], *(r["ends"] or (None, None)))
        how = "" if r["printed"] == "printed" else f", {r['printed']}"
        kind = r["kind"] if not r["why"] else f"not met. {r['why']}"
        study, last = "" if r["study"] == last else r["study"], r["study"]
        found.append((study, f"`{r['method']}`", r["quantity"], told + how, _figure(*r["ours"]), kind))
    counts = [sum(r["kind"] == k for r in rows) for k in ("A", "B", "-")]
    said = (
        f"{len(rows)} figures: {counts[0]} of class A, {counts[1]} of class B, {counts[2]} that meet neither."
    )
    return f"{said}\n\n{table(head, found)}"


def _figure(point: float, low: float | None, high: float | None) -> str:
    """A figure with its range, to four digits."""
    p, a, b = (
        None if x is None else f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}" for x in (point, low, high)
    )
    return f"{p}" if a is None else f"{p} ({a} to {b})"


def pack_sheets() -> str:
    """The sheets of a pack with one finding, in order."""
    book = evidence_pack(evaluate(EXAMPLES["cannot-tell"].programme()))
    sections = [s.section for s in book.sheets]
    rows = ((f"*{s.name}*", PACK_SHEETS.get(s.name, s.about)) for s in sections)
    return table(("Sheet", "What it holds"), rows)


def import_table() -> str:
    """What each part owns and may import, from its docstring and the tested table."""
    sys.path.insert(0, str(ROOT))
    from tests.test_layers import MAY_IMPORT  # noqa: PLC0415 - only this part needs the tests

    rows = ((f"`{_file(p)}`", _owns(p), ", ".join(sorted(used)) or "–") for p, used in MAY_IMPORT.items())
    return table(("In `evalkit/`", "Owns", "May import"), rows)


def _file(part: str) -> str:
    return f"{part}/" if (ROOT / "evalkit" / part).is_dir() else f"{part}.py"


PACKAGES = {
    "campaign": "The programme as strict, frozen records, one file per part, and the rules between them.",
    "methods": "The estimators: one engine, a short file per method, a table that lists them.",
    "checks": "One question about an estimate per file, and the table of checks and designs.",
    "money": "What a campaign cost in full, and what each unit of an outcome cost.",
    "pack": "What the evidence pack says, sheet by sheet, as content without a format.",
    "excel": "Workbooks: the template written and read, the pack written; the only part that knows openpyxl.",
    "withholding": "An evaluation as it may be published: what is withheld, and what would give it away.",
    "worked": "The worked examples as programmes, a file each, and their catalogue.",
}


def _owns(part: str) -> str:
    if part in PACKAGES:
        return PACKAGES[part]
    text = (ROOT / "evalkit" / f"{part}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].replace("\n", " ")


def review_rules() -> str:
    """The rule table of a budget review."""
    rows = ((r.code, r.when, f"**{r.action}**", r.why) for r in REVIEW_RULES)
    return table(("Rule", "Holds when", "Recommendation", "Why"), rows)


def inspection_rules() -> str:
    """Every rule that a workbook is inspected by."""
    rows = (
        (r.code, r.weight.value + (", if published" if r.published else ""), r.asks) for r in INSPECTION_RULES
    )
    return table(("Rule", "Weight", "What it asks"), rows)


MESSAGE_KINDS = {
    "F": "The file",
    "S": "Sheets and columns",
    "C": "Cells",
    "D": "Dates",
    "V": "Values",
    "M": "What belongs together",
}


def messages() -> str:
    """Every message about a filled-in template, by code; what depends on the file is left out."""
    said = {code: [_unfilled(t) for t in (m.found, m.expected, m.fix)] for code, m in CATALOGUE.items()}
    parts = []
    for letter, title in MESSAGE_KINDS.items():
        codes = sorted(code for code in CATALOGUE if code.startswith(letter))
        rows = ((code, CATALOGUE[code].severity.value, *said[code]) for code in codes)
        head = ("Code", "Kind", "What was found", "What is expected", "What to do")
        parts.append(f"## {title}\n\n{table(head, rows)}")
    return "\n".join(parts)


def _unfilled(text: str) -> str:
    """A message with dots where the file's own words go."""
    return re.sub(r"(?:… )+…", "…", re.sub(r"\{\w+\}", "…", text)).replace("|", "/").strip()


def unit_cost_codes() -> str:
    """Every code of the library of unit costs."""
    rows = (
        (f"`{r.item}`", r.label.replace("|", "/"), f"{r.value:,.2f}", r.unit, r.series, r.price_year, r.rag,
         r.agency or "nobody's")
        for r in library()
    )  # fmt: skip
    heads = ("Code", "What it is", "£", "Unit", "Whose gain", "Prices of", "Reliability", "Whose budget")
    return table(heads, rows)


def optimism_ranges() -> str:
    """The published uplifts by kind of project."""
    rows = ((u.kind, f"{u.lower:.0%}", f"{u.upper:.0%}") for u in published())
    return table(("Kind of project", "Well planned", "At an early stage"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "glossary": glossary,
    "template-sheets": template_sheets,
    "command-line": command_line,
    "design-levels": design_levels,
    "level-meanings": level_meanings,
    "grading-rules": grading_rules,
    "method-requirements": method_requirements,
    "import-table": import_table,
    "recycling-answer": recycling_answer,
    "claims": claims,
    "coverage": coverage,
    "published-results": published_results,
    "pack-sheets": pack_sheets,
    "review-rules": review_rules,
    "unit-costs": unit_cost_codes,
    "optimism-bias": optimism_ranges,
    "inspection-rules": inspection_rules,
    "messages": messages,
}


if __name__ == "__main__":
    main()
