"""Sentences about how payees are paid, files that go to banks and come back, and refunds."""

SENTENCES: dict[str, str] = {
    "CHANNEL_UNKNOWN": "{value} is no way by which this can be paid.",
    "ACCOUNT_INCOMPLETE": "Write the institution, the account number and the name of its holder.",
    "BIC_INVALID": "{value} is no BIC: it has 8 or 11 letters and digits.",
    "TREASURY_WITHOUT_IDENTITY": "Nobody noted how the bank knows account {account}: note it among the accounts of payees.",
    "NOTHING_TO_TRANSFER": "Batch {batch} has nothing to transfer: its payments are given into a hand, come to nothing, or came back.",
    "RETURN_UNKNOWN": "No payment has the number {number}: it is written on the transfer file.",
    "RETURN_NO_TRANSFER": "Payment {payout} is no transfer: a bank has nothing to answer to it.",
    "RETURN_AMOUNT": "The file says {found_minor}, the payment is of {expected_minor}.",
    "REFUND_NOT_WAITING": "Payment {payout} does not wait for a family: it was paid, came back, or was not let go.",
    "CONTACT_UNKNOWN": "Say how the family was reached and what came of it.",
    "UNCLAIMED_TOO_EARLY": "This refund is unclaimed from {on} only: the mutual gives families {days} days.",
    "UNCLAIMED_NO_CONTACT": "Nobody was spoken to yet: note a call or a visit first.",
    "SET_ASIDE_STANDS": "Payment {payout} is already proposed or set aside.",
    "SET_ASIDE_DECIDED": "Somebody has already decided on payment {payout}.",
    "TRANSFER_ACCOUNT_MISSING": "{payee} has no account: payment {payment} cannot be transferred. Note the account and prepare the batch again.",
    "TRANSFER_TELEPHONE_MISSING": "{payee} has no mobile-money number: payment {payment} cannot be sent. Note it and prepare the batch again.",
}
