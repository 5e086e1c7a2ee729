"""From a file to a table: the profiles of the repository, the one that fits, its rows read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from entraide.core.errors import Finding, Refusal
from entraide.exchange.registers.photo_tables import open_photos
from entraide.exchange.registers.unread_columns import unread_columns
from entraide.files.photo_bundles import PhotoBundle, is_bundle
from entraide.files.sheets import Workbook, read_workbook
from entraide.files.table_headers import Recognised, recognise, with_columns
from entraide.files.table_profile import TableProfile, read_table_profile
from entraide.files.table_reading import Table, read_table
from entraide.rulebook.packs import table_profile_paths

Columns = Mapping[str, Mapping[str, int]]
"""Sheet → field → column counted from 0, as a person chose them."""


@lru_cache(maxsize=1)
def all_profiles() -> tuple[TableProfile, ...]:
    """Every profile of ``rules/imports``."""
    return tuple(read_table_profile(path) for path in table_profile_paths().values())


def profiles(kind: str = "") -> tuple[TableProfile, ...]:
    """The profiles of one kind of table, or all."""
    return tuple(each for each in all_profiles() if not kind or each.kind == kind)


def profile_named(code: str) -> TableProfile:
    """The profile with this code; ``TABLE_PROFILE_UNKNOWN`` otherwise."""
    for profile in all_profiles():
        if profile.profile == code:
            return profile
    known = ", ".join(profile.profile for profile in all_profiles())
    raise Refusal("TABLE_PROFILE_UNKNOWN", place="profile", profile=code, known=known)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was read, the profile and columns that it is read by."""

    workbook: Workbook
    recognised: Recognised
    table: Table

    @property
    def profile(self) -> TableProfile:
        """The profile by which the rows were read."""
        return self.recognised.profile


def open_table(
    content: bytes,
    *,
    currency: str,
    today: date,
    kind: str = "",
    code: str = "",
    columns: Columns | None = None,
) -> Opened:
    """The rows of a file, by the profile asked for or recognised, with the columns chosen if any.

    Refused as :func:`read_workbook` and :func:`recognise` say; faults of rows stay in the table.
    """
    if is_bundle(content):
        return Opened(*open_photos(content, photo_profile(kind=kind, code=code)))
    tables = _table_profiles(kind, code)
    workbook = read_workbook(content)
    recognised = recognise(workbook, tables, code=code)
    if columns:
        recognised = Recognised(
            recognised.profile,
            tuple(
                with_columns(heading, recognised.profile, columns[heading.sheet.name])
                if heading.sheet.name in columns
                else heading
                for heading in recognised.headings
            ),
        )
    table = read_table(recognised.profile, recognised.headings, currency=currency, today=today)
    table.remarks[:0] = workbook.remarks
    table.remarks += [
        Finding("SHEET_UNREAD", data={"sheet": name}) for name in recognised.unread_sheets(workbook)
    ]
    table.remarks += unread_columns(table, currency)
    return Opened(workbook, recognised, table)


def recognised(content: bytes, *, kind: str = "", profile: str = "") -> TableProfile:
    """The profile by which a file is to be read; refused as :func:`open_table` is."""
    if is_bundle(content):
        PhotoBundle(content)
        return photo_profile(kind=kind, code=profile)
    tables = _table_profiles(kind, profile)
    return recognise(read_workbook(content), tables, code=profile).profile


def _table_profiles(kind: str, code: str) -> tuple[TableProfile, ...]:
    """The profiles by which a table may be read; photos are none."""
    photos = profiles("photos")
    if kind == "photos" or any(code == each.profile for each in photos):
        raise Refusal("PHOTOS_NOT_A_ZIP")
    return tuple(each for each in profiles(kind) if each not in photos)


def photo_profile(*, kind: str = "", code: str = "") -> TableProfile:
    """The profile of photos; ``PHOTOS_NOT_A_TABLE`` when another one was asked for."""
    known = profiles("photos")[0]
    if kind not in ("", known.kind) or code not in ("", known.profile):
        raise Refusal("PHOTOS_NOT_A_TABLE")
    return known
