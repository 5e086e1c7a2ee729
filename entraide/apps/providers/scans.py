"""Papers as they are kept: a PDF as it was sent, or a picture made small and bare."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from entraide.core.errors import Refusal

LARGEST_SCAN_BYTES = 8 * 1024 * 1024
_PAGE_PIXELS = (1700, 2400)  # an A4 page at about 200 dots an inch
_MOST_PIXELS = 60_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class PreparedScan:
    """A signed paper as it will be kept: a PDF as sent, or a picture made small and bare."""

    content: bytes
    media_type: str


def prepared_scan(content: bytes) -> PreparedScan:
    """A file as somebody sends it. Refused with ``SCAN_EMPTY``, ``SCAN_TOO_HEAVY`` or
    ``SCAN_UNREADABLE`` (neither a PDF nor a picture)."""
    if not content:
        raise Refusal("SCAN_EMPTY", place="scan")
    if len(content) > LARGEST_SCAN_BYTES:
        raise Refusal("SCAN_TOO_HEAVY", place="scan", megabytes=LARGEST_SCAN_BYTES // 1024**2)
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:  # cut off on its way
            raise Refusal("SCAN_UNREADABLE", place="scan")
        return PreparedScan(content, "application/pdf")
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > _MOST_PIXELS:
            raise Refusal("SCAN_TOO_HEAVY", place="scan", megabytes=LARGEST_SCAN_BYTES // 1024**2)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        small = ImageOps.contain(upright, _PAGE_PIXELS) if upright.size > _PAGE_PIXELS else upright
        written = io.BytesIO()
        bare = Image.new("RGB", small.size)
        bare.paste(small)
        bare.save(written, "JPEG", quality=75, optimize=True)
    except Refusal:
        raise
    except Exception:  # whatever a file made to mislead it makes the library raise
        raise Refusal("SCAN_UNREADABLE", place="scan") from None
    return PreparedScan(written.getvalue(), "image/jpeg")
