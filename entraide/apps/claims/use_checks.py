"""Claims against each other: what may be used once, or up to an amount, by all that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from django.db.models import Count, F, Sum

from entraide.apps.claims.around import OUT
from entraide.apps.claims.models import Claim, ClaimLine, Decision
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Finding


def check_attestations(mutual: Mutual) -> Iterator[Finding]:
    """``ATTESTATION_PAID_TWICE``: two claims that stand are paid on one attestation, and no
    decision on either named the other: nobody has said that both are right."""
    paid = Claim.objects.filter(mutual=mutual, payable_minor__gt=0).exclude(state__in=OUT)
    paid = paid.exclude(attestation_key="")
    twice = paid.order_by().values("attestation_key").annotate(n=Count("pk")).filter(n__gt=1)
    sharing: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    found = paid.filter(attestation_key__in=twice.values("attestation_key")).order_by("pk")
    for pk, key, document, number in found.values_list(
        "pk", "attestation_key", "document_number", "attestation_number"
    ):
        sharing[key].append((pk, document, number))
    named = _named([pk for claims in sharing.values() for pk, *_ in claims])
    for claims in sharing.values():
        for (pk, document, _number), (other, later, number) in combinations(claims, 2):
            if later not in named[pk] and document not in named[other]:
                data = {"kind": "claim", "document": later, "other": document, "number": number}
                yield Finding("ATTESTATION_PAID_TWICE", place=later, data=data)


def _named(claims: list[int]) -> dict[int, set[str]]:
    """The claims that decisions on each named as having had its attestation first."""
    named: dict[int, set[str]] = defaultdict(set)
    told = Decision.objects.filter(claim__in=claims).order_by()
    for claim, other in told.values_list("claim", "context__claim__attestation_of"):
        if other:
            named[claim].add(other)
    return named


def check_agreements(mutual: Mutual) -> Iterator[Finding]:
    """``PRE_AUTHORISATION_EXCEEDED``: claims that stand are paid more than an agreement granted."""
    lines = ClaimLine.objects.filter(mutual=mutual, pre_authorisation__amount_minor__isnull=False)
    used = (
        lines.exclude(claim__state__in=OUT)
        .order_by("pre_authorisation")
        .values_list("pre_authorisation__document_number", "pre_authorisation__amount_minor")
        .annotate(paid_minor=Sum("payable_minor"))
        .filter(paid_minor__gt=F("pre_authorisation__amount_minor"))
    )
    for document, granted_minor, paid_minor in used:
        data = {
            "kind": "pre_authorisation",
            "document": document,
            "found_minor": paid_minor,
            "expected_minor": granted_minor,
            "currency": mutual.currency,
        }
        yield Finding("PRE_AUTHORISATION_EXCEEDED", place=document, data=data)
