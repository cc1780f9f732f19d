"""What every command shares: files in and out, issues and progress on a terminal, errors without a traceback.

Exit 0 when all is well, 1 for errors or unanswered questions in the input, 2 for wrong usage, 3 for a fault
of evalkit itself.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from typing import Annotated, NoReturn

import typer

from evalkit.errors import EvalkitError, Issue, TemplateError
from evalkit.messages import Severity
from evalkit.saving import refuse_if_taken

SCREENFUL = 20
PACKAGE = Path(__file__).parents[1]
TRACEBACK = "EVALKIT_TRACEBACK"  # set by whoever wants to see where a fault of our own arose

Files = Annotated[list[Path], typer.Argument(help="One or more filled-in templates of one programme.")]
OwnValues = Annotated[
    Path | None,
    typer.Option("--reference", help="Your own reference values: a CSV file, or a folder of them."),
]


def print_issues(issues: Sequence[Issue], files: Sequence[Path], most: int) -> None:
    """Print the issues that stop an evaluation first; one about a whole file carries its name."""
    whole = f"{files[0].name}: " if len(files) == 1 else ""
    first = stopping(issues)
    notes = [i for i in issues if i.severity is Severity.NOTE]
    if not first:
        typer.echo("No problems found: this template can be evaluated.")
    else:
        typer.echo(f"{len(first)} to mend before this can be evaluated:")
    for issue in [*first, *notes][:most]:
        place = "" if issue.sheet else whole
        typer.echo(f"- {issue.severity.value}: {place}{issue.sentence} [{issue.code}]")
    rest = len(first) + len(notes) - most
    if rest > 0:
        typer.echo(f"… and {rest} more: --all lists them, --annotate OUT.xlsx marks them in a copy.")


def stopping(issues: Sequence[Issue]) -> list[Issue]:
    """Errors and unanswered questions; a note stops nothing."""
    return [i for i in issues if i.severity is not Severity.NOTE]


def workbook_path(path: Path) -> Path:
    """The path of a workbook to be written; anything else is wrong usage."""
    if path.suffix.lower() != ".xlsx":
        wrong_usage(f"{path.name} should end in .xlsx")
    return path


def refuse_to_overwrite(files: Sequence[Path], targets: Sequence[Path]) -> None:
    """Stop before a file that is read would be written over, or anything is worked out in vain."""
    read = {p.resolve() for p in files}
    for target in targets:
        if target.resolve() in read:
            wrong_usage(f"{target.name} is the template itself; choose another name for what is written")
    for target in targets:
        refuse_if_taken(target)


def wrong_usage(message: str) -> NoReturn:
    """Say what is wrong with the command and leave with exit code 2."""
    typer.echo(f"evalkit: {message}.", err=True)
    raise typer.Exit(2)


@contextmanager
def plain_errors(files: Sequence[Path] = ()) -> Iterator[None]:
    """Show what evalkit raises as text, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack letters that a workbook has
            stream.reconfigure(errors="replace")
    try:
        yield
    except TemplateError as error:
        print_issues(error.issues, files, SCREENFUL)
        typer.echo("Nothing was written.")
        raise typer.Exit(1) from error
    except EvalkitError as error:
        typer.echo(f"evalkit: {error}", err=True)
        raise typer.Exit(1) from error
    except (
        typer.Exit,
        typer.Abort,
        typer.BadParameter,
        BrokenPipeError,
    ):  # the last: who reads has seen enough
        raise
    except Exception as error:  # whatever nobody foresaw: a reader can do nothing with its traceback
        if os.environ.get(TRACEBACK):
            raise
        ours = [f for f in extract_tb(error.__traceback__) if PACKAGE in Path(f.filename).parents]
        typer.echo(_OUR_FAULT.format(f"{Path(ours[-1].filename).stem} {ours[-1].lineno}"), err=True)
        raise typer.Exit(3) from error


_OUR_FAULT = (
    "evalkit: this could not be finished, through a fault of evalkit and not of yours (reference {}). Open "
    "the file in Excel, save it as Excel Workbook (.xlsx) and try again; if it fails again, report the "
    "reference."
)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """A moving line on a terminal, nothing in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield
