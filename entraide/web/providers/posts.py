"""Who serves at a provider's portal, and the paper for a provider without network."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from entraide.apps.enrolment.selectors import found
from entraide.apps.nomenclature.places import area_label, line_of
from entraide.apps.portal.covered import covered_persons
from entraide.apps.providers.models import PostState, ProviderPost
from entraide.apps.providers.posts import (
    approve_post,
    end_post,
    posts_of,
    propose_post,
    refuse_post,
)
from entraide.apps.providers.register import provider_seen
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.services import give_password
from entraide.core.errors import Refusal
from entraide.web.fields import DayField, is_uid
from entraide.web.households.wording import age_in_words
from entraide.web.names import State
from entraide.web.notices import notify
from entraide.web.office import OfficeRequest, command_arguments, office_url, office_view, told
from entraide.web.refusals import show_refusal

READERS = (Right.KEEP_PROVIDERS, Right.APPROVE_CONVENTION)
_STATES = {
    PostState.PROPOSED: State("wait", pgettext_lazy("a post", "To approve")),
    PostState.APPROVED: State("ok", pgettext_lazy("a post", "In force")),
    PostState.REFUSED: State("bad", pgettext_lazy("a post", "Refused")),
}
_ENDED = State("plain", pgettext_lazy("a post", "Ended"))


class PostForm(forms.Form):
    """Whom the mutual lets serve at a provider's portal, and from when."""

    display_name = forms.CharField(label=gettext_lazy("Name of the person"), max_length=150)
    username = forms.CharField(
        label=gettext_lazy("Sign-in name"), max_length=150,
        help_text=gettext_lazy("A new one, or that under which they serve another mutual."),
    )  # fmt: skip
    effective_from = DayField(label=gettext_lazy("From the day"))


@office_view(right=READERS, of_whole_mutual=True)
def posts(request: OfficeRequest, uid: str) -> HttpResponse:
    """The posts at one provider; a form to propose another one."""
    provider = provider_seen(request.mutual, uid)
    may_propose = Right.KEEP_PROVIDERS in request.rights
    form = PostForm(request.POST or None, initial={"effective_from": request.day})
    if request.method == "POST" and may_propose and form.is_valid():
        try:
            post = propose_post(
                **command_arguments(request), provider=provider, **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            text = _("%(person)s is proposed: another person approves.")
            notify(request, text % {"person": post.user})
            return redirect(office_url(request, "provider-posts", uid=provider.uid))
    may_approve = Right.APPROVE_CONVENTION in request.rights
    rows = [
        (
            each,
            _state(each, request),
            may_approve and each.proposed_by_id != request.user.pk,
            may_propose and each.effective_until is None,
        )
        for each in posts_of(request.mutual, provider)
    ]
    context = {"provider": provider, "rows": rows, "form": form, "may_propose": may_propose}
    status = 422 if form.errors else 200
    return render(request, "web/providers/posts.html", context, status=status)


def _state(post: ProviderPost, request: OfficeRequest) -> State:
    if post.effective_until is not None and post.effective_until <= request.day:
        return _ENDED
    return _STATES[PostState(post.state)]


def _post_of(request: OfficeRequest, uid: str) -> ProviderPost:
    return found(posts_of(request.mutual), uid=uid)


@require_POST
@office_view(right=Right.APPROVE_CONVENTION, of_whole_mutual=True)
def decide(request: OfficeRequest, uid: str) -> HttpResponse:
    """A second person approves or refuses; a first password is shown once to who approves."""
    post = _post_of(request, uid)
    try:
        if request.POST.get("answer") == "approve":
            post = approve_post(**command_arguments(request), post=post)
            _tell_approved(request, post)
        else:
            reason = request.POST.get("reason", "")[:200]
            refuse_post(**command_arguments(request), post=post, reason=reason)
            notify(request, _("The post is refused."))
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    return redirect(office_url(request, "provider-posts", uid=post.provider.uid))


def _tell_approved(request: OfficeRequest, post: ProviderPost) -> None:
    detail = ""
    if not post.user.has_usable_password():
        password = "-".join(secrets.token_hex(2) for _unused in range(4))
        give_password(user=post.user, password=password)
        detail = _("Sign-in name %(name)s, first password, shown this once: %(password)s") % {
            "name": post.user.get_username(), "password": password,
        }  # fmt: skip
    text = _("%(person)s serves at the portal of %(provider)s.")
    notify(request, text % {"person": post.user, "provider": post.provider.name}, detail=detail)


@require_POST
@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def end(request: OfficeRequest, uid: str) -> HttpResponse:
    """A post is taken back, at once."""
    post = _post_of(request, uid)
    reason = request.POST.get("reason", "")[:200]
    try:
        end_post(**command_arguments(request), post=post, reason=reason)
    except Refusal as refusal:
        notify(request, told(refusal), kind="bad")
    else:
        text = _("%(person)s serves at the portal no more.")
        notify(request, text % {"person": post.user})
    return redirect(office_url(request, "provider-posts", uid=post.provider.uid))


@require_safe
@office_view(right=Right.KEEP_PROVIDERS, of_whole_mutual=True)
def covered(request: OfficeRequest, uid: str) -> HttpResponse:
    """The list of the persons covered, to be printed each month and left with the provider."""
    provider = provider_seen(request.mutual, uid)
    around = line_of(provider.area) if provider.area else []
    places = {str(each.uid): each for each in around}
    asked = request.GET.get("area", "")
    context: dict[str, Any] = {
        "provider": provider,
        "places": [(uid, area_label(each)) for uid, each in places.items()],
        "asked": asked,
        "is_asked": "area" in request.GET,
    }
    if "area" in request.GET:
        area = places.get(asked) if is_uid(asked) else None
        try:
            rows = covered_persons(request.mutual, provider, request.user, request.day, area=area)
        except Refusal as refusal:
            return render(
                request, "web/providers/covered.html", context | {"fault": told(refusal)},
                status=422,
            )  # fmt: skip
        context["rows"] = [(each, age_in_words(each.person, request.day)) for each in rows]
    return render(request, "web/providers/covered.html", context)
