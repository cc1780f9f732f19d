"""The command `template`, and the worked examples by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.commands.terminal import plain_errors, workbook_path, wrong_usage

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme


def template(
    out: Annotated[Path, typer.Argument(help="Where to write the workbook, such as campaign.xlsx.")],
    example: Annotated[
        str | None, typer.Option(help="Fill it in with a worked example; 'list' names them.")
    ] = None,
) -> None:
    """Write the template to fill in."""
    from evalkit.excel.template import write_template

    with plain_errors():
        if example == "list":
            typer.echo("\n".join(_examples()))
            return
        write_template(workbook_path(out), worked_example(example) if example else None)
        typer.echo(f"Template written to {out}. Open it in Excel; the first sheet says where to begin.")


def _examples() -> tuple[str, ...]:
    from evalkit.worked.catalogue import EXAMPLES

    return tuple(EXAMPLES)


def worked_example(name: str) -> Programme:
    """The programme of a worked example; an unknown name is wrong usage."""
    from evalkit.worked.catalogue import EXAMPLES

    if name not in EXAMPLES:
        wrong_usage(f"no example named {name!r}; there are {', '.join(EXAMPLES)}")
    return EXAMPLES[name].programme()
