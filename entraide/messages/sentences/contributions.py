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
    "SUM_REFERENCE_MISSING": (
        "A sum that comes by the bank, a lender or mobile money has a transaction number: the "
        "reconciliation finds it by that. Write it as the statement shows it."
    ),
    "RECEIPT_CODE_UNREADABLE": (
        "This is not the whole text of a signed receipt. Scan its QR code again."
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
    "DEPOSIT_IN_CASH": "“{account}” is a cash box: cash goes there by a hand-over, not by a deposit.",
    "DEPOSIT_BEFORE_SLIP": (
        "The slip was prepared on {prepared_on}: its cash cannot have been deposited before. "
        "Correct the date."
    ),
    "DEVICE_MISSING": "Say which telephone will write these receipts.",
    "HOLDER_MAY_NOT_RECEIVE": "{person} may not receive contributions: receipts are given to who does.",
    "RANGE_COUNT": "Give between 1 and {maximum} numbers at once.",
    "BOOKLET_NUMBER_UNREADABLE": "“{text}” does not end with a number. Copy it as it is printed on the leaf.",
    "PAPER_NUMBER_MIXED": "Number {number} holds “{sign}” ({point}), a letter of another alphabet that reads like one of ours. Type it again on the keyboard instead of pasting it.",
    "BOOKLET_NUMBERS_APART": "{first} and {last} are not the first and the last number of one booklet.",
    "RANGE_OVERLAPS": "Numbers {first} to {last} were already given to {holder}.",
    "RANGE_ALREADY_RETURNED": "Numbers {first} to {last} were handed back on {day}.",
    "RETURNED_BEFORE_GIVEN": "These numbers were given on {given_on}: they cannot come back before.",
    "RECEIPT_NUMBER_OUTSIDE_RANGE": "Receipt number {number} belongs to no range given to a telephone.",
    "RECEIPT_NUMBER_NOT_IN_RANGE": "Number {number} is not between {first} and {last}.",
    "PAPER_NUMBER_USED": "Number {number} of the booklet is already on receipt {document_number} of family {household}, written by {holder} on {day}. Copy the number again from the leaf; if the leaf does bear it, tick that it does.",
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
    "SLIP_HANDED_OVER": "The cash of slip {document_number} is being handed to {receiver} ({handover}): wait for the answer.",
    "DEPOSIT_AMOUNT_DIFFERS": "The bank counted {amount_minor}, the slip says {total_minor}. A part of a slip is not deposited: split the slip first, or book what is missing, then deposit what is there.",
    "DEPOSIT_OF_ONE_SLIP": "Choose at least two slips: one alone is deposited from its own page.",
    "DEPOSIT_OTHER_BOX": "The cash of slip {document_number} is in another box. Make one deposit for each box.",
    "RECEIPT_NOT_ON_SLIP": "Receipt {document_number} is not on this slip.",
    "SLIP_SPLIT_WHOLE": "These are all the receipts of slip {document_number}: leave at least one on it.",
    "HANDOVER_EMPTY": "Choose the slips whose cash you give.",
    "HANDOVER_TO_SELF": "Choose another person: cash is not handed to oneself.",
    "HANDOVER_RECEIVER": "{person} may not hold the cash of contributions.",
    "HANDOVER_NOT_HOLDER": "The cash of slip {document_number} is held by {holder}: only they can give it.",
    "HANDOVER_OTHER_BOX": "The cash of slip {document_number} is in another box. Make one hand-over for each box.",
    "HANDOVER_BEFORE_SLIP": "The slip was prepared on {prepared_on}: its cash cannot have been handed over before.",
    "HANDOVER_NOT_CASH": "“{account}” is not a cash box: cash is taken to the bank by a deposit.",
    "HANDOVER_CLOSED": "Hand-over {document_number} was closed on {day}.",
    "HANDOVER_OTHER_RECEIVER": "The cash was given to {receiver}: only they can say what they counted.",
    "HANDOVER_OTHER_GIVER": "The cash was given by {giver}: only they can take it back.",
    "COUNT_NEGATIVE": "What was counted is not below zero.",
    "DIFFERENCE_UNEXPLAINED": "{counted_minor} counted for {total_minor} announced: write what explains the difference.",
    "PAYER_MISSING": "Write who brought the money.",
    "SHARES_MISSING": "Write the part of at least one family.",
    "SHARED_TWICE": "A family stands twice in the list.",
    "LUMP_SUM_EXCEEDED": "The parts add up to {amount_minor}, and {remaining_minor} is left to share.",
    "LUMP_SUM_OF_OTHER_SECTION": "Lump sum {document_number} was not received in your section: who works for the whole mutual shares it.",
    "LUMP_SUM_REVERSED": "Lump sum {document_number} was taken back on {day}.",
    "LUMP_SUM_SHARED": "Receipts were made from lump sum {document_number}: reverse them first.",
    "LUMP_SUM_ON_SLIP": "The cash of lump sum {document_number} is on slip {slip}: it can no longer be taken back.",
    "CHECK_LINE_OWN": "{person} answers for this line: another person explains it.",
    "CHECK_LINE_UNKNOWN": "“{subject}” is not on today’s check any more.",
    "CHECK_LINE_EXPLAINED": "“{subject}” was explained by {person} on {day}.",
    "SHORTAGE_NOT_HOLDER": "The cash of slip {document_number} is held by {holder}: only they can acknowledge that some is missing.",
    "SHORTAGE_OWN": "{person} answers for this cash: another person must do this.",
    "SHORTAGE_MORE_THAN_HELD": "{amount_minor} cannot be missing: the slip holds {held_minor}.",
    "SHORTAGE_BEFORE_SLIP": "The slip was prepared on {prepared_on}: its cash cannot have been counted before.",
    "AMOUNT_NOT_ABOVE_ZERO": "The amount must be above zero.",
    "SHORTAGE_SETTLED_BEYOND": "{amount_minor} is more than what is still owed: {remaining_minor}.",
    "SETTLED_BEFORE_FOUND": "The cash was found missing on {found_on}: it cannot have been paid back before.",
    "SURPLUS_NOT_CASH": "“{account}” is not a cash box: cash found too much lies in a cash box.",
    "SLIP_SHORT": "Cash of slip {document_number} is booked as missing: what is on the slip does not change any more before its deposit.",
    "SETTLEMENT_REVERSED": "Settlement {document_number} was already taken back on {day}.",
    "SETTLEMENT_DEPOSITED": "The cash of {document_number} reached the bank with slip {slip} on {day}: it was really paid, and cannot be taken back.",
    "SURPLUS_CLEARED_BEYOND": "{amount_minor} is more than what is still in suspense: {remaining_minor}.",
    "SURPLUS_BEING_DECIDED": "{person} proposed on {day} to make a part of {document_number} income: it is decided first.",
    "CLEARED_BEFORE_FOUND": "The cash was found on {found_on}: it cannot have been given back before.",
    "CLEARANCE_DECIDED": "The proposal about {document_number} was already decided.",
    "CLEARANCE_NOT_POSTED": "{document_number} is not in the books: there is nothing to take back.",
    "SHORTAGE_DIFFERS": "Missing cash, {document}: the register says {found_minor}, the books say {expected_minor}.",
    "CUSTODY_DIFFERS": "Cash account {document}: people hold {found_minor} of contributions, the books say {expected_minor}.",
    "HOLDER_DIFFERS": "Slip {document} is not held by who confirmed to have received its cash.",
    "ADVANCES_NONE": "No advance of {file} waits here: it was prepared, approved or refused already.",
    "ADVANCE_NOT_IN_BOOKS": "This advance is not in the books: there is nothing to take back.",
    "ADVANCE_USED": "{used_minor} of advance {document_number} have paid contributions. Take back these receipts first.",
    "ADVANCE_IS_OF_FAMILY": "{document_number} was paid with what the family had paid ahead: it cannot be moved to another. Take it back instead.",
    "ADVANCE_DIFFERS": "Advance {document}: the register says {found_minor}, the books say {expected_minor}.",
    "LUMP_SUM_DIFFERS": "Lump sum {document}: the register says {found_minor}, the books say {expected_minor}.",
}
