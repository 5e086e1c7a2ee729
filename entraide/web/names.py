"""What roles, rights and states are called on the screen, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from entraide.apps.schemes.models import Role
from entraide.apps.schemes.rights import ROLE_RIGHTS, Right

Text = str | Promise

ROLE_NAMES: dict[str, Text] = {
    Role.FIELD_AGENT: _("Field agent"),
    Role.DATA_ENTRY_CLERK: _("Data-entry clerk"),
    Role.COORDINATOR: _("Coordinator"),
    Role.MEDICAL_ADVISER: _("Medical adviser"),
    Role.FINANCE_OFFICER: _("Finance officer"),
    Role.CASHIER: _("Cashier"),
    Role.DIRECTOR: _("Director"),
    Role.ELECTED_OFFICER: _("Elected officer"),
    Role.MONITORING_OFFICER: _("Monitoring officer"),
    Role.ADVISER: _("Adviser"),
    Role.AUDITOR: _("Auditor"),
    Role.PROVIDER_USER: _("Provider’s user"),
    Role.NETWORK_ADMIN: _("Network administrator"),
}

RIGHT_NAMES: dict[Right, Text] = {
    Right.READ_REGISTERS: _("read the registers"),
    Right.READ_BOOKS: _("read the books"),
    Right.READ_REPORTS: _("read the reports"),
    Right.READ_MEDICAL: _("read medical details"),
    Right.READ_AUDIT: _("read the audit journal"),
    Right.ENROL: _("enrol families"),
    Right.MEND_REGISTER: _("mend the register: merge double rows, enter old papers"),
    Right.COORDINATE: _("approve villages, contracts of groups and portfolios"),
    Right.RECORD_PAYMENT: _("receive contributions"),
    Right.PREPARE_SLIP: _("prepare collection slips"),
    Right.RECORD_DEPOSIT: _("record deposits"),
    Right.KEEP_RECEIPTS: _("give receipt booklets and numbers, take them back"),
    Right.WRITE_OFF: _("write off missing cash"),
    Right.ENTER_CLAIM: _("enter claims"),
    Right.REVIEW_CLAIM: _("give a medical opinion"),
    Right.RECODE_CLAIM: _("code an act or an illness otherwise, the first code being kept"),
    Right.APPROVE_CLAIM: _("approve claims"),
    Right.GIVE_PRE_AUTHORISATION: _("give prior agreements"),
    Right.CONTROL_CARE: _("run the medical control: campaigns and findings"),
    Right.USE_PORTAL: _("use the portal of the own provider"),
    Right.KEEP_PROVIDERS: _("keep providers, their price lists and draft conventions"),
    Right.APPROVE_CONVENTION: _("approve conventions with providers"),
    Right.PREPARE_BATCH: _("post claims that the rules decided, prepare settlement batches"),
    Right.AUTHORISE_BATCH: _("authorise settlement batches"),
    Right.RECORD_PAYOUT: _("record payouts"),
    Right.GIVE_REFUND: _("give refunds to families against a signature"),
    Right.POST_OPERATION: _("record operations in the books"),
    Right.REVERSE: _("reverse an entry"),
    Right.IMPORT_STATEMENT: _("import bank statements"),
    Right.MATCH: _("match bank movements"),
    Right.ENTER_PRODUCT: _("enter the rules of a product"),
    Right.APPROVE_PRODUCT: _("approve the rules of a product"),
    Right.APPROVE_EXEMPTION: _("approve who need not pay"),
    Right.PLAN: _("work on the business plan"),
    Right.PRINT_CARDS: _("print and hand over cards"),
    Right.CANCEL_CARDS: _("declare a card lost or cancel it"),
    Right.ENTER_FILE_RULE: _("propose what a family’s file must hold"),
    Right.APPROVE_FILE_RULE: _("approve what a family’s file must hold"),
    Right.ENTER_SCORECARD: _("enter the scorecard of families and their follow-up plan"),
    Right.APPROVE_SCORECARD: _("approve the scorecard of families and their follow-up plan"),
    Right.CHANGE_SETTINGS: _("change the settings of the mutual"),
    Right.IMPORT_REGISTERS: _("import registers"),
    Right.SIGN_MONTH: _("sign the points of the month that they answer for"),
    Right.ADMINISTER: _("administer people and mutuals"),
}


@dataclass(frozen=True, slots=True)
class State:
    """A state as shown: its kind (ok, warn, bad, wait, plain) gives sign and colour; its word."""

    kind: str
    word: Text


STATES: dict[str, dict[str, State]] = {
    "claim": {
        "in_review": State("wait", pgettext_lazy("state", "Under review")),
        "decided": State("wait", pgettext_lazy("state", "Decided, to approve")),
        "approved": State("wait", pgettext_lazy("state", "Approved, to settle")),
        "in_batch": State("wait", pgettext_lazy("state", "On a settlement batch")),
        "paid": State("ok", pgettext_lazy("state", "Paid")),
        "refused": State("bad", pgettext_lazy("state", "Refused")),
        "reversed": State("plain", pgettext_lazy("state", "Reversed")),
        # As it is shown where a free-care programme pays everything; no state of the register.
        "paid_instead": State("plain", pgettext_lazy("state", "Paid for by the State")),
    },
    "invoice": {
        "received": State("wait", pgettext_lazy("invoice", "To enter")),
        "closed": State("ok", pgettext_lazy("invoice", "Closed")),
        "cancelled": State("plain", pgettext_lazy("invoice", "Cancelled")),
    },
    "authorisation": {
        "asked": State("wait", pgettext_lazy("agreement", "Asked")),
        "given": State("ok", pgettext_lazy("agreement", "Agreed")),
        "refused": State("bad", pgettext_lazy("agreement", "Refused")),
        "cancelled": State("plain", pgettext_lazy("agreement", "Taken back")),
    },
    "referral": {
        "open": State("ok", pgettext_lazy("voucher", "May be used")),
        "used": State("plain", pgettext_lazy("voucher", "Used")),
        "expired": State("warn", pgettext_lazy("voucher", "Expired unused")),
        "cancelled": State("bad", pgettext_lazy("voucher", "Cancelled")),
    },
    "batch": {
        "prepared": State("wait", pgettext_lazy("state", "To authorise")),
        "authorised": State("warn", pgettext_lazy("state", "Authorised, to pay")),
        "paid": State("ok", pgettext_lazy("state", "Paid")),
        # As they are shown; the register says « paid » once every payment was answered.
        "paid_in_part": State("warn", pgettext_lazy("batch", "Paid, except what came back")),
        "came_back": State("bad", pgettext_lazy("batch", "Came back, nothing paid")),
        "cancelled": State("plain", pgettext_lazy("state", "Cancelled")),
    },
    "line": {
        "open": State("warn", pgettext_lazy("state", "To match")),
        "matched": State("ok", pgettext_lazy("state", "Matched")),
        "explained": State("ok", pgettext_lazy("state", "Explained")),
    },
    "match": {
        "proposed": State("wait", pgettext_lazy("state", "Proposed match")),
        "automatic": State("ok", pgettext_lazy("state", "Matched by its number")),
        "confirmed": State("ok", pgettext_lazy("state", "Match confirmed")),
        "undone": State("plain", pgettext_lazy("state", "Match undone")),
    },
    "handover": {
        "given": State("wait", pgettext_lazy("handover", "To count")),
        "confirmed": State("ok", pgettext_lazy("handover", "Confirmed")),
        "disputed": State("bad", pgettext_lazy("handover", "Counted differently")),
        "withdrawn": State("plain", pgettext_lazy("handover", "Taken back")),
    },
    "due": {
        "paid": State("ok", pgettext_lazy("a due", "Paid")),
        "due": State("wait", pgettext_lazy("state", "Due")),
        "late": State("warn", pgettext_lazy("state", "Late")),
        "cancelled": State("plain", pgettext_lazy("state", "Cancelled")),
    },
    "cover": {
        "covered": State("ok", pgettext_lazy("state", "Covered")),
        "not_covered": State("bad", pgettext_lazy("state", "Not covered")),
        "waiting": State("wait", pgettext_lazy("state", "Waiting period")),
    },
}


def state_of(record: str, code: str) -> State:
    """How a state of a kind of record is shown; an unknown one shows its own code."""
    return STATES.get(record, {}).get(code, State("plain", code))


def counted(what: str, count: int, shown: str) -> str:
    """The rows of a list in words: ``1 bordereau``, ``79 bordereaux``; ``shown`` is the number."""
    words = {
        "authorisations": ngettext("%(shown)s answer", "%(shown)s answers", count),
        "batches": ngettext("%(shown)s batch", "%(shown)s batches", count),
        "payouts": ngettext("%(shown)s payment", "%(shown)s payments", count),
        "corrections": ngettext("%(shown)s correction", "%(shown)s corrections", count),
        "breaches": ngettext("%(shown)s breach", "%(shown)s breaches", count),
        "calls": ngettext("%(shown)s call", "%(shown)s calls", count),
        "cards": ngettext("%(shown)s card", "%(shown)s cards", count),
        "changes": ngettext("%(shown)s change", "%(shown)s changes", count),
        "claims": ngettext("%(shown)s claim", "%(shown)s claims", count),
        "conventions": ngettext("%(shown)s convention", "%(shown)s conventions", count),
        "covers": ngettext("%(shown)s cover", "%(shown)s covers", count),
        "entries": ngettext("%(shown)s entry", "%(shown)s entries", count),
        "families": ngettext("%(shown)s family", "%(shown)s families", count),
        "groups": ngettext("%(shown)s group", "%(shown)s groups", count),
        "invoices": ngettext("%(shown)s invoice", "%(shown)s invoices", count),
        "lines": ngettext("%(shown)s line", "%(shown)s lines", count),
        "matches": ngettext("%(shown)s match", "%(shown)s matches", count),
        "movements": ngettext("%(shown)s movement", "%(shown)s movements", count),
        "people": ngettext("%(shown)s person", "%(shown)s people", count),
        "pairs": ngettext("%(shown)s pair", "%(shown)s pairs", count),
        "pieces": ngettext("%(shown)s piece", "%(shown)s pieces", count),
        "places": ngettext("%(shown)s place", "%(shown)s places", count),
        "prints": ngettext("%(shown)s print", "%(shown)s prints", count),
        "providers": ngettext("%(shown)s provider", "%(shown)s providers", count),
        "vouchers": ngettext("%(shown)s voucher", "%(shown)s vouchers", count),
        "trials": ngettext("%(shown)s trial", "%(shown)s trials", count),
        "receipts": ngettext("%(shown)s receipt", "%(shown)s receipts", count),
        "rows": ngettext("%(shown)s row", "%(shown)s rows", count),
        "slips": ngettext("%(shown)s slip", "%(shown)s slips", count),
        "statements": ngettext("%(shown)s statement", "%(shown)s statements", count),
    }
    return words[what] % {"shown": shown}


def roles_that_may(right: Right) -> list[Text]:
    """The names of the roles that hold a right, in the order of the roles."""
    return [ROLE_NAMES[role] for role in Role.values if right in ROLE_RIGHTS[role]]
