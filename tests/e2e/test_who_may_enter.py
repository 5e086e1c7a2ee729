"""Who may not: a role without the right, somebody of another mutual, a stranger with no code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.e2e import cycle
from tests.e2e.office import (
    CLERK,
    CLERK_OF_ANOTHER_MUTUAL,
    DESK,
    FINANCE,
    MEDICAL,
    Desks,
    Office,
    sign_in,
)

WITH_A_TELEPHONE = "tiana"  # the coordinator: nobody else's test signs in as her

# Not those of another journey: who is registered already is asked about first.
NEIGHBOURS = (
    cycle.Typed("Andriambelo", "Haritiana", "15/08/1979", "H", "Adhérent"),
    cycle.Typed("Ramiandrisoa", "Vololona", "1984", "F", "Conjoint"),
    cycle.Typed("Andriambelo", "Tsiory", "21/11/2014", "H", "Enfant"),
)


@pytest.mark.requirement("R133", begun=True)
def test_wrong_role_is_told_so_in_french(desks: Desks, office: Office) -> None:
    page = desks.sit(MEDICAL)
    answer = page.goto(office.page("adhesions/nouvelle/"))
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    told = page.locator("body").inner_text()
    assert "droit" in told or "rôle" in told, told


def test_clerk_does_not_see_steps_that_are_not_theirs(desks: Desks, office: Office) -> None:
    page = desks.sit(CLERK)
    page.goto(office.page())
    chain = page.get_by_role("navigation", name="La chaîne")
    expect(chain.get_by_role("link", name="Adhésions")).to_be_visible()
    expect(chain.get_by_role("link", name="Rapprochement")).to_have_count(0)


def test_other_mutual_does_not_exist_for_a_stranger(desks: Desks, office: Office) -> None:
    page = desks.sit(FINANCE)
    page.goto(office.page("cotisations/recus/"))
    receipt = page.locator("main tbody a").first.evaluate("link => link.href")
    stranger = desks.sit(CLERK_OF_ANOTHER_MUTUAL)
    for address in (office.page(), receipt, receipt.replace("atia-sante", "mirindra-sante")):
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        assert "ATIA" not in stranger.locator("body").inner_text()


def test_nobody_enters_without_a_password(desks: Desks, office: Office) -> None:
    page = desks.sit(None)
    page.goto(office.page("fonds/"))
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.get_by_label("Nom d’utilisateur").fill(CLERK)
    page.get_by_label("Mot de passe").fill("autre chose")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Ce mot de passe ne va pas avec ce nom")


def test_second_factor_is_activated_then_asked(desks: Desks, office: Office) -> None:
    page = desks.sit(WITH_A_TELEPHONE)
    page.goto(office.url("/compte/"))
    page.get_by_role("link", name="Activer la double vérification").click()
    page.get_by_label("Mot de passe").fill(office.password)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_text("L’appareil photo ne marche pas").click()
    secret = page.locator("code.secret").inner_text().strip()
    page.get_by_label("Code").fill(_code(secret))
    page.get_by_role("button", name="Activer").click()
    expect(page.locator("body")).to_contain_text("secours")

    later = desks.sit(None)
    sign_in(later, office, WITH_A_TELEPHONE)
    expect(later.get_by_role("heading", name="Votre code")).to_be_visible()
    later.goto(office.page("adhesions/"))
    assert later.url.startswith(office.url("/connexion/")), "the password alone has opened a page"

    later = desks.sit(None)
    sign_in(later, office, WITH_A_TELEPHONE)
    later.get_by_label("Code").fill(_code(secret))
    later.get_by_role("button", name="Se connecter").click()
    later.wait_for_url("**/m/atia-sante/**")


def test_office_works_without_script(desks: Desks, office: Office) -> None:
    page = desks.sit(CLERK, size=DESK, with_script=False)
    family = cycle.enrol(page, office, NEIGHBOURS)
    receipt = cycle.receive(page, family)
    assert receipt.number.startswith("REC-")
    expect(page.get_by_role("main")).to_contain_text(family.number)


def _code(secret: str) -> str:
    """The six digits of RFC 6238 for now, of a half minute that is not about to end."""
    left = 30 - time.time() % 30
    if left < 5:
        time.sleep(left + 0.1)
    counter = struct.pack(">Q", int(time.time()) // 30)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
