"""What must run with the product loaded: ``python -m entraide.bench.inside base|post|… …``.

A process of its own on the scratch base, so that the settings of whoever measures stay apart. One
JSON document on standard output.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from entraide.bench.statements import statements_of


def post_claims(seconds: float) -> dict[str, Any]:
    """Approve decided claims one by one, each posted in a durable transaction of its own."""
    from django.utils import timezone
    from django_scopes import scope

    from entraide.apps.access.selectors import user_by_username
    from entraide.apps.claims.approval import approve_claim
    from entraide.apps.claims.models import Claim, ClaimState
    from entraide.apps.schemes.models import Role
    from entraide.apps.schemes.selectors import mutual_by_code
    from entraide.bench.base import MUTUAL

    mutual = mutual_by_code(MUTUAL)
    coordinator = user_by_username(f"bench-{Role.COORDINATOR}")
    today = timezone.localdate()
    times: list[float] = []
    with scope(mutual=mutual):
        waiting = list(Claim.objects.filter(state=ClaimState.DECIDED).order_by("id"))
        started = time.perf_counter()
        for claim in waiting:
            now = time.perf_counter()
            if now - started >= seconds:
                break
            approve_claim(
                mutual=mutual,
                actor=coordinator,
                on=today,
                idempotency_key=f"approve-{claim.uid}",
                claim=claim,
            )
            times.append(time.perf_counter() - now)
    return {"seconds": times, "wall_seconds": time.perf_counter() - started}


def make_scratch(households: int) -> dict[str, Any]:
    """The scratch mutual, and how long it took to make."""
    from entraide.bench.base import make_base

    return make_base(households).to_json()


def print_cards(count: float) -> dict[str, Any]:
    """So many cards in one PDF."""
    from entraide.bench.cards import print_sheets

    return print_sheets(int(count))


_PARTS: dict[str, Callable[[float], dict[str, Any]]] = {
    "base": lambda households: make_scratch(int(households)),
    "post": post_claims,
    "cards": print_cards,
    "statements": lambda _amount: {"statements": statements_of(_sent())},
}


def _sent() -> list[bytes]:
    """The requests on standard input, a JSON list of texts."""
    return [text.encode() for text in json.load(sys.stdin)]


def main(words: list[str]) -> int:
    """Run one part and print what it answers."""
    # By name: the configuration stands above what it configures.
    importlib.import_module("entraide.config.start").prepare_database()
    part, amount = words
    print(json.dumps(_PARTS[part](float(amount))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
