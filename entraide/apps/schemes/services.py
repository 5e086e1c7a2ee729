"""The network, its people and their roles, and the rules of products: entered, then approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from entraide.apps.access.models import User
from entraide.apps.schemes.choices import checked_settings, running_share_limit
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import (
    Appointment,
    Branch,
    Federation,
    Mutual,
    Product,
    ProductVersion,
    Role,
)
from entraide.apps.schemes.retroactive import require_retroactive_reason
from entraide.apps.schemes.rights import SECTION_ROLES, Right, require_other_person
from entraide.apps.schemes.titles import Duty
from entraide.apps.schemes.withdrawals import require_not_withdrawn
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import currency as known_currency
from entraide.core.periods import last_day
from entraide.rulebook import country_path, parse_product, read_country


@command("create_federation", right=Right.ADMINISTER)
def create_federation(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    code: str,
    name: str,
    parent: Federation | None = None,
) -> Federation:
    """A new union of mutuals (a command of the network: ``mutual`` is None)."""
    require_code(code)
    if Federation.objects.filter(code=code).exists():
        raise Refusal("CODE_TAKEN", place="code", entered=code)
    return Federation.objects.create(code=code, name=name, parent=parent)


def require_code(code: str) -> None:
    """Refuse with ``CODE_UNREADABLE`` what cannot stand in an address."""
    try:
        validate_slug(code)
    except ValidationError:
        raise Refusal("CODE_UNREADABLE", place="code", entered=code) from None


def add_mutual(
    *,
    federation: Federation,
    code: str,
    name: str,
    country: str,
    currency: str = "",
    place: str = "",
    is_demonstration: bool = False,
    is_training: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> Mutual:
    """The row of a new mutual, inside the caller's transaction; its books are opened above.

    ``country`` is the code of a country pack, whose money and clock the mutual takes; another
    ``currency`` of the same country is possible. People call ``ledger.opening.create_mutual``.
    """
    require_code(code)
    if Mutual.objects.filter(code=code).exists():
        raise Refusal("CODE_TAKEN", place="code", entered=code)
    pack = read_country(country_path(country))
    return Mutual.objects.create(
        federation=federation,
        code=code,
        name=name,
        place=place,
        country=pack.code,
        currency=known_currency(currency or pack.currency).code,
        time_zone=pack.time_zone,
        is_demonstration=is_demonstration,
        is_training=is_training,
        settings=checked_settings(settings or {}),
    )


@command("create_user", right=Right.ADMINISTER)
def create_user(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    username: str,
    display_name: str,
    language: str = "fr",
) -> User:
    """A new person who may sign in once :func:`give_password` was called."""
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal("USERNAME_TAKEN", place="username", username=username)
    user = User(username=username, display_name=display_name, language=language)
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise RefusedRows(
            tuple(Finding("USER_UNREADABLE", place=field) for field in error.message_dict)
        ) from None
    user.save()
    return user


@transaction.atomic
def give_password(*, user: User, password: str) -> None:
    """Set a person's password. Not a command: journals must not hold even the hash of one."""
    try:
        validate_password(password, user)
    except ValidationError:
        raise Refusal("PASSWORD_WEAK", place="password") from None
    user.set_password(password)
    user.save(update_fields=["password"])


@command("appoint", right=Right.ADMINISTER)
def appoint(
    *,
    mutual: Mutual | None,
    actor: User,
    on: date,
    idempotency_key: str,
    user: User,
    role: str,
    effective_from: date,
    effective_until: date | None = None,
    branch: Branch | None = None,
    title: str = "",
    duties: Sequence[str] = (),
) -> Appointment:
    """Give a person a role in a mutual (or in the network) during ``[from, until)``.

    With a ``branch`` the person sees the families of that section only, unless they hold a post
    of the whole mutual too; ``ROLE_OF_WHOLE_MUTUAL`` for a role that acts on books, rules or
    lists. ``title`` is what the mutual calls the post, ``duties`` what it is asked beside
    (``DUTY_UNKNOWN`` for one that is none of ``schemes.titles.Duty``). ``SERVES_PROVIDER`` for
    whoever serves a provider in that time: they would check their own claims.
    """
    if role not in Role.values:
        raise Refusal("ROLE_UNKNOWN", place="role", role=role)
    if (mutual is None) != (role == Role.NETWORK_ADMIN):
        raise Refusal("ROLE_OF_OTHER_PLACE", place="role", role=role)
    if branch is not None and role not in SECTION_ROLES:
        raise Refusal("ROLE_OF_WHOLE_MUTUAL", place="branch")
    if effective_until is not None and effective_until <= effective_from:
        raise Refusal(
            "PERIOD_EMPTY",
            place="effective_until",
            start=effective_from,
            until=last_day(effective_until),
        )
    unknown = [duty for duty in duties if duty not in frozenset(Duty)]
    if unknown:
        raise Refusal("DUTY_UNKNOWN", place="duties", duty=unknown[0])
    if role != Role.PROVIDER_USER:
        _require_serves_no_provider(user, effective_from, effective_until)
    return Appointment.objects.create(
        user=user,
        mutual=mutual,
        role=role,
        branch=branch,
        title=title.strip(),
        duties=list(duties),
        effective_from=effective_from,
        effective_until=effective_until,
    )


