"""A page of the register saved after another person changed what it showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from entraide.apps.enrolment.history import as_text
from entraide.core.errors import Finding, RefusedRows

_CHOICES = frozenset(
    {"sex", "relation", "birth_precision", "phone_owner", "document_kind", "signed_by"}
)


def only_changed(
    typed: Mapping[str, Any],
    shown: Mapping[str, Any] | None,
    now: Mapping[str, Any],
    *,
    together: Sequence[Sequence[str]] = (),
) -> dict[str, Any]:
    """What a form changes of what it showed, beside what the register says now.

    What was left as it was shown keeps what others wrote since. What both changed, each otherwise,
    is refused with every such field at once: ``CHANGED_SINCE_SHOWN``, or ``CHOICE_CHANGED_SINCE``
    where the register holds a code. ``together``: facts that make sense only with one another.
    Without ``shown``, everything is as it was typed.
    """
    if shown is None:
        return dict(typed)
    merged, faults = dict(now), []
    for names in _groups(typed, together):
        wanted, before, present = ([each[name] for name in names] for each in (typed, shown, now))
        if wanted == before:
            continue
        if present not in (before, wanted):
            faults += [_changed(name, now[name]) for name in names if now[name] != shown[name]]
        merged |= {name: typed[name] for name in names}
    if faults:
        raise RefusedRows(tuple(faults))
    return merged


def _groups(typed: Mapping[str, Any], together: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield from together
    joined = {name for names in together for name in names}
    yield from ([name] for name in typed if name not in joined)


def _changed(name: str, value: Any) -> Finding:
    if name in _CHOICES:
        return Finding("CHOICE_CHANGED_SINCE", place=name)
    shown = value if isinstance(value, int) else as_text(value)
    return Finding("CHANGED_SINCE_SHOWN", place=name, data={"now": shown or "–"})
