"""What makes a function a command: rights, one mutual, one transaction, once, and logged.

``@command("enrol_household", right=Right.ENROL)`` wraps a keyword-only service that takes
``mutual``, ``actor``, ``on`` (the day of the act) and ``idempotency_key`` and returns its record.
The wrapper opens the mutual's scope and an atomic block, answers a repeated key with the first
result, refuses records of another mutual, writes the journal line, and journals every refusal.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import IntegrityError, OperationalError, models, transaction
from django_scopes import scope, scopes_disabled

from entraide.apps.access.models import AuditKind, CommandLog, User
from entraide.apps.access.prepared import forget_read, reading_once
from entraide.apps.access.records import MutualRecord, sections_of_who_acts, whole_mutual
from entraide.apps.access.services import content_hash, find_command, log_command, record_audit
from entraide.apps.access.turns import in_turn
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.numbering import trusting_books
from entraide.apps.schemes.rights import Right, require_right
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.exactness import inexact_numbers
from entraide.core.money import MAXIMUM_MINOR
from entraide.core.texts import unseen_character

Result = TypeVar("Result")
Service = TypeVar("Service", bound=Callable[..., Any])
KEY_LENGTH = 100
_ATTEMPTS = 3


def command(
    name: str, *, right: Right, reads: Callable[..., None] | None = None
) -> Callable[[Service], Service]:
    """Make a service a command called ``name`` that needs ``right``.

    ``reads`` is called with the mutual, the day and the content before the transaction begins: what
    it reads of steady rows (:func:`~entraide.apps.access.prepared.reading_once`) the service finds
    again without keeping other writers waiting. The service must change none of these.
    """

    def decorate(service: Service) -> Service:
        @functools.wraps(service)
        def run(
            *, mutual: Mutual | None, actor: User, on: date, idempotency_key: str, **content: Any
        ) -> Any:
            try:
                with scope(mutual=mutual), whole_mutual(), _ahead(reads):
                    # What needs no lock comes first: SQLite has one writer at a time.
                    require_right(actor, mutual, right, on)
                    _require_same_mutual(mutual, content)
                    _require_key(idempotency_key)
                    _require_readable(content)
                    _require_exact(content)
                    _require_believable(content)
                    hash_of_content = content_hash(name, content)
                    if reads is not None and not _is_in_transaction():
                        reads(mutual=mutual, on=on, **content)
                    once = _Once(mutual, idempotency_key, name, hash_of_content, actor, on)
                    return _carried_out(once, service, content)
            except Refusal as refusal:
                record_audit(
                    kind=AuditKind.REFUSAL,
                    mutual=mutual,
                    actor=actor,
                    code=refusal.code,
                    subject=name,
                    details={"place": refusal.place, "key": _kept(idempotency_key)},
                )
                raise

        run.command_name = name  # type: ignore[attr-defined]
        run.command_right = right  # type: ignore[attr-defined]
        return cast(Service, run)

    return decorate


def _ahead(reads: Callable[..., None] | None) -> AbstractContextManager[None]:
    return reading_once() if reads is not None else nullcontext()


def _is_in_transaction() -> bool:
    return transaction.get_connection().in_atomic_block


def key_of_step(key: str, step: str) -> str:
    """The key of a second command that follows from the same act: the first one's and its step,
    shortened to its hash where both together would be too long."""
    whole = f"{key}-{step}"
    if len(whole) <= KEY_LENGTH:
        return whole
    return f"{hashlib.sha256(key.encode()).hexdigest()}-{step}"


def as_one(act: Callable[[], Result]) -> Result:
    """Several commands that one transaction holds, as one command: after a clash, done again."""
    if _is_in_transaction():
        return act()
    try:
        with trusting_books():
            return act()
    except (IntegrityError, OperationalError) as fault:
        if not _is_passing(fault):
            raise
    return act()


def service_of(carried_out: Service) -> Service:
    """The service of a command, to be a part of another command, which asked for its own right.

    The part has neither a key nor a line of the journal of its own: the whole has.
    """
    return cast(Service, inspect.unwrap(carried_out))


@dataclass(frozen=True, slots=True)
class _Once:
    """One command with its key: what makes it the same as an earlier one, or not."""

    mutual: Mutual | None
    key: str
    name: str
    hash_of_content: str
    actor: User
    on: date

    def earlier(self) -> CommandLog | None:
        found = find_command(mutual=self.mutual, key=self.key, hash_of_content=self.hash_of_content)
        is_others = found is not None and found.actor_id != self.actor.pk
        if is_others and sections_of_who_acts() is not None:
            # What another person did may be of a section that this one must not see.
            raise Refusal("IDEMPOTENCY_CONFLICT", key=self.key)
        return found

    def log(self, result: Any) -> None:
        log_command(
            mutual=self.mutual,
            key=self.key,
            name=self.name,
            hash_of_content=self.hash_of_content,
            actor=self.actor,
            on=self.on,
            result=result if isinstance(result, models.Model) else None,
        )


def _carried_out(once: _Once, service: Callable[..., Any], content: dict[str, Any]) -> Any:
    """The service in one transaction, or the result of the same command done before.

    What two people write at one moment under one number, or lock in two orders, fails for one of
    them: it is done again, now seeing what the other wrote. Not inside another transaction, which
    would have to be done again as a whole.
    """
    for attempt in range(_ATTEMPTS - 1):
        comes_again = attempt == 0 and not _is_in_transaction()
        try:
            with trusting_books() if comes_again else nullcontext():
                return _attempted(once, service, content)
        except (IntegrityError, OperationalError) as fault:
            # One key twice at the same moment: the later request answers the first one's result.
            earlier = once.earlier() if isinstance(fault, IntegrityError) else None
            if earlier is not None:
                return _result_of(earlier.result_model, earlier.result_uid)
            if _is_in_transaction() or not _is_passing(fault):
                raise
    return _attempted(once, service, content)


def _attempted(once: _Once, service: Callable[..., Any], content: dict[str, Any]) -> Any:
    with in_turn(transaction.get_connection()), transaction.atomic():
        earlier = once.earlier()
        if earlier is not None:
            return _result_of(earlier.result_model, earlier.result_uid)
        result = service(
            mutual=once.mutual,
            actor=once.actor,
            on=once.on,
            idempotency_key=once.key,
            **content,
        )
        once.log(result)
    if not _is_in_transaction():
        forget_read()
    return result


def _is_passing(fault: Exception) -> bool:
    """A clash with another transaction: a number taken, a deadlock; not a database that is gone."""
    return isinstance(fault, IntegrityError) or "deadlock" in str(fault)


def _result_of(label: str, uid: Any) -> models.Model | None:
    if not label:
        return None
    with scopes_disabled():
        return apps.get_model(label)._base_manager.get(uid=uid)


def _records_in(value: Any) -> Iterator[MutualRecord]:
    if isinstance(value, MutualRecord):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _records_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _records_in(item)


def _require_same_mutual(mutual: Mutual | None, content: dict[str, Any]) -> None:
    for record in _records_in(content):
        if mutual is None or record.mutual_id != mutual.pk:
            raise Refusal("RECORD_OF_OTHER_MUTUAL", record=record._meta.model_name)


def _kept(key: str) -> str:
    """What the journal keeps of a key that may be the very thing that was refused."""
    return key[:KEY_LENGTH] if key.isprintable() else ""


def _require_key(key: str) -> None:
    if not key:
        raise Refusal("IDEMPOTENCY_KEY_MISSING")
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise Refusal("IDEMPOTENCY_KEY_INVALID", maximum=KEY_LENGTH)


def _require_readable(content: dict[str, Any]) -> None:
    """Refuse with ``TEXT_UNSEEN_CHARACTER`` a text given as such, or by a line of a form.

    What a file holds deeper is read, and refused, by who reads the file.
    """
    for place, value in content.items():
        for text in _texts_in(value):
            if character := unseen_character(text):
                raise Refusal("TEXT_UNSEEN_CHARACTER", place=place, character=character)


def _require_exact(content: dict[str, Any]) -> None:
    """Refuse every number that is a float or no number, and every amount that is not whole.

    ``NUMBER_NOT_EXACT``, ``NUMBER_NOT_FINITE`` or ``AMOUNT_NOT_WHOLE``: one of them as itself,
    several as ``INPUT_REFUSED``. A caller's fault too is told with its place, not by a crash.
    """
    faults = [*inexact_numbers(content)]
    told = {fault.place for fault in faults}
    faults += [
        Finding("AMOUNT_NOT_WHOLE", place=place, data={"value": str(value)[:60]})
        for place, value in _amounts_in(content)
        if isinstance(value, bool | Decimal | str) and place not in told
    ]
    if len(faults) == 1:
        raise Refusal(faults[0].code, place=faults[0].place, **faults[0].data)
    if faults:
        raise RefusedRows(tuple(faults))


def _require_believable(content: dict[str, Any]) -> None:
    """Refuse with ``AMOUNT_TOO_LARGE`` an amount in minor units that no book can hold.

    Beyond it a database would fail, or a browser round; sums of what is let in stay far from that.
    """
    for place, value in _amounts_in(content):
        if isinstance(value, int) and abs(value) > MAXIMUM_MINOR:
            raise Refusal("AMOUNT_TOO_LARGE", place=place, text=str(value))


def _amounts_in(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is named as an amount in minor units, given as such or by a line of a form."""
    for place, value in content.items():
        if place.endswith("_minor"):
            yield place, value
        for at, line in enumerate(value) if isinstance(value, list | tuple) else ((None, value),):
            if is_dataclass(line) and not isinstance(line, type):
                inside = place if at is None else f"{place}[{at}]"
                for name in line.__dataclass_fields__:
                    if name.endswith("_minor"):
                        yield f"{inside}.{name}", getattr(line, name)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for line in value if isinstance(value, list | tuple) else (value,):
        if is_dataclass(line) and not isinstance(line, type):
            for name in line.__dataclass_fields__:
                text = getattr(line, name)
                if isinstance(text, str):
                    yield text
