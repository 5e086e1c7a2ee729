"""Sentences of the open calculations: the form of their documents, and what they refuse."""

SENTENCES: dict[str, str] = {
    "DOCUMENT_KEY_MISSING": "this key is missing.",
    "DOCUMENT_CONTRADICTS": "this does not go with {other}: correct one of the two.",
    "DOCUMENT_KEY_UNKNOWN": "this key is not known here. Perhaps: {known}.",
    "DOCUMENT_NOT_OBJECT": "an object is expected here: keys and values between { and }.",
    "DOCUMENT_NOT_LIST": "a list is expected here, between [ and ].",
    "DOCUMENT_NOT_TEXT": "a text is expected here, between quotes.",
    "DOCUMENT_NOT_WHOLE_NUMBER": "a whole number is expected here, without quotes.",
    "DOCUMENT_NOT_NUMBER": "a number is expected here, without quotes.",
    "DOCUMENT_NOT_TRUE_OR_FALSE": "true or false is expected here.",
    "DOCUMENT_CHOICE": "“{value}” is not one of the choices: {choices}.",
    "DOCUMENT_ONE_OF": "give exactly one of these: {choices}.",
    "DOCUMENT_LIST_SHORT": "the list needs {minimum} {minimum:item|items} at least.",
    "DOCUMENT_LIST_LONG": "the list may have {maximum} {maximum:item|items} at most.",
    "DOCUMENT_TEXT_SHORT": "the text needs {minimum} {minimum:character|characters} at least.",
    "DOCUMENT_TEXT_LONG": "the text may have {maximum} {maximum:character|characters} at most.",
    "DOCUMENT_PATTERN": "“{value}” is not written as expected ({pattern}).",
    "DOCUMENT_DATE": (
        "“{value}” is not a date between {first} and {last}, written year-month-day."
    ),
    "DOCUMENT_BELOW": "{value} is too small: {limit} at least.",
    "DOCUMENT_NOT_ABOVE": "{value} is too small: more than {limit} is needed.",
    "DOCUMENT_ABOVE": "{value} is too large: {limit} at most.",
    "DOCUMENT_NOT_BELOW": "{value} is too large: less than {limit} is needed.",
    "AMOUNT_DECIMALS": "the amount {amount} has more than {digits} {digits:decimal|decimals}.",
    "CYCLE_START_INVALID": "{value} is not a day of the year, written day-month.",
    "LENGTHS_DIFFER": "{expected} values are expected, there are {found}.",
    "PRICES_NOT_ASCENDING": "the price {price} must be above the one before it ({last}).",
    "PURE_CONTRIBUTION_ZERO": "no care costs anything: there is no risk to measure.",
    "PAID_AFTER_COVER": (
        "The payment of {paid_on} comes after the last day of cover, {last}: no day remains "
        "over which to earn it."
    ),
    "STEPS_UNSORTED": (
        "The rows of the table do not rise. Write them from the smallest to the largest."
    ),
}
