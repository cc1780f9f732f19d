"""Pictures of the charts of a pack or a review, for papers and slides, each with a description beside it.

1. A picture shows what the chart of the workbook shows, from the same cells; nothing is worked out here.
   Pictures are for publication, so small counts are withheld, and what would give them away.
2. The same content gives the same bytes: one font that comes with the library, no clock, no settings of the
   user's.
"""

from __future__ import annotations

import io
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from evalkit.amounts import british_date
from evalkit.errors import MONTHS, Failure, InputError, OutputError
from evalkit.evaluation import Evaluation
from evalkit.excel.pack_theme import BAR, EVENT_MARKERS, LINES, PARTS
from evalkit.excel.theme import INK, LINE, QUIET, STRONG
from evalkit.pack.charts import UNDRAWN
from evalkit.pack.evidence import Book, evidence_pack
from evalkit.pack.layout import Area, PlacedBars, PlacedChart, Sheet
from evalkit.pack.review import budget_review
from evalkit.pack.sections import Chart, Role, Value
from evalkit.saving import replace_file
from evalkit.withholding.published import published

try:
    import matplotlib.style
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine
except ImportError as error:
    raise OutputError(
        "Pictures of charts need matplotlib, which is not installed. Install it with: "
        'python -m pip install "evalkit[charts]"'
    ) from error

WIDE, HIGH, DOTS = 10.0, 5.625, 160  # inches and dots an inch: 1,600 by 900, the shape of a slide
MOST_TITLE, MOST_LABEL, MOST_NAME, MOST_FOOTER = 75, 34, 60, 130
LARGE_TITLE = 60  # letters that fit in large type
FEW_BARS, MANY_BARS = 4, 10
NAN = float("nan")
OWN_PAGE = re.compile(r"^(?:Summary|Finding \d+): ")
INSIDE = (0.01, 0.05, 0.97, 0.81)  # of the page, for the chart: left, bottom, width, height
DASHES = {None: "-", "dash": "--", "sysDot": ":"}
MARKERS = {"triangle": "^", "diamond": "D", "square": "s", "circle": "o", "star": "*"}
Cells = Mapping[tuple[str, int, int], Value]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with what stands around it.

    Attributes
    ----------
    placed : PlacedChart or PlacedBars
    heading, about, footer, described : str
    """

    placed: PlacedChart | PlacedBars
    heading: str
    about: str
    footer: str
    described: str


def write_charts(what: Evaluation | Iterable[Evaluation | Failure], folder: str | Path) -> tuple[Path, ...]:
    """Write every chart as a PNG picture, with its description in a text file beside it.

    Parameters
    ----------
    what : Evaluation, or iterable of Evaluation or Failure
        The charts of an evidence pack, or of the review of many.
    folder : str or Path
        Made if it is not there; pictures of the same names are replaced.

    Returns
    -------
    tuple of Path
        The pictures, in the order of the sheets; none where no chart can be drawn.

    Raises
    ------
    InputError
        If there is no evaluation among many.
    OutputError
        If matplotlib is not installed or a file cannot be written.
    """
    if isinstance(what, Evaluation):
        return _written(evidence_pack(published(what)), folder)
    held = [published(e) for e in what if isinstance(e, Evaluation)]
    if not held:
        raise InputError(["there is no evaluation to draw charts of"])
    return _written(budget_review(held), folder)


def _written(book: Book, folder: str | Path) -> tuple[Path, ...]:
    """Draw every chart of a book once, and only then write."""
    cells = {(s.section.name, p.row, p.column): p.cell.value for s in book.sheets for p in s.cells}
    drawn = [(one, _png(one, cells)) for one in _pictures(book)]
    where, written = Path(folder), []
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {where.name} could not be made: {error.strerror or error}.") from error
    for n, (one, content) in enumerate(drawn, start=1):
        path = where / f"{n:02d}-{_slug(f'{one.about} {one.heading}')}.png"
        replace_file(path, content)
        replace_file(path.with_suffix(".txt"), f"{one.described}\n".encode())
        written.append(path)
    return tuple(written)


def _pictures(book: Book) -> Iterator[Picture]:
    as_of = f". Figures as of {british_date(book.as_of)}."
    seen: set[tuple[object, ...]] = set()
    for sheet in book.sheets:
        about = OWN_PAGE.sub("", sheet.section.title)
        for placed in _charts(sheet):
            what = placed.chart if isinstance(placed, PlacedChart) else placed.bars
            ranges = _ranges(placed)
            if (what.title, ranges) not in seen:
                seen.add((what.title, ranges))
                undrawn = f" {UNDRAWN}" if UNDRAWN in what.alt_text else ""
                room = MOST_FOOTER - len(as_of) - len(undrawn)
                footer = textwrap.shorten(book.title, room, placeholder=" …") + as_of + undrawn
                yield Picture(placed, what.title, about, footer, f"{about}. {what.title}. {what.alt_text}")


def _ranges(placed: PlacedChart | PlacedBars) -> tuple[object, ...]:
    """Where its figures are: the same chart may stand on two sheets."""
    if isinstance(placed, PlacedChart):
        return placed.series
    return placed.labels, placed.values, placed.parts


def _charts(sheet: Sheet) -> tuple[PlacedChart | PlacedBars, ...]:
    return (*sheet.charts, *sheet.bars)


def _slug(text: str) -> str:
    """A file name in plain letters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST_NAME].rstrip("-")


