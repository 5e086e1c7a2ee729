"""From the enrolment to the receipt: dues, payments, their reversal, and what the books say."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Sum

from entraide.apps.contributions.accounts import household_account
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.dues import party_of
from entraide.apps.contributions.models import (
    Channel,
    ContributionDue,
    ContributionPayment,
    PaymentAllocation,
)
from entraide.apps.contributions.services import (
    add_dependant,
    cancel_due,
    enrol_household,
    renew_membership,
)
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.services import EndReason, end_membership
from entraide.apps.ledger.models import Entry
from entraide.apps.ledger.selectors import account_balance, entry_by_document, fund_balance
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole, FundCode
from entraide.rulebook import product_path, read_product
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key, a_payment
from tests.people import People

ENROLLED_ON = date(2025, 1, 10)
ON = date(2025, 6, 16)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    """Owes 1 000 of joining fee and 12 000 of contribution, 9 000 of it for the mutual fund."""
    return a_household(scoped, people.awa, product)


def receivable(household: Household, fund: str = "") -> int:
    return account_balance(
        household.mutual, AccountRole.MEMBERS_RECEIVABLE, party=party_of(household.uid), fund=fund
    )


def unpaid(household: Household) -> int:
    return sum(
        due.amount_minor - due.paid_minor for due in household.dues.filter(cancelled_on=None)
    )


@pytest.mark.requirement("R037", begun=True)
def test_enrolling_raises_the_dues_and_posts_them(household: Household) -> None:
    fee, contribution = household.dues.order_by("document_number")
    assert (fee.kind, fee.amount_minor, fee.fund_share_minor) == ("joining_fee", 1000, 0)
    assert (contribution.amount_minor, contribution.fund_share_minor) == (12000, 9000)
    assert contribution.fund_share_rate == "0.75"
    assert (contribution.cover_from, contribution.cover_until) == (ENROLLED_ON, date(2026, 1, 10))
    assert entry_by_document(household.mutual, fee.document_number).kind == "contribution_raised"
    assert fee.document_number == "APP-2025-00001"
    assert receivable(household) == 13000 == unpaid(household)
    assert receivable(household, FundCode.MUTUAL) == 9000


def test_the_same_form_sent_twice_enrols_once(
    scoped: Mutual, people: People, product: Product
) -> None:
    form = {
        "mutual": scoped, "actor": people.awa, "on": ENROLLED_ON, "idempotency_key": a_key(),
        "product": product, "enrolled_on": ENROLLED_ON, "persons": (MEMBER, SPOUSE),
    }  # fmt: skip
    assert enrol_household(**form) == enrol_household(**form)
    assert (Household.objects.count(), ContributionDue.objects.count()) == (1, 2)
    with pytest.raises(Refusal, match="IDEMPOTENCY_CONFLICT"):
        enrol_household(**{**form, "persons": (MEMBER,)})


@pytest.mark.requirement("R028", begun=True)
def test_a_receipt_pays_the_oldest_due_and_splits_as_it(
    household: Household, people: People
) -> None:
    payment = a_payment(household, people.awa, 4000)
    assert payment.document_number == "REC-2025-00001"
    parts = payment.allocations.order_by("due__document_number")
    # 1 000 joining fee, then 3 000 of 12 000: 9 000 × 3 000 ÷ 12 000 = 2 250 to the fund.
    assert [(part.amount_minor, part.fund_share_minor) for part in parts] == [
        (1000, 0),
        (3000, 2250),
    ]
    assert fund_balance(household.mutual, FundCode.MUTUAL, ON) == 2250
    assert fund_balance(household.mutual, FundCode.RUNNING, ON) == 1750
    assert payment.entry.document_number == payment.document_number
    assert receivable(household) == 9000 == unpaid(household)


@pytest.mark.requirement("R028")
def test_a_new_split_changes_no_receipt_and_no_due_of_before(
    household: Household, people: People, product: Product
) -> None:
    """75 % for the fund; 80 % from 1 July by the assembly. Each receipt follows the split of the
    day from which its contribution covers, and is posted by it."""
    mutual = household.mutual
    a_payment(household, people.awa, 4000)
    entries = list(Entry.objects.values_list("sequence", "hash"))
    document = read_product(product_path("essentielle")).document
    document["fund_share_rate"]["values"].append(
        {"from": "2025-07-01", "value": "0.80", "source": "AG du 20 mai 2025"}
    )
    version = enter_product_version(
        mutual=mutual, actor=people.moussa, on=ON, idempotency_key=a_key(), document=document,
        effective_from=date(2025, 7, 1), source="AG du 20 mai 2025",
    )  # fmt: skip
    approve_product_version(
        mutual=mutual, actor=people.director, on=ON, idempotency_key=a_key(), version=version
    )
    july = date(2025, 7, 1)
    a_payment(household, people.awa, 4000, paid_on=july, on=july)  # the rest of an older due
    newcomer = a_household(mutual, people.awa, product, enrolled_on=july, persons=(MEMBER,))
    a_payment(newcomer, people.awa, newcomer_owes := unpaid(newcomer), paid_on=july, on=july)

    def split(of: Household) -> list[tuple[int, int, int]]:
        parts = PaymentAllocation.objects.filter(payment__household=of, due__kind="contribution")
        return list(
            parts.order_by("id").values_list(
                "amount_minor", "fund_share_minor", "running_share_minor"
            )
        )

    assert split(household) == [(3000, 2250, 750), (4000, 3000, 1000)]
    contribution = newcomer_owes - 1000  # the joining fee is for running costs
    assert split(newcomer) == [(contribution, contribution * 8 // 10, contribution * 2 // 10)]
    assert list(Entry.objects.values_list("sequence", "hash"))[: len(entries)] == entries
    for part in PaymentAllocation.objects.select_related("payment__entry"):
        posted = part.payment.entry.postings.filter(fund=FundCode.MUTUAL, side="debit")
        funds = sum(each.amount_minor for each in posted)
        assert funds == sum(each.fund_share_minor for each in part.payment.allocations.all())


@pytest.mark.requirement("R034", begun=True)
@pytest.mark.requirement("R036", begun=True)
def test_receipts_are_numbered_without_gap_and_refused_ones_give_their_number_back(
    household: Household, people: People
) -> None:
    a_payment(household, people.awa, 1000)
    with pytest.raises(Refusal, match="OVERPAYMENT") as refused:
        a_payment(household, people.awa, 12001)
    assert refused.value.data["remaining_minor"] == 12000
    assert a_payment(household, people.awa, 12000).document_number == "REC-2025-00002"
    with pytest.raises(Refusal, match="NOTHING_DUE"):
        a_payment(household, people.awa, 1)


def test_awkward_parts_end_on_the_split_of_the_due(household: Household, people: People) -> None:
    for amount in (1000, 7, 1, 333, 4999, 1, 6659):
        a_payment(household, people.awa, amount)
    for due in household.dues.all():
        sums = due.allocations.aggregate(
            amount=Sum("amount_minor"), fund=Sum("fund_share_minor"),
            running=Sum("running_share_minor"),
        )  # fmt: skip
        assert (sums["amount"], sums["fund"], sums["running"]) == (
            due.amount_minor, due.fund_share_minor, due.running_share_minor,
        )  # fmt: skip
    assert receivable(household) == 0
    assert fund_balance(household.mutual, FundCode.MUTUAL, ON) == 9000


def test_a_reversed_receipt_makes_its_dues_unpaid_again(
    household: Household, people: People
) -> None:
    first = a_payment(household, people.awa, 1333)
    second = a_payment(household, people.awa, 5000)

    def take_back(payment: ContributionPayment, reason: str = "mauvaise famille") -> None:
        reverse_payment(
            mutual=household.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
            payment=payment, reason=reason,
        )  # fmt: skip

    with pytest.raises(Refusal, match="REASON_MISSING"):
        take_back(first, " ")
    take_back(first)
    with pytest.raises(Refusal, match="PAYMENT_ALREADY_REVERSED"):
        take_back(first)
    first.refresh_from_db()
    assert first.reversed_on == ON
    assert Entry.objects.get(reverses=first.entry).label == "mauvaise famille"
    assert receivable(household) == 8000 == unpaid(household)
    a_payment(household, people.awa, 8000, paid_on=ON)
    assert unpaid(household) == 0
    assert fund_balance(household.mutual, FundCode.MUTUAL, ON) == 9000
    assert second.allocations.count() == 1
    kept = PaymentAllocation.objects.filter(payment__reversed_on=None)
    assert kept.aggregate(total=Sum("fund_share_minor"))["total"] == 9000


def test_who_receives_does_not_reverse(household: Household, people: People) -> None:
    payment = a_payment(household, people.awa, 1000)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        reverse_payment(
            mutual=household.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
            payment=payment, reason="erreur",
        )  # fmt: skip


@pytest.mark.requirement("R042", begun=True)
def test_each_channel_goes_to_an_account_of_its_kind_and_a_transfer_counts_once(
    household: Household, people: People
) -> None:
    with pytest.raises(Refusal, match="CHANNEL_ACCOUNT_MISMATCH"):
        a_payment(household, people.awa, 1000, channel=Channel.BANK)
    mobile = {"channel": Channel.MOBILE_MONEY, "role": AccountRole.MOBILE_MONEY}
    with pytest.raises(Refusal, match="EXTERNAL_REFERENCE_MISSING"):
        a_payment(household, people.awa, 1000, **mobile)
    first = a_payment(household, people.awa, 1000, external_reference="MP250110.1", **mobile)
    with pytest.raises(Refusal, match="EXTERNAL_REFERENCE_USED"):
        a_payment(household, people.awa, 500, external_reference="MP250110.1 ", **mobile)
    reverse_payment(
        mutual=household.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
        payment=first, reason="Autre famille",
    )  # fmt: skip
    again = a_payment(household, people.awa, 1000, external_reference="MP250110.1", **mobile)
    assert again.document_number != first.document_number
    with pytest.raises(Refusal, match="EXTERNAL_REFERENCE_USED"):
        a_payment(household, people.awa, 500, external_reference="MP250110.1", **mobile)


def test_money_may_come_some_weeks_before_the_form_not_years(
    household: Household, people: People
) -> None:
    a_payment(household, people.awa, 500, paid_on=date(2024, 12, 1), on=ON)
    with pytest.raises(Refusal, match="PAID_BEFORE_ENROLMENT"):
        a_payment(household, people.awa, 500, paid_on=date(1900, 1, 1), on=ON)


def test_money_is_not_received_in_the_future(household: Household, people: People) -> None:
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        a_payment(household, people.awa, 1000, paid_on=date(2025, 6, 17), on=ON)


def test_a_due_is_cancelled_by_reversal_unless_money_came_for_it(
    household: Household, people: People
) -> None:
    fee, contribution = household.dues.order_by("document_number")
    a_payment(household, people.awa, 500)

    def cancel(due: ContributionDue) -> ContributionDue:
        return cancel_due(
            mutual=household.mutual, actor=people.moussa, on=ON, idempotency_key=a_key(),
            due=due, reason="indigence reconnue",
        )  # fmt: skip

    with pytest.raises(Refusal, match="DUE_PAID"):
        cancel(fee)
    assert cancel(contribution).cancelled_on == ON
    with pytest.raises(Refusal, match="DUE_ALREADY_CANCELLED"):
        cancel(contribution)
    assert receivable(household) == 500 == unpaid(household)
    assert receivable(household, FundCode.MUTUAL) == 0
    assert household_account(household, ON).remaining_minor == 500


def renewed(membership: Membership, people: People, renewed_on: date, **more: object) -> Membership:
    return renew_membership(
        mutual=membership.mutual, actor=people.awa, on=renewed_on, idempotency_key=a_key(),
        membership=membership, renewed_on=renewed_on, **more,
    )  # fmt: skip


@pytest.mark.requirement("R019", begun=True)
def test_a_renewal_follows_without_joining_fee_and_keeps_seniority(
    household: Household, people: People
) -> None:
    first = household.memberships.get()
    second = renewed(first, people, date(2025, 12, 20))
    assert (second.effective_from, second.effective_until) == (
        date(2026, 1, 10),
        date(2027, 1, 10),
    )
    assert second.seniority_from == ENROLLED_ON
    assert [due.amount_minor for due in second.dues.all()] == [12000]
    with pytest.raises(Refusal, match="ALREADY_RENEWED"):
        renewed(first, people, date(2026, 1, 11))


@pytest.mark.parametrize(
    ("renewed_on", "seniority_from"),
    [
        (date(2026, 2, 9), ENROLLED_ON),  # 30 days without cover: kept
        (date(2026, 2, 10), date(2026, 2, 10)),  # 31 days: begins again
    ],
)
def test_a_late_renewal_keeps_seniority_only_within_the_grace(
    household: Household, people: People, renewed_on: date, seniority_from: date
) -> None:
    late = renewed(household.memberships.get(), people, renewed_on)
    assert late.effective_from == renewed_on
    assert late.seniority_from == seniority_from


def test_who_left_and_comes_back_is_covered_from_the_return(
    household: Household, people: People
) -> None:
    membership = household.memberships.get()
    end_membership(
        mutual=household.mutual, actor=people.awa, on=date(2025, 3, 1), idempotency_key=a_key(),
        membership=membership, ended_on=date(2025, 3, 1), reason=EndReason.RESIGNED,
    )  # fmt: skip
    membership.refresh_from_db()
    back = renewed(membership, people, date(2025, 6, 1))
    assert (back.effective_from, back.seniority_from) == (date(2025, 6, 1), date(2025, 6, 1))


def test_a_dependant_enters_only_while_the_cover_runs(household: Household, people: People) -> None:
    membership = household.memberships.get()

    def add(entered_on: date) -> Person:
        return add_dependant(
            mutual=household.mutual, actor=people.awa, on=date(2026, 6, 1),
            idempotency_key=a_key(), membership=membership, entry=CHILD, entered_on=entered_on,
        )  # fmt: skip

    assert add(date(2025, 4, 2)).number == f"{household.number}-4"
    assert household.dues.count() == 2  # one price for the household: nothing more is due
    with pytest.raises(Refusal, match="COVER_NOT_RUNNING"):
        add(date(2026, 1, 10))


def test_a_second_member_cannot_be_added(household: Household, people: People) -> None:
    with pytest.raises(Refusal, match="INPUT_REFUSED"):
        add_dependant(
            mutual=household.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
            membership=household.memberships.get(), entry=MEMBER, entered_on=ON,
        )  # fmt: skip
    assert household.persons.count() == 3