def _require_serves_no_provider(user: User, start: date, until: date | None) -> None:
    """``SERVES_PROVIDER`` when a post at a provider, in any mutual, is open during ``[start,
    until)``; that post checks the other way (``providers.posts``)."""
    served = Appointment.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=start),
        user=user,
        role=Role.PROVIDER_USER,
    )
    if until is not None:
        served = served.filter(effective_from__lt=until)
    if served.exists():
        raise Refusal("SERVES_PROVIDER", place="user", person=str(user))


@command("enter_product_version", right=Right.ENTER_PRODUCT)
def enter_product_version(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    document: Mapping[str, Any],
    effective_from: date,
    source: str,
    running_share_reason: str = "",
    retroactive_reason: str = "",
) -> ProductVersion:
    """Enter the rules of a product from a day on; they count once another person approved them.

    ``document`` has the schema of ``product.yaml``; its ``product`` is the code of a product of
    the mutual, made at its first version. ``source`` says who decided (assembly, resolution).
    A running-cost share above the mutual's limit needs ``running_share_reason``; a first day in the
    past, where somebody was covered or something decided since, needs ``retroactive_reason``
    (``VERSION_RETROACTIVE``).
    """
    rules = parse_product(dict(document))
    if rules.currency != mutual.currency:
        raise Refusal(
            "PRODUCT_CURRENCY", place="currency", product=rules.currency, mutual=mutual.currency
        )
    if effective_from < rules.begins_on:
        raise Refusal(
            "PRODUCT_NOT_YET",
            place="effective_from",
            product=rules.code,
            on=effective_from,
            begins_on=rules.begins_on,
        )
    if not source.strip():
        raise Refusal("VERSION_SOURCE_MISSING", place="source")
    # The guard looks at every value that the version will ever put in force.
    days = [effective_from, *(day for day in rules.change_days if day > effective_from)]
    share = max(1 - rules.on(day).fund_share_rate for day in days)
    require_running_share_reason(mutual, share, running_share_reason)
    product, _ = Product.objects.get_or_create(
        mutual=mutual, code=rules.code, defaults={"name": rules.titles["fr"]}
    )
    require_retroactive_reason(product, effective_from, on, retroactive_reason)
    last = ProductVersion.objects.filter(product=product).aggregate(last=Max("number"))["last"]
    return ProductVersion.objects.create(
        mutual=mutual,
        product=product,
        number=(last or 0) + 1,
        effective_from=effective_from,
        document=rules.document,
        checksum=rules.checksum,
        source=source.strip(),
        entered_by=actor,
        running_share_reason=running_share_reason.strip(),
        retroactive_reason=retroactive_reason.strip(),
    )


def require_running_share_reason(mutual: Mutual, share: Decimal, reason: str) -> None:
    """Refuse with ``RUNNING_SHARE_REASON_MISSING`` a part of contributions for running costs above
    the mutual's limit when nobody wrote why."""
    limit = running_share_limit(mutual)
    if share > limit and not reason.strip():
        raise Refusal(
            "RUNNING_SHARE_REASON_MISSING", place="running_share_reason", share=share, limit=limit
        )


# What the apps above ask before a version takes force: each refuses, or says nothing. They put
# themselves here when Django starts (``contributions.apps``), for this app knows no groups.
BEFORE_APPROVAL: list[Callable[[ProductVersion], None]] = []


@command("approve_product_version", right=Right.APPROVE_PRODUCT)
def approve_product_version(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    version: ProductVersion,
    retroactive_reason: str = "",
) -> ProductVersion:
    """A second person puts a version in force; from then on it never changes.

    Its first day may have passed while it waited: ``retroactive_reason`` as for
    ``enter_product_version``. Refused when its document is no longer what was entered
    (``VERSION_ALTERED``), or when too few groups were told of it and nobody wrote why it cannot
    wait (``BRIEFING_TOO_LOW``); with ``VERSION_WITHDRAWN`` when it was taken or sent back.
    """
    version = ProductVersion.objects.select_for_update().get(pk=version.pk)
    if version.approved_at is not None:
        raise Refusal("VERSION_APPROVED_ALREADY", product=version.product.name)
    require_not_withdrawn(version)
    require_other_person(actor, version.entered_by, step="enter_product_version")
    if parse_product(version.document).checksum != version.checksum:
        raise Refusal("VERSION_ALTERED", product=version.product.name)
    reason = "\n".join(
        each for each in (version.retroactive_reason, retroactive_reason.strip()) if each
    )
    require_retroactive_reason(version.product, version.effective_from, on, reason)
    for require in BEFORE_APPROVAL:
        require(version)
    version.retroactive_reason = reason
    version.approved_by = actor
    version.approved_at = timezone.now()
    version.save(update_fields=["approved_by", "approved_at", "retroactive_reason"])
    return version
