"""What stands around a claim beside its paper: lists, authorisations, episode, earlier acts.

Each is read only where the rules of the product look at it; inside ``scope(mutual=…)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Q, QuerySet, Sum

from entraide.apps.claims.acts_now import ACT_NOW
from entraide.apps.claims.models import (
    Claim,
    ClaimLine,
    ClaimState,
    Decision,
    MedicalDetail,
    PatientListing,
    PreAuthorisation,
    PreAuthorisationState,
    ReferralVoucher,
    VisitKind,
)
from entraide.apps.claims.paid_units import UNITS_PAID_FOR
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.other_covers import first_payer_of
from entraide.apps.enrolment.selectors import of_person, present_persons
from entraide.apps.nomenclature.free_care import programmes_in_force
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.providers.models import Provider
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.running_use import episode_use
from entraide.core.care_needs import needs_of
from entraide.core.care_path import Voucher, voucher_fault, voucher_number
from entraide.core.errors import Finding, Refusal
from entraide.core.free_care import payer_of
from entraide.core.periods import add_months
from entraide.core.product import Product, Sector

OUT = (ClaimState.REVERSED, ClaimState.REFUSED)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How the person came to the provider, as the attestation says it.

    ``episode``: the claim that began the same episode of care; ``referral_number``: of the slip.
    ``expected_delivery_on`` is kept with the medical detail.
    """

    visit: str = VisitKind.PLANNED
    is_inpatient: bool | None = None
    referral_number: str = ""
    episode: Claim | None = None
    expected_delivery_on: date | None = None


ORDINARY = Circumstances()


@dataclass(frozen=True, slots=True)
class AuthorisedCare:
    """A pre-authorisation that a line may use, and what is left of its amount."""

    authorisation: PreAuthorisation
    left_minor: int | None


@dataclass(frozen=True, slots=True)
class ActUse:
    """Of one act: the units paid for in the cover year, whatever the order of the entries, and the
    nearest days before (or the same) and after on which it was paid for."""

    units: Decimal = Decimal(0)
    last_on: date | None = None
    next_on: date | None = None


NOT_USED = ActUse()


@dataclass(frozen=True, slots=True)
class Around:
    """What was found around a claim."""

    circumstances: Circumstances = ORDINARY
    lists: tuple[str, ...] = ()
    household_size: int | None = None
    gives_items: bool = False
    episode_use: Mapping[str, int] = field(default_factory=dict)
    authorised: Mapping[int, AuthorisedCare] = field(default_factory=dict)  # by care item
    used_up: Mapping[int, str] = field(default_factory=dict)  # agreement of which nothing is left
    other_acts: Mapping[int, ActUse] = field(default_factory=dict)  # by care item
    attestation_of: Claim | None = None
    free_care: Mapping[int, str] = field(default_factory=dict)  # who pays instead, by care item
    first_payer: str = ""  # who pays before the mutual
    voucher: ReferralVoucher | None = None  # that proves the referral
    referral_fault: Finding | None = None  # why the one that is named does not


NOTHING_AROUND = Around()


def around_of(
    person: Person,
    provider: Provider,
    items: Sequence[CareItem],
    *,
    care_on: date,
    year_from: date,
    product: Product,
    circumstances: Circumstances = ORDINARY,
    attestation_of: Claim | None = None,
    needs_letter: bool = False,
    own: Claim | None = None,
) -> Around:
    """What the rules of a product look at around a claim: no query where they look at nothing.

    ``needs_letter``: the agreement has a letter of the mutual come before a stay. ``own``: the
    claim itself where it is decided again, whose lines are no use of anything before it.
    """
    needs, episode = needs_of(product), circumstances.episode or own
    voucher, fault = voucher_named(person, provider, circumstances, care_on, own)
    reads_agreements = needs.pre_authorisations or needs_letter
    authorised, used_up = (
        _authorised(person, provider, items, care_on, own) if reads_agreements else ({}, {})
    )
    return Around(
        circumstances=circumstances,
        lists=lists_of(person, care_on) if needs.lists else (),
        household_size=household_size_on(person, care_on) if needs.household_size else None,
        gives_items=needs.items,
        episode_use=_episode_use(episode, own) if episode is not None else {},
        authorised=authorised,
        used_up=used_up,
        other_acts=_other_acts(
            person,
            [
                item
                for item in items
                if any(
                    target.covers(
                        item.category.code, item.system, item.code, item.kind, item.risk_category
                    )
                    for target in needs.counted
                )
            ],
            year_from,
            care_on,
            needs.longest_gap_days,
            own,
        ),
        attestation_of=attestation_of,
        free_care=_free_care(person, provider, items, care_on),
        first_payer=first_payer_of(person, care_on),
        voucher=voucher,
        referral_fault=fault,
    )


