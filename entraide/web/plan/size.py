"""Whether a plan speaks of a mutual of the size that its registers hold."""

from __future__ import annotations

from django.utils.translation import gettext as _

from entraide.actuarial.assumptions import Assumptions
from entraide.documents.writing import number
from entraide.web.claims.reasons import language

NEAR = 0.10  # of the plan's starting households; growth within the year explains as much


def other_size(plan: Assumptions, held: int, name: str) -> str:
    """A sentence when the plan starts from other households than the registers hold, else empty.

    Such a plan is a training plan, or an old one: its amounts stand beside no figure of the
    registers.
    """
    planned = round(sum(group.households for group in plan.groups))
    if abs(planned - held) <= planned * NEAR:
        return ""
    return _(
        "“{name}” starts from {planned} households in {year}; your registers cover {held} today. "
        "Its amounts are those of the plan’s size, and cannot be compared with your report’s."
    ).format(
        name=name,
        planned=number(planned, language()),
        year=plan.base_year,
        held=number(held, language()),
    )
