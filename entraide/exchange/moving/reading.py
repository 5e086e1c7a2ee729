"""Reading the file of a mutual: first that it is whole and of our tables, then its lines."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from entraide.core.errors import Refusal
from entraide.core.texts import unseen_character, without_unseen
from entraide.exchange.moving.tables import FORMAT, table_states

LONGEST_NAME = 160
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")
LONGEST_LINE = 64 * 2**20  # an imported spreadsheet stands in one line


@dataclass(frozen=True, slots=True)
class Head:
    """What the file says of itself, once it has been read whole."""

    code: str
    name: str
    uid: str
    version: str
    sha256: str
    rows: dict[str, int]


def proven_head(path: Path) -> Head:
    """Read every line once, keep none. Refused, each with what to do:

    ``FILE_NOT_FOUND``, ``FILE_UNREADABLE``, ``MOVE_FILE_FOREIGN`` (no file of a mutual),
    ``MOVE_OTHER_VERSION`` (other tables than ours), ``MOVE_FILE_DAMAGED`` (cut off or changed),
    ``MOVE_FILE_UNREADABLE`` (a mutual whose code, name or identifier is none).
    """
    lines = _lines(path)
    first = next(lines, b"")
    head = _document(first)
    if head.get("entraide") != "mutual" or head.get("format") != FORMAT:
        raise Refusal("MOVE_FILE_FOREIGN", file=path.name)
    if head.get("tables") != table_states():
        raise Refusal("MOVE_OTHER_VERSION", file=path.name, version=_version(head))
    seen, last = hashlib.sha256(), first
    for line in lines:
        seen.update(last)
        last = line
    end = _document(last)
    said = head.get("mutual")
    rows = end.get("rows")
    if (
        end.get("sha256") != seen.hexdigest()
        or not isinstance(said, dict)
        or not isinstance(rows, dict)
    ):
        raise Refusal("MOVE_FILE_DAMAGED", file=path.name)
    code, name, uid = (str(said.get(each)) for each in ("code", "name", "uid"))
    if not _CODE.fullmatch(code) or not is_name(name, LONGEST_NAME) or not _is_uid(uid):
        raise Refusal("MOVE_FILE_UNREADABLE", file=path.name, place="schemes.Mutual 1")
    return Head(code, name, uid, _version(head), seen.hexdigest(), rows)


def is_name(text: str, longest: int) -> bool:
    """Whether a name may stand on a page: not too long, nothing in it that nobody sees."""
    return len(text) <= longest and not unseen_character(text)


def _is_uid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _version(head: dict[str, Any]) -> str:
    """The version that a file names, as it may be shown to whoever reads the refusal."""
    return without_unseen(str(head.get("version", "")))[:LONGEST_NAME]


def tables_in(path: Path) -> Iterator[tuple[str, list[str], Iterator[list[Any]]]]:
    """(table, columns, rows) in the order of the file; read the rows before the next table."""
    lines = map(json.loads, _lines(path))
    next(lines)
    line = next(lines)
    while isinstance(line, dict) and "table" in line:
        rows = _Rows(lines)
        yield line["table"], line["columns"], iter(rows)
        line = rows.after()


class _Rows:
    """The rows of one table, and the line after them."""

    def __init__(self, lines: Iterator[Any]) -> None:
        self._lines = lines
        self._after: Any = None

    def __iter__(self) -> Iterator[list[Any]]:
        for line in self._lines:
            if isinstance(line, dict):
                self._after = line
                return
            yield line

    def after(self) -> Any:
        """The next line that is no row; rows that nobody asked for are passed over."""
        while self._after is None:
            line = next(self._lines)
            if isinstance(line, dict):
                self._after = line
        return self._after


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            while line := file.readline(LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise Refusal("MOVE_FILE_DAMAGED", file=path.name)
                yield line
    except FileNotFoundError:
        raise Refusal("FILE_NOT_FOUND", file=str(path)) from None
    except gzip.BadGzipFile:
        raise Refusal("MOVE_FILE_FOREIGN", file=path.name) from None
    except (EOFError, zlib.error):
        raise Refusal("MOVE_FILE_DAMAGED", file=path.name) from None
    except OSError:
        raise Refusal("FILE_UNREADABLE", file=str(path)) from None


def _document(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
