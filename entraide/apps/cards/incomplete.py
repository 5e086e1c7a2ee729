"""Families whose file is incomplete, and what another rule would change: in SQL, for all at once.

The conditions say in SQL what ``core.completeness`` decides of one file; a test holds them
together. A missing piece is a task that is gone when the piece has arrived.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from entraide.apps.contributions.models import ContributionDue, Payer
from entraide.apps.enrolment.files import household_file
from entraide.apps.enrolment.models import (
    BirthPrecision,
    Household,
    Membership,
    PartnerGroup,
    Person,
)
from entraide.apps.enrolment.search import search_terms
from entraide.apps.enrolment.search_index import containing
from entraide.apps.enrolment.selectors import present_persons
from entraide.apps.schemes.file_rules import file_rule_on
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.selectors import product_on, products
from entraide.core.completeness import (
    ADULT_AGE_YEARS,
    OF_PERSONS,
    FileRule,
    MissingPiece,
    Piece,
    Whom,
    missing_pieces,
)
from entraide.core.errors import Refusal
from entraide.core.periods import add_months

_NOBODY = Q(pk__in=())
_LACKING = {
    Piece.PHOTO: Q(has_photo=False, provisional_until__isnull=True),
    Piece.BIRTH_DATE: ~Q(birth_precision=BirthPrecision.EXACT) & Q(provisional_until__isnull=True),
    Piece.IDENTITY: Q(document_number="", provisional_until__isnull=True),
    Piece.PHONE: Q(household__phone=""),
    Piece.PLACE: Q(household__address="", household__area__isnull=True),
    Piece.CONSENT: Q(household__consent_on__isnull=True),
    Piece.SIGNATURE: Q(household__signed_by=""),
}


def _asked_of(whom: Whom, on: date) -> Q:
    """Of whom a piece is asked, as ``core.completeness.is_asked_of`` reads it."""
    if whom is Whom.MEMBER:
        return Q(is_member=True)
    if whom is Whom.ADULTS:
        latest = add_months(on, -12 * ADULT_AGE_YEARS)
        # Of a birth known by its year only, the last day of the year counts.
        last_year = latest.year if (latest.month, latest.day) == (12, 31) else latest.year - 1
        is_exact = Q(birth_precision=BirthPrecision.EXACT)
        return Q(is_exact, birth_on__lte=latest) | Q(~is_exact, birth_on__year__lte=last_year)
    return Q()


def missing_condition(rule: FileRule, on: date, pieces: Iterable[Piece] | None = None) -> Q:
    """On persons: one of these pieces (all that are asked for) is missing, theirs or the
    family's."""
    condition = _NOBODY
    for piece in pieces if pieces is not None else rule.asked:
        whom = rule.of(piece).whom if piece in OF_PERSONS else Whom.EVERYONE
        condition |= _LACKING[piece] & _asked_of(whom, on)
    return condition


def held_back_condition(rule: FileRule, on: date) -> Q:
    """On persons: a missing piece holds their rights back on a day, its grace being over."""
    condition = _NOBODY
    for piece in rule.suspending:
        begun_by = rule.of(piece).begun_by(on)
        if begun_by is None:
            continue
        if piece in OF_PERSONS:
            begun = Q(entered_on__lte=begun_by) & _asked_of(rule.of(piece).whom, on)
        else:
            begun = Q(household__enrolled_on__lte=begun_by)
        condition |= _LACKING[piece] & begun
    return condition


@dataclass(frozen=True, slots=True)
class IncompleteFile:
    """A family with what is missing from its file, the oldest piece first."""

    household: Household
    persons: dict[str, Person]  # by number
    missing: tuple[MissingPiece, ...]

    @property
    def since(self) -> date:
        """Since when something has been missing."""
        return min(each.since for each in self.missing)


def incomplete_households(
    mutual: Mutual,
    on: date,
    *,
    piece: Piece | None = None,
    group: PartnerGroup | None = None,
    text: str = "",
) -> QuerySet[Household]:
    """The covered families from whose file a piece is missing, the oldest gap first (``since``).

    A piece counts that the mutual's rule asks for, or the photo where a product asks for it.
    """
    rule = file_rule_on(mutual, on)
    pieces = rule.asked if piece is None else tuple({piece} & set(rule.asked))
    condition = missing_condition(rule, on, pieces)
    if piece in (None, Piece.PHOTO):
        condition |= _photo_asked_by_product(mutual, on)
    lacking = Person.objects.filter(present_persons(on), condition, mutual=mutual)
    if group is not None:
        lacking = lacking.filter(household__group=group)
    households = Household.objects.filter(
        _is_covered(on), mutual=mutual, pk__in=lacking.order_by().values("household")
    )
    if terms := search_terms(text):
        named = containing(Person.objects.filter(mutual=mutual), terms)
        households = households.filter(pk__in=named.order_by().values("household"))
    # Without the mutual, which the family has already: else every family reads the index of all
    # who lack a photo in place of its own few persons.
    own = Person._base_manager.filter(present_persons(on), condition, household=OuterRef("pk"))
    oldest = own.order_by().values("household").annotate(since=Min("entered_on"))
    return (
        households.annotate(since=Subquery(oldest.values("since")))
        .select_related("group", "area")
        .order_by("since", "number")
    )


