"""The warehouse: a mutual's facts as Parquet files, written whole, reused while nothing changes.

Each state of the registers has a folder of its own, made beside and renamed into place, so that a
reader meets the former facts or the new ones, never half. The former folder stays for readers that
are still in it; older ones go.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Max, Q
from django_scopes import scope

from entraide.apps.access.models import CommandLog
from entraide.apps.claims.models import Claim, Decision
from entraide.apps.contributions.models import ContributionDue, PaymentAllocation
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.ledger.models import Entry, LedgerHead
from entraide.apps.reporting.cover_facts import cover_tables
from entraide.apps.reporting.models import WarehouseExport
from entraide.apps.reporting.money_facts import (
    claim_tables,
    contribution_tables,
    dimension_tables,
    posting_table,
)
from entraide.apps.reporting.registers import read_registers
from entraide.apps.schemes.models import Mutual
from entraide.indicators.schema import COLUMNS, VERSION

_GROWING = (Household, Person, Membership, ContributionDue, PaymentAllocation, Claim, Decision)
_CONTENTS = "contents.json"
_ATTEMPTS = 3  # to read the registers between two commands


def watermark(mutual: Mutual) -> str:
    """The state of a mutual's registers in one line.

    The last command (its own or the network's), the last entry of the books, and the last row of
    each register that grows, since bulk imports log no command of their own.
    """
    ours = Q(mutual=mutual) | Q(mutual__isnull=True)
    command = CommandLog.objects.filter(ours).aggregate(last=Max("id"))["last"] or 0
    entry = LedgerHead.objects.filter(mutual=mutual).aggregate(last=Max("last_sequence"))["last"]
    rows = [
        model._default_manager.filter(mutual=mutual).aggregate(last=Max("id"))["last"] or 0
        for model in _GROWING
    ]
    return "-".join(str(part) for part in (f"v{VERSION}", command, entry or 0, *rows))


def current_export(mutual: Mutual) -> WarehouseExport | None:
    """The export that holds the registers as they are now, if there is one and its files stand."""
    with scope(mutual=mutual):
        export = (
            WarehouseExport.objects.filter(mutual=mutual, watermark=watermark(mutual))
            .order_by("-id")
            .first()
        )
    return export if export is not None and _is_whole(folder_of(export)) else None


def is_current(export: WarehouseExport) -> bool:
    """Whether nothing was recorded since an export was made."""
    with scope(mutual=export.mutual):
        return export.watermark == watermark(export.mutual)


def export_warehouse(mutual: Mutual) -> WarehouseExport:
    """The facts of a mutual as they are now: written unless an export already holds them."""
    existing = current_export(mutual)
    if existing is not None:
        return existing
    with scope(mutual=mutual):
        for _attempt in range(_ATTEMPTS):
            state = watermark(mutual)
            tables = _read(mutual)
            if watermark(mutual) == state:  # nobody wrote while the registers were read
                break
        checksum, folder = _put_in_place(mutual, state, tables)
        export, _is_new = WarehouseExport.objects.get_or_create(
            mutual=mutual,
            watermark=state,
            checksum=checksum,
            defaults={
                "folder": f"{mutual.code}/{folder.name}",
                "row_counts": {name: len(tables[name]) for name in COLUMNS},
            },
        )
    _prune(mutual, keep=folder)
    return export


def latest_export(mutual: Mutual, *, not_before: datetime) -> WarehouseExport | None:
    """The last export made since an instant, whole on disk, whatever was recorded after it."""
    with scope(mutual=mutual):
        export = (
            WarehouseExport.objects.filter(mutual=mutual, recorded_at__gte=not_before)
            .filter(watermark__startswith=f"v{VERSION}-")
            .order_by("-id")
            .first()
        )
    return export if export is not None and _is_whole(folder_of(export)) else None


def folder_of(export: WarehouseExport) -> Path:
    """Where the files of an export stand."""
    return Path(settings.WAREHOUSE_FOLDER) / export.folder


def _read(mutual: Mutual) -> dict[str, pa.Table]:
    registers = read_registers(mutual)
    return {
        **cover_tables(mutual, registers),
        **contribution_tables(mutual, registers),
        **claim_tables(mutual, registers),
        "posting": posting_table(mutual, _earlier_postings(mutual)),
        **dimension_tables(mutual),
    }


def _earlier_postings(mutual: Mutual) -> pa.Table | None:
    """The postings of the last export, if the books still hold the entry it ends with."""
    export = latest_export(mutual, not_before=datetime.min.replace(tzinfo=UTC))
    if export is None:
        return None
    contents = json.loads((folder_of(export) / _CONTENTS).read_text(encoding="utf-8"))
    if not Entry.objects.filter(mutual=mutual, **contents["last_entry"]).exists():
        return None
    return pq.read_table(folder_of(export) / "posting.parquet")


def _last_entry(mutual: Mutual, postings: pa.Table) -> dict[str, Any]:
    """The entry that the postings end with, and its hash, which holds all those before it."""
    sequence = pa.compute.max(postings["sequence"]).as_py() or 0
    entry = Entry.objects.filter(mutual=mutual, sequence=sequence).first()
    return {"sequence": sequence, "hash": entry.hash if entry else ""}


def _put_in_place(mutual: Mutual, state: str, tables: dict[str, pa.Table]) -> tuple[str, Path]:
    """Write the files and rename their folder into place; answers the checksum of them all.

    The folder is named after what it holds: one that is there already holds the same facts.
    """
    home = Path(settings.WAREHOUSE_FOLDER) / mutual.code
    home.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=home, prefix=".unfinished-"))
    digest = hashlib.sha256()
    for name in COLUMNS:
        path = unfinished / f"{name}.parquet"
        pq.write_table(tables[name], path, compression="zstd")
        digest.update(path.read_bytes())
    checksum = digest.hexdigest()
    contents = {
        "version": VERSION,
        "watermark": state,
        "sha256": checksum,
        "last_entry": _last_entry(mutual, tables["posting"]),
    }
    (unfinished / _CONTENTS).write_text(json.dumps(contents), encoding="utf-8")
    target = home / f"v{VERSION}-{checksum[:32]}"
    if target.exists() and not _is_whole(target):
        shutil.rmtree(target)
    try:
        unfinished.rename(target)
    except OSError:  # the same facts stand there: another worker's, or an earlier export's
        shutil.rmtree(unfinished)
        if not _is_whole(target):
            raise
        os.utime(target)  # the former of two folders is the one that goes
    return checksum, target


def _is_whole(folder: Path) -> bool:
    return (folder / _CONTENTS).is_file() and all(
        (folder / f"{name}.parquet").is_file() for name in COLUMNS
    )


def _prune(mutual: Mutual, keep: Path) -> None:
    """Keep this export and the one before it."""
    home = Path(settings.WAREHOUSE_FOLDER) / mutual.code
    others = sorted(
        (path for path in home.iterdir() if path.is_dir() and path != keep),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in [each for each in others if not each.name.startswith(".")][1:]:
        shutil.rmtree(path, ignore_errors=True)
