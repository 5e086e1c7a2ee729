"""What to do next for a family: one line, one verb, each where its page is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from entraide.apps.contributions.accounts import HouseholdAccount
from entraide.apps.enrolment.facts import covered_until
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.enrolment.papers import paper_on
from entraide.apps.schemes.rights import Right
from entraide.core.completeness import Piece
from entraide.core.renewals import terms_followed
from entraide.documents import writing
from entraide.web.cards.file_words import VERBS
from entraide.web.cards.files import Task
from entraide.web.office import OfficeRequest, office_url


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: its verb and its address, why, by when."""

    what: str
    why: str
    url: str
    people: tuple[tuple[str, str], ...] = ()  # when several: each name with its address


def todos_of(
    request: OfficeRequest,
    household: Household,
    memberships: Sequence[Membership],
    account: HouseholdAccount,
    missing: Sequence[Task],
) -> list[Todo]:
    """What waits for this family, for who may do it; the most pressing first.

    ``missing``: what is missing from its file.
    """
    found: list[Todo] = []
    if Right.RECORD_PAYMENT in request.rights:
        found += _payment(request, household, account)
    if Right.ENROL in request.rights:
        found += _newborns(request, household)
        found += _pieces(request, missing)
        found += _consent(request, household, missing)
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
        words = ngettext(
            "Due since %(day)s, %(days)d day ago.", "Due since %(day)s, %(days)d days ago.", days
        )
        why = words % {"day": day, "days": days}
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


def _pieces(request: OfficeRequest, missing: Sequence[Task]) -> Iterator[Todo]:
    """What is missing from the file: a line a piece, whoever lacks it named there."""
    by_piece: dict[Piece, list[Task]] = {}
    for task in missing:
        by_piece.setdefault(task.piece, []).append(task)
    for piece, tasks in by_piece.items():
        named = [(each.person.spoken_name, each.url) for each in tasks if each.person is not None]
        what, url, people = str(VERBS[piece]), tasks[0].url, tuple(named)
        if len(named) == 1:
            what, people = _("%(what)s: %(person)s") % {"what": what, "person": named[0][0]}, ()
        yield Todo(what, _why_missing(request, tasks), url, people)


def _consent(
    request: OfficeRequest, household: Household, missing: Sequence[Task]
) -> Iterator[Todo]:
    """The consent that nobody has noted, where the rule of files does not ask for it already."""
    if household.consent_on is not None or any(each.piece is Piece.CONSENT for each in missing):
        return
    if paper_on(request.mutual, request.day).fields["consent"].shown:
        url = office_url(request, "household-contact", uid=household.uid)
        yield Todo(str(VERBS[Piece.CONSENT]), _("Consent not noted; rights stay open."), url)


def _why_missing(request: OfficeRequest, tasks: Sequence[Task]) -> str:
    if any(each.is_holding for each in tasks):
        return _("Rights are held back until it is recorded.")
    days = [each.suspends_from for each in tasks if each.suspends_from is not None]
    if days:
        day = writing.day(min(days), request.LANGUAGE_CODE)
        return _("Without it rights are held back from %(day)s.") % {"day": day}
    return _("Asked for by the rule of the mutual; rights stay open.")


def _renewal(
    request: OfficeRequest, household: Household, memberships: Sequence[Membership]
) -> list[Todo]:
    if not memberships:
        return []
    last = max(memberships, key=lambda each: each.effective_from)
    until = covered_until(last)
    if until <= last.effective_from:
        return []  # cancelled before its first day: nothing to follow
    if until >= terms_followed(request.day).until:
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
