"""What the QR code of a receipt says, and how it is proved without network.

As a member's card (``core.cards``): a short text that any telephone shows, and a signature
(Ed25519) over that text by the key of the mutual. The check code ties it to the books.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date

from entraide.core.cards import LONGEST_CODE, SEPARATOR, SIGNATURE_BYTES
from entraide.core.errors import Refusal

FORMAT = "ENTRAIDE-R2"  # signed; receipts printed before bear R1, without signature
UNSIGNED = "ENTRAIDE-R1"
_PARTS = 9


@dataclass(frozen=True, slots=True)
class ReceiptPayload:
    """Whose receipt it is, which one, how much, received when; ``check_code`` of the books;
    signed with which key (empty: not signed)."""

    mutual_code: str
    number: str
    amount_minor: int
    currency: str
    received_on: date
    check_code: str
    key_id: str = ""

    @property
    def text(self) -> str:
        """The text that is signed, or the whole text of a code that is not."""
        parts = (
            self.mutual_code,
            self.number,
            str(self.amount_minor),
            self.currency,
            self.received_on.isoformat(),
            self.check_code,
        )
        assert not any(SEPARATOR in part for part in (*parts, self.key_id))
        if not self.key_id:
            return SEPARATOR.join((UNSIGNED, *parts))
        return SEPARATOR.join((FORMAT, *parts, self.key_id))


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A code as read: its payload, the bytes that were signed, and the signature."""

    payload: ReceiptPayload
    message: bytes
    signature: bytes


def signed_receipt_text(payload: ReceiptPayload, signature: bytes) -> str:
    """The whole text of the code: the payload and its signature in URL-safe base 64."""
    assert len(signature) == SIGNATURE_BYTES
    sealed = base64.urlsafe_b64encode(signature).decode().rstrip("=")
    return f"{payload.text}{SEPARATOR}{sealed}"


def is_receipt_code(text: str) -> bool:
    """Whether a scanned text is the signed code of a receipt, well made or not."""
    return text.strip().startswith(FORMAT + SEPARATOR)


def read_receipt_code(text: str) -> SignedReceipt:
    """A scanned or pasted text; ``RECEIPT_CODE_UNREADABLE`` when it is no signed receipt."""
    compact = text.strip()
    parts = compact.split(SEPARATOR)
    if len(compact) > LONGEST_CODE or len(parts) != _PARTS or parts[0] != FORMAT:
        raise Refusal("RECEIPT_CODE_UNREADABLE", place="code")
    _format, mutual_code, number, amount, currency, day, check_code, key_id, sealed = parts
    try:
        received_on = date.fromisoformat(day)
        signature = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Refusal("RECEIPT_CODE_UNREADABLE", place="code") from None
    if len(signature) != SIGNATURE_BYTES or not (amount.isascii() and amount.isdigit()):
        raise Refusal("RECEIPT_CODE_UNREADABLE", place="code")
    payload = ReceiptPayload(
        mutual_code, number, int(amount), currency, received_on, check_code, key_id
    )
    return SignedReceipt(payload, compact.rpartition(SEPARATOR)[0].encode(), signature)
