"""What waits about the risk of illness: gaps to the tariffs that lasted, assumptions to approve."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from entraide.apps.planning.risk_board import alerts_standing
from entraide.apps.planning.tariff_assumptions import assumptions_waiting
from entraide.apps.schemes.rights import Right
from entraide.web.home.decision import AT_MOST, Decision
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way


def gaps_to_look_at(request: OfficeRequest) -> Iterator[Decision]:
    """Care above what the tariffs assume, two months running: one line for all.

    For who plans; for who controls care where they do not plan themselves.
    """
    if Right.READ_REPORTS not in request.rights:
        return
    standing = alerts_standing(request.mutual, request.day)
    count = standing.count
    if not count:
        return
    text = ngettext(
        "Look at {count} gap to the tariff", "Look at {count} gaps to the tariff", count
    )
    yield Decision(
        text.format(count=count),
        _(
            "Over twelve months, care is above what the tariff assumes; the longest for {months} "
            "months running."
        ).format(months=standing.months),
        pgettext("verb", "Look"),
        page_way(request.mutual, "", "risk-board").url,
    )


def gaps_of_care(request: OfficeRequest) -> Iterator[Decision]:
    """The same for who controls care and does not plan."""
    if Right.PLAN not in request.rights:
        yield from gaps_to_look_at(request)


def assumptions_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """What somebody else wrote down of a tariff."""
    waiting = assumptions_waiting(request.mutual).exclude(entered_by=request.user)
    for assumption in waiting[:AT_MOST]:
        yield Decision(
            _("Approve what the tariff of {product} assumes").format(
                product=assumption.product.name
            ),
            f"{assumption.source}. {assumption.entered_by}",
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "tariff-assumptions").url,
            since=assumption.entered_on,
        )
