"""The guard on running costs in scenarios, and the tariffs that a scenario justified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entraide.apps.contributions.tariff_records import TariffChange
from entraide.apps.contributions.tariffs import justified_by
from entraide.apps.planning.models import BusinessPlan, Scenario
from entraide.apps.planning.selectors import plans, scenarios_of
from entraide.apps.planning.services import running_share_of
from entraide.apps.schemes.choices import running_share_limit
from entraide.apps.schemes.models import Mutual
from entraide.documents import writing
from entraide.web.office import OfficeRequest, office_url
from entraide.web.tariffs.guard import RunningShareWarning


@dataclass(frozen=True, slots=True)
class BeyondLimit:
    """A share for running costs above the limit of the mutual, both between 0 and 1."""

    share: Decimal
    limit: Decimal


def beyond_limit(
    mutual: Mutual, plan: BusinessPlan, levers: Mapping[str, Any]
) -> BeyondLimit | None:
    """How far these levers take running costs above the limit; None when they do not."""
    share, limit = running_share_of(plan.assumptions, levers), running_share_limit(mutual)
    return BeyondLimit(share, limit) if share > limit else None


def tariffs_of(mutual: Mutual, scenario: Scenario | None) -> list[TariffChange]:
    """The tariffs that were entered because of this scenario."""
    return [] if scenario is None else list(justified_by(mutual, scenario.uid))


def scenario_warnings(request: OfficeRequest) -> Iterator[RunningShareWarning]:
    """The scenarios of the latest plan that go beyond the limit: two queries."""
    plan = plans(request.mutual).first()
    if plan is None:
        return
    for scenario in scenarios_of(plan):
        beyond = beyond_limit(request.mutual, plan, scenario.overrides)
        if beyond is None:
            continue
        language = get_language() or "fr"
        reason = scenario.running_share_reason or writing.ABSENT
        yield RunningShareWarning(
            _("A scenario gives more than {limit} of the contribution to running costs").format(
                limit=writing.percent(beyond.limit, language, 0)
            ),
            f"{plan.name}, {scenario.name}",
            f"{office_url(request, 'plan')}?plan={plan.uid}&scenario={scenario.uid}",
            _("{share}. Reason written: {reason}").format(
                share=writing.percent(beyond.share, language, 0), reason=reason
            ),
        )
