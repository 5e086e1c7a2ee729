"""The register and the figures hold every answer: lines, prior agreements, the claims committee."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from entraide.apps.care_control.answers import answers, decisions_by_kind
from entraide.apps.care_control.register import record_entry
from entraide.apps.claims.committee import decide_in_committee, open_committee
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    cancel_pre_authorisation,
    decide_pre_authorisation,
)
from entraide.apps.claims.review import LineReview
from entraide.apps.nomenclature.services import ensure_category
from entraide.apps.schemes.models import Mutual, Product
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]
ON = date(2025, 6, 16)
YEAR = (date(2025, 1, 1), date(2026, 1, 1))


@pytest.mark.requirement("R081")
def test_every_answer_is_in_the_register_and_in_the_figures_with_its_source(
    scoped: Mutual, people: People, product: Product, signed_in: Browser, address: Address
) -> None:
    def act(command: Any, actor: Any, **said: Any) -> Any:
        return command(mutual=scoped, actor=actor, on=ON, idempotency_key=a_key(), **said)

    household = a_household(scoped, people.awa, product)
    a_payment(household, people.awa, 13_000)
    member, doctor = household.persons.get(is_member=True), people.medical_adviser
    asked = [
        act(
            ask_pre_authorisation, people.awa, person=member, category=ensure_category("hospital"),
            effective_from=ON, effective_until=date(2025, 7, 2),
        )
        for _each in range(3)
    ]  # fmt: skip
    for each, is_given in zip(asked, (True, False, True), strict=True):
        act(
            decide_pre_authorisation, doctor, authorisation=each, is_given=is_given,
            reason="prix au-dessus de l’usage",
        )  # fmt: skip
    act(cancel_pre_authorisation, doctor, authorisation=asked[2], reason="hôpital fermé")
    line: dict[str, Any] = {
        "person": member, "handled_on": ON, "mode": "telephone", "reason_code": "justified",
    }  # fmt: skip
    # What the doctor also writes in the register of the same agreement is one answer, not two.
    act(record_entry, doctor, kind="prior_agreement", result="agreed", **line)
    act(record_entry, doctor, kind="advice", result="advised", **line)
    claim = a_claim(member, a_provider(scoped, people.moussa), people.awa, care_on=date(2025, 6, 2))
    session = act(open_committee, people.coordinator, held_on=ON, members=("M. Kossi", "Mme Dzifa"))
    act(
        decide_in_committee, people.coordinator, session=session, claim=claim, reason="nuit",
        changes=(LineReview("1", "nuit", less_minor=1_000),),
    )  # fmt: skip
    found = answers(scoped, *YEAR)
    assert Counter((str(each.source), each.kind, each.result) for each in found) == {
        ("agreement", "prior_agreement", "agreed"): 2,
        ("agreement", "prior_agreement", "refused"): 1,
        ("register", "advice", "advised"): 1,
        ("committee", "committee", "cut"): 1,
    }
    assert decisions_by_kind(found).kinds == ("prior_agreement", "advice", "committee")
    asked_for = {"first": "01/06/2025", "last": "30/06/2025"}
    reader = signed_in(doctor)
    page = reader.get(address("medical-register"), asked_for)
    told = page.content.decode()
    for record in (asked[0], asked[1], session, claim):
        assert record.document_number in told
        assert str(record.uid) in told, "each row opens to its record"
    assert len(page.context["lines"]) == len(found)
    figures = reader.get(address("control-statistics"), asked_for).content.decode()
    assert "Un sinistre, au comité des sinistres" in figures
    assert "Ce qui est compté" in figures
