"""Charts: lines over dates, with a range as a stacked area and the campaign's time as bars behind."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.chart import AreaChart, BarChart, LineChart, Reference
from openpyxl.chart import Series as XlSeries
from openpyxl.chart.axis import ChartLines, DateAxis, NumericAxis
from openpyxl.chart.data_source import AxDataSource, NumRef
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)

from evalkit.excel import theme
from evalkit.excel.pack_theme import EVENT_MARKERS, LINES
from evalkit.pack.layout import Area, PlacedChart
from evalkit.pack.sections import Chart, Role, Series

EMU_A_POINT = 12700


def chart(workbook: Workbook, placed: PlacedChart) -> Any:
    """Build a chart; its series refer to cells, none holds numbers of its own."""
    what = placed.chart
    layers: dict[type[Any], Any] = {}
    order = 0
    hidden: list[int] = []
    events = 0
    for series, area in zip(what.series, placed.series, strict=True):
        kind = _layer(series.role)
        layer = layers.setdefault(kind, kind())
        drawn = _series(workbook, series, area, order, events)
        events += series.role is Role.EVENT
        if series.role is Role.BAND_BASE:
            hidden.append(order)
        drawn.cat = _dates(workbook, placed.dates)
        layer.series.append(drawn)
        order += 1
    base = _combined(layers)
    _axes(base, layers, what)
    base.legend.position = "b"
    base.legend.legendEntry = [LegendEntry(idx=i, delete=True) for i in hidden]
    base.legend.txPr = _text(12)
    base.title = _title(what.title, 14)
    base.height, base.width = what.height, what.width
    base.display_blanks = "gap"
    return base


def _layer(role: Role) -> type[Any]:
    if role is Role.CAMPAIGN:
        return BarChart
    return AreaChart if role in (Role.BAND_BASE, Role.BAND) else LineChart


def _combined(layers: dict[type[Any], Any]) -> Any:
    """Bars lie at the back, then the range, then the lines."""
    ordered = [layers[kind] for kind in (BarChart, AreaChart, LineChart) if kind in layers]
    if BarChart in layers:
        layers[BarChart].gapWidth = 0
    if AreaChart in layers:
        layers[AreaChart].grouping = "stacked"
    base = ordered[0]
    for layer in ordered[1:]:
        base += layer
    return base


def _axes(base: Any, layers: dict[type[Any], Any], what: Chart) -> None:
    dates, values = DateAxis(crossAx=100), NumericAxis(crossAx=500)
    dates.number_format = "mmm yyyy" if what.months else "d mmm yyyy"
    dates.baseTimeUnit = "days"
    dates.majorUnit, dates.majorTimeUnit = what.every, "months" if what.months else "days"
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
        axis.title.overlay = False
    for layer in layers.values():
        layer.x_axis, layer.y_axis = dates, values
    base.x_axis, base.y_axis = dates, values


def _series(workbook: Workbook, series: Series, area: Area, order: int, events: int) -> Any:
    drawn = XlSeries(_reference(workbook, area), title=series.title)
    drawn.idx = drawn.order = order
    line = LINES[series.role]
    shape = GraphicalProperties()
    if series.role in (Role.CAMPAIGN, Role.BAND):
        shape.solidFill = line.colour
        shape.line.noFill = True
    elif line.colour is None:
        shape.noFill = True
        shape.line.noFill = True
    elif line.marker:
        shape.line.noFill = True
        fill = GraphicalProperties(solidFill=line.colour)
        drawn.marker = Marker(symbol=EVENT_MARKERS[events % len(EVENT_MARKERS)], size=9, spPr=fill)
    else:
        shape.line = LineProperties(
            solidFill=line.colour, w=int(line.points * EMU_A_POINT), prstDash=line.dash
        )
        drawn.marker = Marker(symbol="none")
        drawn.smooth = False
    drawn.spPr = shape
    return drawn


def _reference(workbook: Workbook, area: Area) -> Reference:
    sheet = workbook[area.sheet]
    return Reference(sheet, min_col=area.left, max_col=area.right, min_row=area.top, max_row=area.bottom)


def _dates(workbook: Workbook, area: Area) -> Any:

    return AxDataSource(numRef=NumRef(f=str(_reference(workbook, area))))


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
    title = Title(overlay=False)
    title.tx = _rich(paragraph)
    return title


def _rich(paragraph: Paragraph) -> Any:

    return Text(rich=RichText(bodyPr=RichTextProperties(), p=[paragraph]))
