"""When a rule applies and which care it is about, in words; the choices of a form say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from entraide.core.care_package import Condition, Risk, Target
from entraide.web.claims.circumstances import VISITS
from entraide.web.claims.listings import LIST_NAMES
from entraide.web.claims.reasons import SECTORS
from entraide.web.providers.wording import LEVELS

Text = str | Promise

KINDS: dict[str, Text] = {
    "service": pgettext_lazy("kinds of care", "acts"),
    "drug": pgettext_lazy("kinds of care", "drugs"),
}
RISK_NAMES: dict[str, Text] = {
    Risk.MINOR.value: gettext_lazy("Minor risk"),
    Risk.MAJOR.value: gettext_lazy("Major risk"),
    Risk.MATERNITY.value: gettext_lazy("Maternity"),
    Risk.CHRONIC.value: gettext_lazy("Chronic risk"),
}
WHOSE: dict[str, Text] = {
    "person": gettext_lazy("each person"),
    "household": gettext_lazy("the family together"),
}
PER: dict[str, Text] = {
    "year": gettext_lazy("a year of cover"),
    "episode": gettext_lazy("an episode of care"),
    "claim": gettext_lazy("one claim"),
}


VISIT_CHOICES: list[tuple[str, Text]] = [(str(code), word) for code, word in VISITS.items()]
STAYS: list[tuple[str, Text]] = [
    ("", gettext_lazy("with or without a stay")),
    ("yes", gettext_lazy("during a stay")),
    ("no", gettext_lazy("without a stay")),
]
LISTS: dict[str, Text] = dict(LIST_NAMES)


def condition_told(when: Condition) -> str:
    """All that a condition names, one after the other; empty for what always holds."""
    return ", ".join(_conditions(when))


def _conditions(when: Condition) -> Iterable[str]:
    if when.sectors:
        yield _("provider: %(words)s") % {"words": either(when.sectors, SECTORS)}
    if when.levels:
        yield _("level: %(words)s") % {"words": either(when.levels, LEVELS)}
    if when.visits:
        yield _("visit: %(words)s") % {"words": either(when.visits, VISITS).lower()}
    if when.is_inpatient is not None:
        yield _("during a stay") if when.is_inpatient else _("without a stay")
    yield from _ages(when.min_age_years, when.max_age_years)
    if when.lists:
        yield _("on the list: %(words)s") % {"words": either(when.lists, LIST_NAMES).lower()}


def _ages(youngest: int | None, oldest: int | None) -> Iterable[str]:
    if youngest is not None and oldest is not None:
        yield _("from %(low)s to %(high)s years old") % {"low": youngest, "high": oldest}
    elif youngest is not None:
        words = ngettext("%(count)s year old or more", "%(count)s years old or more", youngest)
        yield words % {"count": youngest}
    elif oldest is not None:
        under = oldest + 1
        words = ngettext("under %(count)s year old", "under %(count)s years old", under)
        yield words % {"count": under}


def target_told(target: Target, categories: Mapping[str, str], items: Mapping[str, str]) -> str:
    """The categories, acts and kinds that a rule is about; empty for all care."""
    told = []
    if target.categories:
        told.append(_joined(categories.get(each, each) for each in target.categories).lower())
    if target.items:
        told.append(_joined(items.get(each, each) for each in target.items))
    if target.kinds:
        told.append(either(target.kinds, KINDS))
    if target.risks:
        told.append(either(target.risks, RISK_NAMES).lower())
    return ", ".join(told)


def either(codes: Iterable[str], words: Mapping[str, Text]) -> str:
    """``public or faith-based``."""
    return _(" or ").join(str(words.get(str(code), code)) for code in codes)


def _joined(words: Iterable[str]) -> str:
    *first, last = list(words)
    return (
        _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
    )
