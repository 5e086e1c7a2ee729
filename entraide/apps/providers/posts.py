"""Who serves at a provider's desk in the portal: proposed by one person, approved by another.

A person serves one provider only, in each mutual that has a convention with it and gave the post.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django_scopes import scopes_disabled

from entraide.apps.access.models import User
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    PostState,
    Provider,
    ProviderPost,
)
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Appointment, Mutual, Role
from entraide.apps.schemes.rights import OFFICE_ROLES, Right, require_other_person
from entraide.core.errors import Finding, Refusal, RefusedRows


@command("propose_provider_post", right=Right.KEEP_PROVIDERS)
def propose_post(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    username: str,
    display_name: str,
    effective_from: date,
) -> ProviderPost:
    """Propose that a person serves at a provider's desk; an unknown user name is a new account.

    It cannot sign in before the post is approved. Refused: ``POST_WITHOUT_CONVENTION``,
    ``POST_OF_OFFICE`` (the person works in a mutual or the network), ``POST_OF_ANOTHER_PROVIDER``,
    ``POST_TWICE``, ``USER_UNREADABLE``.
    """
    agreements = Agreement.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=effective_from),
        provider=provider,
        state=AgreementState.APPROVED,
    )
    if not agreements.exists():
        raise Refusal("POST_WITHOUT_CONVENTION", provider=provider.name)
    user = User.objects.filter(username__iexact=username.strip()).first()
    if user is None:
        user = _new_account(username.strip(), display_name.strip())
    else:
        _require_free(user, provider, on)
    if _open_posts(on).filter(mutual=mutual, user=user).exists():
        raise Refusal("POST_TWICE", place="username", person=str(user), provider=provider.name)
    return ProviderPost.objects.create(
        mutual=mutual, provider=provider, user=user, effective_from=effective_from,
        proposed_by=actor, proposed_on=on,
    )  # fmt: skip


def _new_account(username: str, display_name: str) -> User:
    user = User(username=username, display_name=display_name, language="fr")
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise RefusedRows(
            tuple(Finding("USER_UNREADABLE", place=field) for field in error.message_dict)
        ) from None
    user.save()
    return user


def _require_free(user: User, provider: Provider, on: date) -> None:
    """A person of an office would check their own claims; one provider's would see another's."""
    offices = Appointment.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on),
        user=user,
        role__in=OFFICE_ROLES,
    )
    if user.is_system or offices.exists():
        raise Refusal("POST_OF_OFFICE", place="username", person=str(user))
    with scopes_disabled():
        elsewhere = _open_posts(on).filter(user=user).exclude(provider=provider).exists()
    if elsewhere:
        raise Refusal("POST_OF_ANOTHER_PROVIDER", place="username", person=str(user))


def _open_posts(on: date) -> QuerySet[ProviderPost]:
    return ProviderPost.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=on)
    ).exclude(state=PostState.REFUSED)


@command("approve_provider_post", right=Right.APPROVE_CONVENTION)
def approve_post(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, post: ProviderPost
) -> ProviderPost:
    """The post holds from its day on: by another person than who proposed it.

    Refused: ``POST_DECIDED``, ``SEPARATION_OF_DUTIES``, ``POST_OF_OFFICE``,
    ``POST_OF_ANOTHER_PROVIDER`` for what the person became meanwhile.
    """
    held = _locked(post)
    require_other_person(actor, held.proposed_by, step="propose_provider_post")
    _require_free(held.user, held.provider, on)
    held.state, held.decided_by, held.decided_on = PostState.APPROVED, actor, on
    held.save(update_fields=["state", "decided_by", "decided_on"])
    roles = _roles_of(held.user, mutual).filter(
        Q(effective_until__isnull=True), effective_from__lte=held.effective_from
    )
    if not roles.exists():
        Appointment.objects.create(
            user=held.user, mutual=mutual, role=Role.PROVIDER_USER,
            effective_from=held.effective_from,
        )  # fmt: skip
    return held


@command("refuse_provider_post", right=Right.APPROVE_CONVENTION)
def refuse_post(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, post: ProviderPost, reason: str
) -> ProviderPost:
    """The post is not given; it stays readable. ``POST_DECIDED``, ``POST_REASON_MISSING``."""
    held = _locked(post)
    if not reason.strip():
        raise Refusal("POST_REASON_MISSING", place="reason")
    held.state, held.decided_by, held.decided_on = PostState.REFUSED, actor, on
    held.reason = reason.strip()
    held.save(update_fields=["state", "decided_by", "decided_on", "reason"])
    return held


@command("end_provider_post", right=Right.KEEP_PROVIDERS)
def end_post(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, post: ProviderPost, reason: str
) -> ProviderPost:
    """The person serves there no more, from today on. One hand is enough: it only closes a door.

    Refused: ``POST_ENDED`` the second time, ``POST_REASON_MISSING``.
    """
    held = ProviderPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if not reason.strip():
        raise Refusal("POST_REASON_MISSING", place="reason")
    if held.state != PostState.APPROVED or held.effective_until is not None:
        raise Refusal("POST_ENDED", person=str(held.user))
    held.effective_until = max(on, held.effective_from)
    held.ended_by, held.reason = actor, reason.strip()
    held.save(update_fields=["effective_until", "ended_by", "reason"])
    for role in _roles_of(held.user, mutual).filter(effective_until__isnull=True):
        role.effective_until = max(on, role.effective_from + timedelta(days=1))
        role.save(update_fields=["effective_until"])
    return held


def _roles_of(user: User, mutual: Mutual) -> QuerySet[Appointment]:
    return Appointment.objects.filter(user=user, mutual=mutual, role=Role.PROVIDER_USER)


def _locked(post: ProviderPost) -> ProviderPost:
    rows = ProviderPost.objects.select_for_update(of=("self",))
    held = rows.select_related("user", "provider", "proposed_by").get(pk=post.pk)
    if held.state != PostState.PROPOSED:
        raise Refusal("POST_DECIDED", person=str(held.user))
    return held


def posts_of(mutual: Mutual, provider: Provider | None = None) -> QuerySet[ProviderPost]:
    """The posts that a mutual gave, the latest first; of one provider, or of all."""
    posts = ProviderPost.objects.filter(mutual=mutual)
    if provider is not None:
        posts = posts.filter(provider=provider)
    return posts.select_related("user", "provider", "proposed_by", "decided_by").order_by("-pk")


def posts_to_approve(mutual: Mutual) -> QuerySet[ProviderPost]:
    """Those that wait for a second person, the oldest first."""
    return posts_of(mutual).filter(state=PostState.PROPOSED).order_by("pk")


@dataclass(frozen=True, slots=True)
class Place:
    """A mutual for which a person serves at their provider."""

    mutual: Mutual
    provider: Provider
    since: date


def places_of(user: User, on: date) -> list[Place]:
    """Where a person serves on a day, by the mutual's name. One query, across the mutuals."""
    if not user.is_active:
        return []
    with scopes_disabled():
        rows = ProviderPost.objects.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gt=on),
            user=user,
            state=PostState.APPROVED,
            effective_from__lte=on,
        )
        return [
            Place(row.mutual, row.provider, row.effective_from)
            for row in rows.select_related("mutual__federation", "provider").order_by(
                "mutual__name", "pk"
            )
        ]


def require_place(user: User, mutual: Mutual, on: date) -> Place:
    """The place of a person in a mutual on a day; ``FORBIDDEN`` for whoever has none."""
    for place in places_of(user, on):
        if place.mutual.pk == mutual.pk:
            return place
    raise Refusal("FORBIDDEN", right=Right.USE_PORTAL.value, person=str(user))
