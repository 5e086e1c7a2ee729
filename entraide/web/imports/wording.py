"""What imports say: kinds of table, fields, what becomes of a row, what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.contributions.models import AdvanceState, OpeningAdvance
from entraide.apps.takeover.models import ImportRun
from entraide.documents import writing
from entraide.exchange.registers.background import is_interrupted
from entraide.exchange.registers.opening import profile_named
from entraide.exchange.registers.plan import Action
from entraide.files.cell_days import Birth
from entraide.files.table_profile import TableProfile
from entraide.messages import place_in_words, sentence
from entraide.web.households.wording import SEX_CHOICES
from entraide.web.names import State

Text = str | Promise

KIND_NAMES: dict[str, Text] = {
    "members": gettext_lazy("Members"),
    "contributions": gettext_lazy("Contributions received"),
    "visits": gettext_lazy("Home visits"),
    "claims": gettext_lazy("Claims settled before"),
    "loans": gettext_lazy("Disbursements"),
    "movements": gettext_lazy("Entries and exits"),
    "photos": gettext_lazy("Photos"),
    "providers": gettext_lazy("Providers"),
    "tariffs": gettext_lazy("Prices"),
    "returns": gettext_lazy("Answers to transfers"),
    "covers": gettext_lazy("Persons insured elsewhere"),
}

FIELD_NAMES: dict[str, Text] = {
    "household_number": gettext_lazy("Family number"),
    "card_number": gettext_lazy("Card number"),
    "name": gettext_lazy("Name"),
    "given_name": gettext_lazy("Given name"),
    "birth": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "relation": gettext_lazy("Relation"),
    "phone": gettext_lazy("Telephone"),
    "occupation": gettext_lazy("Occupation"),
    "address": gettext_lazy("Address"),
    "area": gettext_lazy("Village or district"),
    "group": gettext_lazy("Group"),
    "enrolled_on": gettext_lazy("Day of enrolment"),
    "cover_from": gettext_lazy("First day of cover"),
    "cover_last_on": gettext_lazy("Last day of cover"),
    "owed_minor": gettext_lazy("Still owed"),
    "advance_minor": gettext_lazy("Paid ahead"),
    "has_photo": gettext_lazy("Photo"),
    "left_on": gettext_lazy("Day of leaving"),
    "receipt_number": gettext_lazy("Receipt number"),
    "paid_on": gettext_lazy("Day of payment"),
    "amount_minor": gettext_lazy("Amount"),
    "channel": gettext_lazy("Way of payment"),
    "payout_number": gettext_lazy("Number of the payment"),
    "payout_outcome": gettext_lazy("Paid or come back"),
    "answered_on": gettext_lazy("Day of the answer"),
    "return_code": gettext_lazy("Code of the return"),
    "bank_reference": gettext_lazy("Reference of the bank"),
    "return_words": gettext_lazy("Why, in the words of the bank"),
    "nature": gettext_lazy("What it pays"),
    "scheme_number": gettext_lazy("Number at the scheme"),
    "payer": gettext_lazy("Scheme"),
    "visited_on": gettext_lazy("Day of the visit"),
    "agent": gettext_lazy("Field agent"),
    "subject": gettext_lazy("Subject"),
    "outcome": gettext_lazy("Outcome"),
    "claim_number": gettext_lazy("Number of the claim"),
    "care_on": gettext_lazy("Day of care"),
    "category": gettext_lazy("Kind of care"),
    "provider": gettext_lazy("Provider of care"),
    "asked_minor": gettext_lazy("Amount claimed"),
    "paid_minor": gettext_lazy("Amount paid"),
    "client_number": gettext_lazy("Client number"),
    "loan_number": gettext_lazy("Loan number"),
    "loan_minor": gettext_lazy("Amount of the loan"),
    "disbursed_on": gettext_lazy("Disbursed on"),
    "term_months": gettext_lazy("Term in months"),
    "contribution_minor": gettext_lazy("Contribution kept back"),
    "savings_account": gettext_lazy("Savings account"),
    "movement": gettext_lazy("Entry or exit"),
    "moved_on": gettext_lazy("Day of the movement"),
    "provider_code": gettext_lazy("Code of the provider"),
    "provider_name": gettext_lazy("Name of the provider"),
    "sector": gettext_lazy("Sector"),
    "level": gettext_lazy("Level"),
    "services": gettext_lazy("Services"),
    "opening_hours": gettext_lazy("Opening hours"),
    "contact_name": gettext_lazy("Contact person"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "care_item": gettext_lazy("Act or drug, or its code"),
    "care_label": gettext_lazy("Wording of the act or drug"),
    "unit_price_minor": gettext_lazy("Price"),
    "price_list": gettext_lazy("Price list"),
    "effective_from": gettext_lazy("In force from"),
}

ACTIONS: dict[Action, State] = {
    Action.CREATE: State("ok", pgettext_lazy("import", "New")),
    Action.ADD: State("ok", pgettext_lazy("import", "Added")),
    Action.NUMBER: State("ok", pgettext_lazy("import", "Old card noted")),
    Action.RENEW: State("ok", pgettext_lazy("import", "Renewed")),
    Action.REFINANCE: State("ok", pgettext_lazy("import", "Refinanced")),
    Action.PAY: State("ok", pgettext_lazy("import", "Received")),
    Action.END: State("warn", pgettext_lazy("import", "Ended")),
    Action.PAID_OUT: State("ok", pgettext_lazy("import", "Paid")),
    Action.COME_BACK: State("warn", pgettext_lazy("import", "Came back")),
    Action.ARCHIVE: State("plain", pgettext_lazy("import", "Kept as it is")),
    Action.KNOWN: State("plain", pgettext_lazy("import", "Here already")),
    Action.DIFFERS: State("warn", pgettext_lazy("import", "Said otherwise")),
    Action.ALIKE: State("warn", pgettext_lazy("import", "Resembles somebody")),
    Action.UNMATCHED: State("warn", pgettext_lazy("import", "To be found")),
    Action.ASIDE: State("warn", pgettext_lazy("import", "Set aside")),
    Action.SETTLED: State("plain", pgettext_lazy("import", "Settled otherwise")),
    Action.LEFT_OUT: State("warn", pgettext_lazy("import", "Left out")),
}

ADVANCE_TOLD = State("warn", gettext_lazy("Told by the old tool"))
_ADVANCE_STATES: dict[str, State] = {
    AdvanceState.PREPARED: State("warn", gettext_lazy("Waits for approval")),
    AdvanceState.POSTED: State("ok", pgettext_lazy("advance", "In the books")),
    AdvanceState.REFUSED: State("bad", pgettext_lazy("advance", "Refused")),
    AdvanceState.REVERSED: State("bad", pgettext_lazy("advance", "Taken back")),
}
_ADVANCE_USED = State("plain", gettext_lazy("Used up"))


def advance_state(advance: OpeningAdvance) -> State:
    """What became of an advance, in words."""
    if advance.state == AdvanceState.POSTED and not advance.rest_minor:
        return _ADVANCE_USED
    return _ADVANCE_STATES[advance.state]


COUNT_NAMES: dict[str, Text] = {
    "rows": gettext_lazy("Rows read"),
    "households": gettext_lazy("Families"),
    "persons": gettext_lazy("Persons"),
    "persons_added": gettext_lazy("Persons added to families here"),
    "earlier_numbers": gettext_lazy("Numbers of old cards noted"),
    "advances": gettext_lazy("Families that had paid ahead"),
    "differing": gettext_lazy("Families of which the file says otherwise"),
    "renewals": gettext_lazy("Contracts renewed"),
    "refinanced": gettext_lazy("Loans refinanced before term"),
    "payments": gettext_lazy("Contributions received"),
    "told_minor": gettext_lazy("Kept back, sum of the file"),
    "supposed_minor": gettext_lazy("Supposed kept back: the file does not say"),
    "payments_minor": gettext_lazy("Amount received"),
    "known_minor": gettext_lazy("Kept back, of loans here already"),
    "aside_minor": gettext_lazy("Kept back, set aside"),
    "settled_minor": gettext_lazy("Kept back, settled otherwise"),
    "credits_minor": gettext_lazy("Unexpired contributions credited"),
    "cancelled_minor": gettext_lazy("Unpaid contributions cancelled for months not begun"),
    "visits": gettext_lazy("Visits taken over"),
    "past_claims": gettext_lazy("Claims kept as history"),
    "past_claims_minor": gettext_lazy("Amount paid for them"),
    "photos": gettext_lazy("Photos kept"),
    "photos_left_out": gettext_lazy("Files left out, each named below"),
    "payouts_paid": gettext_lazy("Payments made"),
    "payouts_returned": gettext_lazy("Payments come back"),
    "covers": gettext_lazy("Other covers noted"),
    "providers": gettext_lazy("Providers entered"),
    "prices": gettext_lazy("Prices, to be approved"),
    "ended": gettext_lazy("Contracts ended"),
    "unmatched": gettext_lazy("Clients to be found"),
    "aside": gettext_lazy("Clients set aside: amount to be settled"),
    "settled": gettext_lazy("Clients settled otherwise"),
    "known": gettext_lazy("Here already, or left out"),
}

RUN_STATES: dict[str, State] = {
    "draft": State("wait", pgettext_lazy("import", "To be confirmed")),
    "queued": State("wait", pgettext_lazy("import", "Waiting its turn")),
    "running": State("wait", pgettext_lazy("import", "In progress")),
    "refused": State("bad", pgettext_lazy("import", "Refused")),
    "done": State("ok", pgettext_lazy("import", "Imported")),
    "replaced": State("plain", pgettext_lazy("import", "Replaced")),
}
TO_CORRECT = State("warn", pgettext_lazy("import", "To be corrected"))
INTERRUPTED = State("bad", pgettext_lazy("import", "Interrupted"))

_RELATIONS: dict[str, Text] = {
    "member": gettext_lazy("member"),
    "spouse": gettext_lazy("spouse"),
    "child": gettext_lazy("child"),
    "parent": gettext_lazy("parent"),
    "other": gettext_lazy("other"),
}
_PRECISIONS: dict[str, Text] = {
    "year": pgettext_lazy("import", "that year"),
    "around": pgettext_lazy("import", "about that year"),
}


RETURNS = "returns"  # the kind of table by which banks and operators answer


def is_returns(run: ImportRun) -> bool:
    """Whether an import is what a bank or an operator answers: it belongs to settlements."""
    return profile_named(run.profile).kind == RETURNS


def state_of(run: ImportRun) -> State:
    """Where an import of the list stands."""
    if run.state == "draft" and run.faults_count:
        return TO_CORRECT
    return INTERRUPTED if is_interrupted(run) else RUN_STATES[run.state]


def profile_title(profile: TableProfile, language: str) -> str:
    """The name of a profile in the reader's language."""
    return profile.title.fr if language == "fr" else profile.title.en


