"""Families in sections: who works in one sees its families only, on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django_scopes import scope

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.access.records import only_sections, whole_mutual
from entraide.apps.access.services import issue_token
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.enrolment.contracts import declare_headcount
from entraide.apps.enrolment.groups import appoint_officer, change_group, end_mandate
from entraide.apps.enrolment.models import (
    Household,
    Membership,
    OfficerRole,
    Person,
    RegisterChange,
    Resemblance,
)
from entraide.apps.enrolment.sections import move_to_section, place_in_section
from entraide.apps.enrolment.services import create_group
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.providers.models import Agreement
from entraide.apps.schemes.models import Appointment, Branch, Mutual, Product, Role
from entraide.apps.schemes.network import create_branch, mutuals_where
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.apps.schemes.services import appoint
from entraide.core.errors import Refusal
from tests.builders import a_claim, a_household, a_key, a_payment, a_provider
from tests.people import People, person
from tests.web.conftest import Browser
from tests.web.households.conftest import Address, address

__all__ = ["address"]

pytestmark = pytest.mark.requirement("R200", begun=True)


def act(mutual: Mutual, who: User, on: Any) -> dict[str, Any]:
    return {"mutual": mutual, "actor": who, "on": on, "idempotency_key": a_key()}


@pytest.fixture
def north(scoped: Mutual, people: People, today: Any) -> Branch:
    return create_branch(**act(scoped, people.network_admin, today), code="nord", name="Nord")


@pytest.fixture
def kofi(scoped: Mutual, people: People, north: Branch, today: Any) -> User:
    """A clerk of the northern section, and of nothing else."""
    user = person("kofi", "Kofi du Nord", mutual=scoped)
    appoint(
        **act(scoped, people.system, today), user=user, role=Role.DATA_ENTRY_CLERK,
        effective_from=today.replace(year=2024), branch=north,
    )  # fmt: skip
    return user


@pytest.fixture
def held_in_section(scoped: Mutual, north: Branch, today: Any) -> Callable[[Role], User]:
    """Somebody with a post in the north that could be given before it was refused."""

    def held(role: Role) -> User:
        user = person(f"nord-{role}", f"{role} du Nord", mutual=scoped)
        Appointment.objects.create(
            user=user, mutual=scoped, role=role, branch=north,
            effective_from=today.replace(year=2024),
        )  # fmt: skip
        return user

    return held


@pytest.fixture
def families(
    scoped: Mutual, people: People, product: Product, north: Branch
) -> tuple[Household, Household]:
    """One of the north, one of nowhere."""
    ours = a_household(scoped, people.awa, product)
    theirs = a_household(scoped, people.awa, product)
    Household.objects.filter(pk=ours.pk).update(branch=north)
    ours.refresh_from_db()
    return ours, theirs


def test_lists_and_search_show_the_families_of_the_section_only(
    families: tuple[Household, Household], kofi: User, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    ours, theirs = families
    for url in (address("households"), f"{address('search')}?q=F-"):
        page = signed_in(kofi).get(url).content.decode()
        assert theirs.number not in page, url
    listed = signed_in(kofi).get(address("households")).content.decode()
    assert ours.number in listed
    whole = signed_in(people.awa).get(address("households")).content.decode()
    assert ours.number in whole
    assert theirs.number in whole


def test_no_address_opens_a_family_of_another_section(
    families: tuple[Household, Household], kofi: User, signed_in: Browser, address: Address
) -> None:
    ours, theirs = families
    browser = signed_in(kofi)
    for page in ("household", "household-contact", "household-add", "household-group",
                 "family-photo", "obstacle-family", "scorecard-fill"):  # fmt: skip
        away = address(page, uid=theirs.uid)
        if page in ("household", "household-contact", "household-group"):
            assert browser.get(address(page, uid=ours.uid)).status_code == 200, page
        assert browser.get(away).status_code in (404, 405), page
        assert browser.post(away, {"idempotency_key": a_key()}).status_code in (404, 405), page
    for page in ("person", "person-correct", "person-end", "newborn-register"):
        away = address(page, uid=theirs.persons.earliest("pk").uid)
        assert browser.get(away).status_code == 404, page


def test_an_attempt_on_a_family_of_another_section_is_journalled(
    families: tuple[Household, Household], kofi: User, signed_in: Browser, address: Address
) -> None:
    url = address("household", uid=families[1].uid)
    assert signed_in(kofi).get(url).status_code == 404
    event = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=kofi).latest("id")
    assert (event.code, event.subject) == ("NOT_FOUND", url)


def test_a_new_family_enters_the_section_of_who_enters_it(
    scoped: Mutual, product: Product, kofi: User, north: Branch, people: People, today: Any
) -> None:
    with only_sections(frozenset({north.pk})):
        made = a_household(scoped, kofi, product)
    assert Household.objects.get(pk=made.pk).branch == north
    assert a_household(scoped, people.awa, product).branch is None


def test_commands_count_on_the_whole_mutual(
    families: tuple[Household, Household], scoped: Mutual, north: Branch
) -> None:
    """Numbers follow those of every section: nobody numbers twice."""
    with only_sections(frozenset({north.pk})):
        assert Household.objects.count() == 1
        assert Membership.objects.count() == 1
        assert set(Person.objects.values_list("household", flat=True)) == {families[0].pk}
        with whole_mutual():
            assert Household.objects.count() == 2
        assert Household.objects.count() == 1
    assert Household.objects.count() == 2


def test_a_post_of_the_whole_mutual_sees_everything(
    families: tuple[Household, Household], scoped: Mutual, kofi: User, people: People,
    signed_in: Browser, address: Address, today: Any,
) -> None:  # fmt: skip
    appoint(
        **act(scoped, people.system, today), user=kofi, role=Role.CASHIER,
        effective_from=today.replace(year=2024),
    )  # fmt: skip
    assert signed_in(kofi).get(address("household", uid=families[1].uid)).status_code == 200


def test_the_api_knows_the_section_too(
    families: tuple[Household, Household], scoped: Mutual, kofi: User, people: People
) -> None:
    def answer(user: User, number: str) -> int:
        token = issue_token(user=user, mutual=scoped, label="test")
        url = f"/api/v1/eligibility?number={number}"
        return Client(headers={"Authorization": f"Bearer {token}"}).get(url).status_code

    ours, theirs = (each.persons.earliest("pk").number for each in families)
    if answer(people.awa, ours) == 404:
        pytest.fail("the address of eligibility has changed")
    assert answer(people.awa, theirs) == 200
    assert answer(kofi, ours) == 200
    assert answer(kofi, theirs) == 404


@pytest.fixture
def move(signed_in: Browser, address: Address, people: People) -> Callable[[Household, str], int]:
    def moved(household: Household, branch: str) -> int:
        url = address("household-section", uid=household.uid)
        data = {"idempotency_key": a_key(), "branch": branch}
        return signed_in(people.coordinator).post(url, data).status_code

    return moved


def test_a_coordinator_moves_a_family_with_trace(
    families: tuple[Household, Household], north: Branch, move: Callable[[Household, str], int]
) -> None:
    ours, theirs = families
    assert move(theirs, str(north.uid)) == 302
    assert move(theirs, str(north.uid)) == 422  # it is there already
    theirs.refresh_from_db()
    assert theirs.branch == north
    change = RegisterChange.objects.get(household=theirs, field="section")
    assert (change.before, change.after) == ("", "Nord")
    assert move(ours, "") == 302


def test_the_families_of_a_place_come_into_a_section_together(
    families: tuple[Household, Household], scoped: Mutual, people: People, north: Branch,
    signed_in: Browser, address: Address, today: Any,
) -> None:  # fmt: skip
    region = ensure_area(system="test", code="r", name="Maritime", level=1, country="tg")
    village = ensure_area(
        system="test", code="v", name="Adétikopé", level=2, parent=region, country="tg"
    )
    Household.objects.filter(pk=families[1].pk).update(area=village)
    page = signed_in(people.coordinator).get(address("section-place", uid=north.uid))
    assert page.status_code == 200
    done = signed_in(people.coordinator).post(
        address("section-place", uid=north.uid), {"idempotency_key": a_key(), "area": "Maritime"}
    )
    assert done.status_code == 302
    assert Household.objects.filter(branch=north).count() == 2
    with pytest.raises(Refusal, match="SECTION_NOBODY_THERE"):
        place_in_section(**act(scoped, people.coordinator, today), branch=north, area=region)
    listed = signed_in(people.coordinator).get(address("sections")).content.decode()
    assert "Nord" in listed
    assert signed_in(people.awa).get(address("section-place", uid=north.uid)).status_code == 403


def test_the_list_is_filtered_by_section(
    families: tuple[Household, Household], people: People, signed_in: Browser, address: Address
) -> None:
    ours, theirs = families
    for section, shown, hidden in (("nord", ours, theirs), ("-", theirs, ours)):
        url = f"{address('households')}?section={section}"
        page = signed_in(people.awa).get(url).content.decode()
        assert shown.number in page
        assert hidden.number not in page


def test_every_record_of_a_family_knows_its_section() -> None:
    """A table that names a family and shows it at a desk is narrowed, or is of no desk."""
    from django.apps import apps

    of_no_desk = {
        "contributions.CashRefund", "takeover.AsideSettlement", "takeover.ImportedRow",
        "takeover.LoanRefinancing", "settlement.SubsidyLine", "settlement.SubsidyPayment",
    }  # fmt: skip
    for model in apps.get_models():
        if not model.__module__.startswith("entraide.apps."):
            continue
        names = {field.name for field in model._meta.concrete_fields}
        if "household" in names and model._meta.label not in of_no_desk:
            assert _is_narrowed(model), model._meta.label


def _is_narrowed(model: type[Model]) -> bool:
    mutual = Mutual(pk=1)
    with scope(mutual=mutual), only_sections(frozenset({77})):
        return "branch" in str(model._default_manager.all().query)


def test_files_of_the_whole_mutual_stay_closed(
    families: tuple[Household, Household], kofi: User, people: People, signed_in: Browser,
    address: Address,
) -> None:  # fmt: skip
    """An import tells families of every section: it is neither offered nor opened."""
    imports = address("imports")
    assert signed_in(people.awa).get(imports).status_code == 200
    assert imports in signed_in(people.awa).get(address("households")).content.decode()
    assert signed_in(kofi).get(imports).status_code == 403
    assert imports not in signed_in(kofi).get(address("households")).content.decode()


def test_two_rows_that_may_be_one_show_where_both_are(
    families: tuple[Household, Household], scoped: Mutual, north: Branch
) -> None:
    ours, theirs = families
    pair = Resemblance.objects.create(
        mutual=scoped, first=theirs.persons.earliest("pk"), second=ours.persons.earliest("pk"),
        percent=90,
    )  # fmt: skip
    with only_sections(frozenset({north.pk})):
        assert not Resemblance.objects.exists()
    Household.objects.filter(pk=theirs.pk).update(branch=north)
    with only_sections(frozenset({north.pk})):
        assert Resemblance.objects.get() == pair


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.CASHIER, Role.DIRECTOR, Role.AUDITOR])
def test_a_role_of_the_whole_mutual_is_not_held_in_a_section(
    scoped: Mutual, people: People, north: Branch, today: Any, role: Role
) -> None:
    post = {"user": people.awa, "role": role, "effective_from": today}
    with pytest.raises(Refusal, match="ROLE_OF_WHOLE_MUTUAL"):
        appoint(**act(scoped, people.network_admin, today), **post, branch=north)
    assert appoint(**act(scoped, people.network_admin, today), **post).branch is None


@pytest.mark.parametrize(
    "role", [Role.FINANCE_OFFICER, Role.DIRECTOR, Role.AUDITOR, Role.COORDINATOR]
)
def test_the_books_and_the_report_stay_closed_to_a_post_in_a_section(
    families: tuple[Household, Household], held_in_section: Callable[[Role], User],
    signed_in: Browser, scoped: Mutual, address: Address, role: Role, today: Any,
) -> None:  # fmt: skip
    user = held_in_section(role)
    browser = signed_in(user)
    pages = [
        address("journal"),
        f"/m/{scoped.code}/reglages/running_share_limit/",
        address("report"),
    ]
    pages.append(address("section-place", uid=families[0].branch.uid))
    pages.append(address("household-section", uid=families[0].uid))
    pages.append(address("file-rule-new"))
    for url in pages:
        assert browser.get(url).status_code == 403, url
    assert browser.get(f"/m/{scoped.code}/rapport/extractions/ecritures.csv").status_code == 404
    assert browser.get(f"/m/{scoped.code}/rapport/lignes/fund_balance/").status_code == 403
    assert browser.get(address("households")).status_code == 200
    assert mutuals_where(user, Right.READ_REPORTS, today) == []
    assert user not in people_who_may(scoped, Right.READ_BOOKS, today)
    assert "dans une section" in browser.get(address("report")).content.decode()


def test_a_coordinator_of_a_section_takes_no_family_into_it(
    families: tuple[Household, Household], held_in_section: Callable[[Role], User],
    scoped: Mutual, north: Branch, today: Any, signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    coordinator = held_in_section(Role.COORDINATOR)
    url = address("section-place", uid=north.uid)
    data = {"idempotency_key": a_key(), "area": "Maritime"}
    assert signed_in(coordinator).post(url, data).status_code == 403
    with pytest.raises(Refusal, match="FORBIDDEN"):
        move_to_section(**act(scoped, coordinator, today), household=families[1], branch=north)
    assert Household.objects.filter(branch=north).count() == 1


def test_a_coordinator_of_a_section_approves_together_what_is_of_it_only(
    families: tuple[Household, Household], held_in_section: Callable[[Role], User],
    scoped: Mutual, people: People, signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    provider = a_provider(scoped, people.moussa)
    for household in families:
        a_payment(household, people.awa, 13_000)
    ours, theirs = (
        a_claim(each.persons.get(is_member=True), provider, people.awa) for each in families
    )
    assert {ours.state, theirs.state} == {ClaimState.DECIDED}
    coordinator = held_in_section(Role.COORDINATOR)
    browser = signed_in(coordinator)
    assert "Valider ce sinistre" in browser.get(address("claims")).content.decode()
    browser.post(address("claims-approve"), {"idempotency_key": a_key()})
    states = [Claim.objects.get(pk=each.pk).state for each in (ours, theirs)]
    assert states == [ClaimState.APPROVED, ClaimState.DECIDED]


def test_an_attempt_by_the_api_on_a_family_of_another_section_is_journalled(
    families: tuple[Household, Household], scoped: Mutual, kofi: User
) -> None:
    token = issue_token(user=kofi, mutual=scoped, label="test")
    url = f"/api/v1/households/{families[1].uid}"
    before = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=kofi).count()
    answer = Client().get(url, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 404
    events = AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=kofi)
    assert events.count() == before + 1
    event = events.latest("id")
    assert (event.code, event.subject, event.mutual_id) == ("NOT_FOUND", url, scoped.pk)


def test_who_works_in_a_section_acts_on_a_group_only_when_all_its_families_are_there(
    families: tuple[Household, Household], scoped: Mutual, kofi: User, people: People, today: Any
) -> None:
    ours, theirs = families
    group = create_group(**act(scoped, kofi, today), code="zongo", name="Zongo", kind="village")
    Household.objects.filter(pk=ours.pk).update(group=group)
    counted = declare_headcount(
        **act(scoped, kofi, today), group=group, persons_count=30, declared_on=today
    )
    assert counted.persons_count == 30
    president = {"role": OfficerRole.PRESIDENT, "name": "Ama", "phone": "90123456"}
    officer = appoint_officer(
        **act(scoped, kofi, today), group=group, starts_on=today.replace(day=1), **president
    )
    assert officer.phone == "90 12 34 56"
    Household.objects.filter(pk=theirs.pk).update(group=group)  # now also of nowhere
    attempts: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (change_group, {"group": group, "name": "Autre", "kind": "village"}),
        (declare_headcount, {"group": group, "persons_count": 3, "declared_on": today}),
        (appoint_officer, {"group": group, "starts_on": today, **president}),
        (end_mandate, {"officer": officer, "ends_on": today}),
    ]
    for command, content in attempts:
        with pytest.raises(Refusal, match="GROUP_OF_OTHER_SECTION"):
            command(**act(scoped, kofi, today), **content)
    refusals = AuditEvent.objects.filter(actor=kofi, code="GROUP_OF_OTHER_SECTION")
    assert refusals.count() == len(attempts)
    assert (
        change_group(
            **act(scoped, people.awa, today), group=group, name="Autre", kind="village"
        ).name
        == "Autre"
    )


@pytest.mark.requirement("R020")
def test_care_between_sections_is_shown_to_who_reads_reports(
    families: tuple[Household, Household], north: Branch, scoped: Mutual, people: People,
    signed_in: Browser, address: Address,
) -> None:  # fmt: skip
    _ours, theirs = families
    south = Branch.objects.create(mutual=scoped, code="sud", name="Section Sud")
    provider = a_provider(scoped, people.moussa, prices={"consultation-1": 4000})
    Household.objects.filter(pk=theirs.pk).update(branch=south)
    agreement = Agreement.objects.get(provider=provider)
    head = signed_in(people.coordinator)
    head.post(
        address("convention-section", uid=agreement.uid),
        {"branch": str(north.uid), "idempotency_key": a_key()},
    )
    a_payment(theirs, people.awa, 13000)
    claim = a_claim(theirs.persons.earliest("pk"), provider, people.awa)
    approve_claim(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 16), idempotency_key=a_key(),
        claim=claim,
    )  # fmt: skip
    page = head.get(address("sections-care") + "?from=2025-01&to=2025-05").content.decode()
    told = page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "3 000 F CFA" in told
    assert "-3 000 F CFA" in told or "−3 000 F CFA" in told
    assert signed_in(people.awa).get(address("sections-care")).status_code == 403
