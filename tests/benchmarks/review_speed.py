"""How long a review of many saved evaluations takes beside the writing of a few packs, and what workers save.

``python -m tests.benchmarks.review_speed`` prints both; ``--many 200 --packs 20`` are the numbers of the
limit in `docs/review.md`, ``--workers 2`` compares templates evaluated side by side with one after another.

1. The evaluations are the shipped examples under other names, saved as JSON, so reading them is in the time.
2. Packs and review are written turn and turn about, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from evalkit import Evaluation, evaluate_many, write_pack, write_review
from evalkit.saved import evaluation_json

EXAMPLES = Path(__file__).parents[2] / "examples"


def say(line: str) -> None:
    """Write a line at once, so that a long run can be watched."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def renamed(found: Evaluation, n: int) -> Evaluation:
    """The same evaluation of campaigns with another name and of another organisation."""
    campaigns = tuple(
        c.model_copy(update={"title": f"{c.title} {n}", "organisation": f"{c.organisation} {n}"})
        for c in found.programme.campaigns
    )
    new = dict(zip((c.title for c in found.programme.campaigns), (c.title for c in campaigns), strict=True))
    findings = tuple(replace(f, campaign=new[f.campaign]) for f in found.findings)
    programme = found.programme.model_copy(update={"campaigns": campaigns})
    return replace(found, programme=programme, findings=findings, shared=())


def saved(folder: Path, evaluations: Sequence[Evaluation], many: int) -> list[Path]:
    """So many evaluations as JSON files."""
    paths = []
    for n in range(many):
        paths.append(folder / f"{n:04d}.json")
        one = renamed(evaluations[n % len(evaluations)], n)
        paths[-1].write_text(evaluation_json(one), encoding="utf-8")
    return paths


def compared(
    evaluations: Sequence[Evaluation], many: int, packs: int, runs: int
) -> list[tuple[float, float]]:
    """Seconds of a review of many saved evaluations, and of writing a few packs, in each run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = saved(folder, evaluations, many)
        found = []
        for _ in range(runs):
            began = time.perf_counter()
            write_review(evaluate_many(paths), folder / "review.xlsx")
            middle = time.perf_counter()
            for n in range(packs):
                write_pack(evaluations[n % len(evaluations)], folder / "pack.xlsx")
            found.append((middle - began, time.perf_counter() - middle))
    return found


def side_by_side(workers: int) -> tuple[float, float, bool]:
    """Seconds of the shipped templates one after another and side by side, and whether results are equal."""
    paths = 3 * sorted(EXAMPLES.glob("*/template.xlsx"))
    began = time.perf_counter()
    single = list(evaluate_many(paths))
    middle = time.perf_counter()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        several = list(evaluate_many(paths, pool))
    return middle - began, time.perf_counter() - middle, several == single


def main() -> None:
    """Print both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--many", type=int, default=200)
    parser.add_argument("--packs", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    evaluations = [
        e for e in evaluate_many(sorted(EXAMPLES.glob("*/template.xlsx"))) if isinstance(e, Evaluation)
    ]
    for review, packs in compared(evaluations, asked.many, asked.packs, asked.runs):
        say(
            f"review of {asked.many}: {review:.1f} s; {asked.packs} packs: {packs:.1f} s; "
            f"ratio {review / packs:.2f}"
        )
    single, several, same = side_by_side(asked.workers)
    say(
        f"templates one after another {single:.1f} s, by {asked.workers} workers {several:.1f} s, "
        f"results equal: {same}"
    )


if __name__ == "__main__":
    main()
