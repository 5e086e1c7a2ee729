"""Claims with openIMIS's own decision: kept as it is, never decided again.

A valuated claim is approved and posted as ``OI-<code>``; a rejected one is refused; one that was
only entered or checked waits for a person, who sees what is asked. Amounts are those that openIMIS
states: ``QtyProvided × PriceAsked`` is asked, ``RemuneratedAmount`` is paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from entraide.apps.access.prepared_writes import write_many
from entraide.apps.claims.approval import approval_entry
from entraide.apps.claims.around import Around, Circumstances
from entraide.apps.claims.counters import CounterKey, move_counters, read_counters
from entraide.apps.claims.desk import (
    ClaimOnDesk,
    LineEntry,
    claim_row,
    cover_year_start,
    decision_row,
    line_rows,
)
from entraide.apps.claims.gathering import nothing_promised
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimLine,
    ClaimState,
    Decision,
    MedicalDetail,
    VisitKind,
)
from entraide.apps.contributions.selectors import Standing
from entraide.apps.enrolment.models import Membership
from entraide.apps.ledger.services import Draft, post_entries_in_bulk
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.schemes.selectors import rules_of
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.facts import NOTHING_USED
from entraide.core.adjudication.replay import facts_to_json
from entraide.core.adjudication.running_use import Consumption
from entraide.core.enrolment import Rights, RightsStatus
from entraide.exchange.openimis.members import Members
from entraide.exchange.openimis.money import free_numbers, in_migration
from entraide.exchange.openimis.reading import Row
from entraide.exchange.openimis.registers import Care
from entraide.exchange.openimis.tables import CLAIM_ITEMS, CLAIM_SERVICES, CLAIMS, INSUREES
from entraide.exchange.openimis.takeover import SYSTEM, Takeover
from entraide.exchange.openimis.valuation import PaysMore, Status, decided_lines

_VISITS = {"E": VisitKind.EMERGENCY, "R": VisitKind.REFERRAL}


@dataclass(frozen=True, slots=True)
class Registers:
    """What claims point at, by openIMIS key."""

    members: Members
    providers: Mapping[int, Provider]
    care: Care
    diagnoses: Mapping[int, Diagnosis]
    memberships: Mapping[int, Membership]


@dataclass(frozen=True, slots=True)
class _Decided:
    """A claim ready to be recorded: unsaved, with its desk, its decision and its diagnosis."""

    row: Row
    claim: Claim
    desk: ClaimOnDesk
    decision: CoreDecision


def take_claims(takeover: Takeover, registers: Registers) -> None:
    """Every claim not yet imported, with its lines, its decision and its entry."""
    known = set(Claim.objects.filter(mutual=takeover.mutual).values_list("uid", flat=True))
    fresh = takeover.fresh(CLAIMS, "ClaimUUID", known)
    lines = _lines_by_claim(takeover)
    agreements = {
        agreement.provider_id: agreement
        for agreement in Agreement.objects.filter(mutual=takeover.mutual)
    }
    numbers = free_numbers(takeover, fresh, CLAIMS.name, "ClaimCode")
    by_household: dict[int, list[Membership]] = defaultdict(list)
    for membership in registers.memberships.values():
        by_household[membership.household_id].append(membership)
    decided: list[_Decided] = []
    for row in fresh:
        rows = lines.get(row.key, [])
        code, column = _hindrance(takeover, row, rows, registers)
        if not code:
            desk = _desk(takeover, row, rows, registers, by_household, agreements)
            try:
                decided.append(_decided(takeover, row, rows, desk, numbers[row.key]))
            except PaysMore:
                code = "OI_PAYS_MORE"
        if code:
            takeover.report.leave(row, code, column)
            takeover.leave_all(rows, "OI_CLAIM_LEFT_OUT", "ClaimID")
    _record(takeover, decided)
    _record_medical_details(takeover, decided, registers.diagnoses)
    present = len(takeover.reading[CLAIMS]) - len(fresh)
    takeover.done("claims", len(decided), present)
    takeover.report.imported["claim_lines"] += sum(len(each.desk.lines) for each in decided)


def _lines_by_claim(takeover: Takeover) -> dict[int, list[Row]]:
    """The lines of each current claim, services before items; others are listed."""
    lines: dict[int, list[Row]] = defaultdict(list)
    for table in (CLAIM_SERVICES, CLAIM_ITEMS):
        for _, row in sorted(takeover.reading[table].items()):
            if row["ClaimID"] in takeover.reading[CLAIMS]:
                lines[row["ClaimID"]].append(row)
            else:
                takeover.report.leave(row, "OI_CLAIM_GONE", "ClaimID")
    return lines


def _hindrance(
    takeover: Takeover, row: Row, rows: list[Row], registers: Registers
) -> tuple[str, str]:
    """Why a claim cannot be imported, with the column; two empty texts when it can."""
    if row["InsureeID"] not in registers.members.persons:
        is_removed = takeover.reading.is_removed(INSUREES, row["InsureeID"])
        return ("OI_PERSON_REMOVED" if is_removed else "OI_PERSON_GONE"), "InsureeID"
    if row["HFID"] not in registers.providers:
        return "OI_PROVIDER_GONE", "HFID"
    if not rows:
        return "OI_CLAIM_WITHOUT_LINES", ""
    if any(_care_item(each, registers.care) is None for each in rows):
        return "OI_CARE_GONE", ""
    return "", ""


def _care_item(row: Row, care: Care) -> CareItem | None:
    if row.table == CLAIM_SERVICES.name:
        return care.services.get(row["ServiceID"])
    return care.items.get(row["ItemID"])


def _desk(
    takeover: Takeover,
    row: Row,
    rows: list[Row],
    registers: Registers,
    by_household: Mapping[int, list[Membership]],
    agreements: Mapping[int, Agreement],
) -> ClaimOnDesk:
    """The claim with what openIMIS is known to have seen; the rest is left open."""
    person = registers.members.persons[row["InsureeID"]]
    provider = registers.providers[row["HFID"]]
    membership = _membership(row, rows, registers, by_household.get(person.household_id, []))
    version = membership.product_version if membership is not None else None
    product = (
        rules_of(version).on(max(row["DateFrom"], rules_of(version).begins_on))
        if version is not None
        else nothing_promised(takeover.mutual.currency)
    )
    entries = []
    for each in rows:
        item = _care_item(each, registers.care)
        assert item is not None, "a claim whose care is unknown was left out"
        entries.append(LineEntry(item, each["QtyProvided"], each["PriceAsked"]))
    return ClaimOnDesk(
        person=person,
        provider=provider,
        circuit=Circuit.THIRD_PARTY_PAYMENT,
        care_on=row["DateFrom"],
        received_on=max(row["DateClaimed"], row["DateFrom"]),
        lines=tuple(entries),
        standing=Standing(person, Rights(RightsStatus.ACTIVE), membership, version, product),
        agreement=agreements.get(provider.pk),
        unit_prices_minor={},
        used=NOTHING_USED,
        duplicates={},
        product=product,
        around=Around(circumstances=_circumstances(row)),
    )


def _circumstances(row: Row) -> Circumstances:
    """How the person came; care of more than one day is a stay, as openIMIS has it."""
    last_on = row["DateTo"]
    return Circumstances(
        visit=_VISITS.get(row["VisitType"], VisitKind.PLANNED),
        is_inpatient=None if last_on is None else last_on > row["DateFrom"],
    )


def _membership(
    row: Row, rows: list[Row], registers: Registers, of_household: list[Membership]
) -> Membership | None:
    """The cover that openIMIS charged, else the one that runs on the day of care."""
    for each in rows:
        charged = registers.memberships.get(each["PolicyID"])
        if charged is not None and charged in of_household:
            return charged
    running = [
        each
        for each in of_household
        if each.effective_from <= row["DateFrom"] < each.effective_until
    ]
    return max(running, key=lambda each: (each.effective_from, each.pk), default=None)


def _decided(
    takeover: Takeover, row: Row, rows: list[Row], desk: ClaimOnDesk, document_number: str
) -> _Decided:
    currency = takeover.mutual.currency
    decision = CoreDecision(
        lines=decided_lines(row, rows, desk.lines, currency),
        currency=currency,
        product_version=desk.product.version,
    )
    claim = claim_row(
        desk,
        decision,
        document_number=document_number,
        entered_by=takeover.actor,
        uid=takeover.uid(row, "ClaimUUID"),
        invoice_number=row["ClaimCode"],
    )
    claim.state = _state(takeover, row, decision)
    if row["DateClaimed"] < row["DateFrom"]:
        takeover.report.leave(row, "OI_RECEIVED_BEFORE_CARE", "DateClaimed")
    if row["Claimed"] is not None and row["Claimed"] != decision.claimed_minor:
        takeover.report.leave(row, "OI_CLAIMED_DIFFERS", "Claimed")
    if claim.state == ClaimState.APPROVED:
        for column in ("Valuated", "Approved"):
            if row[column] is not None and row[column] != decision.payable_minor:
                takeover.report.leave(row, "OI_APPROVED_DIFFERS", column)
                break
    return _Decided(row, claim, desk, decision)


def _state(takeover: Takeover, row: Row, decision: CoreDecision) -> ClaimState:
    status = row["ClaimStatus"]
    if status == Status.REJECTED:
        return ClaimState.REFUSED
    if status == Status.VALUATED:
        return ClaimState.APPROVED if decision.payable_minor > 0 else ClaimState.REFUSED
    if status not in set(Status):
        takeover.report.leave(row, "OI_STATUS_UNKNOWN", "ClaimStatus")
    return ClaimState.IN_REVIEW


def _record(takeover: Takeover, decided: list[_Decided]) -> None:
    """Post what was valuated, then write claims, lines and decisions, and use up the ceilings."""
    approved = [each for each in decided if each.claim.state == ClaimState.APPROVED]
    entries = post_entries_in_bulk(
        mutual=takeover.mutual,
        drafts=[
            Draft(in_migration(approval_entry(each.claim)), takeover.on, takeover.actor)
            for each in approved
        ],
    )
    for each, entry in zip(approved, entries, strict=True):
        each.claim.entry = entry
        each.claim.approved_by, each.claim.approved_at = takeover.actor, timezone.now()
    write_many(Claim, [each.claim for each in decided])
    write_many(
        ClaimLine,
        (line for each in decided for line in line_rows(each.claim, each.desk, each.decision)),
    )
    write_many(Decision, (_decision(takeover, each) for each in decided))
    for each in decided:
        membership = each.desk.standing.membership
        if membership is not None and each.decision.payable_minor > 0:
            year_from = cover_year_start(membership.effective_from, each.claim.care_on)
            key = CounterKey(
                takeover.mutual.pk, each.claim.household_id, each.claim.person_id, year_from
            )
            move_counters(key, read_counters(key), Consumption.of(each.decision))


def _decision(takeover: Takeover, each: _Decided) -> Decision:
    version = each.desk.standing.product_version
    context = {
        **facts_to_json(*each.desk.facts()),
        "imported": True,
        "system": SYSTEM,
        "claim_status": each.row["ClaimStatus"],
    }
    return decision_row(
        each.claim,
        each.decision,
        context=context,
        number=1,
        made_by=takeover.actor,
        made_on=each.row["DateProcessed"] or each.row["DateClaimed"],
        product_version_id=version.pk if version is not None else None,
    )


def _record_medical_details(
    takeover: Takeover, decided: list[_Decided], diagnoses: Mapping[int, Diagnosis]
) -> None:
    """The first diagnosis with its claim; the others and the explanation as notes."""
    details = []
    for each in decided:
        row = each.row
        for column in ("ICDID", "ICDID1", "ICDID2", "ICDID3", "ICDID4"):
            if row[column] is not None and row[column] not in diagnoses:
                takeover.report.leave(row, "OI_DIAGNOSIS_GONE", column)
        others = [
            diagnoses[row[column]].code
            for column in ("ICDID1", "ICDID2", "ICDID3", "ICDID4")
            if row[column] in diagnoses
        ]
        notes = "\n".join(text for text in (", ".join(others), row["Explanation"]) if text)
        if row["ICDID"] in diagnoses or notes:
            details.append(
                MedicalDetail(
                    mutual=takeover.mutual,
                    claim=each.claim,
                    diagnosis=diagnoses.get(row["ICDID"]),
                    notes=notes,
                )
            )
    write_many(MedicalDetail, details)
