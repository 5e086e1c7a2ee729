"""Families to remind: the list, the letters, and the record that it was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from entraide.apps.contributions.collection import late_households
from entraide.apps.contributions.registers import groups_named, members_of
from entraide.apps.contributions.reminders import MOST_AT_ONCE, record_reminders
from entraide.apps.contributions.suspensions import RightsOfLate, rights_of_late
from entraide.apps.contributions.tariff_records import ReminderWay
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.collection.wording import WAY_NAMES
from entraide.web.fields import DayField, is_uid
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LateFamily:
    """A family late: its member, whether its rights are suspended and since when."""

    household: Household
    member: Person | None
    rights: RightsOfLate
    reminded_way: str


class ReminderForm(forms.Form):
    """When and how families were reminded."""

    given_on = DayField(label=gettext_lazy("Day"))
    way = forms.ChoiceField(label=gettext_lazy("How"), choices=list(WAY_NAMES.items()))


def _asked(request: OfficeRequest) -> tuple[str, int]:
    """The group asked for (its uid, or nothing) and the days late at least."""
    asked = request.GET if request.method == "GET" else request.POST
    group, typed = asked.get("group", ""), asked.get("days", "")
    days = int(typed) if typed.isdecimal() and len(typed) < 5 else 1
    return (group if is_uid(group) else ""), max(days, 1)


def _late(request: OfficeRequest, households: Iterable[Household]) -> list[LateFamily]:
    """The rows of a page, their members and rights."""
    shown = list(households)
    members = members_of(shown)
    rights = rights_of_late(shown, request.day)
    return [
        LateFamily(
            each,
            members.get(each.pk),
            rights[each.pk],
            str(WAY_NAMES.get(each.reminded_way or "", "")),
        )
        for each in shown
    ]


@require_GET
@office_view(right=Right.READ_REGISTERS)
def reminder_list(request: OfficeRequest) -> HttpResponse:
    """Who is late, whether rights are suspended and since when, and the last reminder."""
    group, days = _asked(request)
    found = late_households(request.mutual, request.day, group=group, days=days)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _late(request, page.object_list),
        "groups": groups_named(request.mutual),
        "group": group,
        "days": days,
        "form": ReminderForm(initial={"given_on": request.day}),
        "query": request.GET.urlencode(),
        "may_record": Right.ENROL in request.rights,
    }
    return render(request, "web/collection/reminders.html", context)


@require_POST
@office_view(right=Right.ENROL)
def record(request: OfficeRequest) -> HttpResponse:
    """The families ticked were reminded."""
    group, days = _asked(request)
    back = f"{office_url(request, 'reminders')}?group={group}&days={days}"
    form = ReminderForm(request.POST)
    uids = [uid for uid in request.POST.getlist("family") if is_uid(uid)]
    if not form.is_valid() or not uids:
        notify(request, _("Tick the families, and say on which day and how."), kind="bad")
        return redirect(back)
    households = list(Household.objects.filter(mutual=request.mutual, uid__in=uids))
    try:
        done = record_reminders(
            **command_arguments(request),
            households=households,
            given_on=form.cleaned_data["given_on"],
            way=ReminderWay(form.cleaned_data["way"]),
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        text = ngettext("%(count)s reminder noted.", "%(count)s reminders noted.", len(done))
        notify(request, text % {"count": len(done)})
    return redirect(back)


@require_GET
@office_view(right=Right.READ_REGISTERS)
def letters(request: OfficeRequest) -> HttpResponse:
    """One letter a family, or with ``form=list`` one list to read out, as PDF."""
    group, days = _asked(request)
    found = late_households(request.mutual, request.day, group=group, days=days)[:MOST_AT_ONCE]
    rows = _late(request, found)
    if request.GET.get("form") == "list":
        papers = [_list(request, rows)]
    else:
        papers = [_letter(request, row) for row in rows] or [_list(request, rows)]
    content = letters_pdf(
        papers,
        title=_("Reminders"),
        mutual=request.mutual.name,
        place=request.mutual.place,
        day=writing.day(request.day, request.LANGUAGE_CODE),
        language=request.LANGUAGE_CODE,
    )
    headers = {"Content-Disposition": f'inline; filename="{request.mutual.code}-relances.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _name(row: LateFamily) -> str:
    return row.member.full_name if row.member is not None else row.household.number


def _letter(request: OfficeRequest, row: LateFamily) -> Paper:
    language = request.LANGUAGE_CODE
    amount = writing.money(row.household.owed_minor, request.mutual.currency, language)
    since = writing.day(row.household.oldest_due_on, language)
    before = [
        _("To this day your family owes %(amount)s of contribution, since %(day)s.")
        % {"amount": amount, "day": since}
    ]
    if row.rights.since is not None:
        before.append(
            _("The rights of your family are suspended since %(day)s; they reopen on payment.")
            % {"day": writing.day(row.rights.since, language)}
        )
    else:
        before.append(_("Pay before the days of grace are over: your rights stay open."))
    before.append(_("If you have paid since, bring your receipt: it will be looked for with you."))
    to = [_name(row), row.household.number]
    if row.household.group is not None:
        to.append(row.household.group.name)
    return Paper(
        title=_("Your contribution"),
        to=tuple(to),
        before=tuple(before),
        signs=(_("For the mutual, signature and stamp"), _("Received on, signature")),
    )


def _list(request: OfficeRequest, rows: list[LateFamily]) -> Paper:
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    total = sum(row.household.owed_minor for row in rows)
    return Paper(
        title=_("Families to remind"),
        head=(_("Family"), _("Number"), _("Since"), _("Owed"), _("Rights suspended since")),
        rows=tuple(
            (
                _name(row),
                row.household.number,
                writing.day(row.household.oldest_due_on, language),
                writing.money(row.household.owed_minor, currency, language),
                writing.day(row.rights.since, language) if row.rights.since else "–",
            )
            for row in rows
        ),
        total=_("Total: %(amount)s") % {"amount": writing.money(total, currency, language)},
    )
