"""The command `schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.commands.terminal import plain_errors


def schema(folder: Annotated[Path, typer.Argument(help="The folder to write to.")]) -> None:
    """Write the JSON Schema of programme and evaluation, and the code lists."""
    from evalkit.schema_files import write_schema_files

    with plain_errors():
        written = write_schema_files(folder)
        typer.echo(f"{len(written)} files written to {folder}.")
