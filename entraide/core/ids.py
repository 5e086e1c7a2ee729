"""Identifiers that sort by time: UUID version 7 (RFC 9562), which Python 3.11 does not have."""

from __future__ import annotations

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return uuid7_from(milliseconds, secrets.randbits(74))


def uuid7_from(milliseconds: int, random_bits: int) -> uuid.UUID:
    """The UUIDv7 of an instant and 74 given bits: the demonstration network is deterministic."""
    high, low = random_bits >> 62 & 0xFFF, random_bits & (2**62 - 1)
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return uuid.UUID(int=value)
