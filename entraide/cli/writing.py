"""Writing a file that somebody named: whole, or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def replace_file(target: Path, content: bytes) -> Path:
    """Write a file whose content is at hand; ``OSError`` as :func:`new_file` says."""
    with new_file(target) as file:
        file.write(content)
    return target


@contextmanager
def new_file(target: Path, *, is_secret: bool = False) -> Iterator[BinaryIO]:
    """Write beside, then rename: the former file stays whole until the new one is.

    Whatever goes wrong inside leaves no file. ``OSError`` when it cannot be written, or when the
    name is that of a device or a pipe, which a file must not replace. ``is_secret``: only its
    owner may read it.
    """
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(target))
    number, name = tempfile.mkstemp(dir=target.parent)
    beside = Path(name)
    try:
        with open(number, "wb") as file:
            yield file
        if not is_secret:
            beside.chmod(0o666 & ~_umask())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
