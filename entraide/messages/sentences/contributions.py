"""Sentences about dues, receipts, slips and deposits."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "PAYMENT_NOT_POSITIVE": "The amount received must be above zero.",
    "NOTHING_DUE": (
        "This household owes nothing: there is nothing to receive. Renew the membership first if "
        "the payment is for the next cover."
    ),
    "OVERPAYMENT": (
        "{amount_minor} is more than what remains to pay, {remaining_minor}. Receive "
        "{remaining_minor} and give back the rest."
    ),
    "CHANNEL_ACCOUNT_MISMATCH": (
        "Money received this way does not go to the account “{account}”. Choose the account that "
        "received it."
    ),
    "EXTERNAL_REFERENCE_MISSING": (
        "The transaction number is missing. Copy it from the message of the operator."
    ),
    "EXTERNAL_REFERENCE_USED": (
        "The transaction {reference} is already on receipt {document_number}. The same money is "
        "not received twice."
    ),
    "DUE_ALREADY_CANCELLED": "The call {document_number} was already cancelled on {day}.",
    "PAID_BEFORE_ENROLMENT": "The money is dated {day}, long before the family enrolled on {enrolled_on}. Check the day.",
    "DUE_PAID": (
        "{paid_minor} has been received for the call {document_number}. Reverse that receipt first."
    ),
    "PAYMENT_ALREADY_REVERSED": "Receipt {document_number} was already reversed on {day}.",
    "SLIP_EMPTY": "There is no receipt on this slip. Choose at least one.",
    "RECEIPT_NOT_CASH": "Receipt {document_number} was not paid in cash.",
    "RECEIPT_REVERSED": "Receipt {document_number} was reversed.",
    "RECEIPT_ON_SLIP": "Receipt {document_number} is already on a slip.",
    "RECEIPT_OTHER_HOLDER": (
        "Receipt {document_number} was written by another person. Make one slip for each person "
        "who holds cash."
    ),
    "RECEIPT_OTHER_BOX": (
        "The cash of receipt {document_number} is in another box. Make one slip for each box."
    ),
    "SLIP_ALREADY_DEPOSITED": "Slip {document_number} was already deposited on {day}.",
    "DEPOSIT_BEFORE_SLIP": (
        "The slip was prepared on {prepared_on}: its cash cannot have been deposited before. "
        "Correct the date."
    ),
}