def _png(one: Picture, cells: Cells) -> bytes:
    """Draw one picture."""
    settings: dict[str, object] = {"font.family": "DejaVu Sans", "font.size": 11, "text.color": f"#{INK}"}
    with matplotlib.style.context(["default", settings]):
        figure = Figure(figsize=(WIDE, HIGH), dpi=DOTS, layout=ConstrainedLayoutEngine(rect=INSIDE))
        FigureCanvasAgg(figure)
        _text_around(figure, one)
        axes = figure.add_subplot()
        if isinstance(one.placed, PlacedBars):
            _bars(axes, one.placed, cells)
        elif one.placed.chart.columns:
            _columns(axes, one.placed, cells)
        else:
            _lines(axes, one.placed, cells)
        _plain(axes)
        if not isinstance(one.placed, PlacedBars):
            below = (0.5, -0.2 if one.placed.chart.steps else -0.14)
            axes.legend(loc="upper center", bbox_to_anchor=below, ncols=3, columnspacing=1.6, frameon=False)
        held = io.BytesIO()
        told = {"Software": None, "Title": one.heading, "Description": one.described}
        figure.savefig(held, format="png", metadata=told)
    return held.getvalue()


def _text_around(figure: Figure, one: Picture) -> None:
    heading = textwrap.shorten(one.heading, MOST_TITLE, placeholder=" …")
    size = 16 if len(heading) <= LARGE_TITLE else 13  # in points; a longer one would run off the edge
    figure.text(0.02, 0.955, heading, fontsize=size, fontweight="bold", color=f"#{STRONG}", va="center")
    about = textwrap.shorten(one.about, 2 * MOST_TITLE - 40, placeholder=" …")
    figure.text(0.02, 0.895, about, fontsize=11, color=f"#{QUIET}", va="center")
    figure.text(0.02, 0.02, one.footer, fontsize=8.5, color=f"#{QUIET}", va="center")


