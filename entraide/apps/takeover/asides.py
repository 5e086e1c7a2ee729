"""Rows that an import set aside and that were settled otherwise: which, how, by whom."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from entraide.apps.enrolment.selectors import found
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import AsideSettlement, ImportRun, RunState

_AT_A_TIME = 500


def settled_rows(mutual: Mutual, kind: str, keys: Iterable[str]) -> dict[str, AsideSettlement]:
    """Those of the keys that are settled otherwise. One query for every 500."""
    wanted, settled = list(dict.fromkeys(keys)), {}
    for start in range(0, len(wanted), _AT_A_TIME):
        rows = AsideSettlement.objects.filter(
            mutual=mutual, kind=kind, withdrawn_on__isnull=True,
            key__in=wanted[start : start + _AT_A_TIME],
        )  # fmt: skip
        settled.update({row.key: row for row in rows.select_related("household", "settled_by")})
    return settled


def settlements_of(run: ImportRun) -> QuerySet[AsideSettlement]:
    """What is settled otherwise of the list of an import, withdrawn or not, in its order."""
    same = Q(run=run) | Q(run__file_hash=run.file_hash, run__kind=run.kind, mutual=run.mutual_id)
    rows = AsideSettlement.objects.filter(same)
    return rows.select_related(
        "household", "entry__reversed_by", "settled_by", "withdrawn_by"
    ).order_by("row", "pk")


def settlement_for(mutual: Mutual, uid: UUID | str) -> AsideSettlement:
    """The settlement of a row set aside with this ``uid``, or ``NOT_FOUND``."""
    rows = AsideSettlement.objects.filter(mutual=mutual).select_related("run__mutual", "settled_by")
    return found(rows, uid=uid)


def pointed_minor(entry: Entry) -> int:
    """How much of an entry settles rows that were set aside."""
    rows = AsideSettlement.objects.filter(entry=entry, withdrawn_on__isnull=True)
    return int(rows.aggregate(total=Sum("amount_minor", default=0))["total"])


def runs_with_asides(mutual: Mutual) -> list[ImportRun]:
    """The lenders' lists carried out of which an amount is still to be settled, oldest first."""
    rows = ImportRun.objects.filter(
        mutual=mutual, kind="loans", state=RunState.DONE, content__isnull=False
    )
    rows = rows.select_related("carried_out_by").defer("content").order_by("carried_out_on", "pk")
    return [run for run in rows if run.counts.get("aside_minor")]
