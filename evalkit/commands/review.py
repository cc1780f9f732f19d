"""The command `review`: many files, evaluated side by side, in one workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.commands.terminal import (
    OwnValues,
    plain_errors,
    progress,
    refuse_to_overwrite,
    workbook_path,
    wrong_usage,
)
from evalkit.errors import EvalkitError, Failure

if TYPE_CHECKING:
    from evalkit.evaluation import Evaluation


def review(
    files: Annotated[
        list[Path],
        typer.Argument(help="Filled-in templates, saved evaluations (.json), or folders of them."),
    ],
    out: Annotated[Path, typer.Option(help="Where to write the review, such as review.xlsx.")],
    earlier: Annotated[
        list[Path] | None, typer.Option(help="An earlier review to compare with; may be repeated.")
    ] = None,
    reference: OwnValues = None,
    workers: Annotated[int, typer.Option(help="How many templates to evaluate side by side.", min=1)] = 1,
    charts: Annotated[
        Path | None, typer.Option(help="A folder for PNG pictures of the charts; needs evalkit[charts].")
    ] = None,
) -> None:
    """Put many campaigns side by side: cost, effect, evidence, ranking, recommendation."""
    from evalkit.excel.reference_files import read_reference_values
    from evalkit.excel.review import write_review
    from evalkit.portfolio import files_in

    found = files_in(files)
    wanted = found.files
    if not wanted:
        wrong_usage("there is no template and no saved evaluation among these")
    with plain_errors(wanted):
        refuse_to_overwrite([*wanted, *(earlier or [])], [workbook_path(out)])
        if charts is not None:
            import evalkit.pictures  # without its library nothing is worked out in vain
        if reference is not None:
            read_reference_values(reference)  # a fault in them is told once and not by every template
        results = _evaluated(wanted, workers, reference)
        with progress("Writing the review"):
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


def _evaluated(wanted: Sequence[Path], workers: int, reference: Path | None) -> list[Evaluation | Failure]:
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
    pool = ProcessPoolExecutor(workers, mp_context=fresh) if workers > 1 else nullcontext()
    try:
        with pool as executor:
            return list(
                track(
                    evaluate_many(wanted, executor, reference=reference),
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
