"""The import table of docs/architecture.md, held against the code."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "evalkit"

# what each part may import from evalkit; a part may always import itself
MAY_IMPORT: dict[str, set[str]] = {
    "intake_messages": set(),
    "messages": {"intake_messages"},
    "vocabulary": set(),
    "errors": {"messages"},
    "small_counts": set(),
    "disclosure": {"small_counts"},
    "saving": {"errors"},
    "estimate": {"vocabulary"},
    "year_change": {"calendars"},
    "decomposition": {"vocabulary", "estimate", "year_change"},
    "calendars": {"vocabulary"},
    "design": {"vocabulary", "calendars"},
    "campaign": {"calendars", "vocabulary", "errors", "small_counts"},
    "panel": {"calendars", "vocabulary", "errors"},
    "doses": {"calendars", "vocabulary", "errors", "panel"},
    "groups": {"vocabulary", "errors"},
    "requirements": {"vocabulary", "estimate"},
    "group_requirements": set(),
    "common_history": {"panel"},
    "unlike_areas": {"panel"},
    "choices": {"design", "errors", "vocabulary"},
    "admissible": {"choices", "errors", "panel", "requirements"},
    "designing": {
        "admissible", "choices", "calendars", "vocabulary", "errors", "panel", "design",
        "estimate", "requirements", "common_history", "unlike_areas",
    },
    "group_study": {"estimate"},
    "stand_ins": {"campaign", "small_counts"},
    "group_disclosure": {"campaign", "disclosure", "groups", "small_counts"},
    "worked": {"vocabulary", "campaign", "simulate", "simulate_several"},
    "simulate": {"calendars", "vocabulary", "campaign", "panel"},
    "simulate_several": {"calendars", "vocabulary", "panel", "simulate"},
    "methods": {
        "calendars", "vocabulary", "errors", "panel", "groups", "doses", "design", "designing", "estimate",
        "decomposition", "year_change", "requirements", "group_requirements", "group_study",
    },
    "comparing": {
        "vocabulary", "errors", "groups", "group_study", "estimate", "methods", "group_requirements",
    },
    "contribution": {
        "checks", "choices", "vocabulary", "errors", "panel", "design",
        "designing", "estimate", "methods",
    },
    "decomposing": {
        "choices", "vocabulary", "errors", "panel", "doses", "designing", "decomposition", "methods",
    },
    "trials": {
        "vocabulary", "errors", "campaign", "groups", "group_study", "estimate", "methods", "checks",
        "group_disclosure", "small_counts", "stand_ins",
    },
    "planning": {
        "choices", "calendars", "vocabulary", "errors", "campaign", "panel",
        "design", "designing", "estimate",
    },
    "overlapping": {
        "calendars", "vocabulary", "errors", "campaign", "panel", "doses", "design", "estimate",
        "decomposition", "methods", "planning", "allocation", "money",
    },
    "external": {"vocabulary", "campaign", "estimate"},
    "checks": {"vocabulary", "panel", "design", "estimate", "group_study", "unlike_areas"},
    "grade": {"vocabulary", "checks"},
    "verdict": {"vocabulary", "estimate"},
    "money": {"calendars", "vocabulary", "campaign", "estimate"},
    "evaluation": {
        "vocabulary", "campaign", "decomposition", "design", "estimate", "checks",
        "grade", "group_study", "verdict",
        "money",
    },
    "amounts": {"vocabulary", "estimate", "design", "campaign"},
    "subject": {"amounts", "vocabulary", "campaign", "design"},
    "wording": {
        "subject",
        "amounts", "vocabulary", "campaign", "design", "estimate", "checks", "grade", "verdict", "money",
        "evaluation",
    },
    "allocation": {"errors", "estimate", "decomposition", "methods"},
    "pack": {
        "calendars", "group_disclosure", "small_counts", "withholding", "vocabulary", "errors", "campaign",
        "decomposition", "year_change",
        "design", "estimate", "checks", "grade", "group_study", "verdict",
        "money", "evaluation", "amounts", "subject", "wording", "ranking",
    },
    "calibrate": {"checks", "estimate"},
    "valuing": {"calendars", "vocabulary", "campaign", "panel", "design", "estimate", "money", "wording"},
    "ranking": set(),
    "evaluating": {
        "calendars", "calibrate", "vocabulary", "errors", "campaign", "panel", "design", "estimate",
        "methods", "planning", "external", "decomposition", "overlapping",
        "checks", "grade", "verdict", "money", "valuing", "evaluation", "subject", "wording", "trials",
    },
    "withholding": {
        "vocabulary", "small_counts", "disclosure", "group_disclosure", "campaign", "design", "estimate",
        "external", "decomposition", "checks", "grade", "group_study", "trials", "evaluation", "evaluating",
    },
    "saved": {"errors", "campaign", "evaluation", "withholding"},
    "portfolio": {"errors", "messages", "campaign", "evaluation", "evaluating", "excel", "saved"},
    "schema_files": {"vocabulary", "campaign", "evaluation", "saving"},
    "excel": {
        "messages", "vocabulary", "errors", "campaign", "evaluation", "pack", "amounts", "wording", "saving",
    },
    "pictures": {"errors", "amounts", "evaluation", "pack", "excel", "saving", "withholding"},
}  # fmt: skip
DOORS = {"cli", "commands", "__main__", "__init__"}

# a library, and the only parts that may import it
ONLY_IN = {
    "statsmodels": {"methods"},
    "openpyxl": {"excel"},
    "typer": {"cli", "commands"},
    "rich": {"commands"},
    "matplotlib": {"pictures"},
    "holidays": {"methods"},
    "pydantic": {"campaign", "errors", "evaluation", "excel", "saved"},
}


def modules() -> dict[str, Path]:
    """Dotted name below evalkit, and its file; sub-package __init__ files are checked apart."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {
        ".".join(f.relative_to(PACKAGE).with_suffix("").parts): f
        for f in files
        if f.name != "__init__.py" or f.parent == PACKAGE
    }


