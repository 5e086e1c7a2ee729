"""The rows of the flat files, read from the registers as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Q, Subquery
from django_scopes import scope

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit
from entraide.apps.claims.models import ClaimLine
from entraide.apps.contributions.models import PaymentAllocation
from entraide.apps.enrolment.models import Membership, Person
from entraide.apps.fieldwork.models import Activity, FollowContact, TimeSpent
from entraide.apps.ledger.models import Posting
from entraide.apps.nomenclature.selectors import categories
from entraide.apps.reporting.flat_columns import (
    ACTIVITIES,
    CLAIMS,
    CONTRIBUTIONS,
    DICTIONARY,
    ENTRIES,
    FLAT_FILES,
    KINDS,
    MEMBERS,
    FlatColumn,
    FlatFile,
)
from entraide.apps.schemes.models import Mutual
from entraide.core.follow_up import Channel
from entraide.core.ledger import Side
from entraide.core.periods import Period
from entraide.files.flat_csv import amount, csv_file
from entraide.messages import translate

_AT_A_TIME = 2000
ACTIVITY_OF_CHANNEL = {
    Channel.VISIT.value: Activity.HOME_VISIT.value,
    Channel.CALL.value: Activity.CALL.value,
}


def flat_file(
    *, mutual: Mutual, file: FlatFile, period: Period | None = None, actor: User | None = None
) -> bytes:
    """One file as CSV, for all time or for the rows whose ``dated`` day lies in a period.

    Logged as an export with its count of rows: it holds names of persons.
    """
    with scope(mutual=mutual):
        rows = list(_ROWS[file.name](mutual, period if file.dated else None))
        record_audit(
            kind=AuditKind.EXPORT,
            mutual=mutual,
            actor=actor,
            subject=file.name,
            details={"rows": len(rows), "from": period and period.start},
        )
    return csv_file([column.name for column in file.columns], rows)


def dictionary_file(language: str) -> bytes:
    """What each column of each file means, as CSV."""
    rows = [
        (file.name, column.name, translate(KINDS[column.kind], language),
         column_meaning(column, language))
        for file in FLAT_FILES.values()
        for column in file.columns
    ]  # fmt: skip
    return csv_file(DICTIONARY, rows)


def column_meaning(column: FlatColumn, language: str) -> str:
    """What a column holds, with what each of its codes stands for."""
    meaning = translate(column.meaning, language)
    if column.kind != "care_category":
        return meaning
    known = ", ".join(
        f"{each.code} ({each.label_fr if language == 'fr' else each.label_en})"
        for each in categories()
    )
    colon = "\u00a0:" if language == "fr" else ":"
    return f"{meaning}{colon} {known}" if known else meaning


def _chosen(name: str, period: Period | None) -> Q:
    if period is None:
        return Q()
    return Q(**{f"{name}__gte": period.start, f"{name}__lt": period.until})


def _members(mutual: Mutual, _period: Period | None) -> Iterator[Sequence[Any]]:
    last = (
        Membership.objects.filter(household=OuterRef("household"))
        .exclude(ended_on__lte=F("effective_from"))  # a renewal that was given up never begins
        .order_by("-effective_from", "-id")
    )
    persons = (
        Person.objects.filter(mutual=mutual)
        .select_related("household__group", "household__area")
        .annotate(last_cover=Subquery(last.values("pk")[:1]))
        .order_by("number")
    )
    covers = {
        cover.pk: cover
        for cover in Membership.objects.filter(mutual=mutual).select_related("product")
    }
    for person in persons.iterator(_AT_A_TIME):
        household = person.household
        cover = covers.get(person.last_cover)
        yield (
            person.number, household.number, "oui" if person.is_member else "non", person.name,
            person.given_name, person.relation, person.sex, person.birth_on,
            person.birth_precision, person.entered_on, person.exited_on, person.died_on,
            person.phone or household.phone, household.group.code if household.group else "",
            household.area.name if household.area else "",
            *(
                (cover.product.code, cover.effective_from, _last_day(cover))
                if cover else ("", None, None)
            ),
            household.group.kind if household.group else "",
        )  # fmt: skip


def _last_day(cover: Membership) -> date:
    return (cover.ended_on or cover.effective_until) - timedelta(days=1)


def _contributions(mutual: Mutual, period: Period | None) -> Iterator[Sequence[Any]]:
    parts = (
        PaymentAllocation.objects.filter(_chosen("payment__paid_on", period), mutual=mutual)
        .select_related("payment__slip", "payment__entry", "due", "payment__household")
        .order_by("payment__paid_on", "payment_id", "id")
    )
    for part in parts.iterator(_AT_A_TIME):
        payment, due = part.payment, part.due
        yield (
            payment.document_number, payment.paper_number, due.document_number,
            payment.household.number if payment.household else "", due.kind, due.payer,
            payment.channel, payment.paid_on, payment.entry.posted_on, due.cover_from,
            due.cover_until - timedelta(days=1),
            *(
                amount(minor, mutual.currency)
                for minor in (part.amount_minor, part.fund_share_minor, part.running_share_minor)
            ),
            payment.reversed_on, payment.slip.document_number if payment.slip else "",
            mutual.currency,
        )  # fmt: skip


def _claims(mutual: Mutual, period: Period | None) -> Iterator[Sequence[Any]]:
    lines = (
        ClaimLine.objects.filter(_chosen("claim__care_on", period), mutual=mutual)
        .select_related(
            "claim__person", "claim__household", "claim__provider", "claim__entry", "category"
        )
        .order_by("claim__care_on", "claim_id", "position")
    )
    zone = ZoneInfo(mutual.time_zone)  # the day that the mutual's own calendar showed
    for line in lines.iterator(_AT_A_TIME):
        claim = line.claim
        reduced_minor = line.claimed_minor - line.payable_minor
        yield (
            claim.document_number, line.position,
            claim.person.number, claim.household.number, claim.provider.code, claim.circuit,
            claim.care_on, claim.received_on, claim.recorded_at.astimezone(zone).date(),
            claim.entry.posted_on if claim.entry else None, claim.paid_on, claim.state,
            line.category.code, str(line.quantity).replace(".", ","),
            *(
                amount(minor, mutual.currency)
                for minor in (
                    line.unit_price_minor, line.claimed_minor, line.payable_minor, reduced_minor,
                )
            ),
            claim.reversed_on, mutual.currency,
        )  # fmt: skip


def _activities(mutual: Mutual, period: Period | None) -> Iterator[Sequence[Any]]:
    """Both kinds in one file by day: each is read in its order, and the earlier day goes first."""
    zone = ZoneInfo(mutual.time_zone)
    told = (
        TimeSpent.objects.filter(_chosen("worked_on", period), mutual=mutual)
        .select_related("worker", "group")
        .order_by("worked_on", "pk")
    )
    contacts = (
        FollowContact.objects.filter(_chosen("contacted_on", period), mutual=mutual)
        .select_related("worker", "household__group")
        .order_by("contacted_on", "pk")
    )
    of_time = (
        (
            "time", each.worked_on, each.activity, str(each.worker), "",
            each.group.code if each.group else "", each.acts_count, each.minutes,
            each.recorded_at.astimezone(zone).date(), each.withdrawn_on,
        )
        for each in told.iterator(_AT_A_TIME)
    )  # fmt: skip
    of_contacts = (
        (
            "contact", each.contacted_on, ACTIVITY_OF_CHANNEL[each.channel], str(each.worker),
            each.household.number, each.household.group.code if each.household.group else "",
            1, None, each.recorded_at.astimezone(zone).date(), each.withdrawn_on,
        )
        for each in contacts.iterator(_AT_A_TIME)
    )  # fmt: skip
    yield from merge(of_time, of_contacts, key=itemgetter(1))


def _entries(mutual: Mutual, period: Period | None) -> Iterator[Sequence[Any]]:
    postings = (
        Posting.objects.filter(_chosen("entry__posted_on", period), mutual=mutual)
        .select_related("entry__posted_by", "account")
        .order_by("entry__sequence", "position")
    )
    for posting in postings.iterator(_AT_A_TIME):
        entry, account = posting.entry, posting.account
        minor = amount(posting.amount_minor, mutual.currency)
        nothing = amount(0, mutual.currency)
        is_debit = posting.side == Side.DEBIT
        yield (
            entry.sequence, entry.journal, entry.document_number, posting.position,
            entry.occurred_on, entry.posted_on, account.number, account.label_fr, posting.fund,
            minor if is_debit else nothing, nothing if is_debit else minor, entry.label,
            entry.posted_by.username, entry.hash, mutual.currency,
        )  # fmt: skip


_ROWS = {
    MEMBERS.name: _members,
    CONTRIBUTIONS.name: _contributions,
    CLAIMS.name: _claims,
    ACTIVITIES.name: _activities,
    ENTRIES.name: _entries,
}
