"""Writing a file that somebody named: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(target: Path, content: bytes) -> Path:
    """Write beside, then rename: the former file stays whole until the new one is. ``OSError``."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as beside:
        beside.write(content)
    try:
        os.chmod(beside.name, 0o666 & ~_umask())
        Path(beside.name).replace(target)
    except OSError:
        Path(beside.name).unlink(missing_ok=True)
        raise
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
