"""The commands `plan`, `evaluate` and `demo`: from a template to a plan or a pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.commands.template import worked_example
from evalkit.commands.terminal import (
    Files,
    OwnValues,
    plain_errors,
    progress,
    refuse_to_overwrite,
    workbook_path,
    wrong_usage,
)

if TYPE_CHECKING:
    from evalkit.evaluation import Evaluation


def plan(files: Files) -> None:
    """Show how each campaign's contribution would be estimated, before looking at the outcome."""
    from evalkit.excel.reader import read_template
    from evalkit.pack.plan_text import plan_lines
    from evalkit.planning import plans

    with plain_errors(files):
        for one in plans(read_template(*files)):
            typer.echo(f"{one.campaign.title}: {one.outcome.name}")
            for line in plan_lines(one.design):
                typer.echo(f"  {line}")


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
    reference: OwnValues = None,
    charts: Annotated[
        Path | None, typer.Option(help="A folder for PNG pictures of the charts; needs evalkit[charts].")
    ] = None,
) -> None:
    """Estimate each campaign's contribution and write the evidence pack."""
    with plain_errors(files):
        targets = Targets(
            workbook_path(out),
            json_out,
            text_out or out.with_suffix(".txt"),
            workbook_path(publication) if publication else None,
            charts,
        )
        _write_evaluation(files, targets, since, reference)


def demo(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.")] = Path("demo"),
) -> None:
    """Fill in a template with the recycling example, check it and evaluate it."""
    from evalkit.excel.template import write_template

    with plain_errors():
        folder.mkdir(parents=True, exist_ok=True)
        filled = folder / "template.xlsx"
        write_template(filled, worked_example("recycling"))
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


def _write_evaluation(
    files: Sequence[Path], to: Targets, since: Path | None, reference: Path | None = None
) -> None:
    """Read, evaluate, and only then write: a refusal leaves no file behind."""
    from evalkit.evaluating import evaluate as run
    from evalkit.evaluating import source_files
    from evalkit.excel.pack import write_pack, write_publication
    from evalkit.excel.reader import read_template
    from evalkit.excel.reference_files import reference_paths
    from evalkit.pack.text import committee_text
    from evalkit.saved import evaluation_json, read_evaluation
    from evalkit.saving import replace_file
    from evalkit.withholding.published import published

    read = [*files, *(reference_paths(reference) if reference else ())]
    refuse_to_overwrite([*read, *([since] if since else [])], to.all)
    if len({p.resolve() for p in to.all}) < len(to.all):
        wrong_usage("two of the files to be written have the same name")
    before = read_evaluation(since) if since else None
    if to.charts is not None:
        import evalkit.pictures  # without its library nothing is worked out in vain
    with progress("Reading the template"):
        programme = read_template(*files, reference=reference)
    with progress("Estimating and checking"):
        evaluation = run(programme, sources=source_files(read))
    safe = published(evaluation, since=before)  # judged once: what follows finds nothing more to withhold
    text, document = committee_text(safe), evaluation_json(safe)
    with progress("Writing the pack"):
        write_pack(evaluation, to.pack, since=before)
        replace_file(to.text, text.encode("utf-8"))
        if to.document is not None:
            replace_file(to.document, document.encode("utf-8"))
        if to.publication is not None:
            write_publication(safe, to.publication, since=before)
        if to.charts is not None:
            evalkit.pictures.write_charts(safe, to.charts)
    typer.echo(evaluation.programme.heading)
    _print_findings(evaluation)
    beside = " and ".join(str(p) for p in (*to.all[1:], to.charts) if p is not None)
    typer.echo(f"\nEvidence pack: {to.pack}; beside it {beside}.")


def _print_findings(evaluation: Evaluation) -> None:
    for finding in evaluation.findings:
        typer.echo(f"{finding.campaign}: {finding.outcome}")
        typer.echo(f"  {finding.verdict.sentence}")
        typer.echo(f"  Evidence level {finding.grade.level} of 5: {finding.grade.reasons[0]}")
