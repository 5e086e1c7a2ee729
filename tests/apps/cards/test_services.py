"""Cards are printed, replaced, lost and cancelled; each act stays written."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from entraide.apps.access.models import User
from entraide.apps.cards.faces import faces_of
from entraide.apps.cards.keys import current_key, keys_of, public_keys_of, renew_card_key, signer_of
from entraide.apps.cards.models import Card, CardEvent, CardKey, CardPrint
from entraide.apps.cards.selectors import (
    bearers,
    card_by_number,
    cards_list,
    cards_of,
    cards_of_print,
    check_code,
    events_of,
    usable_cards_of_print,
    wanted_cards,
)
from entraide.apps.cards.services import (
    CardLayout,
    cancel_card,
    declare_card_lost,
    hand_over_cards,
    print_cards,
)
from entraide.apps.contributions.person_corrections import correct_person
from entraide.apps.contributions.services import add_dependant
from entraide.apps.enrolment.corrections import PersonFile
from entraide.apps.enrolment.exits import end_person
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household, Person, PhotoKind
from entraide.apps.enrolment.photos import keep_photo, prepared_photo
from entraide.apps.reporting.number_checks import check_numbers
from entraide.apps.schemes.choices import CARD_UNIT
from entraide.apps.schemes.choosing import change_choice
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.cards import CardPayload, CardState, Proof, Wanted, signed_text
from entraide.core.errors import Refusal
from entraide.documents.card_papers import leaflet_pdf
from entraide.documents.card_pdf import cards_pdf
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key
from tests.documents.printed import printed_papers
from tests.people import People

ON = date(2025, 6, 16)


@pytest.fixture
def household(scoped: Mutual, people: People, product: Product) -> Household:
    return a_household(scoped, people.awa, product)


@pytest.mark.requirement("R007", begun=True)
def test_each_of_several_wives_has_her_card_with_her_children(
    scoped: Mutual, people: People, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer = replace(SPOUSE, relation="member")
    wives = [replace(MEMBER, relation="spouse", given_name=name) for name in ("Akua", "Ama")]
    children = [
        replace(CHILD, given_name=f"De {rank}", mother_rank=rank, birth_on=date(2016, rank, 3))
        for rank in (2, 2, 3)
    ]
    a_household(scoped, people.awa, product, persons=(payer, *wives, *children))
    asked = list(bearers(scoped, ON).order_by("number"))
    assert [person.given_name for person in asked] == ["Koffi", "Akua", "Ama"]
    run = print_cards(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), persons=asked,
        layout=CardLayout.SHEET,
    )  # fmt: skip
    faces = faces_of(scoped, list(cards_of_print(run)), ON)
    named = [[each.number[-1] for each in face.family] for face in faces]
    assert named == [["2", "3"], ["1", "4", "5"], ["1", "6"]]
    assert [face.is_of_wife for face in faces] == [False, True, True]
    # The leaflet of the family names everybody, whoever's card they are on.
    papers = printed_papers(monkeypatch)
    leaflet_pdf(faces[0], mutual_name="M", help_number="1", help_steps=())
    assert [row[-1][-1] for row in papers[-1]["rows"]] == ["1", "2", "3", "4", "5", "6"]
    assert b"%PDF" in cards_pdf(
        faces, mutual_name="M", help_number="1", help_steps=("Un",), layout="sheet"
    )
    one = a_household(scoped, people.awa, product, persons=(payer, wives[0]))
    assert bearers(scoped, ON).filter(household=one).count() == 1


@pytest.mark.requirement("R131", begun=True)
def test_a_key_is_only_ever_given_up(scoped: Mutual, people: People, household: Household) -> None:
    printed(household, people.awa)
    key = CardKey.objects.get()
    for change in ({"public_key": "x"}, {"made_on": ON}, {"reason": "autre"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CardKey.objects.filter(pk=key.pk).update(**change)
    renew_card_key(
        mutual=scoped, actor=people.director, on=ON, idempotency_key=a_key(), reason="Vol",
        revokes_earlier=True,
    )  # fmt: skip
    key.refresh_from_db()
    assert key.revoked_on == ON
    with pytest.raises(DatabaseError), transaction.atomic():
        CardKey.objects.filter(pk=key.pk).update(revoked_on=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        CardKey.objects.filter(pk=key.pk)._raw_delete(using="default")


def member_of(household: Household) -> Person:
    return household.persons.get(is_member=True)


def printed(household: Household, actor: User, *, reason: str = "", on: date = ON) -> CardPrint:
    return print_cards(
        mutual=household.mutual,
        actor=actor,
        on=on,
        idempotency_key=a_key(),
        persons=[member_of(household)],
        layout=CardLayout.SHEET,
        reason=reason,
    )


def reasons_wanted(mutual: Mutual) -> list[tuple[str, str]]:
    return [(each.spoken_name, each.wanted) for each in wanted_cards(mutual, ON)]


def acts(card: Card) -> list[str]:
    return [event.act for event in reversed(events_of(card))]


def code_of(card: Card, **other: str) -> str:
    key = current_key(card.mutual)
    assert key is not None
    payload = CardPayload(
        card.mutual.code,
        card.number,
        card.person.number,
        other.get("name", card.person.full_name),
        card.issued_on,
        key.key_id,
    )
    signed = CardPayload(
        payload.mutual_code,
        payload.card_number,
        payload.person_number,
        card.person.full_name,
        payload.issued_on,
        payload.key_id,
    )
    return signed_text(payload, signer_of(key).sign(signed.text.encode()))


def test_a_family_that_has_none_needs_a_card_until_it_is_printed(
    household: Household, people: People, scoped: Mutual
) -> None:
    assert reasons_wanted(scoped) == [("Éloïse Adjovi", "first")]
    run = printed(household, people.awa)
    assert reasons_wanted(scoped) == []
    (card,) = cards_of_print(run)
    assert card.number == "CARTE-2025-00001"
    assert (card.person, card.issued_on, card.state) == (member_of(household), ON, "printed")
    assert acts(card) == ["issued"]
    assert list(cards_list(scoped, state=CardState.PRINTED, text="adjovi")) == [card]
    assert list(check_numbers(scoped)) == []


@pytest.mark.requirement("R008", begun=True)
def test_what_the_card_shows_changed_so_that_it_is_printed_again(
    household: Household, people: People, scoped: Mutual
) -> None:
    printed(household, people.awa)
    end_person(
        mutual=scoped,
        actor=people.awa,
        on=ON,
        idempotency_key=a_key(),
        person=household.persons.get(relation="spouse"),
        exited_on=ON,
    )
    assert reasons_wanted(scoped) == [("Éloïse Adjovi", "changed")]
    run = printed(household, people.awa)
    assert reasons_wanted(scoped) == []
    new, old = cards_of(household)
    assert (new.replaces, old.state, acts(old)) == (old, "replaced", ["issued", "replaced"])
    assert list(cards_of_print(run)) == [new]


def _another_photo(child: Person, people: People) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "grey").save(picture, "JPEG")
    keep_photo(
        mutual=child.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=child,
        photo=prepared_photo(picture.getvalue(), PhotoKind.PERSON),
    )  # fmt: skip


def _a_newborn(child: Person, people: People) -> None:
    add_dependant(
        mutual=child.mutual, actor=people.awa, on=ON, idempotency_key=a_key(),
        membership=child.household.memberships.get(), entered_on=ON,
        entry=replace(CHILD, given_name="Kokou", sex="M", birth_on=date(2025, 6, 1)),
    )  # fmt: skip


def _ended(**how: date) -> Callable[[Person, People], None]:
    def end(child: Person, people: People) -> None:
        end_person(
            mutual=child.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=child,
            **how,
        )  # fmt: skip

    return end


def _put_right(**facts: object) -> Callable[[Person, People], None]:
    def correct(child: Person, people: People) -> None:
        correct_person(
            mutual=child.mutual, actor=people.awa, on=ON, idempotency_key=a_key(), person=child,
            file=replace(PersonFile.of(child), **facts), mother=child.mother, reason="Acte",
        )  # fmt: skip

    return correct


@pytest.mark.requirement("R008")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_put_right(relation="other"), "relation"),
        (_put_right(sex="M"), "sex"),
        (_put_right(birth_on=date(2016, 9, 4)), "birth_on"),
        (_put_right(name="Adjovi-Kpodo"), "name"),
        (_another_photo, "photo"),
        (_a_newborn, "entered"),
        (_ended(exited_on=ON), "exited_on"),
        (_ended(died_on=ON), "died_on"),
    ],
)
def test_any_change_of_a_dependant_is_written_and_asks_for_a_new_card(
    household: Household, people: People, scoped: Mutual, change: Callable[[Person, People], None],
    field: str,
) -> None:  # fmt: skip
    printed(household, people.awa)
    child = household.persons.get(relation="child")
    (shown,) = [each for each in faces_of(scoped, cards_of(household), ON)[0].family
                if each.number == child.number]  # fmt: skip
    assert (shown.name, shown.relation, shown.sex, shown.birth_on.year) == (
        child.full_name, "child", "F", 2016,
    )  # fmt: skip
    assert (child.entered_on, child.exited_on) == (date(2025, 1, 10), None)
    assert reasons_wanted(scoped) == []
    change(child, people)
    assert field in set(changes_of(household).values_list("field", flat=True))
    assert reasons_wanted(scoped) == [("Éloïse Adjovi", Wanted.CHANGED)]


def test_the_same_card_once_more_needs_a_reason_and_is_counted(
    household: Household, people: People, scoped: Mutual
) -> None:
    printed(household, people.awa)
    with pytest.raises(Refusal, match="CARD_REASON_MISSING"):
        printed(household, people.awa)
    run = printed(household, people.awa, reason="feuille coincée")
    (card,) = cards_of(household)
    assert (card.prints_count, acts(card)) == (2, ["issued", "reprinted"])
    assert list(cards_of_print(run)) == [card]
    assert events_of(card)[0].reason == "feuille coincée"


def test_a_lost_card_is_worth_nothing_and_another_one_takes_its_place(
    household: Household, people: People, scoped: Mutual
) -> None:
    printed(household, people.awa)
    (card,) = cards_of(household)
    with pytest.raises(Refusal, match="CARD_REASON_MISSING"):
        _lose(card, people.awa, reason=" ")
    with pytest.raises(Refusal, match="DATE_IN_FUTURE"):
        _lose(card, people.awa, lost_on=date(2025, 6, 17))
    lost = _lose(card, people.awa)
    assert (lost.state, acts(lost)) == ("lost", ["issued", "lost"])
    with pytest.raises(Refusal, match="CARD_NOT_IN_USE"):
        _lose(card, people.awa)
    assert reasons_wanted(scoped) == [("Éloïse Adjovi", "after_loss")]
    printed(household, people.awa)
    assert [each.state for each in cards_of(household)] == ["printed", "lost"]
    assert cards_of(household)[0].replaces == lost
    assert card_by_number(scoped, "carte-2025-00001") == lost
    assert card_by_number(scoped, member_of(household).number) == cards_of(household)[0]


def _lose(card: Card, actor: User, *, reason: str = "volée au marché", lost_on: date = ON) -> Card:
    return declare_card_lost(
        mutual=card.mutual,
        actor=actor,
        on=ON,
        idempotency_key=a_key(),
        card=card,
        reason=reason,
        lost_on=lost_on,
    )


def test_a_card_is_cancelled_and_handed_over(
    household: Household, people: People, scoped: Mutual
) -> None:
    printed(household, people.awa)
    (card,) = cards_of(household)
    common = {"mutual": scoped, "actor": people.awa, "on": ON}
    for _ in range(2):  # twice: the second changes nothing
        hand_over_cards(
            **common,
            idempotency_key=a_key(),
            cards=[card],
            handed_over_on=ON,
            receiver="Koffi, le mari",
        )
    cancelled = cancel_card(
        **common,
        idempotency_key=a_key(),
        card=card,
        reason="nom mal écrit",
        cancelled_on=ON,
    )
    assert (cancelled.handed_over_on, cancelled.state) == (ON, "cancelled")
    assert acts(cancelled) == ["issued", "handed_over", "cancelled"]
    assert reasons_wanted(scoped) == [("Éloïse Adjovi", "after_cancellation")]


def test_one_card_per_person_where_the_mutual_says_so(
    household: Household, people: People, scoped: Mutual
) -> None:
    change_choice(
        mutual=scoped,
        actor=people.coordinator,
        on=ON,
        idempotency_key=a_key(),
        name=CARD_UNIT.name,
        value="person",
        source="Conseil",
    )
    assert [why for _name, why in reasons_wanted(scoped)] == ["first"] * 3
    everyone = list(bearers(scoped, ON))
    print_cards(
        mutual=scoped,
        actor=people.awa,
        on=ON,
        idempotency_key=a_key(),
        persons=everyone,
        layout=CardLayout.SINGLE,
    )
    child = household.persons.get(relation="child")
    end_person(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), person=child, exited_on=ON
    )
    # The member's card names the child who left; the spouse's does not.
    assert reasons_wanted(scoped) == [("Éloïse Adjovi", "changed")]
    assert list(wanted_cards(scoped, ON, why=Wanted.FIRST)) == []


def test_who_bears_no_card_gets_none(household: Household, people: People, scoped: Mutual) -> None:
    spouse = household.persons.get(relation="spouse")
    common = {"mutual": scoped, "actor": people.awa, "on": ON, "layout": CardLayout.SHEET}
    with pytest.raises(Refusal, match="CARD_BEARER_GONE"):
        print_cards(**common, idempotency_key=a_key(), persons=[spouse])
    with pytest.raises(Refusal, match="CARDS_NONE"):
        print_cards(**common, idempotency_key=a_key(), persons=[])
    assert not CardPrint.objects.exists()
    assert list(wanted_cards(scoped, date(2027, 1, 1))) == []  # the cover is over


@pytest.mark.parametrize("person", ["moussa", "cashier", "auditor", "fanta"])
def test_only_who_may_prints(household: Household, people: People, person: str) -> None:
    with pytest.raises(Refusal, match="FORBIDDEN"):
        printed(household, getattr(people, person))


def test_events_stay(household: Household, people: People) -> None:
    printed(household, people.awa)
    for act in (CardEvent.objects.all().delete, lambda: CardEvent.objects.update(reason="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_code_is_proved_by_the_public_key(
    household: Household, people: People, scoped: Mutual
) -> None:
    printed(household, people.awa)
    (card,) = cards_of(household)
    checked = check_code(scoped, code_of(card))
    assert (checked.proof, checked.card, checked.is_of_this_mutual) == (Proof.GENUINE, card, True)
    assert check_code(scoped, code_of(card, name="AUTRE Nom")).proof is Proof.FORGED
    (key,) = keys_of(scoped)
    assert key.public_key not in key.private_sealed
    assert len(public_keys_of(scoped)) == 1


def test_another_mutual_proves_our_card_and_sees_nothing_of_it(
    household: Household, people: People, scoped: Mutual, other_mutual: Mutual
) -> None:
    printed(household, people.awa)
    code = code_of(cards_of(household)[0])
    checked = check_code(other_mutual, code)
    assert (checked.proof, checked.card, checked.is_of_this_mutual) == (Proof.GENUINE, None, False)


def test_a_new_key_signs_and_the_earlier_one_proves_until_it_is_given_up(
    household: Household, people: People, scoped: Mutual
) -> None:
    printed(household, people.awa)
    code = code_of(cards_of(household)[0])
    common = {"mutual": scoped, "actor": people.director, "on": ON}
    second = renew_card_key(**common, idempotency_key=a_key(), reason="changement annuel")
    assert (second.key_id, current_key(scoped)) == ("k2", second)
    assert check_code(scoped, code).proof is Proof.GENUINE
    renew_card_key(
        **common, idempotency_key=a_key(), reason="ordinateur volé", revokes_earlier=True
    )
    assert check_code(scoped, code).proof is Proof.KEY_REVOKED
    with pytest.raises(Refusal, match="CARD_KEY_REASON_MISSING"):
        renew_card_key(**common, idempotency_key=a_key(), reason="")
    with pytest.raises(Refusal, match="FORBIDDEN"):
        renew_card_key(
            **(common | {"actor": people.awa}), idempotency_key=a_key(), reason="pour voir"
        )


def test_a_key_sealed_elsewhere_is_told(
    household: Household, people: People, scoped: Mutual, settings: object
) -> None:
    printed(household, people.awa)
    settings.SECRET_KEY = "another-key-of-another-installation"  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="CARD_KEY_UNREADABLE"):
        signer_of(CardKey.objects.get())


def test_a_thousand_families_cost_as_many_queries_as_one(
    scoped: Mutual, people: People, product: Product, django_assert_max_num_queries: object
) -> None:
    families = [a_household(scoped, people.awa, product) for _ in range(6)]
    for few in (families[:1], families[1:]):
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            print_cards(
                mutual=scoped,
                actor=people.awa,
                on=ON,
                idempotency_key=a_key(),
                persons=[member_of(each) for each in few],
                layout=CardLayout.SHEET,
            )


def test_a_lost_card_is_not_put_on_paper_again_with_a_new_signature(
    scoped: Mutual, people: People, household: Household
) -> None:
    run = printed(household, people.awa)
    (card,) = cards_of_print(run)
    declare_card_lost(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(), card=card,
        reason="Volée", lost_on=ON,
    )  # fmt: skip
    assert not usable_cards_of_print(run).exists()


def test_nothing_happens_to_a_card_before_it_is_made(
    scoped: Mutual, people: People, household: Household
) -> None:
    (card,) = cards_of_print(printed(household, people.awa))
    act = {"mutual": scoped, "actor": people.awa, "on": ON}
    earlier = date(2025, 6, 15)
    with pytest.raises(Refusal, match="CARD_NOT_MADE_YET"):
        hand_over_cards(**act, idempotency_key=a_key(), cards=[card], handed_over_on=earlier)
    with pytest.raises(Refusal, match="CARD_NOT_MADE_YET"):
        declare_card_lost(
            **act, idempotency_key=a_key(), card=card, reason="Perdue", lost_on=earlier
        )


def test_a_bearer_named_twice_has_one_card_whatever_their_old_number_holds(
    scoped: Mutual, people: People, household: Household
) -> None:
    member = member_of(household)
    Person.objects.filter(pk=member.pk).update(number="A|12")
    member.refresh_from_db()
    run = print_cards(
        mutual=scoped, actor=people.awa, on=ON, idempotency_key=a_key(),
        persons=[member, member], layout=CardLayout.SHEET,
    )  # fmt: skip
    assert run.cards_count == 1
    (face,) = faces_of(scoped, list(cards_of_print(run)), ON)
    assert check_code(scoped, face.code).proof is Proof.GENUINE
