"""Which profile a CSV statement is written in: the one whose columns its header has.

Only the first rows are looked at, and nothing is read out of them: the reader of the profile
that is found says what is wrong with the rest.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection

from entraide.core.errors import Refusal
from entraide.files.bank_profile import BankProfile
from entraide.files.csv_profile import header_positions

_BYTES_LOOKED_AT = 200_000  # the header stands among the first rows


def recognise(
    content: bytes, profiles: Collection[BankProfile], own: BankProfile | None = None
) -> BankProfile:
    """The profile by which a CSV is to be read. ``own`` is the profile that its account names.

    The account's own profile goes first when it fits. Another one is taken only when no second
    fits, and, for an account that names one, only of the same kind: the file of an operator does
    not enter the account at the bank unasked. An account that names a profile keeps it when none
    fits: its reader says which columns are missing.
    Refused with ``STATEMENT_EMPTY``, ``PROFILE_UNRECOGNISED`` or ``PROFILE_AMBIGUOUS``.
    """
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Refusal("STATEMENT_EMPTY")
    if own is not None and has_header(content, own):
        return own
    fitting = [
        profile
        for profile in profiles
        if (own is None or profile.kind == own.kind) and has_header(content, profile)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Refusal("PROFILE_AMBIGUOUS", place="profile", known=_names(fitting))
    if own is not None:
        return own
    raise Refusal("PROFILE_UNRECOGNISED", place="profile", known=_names(profiles) or "—")


def has_header(content: bytes, profile: BankProfile) -> bool:
    """Whether one of the first rows, read as the profile says, holds all its columns."""
    return any(_has_header(content, profile, encoding) for encoding in profile.encodings)


def _has_header(content: bytes, profile: BankProfile, encoding: str) -> bool:
    try:
        # The cut may fall within a letter: a decoder that expects more bytes lets that pass.
        text = codecs.getincrementaldecoder(encoding)().decode(content[:_BYTES_LOOKED_AT])
    except UnicodeDecodeError:
        return False
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
    fewest = len(
        set(header_positions([], profile)[1])
    )  # a shorter row, or an empty one, is no header
    try:
        return any(
            len(cells) >= fewest and not header_positions(cells, profile)[1] for cells in rows
        )
    except csv.Error:  # the quotation mark that is not closed comes before any header
        return False


def _names(profiles: Collection[BankProfile]) -> list[dict[str, str]]:
    """The titles of profiles, in both languages: the reader's is chosen when it is told."""
    return [profile.title.model_dump() for profile in profiles]
