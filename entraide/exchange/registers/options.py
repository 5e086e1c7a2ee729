"""What a file does not say, as plain values: product, group, day, account, price list …"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.ledger.models import Account
from entraide.apps.providers.models import TariffList
from entraide.apps.providers.prices import price_list_called
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.exchange.registers.plan import Options


def read_options(mutual: Mutual, options: Mapping[str, Any]) -> Options:
    """The records named by ``product`` and ``group`` (codes), ``account`` (uid), the day.

    Refused with ``OPTION_UNKNOWN`` naming what is not here.
    """
    day = str(options.get("enrolled_on") or "")
    try:
        enrolled_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise Refusal("OPTION_UNKNOWN", place="enrolled_on", text=day) from None
    return Options(
        product=_named(Product, mutual, "code", options.get("product")),
        group=_named(PartnerGroup, mutual, "code", options.get("group")),
        enrolled_on=enrolled_on,
        account=_named(Account, mutual, "uid", options.get("account")),
        with_alike=bool(options.get("with_alike")),
        tariff_list=_price_list(mutual, str(options.get("tariff_list") or "")),
    )


def _named(model: Any, mutual: Mutual, field: str, value: Any) -> Any:
    if not value:
        return None
    record = model.objects.filter(mutual=mutual, **{field: value}).first()
    if record is None:
        raise Refusal("OPTION_UNKNOWN", place=model._meta.model_name, text=str(value))
    return record


def _price_list(mutual: Mutual, text: str) -> TariffList | None:
    """The price list called so: by its name, or by its code."""
    if not text:
        return None
    found = price_list_called(mutual, text)
    if found is None:
        raise Refusal("PRICE_LIST_NOT_FOUND", place="tariff_list", text=text)
    return found
