"""Files for a national scheme: whom the mutual covers, enrolled, and what care it paid.

Each file that leaves is written in the audit journal; none says an act or an illness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entraide.apps.access.models import AuditKind
from entraide.apps.access.services import record_audit
from entraide.apps.reporting.scheme_exchange import (
    also_in_scheme_count,
    care_between,
    covered_count,
    covered_rows,
    enrolled_between,
)
from entraide.apps.schemes.flags import OTHER_COVERS, SCHEME_EXCHANGE, STATE_SHARE, is_open
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.rights import Right
from entraide.core.periods import add_months, month_start
from entraide.files.flat_csv import Cell, amount, csv_file
from entraide.web.fields import DayField, LastDayField
from entraide.web.office import OfficeRequest, office_view


class PeriodForm(forms.Form):
    """Of which days, and of which product: a delegated scheme is a product of its own."""

    start = DayField(label=gettext_lazy("From"))
    until = LastDayField(label=gettext_lazy("to, included"))
    product = forms.ChoiceField(label=gettext_lazy("Product"), required=False)

    def __init__(self, *args: Any, products: Sequence[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {str(each.uid): each for each in products}
        self.fields["product"].choices = [  # type: ignore[attr-defined]
            ("", _("All products")),
            *((uid, each.name) for uid, each in self.products.items()),
        ]

    @property
    def product_chosen(self) -> Product | None:
        """None for all."""
        return self.products.get(self.cleaned_data["product"])


def _form(request: OfficeRequest) -> PeriodForm:
    """The period asked for; the last whole month when nothing is, or nothing that can be read."""
    products = list(Product.objects.filter(mutual=request.mutual).order_by("name"))
    this_month = month_start(request.day)
    usual = {
        "start": f"{add_months(this_month, -1):%d/%m/%Y}",
        "until": f"{_last_day(this_month):%d/%m/%Y}",
        "product": "",
    }
    asked = {name: request.GET.get(name, "") for name in usual} if "start" in request.GET else usual
    form = PeriodForm(asked, products=products)
    if form.is_valid() and form.cleaned_data["start"] >= form.cleaned_data["until"]:
        form.add_error("until", _("The last day is before the first."))
    return form


@require_safe
@office_view(right=Right.COORDINATE, flag=SCHEME_EXCHANGE, of_whole_mutual=True)
def exchanges(request: OfficeRequest) -> HttpResponse:
    """What may be handed over today, how much of it, and what comes from the scheme."""
    return _page(request, _form(request))


def _page(request: OfficeRequest, form: PeriodForm) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "covered_count": covered_count(request.mutual, request.day),
        "also_count": also_in_scheme_count(request.mutual, request.day),
        "may_note": is_open(request.mutual, OTHER_COVERS, request.day)
        and Right.ENROL in request.rights,
        "has_state_share": is_open(request.mutual, STATE_SHARE, request.day),
    }
    if form.is_valid():
        known = form.cleaned_data
        care = care_between(request.mutual, known["start"], known["until"], form.product_chosen)
        context |= {
            "query": request.GET.urlencode(),
            "enrolled_count": enrolled_between(
                request.mutual, known["start"], known["until"], form.product_chosen
            ).count(),
            "care_count": len(care),
            "care_minor": sum(row.claim.payable_minor for row in care),
            "share_minor": sum(row.state_share_minor for row in care),
        }
    return render(request, "web/scheme/page.html", context, status=422 if form.errors else 200)


@require_safe
@office_view(right=Right.COORDINATE, flag=SCHEME_EXCHANGE, of_whole_mutual=True)
def covered_file(request: OfficeRequest) -> HttpResponse:
    """Everybody under a contract today."""
    heads = (
        _("Card"), _("Family"), _("Name"), _("Given name"), _("Birth"), _("Precision"), _("Sex"),
        _("Document"), _("Number of the document"), _("Product"), _("Covered from"),
        _("Covered until, included"),
    )  # fmt: skip
    rows = [
        (
            row.person.number, row.person.household.number, row.person.name,
            row.person.given_name, row.person.birth_on, row.person.birth_precision,
            row.person.sex, row.person.document_kind, row.person.document_number,
            row.membership.product.name, row.membership.effective_from,
            _last_day(row.membership.effective_until),
        )
        for row in covered_rows(request.mutual, request.day)
    ]  # fmt: skip
    return _file(request, "couverts", heads, rows)


@require_safe
@office_view(right=Right.COORDINATE, flag=SCHEME_EXCHANGE, of_whole_mutual=True)
def enrolled_file(request: OfficeRequest) -> HttpResponse:
    """The contracts that begin in the period."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    heads = (
        _("Family"), _("Product"), _("Covered from"), _("Covered until, included"), _("Ended on"),
    )  # fmt: skip
    known = form.cleaned_data
    rows = [
        (
            row.household.number, row.product.name, row.effective_from,
            _last_day(row.effective_until), row.ended_on,
        )
        for row in enrolled_between(
            request.mutual, known["start"], known["until"], form.product_chosen
        )
    ]  # fmt: skip
    return _file(request, "affiliations", heads, rows)


@require_safe
@office_view(right=Right.COORDINATE, flag=SCHEME_EXCHANGE, of_whole_mutual=True)
def care_file(request: OfficeRequest) -> HttpResponse:
    """The claims of care in the period, and their sum."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    code, known = request.mutual.currency, form.cleaned_data
    heads = (
        _("Claim"), _("Card"), _("Day of care"), _("Provider"), _("Amount asked"),
        _("Paid by the mutual"), _("State’s share"),
    )  # fmt: skip
    care = care_between(request.mutual, known["start"], known["until"], form.product_chosen)
    rows: list[Sequence[Cell]] = [
        (
            row.claim.document_number, row.claim.person.number, row.claim.care_on,
            row.claim.provider.name, amount(row.claim.claimed_minor, code),
            amount(row.claim.payable_minor, code), amount(row.state_share_minor, code),
        )
        for row in care
    ]  # fmt: skip
    rows.append(
        (
            _("Total"), "", None, "",
            amount(sum(row.claim.claimed_minor for row in care), code),
            amount(sum(row.claim.payable_minor for row in care), code),
            amount(sum(row.state_share_minor for row in care), code),
        )
    )  # fmt: skip
    return _file(request, "prestations", heads, rows)


def _last_day(until: date) -> date:
    return date.fromordinal(until.toordinal() - 1)


def _file(
    request: OfficeRequest, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    lines = list(rows)
    record_audit(
        kind=AuditKind.EXPORT, mutual=request.mutual, actor=request.user,
        subject=f"national scheme, {name}, {len(lines)} rows",
        details={key: request.GET.get(key, "") for key in ("start", "until", "product")},
    )  # fmt: skip
    file = f"{request.mutual.code}-{name}-{request.day.isoformat()}.csv"
    return HttpResponse(
        csv_file(heads, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )
