"""One kind of partner group: the condition by which every report is cut to it (R012)."""

from __future__ import annotations

from django.db.models import Q

from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.schemes.models import Mutual


def of_kind(group: str, kind: str | None) -> Q:
    """The condition that the group at the end of the path ``group`` is of a kind.

    ``kind``: one of ``core.groups.GROUP_KINDS``; empty for families on their own; None for all.
    """
    if kind is None:
        return Q()
    return Q(**{f"{group}__kind": kind}) if kind else Q(**{f"{group}__isnull": True})


def kinds_of(mutual: Mutual) -> list[str]:
    """The kinds of the groups that a mutual has or had. One query."""
    groups = PartnerGroup.objects.filter(mutual=mutual).order_by("kind")
    return list(groups.values_list("kind", flat=True).distinct())
