"""What a decision on a claim rests on: plain facts, as they stood on the date of care.

Selectors build these values from the records; the decision never looks anything up. The
provider's statement stands in :class:`LineFacts` and is never altered: what the mutual thinks of
it stands in the decision.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entraide.core.care_package import Circumstances, ProviderLevel, Sector, Target, Visit
from entraide.core.conventions import STAY_CATEGORIES
from entraide.core.errors import Refusal
from entraide.core.periods import age_on
from entraide.core.product import Product

if TYPE_CHECKING:
    from entraide.core.enrolment import Rights

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One act or drug as the provider (or the member) states it, with what is agreed about it.

    ``claimed_minor`` is what is asked for the line; ``unit_price_claimed_minor`` only serves to
    show that the statement multiplies wrongly. ``tariff_unit_minor`` is the agreed price of one
    unit on the date of care: ``0`` means free of charge, ``None`` means that no price was agreed.
    ``max_quantity`` bounds the units of ``item_code`` in the period that the mutual chose, of
    which ``used_quantity`` were paid for earlier. ``minimum_days_between`` counts from
    ``last_care_on``, the day of the last such act, and to ``next_care_on``, that of one given later
    that was decided before this one. Ages are completed years, both ends allowed.
    ``duplicate_of`` names the earlier claim that asks for the same act; ``free_care_payer`` names
    the programme that pays for it instead of the mutual. ``incompatible_with`` names an act of the
    same day that cannot go with it. ``is_unknown``: no list of care has such an item.
    ``item_kind``: ``service`` or ``drug``; ``item_risk``: a ``core.care_package.Risk``, empty where
    nobody said it. ``is_out_of_convention``: of a service that the
    agreement with the provider does not name. ``pre_authorisation`` is the number of what was
    authorised for it, ``pre_authorised_minor`` the most that it allows; ``used_up_authorisation``
    that of an agreement of which other care has left nothing. ``other_payer_minor`` is
    what another payer has paid of it already. ``justified_quantity`` or ``justified_minor`` is what
    a person found medically justified of it, for ``justified_reason``: the rules look at that.
    """

    key: str
    category: str
    claimed_minor: int
    item_code: str = ""
    label: str = ""
    quantity: Decimal = ONE
    unit_price_claimed_minor: int | None = None
    tariff_unit_minor: int | None = None
    is_excluded: bool = False
    sex: str | None = None
    min_age: int | None = None
    max_age: int | None = None
    max_quantity: Decimal | None = None
    used_quantity: Decimal = Decimal(0)
    minimum_days_between: int | None = None
    last_care_on: date | None = None
    next_care_on: date | None = None
    duplicate_of: str | None = None
    free_care_payer: str | None = None
    item_system: str = ""
    item_kind: str = ""
    item_risk: str = ""
    incompatible_with: str | None = None
    is_unknown: bool = False
    pre_authorisation: str | None = None
    pre_authorised_minor: int | None = None
    used_up_authorisation: str | None = None
    other_payer_minor: int = 0
    is_out_of_convention: bool = False
    justified_quantity: Decimal | None = None
    justified_minor: int | None = None
    justified_reason: str = ""


