"""What to do next for a family: one line, one verb, each where its page is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from entraide.apps.contributions.registers import RENEWAL_DAYS_BEFORE
from entraide.apps.contributions.selectors import HouseholdAccount
from entraide.apps.enrolment.facts import covered_until
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.schemes.rights import Right
from entraide.documents import writing
from entraide.web.households.wording import RightsShown
from entraide.web.office import OfficeRequest, office_url


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: its verb and its address, why, by when."""

    what: str
    why: str
    url: str


class Shown(Protocol):
    """A person on the page, with the rights that day."""

    person: Person
    rights: RightsShown


def todos_of(
    request: OfficeRequest,
    household: Household,
    memberships: Sequence[Membership],
    account: HouseholdAccount,
    present: Sequence[Shown],
) -> list[Todo]:
    """What waits for this family, for who may do it; the most pressing first."""
    found: list[Todo] = []
    if Right.RECORD_PAYMENT in request.rights:
        found += _payment(request, household, account)
    if Right.ENROL in request.rights:
        found += _newborns(request, household)
        found += _photos(request, present)
        found += _renewal(request, household, memberships)
    return found


def _payment(request: OfficeRequest, household: Household, account: HouseholdAccount) -> list[Todo]:
    due = account.next_due
    if due is None:
        return []
    money = writing.money(account.expected_minor, request.mutual.currency, request.LANGUAGE_CODE)
    day = writing.day(due.due_on, request.LANGUAGE_CODE)
    if due.due_on < request.day:
        days = (request.day - due.due_on).days
        why = _("Due since %(day)s, %(days)d days ago.") % {"day": day, "days": days}
    else:
        why = _("Due on %(day)s.") % {"day": day}
    url = office_url(request, "payment-new", uid=household.uid)
    return [Todo(_("Receive %(amount)s") % {"amount": money}, why, url)]


def _newborns(request: OfficeRequest, household: Household) -> list[Todo]:
    """Children who are only declared: each with the last day of its provisional cover."""
    waiting = household.persons.filter(provisional_until__isnull=False, died_on__isnull=True)
    found = []
    for person in waiting.order_by("provisional_until"):
        assert person.provisional_until is not None
        last_on = writing.day(person.provisional_until - timedelta(days=1), request.LANGUAGE_CODE)
        found.append(
            Todo(
                _("Register the newborn %(person)s") % {"person": person.full_name},
                _("Covered as a newborn until %(day)s.") % {"day": last_on},
                office_url(request, "newborn-register", uid=person.uid),
            )
        )
    return found


def _photos(request: OfficeRequest, present: Sequence[Shown]) -> list[Todo]:
    return [
        Todo(
            _("Add the photo of %(person)s")
            % {"person": each.person.given_name or each.person.name},
            _("Rights open as soon as it is on the card."),
            office_url(request, "person-photo", uid=each.person.uid),
        )
        for each in present
        if each.rights.lacks_photo
    ]


def _renewal(
    request: OfficeRequest, household: Household, memberships: Sequence[Membership]
) -> list[Todo]:
    if not memberships:
        return []
    last = max(memberships, key=lambda each: each.effective_from)
    until = covered_until(last)
    if until - request.day > timedelta(days=RENEWAL_DAYS_BEFORE):
        return []
    language = request.LANGUAGE_CODE
    if until > request.day:
        last_day = writing.day(until - timedelta(days=1), language)
        why = _("Cover runs until %(day)s.") % {"day": last_day}
    else:
        why = _("Cover ended on %(day)s.") % {
            "day": writing.day(until - timedelta(days=1), language)
        }
    url = office_url(request, "household-renew", uid=household.uid)
    return [Todo(_("Renew the membership"), why, url)]