def _free_care(
    person: Person, provider: Provider, items: Sequence[CareItem], on: date
) -> dict[int, str]:
    """Which programme pays for an act of this person instead of the mutual; one query."""
    sector = Sector(provider.sector)
    own = [
        programme
        for programme in programmes_in_force(person.mutual_id, on)
        if programme.is_for(sex=person.sex, birth_on=person.birth_on, sector=sector, on=on)
    ]
    paid = {
        item.pk: payer_of(own, item.category.code, item.system, item.code, item.kind)
        for item in (items if own else ())
    }
    return {key: payer for key, payer in paid.items() if payer is not None}


def voucher_named(
    person: Person,
    provider: Provider,
    circumstances: Circumstances,
    care_on: date,
    own: Claim | None = None,
) -> tuple[ReferralVoucher | None, Finding | None]:
    """The voucher whose number a paper bears, where it proves that the person was sent to this
    provider; else why not. Two queries, none where no number of the register is named.

    The claims of one episode of care are one use of a voucher, and ``own`` is no other use.
    """
    number = voucher_number(circumstances.referral_number)
    if not number:
        return None, None
    voucher = (
        ReferralVoucher.objects.select_related("cancellation", "person").filter(
            document_number=number
        )
    ).first()
    seen = None if voucher is None else _voucher_seen(voucher, circumstances.episode, own)
    fault = voucher_fault(number, seen, person=person.pk, provider=provider.pk, care_on=care_on)
    return (voucher, None) if fault is None else (None, fault)


def _voucher_seen(voucher: ReferralVoucher, episode: Claim | None, own: Claim | None) -> Voucher:
    used = Claim.objects.filter(referral=voucher).exclude(state__in=OUT)
    if own is not None:
        used = used.exclude(Q(pk=own.pk) | Q(episode=own))
    if episode is not None:
        used = used.exclude(Q(pk=episode.pk) | Q(episode=episode))
    number = used.order_by("pk").values_list("document_number", flat=True).first()
    return Voucher(
        number=voucher.document_number,
        person=voucher.person.merged_into_id or voucher.person_id,
        effective_from=voucher.effective_from,
        effective_until=voucher.effective_until,
        provider=voucher.provider_id,
        is_cancelled=hasattr(voucher, "cancellation"),
        used_by=number or "",
    )


def lists_of(person: Person, on: date) -> tuple[str, ...]:
    """The lists that a person is on, on a day, in alphabetical order."""
    listings = PatientListing.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        of_person(person.pk),
        effective_from__lte=on,
    )
    return tuple(listings.order_by("list_code").values_list("list_code", flat=True))


def household_size_on(person: Person, on: date) -> int:
    """How many persons a household counts on a day."""
    present = Person.objects.filter(present_persons(on), household_id=person.household_id)
    return present.count()


def claims_of_episode(episode: Claim) -> list[Claim]:
    """The claims of an episode that stand, the one that began it first."""
    claims = Claim.objects.filter(Q(pk=episode.pk) | Q(episode=episode))
    return list(claims.exclude(state=ClaimState.REVERSED).order_by("pk"))


def with_first_episode(person: Person, circumstances: Circumstances) -> Circumstances:
    """The same, naming the claim that began the episode which a claim is said to follow;
    ``EPISODE_OF_ANOTHER`` when it is not of the same person."""
    followed = circumstances.episode
    if followed is None:
        return circumstances
    whose = followed.person.merged_into_id or followed.person_id
    if whose != person.pk or followed.state == ClaimState.REVERSED:
        raise Refusal("EPISODE_OF_ANOTHER", place="episode", claim=followed.document_number)
    return replace(circumstances, episode=followed.episode or followed)


def _episode_use(episode: Claim, own: Claim | None) -> dict[str, int]:
    """What the decisions in force of an episode, ``own`` left out, use of their shared cases."""
    claims = [each for each in claims_of_episode(episode) if own is None or each.pk != own.pk]
    numbers = {claim.pk: claim.decision_number for claim in claims}
    if not numbers:
        return {}
    decisions = Decision.objects.filter(claim__in=numbers).order_by("claim_id", "number")
    return episode_use(
        CoreDecision.from_json(decision.outcome)
        for decision in decisions
        if decision.number == numbers[decision.claim_id]
    )


