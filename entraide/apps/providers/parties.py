"""Health administrations that signed a convention: entered, withdrawn when wrong, read."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.nomenclature.models import Area
from entraide.apps.providers.models import Agreement, AgreementState
from entraide.apps.providers.party_models import ConventionParty
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.conventions import Administration
from entraide.core.errors import Finding, Refusal, RefusedRows


@command("add_convention_party", right=Right.KEEP_PROVIDERS)
def add_party(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    name: str,
    role: str,
    represented_by: str,
    area: Area | None,
    signed_on: date,
) -> ConventionParty:
    """An administration that signed a convention, and where it watches over care.

    Refused with ``CONVENTION_NOT_APPROVED``, else every fault at once: ``PARTY_EMPTY`` (its name,
    who signed for it), ``PARTY_ROLE``, ``PARTY_AREA``, ``DATE_IN_FUTURE``.
    """
    if agreement.state != AgreementState.APPROVED:
        raise Refusal("CONVENTION_NOT_APPROVED", provider=agreement.provider.name)
    faults = [
        Finding("PARTY_EMPTY", place=place)
        for place, text in (("name", name), ("represented_by", represented_by))
        if not text.strip()
    ]
    if role not in frozenset(Administration):
        faults.append(Finding("PARTY_ROLE", place="role"))
    if area is None:
        faults.append(Finding("PARTY_AREA", place="area"))
    if signed_on > on:
        data = {"day": signed_on, "on": on}
        faults.append(Finding("DATE_IN_FUTURE", place="signed_on", data=data))
    if faults:
        raise RefusedRows(tuple(faults))
    return ConventionParty.objects.create(
        mutual=mutual, agreement=agreement, name=name.strip()[:160], role=role, area=area,
        represented_by=represented_by.strip()[:160], signed_on=signed_on, entered_by=actor,
        entered_on=on,
    )  # fmt: skip


@command("withdraw_convention_party", right=Right.KEEP_PROVIDERS)
def withdraw_party(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, party: ConventionParty
) -> ConventionParty:
    """It is no party any more, or was entered by mistake; nothing more is given to it.
    ``PARTY_WITHDRAWN`` the second time."""
    held = ConventionParty.objects.select_for_update(of=("self",)).get(pk=party.pk)
    if held.withdrawn_on is not None:
        raise Refusal("PARTY_WITHDRAWN", day=held.withdrawn_on)
    held.withdrawn_on = on
    held.save(update_fields=["withdrawn_on"])
    return held


def parties_of(agreement: Agreement) -> QuerySet[ConventionParty]:
    """Who signed besides the two, in the order of entry; withdrawn ones too."""
    rows = ConventionParty.objects.filter(agreement=agreement)
    return rows.select_related("area", "entered_by").order_by("id")


def party_seen(mutual: Mutual, uid: object) -> ConventionParty:
    """The party of this mutual with this ``uid``, or ``NOT_FOUND``."""
    rows = ConventionParty.objects.filter(mutual=mutual, uid=uid)
    found = rows.select_related("agreement__provider", "area", "entered_by").first()
    if found is None:
        raise Refusal("NOT_FOUND", record="convention_party", key=str(uid))
    return found
