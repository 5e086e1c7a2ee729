"""What the books are called on the screen: events, journals, funds, accounts."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entraide.apps.banking.selectors import ReconciledBalance
from entraide.apps.ledger.models import Account
from entraide.core.ledger import EntryKind, FundCode, Journal
from entraide.documents import writing

Text = str | Promise

KIND_NAMES: dict[str, Text] = {
    EntryKind.CONTRIBUTION_RAISED: pgettext_lazy("entry", "Contribution called"),
    EntryKind.CONTRIBUTION_PAID: pgettext_lazy("entry", "Contribution received"),
    EntryKind.CONTRIBUTION_REASSIGNED: pgettext_lazy("entry", "Receipt moved to another family"),
    EntryKind.GROUP_SUM_RECEIVED: pgettext_lazy("entry", "Lump sum of a group"),
    EntryKind.ADVANCE_CARRIED_OVER: pgettext_lazy("entry", "Advance of a family carried over"),
    EntryKind.CASH_DEPOSITED: pgettext_lazy("entry", "Money moved between accounts"),
    EntryKind.CLAIM_APPROVED: pgettext_lazy("entry", "Claim approved"),
    EntryKind.PAYOUT_MADE: pgettext_lazy("entry", "Care paid"),
    EntryKind.INCENTIVE_AWARDED: pgettext_lazy("entry", "Bonus or discount owed to a provider"),
    EntryKind.REFUND_SET_ASIDE: pgettext_lazy("entry", "Unclaimed refund set aside"),
    EntryKind.SHARE_INVOICED: pgettext_lazy("entry", "State’s share invoiced"),
    EntryKind.SHARE_CREDITED: pgettext_lazy("entry", "State’s share given back"),
    EntryKind.SHARE_RECEIVED: pgettext_lazy("entry", "State’s share received"),
    EntryKind.SHARE_PASSED_ON: pgettext_lazy("entry", "State’s share passed on"),
    EntryKind.SHARE_REPAID: pgettext_lazy("entry", "State’s share paid back"),
    EntryKind.EXPENSE_PAID: pgettext_lazy("entry", "Running cost"),
    EntryKind.GRANT_RECEIVED: pgettext_lazy("entry", "Gift or grant"),
    EntryKind.BANK_CHARGE: pgettext_lazy("entry", "Bank charge"),
    EntryKind.INTEREST_RECEIVED: pgettext_lazy("entry", "Interest"),
    EntryKind.OPENING_BALANCE: pgettext_lazy("entry", "Opening balances"),
    EntryKind.FUND_TRANSFER: pgettext_lazy("entry", "Transfer between funds"),
    EntryKind.SUSPENSE: pgettext_lazy("entry", "Put in suspense"),
    EntryKind.SUSPENSE_CLEARED: pgettext_lazy("entry", "Suspense cleared"),
    EntryKind.CASH_SHORTAGE: pgettext_lazy("entry", "Missing cash"),
    EntryKind.SHORTAGE_REPAID: pgettext_lazy("entry", "Missing cash paid back"),
    EntryKind.SHORTAGE_WRITTEN_OFF: pgettext_lazy("entry", "Missing cash written off"),
    EntryKind.REVERSAL: pgettext_lazy("entry", "Reversal"),
}
CHANGE_NAMES: dict[str, Text] = {
    EntryKind.OPENING_BALANCE: _("Balances with which the books began"),
    EntryKind.CONTRIBUTION_PAID: _("Contributions received"),
    EntryKind.CONTRIBUTION_REASSIGNED: _("Receipts moved to another family"),
    EntryKind.GROUP_SUM_RECEIVED: _("Lump sums of groups"),
    EntryKind.ADVANCE_CARRIED_OVER: _("Advances of families carried over"),
    EntryKind.GRANT_RECEIVED: _("Gifts and grants"),
    EntryKind.INTEREST_RECEIVED: _("Interest received"),
    EntryKind.PAYOUT_MADE: _("Care settled"),
    EntryKind.SHARE_RECEIVED: _("State’s share received"),
    EntryKind.SHARE_PASSED_ON: _("State’s share passed on"),
    EntryKind.SHARE_REPAID: _("State’s share paid back"),
    EntryKind.EXPENSE_PAID: _("Running costs"),
    EntryKind.BANK_CHARGE: _("Bank charges"),
    EntryKind.FUND_TRANSFER: _("From one fund to another"),
    EntryKind.SUSPENSE: _("Put in suspense, to be named"),
    EntryKind.SUSPENSE_CLEARED: _("Taken out of suspense"),
    EntryKind.CASH_SHORTAGE: _("Cash found missing"),
    EntryKind.SHORTAGE_REPAID: _("Missing cash paid back"),
    EntryKind.SHORTAGE_WRITTEN_OFF: _("Missing cash written off"),
}
JOURNAL_NAMES: dict[str, Text] = {
    Journal.CONTRIBUTIONS: pgettext_lazy("journal", "Contributions"),
    Journal.CLAIMS: pgettext_lazy("journal", "Care"),
    Journal.CASH: pgettext_lazy("journal", "Cash box"),
    Journal.BANK: pgettext_lazy("journal", "Bank and mobile money"),
    Journal.OPERATIONS: pgettext_lazy("journal", "Operations"),
    Journal.MIGRATION: pgettext_lazy("journal", "Taken over"),
    Journal.OPENING: pgettext_lazy("journal", "Opening"),
}
FUND_NAMES: dict[str, Text] = {
    FundCode.MUTUAL: _("Mutual fund"),
    FundCode.RUNNING: pgettext_lazy("fund", "Running costs"),
    FundCode.OTHER: pgettext_lazy("fund", "In suspense"),
}


def kind_name(kind: str) -> str:
    """The event that an entry tells."""
    return str(KIND_NAMES.get(kind, kind))


def change_name(kind: str) -> str:
    """What moved a fund, as a line of its account."""
    return str(CHANGE_NAMES.get(kind) or kind_name(kind))


def journal_name(journal: str) -> str:
    """The book of an entry."""
    return str(JOURNAL_NAMES.get(journal, journal))


def fund_name(fund: str) -> str:
    """What a fund is called."""
    return str(FUND_NAMES.get(fund, fund))


def account_choice(account: Account) -> str:
    """An account as a form offers it: ``512 · Banque de l’Imerina``."""
    return f"{account.number} · {account_name(account)}"


def account_name(account: Account) -> str:
    """What an account is called in the reader's language."""
    return account.label_en if get_language() == "en" else account.label_fr


def told_without_statement(balance: ReconciledBalance, currency: str, language: str) -> str:
    """« dont 11 700 Ar en caisse ou sur des comptes sans relevé »; empty when there is none."""
    if not balance.without_statement_minor:
        return ""
    held = writing.money(balance.without_statement_minor, currency, language)
    return gettext("of which {amount} in cash or on accounts without a statement").format(
        amount=held
    )
