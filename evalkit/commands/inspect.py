"""The command `inspect`: any workbook by the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.commands.terminal import SCREENFUL, plain_errors

if TYPE_CHECKING:
    from evalkit.excel.rules import Breach


def inspect(
    file: Annotated[Path, typer.Argument(help="Any Excel workbook.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Print every cell, not the first of each rule and sheet.")
    ] = False,
    publication: Annotated[
        bool, typer.Option("--publication", help="Apply the rules for a file that is to be published, too.")
    ] = False,
) -> None:
    """Check any workbook against the accessibility and modelling rules, and name the cell."""
    from evalkit.excel.rules import BY_EYE, Weight, asked
    from evalkit.excel.rules import inspect as run

    with plain_errors([file]):
        found = run(file, published=publication)
        rules = asked(published=publication)
        broken = {b.rule.code for b in found}
        essential = [b for b in found if b.rule.weight is Weight.ESSENTIAL]
        typer.echo(f"{len(rules) - len(broken)} of {len(rules)} rules met.")
        for line in _lines(found, everything=everything):
            typer.echo(line)
        typer.echo("To check by eye:")
        for one in BY_EYE:
            typer.echo(f"- {one}")
        if essential:
            raise typer.Exit(1)


def _lines(found: Sequence[Breach], *, everything: bool) -> list[str]:
    """Every finding; or, to be read at a glance, the first of each rule on each sheet and how many more."""
    if everything:
        return [_line(b, 0) for b in found]
    count = Counter((b.rule.code, b.place.sheet) for b in found)
    first = {(b.rule.code, b.place.sheet): b for b in reversed(found)}
    shown = [_line(b, count[key] - 1) for key, b in reversed(first.items())]
    if len(shown) > SCREENFUL:
        rest = len(shown) - SCREENFUL
        return [*shown[:SCREENFUL], f"… and {rest} more sheets or rules: --all lists them."]
    return shown


def _line(breach: Breach, more: int) -> str:
    again = f" And {more} more on this sheet." if more else ""
    return f"- {breach.rule.weight.value}: {breach.sentence}{again} [{breach.rule.code}]"
