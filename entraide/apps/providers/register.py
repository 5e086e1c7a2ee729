"""The register of providers: found, entered, changed, closed with a day; each change is kept.

The register is the network's. A mutual that misses a provider proposes it and works with it at
once; another person of it, or the network's administrator, then accepts it for all. What decides
money (name, sector, level) of a provider with which other mutuals work, only the administrator
changes; its telephone, hours and services whoever keeps providers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django_scopes import scopes_disabled

from entraide.apps.access.models import User
from entraide.apps.nomenclature.changes import list_changes
from entraide.apps.nomenclature.models import Area, ListChange
from entraide.apps.nomenclature.places import under
from entraide.apps.providers.alike import providers_alike
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    Provider,
    ProviderProposal,
    ProviderState,
)
from entraide.apps.providers.selectors import providers_of
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, may, require_other_person
from entraide.core.care_package import ProviderLevel
from entraide.core.conventions import ProviderService
from entraide.core.errors import Refusal
from entraide.core.product import Sector

_KIND = "provider"
_OF_NETWORK = frozenset({"name", "sector", "level", "closed_on"})
_MOST_DEGREES = {"latitude": 90, "longitude": 180}


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What the register says of a provider; ``level`` empty when nobody knows it."""

    name: str
    sector: str
    level: str = ""
    area: Area | None = None
    phone: str = ""
    services: tuple[str, ...] = ()
    opening_hours: str = ""
    contact_name: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def by_right(name: str, rights: Sequence[Right], service: Callable[..., Any]) -> Callable[..., Any]:
    """A command for whoever holds one of several rights; refused as by the first when none."""
    commands = {right: command(name, right=right)(service) for right in rights}

    def run(*, mutual: Mutual, actor: User, on: date, **content: Any) -> Any:
        held = next((right for right in rights if may(actor, mutual, right, on)), rights[0])
        return commands[held](mutual=mutual, actor=actor, on=on, **content)

    run.__doc__ = service.__doc__
    return run


KEEPERS = (Right.KEEP_PROVIDERS, Right.ADMINISTER)
DECIDERS = (Right.APPROVE_CONVENTION, Right.ADMINISTER)


def _enter(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    facts: ProviderFacts,
    code: str = "",
    is_other: bool = False,
) -> Provider:
    """A provider that the register misses; without code it gets the next one of the mutual.

    Entered by the administrator it is of the network at once, else a proposal of the mutual.
    Refused with ``PROVIDER_NAME_MISSING``, ``PROVIDER_SECTOR_UNKNOWN``,
    ``PROVIDER_LEVEL_UNKNOWN``, ``PROVIDER_SERVICE_UNKNOWN``, ``PROVIDER_GPS_INVALID``,
    ``PROVIDER_CODE_TAKEN``, ``PROVIDER_ALREADY_THERE`` (the same name at the same place), or
    ``PROVIDER_ALIKE`` (one resembles it, and ``is_other`` does not say that it is another).
    """
    require_right_facts(facts)
    known = providers_of(mutual)
    name = " ".join(facts.name.split())
    same = known.filter(name__iexact=name, area=facts.area, closed_on__isnull=True)
    if (there := same.first()) is not None:
        raise Refusal("PROVIDER_ALREADY_THERE", place="name", name=there.name, number=there.code)
    alike = [] if is_other else providers_alike(mutual, name, facts.area)
    if alike:
        named = ", ".join(f"{each.name} ({each.code})" for each in alike[:3])
        raise Refusal("PROVIDER_ALIKE", place="name", names=named)
    code = code.strip() or next_code(mutual)
    if Provider.objects.filter(system=mutual.code, code=code).exists():
        raise Refusal("PROVIDER_CODE_TAKEN", place="code", number=code)
    is_of_network = may(actor, mutual, Right.ADMINISTER, on)
    state = ProviderState.ACCEPTED if is_of_network else ProviderState.PROPOSED
    provider = Provider.objects.create(
        system=mutual.code, code=code, state=state, **_as_columns(facts)
    )
    if not is_of_network:
        ProviderProposal.objects.create(
            mutual=mutual, provider=provider, proposed_by=actor, proposed_on=on
        )
    return provider


