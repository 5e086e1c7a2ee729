"""What the codes of a decision are called on a page: a short name, and the whole sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entraide.apps.claims.approvable import Bar
from entraide.apps.claims.models import Circuit
from entraide.apps.nomenclature.selectors import categories
from entraide.core.adjudication.decision import BorneBy
from entraide.messages import sentence

Text = str | Promise

REASON_NAMES: dict[str, Text] = {
    "CARE_IN_FUTURE": _("Date of care after the reception"),
    "NOT_COVERED": _("Rights not open on the day of care"),
    "NO_AGREEMENT": _("Provider without agreement"),
    "LATE_SUBMISSION": _("Asked for too late"),
    "DUPLICATE": _("Already asked for"),
    "QUANTITY_INVALID": _("Impossible quantity"),
    "ITEM_EXCLUDED": _("Outside the benefit package"),
    "CATEGORY_NOT_COVERED": _("Care that the plan does not cover"),
    "SEX_NOT_ALLOWED": _("Act not possible for this person"),
    "AGE_NOT_ALLOWED": _("Act outside the ages allowed"),
    "TOO_FREQUENT": _("Act too close to the last one"),
    "FREE_CARE": _("Paid for by another"),
    "CEILING_COUNT": _("Number of cases of the year reached"),
    "NOT_JUSTIFIED": _("Not medically justified"),
    "QUANTITY_OVER_LIMIT": _("Quantity above the limit"),
    "ABOVE_TARIFF": _("Above the agreed tariff"),
    "DEDUCTIBLE": _("Deductible"),
    "COPAYMENT": _("The family’s share"),
    "COPAYMENT_FIXED": _("The family’s fixed share"),
    "CEILING_PER_CASE": _("Ceiling per case reached"),
    "CEILING_PERSON_YEAR": _("Person’s yearly ceiling reached"),
    "CEILING_HOUSEHOLD_YEAR": _("Family’s yearly ceiling reached"),
    "CEILING_PERSON_YEAR_OVERALL": _("Person’s overall ceiling reached"),
    "CEILING_HOUSEHOLD_YEAR_OVERALL": _("Family’s overall ceiling reached"),
    "MEDICAL_REVIEW": _("Opinion of the medical adviser"),
    "NO_TARIFF": _("No agreed price"),
    "STATEMENT_ARITHMETIC": _("The invoice does not add up"),
    "PERSON_INCOMPLETE": _("Incomplete record of the person"),
    "EMERGENCY_WITHOUT_AGREEMENT": _("Emergency at a provider without agreement"),
    "AMOUNT_TO_CHECK": _("Large amount"),
    "ATTESTATION_TWICE": _("Attestation used twice"),
    "EMERGENCY_NOT_AUTHORISED": _("Emergency without prior agreement"),
    "FIRST_PAYER_SILENT": _("First payer not known"),
    "COMMITTEE_REOPENED": _("Taken up again by the committee"),
    "OPINION_BEFORE": _("An opinion was given on an earlier decision"),
    "EXCEPTION_ASKED": _("Exception to a ceiling asked"),
    "OTHER_COVER_SILENT": _("Another cover comes first"),
    "ITEM_UNKNOWN": _("Unknown act"),
    "QUANTITY_TO_CHECK": _("Large quantity"),
    "INCOMPATIBLE_ACTS": _("Acts that do not go together"),
    "NOT_PAID_DIRECTLY": _("Provider not paid directly"),
    "NOT_REFERRED": _("Without referral"),
    "OUT_OF_PATH": _("Share out of the path of care"),
    "PATH_NOT_FOLLOWED": _("Out of the path of care"),
    "REFERRAL_MISSING": _("Referral without voucher"),
    "REFERRAL_UNKNOWN": _("Unknown referral voucher"),
    "REFERRAL_OF_ANOTHER": _("Voucher of another person"),
    "REFERRAL_CANCELLED": _("Cancelled referral voucher"),
    "REFERRAL_EXPIRED": _("Referral voucher not valid that day"),
    "REFERRAL_ELSEWHERE": _("Voucher for another provider"),
    "REFERRAL_USED": _("Referral voucher already used"),
    "PRE_AUTHORISATION_MISSING": _("Without prior agreement"),
    "PRE_AUTHORISATION_USED_UP": _("Prior agreement used up"),
    "WAITING_PERIOD": _("Waiting period"),
    "LIMIT_COUNT": _("Limit of cases reached"),
    "LIMIT_QUANTITY": _("Limit of quantity reached"),
    "LIMIT_AMOUNT": _("Limit of amount reached"),
    "ABOVE_PRODUCT_PRICE": _("Above the price of the plan"),
    "ABOVE_PRE_AUTHORISATION": _("Above the prior agreement"),
    "PAID_BY_OTHER": _("Paid by another payer"),
    "STATE_SHARE": _("Share of the State"),
    "DEDUCTIBLE_OVERALL": _("Overall deductible"),
    "COPAYMENT_PER_UNIT": _("The family’s share by unit"),
    "CONVENTION_DISCOUNT": _("Discount of the convention"),
    "SERVICE_NOT_AGREED": _("Service outside the convention"),
    "GUARANTEE_LETTER_MISSING": _("Without guarantee letter"),
    "GUARANTEE_LETTER_USED_UP": _("Guarantee letter used up"),
    "STAY_CONTRADICTED": _("Hospital care said to be no stay"),
    "TOTAL_DIFFERS": _("Total of the paper"),
    "CASE_SPLIT": _("One case in two papers"),
    "DELIVERY_TOO_SOON": _("Two deliveries too near"),
    "SAME_ACT_TWICE": _("Same act on several lines"),
    "SAME_ACT_ELSEWHERE": _("Same act at another provider"),
    "PRICE_UNUSUAL": _("Unusual price"),
    "QUANTITY_UNUSUAL": _("Unusual quantity"),
    "ATTESTATION_OUT_OF_RANGE": _("Attestation of no booklet"),
    "ATTESTATION_OF_ANOTHER": _("Attestation of another provider"),
    "ATTESTATION_SPOILT": _("Attestation lost or cancelled"),
    "ATTESTATION_HANDED_BACK": _("Attestation handed back unused"),
    "CARE_OUTSIDE_INVOICE": _("Care outside the period of its invoice"),
}

BEARERS: dict[BorneBy, Text] = {
    BorneBy.MEMBER: pgettext_lazy("who bears it", "the family"),
    BorneBy.PROVIDER: pgettext_lazy("who bears it", "the provider"),
    BorneBy.OTHER: pgettext_lazy("who bears it", "another payer"),
}

CIRCUITS: dict[str, Text] = {
    Circuit.THIRD_PARTY_PAYMENT: _("Third-party payment"),
    Circuit.REIMBURSEMENT: _("Reimbursement"),
}

CHANNELS: dict[str, Text] = {
    "cash": pgettext_lazy("channel", "Cash"),
    "bank": pgettext_lazy("channel", "Bank transfer"),
    "mobile_money": pgettext_lazy("channel", "Mobile money"),
    "savings": pgettext_lazy("channel", "Savings account"),
    "agency": pgettext_lazy("channel", "Agency cash desk"),
    "home": pgettext_lazy("channel", "At home"),
    "lender": pgettext_lazy("channel", "Lender"),
    "group": pgettext_lazy("channel", "Partner group"),
}

SECTORS: dict[str, Text] = {
    "public": pgettext_lazy("sector", "public"),
    "private": pgettext_lazy("sector", "private"),
    "faith_based": pgettext_lazy("sector", "faith-based"),
}


def language() -> str:
    """The reader's language."""
    return get_language() or "fr"


def reason_name(code: str) -> str:
    """The short name of a reason."""
    return str(REASON_NAMES.get(code, code))


def category_names() -> dict[str, str]:
    """What each category of care is called, by code, in the nomenclature's order. One query."""
    is_french = language() == "fr"
    return {
        category.code: category.label_fr if is_french else category.label_en
        for category in categories()
    }


def told(code: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The sentence of a code; a category inside it is called by its name."""
    shown = dict(data)
    if "category" in shown:
        shown["category"] = names.get(shown["category"], shown["category"])
    return sentence(code, shown, language())


def told_in_cell(code: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The same beside a figure: one sentence there has no full stop."""
    whole = told(code, data, names)
    return whole[:-1] if whole.endswith(".") and ". " not in whole else whole


BARS: dict[Bar, Text] = {
    Bar.ENTERED: _("You entered this claim: another person approves it."),
    Bar.DECIDED: _("You made the decision in force, alone or for the committee: another person "
                   "approves it."),
    Bar.SAT: _("You sat in the committee that decided it: somebody who did not sit approves it."),
}  # fmt: skip
"""Why a person who may approve claims does not approve this one."""
