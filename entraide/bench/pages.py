"""The office at work: a list, a search, a family's page, read by a clerk with a session."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from entraide.bench.clients import Request, office_request, request_bytes

_BORN = (2012, 2016, 2020)  # the children
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
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
    """A family of five joins with its first money: contract, calls, receipt, all in the books.

    Each has names and births of its own: families alike would be asked about, not enrolled.
    """
    rows = (("member", "F", 1986), ("spouse", "M", 1984), *(("child", "F", y) for y in _BORN))
    body = {
        "product": base["product"],
        "enrolled_on": base["received_on"],
        "persons": [
            {
                "birth_on": f"{year}-01-01",
                "sex": sex,
                "relation": relation,
                "has_photo": True,
            }
            for relation, sex, year in rows
        ],
        "payment": {"amount_minor": 1000, "account": base["cash_account"]},
    }

    def request(number: int) -> bytes:
        key = f"{run}-{number}"
        persons = [
            {
                **person,
                "name": _word(f"{key} {rank}"),
                "given_name": _word(f"{rank} {key}"),
                "birth_on": _day_of_year(person["birth_on"], f"{key} {rank}"),
            }
            for rank, person in enumerate(body["persons"], start=1)
        ]
        content = json.dumps({**body, "persons": persons, "idempotency_key": key}).encode()
        return request_bytes("POST", "/api/v1/households", base["token"], content)

    return request


def _day_of_year(first: str, seed: str) -> str:
    """A day of the year that begins on a day, always the same for its seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[-2:])
    return (date.fromisoformat(first) + timedelta(days=number % 365)).isoformat()


def _word(seed: str) -> str:
    """A word of seven syllables that is always the same for its seed, and like no other."""
    numbers = hashlib.sha256(seed.encode()).digest()[:14]
    letters = (_CONSONANTS, _VOWELS) * 7
    return "".join(
        each[number % len(each)] for each, number in zip(letters, numbers, strict=True)
    ).capitalize()


PAGES: dict[str, tuple[str, Callable[[dict[str, Any]], Request]]] = {
    "list": ("the list of families", list_request),
    "search": ("the search of the top bar", search_request),
    "household": ("the page of a family", household_request),
}