def is_hospital_care(lines: Iterable[LineFacts]) -> bool:
    """Whether one of the lines is care given in a bed."""
    return any(line.category in STAY_CATEGORIES for line in lines)


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One claim: what one provider did for one person, on one date.

    ``is_third_party_payment``: the provider asks to be paid; otherwise the member paid and asks
    for a reimbursement. ``visit`` says how the person came; ``is_emergency`` goes before it.
    ``episode`` names the episode of care that several claims share. ``attestation_of`` names the
    earlier claim that used the same attestation. ``provider_is_paid_directly``: the agreement has
    the mutual pay the provider. ``needs_guarantee_letter``: the agreement has a letter of the
    mutual come before a stay; ``discount_rate``: what the provider takes off the agreed prices.
    ``is_inpatient``: what the paper says of a stay, None where it says nothing; ``infers_stay``:
    a line of hospital care is a stay whatever it says (:attr:`is_stay`). Decisions made before it
    stood took the paper's word alone.
    ``bounds_flat_rate``: the amount of a prior agreement bounds the price of an episode too.
    ``bounds_payment``: that amount is the most that the mutual pays, and only where the product
    asks for the agreement; decisions made before it stood bounded the cost, wherever it was given.
    ``shows_no_tariff``: asked back by the member where no agreement names a price: a person looks;
    decisions made before it stood went on alone.
    ``weighs_together``: the lines of one act are weighed together and the claims of one episode are
    one case whoever of them stands, and no limit of a quantity stops what is free of ceilings;
    decisions made before it stood looked at each line alone.
    ``is_referred``: somebody says that the person was sent there; ``has_voucher``: the register of
    referral vouchers says so; ``referral_fault``: why the voucher that is named does not, with
    ``referral_data`` for its sentence.
    Refused without a line (``CLAIM_WITHOUT_LINES``), with two lines of
    the same key (``LINE_KEY_TWICE``) or with a negative amount (``AMOUNT_NEGATIVE``).
    """

    care_on: date
    received_on: date
    sector: Sector
    lines: tuple[LineFacts, ...]
    provider_has_agreement: bool = True
    is_third_party_payment: bool = True
    is_emergency: bool = False
    level: ProviderLevel | None = None
    visit: Visit = Visit.PLANNED
    is_inpatient: bool | None = None
    is_referred: bool = False
    episode: str = ""
    attestation_of: str | None = None
    provider_is_paid_directly: bool = True
    needs_guarantee_letter: bool = False
    discount_rate: Decimal | None = None
    infers_stay: bool = False
    bounds_flat_rate: bool = False
    bounds_payment: bool = False
    shows_no_tariff: bool = False
    weighs_together: bool = False
    has_voucher: bool = False
    referral_fault: str = ""
    referral_data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_stay(self) -> bool | None:
        """Whether the care was a stay: by its lines first, else as the paper says; None where
        neither tells."""
        if self.infers_stay and is_hospital_care(self.lines):
            return True
        return self.is_inpatient

    @property
    def is_stay_contradicted(self) -> bool:
        """Whether the paper says that there was no stay, and asks for hospital care."""
        return self.infers_stay and self.is_inpatient is False and is_hospital_care(self.lines)

    @property
    def is_said_referred(self) -> bool:
        """Whether the paper, or the record, says that the person was sent there."""
        return self.is_referred or self.has_voucher or self.visit is Visit.REFERRAL

    def __post_init__(self) -> None:
        if not self.lines:
            raise Refusal("CLAIM_WITHOUT_LINES", place="lines")
        keys: set[str] = set()
        for line in self.lines:
            if line.key in keys:
                raise Refusal("LINE_KEY_TWICE", place=f"lines.{line.key}", key=line.key)
            keys.add(line.key)
            if (
                line.claimed_minor < 0
                or (line.tariff_unit_minor or 0) < 0
                or line.other_payer_minor < 0
            ):
                raise Refusal("AMOUNT_NEGATIVE", place=f"lines.{line.key}", key=line.key)


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """The person cared for; ``None`` where the register does not know.

    Who stands on an enrolment form is ``core.enrolment.PersonFacts``. ``lists``: the lists that
    the person is on that day (``chronic``, ``indigent`` …). ``other_payer`` names a payer who pays
    before the mutual.
    """

    sex: str | None = None
    birth_on: date | None = None
    lists: tuple[str, ...] = ()
    expected_delivery_on: date | None = None
    other_payer: str | None = None


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """The rights of the person on the date of care, as ``core.enrolment`` worked them out.

    ``refusal_code`` and ``refusal_data`` say why when ``is_covered`` is false.
    ``waiting_until[category]`` is the first day on which care of the category is paid.
    ``waits_from``: the day from which the person's waiting periods count; None where they do not
    wait. ``household_size``: the persons of the household that day; None where it is not known.
    """

    is_covered: bool = True
    refusal_code: str | None = None
    refusal_data: Mapping[str, Any] = field(default_factory=dict)
    waiting_until: Mapping[str, date] = field(default_factory=dict)
    waits_from: date | None = None
    household_size: int | None = None

    @classmethod
    def of(cls, rights: Rights) -> CoverFacts:
        """The same rights, as ``core.enrolment.rights_on`` answers them, with the first reason."""
        until, since = rights.waiting_until, rights.waits_from
        if rights.is_open or not rights.findings:
            return cls(rights.is_open, waiting_until=until, waits_from=since)
        reason = rights.findings[0]
        return cls(False, reason.code, reason.data, until, since)


@dataclass(frozen=True, slots=True)
class UsedAmounts:
    """What the mutual has already paid in the cover year, in minor units: payable, not claimed.

    By care category for the person and for the whole household; ``person_count`` is the number
    of cases (claims with something paid in the category); the totals are over every category.
    ``scopes``: what was used of each limit and deductible of the product, and of the cases of the
    claim's episode, by the keys of :mod:`~entraide.core.adjudication.scopes`.
    """

    person_minor: Mapping[str, int] = field(default_factory=dict)
    person_count: Mapping[str, int] = field(default_factory=dict)
    household_minor: Mapping[str, int] = field(default_factory=dict)
    person_total_minor: int = 0
    household_total_minor: int = 0
    scopes: Mapping[str, int] = field(default_factory=dict)

    def plus(
        self,
        paid_minor: Mapping[str, int],
        uses: Mapping[str, int] | None = None,
        counted_before: Container[str] = (),
    ) -> UsedAmounts:
        """The use after one more claim that pays these amounts by category, and ``uses`` scopes.

        A category of which nothing was paid consumes nothing: neither amount nor case; one of
        ``counted_before`` was counted as a case by an earlier claim of the same episode.
        """
        paid = {category: amount for category, amount in paid_minor.items() if amount > 0}
        scopes = _added(self.scopes, uses) if uses else self.scopes
        if not paid:
            return self if not uses else replace(self, scopes=scopes)
        total = sum(paid.values())
        ones = {category: 1 for category in paid if category not in counted_before}
        return UsedAmounts(
            person_minor=_added(self.person_minor, paid),
            person_count=_added(self.person_count, ones),
            household_minor=_added(self.household_minor, paid),
            person_total_minor=self.person_total_minor + total,
            household_total_minor=self.household_total_minor + total,
            scopes=scopes,
        )


def is_about(target: Target, line: LineFacts) -> bool:
    """Whether a rule with this target is about a line."""
    return target.covers(
        line.category, line.item_system, line.item_code, line.item_kind, line.item_risk
    )


def circumstances_of(claim: ClaimFacts, person: PatientFacts) -> Circumstances:
    """What the conditions of a product look at, of a claim for a person."""
    age = None if person.birth_on is None else max(0, age_on(person.birth_on, claim.care_on))
    return Circumstances(
        sector=claim.sector,
        level=claim.level,
        visit=Visit.EMERGENCY if claim.is_emergency else claim.visit,
        is_inpatient=claim.is_stay,
        age_years=age,
        lists=frozenset(person.lists),
    )


def _added(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    after = dict(before)
    for category, amount in more.items():
        after[category] = after.get(category, 0) + amount
    return after


NOTHING_USED = UsedAmounts()


@dataclass(frozen=True, slots=True)
class Context:
    """The rules, the person, the rights and the earlier use under which a claim is decided."""

    product: Product
    person: PatientFacts = PatientFacts()
    cover: CoverFacts = CoverFacts()
    used: UsedAmounts = NOTHING_USED
