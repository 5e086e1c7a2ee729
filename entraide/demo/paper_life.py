"""Papers of claims in one mutual: invoices received, a booklet of attestations, the committee."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Sum
from django_scopes import scope

from entraide.apps.claims.committee import close_committee, decide_in_committee, open_committee
from entraide.apps.claims.committee_models import Capacity
from entraide.apps.claims.committee_papers import sign_minutes
from entraide.apps.claims.habits import measure_usual_care
from entraide.apps.claims.invoices import attach_claims, close_invoice, receive_invoice
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.claims.worklists import waiting_claims
from entraide.apps.providers.models import Provider
from entraide.core.periods import add_months, month_start
from entraide.demo.foundation import World

INVOICES = 3
# The director stays out of the session: somebody must be left who approves what it decides.
MEMBERS = (("medical_adviser", "médecin conseil"), ("finance_officer", "RAF"))
ELDER = "Ranaivo, ancien du fokontany"  # without an account: signs the printed paper


def keep_papers(world: World, until: date) -> None:
    """Everything before ``until``, by the services themselves."""

    def do(service: Callable[..., Any], key: str, by: str, on: date, **content: Any) -> Any:
        return service(
            mutual=world.mutual, actor=world.people[by], on=on,
            idempotency_key=f"demo-papers-{key}", **content,
        )  # fmt: skip

    today = until - timedelta(days=1)
    with scope(mutual=world.mutual):
        do(measure_usual_care, "usual", "medical_adviser", today)
        _invoices(do, world, today)
        _committee(do, world, today)


def _invoices(do: Callable[..., Any], world: World, today: date) -> None:
    """The latest invoices that claims bear: two whole and closed, one that lacks an attestation."""
    claims = Claim.objects.filter(
        mutual=world.mutual, circuit=Circuit.THIRD_PARTY_PAYMENT, invoice__isnull=True
    ).exclude(invoice_number="")
    claims = claims.exclude(state=ClaimState.REVERSED)
    bundles = (
        claims.order_by()
        .values_list("provider", "invoice_number")
        .annotate(count=Count("pk"), total=Sum("stated_minor"), came=Max("received_on"))
        .order_by("-came", "provider", "invoice_number")[:INVOICES]
    )
    for rank, (provider, number, count, total, came) in enumerate(list(bundles)):
        is_whole = rank > 0
        of_it = list(claims.filter(provider=provider, invoice_number=number).order_by("pk"))
        missing = 0 if is_whole else max(each.stated_minor for each in of_it)
        start = month_start(min(each.care_on for each in of_it))
        invoice = do(
            receive_invoice, f"invoice-{rank}", "clerk", today,
            provider=Provider.objects.get(pk=provider), provider_number=number,
            period_from=start, period_until=max(add_months(start, 1), came + timedelta(days=1)),
            received_on=came, stated_count=count + (0 if is_whole else 1),
            stated_minor=total + missing, page_count=count + 1,
        )  # fmt: skip
        do(attach_claims, f"attach-{rank}", "clerk", today, invoice=invoice, claims=of_it)
        if is_whole:
            do(close_invoice, f"close-{rank}", "clerk", today, invoice=invoice)


def _committee(do: Callable[..., Any], world: World, today: date) -> None:
    """One session that decided the claim that had waited longest."""
    waiting = waiting_claims(world.mutual, today)
    if not waiting:
        return
    session = do(
        open_committee, "committee", "coordinator", today, held_on=today, place="Siège",
        people=tuple(world.people[role] for role, _function in MEMBERS),
        members=(*(f"{world.people[role]}, {function}" for role, function in MEMBERS), ELDER),
    )  # fmt: skip
    do(
        decide_in_committee, "decided", "coordinator", today, session=session,
        claim=waiting[0].claim, reason="Attestation vue, décision des règles confirmée.",
    )  # fmt: skip
    do(close_committee, "minutes", "coordinator", today, session=session)
    for role, capacity in (
        ("medical_adviser", Capacity.CHAIR),
        ("finance_officer", Capacity.MEMBER),
    ):
        do(sign_minutes, f"signed-{role}", role, today, session=session, capacity=capacity.value)
