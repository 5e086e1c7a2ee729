"""Sentences about the books: entries, accounts, reversals, and what ``verify`` finds."""

SENTENCES: dict[str, str] = {
    "DATE_IN_FUTURE": "The date {day} has not come yet: today is {on}. Correct the date.",
    "ENTRY_IN_FUTURE": "The document {document_number} is dated {day}, after the day of its entry ({on}). Correct the date.",
    "DOCUMENT_NUMBER_TAKEN": "The document number {document_number} is already in the books. Two papers never share a number.",
    "BOOKS_NOT_OPEN": "The books of {mutual} are not open yet.",
    "ACCOUNT_MISSING": "The chart of accounts has no account “{role}” {key}. Add it before posting.",
    "ACCOUNT_KEY_MISSING": "Give this account a short name that tells it from the others of its kind.",
    "ACCOUNT_KEY_TAKEN": "Another account of this kind already bears the short name “{key}”.",
    "ACCOUNT_NUMBER_TAKEN": "The account number {number} is already taken.",
    "ENTRY_TO_REVERSE_MISSING": "The document {document_number} is not in the books: it cannot be reversed.",
    "ALREADY_REVERSED": "The document {document_number} was already reversed by {by} on {on}.",
    "REVERSAL_NOT_REVERSIBLE": "{document_number} is itself a reversal. Enter the operation again instead.",
    "REVERSE_IN_ITS_OWN_STEP": "{document_number} is a receipt, a claim or a payment: reverse it on its own page, so that its register follows.",
    "REASON_MISSING": "Write the reason: it stays in the history.",
    "LEDGER_SEQUENCE_GAP": "Books: entry number {expected} was expected, number {found} stands there ({document}). An entry was removed or inserted.",
    "LEDGER_UNBALANCED": "Books: entry {document} does not balance within the fund “{fund}”: debits minus credits make {found}, expected {expected}.",
    "LEDGER_CHAIN_BROKEN": "Books: entry {document} was changed after it was posted: its seal is {found}, its content gives {expected}.",
    "LEDGER_HEAD_DIFFERS": "Books: the last entry is number {found}, the register of the chain says {expected}. Entries at the end were removed or added.",
    "LEDGER_POSTING_ASTRAY": "Books: {found} lines stand in the books, {expected} belong to the entries of this mutual.",
    "LEDGER_DOCUMENT_TWICE": "Books: the document number {document} stands {found} times, expected {expected}.",
    "LEDGER_GUARD_MISSING": "Database: the protection {found} is missing; recorded entries could be changed.",
}
