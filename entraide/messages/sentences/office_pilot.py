"""Sentences about what the pages of steering read: the file of a plan, the period of a report."""

SENTENCES: dict[str, str] = {
    "PLAN_FILE_UNREADABLE": (
        "This file is not a plan. Download the model, change its values and send it again."
    ),
    "PLAN_FILE_TOO_LARGE": "This file is larger than 1 MB. A plan is a text of a few pages.",
    "PLAN_FILE_ALIASES": "This file refers to its own lines (& and *). Write each line in full.",
}
