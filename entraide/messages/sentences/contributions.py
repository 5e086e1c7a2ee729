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
    "DEVICE_MISSING": "Say which telephone will write these receipts.",
    "HOLDER_MAY_NOT_RECEIVE": "{person} may not receive contributions: receipts are given to who does.",
    "RANGE_COUNT": "Give between 1 and {maximum} numbers at once.",
    "BOOKLET_NUMBER_UNREADABLE": "“{text}” does not end with a number. Copy it as it is printed on the leaf.",
    "BOOKLET_NUMBERS_APART": "{first} and {last} are not the first and the last number of one booklet.",
    "RANGE_OVERLAPS": "Numbers {first} to {last} were already given to {holder}.",
    "RANGE_ALREADY_RETURNED": "Numbers {first} to {last} were handed back on {day}.",
    "RETURNED_BEFORE_GIVEN": "These numbers were given on {given_on}: they cannot come back before.",
    "RECEIPT_NUMBER_OUTSIDE_RANGE": "Receipt number {number} belongs to no range given to a telephone.",
    "RECEIPT_NUMBER_NOT_IN_RANGE": "Number {number} is not between {first} and {last}.",
    "RECEIPT_NUMBER_USED": "Number {number} is already on a receipt.",
    "RECEIPT_NUMBER_VOIDED": "Number {number} was cancelled on {day}: no receipt can bear it.",
    "RANGE_OF_OTHER_PERSON": "Number {number} was given to {holder}.",
    "PAID_BEFORE_RANGE": "Number {number} was given on {given_on}: no receipt can bear it before.",
    "PAYMENT_DEPOSITED": "The cash of receipt {document_number} went to the bank with slip {slip} on {day}. If it was for another family, move the receipt to that family. If the money is given back, say from which account and to whom.",
    "REFUND_NOT_NEEDED": "The money of this receipt has not gone to the bank: it leaves the box that holds it.",
    "REFUND_RECEIVER_MISSING": "Write who takes the money back.",
    "REFUND_MORE_THAN_HELD": "The account “{account}” holds {held_minor}: {amount_minor} cannot come out of it.",
    "REASSIGNED_TO_SAME_FAMILY": "The receipt is already for family {household}.",
    "REASSIGNMENT_DIFFERS": "Receipt moved by {document}: the register says {found_minor}, the books say {expected_minor}.",
    "REFUND_DIFFERS": "Money given back {document}: the voucher says {found_minor}, the books say {expected_minor}.",
    "RANGE_GAP": "The ranges of receipt numbers do not follow each other at {document}: {found} instead of {expected}.",
    "RECEIPT_OUTSIDE_RANGE": "Receipt {document} bears the number of a telephone and stands in no range.",
    "RECEIPT_NUMBER_GIVEN_BACK": "Receipt {document} bears a number that was cancelled or handed back.",
}