def _plain(axes: Axes) -> None:
    """What holds for every picture: thin grid, no frame but the axes."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(f"#{LINE}")
    axes.set_axisbelow(True)
    axes.tick_params(colors=f"#{INK}", length=3)


def _lines(axes: Axes, placed: PlacedChart, cells: Cells) -> None:
    """Lines over dates or numbers, a range behind them, marks with a line down to the axis."""
    what = placed.chart
    held = _values(placed.dates, cells)
    x = [_place(v) for v in held] if what.dated else [float(i) for i in range(len(held))]
    base = [0.0] * len(x)
    events = 0
    for series, area in zip(what.series, placed.series, strict=True):
        y, line = [_figure(v) for v in _values(area, cells)], LINES[series.role]
        if series.role is Role.BAND_BASE:
            base = y
        elif series.role is Role.BAND:
            top = [low + more for low, more in zip(base, y, strict=True)]
            axes.fill_between(x, base, top, color=f"#{line.colour}", linewidth=0, label=series.title)
        elif line.marker:
            shape = line.marker if series.role is Role.MARK else EVENT_MARKERS[events % len(EVENT_MARKERS)]
            events += series.role is Role.EVENT
            at = [(a, b) for a, b in zip(x, y, strict=True) if b == b]
            axes.vlines(
                [a for a, _ in at], what.low, [b for _, b in at], colors=f"#{line.colour}", linestyles=":"
            )
            axes.plot(
                [a for a, _ in at],
                [b for _, b in at],
                MARKERS[shape],
                color=f"#{line.colour}",
                markersize=8,
                clip_on=False,
                label=series.title,
            )
        else:
            axes.plot(
                x,
                y,
                DASHES.get(line.dash, "-"),
                color=f"#{line.colour}",
                linewidth=line.points,
                label=series.title,
            )
    _scales(axes, what)
    ticks = _date_ticks(held, what) if what.dated else _step_ticks(held, what)
    axes.set_xticks([a for a, _ in ticks], [text for _, text in ticks])


def _columns(axes: Axes, placed: PlacedChart, cells: Cells) -> None:
    """Stacked columns; values below zero are stacked downwards, the base of steps is not drawn."""
    what, held = placed.chart, _values(placed.dates, cells)
    x = [float(i) for i in range(len(held))]
    up, down, part = [0.0] * len(x), [0.0] * len(x), 0
    for series, area in zip(what.series, placed.series, strict=True):
        y = [v if v == v else 0.0 for v in (_figure(v) for v in _values(area, cells))]
        bottom = [u if v >= 0 else d for u, d, v in zip(up, down, y, strict=True)]
        if series.role is not Role.BAND_BASE:
            colour = f"#{PARTS[part % len(PARTS)]}"
            axes.bar(x, y, 0.7 if what.steps else 0.95, bottom=bottom, color=colour, label=series.title)
            part += 1
        up = [u + max(v, 0.0) for u, v in zip(up, y, strict=True)]
        down = [d + min(v, 0.0) for d, v in zip(down, y, strict=True)]
    _scales(axes, what)
    ticks = _step_ticks(held, what)
    axes.set_xticks([a for a, _ in ticks], [text for _, text in ticks])


def _bars(axes: Axes, placed: PlacedBars, cells: Cells) -> None:
    """Horizontal bars from the top, with a thin line for each range where there is one."""
    what = placed.bars
    labels = [textwrap.fill(str(v), MOST_LABEL, max_lines=2) for v in _values(placed.labels, cells)]
    places = [float(i) for i in range(len(labels))]
    if placed.values:
        lengths = [_figure(v) for v in _values(placed.values, cells)]
        axes.barh(places, lengths, 0.6, color=f"#{BAR}")
        if placed.below and placed.above:
            reach = [[_figure(v) for v in _values(a, cells)] for a in (placed.below, placed.above)]
            axes.errorbar(
                lengths, places, xerr=reach, fmt="none", ecolor=f"#{INK}", elinewidth=1.2, capsize=3
            )
    _stack(axes, placed, cells, places)
    axes.set_yticks(places, labels, fontsize=11 if len(labels) <= MANY_BARS else 8)
    axes.set_ylim(max(len(labels), FEW_BARS) - 0.5, -0.5)
    axes.set_xlabel("\n".join(textwrap.wrap(what.value_title, 90)))
    axes.xaxis.set_major_formatter(_said(what.number_format))
    axes.grid(axis="x", color=f"#{LINE}", linewidth=0.6)
    axes.axvline(0, color=f"#{QUIET}", linewidth=0.8)
    if what.scale:
        low, high, step = what.scale
        axes.set_xlim(low, high)
        axes.set_xticks(_marks(low, high, step))


def _stack(axes: Axes, placed: PlacedBars, cells: Cells, places: list[float]) -> None:
    """Parts of the bars from zero, either way; the title of the values says what their colours mean."""
    right, left = [0.0] * len(places), [0.0] * len(places)
    for part, area in zip(placed.bars.parts, placed.parts, strict=True):
        x = [_figure(v) for v in _values(area, cells)]
        begin = [r if v >= 0 else far for r, far, v in zip(right, left, x, strict=True)]
        if part.role is not Role.BAND_BASE:
            axes.barh(places, x, 0.6, left=begin, color=f"#{LINES[part.role].colour}")
        right = [r + max(v, 0.0) for r, v in zip(right, x, strict=True)]
        left = [far + min(v, 0.0) for far, v in zip(left, x, strict=True)]


def _scales(axes: Axes, what: Chart) -> None:
    axes.set_ylim(what.low, what.high)
    axes.set_yticks(_marks(what.low, what.high, what.step))
    axes.yaxis.set_major_formatter(_said(what.number_format))
    axes.set_ylabel("\n".join(textwrap.wrap(what.y_title, 44)))
    axes.set_xlabel(what.x_title)
    axes.grid(axis="y", color=f"#{LINE}", linewidth=0.6)
    if what.low < 0 < what.high:
        axes.axhline(0, color=f"#{QUIET}", linewidth=0.8)


def _marks(low: float, high: float, step: float) -> list[float]:
    return [low + i * step for i in range(round((high - low) / step) + 1)]


def _date_ticks(held: list[Value], what: Chart) -> list[tuple[float, str]]:
    """Marks on the axis of dates, as far apart as the workbook's."""
    days = [v for v in held if isinstance(v, date)]
    first, last, found = days[0], days[-1], []
    if not what.months:
        day = first
        while day <= last:
            found.append((_place(day), f"{day.day} {MONTHS[day.month - 1]} {day.year}"))
            day += timedelta(days=what.every)
        return found
    month = first.year * 12 + first.month - 1 + (first.day > 1)
    while (day := date(month // 12, month % 12 + 1, 1)) <= last:
        found.append((_place(day), f"{MONTHS[day.month - 1]} {day.year}"))
        month += what.every
    return found


def _step_ticks(held: list[Value], what: Chart) -> list[tuple[float, str]]:
    """Every so many columns or numbers by their name."""
    return [(float(i), _name(v)) for i, v in enumerate(held) if i % what.every == 0]


def _name(value: Value) -> str:
    if isinstance(value, date):
        return f"{MONTHS[value.month - 1]} {value.year}"
    return f"{value:g}" if isinstance(value, int | float) else textwrap.fill(str(value), 16)


def _values(area: Area, cells: Cells) -> list[Value]:
    """What the cells of a range hold, down its column or along its row."""
    return [
        cells.get((area.sheet, row, column))
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]


def _figure(value: Value) -> float:
    """A number to draw; a word or a blank is a gap."""
    return float(value) if isinstance(value, int | float) else NAN


def _place(value: Value) -> float:
    """Days from a fixed date."""
    day = value.date() if isinstance(value, datetime) else value
    return float(day.toordinal()) if isinstance(day, date) else NAN


def _said(number_format: str) -> Callable[[float, object], str]:
    """Numbers as Excel would show them by one of the formats of the packs."""
    places = len(re.sub(r"[^0]", "", number_format.partition(".")[2]))
    pound = "£" if "£" in number_format else ""
    share = number_format.endswith("%")

    def text(value: float, _: object = None) -> str:
        shown = 100 * value if share else value
        minus = "-" if round(shown, places) < 0 else ""
        return f"{minus}{pound}{abs(shown):,.{places}f}{'%' if share else ''}"

    return text