def imports(path: Path) -> set[str]:
    """Every module imported at run time, lazily or not; imports for type checkers do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def inside(found: set[str], known: set[str]) -> set[str]:
    """Those of the imports that are modules of evalkit, by dotted name below it."""
    short = {f.removeprefix("evalkit.") for f in found if f.startswith("evalkit.")}
    return short & known


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_part_imports_only_what_the_table_allows(name: str) -> None:
    """Data flows one way: nothing reaches back up."""
    part = name.split(".")[0]
    if part in DOORS:
        return
    assert part in MAY_IMPORT, f"{part} has no row in the import table"
    used = {m.split(".")[0] for m in inside(imports(modules()[name]), set(modules()))} - {part}
    assert used <= MAY_IMPORT[part], f"{name} imports {sorted(used - MAY_IMPORT[part])}"


def test_no_module_takes_part_in_a_loop() -> None:
    """Modules can be put in an order in which each imports only earlier ones."""
    known = modules()
    graph = {name: inside(imports(path), set(known)) - {name} for name, path in known.items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import loop: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_each_large_library_has_one_door(library: str) -> None:
    """A library can be replaced by changing one part."""
    users = {
        name.split(".")[0]
        for name, path in modules().items()
        if any(i.split(".")[0] == library for i in imports(path))
    }
    assert users <= ONLY_IN[library]


def test_sub_package_init_files_are_empty() -> None:
    """Only the package root re-exports."""
    inits = [p for p in PACKAGE.rglob("__init__.py") if p.parent != PACKAGE]
    assert inits
    assert [p for p in inits if p.read_text(encoding="utf-8").strip()] == []


def test_no_drawers() -> None:
    """A file is named for its topic."""
    drawers = {"utils", "util", "helpers", "common", "misc", "constants"}
    assert not [n for n in modules() if n.split(".")[-1] in drawers]
