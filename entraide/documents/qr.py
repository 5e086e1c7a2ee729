"""QR codes by the thousand: what the library makes, in a third of the time.

The library lays every bit of every code anew. Here its own functions code the text, and what is
the same for all codes of one size is worked out once: where each bit lies, which ones the mask
turns, and the frame around them. A test holds that each code is the library's, module by module.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any

import segno
from PIL import Image
from segno import consts, encoder

MASK = 3  # any mask reads alike; trying all of them costs four fifths of the library's time
BORDER_MODULES = 2
ERROR = "m"  # 15 % of the code may be lost
_INK = bytes([255, 0]) + bytes(254)  # 0 is paper, 1 is ink


def qr_png(text: str) -> bytes:
    """The QR code of a text, one pixel a module, error correction M (15 % may be lost)."""
    size, modules = qr_modules(text)
    drawn = Image.new("L", (size + 2 * BORDER_MODULES,) * 2, 255)
    drawn.paste(Image.frombytes("L", (size, size), modules.translate(_INK)), (BORDER_MODULES,) * 2)
    written = io.BytesIO()
    drawn.convert("1").save(written, "PNG")
    return written.getvalue()


def qr_modules(text: str) -> tuple[int, bytes]:
    """How many modules a side has, and every module row by row: 1 is ink."""
    segments = encoder.prepare_data(text, None, None)
    level = consts.ERROR_LEVEL_M
    version = encoder.find_version(segments, level, eci=False, micro=False)
    frame = _frame(version)
    modules = bytearray(frame.modules)
    for place, bit, turned in zip(
        frame.places, _bits(segments, version, level), frame.mask, strict=False
    ):
        modules[place] = bit ^ turned
    return frame.size, bytes(modules)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all codes of one version share: a code of theirs, and where its bits lie in order."""

    size: int
    modules: bytes
    places: tuple[int, ...]
    mask: bytes  # of each place, whether the mask turns it


@lru_cache(maxsize=40)
def _frame(version: int) -> _Frame:
    code = segno.make("0", version=version, error=ERROR, mask=MASK, boost_error=False)
    size = len(code.matrix)
    free = encoder.make_matrix(size, size)
    encoder.add_finder_patterns(free, size, size)
    encoder.add_alignment_patterns(free, size, size)
    places = []
    # Two columns at a time from the right, upwards and downwards in turn; column 6 bears the
    # timing pattern and is passed over (ISO/IEC 18004, 7.7.3).
    for right in range(size - 1, 0, -2):
        edge = right - 1 if right <= 6 else right
        for step in range(size):
            for column in (edge, edge - 1):
                is_upwards = (edge & 2 == 0) != (column < 6)
                row = size - 1 - step if is_upwards else step
                if free[row][column] == 2:
                    places.append((row, column))
    return _Frame(
        size,
        b"".join(bytes(row) for row in code.matrix),
        tuple(row * size + column for row, column in places),
        bytes((row + column) % 3 == 0 for row, column in places),
    )


def _bits(segments: Any, version: int, level: int) -> bytes:
    """The bits of a text as they are laid: its words, then those that mend what is lost."""
    buffer = encoder.Buffer()
    for segment in segments:
        encoder.write_segment(buffer, segment, None, encoder.version_range(version), False)
    capacity = consts.SYMBOL_CAPACITY[version][level]
    encoder.write_terminator(buffer, capacity, None, len(buffer))
    encoder.write_padding_bits(buffer, version, len(buffer))
    encoder.write_pad_codewords(buffer, version, capacity, len(buffer))
    words = bytes(buffer.toints())
    data, mending, start = [], [], 0
    for kind in consts.ECC[version][level]:
        for _block in range(kind.num_blocks):
            block = words[start : start + kind.num_data]
            start += kind.num_data
            data.append(block)
            mending.append(_mending(block, kind.num_total - kind.num_data))
    laid = bytes(
        word
        for word in chain(chain(*zip_longest(*data)), chain(*zip_longest(*mending)))
        if word is not None
    )
    return b"".join(_BITS_OF[word] for word in laid)


def _mending(block: bytes, count: int) -> bytes:
    """The words of Reed and Solomon for a block: a division, a word at a time."""
    table = _divisors(count)
    shift, kept = 8 * (count - 1), (1 << 8 * count) - 1
    rest = 0
    for word in block:
        rest = (rest << 8 & kept) ^ table[word ^ rest >> shift]
    return rest.to_bytes(count, "big")


@lru_cache(maxsize=40)
def _divisors(count: int) -> tuple[int, ...]:
    """The divisor of so many words times each word of a byte."""
    powers, logarithms = consts.GALIOS_EXP, consts.GALIOS_LOG
    divisor = consts.GEN_POLY[count]
    return (
        0,
        *(
            int.from_bytes(
                bytes(powers[logarithms[word] + each] for each in divisor[:count]), "big"
            )
            for word in range(1, 256)
        ),
    )


_BITS_OF = tuple(bytes(word >> place & 1 for place in range(7, -1, -1)) for word in range(256))
