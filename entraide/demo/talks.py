"""Prices talked about: with the clinic, still open; with the dentist, agreed and not yet signed.

And what people of the mutual saw at both, and what families answered of their care in the months
before, which the yearly review tells.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django_scopes import scope

from entraide.apps.care_control.committee import record_feedback
from entraide.apps.care_control.committee_models import FeedbackMode, Opinion
from entraide.apps.claims.models import Claim
from entraide.apps.providers.assessments import assess_provider
from entraide.apps.providers.incentives import decide_incentive, enter_incentive
from entraide.apps.providers.models import Provider
from entraide.apps.providers.negotiation import record_note, record_proposal
from entraide.apps.providers.parties import add_party
from entraide.apps.providers.prices import PriceLine
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.core.conventions import Administration
from entraide.core.incentives import Incentive, QualityMeasure
from entraide.core.negotiation import NoteKind, Side
from entraide.demo.foundation import FOUNDED_ON, World
from entraide.rulebook.assessments import assessment_on

# Provider → side, days before the last day, rise in percent of each act, who, terms.
_PROPOSALS: dict[str, tuple[tuple[Side, int, int, tuple[str, ...], str], ...]] = {
    "clinique": (
        (Side.PROVIDER, 25, 12, ("CONS", "LABO", "ACCO", "HOSP", "CESA"), "Paiement sous 20 jours"),
        (Side.MUTUAL, 10, 4, ("CONS", "LABO", "ACCO", "HOSP", "CESA"),
         "Paiement sous 20 jours contre 2 % de remise."),
    ),
    "dentiste": ((Side.PROVIDER, 18, 5, ("DENT", "EXTR"), ""),),
}  # fmt: skip

_ASKED_DAYS, _ASKED_EVERY = 150, 3
_OPINIONS = ((3, 3), (3, 2), (2, 3), (3, 3), (1, 2), (3, 3), (2, 2))  # welcome, care: 3 is good
_VISITED_DAYS = 28
_VISITS = (
    ("clinique", "coordinator", (0, 0, 1, 0, 2, 0, 0, 0, 0, 1), "Prix affichés à l’entrée."),
    (
        "clinique",
        "finance_officer",
        (1, 1, 1, 0, 2, 1, 0, 0, 1, 1),
        "Demande à être payée sous 20 jours.",
    ),
    ("dentiste", "coordinator", (0, 2, 1, 1, 1, 1, 1, 0, 1, 1), ""),
)
_INCENTIVES: tuple[tuple[Incentive, dict[str, Any]], ...] = (
    (Incentive.PROMPT_DISCOUNT, {"rate": Decimal("0.02"), "within_days": 20}),
    (
        Incentive.QUALITY_BONUS,
        {"rate": Decimal("0.01"), "measure": QualityMeasure.WELCOME.value,
         "threshold": Decimal("0.8")},
    ),
)  # fmt: skip
_CHIEFS = {"mg": "Rabemanana", "bf": "Sawadogo", "tg": "Amouzou"}
_COMPLAINT = "Deux heures d’attente, et la carte demandée deux fois."


def talk_of_prices(world: World, until: date) -> None:
    """Everything before ``until``, by the services themselves."""
    if until - timedelta(days=30) < FOUNDED_ON:
        return  # a demonstration of a few days

    def do(service: Callable[..., Any], key: str, back: int, **content: Any) -> Any:
        return service(
            mutual=world.mutual, actor=world.people["coordinator"],
            on=until - timedelta(days=back), idempotency_key=f"demo-talk-{key}", **content,
        )  # fmt: skip

    with scope(mutual=world.mutual):
        for kind, proposals in _PROPOSALS.items():
            provider = world.providers.get(f"{world.mutual.code}-{kind}")
            if provider is not None:
                _talk(do, world, provider, kind, proposals, until)


def assess(world: World, until: date) -> None:
    """Two people assessed the clinic before its convention is renewed, the coordinator the dentist.

    Answers by rank of each question: the first answer is the best.
    """
    if until - timedelta(days=_VISITED_DAYS) < FOUNDED_ON:
        return
    day = until - timedelta(days=_VISITED_DAYS)
    form, _document = assessment_on(day)
    questions = [each for theme in form.themes for each in theme.questions]
    with scope(mutual=world.mutual):
        for kind, by, ranks, remarks in _VISITS:
            provider = world.providers.get(f"{world.mutual.code}-{kind}")
            if provider is None:
                continue
            assess_provider(
                mutual=world.mutual, actor=world.people[by], on=day,
                idempotency_key=f"demo-visit-{kind}-{by}", provider=provider, assessed_on=day,
                met=provider.contact_name, remarks=remarks,
                answers={each.code: each.answers[rank].code
                         for each, rank in zip(questions, ranks, strict=True)},
            )  # fmt: skip


def sign_with_the_district(world: World) -> None:
    """The district of the first health centre signed its convention too."""
    agreement = world.agreements[f"{world.mutual.code}-csb1"]
    area = agreement.provider.area
    if area is None:
        return
    around = area.parent or area
    with scope(mutual=world.mutual):
        add_party(
            mutual=world.mutual, actor=world.people["coordinator"], on=FOUNDED_ON,
            idempotency_key="demo-district", agreement=agreement,
            name=f"District sanitaire, {around.name}", role=Administration.DISTRICT.value,
            represented_by=f"Dr {_CHIEFS[world.mutual.country]}, médecin-chef", area=around,
            signed_on=FOUNDED_ON,
        )  # fmt: skip


def agree_incentives(world: World) -> None:
    """The hospital: a discount when it is paid soon, a bonus when families are well received."""
    agreement = world.agreements[f"{world.mutual.code}-hopital"]
    with scope(mutual=world.mutual):
        for kind, more in _INCENTIVES:
            term = enter_incentive(
                mutual=world.mutual, actor=world.people["coordinator"], on=FOUNDED_ON,
                idempotency_key=f"demo-incentive-{kind}", agreement=agreement, kind=kind.value,
                effective_from=FOUNDED_ON, source="Avenant à la convention (fictif)", **more,
            )  # fmt: skip
            decide_incentive(
                mutual=world.mutual, actor=world.people["director"], on=FOUNDED_ON,
                idempotency_key=f"demo-incentive-yes-{kind}", term=term, is_approved=True,
            )  # fmt: skip


def ask_families(world: World, until: date) -> None:
    """Two questions to some families cared for in the months before the last day lived."""
    with scope(mutual=world.mutual):
        cared_for = Claim.objects.filter(
            mutual=world.mutual, care_on__gte=until - timedelta(days=_ASKED_DAYS), care_on__lt=until
        )
        for number, claim in enumerate(cared_for.order_by("care_on", "pk")[::_ASKED_EVERY]):
            welcome, treatment = _OPINIONS[number % len(_OPINIONS)]
            record_feedback(
                mutual=world.mutual, actor=world.people["coordinator"],
                on=min(until, claim.received_on + timedelta(days=5)),
                idempotency_key=f"demo-feedback-{number}", claim=claim,
                mode=FeedbackMode.CALL.value, welcome=welcome, treatment=treatment,
                complaint=_COMPLAINT if welcome == Opinion.BAD else "",
            )  # fmt: skip


def _talk(
    do: Callable[..., Any], world: World, provider: Provider, kind: str,
    proposals: tuple[tuple[Side, int, int, tuple[str, ...], str], ...], until: date,
) -> None:  # fmt: skip
    made = None
    for number, (side, back, rise, codes, terms) in enumerate(proposals):
        said_by = provider.contact_name if side == Side.PROVIDER else str(world.people["director"])
        day = until - timedelta(days=back)
        made = do(
            record_proposal, f"{kind}-{number}", back, provider=provider, side=side.value,
            proposed_on=day, said_by=said_by, terms=terms,
            lines=_raised(world, provider, codes, rise, day),
        )  # fmt: skip
    present = f"{provider.contact_name}, {world.people['director']}, {world.people['coordinator']}"
    if kind == "dentiste":
        do(
            record_note, kind, 9, provider=provider, kind=NoteKind.AGREEMENT.value,
            said_on=until - timedelta(days=9), present=present, proposal=made,
            text="Accepté à partir de la nouvelle convention ; les soins des enfants restent au "
            "prix d’aujourd’hui.".replace(" ;", "\u202f;"),
        )  # fmt: skip
        return
    do(
        record_note, f"{kind}-meeting", 17, provider=provider, kind=NoteKind.MEETING.value,
        said_on=until - timedelta(days=17), present=present,
        text="La clinique explique la hausse par le prix du carburant et des consommables. La "
        "mutuelle demande les factures et montre les prix des autres du même niveau.",
    )  # fmt: skip
    do(
        record_note, f"{kind}-incentive", 10, provider=provider, kind=NoteKind.INCENTIVE.value,
        said_on=until - timedelta(days=10), present=present,
        text="Remise de 2 % proposée pour un paiement sous 20 jours. À revoir au prochain rendez-"
        "vous.".replace(" %", "\u00a0%"),
    )  # fmt: skip


def _raised(
    world: World, provider: Provider, codes: tuple[str, ...], rise: int, on: date
) -> list[PriceLine]:
    """The agreed prices of a day raised by so many percent, to the next five units."""
    items = [world.items[code] for code in codes]
    prices = unit_prices_on(agreement_on(provider, on), [each.pk for each in items], on)
    return [
        PriceLine(each, -(-prices[each.pk] * (100 + rise) // 500) * 5)
        for each in items
        if each.pk in prices
    ]
