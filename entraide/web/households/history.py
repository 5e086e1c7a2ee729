"""The history of a family in words: what changed, of whom, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from entraide.apps.enrolment.history import Change
from entraide.apps.enrolment.models import RegisterChange
from entraide.documents import writing
from entraide.web.households.wording import (
    DOCUMENT_KINDS,
    END_REASONS,
    EXIT_REASONS,
    PHONE_OWNERS,
    PRECISIONS,
    RELATION_CHOICES,
    SEX_CHOICES,
    SIGNATURES,
)

Text = str | Promise

FIELD_NAMES: dict[str, Text] = {
    "name": gettext_lazy("Name"),
    "given_name": gettext_lazy("Given name"),
    "birth_on": gettext_lazy("Birth"),
    "birth_precision": gettext_lazy("Precision of the birth"),
    "sex": gettext_lazy("Sex"),
    "relation": gettext_lazy("Family tie"),
    "mother": gettext_lazy("Mother"),
    "phone": gettext_lazy("Telephone"),
    "phone_owner": gettext_lazy("Whose telephone"),
    "occupation": gettext_lazy("Occupation"),
    "document_kind": gettext_lazy("Identity document"),
    "document_number": gettext_lazy("Number of the document"),
    "address": gettext_lazy("Address"),
    "area": gettext_lazy("Place"),
    "declared_size": gettext_lazy("Persons in the family"),
    "consent_on": gettext_lazy("Consent"),
    "signed_by": gettext_lazy("Signature"),
    "witness_name": gettext_lazy("Witness of the thumbprint"),
    "is_member": gettext_lazy("Becomes the member"),
    "exited_on": gettext_lazy("Leaves the family"),
    "died_on": gettext_lazy("Death"),
    "exit_reason": gettext_lazy("Reason of the exit"),
    "entered_on": gettext_lazy("Enters on"),
    "has_photo": gettext_lazy("Photo"),
    "merged_into": gettext_lazy("Merged into"),
    "provisional_until": gettext_lazy("Provisional cover ends"),
    "lapse_from": gettext_lazy("Without cover from"),
    "lapse_until": gettext_lazy("Covered again from"),
    Change.ENTERED: gettext_lazy("Enters the family"),
    Change.PHOTO: gettext_lazy("Photo"),
    Change.FAMILY_PHOTO: gettext_lazy("Family photo"),
    Change.GROUP: gettext_lazy("Group"),
    Change.SECTION: gettext_lazy("Section"),
    Change.COVER_ENDED: gettext_lazy("End of the cover"),
    Change.EXEMPTION_ENDED: gettext_lazy("End of the exemption"),
    Change.ENROLLED_LATE: gettext_lazy("Paper entered late"),
    Change.EARLIER_NUMBER: gettext_lazy("Number of an earlier card"),
    Change.OTHER_PERSON: gettext_lazy("Another person than"),
    Change.ANSWER_TAKEN_BACK: gettext_lazy("No longer another person than"),
    Change.MERGED: gettext_lazy("Merged"),
    Change.CLAIMS_CARRIED: gettext_lazy("Claims counted here since the merge"),
    Change.NEWBORN_REGISTERED: gettext_lazy("Newborn registered"),
    Change.PRICE: gettext_lazy("Contribution of the cover"),
    Change.OVERPAID: gettext_lazy("Already paid, no longer owed"),
}
_DAYS = frozenset(
    {
        "birth_on",
        "consent_on",
        "exited_on",
        "died_on",
        "entered_on",
        "provisional_until",
        "lapse_from",
        "lapse_until",
        Change.EXEMPTION_ENDED.value,
    }
)
_AMOUNTS = frozenset({Change.PRICE.value, Change.OVERPAID.value})
_CHOICES: dict[str, dict[str, Text]] = {
    "sex": dict(SEX_CHOICES),
    "relation": dict(RELATION_CHOICES),
    "birth_precision": dict(PRECISIONS),
    "phone_owner": dict(PHONE_OWNERS),
    "document_kind": dict(DOCUMENT_KINDS),
    "signed_by": dict(SIGNATURES),
    "exit_reason": {**EXIT_REASONS, "died": gettext_lazy("Has died")},
    Change.COVER_ENDED: END_REASONS,
    Change.PHOTO: {"paper": gettext_lazy("in the paper file"), "kept": gettext_lazy("kept here")},
}


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One change as the page tells it; an amount is a number in minor units."""

    row: RegisterChange
    what: str
    before: str
    after: str
    is_amount: bool = False

    @property
    def amounts(self) -> tuple[int | None, int | None]:
        """Before and after in minor units; None where nothing was."""
        before, after = (int(each) if each else None for each in (self.before, self.after))
        return before, after

    @property
    def whose(self) -> str:
        """The person it concerns; empty for the family."""
        return self.row.person.full_name if self.row.person else ""


def changes_shown(rows: Iterable[RegisterChange]) -> list[ChangeShown]:
    """Changes in the words of the desk."""
    listed = list(rows)
    precisions = _precisions([row for row in listed if row.field == "birth_on"])
    shown = []
    for row in listed:
        before, after = precisions.get(row.pk, ("exact", "exact"))
        shown.append(
            ChangeShown(
                row,
                str(FIELD_NAMES.get(row.field, row.field)),
                _value(row.field, row.before, before),
                _value(row.field, row.after, after),
                is_amount=row.field in _AMOUNTS,
            )
        )
    return shown


def _precisions(births: Sequence[RegisterChange]) -> dict[int, tuple[str, str]]:
    """How well a birth was known before and after each of its changes: by the change of precision
    in the same act, else as it stood until the next one. One query, none without such a row."""
    if not births:
        return {}
    changes = RegisterChange.objects.filter(
        person__in={row.person_id for row in births}, field__in=("birth_on", "birth_precision")
    ).order_by("pk")
    after: dict[int | None, list[RegisterChange]] = {}
    for each in changes:
        after.setdefault(each.person_id, []).append(each)
    found = {}
    for row in births:
        later = [each for each in after[row.person_id] if each.pk > row.pk]
        if later and _is_its_precision(row, later[0]):
            found[row.pk] = (later[0].before, later[0].after)
            continue
        stood = next((each.before for each in later if each.field == "birth_precision"), "")
        now = stood or (row.person.birth_precision if row.person else "exact")
        found[row.pk] = (now, now)
    return found


def _is_its_precision(birth: RegisterChange, next_one: RegisterChange) -> bool:
    """Whether the next change is that of the precision in the same act, which is written after it
    (in the order of ``corrections.PersonFile``)."""
    return next_one.field == "birth_precision" and (
        (birth.actor_id, birth.recorded_on, birth.reason)
        == (next_one.actor_id, next_one.recorded_on, next_one.reason)
    )


def _value(field: str, kept: str, precision: str) -> str:
    if not kept:
        return ""
    if field == "birth_on":
        return writing.birth(date.fromisoformat(kept), precision, get_language() or "fr")
    if field in _DAYS:
        return writing.day(date.fromisoformat(kept), get_language() or "fr")
    if field in ("is_member", "has_photo"):
        return pgettext("an answer", "yes") if kept == "yes" else _("no")
    return str(_CHOICES.get(field, {}).get(kept, kept))
