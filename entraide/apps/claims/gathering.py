"""All that the decision on a claim rests on, read from the records: inside ``scope(mutual=…)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, CharField, F

from entraide.apps.access.prepared import Prepared
from entraide.apps.claims.around import (
    AuthorisedCare,
    around_of,
    with_first_episode,
)
from entraide.apps.claims.beside import NOTHING_BESIDE, BesideClaim, beside_claim
from entraide.apps.claims.counters import CounterKey, read_counters, used_amounts
from entraide.apps.claims.desk import (
    ClaimOnDesk,
    LineEntry,
    cover_year_start,
    line_is_known,
    line_key,
)
from entraide.apps.claims.habits import Habits, habits_of
from entraide.apps.claims.models import (
    AttestationRange,
    Claim,
    ClaimState,
    Invoice,
    SpoiltAttestation,
)
from entraide.apps.claims.papers import ClaimPaper
from entraide.apps.claims.selectors import acts_of_the_day, same_acts
from entraide.apps.contributions.selectors import Standing, standing_on
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreement_on, unit_prices_on
from entraide.apps.schemes.models import Mutual
from entraide.core.adjudication.decision import Decision as CoreDecision
from entraide.core.adjudication.facts import NOTHING_USED
from entraide.core.adjudication.valuation import lines_bound_by_agreement
from entraide.core.booklets import paper_key, read_booklet_number
from entraide.core.claim_warnings import AttestationSeen, InvoiceSeen, LineSeen, warnings_of
from entraide.core.errors import Finding
from entraide.core.incompatible import clashes
from entraide.core.product import (
    ContributionKind,
    ContributionRule,
    MembershipRule,
    Product,
)


def nothing_promised(currency: str) -> Product:
    """The rules for someone without any cover: every line is refused with the reason."""
    return Product(
        code="none",
        version="none",
        currency=currency,
        contribution=ContributionRule(ContributionKind.PER_HOUSEHOLD),
        membership=MembershipRule(),
        benefits=(),
        fund_share_rate=Decimal(0),
    )


def counter_key(person: Person, standing: Standing, care_on: date) -> CounterKey | None:
    """Which counters a claim uses; None for someone without a cover, whose claims pay nothing."""
    if standing.membership is None:
        return None
    year_from = cover_year_start(standing.membership.effective_from, care_on)
    return CounterKey(person.mutual_id, person.household_id, person.pk, year_from)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the rules would decide of a paper, what is odd about it, and the prior agreements that
    its lines would use, each once."""

    decision: CoreDecision
    warnings: tuple[Finding, ...]
    agreements: tuple[AuthorisedCare, ...]


def weighed(mutual: Mutual, paper: ClaimPaper, on: date) -> Weighed:
    """A paper decided as it would be, nothing being recorded."""
    desk, _key, _counters = on_desk(mutual, paper, on)
    decision, _context = desk.decide()
    found = desk.around.authorised
    bound = lines_bound_by_agreement(*desk.facts()) if found else frozenset[str]()
    used = {
        found[line.care_item.pk].authorisation.pk: found[line.care_item.pk]
        for position, line in enumerate(desk.lines)
        if line_key(position) in bound
    }
    return Weighed(decision, desk.warnings, tuple(used.values()))


def on_desk(
    mutual: Mutual, paper: ClaimPaper, on: date
) -> tuple[ClaimOnDesk, CounterKey | None, dict[Any, Any]]:
    """A paper with rights, agreement, prices, earlier acts and amounts used; ``on``: today."""
    person, provider, care_on = paper.person, paper.provider, paper.care_on
    number = paper.attestation_number
    standing = standing_on(person, care_on)
    agreement = agreement_on(provider, care_on)
    items = {line.care_item.pk for line in paper.lines}
    key = counter_key(person, standing, care_on)
    counters = read_counters(key) if key is not None else {}
    product = standing.product or nothing_promised(mutual.currency)
    known = [line.care_item.pk for line in paper.lines if line_is_known(line)]
    that_day = acts_of_the_day(person, care_on)
    here, elsewhere = same_acts(that_day, provider, known)
    habits = habits_of(mutual, on)
    prices = unit_prices_on(agreement, items, care_on)
    circumstances = with_first_episode(person, paper.circumstances)
    desk = ClaimOnDesk(
        person=person,
        provider=provider,
        circuit=paper.circuit,
        care_on=care_on,
        received_on=paper.received_on,
        lines=paper.lines,
        standing=standing,
        agreement=agreement,
        unit_prices_minor=prices,
        used=used_amounts(counters, person.pk) if key is not None else NOTHING_USED,
        duplicates=here,
        incompatible=clashes(
            habits.incompatible, known, [item for item, *_ in that_day], habits.act_names, care_on
        ),
        product=product,
        around=around_of(
            person, provider, [line.care_item for line in paper.lines], care_on=care_on,
            year_from=key.year_from if key is not None else care_on, product=product,
            circumstances=circumstances,
            attestation_of=_on_attestation(number) if number else None,
            needs_letter=agreement is not None and agreement.needs_guarantee_letter,
        ),
        warnings=paper_warnings(
            paper, habits, elsewhere, mutual.currency,
            attestation_seen(provider, number) if number and habits.has_ranges else None,
            prices,
            beside_claim(paper, circumstances, that_day, here),
        ),
    )  # fmt: skip
    return desk, key, counters


