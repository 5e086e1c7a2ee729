"""The secret key: from the environment, else made once and kept readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_make_secret_key(data_folder: Path, named: str) -> str:
    """The key itself (``named``), that of a file when ``named`` starts with ``file:``, or our own.

    A file that is named but unreadable or empty stops the start: running with another key
    would sign everybody out and invalidate every token without a word.
    """
    if named.startswith("file:"):
        key = Path(named.removeprefix("file:")).read_text(encoding="utf-8").strip()
        if not key:
            raise ValueError(f"the secret key file {named} is empty")
        return key
    if named:
        return named
    path = data_folder / "secret_key"
    data_folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="utf-8").strip()
        if not key:
            raise ValueError(f"the secret key file {path} is empty") from None
        return key
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        key = secrets.token_urlsafe(64)
        file.write(key)
    return key
