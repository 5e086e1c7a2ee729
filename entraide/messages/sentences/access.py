"""Sentences about rights, commands and sign-in."""

SENTENCES: dict[str, str] = {
    "FORBIDDEN": "{person} does not have the right to do this here. Ask someone whose role allows it.",
    "SEPARATION_OF_DUTIES": "{person} has already done the step before this one. Another person must do this one: whoever enters does not approve, whoever approves does not pay.",
    "RECORD_OF_OTHER_MUTUAL": "This record was not found in this mutual.",
    "IDEMPOTENCY_CONFLICT": "This form was already recorded with another content. Open a new form and enter it again.",
    "IDEMPOTENCY_KEY_INVALID": "The key of this request is longer than {maximum} characters, or holds some that nobody sees. Open the form again.",
    "TEXT_UNSEEN_CHARACTER": "This text holds a character that nobody sees ({character}). Type it again instead of copying it.",
    "IDEMPOTENCY_KEY_MISSING": "This request has no key of its own. Open the form again.",
    "INPUT_REFUSED": "Nothing was recorded: {count} {count:point needs|points need} correcting.",
    "CURRENCY_UNKNOWN": "The currency {currency} is not known.",
    "AMOUNT_UNREADABLE": "“{text}” is not an amount. Write digits only, for example 12 500.",
    "AMOUNT_TOO_LARGE": "The amount {text} is too large to be true.",
    "AMOUNT_TOO_PRECISE": "Amounts in {currency} have no cents: {text} cannot be recorded.",
    "PERIOD_EMPTY": "The period ends before it begins ({start} – {until}).",
    "PARAMETER_EMPTY": "{name} has no value.",
    "PARAMETER_DATES": "The dates of {name} must be in order, without two values on one day.",
    "PARAMETER_SOURCE": "Each value of {name} must say who decided it.",
    "PARAMETER_NOT_YET": "{name} has no value yet on {on}.",
    "RATE_OUT_OF_RANGE": "The rate {value} is not between 0 and 1.",
    "BENEFIT_TWICE": "The category {category} is described twice for the same sector.",
}