def _change(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    facts: ProviderFacts,
    source: str,
) -> ListChange:
    """What is known of a provider, corrected on somebody's word; every change stays readable.

    Refused as :func:`enter_provider`, with ``SETTING_SOURCE_MISSING``, ``LIST_SAME`` or
    ``PROVIDER_OF_NETWORK`` (its name, sector or level where other mutuals work with it too).
    """
    require_right_facts(facts)
    return _written(mutual, provider, _as_columns(facts), actor=actor, on=on, source=source)


def _close(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    provider: Provider,
    closed_on: date,
    reason: str,
) -> ListChange:
    """The provider gives no care from a day on. Claims of days before stay as they are.

    Refused with ``REASON_MISSING``, ``PROVIDER_CLOSED``, ``PROVIDER_UNDER_CONVENTION`` (end that
    first) or ``PROVIDER_OF_NETWORK``.
    """
    if not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    if provider.closed_on is not None:
        raise Refusal("PROVIDER_CLOSED", provider=provider.name, day=provider.closed_on)
    running = Agreement.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=closed_on),
        provider=provider,
        state=AgreementState.APPROVED,
    )
    if running.exists():
        raise Refusal("PROVIDER_UNDER_CONVENTION", place="closed_on", provider=provider.name)
    return _written(mutual, provider, {"closed_on": closed_on}, actor=actor, on=on, source=reason)


def _decide(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    proposals: Sequence[ProviderProposal],
    decision: ProviderState,
    reason: str = "",
) -> ProviderProposal:
    """Proposed providers enter the list of the network, or are refused with a reason.

    Refused providers stay on the claims that name them and are offered no more. Answers the last.
    Refused with ``PROVIDER_ALREADY_DECIDED``, ``REASON_MISSING`` or ``SEPARATION_OF_DUTIES``.
    """
    if decision == ProviderState.REFUSED and not reason.strip():
        raise Refusal("REASON_MISSING", place="reason")
    if not proposals:
        raise Refusal("PROVIDER_NONE_WAITING")
    rows = ProviderProposal.objects.select_for_update(of=("self",)).select_related("provider")
    proposal = proposals[0]
    for each in proposals:
        proposal = rows.get(pk=each.pk)
        if proposal.decision:
            raise Refusal("PROVIDER_ALREADY_DECIDED", provider=proposal.provider.name)
        require_other_person(actor, proposal.proposed_by, step="enter_provider")
        proposal.decision, proposal.reason = decision.value, reason.strip()[:200]
        proposal.decided_by, proposal.decided_on = actor, on
        proposal.save(update_fields=["decision", "reason", "decided_by", "decided_on"])
        Provider.objects.filter(pk=proposal.provider_id).update(state=decision.value)
    return proposal


enter_provider = by_right("enter_provider", KEEPERS, _enter)
change_provider = by_right("change_provider", KEEPERS, _change)
close_provider = by_right("close_provider", KEEPERS, _close)
decide_providers = by_right("decide_providers", DECIDERS, _decide)


def require_right_facts(facts: ProviderFacts) -> None:
    """Refuse, with the field as place, what no register can hold; see :func:`enter_provider`."""
    if not facts.name.strip():
        raise Refusal("PROVIDER_NAME_MISSING", place="name")
    if facts.sector not in frozenset(Sector):
        raise Refusal("PROVIDER_SECTOR_UNKNOWN", place="sector", text=facts.sector)
    if facts.level and facts.level not in frozenset(ProviderLevel):
        raise Refusal("PROVIDER_LEVEL_UNKNOWN", place="level", text=facts.level)
    for service in facts.services:
        if service not in frozenset(ProviderService):
            raise Refusal("PROVIDER_SERVICE_UNKNOWN", place="services", text=service)
    for name, most in _MOST_DEGREES.items():
        value = getattr(facts, name)
        if value is not None and abs(value) > most:
            raise Refusal("PROVIDER_GPS_INVALID", place=name, text=str(value))
    if (facts.latitude is None) != (facts.longitude is None):
        missing = "latitude" if facts.latitude is None else "longitude"
        raise Refusal("PROVIDER_GPS_HALF", place=missing)


