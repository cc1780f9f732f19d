"""The command line: parse, call, print, exit code.

Exit 0 when all is well, 1 for errors or unanswered questions in the input, 2 for wrong usage.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from evalkit.amounts import british_date
from evalkit.errors import EvalkitError, Failure, Issue, OutputError, TemplateError
from evalkit.messages import Severity

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme
    from evalkit.evaluation import Evaluation
    from evalkit.excel.report import CheckReport, Read

app = typer.Typer(
    name="evalkit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Outcome-focused evaluation of communications campaigns: from a filled-in Excel template to an "
    "evidence pack that a finance partner can open.",
)

SCREENFUL = 20
ISSUE_FIELDS = ("code", "severity", "sheet", "cell", "heading", "found", "expected", "fix")

Files = Annotated[list[Path], typer.Argument(help="One or more filled-in templates of one programme.")]


@app.command()
def template(
    out: Annotated[Path, typer.Argument(help="Where to write the workbook, such as campaign.xlsx.")],
    example: Annotated[
        str | None, typer.Option(help="Fill it in with a worked example; 'list' names them.")
    ] = None,
) -> None:
    """Write the template to fill in."""
    from evalkit.excel.template import write_template

    with _plain_errors():
        if example == "list":
            typer.echo("\n".join(_examples()))
            return
        write_template(_workbook_path(out), _example(example) if example else None)
        typer.echo(f"Template written to {out}. Open it in Excel; the first sheet says where to begin.")


@app.command()
def check(
    files: Files,
    as_json: Annotated[bool, typer.Option("--json", help="Print the issues as JSON.")] = False,
    annotate: Annotated[
        Path | None, typer.Option(help="Write a copy with the faulty cells marked and commented.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Print every issue, not a screenful.")] = False,
) -> None:
    """List every problem in a filled-in template: sheet, cell, what was found, what to do."""
    from evalkit.excel.reader import check_files

    gc.disable()  # a check makes no rings of objects, and looking for them is a tenth of its time
    with _plain_errors():
        report = check_files(files)
        if as_json:
            typer.echo(_report_json(report))
        else:
            _print_issues(report.issues, files, len(report.issues) if everything else SCREENFUL)
            _print_read(report.read)
        if annotate is not None:
            from evalkit.excel.annotate import annotate as write_annotated
            from evalkit.excel.delimited import is_delimited

            workbooks = [file for file in files if not is_delimited(file)]
            if len(workbooks) != 1:
                _wrong_usage("--annotate takes one workbook at a time")
            write_annotated(workbooks[0], annotate, report.details)
            typer.echo(f"Annotated copy written to {annotate}.", err=as_json)
        if _stopping(report.issues):
            raise typer.Exit(1)


@app.command()
def plan(files: Files) -> None:
    """Show how each campaign's contribution would be estimated, before looking at the outcome."""
    from evalkit.excel.reader import read_template
    from evalkit.pack.plan_text import plan_lines
    from evalkit.planning import plans

    with _plain_errors(files):
        for one in plans(read_template(*files)):
            typer.echo(f"{one.campaign.title}: {one.outcome.name}")
            for line in plan_lines(one.design):
                typer.echo(f"  {line}")


@app.command()
def evaluate(
    files: Files,
    out: Annotated[Path, typer.Option(help="Where to write the evidence pack, such as pack.xlsx.")],
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Also write the evaluation as JSON.")
    ] = None,
    text_out: Annotated[
        Path | None,
        typer.Option(
            "--text", help="Where to write the page for a committee paper; by default beside the pack."
        ),
    ] = None,
    publication: Annotated[
        Path | None,
        typer.Option(help="Also write a values-only copy for publication, small counts withheld."),
    ] = None,
    since: Annotated[
        Path | None, typer.Option(help="An earlier evaluation (.json): the pack then lists what changed.")
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(help="A folder for PNG pictures of the charts; needs evalkit[charts].")
    ] = None,
) -> None:
    """Estimate each campaign's contribution and write the evidence pack."""
    with _plain_errors(files):
        targets = Targets(
            _workbook_path(out),
            json_out,
            text_out or out.with_suffix(".txt"),
            _workbook_path(publication) if publication else None,
            charts,
        )
        _write_evaluation(files, targets, since)


