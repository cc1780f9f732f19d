"""The command `check`: what is wrong in a template, and what was read of it."""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.amounts import british_date
from evalkit.commands.terminal import (
    SCREENFUL,
    Files,
    OwnValues,
    plain_errors,
    print_issues,
    stopping,
    wrong_usage,
)

if TYPE_CHECKING:
    from evalkit.excel.report import CheckReport, Read

ISSUE_FIELDS = ("code", "severity", "sheet", "cell", "heading", "found", "expected", "fix")


def check(
    files: Files,
    as_json: Annotated[bool, typer.Option("--json", help="Print the issues as JSON.")] = False,
    annotate: Annotated[
        Path | None, typer.Option(help="Write a copy with the faulty cells marked and commented.")
    ] = None,
    reference: OwnValues = None,
    everything: Annotated[bool, typer.Option("--all", help="Print every issue, not a screenful.")] = False,
) -> None:
    """List every problem in a filled-in template: sheet, cell, what was found, what to do."""
    from evalkit.excel.reader import check_files

    gc.disable()  # a check makes no rings of objects, and looking for them is a tenth of its time
    with plain_errors():
        report = check_files(files, reference)
        if as_json:
            typer.echo(_report_json(report))
        else:
            print_issues(report.issues, files, len(report.issues) if everything else SCREENFUL)
            _print_read(report.read, len(report.read.series) if everything else SCREENFUL)
        if annotate is not None:
            from evalkit.excel.annotate import annotate as write_annotated
            from evalkit.excel.delimited import is_delimited

            workbooks = [file for file in files if not is_delimited(file)]
            if len(workbooks) != 1:
                wrong_usage("--annotate takes one workbook at a time")
            write_annotated(workbooks[0], annotate, report.details)
            typer.echo(f"Annotated copy written to {annotate}.", err=as_json)
        if stopping(report.issues):
            raise typer.Exit(1)


def _report_json(report: CheckReport) -> str:
    """Issues cell by cell, and what was read."""
    found = {
        "issues": [{name: getattr(i, name) for name in ISSUE_FIELDS} for i in report.details],
        "read": asdict(report.read),
    }
    any_letter = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(found, indent=2, ensure_ascii=not any_letter, default=str)


def _print_read(read: Read, most: int) -> None:
    """Echo what was understood, so that a misreading is seen; no more series than `most`."""
    if not read.sheets:
        return
    typer.echo("\nWhat was read:")
    for sheet in read.sheets:
        said = [f"{name} {total:,.10g} in all" for name, total in sheet.totals]
        if sheet.first and sheet.last:
            days = f"dates from {british_date(sheet.first)} to {british_date(sheet.last)}"
            said.insert(0, days if sheet.first < sheet.last else f"date {british_date(sheet.first)}")
        rows = f"{sheet.rows:,} row{'' if sheet.rows == 1 else 's'}"
        typer.echo(f"  {sheet.sheet}: {rows}{': ' if said else ''}{'; '.join(said)}")
    for one in read.series[:most]:
        gaps = "no gaps" if not one.gaps else f"{one.gaps} without a figure"
        withheld = f", {one.withheld} withheld" if one.withheld else ""
        typer.echo(
            f"  {one.outcome}, {one.area}: {one.rows} {one.frequency} figures from {british_date(one.first)} "
            f"to {british_date(one.last)}, {gaps}{withheld}, {one.total:,.10g} in all"
        )
    if len(read.series) > most:
        typer.echo(f"  … and {len(read.series) - most} more series: --all lists them.")
