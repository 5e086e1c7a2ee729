"""What a page of the register showed when it was opened, sent back with what was typed.

It is signed, so that what comes back is what was shown. An old page without it is saved whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core import signing

from entraide.apps.access.services import plain
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import Area
from entraide.core.errors import Refusal, RefusedRows

FIELD = "shown"
_SALT = "facts of a register page"
_DAYS = ("birth_on", "consent_on")


def packed(facts: Mapping[str, Any]) -> str:
    """The facts of a page for its hidden field."""
    keys = {name: _key(value) for name, value in facts.items()}
    return signing.dumps(keys, salt=_SALT)


def _key(value: Any) -> Any:
    return str(value.uid) if isinstance(value, Person | Area) else plain(value)


def unpacked(text: str, now: Mapping[str, Any]) -> dict[str, Any] | None:
    """The facts that a page showed, of the same names as those of ``now``; None when unknown.

    A record that is still the same is that of ``now``.
    """
    try:
        facts = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    if not isinstance(facts, dict) or set(facts) != set(now):
        return None
    return {name: _fact(name, facts[name], now[name]) for name in now}


def _fact(name: str, key: Any, now: Any) -> Any:
    if _key(now) == key:
        return now
    if name in _DAYS and key:
        return date.fromisoformat(key)
    if name == "mother" and key:
        return Person.objects.filter(uid=key).first()
    if name == "area" and key:
        return Area.objects.filter(uid=key).first()
    return key


def seen_again(
    shown: Mapping[str, Any] | None, now: Mapping[str, Any], refusal: Refusal
) -> dict[str, Any] | None:
    """What the page has shown once it says which facts changed: they may be put right after all."""
    if shown is None or not isinstance(refusal, RefusedRows):
        return dict(shown) if shown is not None else None
    told = {each.place for each in refusal.findings}
    return {name: now[name] if name in told else value for name, value in shown.items()}
