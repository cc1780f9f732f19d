"""Pages say what the code does: generated parts are current, snippets run, links lead somewhere."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import typer

from evalkit.grade import RULES

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
)
LINK = re.compile(r"\[[^\]]+\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)")

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def _script() -> ModuleType:
    """The script that writes the generated parts."""
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = _script()


@by_page
def test_generated_parts_are_current(page: Path) -> None:
    """Run `python docs/build.py` after a change to models, terms, rules, commands or imports."""
    if page.name == "command-line.md" and tuple(int(x) for x in typer.__version__.split(".")[:2]) < (0, 26):
        pytest.skip("older releases of typer do not hand out the help of arguments")
    text = page.read_text(encoding="utf-8")
    assert build.refreshed(text) == text


@by_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


@by_page
def test_snippets_run(page: Path) -> None:
    """Python in a page gives what the page says."""
    found = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    )
    assert found.failed == 0


def test_the_readme_has_snippets_and_the_two_commands_first() -> None:
    """A reader meets the two commands before anything else to type."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count(">>>") >= 8
    typed = [line.strip() for line in text.splitlines() if line.startswith(("    ", ">>>"))]
    assert [t.split("#")[0].strip() for t in typed[:2]] == ["make demo", "make test"]


def test_every_grading_rule_has_its_reason() -> None:
    """The page of rules explains each of them and no other."""
    assert set(build.WHY_RULES) == {r.name for r in RULES}


def test_every_part_is_used_on_a_page() -> None:
    """No generator is left without a page."""
    text = "".join(p.read_text(encoding="utf-8") for p in PAGES)
    assert {n for n in build.PARTS if f"<!-- generated: {n} -->" not in text} == set()
