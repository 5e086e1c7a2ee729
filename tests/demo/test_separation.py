"""Six mutuals in one installation: nobody finds anything of another one, whatever the address."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.access.records import MutualRecord
from entraide.apps.access.services import issue_token
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareCategory, CareItem
from entraide.apps.schemes.models import Mutual, Role
from entraide.web import clock
from tests.demo.conftest import SIZE
from tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R199", begun=True)]

OWN, FOREIGN = "zems-laafi", "atia-sante"


@pytest.fixture(autouse=True)
def _day_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda mutual=None: SIZE.until)


@pytest.fixture
def own(network: list[Mutual]) -> Mutual:
    return Mutual.objects.get(code=OWN)


@pytest.fixture
def foreign(network: list[Mutual]) -> Mutual:
    return Mutual.objects.get(code=FOREIGN)


@pytest.fixture
def everything(own: Mutual) -> User:
    """Somebody who may do all that can be done, in one mutual only."""
    roles = [role for role in Role.values if role != Role.NETWORK_ADMIN]
    return person("fanta-demo", "Fanta Ouédraogo", *roles, mutual=own)


def office_addresses(resolver: Any = None, inside: bool = False) -> Iterator[URLPattern]:
    """Every address under ``/m/<mutual>/``."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            in_office = inside or str(pattern.pattern) == "m/<slug:mutual>/"
            yield from office_addresses(pattern, in_office)
        elif inside:
            yield pattern


def kinds_of_records() -> list[type[MutualRecord]]:
    return [model for model in apps.get_models() if issubclass(model, MutualRecord)]


def address_of(pattern: URLPattern, mutual: Mutual, uid: Any) -> str:
    values: dict[str, Any] = {"mutual": mutual.code}
    for name, converter in pattern.pattern.converters.items():
        if isinstance(converter, IntConverter):
            values[name] = 1
        elif name != "mutual":
            values[name] = uid if isinstance(converter, UUIDConverter) else "expense"
    return reverse(f"web:{pattern.name}", kwargs=values)


def test_a_stranger_meets_the_same_wall_at_every_address(everything: User, foreign: Mutual) -> None:
    browser = Client()
    browser.force_login(everything)
    patterns = list(office_addresses())
    assert len(patterns) > 60
    for pattern in patterns:
        address = address_of(pattern, foreign, uuid.uuid4())
        before = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, subject=address).count()
        assert browser.get(address).status_code == 404, address
        assert browser.post(address).status_code == 404, address
        after = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, subject=address).count()
        assert after == before + 2, f"{address}: the attempts are not in the journal"
    nobody = address_of(patterns[0], foreign, None).replace(foreign.code, "n-existe-pas")
    assert browser.get(nobody).status_code == 404


def test_no_record_of_another_mutual_is_found_under_ones_own_address(
    everything: User, own: Mutual, foreign: Mutual
) -> None:
    """A number read on another mutual's paper, typed into one's own address."""
    with scopes_disabled():
        firsts = {
            kind.__name__: kind.objects.filter(mutual=foreign).values_list("uid", flat=True).first()
            for kind in kinds_of_records()
        }
    found = {name: uid for name, uid in firsts.items() if uid is not None}
    assert {"Household", "Person", "Claim", "ContributionPayment", "Entry"} <= set(found)
    assert {"Payout", "Statement", "StatementLine", "Match", "BusinessPlan"} <= set(found)
    browser = Client()
    browser.force_login(everything)
    looked_up: set[str] = set()
    for pattern in office_addresses():
        if "uid" not in pattern.pattern.converters:
            continue
        for name in sorted(kinds_looked_up(browser, pattern, own) & set(found)):
            looked_up.add(name)
            address = address_of(pattern, own, found[name])
            assert answer_at(browser, address) == 404, (name, address)
    assert {"Household", "Person", "Claim", "ContributionPayment", "Entry"} <= looked_up
    assert {"Payout", "Statement", "StatementLine", "BusinessPlan"} <= looked_up


def answer_at(browser: Client, address: str) -> int:
    """The status of a form that is sent there, or of a page that can only be read."""
    status = browser.post(address).status_code
    return browser.get(address).status_code if status == 405 else status


def kinds_looked_up(browser: Client, pattern: URLPattern, own: Mutual) -> set[str]:
    """The kinds of records in whose tables an address looks for the number that it is given."""
    uid = uuid.uuid4()
    with CaptureQueriesContext(connection) as queries:
        assert answer_at(browser, address_of(pattern, own, uid)) == 404, pattern.name
    looks = [
        query["sql"]
        for query in queries
        if query["sql"].startswith("SELECT")
        and (uid.hex in query["sql"] or str(uid) in query["sql"])
    ]
    assert looks, f"{pattern.name}: the number given is looked for nowhere"
    return {
        kind.__name__
        for kind in kinds_of_records()
        if any(f'"{kind._meta.db_table}"' in look for look in looks)
    }


def test_a_token_serves_in_its_own_mutual_only(
    everything: User, own: Mutual, foreign: Mutual
) -> None:
    token = issue_token(user=everything, mutual=own, label="essai")
    caller = Client(headers={"Authorization": f"Bearer {token}"})
    with scope(mutual=foreign):
        claim, card = Claim.objects.earliest("id"), Person.objects.earliest("id").number
    with scope(mutual=own):
        cards = set(Person.objects.values_list("number", flat=True))
        mine = Claim.objects.earliest("id")
    assert caller.get(f"/api/v1/claims/{mine.uid}").status_code == 200
    assert caller.get(f"/api/v1/claims/{claim.uid}").status_code == 404
    assert cards
    answer = caller.get(f"/api/v1/eligibility?number={card}")
    # Card numbers begin alike in every mutual: where both have one, it is one's own that answers.
    assert answer.status_code == (200 if card in cards else 404)
    if card in cards:
        with scope(mutual=own):
            name = Person.objects.get(number=card).name
        assert name in answer.content.decode()


def test_a_query_that_forgot_its_mutual_raises(network: list[Mutual]) -> None:
    kinds = kinds_of_records()
    assert len(kinds) > 25
    for kind in kinds:
        with pytest.raises(ScopeError):
            list(kind.objects.all())


def test_what_the_network_shares_is_one_and_the_same(own: Mutual, foreign: Mutual) -> None:
    def used(mutual: Mutual, name: str) -> set[int]:
        with scope(mutual=mutual):
            return set(Claim.objects.values_list(name, flat=True)) - {None}

    assert not any(issubclass(model, MutualRecord) for model in (CareCategory, CareItem))
    assert used(own, "lines__category") & used(foreign, "lines__category")
