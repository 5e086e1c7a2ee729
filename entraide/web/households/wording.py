"""What persons, family ties and rights are called at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from entraide.apps.contributions.selectors import Standing
from entraide.apps.enrolment.exits import ExitReason
from entraide.apps.enrolment.models import (
    BirthPrecision,
    DocumentKind,
    Person,
    PhoneOwner,
    SignedBy,
)
from entraide.apps.enrolment.services import REFINANCED, EndReason
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.nomenclature.selectors import categories
from entraide.core.enrolment import Rights, RightsStatus
from entraide.core.periods import age_on
from entraide.documents import writing
from entraide.messages import sentence

Choices = tuple[tuple[str, str | Promise], ...]

# Asked on the form, where the sex stands in a field of its own.
RELATION_CHOICES: tuple[tuple[str, str | Promise], ...] = (
    ("member", gettext_lazy("Member")),
    ("spouse", gettext_lazy("Spouse")),
    ("child", gettext_lazy("Child")),
    ("parent", gettext_lazy("Father or mother")),
    ("other", gettext_lazy("Other relative")),
)
SEX_CHOICES: tuple[tuple[str, str | Promise], ...] = (
    ("F", pgettext_lazy("sex, one letter", "F")),
    ("M", pgettext_lazy("sex, one letter", "M")),
)
PHONE_OWNERS: Choices = (
    (PhoneOwner.OWN, pgettext_lazy("a telephone", "Their own")),
    (PhoneOwner.SPOUSE, pgettext_lazy("a telephone", "Of the husband or wife")),
    (PhoneOwner.PARENT, pgettext_lazy("a telephone", "Of the father or mother")),
    (PhoneOwner.CHILD, pgettext_lazy("a telephone", "Of a son or daughter")),
    (PhoneOwner.NEIGHBOUR, pgettext_lazy("a telephone", "Of a neighbour")),
    (PhoneOwner.GROUP_OFFICER, pgettext_lazy("a telephone", "Of a group officer")),
    (PhoneOwner.OTHER, pgettext_lazy("a telephone", "Of somebody else")),
)
DOCUMENT_KINDS: Choices = (
    (DocumentKind.NATIONAL_CARD, gettext_lazy("National identity card")),
    (DocumentKind.PASSPORT, gettext_lazy("Passport")),
    (DocumentKind.BIRTH_CERTIFICATE, gettext_lazy("Birth certificate")),
    (DocumentKind.VOTER_CARD, gettext_lazy("Voter card")),
    (DocumentKind.RESIDENCE, gettext_lazy("Certificate of residence")),
    (DocumentKind.OTHER, gettext_lazy("Other document")),
)
SIGNATURES: Choices = (
    (SignedBy.SIGNATURE, gettext_lazy("By hand")),
    (SignedBy.THUMBPRINT, gettext_lazy("By thumbprint, before a witness")),
)
PRECISIONS: Choices = (
    (BirthPrecision.EXACT, gettext_lazy("Day known")),
    (BirthPrecision.YEAR, gettext_lazy("Year known")),
    (BirthPrecision.AROUND, gettext_lazy("About that year")),
)
NOT_SAID = ("", "–")
END_REASONS: dict[str, str | Promise] = {
    EndReason.RESIGNED: gettext_lazy("The family resigns"),
    EndReason.MOVED_AWAY: gettext_lazy("It has moved away"),
    EndReason.DECEASED: gettext_lazy("The member has died and nobody takes over"),
    EndReason.GROUP_LEFT: gettext_lazy("It has left its group"),
    EndReason.UNPAID: gettext_lazy("Contributions stayed unpaid"),
    EndReason.FRAUD: gettext_lazy("Fraud, decided by the board"),
    EndReason.PRICE: gettext_lazy("The price"),
    EndReason.WELCOME: gettext_lazy("Badly received"),
    EndReason.TRUST: gettext_lazy("Trust is lost"),
    EndReason.BENEFITS: gettext_lazy("What is covered does not suit"),
    EndReason.DISTANCE: gettext_lazy("No health centre near"),
    EndReason.DUPLICATE_COVER: gettext_lazy("Covered elsewhere"),
    EndReason.ENTERED_IN_ERROR: gettext_lazy("Entered by mistake"),
}
EXIT_REASONS: dict[str, str | Promise] = {
    ExitReason.MARRIED: gettext_lazy("Has married"),
    ExitReason.DIVORCED: gettext_lazy("Divorce or separation"),
    ExitReason.OWN_HOUSEHOLD: gettext_lazy("Has a household of their own"),
    ExitReason.TOO_OLD: gettext_lazy("Over the age of a dependant"),
    ExitReason.MOVED_AWAY: gettext_lazy("Has moved away"),
    ExitReason.ENTERED_IN_ERROR: gettext_lazy("Entered by mistake"),
    ExitReason.OTHER: gettext_lazy("Other reason"),
}
_RELATIONS: dict[tuple[str, str], str | Promise] = {
    ("member", "F"): pgettext_lazy("a woman", "Member"),
    ("member", "M"): pgettext_lazy("a man", "Member"),
    ("spouse", "F"): gettext_lazy("Wife"),
    ("spouse", "M"): gettext_lazy("Husband"),
    ("child", "F"): gettext_lazy("Daughter"),
    ("child", "M"): gettext_lazy("Son"),
    ("parent", "F"): gettext_lazy("Mother"),
    ("parent", "M"): gettext_lazy("Father"),
}


def relation_name(person: Person) -> str:
    """What a person is in the household, as one says of a woman or of a man."""
    known = _RELATIONS.get((person.relation, person.sex))
    return str(known if known is not None else dict(RELATION_CHOICES)["other"])


def end_reason_name(reason: str) -> str:
    """Why a membership ended; that a loan took its place is nothing that a person chooses."""
    if reason == REFINANCED:
        return str(gettext_lazy("Replaced by the cover of a new loan"))
    return str(END_REASONS.get(reason, reason))


def age_in_words(person: Person, on: date) -> str:
    """``41 ans``, ``2 mois``; « née en 2019 » when only the year is known, « née vers 2019 » when
    nobody is sure of it."""
    if person.birth_precision != BirthPrecision.EXACT:
        is_about = person.birth_precision == BirthPrecision.AROUND
        told = _of_person(person, "born about %(year)s" if is_about else "born in %(year)s")
        return told % {"year": person.birth_on.year}
    years = age_on(person.birth_on, min(on, person.died_on or on))
    if years >= 1:
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    months = (on.year - person.birth_on.year) * 12 + on.month - person.birth_on.month
    months -= on.day < person.birth_on.day
    months = max(0, months)
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}


@dataclass(frozen=True, slots=True)
class RightsShown:
    """The rights of a person as a page says them: a state, and each reason in a sentence."""

    kind: str
    word: str
    reasons: tuple[str, ...]
    lacks_photo: bool = False
    lacks_payment: bool = False


def family_rights(standing: Standing) -> tuple[str, str]:
    """Kind and word for a family on a list, as its member's rights stand."""
    status = standing.rights.status
    if status is RightsStatus.ACTIVE:
        if standing.rights.waiting_until:
            return "warn", pgettext("a family", "Covered in part")
        return "ok", pgettext("a family", "Covered")
    if status is RightsStatus.NOT_YET:
        return "wait", pgettext("a family", "Not covered yet")
    return "bad", pgettext("a family", "Not covered")


