"""The secret key: from the environment, else made once and kept readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from entraide.core.errors import Refusal

SETTING = "ENTRAIDE_SECRET_KEY"


def read_or_make_secret_key(data_folder: Path, named: str) -> str:
    """The key itself (``named``), that of a file when ``named`` starts with ``file:``, or our own.

    A file that is named but unreadable or empty stops the start: running with another key
    would sign everybody out and invalidate every token without a word. Refused with
    ``SECRET_KEY_UNREADABLE``, or ``DATA_FOLDER_UNUSABLE`` when our own cannot be kept.
    """
    if named.startswith("file:"):
        return _read(Path(named.removeprefix("file:")))
    if named:
        return named
    path = data_folder / "secret_key"
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if not data_folder.is_dir():
            raise unusable(data_folder) from None
        return _read(path)
    except (OSError, ValueError):  # no right to write there, a file on the way, a null byte
        raise unusable(data_folder) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        key = secrets.token_urlsafe(64)
        file.write(key)
    return key


def unusable(data_folder: Path) -> Refusal:
    """The refusal of a data folder in which nothing can be written."""
    return Refusal("DATA_FOLDER_UNUSABLE", place="ENTRAIDE_DATA", folder=str(data_folder))


def _read(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):  # missing, a folder, another person's, not a text
        key = ""
    if not key:
        raise Refusal("SECRET_KEY_UNREADABLE", place=SETTING, file=str(path))
    return key
