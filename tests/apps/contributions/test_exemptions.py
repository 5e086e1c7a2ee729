"""Who need not pay, who pays instead, and covers that never begin."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.access.models import User
from entraide.apps.contributions.endings import end_family, give_up_cover, paid_for_nothing_minor
from entraide.apps.contributions.exemptions import (
    approve_exemption,
    end_exemption,
    enter_exemption,
    exemptions_to_approve,
    refuse_exemption,
    withdraw_exemption,
)
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.services import enrol_household, renew_membership
from entraide.apps.contributions.terms import declared_income, terms_of
from entraide.apps.contributions.terms_records import Exemption
from entraide.apps.enrolment.models import Household, RegisterChange
from entraide.apps.enrolment.services import EndReason
from entraide.apps.ledger.selectors import account_balance
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import MEMBER, SPOUSE, a_household, a_key, a_payment, an_approved_product
from tests.people import People

ENROLLED_ON = date(2025, 1, 10)


@pytest.fixture
def income(scoped: Mutual, people: People) -> Product:
    """The template on declared income: 3 %, four parts, indigents paid by the State."""
    return an_approved_product(scoped, people.moussa, people.director, "revenu-declare").product


def enrolled(mutual: Mutual, people: People, product: Product, **more: object) -> Household:
    household: Household = enrol_household(
        mutual=mutual,
        actor=people.awa,
        on=ENROLLED_ON,
        idempotency_key=a_key(),
        product=product,
        enrolled_on=ENROLLED_ON,
        persons=(MEMBER, SPOUSE),
        **more,
    )
    return household


def owed(household: Household, payer: str) -> list[int]:
    dues = household.dues.filter(payer=payer, cancelled_on=None)
    return list(dues.order_by("due_on", "document_number").values_list("amount_minor", flat=True))


def exempt(household: Household, people: People, on: date, **more: object) -> object:
    return enter_exemption(
        mutual=household.mutual,
        actor=people.awa,
        on=on,
        idempotency_key=a_key(),
        household=household,
        category="indigent",
        effective_from=on,
        reason="Veuve sans revenu",
        source="Comité villageois du 5 mars 2025",
        payer_name="Commune de Kara",
        **more,
    )


def test_a_declared_income_is_kept_and_asked_again_by_no_one(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000)
    assert owed(household, "household") == [1000, 7200, 7200, 7200, 7200]
    assert declared_income(household) == 80_000
    renewal = renew_membership(
        mutual=scoped,
        actor=people.awa,
        on=date(2025, 12, 20),
        idempotency_key=a_key(),
        membership=household.memberships.get(),
        renewed_on=date(2025, 12, 20),
    )
    assert terms_of(renewal).income_minor == 80_000
    with pytest.raises(Refusal, match="INCOME_MISSING"):
        enrolled(scoped, people, income)


def test_who_pays_at_once_owes_one_part_less_the_discount(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000, pays_at_once=True)
    assert owed(household, "household") == [1000, 27_360]


@pytest.mark.requirement("R043", begun=True)
def test_an_exemption_moves_what_is_still_owed_to_who_pays(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000)
    a_payment(household, people.awa, 9000)  # the fee, the first part, 800 of the second
    on = date(2025, 3, 10)
    exemption = exempt(household, people, on)
    assert list(exemptions_to_approve(scoped)) == [exemption]
    assert owed(household, "state") == []  # nothing moves before the approval
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve(exemption, people.awa, on)
    approve(exemption, people.director, on)
    # The second part is paid in part: it stays; the two to come go to the State.
    assert owed(household, "household") == [1000, 7200, 7200]
    assert owed(household, "state") == [7200, 7200]
    named = household.dues.filter(payer="state").values_list("payer_name", flat=True).distinct()
    assert list(named) == ["Commune de Kara"]
    assert ContributionDue.objects.filter(household=household, cancelled_on=on).count() == 2
    assert account_balance(scoped, AccountRole.PAYERS_RECEIVABLE) == 14_400
    assert not verify(scoped).findings
    renewal = renew_membership(
        mutual=scoped,
        actor=people.awa,
        on=date(2025, 12, 20),
        idempotency_key=a_key(),
        membership=household.memberships.get(),
        renewed_on=date(2025, 12, 20),
    )
    amounts = renewal.dues.values_list("payer", "amount_minor", "payer_name")
    assert list(amounts) == [("state", 28_800, "Commune de Kara")]


def approve(exemption: object, actor: object, on: date) -> object:
    return approve_exemption(
        mutual=exemption.mutual,  # type: ignore[attr-defined]
        actor=actor,
        on=on,
        idempotency_key=a_key(),
        exemption=exemption,
    )


def test_an_exemption_is_refused_without_source_category_or_twice(
    scoped: Mutual, people: People, income: Product, product: Product
) -> None:
    on = date(2025, 3, 10)
    household = enrolled(scoped, people, income, income_minor=80_000)
    elsewhere = a_household(scoped, people.awa, product)
    with pytest.raises(Refusal, match="EXEMPTION_CATEGORY_UNKNOWN"):
        exempt(elsewhere, people, on)
    first = exempt(household, people, on)
    with pytest.raises(Refusal, match="EXEMPTION_TWICE"):
        exempt(household, people, date(2025, 5, 1))
    approve(first, people.director, on)
    with pytest.raises(Refusal, match="EXEMPTION_APPROVED_ALREADY"):
        approve(first, people.director, on)
    end_exemption(
        mutual=scoped,
        actor=people.director,
        on=on,
        idempotency_key=a_key(),
        exemption=first,
        effective_until=date(2025, 4, 30),
        reason="A retrouvé un revenu",
    )
    exempt(household, people, date(2025, 5, 1))


def test_the_renewal_of_a_family_that_ends_is_owed_by_nobody(
    scoped: Mutual, people: People, product: Product
) -> None:
    household = a_household(scoped, people.awa, product)
    membership = household.memberships.get()
    on = date(2025, 12, 20)
    renewal = renew_membership(
        mutual=scoped,
        actor=people.awa,
        on=on,
        idempotency_key=a_key(),
        membership=membership,
        renewed_on=on,
    )
    act = {"mutual": scoped, "actor": people.awa, "on": on}
    with pytest.raises(Refusal, match="COVER_HAS_BEGUN"):
        give_up_cover(**act, idempotency_key=a_key(), membership=renewal, reason="x")
    ended = end_family(
        **act,
        idempotency_key=a_key(),
        membership=membership,
        ended_on=on,
        reason=EndReason.RESIGNED,
    )
    assert list(renewal.dues.values_list("cancelled_on", flat=True)) == [on]
    assert list(membership.dues.values_list("cancelled_on", flat=True)) == [None, None]
    assert paid_for_nothing_minor(ended) == 0
    assert not verify(scoped).findings


def test_who_ends_an_exemption_does_not_lengthen_it_alone(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000)
    on = date(2025, 3, 6)
    exemption = exempt(household, people, on, effective_until=date(2025, 9, 1))
    act = {"mutual": scoped, "actor": people.coordinator, "on": on}
    approve_exemption(**act, idempotency_key=a_key(), exemption=exemption)
    with pytest.raises(Refusal, match="EXEMPTION_ENDS_BEFORE"):
        end_exemption(
            **act, idempotency_key=a_key(), exemption=exemption, effective_until=date(2035, 1, 1),
            reason="Erreur",
        )  # fmt: skip
    with pytest.raises(Refusal, match="REASON_MISSING"):
        end_exemption(
            **act, idempotency_key=a_key(), exemption=exemption, effective_until=on, reason=" "
        )
    ended = end_exemption(
        **act, idempotency_key=a_key(), exemption=exemption, effective_until=date(2025, 5, 1),
        reason="A retrouvé un revenu",
    )  # fmt: skip
    assert (ended.ended_by, ended.end_recorded_on) == (people.coordinator, on)
    # What was approved is kept by the database itself; only the end may be written.
    for change in ({"category": "autre"}, {"reason": "autre"}, {"approved_by": people.awa}):
        with pytest.raises(IntegrityError, match="contributions_exemption"), transaction.atomic():
            Exemption.objects.filter(pk=exemption.pk).update(**change)
    with pytest.raises(IntegrityError, match="contributions_exemption"), transaction.atomic():
        Exemption.objects.filter(pk=exemption.pk).delete()


def test_an_end_comes_nearer_until_it_is_past_and_each_is_kept(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000)
    on = date(2025, 3, 6)
    exemption = exempt(household, people, on, effective_until=date(2025, 9, 1))
    act = {"mutual": scoped, "on": on}
    approve_exemption(**act, actor=people.coordinator, idempotency_key=a_key(), exemption=exemption)

    def end(who: User, until: date, day: date = on) -> Exemption:
        return end_exemption(
            mutual=scoped, actor=who, on=day, idempotency_key=a_key(), exemption=exemption,
            effective_until=until, reason=f"Fin au {until}",
        )  # fmt: skip

    end(people.coordinator, date(2025, 6, 1))
    with pytest.raises(Refusal, match="EXEMPTION_ENDS_BEFORE"):
        end(people.director, date(2025, 6, 1))  # the same end is not taken over
    end(people.director, date(2025, 5, 1))
    kept = RegisterChange.objects.filter(household=household, field="exemption_ended")
    assert list(kept.order_by("id").values_list("actor", "before", "after", "reason")) == [
        (people.coordinator.pk, "2025-09-01", "2025-06-01", "Fin au 2025-06-01"),
        (people.director.pk, "2025-06-01", "2025-05-01", "Fin au 2025-05-01"),
    ]
    with pytest.raises(Refusal, match="EXEMPTION_ENDED"):
        end(people.coordinator, date(2025, 4, 1), day=date(2025, 5, 1))
    exemption.refresh_from_db()
    assert exemption.ended_by == people.director


def test_who_proposed_an_exemption_withdraws_it_before_its_approval(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000)
    on = date(2025, 3, 10)
    proposal = exempt(household, people, on)

    def withdraw(actor: User, reason: str = "La veuve a repris un commerce") -> Exemption:
        return withdraw_exemption(
            mutual=scoped, actor=actor, on=on, idempotency_key=a_key(), exemption=proposal,
            reason=reason,
        )  # fmt: skip

    with pytest.raises(Refusal, match="EXEMPTION_OF_ANOTHER"):
        withdraw(people.coordinator)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        withdraw(people.moussa)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        withdraw(people.awa, "  ")
    assert withdraw(people.awa).is_withdrawn
    assert not exemptions_to_approve(scoped)
    with pytest.raises(Refusal, match="EXEMPTION_WITHDRAWN"):
        approve(proposal, people.director, on)
    with pytest.raises(Refusal, match="EXEMPTION_WITHDRAWN"):
        withdraw(people.awa)
    again = exempt(household, people, on)  # the days are free again
    approve(again, people.director, on)
    with pytest.raises(Refusal, match="EXEMPTION_APPROVED_ALREADY"):
        withdraw_exemption(
            mutual=scoped, actor=people.awa, on=on, idempotency_key=a_key(), exemption=again,
            reason="trop tard",
        )  # fmt: skip
    assert not verify(scoped).findings


def test_who_approves_may_refuse_with_a_reason_and_the_family_may_be_proposed_anew(
    scoped: Mutual, people: People, income: Product
) -> None:
    household = enrolled(scoped, people, income, income_minor=80_000)
    on = date(2025, 3, 10)
    proposal = exempt(household, people, on)

    def refuse(actor: User, reason: str = "Le comité ne l’a pas retenue") -> Exemption:
        return refuse_exemption(
            mutual=scoped, actor=actor, on=on, idempotency_key=a_key(), exemption=proposal,
            reason=reason,
        )  # fmt: skip

    with pytest.raises(Refusal, match="FORBIDDEN"):
        refuse(people.awa)
    with pytest.raises(Refusal, match="REASON_MISSING"):
        refuse(people.director, " ")
    refused = refuse(people.director)
    assert (refused.is_refused, refused.is_withdrawn) == (True, False)
    assert not exemptions_to_approve(scoped)
    with pytest.raises(Refusal, match="EXEMPTION_REFUSED"):
        approve(proposal, people.coordinator, on)
    with pytest.raises(Refusal, match="EXEMPTION_REFUSED"):
        refuse(people.coordinator)
    own = enter_exemption(
        mutual=scoped, actor=people.coordinator, on=on, idempotency_key=a_key(),
        household=household, category=proposal.category, effective_from=on, reason="Veuve",
        source="Comité du 9 mars",
    )  # fmt: skip
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        refuse_exemption(
            mutual=scoped, actor=people.coordinator, on=on, idempotency_key=a_key(),
            exemption=own, reason="finalement non",
        )  # fmt: skip
    assert not verify(scoped).findings
