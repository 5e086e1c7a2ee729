"""A form in another encoding than ours is refused with a sentence, whoever sends it."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/connexion/", "/langue/"])
def test_a_form_in_another_encoding_is_refused(address: str) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answer = client.post(
        address,
        b"login=%E9lo",
        content_type="application/x-www-form-urlencoded; charset=iso-8859-1",
    )
    assert answer.status_code == 400
    assert "Ce formulaire ne peut pas être lu" in answer.content.decode()
