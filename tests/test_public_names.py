"""The names that users rely on."""

from __future__ import annotations

import subprocess
import sys

import pytest

import evalkit

PUBLIC = {
    "Allocation", "Campaign", "CampaignTest", "CheckResult", "Decomposition", "Design", "Detectable",
    "Estimate", "Evaluation", "Finding", "Grade", "InputError", "Interval", "Issue", "NotEstimable", "Panel",
    "Programme", "TemplateError", "Value", "Verdict", "allocate_budget", "check_contribution",
    "compare_groups", "decompose_contributions", "estimate_contribution", "evaluate", "evaluate_many", "plan",
    "read_evaluation", "read_reference_values", "read_template", "smallest_detectable",
    "write_charts", "write_pack", "write_review", "write_template",
}  # fmt: skip


def test_the_public_names_are_these() -> None:
    """A name is added or removed on purpose only."""
    assert set(evalkit.__all__) == PUBLIC == set(evalkit._HOMES)
    assert evalkit.__all__ == sorted(evalkit.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_public_name_works_and_is_documented(name: str) -> None:
    """Each name loads and says what it is."""
    assert getattr(evalkit, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelling is told, as for any module."""
    with pytest.raises(AttributeError, match="estimate_contributions"):
        evalkit.estimate_contributions  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import evalkit",
        "import evalkit; evalkit.read_template",
        "import evalkit.excel.reader",
        "from evalkit.cli import app; from typer.testing import CliRunner; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0",
    ],
)
def test_reading_and_help_do_not_load_the_statistics(code: str) -> None:
    """Checking a template does not wait for statsmodels, scipy or pandas."""
    probe = "; import sys; print(sorted({'statsmodels', 'scipy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code + probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
