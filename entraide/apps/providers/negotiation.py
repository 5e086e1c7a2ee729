"""The negotiation file of a provider: proposals, notes, what was agreed. Nothing is rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.nomenclature.selectors import care_items_by_kind_and_code
from entraide.apps.providers.models import Provider
from entraide.apps.providers.negotiation_models import NegotiationNote, PriceProposal
from entraide.apps.providers.prices import PriceLine
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.money import MAXIMUM_MINOR
from entraide.core.negotiation import NoteKind, Side


@command("record_price_proposal", right=Right.KEEP_PROVIDERS)
def record_proposal(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    side: str,
    proposed_on: date,
    said_by: str,
    lines: Sequence[PriceLine],
    terms: str = "",
) -> PriceProposal:
    """What one side proposes; it binds nobody until a convention and its prices are approved.

    Refused with every fault at once: ``PROPOSAL_SIDE``, ``DATE_IN_FUTURE``,
    ``PROPOSAL_WHO_MISSING``, ``PROPOSAL_EMPTY`` (neither price nor terms), and per line
    ``TARIFF_NEGATIVE``, ``AMOUNT_TOO_LARGE`` or ``PRICE_TWICE``.
    """
    faults = _day_faults("proposed_on", proposed_on, on)
    if side not in frozenset(Side):
        faults.append(Finding("PROPOSAL_SIDE", place="side"))
    if not said_by.strip():
        faults.append(Finding("PROPOSAL_WHO_MISSING", place="said_by"))
    if not lines and not terms.strip():
        faults.append(Finding("PROPOSAL_EMPTY", place="terms"))
    faults += _line_faults(lines)
    if faults:
        raise RefusedRows(tuple(faults))
    return PriceProposal.objects.create(
        mutual=mutual, provider=provider, side=side, proposed_on=proposed_on,
        said_by=said_by.strip()[:200], terms=terms.strip()[:1000], entered_by=actor, entered_on=on,
        lines=[
            [each.care_item.system, each.care_item.kind, each.care_item.code,
             each.unit_price_minor]
            for each in lines
        ],
    )  # fmt: skip


@command("record_negotiation_note", right=Right.KEEP_PROVIDERS)
def record_note(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    kind: str,
    said_on: date,
    present: str,
    text: str,
    proposal: PriceProposal | None = None,
) -> NegotiationNote:
    """What was said on a day, and who was there; an agreement names the proposal agreed to.

    Refused with every fault at once: ``NOTE_KIND``, ``DATE_IN_FUTURE``, ``NOTE_EMPTY``,
    ``NOTE_PROPOSAL`` (an agreement without its proposal, a proposal of another provider, or a
    proposal on a note that is no agreement).
    """
    faults = _day_faults("said_on", said_on, on)
    if kind not in frozenset(NoteKind):
        faults.append(Finding("NOTE_KIND", place="kind"))
    faults += [
        Finding("NOTE_EMPTY", place=place)
        for place, said in (("present", present), ("text", text))
        if not said.strip()
    ]
    is_of_other = proposal is not None and proposal.provider_id != provider.pk
    if is_of_other or (proposal is not None) != (kind == NoteKind.AGREEMENT):
        faults.append(Finding("NOTE_PROPOSAL", place="proposal"))
    if faults:
        raise RefusedRows(tuple(faults))
    return NegotiationNote.objects.create(
        mutual=mutual, provider=provider, kind=kind, said_on=said_on,
        present=present.strip()[:300], text=text.strip()[:2000], proposal=proposal,
        entered_by=actor, entered_on=on,
    )  # fmt: skip


def _day_faults(place: str, day: date, on: date) -> list[Finding]:
    if day <= on:
        return []
    return [Finding("DATE_IN_FUTURE", place=place, data={"day": day, "on": on})]


def _line_faults(lines: Sequence[PriceLine]) -> list[Finding]:
    faults, seen = [], set[int]()
    for each in lines:
        price, item = each.unit_price_minor, each.care_item
        if price < 0:
            data = {"item": item.label, "unit_price_minor": price}
            faults.append(Finding("TARIFF_NEGATIVE", place=each.place, data=data))
        elif price > MAXIMUM_MINOR:
            data = {"text": str(price)}
            faults.append(Finding("AMOUNT_TOO_LARGE", place=each.place, data=data))
        elif item.pk in seen:
            faults.append(Finding("PRICE_TWICE", place=each.place, data={"item": item.label}))
        seen.add(item.pk)
    return faults


def proposals_of(mutual: Mutual, provider: Provider) -> QuerySet[PriceProposal]:
    """What was proposed, the latest first."""
    rows = PriceProposal.objects.filter(mutual=mutual, provider=provider)
    return rows.select_related("entered_by").order_by("-proposed_on", "-id")


def notes_of(mutual: Mutual, provider: Provider) -> QuerySet[NegotiationNote]:
    """What was said and settled, the latest first."""
    rows = NegotiationNote.objects.filter(mutual=mutual, provider=provider)
    return rows.select_related("entered_by", "proposal").order_by("-said_on", "-id")


def proposal_seen(mutual: Mutual, uid: object) -> PriceProposal:
    """The proposal of this mutual with this ``uid``, or ``NOT_FOUND``."""
    rows = PriceProposal.objects.filter(mutual=mutual, uid=uid)
    found = rows.select_related("provider", "entered_by").first()
    if found is None:
        raise Refusal("NOT_FOUND", record="price_proposal", key=str(uid))
    return found


def proposed_lines(proposal: PriceProposal) -> list[PriceLine]:
    """The proposed prices with their care items; what no list has any more is left out."""
    items = care_items_by_kind_and_code([tuple(each[:3]) for each in proposal.lines])
    return [
        PriceLine(items[system, kind, code], price)
        for system, kind, code, price in proposal.lines
        if (system, kind, code) in items
    ]
