"""Signing in and out, the second factor, and what the journal keeps of it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from entraide.apps.access.models import AuditEvent, AuditKind, User
from entraide.apps.schemes.models import Mutual
from tests.people import People
from tests.web.conftest import Browser

PASSWORD = "quatre mots simples ici"


@pytest.fixture(autouse=True)
def _no_attempt_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def awa(mutual: Mutual, people: People) -> User:
    """Awa, with a password."""
    people.awa.set_password(PASSWORD)
    people.awa.save()
    return people.awa


def sign_in(client: Client, name: str, password: str, **more: str) -> object:
    return client.post(reverse("account_login"), {"login": name, "password": password, **more})


def code_now(secret: str) -> str:
    """The six digits that the telephone would show."""
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))
    )


def activate(browser: Client) -> str:
    """Confirm the password, then activate the second factor; the secret."""
    browser.get(reverse("mfa_activate_totp"))
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">(\w+)</code>', page)
    assert secret is not None
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret.group(1))})
    assert answer.status_code == 302, answer.content.decode()
    return secret.group(1)


def test_sign_in_leads_home_in_french_and_is_journaled(
    client: Client, awa: User, mutual: Mutual
) -> None:
    page = client.get(reverse("account_login")).content.decode()
    assert "Nom d’utilisateur" in page
    assert "Mot de passe oublié\u202f?" in page
    answer = sign_in(client, "awa", PASSWORD)
    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert client.get(reverse("entrance"))["Location"].endswith(f"/m/{mutual.code}/")
    assert AuditEvent.objects.get(kind=AuditKind.SIGN_IN).actor == awa


def test_sign_in_comes_back_to_the_page_that_was_asked(
    client: Client, awa: User, mutual: Mutual
) -> None:
    wanted = reverse("web:home", kwargs={"mutual": mutual.code})
    assert sign_in(client, "awa", PASSWORD, next=wanted)["Location"] == wanted  # type: ignore[index]
    elsewhere = sign_in(Client(), "awa", PASSWORD, next="https://elsewhere.test/")
    assert elsewhere["Location"] == "/"  # type: ignore[index]


def test_a_wrong_password_says_nothing_of_who_exists_and_is_journaled(
    client: Client, awa: User
) -> None:
    wrong = sign_in(client, "awa", "autre chose").content.decode()  # type: ignore[attr-defined]
    nobody = sign_in(client, "personne", "autre chose").content.decode()  # type: ignore[attr-defined]
    sentence = "Ce mot de passe ne va pas avec ce nom."
    assert sentence in wrong
    assert sentence in nobody
    assert "autre chose" not in wrong
    events = AuditEvent.objects.filter(kind=AuditKind.SIGN_IN_FAILED).order_by("pk")
    assert [(event.subject, event.actor) for event in events] == [("awa", awa), ("personne", None)]


def test_too_many_attempts_pause_sign_in_even_with_the_right_password(
    client: Client, awa: User
) -> None:
    for _ in range(5):
        sign_in(client, "awa", "autre chose")
    paused = sign_in(client, "awa", PASSWORD).content.decode()  # type: ignore[attr-defined]
    assert "Trop d’essais à la suite" in paused
    assert AuditEvent.objects.filter(code="SIGN_IN_PAUSED", actor=awa).count() == 1
    assert not AuditEvent.objects.filter(kind=AuditKind.SIGN_IN).exists()


def test_nobody_opens_an_account_or_resets_a_password_alone(client: Client, awa: User) -> None:
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/accounts/signup/").status_code == 404


def test_the_system_and_a_closed_account_cannot_sign_in(
    client: Client, awa: User, people: People
) -> None:
    assert not people.system.has_usable_password()
    awa.is_active = False
    awa.save()
    sign_in(client, "awa", PASSWORD)
    assert "_auth_user_id" not in client.session


def test_sign_out_is_one_click_and_never_a_link(
    awa: User, mutual: Mutual, signed_in: Browser
) -> None:
    browser = signed_in(awa)
    assert browser.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in browser.session
    assert browser.post(reverse("account_logout"))["Location"] == reverse("account_login")
    home = reverse("web:home", kwargs={"mutual": mutual.code})
    assert browser.get(home).status_code == 302


def test_a_session_ends_by_itself(client: Client, awa: User) -> None:
    sign_in(client, "awa", PASSWORD)
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() <= 12 * 3600


def test_the_second_factor_is_asked_after_the_password(
    client: Client, awa: User, mutual: Mutual, signed_in: Browser
) -> None:
    secret = activate(signed_in(awa))
    cache.clear()
    answer = sign_in(client, "awa", PASSWORD)
    assert answer["Location"] == reverse("mfa_authenticate")  # type: ignore[index]
    assert "_auth_user_id" not in client.session
    home = reverse("web:home", kwargs={"mutual": mutual.code})
    assert client.get(home).status_code == 302
    assert not AuditEvent.objects.filter(kind=AuditKind.SIGN_IN).exists()
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "Ce code n’est pas le bon" in wrong
    failed = AuditEvent.objects.get(kind=AuditKind.SIGN_IN_FAILED)
    assert (failed.actor, failed.code) == (awa, "SECOND_FACTOR_FAILED")
    cache.clear()  # a code serves once; the telephone would show the next one
    client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    assert client.get(home).status_code == 200
    assert AuditEvent.objects.get(kind=AuditKind.SIGN_IN).actor == awa


def test_a_recovery_code_serves_once(client: Client, awa: User, signed_in: Browser) -> None:
    browser = signed_in(awa)
    activate(browser)
    page = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"<li><code>(\w+)</code></li>", page)
    assert len(codes) == 10
    assert "Il reste 10 codes sur 10." in page
    assert codes[0] in browser.get(reverse("mfa_download_recovery_codes")).content.decode()
    for attempt, is_in in ((Client(), True), (Client(), False)):
        cache.clear()
        sign_in(attempt, "awa", PASSWORD)
        attempt.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert ("_auth_user_id" in attempt.session) is is_in


def test_the_account_page_shows_roles_factor_and_language(awa: User, signed_in: Browser) -> None:
    browser = signed_in(awa)
    page = browser.get(reverse("account")).content.decode()
    assert "Awa Kodjo" in page
    assert "Saisie" in page
    assert "Pas activée" in page
    activate(browser)
    assert "Gérer la double vérification" in browser.get(reverse("account")).content.decode()
    square = browser.get(reverse("mfa_index")).content.decode()
    assert "Codes de secours" in square
    browser.post(reverse("mfa_deactivate_totp"))
    assert "Pas activée" in browser.get(reverse("account")).content.decode()


def test_a_password_is_changed_with_the_present_one(awa: User, signed_in: Browser) -> None:
    browser = signed_in(awa)
    address = reverse("account_change_password")
    new = "cinq mots plus longs encore"
    wrong = browser.post(address, {"oldpassword": "?", "password1": new, "password2": new})
    assert "Ce n’est pas votre mot de passe actuel." in wrong.content.decode()
    changed = browser.post(address, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed["Location"] == reverse("account")
    assert "Votre mot de passe est changé." in browser.get(reverse("account")).content.decode()
    awa.refresh_from_db()
    assert awa.check_password(new)
