"""What a report refuses: months that make no period, a file that cannot be written."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "EXPORT_FOLDER_UNWRITABLE": "The files cannot be written into {folder}: it is no folder, or it is closed to writing. Choose another place; files already written stand whole.",
    "REPORT_FILE_UNWRITABLE": "The report cannot be written to {file}: the folder does not exist or is closed to writing. Nothing was written; choose another place.",
    "REPORT_MONTHS_SWAPPED": "The report would end before it begins ({first}): exchange the first and the last month.",
    "REPORT_MONTH_UNREADABLE": "“{text}” is no month: write the year and the month, such as 2025-03.",
    "REPORT_NOT_BEGUN": "The first month of the report begins on {first}: there is nothing to tell yet.",
    "REPORT_TOO_LONG": "A report tells {months} months at most: choose a shorter period.",
}
