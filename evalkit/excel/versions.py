"""Which version of the layout a template has, and what it lacks of the present one.

1. An earlier version is read as it was meant: renamed headings by their former names, the rest by its own.
2. A later version is refused by name, since what it added would be lost without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from evalkit.campaign.versions import FIRST_VERSION, OWN_FIELDS, SCHEMA_VERSION, Added, added_since
from evalkit.errors import Issue, make_issue
from evalkit.excel.cells import Raw, as_shown
from evalkit.excel.locate import Located
from evalkit.excel.sheets import SHEET_OF_PART, START, programme_headings

TEMPLATE_LABEL, VERSION_LABEL = "Template", "Template version"


def version_of(found: tuple[str, Raw] | None, label: str) -> tuple[int, str, Issue | None]:
    """Version that a template says it has.

    Parameters
    ----------
    found : (str, Raw) or None
        Address and content of the cell beside the label, where there is one.
    label : str
        Goes before the sheet's name in issues.

    Returns
    -------
    int
        The present version where the template does not say.
    str
        Address of the mark; empty where there is none.
    Issue or None
        An error for a later version, a note where no version is said.
    """
    cell, content = found or ("", Raw(None))
    text = "" if content.value is None else as_shown(content)
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if version > SCHEMA_VERSION:
        said = make_issue("F24", sheet=label + START, cell=cell, version=text, current=SCHEMA_VERSION)
        return version, cell, said
    if version < FIRST_VERSION:
        what = f'"{text}" as the template version' if text else "no template version"
        note = make_issue("F34", sheet=label + START, cell=cell, what=what, current=SCHEMA_VERSION)
        return SCHEMA_VERSION, "", note
    return version, cell, None


def earlier_version(
    version: int, place: tuple[str, str], own: Collection[str], located: Sequence[Located]
) -> Issue | None:
    """Say that a template is of an earlier version, and what of the present one it lacks.

    Parameters
    ----------
    version : int
    place : (str, str)
        Sheet and cell of the mark.
    own : collection of str
        Titles that the first sheet has.
    located : sequence of Located
        The sheets that were found.
    """
    if version >= SCHEMA_VERSION:
        return None
    parts = [_lacking(change, own, located) for change in added_since(version)]
    lacking = "; ".join(part for part in parts if part)
    adds = f"which also has {lacking}" if lacking else "of which it has every column"
    sheet, cell = place
    return make_issue("F33", sheet=sheet, cell=cell, version=version, current=SCHEMA_VERSION, adds=adds)


def _lacking(change: Added, own: Collection[str], located: Sequence[Located]) -> str:
    """What a template lacks of one change, in words; empty where it lacks nothing."""
    if change.part == OWN_FIELDS:
        titles = [h.title for h in programme_headings() if h.name in change.fields and h.title not in own]
        return _listed(titles, START)
    sheet = SHEET_OF_PART[change.part]
    there = next((one for one in located if one.place.sheet is sheet), None)
    if there is None:
        return "" if change.fields else f"the sheet {sheet.name}"
    given = {heading.name for heading in there.columns.values()}
    return _listed([h.title for h in sheet.headings if h.name in {*change.fields} - given], sheet.name)


def _listed(titles: Sequence[str], sheet: str) -> str:
    quoted = ", ".join(f'"{title}"' for title in titles)
    return f"{quoted} on {sheet}" if quoted else ""
