"""Sentences about the reconciliation of statements with the books."""

SENTENCES: dict[str, str] = {
    "MATCH_ID_TWICE": "Two rows have the same identifier. Each line and movement needs its own.",
    "MATCH_WINDOW": "A window of {value} days is not possible: choose between 0 and {maximum} days.",
    "RULE_CODE_TWICE": "Two rules have the code “{rule}”. Give each its own.",
    "RULE_PATTERN_TOO_LONG": "The pattern of the rule “{rule}” has {length} characters; {maximum} at most.",
    "RULE_PATTERN_UNREADABLE": "The pattern of the rule “{rule}” cannot be read: {reason}.",
    "RULE_PATTERN_TOO_SLOW": "The pattern of the rule “{rule}” could search for too long. Use fewer repetitions, none inside another.",
    "RULE_PATTERN_TOO_WIDE": "The pattern of the rule “{rule}” would answer to every line. Write at least one word in it.",
    "TRANSPOSED_DIGITS": "Two digits seem exchanged: document {document_number} has another amount in the books.",
    "FACTOR_TEN": "A zero seems added or left out: document {document_number} has ten times more or less in the books.",
    "OPPOSITE_SIGN": "Money in and money out seem exchanged with document {document_number}.",
    "AMOUNT_DIFFERS": "The line names document {document_number}, whose amount is another in the books.",
    "WRONG_SLIP": "The line says “{written}”; the books say {document_number} for this amount. Compare the two slips.",
    "DUPLICATE_LINE": "The same line stands twice on the statement. Ask the bank.",
    "OPPOSITE_LINE": "The bank seems to have put this line right with an opposite line.",
    "DOCUMENT_ALREADY_MATCHED": "The documents that this line names are matched already.",
    "SAME_AMOUNT_OTHER_DATE": "Document {document_number} has this amount, {days} {days:day|days} away.",
}
