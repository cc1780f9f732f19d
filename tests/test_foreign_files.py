"""Files that other programs saved: the meaning is that of the template, whatever their habits."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from evalkit.excel.annotate import annotate
from evalkit.excel.reader import check_files
from evalkit.excel.sheets import START
from evalkit.excel.template import write_template
from tests.foreign import WRITERS, Writer, bare
from tests.parts import Parts, packed, put, unpacked
from tests.workbooks import PYTHON_WORDS, small_programme

REAL = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The parts of a template filled in with the small programme."""
    path = tmp_path_factory.mktemp("filled") / "template.xlsx"
    write_template(path, small_programme())
    return unpacked(path.read_bytes())


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_the_meaning_is_the_same(filled: Parts, tmp_path: Path, writer: Writer) -> None:
    """Nothing to mend, nothing lost, and nothing said but what a reader may want to know."""
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(packed(writer(filled)))
    report = check_files([path])
    assert not report.stopping, [i.sentence for i in report.stopping]
    assert report.programme == small_programme()
    assert {i.code for i in report.issues} <= {"S05"}, [i.sentence for i in report.issues]


def test_dates_as_text_from_small_libraries(filled: Parts, tmp_path: Path) -> None:
    """Without styles dates come as text; they are read, and that is said."""
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(packed(bare(filled)))
    report = check_files([path])
    assert report.programme == small_programme(), [i.sentence for i in report.stopping]
    assert "D01" in {i.code for i in report.issues}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_fault_keeps_its_cell(filled: Parts, tmp_path: Path, writer: Writer) -> None:
    """A misspelt entry is named in the cell where that program's user sees it."""
    parts = dict(filled)
    put(parts, "Inputs", "A8", "Medai")
    path = tmp_path / "theirs.xlsx"
    path.write_bytes(packed(writer(parts)))
    (issue,) = check_files([path]).stopping
    assert issue.code == "V02"
    assert issue.sheet.startswith("Inputs")
    assert issue.cell in ("A8", "A9")  # one row lower below a table's name


@pytest.mark.parametrize("writer", [*WRITERS.values(), bare], ids=[*WRITERS, "small libraries"])
def test_a_marked_copy_is_theirs_with_marks(filled: Parts, tmp_path: Path, writer: Writer) -> None:
    """Marked where the fault is, checked to the same end, and read cleanly once it is mended."""
    parts = dict(filled)
    put(parts, "Inputs", "A8", "Medai")
    put(parts, START, _as_of(parts), "last week")
    theirs, marked, mended = (tmp_path / f"{name}.xlsx" for name in ("theirs", "marked", "mended"))
    theirs.write_bytes(packed(writer(parts)))
    report = check_files([theirs])
    assert {i.code for i in report.stopping} == {"V02", "D03"}
    annotate(theirs, marked, report.details)
    assert check_files([marked]).details == report.details
    written = unpacked(marked.read_bytes())
    assert (
        sum(b"ERROR V02" in part or b"ERROR D03" in part for n, part in written.items() if "omments" in n)
        == 2
    )
    sound = {
        name: part.replace(b"Medai", b"media").replace(b"last week", b"") for name, part in written.items()
    }
    mended.write_bytes(packed(sound))
    assert check_files([mended]).programme == small_programme()


def _as_of(parts: Parts) -> str:
    """Address of the cell of the first sheet for the day that figures are as of."""
    found = re.search(rb'name="programme_as_of">[^<]*!\$B\$(\d+)<', parts["xl/workbook.xml"])
    assert found
    return f"B{int(found[1])}"


@pytest.mark.skipif(not REAL.exists(), reason="the published data sets are not part of the project")
def test_real_files_beside_a_template(filled: Parts, tmp_path: Path) -> None:
    """Every published data set, given as Outcome data as it is, gets a few plain messages."""
    template = tmp_path / "template.xlsx"
    template.write_bytes(packed(filled))
    files = sorted(REAL.rglob("*.csv"))
    assert len(files) > 20
    for path in files:
        assert [i.code for i in check_files([path]).issues if i.code != "F31"] == ["F15"], path.name
        report = check_files([template, path])
        told = {i.code for i in report.issues}
        assert report.stopping or "S28" in told, path.name  # what is read as a grid is said to be one
        assert len(report.stopping) <= 20, path.name
        for issue in report.issues:
            ours = re.sub('".*?"', "", f"{issue.expected} {issue.fix}")
            assert not PYTHON_WORDS.search(ours), issue.sentence


def test_archives_of_other_makes(filled: Parts, tmp_path: Path) -> None:
    """Parts stored as they are, written as a stream, with entries for folders, or in another order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(_Unseekable(stream), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("xl/", b"")
        for name in sorted(filled, reverse=True):
            archive.writestr(name, filled[name])
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, data in filled.items():
            archive.writestr(name, data)
    for content in (stream.getvalue(), stored.getvalue()):
        path = tmp_path / "theirs.xlsx"
        path.write_bytes(content)
        report = check_files([path])
        assert report.programme == small_programme(), [i.sentence for i in report.issues]


class _Unseekable:
    """A stream that only goes forward, so that sizes follow the data, as in a download."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream

    def write(self, data: bytes) -> int:
        """Write on."""
        return self.stream.write(data)

    def flush(self) -> None:
        """Nothing is kept back."""