@app.command()
def review(
    files: Annotated[
        list[Path],
        typer.Argument(help="Filled-in templates, saved evaluations (.json), or folders of them."),
    ],
    out: Annotated[Path, typer.Option(help="Where to write the review, such as review.xlsx.")],
    earlier: Annotated[
        list[Path] | None, typer.Option(help="An earlier review to compare with; may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(help="How many templates to evaluate side by side.", min=1)] = 1,
    charts: Annotated[
        Path | None, typer.Option(help="A folder for PNG pictures of the charts; needs evalkit[charts].")
    ] = None,
) -> None:
    """Put many campaigns side by side: cost, effect, evidence, ranking, recommendation."""
    from evalkit.excel.review import write_review
    from evalkit.portfolio import files_in

    found = files_in(files)
    wanted = found.files
    if not wanted:
        _wrong_usage("there is no template and no saved evaluation among these")
    _refuse_to_overwrite([*wanted, *(earlier or [])], [_workbook_path(out)])
    with _plain_errors(wanted):
        if charts is not None:
            import evalkit.pictures  # without its library nothing is worked out in vain
        results = _evaluated(wanted, workers)
        with _progress("Writing the review"):
            write_review(results, out, earlier=earlier or [])
            if charts is not None:
                evalkit.pictures.write_charts(results, charts)
        failed = [r for r in results if isinstance(r, Failure)]
        done = len(results) - len(failed)
        typer.echo(f"{done} of {len(results)} files reviewed. Budget review: {out}.")
        if found.passed_over:
            names = ", ".join(sorted({p.name for p in found.passed_over})[:5])
            count = len(found.passed_over)
            typer.echo(
                f"Passed over, as no saved evaluation: {count} JSON file{'s' if count > 1 else ''} ({names})."
            )
        for one in failed:
            more = f" (and {len(one.reasons) - 1} more)" if len(one.reasons) > 1 else ""
            typer.echo(
                f"- not evaluated: {one.source}: {one.reasons[0] if one.reasons else 'no reason'}{more}"
            )
        if failed:
            raise typer.Exit(1)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="Any Excel workbook.")],
    everything: Annotated[bool, typer.Option("--all", help="Print every finding, not a screenful.")] = False,
) -> None:
    """Check any workbook against the accessibility and modelling rules, and name the cell."""
    from evalkit.excel.rules import RULES, Weight
    from evalkit.excel.rules import inspect as run

    with _plain_errors([file]):
        found = run(file)
        broken = {b.rule.code for b in found}
        essential = [b for b in found if b.rule.weight is Weight.ESSENTIAL]
        typer.echo(f"{len(RULES) - len(broken)} of {len(RULES)} rules met.")
        for one in found if everything else found[:SCREENFUL]:
            typer.echo(f"- {one.rule.weight.value}: {one.sentence} [{one.rule.code}]")
        if len(found) > SCREENFUL and not everything:
            typer.echo(f"… and {len(found) - SCREENFUL} more: --all lists them.")
        typer.echo(
            "Spelling, plain English and whether a chart says what it should need a person to read it."
        )
        if essential:
            raise typer.Exit(1)


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="The folder to write to.")]) -> None:
    """Write the JSON Schema of programme and evaluation, and the code lists."""
    from evalkit.schema_files import write_schema_files

    with _plain_errors():
        written = write_schema_files(folder)
        typer.echo(f"{len(written)} files written to {folder}.")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.")] = Path("demo"),
) -> None:
    """Fill in a template with the recycling example, check it and evaluate it."""
    from evalkit.excel.template import write_template

    with _plain_errors():
        folder.mkdir(parents=True, exist_ok=True)
        filled = folder / "template.xlsx"
        write_template(filled, _example("recycling"))
        typer.echo(f"A filled-in template is in {filled}.\n")
        out = folder / "pack.xlsx"
        _write_evaluation([filled], Targets(out, folder / "evaluation.json", out.with_suffix(".txt")), None)


