"""From records to the facts of a decision, and from a decision to its rows: no query, no writing.

The services and the demonstration network's bulk path both pass here, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.claims.around import NOT_USED, NOTHING_AROUND, Around
from entraide.apps.claims.models import (
    Circuit,
    Claim,
    ClaimLine,
    ClaimState,
    Decision,
    VisitKind,
)
from entraide.apps.claims.paid_units import note_units
from entraide.apps.contributions.selectors import Standing
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareItem
from entraide.apps.nomenclature.services import UNKNOWN
from entraide.apps.providers.models import Agreement, Provider
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.decision import finding_to_json
from entraide.core.adjudication.facts import (
    ClaimFacts,
    Context,
    CoverFacts,
    LineFacts,
    PatientFacts,
    UsedAmounts,
    is_hospital_care,
)
from entraide.core.adjudication.pipeline import adjudicate
from entraide.core.adjudication.replay import facts_to_json
from entraide.core.adjudication.valuation import lines_bound_by_agreement
from entraide.core.adjudication.working import FLAT_RATE_KEY
from entraide.core.booklets import paper_key
from entraide.core.care_package import ProviderLevel, Sector, Visit
from entraide.core.conventions import is_out_of_convention
from entraide.core.errors import Finding
from entraide.core.money import MAXIMUM_MINOR, round_half_up
from entraide.core.periods import add_months
from entraide.core.product import Product
from entraide.core.settlement_channels import PayoutChannel

MAXIMUM_LINES = 200
FURTHEST_DELIVERY = timedelta(days=310)  # expected before or after the care of one mother


@dataclass(frozen=True, slots=True)
class LineEntry:
    """One act or drug as it is entered from the paper: quantity and asked unit price."""

    care_item: CareItem
    quantity: Decimal
    unit_price_minor: int
    other_payer_minor: int = 0
    stated_minor: int | None = None  # what the paper asks for the line, where it says so
    stated_as: str = ""  # words of the paper, for an act that no list has

    @property
    def claimed_minor(self) -> int:
        """What the paper asks for the line; else quantity × unit price, rounded once."""
        if self.stated_minor is not None:
            return self.stated_minor
        return round_half_up(self.quantity * self.unit_price_minor)


def line_is_known(line: LineEntry) -> bool:
    """Whether a list of care has the act of a line."""
    return line.care_item.system != UNKNOWN


def _is_quantity(quantity: Decimal) -> bool:
    """Whether a column holds it as it is: a number, two decimals at most."""
    if not (isinstance(quantity, Decimal) and quantity.is_finite()):
        return False
    # Its size first: a number of many digits cannot even be rounded.
    return Decimal(0) <= quantity < Decimal(100_000) and round(quantity, 2) == quantity


def entry_findings(
    lines: Sequence[LineEntry],
    *,
    care_on: date,
    received_on: date,
    on: date,
    currency: str,
    expected_delivery_on: date | None = None,
) -> tuple[Finding, ...]:
    """The faults of an entry, all at once: those of the paper or of the hand, not of the rules."""
    findings: list[Finding] = []
    if not lines:
        findings.append(Finding("CLAIM_WITHOUT_LINES", place="lines"))
    if len(lines) > MAXIMUM_LINES:
        findings.append(Finding("CLAIM_TOO_LONG", place="lines", data={"maximum": MAXIMUM_LINES}))
    for position, line in enumerate(lines):
        place = f"lines[{position}]"
        if not _is_quantity(line.quantity):
            data = {"quantity": line.quantity}
            findings.append(Finding("QUANTITY_INVALID", place=f"{place}.quantity", data=data))
        if not 0 <= line.unit_price_minor <= MAXIMUM_MINOR // 100_000:
            data = {"amount_minor": line.unit_price_minor, "currency": currency}
            findings.append(Finding("PRICE_INVALID", place=f"{place}.unit_price", data=data))
        if line.stated_minor is not None and not 0 <= line.stated_minor <= MAXIMUM_MINOR // 1000:
            data = {"amount_minor": line.stated_minor, "currency": currency}
            findings.append(Finding("PRICE_INVALID", place=f"{place}.amount", data=data))
    if care_on > on:
        # No paper is received after today, whatever its own date says.
        data = {"care_on": care_on, "received_on": min(received_on, on)}
        findings.append(Finding("CARE_IN_FUTURE", place="care_on", data=data))
    if received_on > on:
        data = {"received_on": received_on}
        findings.append(Finding("RECEIVED_IN_FUTURE", place="received_on", data=data))
    elif received_on < care_on <= on:
        data = {"received_on": received_on, "care_on": care_on}
        findings.append(Finding("RECEIVED_BEFORE_CARE", place="received_on", data=data))
    expected_on = expected_delivery_on
    if expected_on is not None and abs(expected_on - care_on) > FURTHEST_DELIVERY:
        data = {"expected_on": expected_on, "care_on": care_on}
        findings.append(Finding("EXPECTED_DELIVERY_FAR", place="expected_delivery_on", data=data))
    return tuple(findings)


def choice_findings(*, circuit: str, channel: str, visit: str) -> tuple[Finding, ...]:
    """What was chosen from a list that does not have it: ``FIELD_CHOICE_UNKNOWN`` (circuit, way of
    coming), ``CHANNEL_UNKNOWN`` (how a reimbursement is paid; empty: as the family asked)."""
    findings = [
        Finding("FIELD_CHOICE_UNKNOWN", place=place, data={"value": str(value)})
        for place, value, choices in (
            ("circuit", circuit, Circuit.values),
            ("visit", visit, VisitKind.values),
        )
        if value not in choices
    ]
    if channel and channel not in frozenset(PayoutChannel):
        findings.append(Finding("CHANNEL_UNKNOWN", place="channel", data={"value": channel}))
    return tuple(findings)


def cover_year_start(effective_from: date, on: date) -> date:
    """The first day of the cover year in which a day lies: ceilings *per year* count from it."""
    years = 0
    while add_months(effective_from, 12 * (years + 1)) <= on:
        years += 1
    return add_months(effective_from, 12 * years)


def line_key(position: int) -> str:
    """How a line is named in a decision: its rank on the paper, from 1."""
    return str(position + 1)


@dataclass(frozen=True, slots=True)
class ClaimOnDesk:
    """A claim with everything that its decision rests on."""

    person: Person
    provider: Provider
    circuit: Circuit
    care_on: date
    received_on: date
    lines: tuple[LineEntry, ...]
    standing: Standing
    agreement: Agreement | None
    unit_prices_minor: Mapping[int, int]  # care item key → agreed price on the day of care
    used: UsedAmounts
    duplicates: Mapping[int, str]  # care item key → number of the earlier claim
    product: Product  # of the standing, or one that promises nothing
    around: Around = NOTHING_AROUND
    warnings: tuple[Finding, ...] = ()
    incompatible: Mapping[int, str] = field(default_factory=dict)  # act → the one it clashes with

    def facts(self) -> tuple[ClaimFacts, Context]:
        """The plain values that the rules see."""
        around, how = self.around, self.around.circumstances
        lines = tuple(self._line_facts(position, line) for position, line in enumerate(self.lines))
        claim = ClaimFacts(
            care_on=self.care_on,
            received_on=self.received_on,
            sector=Sector(self.provider.sector),
            lines=lines,
            provider_has_agreement=self.agreement is not None,
            is_third_party_payment=self.circuit == Circuit.THIRD_PARTY_PAYMENT,
            is_emergency=how.visit == VisitKind.EMERGENCY,
            level=provider_level(self.provider),
            visit=Visit(how.visit),
            is_inpatient=how.is_inpatient,
            is_referred=bool(how.referral_number),
            episode=how.episode.document_number if how.episode is not None else "",
            attestation_of=around.attestation_of.document_number if around.attestation_of else None,
            provider_is_paid_directly=self.agreement is None
            or self.agreement.is_third_party_payment,
            needs_guarantee_letter=self.agreement is not None
            and self.agreement.needs_guarantee_letter,
            discount_rate=self.agreement.discount_rate if self.agreement is not None else None,
            infers_stay=bool(around.authorised) or is_hospital_care(lines),
            bounds_flat_rate=bool(around.authorised),
            bounds_payment=bool(around.authorised),
            weighs_together=True,
            shows_no_tariff=self.agreement is None and self.circuit == Circuit.REIMBURSEMENT,
            has_voucher=around.voucher is not None,
            referral_fault=around.referral_fault.code if around.referral_fault else "",
            referral_data=around.referral_fault.data if around.referral_fault else {},
        )
        used = self.used
        if around.episode_use:
            used = replace(used, scopes={**used.scopes, **around.episode_use})
        cover = CoverFacts.of(self.standing.rights)
        if around.household_size is not None:
            cover = replace(cover, household_size=around.household_size)
        context = Context(
            product=self.product,
            person=PatientFacts(
                self.person.sex,
                self.person.birth_on,
                around.lists,
                how.expected_delivery_on,
                around.first_payer or None,
            ),
            cover=cover,
            used=used,
        )
        return claim, context

    def _line_facts(self, position: int, line: LineEntry) -> LineFacts:
        item, around = line.care_item, self.around
        authorised = around.authorised.get(item.pk)
        use = around.other_acts.get(item.pk, NOT_USED)
        return LineFacts(
            key=line_key(position),
            category=item.category.code,
            claimed_minor=line.claimed_minor,
            item_code=item.code,
            label=line.stated_as or item.label,
            is_unknown=not line_is_known(line),
            quantity=line.quantity,
            unit_price_claimed_minor=line.unit_price_minor,
            tariff_unit_minor=self.unit_prices_minor.get(item.pk),
            is_excluded=item.is_excluded,
            sex=item.sex or None,
            min_age=item.min_age_years,
            max_age=item.max_age_years,
            max_quantity=item.max_quantity,
            duplicate_of=self.duplicates.get(item.pk),
            incompatible_with=self.incompatible.get(item.pk),
            free_care_payer=around.free_care.get(item.pk),
            item_system=item.system if around.gives_items else "",
            item_kind=item.kind if around.gives_items else "",
            item_risk=item.risk_category if around.gives_items else "",
            used_quantity=use.units,
            last_care_on=use.last_on,
            next_care_on=use.next_on,
            pre_authorisation=authorised.authorisation.document_number if authorised else None,
            pre_authorised_minor=authorised.left_minor if authorised else None,
            used_up_authorisation=around.used_up.get(item.pk),
            other_payer_minor=line.other_payer_minor,
            is_out_of_convention=self.agreement is not None
            and is_out_of_convention(item.category.code, self.agreement.services),
        )

    def decide(self) -> tuple[CoreDecision, dict[str, Any]]:
        """The decision of the rules, and the facts it rests on as JSON."""
        claim, context = self.facts()
        return adjudicate(claim, context), facts_to_json(claim, context)


def provider_level(provider: Provider) -> ProviderLevel | None:
    """The place of a provider in the pyramid of care; None where the register does not say."""
    try:
        return ProviderLevel(provider.level)
    except ValueError:
        return None


def review_codes_of(decision: CoreDecision, warnings: Iterable[Finding]) -> list[str]:
    """Why a person looks at a claim, in alphabetical order; empty when the rules decide alone."""
    return sorted({*decision.review_codes, *(warning.code for warning in warnings)})


def state_of(decision: CoreDecision, review_codes: Collection[str]) -> ClaimState:
    """Where a claim goes after the rules: to a person, to approval, or nowhere."""
    if review_codes:
        return ClaimState.IN_REVIEW
    return ClaimState.DECIDED if decision.payable_minor > 0 else ClaimState.REFUSED


def payable_by_position(decision: CoreDecision, categories: Sequence[str]) -> list[int]:
    """What is paid for each line of the paper; a flat rate stands on the first line it includes."""
    paid = {line.line_key: line.payable_minor for line in decision.lines}
    payable: list[int] = []
    for position, category in enumerate(categories):
        episode_minor = paid.pop(FLAT_RATE_KEY + category, 0)
        payable.append(paid.get(line_key(position), 0) + episode_minor)
    return payable


def claim_row(
    desk: ClaimOnDesk,
    decision: CoreDecision,
    *,
    document_number: str,
    entered_by: User,
    **more: Any,
) -> Claim:
    """The unsaved claim with the amounts and the state that the decision gives it."""
    how = desk.around.circumstances
    review_codes = review_codes_of(decision, desk.warnings)
    return Claim(
        mutual_id=desk.person.mutual_id,
        document_number=document_number,
        person=desk.person,
        household_id=desk.person.household_id,
        membership=desk.standing.membership,
        provider=desk.provider,
        circuit=desk.circuit,
        care_on=desk.care_on,
        received_on=desk.received_on,
        state=state_of(decision, review_codes),
        warnings=[finding_to_json(warning) for warning in desk.warnings],
        review_codes=review_codes,
        stated_minor=sum(line.claimed_minor for line in desk.lines),
        claimed_minor=decision.claimed_minor,
        payable_minor=decision.payable_minor,
        entered_by=entered_by,
        visit=how.visit,
        is_inpatient=how.is_inpatient,
        referral_number=how.referral_number,
        referral=desk.around.voucher,
        care_path=decision.path.value if decision.path is not None else "",
        episode=how.episode,
        attestation_of=desk.around.attestation_of,
        attestation_key=paper_key(more.get("attestation_number", "")),
        **more,
    )


def line_rows(claim: Claim, desk: ClaimOnDesk, decision: CoreDecision) -> list[ClaimLine]:
    """The unsaved lines, each with what is paid for it."""
    payable = payable_by_position(decision, [line.care_item.category.code for line in desk.lines])
    authorised = desk.around.authorised
    bound = lines_bound_by_agreement(*desk.facts()) if authorised else frozenset()
    rows = [
        ClaimLine(
            mutual_id=claim.mutual_id,
            claim=claim,
            position=position + 1,
            care_item=line.care_item,
            category_id=line.care_item.category_id,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            claimed_minor=line.claimed_minor,
            payable_minor=payable[position],
            other_payer_minor=line.other_payer_minor,
            stated_as=line.stated_as,
            pre_authorisation=authorised[line.care_item.pk].authorisation
            if line_key(position) in bound
            else None,
        )
        for position, line in enumerate(desk.lines)
    ]
    note_units(rows, decision)
    return rows


def decision_row(
    claim: Claim,
    decision: CoreDecision,
    *,
    context: dict[str, Any],
    number: int,
    made_by: User,
    made_on: date,
    product_version_id: int | None,
    reason: str = "",
) -> Decision:
    """The unsaved decision with all that is needed to replay it."""
    return Decision(
        mutual_id=claim.mutual_id,
        claim=claim,
        number=number,
        made_by=made_by,
        made_on=made_on,
        product_version_id=product_version_id,
        context=context,
        outcome=decision.to_json(),
        claimed_minor=decision.claimed_minor,
        payable_minor=decision.payable_minor,
        reason=reason,
    )
