"""Charts: lines over dates, a range as a stacked area behind, marks with a line down to their date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import AreaChart, BarChart, LineChart, Reference
from openpyxl.chart import Series as XlSeries
from openpyxl.chart.axis import ChartLines, DateAxis, NumericAxis, TextAxis
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)

from evalkit.excel import theme
from evalkit.excel.heights import PIXELS_A_UNIT
from evalkit.excel.pack_theme import BAR, EVENT_MARKERS, LINES, PARTS
from evalkit.pack.layout import Area, PlacedBars, PlacedChart
from evalkit.pack.sections import Chart, Role, Series

EMU_A_POINT, EMU_A_PIXEL = 12700, 9525
WITHIN = 0.96  # of the last column: the frame stays inside the printed page
STACKED = (Role.BAND_BASE, Role.BAND)


def chart(workbook: Workbook, placed: PlacedChart) -> Any:
    """Build a chart; its series refer to cells, none holds numbers of its own."""
    what = placed.chart
    if what.columns:
        return _columns(workbook, placed)
    area, line = AreaChart(), LineChart()
    area.grouping = "stacked"
    marks = 0
    for order, (series, cells) in enumerate(zip(what.series, placed.series, strict=True)):
        drawn = _series(workbook, series, cells, order, marks)
        drawn.cat = AxDataSource(numRef=NumRef(f=str(_reference(workbook, placed.dates))))
        marks += series.role is Role.EVENT
        (area if series.role in STACKED else line).series.append(drawn)
    _axes((area, line), what)
    base: Any = area
    base += line
    return _dressed(base, what)


def _columns(workbook: Workbook, placed: PlacedChart) -> Any:
    """Columns stacked over dates or steps; values below zero are stacked downwards."""
    what, bars = placed.chart, BarChart()
    bars.type, bars.grouping, bars.overlap = "col", "stacked", 100
    bars.gapWidth = 40 if what.steps else 5
    part = 0
    for order, (series, cells) in enumerate(zip(what.series, placed.series, strict=True)):
        drawn = XlSeries(_reference(workbook, cells), title=series.title)
        drawn.idx = drawn.order = order
        where = str(_reference(workbook, placed.dates))
        drawn.cat = (
            AxDataSource(strRef=StrRef(f=where)) if what.steps else AxDataSource(numRef=NumRef(f=where))
        )
        drawn.invertIfNegative = False
        shape = GraphicalProperties()
        shape.line.noFill = True
        if series.role is Role.BAND_BASE:
            shape.noFill = True
        else:
            shape.solidFill = PARTS[part % len(PARTS)]
            part += 1
        drawn.spPr = shape
        bars.series.append(drawn)
    _axes((bars,), what)
    return _dressed(bars, what)


def _dressed(base: Any, what: Chart) -> Any:
    """Legend, title and what holds for every chart."""
    base.legend.position = "b"
    base.legend.legendEntry = [
        LegendEntry(idx=i, delete=True) for i, s in enumerate(what.series) if s.role is Role.BAND_BASE
    ]
    base.legend.txPr = _text(12)
    base.title = _title(what.title, 14)
    base.display_blanks = "gap"
    base.roundedCorners = False
    return base


def bars(workbook: Workbook, placed: PlacedBars) -> Any:
    """Build a chart of horizontal bars: one length each with a thin line for its range, or parts."""
    what, drawn = placed.bars, BarChart()
    drawn.type, drawn.gapWidth = "bar", 60
    drawn.legend = None
    if what.parts:
        _stack(workbook, placed, drawn)
    else:
        drawn.series.append(_lengths(workbook, placed))
    drawn.x_axis.title, drawn.y_axis.title = _title(what.label_title, 12), _title(what.value_title, 12)
    drawn.x_axis.scaling.orientation = "maxMin"  # the first row on top
    drawn.y_axis.crosses = "max"  # so that the scale stays below
    drawn.x_axis.tickLblPos = "low"
    if what.scale:
        drawn.y_axis.scaling.min, drawn.y_axis.scaling.max, drawn.y_axis.majorUnit = what.scale
    drawn.y_axis.number_format = what.number_format
    drawn.y_axis.majorGridlines = ChartLines(
        spPr=GraphicalProperties(ln=LineProperties(solidFill=theme.LINE, w=EMU_A_POINT // 2))
    )
    for axis in (drawn.x_axis, drawn.y_axis):
        axis.delete = False
        axis.txPr = _text(12)
    drawn.title = _title(what.title, 14)
    drawn.roundedCorners = False
    return drawn


def _bar_series(workbook: Workbook, placed: PlacedBars, cells: Area, title: str, colour: str | None) -> Any:
    series = XlSeries(_reference(workbook, cells), title=title)
    series.cat = AxDataSource(strRef=StrRef(f=str(_reference(workbook, placed.labels))))
    series.spPr = GraphicalProperties(solidFill=colour) if colour else GraphicalProperties(noFill=True)
    series.spPr.line.noFill = True
    series.invertIfNegative = False
    return series


def _lengths(workbook: Workbook, placed: PlacedBars) -> Any:
    if placed.values is None:
        raise ValueError(f"the chart {placed.bars.title} has neither lengths nor parts")
    series = _bar_series(workbook, placed, placed.values, placed.bars.value_title, BAR)
    if placed.below and placed.above:
        minus, plus = (
            NumDataSource(numRef=NumRef(f=str(_reference(workbook, a)))) for a in (placed.below, placed.above)
        )
        thin = GraphicalProperties(ln=LineProperties(solidFill=theme.INK, w=EMU_A_POINT))
        series.errBars = ErrorBars(errBarType="both", errValType="cust", minus=minus, plus=plus, spPr=thin)
    return series


def _stack(workbook: Workbook, placed: PlacedBars, drawn: Any) -> None:
    """Parts one after the other from zero, either way; what the colours mean stands below the axis."""
    drawn.grouping, drawn.overlap = "stacked", 100
    for order, (part, cells) in enumerate(zip(placed.bars.parts, placed.parts, strict=True)):
        series = _bar_series(workbook, placed, cells, part.title, LINES[part.role].colour)
        series.idx = series.order = order
        drawn.series.append(series)


def over_cells(row: int, rows: int, widths: Sequence[float]) -> TwoCellAnchor:
    """An anchor over whole rows and columns, so that a chart is as wide as its sheet in every program."""
    start = AnchorMarker(col=0, row=row - 1)
    inside = int(widths[-1] * PIXELS_A_UNIT * WITHIN * EMU_A_PIXEL)
    end = AnchorMarker(col=len(widths) - 1, colOff=inside, row=row + rows - 2)
    return TwoCellAnchor(editAs="twoCell", _from=start, to=end)


def _axes(layers: tuple[Any, ...], what: Chart) -> None:
    dates, values = _below(what), NumericAxis(crossAx=500)
    dates.tickLblPos = "low"  # below the chart even where values go below zero
    dates.title = _title(what.x_title, 12)
    values.title = _title(what.y_title, 12)
    values.number_format = what.number_format
    values.scaling.min, values.scaling.max, values.majorUnit = what.low, what.high, what.step
    values.crosses = "min"
    values.majorGridlines = ChartLines(
        spPr=GraphicalProperties(ln=LineProperties(solidFill=theme.LINE, w=EMU_A_POINT // 2))
    )
    for axis in (dates, values):
        axis.delete = False
        axis.txPr = _text(12)
    for layer in layers:
        layer.x_axis, layer.y_axis = dates, values


def _below(what: Chart) -> Any:
    """The axis below: dates, or numbers in the order of the table."""
    if not what.dated:
        numbers = TextAxis(crossAx=100, axPos="b")
        numbers.axId = 500
        numbers.tickLblSkip = numbers.tickMarkSkip = what.every
        if what.columns and not what.steps:
            numbers.number_format = "mmm yyyy"  # a column a period, side by side
        return numbers
    dates = DateAxis(crossAx=100, axPos="b")
    dates.number_format = "mmm yyyy" if what.months else "d mmm yyyy"
    dates.baseTimeUnit = "days"
    dates.majorUnit, dates.majorTimeUnit = what.every, "months" if what.months else "days"
    return dates


def _series(workbook: Workbook, series: Series, area: Area, order: int, marks: int) -> Any:
    drawn = XlSeries(_reference(workbook, area), title=series.title)
    drawn.idx = drawn.order = order
    drawn.smooth = False if series.role not in STACKED else None
    line = LINES[series.role]
    shape = GraphicalProperties()
    if series.role is Role.BAND:
        shape.solidFill = line.colour
        shape.line.noFill = True
    elif line.colour is None:
        shape.noFill = True
        shape.line.noFill = True
    elif line.marker:
        shape.line.noFill = True
        symbol: Any = line.marker if series.role is Role.MARK else EVENT_MARKERS[marks % len(EVENT_MARKERS)]
        drawn.marker = Marker(symbol=symbol, size=9, spPr=GraphicalProperties(solidFill=line.colour))
        drawn.errBars = _line_down(line.colour)
    else:
        dash: Any = line.dash
        shape.line = LineProperties(solidFill=line.colour, w=int(line.points * EMU_A_POINT), prstDash=dash)
        drawn.marker = Marker(symbol="none")
    drawn.spPr = shape
    return drawn


def _line_down(colour: str) -> ErrorBars:
    """A thin line from a mark down to the axis."""
    thin = GraphicalProperties(ln=LineProperties(solidFill=colour, w=EMU_A_POINT, prstDash="sysDash"))
    return ErrorBars(errBarType="minus", errValType="percentage", noEndCap=True, val=100, spPr=thin)


def _reference(workbook: Workbook, area: Area) -> Reference:
    sheet = workbook[area.sheet]
    return Reference(sheet, min_col=area.left, max_col=area.right, min_row=area.top, max_row=area.bottom)


def _font(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(
        sz=size * 100, b=bold, solidFill=theme.INK, latin=Font(typeface=theme.FONT), lang="en-GB"
    )


def _text(size: int) -> RichText:
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=_font(size)), endParaRPr=_font(size))
    return RichText(bodyPr=RichTextProperties(), p=[paragraph])


def _title(text: str, size: int) -> Title:
    font = _font(size, bold=size > 12)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=font), r=[RegularTextRun(rPr=font, t=text)])
    return Title(overlay=False, tx=Text(rich=RichText(bodyPr=RichTextProperties(), p=[paragraph])))