@dataclass(frozen=True, slots=True)
class Targets:
    """Where an evaluation is written to."""

    pack: Path
    document: Path | None
    text: Path
    publication: Path | None = None
    charts: Path | None = None  # a folder

    @property
    def all(self) -> list[Path]:
        """Every file that is asked for."""
        return [p for p in (self.pack, self.document, self.text, self.publication) if p is not None]


def _write_evaluation(files: Sequence[Path], to: Targets, since: Path | None) -> None:
    """Read, evaluate, and only then write: a refusal leaves no file behind."""
    from evalkit.evaluating import evaluate as run
    from evalkit.evaluating import source_files
    from evalkit.evaluation import evaluation_json, read_evaluation
    from evalkit.excel.pack import write_pack, write_publication
    from evalkit.excel.reader import read_template
    from evalkit.pack.text import committee_text
    from evalkit.saving import replace_file

    _refuse_to_overwrite([*files, *([since] if since else [])], to.all)
    if len({p.resolve() for p in to.all}) < len(to.all):
        _wrong_usage("two of the files to be written have the same name")
    before = read_evaluation(since) if since else None
    if to.charts is not None:
        import evalkit.pictures  # without its library nothing is worked out in vain
    with _progress("Reading the template"):
        programme = read_template(*files)
    with _progress("Estimating and checking"):
        evaluation = run(programme, sources=source_files(files))
    text = committee_text(evaluation)
    document = evaluation_json(evaluation)
    with _progress("Writing the pack"):
        write_pack(evaluation, to.pack, since=before)
        replace_file(to.text, text.encode("utf-8"))
        if to.document is not None:
            replace_file(to.document, document.encode("utf-8"))
        if to.publication is not None:
            write_publication(evaluation, to.publication)
        if to.charts is not None:
            evalkit.pictures.write_charts(evaluation, to.charts)
    typer.echo(evaluation.programme.heading)
    _print_findings(evaluation)
    beside = " and ".join(str(p) for p in (*to.all[1:], to.charts) if p is not None)
    typer.echo(f"\nEvidence pack: {to.pack}; beside it {beside}.")


def _evaluated(wanted: Sequence[Path], workers: int) -> list[Evaluation | Failure]:
    """Evaluate the files, with a bar on a terminal and nothing in a pipe."""
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
    from contextlib import nullcontext
    from multiprocessing import get_context

    from rich.console import Console
    from rich.progress import track

    from evalkit.portfolio import evaluate_many

    console = Console(stderr=True)
    fresh = get_context("spawn")  # a forked copy of threads that numerical libraries hold can hang
    workers = min(workers, len(wanted))
    pool = (
        ProcessPoolExecutor(workers, mp_context=fresh, initializer=_one_thread)
        if workers > 1
        else nullcontext()
    )
    try:
        with pool as executor:
            return list(
                track(
                    evaluate_many(wanted, executor),
                    "Evaluating",
                    total=len(wanted),
                    console=console,
                    disable=not console.is_terminal,
                )
            )
    except BrokenExecutor as error:
        raise EvalkitError(
            "One of the workers was stopped from outside, most often for lack of memory. Nothing was "
            "written; run it again with fewer workers."
        ) from error


def _one_thread() -> None:
    """Keep the numerical libraries of a worker, not loaded yet, from competing with the other workers."""
    import os

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _print_findings(evaluation: Evaluation) -> None:
    for finding in evaluation.findings:
        typer.echo(f"{finding.campaign}: {finding.outcome}")
        typer.echo(f"  {finding.verdict.sentence}")
        typer.echo(f"  Evidence level {finding.grade.level} of 5: {finding.grade.reasons[0]}")


