"""Workbooks changed at random, and what a check makes of them.

``python -m tests.fuzz --count 10000 --seed 0`` runs that many and prints a table; anything in its last four
rows is a fault of the reader. `tests/test_fuzz.py` runs a share of it.

1. A changed file is either read as the original, or something is said about it, or it truly says something
   else: then openpyxl, an independent reader, must see the change too.
2. Case n of a seed is the same workbook on every machine.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType

from openpyxl import load_workbook

from evalkit.campaign.programme import Programme
from evalkit.excel.reader import check_files
from evalkit.excel.report import CheckReport
from evalkit.excel.template import write_template
from tests.fuzz_structure import STRUCTURAL, shared_texts
from tests.parts import PART_OF, Parts, packed, put, unpacked
from tests.workbooks import PYTHON_WORDS, small_programme

SECONDS = 20
Cells = dict[tuple[str, str], object]


class Outcome(StrEnum):
    """What became of one case; all from `WRONG` on are faults."""

    SAME = "read as the original"
    STOPPED = "stopped, with issues"
    NOTED = "read otherwise, with a note"
    SAYS_SO = "read otherwise, as the file says"
    WRONG = "read otherwise, without a word"
    JARGON = "a message with the words of programmers"
    CRASHED = "traceback"
    HUNG = "no answer in time"


FAULTS = (Outcome.WRONG, Outcome.JARGON, Outcome.CRASHED, Outcome.HUNG)


# entries that mean what the cell held, or nothing certain: sheet, cell, what is typed
def _retyped(rng: random.Random, parts: Parts) -> None:
    """Type a figure or a date of the template in another way, or something that is neither."""
    row = rng.randrange(8, 38)
    value, month = 12 + (row - 8) % 5, row - 8
    year, number = 2023 + month // 12, month % 12 + 1
    figures = [
        *(f"{value}", f" {value}.0", f"+{value}", f"{value}\u00a0", f"£{value}", f"{value},0", f"{value}*"),
        *(f"{value} loads", f"~{value}", f"({value})", f"{value}%", f"<{value}", f"{value}k", f"1e{value}"),
        *(
            "n/a",
            "-",
            "..",
            "[c]",
            "#REF!",
            True,
            "TBC",
            f"{value}\u00b9",
            f"{value}½",
            f"0{value}",
            f"'{value}",
        ),
        *(
            f"{value}-{value + 1}",
            f"{value}/2",
            f"{value}.000",
            f"{value}.",
            f"\u0661{value}",
            f"{value}\u200b",
        ),
    ]
    dates = [
        *(f"01/{number:02}/{year}", f"{year}-{number:02}-01", f"1.{number}.{year}", f"01-{number}-{year}"),
        *(f"{number}/01/{year}", f"{year}{number:02}01", f"01/{number}/{year % 100}", f"{number}/{year}"),
        *("soon", f"Q1 {year}", year, f"1st of {number}", f"{year}-{number}-1", 0, -1, 99999999, 0.5, True),
        *(f"{year}-{year % 100 + 1}", f"00/{number}/{year}", f"31/{number}/{year}", f"w/e 1/{number}/{year}"),
    ]
    if rng.random() < 0.5:
        put(parts, "Outcome data", f"B{row}", rng.choice(figures))
    else:
        put(parts, "Outcome data", f"A{row}", rng.choice(dates), rng.choice(["", "", "0", "d mmm yyyy"]))


def _cost(rng: random.Random, parts: Parts) -> None:
    """Type the amount of a cost in another way."""
    amounts = ("6400", "£6,400.00", "6 400", "6.400", "6.400,00", "6,4", "6.4k", "(6400)", "6400-", "$6400")
    more = ("GBP6400", "6400 GBP", "6,40,0", "64,00", "6400p", "£6400 approx", "6\u202f400", "6'400", "6_400")
    put(parts, "Inputs", rng.choice(("B8", "B9")), rng.choice(amounts + more))


def _in_words(rng: random.Random, parts: Parts) -> None:
    """Put junk into a cell that must hold a figure, a date or an entry of a list."""
    sheet, cell = rng.choice((("Campaigns", "C8"), ("Inputs", "A8"), ("Outcomes", "C8"), ("Outcomes", "D8")))
    junk = "".join(
        chr(rng.choice((*range(32, 127), 0xA0, 0x2013, 0x3042, 0x1F600))) for _ in range(rng.randrange(1, 30))
    )
    put(parts, sheet, cell, junk)


def _xml_part(rng: random.Random, parts: Parts) -> str:
    names = sorted(n for n in parts if n.endswith((".xml", ".rels")))
    likely = [PART_OF["Outcome data"], PART_OF["Inputs"], PART_OF["Campaigns"], "xl/workbook.xml"]
    return rng.choice(likely if rng.random() < 0.5 else names)


def _bytes_of_xml(rng: random.Random, parts: Parts) -> None:
    """Change, lose or double some bytes of a part."""
    name = _xml_part(rng, parts)
    data = bytearray(parts[name])
    for _ in range(rng.randrange(1, 4)):
        place, length = rng.randrange(len(data)), rng.choice((1, 1, 2, 8, 60, 400))
        kind = rng.randrange(4)
        if kind == 0:
            data[place] = rng.randrange(256)
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = data[place : place + length]
        else:
            data[place:place] = rng.randbytes(length)
        if not data:
            break
    parts[name] = bytes(data)


def _elements(rng: random.Random, parts: Parts) -> None:
    """Lose, double or move an element; change an attribute."""
    name = _xml_part(rng, parts)
    text = parts[name].decode()
    found = list(
        re.finditer(r"<(row|c|v|is|t|sheet|xf|numFmt|Relationship|mergeCell|col|f)\b[^>]*?/?>", text)
    )
    if not found:
        return
    one, other = rng.choice(found), rng.choice(found)
    end = text.find(f"</{one[1]}>", one.end())
    stop = one.end() if one[0].endswith("/>") or end < 0 else end + len(one[1]) + 3
    block = text[one.start() : stop]
    kind = rng.randrange(4)
    if kind == 0:
        text = text[: one.start()] + text[stop:]
    elif kind == 1:
        text = text[:stop] + block + text[stop:]
    elif kind == 2 and not one.start() <= other.start() < stop:
        rest = text[: one.start()] + text[stop:]
        place = other.start() if other.start() < one.start() else other.start() - len(block)
        text = rest[:place] + block + rest[place:]
    else:
        new = rng.choice(
            ('t="s"', 't="n"', 't="b"', 't="d"', 's="9999"', 'r="ZZZ1"', 'r="A1"', 's="3"', 't="x"')
        )
        text = text[: one.start()] + re.sub(r'\b[a-zA-Z]+="[^"]*"', new, one[0], count=1) + text[one.end() :]
    parts[name] = text.encode()


def _lose_part(rng: random.Random, parts: Parts) -> None:
    """Lose a part, or give one the content of another."""
    names = sorted(parts)
    if rng.random() < 0.5:
        del parts[rng.choice(names)]
    else:
        parts[rng.choice(names)] = parts[rng.choice(names)]


def _archive(rng: random.Random, content: bytes) -> bytes:
    """Damage the archive itself."""
    data = bytearray(content)
    kind = rng.randrange(5)
    if kind == 0:
        return bytes(data[: rng.randrange(len(data))])
    if kind == 1:
        return rng.randbytes(rng.randrange(1, 300)) + bytes(data)
    if kind == 2:
        return bytes(data) + rng.randbytes(rng.randrange(1, 300))
    directory = data.find(b"PK\x01\x02")
    for _ in range(rng.randrange(1, 6)):
        low = directory if kind == 3 else 0
        data[rng.randrange(low, len(data))] = rng.randrange(256)
    return bytes(data)


CHANGES: tuple[Callable[[random.Random, Parts], None], ...] = (
    *(_retyped, _retyped, _cost, _in_words),
    *(_bytes_of_xml, _bytes_of_xml, _elements, _elements, _lose_part),
    *STRUCTURAL,
)


@dataclass(frozen=True)
class Original:
    """A sound workbook in both spellings, what it means, and its cells."""

    spellings: tuple[Parts, Parts]
    programme: Programme
    cells: Cells


def original() -> Original:
    """The template filled in with the small programme."""
    programme = small_programme()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, programme)
        content = path.read_bytes()
    plain = unpacked(content)
    return Original((plain, shared_texts(plain)), programme, cells_of(content))


def cells_of(content: bytes) -> Cells:
    """Every value of a workbook as openpyxl reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(content), data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def changed(sound: Original, seed: int, n: int) -> tuple[str, bytes]:
    """Case n of a seed: what was done, and the file."""
    rng = random.Random(f"{seed} {n}")
    parts = dict(rng.choice(sound.spellings))
    if rng.random() < 0.15:
        return "_archive", _archive(rng, packed(parts))
    change = rng.choice(CHANGES)
    change(rng, parts)
    return change.__name__, packed(parts)


