"""One claim through every pair of doors that decide it again, in every order; and many at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entraide.apps.access.triggers import guard_of, put_guards, take_guards_away
from entraide.apps.claims.again_models import DecidedAgain, WhyAgain
from entraide.apps.claims.approval import approve_claim
from entraide.apps.claims.committee import close_committee, decide_in_committee, open_committee
from entraide.apps.claims.committee_models import CommitteeSession
from entraide.apps.claims.convention_again import decide_under_convention
from entraide.apps.claims.deciding_again import decide_claim_again
from entraide.apps.claims.exceptions import above_ceilings_minor, ask_exception
from entraide.apps.claims.models import Claim, ClaimState, Decision, UseCounter
from entraide.apps.claims.recoding import recode_line
from entraide.apps.claims.reopening import reopen_in_committee
from entraide.apps.claims.replay import check_replay
from entraide.apps.claims.review import LineReview, readmit_claim, review_claim
from entraide.apps.claims.selectors import decision_in_force
from entraide.apps.claims.services import replay_decision
from entraide.apps.enrolment.exits import end_person, withdraw_exit
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.services import ensure_provider, make_agreement
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.errors import Refusal
from entraide.core.product import Sector
from tests.builders import (
    OPENED_ON,
    a_care_item,
    a_claim,
    a_household,
    a_key,
    a_payment,
    a_provider,
)
from tests.people import People

pytestmark = pytest.mark.django_db

CARE_ON, ON = date(2025, 6, 2), date(2025, 6, 16)
CEILING = 20_000  # of a person's consultations in a year, under « essentielle »
PAPER = {"attestation_number": "AT-7"}


@dataclass
class World:
    """A family, a provider that gets its convention late, and the claim that all is about."""

    mutual: Mutual
    people: People
    persons: list[Person]
    known: Provider
    late: Provider
    claim: Claim = field(init=False)
    kept: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, mutual: Mutual, people: People, product: Product) -> World:
        prices = {"consultation-1": 4000, "consultation-2": 4000}
        known = Provider.objects.filter(code="csps-1").first() or a_provider(
            mutual, people.moussa, prices=prices
        )
        late = ensure_provider(system="test", code="tard", name="Tard", sector=Sector.PUBLIC)
        return cls(mutual, people, a_family(mutual, people, product), known, late)

    def done(self, act: Callable[..., Any], actor: Any = None, **said: Any) -> Any:
        by = actor or self.people.medical_adviser
        return act(mutual=self.mutual, actor=by, on=ON, idempotency_key=a_key(), **said)

    def entered(self, person: int, provider: Provider | None = None, **more: Any) -> Claim:
        said = {"care_on": CARE_ON, "on": ON, **more}
        return a_claim(self.persons[person], provider or self.known, self.people.awa, **said)

    def sitting(self) -> CommitteeSession:
        return self.done(
            open_committee, self.people.coordinator, held_on=ON, members=("Ayélé", "Kossi")
        )

    def decided_in(self, session: CommitteeSession) -> None:
        self.done(
            decide_in_committee, self.people.coordinator, session=session, claim=self.claim,
            reason="vu en séance",
        )  # fmt: skip
        self.done(close_committee, self.people.coordinator, session=session)

    def settled(self) -> None:
        """A claim that a reopening left to its session is decided there."""
        self.claim.refresh_from_db()
        if "COMMITTEE_REOPENED" in self.claim.review_codes and self.waits:
            self.decided_in(self.claim.reopenings.latest("pk").session)
            self.claim.refresh_from_db()

    @property
    def waits(self) -> bool:
        return self.claim.state == ClaimState.IN_REVIEW

    def approved(self) -> None:
        if self.claim.state == ClaimState.DECIDED:
            self.done(approve_claim, self.people.director, claim=self.claim)
            self.claim.refresh_from_db()

    def is_true(self) -> None:
        """Every decision adds up, stands as it was made and is made again from its own facts; what
        is used is what stands; the books agree."""
        self.claim.refresh_from_db()
        for row in Decision.objects.filter(claim=self.claim):
            assert self.kept.setdefault(row.number, (row.context, row.outcome)) == (
                row.context, row.outcome,
            )  # fmt: skip
        for decision in Decision.objects.filter(mutual=self.mutual):
            told = CoreDecision.from_json(decision.outcome)
            assert told.claimed_minor == told.payable_minor + told.reduced_minor
            assert decision.claimed_minor == told.claimed_minor
            door = getattr(decision, "again", None)
            if decision.number == 1 or (door and door.why != WhyAgain.EXCEPTION):
                again = replay_decision(decision)
                assert again.payable_minor == told.payable_minor
                assert again.reduced_minor_by_code() == told.reduced_minor_by_code()
        assert_used_once(self.persons)
        assert verify(self.mutual).findings == ()


def a_family(mutual: Mutual, people: People, product: Product) -> list[Person]:
    household = a_household(mutual, people.awa, product)
    a_payment(household, people.awa, sum(due.amount_minor for due in household.dues.all()))
    return list(household.persons.order_by("number"))


def assert_used_once(persons: list[Person]) -> None:
    """Of each person the counter is the sum of the decisions that stand, and no more than the
    ceiling and what persons granted in spite of it."""
    for person in persons:
        claims = Claim.objects.filter(person=person).exclude(state=ClaimState.REVERSED)
        standing = [CoreDecision.from_json(decision_in_force(each).outcome) for each in claims]
        used = UseCounter.objects.filter(person=person, category_code="consultation").first()
        used_minor = used.amount_minor if used is not None else 0
        assert used_minor == sum(each.payable_minor for each in standing)
        granted = sum(
            remark.data["granted_minor"]
            for each in standing
            for line in each.lines
            for remark in line.remarks
            if remark.code == "CEILING_EXCEPTION"
        )
        assert used_minor <= CEILING + granted


def _recode(world: World) -> None:
    act = world.claim.lines.get().act.code
    other = "consultation-1" if act == "consultation-2" else "consultation-2"
    world.done(
        recode_line, claim=world.claim, position=1, reason_code="entry_error",
        reason="Le papier dit autre chose.", item=a_care_item(other),
    )  # fmt: skip


def _readmit(world: World) -> None:
    world.done(readmit_claim, claim=world.claim, reason="Deux papiers, un numéro mal imprimé.")


def _hold(world: World) -> None:
    """The child is said to have left before the care, or never to have gone after all."""
    world.settled()
    world.approved()
    child = world.persons[2]
    child.refresh_from_db()
    if child.exited_on is None:
        world.done(end_person, world.people.awa, person=child, exited_on=world.claim.care_on)
    else:
        _come_back(world)
    world.done(decide_claim_again, claim=world.claim, reason="su depuis")


def _come_back(world: World) -> None:
    world.persons[2].refresh_from_db()
    if world.persons[2].exited_on is not None:
        world.done(
            withdraw_exit, world.people.coordinator, person=world.persons[2], reason="erreur"
        )


def _except(world: World) -> None:
    world.settled()
    world.done(ask_exception, world.people.awa, claim=world.claim, reason="fièvre de l’enfant")
    world.claim.refresh_from_db()
    assert world.waits
    more = above_ceilings_minor(CoreDecision.from_json(decision_in_force(world.claim).outcome))
    change = LineReview("1", "enfant de deux ans", more_minor=max(1, more - 100))
    world.done(review_claim, claim=world.claim, changes=(change,))


def _sign(world: World) -> None:
    tariffs = world.known.agreements.get().tariff_list
    running = Agreement.objects.filter(provider=world.claim.provider).first() or world.done(
        make_agreement, world.people.moussa, provider=world.late, tariff_list=tariffs,
        effective_from=OPENED_ON,
    )  # fmt: skip
    world.done(decide_under_convention, claim=world.claim, agreement=running)


def _reopen(world: World) -> None:
    world.settled()
    world.decided_in(world.sitting())
    world.claim.refresh_from_db()
    world.approved()
    world.done(
        reopen_in_committee, world.people.coordinator, session=world.sitting(), claim=world.claim,
        reason="une pièce est venue",
    )  # fmt: skip
    world.claim.refresh_from_db()
    assert world.waits


DOORS: dict[WhyAgain, Callable[[World], None]] = {
    WhyAgain.RECODED: _recode,
    WhyAgain.READMITTED: _readmit,
    WhyAgain.RIGHTS: _hold,
    WhyAgain.EXCEPTION: _except,
    WhyAgain.CONVENTION: _sign,
    WhyAgain.REOPENED: _reopen,
}
# What a door asks of itself, and no claim that comes through the first can answer.
OWN_QUESTION = {
    (WhyAgain.RIGHTS, WhyAgain.EXCEPTION): "EXCEPTION_NO_CEILING",  # refused, no ceiling took
    (WhyAgain.EXCEPTION, WhyAgain.EXCEPTION): "EXCEPTION_ASKED_ALREADY",  # one request, one answer
    (WhyAgain.EXCEPTION, WhyAgain.READMITTED): "REVIEW_NOTHING_REPEATED",
    # A claim without a convention is refused: nobody is paid too much, no ceiling takes anything.
    (WhyAgain.RIGHTS, WhyAgain.CONVENTION): "CLAIM_NOT_FOR_CONVENTION",
    (WhyAgain.EXCEPTION, WhyAgain.CONVENTION): "CLAIM_NOT_FOR_CONVENTION",
    (WhyAgain.CONVENTION, WhyAgain.CONVENTION): "CLAIM_NOT_FOR_CONVENTION",
}


@pytest.fixture
def world(scoped: Mutual, people: People, product: Product) -> World:
    """A child of whom 18 000 of 20 000 are used: a consultation of 3 000 is paid 2 000."""
    made = World.of(scoped, people, product)
    for day in range(1, 7):
        made.entered(2, care_on=date(2025, 5, day))
    return made


@pytest.mark.parametrize("second", DOORS, ids=lambda door: f"then_{door.value}")
@pytest.mark.parametrize("first", DOORS, ids=lambda door: door.value)
def test_any_door_is_open_after_any_other(world: World, first: WhyAgain, second: WhyAgain) -> None:
    doors, own = (first, second), OWN_QUESTION.get((first, second))
    if first == WhyAgain.READMITTED:  # its attestation was used by another claim before it
        world.entered(1, **PAPER)
    is_without = WhyAgain.CONVENTION in doors and own != "CLAIM_NOT_FOR_CONVENTION"
    is_without = is_without or first == WhyAgain.CONVENTION
    provider = world.late if is_without else world.known
    world.claim = world.entered(2, provider, **PAPER)
    if WhyAgain.READMITTED in doors[1:]:  # and by one that a person had paid since
        since = world.entered(0, **PAPER)
        world.done(readmit_claim, claim=since, reason="numéro mal imprimé")
    world.is_true()

    DOORS[first](world)
    world.is_true()
    if first == WhyAgain.RIGHTS:
        assert world.claim.payable_minor == 0
        if second != WhyAgain.RIGHTS:
            _come_back(world)
    if own is not None:
        with pytest.raises(Refusal, match=own):
            DOORS[second](world)
        return
    DOORS[second](world)
    world.is_true()

    rows = DecidedAgain.objects.filter(claim=world.claim).order_by("pk")
    assert [row.why for row in rows] == [*doors]
    for row in rows:
        assert row.previous.number + 1 == row.decision.number
        assert row.decision.reason
    world.settled()
    if world.waits:
        world.done(review_claim, claim=world.claim, reason="vu")
        world.claim.refresh_from_db()
    world.approved()
    world.is_true()


def test_what_was_decided_again_stays_and_who_approved_does_not_take_it_up(world: World) -> None:
    world.claim = world.entered(2)
    world.approved()
    world.done(end_person, world.people.awa, person=world.persons[2], exited_on=CARE_ON)
    Claim.objects.filter(pk=world.claim.pk).update(approved_by=world.people.medical_adviser)
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        world.done(decide_claim_again, claim=world.claim, reason="su depuis")
    Claim.objects.filter(pk=world.claim.pk).update(approved_by=world.people.director)
    world.done(decide_claim_again, claim=world.claim, reason="su depuis")
    row = DecidedAgain.objects.get(claim=world.claim)
    assert (row.approved_by, row.entry is not None) == (world.people.director, True)
    for statement in (
        "UPDATE claims_decidedagain SET why = 'recoded'",
        "DELETE FROM claims_decidedagain",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_rights_that_come_back_do_not_lose_what_a_person_took_away(world: World) -> None:
    world.claim = world.entered(2)
    change = LineReview("1", "tarif de nuit non justifié", less_minor=500)
    world.done(review_claim, claim=world.claim, changes=(change,))
    world.claim.refresh_from_db()
    _hold(world)
    world.claim.refresh_from_db()
    assert (world.claim.state, world.claim.payable_minor) == (ClaimState.REFUSED, 0)
    _hold(world)
    for door in (None, _recode):
        if door is not None:
            door(world)
        world.is_true()
        assert (world.claim.payable_minor, world.waits) == (2_000, True)
        assert world.claim.review_codes == ["OPINION_BEFORE"]
    world.done(review_claim, claim=world.claim, changes=(change,))
    world.is_true()
    assert (world.claim.state, world.claim.payable_minor) == (ClaimState.DECIDED, 1_500)


STEPS = st.lists(
    st.tuples(st.sampled_from(["enter", "recode", "except", "hold", "reopen", "reduce"]),
              st.integers(0, 7)),
    min_size=6, max_size=12,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_claims_under_one_ceiling_never_use_more_whatever_the_doors(
    scoped: Mutual, people: People, product: Product, steps: list[tuple[str, int]]
) -> None:
    """Seven consultations of a child under its ceiling, decided again in any order."""
    world = World.of(scoped, people, product)
    claims = [world.entered(2, care_on=date(2025, 5, day)) for day in range(1, 8)]
    doors = {"recode": _recode, "except": _except, "hold": _hold, "reopen": _reopen}
    for step, (name, which) in enumerate(steps):
        if name == "enter":
            claims.append(world.entered(2, care_on=date(2025, 5, 10 + step)))
        else:
            world.claim = claims[which % len(claims)]
            world.claim.refresh_from_db()
            with transaction.atomic():
                try:
                    if name == "reduce":
                        change = LineReview("1", "un peu moins", less_minor=500)
                        world.done(review_claim, claim=world.claim, changes=(change,))
                    else:
                        doors[name](world)
                except Refusal:  # a door's own question: nothing is half written
                    transaction.set_rollback(True)
        assert_used_once(world.persons)
    assert verify(scoped).findings == ()


def test_a_decision_made_again_that_its_rules_do_not_give_is_named(world: World) -> None:
    world.entered(1, **PAPER)
    world.claim = world.entered(2, **PAPER)
    _readmit(world)
    world.is_true()
    row = DecidedAgain.objects.get(claim=world.claim).decision
    take_guards_away(connection, [guard_of("claims_decision")])
    Decision.objects.filter(pk=row.pk).update(
        context={**row.context, "cover": {**row.context["cover"], "is_covered": False}}
    )
    found = [(each.code, each.place) for each in check_replay(world.mutual)]
    assert found == [("DECISION_NOT_REPLAYED", world.claim.document_number)]
    put_guards(connection, [guard_of("claims_decision")])
