"""Collective contracts, officers, portfolios, scorecards and reasons told, by their services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.access.guard_check import missing_guards
from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.contributions.desk import quote_enrolment, quote_renewal
from entraide.apps.contributions.renewals import renewal_offers
from entraide.apps.contributions.services import enrol_household, renew_membership
from entraide.apps.enrolment.contracts import (
    activate_contract,
    contracts_on,
    correct_contract,
    declare_headcount,
    end_contract,
    enter_contract,
)
from entraide.apps.enrolment.covers import renewal_terms
from entraide.apps.enrolment.groups import (
    appoint_officer,
    briefing_items,
    change_group,
    close_group,
    not_covered,
    officers_on,
    record_briefing,
    set_briefing_items,
)
from entraide.apps.enrolment.models import (
    GroupContract,
    Membership,
    OfficerRole,
    PartnerGroup,
)
from entraide.apps.enrolment.obstacles import obstacle_table, record_obstacle
from entraide.apps.enrolment.portfolios import (
    assign_portfolio,
    households_followed,
    portfolio_of,
    portfolio_scope,
    transfer_portfolio,
)
from entraide.apps.enrolment.scorecards import (
    approve_scorecard,
    enter_scorecard,
    record_score,
    scores_of,
)
from entraide.apps.enrolment.services import EndReason, create_group, end_membership
from entraide.apps.nomenclature.services import ensure_area
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.groups import JoiningMode
from entraide.core.obstacles import ObstacleKind, ObstacleReason
from entraide.messages import sentence
from entraide.rulebook.scorecards import read_scorecard, scorecard_path
from tests.builders import MEMBER, a_household, a_key, an_approved_product
from tests.people import People

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 16)
YEAR = date(2025, 1, 1)


def act(mutual: Mutual, who: object, on: date = TODAY) -> dict[str, object]:
    return {"mutual": mutual, "actor": who, "on": on, "idempotency_key": a_key()}


@pytest.fixture
def group(scoped: Mutual, people: People, product: Product) -> PartnerGroup:
    return create_group(
        **act(scoped, people.awa), code="adawlato", name="Marché d’Adawlato", kind="grouping"
    )


def a_contract(group: PartnerGroup, product: Product, who: object, **more: object) -> GroupContract:
    asked = {"mode": JoiningMode.VOLUNTARY, "signed_on": YEAR, "starts_on": YEAR} | {
        "joining_count": 6,
        **more,
    }
    return enter_contract(**act(group.mutual, who), group=group, product=product, **asked)


def test_a_contract_under_its_share_is_not_activated(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    contract = a_contract(group, product, people.awa, minimum_share=Decimal("0.5"), joining_count=9)
    with pytest.raises(RefusedRows) as refused:
        activate_contract(**act(scoped, people.coordinator), contract=contract)
    assert [each.code for each in refused.value.findings] == ["GROUP_HEADCOUNT_MISSING"]
    declare_headcount(**act(scoped, people.awa), group=group, persons_count=20, declared_on=YEAR)
    with pytest.raises(RefusedRows) as refused:
        activate_contract(**act(scoped, people.coordinator), contract=contract)
    assert refused.value.findings[0].data["wanted"] == 10
    declare_headcount(**act(scoped, people.awa), group=group, persons_count=18, declared_on=TODAY)
    activate_contract(**act(scoped, people.coordinator), contract=contract)
    contract.refresh_from_db()
    assert contract.activated_by == people.coordinator
    with pytest.raises(Refusal, match="CONTRACT_ALREADY_ACTIVE"):
        activate_contract(**act(scoped, people.coordinator), contract=contract)


def test_who_ends_a_contract_does_not_lengthen_it_alone(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    contract = a_contract(group, product, people.awa, ends_on=date(2025, 12, 31))
    with pytest.raises(Refusal, match="CONTRACT_ENDS_BEFORE"):
        end_contract(
            **act(scoped, people.coordinator), contract=contract, ends_on=date(2035, 1, 1),
            reason=ObstacleReason.PRICE,
        )  # fmt: skip
    with pytest.raises(Refusal, match="HEADCOUNT_NEGATIVE"):
        declare_headcount(
            **act(scoped, people.awa), group=group, persons_count=-1, declared_on=TODAY
        )


def test_whoever_enters_a_contract_does_not_activate_it(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    contract = a_contract(group, product, people.coordinator)
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        activate_contract(**act(scoped, people.coordinator), contract=contract)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        activate_contract(**act(scoped, people.awa), contract=contract)


def test_a_contract_is_put_right_before_it_is_active_and_never_after(
    group: PartnerGroup, product: Product, people: People
) -> None:
    contract = a_contract(group, product, people.awa)
    terms = {
        "product": product, "mode": JoiningMode.COMPULSORY, "signed_on": YEAR, "starts_on": YEAR,
        "ends_on": None, "minimum_share": None, "waives_waiting": False, "joining_count": 12,
        "reference": "CG-2",
    }  # fmt: skip
    correct = {"contract": contract, **terms}
    with pytest.raises(RefusedRows, match="INPUT_REFUSED"):
        correct_contract(
            **act(group.mutual, people.awa), **{**correct, "ends_on": date(2024, 1, 1)}
        )
    correct_contract(**act(group.mutual, people.coordinator), **correct)
    contract.refresh_from_db()
    assert (contract.mode, contract.joining_count, contract.entered_by) == (
        "compulsory", 12, people.coordinator,
    )  # fmt: skip
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        activate_contract(**act(group.mutual, people.coordinator), contract=contract)
    activate_contract(**act(group.mutual, people.director), contract=contract)
    with pytest.raises(Refusal, match="CONTRACT_ACTIVE"):
        correct_contract(**act(group.mutual, people.awa), **correct)


def test_nobody_joins_under_a_contract_that_is_not_active_or_a_group_closed(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    contract = a_contract(group, product, people.awa)
    with pytest.raises(Refusal, match="GROUP_CONTRACT_NOT_ACTIVE"):
        a_household(scoped, people.awa, product, group=group)
    activate_contract(**act(scoped, people.coordinator), contract=contract)
    assert a_household(scoped, people.awa, product, group=group).group == group
    with pytest.raises(IntegrityError, match="only reversed"), transaction.atomic():
        GroupContract.objects.update(mode="voluntary", minimum_share=None)
    with pytest.raises(Refusal, match="GROUP_CONTRACT_OPEN"):
        close_group(**act(scoped, people.coordinator), group=group, closed_on=TODAY)
    end_contract(
        **act(scoped, people.coordinator), contract=contract, ends_on=TODAY,
        reason=ObstacleReason.PRICE,
    )  # fmt: skip
    close_group(**act(scoped, people.coordinator), group=group, closed_on=TODAY)
    group.refresh_from_db()
    with pytest.raises(Refusal, match="GROUP_CLOSED"):
        a_household(scoped, people.awa, product, group=group, enrolled_on=TODAY)


@pytest.mark.requirement("R010", begun=True)
def test_a_family_of_a_group_under_contract_takes_the_product_that_was_signed(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    other = an_approved_product(scoped, people.moussa, people.director, "zems").product
    activate_contract(
        **act(scoped, people.coordinator), contract=a_contract(group, product, people.awa)
    )
    for refused_door in (
        lambda: a_household(scoped, people.awa, other, group=group, loan_minor=500_000),
        lambda: quote_enrolment(
            product=other, enrolled_on=TODAY, persons=(MEMBER,), on=TODAY, group=group
        ),
    ):
        with pytest.raises(Refusal) as refused:
            refused_door()
        assert (refused.value.code, refused.value.place) == ("GROUP_PRODUCT_OTHER", "product")
        told = sentence("GROUP_PRODUCT_OTHER", refused.value.data, "fr")
        assert f"pour la formule «\u00a0{product.name}\u00a0»" in told
    family = a_household(scoped, people.awa, product, group=group)
    cover = Membership.objects.get(household=family)
    with pytest.raises(Refusal, match="GROUP_PRODUCT_OTHER"):
        renew_membership(
            **act(scoped, people.awa, date(2026, 4, 1)), membership=cover, product=other,
            renewed_on=date(2026, 4, 1), loan_minor=500_000,
        )  # fmt: skip
    before = a_household(scoped, people.awa, other, loan_minor=500_000)  # on its own: no matter
    assert before.group is None


@pytest.mark.requirement("R010", begun=True)
def test_a_family_whose_group_signed_for_another_product_since_renews_under_that_one(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    """Refused at the act, in its price, and in the list of covers to renew; nothing is recorded."""
    family = a_household(scoped, people.awa, product, group=group)
    cover = Membership.objects.get(household=family)
    other = an_approved_product(scoped, people.moussa, people.director, "zems").product
    day = date(2026, 4, 1)
    terms = {"previous": cover, "on": day, "renewed_on": day}
    assert renewal_terms(**terms).product == product  # a group without contract keeps what it has
    contract = a_contract(group, other, people.awa)
    assert renewal_terms(**terms).product == product  # one that waits counts for nothing yet
    activate_contract(**act(scoped, people.coordinator), contract=contract)
    cover = Membership.objects.select_related("household__group", "product").get()
    for refused_door in (
        lambda: renew_membership(**act(scoped, people.awa, day), membership=cover, renewed_on=day),
        lambda: quote_renewal(membership=cover, renewed_on=day),
    ):
        with pytest.raises(Refusal) as refused:
            refused_door()
        assert (refused.value.code, refused.value.data["signed"]) == (
            "GROUP_PRODUCT_OTHER", other.name,
        )  # fmt: skip
    [offer] = renewal_offers(scoped, [cover], on=day)
    assert offer.refusal is not None
    assert offer.refusal.code == "GROUP_PRODUCT_OTHER"
    assert Membership.objects.count() == 1
    renewed = renew_membership(
        **act(scoped, people.awa, day), membership=cover, renewed_on=day, product=other,
        loan_minor=500_000,
    )  # fmt: skip
    assert renewed.product == other


@pytest.mark.requirement("R021")
@pytest.mark.parametrize(
    ("mode", "waits"), [(JoiningMode.COMPULSORY, False), (JoiningMode.AUTOMATIC, False)]
)
def test_only_a_compulsory_contract_waives_the_waiting(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup,
    mode: JoiningMode, waits: bool,
) -> None:  # fmt: skip
    with pytest.raises(RefusedRows) as refused:
        a_contract(group, product, people.awa, waives_waiting=True)
    assert refused.value.findings[0].code == "WAITING_NEEDED_IF_VOLUNTARY"
    contract = a_contract(group, product, people.awa, mode=mode, waives_waiting=True)
    activate_contract(**act(scoped, people.coordinator), contract=contract)
    a_household(scoped, people.awa, product, group=group)
    assert Membership.objects.get().waits is waits


def test_contracts_of_one_product_do_not_overlap(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    a_contract(group, product, people.awa, ends_on=date(2025, 7, 1))
    with pytest.raises(RefusedRows) as refused:
        a_contract(
            group, product, people.awa, starts_on=date(2025, 6, 1), signed_on=date(2026, 1, 1),
            ends_on=date(2025, 5, 1), minimum_share=Decimal("1.5"),
        )  # fmt: skip
    assert {each.code for each in refused.value.findings} == {
        "CONTRACT_DATES_SWAPPED", "RATE_OUT_OF_RANGE", "DATE_IN_FUTURE",
    } | ({"CONTRACT_OVERLAP"} & {each.code for each in refused.value.findings})  # fmt: skip
    with pytest.raises(RefusedRows, match="INPUT_REFUSED"):
        a_contract(group, product, people.awa, starts_on=date(2025, 6, 1))
    assert len(contracts_on(group, TODAY)) == 1


def test_a_group_keeps_what_it_was(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    change_group(
        **act(scoped, people.awa), group=group, name="Marché Adawlato", kind="cooperative",
        phone="90 00 00 01",
    )  # fmt: skip
    change = group.changes.get()
    assert change.changes["name"] == ["Marché d’Adawlato", "Marché Adawlato"]
    assert (change.changed_by, change.changed_on) == (people.awa, TODAY)
    assert missing_guards() == ()


def test_a_president_follows_another_and_is_briefed_anew(
    scoped: Mutual, people: People, group: PartnerGroup
) -> None:
    named = {"group": group, "role": OfficerRole.PRESIDENT, "phone": "90 00 00 02"}
    first = appoint_officer(
        **act(scoped, people.awa), **named, name="Kossi A.", starts_on=date(2024, 1, 1)
    )
    set_briefing_items(
        **act(scoped, people.coordinator), texts=["Les délais d’attente", "Le reçu", " "]
    )
    items = briefing_items(scoped)
    record_briefing(
        **act(scoped, people.field_agent), officer=first, briefed_on=TODAY, items=(items[0].code,)
    )
    missing, told = not_covered(first, items)
    assert ([each.text for each in missing], told) == (["Le reçu"], {items[0].code: TODAY})
    second = appoint_officer(
        **act(scoped, people.awa), **named, name="Afi B.", starts_on=date(2025, 5, 1)
    )
    assert officers_on(group, TODAY) == [second]
    assert officers_on(group, date(2025, 4, 30)) == [first]
    assert len(not_covered(second, items)[0]) == 2
    with pytest.raises(Refusal, match="BRIEFING_EMPTY"):
        record_briefing(**act(scoped, people.awa), officer=second, briefed_on=TODAY, items=())


def test_a_portfolio_of_groups_and_areas_goes_to_another_in_one_act(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    town = ensure_area(system="test", code="a1", name="Lomé", level=1, country="tg")
    part = ensure_area(system="test", code="a2", name="Bè", level=2, parent=town)
    in_group = a_household(scoped, people.awa, product, group=group, area=part)
    alone = a_household(scoped, people.awa, product, area=part)
    both = act(scoped, people.coordinator)
    assign_portfolio(**both, animator=people.field_agent, starts_on=YEAR, group=group)
    both = act(scoped, people.coordinator)
    assign_portfolio(**both, animator=people.field_agent, starts_on=YEAR, area=town)
    assert set(households_followed(people.field_agent, scoped, TODAY)) == {in_group, alone}
    with pytest.raises(Refusal, match="REASON_MISSING"):
        transfer_portfolio(
            **act(scoped, people.coordinator), from_animator=people.field_agent,
            to_animator=people.awa, transferred_on=TODAY, reason="",
        )  # fmt: skip
    transfer = transfer_portfolio(
        **act(scoped, people.coordinator), from_animator=people.field_agent,
        to_animator=people.awa, transferred_on=TODAY, reason="Congé de maternité",
    )  # fmt: skip
    assert transfer.assignments_count == 2
    assert portfolio_scope(people.field_agent, scoped, TODAY).is_empty
    assert set(households_followed(people.awa, scoped, TODAY)) == {in_group, alone}
    before = date(2025, 6, 15)
    assert set(households_followed(people.field_agent, scoped, before)) == {in_group, alone}
    assert (
        AuditEvent.objects.filter(kind=AuditKind.CORRECTION, code="PORTFOLIO_TRANSFERRED").count()
        == 1
    )
    assert len(portfolio_of(people.awa, scoped, TODAY)) == 2
    assert people.fanta not in {each.animator for each in portfolio_of(people.awa, scoped, TODAY)}
    with pytest.raises(Refusal, match="ANIMATOR_UNKNOWN"):
        assign_portfolio(
            **act(scoped, people.coordinator), animator=people.fanta,
            starts_on=date(2025, 6, 17), group=group,
        )  # fmt: skip


def test_an_inner_area_of_another_animator_is_his(
    scoped: Mutual, people: People, product: Product
) -> None:
    town = ensure_area(system="test", code="a1", name="Lomé", level=1, country="tg")
    part = ensure_area(system="test", code="a2", name="Bè", level=2, parent=town)
    for animator, area in ((people.field_agent, town), (people.awa, part)):
        assign_portfolio(
            **act(scoped, people.coordinator), animator=animator, starts_on=YEAR, area=area
        )
    assert portfolio_scope(people.field_agent, scoped, TODAY).areas == {town.pk}
    assert portfolio_scope(people.awa, scoped, TODAY).areas == {part.pk}


@pytest.mark.requirement("R016", begun=True)
def test_a_scorecard_is_approved_by_another_and_gives_a_segment(
    scoped: Mutual, people: People, product: Product
) -> None:
    rules = read_scorecard(scorecard_path())
    household = a_household(scoped, people.awa, product)
    worst = {q.code: max(q.answers, key=lambda a: a.points).code for q in rules.card.questions}
    given = {"household": household, "answers": worst, "answered_on": TODAY}
    with pytest.raises(Refusal, match="SCORECARD_NOT_IN_FORCE"):
        record_score(**act(scoped, people.awa), **given)
    version = enter_scorecard(
        **act(scoped, people.coordinator), document=rules.document, effective_from=YEAR,
        source="AG du 3 mai 2024",
    )  # fmt: skip
    with pytest.raises(Refusal, match="FORBIDDEN"):
        approve_scorecard(**act(scoped, people.coordinator), version=version)
    approve_scorecard(**act(scoped, people.director), version=version)
    record_score(**act(scoped, people.awa), **given)
    assert scores_of(household)[0].segment == "C"
    record_score(
        **act(scoped, people.awa), household=household, answered_on=TODAY,
        answers={q.code: q.answers[0].code for q in rules.card.questions},
    )  # fmt: skip
    assert scores_of(household)[0].segment == "A"
    assert household.scores.count() == 2


def test_reasons_are_counted_by_place_group_segment_and_month(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    region = ensure_area(system="test", code="a0", name="Maritime", level=1, country="tg")
    village = ensure_area(
        system="test", code="a1", name="Kpogan", level=2, parent=region, country="tg"
    )
    for reason in (ObstacleReason.PRICE, ObstacleReason.PRICE, ObstacleReason.TRUST):
        record_obstacle(
            **act(scoped, people.field_agent), kind=ObstacleKind.JOINING, reason=reason,
            told_on=date(2025, 5, 3), area=village,
        )  # fmt: skip
    household = a_household(scoped, people.awa, product, group=group, area=village)
    end_membership(
        **act(scoped, people.awa), membership=household.memberships.get(), ended_on=TODAY,
        reason=EndReason.PRICE,
    )  # fmt: skip
    by_area = obstacle_table(scoped, YEAR, date(2026, 1, 1), "area")
    assert by_area.reasons == ("price", "trust")
    told = {"price": 3, "trust": 1}
    assert by_area.rows == ((str(region.pk), told, 4),)  # added up along the territory
    inside = obstacle_table(scoped, YEAR, date(2026, 1, 1), "area", within=region)
    assert inside.rows == ((str(village.pk), told, 4),)
    itself = obstacle_table(scoped, YEAR, date(2026, 1, 1), "area", within=village)
    assert itself.rows == ((str(village.pk), told, 4),)
    by_month = obstacle_table(scoped, YEAR, date(2026, 1, 1), "month")
    assert [(key, total) for key, _, total in by_month.rows] == [
        ("2025-05-01", 3), ("2025-06-01", 1),
    ]  # fmt: skip
    assert obstacle_table(scoped, YEAR, date(2026, 1, 1), "kind").total == 4
    assert {key for key, *_ in obstacle_table(scoped, YEAR, TODAY, "group").rows} == {""}
    assert obstacle_table(scoped, YEAR, date(2026, 1, 1), "segment").rows[0][0] == ""
    with pytest.raises(Refusal, match="OBSTACLE_OF_EXIT"):
        record_obstacle(
            **act(scoped, people.awa), kind=ObstacleKind.EXIT, reason=ObstacleReason.PRICE,
            told_on=TODAY,
        )  # fmt: skip


def test_a_family_of_one_in_a_group_of_thirty_declared(
    scoped: Mutual, people: People, product: Product, group: PartnerGroup
) -> None:
    declare_headcount(**act(scoped, people.awa), group=group, persons_count=30, declared_on=YEAR)
    found = enrol_household(
        **act(scoped, people.awa, date(2025, 2, 3)), product=product, enrolled_on=date(2025, 2, 3),
        persons=(replace(MEMBER),), group=group,
    )  # fmt: skip
    assert found.group == group
