"""Money paid ahead according to an old tool: carried over by two persons, used by the next dues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django_scopes import scope

from entraide.apps.claims.undoing import binding_faults
from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.advances import (
    advance_of,
    reverse_opening_advance,
)
from entraide.apps.contributions.corrections import reassign_payment, reverse_payment
from entraide.apps.contributions.models import (
    AdvanceState,
    Channel,
    ContributionPayment,
    OpeningAdvance,
)
from entraide.apps.contributions.services import renew_membership
from entraide.apps.contributions.takings import takings
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.ledger.selectors import account_balance, treasury_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.advances import approve_advances, prepare_advances, refuse_advances
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.apps.takeover.rows import ADVANCES, Kept, content_hash, keep_rows
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from tests.builders import a_household, a_key, a_payment
from tests.people import People

Taken = Callable[..., ImportRun]


@pytest.fixture
def home(scoped: Mutual, people: People, product: Product) -> Household:
    """A family that an import wrote, its contribution paid."""
    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, household_account(household, date(2025, 1, 20)).due_minor)
    Household.objects.filter(pk=household.pk).update(source="import")
    return Household.objects.get(pk=household.pk)


@pytest.fixture
def taken(scoped: Mutual, people: People, today: date) -> Taken:
    """``taken({household: amount})``: an import that told what families had paid ahead."""

    def run_of(amounts_minor: dict[Household, int]) -> ImportRun:
        run = ImportRun.objects.create(
            mutual=scoped, kind="members", profile="bmas-membres", profile_version=1,
            file_name="bmas.csv", file_hash="0" * 64, state=RunState.DONE,
            prepared_by=people.network_admin, prepared_on=today,
            carried_out_by=people.network_admin, carried_out_on=today,
        )  # fmt: skip
        kept = (
            Kept(str(each.uid), content_hash({"advance_minor": amount_minor}),
                 "enrolment.Household", each.uid,
                 said={"advance_minor": amount_minor, "number": each.number})
            for each, amount_minor in amounts_minor.items()
        )  # fmt: skip
        keep_rows(run, ADVANCES, kept)
        return run

    return run_of


def prepare(run: ImportRun, people: People, on: date) -> None:
    prepare_advances(
        mutual=run.mutual, actor=people.network_admin, on=on, idempotency_key=a_key(), run=run
    )


def approve(run: ImportRun, people: People, on: date) -> None:
    approve_advances(mutual=run.mutual, actor=people.moussa, on=on, idempotency_key=a_key(),
                     run=run)  # fmt: skip


def renewed(home: Household, people: People, on: date) -> Membership:
    return renew_membership(
        mutual=home.mutual, actor=people.awa, on=on, idempotency_key=a_key(),
        membership=Membership.objects.filter(household=home).latest("effective_from"),
        renewed_on=on,
    )  # fmt: skip


def books_owe(mutual: Mutual) -> int:
    return -account_balance(mutual, AccountRole.MEMBER_ADVANCES)


@pytest.mark.requirement("R144", begun=True)
def test_an_advance_is_posted_by_two_persons_and_pays_the_next_dues(
    home: Household, taken: Taken, scoped: Mutual, people: People, today: date
) -> None:
    run = taken({home: 4_500})
    held = treasury_balance(scoped, today)
    prepare(run, people, today)
    [waiting] = OpeningAdvance.objects.filter(state=AdvanceState.PREPARED)
    assert (waiting.amount_minor, waiting.rest_minor, waiting.source) == (4_500, 0, "bmas.csv")
    assert books_owe(scoped) == 0
    approve(run, people, today)
    advance = advance_of(home)
    assert advance is not None
    assert (advance.state, advance.rest_minor, advance.document_number) == (
        AdvanceState.POSTED, 4_500, f"AVR-{today.year}-00001",
    )  # fmt: skip
    assert books_owe(scoped) == 4_500
    assert not verify(scoped).findings
    cover = renewed(home, people, today)
    [receipt] = advance.receipts.all()
    assert (receipt.amount_minor, receipt.channel, receipt.received_by) == (
        4_500, Channel.OPENING, people.awa,
    )  # fmt: skip
    called = sum(due.amount_minor for due in cover.dues.all())
    assert household_account(home, today).remaining_minor == called - 4_500
    assert books_owe(scoped) == 0
    assert treasury_balance(scoped, today) == held  # no money came in
    ever = takings(scoped, date(2020, 1, 1), date(2030, 1, 1))
    assert Channel.OPENING not in {each.channel for each in ever.by_channel}
    fund = {
        each: account_balance(scoped, AccountRole.OPENING_FUNDS, fund=each) for each in FundCode
    }
    assert fund[FundCode.OTHER] == 0
    assert fund[FundCode.MUTUAL] + fund[FundCode.RUNNING] == 4_500
    assert not verify(scoped).findings


def test_who_prepared_does_not_approve_and_rights_are_needed(
    home: Household, taken: Taken, scoped: Mutual, people: People, today: date
) -> None:
    run = taken({home: 4_500})
    common = {"mutual": scoped, "on": today, "run": run}
    with pytest.raises(Refusal) as refused:
        prepare_advances(**common, actor=people.awa, idempotency_key=a_key())
    assert refused.value.code == "FORBIDDEN"
    prepare_advances(**common, actor=people.system, idempotency_key=a_key())
    for actor, code in (
        (people.network_admin, "FORBIDDEN"),
        (people.awa, "FORBIDDEN"),
        (people.system, "SEPARATION_OF_DUTIES"),
    ):
        with pytest.raises(Refusal) as refused:
            approve_advances(**common, actor=actor, idempotency_key=a_key())
        assert refused.value.code == code
    with pytest.raises(DatabaseError), transaction.atomic():
        OpeningAdvance.objects.update(approved_by=people.system)


def test_it_is_carried_over_once_however_often_the_file_is_sent(
    home: Household, taken: Taken, scoped: Mutual, people: People, today: date
) -> None:
    run = taken({home: 4_500})
    prepare(run, people, today)
    with pytest.raises(Refusal) as refused:
        prepare(run, people, today)
    assert refused.value.code == "ADVANCES_NONE"
    approve(run, people, today)
    again = taken({home: 4_500})
    for act in (prepare, approve):
        with pytest.raises(Refusal) as refused:
            act(again, people, today)
        assert refused.value.code == "ADVANCES_NONE"
    assert OpeningAdvance.objects.count() == 1
    assert books_owe(scoped) == 4_500


def test_what_is_owed_on_the_day_is_paid_at_once_and_the_rest_waits(
    home: Household, taken: Taken, scoped: Mutual, people: People, today: date
) -> None:
    cover = renewed(home, people, today)
    called = sum(due.amount_minor for due in cover.dues.all())
    run = taken({home: called + 700})
    prepare(run, people, today)
    approve(run, people, today)
    assert household_account(home, today).remaining_minor == 0
    assert books_owe(scoped) == 700
    assert not verify(scoped).findings


def test_a_receipt_of_an_advance_is_taken_back_and_then_the_advance(
    home: Household, taken: Taken, scoped: Mutual, people: People, product: Product, today: date
) -> None:
    run = taken({home: 4_500})
    prepare(run, people, today)
    approve(run, people, today)
    renewed(home, people, today)
    advance, receipt = OpeningAdvance.objects.get(), ContributionPayment.objects.latest("pk")
    said = {"mutual": scoped, "actor": people.moussa, "on": today, "reason": "montant faux"}
    with pytest.raises(Refusal) as refused:
        reverse_opening_advance(**said, idempotency_key=a_key(), advance=advance)
    assert refused.value.code == "ADVANCE_USED"
    other = a_household(scoped, people.awa, product)
    with pytest.raises(Refusal) as refused:
        reassign_payment(**said, idempotency_key=a_key(), payment=receipt, household=other)
    assert refused.value.code == "ADVANCE_IS_OF_FAMILY"
    owed = household_account(home, today).remaining_minor
    reverse_payment(**said, idempotency_key=a_key(), payment=receipt)
    assert household_account(home, today).remaining_minor == owed + 4_500
    assert books_owe(scoped) == 4_500
    assert not verify(scoped).findings
    reverse_opening_advance(**said, idempotency_key=a_key(), advance=advance)
    assert books_owe(scoped) == 0
    assert advance_of(home) is None
    assert not verify(scoped).findings
    with pytest.raises(Refusal) as refused:
        reverse_opening_advance(**said, idempotency_key=a_key(), advance=advance)
    assert refused.value.code == "ADVANCE_NOT_IN_BOOKS"
    prepare(run, people, today)  # corrected in the old tool, sent again
    approve(run, people, today)
    assert household_account(home, today).remaining_minor == owed
    assert not verify(scoped).findings


def test_a_refusal_keeps_its_reason_and_lets_it_be_prepared_again(
    home: Household, taken: Taken, scoped: Mutual, people: People, today: date
) -> None:
    run = taken({home: 4_500})
    prepare(run, people, today)
    said = {"mutual": scoped, "actor": people.moussa, "on": today, "run": run}
    with pytest.raises(Refusal) as refused:
        refuse_advances(**said, idempotency_key=a_key(), reason=" ")
    assert refused.value.code == "REASON_MISSING"
    refuse_advances(**said, idempotency_key=a_key(), reason="à vérifier avec le bureau")
    told = OpeningAdvance.objects.get()
    assert (told.state, told.reason, told.ended_by) == (
        AdvanceState.REFUSED, "à vérifier avec le bureau", people.moussa,
    )  # fmt: skip
    prepare(run, people, today)
    assert [each.state for each in OpeningAdvance.objects.order_by("pk")] == ["refused", "prepared"]


def test_a_family_with_an_advance_does_not_go_into_another(
    home: Household, taken: Taken, scoped: Mutual, people: People, product: Product, today: date
) -> None:
    fresh = a_household(scoped, people.awa, product)
    prepare(taken({fresh: 4_500}), people, today)
    [fault] = binding_faults(home, fresh)
    assert (fault.code, fault.data["documents"]) == ("MERGE_HAS_MONEY", "bmas.csv")


def test_what_is_in_the_books_stays_as_it_is(
    home: Household, taken: Taken, people: People, today: date
) -> None:
    run = taken({home: 4_500})
    prepare(run, people, today)
    approve(run, people, today)
    with pytest.raises(DatabaseError), transaction.atomic():
        OpeningAdvance.objects.update(amount_minor=9_000)
    with pytest.raises(DatabaseError), transaction.atomic():
        OpeningAdvance.objects.all().delete()


def test_verify_finds_an_advance_whose_use_was_altered(
    home: Household, taken: Taken, scoped: Mutual, people: People, today: date
) -> None:
    run = taken({home: 4_500})
    prepare(run, people, today)
    approve(run, people, today)
    OpeningAdvance.objects.update(used_minor=500)
    assert "ADVANCE_DIFFERS" in {each.code for each in verify(scoped).findings}


def test_another_mutual_neither_sees_nor_approves_it(
    home: Household, taken: Taken, people: People, other_mutual: Mutual, today: date
) -> None:
    run = taken({home: 4_500})
    prepare(run, people, today)
    with pytest.raises(Refusal):
        approve_advances(
            mutual=other_mutual, actor=people.fanta, on=today, idempotency_key=a_key(), run=run
        )
    with scope(mutual=other_mutual):
        assert not OpeningAdvance.objects.exists()