def _authorised(
    person: Person,
    provider: Provider,
    items: Sequence[CareItem],
    on: date,
    own: Claim | None = None,
) -> tuple[dict[int, AuthorisedCare], dict[int, str]]:
    """For each act what was authorised: for the act before for its category, the first given of
    which something is left; else the number of the first of which nothing is.

    What ``own`` was decided under before stays, though it was taken back since.
    """
    given = Q(state=PreAuthorisationState.GIVEN)
    if own is not None:
        given |= Q(
            pk__in=own.lines.filter(pre_authorisation__isnull=False).values("pre_authorisation")
        )
    authorisations = list(_in_force(person, on).filter(given, _at(provider)).order_by("pk"))
    if not authorisations:
        return {}, {}
    used = used_under(authorisations, own)
    authorised: dict[int, AuthorisedCare] = {}
    used_up: dict[int, str] = {}
    for item in items:
        fitting = [
            each
            for each in authorisations
            if each.care_item_id == item.pk
            or (each.care_item_id is None and each.category_id == item.category_id)
        ]
        for each in sorted(fitting, key=lambda one: one.care_item_id is None):
            left = _left_of(each, used)
            if left != 0:
                authorised[item.pk] = AuthorisedCare(each, left)
                used_up.pop(item.pk, None)
                break
            used_up.setdefault(item.pk, each.document_number)
    return authorised, used_up


def _in_force(person: Person, on: date) -> QuerySet[PreAuthorisation]:
    return PreAuthorisation.objects.filter(
        of_person(person.pk), effective_from__lte=on, effective_until__gt=on
    )


def _at(provider: Provider) -> Q:
    return Q(provider__isnull=True) | Q(provider=provider)


def agreements_open(
    person: Person, provider: Provider | None, on: date
) -> tuple[AuthorisedCare, ...]:
    """The prior agreements that a person may use on a day, at a provider where one is named, with
    what is left of their amount. Two queries, one where there is none."""
    given = _in_force(person, on).filter(state=PreAuthorisationState.GIVEN)
    if provider is not None:
        given = given.filter(_at(provider))
    rows = list(given.select_related("category", "care_item", "provider").order_by("pk"))
    used = used_under(rows) if rows else {}
    return tuple(
        AuthorisedCare(each, left) for each in rows for left in (_left_of(each, used),) if left != 0
    )


def _left_of(authorisation: PreAuthorisation, used: Mapping[int, int]) -> int | None:
    amount = authorisation.amount_minor
    return None if amount is None else max(0, amount - used.get(authorisation.pk, 0))


def used_under(
    authorisations: Sequence[PreAuthorisation], own: Claim | None = None
) -> dict[int, int]:
    """What is paid under each authorisation by claims that stand, ``own`` left out; one query."""
    lines = ClaimLine.objects.filter(pre_authorisation__in=authorisations)
    if own is not None:
        lines = lines.exclude(claim=own)
    used = lines.exclude(claim__state__in=OUT).order_by().values_list("pre_authorisation")
    return dict(used.annotate(paid=Sum("payable_minor")))


def _other_acts(
    person: Person,
    items: Sequence[CareItem],
    year_from: date,
    on: date,
    gap_days: int,
    own: Claim | None = None,
) -> dict[int, ActUse]:
    """What other claims were paid of each act that a rule counts, as coded now: units of the whole
    cover year, and the nearest days on both sides, which may lie out of it. One query."""
    if not items:
        return {}
    year_until = add_months(year_from, 12)
    before = timedelta(days=min(gap_days, (on - date.min).days))
    after = timedelta(days=min(gap_days, (date.max - on).days))
    lines = ClaimLine.objects.filter(
        of_person(person.pk, "claim__person"),
        claim__care_on__gte=min(year_from, on - before),
        claim__care_on__lte=max(year_until, on + after),
        payable_minor__gt=0,
    ).exclude(claim__state__in=OUT)
    if own is not None:
        lines = lines.exclude(claim=own)
    lines = lines.annotate(act=ACT_NOW).filter(act__in=[item.pk for item in items])
    in_year = Q(claim__care_on__gte=year_from, claim__care_on__lt=year_until)
    found = lines.order_by().values_list("act")
    return {
        item: ActUse(units or Decimal(0), last_on, next_on)
        for item, units, last_on, next_on in found.annotate(
            units=Sum(UNITS_PAID_FOR, filter=in_year),
            last_on=Max("claim__care_on", filter=Q(claim__care_on__lte=on)),
            next_on=Min("claim__care_on", filter=Q(claim__care_on__gt=on)),
        )
    }


def keep_medical_detail(
    claim: Claim, diagnosis: Diagnosis | None, notes: str, expected_delivery_on: date | None
) -> None:
    """Keep what only medical roles read of a claim, where something was said."""
    if diagnosis is None and not notes and expected_delivery_on is None:
        return
    MedicalDetail.objects.create(
        mutual_id=claim.mutual_id, claim=claim, diagnosis=diagnosis, notes=notes,
        expected_delivery_on=expected_delivery_on,
    )  # fmt: skip
