"""The facts of money and care: dues, what they earn, receipts, claims, postings. One query each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import F, Q

from entraide.apps.claims.models import Claim, ClaimLine, ClaimState
from entraide.apps.contributions.models import ContributionDue, DueKind, PaymentAllocation
from entraide.apps.enrolment.models import Membership, PartnerGroup
from entraide.apps.ledger.models import Posting
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.reporting.cover_facts import Belonging, age_bands, belonging
from entraide.apps.reporting.month_grid import earned, spread
from entraide.apps.reporting.table_writing import from_rows, table, taken
from entraide.apps.schemes.models import Mutual, Product
from entraide.indicators.schema import COLUMNS

NOWHERE = Belonging("", "", "", "")
Places = Mapping[int | None, Belonging]  # by membership
_PLACED = ("product", "group_kind", "area")


def places_of(memberships: list[Membership]) -> dict[int | None, Belonging]:
    """Where each cover belongs; care without a cover belongs nowhere."""
    return {None: NOWHERE, **{each.pk: belonging(each) for each in memberships}}


def _placed(place: Belonging) -> tuple[str, str, str]:
    return place.product, place.group_kind, place.area


def contribution_tables(mutual: Mutual, places: Places) -> dict[str, pa.Table]:
    """``due``, ``earned_month`` and ``payment``."""
    fields = (
        "uid", "document_number", "household__uid", "kind", "payer", "due_on", "cover_from",
        "cover_until", "amount_minor", "fund_share_minor", "running_share_minor",
    )  # fmt: skip
    names = tuple(name.replace("household__uid", "household") for name in fields)
    rows = [
        (*values, *_placed(places[membership_id]))
        for membership_id, *values in ContributionDue.objects.filter(
            mutual=mutual, cancelled_on__isnull=True
        )
        .order_by("id")
        .values_list("membership_id", *fields)
    ]
    due = from_rows("due", (*names, *_PLACED), rows)
    return {
        "due": due,
        "earned_month": _earned_table(due),
        "payment": _payment_table(mutual, places),
    }


def _earned_table(due: pa.Table) -> pa.Table:
    """Contributions, not fees: the whole and the fund share are spread, the rest is the running
    share, so that the three agree in each month."""
    chosen = due.filter(pa.compute.equal(due["kind"], DueKind.CONTRIBUTION.value))
    if not len(chosen):
        return table("earned_month", {})
    starts, untils = (
        chosen[name].to_numpy().astype("M8[D]") for name in ("cover_from", "cover_until")
    )
    parts = spread(starts, untils)
    whole, fund = (
        earned(chosen[name].to_numpy(), starts, untils, parts)
        for name in ("amount_minor", "fund_share_minor")
    )
    texts = {
        name: taken(chosen[source].to_pylist(), parts.row)
        for name, source in (
            ("due", "uid"),
            ("payer", "payer"),
            *zip(_PLACED, _PLACED, strict=True),
        )
    }
    return table(
        "earned_month",
        {
            "month": parts.month,
            **texts,
            "earned_minor": whole,
            "fund_share_minor": fund,
            "running_share_minor": whole - fund,
        },
    )


def _payment_table(mutual: Mutual, places: Places) -> pa.Table:
    fields = (
        "payment__uid", "payment__document_number", "due__uid", "due__household__uid", "due__kind",
        "due__payer", "payment__channel", "due__due_on",
    )  # fmt: skip
    names = (
        "uid", "document_number", "due", "household", "kind", "payer", "channel", "due_on",
        "paid_on", "amount_minor", "fund_share_minor", "running_share_minor", *_PLACED,
    )  # fmt: skip
    amounts = ("amount_minor", "fund_share_minor", "running_share_minor")
    rows: list[tuple[Any, ...]] = []
    for values in (
        PaymentAllocation.objects.filter(mutual=mutual)
        .order_by("id")
        .values_list(
            "due__membership_id", "payment__reversed_on", "payment__paid_on", *fields, *amounts
        )
    ):
        membership_id, reversed_on, paid_on, *described = values
        texts, minors = described[: len(fields)], described[len(fields) :]
        where = _placed(places[membership_id])
        rows.append((*texts, paid_on, *minors, *where))
        if reversed_on is not None:
            rows.append((*texts, reversed_on, *(-minor for minor in minors), *where))
    return from_rows("payment", names, rows)


_CLAIM = {
    "uid": "uid",
    "document_number": "document_number",
    "household": "household__uid",
    "person": "person__uid",
    "sex": "person__sex",
    "provider": "provider__uid",
    "sector": "provider__sector",
    "circuit": "circuit",
    "state": "state",
    "care_on": "care_on",
    "received_on": "received_on",
    "decided_on": "decided_on",
    "paid_on": "paid_on",
    "claimed_minor": "claimed_minor",
    "payable_minor": "payable_minor",
}  # column of the fact → where it is read
_KEYS = ("uid", "household", "person", "provider")


def claim_tables(mutual: Mutual, places: Places) -> dict[str, pa.Table]:
    """``claim`` and ``claim_line``, reversed claims apart. Nothing medical is read."""
    rows = list(
        Claim.objects.filter(mutual=mutual, decisions__number=F("decision_number"))
        .exclude(state=ClaimState.REVERSED)
        .annotate(decided_on=F("decisions__made_on"))
        .order_by("id")
        .values_list("id", "membership_id", "person__birth_on", *_CLAIM.values())
    )
    if not rows:
        return {"claim": table("claim", {}), "claim_line": table("claim_line", {})}
    ids, membership_ids, born, *read = (list(column) for column in zip(*rows, strict=True))
    columns = dict(zip(_CLAIM, read, strict=True))
    for name in _KEYS:
        columns[name] = [str(uid) for uid in columns[name]]
    where = [_placed(places[membership_id]) for membership_id in membership_ids]
    columns.update(zip(_PLACED, map(list, zip(*where, strict=True)), strict=True))
    care = np.array(columns["care_on"], dtype="M8[D]")
    columns["age_band"] = age_bands(np.array(born, dtype="M8[D]"), care)
    columns["days_to_pay"] = [
        None if paid_on is None else max((paid_on - received_on).days, 0)
        for paid_on, received_on in zip(columns["paid_on"], columns["received_on"], strict=True)
    ]
    claim = table("claim", columns)
    return {"claim": claim, "claim_line": _line_table(mutual, claim, ids)}


def _line_table(mutual: Mutual, claim: pa.Table, ids: list[int]) -> pa.Table:
    place_of = {pk: place for place, pk in enumerate(ids)}
    rows = [
        (place_of[claim_id], *values)
        for claim_id, *values in ClaimLine.objects.filter(mutual=mutual)
        .exclude(claim__state=ClaimState.REVERSED)
        .order_by("claim_id", "position")
        .values_list(
            "claim_id", "position", "category__code", "care_item__code", "claimed_minor",
            "payable_minor",
        )
        if claim_id in place_of
    ]  # fmt: skip
    if not rows:
        return table("claim_line", {})
    places, position, category, item, claimed, payable = (
        list(column) for column in zip(*rows, strict=True)
    )
    of_claim = claim.take(pa.array(places))
    shared = (*_PLACED, "sex", "age_band", "provider", "sector", "state", "care_on")
    return table(
        "claim_line",
        {
            "claim": of_claim["uid"],
            "position": position,
            "category": category,
            "item": item,
            **{name: of_claim[name] for name in shared},
            "claimed_minor": claimed,
            "payable_minor": payable,
        },
    )


def posting_table(mutual: Mutual) -> dict[str, pa.Table]:
    """``posting``: every line of the books."""
    fields = (
        "entry__uid", "entry__document_number", "entry__kind", "account__role", "fund",
        "entry__occurred_on", "entry__posted_on",
    )  # fmt: skip
    names = ("entry", "document_number", "kind", "role", "fund", "occurred_on", "posted_on")
    rows = [
        (*values, amount_minor if side == "debit" else -amount_minor)
        for side, amount_minor, *values in Posting.objects.filter(mutual=mutual)
        .order_by("id")
        .values_list("side", "amount_minor", *fields)
    ]
    return {"posting": from_rows("posting", (*names, "signed_minor"), rows)}


def dimension_tables(mutual: Mutual) -> dict[str, pa.Table]:
    """What the codes of the facts are called."""
    known = Q(pk__in=Agreement.objects.filter(mutual=mutual).values("provider_id")) | Q(
        pk__in=Claim.objects.filter(mutual=mutual).values("provider_id")
    )
    records = {
        "dim_category": CareCategory.objects.all(),
        "dim_provider": Provider.objects.filter(known),
        "dim_product": Product.objects.filter(mutual=mutual),
        "dim_group": PartnerGroup.objects.filter(mutual=mutual),
    }
    return {
        name: from_rows(name, tuple(COLUMNS[name]), rows.order_by("pk").values_list(*COLUMNS[name]))
        for name, rows in records.items()
    }
