"""The account for refunds, noted on the family's page and shown to who pays; never a way to pay."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django_scopes import scope

from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.clients import payout_account, payout_accounts_of
from entraide.apps.takeover.models import ImportedRow, ImportRun, RunState
from entraide.apps.takeover.rows import ADVANCES
from tests.builders import a_household
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address


def send(desk: Client, url: str, key: str, **said: str) -> int:
    return desk.post(url, {"idempotency_key": key, **said}).status_code


def a_home(mutual: Mutual, people: People, product: Product, **more: object) -> Household:
    with scope(mutual=mutual):
        return a_household(mutual, people.awa, product, **more)


def test_an_account_is_noted_changed_and_withdrawn_and_each_keeps_its_days(
    signed_in: Browser, people: People, mutual: Mutual, product: Product, address: Address
) -> None:
    home, desk = a_home(mutual, people, product), signed_in(people.awa)
    url, page = address("payout-account", uid=home.uid), address("household", uid=home.uid)
    first = {"institution": "Mvola", "number": "034 00 000 01", "holder_name": "Ado Koffi"}
    assert send(desk, url, "a-1", **first) == 302
    assert "Mvola 034 00 000 01" in desk.get(page).content.decode()
    assert send(desk, url, "a-2", **{**first, "number": "034 00 000 02"}) == 302
    assert send(desk, url, "a-3", institution="", number="1", holder_name="x") == 422
    text = desk.get(url).content.decode()
    assert "034 00 000 01" in text
    assert "034 00 000 02" in text
    assert send(desk, url, "a-4", withdraw="1") == 302
    assert "Mvola" not in desk.get(page).content.decode()
    with scope(mutual=mutual):
        assert payout_account(home) is None
        assert payout_accounts_of(home).count() == 2


def test_others_do_not_note_an_account(
    signed_in: Browser, people: People, mutual: Mutual, product: Product, address: Address
) -> None:
    home = a_home(mutual, people, product)
    url = address("payout-account", uid=home.uid)
    said = {"institution": "Mvola", "number": "1", "holder_name": "x"}
    assert send(signed_in(people.moussa), url, "b-1", **said) == 403
    assert send(signed_in(people.fanta), url, "b-2", **said) in (403, 404)
    with scope(mutual=mutual):
        assert payout_account(home) is None


def test_what_was_paid_ahead_stands_on_the_page_of_the_family(
    signed_in: Browser, people: People, mutual: Mutual, product: Product, address: Address,
    today: date,
) -> None:  # fmt: skip
    home = a_home(mutual, people, product)
    with scope(mutual=mutual):
        Household.objects.filter(pk=home.pk).update(source="import")
        run = ImportRun.objects.create(
            mutual=mutual, kind="members", profile="bmas-membres", profile_version=1,
            file_name="b.csv", file_hash="0" * 64, state=RunState.DONE, prepared_by=people.system,
            prepared_on=today, carried_out_by=people.system, carried_out_on=today,
        )  # fmt: skip
        ImportedRow.objects.create(
            mutual=mutual, run=run, kind=ADVANCES, key=str(home.uid), content_hash="0" * 64,
            record_uid=home.uid, said={"advance_minor": 4500, "number": home.number},
        )  # fmt: skip
    text = signed_in(people.awa).get(address("household", uid=home.uid)).content.decode()
    assert "selon l’ancien outil" in text
    assert "4\u202f500" in text
    listed = signed_in(people.network_admin).get(address("import", uid=run.uid))
    assert home.number in listed.content.decode()
