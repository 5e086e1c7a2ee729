"""Reading mutuals, people's places in them, and the rules in force on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import BigIntegerField, CharField, DateField, Q, QuerySet

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.schemes.models import Appointment, Mutual, Product, ProductVersion
from entraide.apps.schemes.rights import OFFICE_ROLES
from entraide.core import product as core
from entraide.core.errors import Refusal
from entraide.rulebook import ProductRules, parse_product


def mutual_by_code(code: str) -> Mutual:
    """The mutual with this code; ``MUTUAL_UNKNOWN`` otherwise."""
    mutual = Mutual.objects.select_related("federation").filter(code=code).first()
    if mutual is None:
        raise Refusal("MUTUAL_UNKNOWN", mutual=code)
    return mutual


def mutuals_of(user: User, on: date) -> QuerySet[Mutual]:
    """The mutuals whose office a person may enter on a day, by name; all for the network's own.

    A provider's user enters no office: the portal is their door.
    """
    in_force = (
        Q(appointments__effective_from__lte=on)
        & (Q(appointments__effective_until__isnull=True) | Q(appointments__effective_until__gt=on))
        & Q(appointments__role__in=OFFICE_ROLES)
    )
    mutuals = Mutual.objects.select_related("federation").order_by("name")
    if not user.is_active:
        return mutuals.none()
    is_of_network = user.appointments.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        mutual__isnull=True,
        effective_from__lte=on,
    ).exists()
    if user.is_system or is_of_network:
        return mutuals
    return mutuals.filter(in_force, appointments__user=user).distinct()


def appointments_on(mutual: Mutual, on: date) -> QuerySet[Appointment]:
    """Who holds which role in a mutual on a day, the network's own too; by role and name."""
    return (
        Appointment.objects.select_related("user")
        .filter(
            Q(mutual=mutual) | Q(mutual__isnull=True),
            Q(effective_until__isnull=True) | Q(effective_until__gt=on),
            effective_from__lte=on,
            user__is_active=True,
        )
        .order_by("role", "user__display_name")
    )


def versions_to_approve(mutual: Mutual) -> QuerySet[ProductVersion]:
    """The versions of products that wait for somebody to approve them, the oldest first."""
    return (
        ProductVersion.objects.select_related("product", "entered_by")
        .filter(mutual=mutual, approved_at__isnull=True, withdrawal__isnull=True)
        .order_by("id")
    )


def products(mutual: Mutual) -> QuerySet[Product]:
    """The products of a mutual, by name."""
    return Product.objects.filter(mutual=mutual).order_by("name")


_PRODUCT: Prepared[Product] = Prepared(
    lambda mutual, code: Product.objects.filter(mutual=mutual, code=code).order_by("pk")[:1],
    mutual=BigIntegerField(),
    code=CharField(),
)


def product_for(mutual: Mutual, code: str) -> Product:
    """The product of a mutual with this code; ``NOT_FOUND`` otherwise."""
    product = _PRODUCT.first(mutual=mutual, code=code)
    if product is None:
        raise Refusal("NOT_FOUND", record="product", key=code)
    return product


def product_version_for(mutual: Mutual, uid: UUID) -> ProductVersion:
    """One version, its product and people loaded; ``NOT_FOUND`` otherwise."""
    version = (
        ProductVersion.objects.select_related(
            "product", "entered_by", "approved_by", "withdrawal__withdrawn_by"
        )
        .filter(mutual=mutual, uid=uid)
        .first()
    )
    if version is None:
        raise Refusal("NOT_FOUND", record="product_version", key=str(uid))
    return version


def versions_of(product: Product) -> QuerySet[ProductVersion]:
    """Every version of a product, the latest first, approved, waiting or withdrawn: its history."""
    return (
        ProductVersion.objects.select_related(
            "entered_by", "approved_by", "withdrawal__withdrawn_by"
        )
        .filter(product=product)
        .order_by("-effective_from", "-number")
    )


_VERSION_ON: Prepared[ProductVersion] = Prepared(
    lambda product, on: ProductVersion.objects.filter(
        product=product, approved_at__isnull=False, effective_from__lte=on
    ).order_by("-effective_from", "-number")[:1],
    is_steady=True,
    product=BigIntegerField(),
    on=DateField(),
)


def product_on(product: Product, on: date) -> tuple[ProductVersion, core.Product]:
    """The approved version in force on a day, and its rules as they stand on that day.

    One query; the rules themselves are read once per version. ``PRODUCT_NOT_IN_FORCE`` when no
    approved version begins on or before the day.
    """
    version = _VERSION_ON.first(product=product, on=on)
    if version is None:
        raise Refusal("PRODUCT_NOT_IN_FORCE", product=product.name, on=on)
    return version, rules_of(version).on(on)


def products_in_force(mutual: Mutual, on: date) -> list[tuple[Product, core.Product]]:
    """The products that a family may join on a day, with their rules."""
    found = []
    for product in products(mutual):
        try:
            found.append((product, product_on(product, on)[1]))
        except Refusal:
            continue  # no approved version yet: nobody can join it
    return found


def rules_of(version: ProductVersion) -> ProductRules:
    """The dated rules of a version: a batch keeps versions at hand and asks each day of it.

    Read once per content; ``VERSION_ALTERED`` when the content is not what was entered.
    """
    rules = _RULES.get(version.checksum)
    if rules is None:
        rules = parse_product(version.document, is_kept=True)
        if rules.checksum != version.checksum:
            raise Refusal("VERSION_ALTERED", product=rules.code)
        _RULES[version.checksum] = rules
    return rules


_RULES: dict[str, ProductRules] = {}  # by checksum: a network has some tens of versions
