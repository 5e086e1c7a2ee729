"""What a provider says it earned in a year, held against what the mutual paid it for that year."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.care_control.provider_figures import paid_by_year
from entraide.apps.providers.models import Provider, ProviderTurnover
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal

FIRST_YEAR = 2000


@command("record_turnover", right=Right.KEEP_PROVIDERS)
def record_turnover(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    year: int,
    amount_minor: int,
    source: str,
) -> ProviderTurnover:
    """What a provider says it earned in a whole year. The latest said of a year holds.

    Refused with ``TURNOVER_YEAR``, ``TURNOVER_INVALID``, ``SETTING_SOURCE_MISSING`` or
    ``TURNOVER_BELOW_PAID``: nobody earned less from everybody than the mutual alone paid.
    """
    if not FIRST_YEAR <= year <= on.year:
        raise Refusal("TURNOVER_YEAR", place="year", first=FIRST_YEAR, last=on.year)
    if amount_minor <= 0:
        raise Refusal("TURNOVER_INVALID", place="amount_minor")
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    paid_minor = paid_by_year(mutual, provider).get(year, 0)
    if amount_minor < paid_minor:
        raise Refusal(
            "TURNOVER_BELOW_PAID", place="amount_minor", amount_minor=amount_minor,
            paid_minor=paid_minor, year=str(year), currency=mutual.currency,
        )  # fmt: skip
    return ProviderTurnover.objects.create(
        mutual=mutual, provider=provider, year=year, amount_minor=amount_minor,
        source=source.strip()[:200], recorded_by=actor, recorded_on=on,
    )  # fmt: skip
