"""Signing in: nobody opens an account alone, every sign-in and every failure is journaled."""

from __future__ import annotations

import io
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.sealing import seal, unseal
from entraide.apps.access.services import record_audit

# What the journal calls it; nobody is told more than that the code is not right.
WRONG_SECOND_FACTOR = "SECOND_FACTOR_FAILED"


class EntraideAccountAdapter(DefaultAccountAdapter):
    """Sign-in by name and password, said and journaled as the house does."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "This password does not go with this name. Check both; capital letters count."
        ),
        "too_many_login_attempts": _(
            "Too many attempts in a row: signing in is paused for a few minutes. "
            "If you have forgotten your password, your administrator gives you a new one."
        ),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "account_inactive": _("This account is closed. Ask your administrator."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by the administrator."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's account."""
        return reverse("account")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Journal the sign-in, once every factor has been given."""
        record_audit(kind=AuditKind.SIGN_IN, actor=user, subject=user.get_username())
        return super().post_login(request, user, **kwargs)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse, and journal, an attempt beyond the permitted number."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            _record_failure(request, credentials, "SIGN_IN_PAUSED")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Journal a wrong name or password, with the name only."""
        _record_failure(request, credentials, "SIGN_IN_FAILED")


class EntraideMFAAdapter(DefaultMFAAdapter):
    """The second factor: a code of six digits, its square drawn without a further library."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right, or its thirty seconds are over. Enter the one shown now."
        ),
    }

    def encrypt(self, text: str) -> str:
        """What is kept of a secret."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The square that a telephone reads, as SVG."""
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
        return drawn.getvalue().decode()


def record_wrong_code(user: User, **_of_signal: Any) -> None:
    """Journal a second factor that was not right; the password before it was."""
    record_audit(
        kind=AuditKind.SIGN_IN_FAILED,
        actor=user,
        code=WRONG_SECOND_FACTOR,
        subject=user.get_username(),
    )


def _record_failure(request: HttpRequest, credentials: dict[str, Any], code: str) -> None:
    name = str(credentials.get("username", ""))
    record_audit(
        kind=AuditKind.SIGN_IN_FAILED,
        actor=User.objects.filter(username=name).first(),
        code=code,
        subject=name,
    )