def judged(sound: Original, content: bytes, path: Path) -> tuple[Outcome, str]:
    """Check one file, and say what became of it."""
    path.write_bytes(content)
    try:
        with _time_limit():
            report = check_files([path])
    except TimeoutError:
        return Outcome.HUNG, ""
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        return Outcome.CRASHED, f"{type(error).__name__}: {error}"
    for issue in report.issues:
        ours = re.sub(r'".*"', "", f"{issue.found} {issue.expected} {issue.fix}", flags=re.DOTALL)
        if PYTHON_WORDS.search(ours):
            return Outcome.JARGON, issue.sentence
    if report.programme is None:
        return (Outcome.STOPPED, "") if report.stopping else (Outcome.WRONG, "no programme and no issue")
    if report.programme == sound.programme:
        return Outcome.SAME, ""
    return _read_otherwise(sound, content, report, path)


def _read_otherwise(sound: Original, content: bytes, report: CheckReport, path: Path) -> tuple[Outcome, str]:
    """Hold another reading against openpyxl: it must see a change, and what it saves mean the same."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not report.issues and cells_of(content) == sound.cells:
                return Outcome.WRONG, "openpyxl sees no change"
            load_workbook(io.BytesIO(content), data_only=True).save(path)
    except Exception as error:  # noqa: BLE001 - openpyxl raises anything on a damaged file
        return Outcome.WRONG, f"openpyxl cannot read it: {error}"
    theirs = check_files([path]).programme
    if theirs != report.programme:
        return Outcome.WRONG, f"openpyxl reads otherwise: {[i.code for i in report.issues]}"
    return (Outcome.NOTED, report.issues[0].code) if report.issues else (Outcome.SAYS_SO, "")


@contextmanager
def _time_limit() -> Iterator[None]:
    """Interrupt what takes too long, where the system can."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def run(seed: int, first: int, count: int) -> tuple[Counter[tuple[str, Outcome]], list[str]]:
    """Run some cases: counts by change and outcome, and a line on each fault."""
    sound = original()
    counts: Counter[tuple[str, Outcome]] = Counter()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.xlsx"
        for n in range(first, first + count):
            change, content = changed(sound, seed, n)
            outcome, detail = judged(sound, content, path)
            counts[change, outcome] += 1
            if outcome in FAULTS:
                faults.append(f"seed {seed} case {n} {change}: {outcome}. {detail}")
    return counts, faults


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts, faults = run(options.seed, options.first, options.count)
    changes = sorted({change for change, _ in counts})
    sys.stdout.write(
        f"| Outcome | {' | '.join(c.strip('_').replace('_', ' ') for c in changes)} | In all |\n"
    )
    sys.stdout.write(f"| --- |{' ---: |' * (len(changes) + 1)}\n")
    for outcome in Outcome:
        row = [counts[change, outcome] for change in changes]
        sys.stdout.write(f"| {outcome.capitalize()} | {' | '.join(map(str, row))} | {sum(row)} |\n")
    sys.stdout.write("".join(f"{line}\n" for line in faults))


if __name__ == "__main__":
    main()
