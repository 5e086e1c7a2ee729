"""Products being written on screen, and their trial on past claims."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "DRAFT_NOT_OPEN": (
        "This draft of {product} is closed: it became a version or was given up. Begin another one."
    ),
    "DRAFT_CHANGED": (
        "{person} changed this draft meanwhile. Look at it again, then make your change."
    ),
}
