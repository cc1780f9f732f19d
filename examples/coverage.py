"""Draw the simulated examples again with other seeds and count how often the range holds the true effect.

``python examples/coverage.py [SEEDS]`` writes `coverage.json` beside this file; `docs/coverage.md` shows it.
It takes some minutes; run it again after a change to a method.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from evalkit.estimate import Estimate
from evalkit.methods import catalogue
from evalkit.planning import plans
from evalkit.worked.catalogue import EXAMPLES

HERE = Path(__file__).parent
SEEDS = 200
FIRST = 2  # seeds whose results are kept, so that a test can tell when the page is out of date
SIMULATED = tuple(
    name for name, example in EXAMPLES.items() if example.draws and len(example.programme().campaigns) == 1
)


def hits(name: str, seed: int) -> dict[str, tuple[bool, bool, float, float]]:
    """Whether the range holds the truth, whether it excludes zero, the error and the width, by outcome.

    Error and width are relative to what would have been without the campaign.
    """
    example = EXAMPLES[name]
    assert example.draws is not None
    truths = {outcome: drawn.truth for outcome, drawn in example.draws(seed).items()}
    found = {}
    for one in plans(example.programme(seed)):
        assert one.panel is not None
        estimate = catalogue.estimate(one.panel, one.design)  # type: ignore[arg-type]
        assert isinstance(estimate, Estimate)
        assert estimate.rel_effect is not None
        truth, outcome = truths[one.outcome.name], one.outcome.name
        found[outcome] = (
            estimate.total.covers(truth.total),
            not estimate.total.covers(0.0),
            estimate.rel_effect.point - truth.rel_effect,
            estimate.rel_effect.width,
        )
    return found


def measure(seeds: int) -> list[dict[str, object]]:
    """Run every simulated example with the seeds from 1 on."""
    jobs = [(name, seed) for name in SIMULATED for seed in range(1, seeds + 1)]
    rows = defaultdict(list)
    with ProcessPoolExecutor() as pool:
        for (name, _), found in zip(jobs, pool.map(hits, *zip(*jobs, strict=True)), strict=True):
            for outcome, result in found.items():
                rows[name, outcome].append(result)
    return [_row(name, outcome, found) for (name, outcome), found in rows.items()]


def _row(name: str, outcome: str, found: list[tuple[bool, bool, float, float]]) -> dict[str, object]:
    held, shown, errors, widths = zip(*found, strict=True)
    n = len(found)
    return {
        "example": name,
        "outcome": outcome,
        "seeds": n,
        "held": sum(held),
        "excludes_zero": sum(shown),
        "mean_error": sum(errors) / n,
        "mean_width": sum(widths) / n,
        "first_errors": list(errors[:FIRST]),
        "first_widths": list(widths[:FIRST]),
    }


if __name__ == "__main__":
    result = measure(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    (HERE / "coverage.json").write_text(text, encoding="utf-8", newline="\n")
