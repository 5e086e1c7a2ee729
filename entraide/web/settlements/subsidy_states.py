"""How the state of an invoice of the State's share reads once money has come in of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from entraide.apps.settlement.models import SubsidyInvoice, SubsidyState
from entraide.apps.settlement.subsidy_figures import left_minor, settled_minor

_RECEIVED = pgettext_lazy("invoice", "Received")
_IN_PART = pgettext_lazy("invoice", "Received in part")
_SETTLED = pgettext_lazy("invoice", "Settled")  # given back whole: nothing is to come of it


def as_received(invoice: SubsidyInvoice, state: tuple[str, Any]) -> tuple[str, Any]:
    """``state``, sign and word, of an invoice; of one that went out, what has come in of it."""
    if invoice.state != SubsidyState.ISSUED:
        return state
    received = settled_minor(invoice)
    if left_minor(invoice) <= 0:
        return "ok", _RECEIVED if received > 0 else _SETTLED
    return "wait", _IN_PART if received > 0 else state[1]
