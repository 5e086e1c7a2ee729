"""Sentences about tables that people make, in CSV or XLSX, and what is imported of them."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # --- the file -------------------------------------------------------------------------------
    "SHEET_TOO_LARGE": "The file is larger than {megabytes} MB. Remove pictures, or send it in several parts.",
    "SHEET_EMPTY": "The file holds no row.",
    "SHEET_OLD_EXCEL": "This is a workbook of an old Excel (.xls). Save it as .xlsx, or as CSV, and send it again.",
    "SHEET_NOT_XLSX": "This file is neither an Excel workbook (.xlsx) nor a CSV. Save the table as .xlsx or CSV.",
    "SHEET_UNREADABLE": "The workbook is damaged or protected by a password. Open it, save it again as .xlsx, and send it.",
    "SHEET_TOO_LARGE_INSIDE": "This workbook would swell far beyond its size when opened. It was not opened. Copy the table into a new workbook.",
    "SHEET_TOO_LONG": "The table has more than {maximum} rows. Send it in several parts.",
    "SHEET_QUOTE_OPEN": "From row {row} on, the file is no table any more: a quotation mark is not closed. Correct it, or send the workbook itself.",
    "SHEET_NOT_TEXT": "The file can be read neither as text nor as a workbook. Save the table as .xlsx or CSV.",
    "SHEET_ACCENTS_REPAIRED": "{count} {count:text had its|texts had their} accents broken and repaired, such as “{text}”, understood as “{understood}”. Check them.",
    # --- its header -----------------------------------------------------------------------------
    "TABLE_UNRECOGNISED": "No known header was found in this file. Known profiles: {known}. Choose one, then choose its columns, or start from the model.",
    "TABLE_AMBIGUOUS": "This header fits several profiles ({known}). Choose one.",
    "TABLE_PROFILE_UNKNOWN": "There is no profile “{profile}” here. Known: {known}.",
    "COLUMN_NOT_FOUND": "The column “{column}” was not found. Choose which column holds it, or add it.",
    "PROFILE_FIELD_UNKNOWN": "The profile names a field “{field}” that this kind of table does not have.",
    "PROFILE_FIELD_MISSING": "The profile gives no header for “{field}”, which each row must say.",
    # --- a cell ---------------------------------------------------------------------------------
    "CELL_MISSING": "Nothing is written here, and it is needed.",
    "CELL_ERROR": "The spreadsheet shows an error, {text}, instead of a value. Write the value.",
    "CELL_UNCOMPUTED": "A formula stands here without its result. Open the file in a spreadsheet, save it, and send it again.",
    "CELL_TOO_LONG": "“{text}…” is too long: {maximum} characters at most.",
    "ACCENTS_LOST": "The accents of “{text}” were lost by another program. Write the text again.",
    "NAME_UNREADABLE": "“{text}” is not the name of a person.",
    "CELL_NOT_A_NUMBER": "“{text}” is not a number of the kind expected here.",
    "NUMBER_ROUNDED": "The spreadsheet has shortened this number to {text}: its last digits are lost. Format the column as text and type it again.",
    "PHONE_UNREADABLE": "“{text}” is not a telephone number.",
    "SEX_UNREADABLE": "“{text}” is not understood: write F or M.",
    "RELATION_UNREADABLE": "“{text}” is not a relation that is known: write adhérent, conjoint, enfant, parent or autre.",
    "YES_NO_UNREADABLE": "“{text}” says neither yes nor no.",
    "AMOUNT_AMBIGUOUS": "“{text}” may be read in two ways. Write the amount without grouping.",
    "CELL_NOT_A_DAY": "“{text}” is not a date. Write it as 02/04/2025.",
    "CELL_DAY_MISSING": "“{text}” does not say the day. Write the whole date, as 02/04/2025.",
    "CELL_DAY_IMPOSSIBLE": "The day {text} does not exist. Check the day and the month.",
    "CELL_DAY_SWAPPED": "“{text}” has no such month: the day comes before the month. Is it {understood}?",
    # --- a row ----------------------------------------------------------------------------------
    "ROW_TOO_LONG": "The row has {found} cells, the header {expected}: “{text}” stands beyond the last column. A separator probably stands inside a text: put that text between quotation marks.",
    "CELL_BEYOND_HEADER": "“{text}” stands beyond the last header and was not read.",
    "ROW_TWICE": "The same as row {first}: left out.",
    "KEY_TWICE": "“{text}” stands in row {first} already, with another content.",
    "ROW_TOTAL": "A total, left out: {text}.",
    "TABLE_TOTAL_DIFFERS": "The total says {found_text}; the rows above make {rows_minor}.",
    "ROW_HEADER_AGAIN": "The header once more: left out.",
    "ROW_ASIDE": "No row of the table: “{text}” was left out.",
}