def _print_issues(issues: Sequence[Issue], files: Sequence[Path], most: int) -> None:
    """Print the issues that stop an evaluation first; one about a whole file carries its name."""
    whole = f"{files[0].name}: " if len(files) == 1 else ""
    stopping = _stopping(issues)
    notes = [i for i in issues if i.severity is Severity.NOTE]
    if not stopping:
        typer.echo("No problems found: this template can be evaluated.")
    else:
        typer.echo(f"{len(stopping)} to mend before this can be evaluated:")
    for issue in [*stopping, *notes][:most]:
        place = "" if issue.sheet else whole
        typer.echo(f"- {issue.severity.value}: {place}{issue.sentence} [{issue.code}]")
    rest = len(stopping) + len(notes) - most
    if rest > 0:
        typer.echo(f"… and {rest} more: --all lists them, --annotate OUT.xlsx marks them in a copy.")


def _report_json(report: CheckReport) -> str:
    """Issues cell by cell, and what was read."""
    found = {
        "issues": [{name: getattr(i, name) for name in ISSUE_FIELDS} for i in report.details],
        "read": asdict(report.read),
    }
    return json.dumps(found, indent=2, ensure_ascii=False, default=str)


def _print_read(read: Read) -> None:
    """Echo what was understood, so that a misreading is seen."""
    if not read.sheets:
        return
    typer.echo("\nWhat was read:")
    for sheet in read.sheets:
        totals = "; ".join(f"{name} {total:,.10g} in all" for name, total in sheet.totals)
        rows = f"{sheet.rows} row{'' if sheet.rows == 1 else 's'}"
        typer.echo(f"  {sheet.sheet}: {rows}{': ' if totals else ''}{totals}")
    for one in read.series:
        gaps = "no gaps" if not one.gaps else f"{one.gaps} without a figure"
        withheld = f", {one.withheld} withheld" if one.withheld else ""
        typer.echo(
            f"  {one.outcome}, {one.area}: {one.rows} {one.frequency} figures from {british_date(one.first)} "
            f"to {british_date(one.last)}, {gaps}{withheld}, {one.total:,.10g} in all"
        )


def _stopping(issues: Sequence[Issue]) -> list[Issue]:
    return [i for i in issues if i.severity is not Severity.NOTE]


def _examples() -> tuple[str, ...]:
    from evalkit.worked.catalogue import EXAMPLES

    return tuple(EXAMPLES)


def _example(name: str) -> Programme:
    from evalkit.worked.catalogue import EXAMPLES

    if name not in EXAMPLES:
        _wrong_usage(f"no example named {name!r}; there are {', '.join(EXAMPLES)}")
    return EXAMPLES[name].programme()


def _workbook_path(path: Path) -> Path:
    if path.suffix.lower() != ".xlsx":
        _wrong_usage(f"{path.name} should end in .xlsx")
    return path


def _refuse_to_overwrite(files: Sequence[Path], targets: Sequence[Path]) -> None:
    read = {p.resolve() for p in files}
    for target in targets:
        if target.resolve() in read:
            _wrong_usage(f"{target.name} is the template itself; choose another name for what is written")


def _wrong_usage(message: str) -> NoReturn:
    typer.echo(f"evalkit: {message}.", err=True)
    raise typer.Exit(2)


@contextmanager
def _plain_errors(files: Sequence[Path] = ()) -> Iterator[None]:
    """Show what evalkit raises as text, never as a traceback."""
    try:
        yield
    except TemplateError as error:
        _print_issues(error.issues, files, SCREENFUL)
        typer.echo("Nothing was written.")
        raise typer.Exit(1) from error
    except OutputError as error:
        typer.echo(f"evalkit: {error}", err=True)
        raise typer.Exit(1) from error
    except EvalkitError as error:
        typer.echo(f"evalkit: {error}", err=True)
        raise typer.Exit(1) from error


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """A moving line on a terminal, nothing in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield


if __name__ == "__main__":
    app()
