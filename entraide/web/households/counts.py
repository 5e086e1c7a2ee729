"""What waits at memberships: covers whose term is near."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from entraide.apps.enrolment.selectors import memberships_to_renew
from entraide.apps.schemes.models import Mutual
from entraide.web.navigation import Waiting


def waiting(mutual: Mutual, day: date) -> Waiting:
    """The covers to renew; due today when one of them is already over."""
    to_renew = memberships_to_renew(mutual, day).order_by()
    count = to_renew.count()
    is_due = count > 0 and to_renew.filter(effective_until__lte=day).exists()
    return Waiting(
        count,
        is_due,
        (ngettext("%(n)d cover to renew", "%(n)d covers to renew", count) % {"n": count},),
    )