def cover_words(standing: Standing, last_on: date | None, on: date) -> str:
    """Beside a family's state: until when it is covered, from when it will be, or why it is not."""
    language = get_language() or "fr"
    if any(reason.code == "COVER_NEVER_BEGAN" for reason in standing.rights.reasons):
        return _short_reason(standing.rights, language)
    if last_on is not None and last_on < on:
        return _("ended on %(day)s") % {"day": writing.day(last_on, language)}
    until = writing.day(last_on, language) if last_on is not None else ""
    if standing.rights.is_open and not standing.rights.waiting_until:
        return _("until %(day)s") % {"day": until} if until else ""
    parts = [_short_reason(standing.rights, language)]
    if until and standing.rights.status is not RightsStatus.NOT_YET:
        parts.append(_("membership until %(day)s") % {"day": until})
    return " · ".join(filter(None, parts))


def _short_reason(rights: Rights, language: str) -> str:
    """The gravest reason that closes a family's rights, in the few words of a list."""
    if not rights.reasons:
        return ""
    reason = rights.reasons[0]
    words = {
        "COVER_NOT_STARTED": _("from %(starts_on)s on"),
        "PERSON_NOT_YET": _("from %(entered_on)s on"),
        "COVER_EXPIRED": _("ended on %(day)s"),
        "MEMBERSHIP_ENDED": _("ended on %(day)s"),
        "COVER_NEVER_BEGAN": _("cancelled before its first day"),
        "CONTRIBUTION_UNPAID": _("contribution unpaid since %(due_on)s"),
        "PHOTO_MISSING": _("the member’s photo is missing"),
        "MEMBERSHIP_SUSPENDED": _("suspended since %(since)s"),
        "PERSON_DECEASED": _("the member died on %(died_on)s"),
        "PERSON_EXITED": _("the member left on %(exited_on)s"),
    }
    days = {name: value for name, value in reason.data.items() if isinstance(value, date)}
    if reason.code == "COVER_EXPIRED":
        days["day"] = days["last_on"]
    elif reason.code == "MEMBERSHIP_ENDED":
        days["day"] = days["ended_on"] - timedelta(days=1)
    shown = {name: writing.day(value, language) for name, value in days.items()}
    return words.get(reason.code, "") % shown


