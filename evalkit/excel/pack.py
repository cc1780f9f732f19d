"""The evidence pack as a file."""

from __future__ import annotations

from pathlib import Path

from evalkit.evaluation import Evaluation
from evalkit.excel.finish import Properties, finish
from evalkit.excel.writer import build
from evalkit.pack.evidence import Book, evidence_pack
from evalkit.pack.publication import publication_copy


def write_pack(evaluation: Evaluation, path: str | Path, *, since: Evaluation | None = None) -> None:
    """Write the evidence pack of an evaluation as an Excel workbook.

    Parameters
    ----------
    evaluation : Evaluation
    path : str or Path
        Where it goes; a file that is there is replaced, in one step.
    since : Evaluation, optional
        An earlier evaluation of the programme; the pack then lists what changed.

    Raises
    ------
    OutputError
        If the file cannot be written; then none is left half-written.
    """
    write_book(evidence_pack(evaluation, since=since), path)


def write_publication(evaluation: Evaluation, path: str | Path, *, since: Evaluation | None = None) -> None:
    """Write the values-only copy of an evaluation, for publication.

    Parameters
    ----------
    evaluation : Evaluation
    path : str or Path
        Where it goes; a file that is there is replaced, in one step.
    since : Evaluation, optional
        One published earlier: what that withheld is not given away by this one.

    Raises
    ------
    OutputError
        If the file cannot be written; then none is left half-written.
    """
    write_book(publication_copy(evaluation, since=since), path)


def write_book(book: Book, path: str | Path) -> None:
    """Write a book's sheets with its properties."""
    workbook, cached, described = build(book)
    properties = Properties(
        title=book.title,
        organisation=book.organisation,
        created=book.as_of,
        subject=book.subject,
        keywords=book.keywords,
    )
    finish(workbook, path, properties=properties, cached=cached, alt_text=described)
