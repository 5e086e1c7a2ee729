"""Reading what the mutuals of the network recommend to each other."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from entraide.apps.knowledge.models import Adoption, Practice
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal


def practices(*, text: str = "") -> QuerySet[Practice]:
    """What is recommended today, the latest first, with who does the same. Two queries."""
    found = Practice.objects.filter(withdrawn_on__isnull=True)
    for word in text.split():
        found = found.filter(
            Q(title__icontains=word) | Q(done__icontains=word) | Q(mutual__name__icontains=word)
        )
    adoptions = Adoption.objects.select_related("mutual").order_by("adopted_on", "pk")
    return (
        found.select_related("mutual", "recorded_by")
        .prefetch_related(Prefetch("adoptions", queryset=adoptions))
        .order_by("-since", "-pk")
    )


def practice_for(uid: UUID | str) -> Practice:
    """The practice with this ``uid`` that is still recommended, or ``NOT_FOUND``."""
    practice = practices().filter(uid=uid).first()
    if practice is None:
        raise Refusal("NOT_FOUND")
    return practice


def own_practice_for(mutual: Mutual, uid: UUID | str) -> Practice:
    """The mutual's own, or ``NOT_FOUND``."""
    practice = practice_for(uid)
    if practice.mutual_id != mutual.pk:
        raise Refusal("NOT_FOUND")
    return practice
