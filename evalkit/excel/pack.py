"""The evidence pack as a file."""

from __future__ import annotations

from pathlib import Path

from evalkit.evaluation import Evaluation
from evalkit.excel.finish import Properties, finish
from evalkit.excel.writer import build
from evalkit.pack.evidence import evidence_pack


def write_pack(evaluation: Evaluation, path: str | Path) -> None:
    """Write the evidence pack of an evaluation as an Excel workbook.

    Parameters
    ----------
    evaluation : Evaluation
    path : str or Path
        Where it goes; a file that is there is replaced, in one step.

    Raises
    ------
    OutputError
        If the file cannot be written; then none is left half-written.
    """
    book = evidence_pack(evaluation)
    workbook, cached, described = build(book)
    properties = Properties(
        title=book.title,
        organisation=book.organisation,
        created=book.as_of,
        subject=book.subject,
        keywords=book.keywords,
    )
    finish(workbook, path, properties=properties, cached=cached, alt_text=described)