def _as_columns(facts: ProviderFacts) -> dict[str, Any]:
    columns = {each.name: getattr(facts, each.name) for each in fields(facts)}
    return columns | {
        "name": " ".join(facts.name.split())[:160],
        "services": sorted(set(facts.services), key=list(ProviderService).index),
    }


def _written(
    mutual: Mutual,
    provider: Provider,
    wanted: Mapping[str, Any],
    *,
    actor: User,
    on: date,
    source: str,
) -> ListChange:
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    held = (
        Provider.objects.select_for_update(of=("self",)).select_related("area").get(pk=provider.pk)
    )
    changed = [name for name, value in wanted.items() if getattr(held, name) != value]
    if not changed:
        raise Refusal("LIST_SAME", place="name")
    shared = next((name for name in changed if name in _OF_NETWORK), "")
    is_administrator = may(actor, mutual, Right.ADMINISTER, on)
    if shared and not is_administrator and _is_of_others(mutual, held):
        raise Refusal("PROVIDER_OF_NETWORK", place=shared, provider=held.name)
    before = {name: _kept(getattr(held, name)) for name in changed}
    for name in changed:
        setattr(held, name, wanted[name])
    held.save(update_fields=changed)
    return ListChange.objects.create(
        kind=_KIND, record_uid=held.uid, code=held.code, before=before,
        after={name: _kept(wanted[name]) for name in changed},
        source=source.strip()[:200], changed_on=on, changed_by=actor,
    )  # fmt: skip


def _is_of_others(mutual: Mutual, provider: Provider) -> bool:
    with scopes_disabled():  # only whether another mutual works with it
        return Agreement.objects.filter(provider=provider).exclude(mutual=mutual).exists()


def _kept(value: Any) -> Any:
    if isinstance(value, Area):
        return value.name
    return str(value) if isinstance(value, Decimal | date) else value


def next_code(mutual: Mutual) -> str:
    """The code of the next provider that a mutual enters: P-001, P-002 …"""
    taken = set(Provider.objects.filter(system=mutual.code).values_list("code", flat=True))
    number = len(taken) + 1
    while f"P-{number:03d}" in taken:
        number += 1
    return f"P-{number:03d}"


def register(
    mutual: Mutual,
    *,
    text: str = "",
    sector: str = "",
    level: str = "",
    area: Area | None = None,
    is_closed: bool = False,
) -> QuerySet[Provider]:
    """The register as it is searched: open providers, or those that closed, by name."""
    rows = providers_of(mutual).filter(closed_on__isnull=not is_closed)
    rows = rows.exclude(state=ProviderState.REFUSED)
    if text.strip():
        rows = rows.filter(Q(name__icontains=text.strip()) | Q(code__icontains=text.strip()))
    if sector:
        rows = rows.filter(sector=sector)
    if level:
        rows = rows.filter(level=level)
    if area is not None:
        rows = rows.filter(area__in=[area.pk, *under(area)])
    return rows.order_by("name", "id")


def provider_seen(mutual: Mutual, uid: object) -> Provider:
    """The provider with this ``uid`` that a mutual may see, or ``NOT_FOUND``."""
    provider = providers_of(mutual).filter(uid=uid).first()
    if provider is None:
        raise Refusal("NOT_FOUND", record="provider", key=str(uid))
    return provider


def facts_of(provider: Provider) -> dict[str, Any]:
    """What the register says of a provider, by the names of :class:`ProviderFacts`."""
    said = asdict(ProviderFacts(name="", sector=""))
    return {name: getattr(provider, name) for name in said}


def changes_of(provider: Provider) -> QuerySet[ListChange]:
    """Every change of a provider, the latest first."""
    return list_changes(provider.uid)


def proposals_waiting(mutual: Mutual) -> QuerySet[ProviderProposal]:
    """The providers that a mutual proposed and nobody decided on, the oldest first."""
    rows = ProviderProposal.objects.filter(mutual=mutual, decision="")
    return rows.select_related("provider__area", "proposed_by").order_by("id")
