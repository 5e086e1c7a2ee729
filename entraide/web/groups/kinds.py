"""The tabs by which a report keeps to one kind of group: ``?kind=village``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from entraide.apps.enrolment.group_kinds import kinds_of
from entraide.documents.report_words import GROUP_KINDS
from entraide.messages import translate
from entraide.web.office import OfficeRequest
from entraide.web.report.periods import ALONE, Choice, asked_kind


@dataclass(frozen=True, slots=True)
class KindTabs:
    """What is asked (None: the whole mutual), how an address keeps it, and the ways to others."""

    asked: str | None
    query: str  # « kind=village », to be put behind ``?`` or ``&``; empty for the whole mutual
    choices: list[Choice]

    @property
    def told(self) -> str:
        """The kind that the page keeps to, in words; empty for the whole mutual."""
        if self.asked is None:
            return ""
        return next(choice.name for choice in self.choices if choice.is_current)


def kind_name_in_report(kind: str, language: str) -> str:
    """What the groups of a kind are called together, « Villages »; families on their own too."""
    return translate(GROUP_KINDS.get(kind, kind), language)


def kind_tabs(request: OfficeRequest, *, of_groups: bool = False, **kept: str) -> KindTabs:
    """The tabs of a page; ``kept`` is what else its address says. One query.

    ``of_groups``: the page tells of groups themselves, so that nobody is without one.
    """
    asked = asked_kind(request.GET.get("kind", ""))
    known = dict.fromkeys(kinds_of(request.mutual))
    if asked:
        known.setdefault(asked)
    others = {name: value for name, value in kept.items() if value}
    choices = [Choice(_("The whole mutual"), urlencode(others), asked is None)]
    choices += [
        Choice(
            kind_name_in_report(kind, request.LANGUAGE_CODE),
            urlencode({**others, "kind": kind or ALONE}),
            kind == asked,
        )
        for kind in (*known, *(() if of_groups and asked != "" else ("",)))
    ]
    query = "" if asked is None else urlencode({"kind": asked or ALONE})
    return KindTabs(asked, query, choices)
