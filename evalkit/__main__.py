"""Run the command line as ``python -m evalkit``."""

from evalkit.cli import app

app()
