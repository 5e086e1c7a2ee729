"""What the rules would decide of care that is only asked for, in words, before it is promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from entraide.apps.claims.foreseeing import CareAsked, Outlook, outlook
from entraide.core.adjudication.foreseen import Foreseen
from entraide.core.errors import Finding
from entraide.documents import writing
from entraide.web.claims.reasons import language

SEEN = "seen"
Tell = Callable[[Finding], str]


def doubts_of(
    person: Any, content: Mapping[str, Any], on: date, tell: Tell, *, provider: Any = None
) -> list[str]:
    """What who asks is told before the question is recorded; empty where the rules would pay.

    ``content``: of the command that asks; ``provider``: where it does not say it.
    """
    begins, ends = content["effective_from"], content["effective_until"]
    if ends <= begins:
        return []  # the command says it
    care = CareAsked(person, content["category"], provider=content.get("provider") or provider)
    seen = outlook(care, begins, ends, on)
    # What one case pays at most is told with the answer: several cases may fall in these days.
    amount = content["amount_minor"] if seen.first.is_most_of_year else None
    said = outlook_told(seen, amount, person.mutual.currency, tell)
    # A contribution that falls due later holds nobody back today.
    is_over = most_told(seen, amount, person.mutual.currency)
    return said if seen.is_refused_somewhere or seen.first.refusal or is_over else []


def what_is_seen(person: Any, content: Mapping[str, Any]) -> str:
    """What these words were about: other days or another person are looked at again."""
    place = content.get("provider")
    return "/".join(
        str(each)
        for each in (
            person.number, content["category"].code, content["effective_from"],
            content["effective_until"], content["amount_minor"] or 0, place.uid if place else "",
        )
    )  # fmt: skip


def payable_days(seen: Outlook) -> tuple[date, date] | None:
    """The days, half-open, that can be agreed to among those asked; None where there are none."""
    if seen.pays_from is None or seen.pays_until is None:
        return None
    return seen.pays_from, seen.pays_until


def outlook_told(seen: Outlook, amount_minor: int | None, currency: str, tell: Tell) -> list[str]:
    """What the rules would refuse of these days, why, and on which days they would pay."""
    days = [each for each in (seen.first, seen.last) if each.refusal is not None]
    if _same_reason(seen.first, seen.last):
        days = days[:1]
    said = [_day_told(each, tell) for each in days]
    if seen.is_refused_somewhere and seen.pays_from is not None and seen.pays_until is not None:
        said.append(
            _("They would pay from %(first)s to %(last)s.")
            % {
                "first": writing.day(seen.pays_from, language()),
                "last": writing.day(seen.pays_until - timedelta(days=1), language()),
            }
        )
    if most := most_told(seen, amount_minor, currency):
        said.append(most)
    return said


def most_told(seen: Outlook, amount_minor: int | None, currency: str) -> str:
    """What the rules pay at most, where that is less than an amount; empty else."""
    most = seen.first.most_minor
    if not most or amount_minor is None or amount_minor <= most:
        return ""
    words = (
        _("The ceilings of the year leave %(most)s at most for this care.")
        if seen.first.is_most_of_year
        else _("The rules pay %(most)s at most for one case of this care.")
    )
    return words % {"most": writing.money(most, currency, language())}


def _same_reason(first: Foreseen, last: Foreseen) -> bool:
    one, other = first.refusal, last.refusal
    return (
        one is not None
        and other is not None
        and one.code == other.code
        and first.is_open_later == last.is_open_later
    )


def _day_told(day: Foreseen, tell: Tell) -> str:
    if day.refusal is None:
        return ""
    words = (
        _("On %(day)s the rules would pay only if this is settled by then. %(reason)s")
        if day.is_open_later
        else _("On %(day)s the rules would not pay this care. %(reason)s")
    )
    return words % {"day": writing.day(day.care_on, language()), "reason": tell(day.refusal)}
