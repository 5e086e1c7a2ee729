"""Calls about prior agreements: noted when they come, the number read back before they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.claims.agreement_models import (
    AgreementCall,
    NumberReadBack,
    PreAuthorisation,
)
from entraide.apps.providers.register import by_right
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.booklets import paper_key
from entraide.core.errors import Finding, Refusal, RefusedRows

CALL_TAKERS = (Right.ENTER_CLAIM, Right.GIVE_PRE_AUTHORISATION)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as they say it, and the hour on the mutual's clock."""

    name: str
    post: str
    called_at: time
    phone: str = ""


def caller_findings(caller: Caller | None) -> list[Finding]:
    """``CALLER_NAME_MISSING``, ``CALLER_POST_MISSING``: else nobody knows later who asked."""
    faults = []
    if caller is None or not caller.name.strip():
        faults.append(Finding("CALLER_NAME_MISSING", place="caller_name"))
    if caller is None or not caller.post.strip():
        faults.append(Finding("CALLER_POST_MISSING", place="caller_post"))
    return faults


def call_noted(
    authorisation: PreAuthorisation, caller: Caller, *, actor: User, on: date
) -> AgreementCall:
    """The row of a call whose caller was looked at."""
    return AgreementCall.objects.create(
        mutual=authorisation.mutual,
        authorisation=authorisation,
        called_on=on,
        called_at=caller.called_at,
        caller_name=" ".join(caller.name.split())[:80],
        caller_post=" ".join(caller.post.split())[:80],
        caller_phone=caller.phone.strip()[:30],
        taken_by=actor,
    )


def _record(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    authorisation: PreAuthorisation,
    caller: Caller,
) -> AgreementCall:
    """A later call about an agreement: for its answer, or to ask again. Refused as
    :func:`caller_findings` says."""
    if faults := caller_findings(caller):
        raise RefusedRows(tuple(faults))
    return call_noted(authorisation, caller, actor=actor, on=on)


record_agreement_call = by_right("record_agreement_call", CALL_TAKERS, _record)


def _read_back(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    call: AgreementCall,
    number: str,
    read_at: time,
) -> NumberReadBack:
    """The caller said the number again, and it is the agreement's, however it is written.

    Refused with ``READ_BACK_DIFFERS``, ``READ_BACK_ALREADY`` or ``READ_BACK_BEFORE_CALL``.
    """
    call = (
        AgreementCall.objects.select_for_update(of=("self",))
        .select_related("authorisation")
        .get(pk=call.pk)
    )
    if NumberReadBack.objects.filter(call=call).exists():
        raise Refusal("READ_BACK_ALREADY", place="number")
    expected = call.authorisation.document_number
    if paper_key(number) != paper_key(expected):
        raise Refusal("READ_BACK_DIFFERS", place="number", heard=number.strip(), number=expected)
    if (on, read_at) < (call.called_on, call.called_at):
        raise Refusal("READ_BACK_BEFORE_CALL", place="read_at", at=f"{call.called_at:%H:%M}")
    return NumberReadBack.objects.create(
        mutual=mutual,
        call=call,
        number=number.strip()[:60],
        read_on=on,
        read_at=read_at,
        read_by=actor,
    )


read_back_number = by_right("read_back_agreement_number", CALL_TAKERS, _read_back)


def is_read_back(call: AgreementCall) -> bool:
    """Whether the number was said again by the caller."""
    return hasattr(call, "read_back")


def calls_of(authorisation: PreAuthorisation) -> list[AgreementCall]:
    """The calls about an agreement, the first one first, each with its read-back."""
    return list(_with_people(authorisation.calls.all()).order_by("called_on", "called_at", "pk"))


def calls_between(mutual: Mutual, from_: date, until: date) -> QuerySet[AgreementCall]:
    """The register of calls in ``[from_, until)``, the latest first."""
    rows = AgreementCall.objects.filter(
        mutual=mutual, called_on__gte=from_, called_on__lt=until
    ).select_related("authorisation__person", "authorisation__provider")
    return _with_people(rows).order_by("-called_on", "-called_at", "-pk")


def _with_people(rows: QuerySet[AgreementCall]) -> QuerySet[AgreementCall]:
    return rows.select_related("taken_by", "read_back__read_by")
