"""The worklist of medical control: everything that waits for a look, each leading to its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from entraide.apps.care_control.campaigns import campaigns_of
from entraide.apps.care_control.models import CampaignState
from entraide.apps.care_control.observed import open_anomalies
from entraide.apps.care_control.recoveries import open_recoveries
from entraide.apps.care_control.register import to_follow
from entraide.apps.claims.models import ClaimState, PreAuthorisation, PreAuthorisationState
from entraide.apps.claims.selectors import claims_list
from entraide.apps.providers.breaches import breaches_of
from entraide.apps.schemes.rights import Right
from entraide.core.periods import add_months, month_start
from entraide.web.office import OfficeRequest, office_url, office_view

SHOWN = 10
CONTROLLERS = (Right.CONTROL_CARE,)


@dataclass(frozen=True, slots=True)
class Waits:
    """One kind of thing that waits: how many, and where they are."""

    name: str | Promise
    count: int
    url: str


@require_safe
@office_view(right=CONTROLLERS, of_whole_mutual=True)
def worklist(request: OfficeRequest) -> HttpResponse:
    """Claims for an opinion, anomalies, findings, people to see again, amounts asked back."""
    mutual = request.mutual
    until = add_months(month_start(request.day), 1)
    review = claims_list(mutual, state=ClaimState.IN_REVIEW).order_by("received_on", "id")
    campaigns = [each for each in campaigns_of(mutual) if each.state == CampaignState.OPEN]
    unseen = sum(each.drawn_count - each.seen_count for each in campaigns)
    anomalies = open_anomalies(mutual, add_months(until, -3), until)
    follow = to_follow(mutual, request.day)
    owed = open_recoveries(mutual)
    waits = [
        Waits(_("Claims for an opinion"), review.count(),
              office_url(request, "claims") + "?state=in_review"),
        Waits(_("Prior agreements to answer"),
              PreAuthorisation.objects.filter(
                  mutual=mutual, state=PreAuthorisationState.ASKED
              ).count(),
              office_url(request, "prior-agreements")),
        Waits(_("Breaches of conventions, open"),
              breaches_of(mutual).filter(closed_on__isnull=True).count(),
              office_url(request, "breaches")),
        Waits(_("Anomalies of three months"), len(anomalies),
              office_url(request, "control-anomalies")),
        Waits(_("Claims of campaigns to look at"), unseen,
              office_url(request, "control-campaigns")),
        Waits(_("People to see again"), follow.count(),
              office_url(request, "medical-register") + "?follow=1"),
        Waits(_("Amounts asked back"), owed.count(), office_url(request, "control-recoveries")),
    ]  # fmt: skip
    context = {
        "waits": waits,
        "review": [
            (each, (request.day - each.received_on).days) for each in review[:SHOWN]
        ],
        "campaigns": campaigns,
        "may_write_register": Right.READ_MEDICAL in request.rights,
    }  # fmt: skip
    return render(request, "web/care_control/worklist.html", context)
