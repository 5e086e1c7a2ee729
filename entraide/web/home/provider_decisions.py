"""What waits of providers: conventions and prices to approve, providers to accept, renewals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from entraide.apps.providers.conventions import to_approve, to_renew
from entraide.apps.providers.posts import posts_to_approve
from entraide.apps.providers.prices import changes_waiting, is_of_several
from entraide.apps.providers.register import proposals_waiting
from entraide.documents import writing
from entraide.web.home.decision import AT_MOST, Decision
from entraide.web.office import OfficeRequest
from entraide.web.ways import page_way


def _day(on: date) -> str:
    return writing.day(on, get_language() or "fr")


def conventions_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """Drafts entered by somebody else."""
    for draft in to_approve(request.mutual).exclude(entered_by=request.user)[:AT_MOST]:
        yield Decision(
            _("Approve the convention with {provider}").format(provider=draft.provider.name),
            _("From {day}. Entered by {person}.").format(
                day=_day(draft.effective_from), person=draft.entered_by
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "convention", uid=draft.uid).url,
            since=draft.entered_on,
        )


def posts_waiting(request: OfficeRequest) -> Iterator[Decision]:
    """People whom somebody else would let serve at a provider's portal."""
    waiting = posts_to_approve(request.mutual).exclude(proposed_by=request.user)
    for post in waiting[:AT_MOST]:
        yield Decision(
            _("Let {person} serve at the portal").format(person=post.user),
            _("At {provider}. Proposed by {person}.").format(
                provider=post.provider.name, person=post.proposed_by
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "provider-posts", uid=post.provider.uid).url,
            since=post.proposed_on,
        )


def papers_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """What the signatory of conventions approves: conventions, and who serves at the portal."""
    yield from conventions_to_approve(request)
    yield from posts_waiting(request)


def prices_to_approve(request: OfficeRequest) -> Iterator[Decision]:
    """Prices entered by somebody else for lists of this mutual alone."""
    waiting = changes_waiting(request.mutual).exclude(entered_by=request.user)
    for change in waiting[:AT_MOST]:
        if is_of_several(request.mutual, change.tariff_list):
            continue
        yield Decision(
            _("Approve the prices of {list}").format(list=change.tariff_list.name),
            _("From {day}. Entered by {person}, after: {source}.").format(
                day=_day(change.effective_from), person=change.entered_by, source=change.source
            ),
            pgettext("verb", "Examine"),
            page_way(request.mutual, "", "price-change", uid=change.uid).url,
            since=change.entered_on,
        )


def providers_to_accept(request: OfficeRequest) -> Iterator[Decision]:
    """Providers that somebody else entered: one line for all."""
    waiting = proposals_waiting(request.mutual).exclude(proposed_by=request.user)
    count, oldest = waiting.count(), waiting.first()
    if oldest is None:
        return
    text = ngettext("Accept {count} provider", "Accept {count} providers", count)
    yield Decision(
        text.format(count=count),
        _("Entered here, in no list of the network yet."),
        pgettext("verb", "Examine"),
        page_way(request.mutual, "", "provider-proposals").url,
        since=oldest.proposed_on,
    )


def conventions_to_renew(request: OfficeRequest) -> Iterator[Decision]:
    """Conventions that end within 90 days and that nothing follows: one line for all."""
    near = to_renew(request.mutual, request.day)
    if not near:
        return
    first, _stage = near[0]
    assert first.effective_until is not None
    text = ngettext("Renew {count} convention", "Renew {count} conventions", len(near))
    yield Decision(
        text.format(count=len(near)),
        _("The nearest end: {provider}, {day}.").format(
            provider=first.provider.name, day=_day(first.effective_until - timedelta(days=1))
        ),
        pgettext("verb", "Renew"),
        page_way(request.mutual, "", "conventions").url,
    )
