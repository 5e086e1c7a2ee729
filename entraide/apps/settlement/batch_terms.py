"""What conventions take off the payments of a batch and add to them: discounts and awards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.db.models import QuerySet

from entraide.apps.claims.models import Circuit, Claim
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.providers.incentives import incentives_on
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import AwardState, IncentiveAward
from entraide.core import settlement
from entraide.core.errors import Refusal
from entraide.core.incentives import Discount, Incentive, prompt_discount
from entraide.core.settlement_channels import PayoutChannel


@dataclass(frozen=True, slots=True)
class BatchTerm:
    """One amount beside the claims of a provider: an award, or a term with its discount."""

    item: settlement.PayableClaim
    award: IncentiveAward | None = None
    term: IncentiveTerm | None = None
    discount: Discount | None = None


def batch_terms(
    mutual: Mutual,
    claims: Iterable[Claim],
    channels: Mapping[int, str],
    on: date,
    *,
    alone: Iterable[IncentiveAward] = (),
    reached: Mapping[int, str] = MappingProxyType({}),
) -> list[BatchTerm]:
    """What the conventions give on these claims, were they paid on ``on``. Two queries at most.

    The discount is on what is paid soon enough after its reception; an award that no standing
    batch pays goes with the first means by which its provider is paid. ``alone``: awards of
    providers without a claim here, by which means each is ``reached``.
    """

    direct: dict[tuple[int, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.circuit == Circuit.THIRD_PARTY_PAYMENT:
            channel = channels.get(claim.pk) or claim.channel or PayoutChannel.BANK.value
            direct[(claim.provider_id, channel)].append(claim)
    of_alone = [
        _award(each, reached[each.provider_id])
        for each in alone
        if each.provider_id not in {provider for provider, _channel in direct}
    ]
    if not direct:
        return of_alone
    providers = {provider for provider, _channel in direct}
    return [
        *_discounts(mutual, direct, on),
        *_awards(mutual, providers, {pk: min(c for p, c in direct if p == pk) for pk in providers}),
        *of_alone,
    ]


def awards_alone(mutual: Mutual, claims: Iterable[Claim]) -> list[IncentiveAward]:
    """The approved awards that wait, of providers whom none of these claims pays. One query."""
    paid = {each.provider_id for each in claims if each.circuit == Circuit.THIRD_PARTY_PAYMENT}
    waiting = awards_waiting(mutual).exclude(provider__in=paid)
    return list(waiting.select_related("provider").order_by("id"))


def awards_named(mutual: Mutual, uids: Iterable[str]) -> list[IncentiveAward]:
    """The awards of this mutual with these ``uid``s; ``NOT_FOUND`` when one is missing."""
    wanted = set(uids)
    awards = list(IncentiveAward.objects.filter(mutual=mutual, uid__in=wanted).order_by("id"))
    if len(awards) < len(wanted):
        raise Refusal("NOT_FOUND", record="award")
    return awards


def awards_chosen(
    mutual: Mutual, claims: Iterable[Claim], named: Iterable[IncentiveAward] | None
) -> list[IncentiveAward]:
    """Those of :func:`awards_alone` that a batch pays: all, or those that are named.

    An award named of a provider whom a claim pays goes with that claim. ``AWARD_NOT_WAITING``: it
    is not approved, or another batch pays it. Of two batches at once the database lets one pay it.
    """
    if named is None:
        return awards_alone(mutual, claims)
    keys = {each.pk: each.document_number for each in named}
    if not keys:
        return []
    waiting = set(awards_waiting(mutual).filter(pk__in=keys).values_list("pk", flat=True))
    for key, number in keys.items():
        if key not in waiting:
            raise Refusal("AWARD_NOT_WAITING", place="awards", award=number)
    return [each for each in awards_alone(mutual, claims) if each.pk in keys]


def prompt_terms(mutual: Mutual, providers: Iterable[int], on: date) -> dict[int, IncentiveTerm]:
    """Provider → its term of prompt payment in force on a day. One query."""
    terms = incentives_on(mutual, on, Incentive.PROMPT_DISCOUNT)
    terms = terms.filter(agreement__provider__in=providers, within_days__isnull=False)
    return {term.agreement.provider_id: term for term in terms}


def _discounts(
    mutual: Mutual, direct: Mapping[tuple[int, str], list[Claim]], on: date
) -> list[BatchTerm]:
    terms = prompt_terms(mutual, {provider for provider, _channel in direct}, on)
    found = []
    for (provider, channel), claims in sorted(direct.items()):
        term = terms.get(provider)
        if term is None or term.within_days is None:
            continue
        amounts = [(claim.received_on, claim.payable_minor) for claim in claims]
        discount = prompt_discount(amounts, on, term.within_days, term.rate)
        if not discount.amount_minor:
            continue
        key = f"discount:{provider:012d}:{channel}"
        item = _item(key, provider, channel, -discount.amount_minor, comes_first=True)
        found.append(BatchTerm(item, term=term, discount=discount))
    return found


def _awards(mutual: Mutual, providers: set[int], channels: Mapping[int, str]) -> list[BatchTerm]:
    waiting = awards_waiting(mutual).filter(provider__in=providers)
    return [_award(each, channels[each.provider_id]) for each in waiting.order_by("id")]


def _award(award: IncentiveAward, channel: str) -> BatchTerm:
    item = _item(award.document_number, award.provider_id, channel, award.amount_minor)
    return BatchTerm(item, award=award)


def awards_waiting(mutual: Mutual) -> QuerySet[IncentiveAward]:
    """The approved awards that no standing batch pays."""
    awards = IncentiveAward.objects.filter(mutual=mutual, state=AwardState.APPROVED)
    return awards.exclude(additions__is_cancelled=False)


def _item(
    key: str, provider: int, channel: str, amount_minor: int, *, comes_first: bool = False
) -> settlement.PayableClaim:
    kind, payee = settlement.PayeeKind.PROVIDER, f"{provider:012d}"
    return settlement.PayableClaim(key, kind, payee, channel, amount_minor, comes_first)
