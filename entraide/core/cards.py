"""A member's card: what its QR code says and how it is proved, and what may happen to it.

The code holds a short text that any telephone shows, and a signature (Ed25519) over that text:
whoever has the mutual's public key knows without network that the mutual made the card. It says
nothing of rights, which are computed on the day of care.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from entraide.core.errors import Refusal

FORMAT = "ENTRAIDE1"  # the version of the text: another one is another word
SEPARATOR = "|"
SIGNATURE_BYTES = 64
LONGEST_NAME = 48
LONGEST_CODE = 600  # characters that a scanned text may have


@dataclass(frozen=True, slots=True)
class CardPayload:
    """What the code says: whose card it is, which one, made when, signed with which key."""

    mutual_code: str
    card_number: str
    person_number: str
    name: str
    issued_on: date
    key_id: str

    @property
    def text(self) -> str:
        """The text that is signed: ``ENTRAIDE1|mutual|card|person|name|20250616|k1``."""
        # Numbers of old cards were given by others, who may have written anything in them.
        name, person_number = (
            " ".join(text.replace(SEPARATOR, " ").split())[:LONGEST_NAME].rstrip()
            for text in (self.name, self.person_number)
        )
        parts = (self.mutual_code, self.card_number, person_number, name)
        assert not any(SEPARATOR in part for part in parts)
        return SEPARATOR.join((FORMAT, *parts, f"{self.issued_on:%Y%m%d}", self.key_id))


@dataclass(frozen=True, slots=True)
class SignedCode:
    """A code as read: its payload, the bytes that were signed, and the signature."""

    payload: CardPayload
    message: bytes
    signature: bytes


class Proof(StrEnum):
    """What the signature of a code proves."""

    GENUINE = "genuine"  # made by the mutual, nothing changed since
    FORGED = "forged"  # the signature is not that of the text
    KEY_UNKNOWN = "key_unknown"  # no public key at hand for this mutual and key
    KEY_REVOKED = "key_revoked"  # the key was given up because others may have it


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A mutual's key as it is given out: ``key`` is the raw 32 bytes of Ed25519."""

    mutual_code: str
    key_id: str
    key: bytes
    is_revoked: bool = False


# ``verify(key, signature, message)``: whether the signature is right.
Verify = Callable[[bytes, bytes, bytes], bool]


def signed_text(payload: CardPayload, signature: bytes) -> str:
    """The whole text of the code: the payload and its signature in URL-safe base 64."""
    assert len(signature) == SIGNATURE_BYTES
    sealed = base64.urlsafe_b64encode(signature).decode().rstrip("=")
    return f"{payload.text}{SEPARATOR}{sealed}"


def read_code(text: str) -> SignedCode:
    """A scanned or pasted text as a signed code; ``CARD_CODE_UNREADABLE`` when it is none."""
    compact = text.strip()
    parts = compact.split(SEPARATOR)
    if len(compact) > LONGEST_CODE or len(parts) != 8 or parts[0] != FORMAT:
        raise Refusal("CARD_CODE_UNREADABLE", place="code")
    _format, mutual_code, card_number, person_number, name, day, key_id, sealed = parts
    try:
        issued_on = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
        signature = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Refusal("CARD_CODE_UNREADABLE", place="code") from None
    if len(signature) != SIGNATURE_BYTES or not day.isascii() or len(day) != 8:
        raise Refusal("CARD_CODE_UNREADABLE", place="code")
    payload = CardPayload(mutual_code, card_number, person_number, name, issued_on, key_id)
    message = compact.rpartition(SEPARATOR)[0].encode()
    return SignedCode(payload, message, signature)


class SignedPayload(Protocol):
    """What names the key of a signed text, be it a card's or a receipt's."""

    @property
    def mutual_code(self) -> str:
        """The mutual that signed."""

    @property
    def key_id(self) -> str:
        """Which of its keys."""


class Signed(Protocol):
    """A signed text as read."""

    @property
    def payload(self) -> SignedPayload:
        """What it says."""

    @property
    def message(self) -> bytes:
        """The bytes that were signed."""

    @property
    def signature(self) -> bytes:
        """The 64 bytes of the signature."""