def understood(field: str, value: Any, currency: str, language: str) -> str:
    """A value as it was understood, to be compared with the text of the file."""
    if isinstance(value, Birth):
        if value.precision == "exact":
            return writing.day(value.on, language)
        return f"{value.on.year}, {_PRECISIONS[value.precision]}"
    if isinstance(value, bool):
        return str(gettext_lazy("yes") if value else gettext_lazy("no"))
    if isinstance(value, date):
        return writing.day(value, language)
    if isinstance(value, int) and field.endswith("_minor"):
        return writing.money(value, currency, language)
    if field == "sex":
        return str(dict(SEX_CHOICES)[value])
    if field == "relation":
        return str(_RELATIONS[value])
    return str(value)


def told(code: str, data: Mapping[str, Any], currency: str, language: str) -> str:
    """What a fault or a remark says, its amounts in the mutual's money, its days in words.

    A remark that an import kept bears its days as ISO texts.
    """
    shown = {name: _day_of(value) if name in _DAYS else value for name, value in data.items()}
    return sentence(code, {"currency": currency, **shown}, language)


_DAYS = frozenset({"day", "first", "last", "last_on", "starts_on", "until"})


def _day_of(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def place_told(place: str, language: str) -> str:
    """Where it stands, the file of a zip, or a dash for the whole."""
    is_told = place.startswith(("row", "sheet", "file "))
    return place_in_words(place, language) if is_told else "–"
