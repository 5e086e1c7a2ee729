"""The second factor by role: who does not enter without it, and how its secrets stand."""

from __future__ import annotations

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from entraide.apps.access.models import User
from entraide.apps.access.sealing import is_sealed, seal, unseal
from entraide.apps.schemes.models import Mutual, Role
from tests.people import People
from tests.web.conftest import Browser
from tests.web.test_signin import PASSWORD, activate, code_now, sign_in


@pytest.fixture
def moussa(mutual: Mutual, people: People, settings: LazySettings) -> User:
    """Moussa, finance officer with a password, where finance officers need a second factor."""
    cache.clear()
    settings.SECOND_FACTOR_ROLES = [Role.FINANCE_OFFICER]
    people.moussa.set_password(PASSWORD)
    people.moussa.save()
    return people.moussa


def home(mutual: Mutual) -> str:
    return reverse("web:home", kwargs={"mutual": mutual.code})


def test_a_finance_officer_enters_only_with_a_second_factor(
    moussa: User, mutual: Mutual, signed_in: Browser
) -> None:
    browser = signed_in(moussa)
    for address in (home(mutual), f"/m/{mutual.code}/fonds/", f"/m/{mutual.code}/adhesions/"):
        answer = browser.get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"{reverse('mfa_activate_totp')}?role=1"
    by_script = browser.get(home(mutual), headers={"HX-Request": "true"})
    assert by_script["HX-Redirect"] == f"{reverse('mfa_activate_totp')}?role=1"
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = browser.get(f"{reverse('mfa_activate_totp')}?role=1").content.decode()
    assert "Votre rôle touche à l’argent ou aux données médicales" in page
    activate(browser)
    assert browser.get(home(mutual)).status_code == 200


def test_other_roles_and_a_demonstration_are_not_asked(
    moussa: User, mutual: Mutual, people: People, signed_in: Browser
) -> None:
    assert signed_in(people.awa).get(home(mutual)).status_code == 200
    Mutual.objects.filter(pk=mutual.pk).update(is_demonstration=True)
    assert signed_in(moussa).get(home(mutual)).status_code == 200


def test_the_secrets_stand_sealed_and_still_serve(
    client: Client, moussa: User, mutual: Mutual, signed_in: Browser
) -> None:
    secret = activate(signed_in(moussa))
    kept = {factor.type: factor.data for factor in Authenticator.objects.all()}
    assert secret not in str(kept)
    assert is_sealed(kept["totp"]["secret"])
    assert is_sealed(kept["recovery_codes"]["seed"])
    cache.clear()
    sign_in(client, "moussa", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    assert client.get(home(mutual)).status_code == 200


def test_with_another_secret_key_no_code_is_right(settings: LazySettings) -> None:
    sealed = seal("JBSWY3DPEHPK3PXP")
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "another key"
    assert unseal(sealed) not in ("", "JBSWY3DPEHPK3PXP")
    assert unseal(sealed) != unseal(sealed)


def test_what_an_earlier_version_kept_in_clear_is_sealed_once(moussa: User) -> None:
    Authenticator.objects.create(user=moussa, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    Authenticator.objects.create(
        user=moussa, type="recovery_codes", data={"migrated_codes": ["12345678"], "used_mask": 0}
    )
    migration = import_module("entraide.apps.access.migrations.0004_seal_second_factors")
    for _ in range(2):
        migration.seal_secrets(apps, None)
        totp = Authenticator.objects.get(type="totp").data["secret"]
        codes = Authenticator.objects.get(type="recovery_codes").data
        assert unseal(totp) == "JBSWY3DPEHPK3PXP"
        assert [unseal(code) for code in codes["migrated_codes"]] == ["12345678"]
        assert codes["used_mask"] == 0
