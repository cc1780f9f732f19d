"""Messages about files, sheets and cells: what was found, what is expected, how to fix it.

1. As in `messages.py`, which takes these up: words for a reader, never a Python type or index.
2. Each entry is severity, found, expected, fix.
"""

from __future__ import annotations

# an entry is read as one: severity and what was found, what is expected, how to fix it
# fmt: off
INTAKE: dict[str, tuple[str, str, str, str]] = {
    # F: the file
    "F01": ("error", "an empty file", "a filled-in template", "Download or copy the file again."),
    "F02": (
        "error", "a file that is cut off or damaged ({size})", "a whole workbook",
        "Download or copy it again; if that fails, in Excel: Open, Open and Repair, then save.",
    ),
    "F03": (
        "error", "an encrypted file", "a workbook without a password",
        "In Excel: File, Info, Protect Workbook; remove the password, or choose an unencrypted label; save.",
    ),
    "F04": (
        "error", "an Excel 97-2003 workbook (.xls)", "an Excel workbook (.xlsx)",
        "In Excel: Save As, Excel Workbook (.xlsx).",
    ),
    "F05": (
        "error", "an Excel binary workbook (.xlsb)", "an Excel workbook (.xlsx)",
        "In Excel: Save As, Excel Workbook (.xlsx).",
    ),
    "F06": (
        "error", "an OpenDocument file (.ods)", "an Excel workbook (.xlsx)",
        "In LibreOffice or Excel: Save As, Excel Workbook (.xlsx).",
    ),
    "F07": (
        "error", "an Apple Numbers file", "an Excel workbook (.xlsx)", "In Numbers: File, Export To, Excel.",
    ),
    "F08": (
        "error", "a text or CSV file under the name of a workbook", "an Excel workbook (.xlsx)",
        "Paste the rows into the template, below the headings; or name the file .csv and give it beside the "
        "template, if it holds Outcome data.",
    ),
    "F09": (
        "error", "a web page saved under the name of a workbook", "an Excel workbook (.xlsx)",
        "Open it in Excel, save it as Excel Workbook (.xlsx), then paste the rows into the template.",
    ),
    "F10": ("error", "{what}", "an Excel workbook (.xlsx)", "Choose the filled-in template instead."),
    "F12": (
        "note", "macros in the workbook", "a workbook without macros",
        "Nothing to do: they were not run and have no part in the figures.",
    ),
    "F14": (
        "error", "{what}", "{limit}",
        "Copy the values into a new template; paste them as values, without formatting.",
    ),
    "F15": (
        "error", "a CSV file by itself", "the filled-in template, with the CSV file beside it",
        "Name both: evalkit check campaign.xlsx figures.csv.",
    ),
    "F16": (
        "error", "content that no spreadsheet program writes, and that may not be safe",
        "a workbook saved by a spreadsheet program", "Open it in Excel and save it again.",
    ),
    "F17": (
        "error", "{what}", "a CSV file of Outcome data, saved as CSV UTF-8", "In Excel: Save As, CSV UTF-8.",
    ),
    "F18": (
        "error", "a damaged workbook ({reference})", "a workbook that Excel opens without repair",
        "In Excel: Open, Open and Repair, then save.",
    ),
    "F19": (
        "error", "no file of this name", "the path of a filled-in template",
        "Check the name and the folder.",
    ),
    "F20": ("error", "a folder", "the path of a filled-in template", "Name the file in the folder."),
    "F21": (
        "error", "Excel's temporary lock file", "the workbook itself",
        'Choose "{name}", and close it in Excel first.',
    ),
    "F22": (
        "error", "a file that may not be opened ({reason})", "a file you may read",
        "Close it in other programs, or ask for the right to read it.",
    ),
    "F24": (
        "error", "template version {version}", "template version {current} or an earlier one",
        "Use a newer evalkit, which this template needs; or write a template of version {current} (evalkit "
        "template) and paste the rows into it.",
    ),
    "F25": (
        "error", "a workbook that is not the template (sheets: {sheets})", "the filled-in template",
        "Choose the right file, or write a new template (evalkit template) and fill it in.",
    ),
    "F26": (
        "error", "an evidence pack", "the filled-in template that it was made from",
        "Choose the template instead.",
    ),
    "F27": (
        "note", "a formula that reads another workbook", "a value",
        "Its last saved value was read. Paste it as a value, so that it cannot change unseen.",
    ),
    "F28": (
        "error", "files that share no campaign and no outcome", "the files of one programme",
        "Check and evaluate them one at a time, or bring them together with evalkit review.",
    ),
    "F29": (
        "error", "{value} in one file and {other} in another", "one {title} for the programme",
        "Keep the right one, and leave the cell blank in the other file.",
    ),
    "F30": (
        "note", "dates counted from 1904, as in workbooks from older Macs", "dates as in other workbooks",
        "Nothing to do if the dates in what was read are right; cells pasted in may be four years off.",
    ),
    "F31": (
        "note", "letters in the alphabet of older Windows programs", "a file saved as CSV UTF-8",
        "Nothing to do if names with accents and £ signs are right in what was read.",
    ),
    "F36": (
        "error", "{value}", "CSV files of reference values, named {names}",
        "Name each file by what it holds; keep other files elsewhere. In Excel: Save As, CSV UTF-8.",
    ),
    "F37": (
        "error", "the headings {value}", "the ten headings {names}",
        "Copy the headings from docs/money.md, one a column, in this order.",
    ),
    "F32": (
        "note", "connections to data elsewhere", "values",
        "Nothing was fetched: the last saved values were read. Paste them as values to keep them.",
    ),
    "F33": (
        "note", "template version {version}, an earlier one", "template version {current}, {adds}",
        "Nothing to do: it was read, and what it does not have counts as blank. To use what is new, write a "
        "new template (evalkit template) and paste the rows into it.",
    ),
    "F34": (
        "note", "{what}", "the version of the template, such as {current}, beside Template version",
        "Nothing to do: it was read as version {current}, the present one.",
    ),
    # S: sheets and columns
    "S01": (
        "error", 'no sheet "{sheet_name}"; there is a sheet "{value}"', 'the sheet name "{sheet_name}"',
        "Rename the sheet.",
    ),
    "S02": (
        "error", 'no sheet "{sheet_name}"', "the sheet of the template",
        "Copy it back from a new template (evalkit template).",
    ),
    "S03": (
        "error", 'a second sheet like "{sheet_name}"', "one sheet of each kind",
        "Keep one and delete the other.",
    ),
    "S04": (
        "note", "a hidden sheet", "sheets that readers can see",
        "It was read. Unhide it if that is not meant.",
    ),
    "S05": (
        "note", "a sheet that is not part of the template", "the sheets of the template",
        "It was not read. Nothing to do, unless there are figures on it.",
    ),
    "S08": (
        "error", "no row of headings", "the headings of the template: {headings}",
        "Put the headings back in one row, directly above the first row of entries.",
    ),
    "S09": ("error", 'the heading "{value}"', 'the heading "{title}"', "Correct the heading."),
    "S11": (
        "error", 'no column "{title}"', "every required column",
        'Add a column headed "{title}" and fill it in.{other}',
    ),
    "S12": ("error", 'a second column "{title}"', "each heading once", "Delete one of the two columns."),
    "S13": (
        "note", 'a column "{value}" that the template does not have', "the columns of the template",
        "It was not read. Nothing to do, unless it holds something that belongs in another column.",
    ),
    "S14": (
        "note", "no column for {titles}", "all columns of the template",
        "Nothing to do, unless you have entries for them.",
    ),
    "S15": ("error", "merged cells", "one entry in each cell", "Unmerge them and fill in every row."),
    "S16": (
        "note", "rows below the end of the table", "rows inside the table", "They were read. Nothing to do.",
    ),
    "S19": (
        "error", 'a row or column of totals ("{value}")', "entries only",
        "Delete it; totals are worked out.",
    ),
    "S21": (
        "note", "hidden rows", "rows that readers can see",
        "They were read. Delete them if they do not belong to the figures.",
    ),
    "S22": (
        "note", "hidden columns", "columns that readers can see",
        "They were read. Unhide them if that is not meant.",
    ),
    "S23": (
        "note", "the same entries as in the example", "your own entries",
        "Replace or delete the row if it is only the example.",
    ),
    "S24": (
        "error", "entries above the headings, which are not read", "entries below the headings",
        "Move the row below the headings; the rows above them are for guidance and the example.",
    ),
    "S25": ("error", "the headings a second time", "entries only below the headings", "Delete the row."),
    "S26": (
        "note", "entries in a column without a heading", "entries below a heading",
        "They were not read. Nothing to do, unless they belong in a column.",
    ),
    "S27": (
        "error", "headings that run down a column", "headings in one row, entries below them",
        "Turn the table: copy it, then Paste Special, Transpose.",
    ),
    "S28": (
        "note", "a grid of {rows} rows by {columns} columns of figures", "one row for each figure",
        "Each cell was read as one figure. Nothing to do if what was read is right.",
    ),
    "S29": (
        "note", "entries that are struck through", "entries that count",
        "They were read. Delete them if they no longer hold.",
    ),
    "S30": (
        "note", 'the heading "{value}", read as "{title}"', "the heading of the template",
        "Nothing to do if that is right.",
    ),
    "S31": (
        "note", "formatted blank rows, down to row {row}", "nothing below the last entry, in row {last}",
        "Nothing to do; they were passed over. Delete them if the file is large or slow.",
    ),
    # C: cells
    "C01": (
        "note", 'a number typed as text, "{value}", read as {read}', "a number",
        "Nothing to do if that is right.",
    ),
    "C03": ("error", '"{value}"', "a number without letters{suggestion}", "Type the number in full."),
    "C04": (
        "note", '"{value}", read as {read}', "a number with a minus sign", "Nothing to do if that is right.",
    ),
    "C06": (
        "error", '"{value}"', "a full stop before the decimals{suggestion}",
        "Retype the number with a full stop for decimals, and commas only between thousands; or, if all "
        "numbers typed as text have a comma for decimals, say so on the first sheet.",
    ),
    "C08": (
        "error", "{value}", "a percentage from 0% to 100%{suggestion}",
        "Type it with a per cent sign, such as 40%.",
    ),
    "C09": (
        "error", '"{value}"', "one number and nothing else{suggestion}",
        "Type only the number; words belong in a Note or Source column.",
    ),
    "C10": (
        "error", '"{value}"', "a number, or nothing at all",
        "Leave the cell blank if the figure is not known; type 0 only if it was zero.",
    ),
    "C11": (
        "note", '"{value}", read as a figure that is withheld', "a blank Value with the flag suppressed",
        "Nothing to do if that is right.",
    ),
    "C12": ("error", "{value}", "{expected}", "Type the entry itself, not TRUE or FALSE."),
    "C13": (
        "error", "{value}", "{expected}", "The formula is broken: mend it, or type the value in its place.",
    ),
    "C14": (
        "error", "a formula without a saved result", "{expected}",
        "Open the file in Excel, save it and try again, or paste the value in its place.",
    ),
    "C15": (
        "note", "a formula, whose saved result {value} was read", "a value typed in",
        "Nothing to do if the result is right.",
    ),
    "C16": (
        "note", "{value}, in a cell that shows it in thousands or millions", "a cell that shows it in full",
        "Nothing to do if the number is right.",
    ),
    "C18": ("note", '{value}, read as the text "{read}"', "text", "Nothing to do if that is right."),
    "C25": ("error", '"{value}"', "Yes or No", "Choose Yes or No."),
    "C26": ("error", '"{value}"', "a number in plain figures{suggestion}", "Type the number in full."),
    "C27": (
        "error", "the date {value}", "{expected}",
        "Retype it; Excel turns entries such as 1-4 into dates. Format the cell as a number first.",
    ),
    "C28": ("note", "{value}, read as {read}", "pounds and pence", "Nothing to do if that is right."),
    "C29": (
        "error", "{value}", "a plain number in the unit of the figure",
        "Format the cell as a number, and type it in its unit: for a unit of %, {shown} is typed {plain}.",
    ),
    "C30": (
        "error", '"{value}"', "an amount in pounds",
        "Convert it to pounds, and say how in the Source column.",
    ),
    "C31": ("error", "{value}", "text", "Type the words that belong here."),
    "C33": (
        "error", "a number of more than 15 figures, {value}", "text",
        "Excel keeps 15 figures of a number. Format the cell as text and retype it.",
    ),
    "C34": (
        "question", '"{value}", typed as text, which has two readings',
        "either a full stop or a comma before decimals", "{answer} Or retype the numbers as numbers.",
    ),
    "C35": (
        "note", '"{value}", read as a figure that was not recorded', "a blank Value with the flag missing",
        "Nothing to do if that is right.",
    ),
    # D: dates
    "D01": (
        "note", 'a date typed as text, "{value}", read as {read}', "a date",
        "Nothing to do if that is right.",
    ),
    "D02": (
        "error", '"{value}"', "a date as day/month/year{suggestion}", "Retype the date, such as 1/4/2025.",
    ),
    "D03": (
        "error", '"{value}"', "one day: the first day of the period{suggestion}",
        "Type a full date, such as 1/4/2025.",
    ),
    "D04": (
        "error", "the number {value}", "a date{suggestion}",
        "Format the cell as a date, or retype it: 1/4/2025.",
    ),
    "D05": ("error", "{value}", "a date", "Type a date, such as 1/4/2025."),
    "D09": (
        "note", "{value}, a date with a time, read as {read}", "a date", "Nothing to do if that is right.",
    ),
    "D10": ("error", "{value}", "a date from 1901 to 2100{suggestion}", "{fix}"),
    "D11": (
        "question", 'the date "{value}", typed as text, in a column that makes sense month first',
        "dates day first, or an answer that they are month first", "{answer} Or retype the dates as dates.",
    ),
    "D12": (
        "question", '"{value}", which may begin in January or in April', "one of the two",
        "{answer} Or type the first day of each period.",
    ),
    "D13": (
        "note", '"{value}", read as the period from {read}', "the first day of the period",
        "Nothing to do if that is right.",
    ),
    "D15": (
        "error", "{value}", "a date. Did you mean the year {year}, which reads so where dates are shown?",
        "Type the whole date, such as 1/4/{year}. If this day is meant, type it as text.",
    ),
    # V: values
    "V02": ("error", '"{value}"', "one of: {choices}.{hint}", "Choose from the list."),
    "V07": (
        "question", "{value}, more than {times} times what is usual in the column", "pounds and pence",
        "Correct it if it is not in pounds. {answer}",
    ),
    "V14": (
        "question", "doses in pounds of {value} in all, {times} times what the campaign cost ({cost})",
        "pounds, not pence", "Correct the doses if they are in pence or another unit. {answer}",
    ),
    "V15": (
        "question", "a dose of {value}, more than {times} times the campaign's usual {usual}",
        "one unit for all doses of a campaign", "Correct it if it is in another unit. {answer}",
    ),
    "V09": ("error", "nothing", "{title}", "Fill it in: {help}"),
    "V10": (
        "note", "no cost lines, or none above zero", "what the campaign cost",
        "Add them on the Inputs sheet if you can; without them the outcome has no cost for each unit.",
    ),
    "V11": (
        "error", '"{value}"', "a financial year such as 2025-26{suggestion}",
        "Type it as 2025-26, April to March.",
    ),
    "V12": ("error", '"{value}"', "names separated by semicolons", "Remove the empty or overlong name."),
    "V13": (
        "note", "{n} figures before the start for {outcome}", "at least {least} of them",
        "Add earlier figures if they exist; with fewer there is no estimate.",
    ),
    "V16": (
        "error", '"{value}"', "one name, without semicolons or line breaks",
        "Give each name a row of its own, with its figures.",
    ),
    "V-gap": (
        "note", "no figure for {periods} ({outcome}, {area})", "a figure for every {frequency} period",
        "Nothing is filled in. Add the figures if they exist.",
    ),
}
# fmt: on
