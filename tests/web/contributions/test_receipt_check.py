"""The check of a paper that somebody shows: one word for each paper, never a good and a bad one."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.cards.receipts import receipt_code
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.contributions.prints import check_code
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Role
from entraide.apps.schemes.network import create_branch
from entraide.apps.schemes.services import appoint
from entraide.core.receipt_codes import read_receipt_code
from tests.builders import a_key
from tests.people import People, person
from tests.web.conftest import Browser
from tests.web.contributions.test_cash_pages import TODAY, plain
from tests.web.households.conftest import Address


@pytest.mark.requirement("R034", begun=True)
def test_a_good_word_never_stands_beside_a_bad_one(
    receipt: ContributionPayment, scoped: Mutual, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    browser, url = signed_in(people.awa), address("receipt-check")
    browser.post(address("receipt-print", uid=receipt.uid),
                 {"idempotency_key": a_key(), "format": "a5"})  # fmt: skip
    code = receipt_code(scoped, receipt)
    key = read_receipt_code(code).payload.key_id
    day = receipt.paid_on.isoformat()
    unsigned = "|".join(
        ("ENTRAIDE-R1", scoped.code, receipt.document_number, "5000", "XOF", day,
         check_code(receipt))
    )  # fmt: skip
    for shown, told in (
        (code.replace("|5000|", "|50000|"), "Le montant du papier n’est pas celui du registre"),
        (code.replace("|5000|", "|50000|"), "Signature fausse"),
        (code.replace(day, "2020-01-01"), "Le jour du papier n’est pas celui du registre"),
        (code.replace(f"|{key}|", "|0000|"), "Signature non vérifiée"),
        (code.replace(f"|{scoped.code}|", "|autre-part|"), "nomme une autre mutuelle"),
        (unsigned.replace("|5000|", "|50000|"), "Le montant du papier n’est pas celui du registre"),
        (unsigned.replace(day, "hier"), "Le jour du papier n’est pas celui du registre"),
        (unsigned.replace(f"|{scoped.code}|", "|autre-part|"), "nomme une autre mutuelle"),
    ):
        page = plain(browser.get(url, {"number": shown}).content)
        assert told in page, shown
        assert "Le code est bon" not in page, shown
        assert "Signature vraie" not in page, shown


def test_a_paper_of_another_section_is_neither_good_nor_bad(
    receipt: ContributionPayment, household: Household, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    act = {"mutual": scoped, "on": TODAY}
    north = create_branch(
        **act, actor=people.network_admin, idempotency_key=a_key(), code="nord", name="Nord"
    )
    kofi = person("kofi", "Kofi du Nord", mutual=scoped)
    appoint(
        **act, actor=people.system, idempotency_key=a_key(), user=kofi,
        role=Role.DATA_ENTRY_CLERK, effective_from=date(2024, 1, 1), branch=north,
    )  # fmt: skip
    asked = {"number": receipt.document_number, "code": check_code(receipt)}
    page = plain(signed_in(kofi).get(address("receipt-check"), asked).content)
    assert "d’une autre section de la mutuelle" in page
    assert "notice--" not in page
    assert household.number not in page
    nobody = signed_in(kofi).get(address("receipt-check"), {"number": "REC-2025-99999"})
    assert "Aucun reçu de cette mutuelle" in plain(nobody.content)
