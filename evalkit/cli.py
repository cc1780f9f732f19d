"""The command line: every command by its name; what each does stands in `commands/`.

Exit 0 when all is well, 1 for errors or unanswered questions in the input, 2 for wrong usage, 3 for a fault
of evalkit itself.
"""

from __future__ import annotations

import os

import typer

from evalkit.commands.check import check
from evalkit.commands.evaluate import demo, evaluate, plan
from evalkit.commands.inspect import inspect
from evalkit.commands.review import review
from evalkit.commands.schema import schema
from evalkit.commands.template import template

# One thread for the numerical libraries, which are not loaded yet: more would change last digits, and workers
# would compete.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

app = typer.Typer(
    name="evalkit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Outcome-focused evaluation of communications campaigns: from a filled-in Excel template to an "
    "evidence pack that a finance partner can open.",
)
for command in (template, check, plan, evaluate, review, inspect, schema, demo):
    app.command()(command)

if __name__ == "__main__":
    app()
