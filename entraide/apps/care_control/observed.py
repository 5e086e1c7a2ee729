"""Claims of a period as medical control sees them: for anomalies and for prescription profiles.

Neither needs medical detail: acts, drugs and amounts stand on the paper that every clerk types.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from entraide.apps.access.models import User
from entraide.apps.care_control.accepted_costs import accepted_costs
from entraide.apps.care_control.models import AnomalyAnswer, AnomalyVerdict
from entraide.apps.claims.acts_now import act_is, of_act
from entraide.apps.claims.models import Claim, ClaimLine, ClaimState, VisitKind
from entraide.apps.enrolment.models import Membership, Person
from entraide.apps.nomenclature.models import CareItemKind, DrugClass
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.control.anomalies import (
    Act,
    Anomaly,
    Care,
    Covered,
    Kind,
    Period,
    all_anomalies,
    flagged_claims,
)
from entraide.core.control.credibility import Costs
from entraide.core.control.holidays import holidays
from entraide.core.control.profiles import Compared, Practice, compared
from entraide.core.errors import Refusal
from entraide.core.money import round_half_up

ROUND_MINOR = 1_000
_NOT_PAID = (ClaimState.REVERSED, ClaimState.REFUSED)
CONSULTATION = "consultation"


def anomalies_of(mutual: Mutual, from_: date, until: date) -> tuple[Anomaly, ...]:
    """Every anomaly of the claims cared for in ``[from_, until)`` that are not refused.

    Five queries, whatever the number of claims. Keys are uids.
    """
    acts = _acts(mutual, from_, until)
    rows = (
        Claim.objects.filter(mutual=mutual, care_on__gte=from_, care_on__lt=until)
        .exclude(state__in=_NOT_PAID)
        .order_by("id")
        .values_list(
            "pk", "uid", "person__uid", "household__uid", "provider__uid", "provider__level",
            "care_on", "attestation_number", "stated_minor",
        )
    )  # fmt: skip
    care = tuple(
        Care(
            str(uid), str(person), str(household), str(provider), level, on, attestation, stated,
            tuple(acts.get(pk, ())),
        )
        for pk, uid, person, household, provider, level, on, attestation, stated in rows
    )  # fmt: skip
    days_off = holidays(mutual.country, from_, until)
    persons = _persons(mutual, from_, until)
    return all_anomalies(Period(care, persons, days_off, ROUND_MINOR))


def flagged(mutual: Mutual, from_: date, until: date) -> dict[Kind, frozenset[str]]:
    """Code → the claims (uids) that its anomalies flag: what false alarms are measured on."""
    return flagged_claims(anomalies_of(mutual, from_, until))


def _acts(mutual: Mutual, from_: date, until: date) -> dict[int, list[Act]]:
    found: dict[int, list[Act]] = defaultdict(list)
    rows = ClaimLine.objects.filter(
        mutual=mutual, claim__care_on__gte=from_, claim__care_on__lt=until
    ).values_list(
        "claim_id", of_act("code"), of_act("sex"), of_act("min_age_years"), of_act("max_age_years"),
    )  # fmt: skip
    for claim, *act in rows.order_by("claim_id", "position"):
        found[claim].append(Act(*act))
    return found


def _persons(mutual: Mutual, from_: date, until: date) -> dict[str, Covered]:
    """Who was cared for, with every cover of their family as it concerns them."""
    concerned = Claim.objects.filter(mutual=mutual, care_on__gte=from_, care_on__lt=until)
    covers: dict[int, list[tuple[date, date]]] = defaultdict(list)
    memberships = Membership.objects.filter(
        mutual=mutual, household__in=concerned.values("household")
    )
    for household, start, until_, ended in memberships.values_list(
        "household_id", "effective_from", "effective_until", "ended_on"
    ):
        covers[household].append((start, min(until_, ended) if ended else until_))
    persons = Person.objects.filter(mutual=mutual, pk__in=concerned.values("person")).values_list(
        "uid", "household_id", "birth_on", "sex", "entered_on", "exited_on", "died_on"
    )
    return {
        str(uid): Covered(birth_on, sex, _within(covers[household], entered, exited, died))
        for uid, household, birth_on, sex, entered, exited, died in persons
    }


def _within(
    covers: list[tuple[date, date]], entered: date, exited: date | None, died: date | None
) -> tuple[tuple[date, date | None], ...]:
    """The covers of the family, from the day a person entered until they left or died."""
    last = min((day for day in (exited, died) if day is not None), default=date.max)
    cut = ((max(start, entered), min(end, last)) for start, end in covers)
    return tuple((start, end) for start, end in cut if start < end)


def practices(
    mutual: Mutual, from_: date, until: date, accepted: Mapping[int, int] | None = None
) -> list[Practice]:
    """What each provider prescribed in its consultations of a period, by uid. Three queries.

    A consultation is a claim with a line of that category; its cost is what the decision in force
    accepts as one (:func:`accepted_costs`; ``accepted``: the same, where the caller has read it),
    so that a claim still looked at has none. An act coded otherwise since counts as it was recoded.
    It was sent on when a later claim of its episode came by referral; where the mutual records no
    referral at all, nothing is known of it.
    """
    sent_on = frozenset(
        Claim.objects.filter(mutual=mutual, visit=VisitKind.REFERRAL, episode__isnull=False)
        .exclude(state__in=_NOT_PAID)
        .filter(care_on__gte=from_)
        .values_list("episode_id", flat=True)
    )
    rows = (
        ClaimLine.objects.filter(
            mutual=mutual, claim__care_on__gte=from_, claim__care_on__lt=until
        )
        .exclude(claim__state__in=_NOT_PAID)
        .order_by()
        .values_list("claim_id", "claim__provider__uid", "claim__provider__level")
        .annotate(
            consultation=Count("pk", filter=Q(category__code=CONSULTATION)),
            drugs=Count("pk", filter=act_is(kind=CareItemKind.DRUG)
                        & ~act_is(drug_class=DrugClass.SUPPLIES)),
            antibiotics=Count("pk", filter=act_is(drug_class=DrugClass.ANTIBIOTIC)),
            injections=Count("pk", filter=act_is(is_injection=True)),
        )
    )  # fmt: skip
    if accepted is None:
        accepted = accepted_costs(mutual, from_, until)
    held: dict[tuple[str, str], list[tuple[int | None, int, int, int, bool]]] = defaultdict(list)
    for claim, provider, level, consultation, drugs, antibiotics, injections in rows:
        if consultation:
            case = (accepted.get(claim), drugs, antibiotics, injections, claim in sent_on)
            held[str(provider), level].append(case)
    costs = {key: [case[0] for case in cases if case[0] is not None] for key, cases in held.items()}
    return [
        Practice(
            provider=provider,
            level=level,
            consultations=len(cases),
            drugs=sum(case[1] for case in cases),
            with_antibiotic=sum(bool(case[2]) for case in cases),
            with_injection=sum(bool(case[3]) for case in cases),
            costs=Costs.winsorised(costs[provider, level]),
            referred=sum(case[4] for case in cases) if sent_on else None,
            plain_mean_minor=_mean(costs[provider, level]),
        )
        for (provider, level), cases in sorted(held.items())
    ]


def _mean(amounts_minor: list[int]) -> int | None:
    if not amounts_minor:
        return None
    return round_half_up(Decimal(sum(amounts_minor)) / len(amounts_minor))


def profiles(
    mutual: Mutual, from_: date, until: date, accepted: Mapping[int, int] | None = None
) -> tuple[Compared, ...]:
    """Every figure of every provider beside its peers; no figure of fewer than five cases."""
    return compared(practices(mutual, from_, until, accepted))


def open_anomalies(mutual: Mutual, from_: date, until: date) -> list[Anomaly]:
    """The anomalies of a period to which nobody has answered."""
    answered = set(AnomalyAnswer.objects.filter(mutual=mutual).values_list("key", flat=True))
    return [each for each in anomalies_of(mutual, from_, until) if each.key not in answered]


@command("answer_anomaly", right=Right.CONTROL_CARE)
def answer_anomaly(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    from_: date,
    until: date,
    key: str,
    verdict: str,
    note: str = "",
) -> AnomalyAnswer:
    """Somebody has looked: « seen, nothing », or a finding, which says what was found.

    Refused: ``ANOMALY_UNKNOWN`` (none with this key in the period, or answered already),
    ``ANOMALY_VERDICT``, ``REASON_MISSING`` (a finding without a word).
    """
    if verdict not in AnomalyVerdict.values:
        raise Refusal("ANOMALY_VERDICT", place="verdict", value=verdict)
    if verdict == AnomalyVerdict.FINDING and not note.strip():
        raise Refusal("REASON_MISSING", place="note")
    anomaly = next((each for each in open_anomalies(mutual, from_, until) if each.key == key), None)
    if anomaly is None:
        raise Refusal("ANOMALY_UNKNOWN")
    return AnomalyAnswer.objects.create(
        mutual=mutual,
        key=key,
        kind=anomaly.kind.value,
        verdict=verdict,
        note=note.strip()[:300],
        claims=list(anomaly.claims),
        answered_on=on,
        answered_by=actor,
    )
