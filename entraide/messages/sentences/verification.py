"""Sentences of ``entraide verify``: a register that disagrees with the books."""

SENTENCES: dict[str, str] = {
    "DUE_DIFFERS": "Contribution due {document}: the register says {found_minor} for one fund, the books say {expected_minor}.",
    "DUE_PAID_DIFFERS": "Contribution due {document}: {found_minor} are marked as paid, its receipts make {expected_minor}.",
    "PAYMENT_DIFFERS": "Receipt {document}: the register says {found_minor}, the books say {expected_minor}.",
    "PAYMENT_SHARE_DIFFERS": "Receipt {document}: {found_minor} are shared between the dues of one fund, the books say {expected_minor}.",
    "RECEIVABLE_DIFFERS": "Household {document}: its dues leave {found_minor} to pay, the books say {expected_minor}.",
    "SLIP_RECEIPTS_DIFFER": "Collection slip {document}: it says {found_minor}, its receipts make {expected_minor}.",
    "SLIP_DEPOSIT_DIFFERS": "Collection slip {document}: it says {found_minor}, the deposit in the books is {expected_minor}.",
    "CLAIM_DIFFERS": "Claim {document}: the register says {found_minor}, the books say {expected_minor}.",
    "PAYOUT_CLAIMS_DIFFER": "Payment {document}: it says {found_minor}, its claims make {expected_minor}.",
    "PAYOUT_DIFFERS": "Payment {document}: the register says {found_minor}, {expected_minor} left the account in the books.",
    "BATCH_DIFFERS": "Settlement batch {document}: it says {found_minor}, its payments make {expected_minor}.",
    "PAYABLE_DIFFERS": "{document}: approved claims leave {found_minor} to pay, the books say {expected_minor}.",
    "ENTRY_WITHOUT_RECORD": "The entry {document} stands in the books, and its receipt, due, claim or payment is missing from the register.",
    "REVERSED_IN_REGISTER_ONLY": "{document} is taken back in the register and stands unchanged in the books.",
    "REVERSED_IN_BOOKS_ONLY": "{document} is reversed in the books and still stands in the register.",
    "STATEMENT_DIFFERS": "Bank statement {document}: it closes at {found_minor}, its opening and its lines make {expected_minor}.",
    "STATEMENT_NOT_CONTINUOUS": "Bank statement {document}: it opens at {found_minor}, the one before closed at {expected_minor}.",
    "NUMBER_MISSING": "The number {document} was given and stands on no record: {found} records for {expected} numbers.",
    "NUMBER_BEYOND_BOOK": "The number {document} is beyond its book, which has given {expected} numbers.",
    "MUTUAL_UNKNOWN": "There is no mutual with the code {mutual}.",
}
