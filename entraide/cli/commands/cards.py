"""``entraide cards keys|check …``: the public keys that prove cards and receipts, the proof of one.

``check`` needs neither network nor database: a health centre keeps the file of keys.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from entraide.cli.output import Output
from entraide.core.cards import (
    LONGEST_CODE,
    Proof,
    PublicKey,
    keys_document,
    keys_of_document,
    proof_of,
    read_code,
)
from entraide.core.errors import Refusal
from entraide.core.receipt_codes import is_receipt_code, read_receipt_code
from entraide.messages import translate

LARGEST_KEYS_BYTES = 1_000_000
_PROOFS = {
    Proof.GENUINE: "Genuine signature",
    Proof.FORGED: "False signature",
    Proof.KEY_UNKNOWN: "Signature not checked",
    Proof.KEY_REVOKED: "Key given up",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two parts."""
    parts = parser.add_subparsers(dest="part", metavar=translate("PART"), required=True)
    text = translate("print the public keys of the cards of a mutual, or of all of them")
    keys = parts.add_parser("keys", help=text, description=text)
    keys.add_argument(
        "mutual", nargs="?", metavar=translate("MUTUAL"), help=translate("code of the mutual")
    )
    text = translate(
        "say whether the code of a card or a receipt is genuine, by the public keys of a file"
    )
    check = parts.add_parser("check", help=text, description=text)
    check.add_argument(
        "keys", metavar=translate("FILE"), help=translate("the file that “cards keys” prints")
    )
    check.add_argument(
        "code",
        nargs="?",
        metavar=translate("CODE"),
        help=translate("the text of the QR code; standard input without it"),
    )
    for each in (keys, check):
        each.add_argument(
            "--json",
            action="store_true",
            default=argparse.SUPPRESS,
            help=translate("answer with one JSON document"),
        )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the keys, or prove a code: exit 1 unless it is genuine."""
    if arguments.part == "keys":
        return _keys(arguments.mutual, out)
    return _check(arguments.keys, arguments.code, out)


def _keys(code: str | None, out: Output) -> int:
    from entraide.cli.main import _prepare_database

    _prepare_database()
    from entraide.apps.cards.keys import public_keys_of
    from entraide.apps.schemes.models import Mutual
    from entraide.apps.schemes.selectors import mutual_by_code

    mutuals = [mutual_by_code(code)] if code else list(Mutual.objects.order_by("code"))
    document = keys_document(key for mutual in mutuals for key in public_keys_of(mutual))
    out.answer(document, json.dumps(document, indent=2))
    return 0


def _check(file: str, code: str | None, out: Output) -> int:
    keys = keys_of_document(_document(file))
    # An argument keeps bytes that are no text as half characters, which nothing can print.
    if code is not None:
        typed = code.encode(errors="replace")
    else:
        typed = sys.stdin.buffer.readline(LONGEST_CODE * 4)
    text = typed.decode(errors="replace")
    return _receipt(text, keys, out) if is_receipt_code(text) else _card(text, keys, out)


def _card(text: str, keys: Iterable[PublicKey], out: Output) -> int:
    from entraide.apps.cards.signing import is_signature

    read = read_code(text)
    proof = proof_of(read, keys, is_signature)
    payload = read.payload
    out.answer(
        {
            "proof": proof.value,
            "mutual": payload.mutual_code,
            "card": payload.card_number,
            "person": payload.person_number,
            "name": payload.name,
            "issued_on": payload.issued_on.isoformat(),
            "key_id": payload.key_id,
        },
        out.text(_PROOFS[proof]),
        f"{payload.name} · {payload.person_number} · {payload.card_number}",
    )
    return 0 if proof is Proof.GENUINE else 1


def _receipt(text: str, keys: Iterable[PublicKey], out: Output) -> int:
    from entraide.apps.cards.signing import is_signature

    read = read_receipt_code(text)
    proof = proof_of(read, keys, is_signature)
    payload = read.payload
    out.answer(
        {
            "proof": proof.value,
            "mutual": payload.mutual_code,
            "receipt": payload.number,
            "amount_minor": payload.amount_minor,
            "currency": payload.currency,
            "received_on": payload.received_on.isoformat(),
            "check_code": payload.check_code,
            "key_id": payload.key_id,
        },
        out.text(_PROOFS[proof]),
        f"{payload.number} · {payload.amount_minor} {payload.currency} · {payload.received_on}",
    )
    return 0 if proof is Proof.GENUINE else 1


def _document(name: str) -> Any:
    try:
        with Path(name).open("rb") as file:
            content = file.read(LARGEST_KEYS_BYTES + 1)
        return json.loads(content) if len(content) <= LARGEST_KEYS_BYTES else None
    except FileNotFoundError:
        raise Refusal("FILE_NOT_FOUND", file=name) from None
    except OSError:
        raise Refusal("FILE_UNREADABLE", file=name) from None
    except ValueError:
        raise Refusal("CARD_KEYS_UNREADABLE", place="keys") from None
