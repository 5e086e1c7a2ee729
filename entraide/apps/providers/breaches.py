"""What was done against a clause of a convention: written, told, answered, closed."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet

from entraide.apps.access.models import User
from entraide.apps.providers.models import (
    Agreement,
    AgreementState,
    ConventionBreach,
    Provider,
    ProviderTurnover,
)
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.conventions import Clause
from entraide.core.errors import Refusal


@command("record_breach", right=Right.KEEP_PROVIDERS)
def record_breach(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    clause: str,
    occurred_on: date,
    what_happened: str,
    evidence: str = "",
    notice_given_on: date | None = None,
) -> ConventionBreach:
    """A clause was not respected on a day of the convention; with what proves it.

    Refused with ``CLAUSE_UNKNOWN``, ``BREACH_EMPTY``, ``DATE_IN_FUTURE``,
    ``CONVENTION_NOT_APPROVED`` or ``BREACH_OUTSIDE_CONVENTION``.
    """
    if clause not in frozenset(Clause):
        raise Refusal("CLAUSE_UNKNOWN", place="clause", text=clause)
    if not what_happened.strip():
        raise Refusal("BREACH_EMPTY", place="what_happened")
    _require_past(occurred_on, on, "occurred_on")
    if notice_given_on is not None:
        _require_notice(occurred_on, notice_given_on, on)
    if agreement.state != AgreementState.APPROVED:
        raise Refusal("CONVENTION_NOT_APPROVED", provider=agreement.provider.name)
    until = agreement.effective_until
    if occurred_on < agreement.effective_from or (until is not None and occurred_on >= until):
        raise Refusal("BREACH_OUTSIDE_CONVENTION", place="occurred_on", day=occurred_on)
    return ConventionBreach.objects.create(
        mutual=mutual, agreement=agreement, clause=clause, occurred_on=occurred_on,
        what_happened=what_happened.strip()[:1000], evidence=evidence.strip()[:300],
        notice_given_on=notice_given_on, entered_by=actor, entered_on=on,
    )  # fmt: skip


@command("follow_breach", right=Right.KEEP_PROVIDERS)
def follow_breach(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    breach: ConventionBreach,
    notice_given_on: date | None = None,
    reply: str = "",
    replied_on: date | None = None,
    sanction: str = "",
) -> ConventionBreach:
    """What followed: notice given to the provider, what it answers, what was decided.

    Each is filled once. Refused with ``BREACH_CLOSED``, ``BREACH_STEP_TAKEN``,
    ``DATE_IN_FUTURE``, ``BREACH_NOTICE_EARLY``, ``BREACH_REPLY_INCOMPLETE`` or ``LIST_SAME``.
    """
    breach = _open(breach)
    if bool(reply.strip()) != (replied_on is not None):
        raise Refusal("BREACH_REPLY_INCOMPLETE", place="reply" if replied_on else "replied_on")
    if notice_given_on is not None:
        _require_notice(breach.occurred_on, notice_given_on, on)
    if replied_on is not None:
        _require_past(replied_on, on, "replied_on")
    said = {
        "notice_given_on": notice_given_on, "reply": reply.strip()[:1000],
        "replied_on": replied_on, "sanction": sanction.strip()[:300],
    }  # fmt: skip
    new = {name: value for name, value in said.items() if value}
    if not new:
        raise Refusal("LIST_SAME", place="notice_given_on")
    for name, value in new.items():
        if getattr(breach, name):
            raise Refusal("BREACH_STEP_TAKEN", place=name)
        setattr(breach, name, value)
    breach.save(update_fields=list(new))
    return breach


@command("close_breach", right=Right.APPROVE_CONVENTION)
def close_breach(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    breach: ConventionBreach,
    outcome: str,
) -> ConventionBreach:
    """The breach is settled, in a few words. Refused with ``BREACH_CLOSED``, ``REASON_MISSING``."""
    if not outcome.strip():
        raise Refusal("REASON_MISSING", place="outcome")
    breach = _open(breach)
    breach.closed_on, breach.closed_by, breach.outcome = on, actor, outcome.strip()[:300]
    breach.save(update_fields=["closed_on", "closed_by", "outcome"])
    return breach


def _require_past(day: date, on: date, place: str) -> None:
    if day > on:
        raise Refusal("DATE_IN_FUTURE", place=place, day=day, on=on)


def _require_notice(occurred_on: date, given_on: date, on: date) -> None:
    _require_past(given_on, on, "notice_given_on")
    if given_on < occurred_on:
        raise Refusal("BREACH_NOTICE_EARLY", place="notice_given_on", day=occurred_on)


def _open(breach: ConventionBreach) -> ConventionBreach:
    breach = ConventionBreach.objects.select_for_update().get(pk=breach.pk)
    if breach.closed_on is not None:
        raise Refusal("BREACH_CLOSED", day=breach.closed_on)
    return breach


def breaches_of(mutual: Mutual) -> QuerySet[ConventionBreach]:
    """Every breach of a mutual's conventions: the open ones first, the latest first."""
    rows = ConventionBreach.objects.filter(mutual=mutual)
    rows = rows.select_related("agreement__provider", "entered_by", "closed_by")
    return rows.order_by(F("closed_on").asc(nulls_first=True), "-occurred_on", "-id")


def breach_seen(mutual: Mutual, uid: object) -> ConventionBreach:
    """The breach of this mutual with this ``uid``, or ``NOT_FOUND``."""
    found = breaches_of(mutual).filter(uid=uid).first()
    if found is None:
        raise Refusal("NOT_FOUND", record="breach", key=str(uid))
    return found


def turnovers_of(mutual: Mutual, provider: Provider) -> list[ProviderTurnover]:
    """What a provider said it earned, one row a year, the latest year first."""
    rows = ProviderTurnover.objects.filter(mutual=mutual, provider=provider)
    latest: dict[int, ProviderTurnover] = {}
    for row in rows.select_related("recorded_by").order_by("-year", "id"):
        latest[row.year] = row
    return list(latest.values())
