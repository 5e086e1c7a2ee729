"""Identifiers that sort by time: UUID version 7 (RFC 9562), which Python 3.11 does not have."""

from __future__ import annotations

import random
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

_SERIES: ContextVar[Iterator[uuid.UUID] | None] = ContextVar("series of identifiers", default=None)


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of milliseconds, then 74 random bits."""
    series = _SERIES.get()
    if series is not None:
        return next(series)
    milliseconds = time.time_ns() // 1_000_000
    return uuid7_from(milliseconds, secrets.randbits(74))


def uuid7_from(milliseconds: int, random_bits: int) -> uuid.UUID:
    """The UUIDv7 of an instant and 74 given bits: the demonstration network is deterministic."""
    high, low = random_bits >> 62 & 0xFFF, random_bits & (2**62 - 1)
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return uuid.UUID(int=value)


@contextmanager
def uuid7_stream(rng: random.Random, since: date) -> Iterator[None]:
    """Within, identifiers are drawn from a seeded stream, one millisecond after the other.

    For a demonstration that must come out the same twice, never for a person's data: whoever
    knows the seed knows the identifiers.
    """
    begins = (since.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000

    def series() -> Iterator[uuid.UUID]:
        milliseconds = begins
        while True:
            yield uuid7_from(milliseconds, rng.getrandbits(74))
            milliseconds += 1

    token = _SERIES.set(series())
    try:
        yield
    finally:
        _SERIES.reset(token)
