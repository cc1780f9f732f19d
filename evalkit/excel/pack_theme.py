"""How a pack looks: a named style for each kind of cell, a line for each kind of series.

1. Lines differ by dash and width as well as by colour; colours are told apart by colour-blind readers
   (Okabe and Ito 2008) and keep their order of darkness in grey.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side

from evalkit.excel import theme
from evalkit.pack.sections import Look, Role

COLUMN, COLUMN_FIGURES, LINE = "evalkit heading", "evalkit heading figures", "evalkit line"
STYLES = {
    Look.TEXT: theme.BODY,
    Look.LABEL: theme.LABEL,
    Look.ANSWER: "evalkit answer",
    Look.QUIET: "evalkit quiet",
    Look.INPUT: "evalkit held figure",
    Look.FIGURE: "evalkit figure",
    Look.TOTAL: "evalkit sum",
    Look.LINK: theme.LINK,
}
GAP = "_)"  # in a number format: room on the right; LibreOffice draws an indent only now and then
FIGURE = Alignment(horizontal="right", vertical="top")
FIGURE_HEADING = Alignment(horizontal="right", vertical="bottom", wrap_text=True, indent=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A series' looks; no colour means that the series is not drawn, only stacked on."""

    colour: str | None
    points: float = 2.0
    dash: str | None = None
    marker: str | None = None


LINES = {
    Role.OBSERVED: Line("000000", 2.25),
    Role.EXPECTED: Line("0072B2", 2.0, "dash"),
    Role.EFFECT: Line("000000", 2.25),
    Role.EDGE: Line("0072B2", 0.75, "sysDot"),
    Role.BAND_BASE: Line(None),
    Role.BAND: Line("B9D9EE"),
    Role.MARK: Line("44525F", marker="triangle"),
    Role.EVENT: Line("D55E00", marker="diamond"),
    Role.PART: Line("0072B2"),
    Role.AMOUNT: Line("44525F"),
    Role.SPAN: Line("7FB2D6"),
    Role.LOWER: Line("E69F00"),
    Role.UPPER: Line("0072B2"),
}
BAR = "7FB2D6"
PARTS = ("0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "F0E442", "000000")
EVENT_MARKERS = ("diamond", "square", "circle", "star")


def add_styles(workbook: Workbook) -> None:
    """Register the shared styles and the pack's own."""
    theme.add_styles(workbook)
    for style in _styles():
        workbook.add_named_style(style)


def _styles() -> tuple[NamedStyle, ...]:
    line = Side(style="thin", color=theme.LINE)
    rule = Border(bottom=Side(style="medium", color=theme.STRONG))
    wrap = Alignment(wrap_text=True, vertical="top")
    text = Font(name=theme.FONT, size=12, color=theme.INK)
    bold = Font(name=theme.FONT, size=12, bold=True, color=theme.INK)
    quiet = Font(name=theme.FONT, size=12, color=theme.QUIET)
    return (
        NamedStyle(COLUMN, font=bold, alignment=Alignment(wrap_text=True, vertical="bottom"), border=rule),
        NamedStyle(
            COLUMN_FIGURES,
            font=bold,
            alignment=Alignment(horizontal="right", wrap_text=True, vertical="bottom"),
            border=rule,
        ),
        NamedStyle(LINE, font=text, alignment=Alignment(vertical="top")),
        NamedStyle(
            "evalkit answer", font=Font(name=theme.FONT, size=13, bold=True, color=theme.INK), alignment=wrap
        ),
        NamedStyle("evalkit quiet", font=quiet, alignment=wrap),
        NamedStyle("evalkit held figure", font=text, alignment=FIGURE),
        NamedStyle("evalkit figure", font=text, alignment=FIGURE),
        NamedStyle("evalkit sum", font=bold, alignment=FIGURE, border=Border(top=line)),
    )
