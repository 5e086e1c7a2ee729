"""What channels, kinds of dues and their states are called at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.contributions.dues import DueDraft
from entraide.apps.contributions.models import (
    Channel,
    ClearanceKind,
    ClearanceState,
    ContributionDue,
    DueKind,
    Payer,
    SettlementKind,
)
from entraide.apps.ledger.models import Account
from entraide.core.cards import Proof
from entraide.documents import writing
from entraide.web.names import State

CHANNEL_NAMES: dict[str, str | Promise] = {
    Channel.CASH: gettext_lazy("Cash"),
    Channel.BANK: gettext_lazy("Bank"),
    Channel.MOBILE_MONEY: gettext_lazy("Mobile money"),
    Channel.LENDER: gettext_lazy("Kept back by the lender"),
    Channel.GROUP: gettext_lazy("Brought by the group"),
    Channel.OPENING: gettext_lazy("Paid ahead, carried over"),
}
KIND_NAMES: dict[str, str | Promise] = {
    DueKind.CONTRIBUTION: gettext_lazy("Contribution"),
    DueKind.JOINING_FEE: gettext_lazy("Joining fee"),
    DueKind.ASSEMBLY_FEE: gettext_lazy("General assembly fee"),
}
PAYER_NAMES: dict[str, str | Promise] = {
    Payer.HOUSEHOLD: gettext_lazy("The family"),
    Payer.EMPLOYER: gettext_lazy("The employer"),
    Payer.STATE: gettext_lazy("The State"),
    Payer.SPONSOR: gettext_lazy("A sponsor"),
}

SETTLEMENT_NAMES: dict[str, str | Promise] = {
    SettlementKind.REPAID: gettext_lazy("Paid back"),
    SettlementKind.DEDUCTED: gettext_lazy("Kept back from the salary"),
    SettlementKind.WRITTEN_OFF: gettext_lazy("Written off"),
}

CLEARANCE_NAMES: dict[str, str | Promise] = {
    ClearanceKind.GIVEN_BACK: pgettext_lazy("surplus", "Given back"),
    ClearanceKind.INCOME: pgettext_lazy("surplus", "Income of the running fund"),
}
CLEARANCE_STATES: dict[str, State] = {
    ClearanceState.PROPOSED: State("wait", pgettext_lazy("surplus", "Proposed")),
    ClearanceState.POSTED: State("ok", pgettext_lazy("surplus", "In the books")),
    ClearanceState.REFUSED: State("bad", pgettext_lazy("surplus", "Refused")),
    ClearanceState.REVERSED: State("bad", pgettext_lazy("surplus", "Taken back")),
}

LINES_APART = 3  # more instalments than this are told in one line


def channel_name(channel: str) -> str:
    """How money came."""
    return str(CHANNEL_NAMES.get(channel, channel))


def payer_name(payer: str) -> str:
    """Who owes or pays."""
    return str(PAYER_NAMES.get(payer, payer))


def account_name(account: Account) -> str:
    """What an account is called in the reader's language."""
    return account.label_en if get_language() == "en" else account.label_fr


def due_name(due: ContributionDue | DueDraft, instalments: int = 1) -> str:
    """``Droit d’adhésion``, ``Cotisation 2025``, ``Cotisation, avril 2025`` when in instalments."""
    name = str(KIND_NAMES.get(due.kind, due.kind))
    if due.kind != DueKind.CONTRIBUTION:
        return name
    language = get_language() or "fr"
    if instalments > 1:
        return _("%(contribution)s, %(month)s") % {
            "contribution": name,
            "month": writing.month(due.due_on, language),
        }
    return name


def quote_lines(drafts: Sequence[DueDraft], currency: str) -> tuple[tuple[str, int], ...]:
    """Dues to come, one line each; many equal instalments on one line with their sum."""
    contributions = [draft for draft in drafts if draft.kind == DueKind.CONTRIBUTION]
    amounts = {draft.amount_minor for draft in contributions}
    lines = [
        (due_name(draft, len(contributions)), draft.amount_minor)
        for draft in drafts
        if draft.kind != DueKind.CONTRIBUTION or len(contributions) <= LINES_APART
    ]
    if len(contributions) > LINES_APART:
        told = _("%(count)d contributions") % {"count": len(contributions)}
        if len(amounts) == 1:
            each = writing.money(amounts.pop(), currency, get_language() or "fr")
            told = _("%(count)d contributions of %(each)s") % {
                "count": len(contributions),
                "each": each,
            }
        lines.append((told, sum(draft.amount_minor for draft in contributions)))
    return tuple(lines)


def due_state(due: ContributionDue, on: date) -> str:
    """``paid``, ``due``, ``late`` or ``cancelled``: a key of ``names.STATES["due"]``."""
    if due.cancelled_on is not None:
        return "cancelled"
    if due.paid_minor >= due.amount_minor:
        return "paid"
    return "late" if due.due_on < on else "due"


Word = tuple[str, str, str | Promise]  # the kind of notice, its sign, the sentence

PROOFS: dict[Proof, Word] = {
    Proof.GENUINE: (
        "ok",
        "check",
        gettext_lazy("Genuine signature: the mutual made this receipt, with this amount."),
    ),
    Proof.FORGED: (
        "bad",
        "cross",
        gettext_lazy("False signature: the mutual did not make this code. Keep the paper."),
    ),
    Proof.KEY_UNKNOWN: (
        "warn",
        "alert",
        gettext_lazy("Signature not checked: no key of that mutual is known here."),
    ),
    Proof.KEY_REVOKED: (
        "bad",
        "cross",
        gettext_lazy("Key given up: others may have it, this signature proves nothing any more."),
    ),
}


def proof_told(proof: Proof) -> Word:
    """The kind of notice, its sign, and what the signature of a receipt proves."""
    return PROOFS[proof]
