"""Receipt booklets and number ranges: given to whom, used, missing, spoiled, handed back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entraide.apps.access.models import User
from entraide.apps.contributions.models import RangeKind, ReceiptRange
from entraide.apps.contributions.ranges import (
    give_booklet,
    give_numbers,
    return_range,
    used_ranks,
    void_number,
    voided_ranks,
)
from entraide.apps.contributions.registers import (
    members_of,
    paper_receipt_faults,
    paper_receipts_count,
)
from entraide.apps.contributions.selectors import range_for, ranges_list
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right, people_who_may
from entraide.core.booklets import RangeUse, range_use
from entraide.core.errors import Refusal
from entraide.web.fields import DayField
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view
from entraide.web.refusals import show_refusal

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RangeRow:
    """A range with what became of its numbers."""

    range: ReceiptRange
    use: RangeUse


def _rows(ranges: list[ReceiptRange]) -> list[RangeRow]:
    used, voided = used_ranks(ranges), voided_ranks(ranges)
    return [
        RangeRow(
            each,
            range_use(each.first, each.last, used[each.pk], voided[each.pk], each.unused_from),
        )
        for each in ranges
    ]


@office_view(right=Right.READ_REGISTERS)
def booklets(request: OfficeRequest) -> HttpResponse:
    """Every booklet and range, those still out first; then faults of booklets nobody registered."""
    show = request.GET.get("show", "")
    found = ranges_list(request.mutual, show=show)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    faults = paper_receipt_faults(request.mutual, registered=False)
    receipts = [each for row in faults for each in row.receipts]
    members = members_of([each.household for each in receipts if each.household])
    context = {
        "page": page,
        "ranges": _rows(list(page.object_list)),
        "show": show,
        "faults": [
            (row.fault, [(each, members.get(each.household_id)) for each in row.receipts])
            for row in faults
        ],
        "on_paper": paper_receipts_count(request.mutual),
        "may_give": Right.KEEP_RECEIPTS in request.rights,
    }
    return render(request, "web/contributions/booklets.html", context)


class GiveForm(forms.Form):
    """A booklet or a range of numbers, and who takes it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is given"),
        choices=(
            (RangeKind.PAPER.value, gettext_lazy("A paper booklet")),
            (RangeKind.DEVICE.value, gettext_lazy("Numbers for a telephone")),
        ),
        widget=forms.RadioSelect,
        initial=RangeKind.PAPER.value,
    )
    holder = forms.ChoiceField(label=gettext_lazy("Given to"))
    first_number = forms.CharField(
        label=gettext_lazy("First number of the booklet"), max_length=30, required=False
    )
    last_number = forms.CharField(
        label=gettext_lazy("Last number of the booklet"), max_length=30, required=False
    )
    given_on = DayField(label=gettext_lazy("Given on"))
    device_label = forms.CharField(label=gettext_lazy("Telephone"), max_length=80, required=False)
    count = forms.IntegerField(
        label=gettext_lazy("How many numbers"), required=False, initial=200, min_value=1
    )

    def __init__(self, *args: Any, mutual: Mutual, actor: User, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {
            str(each.uid): each
            for each in people_who_may(mutual, Right.RECORD_PAYMENT, day)
            if each.pk != actor.pk
        }
        self.fields["holder"].choices = [(uid, str(each)) for uid, each in self.people.items()]
        self.fields["given_on"].initial = day

    def holder_chosen(self) -> User:
        """Who takes it."""
        return self.people[self.cleaned_data["holder"]]


@office_view(right=Right.KEEP_RECEIPTS)
def give(request: OfficeRequest) -> HttpResponse:
    """A booklet or numbers are given to a person."""
    form = GiveForm(
        request.POST or None, mutual=request.mutual, actor=request.user, day=request.day
    )
    if request.method == "POST" and form.is_valid():
        try:
            given = _given(request, form)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(
                request,
                _("Numbers %(first)s to %(last)s are given to %(person)s.")
                % {
                    "first": given.first_number,
                    "last": given.last_number,
                    "person": given.holder,
                },
            )
            return redirect(office_url(request, "range", uid=given.uid))
    status = 422 if form.errors else 200
    return render(request, "web/contributions/range_new.html", {"form": form}, status=status)


def _given(request: OfficeRequest, form: GiveForm) -> ReceiptRange:
    known = form.cleaned_data
    if known["kind"] == RangeKind.DEVICE:
        return give_numbers(
            **command_arguments(request),
            holder=form.holder_chosen(),
            device_label=known["device_label"],
            count=known["count"] or 0,
        )
    return give_booklet(
        **command_arguments(request),
        holder=form.holder_chosen(),
        first_number=known["first_number"],
        last_number=known["last_number"],
        given_on=known["given_on"],
    )


class ReturnForm(forms.Form):
    """A range comes back."""

    returned_on = DayField(label=gettext_lazy("Handed back on"))
    unused_from = forms.CharField(
        label=gettext_lazy("First number not used"), max_length=30, required=False
    )


class VoidForm(forms.Form):
    """A number that no receipt will bear."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=30)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@office_view(right=Right.READ_REGISTERS)
def range_page(request: OfficeRequest, uid: str) -> HttpResponse:
    """One range: its numbers used, missing, doubled and spoiled; handed back here."""
    held = range_for(request.mutual, uid)
    may_keep = Right.KEEP_RECEIPTS in request.rights
    may_void = may_keep or (held.holder_id == request.user.pk)
    back = ReturnForm(initial={"returned_on": request.day})
    void = VoidForm()
    if request.method == "POST":
        done, back, void = _acted(request, held)
        if done:
            return redirect(office_url(request, "range", uid=held.uid))
    [row] = _rows([held])
    receipts = held.payments.select_related("household", "received_by").order_by(
        "-paper_number", "-document_number"
    )
    page = Paginator(receipts, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    members = members_of([each.household for each in page.object_list if each.household])
    context = {
        "held": held,
        "use": row.use,
        "holes": [
            (held.written(first), held.written(last), last - first + 1)
            for first, last in row.use.holes
        ],
        "doubles": [held.written(rank) for rank in row.use.doubles],
        "voided": [
            (held.written(each.rank), each)
            for each in held.voided.select_related("voided_by").order_by("rank")
        ],
        "page": page,
        "receipts": [(each, members.get(each.household_id)) for each in page.object_list],
        "back": back,
        "void": void,
        "may_return": may_keep and held.returned_on is None,
        "may_void": may_void and Right.PREPARE_SLIP in request.rights,
    }
    status = 422 if back.errors or void.errors else 200
    return render(request, "web/contributions/range.html", context, status=status)


def _acted(request: OfficeRequest, held: ReceiptRange) -> tuple[bool, ReturnForm, VoidForm]:
    """One of the two acts of the page: whether it was done, and both forms to be shown again."""
    if request.POST.get("act") == "void":
        void = VoidForm(request.POST)
        if void.is_valid():
            try:
                void_number(**command_arguments(request), receipt_range=held, **void.cleaned_data)
            except Refusal as refusal:
                show_refusal(void, refusal)
            else:
                notify(request, _("Number %(number)s is cancelled.") % void.cleaned_data)
                return True, ReturnForm(), void
        return False, ReturnForm(initial={"returned_on": request.day}), void
    back = ReturnForm(request.POST)
    if back.is_valid():
        try:
            return_range(**command_arguments(request), receipt_range=held, **back.cleaned_data)
        except Refusal as refusal:
            show_refusal(back, refusal)
        else:
            notify(request, _("The numbers are handed back."))
            return True, back, VoidForm()
    return False, back, VoidForm()
