"""The anonymous profile on the page, as CSV and as a spreadsheet; each export is audited."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.reporting.profile import ProfileTable, family_profile
from entraide.apps.schemes.flags import AUTHORITY_PROFILE
from entraide.apps.schemes.rights import Right
from entraide.core.suppression import SMALLEST_SHOWN
from entraide.documents import writing
from entraide.documents.report_words import GROUP_KINDS
from entraide.files.flat_csv import csv_file
from entraide.messages import translate
from entraide.web.names import Text
from entraide.web.office import OfficeRequest, office_view

HIDDEN = "*"
TRAITS: dict[str, Text] = {
    "age": gettext_lazy("Persons by age"),
    "sex": gettext_lazy("Persons by sex"),
    "relation": gettext_lazy("Persons by family tie"),
    "group_kind": gettext_lazy("Persons by kind of group"),
    "segment": gettext_lazy("Persons by segment"),
    "care": gettext_lazy("Persons by use of care in twelve months"),
}
VALUES: dict[tuple[str, str], Text] = {
    ("sex", "F"): gettext_lazy("Women"),
    ("sex", "M"): gettext_lazy("Men"),
    ("relation", "member"): pgettext_lazy("who joined and owes", "Members"),
    ("relation", "spouse"): gettext_lazy("Spouses"),
    ("relation", "child"): gettext_lazy("Children"),
    ("relation", "parent"): gettext_lazy("Parents"),
    ("relation", "other"): gettext_lazy("Other relatives"),
    ("care", "used"): gettext_lazy("Used care"),
    ("care", "unused"): gettext_lazy("Did not use care"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One table in words."""

    title: str
    head: list[str]
    rows: list[list[str]]


@require_safe
@office_view(right=Right.READ_REPORTS, flag=AUTHORITY_PROFILE)
def profile(request: OfficeRequest) -> HttpResponse:
    """Who the families are, zone by zone, with nothing that tells one of them."""
    tables = family_profile(request.mutual, request.day)
    context = {
        "tables": [_in_words(each, request.LANGUAGE_CODE) for each in tables if each.zones],
        "smallest": SMALLEST_SHOWN,
        "hidden": sum(each.table.hidden_count for each in tables),
    }
    return render(request, "web/profile/page.html", context)


def _in_words(of: ProfileTable, language: str) -> Shown:
    head = [_("Zone"), *(_value(of.trait, each, language) for each in of.values), _("In all")]
    names = [*(zone or _("Zone not told") for zone in of.zones), _("All zones")]
    rows = [
        [name, *(HIDDEN if cell is None else writing.number(cell, language) for cell in line)]
        for name, line in zip(names, of.table.cells, strict=True)
    ]
    return Shown(str(TRAITS[of.trait]), head, rows)


def _value(trait: str, value: str, language: str) -> str:
    if trait == "group_kind":
        return translate(GROUP_KINDS.get(value, value), language)
    if (trait, value) in VALUES:
        return str(VALUES[trait, value])
    return value or pgettext("a trait", "Not told")


@require_safe
@office_view(right=Right.READ_REPORTS, flag=AUTHORITY_PROFILE)
def download(request: OfficeRequest, ending: str) -> HttpResponse:
    """The same tables as a file to hand over; who took it is written in the audit journal."""
    if ending not in ("csv", "xlsx"):
        raise Http404(ending)
    tables = [
        _in_words(each, request.LANGUAGE_CODE)
        for each in family_profile(request.mutual, request.day)
        if each.zones
    ]
    note = _(
        "* hidden: fewer than %(smallest)d persons, or needed to hide such a count "
        "(Hundepool et al., Statistical Disclosure Control, 2012)."
    ) % {"smallest": SMALLEST_SHOWN}
    content = _csv(tables, note) if ending == "csv" else _workbook(tables, note)
    record_audit(
        kind=AuditKind.EXPORT,
        mutual=request.mutual,
        actor=request.user,
        subject=f"family profile, {ending}",
    )
    name = f"{request.mutual.code}-profil-{request.day.isoformat()}.{ending}"
    kind = (
        "text/csv; charset=utf-8"
        if ending == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _plain(text: str) -> str | int:
    """A count as a number, a hidden cell and a name as they are."""
    digits = text.replace(writing.NARROW_SPACE, "").replace(",", "")
    return int(digits) if digits.isdecimal() else text


def _csv(tables: list[Shown], note: str) -> bytes:
    """One line a cell: table, zone, value, count."""
    rows: list[list[str | int]] = [
        [table.title, line[0], name, _plain(cell)]
        for table in tables
        for line in table.rows
        for name, cell in zip(table.head[1:], line[1:], strict=True)
    ]
    rows.append([note, "", "", ""])
    return csv_file([_("Table"), _("Zone"), _("Value"), _("Persons")], rows)


def _workbook(tables: list[Shown], note: str) -> bytes:
    """A sheet a table, the note below each."""
    book = Workbook()
    for rank, table in enumerate(tables):
        sheet = book.active if rank == 0 else book.create_sheet()
        assert sheet is not None, "a new workbook has a sheet"
        sheet.title = table.title[:31]
        sheet.append(table.head)
        for line in table.rows:
            sheet.append([line[0], *(_plain(cell) for cell in line[1:])])
        sheet.append([])
        sheet.append([note])
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # an occupation may be typed as a formula
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
