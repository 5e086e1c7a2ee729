"""Two rows of one person, or two files of one family, made one: who is whom is always asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.claims.carried import claims_of_files
from entraide.apps.claims.merging import merge_households, merge_persons
from entraide.apps.claims.models import ClaimState
from entraide.apps.claims.undoing import unpaid_dues
from entraide.apps.enrolment.facts import present_on
from entraide.apps.enrolment.models import Household, Person, Resemblance
from entraide.apps.enrolment.resemblances import likeness
from entraide.apps.enrolment.selectors import person_for
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.resemblance import PROPOSED_FROM
from entraide.web.households.doubles import pair_for
from entraide.web.households.fields import text_input
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

COMES_OVER = "comes"


class MergeForm(forms.Form):
    """Which row stays, why, and whether the whole family was entered twice."""

    kept = forms.ChoiceField(label=gettext_lazy("Row to keep"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why it is the same person"), max_length=200, widget=text_input()
    )
    whole_family = forms.BooleanField(
        label=gettext_lazy("The whole family was entered twice: merge the families"), required=False
    )

    def __init__(self, *args: Any, pair: Resemblance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (pair.first, pair.second)
        self.fields["kept"].choices = [
            (str(each.uid), f"{each.full_name}, {each.number}") for each in rows
        ]
        if pair.first.household_id == pair.second.household_id:
            del self.fields["whole_family"]


class WhoIsWhoForm(forms.Form):
    """Each person of the family that goes: one of the family that stays, or who comes over."""

    def __init__(
        self, *args: Any, going: Sequence[Person], staying: Sequence[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.going, self.staying = going, {str(each.uid): each for each in staying}
        named = [(uid, f"{each.full_name}, {each.number}") for uid, each in self.staying.items()]
        proposed = proposed_pairs(going, staying)
        for person in going:
            same = proposed.get(person.pk)
            self.fields[self.name_of(person)] = forms.ChoiceField(
                label=f"{person.full_name}, {person.number}",
                choices=[(COMES_OVER, _("Somebody else: comes over to the family")), *named],
                initial=str(same.uid) if same is not None else COMES_OVER,
            )

    @staticmethod
    def name_of(person: Person) -> str:
        """The name of the field of one person of the family that goes."""
        return f"who-{person.uid}"

    @property
    def is_sent(self) -> bool:
        """Whether these very persons were asked about, and not those of the other direction."""
        return all(name in self.data for name in self.fields)

    def answers(self) -> tuple[tuple[tuple[Person, Person], ...], tuple[Person, ...]]:
        """Who is whom, and who comes over."""
        pairs, moved = [], []
        for person in self.going:
            same = self.staying.get(self.cleaned_data[self.name_of(person)])
            if same is None:
                moved.append(person)
            else:
                pairs.append((person, same))
        return tuple(pairs), tuple(moved)


def proposed_pairs(going: Sequence[Person], staying: Sequence[Person]) -> dict[int, Person]:
    """Each person that goes with the likeliest of those that stay, each once; the others alone."""
    scores = sorted(
        ((likeness(one, other), -one.pk, -other.pk, one, other) for one in going
         for other in staying),
        key=lambda each: each[:3],
        reverse=True,
    )  # fmt: skip
    found: dict[int, Person] = {}
    for percent, _one, _other, person, other in scores:
        if percent >= PROPOSED_FROM and person.pk not in found and other not in found.values():
            found[person.pk] = other
    return found


@office_view(right=Right.MEND_REGISTER)
def merge(request: OfficeRequest, uid: str) -> HttpResponse:
    """Both rows side by side, the one that stays, and for families who is whom."""
    pair = pair_for(request, uid)
    form = MergeForm(request.POST or None, pair=pair, initial={"kept": str(pair.first.uid)})
    who: WhoIsWhoForm | None = None
    merged: Person | None = None
    if request.method == "POST" and form.is_valid():
        kept = person_for(request.mutual, form.cleaned_data["kept"])
        merged = pair.second if kept.pk == pair.first.pk else pair.first
        is_family = form.cleaned_data.get("whole_family")
        who = _who_is_who(request, kept.household, merged.household) if is_family else None
        if (who is None or who.is_valid()) and _merged(request, form, who, kept, merged):
            told = _("%(merged)s is merged into %(kept)s; both numbers find the same person.")
            notify(request, told % {"merged": merged.number, "kept": kept.number})
            return redirect(office_url(request, "household", uid=kept.household.uid))
    rows = (pair.first, pair.second)
    unpaid = {each.household_id: _unpaid(each.household) for each in rows}
    claims = {each.household_id: _claims_count(each.household) for each in rows}
    context = {
        "form": form, "who": who, "pair": pair, "rows": rows,
        "unpaid": [unpaid[each.household_id] for each in rows],
        "claims": [claims[each.household_id] for each in rows],
        "carried": claims[merged.household_id] if who is not None and merged else 0,
        "cancelled": unpaid[merged.household_id] if who is not None and merged else None,
        "going": merged.household if merged else None,
    }  # fmt: skip
    status = 422 if form.errors or (who is not None and who.errors) else 200
    return render(request, "web/households/merge.html", context, status=status)


def _claims_count(household: Household) -> int:
    """How many claims of a family, and of the files merged into it, stand: not reversed."""
    return claims_of_files(household).exclude(state=ClaimState.REVERSED).count()


def _unpaid(household: Household) -> tuple[int, int]:
    """How many calls of a family nobody has paid anything of, and their total in minor units."""
    amounts = [due.amount_minor for due in unpaid_dues(household.dues.all())]
    return len(amounts), sum(amounts)


def _who_is_who(request: OfficeRequest, kept: Household, merged: Household) -> WhoIsWhoForm:
    """The question as it stands, with the answers once they are about these persons."""
    going, staying = (
        present_on(family.persons.filter(merged_into__isnull=True).order_by("number"), request.day)
        for family in (merged, kept)
    )
    sent = WhoIsWhoForm(request.POST, going=going, staying=staying)
    return sent if sent.is_sent else WhoIsWhoForm(None, going=going, staying=staying)


def _merged(
    request: OfficeRequest, form: MergeForm, who: WhoIsWhoForm | None, kept: Person, merged: Person
) -> bool:
    """Carry the merge out; a refusal is put into the form."""
    reason = form.cleaned_data["reason"]
    try:
        if who is None:
            merge_persons(kept=kept, merged=merged, reason=reason, **command_arguments(request))
        else:
            pairs, moved = who.answers()
            merge_households(
                kept=kept.household, merged=merged.household, pairs=pairs, moved=moved,
                reason=reason, **command_arguments(request),
            )  # fmt: skip
    except Refusal as refusal:
        show_refusal(form, refusal, {"merged": "", "pairs": ""})
        return False
    return True
