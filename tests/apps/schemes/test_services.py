"""Mutuals, people and products: entered by one person, approved by another, then immutable."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_scopes import scope
from django_scopes.exceptions import ScopeError

from entraide.apps.access.models import AuditEvent
from entraide.apps.ledger.models import Account
from entraide.apps.schemes import selectors
from entraide.apps.schemes.models import Federation, Mutual, Product, ProductVersion, Role
from entraide.apps.schemes.network import end_appointment
from entraide.apps.schemes.services import (
    appoint,
    approve_product_version,
    create_user,
    enter_product_version,
    give_password,
)
from entraide.core.errors import Refusal, RefusedRows
from entraide.rulebook import product_path, read_product
from tests.builders import a_key, a_mutual
from tests.people import People


def _enter(mutual: Mutual, actor: Any, document: dict[str, Any], **content: Any) -> ProductVersion:
    values: dict[str, Any] = {
        "effective_from": date(2025, 1, 1),
        "source": "AG du 7 décembre 2024, résolution 2",
        **content,
    }
    return enter_product_version(
        mutual=mutual,
        actor=actor,
        on=date(2024, 12, 10),
        idempotency_key=a_key(),
        document=document,
        **values,
    )


def _document(fund_share: str = "0.75") -> dict[str, Any]:
    document = read_product(product_path("essentielle")).document
    document["fund_share_rate"]["values"][-1]["value"] = fund_share
    return document


def test_a_mutual_takes_the_money_and_clock_of_its_country(bare_mutual: Mutual) -> None:
    assert (bare_mutual.currency, bare_mutual.country) == ("XOF", "tg")
    assert bare_mutual.time_zone == "Africa/Lome"


def test_two_mutuals_never_share_a_code(federation: Federation, bare_mutual: Mutual) -> None:
    with pytest.raises(Refusal, match="CODE_TAKEN"):
        a_mutual(federation, bare_mutual.code, "Une autre")
    with pytest.raises(Refusal, match="CODE_UNREADABLE"):
        a_mutual(federation, "deux mots", "Une autre")
    with pytest.raises(Refusal, match="COUNTRY_UNKNOWN"):
        a_mutual(federation, "ailleurs", "Ailleurs", country="zz")


def test_records_of_a_mutual_are_not_read_outside_its_scope(
    mutual: Mutual, other_mutual: Mutual
) -> None:
    with pytest.raises(ScopeError):
        Account.objects.count()
    with scope(mutual=mutual):
        assert not Account.objects.filter(mutual=other_mutual).exists()
        assert Product.objects.count() == 1


def test_a_product_entered_by_one_person_counts_once_another_approved(
    bare_mutual: Mutual, people: People
) -> None:
    version = _enter(bare_mutual, people.moussa, _document())
    with scope(mutual=bare_mutual):
        with pytest.raises(Refusal, match="PRODUCT_NOT_IN_FORCE"):
            selectors.product_on(version.product, date(2025, 3, 1))
        approve_product_version(
            mutual=bare_mutual,
            actor=people.director,
            on=date(2024, 12, 12),
            idempotency_key=a_key(),
            version=version,
        )
        found, rules = selectors.product_on(version.product, date(2025, 3, 1))
        assert found == version
        assert rules.code == "essentielle"
        assert rules.version.startswith(f"essentielle@{version.checksum[:12]}/")
        with pytest.raises(Refusal, match="PRODUCT_NOT_IN_FORCE"):
            selectors.product_on(version.product, date(2024, 12, 31))


def test_who_enters_a_product_does_not_approve_it(bare_mutual: Mutual, people: People) -> None:
    appoint(
        mutual=bare_mutual,
        actor=people.network_admin,
        on=date(2024, 6, 1),
        idempotency_key=a_key(),
        user=people.moussa,
        role=Role.DIRECTOR,
        effective_from=date(2024, 6, 1),
    )
    version = _enter(bare_mutual, people.moussa, _document())
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        approve_product_version(
            mutual=bare_mutual,
            actor=people.moussa,
            on=date(2024, 12, 12),
            idempotency_key=a_key(),
            version=version,
        )


@pytest.mark.requirement("R029", begun=True)
def test_a_running_share_above_the_limit_needs_a_written_reason(
    bare_mutual: Mutual, people: People
) -> None:
    with pytest.raises(Refusal) as refused:
        _enter(bare_mutual, people.moussa, _document("0.65"))
    assert refused.value.code == "RUNNING_SHARE_REASON_MISSING"
    assert (str(refused.value.data["share"]), str(refused.value.data["limit"])) == ("0.35", "0.30")
    reason = "Deux antennes ouvertes en 2025"
    version = _enter(bare_mutual, people.moussa, _document("0.65"), running_share_reason=reason)
    assert version.running_share_reason == reason
    assert _enter(bare_mutual, people.moussa, _document("0.70")).running_share_reason == ""


def test_the_limit_is_the_mutuals_own(federation: Federation, people: People) -> None:
    strict = a_mutual(federation, "stricte", "Mutuelle stricte")
    strict.settings = {"running_share_limit": "0.20"}
    strict.save()
    with pytest.raises(Refusal, match="RUNNING_SHARE_REASON_MISSING"):
        _enter(strict, people.system, _document("0.75"))


@pytest.mark.requirement("R028", begun=True)
def test_a_new_split_leaves_the_earlier_one_as_it_was(
    mutual: Mutual, people: People, product: Product
) -> None:
    document = _document()
    document["fund_share_rate"]["values"].append(
        {"from": "2025-01-01", "value": "0.80", "source": "AG du 7 décembre 2024"}
    )
    version = _enter(mutual, people.moussa, document)
    with scope(mutual=mutual):
        approve_product_version(
            mutual=mutual,
            actor=people.director,
            on=date(2024, 12, 12),
            idempotency_key=a_key(),
            version=version,
        )
        before, rules_before = selectors.product_on(product, date(2024, 12, 31))
        after, rules_after = selectors.product_on(product, date(2025, 1, 1))
    assert (before.number, after.number) == (1, 2)
    assert (str(rules_before.fund_share_rate), str(rules_after.fund_share_rate)) == ("0.75", "0.80")


def test_rules_with_faults_are_refused_with_every_place(
    bare_mutual: Mutual, people: People
) -> None:
    document = _document()
    document["fund_share_rate"]["values"][0]["value"] = "1.5"
    document["surprise"] = 1
    with pytest.raises(RefusedRows) as refused:
        _enter(bare_mutual, people.moussa, document)
    assert {finding.place for finding in refused.value.findings} >= {"surprise"}
    with scope(mutual=bare_mutual):
        assert not ProductVersion.objects.exists()


def test_rules_in_another_money_are_refused(bare_mutual: Mutual, people: People) -> None:
    document = read_product(product_path("hasina")).document
    with pytest.raises(Refusal, match="PRODUCT_CURRENCY"):
        _enter(bare_mutual, people.moussa, document, running_share_reason="essai")


def test_an_approved_version_never_changes(mutual: Mutual, product: Product) -> None:
    with scope(mutual=mutual):
        version = ProductVersion.objects.get(product=product)
        for change in ({"source": "autre"}, {"effective_from": date(2020, 1, 1)}):
            with pytest.raises(IntegrityError), transaction.atomic():
                ProductVersion.objects.filter(pk=version.pk).update(**change)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM schemes_productversion WHERE id = %s", [version.pk])


def test_a_document_altered_before_approval_is_refused(bare_mutual: Mutual, people: People) -> None:
    version = _enter(bare_mutual, people.moussa, _document())
    with scope(mutual=bare_mutual):
        ProductVersion.objects.filter(pk=version.pk).update(document=_document("0.95"))
    with pytest.raises(Refusal, match="VERSION_ALTERED"):
        approve_product_version(
            mutual=bare_mutual,
            actor=people.director,
            on=date(2024, 12, 12),
            idempotency_key=a_key(),
            version=version,
        )


def test_a_role_lasts_until_its_end(bare_mutual: Mutual, people: People) -> None:
    advising = appoint(
        mutual=bare_mutual,
        actor=people.network_admin,
        on=date(2025, 1, 1),
        idempotency_key=a_key(),
        user=people.fanta,
        role=Role.ADVISER,
        effective_from=date(2025, 1, 1),
        effective_until=date(2025, 2, 1),
    )
    assert bare_mutual in selectors.mutuals_of(people.fanta, date(2025, 1, 31))
    assert bare_mutual not in selectors.mutuals_of(people.fanta, date(2025, 2, 1))
    assert bare_mutual not in selectors.mutuals_of(people.fanta, date(2024, 12, 31))
    assert selectors.mutuals_of(people.network_admin, date(2025, 3, 1)).count() == 2
    with pytest.raises(Refusal, match="APPOINTMENT_ENDS_BEFORE"):  # a longer one is another one
        end_appointment(
            mutual=bare_mutual,
            actor=people.network_admin,
            on=date(2025, 1, 15),
            idempotency_key=a_key(),
            appointment=advising,
            effective_until=date(2035, 1, 1),
        )


@pytest.mark.parametrize(
    ("role", "code"),
    [("king", "ROLE_UNKNOWN"), (Role.NETWORK_ADMIN, "ROLE_OF_OTHER_PLACE")],
)
def test_impossible_appointments(bare_mutual: Mutual, people: People, role: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        appoint(
            mutual=bare_mutual,
            actor=people.network_admin,
            on=date(2025, 1, 1),
            idempotency_key=a_key(),
            user=people.awa,
            role=role,
            effective_from=date(2025, 1, 1),
        )


def test_only_the_network_makes_people(bare_mutual: Mutual, people: People) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(Refusal, match="FORBIDDEN"):
        create_user(
            mutual=None,
            actor=people.director,
            on=date(2025, 1, 1),
            idempotency_key=a_key(),
            username="intrus",
            display_name="Intrus",
        )
    assert AuditEvent.objects.count() == before + 1


def test_a_weak_password_is_refused_and_a_name_is_taken_once(people: People) -> None:
    with pytest.raises(Refusal, match="PASSWORD_WEAK"):
        give_password(user=people.awa, password="123456")
    give_password(user=people.awa, password="trois mangues mûres")
    assert people.awa.check_password("trois mangues mûres")
    for username, code in (("AWA", "USERNAME_TAKEN"), ("a b/c", "INPUT_REFUSED")):
        with pytest.raises(Refusal, match=code):
            create_user(
                mutual=None,
                actor=people.network_admin,
                on=date(2025, 1, 1),
                idempotency_key=a_key(),
                username=username,
                display_name="Une autre",
            )


def test_a_float_in_a_product_is_refused_with_its_place(
    bare_mutual: Mutual, people: People
) -> None:
    document = _document()
    document["fund_share_rate"]["values"][-1]["value"] = 0.75
    with pytest.raises(Refusal) as refused:
        _enter(bare_mutual, people.moussa, document)
    place = f"document.fund_share_rate.values[{len(document['fund_share_rate']['values']) - 1}]"
    assert refused.value.code == "NUMBER_NOT_EXACT"
    assert refused.value.place == f"{place}.value"
