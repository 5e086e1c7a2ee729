"""The summary sheet of a product, to print and to hand out: all its rules in sentences."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from entraide.apps.schemes.drafts import draft_checksum, draft_for
from entraide.apps.schemes.models import ProductVersion
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_for, product_on, product_version_for, rules_of
from entraide.core.errors import Refusal
from entraide.core.product import Product
from entraide.documents import writing
from entraide.documents.product_sheet import Sheet, sheet_pdf
from entraide.rulebook.drafts import read_draft
from entraide.web.home.rule_words import language
from entraide.web.office import OfficeRequest, office_view
from entraide.web.tariffs.care_names import care_names
from entraide.web.tariffs.products import READERS
from entraide.web.tariffs.summary import summary_of

CHECKSUM_SHOWN = 12


@require_GET
@office_view(right=READERS)
def product_sheet(request: OfficeRequest, code: str) -> HttpResponse:
    """What the product says today, as a paper."""
    product = product_for(request.mutual, code)
    version, rules = product_on(product, request.day)
    subtitle = _("In force since %(day)s, after: %(source)s.") % {
        "day": writing.day(version.effective_from, language()), "source": version.source,
    }  # fmt: skip
    return _answer(request, rules, version.document, version.checksum, subtitle, _named(version))


@require_GET
@office_view(right=(Right.ENTER_PRODUCT, Right.APPROVE_PRODUCT, Right.PLAN))
def draft_sheet(request: OfficeRequest, uid: str) -> HttpResponse:
    """What a draft would say, as a paper that warns of it; ``DRAFT_NOT_WHOLE`` before it is."""
    draft = draft_for(request.mutual, uid)
    read = read_draft(draft.document, draft.effective_from)
    title = str(draft.document.get("title", {}).get(language(), draft.code))
    if read.product is None or not read.is_whole:
        raise Refusal("DRAFT_NOT_WHOLE", product=title)
    subtitle = _("From %(day)s, after: %(source)s.") % {
        "day": writing.day(draft.effective_from, language()), "source": draft.source,
    }  # fmt: skip
    is_approved = draft.version is not None and draft.version.approved_at is not None
    return _answer(
        request, read.product, draft.document, draft_checksum(draft), subtitle, title,
        "" if is_approved else _warning(),
    )  # fmt: skip


@require_GET
@office_view(right=READERS)
def version_sheet(request: OfficeRequest, uid: str) -> HttpResponse:
    """What one version says on its first day, as a paper; it warns while nobody approved it."""
    version = product_version_for(request.mutual, uid)
    rules = rules_of(version).on(version.effective_from)
    subtitle = _("Version %(number)s, from %(day)s, after: %(source)s.") % {
        "number": version.number, "source": version.source,
        "day": writing.day(version.effective_from, language()),
    }  # fmt: skip
    warning = "" if version.approved_at is not None else _warning()
    if version.withdrawn is not None:
        warning = _("Withdrawn on %(day)s by %(person)s: these rules never take force.") % {
            "day": writing.day(version.withdrawn.withdrawn_on, language()),
            "person": version.withdrawn.withdrawn_by,
        }
    return _answer(
        request, rules, version.document, version.checksum, subtitle, _named(version), warning
    )


def _warning() -> str:
    return _("Draft: these rules count for nothing until another person has approved them.")


def _named(version: ProductVersion) -> str:
    return str(version.document.get("title", {}).get(language(), version.product.name))


def _answer(
    request: OfficeRequest, product: Product, document: dict[str, object], checksum: str,
    subtitle: str, title: str, draft: str = "",
) -> HttpResponse:  # fmt: skip
    sheet = Sheet(
        title=title,
        subtitle=subtitle,
        mutual=request.mutual.name,
        place=request.mutual.place,
        day=writing.day(request.day, language()),
        rules=_("Rules %(checksum)s") % {"checksum": checksum[:CHECKSUM_SHOWN]},
        note=_(
            "This sheet is written from the rules by which claims are decided. A decision says "
            "which rule it used; whoever disagrees asks the mutual to look again."
        ),
        draft=draft,
    )
    content = sheet_pdf(sheet, summary_of(product, care_names(document)), language())
    headers = {"Content-Disposition": f'inline; filename="{product.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