def paper_warnings(
    paper: ClaimPaper,
    habits: Habits,
    elsewhere: dict[int, str],
    currency: str,
    attestation: AttestationSeen | None,
    unit_prices_minor: Mapping[int, int],
    beside: BesideClaim = NOTHING_BESIDE,
) -> tuple[Finding, ...]:
    """What is odd about a paper, from what was read for it; ``unit_prices_minor``: the prices
    agreed that day, by care item. No query."""
    return warnings_of(
        [
            LineSeen(
                line.stated_as or line.care_item.label,
                line.quantity,
                line.unit_price_minor,
                habits.usual_of(line.care_item.pk, paper.provider),
                elsewhere.get(line.care_item.pk, ""),
                unit_prices_minor.get(line.care_item.pk),
                is_unknown=not line_is_known(line),
                asked_before=before,
            )
            for line, before in zip(paper.lines, _asked_before(paper.lines), strict=True)
        ],
        attestation=attestation,
        total_minor=sum(line.claimed_minor for line in paper.lines),
        stated_total_minor=paper.stated_total_minor,
        currency=currency,
        invoice=_invoice_seen(paper.invoice),
        care_on=paper.care_on,
        split_cases=beside.split_cases,
        other_delivery=beside.other_delivery,
    )


def _asked_before(lines: Sequence[LineEntry]) -> list[Decimal]:
    """For each line, the units of the same act that the lines before it ask for."""
    asked: dict[tuple[int, str], Decimal] = {}
    before = []
    for line in lines:
        act = (line.care_item.pk, line.stated_as)
        before.append(asked.get(act, Decimal(0)))
        asked[act] = before[-1] + line.quantity
    return before


def _invoice_seen(invoice: Invoice | None) -> InvoiceSeen | None:
    if invoice is None:
        return None
    return InvoiceSeen(invoice.document_number, invoice.period_from, invoice.period_until)


def _on_attestation(number: str) -> Claim | None:
    """A claim that an attestation stands on: the one that had it first, else one that was kept in
    spite of it, whose own first was reversed since."""
    return (
        Claim.objects.filter(attestation_key=paper_key(number))
        .exclude(state=ClaimState.REVERSED)
        .order_by(F("attestation_of").asc(nulls_first=True), "pk")
        .first()
    )


_RANGE: Prepared[AttestationRange] = Prepared(
    lambda series, rank: AttestationRange.objects.select_related("provider").filter(
        series=series, first__lte=rank, last__gte=rank
    ),
    series=CharField(),
    rank=BigIntegerField(),
)


def attestation_seen(provider: Provider, number: str) -> AttestationSeen:
    """What the register of booklets knows of a number, for a claim of a provider."""
    read = read_booklet_number(number)
    held = _RANGE.first(series=read.series, rank=read.rank) if read is not None else None
    if read is None or held is None:
        return AttestationSeen(number, is_given=False)
    spoilt = SpoiltAttestation.objects.filter(attestation_range=held, rank=read.rank).first()
    is_other = held.provider is not None and held.provider_id != provider.pk
    return AttestationSeen(
        number,
        is_given=True,
        holder=held.provider.name if is_other and held.provider is not None else "",
        spoilt=spoilt.kind if spoilt is not None else "",
        spoilt_on=spoilt.spoilt_on if spoilt is not None else None,
        is_handed_back=held.unused_from is not None and read.rank >= held.unused_from,
    )