def rights_shown(
    standing: Standing, on: date, category_names: Mapping[str, str] | None = None
) -> RightsShown:
    """Status and reasons of a standing, for a woman or for a man."""
    person, rights = standing.person, standing.rights
    language = get_language() or "fr"
    codes = {finding.code for finding in rights.findings}
    reasons = [sentence(each.code, each.data, language) for each in rights.reasons]
    if rights.is_open:
        reasons += _open_words(standing, on, category_names or {})
    kind, word = _status_words(person, standing, on)
    return RightsShown(
        kind,
        word,
        tuple(reasons),
        lacks_photo="PHOTO_MISSING" in codes,
        lacks_payment="CONTRIBUTION_UNPAID" in codes,
    )


def _status_words(person: Person, standing: Standing, on: date) -> tuple[str, str]:
    status = standing.rights.status
    if status is RightsStatus.ACTIVE:
        if standing.rights.waiting_until:
            return "warn", _of_person(person, "Covered in part")
        return "ok", _of_person(person, "Covered")
    if status is RightsStatus.NOT_YET:
        return "wait", _of_person(person, "Not covered yet")
    if status is RightsStatus.ENDED and person.died_on is not None and person.died_on < on:
        return "plain", _of_person(person, "Deceased")
    if status is RightsStatus.ENDED and person.exited_on is not None and person.exited_on <= on:
        return "plain", _of_person(person, "Has left")
    return "bad", _of_person(person, "Not covered that day")


def _of_person(person: Person, english: str) -> str:
    """A word that agrees in French with a woman or a man."""
    women = {
        "Covered": pgettext("a woman", "Covered"),
        "Covered in part": pgettext("a woman", "Covered in part"),
        "Not covered yet": pgettext("a woman", "Not covered yet"),
        "Not covered that day": pgettext("a woman", "Not covered that day"),
        "Deceased": pgettext("a woman", "Deceased"),
        "Has left": pgettext("a woman", "Has left"),
        "born in %(year)s": pgettext("a woman", "born in %(year)s"),
        "born about %(year)s": pgettext("a woman", "born about %(year)s"),
    }
    men = {
        "Covered": pgettext("a man", "Covered"),
        "Covered in part": pgettext("a man", "Covered in part"),
        "Not covered yet": pgettext("a man", "Not covered yet"),
        "Not covered that day": pgettext("a man", "Not covered that day"),
        "Deceased": pgettext("a man", "Deceased"),
        "Has left": pgettext("a man", "Has left"),
        "born in %(year)s": pgettext("a man", "born in %(year)s"),
        "born about %(year)s": pgettext("a man", "born about %(year)s"),
    }
    return (women if person.sex == "F" else men)[english]


def _open_words(standing: Standing, on: date, category_names: Mapping[str, str]) -> list[str]:
    """What is open: care that still waits, each with its day; else that nothing does."""
    language = get_language() or "fr"
    waiting = standing.rights.waiting_until
    owed = []
    if standing.rights.grace_last_on is not None:
        last_on = writing.day(standing.rights.grace_last_on, language)
        owed = [_("Contribution to pay: covered until %(day)s meanwhile.") % {"day": last_on}]
    if standing.rights.register_last_on is not None:
        last_on = writing.day(standing.rights.register_last_on, language)
        owed.append(_("Newborn to be registered on %(day)s at the latest.") % {"day": last_on})
    if not waiting:
        return [*owed, _("No waiting period is running.")]
    by_day: dict[date, list[str]] = {}
    for category, opens_on in waiting.items():
        by_day.setdefault(opens_on, []).append(category_names.get(category, category))
    told = [
        _("%(care)s: from %(day)s on.")
        % {"care": ", ".join(names), "day": writing.day(opens_on, language)}
        for opens_on, names in sorted(by_day.items())
    ]
    return [*owed, *told, _("Other care is covered today.")]


def category_names() -> dict[str, str]:
    """What each care category is called in the reader's language, by its code."""
    return {category.code: category_name(category) for category in categories()}


def category_name(category: CareCategory) -> str:
    """What a care category is called in the reader's language."""
    return category.label_en if get_language() == "en" else category.label_fr
