"""Acts on a place, on a new place and on a lump sum stay inside the section of who does them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entraide.apps.access.models import AuditEvent, User
from entraide.apps.contributions.lump_sums import (
    FamilyShare,
    receive_lump_sum,
    reverse_lump_sum,
    share_lump_sum,
)
from entraide.apps.contributions.models import GroupPayment, SumOrigin
from entraide.apps.enrolment.focal_points import (
    appoint_focal_point,
    end_focal_point,
    write_to_focal_points,
)
from entraide.apps.enrolment.models import FocalPoint, Household, PartnerGroup
from entraide.apps.enrolment.services import create_group
from entraide.apps.enrolment.territory import (
    approve_area,
    merge_area,
    propose_area,
    refuse_area,
)
from entraide.apps.ledger.selectors import account_for
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Role
from entraide.core.errors import Refusal
from entraide.core.ledger import AccountRole
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address
from tests.web.sections.test_sections import act, families, held_in_section, kofi, north

__all__ = ["address", "families", "held_in_section", "kofi", "north"]

pytestmark = pytest.mark.requirement("R200", begun=True)

Attempt = tuple[Callable[..., Any], dict[str, Any]]


def refused(mutual: Mutual, who: User, on: Any, code: str, attempts: list[Attempt]) -> None:
    """Each is refused with this code, and the journal says so."""
    journal = AuditEvent.objects.filter(actor=who, code=code)
    before = journal.count()
    for command, content in attempts:
        with pytest.raises(Refusal) as fault:
            command(**act(mutual, who, on), **content)
        assert fault.value.code == code, command.__name__
    assert journal.count() == before + len(attempts)


@pytest.fixture
def villages(families: tuple[Household, Household]) -> tuple[Area, Area, Area]:
    """A region, the village of the family of the north, the village of the other."""
    region = ensure_area(system="t", code="r", name="Maritime", level=1, country="tg")
    found = []
    for name, family in zip(("Kpogan", "Baguida"), families, strict=True):
        village = ensure_area(system="t", code=name, name=name, level=2, parent=region)
        Household.objects.filter(pk=family.pk).update(area=village)
        found.append(village)
    return (region, *found)  # type: ignore[return-value]


def test_focal_points_are_those_of_the_places_of_the_section(
    scoped: Mutual, people: People, kofi: User, villages: tuple[Area, Area, Area], today: Any,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    region, ours, theirs = villages
    ama = {"name": "Ama", "phone": "90123456", "starts_on": today.replace(day=1)}
    point = appoint_focal_point(**act(scoped, kofi, today), area=ours, **ama)
    other = appoint_focal_point(**act(scoped, people.awa, today), area=theirs, **ama)
    told = {"subject": "Réunion", "text": "Samedi."}
    assert write_to_focal_points(**act(scoped, kofi, today), area=ours, **told).subject == "Réunion"
    refused(scoped, kofi, today, "AREA_OF_OTHER_SECTION", [
        (appoint_focal_point, {"area": theirs, **ama}),
        (appoint_focal_point, {"area": region, **ama}),
        (end_focal_point, {"focal_point": other, "ends_on": today}),
        (write_to_focal_points, {"area": theirs, **told}),
        (write_to_focal_points, {"area": region, **told}),
    ])  # fmt: skip
    refused(scoped, kofi, today, "AREAS_OF_OTHER_SECTION", [
        (write_to_focal_points, {"area": None, **told}),
    ])  # fmt: skip
    form = {"name": "Yao", "phone": "", "starts_on": "01/06/2025", "idempotency_key": a_key()}
    page = signed_in(kofi).post(address("focal-point-new", uid=theirs.uid), form)
    assert page.status_code == 422
    assert "Des familles de Baguida sont dans une autre section" in page.content.decode()
    assert FocalPoint.objects.count() == 2
    assert end_focal_point(**act(scoped, kofi, today), focal_point=point, ends_on=today).ends_on
    assert write_to_focal_points(**act(scoped, people.awa, today), area=None, **told).area is None


def test_a_new_place_is_proposed_in_a_section_and_decided_for_the_whole_mutual(
    scoped: Mutual, people: People, kofi: User, villages: tuple[Area, Area, Area], today: Any,
    held_in_section: Callable[[Role], User], signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    region, ours, _theirs = villages
    proposal = propose_area(**act(scoped, kofi, today), name="Kpogan II", within=region)
    coordinator = held_in_section(Role.COORDINATOR)
    refused(scoped, coordinator, today, "FORBIDDEN", [
        (approve_area, {"proposal": proposal, "name": "Kpogan II", "level": 2, "within": region}),
        (merge_area, {"proposal": proposal, "into": ours}),
        (refuse_area, {"proposal": proposal, "reason": "N’existe pas"}),
    ])  # fmt: skip
    url = address("area-proposal", uid=proposal.uid)
    assert signed_in(coordinator).get(url).status_code == 403
    decided = approve_area(
        **act(scoped, people.coordinator, today), proposal=proposal, name="Kpogan II", level=2,
        within=region,
    )  # fmt: skip
    assert decided.decided_by == people.coordinator


def test_a_sum_is_shared_by_the_section_that_it_is_of(
    scoped: Mutual, people: People, kofi: User, families: tuple[Household, Household], today: Any,
    held_in_section: Callable[[Role], User], signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    ours, theirs = families
    agent = held_in_section(Role.FIELD_AGENT)

    def received(who: User, group: PartnerGroup | None) -> GroupPayment:
        return receive_lump_sum(
            **act(scoped, who, today), origin=SumOrigin.COMMON_PURSE, payer_name="Trésorière",
            amount_minor=2_000, paid_on=today, group=group,
            treasury_account=account_for(scoped, AccountRole.CASH),
        )  # fmt: skip

    group = create_group(**act(scoped, kofi, today), code="zongo", name="Zongo", kind="village")
    Household.objects.filter(pk=ours.pk).update(group=group)
    part = (FamilyShare(ours, 500),)
    for lump_sum in (received(kofi, group), received(agent, None)):
        shared = share_lump_sum(**act(scoped, kofi, today), lump_sum=lump_sum, shares=part)
        assert shared.rest_minor == 1_500
    of_whole = received(people.cashier, None)
    of_group = received(people.cashier, group)
    Household.objects.filter(pk=theirs.pk).update(group=group)  # now also of nowhere
    refused(scoped, kofi, today, "LUMP_SUM_OF_OTHER_SECTION", [
        (share_lump_sum, {"lump_sum": of_whole, "shares": part}),
    ])  # fmt: skip
    refused(scoped, kofi, today, "GROUP_OF_OTHER_SECTION", [
        (share_lump_sum, {"lump_sum": of_group, "shares": part}),
        (receive_lump_sum, {
            "origin": SumOrigin.COMMON_PURSE, "payer_name": "Trésorière", "amount_minor": 2_000,
            "treasury_account": account_for(scoped, AccountRole.CASH), "paid_on": today,
            "group": group,
        }),
    ])  # fmt: skip
    refused(scoped, kofi, today, "FORBIDDEN", [
        (reverse_lump_sum, {"lump_sum": of_whole, "reason": "Erreur"}),
    ])  # fmt: skip
    ways = [address("lump-sum-share", uid=each.uid) for each in (of_whole, of_group)]
    for who, may in ((kofi, False), (people.cashier, True)):
        for way, shown in zip(ways, (of_whole, of_group), strict=True):
            page = signed_in(who).get(address("lump-sum", uid=shown.uid)).content.decode()
            assert (way in page) is may
    sent = {f"part-{ours.uid}": "500", "numbers": ours.number, "record": "1",
            "idempotency_key": a_key()}  # fmt: skip
    answer = signed_in(kofi).post(ways[0], sent)
    assert answer.status_code == 422
    assert "n’a pas été reçue dans votre section" in answer.content.decode()
    assert share_lump_sum(
        **act(scoped, people.cashier, today), lump_sum=of_whole, shares=part
    ).allocated_minor == 500  # fmt: skip
