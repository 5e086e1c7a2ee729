"""Who sits in the committee: members with an account here by that account, others by name.

Whoever sat signs the minutes under their own name, and approves no claim that their session
decided: a claim decided together still needs an eye from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q

from entraide.apps.access.models import User
from entraide.apps.claims.committee_models import CommitteeDecision, CommitteeSeat, CommitteeSession
from entraide.apps.claims.models import Claim
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import OFFICE_ROLES, Right, people_who_may
from entraide.core.errors import Refusal

NAME_LENGTH = 120


def who_may_sit(mutual: Mutual, on: date, held_on: date | None = None) -> list[User]:
    """The accounts appointed in this mutual on a day, or on that of a session held before."""
    appointed = User.objects.filter(
        Q(appointments__effective_until__isnull=True)
        | Q(appointments__effective_until__gt=min(on, held_on or on)),
        appointments__mutual=mutual,
        appointments__role__in=OFFICE_ROLES,
        appointments__effective_from__lte=on,
        is_active=True,
        is_system=False,
    )
    return sorted(appointed.distinct(), key=str)


def seated(
    accounts: Iterable[User], names: Sequence[str], chosen: Sequence[User]
) -> dict[str, User | None]:
    """Name in the minutes → the account of that member, None for whoever has none.

    A name that is an account's, with or without what follows a comma (« Afi Mensah, directrice »),
    is that account's: nobody sits beside their own account. ``COMMITTEE_NAME_OF_TWO`` where two
    accounts bear it and neither was chosen.
    """
    by_name: dict[str, list[User]] = {}
    for each in accounts:
        by_name.setdefault(_plain(str(each)), []).append(each)
    written: dict[str, User | None] = {}
    for name in filter(None, (" ".join(each.split())[:NAME_LENGTH] for each in names)):
        bearers = by_name.get(_plain(name.partition(",")[0]), [])
        ours = [each for each in bearers if each in chosen] or bearers
        if len(ours) > 1:
            raise Refusal("COMMITTEE_NAME_OF_TWO", place="members", name=name)
        if not ours or ours[0] not in written.values():
            written[name] = ours[0] if ours else None
    sitting = set(written.values())
    return {str(each): each for each in chosen if each not in sitting} | written


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def seat_of(session: CommitteeSession, person: User) -> CommitteeSeat | None:
    """Where a person sat in a session, or None."""
    return session.seats.filter(user=person).first()


def require_not_sat(claim: Claim, person: User) -> None:
    """``COMMITTEE_MEMBER_APPROVES`` where the person sat in a session that decided the claim."""
    row = (
        CommitteeDecision.objects.filter(decision__claim=claim, session__seats__user=person)
        .select_related("session")
        .first()
    )
    if row is not None:
        raise Refusal(
            "COMMITTEE_MEMBER_APPROVES",
            person=str(person),
            claim=claim.document_number,
            session=row.session.document_number,
        )


def decided_sitting(person: User) -> Exists:
    """A condition on claims: a session where this person sat decided them."""
    return Exists(
        CommitteeDecision.objects.filter(
            decision__claim=OuterRef("pk"), session__seats__user=person
        )
    )


def approvers_beside(session: CommitteeSession, on: date) -> list[User]:
    """Who may approve claims on a day and neither sat in the session nor wrote for it, by name."""
    kept_out = set(session.seats.values_list("user", flat=True)) | {session.opened_by_id}
    people = people_who_may(session.mutual, Right.APPROVE_CLAIM, on)
    return [each for each in people if each.pk not in kept_out]
