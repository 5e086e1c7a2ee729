"""Sentences about a mutual that goes from one installation to another."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "MOVE_BOOKS_BROKEN": (
        "The books of {mutual} do not hold ({first}): it cannot move. “entraide verify” names the "
        "record; mend it first."
    ),
    "MOVE_FILE_FOREIGN": (
        "{file} is not the file of a mutual. Take the one that “entraide export mutual” wrote."
    ),
    "MOVE_FILE_DAMAGED": (
        "{file} was cut off or changed on its way: its sum does not agree. Copy it again, or "
        "write it again."
    ),
    "MOVE_OTHER_VERSION": (
        "{file} was written by another version ({version}) with other tables. Bring both "
        "installations to the same version, then write it again."
    ),
    "MOVE_FILE_UNREADABLE": (
        "{file} holds something that cannot be placed ({place}). Nothing was kept. Write the file "
        "again with “entraide export mutual”."
    ),
    "MOVE_MUTUAL_THERE": (
        "{mutual} (code {entered}) is here already. A mutual comes once; nothing was changed."
    ),
    "MOVE_DEMONSTRATION": (
        "{mutual} and the mutuals of this database are not of one sort: one is a demonstration, "
        "the other keeps real books. Take another database."
    ),
}
