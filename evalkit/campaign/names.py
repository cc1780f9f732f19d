"""Names that are not known: what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 8
_BETWEEN = re.compile(r"\s*(?:[,/&+|\n]|\band\b)\s*", re.IGNORECASE)


def hint(value: str, choices: Iterable[str]) -> str:
    """Suggest a near miss, as a sentence with a leading space, or nothing."""
    known = list(choices)
    folded = {c.casefold(): c for c in known}
    close = get_close_matches(value.casefold(), list(folded), n=1, cutoff=0.75)
    return f' Did you mean "{folded[close[0]]}"?' if close else ""


def several(value: str, choices: Iterable[str]) -> tuple[str, ...]:
    """The known names that a text gives at once, between commas, strokes or "and"; empty if not so."""
    folded = {c.casefold(): c for c in choices}
    parts = [part.casefold() for part in _BETWEEN.split(value)]
    return tuple(folded[p] for p in parts) if len(parts) > 1 and all(p in folded for p in parts) else ()


def listed(names: Iterable[str]) -> str:
    """Some names one may choose from, with the count of the rest."""
    known = sorted(names)
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return "; ".join(known[:LISTED]) + more
