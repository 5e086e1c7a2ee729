"""Medical control in one mutual: sessions, register, a campaign signed and another one open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

from django_scopes import scope

from entraide.apps.care_control.campaigns import (
    open_campaign,
    record_finding,
    record_reply,
    sign_campaign,
)
from entraide.apps.care_control.drawing import claims_to_control
from entraide.apps.care_control.models import ControlCampaign, SampledClaim
from entraide.apps.care_control.register import record_entry
from entraide.apps.care_control.sessions import (
    book_slot,
    close_session,
    plan_session,
    record_call,
)
from entraide.apps.claims.agreement_calls import Caller, read_back_number
from entraide.apps.claims.foreseeing import CareAsked, faults_of_promise
from entraide.apps.claims.pre_authorisations import (
    ask_pre_authorisation,
    decide_pre_authorisation,
)
from entraide.apps.enrolment.models import Person
from entraide.core.control.reasons import CHECKLIST
from entraide.core.periods import add_months, month_start
from entraide.demo.foundation import World

SESSIONS = 4  # in person, a week apart, the last one a week before the last day
SESSION_COST_MINOR = 20_000
CALLER = Caller("Voahirana Rakoto", "sage-femme", time(10, 12))
PRIOR_ITEM, PRIOR_DAYS = "ECHO", 60  # an act of the category asked for; for how long
FAULT_EVERY, LOOKED_AT_OF_FIVE = 9, 3

# Question, result, reason, what was asked and answered.
SAID: tuple[tuple[str, str, str, str, str], ...] = (
    ("prior_agreement", "agreed", "justified", "Échographie du deuxième trimestre", "D’accord."),
    ("prior_agreement", "refused", "not_justified", "Scanner pour mal de tête ancien",
     "Consultation d’abord au centre de santé."),
    ("exception", "cut", "too_long", "Trois mois de traitement en une fois", "Un mois accordé."),
    ("advice", "advised", "advice_only", "Tension suivie à domicile", "Contrôle dans un mois."),
    ("claim", "waiting", "missing_paper", "Ordonnance perdue", "À apporter avec une copie."),
)  # fmt: skip


def control_care(world: World, until: date) -> None:
    """Everything before ``until``, by the services themselves."""

    def do(service: Callable[..., Any], key: str, by: str, on: date, **content: Any) -> Any:
        return service(
            mutual=world.mutual, actor=world.people[by], on=on,
            idempotency_key=f"demo-control-{key}", **content,
        )  # fmt: skip

    with scope(mutual=world.mutual):
        _sessions(do, world, until - timedelta(days=1))
        month = month_start(until - timedelta(days=1))  # of the last day lived: not over yet
        for key, back, is_whole in (("before", 2, True), ("last", 1, False)):
            _campaign(do, world, key, add_months(month, -back), until, is_whole=is_whole)


def _sessions(do: Callable[..., Any], world: World, today: date) -> None:
    doctor = world.people["medical_adviser"]
    persons = list(islice(_whose_care_is_paid(world, today), 2 * SESSIONS))
    for number in range(SESSIONS):
        held_on = today - timedelta(days=7 * (SESSIONS - number))
        session = do(
            plan_session, f"session-{number}", "coordinator", held_on, doctor=doctor,
            mode="in_person", held_on=held_on, starts_at=time(9), place="Siège",
            slots_count=8, slot_minutes=15,
        )  # fmt: skip
        for rank, person in enumerate(persons[number : number + 2]):
            kind, result, reason, asked, told = SAID[(number + rank) % len(SAID)]
            if kind == "prior_agreement":
                _authorise(do, world, f"{number}-{rank}", held_on, person, (result, asked, told))
            follow_up_on = held_on + timedelta(days=30) if kind == "advice" else None
            do(
                record_entry, f"entry-{number}-{rank}", "medical_adviser", held_on,
                person=person, session=session, handled_on=held_on, mode="in_person", kind=kind,
                result=result, reason_code=reason, question=asked, answer=told,
                follow_up_on=follow_up_on,
            )  # fmt: skip
        do(
            close_session, f"held-{number}", "coordinator", held_on, session=session,
            cost_minor=SESSION_COST_MINOR,
        )  # fmt: skip
    coming = today + timedelta(days=3)
    session = do(
        plan_session, "session-calls", "coordinator", today, doctor=doctor, mode="telephone",
        held_on=coming, starts_at=time(14), slots_count=6, slot_minutes=10,
    )  # fmt: skip
    for rank, person in enumerate(persons[:2], start=1):
        do(book_slot, f"slot-{rank}", "coordinator", today, session=session, rank=rank,
           person=person)  # fmt: skip
        do(record_call, f"call-{rank}", "coordinator", today, person=person, called_on=today,
           outcome="call_back" if rank == 1 else "handled", minutes=3)  # fmt: skip


def _whose_care_is_paid(world: World, today: date) -> Iterator[Person]:
    """Persons for whom the rules pay what the register speaks of, on every day of an agreement."""
    category = world.items[PRIOR_ITEM].category
    begins = today - timedelta(days=7 * SESSIONS)
    ends = today + timedelta(days=PRIOR_DAYS)
    present = Person.objects.filter(mutual=world.mutual, exited_on=None).select_related("mutual")
    for person in present.order_by("pk"):
        if not faults_of_promise(CareAsked(person, category), begins, ends, None, today):
            yield person


def _authorise(
    do: Callable[..., Any],
    world: World,
    key: str,
    on: date,
    person: Person,
    said: tuple[str, str, str],
) -> None:
    """The prior agreement that a line of the register speaks of: asked by telephone for a provider
    without network, the number read back, answered."""
    result, asked, told = said
    item = world.items[PRIOR_ITEM]
    authorisation = do(
        ask_pre_authorisation, f"ask-{key}", "clerk", on, person=person, category=item.category,
        effective_from=on, effective_until=on + timedelta(days=PRIOR_DAYS), reason=asked,
        by_telephone=True, caller=CALLER,
    )  # fmt: skip
    with scope(mutual=world.mutual):
        call = authorisation.calls.get()
    do(
        read_back_number, f"read-back-{key}", "clerk", on, call=call,
        number=authorisation.document_number, read_at=time(10, 21),
    )  # fmt: skip
    do(
        decide_pre_authorisation, f"authorise-{key}", "medical_adviser", on,
        authorisation=authorisation, is_given=result == "agreed", reason=f"{asked}. {told}",
    )  # fmt: skip


def _campaign(
    do: Callable[..., Any], world: World, key: str, start: date, until: date, *, is_whole: bool
) -> None:
    """The claims of a month: all looked at, answered and signed; or only the first of them."""
    end, today = add_months(start, 1), until - timedelta(days=1)
    on = min(today, end + timedelta(days=10))
    # The months are lived already: what came after that day was not there to be looked at.
    if not claims_to_control(world.mutual, start, end).filter(received_on__lte=on).exists():
        return
    campaign: ControlCampaign = do(
        open_campaign, f"open-{key}", "medical_adviser", on,
        period_from=start, period_until=end, seed=f"{world.mutual.code} {start:%Y-%m}",
    )  # fmt: skip
    for place, sampled in enumerate(campaign.sample.select_related("claim", "campaign")):
        if is_whole or place % 5 < LOOKED_AT_OF_FIVE:
            _look_at(do, key, on, place, sampled)
    if is_whole:
        do(sign_campaign, f"sign-{key}", "coordinator", on, campaign=campaign)


def _look_at(do: Callable[..., Any], key: str, on: date, place: int, sampled: SampledClaim) -> None:
    is_fault = place % FAULT_EVERY == FAULT_EVERY - 1
    points = dict.fromkeys(CHECKLIST, "yes")
    if is_fault:
        points["drugs_given"] = "no"
    amount = sampled.payable_minor // 4 if is_fault else 0
    finding = do(
        record_finding, f"finding-{key}-{place}", "medical_adviser", on, sampled=sampled,
        code="drug_not_given" if is_fault else "conform", checklist=points, recover_minor=amount,
    )  # fmt: skip
    if amount:
        do(
            record_reply, f"reply-{key}-{place}", "medical_adviser", on, finding=finding,
            words="Rupture de stock ce jour-là, remis en partie", kept_minor=amount // 2,
        )  # fmt: skip
