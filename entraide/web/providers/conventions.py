"""Conventions: the list with what is to renew or approve, one of them, its paper."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entraide.apps.care_control.committee import Score, scores
from entraide.apps.care_control.provider_figures import Review, review_of
from entraide.apps.care_control.scorecards import NO_SCORE
from entraide.apps.claims.convention_again import refused_for_lack_of
from entraide.apps.enrolment.sections import sections
from entraide.apps.nomenclature.places import area_label
from entraide.apps.providers.breaches import breaches_of
from entraide.apps.providers.conventions import (
    convention_seen,
    conventions_of,
    scan_seen,
    seal_of,
    to_approve,
    to_renew,
)
from entraide.apps.providers.models import Agreement, AgreementState, ConventionScan
from entraide.apps.providers.parties import parties_of
from entraide.apps.providers.prices import versions_between, versions_under
from entraide.apps.schemes.rights import Right
from entraide.core.conventions import Renewal
from entraide.core.errors import Refusal
from entraide.core.periods import add_months
from entraide.documents import writing
from entraide.documents.letters_pdf import Paper, letters_pdf
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.providers.assessments import opinion_shown
from entraide.web.providers.incentives import incentives_shown
from entraide.web.providers.negotiation import NEGOTIATORS
from entraide.web.providers.views import READERS
from entraide.web.providers.wording import (
    ADMINISTRATIONS,
    CLAUSES,
    LEVELS,
    SECTOR_CHOICES,
    breach_state,
    clauses_told,
    convention_state,
    review_told,
    score_told,
    versions_told,
)

ROWS_PER_PAGE = 50
YEAR_MONTHS = 12
_A_DAY = timedelta(days=1)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def convention_list(request: OfficeRequest) -> HttpResponse:
    """What is to approve and to renew first, then every convention by provider."""
    mutual, day = request.mutual, request.day
    show = "all" if request.GET.get("show") == "all" else ""
    listed = conventions_of(mutual).filter(state=AgreementState.APPROVED)
    if show != "all":
        listed = listed.exclude(effective_until__lte=day)
    else:
        listed = conventions_of(mutual)
    page = Paginator(listed, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    renewals = to_renew(mutual, day)
    context = {
        "page": page,
        "rows": [(each, convention_state(each, day)) for each in page.object_list],
        "show": show,
        "drafts": list(to_approve(mutual)),
        "renewals": [
            (each, convention_state(each, day), stage == Renewal.URGENT or stage == Renewal.OVER)
            for each, stage in renewals
        ],
        "open_breaches_count": breaches_of(mutual).filter(closed_on__isnull=True).count(),
        "may_keep": Right.KEEP_PROVIDERS in request.rights,
    }
    return render(request, "web/providers/conventions.html", context)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def convention(request: OfficeRequest, uid: str) -> HttpResponse:
    """The clauses, who signed, the paper, the breaches, the last twelve months."""
    shown = convention_seen(request.mutual, uid)
    is_own = shown.entered_by_id == request.user.pk
    is_draft = shown.state == AgreementState.DRAFT
    is_approved = shown.state == AgreementState.APPROVED
    has_begun = is_approved and shown.effective_from <= request.day
    review = _review(request, shown) if has_begun else None
    scans = ConventionScan.objects.filter(agreement=shown).defer("content")
    may_see = bool(set(NEGOTIATORS) & request.rights)
    context = {
        "convention": shown,
        "state": convention_state(shown, request.day),
        "clauses": clauses_told(shown, request.LANGUAGE_CODE),
        "scans": list(scans.select_related("recorded_by").order_by("-id")),
        "breaches": [
            (each, CLAUSES.get(each.clause, each.clause), breach_state(each))
            for each in breaches_of(request.mutual).filter(agreement=shown)
        ],
        "price_versions": versions_under(shown),
        "review": review,
        "opinions": _opinions(request, shown, review) if review else [],
        "incentives": incentives_shown(request, shown),
        "may_decide": Right.APPROVE_CONVENTION in request.rights,
        "parties": [
            (each, ADMINISTRATIONS.get(each.role, each.role)) for each in parties_of(shown)
        ],
        "is_draft": is_draft,
        "seal": seal_of(shown) if is_draft else "",
        "may_see_assessments": may_see,
        "shown": opinion_shown(request, shown.provider) if is_draft and may_see else None,
        "is_approved": is_approved,
        "has_sections": bool(sections(request.mutual)),
        "is_own": is_own,
        "missing": _missing(shown, len(scans)) if is_draft else [],
        "lacking": [
            (each, each.entered_by_id != request.user.pk) for each in refused_for_lack_of(shown)
        ],
        "may_review": Right.REVIEW_CLAIM in request.rights,
        "may_keep": Right.KEEP_PROVIDERS in request.rights,
        "may_approve": Right.APPROVE_CONVENTION in request.rights and is_draft and not is_own,
        "may_refuse": Right.APPROVE_CONVENTION in request.rights and is_draft,
        "may_end": Right.APPROVE_CONVENTION in request.rights
        and is_approved
        and (shown.effective_until is None or shown.effective_until > request.day),
    }
    return render(request, "web/providers/convention.html", context)


def _missing(draft: Agreement, scans_count: int) -> list[str]:
    """What a convention about to be approved does not have yet, in words."""
    parts = (
        (draft.signed_for_provider, _("who signed for the provider")),
        (draft.signed_for_mutual, _("who signed for the mutual")),
        (draft.signed_on, _("the day of the signature")),
        (scans_count, _("the signed paper")),
        (draft.tariff_list_id, _("a price list")),
    )
    return [word for held, word in parts if not held]


def _review(request: OfficeRequest, shown: Agreement) -> Review:
    """The last twelve months of the convention."""
    until = request.day
    if shown.effective_until is not None:
        until = min(until, shown.effective_until)
    start = max(shown.effective_from, add_months(until, -YEAR_MONTHS))
    return review_of(
        request.mutual, shown.provider, start, until, on=request.day,
        delay_days=shown.payment_delay_days,
    )  # fmt: skip


def _score(request: OfficeRequest, shown: Agreement, review: Review) -> Score:
    """What families said of this provider in the months of a review."""
    found = scores(request.mutual, review.start, review.until)
    return found.get(shown.provider_id, NO_SCORE)


def _opinions(request: OfficeRequest, shown: Agreement, review: Review) -> list[tuple[str, str]]:
    return score_told(_score(request, shown, review), request.LANGUAGE_CODE)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def scan(request: OfficeRequest, uid: str) -> HttpResponse:
    """The signed paper itself, as it is kept."""
    kept = scan_seen(request.mutual, uid)
    ending = "pdf" if kept.media_type == "application/pdf" else "jpg"
    answer = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    # What somebody else made is not shown inside a page of ours.
    answer["Content-Disposition"] = f'attachment; filename="convention-{kept.uid}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def sheet(request: OfficeRequest, uid: str) -> HttpResponse:
    """The convention on paper, with the boxes where both sign."""
    shown = convention_seen(request.mutual, uid)
    language = request.LANGUAGE_CODE
    provider = shown.provider
    sector = str(dict(SECTOR_CHOICES).get(provider.sector, provider.sector))
    level = str(LEVELS.get(provider.level, ""))
    place = area_label(provider.area) if provider.area else ""
    parties = _("Between %(mutual)s, %(place)s, and %(provider)s (%(what)s).") % {
        "mutual": request.mutual.name, "place": request.mutual.place, "provider": provider.name,
        "what": writing.SEPARATOR.join(each for each in (sector, level, place) if each),
    }  # fmt: skip
    start = writing.day(shown.effective_from, language)
    if shown.effective_until is None:
        days = _("In force from %(start)s, until one of the two parties ends it.") % {
            "start": start
        }
    else:
        days = _("In force from %(start)s to %(last)s included.") % {
            "start": start, "last": writing.day(shown.effective_until - _A_DAY, language),
        }  # fmt: skip
    state = convention_state(shown, request.day)
    content = letters_pdf(
        [
            Paper(
                title=_("Convention with %(provider)s") % {"provider": provider.name},
                before=(
                    *([_("Reference: %(text)s") % {"text": shown.reference}]
                      if shown.reference else []),
                    parties, days, _("State: %(word)s.") % {"word": state.word},
                ),
                head=(_("Clause"), _("What is agreed")),
                rows=tuple(clauses_told(shown, language)),
                is_text=True,
                signs=(
                    _sign(_("For the provider, signature and stamp"), shown.signed_for_provider),
                    _sign(_("For the mutual, signature and stamp"), shown.signed_for_mutual),
                ),
            )
        ],
        title=_("Convention"), mutual=request.mutual.name, place=request.mutual.place,
        day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="convention-{provider.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
@office_view(right=READERS, of_whole_mutual=True)
def review_sheet(request: OfficeRequest, uid: str) -> HttpResponse:
    """The last twelve months on paper, for the yearly talk with the provider."""
    shown = convention_seen(request.mutual, uid)
    if shown.state != AgreementState.APPROVED or shown.effective_from > request.day:
        raise Refusal("CONVENTION_NOT_APPROVED", provider=shown.provider.name)
    language, currency = request.LANGUAGE_CODE, request.mutual.currency
    review = _review(request, shown)
    score = _score(request, shown, review)
    rows = review_told(review, shown, score, currency, language)
    if versions := versions_between(shown, review.start, review.until):
        rows.insert(0, (_("Prices in these months"), versions_told(versions, language)))
    breaches = breaches_of(request.mutual).filter(
        agreement=shown, occurred_on__gte=review.start, occurred_on__lt=review.until
    )
    rows += [
        (
            _("Breach of %(day)s") % {"day": writing.day(each.occurred_on, language)},
            _("%(clause)s: %(state)s.")
            % {"clause": CLAUSES.get(each.clause, each.clause), "state": breach_state(each).word},
        )
        for each in breaches
    ]
    content = letters_pdf(
        [
            Paper(
                title=_("Yearly review: %(provider)s") % {"provider": shown.provider.name},
                before=(writing.period(review.start, review.until, language),),
                head=(_("What"), _("In these months")), rows=tuple(rows),
                after=(_("What was agreed for the year to come:"), "\u00a0", "\u00a0"),
                signs=(_("For the provider, signature and stamp"),
                       _("For the mutual, signature and stamp")),
                is_text=True,
            )
        ],
        title=_("Yearly review"), mutual=request.mutual.name, place=request.mutual.place,
        day=writing.day(request.day, language), language=language,
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="revue-{shown.provider.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _sign(label: str, name: str) -> str:
    return f"{label}\u00a0: {name}" if name else label


def convention_url(request: OfficeRequest, agreement: Agreement) -> str:
    """The address of a convention's page."""
    return office_url(request, "convention", uid=agreement.uid)
