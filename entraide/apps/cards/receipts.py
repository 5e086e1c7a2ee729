"""The signature of receipts, by the keys that sign the cards of the mutual."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from entraide.apps.access.models import User
from entraide.apps.cards.keys import current_key, public_keys_of, signer_of, signing_key
from entraide.apps.cards.signing import is_signature
from entraide.apps.contributions.models import ContributionPayment
from entraide.apps.contributions.prints import check_code
from entraide.apps.schemes.models import Mutual
from entraide.core.cards import Proof, proof_of
from entraide.core.errors import Refusal
from entraide.core.receipt_codes import (
    ReceiptPayload,
    SignedReceipt,
    signed_receipt_text,
)


def ensure_receipt_key(mutual: Mutual, actor: User, on: date) -> None:
    """Make the mutual's first key where it has none: before a paper is printed."""
    with transaction.atomic():
        signing_key(mutual, actor, on)


def receipt_code(mutual: Mutual, payment: ContributionPayment) -> str:
    """What the QR of a receipt says, signed with the key of today; without a key that this
    installation can open, the text that the mutual checks in its register only."""
    payload = ReceiptPayload(
        mutual.code,
        payment.document_number,
        payment.amount_minor,
        mutual.currency,
        payment.paid_on,
        check_code(payment),
    )
    key = current_key(mutual)
    if key is None:
        return payload.text
    try:
        signer = signer_of(key)
    except Refusal:  # the secret key of the installation is another one
        return payload.text
    signed = ReceiptPayload(
        payload.mutual_code,
        payload.number,
        payload.amount_minor,
        payload.currency,
        payload.received_on,
        payload.check_code,
        key.key_id,
    )
    return signed_receipt_text(signed, signer.sign(signed.text.encode()))


def receipt_proof(mutual: Mutual, code: SignedReceipt) -> Proof:
    """What the signature of a receipt proves, by every key that the mutual has had."""
    return proof_of(code, public_keys_of(mutual), is_signature)
