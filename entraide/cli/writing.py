"""Writing a file that somebody named: whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_UNFINISHED = ".partiel"
_NAME_KEPT = 40  # characters of a long name: a file's whole name has an end


def replace_file(target: Path, content: bytes) -> Path:
    """Write a file whose content is at hand; ``OSError`` as :func:`new_file` says."""
    with new_file(target) as file:
        file.write(content)
    return target


@contextmanager
def new_file(target: Path, *, is_secret: bool = False) -> Iterator[BinaryIO]:
    """Write beside, then rename: the former file stays whole until the new one is, on the disk too.

    Whatever goes wrong inside leaves no file. What a killed run left beside (``.name.….partiel``)
    is taken away by the next one that writes this file. ``OSError`` when it cannot be written, or
    when the name is that of a device or a pipe, which a file must not replace. ``is_secret``: only
    its owner may read it.
    """
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(target))
    before = f".{target.name[:_NAME_KEPT]}."
    _take_away_left(target.parent, before)
    number, name = tempfile.mkstemp(dir=target.parent, prefix=before, suffix=_UNFINISHED)
    beside = Path(name)
    try:
        with open(number, "wb") as file:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)  # ours while we live
            yield file
            file.flush()
            os.fsync(number)
            if not is_secret:
                beside.chmod(0o666 & ~_umask())
            beside.replace(target)
        _settle(target.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _take_away_left(folder: Path, before: str) -> None:
    """Remove unfinished files of this name whose writer is dead: nobody holds their lock."""
    for left in folder.glob(f"{glob.escape(before)}*{_UNFINISHED}"):
        with contextlib.suppress(OSError), open(left, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _settle(folder: Path) -> None:
    """The new name itself survives a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
