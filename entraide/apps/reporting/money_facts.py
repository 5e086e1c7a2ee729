"""The facts of money and care: dues, what they earn, receipts, claims, postings.

Each register is read once, by the primary keys of what it names; ``Registers`` knows the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import CharField, F, Q
from django.db.models.functions import Cast

from entraide.apps.claims.acts_now import ACT_NOW
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState
from entraide.apps.contributions.models import ContributionDue, DueKind, PaymentAllocation
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.ledger.models import Account, Entry, Posting
from entraide.apps.nomenclature.models import CareCategory, CareItem
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.reporting.cover_facts import age_bands
from entraide.apps.reporting.month_grid import earned, spread
from entraide.apps.reporting.registers import KEY, Belonging, Registers, key_text
from entraide.apps.reporting.table_writing import from_rows, table, taken
from entraide.apps.schemes.care_terms import promise_of
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.ledger import Side
from entraide.indicators.schema import COLUMNS

_PLACED = ("product", "group", "group_kind", "area")
_AMOUNTS = ("amount_minor", "fund_share_minor", "running_share_minor")


def _placed(place: Belonging) -> tuple[str, str, str, str]:
    return place.product, place.group, place.group_kind, place.area


def contribution_tables(mutual: Mutual, registers: Registers) -> dict[str, pa.Table]:
    """``due``, ``earned_month`` and ``payment``."""
    fields = (
        "document_number", "kind", "payer", "due_on", "cover_from", "cover_until", *_AMOUNTS,
    )  # fmt: skip
    rows = [
        (
            key_text(key),
            registers.household_keys[household_id],
            *_placed(registers.belongings[membership_id]),
            *values,
        )
        for key, household_id, membership_id, *values in ContributionDue.objects.filter(
            mutual=mutual, cancelled_on__isnull=True
        )
        .order_by("id")
        .annotate(key=KEY)
        .values_list("key", "household_id", "membership_id", *fields)
    ]
    due = from_rows("due", ("uid", "household", *_PLACED, *fields), rows)
    return {
        "due": due,
        "earned_month": _earned_table(due),
        "payment": _payment_table(mutual, registers),
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
            ("document_number", "document_number"),
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


def _payment_table(mutual: Mutual, registers: Registers) -> pa.Table:
    """One row a part of a receipt; a receipt that was taken back has a second row, negative."""
    described = {
        "document_number": "payment__document_number",
        "kind": "due__kind",
        "payer": "due__payer",
        "channel": "payment__channel",
        "due_on": "due__due_on",
    }
    parts = PaymentAllocation.objects.filter(mutual=mutual).order_by("id")
    read = parts.annotate(
        key=Cast("payment__uid", CharField()), due_key=Cast("due__uid", CharField())
    ).values_list(
        "key", "due_key", "due__household_id", "due__membership_id", "payment__reversed_on",
        *described.values(), "payment__paid_on", *_AMOUNTS,
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for key, due_key, household_id, membership_id, reversed_on, *values in read:
        known = (
            key_text(key),
            key_text(due_key),
            registers.household_keys[household_id],
            *_placed(registers.belongings[membership_id]),
            *values[: len(described)],
        )
        paid_on, *minors = values[len(described) :]
        rows.append((*known, paid_on, *minors))
        if reversed_on is not None:
            rows.append((*known, reversed_on, *(-minor for minor in minors)))
    names = ("uid", "due", "household", *_PLACED, *described, "paid_on", *_AMOUNTS)
    return from_rows("payment", names, rows)


_CLAIM = (
    "document_number", "circuit", "state", "care_on", "received_on", "decided_on", "paid_on",
    "decision_number", "claimed_minor", "payable_minor",
)  # fmt: skip


def claim_tables(mutual: Mutual, registers: Registers) -> dict[str, pa.Table]:
    """``claim`` and ``claim_line``, reversed claims apart. Nothing medical is read."""
    providers = {
        pk: (key_text(key), sector)
        for pk, key, sector in Provider.objects.annotate(key=KEY).values_list("pk", "key", "sector")
    }
    read = list(
        Claim.objects.filter(mutual=mutual, decisions__number=F("decision_number"))
        .exclude(state=ClaimState.REVERSED)
        .annotate(decided_on=F("decisions__made_on"), key=KEY)
        .order_by("id")
        .values_list(
            "id", "key", "household_id", "person_id", "membership_id", "provider_id", *_CLAIM
        )
    )
    if not read:
        return {"claim": table("claim", {}), "claim_line": table("claim_line", {})}
    ids, keys, households, persons, memberships, provider_ids, *values = (
        list(column) for column in zip(*read, strict=True)
    )
    columns: dict[str, Any] = dict(zip(_CLAIM, values, strict=True))
    where = [_placed(registers.belongings[pk]) for pk in memberships]
    columns |= zip(_PLACED, map(list, zip(*where, strict=True)), strict=True)
    columns["uid"] = [key_text(key) for key in keys]
    columns["household"] = [registers.household_keys[pk] for pk in households]
    columns["person"] = [registers.person_keys[pk] for pk in persons]
    columns["provider"] = [providers[pk][0] for pk in provider_ids]
    columns["sector"] = [providers[pk][1] for pk in provider_ids]
    columns |= _ages_and_delays(columns, registers)
    promise = promise_of(mutual)
    columns["promised_days"] = [promise.on(each) for each in columns["received_on"]]
    claim = table("claim", columns)
    return {"claim": claim, "claim_line": _line_table(mutual, claim, ids)}


def _ages_and_delays(columns: dict[str, Any], registers: Registers) -> dict[str, Any]:
    by_key = {each.uid: each for persons in registers.persons.values() for each in persons}
    patients = [by_key[key] for key in columns["person"]]
    born = np.array([person.birth_on for person in patients], dtype="M8[D]")
    return {
        "sex": [person.sex for person in patients],
        "age_band": age_bands(born, np.array(columns["care_on"], dtype="M8[D]")),
        "days_to_pay": [
            None if paid_on is None else max((paid_on - received_on).days, 0)
            for paid_on, received_on in zip(columns["paid_on"], columns["received_on"], strict=True)
        ],
    }


def _line_table(mutual: Mutual, claim: pa.Table, ids: list[int]) -> pa.Table:
    place_of = {pk: place for place, pk in enumerate(ids)}
    categories = dict(CareCategory.objects.values_list("pk", "code"))
    items = {
        pk: (code, risk)
        for pk, code, risk in CareItem.objects.values_list("pk", "code", "risk_category")
    }
    rows = [
        (place_of[claim_id], position, categories[category_id], *items[item_id], *amounts)
        for claim_id, position, category_id, item_id, *amounts in ClaimLine.objects.filter(
            mutual=mutual
        )
        .order_by("claim_id", "position")
        .values_list(
            "claim_id", "position", "category_id", ACT_NOW, "claimed_minor", "payable_minor"
        )
        if claim_id in place_of  # a reversed claim is no fact
    ]
    if not rows:
        return table("claim_line", {})
    places, position, category, item, risk, claimed, payable = (
        list(column) for column in zip(*rows, strict=True)
    )
    of_claim = claim.take(pa.array(places))
    shared = (
        "document_number", *_PLACED, "sex", "age_band", "provider", "sector", "state", "care_on",
    )  # fmt: skip
    return table(
        "claim_line",
        {
            "claim": of_claim["uid"],
            "position": position,
            "category": category,
            "risk": risk,
            "item": item,
            **{name: of_claim[name] for name in shared},
            "claimed_minor": claimed,
            "payable_minor": payable,
        },
    )


def posting_table(mutual: Mutual, earlier: pa.Table | None = None) -> pa.Table:
    """``posting``: every line of the books, those of ``earlier`` not read again.

    The books are append-only: what an earlier export holds is still so.
    """
    entries = Entry.objects.filter(mutual=mutual)
    postings = Posting.objects.filter(mutual=mutual)
    if earlier is not None and len(earlier):
        last = pa.compute.max(earlier["sequence"]).as_py()
        entries = entries.filter(sequence__gt=last)
        postings = postings.filter(entry__sequence__gt=last)
    roles = dict(Account.objects.filter(mutual=mutual).values_list("pk", "role"))
    names = ("sequence", "document_number", "kind", "occurred_on", "posted_on")
    described = {pk: values for pk, *values in entries.values_list("pk", *names)}
    rows = [
        (
            *described[entry_id],
            roles[account_id],
            fund,
            amount_minor if side == Side.DEBIT else -amount_minor,
        )
        for entry_id, account_id, fund, side, amount_minor in postings.order_by("id").values_list(
            "entry_id", "account_id", "fund", "side", "amount_minor"
        )
    ]
    read = from_rows("posting", (*names, "role", "fund", "signed_minor"), rows)
    return read if earlier is None else pa.concat_tables([earlier, read])


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
        name: from_rows(
            name,
            tuple(COLUMNS[name]),
            (
                tuple(str(value) for value in row)
                for row in rows.order_by("pk").values_list(*COLUMNS[name])
            ),
        )
        for name, rows in records.items()
    }
