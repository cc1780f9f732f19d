"""The command `inspect`: any workbook by the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.commands.terminal import SCREENFUL, plain_errors


def inspect(
    file: Annotated[Path, typer.Argument(help="Any Excel workbook.")],
    everything: Annotated[bool, typer.Option("--all", help="Print every finding, not a screenful.")] = False,
) -> None:
    """Check any workbook against the accessibility and modelling rules, and name the cell."""
    from evalkit.excel.rules import RULES, Weight
    from evalkit.excel.rules import inspect as run

    with plain_errors([file]):
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
