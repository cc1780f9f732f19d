"""How workbooks look: a few named styles, shared by the template and the packs.

1. Style follows a word and never stands alone: what a colour says, a cell nearby says too.
2. Sans serif, 12 points or more, dark on light or white on dark at 7:1 or better.
"""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

FONT = "Arial"
INK, QUIET, LINE = "1B2733", "44525F", "B8C2CC"
STRONG, SOFT, INPUT, PAPER, ALERT = "1F3A5F", "DCE5EF", "FFF9E5", "F3F5F7", "FBE0DC"

HEADING_1, HEADING_2 = "Headline 1", "Headline 2"  # openpyxl's names of the built-in heading styles
BODY, GUIDE, LABEL, LINK = "evalkit body", "evalkit guidance", "evalkit label", "evalkit link"
COLUMN_REQUIRED, COLUMN_OPTIONAL = "evalkit column required", "evalkit column optional"
NEED_REQUIRED, NEED_OPTIONAL = "evalkit need required", "evalkit need optional"
HELP, EXAMPLE, INPUT_CELL, FAULT = "evalkit help", "evalkit example", "Input", "evalkit fault"


def _font(size: int = 12, *, bold: bool = False, colour: str = INK) -> Font:
    return Font(name=FONT, size=size, bold=bold, color=colour)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _box() -> Border:
    side = Side(style="thin", color=LINE)
    return Border(left=side, right=side, top=side, bottom=side)


def _styles() -> list[NamedStyle]:
    wrap = Alignment(wrap_text=True, vertical="top")
    middle = Alignment(wrap_text=True, vertical="center")
    return [
        NamedStyle(HEADING_1, font=_font(20, bold=True, colour=STRONG), builtinId=16),
        NamedStyle(HEADING_2, font=_font(14, bold=True, colour=STRONG), builtinId=17),
        NamedStyle(BODY, font=_font(), alignment=wrap),
        NamedStyle(GUIDE, font=_font(colour=QUIET), alignment=Alignment(vertical="top")),
        NamedStyle(LABEL, font=_font(bold=True), alignment=wrap),
        NamedStyle(LINK, font=Font(name=FONT, size=12, color=STRONG, underline="single"), alignment=wrap),
        NamedStyle(
            COLUMN_REQUIRED,
            font=_font(bold=True, colour="FFFFFF"),
            fill=_fill(STRONG),
            alignment=middle,
            border=_box(),
        ),
        NamedStyle(COLUMN_OPTIONAL, font=_font(bold=True), fill=_fill(SOFT), alignment=middle, border=_box()),
        NamedStyle(NEED_REQUIRED, font=_font(bold=True, colour=STRONG), alignment=wrap),
        NamedStyle(NEED_OPTIONAL, font=_font(colour=QUIET), alignment=wrap),
        NamedStyle(HELP, font=_font(), alignment=wrap),
        NamedStyle(EXAMPLE, font=_font(colour=QUIET), fill=_fill(PAPER), alignment=wrap, border=_box()),
        NamedStyle(
            INPUT_CELL,
            font=_font(),
            fill=_fill(INPUT),
            alignment=wrap,
            border=_box(),
            protection=Protection(locked=False),
            builtinId=20,
        ),
        NamedStyle(FAULT, font=_font(bold=True), fill=_fill(ALERT), alignment=wrap, border=_box()),
    ]


def add_styles(workbook: Workbook) -> None:
    """Register the named styles, those of the same name replaced by nothing: first come stays."""
    known = set(workbook.named_styles)
    for style in _styles():
        if style.name not in known:
            workbook.add_named_style(style)
