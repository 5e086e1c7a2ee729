"""Providers and tariffs of the network, agreements of a mutual."""

from __future__ import annotations

from datetime import date
from typing import Any

from entraide.apps.access.models import User
from entraide.apps.nomenclature.models import Area, CareItem
from entraide.apps.providers.conventions import require_no_other
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    Provider,
    Tariff,
    TariffList,
)
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.periods import last_day
from entraide.core.product import Sector


def ensure_provider(
    *,
    system: str,
    code: str,
    name: str,
    sector: Sector,
    level: str = "",
    area: Area | None = None,
    phone: str = "",
    **more: Any,
) -> Provider:
    """The provider of a list; made where missing. ``more``: other columns of a new one."""
    provider, _ = Provider.objects.get_or_create(
        system=system,
        code=code,
        defaults={
            "name": name,
            "sector": Sector(sector).value,
            "level": level,
            "area": area,
            "phone": phone,
            **more,
        },
    )
    return provider


def ensure_tariff_list(*, system: str, code: str, name: str, currency: str) -> TariffList:
    """The list of prices of this name; made where missing."""
    tariff_list, _ = TariffList.objects.get_or_create(
        system=system, code=code, defaults={"name": name, "currency": currency}
    )
    return tariff_list


def set_tariff(
    *,
    tariff_list: TariffList,
    care_item: CareItem,
    unit_price_minor: int,
    effective_from: date,
    source: str = "",
) -> Tariff:
    """The price of an item from a day on. A price once set for a day is never changed.

    Refused with ``AMOUNT_NOT_WHOLE``, ``TARIFF_NEGATIVE``, or ``TARIFF_ALREADY_SET`` when that
    day has another price.
    """
    if not isinstance(unit_price_minor, int):
        raise Refusal("AMOUNT_NOT_WHOLE", place="unit_price_minor", value=str(unit_price_minor))
    if unit_price_minor < 0:
        raise Refusal("TARIFF_NEGATIVE", item=care_item.label, unit_price_minor=unit_price_minor)
    tariff, is_new = Tariff.objects.get_or_create(
        tariff_list=tariff_list,
        care_item=care_item,
        effective_from=effective_from,
        defaults={"unit_price_minor": unit_price_minor, "source": source},
    )
    if not is_new and tariff.unit_price_minor != unit_price_minor:
        raise Refusal("TARIFF_ALREADY_SET", item=care_item.label, on=effective_from)
    return tariff


@command("make_agreement", right=Right.ENTER_PRODUCT)
def make_agreement(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    tariff_list: TariffList | None,
    effective_from: date,
    effective_until: date | None = None,
    is_third_party_payment: bool = True,
    reference: str = "",
) -> Agreement:
    """An agreement signed before it came here: for imports and takeovers, in force at once.

    In the office one person drafts a convention and another approves it
    (:func:`~entraide.apps.providers.conventions.draft_convention`). Refused with ``PERIOD_EMPTY``,
    ``CURRENCY_DIFFERS`` (prices in another currency) or ``AGREEMENT_OVERLAPS``: one agreement at a
    time with one provider.
    """
    if effective_until is not None and effective_until <= effective_from:
        raise Refusal("PERIOD_EMPTY", start=effective_from, until=last_day(effective_until))
    if tariff_list is not None and tariff_list.currency != mutual.currency:
        raise Refusal("CURRENCY_DIFFERS", expected=mutual.currency, found=tariff_list.currency)
    require_no_other(provider, effective_from, effective_until)
    return Agreement.objects.create(
        mutual=mutual,
        provider=provider,
        tariff_list=tariff_list,
        effective_from=effective_from,
        effective_until=effective_until,
        is_third_party_payment=is_third_party_payment,
        reference=reference,
        state=AgreementState.APPROVED,
        entered_by=actor,
        entered_on=on,
        approved_on=on,
    )
