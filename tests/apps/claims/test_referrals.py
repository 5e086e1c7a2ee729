"""Referral vouchers: issued, used once, cancelled by another record; the path judged by them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from entraide.apps.access.guard_check import missing_guards
from entraide.apps.claims.approval import reverse_claim
from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.models import Claim, ClaimState, ReferralVoucher, VisitKind
from entraide.apps.claims.referral_links import link_referral
from entraide.apps.claims.referral_models import ReferralLink
from entraide.apps.claims.referrals import (
    CANCELLED,
    EXPIRED,
    OPEN,
    USED,
    Respect,
    cancel_referral,
    in_all,
    issue_referral,
    open_vouchers_of,
    respect_of_path,
    state_counts,
    state_on,
    vouchers,
)
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal, RefusedRows
from tests.builders import (
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
    an_approved_product,
)
from tests.people import People

pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)
UNTIL = date(2025, 7, 2)


def _at_level(mutual: Mutual, people: People, code: str, level: str) -> Provider:
    provider = a_provider(mutual, people.moussa, code=code)
    provider.level = level
    provider.save(update_fields=["level"])
    return provider


@pytest.fixture
def centre(scoped: Mutual, people: People) -> Provider:
    return _at_level(scoped, people, "csps-1", "primary")


@pytest.fixture
def hospital(scoped: Mutual, people: People) -> Provider:
    return _at_level(scoped, people, "chd-1", "district")


@pytest.fixture
def family(scoped: Mutual, people: People) -> list[Person]:
    version = an_approved_product(scoped, people.moussa, people.director, "panier-complet")
    household = a_household(scoped, people.awa, version.product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return list(household.persons.order_by("number"))


def a_voucher(person: Person, people: People, **more: Any) -> ReferralVoucher:
    content = {"effective_until": UNTIL, **more}
    return issue_referral(
        mutual=person.mutual, actor=people.medical_adviser, on=content.pop("on", ON),
        idempotency_key=a_key(), person=person, **content,
    )  # fmt: skip


def _seen(person: Person, hospital: Provider, people: People, number: str, **more: Any) -> Claim:
    how = Circumstances(referral_number=number, episode=more.pop("episode", None))
    more = {"care_on": ON, "on": ON, **more}
    return a_claim(person, hospital, people.awa, circumstances=how, **more)


@pytest.mark.requirement("R063", begun=True)
def test_a_claim_that_names_a_voucher_is_judged_as_referred_and_uses_it_once(
    scoped: Mutual, people: People, family: list[Person], centre: Provider, hospital: Provider
) -> None:
    voucher = a_voucher(family[0], people, referred_by=centre, provider=hospital)
    assert voucher.document_number == "REF-2025-00001"
    assert [each.pk for each in open_vouchers_of(family[0], ON)] == [voucher.pk]
    without = a_claim(family[1], hospital, people.awa, care_on=ON)
    assert (without.payable_minor, without.care_path) == (2_000, "out_of_path")
    first = _seen(family[0], hospital, people, " ref-2025-00001 ")
    assert (first.payable_minor, first.care_path, first.referral_id) == (
        3_000, "referred", voucher.pk,
    )  # fmt: skip
    assert first.state == ClaimState.DECIDED
    again = _seen(family[0], hospital, people, voucher.document_number, care_on=date(2025, 6, 9),
                  on=date(2025, 6, 9))  # fmt: skip
    assert (again.payable_minor, again.care_path, again.referral_id) == (2_000, "out_of_path", None)
    assert again.review_codes == ["REFERRAL_USED"]
    assert state_on(vouchers(scoped, ON).get(), ON) == USED
    follows = _seen(family[0], hospital, people, voucher.document_number, episode=first,
                    care_on=date(2025, 6, 4), on=date(2025, 6, 4))  # fmt: skip
    assert follows.referral_id == voucher.pk  # one episode, one use
    for claim in (without, first, again, follows):
        kept = decision_in_force(claim)
        assert replay_decision(kept).to_json() == kept.outcome


def test_the_voucher_is_free_again_once_its_claim_is_reversed(
    scoped: Mutual, people: People, family: list[Person], hospital: Provider
) -> None:
    voucher = a_voucher(family[0], people)
    claim = _seen(family[0], hospital, people, voucher.document_number)
    with pytest.raises(Refusal, match="REFERRAL_STANDS_ON_CLAIM"):
        _cancelled(voucher, people)
    reverse_claim(
        mutual=scoped, actor=people.moussa, on=ON, idempotency_key=a_key(), claim=claim,
        reason="saisi deux fois",
    )  # fmt: skip
    second = _seen(family[0], hospital, people, voucher.document_number)
    assert second.referral_id == voucher.pk


def _cancelled(voucher: ReferralVoucher, people: People, reason: str = "erreur") -> Any:
    return cancel_referral(
        mutual=voucher.mutual, actor=people.medical_adviser, on=ON, idempotency_key=a_key(),
        voucher=voucher, reason=reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "rank", "code"),
    [
        ({"effective_until": date(2025, 6, 2), "effective_from": date(2025, 5, 2)}, 0,
         "REFERRAL_EXPIRED"),
        ({}, 1, "REFERRAL_OF_ANOTHER"),
    ],
)  # fmt: skip
def test_a_faulty_voucher_is_told_on_the_claim_and_proves_nothing(
    scoped: Mutual,
    people: People,
    family: list[Person],
    hospital: Provider,
    more: dict[str, Any],
    rank: int,
    code: str,
) -> None:
    voucher = a_voucher(family[0], people, **more)
    claim = _seen(family[rank], hospital, people, voucher.document_number)
    assert (claim.review_codes, claim.state) == ([code], ClaimState.IN_REVIEW)
    assert (claim.care_path, claim.referral_id) == ("out_of_path", None)
    assert claim.referral_number == voucher.document_number  # what the paper says stays


def test_unknown_cancelled_and_elsewhere(
    scoped: Mutual, people: People, family: list[Person], centre: Provider, hospital: Provider
) -> None:
    cancelled = a_voucher(family[0], people)
    _cancelled(cancelled, people)
    other = _at_level(scoped, people, "chd-2", "regional")
    elsewhere = a_voucher(family[0], people, provider=other)
    for number, code in (
        ("REF-2025-00099", "REFERRAL_UNKNOWN"),
        (cancelled.document_number, "REFERRAL_CANCELLED"),
        (elsewhere.document_number, "REFERRAL_ELSEWHERE"),
    ):
        assert _seen(family[0], hospital, people, number).review_codes[-1] == code
    slip = _seen(family[1], hospital, people, "carnet 12")  # somebody else's slip: as it is said
    assert (slip.care_path, slip.payable_minor) == ("referred", 3_000)


def test_every_fault_of_a_voucher_at_once(
    scoped: Mutual, people: People, family: list[Person], hospital: Provider
) -> None:
    with pytest.raises(RefusedRows) as refused:
        a_voucher(family[0], people, effective_until=ON, referred_by=hospital, provider=hospital)
    assert {each.code for each in refused.value.findings} == {
        "REFERRAL_WITHOUT_DAYS", "REFERRAL_TO_ITSELF", "REFERRAL_NOT_FIRST_LEVEL",
    }  # fmt: skip
    lower = _at_level(scoped, people, "csps-9", "primary")
    with pytest.raises(RefusedRows, match="INPUT_REFUSED") as same:
        a_voucher(family[0], people, provider=lower)
    assert [each.code for each in same.value.findings] == ["REFERRAL_NOT_HIGHER"]
    with pytest.raises(RefusedRows) as long:
        a_voucher(family[0], people, effective_until=date(2026, 7, 1))
    assert [each.code for each in long.value.findings] == ["REFERRAL_TOO_LONG"]
    assert not ReferralVoucher.objects.exists()


def test_a_voucher_is_never_changed_only_cancelled_and_once(
    scoped: Mutual, people: People, family: list[Person]
) -> None:
    voucher = a_voucher(family[0], people)
    assert not [name for name in missing_guards() if "referral" in name]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ReferralVoucher.objects.update(effective_until=date(2026, 1, 1))
    with pytest.raises(Refusal, match="REFERRAL_REASON_MISSING"):
        _cancelled(voucher, people, reason=" ")


def test_cancelled_twice_is_refused_and_only_the_doctor_sends_on(
    scoped: Mutual, people: People, family: list[Person]
) -> None:
    voucher = a_voucher(family[0], people)
    _cancelled(voucher, people)
    with pytest.raises(Refusal, match="REFERRAL_ALREADY_CANCELLED"):
        _cancelled(voucher, people)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        issue_referral(
            mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=family[0],
            effective_until=UNTIL,
        )  # fmt: skip


def test_the_list_tells_the_state_of_each(
    scoped: Mutual, people: People, family: list[Person], hospital: Provider
) -> None:
    first, second, third = (a_voucher(family[0], people) for _each in range(3))
    _seen(family[0], hospital, people, first.document_number)
    _cancelled(second, people)
    a_voucher(family[1], people, effective_until=date(2025, 6, 3))
    later = date(2025, 6, 20)
    assert state_counts(scoped, later) == {OPEN: 1, USED: 1, EXPIRED: 1, CANCELLED: 1}
    assert vouchers(scoped, later, state=OPEN).get().pk == third.pk
    for state in (OPEN, USED, EXPIRED, CANCELLED):
        assert {state_on(each, later) for each in vouchers(scoped, later, state=state)} == {state}


@pytest.mark.requirement("R063", begun=True)
@pytest.mark.requirement("R062", begun=True)
def test_the_respect_of_the_path_counts_its_claims_by_provider_and_month(
    scoped: Mutual, people: People, family: list[Person], centre: Provider, hospital: Provider
) -> None:
    voucher = a_voucher(family[0], people)
    _seen(family[0], hospital, people, voucher.document_number)
    a_claim(family[1], hospital, people.awa, care_on=ON)
    a_claim(family[1], hospital, people.awa, care_on=date(2025, 6, 20),
            circumstances=Circumstances(visit=VisitKind.EMERGENCY))  # fmt: skip
    reversed_ = a_claim(family[2], hospital, people.awa, care_on=date(2025, 7, 1))
    a_claim(family[2], hospital, people.awa, care_on=date(2025, 7, 2))
    a_claim(family[0], centre, people.awa, care_on=ON)  # the first level: no path asks anything
    reverse_claim(
        mutual=scoped, actor=people.moussa, on=date(2025, 7, 3), idempotency_key=a_key(),
        claim=reversed_, reason="erreur",
    )  # fmt: skip
    rows = respect_of_path(scoped, date(2025, 6, 1), date(2025, 8, 1))
    uid = str(hospital.uid)
    assert rows == [
        Respect("Centre chd-1", uid, date(2025, 6, 1), 1, 0, 1, 1, 1),
        Respect("Centre chd-1", uid, date(2025, 7, 1), 0, 0, 1, 0, 0),
    ]
    assert [each.rate for each in rows] == [0.5, 0.0]
    total = in_all(rows)
    assert (total.in_path, total.concerned, total.emergency) == (1, 3, 1)
    assert in_all([]).rate is None


def test_a_claim_without_voucher_pays_no_query_for_them_and_one_with_two(
    scoped: Mutual, people: People, family: list[Person], hospital: Provider
) -> None:
    voucher = a_voucher(family[0], people)
    a_claim(family[0], hospital, people.awa, care_on=date(2025, 5, 2))  # what is kept ready
    counts = []
    for how in (
        Circumstances(), Circumstances(visit=VisitKind.REFERRAL),
        Circumstances(referral_number="carnet 12"),
        Circumstances(referral_number=voucher.document_number),
    ):  # fmt: skip
        day = date(2025, 6, 2 + len(counts))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            a_claim(family[0], hospital, people.awa, care_on=day, circumstances=how)
        asked = [each["sql"] for each in seen if "referralvoucher" in each["sql"].lower()]
        counts.append((len(seen), len(asked)))
    plain = counts[0][0]
    assert [total - plain for total, _asked in counts] == [0, 0, 0, 2]
    assert counts[0][1] == 0


def _linked(claim: Claim, voucher: ReferralVoucher, people: People, **more: Any) -> ReferralLink:
    content = {"actor": people.medical_adviser, "reason": "Bon remis après coup.", **more}
    return link_referral(
        mutual=claim.mutual, on=date(2025, 6, 5), idempotency_key=a_key(), claim=claim,
        voucher=voucher, **content,
    )  # fmt: skip


@pytest.mark.requirement("R063", begun=True)
def test_a_voucher_is_put_on_a_claim_after_its_entry_and_the_rules_decide_again(
    scoped: Mutual, people: People, family: list[Person], centre: Provider, hospital: Provider
) -> None:
    bad = _seen(family[0], hospital, people, "REF-2025-00099")
    assert (bad.state, bad.payable_minor) == (ClaimState.IN_REVIEW, 2_000)
    voucher = a_voucher(family[0], people, on=date(2025, 6, 5), effective_from=ON)
    link = _linked(bad, voucher, people)
    bad.refresh_from_db()
    assert (bad.referral, bad.care_path, bad.payable_minor) == (voucher, "referred", 3_000)
    assert (bad.state, bad.review_codes, bad.decision_number) == (ClaimState.DECIDED, [], 2)
    assert bad.referral_number == "REF-2025-00099"  # what the paper says stays
    assert link.decision == decision_in_force(bad)
    assert list(check_counters(scoped)) == []
    kept = decision_in_force(bad)
    assert replay_decision(kept).to_json() == kept.outcome
    other = a_claim(family[0], hospital, people.awa, care_on=date(2025, 6, 4))
    elsewhere = a_voucher(
        family[0], people, provider=_at_level(scoped, people, "chd-2", "regional")
    )
    for claim, refused, more, code in (
        (bad, voucher, {}, "REFERRAL_STANDS_ALREADY"),
        (other, voucher, {}, "REFERRAL_USED"),
        (other, elsewhere, {}, "REFERRAL_ELSEWHERE"),
        (other, elsewhere, {"reason": " "}, "REFERRAL_REASON_MISSING"),
        (other, elsewhere, {"actor": people.awa}, "FORBIDDEN"),
    ):
        with pytest.raises(Refusal, match=code):
            _linked(claim, refused, people, **more)
