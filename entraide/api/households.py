"""Families by the API: they join and pay in one act, and are read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse

from entraide.api.bearer import in_mutual
from entraide.api.bodies import read_body
from entraide.api.claims import OUR_SYSTEM, key_of
from entraide.api.household_schemas import HOUSEHOLD
from entraide.api.resemblances import keep_apart, told_apart
from entraide.apps.contributions.accounts import household_accounts
from entraide.apps.contributions.desk import MoneyReceived, enrol_with_payment
from entraide.apps.contributions.models import Payer
from entraide.apps.contributions.services import enrol_household
from entraide.apps.enrolment.asked_about import asked_about
from entraide.apps.enrolment.facts import PersonEntry, covered_until
from entraide.apps.enrolment.models import BirthPrecision, Household, PartnerGroup
from entraide.apps.enrolment.selectors import found, household_for, last_membership, persons_of
from entraide.apps.ledger.models import Account
from entraide.apps.ledger.selectors import treasury_account_numbered
from entraide.apps.nomenclature.models import Area
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_for


@in_mutual(right=Right.ENROL)
def send_household(request: Any) -> HttpResponse:
    """A family joins, and pays when ``payment`` is there: all is recorded, or nothing.

    A repeated key with the same content answers the same family again, as it stands now; with
    another content it is refused (409). Every fault of the form is answered at once (422), each
    with its path. So is everybody who resembles a person registered with the same birth, unless
    ``distinct_from`` says that they are two.
    """
    body = read_body(request, HOUSEHOLD)
    mutual: Mutual = request.mutual
    key, persons = key_of(request, body), tuple(_entry(person) for person in body["persons"])
    alike = told_apart(mutual, key, persons, frozenset(body.get("distinct_from", ())))
    content: dict[str, Any] = {
        "mutual": mutual,
        "actor": request.user,
        "on": request.day,
        "idempotency_key": key,
        "product": product_for(mutual, body["product"]),
        "enrolled_on": date.fromisoformat(body["enrolled_on"]),
        "persons": persons,
        "group": _group(mutual, body.get("group", "")),
        "area": _area(body.get("area")),
        "phone": body.get("phone", "").strip(),
        "address": body.get("address", "").strip(),
        "declared_size": body.get("declared_size"),
        "declared_group_size": body.get("declared_group_size"),
        "loan_minor": body.get("loan_minor"),
        "loan_reference": body.get("loan_reference", "").strip(),
        "income_minor": body.get("income_minor"),
        "pays_at_once": body.get("pays_at_once"),
        "source": body.get("source", "direct"),
        "late_reason": body.get("late_reason", "").strip(),
    }
    money = _money(mutual, body.get("payment"))
    with asked_about(alike):
        if money is None:
            household = enrol_household(**content)
        else:
            household, _payment = enrol_with_payment(money=money, **content)
    keep_apart(household, alike, actor=request.user, on=request.day, key=key)
    return JsonResponse(household_answer(household, request.day), status=201)


@in_mutual(right=Right.READ_REGISTERS)
def read_household(request: Any, uid: str) -> HttpResponse:
    """A family of the token's mutual: its persons, what it owes, its receipts."""
    return JsonResponse(household_answer(household_for(request.mutual, uid), request.day))


def household_answer(household: Household, on: date) -> dict[str, Any]:
    """The document that tells a family, its cover and its account."""
    membership = last_membership(household)
    accounts = household_accounts(household, on)
    account = accounts.pop(Payer.HOUSEHOLD)
    others = sorted(
        (due for each in accounts.values() for due in each.dues),
        key=lambda due: (due.due_on, due.document_number),
    )
    return {
        "uid": str(household.uid),
        "number": household.number,
        "product": membership.product.code if membership else "",
        "covered_from": membership.effective_from.isoformat() if membership else None,
        "covered_until": covered_until(membership).isoformat() if membership else None,
        "currency": household.mutual.currency,
        "persons": [
            {
                "number": person.number,
                "name": person.spoken_name,
                "relation": person.relation,
                "has_photo": person.has_photo,
            }
            for person in persons_of(household)
        ],
        "dues": [
            {
                "document_number": due.document_number,
                "kind": due.kind,
                "payer": due.payer,
                "due_on": due.due_on.isoformat(),
                "amount_minor": due.amount_minor,
                "paid_minor": due.paid_minor,
            }
            for due in (*account.dues, *others)
            if due.cancelled_on is None
        ],
        "receipts": [
            {
                "document_number": payment.document_number,
                "paid_on": payment.paid_on.isoformat(),
                "amount_minor": payment.amount_minor,
            }
            for payment in account.payments
            if payment.reversed_on is None
        ],
        "remaining_minor": account.remaining_minor,
    }


def _entry(person: Mapping[str, Any]) -> PersonEntry:
    return PersonEntry(
        name=person["name"],
        given_name=person.get("given_name", ""),
        birth_on=date.fromisoformat(person["birth_on"]),
        birth_precision=person.get("birth_precision", BirthPrecision.EXACT.value),
        sex=person["sex"],
        relation=person["relation"],
        phone=person.get("phone", "").strip(),
        phone_owner=person.get("phone_owner", ""),
        occupation=person.get("occupation", "").strip(),
        document_kind=person.get("document_kind", ""),
        document_number=person.get("document_number", "").strip(),
        mother_rank=person.get("mother_rank"),
        has_photo=person.get("has_photo", False),
    )


def _group(mutual: Mutual, code: str) -> PartnerGroup | None:
    return found(PartnerGroup.objects.filter(mutual=mutual), code=code) if code else None


def _area(named: Mapping[str, str] | None) -> Area | None:
    if named is None:
        return None
    return found(Area.objects.filter(system=named.get("system", OUR_SYSTEM)), code=named["code"])


def _money(mutual: Mutual, payment: Mapping[str, Any] | None) -> MoneyReceived | None:
    if payment is None:
        return None
    account: Account = treasury_account_numbered(mutual, payment["account"])
    reference = payment.get("external_reference", "").strip()
    return MoneyReceived(payment["amount_minor"], account, reference)
