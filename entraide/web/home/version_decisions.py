"""What waits about the rules of products: versions to approve, versions sent back to mend."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from entraide.apps.schemes.selectors import versions_to_approve
from entraide.apps.schemes.withdrawals import versions_to_mend
from entraide.documents import writing
from entraide.web.home.decision import AT_MOST, Decision
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way


def versions_waiting(request: OfficeRequest) -> Iterator[Decision]:
    """The versions that others entered: this person may approve them."""
    for version in versions_to_approve(request.mutual).exclude(entered_by=request.user)[:AT_MOST]:
        yield Decision(
            _("Approve the rules of {product}").format(product=version.product.name),
            _("Version {number}, in force from {day}. Entered by {person}.").format(
                number=version.number,
                day=writing.day(version.effective_from, get_language() or "fr"),
                person=version.entered_by,
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "product-version", uid=version.uid).url,
        )


def versions_sent_back(request: OfficeRequest) -> Iterator[Decision]:
    """The versions that this person entered and another sent back, not yet taken up again."""
    for version in versions_to_mend(request.mutual, request.user)[:AT_MOST]:
        yield Decision(
            _("Take up the rules of {product} again").format(product=version.product.name),
            _("Version {number}, sent back by {person}: {reason}").format(
                number=version.number,
                person=version.withdrawal.withdrawn_by,
                reason=version.withdrawal.reason,
            ),
            pgettext("verb", "Look"),
            page_way(request.mutual, "", "product-version", uid=version.uid).url,
            since=version.withdrawal.withdrawn_on,
        )