def proof_of(code: Signed, keys: Iterable[PublicKey], verify: Verify) -> Proof:
    """What the signature proves, by the public keys at hand. No network, no database."""
    wanted = (code.payload.mutual_code, code.payload.key_id)
    key = next((each for each in keys if (each.mutual_code, each.key_id) == wanted), None)
    if key is None:
        return Proof.KEY_UNKNOWN
    if not verify(key.key, code.signature, code.message):
        return Proof.FORGED
    return Proof.KEY_REVOKED if key.is_revoked else Proof.GENUINE


def keys_document(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Public keys as a file holds them: plain JSON, the key in base 64."""
    return {
        "format": f"{FORMAT}-keys",
        "keys": [
            {
                "mutual": each.mutual_code,
                "key_id": each.key_id,
                "public_key": base64.b64encode(each.key).decode(),
                "revoked": each.is_revoked,
            }
            for each in keys
        ],
    }


def keys_of_document(document: object) -> tuple[PublicKey, ...]:
    """The public keys of a file; ``CARD_KEYS_UNREADABLE`` when it is none."""
    try:
        if not isinstance(document, dict) or document["format"] != f"{FORMAT}-keys":
            raise ValueError
        return tuple(
            PublicKey(
                str(each["mutual"]),
                str(each["key_id"]),
                base64.b64decode(each["public_key"], validate=True),
                is_revoked=each["revoked"] is True,
            )
            for each in document["keys"]
        )
    except (KeyError, TypeError, ValueError):
        raise Refusal("CARD_KEYS_UNREADABLE", place="keys") from None


class CardState(StrEnum):
    """What a card is worth: only a printed one is shown at a desk."""

    PRINTED = "printed"
    LOST = "lost"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


# What a card in such a state is refused for where it is shown; a replaced one is told as such.
REFUSED_AS_PROOF: dict[CardState, str] = {
    CardState.LOST: "CARD_LOST",
    CardState.CANCELLED: "CARD_WITHDRAWN",
}


class CardAct(StrEnum):
    """What happens to a card; each act is kept."""

    ISSUED = "issued"  # made and printed for the first time
    REPRINTED = "reprinted"  # the same card on paper once more: spoilt, torn, faded
    HANDED_OVER = "handed_over"
    LOST = "lost"
    CANCELLED = "cancelled"
    REPLACED = "replaced"  # another card was made because what it shows changed


_STATE_AFTER = {
    CardAct.REPRINTED: CardState.PRINTED,
    CardAct.HANDED_OVER: CardState.PRINTED,
    CardAct.LOST: CardState.LOST,
    CardAct.CANCELLED: CardState.CANCELLED,
    CardAct.REPLACED: CardState.REPLACED,
}
NEED_A_REASON = frozenset({CardAct.REPRINTED, CardAct.LOST, CardAct.CANCELLED})


def state_after(state: CardState | None, act: CardAct, reason: str = "") -> CardState:
    """The state of a card after an act; None is a card that is not made yet.

    Refused: ``CARD_NOT_IN_USE`` for a card that is lost, cancelled or replaced already,
    ``CARD_REASON_MISSING`` for a reprint, a loss or a cancellation without its reason.
    """
    if act is CardAct.ISSUED:
        assert state is None, "a card is made once"
        return CardState.PRINTED
    if state is not CardState.PRINTED:
        raise Refusal("CARD_NOT_IN_USE", state=str(state))
    if act in NEED_A_REASON and not reason.strip():
        raise Refusal("CARD_REASON_MISSING", place="reason")
    return _STATE_AFTER[act]


class Wanted(StrEnum):
    """Why a card is to be printed."""

    FIRST = "first"  # the bearer has had none
    AFTER_LOSS = "after_loss"
    AFTER_CANCELLATION = "after_cancellation"
    CHANGED = "changed"  # what the card in use shows is no longer so


def wanted(last: CardState | None, *, is_changed: bool) -> Wanted | None:
    """Whether a bearer needs a card, and why, by the state of their last one (None: none yet)."""
    if last is None:
        return Wanted.FIRST
    if last is CardState.PRINTED:
        return Wanted.CHANGED if is_changed else None
    return Wanted.AFTER_LOSS if last is CardState.LOST else Wanted.AFTER_CANCELLATION
