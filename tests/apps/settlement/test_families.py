"""Two files of one family become one: its refunds go to the file that stays, at its account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entraide.apps.claims.merging import merge_households
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.enrolment.corrections import correct_household
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.ledger.models import Posting
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.settlement.account_changes import changed_accounts
from entraide.apps.settlement.families import families_that_stay
from entraide.apps.settlement.models import Payout, SettlementBatch
from entraide.apps.settlement.orders import transfers_to_make
from entraide.apps.settlement.payees import note_payout_preference, preference_of
from entraide.apps.settlement.selectors import payouts_of
from entraide.apps.takeover.clients import note_payout_account, payout_account
from entraide.apps.takeover.models import PayoutAccount
from entraide.core.errors import RefusedRows
from entraide.files.transfers import telephone_of
from tests.apps.settlement.conftest import Act
from tests.builders import a_claim, a_household
from tests.people import People

SAVINGS = {"institution": "IMF Kara", "number": "00042", "holder_name": "KODJO Awa"}


@pytest.fixture
def second(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


def merge(act: Act, people: People, kept: Household, merged: Household) -> None:
    pairs = tuple(
        (each, kept.persons.get(relation=each.relation))
        for each in merged.persons.filter(exited_on__isnull=True)
    )
    act(
        merge_households, people.coordinator, kept=kept, merged=merged, pairs=pairs,
        reason="Deux fois la même famille",
    )  # fmt: skip


def test_what_the_merged_file_asked_for_its_refunds_holds_for_the_one_that_stays(
    person: Person, second: Household, people: People, act: Act
) -> None:
    act(note_payout_preference, people.awa, household=second, channel="bank")
    act(note_payout_account, people.awa, household=second, **SAVINGS)
    kept = person.household
    merge(act, people, kept, second)
    carried, asked = payout_account(kept), preference_of(kept)
    assert carried is not None
    assert asked is not None
    assert (carried.number, carried.holder_name, asked.channel) == ("00042", "KODJO Awa", "bank")
    assert payout_account(second) is None


def test_a_file_that_stays_keeps_its_own_account(
    person: Person, second: Household, people: People, act: Act
) -> None:
    kept = person.household
    act(note_payout_account, people.awa, household=kept, **{**SAVINGS, "number": "1"})
    act(note_payout_account, people.awa, household=second, **SAVINGS)
    merge(act, people, kept, second)
    own = payout_account(kept)
    assert own is not None
    assert own.number == "1"
    assert PayoutAccount.objects.filter(effective_until__isnull=True).count() == 1


def test_a_claim_of_the_merged_file_is_paid_to_the_one_that_stays(
    person: Person, second: Household, provider: Provider, people: People, act: Act,
    approved: Callable[..., list[Claim]], authorised: Callable[..., SettlementBatch],
    paid: Callable[..., list[Payout]], scoped: Mutual,
) -> None:  # fmt: skip
    """Refused when the files were merged, a person admits it since: 3 000 of each file, one
    payment of 6 000."""
    kept = person.household
    act(note_payout_account, people.awa, household=kept, **SAVINGS)
    late = a_claim(
        second.persons.get(is_member=True), provider, people.awa, circuit=Circuit.REIMBURSEMENT
    )
    Claim.objects.filter(pk=late.pk).update(state=ClaimState.REFUSED)
    merge(act, people, kept, second)
    Claim.objects.filter(pk=late.pk).update(
        state=ClaimState.DECIDED, payable_minor=3000, claimed_minor=4000
    )
    approved(home=(5,))
    batch = authorised()
    [payout] = payouts_of(batch)
    assert (payout.household, payout.claim_count) == (kept, 2)
    assert payout.destination.number == "00042"
    owed = Posting.objects.filter(account__role="members_payable").values_list("party", flat=True)
    assert set(owed) == {f"household:{kept.uid}"}
    codes = {each.code for each in verify(scoped).findings}
    assert not codes & {"PAYABLE_DIFFERS", "PAYOUT_DIFFERS", "PAYOUT_CLAIMS_DIFFER"}
    paid(batch)
    assert "PAYABLE_DIFFERS" not in {each.code for each in verify(scoped).findings}
    third = a_household(
        scoped, people.awa, person.household.memberships.get().product_version.product
    )
    with pytest.raises(RefusedRows, match="INPUT_REFUSED"):
        merge(act, people, third, kept)


def test_a_chain_of_merges_leads_to_the_last_file(
    person: Person, second: Household, product: Product, people: People, act: Act, scoped: Mutual
) -> None:
    third = a_household(scoped, people.awa, product)
    merge(act, people, third, second)
    merge(act, people, person.household, third)
    assert families_that_stay([second.pk, third.pk, person.household_id]) == dict.fromkeys(
        (second.pk, third.pk, person.household_id), person.household_id
    )


def test_a_familys_account_changed_since_it_was_last_paid_is_told(
    person: Person, approved: Any, authorised: Any, paid: Any, people: People, act: Act
) -> None:
    def changed() -> list[tuple[str, object]]:
        batch = authorised()
        found = changed_accounts(batch, payouts_of(batch))
        paid(batch)
        return [(each.account.number, each.account.noted_by) for each in found]

    family = {"household": person.household}
    act(note_payout_account, people.awa, **family, **SAVINGS)
    approved(home=(1,))
    assert changed() == []
    act(note_payout_account, people.coordinator, **family, **{**SAVINGS, "number": "777"})
    approved(home=(2,))
    assert changed() == [("777", people.coordinator)]
    approved(home=(3,))
    assert changed() == []


def test_mobile_money_goes_to_the_telephone_that_stood_when_the_batch_was_prepared(
    person: Person, approved: Any, authorised: Any, paid: Any, people: People, act: Act
) -> None:
    """An agent who corrects the number after the signature does not turn the refund aside."""

    def corrected(phone: str) -> None:
        home = Household.objects.get(pk=person.household_id)
        act(
            correct_household, people.field_agent, household=home, phone=phone,
            phone_owner=home.phone_owner, address=home.address,
        )  # fmt: skip

    def told(batch: SettlementBatch) -> tuple[list[str], list[tuple[str, object]]]:
        [transfer] = transfers_to_make(batch, "Famille {number}")
        found = changed_accounts(batch, payouts_of(batch))
        return [telephone_of(transfer)], [
            (each.account.number, each.account.noted_by) for each in found
        ]

    corrected("90 12 34 56 / 91 00 00 00")
    approved(home=(1,), channel="mobile_money")
    first = authorised()
    corrected("99 99 99 99")
    assert told(first) == (["90123456"], [("90 12 34 56", people.field_agent)])
    paid(first)
    approved(home=(2,), channel="mobile_money")
    second = authorised()
    assert told(second) == (["99999999"], [("99 99 99 99", people.field_agent)])
    paid(second)
    approved(home=(3,), channel="mobile_money")
    assert told(authorised()) == (["99999999"], [])
