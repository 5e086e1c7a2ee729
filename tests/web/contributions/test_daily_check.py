"""The two continuous books and the check of each day."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.claims.models import Claim
from entraide.apps.contributions.corrections import reverse_payment
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.enrolment.models import Household
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, NumberBook
from entraide.core.errors import Refusal
from tests.builders import a_claim, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.contributions.test_cash_pages import TODAY, plain
from tests.web.households.conftest import Address


@pytest.mark.requirement("R036")
def test_two_books_without_hole_and_each_day_what_is_missing_doubled_or_late(
    household: Household, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    # Receipts: what is refused gives its number back, what is reversed keeps its own.
    first = a_payment(household, people.awa, 13_000)
    with pytest.raises(Refusal):
        a_payment(household, people.awa, 5_000)
    reverse_payment(
        mutual=scoped, actor=people.moussa, on=date(2025, 1, 11), idempotency_key=a_key(),
        payment=first, reason="autre famille",
    )  # fmt: skip
    for paper, amount in (("A-0001", 6_000), ("A-0004", 3_000)):
        a_payment(household, people.awa, amount, paper_number=paper, paid_on=date(2025, 6, 1))
    a_payment(household, people.awa, 4_000, paper_number="A-0004", double_confirmed=True,
              paid_on=date(2025, 6, 15), on=TODAY)  # fmt: skip
    receipts = ContributionPayment.objects.order_by("id").values_list("document_number", flat=True)
    assert list(receipts) == [f"REC-2025-{rank:05d}" for rank in (1, 2, 3, 4)]
    # Claims: the other book.
    person, provider = household.persons.get(is_member=True), a_provider(scoped, people.moussa)
    for day in (3, 4):
        a_claim(person, provider, people.awa, care_on=date(2025, 6, day))
    claims = Claim.objects.order_by("id").values_list("document_number", flat=True)
    assert list(claims) == ["S-2025-00001", "S-2025-00002"]
    assert not verify(scoped).findings
    browser, url = signed_in(people.cashier), address("daily-check")
    answer = browser.get(url)
    books = {prefix: last for _name, prefix, last in answer.context["books"]}
    assert (books["REC-2025"], books["S-2025"]) == (4, 2)
    page = plain(answer.content)
    assert "Ces registres n’ont pas de trou" in page
    lines = {(line.kind.value, line.numbers) for line, *_more in answer.context["rows"]}
    assert {("hole", "A-0002 – A-0003"), ("double", "A-0004")} <= lines
    # On no slip after N days: those of 1 June, not the one of yesterday; N is the mutual's choice.
    late = {number for kind, number in lines if kind == "no_slip"}
    assert late == {"REC-2025-00002", "REC-2025-00003"}
    change_choice(
        mutual=scoped, actor=people.director, on=TODAY, idempotency_key=a_key(),
        name="receipt_slip_days", value=30, source="Conseil",
    )  # fmt: skip
    patient = {line.kind.value for line, *_more in browser.get(url).context["rows"]}
    assert "no_slip" not in patient
    # A number that vanished from a book is found by the verification of every night.
    NumberBook.objects.filter(mutual=scoped, prefix="S").update(last_number=3)
    assert [finding.code for finding in verify(scoped).findings] == ["NUMBER_MISSING"]
