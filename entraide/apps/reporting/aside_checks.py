"""What imports set aside and was settled otherwise, against the entries that settled it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Sum

from entraide.apps.ledger.models import Posting
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import AsideSettlement
from entraide.core.errors import Finding


def check_asides(mutual: Mutual) -> Iterator[Finding]:
    """``ASIDE_DIFFERS``: what is said to be settled by an entry is not more than the entry;
    ``DUTIES_NOT_SEPARATED``: who carried the import out settled what it had set aside."""
    rows = AsideSettlement.objects.filter(mutual=mutual, withdrawn_on__isnull=True)
    told = (
        rows.filter(entry__isnull=False)
        .order_by()
        .values_list("entry", "entry__document_number")
        .annotate(total=Sum("amount_minor"))
    )
    pointed = {entry: (document, total) for entry, document, total in told}
    debits = Posting.objects.filter(mutual=mutual, side="debit", entry__in=list(pointed))
    whole = dict(debits.order_by().values_list("entry").annotate(total=Sum("amount_minor")))
    for entry, (document, total) in pointed.items():
        if total > whole.get(entry, 0):
            data = {"document": document, "found_minor": total,
                    "expected_minor": whole.get(entry, 0), "currency": mutual.currency,
                    "kind": "entry"}  # fmt: skip
            yield Finding("ASIDE_DIFFERS", place=document, data=data)
    alone = rows.filter(settled_by=F("run__carried_out_by"), settled_by__is_system=False)
    for each in alone.select_related("settled_by").order_by("pk")[:1]:
        data = {"kind": "person", "document": each.label, "found": str(each.settled_by),
                "expected": ""}  # fmt: skip
        yield Finding("DUTIES_NOT_SEPARATED", place=each.label, data=data)
