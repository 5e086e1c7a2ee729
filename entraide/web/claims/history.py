"""What happened to a claim, the last event first, each with the paper that it left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from entraide.apps.access.models import User
from entraide.apps.access.records import sections_in_sight
from entraide.apps.claims.again_models import DecidedAgain, WhyAgain
from entraide.apps.claims.committee import sittings_of
from entraide.apps.claims.models import Claim, ClaimState, CommitteeSession
from entraide.apps.claims.referral_models import ReferralLink
from entraide.apps.ledger.models import Entry
from entraide.apps.schemes.rights import Right
from entraide.apps.settlement.models import Payout
from entraide.web.claims.sheet import ClaimSheet
from entraide.web.ways import BATCH_READERS, Way, entry_way, open_to, page_way


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its day, or its moment; what was done; why; the papers it left."""

    on: date | None
    at: datetime | None
    what: str
    why: str = ""
    ways: tuple[Way, ...] = ()


def history(sheet: ClaimSheet, payout: Payout | None, rights: frozenset[Right]) -> list[Event]:
    """From the last event back to the care; a paper is a link for who may open it."""
    claim = sheet.claim
    events = [
        Event(claim.care_on, None, _("Care at {provider}").format(provider=claim.provider.name)),
        Event(claim.received_on, None, _received(claim)),
        Event(
            None,
            claim.recorded_at,
            _("Entered by {person}").format(person=claim.entered_by),
        ),
        *_decided_and_approved(sheet, rights),
        *_settlement(claim, payout, rights),
        *_carried(claim),
        *_reversal(claim, rights),
    ]
    return events[::-1]


def _entry(claim: Claim, entry: Entry, rights: frozenset[Right]) -> Way:
    return open_to(entry_way(claim.mutual, entry), rights, Right.READ_BOOKS)


def _received(claim: Claim) -> str:
    papers = []
    if claim.attestation_number:
        papers.append(_("attestation {number}").format(number=claim.attestation_number))
    if claim.invoice_number:
        papers.append(_("invoice {number}").format(number=claim.invoice_number))
    return ", ".join([_("Received at the office"), *papers])


def sitting_way(claim: Claim, session: CommitteeSession, rights: frozenset[Right]) -> Way:
    """The minutes of a sitting; bare words for who works in some sections only."""
    way = page_way(claim.mutual, session.document_number, "committee", uid=session.uid)
    needed = () if sections_in_sight() is not None else (Right.READ_REGISTERS,)
    return open_to(way, rights, *needed)


def _decided_and_approved(sheet: ClaimSheet, rights: frozenset[Right]) -> list[Event]:
    """In the order in which they came: one that was approved may be decided again since."""
    decided, approved = _decisions(sheet, rights), _approval(sheet.claim, rights)
    since = sheet.claim.approved_at
    later = [each for each in decided if since and each.at and each.at > since]
    return [*(each for each in decided if each not in later), *approved, *later]


def _decisions(sheet: ClaimSheet, rights: frozenset[Right]) -> list[Event]:
    events = []
    recoded = {
        each.decision_id: each
        for each in sheet.claim.recodings.select_related("from_item", "to_item", "recoded_by")
    }
    links = ReferralLink.objects.filter(claim=sheet.claim).select_related("voucher", "linked_by")
    linked = {each.decision_id: each for each in links}
    sittings = sittings_of((*sheet.earlier, sheet.decision))
    again = sheet.claim.again.select_related(
        "entry__reversed_by", "approved_by", "decision__reopening__session",
    )  # fmt: skip
    doors = {each.decision_id: each for each in again}
    for decision in (*sheet.earlier, sheet.decision):
        if decision.number == 1:
            first = _("Decided by the rules")
            waits = sheet.claim.state == ClaimState.IN_REVIEW or sheet.decision.number > 1
            if waits and sheet.eyes:
                first = _("Decided by the rules, set aside for a person’s opinion")
            events.append(Event(None, decision.recorded_at, first))
            continue
        what = _("Opinion of {person}").format(person=decision.made_by)
        ways: tuple[Way, ...] = ()
        if (session := sittings.get(decision.pk)) is not None:
            what = _("Decided by the committee, recorded by {person}").format(
                person=decision.made_by
            )
            ways = (sitting_way(sheet.claim, session, rights),)
        if (door := doors.get(decision.pk)) is not None:
            what = _DECIDED_AGAIN.get(door.why, what).format(person=decision.made_by)
            events += _taken_back(sheet.claim, door, rights)
            ways = (*ways, *_ways_of(sheet.claim, door, rights))
        if (link := linked.get(decision.pk)) is not None:
            what = _("Referral voucher {number} put on the claim by {person}").format(
                number=link.voucher.document_number, person=link.linked_by
            )
        if (change := recoded.get(decision.pk)) is not None:
            what = _("Line {line} coded otherwise by {person}: {before} → {after}").format(
                line=change.position, person=change.recoded_by, before=change.from_item.label,
                after=change.to_item.label,
            )  # fmt: skip
        events.append(Event(None, decision.recorded_at, what, decision.reason, ways))
    return events


