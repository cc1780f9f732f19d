"""Pictures of the charts: what they hold, the same twice, and what is said where they cannot be drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit import InputError, read_evaluation, write_charts
from evalkit.cli import app
from evalkit.errors import Failure
from evalkit.saved import evaluation_json
from tests import evaluations as made

PIL = pytest.importorskip("PIL.Image")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The pictures of an ordinary evaluation."""
    return write_charts(made.evaluation(made.estimate(made.FALL)), tmp_path_factory.mktemp("charts"))


def test_every_chart_is_there_once_with_its_description(written: tuple[Path, ...]) -> None:
    """Observed and expected, and the running total: the shape of a slide, words beside and inside."""
    assert [p.name.split("-", 1)[0] for p in written] == ["01", "02"]
    for path in written:
        with PIL.open(path) as picture:
            assert picture.size == (1600, 900)
            told = picture.text["Description"]
        assert path.with_suffix(".txt").read_text(encoding="utf-8").strip() == told
        assert "Line chart of" in told
        assert "Right bin, right day" in told


def test_lines_are_drawn_where_the_figures_are(written: tuple[Path, ...]) -> None:
    """Black for observed, the band's blue and the dashed line's blue are all on the first picture."""
    with PIL.open(written[0]) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    assert {(0, 0, 0), (0xB9, 0xD9, 0xEE), (0x00, 0x72, 0xB2)} <= colours


def test_two_runs_give_the_same_bytes(written: tuple[Path, ...], tmp_path: Path) -> None:
    """From the evaluation as read back, whatever a user's settings are."""
    saved = tmp_path / "evaluation.json"
    saved.write_text(evaluation_json(made.evaluation(made.estimate(made.FALL))), encoding="utf-8")
    rc_context = pytest.importorskip("matplotlib").rc_context
    with rc_context({"figure.facecolor": "red", "lines.linewidth": 9, "font.family": "serif"}):
        again = write_charts(read_evaluation(saved), tmp_path / "again")
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in written]


def test_a_review_has_pictures_too(tmp_path: Path) -> None:
    """By the command line; failures are left out, and nothing but failures is refused."""
    saved = tmp_path / "one.json"
    saved.write_text(evaluation_json(made.evaluation(made.estimate(made.FALL))), encoding="utf-8")
    out, charts = tmp_path / "review.xlsx", tmp_path / "charts"
    result = CliRunner().invoke(app, ["review", str(saved), "--out", str(out), "--charts", str(charts)])
    assert result.exit_code == 0, result.output
    assert [p.name for p in sorted(charts.glob("*.png"))] == [
        "01-at-a-glance-spend-by-strength-of-evidence.png",
        "02-at-a-glance-spend-by-recommendation.png",
    ]
    with pytest.raises(InputError, match="no evaluation"):
        write_charts([Failure("a.xlsx", ("broken",))], tmp_path)


def test_a_refusal_has_no_picture(tmp_path: Path) -> None:
    """There is nothing to draw, and that is no error."""
    assert write_charts(made.evaluation(made.REFUSAL), tmp_path / "none") == ()


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is read or worked out, and in one sentence."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    monkeypatch.delitem(sys.modules, "evalkit.pictures", raising=False)
    out = tmp_path / "pack.xlsx"
    words = ["evaluate", "absent.xlsx", "--out", str(out), "--charts", str(tmp_path / "charts")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert 'pip install "evalkit[charts]"' in result.stderr
    assert not out.exists()
