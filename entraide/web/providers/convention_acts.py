"""What is done of a convention: drafted, changed, approved, refused, ended; its paper kept."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entraide.apps.claims.convention_again import decide_under_convention
from entraide.apps.claims.selectors import claim_for
from entraide.apps.enrolment.sections import sections
from entraide.apps.providers.conventions import (
    Terms,
    approve_convention,
    change_convention,
    convention_seen,
    draft_convention,
    end_convention,
    keep_scan,
    refuse_convention,
)
from entraide.apps.providers.models import Agreement, Provider
from entraide.apps.providers.prices import lists_for
from entraide.apps.providers.register import provider_seen
from entraide.apps.providers.scans import prepared_scan
from entraide.apps.providers.sections import follow_in_section
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.web.fields import is_uid
from entraide.web.groups.acts import carried_out, form_page
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.providers.conventions import convention_url
from entraide.web.providers.forms import (
    ConventionForm,
    EndForm,
    ReasonForm,
    ScanForm,
    SectionForm,
)
from entraide.web.refusals import show_refusal


def _page(
    request: OfficeRequest, form: object, agreement: Agreement, *, title: str, verb: str,
    lede: str = "", is_file: bool = False,
) -> HttpResponse:  # fmt: skip
    return form_page(
        request, form, title=title, verb=verb, lede=lede,  # type: ignore[arg-type]
        back=convention_url(request, agreement), way=agreement.provider.name,
        step=_("Conventions"), step_url=office_url(request, "conventions"), is_file=is_file,
    )  # fmt: skip


def _form(
    request: OfficeRequest, provider: Provider, earlier: Agreement | None, *, is_renewal: bool
) -> ConventionForm:
    initial: dict[str, object] = {
        "effective_from": request.day, "is_third_party_payment": True,
    }  # fmt: skip
    if earlier is not None:
        initial = ConventionForm.initial_of(earlier)
        if is_renewal:
            initial |= {
                "effective_from": earlier.effective_until or request.day,
                "effective_until": None, "signed_on": None, "reference": "",
            }  # fmt: skip
    return ConventionForm(
        request.POST or None, initial=initial, lists=lists_for(request.mutual, provider)
    )


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def new(request: OfficeRequest, uid: str) -> HttpResponse:
    """A convention with a provider, or the one that follows another (``?after=``)."""
    provider = provider_seen(request.mutual, uid)
    after = request.GET.get("after", "")
    earlier = convention_seen(request.mutual, after) if is_uid(after) else None
    form = _form(request, provider, earlier, is_renewal=True)
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft_convention(
                provider=provider, terms=Terms(**form.terms()), **command_arguments(request)
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            notify(request, _("The convention is recorded; another person approves it."))
            return redirect(convention_url(request, draft))
    return form_page(
        request, form, title=_("A convention with %(name)s") % {"name": provider.name},
        verb=_("Record the draft"),
        lede=_("It counts for nothing until another person has approved it."),
        back=office_url(request, "provider", uid=provider.uid), way=provider.name,
        step=_("Providers"), step_url=office_url(request, "providers"),
    )  # fmt: skip


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def edit(request: OfficeRequest, uid: str) -> HttpResponse:
    """Other terms of a draft."""
    agreement = convention_seen(request.mutual, uid)
    form = _form(request, agreement.provider, agreement, is_renewal=False)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: change_convention(
                agreement=agreement, terms=Terms(**form.terms()), **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The draft is changed; another person approves it."))
        return redirect(convention_url(request, agreement))
    return _page(request, form, agreement, title=_("Change the draft"), verb=_("Record the draft"))


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def section(request: OfficeRequest, uid: str) -> HttpResponse:
    """Which section pays this provider."""
    agreement = convention_seen(request.mutual, uid)
    named = {str(each.uid): each for each in sections(request.mutual)}
    form = SectionForm(
        request.POST or None,
        named=[(key, each.name) for key, each in named.items()],
        initial={"branch": str(agreement.branch.uid) if agreement.branch else ""},
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: follow_in_section(
                agreement=agreement, branch=named.get(form.cleaned_data["branch"]),
                **command_arguments(request),
            ),
        )
    ):  # fmt: skip
        notify(request, _("The section is noted, for claims to come."))
        return redirect(convention_url(request, agreement))
    return _page(
        request, form, agreement, title=_("Section that pays this provider"), verb=_("Note it"),
        lede=_("Care given to families of other sections is settled with them."),
    )  # fmt: skip


@require_POST
@office_view(right=Right.APPROVE_CONVENTION, of_whole_mutual=True)
def approve(request: OfficeRequest, uid: str) -> HttpResponse:
    """The convention holds during its days."""
    agreement = convention_seen(request.mutual, uid)
    try:
        approve_convention(
            agreement=agreement, seen=request.POST.get("seen", ""), **command_arguments(request)
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(request, _("The convention is approved."))
    return redirect(convention_url(request, agreement))


@require_POST
@office_view(right=Right.REVIEW_CLAIM, of_whole_mutual=True)
def decide_again(request: OfficeRequest, uid: str) -> HttpResponse:
    """One claim refused for want of this convention: the rules decide it again under it."""
    agreement = convention_seen(request.mutual, uid)
    claim = claim_for(request.mutual, request.POST.get("claim", ""))
    try:
        decided = decide_under_convention(
            claim=claim, agreement=agreement, **command_arguments(request)
        )
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        notify(
            request,
            _("The rules decided %(claim)s again under the convention.")
            % {"claim": decided.document_number},
            links=[(_("Open the claim"), office_url(request, "claim", uid=decided.uid))],
        )
    return redirect(convention_url(request, agreement))


@office_view(right=Right.APPROVE_CONVENTION, of_whole_mutual=True)
def refuse(request: OfficeRequest, uid: str) -> HttpResponse:
    """The draft is not wanted."""
    agreement = convention_seen(request.mutual, uid)
    form = ReasonForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: refuse_convention(
                agreement=agreement, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The draft is refused."))
        return redirect(convention_url(request, agreement))
    return _page(request, form, agreement, title=_("Refuse the draft"), verb=_("Refuse"))


@office_view(right=Right.APPROVE_CONVENTION, of_whole_mutual=True)
def end(request: OfficeRequest, uid: str) -> HttpResponse:
    """The convention is over earlier than it says."""
    agreement = convention_seen(request.mutual, uid)
    form = EndForm(request.POST or None, initial={"notice_given_on": request.day})
    if (
        request.method == "POST"
        and form.is_valid()
        and carried_out(
            form,
            lambda: end_convention(
                agreement=agreement, **form.cleaned_data, **command_arguments(request)
            ),
        )
    ):
        notify(request, _("The end of the convention is recorded."))
        return redirect(convention_url(request, agreement))
    return _page(
        request, form, agreement, title=_("End the convention"), verb=_("End it"),
        lede=_("Care of the days before stays under the convention."),
    )  # fmt: skip


@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def add_scan(request: OfficeRequest, uid: str) -> HttpResponse:
    """The signed paper of a convention, as a PDF or a photo."""
    agreement = convention_seen(request.mutual, uid)
    form = ScanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and carried_out(
        form,
        lambda: keep_scan(
            agreement=agreement, scan=prepared_scan(form.cleaned_data["scan"].read()),
            **command_arguments(request),
        ),
    ):  # fmt: skip
        notify(request, _("The signed paper is kept."))
        return redirect(convention_url(request, agreement))
    return _page(
        request, form, agreement, title=_("The signed paper"), verb=_("Keep it"), is_file=True
    )
