"""The office at work: a list, a search, a family's page, read by a clerk with a session."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from entraide.bench.clients import Request, office_request, request_bytes

_BORN = (2012, 2016, 2020)  # the children
LISTS = ("", "?sort=name", "?sort=-remaining", "?sort=until", "?show=late", "?show=renew")
WORDS = ("rakoto", "koto", "Éloïse", "ravao hasina", "F-2026-001", "0341", "zzzz", "N’Diaye Awa")
"""A beginning, an inside, an accent, two words, a number, a phone, nobody, an apostrophe."""


def list_request(base: dict[str, Any]) -> Request:
    """The list of families, sorted and filtered in turn."""
    return _in_turn(base, [f"/m/{base['mutual']}/adhesions/{asked}" for asked in LISTS])


def search_request(base: dict[str, Any]) -> Request:
    """The search of the top bar, each time with other words."""
    return _in_turn(base, [f"/m/{base['mutual']}/recherche/?q={word}" for word in WORDS])


def household_request(base: dict[str, Any]) -> Request:
    """One family's page after another."""
    return _in_turn(
        base, [f"/m/{base['mutual']}/adhesions/{uid}/" for uid in base["household_uids"]]
    )


def _in_turn(base: dict[str, Any], addresses: list[str]) -> Request:
    requests = [office_request(address, base["session"]) for address in addresses]
    return lambda number: requests[number % len(requests)]


def enrolment_request(base: dict[str, Any], run: str) -> Request:
    """A family of five joins with its first money: contract, calls, receipt, all in the books."""
    rows = (("member", "F", 1986), ("spouse", "M", 1984), *(("child", "F", y) for y in _BORN))
    body = {
        "product": base["product"],
        "enrolled_on": base["received_on"],
        "persons": [
            {
                "name": "BANC",
                "given_name": f"Rang {rank}",
                "birth_on": f"{year}-02-14",
                "sex": sex,
                "relation": relation,
                "has_photo": True,
            }
            for rank, (relation, sex, year) in enumerate(rows, start=1)
        ],
        "payment": {"amount_minor": 1000, "account": base["cash_account"]},
    }

    def request(number: int) -> bytes:
        content = json.dumps({**body, "idempotency_key": f"{run}-{number}"}).encode()
        return request_bytes("POST", "/api/v1/households", base["token"], content)

    return request


PAGES: dict[str, tuple[str, Callable[[dict[str, Any]], Request]]] = {
    "list": ("the list of families", list_request),
    "search": ("the search of the top bar", search_request),
    "household": ("the page of a family", household_request),
}