_DECIDED_AGAIN = {
    WhyAgain.RIGHTS: gettext_lazy("Decided again with the rights known since, by {person}"),
    WhyAgain.CONVENTION: gettext_lazy("Decided again under the convention, by {person}"),
    WhyAgain.REOPENED: gettext_lazy("Taken up again by the committee, recorded by {person}"),
}


def _taken_back(claim: Claim, door: DecidedAgain, rights: frozenset[Right]) -> list[Event]:
    """What the approval of a claim was, where it was taken back to decide it again."""
    if door.approved_at is None:
        return []
    paper = (_entry(claim, door.entry, rights),) if door.entry is not None else ()
    return [Event(None, door.approved_at, _approved_by(door.approved_by), ways=paper)]


def _ways_of(claim: Claim, door: DecidedAgain, rights: frozenset[Right]) -> list[Way]:
    """The minutes of the session that took it up, and the entry that takes the approval back."""
    ways = []
    if door.why == WhyAgain.REOPENED:
        ways.append(sitting_way(claim, door.decision.reopening.session, rights))
    if door.entry is not None:
        ways.append(_entry(claim, door.entry.reversed_by, rights))
    return ways


def _approved_by(person: User | None) -> str:
    if person is not None and person.is_system:
        return _("Approved as decided by the rules")
    return _("Approved by {person}").format(person=person)


def _approval(claim: Claim, rights: frozenset[Right]) -> list[Event]:
    if claim.approved_at is None or claim.approved_by is None:
        return []
    ways = (_entry(claim, claim.entry, rights),) if claim.entry is not None else ()
    return [Event(None, claim.approved_at, _approved_by(claim.approved_by), ways=ways)]


def _settlement(claim: Claim, payout: Payout | None, rights: frozenset[Right]) -> list[Event]:
    if payout is None:
        return []
    batch = payout.batch
    way = page_way(claim.mutual, batch.document_number, "batch", uid=batch.uid)
    paper = open_to(way, rights, *BATCH_READERS)
    events = [Event(batch.prepared_on, None, _("Put on a settlement batch"), ways=(paper,))]
    if batch.authorised_on is not None:
        what = _("Payment authorised by {person}").format(person=batch.authorised_by)
        events.append(Event(batch.authorised_on, None, what))
    if payout.paid_on is not None:
        way = page_way(claim.mutual, payout.document_number, "payout", uid=payout.uid)
        way = open_to(way, rights, *BATCH_READERS)
        events.append(Event(payout.paid_on, None, pgettext("a payment", "Paid"), ways=(way,)))
    return events


def _carried(claim: Claim) -> list[Event]:
    """Its family, or its person, was entered twice: the row that stays bears what it uses."""
    rows = claim.carried.select_related("person", "household", "carried_by")
    what = _("File merged by {person}: counts for {kept}, family {family}")
    return [
        Event(
            None, each.recorded_at,
            what.format(
                person=each.carried_by, kept=each.person.full_name, family=each.household.number
            ),
        )
        for each in rows
    ]  # fmt: skip


def _reversal(claim: Claim, rights: frozenset[Right]) -> list[Event]:
    if claim.state != ClaimState.REVERSED:
        return []
    entry = getattr(claim.entry, "reversed_by", None) if claim.entry is not None else None
    ways = (_entry(claim, entry, rights),) if entry is not None else ()
    what = _("Reversed by {person}").format(person=claim.reversed_by)
    return [Event(claim.reversed_on, None, what, claim.reversal_reason, ways)]
