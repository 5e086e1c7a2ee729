"""What every request passes through: the content policy, the reader's language, the mutual."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_scopes import scope

from entraide.apps.access.models import AuditKind
from entraide.apps.access.records import only_sections
from entraide.apps.access.screens import asked_by
from entraide.apps.access.services import record_audit
from entraide.apps.schemes.rights import OFFICE_ROLES, posts_on
from entraide.apps.schemes.selectors import mutual_by_code
from entraide.core.errors import Refusal
from entraide.documents.setting import papers_for
from entraide.web import clock
from entraide.web.vocabulary import words_of

ASKED_BY_ROLE = "role"  # on the page of the second factor: why one was led there
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data: blob:",  # blob: a photo just chosen, shown before it is sent
        "script-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy:
    """Nothing inline, nothing from elsewhere: a page that needs more says so itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response


class ReadableForm:
    """A form comes in UTF-8, as every browser sends ours; another encoding is refused at the door:
    whoever reads it later would fail, the page that tells the failure too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type in _FORMS and charset.lower() not in ("utf-8", "utf8"):
            return render(HttpRequest(), "400.html", status=400)
        return self.get_response(request)


class ReaderLanguage:
    """The language that the person chose, else the cookie's, else French.

    The browser's own preference is not asked: many office machines are set to English by whoever
    sold them, while their people read French.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response

    def _language(self, request: HttpRequest) -> str:
        known = dict(settings.LANGUAGES)
        if request.user.is_authenticated and request.user.language in known:
            return request.user.language
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in known else settings.LANGUAGE_CODE


class ReadableAddress:
    """No page has an address with a NUL in it: databases store none, so that nothing is found.

    What the API is asked it refuses itself, in its own form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_api = request.path_info.startswith("/api/")
        asks_nul = "%00" in request.META.get("QUERY_STRING", "") and not is_api
        if asks_nul or "\0" in request.path_info:
            raise Http404("an address with a NUL")
        return self.get_response(request)


class ScreenOfAct:
    """The journal keeps on which page each act was done."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asked_by(request):
            return self.get_response(request)


class CurrentMutual:
    """Under ``/m/<code>/``: sign-in, the mutual of the address, its scope, the person's rights.

    A stranger to the mutual gets the same 404 as for one that does not exist, and the attempt is
    journaled. Pages are kept by no cache: on a shared computer the next person must not find
    them with the back button.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = _mutual_of_address(request)
        if code is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        self._enter(request, code)
        if _lacks_second_factor(request):
            return _to(request, f"{reverse('mfa_activate_totp')}?{ASKED_BY_ROLE}=1")
        with (
            scope(mutual=request.mutual),  # type: ignore[attr-defined]
            only_sections(request.sections),  # type: ignore[attr-defined]
            words_of(request.mutual),  # type: ignore[attr-defined]
            papers_for(is_training=request.mutual.is_training),  # type: ignore[attr-defined]
        ):
            response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def _enter(self, request: HttpRequest, code: str) -> None:
        try:
            mutual = mutual_by_code(code)
        except Refusal:
            raise Http404(f"no mutual {code}") from None
        day = clock.today(mutual)
        posts = posts_on(request.user, mutual, day)  # type: ignore[arg-type]
        roles = posts.roles
        if not roles & OFFICE_ROLES:  # a provider's user has the portal, and is a stranger here
            record_audit(
                kind=AuditKind.REFUSAL,
                mutual=mutual,
                actor=request.user,  # type: ignore[arg-type]
                code="NOT_FOUND",
                subject=request.path,
            )
            raise Http404(f"a stranger to {code}")
        request.mutual, request.day = mutual, day  # type: ignore[attr-defined]
        request.sections = posts.sections  # type: ignore[attr-defined]
        request.roles, request.rights = roles, posts.rights  # type: ignore[attr-defined]


def _mutual_of_address(request: HttpRequest) -> str | None:
    if not request.path_info.startswith("/m/"):
        return None
    try:
        return resolve(request.path_info).kwargs.get("mutual")
    except Resolver404:
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    answer = redirect_to_login(request.get_full_path())
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(settings.LOGIN_REDIRECT_URL)
    return answer


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a role of the person here asks for a second factor that is not there yet."""
    if request.mutual.is_demonstration:  # type: ignore[attr-defined]
        return False
    asked = request.roles & frozenset(settings.SECOND_FACTOR_ROLES)  # type: ignore[attr-defined]
    return bool(asked) and not is_mfa_enabled(request.user)


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return redirect(address)