def _is_covered(on: date) -> Exists:
    return Exists(
        Membership.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            household=OuterRef("pk"),
            effective_until__gt=on,
        )
    )


def photo_products(mutual: Mutual, on: date) -> dict[int, int]:
    """Key of each product whose own rules open rights only with a photo → the days in which a
    newborn needs none."""
    found = {}
    for product in products(mutual):
        try:
            _version, rules = product_on(product, on)
        except Refusal:  # no rules in force that day: nobody is covered by it
            continue
        if rules.membership.photo_required:
            found[product.pk] = rules.membership.newborn_cover_days
    return found


def _photo_asked_by_product(mutual: Mutual, on: date) -> Q:
    """On persons: the photo is missing, and the product of their running cover asks for it."""
    condition = _NOBODY
    for product, days in photo_products(mutual, on).items():
        covered = Membership.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=on),
            product=product,
            household=OuterRef("household"),
            effective_from__lte=on,
            effective_until__gt=on,
        )
        in_first_days = Q(birth_on=F("entered_on"), entered_on__gt=on - timedelta(days=days))
        condition |= Q(Exists(covered)) & ~in_first_days
    return _LACKING[Piece.PHOTO] & condition


def incomplete_files(
    mutual: Mutual, households: Iterable[Household], on: date
) -> list[IncompleteFile]:
    """What is missing from each of these files, in their order; four queries at most."""
    rule = file_rule_on(mutual, on)
    shown = list(households)
    by_household: dict[int, list[Person]] = {household.pk: [] for household in shown}
    for person in Person.objects.filter(household__in=by_household).order_by("number"):
        by_household[person.household_id].append(person)
    asked_by_product = set(
        Person.objects.filter(
            present_persons(on), _photo_asked_by_product(mutual, on), household__in=by_household
        ).values_list("number", flat=True)
    )
    files = []
    for household in shown:
        persons = by_household[household.pk]
        missing = missing_pieces(rule, household_file(household, persons, on), on)
        photos = [
            MissingPiece(Piece.PHOTO, each.number, each.entered_on, each.entered_on)
            for each in persons
            if each.number in asked_by_product
        ]
        others = [each for each in missing if not _is_among(each, asked_by_product)]
        ordered = tuple(sorted([*photos, *others], key=lambda each: each.since))
        files.append(IncompleteFile(household, {each.number: each for each in persons}, ordered))
    return files


def _is_among(missing: MissingPiece, photos: Collection[str]) -> bool:
    """Whether the photo that the mutual asks for is one that the product asks for already."""
    return missing.piece is Piece.PHOTO and missing.person in photos


def file_of(mutual: Mutual, household: Household, on: date) -> IncompleteFile:
    """What is missing from the file of one family; nothing when it is complete."""
    (found,) = incomplete_files(mutual, [household], on)
    return found


# ── what another rule would change ───────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Impact:
    """Who would lose and who would regain rights: queries on persons, ready to be counted."""

    losing: QuerySet[Person]
    regaining: QuerySet[Person]


def impact_of(mutual: Mutual, before: FileRule, after: FileRule, on: date) -> Impact:
    """Whose rights would close or open on a day if ``after`` took the place of ``before``.

    Only those whose rights are open for the rest: present, covered that day, no contribution
    late beyond the grace of their product, no photo missing that the product itself asks for.
    """
    held_before, held_after = held_back_condition(before, on), held_back_condition(after, on)
    open_else = Person.objects.filter(
        present_persons(on), _open_but_for_the_file(mutual, on), mutual=mutual
    ).select_related("household__group")
    order = ("household__number", "number")
    return Impact(
        losing=open_else.filter(~held_before & held_after).order_by(*order),
        regaining=open_else.filter(held_before & ~held_after).order_by(*order),
    )


def _open_but_for_the_file(mutual: Mutual, on: date) -> Q:
    """On persons: the cover runs and is paid, by the rules of each product on the day."""
    condition = _NOBODY
    for product in products(mutual):
        try:
            _version, rules = product_on(product, on)
        except Refusal:  # no rules in force that day: nobody is covered by it
            continue
        grace = timedelta(days=rules.membership.payment_grace_days)
        covered = Exists(_paid_covers(product, on, on - grace))
        condition |= Q(covered) & (Q(has_photo=True) if rules.membership.photo_required else Q())
    return condition


def _paid_covers(product: Product, on: date, due_before: date) -> QuerySet[Membership]:
    late = ContributionDue.objects.filter(
        membership=OuterRef("pk"),
        payer=Payer.HOUSEHOLD,
        cancelled_on__isnull=True,
        due_on__lt=due_before,
        paid_minor__lt=F("amount_minor"),
    )
    return Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on),
        ~Exists(late),
        product=product,
        household=OuterRef("household"),
        effective_from__lte=on,
        effective_until__gt=on,
    )


def families_count(persons: QuerySet[Person]) -> int:
    """How many families these persons belong to."""
    return persons.order_by().values("household").distinct().count()
