"""What the lines of a plan are called: levers, roles, drivers of work, confidence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise

LEVER_NAMES: dict[str, Text] = {
    "growth": _("New groups"),
    "price": pgettext_lazy("lever", "Contribution"),
    "share": _("Running share"),
    "sms": _("Targeted visits, calls"),
    "circuits": _("Grouped payments and invoices"),
    "phone": _("Entry on the phone"),
    "thrift": _("Savings on running costs"),
    "cover": _("Reduced cover"),
}

LEVER_MEANINGS: dict[str, Text] = {
    "growth": _("More households, through new groups; those who leave are replaced as today."),
    "price": _("A dearer contribution, in two steps, each at the next contract."),
    "share": _("More of each contribution for running costs; it moves with the contracts."),
    "sms": _("Visits to those who need them, calls and messages, fewer sessions."),
    "circuits": _("One payment a year, invoices left at head office, refunds by transfer."),
    "phone": _("Field agents enter families and visits themselves, on the phone."),
    "thrift": _(
        "Other costs 15 % lower, 12 field agents per coordinator, one logistics post less."
    ),
    "cover": _(
        "Private care 10 points less, public consultation 5 less, a quarter of private care moved "
        "to public providers."
    ),
}

POST_NAMES: dict[str, Text] = {
    "director": pgettext_lazy("post", "Director"),
    "finance_officer": pgettext_lazy("post", "Finance officer"),
    "accountant": pgettext_lazy("post", "Accountant"),
    "medical_adviser": pgettext_lazy("post", "Medical adviser"),
    "coordinator": pgettext_lazy("post", "Coordinators"),
    "field_agent": pgettext_lazy("post", "Field agents"),
    "data_entry_clerk": pgettext_lazy("post", "Data-entry clerks"),
    "logistics": pgettext_lazy("post", "Logistics"),
}

SECTOR_NAMES: dict[str, Text] = {
    "public": pgettext_lazy("sector", "public"),
    "private": pgettext_lazy("sector", "private"),
    "faith_based": pgettext_lazy("sector", "faith-based"),
    "all": pgettext_lazy("sector", "all"),
}

ACTIVITY_NAMES: dict[str, Text] = {
    "enrolment": _("Enrolment"),
    "renewal": _("Renewal"),
    "home_visit_new": _("Visit of a new family"),
    "home_visit": _("Home visit"),
    "group_session": _("Session in a group"),
    "call": _("Follow-up call"),
    "monthly_collection": _("Monthly collection"),
    "hospital_visit": _("Visit at the hospital"),
    "invoice_fetching": _("Fetching of invoices"),
    "refund_at_home": _("Refund at home"),
    "claim_entry": _("Entry of a claim"),
    "medical_review": _("Medical opinion"),
    "medical_session": _("Session of the medical adviser"),
    "provider_relations": _("Relations with providers"),
}

DRIVER_NAMES: dict[str, Text] = {
    "new_household": _("per new family"),
    "renewed_household": _("per family that renews"),
    "household": _("per family and year"),
    "instalment_household": _("per family that pays monthly, and year"),
    "partner_group": _("per group and year"),
    "hospital_stay": _("per hospital stay"),
    "claim": _("per claim"),
    "mutual": _("for the mutual, per year"),
}

BASIS_NAMES: dict[str, Text] = {
    "fixed": _("whole mutual"),
    "household": _("per family"),
    "post": _("per post"),
    "one_off": _("once"),
}

CONFIDENCE_NAMES: dict[str, Text] = {
    "H": pgettext_lazy("confidence", "high"),
    "M": pgettext_lazy("confidence", "medium"),
    "L": pgettext_lazy("confidence", "low"),
}

UPSETS: dict[str, Text] = {
    "wages": _("wages rising 2 points more each year"),
    "care": _("one tenth more care"),
    "newcomers": _("a rise that keeps twice as many families away"),
}


def named(names: dict[str, Text], key: str) -> str:
    """The name of a key; one that a mutual invented is shown as it wrote it."""
    return str(names.get(key, key.replace("_", " ")))
