"""The warehouse: a mutual's facts as Parquet files, written whole, reused while nothing changes.

Each state of the registers has a folder of its own, made beside and renamed into place, so that a
reader meets the former facts or the new ones, never half. The former folder stays for readers that
are still in it; older ones go.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Max, Q
from django_scopes import scope

from entraide.apps.access.models import CommandLog
from entraide.apps.claims.models import Claim, Decision
from entraide.apps.contributions.models import ContributionDue, PaymentAllocation
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.ledger.models import LedgerHead
from entraide.apps.reporting.cover_facts import cover_tables, memberships_of
from entraide.apps.reporting.models import WarehouseExport
from entraide.apps.reporting.money_facts import (
    claim_tables,
    contribution_tables,
    dimension_tables,
    places_of,
    posting_table,
)
from entraide.apps.schemes.models import Mutual
from entraide.indicators.schema import COLUMNS, VERSION

_GROWING = (Household, Person, Membership, ContributionDue, PaymentAllocation, Claim, Decision)
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
        row_counts = {name: len(tables[name]) for name in COLUMNS}
        checksum = _put_in_place(mutual, state, tables)
        export, _is_new = WarehouseExport.objects.get_or_create(
            mutual=mutual,
            watermark=state,
            checksum=checksum,
            defaults={"folder": f"{mutual.code}/{state}", "row_counts": row_counts},
        )
    _prune(mutual, keep=folder_of(export))
    return export


def folder_of(export: WarehouseExport) -> Path:
    """Where the files of an export stand."""
    return Path(settings.WAREHOUSE_FOLDER) / export.folder


def _read(mutual: Mutual) -> dict[str, pa.Table]:
    memberships = memberships_of(mutual)
    places = places_of(memberships)
    return {
        **cover_tables(mutual, memberships),
        **contribution_tables(mutual, places),
        **claim_tables(mutual, places),
        **posting_table(mutual),
        **dimension_tables(mutual),
    }


def _put_in_place(mutual: Mutual, state: str, tables: dict[str, pa.Table]) -> str:
    """Write the files and rename their folder into place; answers the checksum of them all."""
    home = Path(settings.WAREHOUSE_FOLDER) / mutual.code
    home.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=home, prefix=".unfinished-"))
    digest = hashlib.sha256()
    for name in COLUMNS:
        path = unfinished / f"{name}.parquet"
        pq.write_table(tables[name], path, compression="zstd")
        digest.update(path.read_bytes())
    contents = {
        "version": VERSION,
        "watermark": state,
        "sha256": digest.hexdigest(),
    }
    (unfinished / "contents.json").write_text(json.dumps(contents), encoding="utf-8")
    target = home / state
    if target.exists() and not _is_whole(target):
        shutil.rmtree(target)
    try:
        unfinished.rename(target)
    except OSError:  # another worker has just put the same facts there
        shutil.rmtree(unfinished)
        if not _is_whole(target):
            raise
    return digest.hexdigest()


def _is_whole(folder: Path) -> bool:
    return (folder / "contents.json").is_file() and all(
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
