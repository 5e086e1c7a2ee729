"""Waiting periods (délais de carence): since when they count, and until when they last."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from entraide.core.periods import add_months
from entraide.core.product import Product

if TYPE_CHECKING:
    from entraide.core.enrolment import MembershipCover, PersonCover


def waits_from(person: PersonCover, membership: MembershipCover, on: date) -> date | None:
    """The day from which waiting periods count; None for who does not wait.

    A dependant who enters later waits from their own entry, a newborn with the household.
    """
    if not membership.waits:
        return None
    since = membership.joined_on
    if not person.is_newborn:
        since = max(since, person.entered_on)
    if person.waits_from is not None and on >= person.waits_from:
        since = max(since, person.waits_from)
    return since


def waiting_until(since: date | None, product: Product, on: date) -> dict[str, date]:
    """The day each benefit still waiting on ``on`` opens, in the order of the product."""
    opens: dict[str, date] = {}
    if since is None:
        return opens
    for benefit in product.benefits:
        if benefit.is_covered and benefit.waiting_period_months:
            opens_on = add_months(since, benefit.waiting_period_months)
            if opens_on > on:
                opens[benefit.category] = max(opens_on, opens.get(benefit.category, opens_on))
    return opens
