"""Writing a file that somebody named: whole, or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path


def replace_file(target: Path, content: bytes) -> Path:
    """Write beside, then rename: the former file stays whole until the new one is.

    ``OSError`` when that cannot be done, or when the name is that of a device or a pipe, which a
    file must not replace.
    """
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(target))
    number, name = tempfile.mkstemp(dir=target.parent)
    beside = Path(name)
    try:
        with open(number, "wb") as file:
            file.write(content)
        beside.chmod(0o666 & ~_umask())
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
