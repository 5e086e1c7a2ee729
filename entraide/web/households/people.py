"""The page of one person, and the page on which their facts are put right."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from entraide.apps.contributions.person_corrections import (
    PriceChange,
    correct_person,
    price_changes,
)
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.enrolment.corrections import (
    corrected_file,
    may_be_mother_of,
    person_facts_now,
)
from entraide.apps.enrolment.facts import has_gone
from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.numbers import may_hear_of_health
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.enrolment.selectors import person_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.concerned import as_concerned, care_audiences
from entraide.web.contributions.wording import payer_name
from entraide.web.households.files import PersonFileForm
from entraide.web.households.history import changes_shown
from entraide.web.households.other_covers import are_noted, shown_covers
from entraide.web.households.shown import FIELD, packed, seen_again, unpacked
from entraide.web.households.wording import (
    DOCUMENT_KINDS,
    EXIT_REASONS,
    PHONE_OWNERS,
    age_in_words,
    category_names,
    relation_name,
    rights_shown,
)
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

CHANGES_PER_PAGE = 20


@office_view(right=Right.READ_REGISTERS)
def person_page(request: OfficeRequest, uid: str) -> HttpResponse:
    """Who somebody is, their rights today, the numbers they had, and what changed."""
    person = person_for(request.mutual, uid)
    rows = changes_of(person.household).filter(person=person)
    page = Paginator(rows, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    standing = as_concerned(standings_on([person], request.day)[person.pk], care_audiences())
    context = {
        "person": person,
        "household": person.household,
        "member": _member_of(person),
        "relation": relation_name(person),
        "age": age_in_words(person, request.day),
        "rights": rights_shown(standing, request.day, category_names()),
        "phone_owner": dict(PHONE_OWNERS).get(person.phone_owner, ""),
        "may_hear_of_health": may_hear_of_health(person),
        "document_kind": dict(DOCUMENT_KINDS).get(person.document_kind, ""),
        "exit_reason": EXIT_REASONS.get(person.exit_reason, ""),
        "photo": photos_of([person]).get(person.pk),
        "earlier_numbers": person.earlier_numbers.order_by("id"),
        "children": person.children.order_by("birth_on", "id"),
        "page": page,
        "changes": changes_shown(page),
        "may_enrol": Right.ENROL in request.rights,
        "may_take_exit_back": has_gone(person)
        and not person.merged_into_id
        and Right.MEND_REGISTER in request.rights,
        "other_covers": shown_covers(person, request.day),
        "may_note_covers": are_noted(request),
    }
    return render(request, "web/households/person.html", context)


@office_view(right=Right.ENROL)
def correct(request: OfficeRequest, uid: str) -> HttpResponse:
    """What the register says of a person is put right."""
    person = person_for(request.mutual, uid)
    women = [
        each
        for each in person.household.persons.order_by("birth_on")
        if may_be_mother_of(each, person, person.birth_on) or each.pk == person.mother_id
    ]
    form = PersonFileForm(
        request.POST or None, person=person, mothers=women, country=request.mutual.country
    )
    now = person_facts_now(person)
    shown = unpacked(request.POST.get(FIELD, ""), now)
    changes: tuple[PriceChange, ...] = ()
    if request.method == "POST" and form.is_valid():
        mother = next(
            (each for each in women if str(each.uid) == form.cleaned_data["mother"]), None
        )
        with suppress(Refusal):  # what another changed since is said by the act itself
            file, _mother = corrected_file(person, form.file(), mother, shown)
            changes = price_changes(person, file, request.day)
        # What changes a price is shown before it is recorded, and recorded only as it was shown.
        if not changes or request.POST.get("price_seen") == _fingerprint(changes):
            try:
                correct_person(
                    person=person,
                    file=form.file(),
                    mother=mother,
                    shown=shown,
                    reason=form.cleaned_data["reason"],
                    **command_arguments(request),
                )
            except Refusal as refusal:
                show_refusal(form, refusal, {"birth_on": "birth", "birth_precision": "precision"})
                shown = seen_again(shown, now, refusal)
            else:
                told = _("The file of %(person)s is put right.") % {"person": form.file().name}
                if changes:
                    told += " " + _("The contribution follows; the history says from what to what.")
                notify(request, told)
                return redirect(office_url(request, "person", uid=person.uid))
    context = {
        "form": form,
        "person": person,
        "member": _member_of(person),
        "changes": [(each, payer_name(each.payer)) for each in changes],
        "price_seen": _fingerprint(changes),
        "shown": packed(now if shown is None else shown),
    }
    status = 422 if form.errors else 200
    return render(request, "web/households/correct.html", context, status=status)


def _fingerprint(changes: Sequence[PriceChange]) -> str:
    """What the page showed of the price: another figure since is shown again, not recorded."""
    return ",".join(
        f"{each.membership.pk}:{each.payer}:{each.before_minor}:{each.after_minor}"
        f":{each.overpaid_minor}"
        for each in changes
    )


def _member_of(person: Person) -> Person:
    return person.household.persons.filter(is_member=True).order_by("id").last() or person
