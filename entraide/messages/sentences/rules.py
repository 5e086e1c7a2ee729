"""Faults of rule files: products and countries."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "PRODUCT_NOT_YET": (
        "The product {product} begins on {begins_on}: it has no rules on {on}. Choose a later day."
    ),
    "PRODUCT_TEMPLATE_UNKNOWN": "There is no product template “{product}”. Known: {known}.",
    "COUNTRY_UNKNOWN": (
        "There is no country “{country}”. Known: {known}. To add one, copy the template."
    ),
    "AREA_LEVEL_TWICE": "The level of area “{code}” is written twice. Keep one.",
    "BENEFIT_EMPTY": (
        "This benefit promises nothing. Write its rate, ceiling or flat rate, or take it away."
    ),
    "BENEFIT_SECTOR_SILENT": (
        "{name} is said for other sectors but not for {sector}. Write it, or write it once "
        "for all sectors."
    ),
    "CEILINGS_INVERTED": (
        "On {on}, {inner} is above {outer}: it would never serve. Lower it or take it away."
    ),
    "CEILING_ABOVE_WIDER": (
        "On {on}, {inner_minor} here is above the {outer_minor} of “{wider}”, which counts this "
        "and more: it would never serve. Lower it or take it away."
    ),
    "COUNT_ABOVE_WIDER": (
        "On {on}, {inner} here is above the {outer} of “{wider}”, which counts this and more: it "
        "would never serve. Lower it or take it away."
    ),
    "ITEM_TICKET_ABOVE_PRICE": (
        "On {on}, the member’s ticket of {ticket_minor} for each unit is above the price "
        "{price_minor} of the plan. Correct one of them."
    ),
    "WAITING_BEYOND_COVER": (
        "On {on}, a wait of {months} months is longer than the cover ({cover} months): nobody "
        "would be promised anything in it. Shorten it or take the care out."
    ),
    "COVER_MONTHS_MISSING": "A cover lasts at least one month. Correct the number of months.",
    "CYCLE_TWICE": "A day of cycle is written twice. Keep one.",
    "FLAT_RATE_WITH_SHARE": (
        "On {on}, a flat rate leaves no place for {name}: the price of the episode is fixed. "
        "Keep one of the two."
    ),
    "GRACE_WITHOUT_CYCLE": (
        "A grace at enrolment only makes sense with cycles. Write the cycles or take the "
        "grace away."
    ),
    "LOAN_CAP_UNDER_FLOOR": (
        "On {on}, the highest contribution {cap_minor} is under the least one {floor_minor}. "
        "Correct one of them."
    ),
    "LUMP_SUM_WITHOUT_THRESHOLD": (
        "On {on}, the lump sum and the number of persons it covers go together. Write both or none."
    ),
    "TABLE_UNSORTED": (
        "On {on}, the steps of the table do not rise. Write them from the smallest to the largest."
    ),
    "THRESHOLD_ABOVE_MAXIMUM": (
        "On {on}, the lump sum covers {threshold} persons but a household has {maximum} at "
        "most. Correct one of them."
    ),
    "TICKET_ABOVE_FLAT_RATE": (
        "On {on}, the member’s ticket {ticket_minor} is above the flat rate "
        "{flat_rate_minor}. Correct one of them."
    ),
    "RULE_BEGINS_LATE": (
        "This value begins after the product, on {begins_on}. Give it a value from that day on."
    ),
    "RULE_NOT_OF_FORMULA": (
        "{name} is not read by the formula {kind}. Take it away or change the formula."
    ),
    "RULE_KEY_UNKNOWN": "This key is not known. Check its spelling.",
    "RULE_KEY_MISSING": "This key is missing. Write it.",
    "RULE_KEY_TEXT": "The key “{key}” is not a text. Put it between quotes.",
    "RULE_INTEGER_EXPECTED": (
        "A whole number is expected, not “{value}”. Amounts are in the smallest unit of the "
        "currency."
    ),
    "RULE_BOOLEAN_EXPECTED": "true or false is expected, not “{value}”.",
    "RULE_TEXT_EXPECTED": "A text is expected, not “{value}”. Put it between quotes.",
    "RULE_TEXT_EMPTY": "This text is empty. Write it.",
    "RULE_TEXT_TOO_LONG": "This text is too long: “{value}”. Shorten it.",
    "RULE_TEXT_FORM": (
        "“{value}” does not have the expected form. Look at the example in the rules folder."
    ),
    "RULE_LIST_EXPECTED": "A list is expected, not “{value}”.",
    "RULE_LIST_EMPTY": "This list is empty. Write at least one value.",
    "RULE_MAPPING_EXPECTED": "Keys with their values are expected here, not “{value}”.",
    "RULE_NUMBER_TOO_SMALL": "{value} is too small: at least {limit}.",
    "RULE_NUMBER_TOO_LARGE": "{value} is too large: at most {limit}.",
    "RULE_CHOICE_UNKNOWN": "“{value}” is not one of the choices: {expected}.",
    "RULE_VALUE_INVALID": "“{value}” cannot stand here. Look at the example in the rules folder.",
    "RULE_VALUE_TYPE": "A value of type {type} cannot stand in a rule file. Put it between quotes.",
    "RULE_FLOAT": (
        "{value} is a decimal number: computers round these. Write a rate between quotes, an "
        "amount as a whole number."
    ),
    "RULE_INSTANT": "{value} has an hour. Write the day only, as 2024-01-31.",
    "RULE_EMPTY_VALUE": "Nothing is written here. Write a value or take the key away.",
    "RULE_TOO_DEEP": "The file nests its values too deeply.",
    "RULE_DAY_INVALID": "“{value}” is not a day. Write it as 2024-01-31.",
    "RULE_DAY_TWICE": "Two values begin on {on}. Keep one.",
    "RULE_DAYS_UNSORTED": (
        "The value of {on} comes after a later one. Write the values from the oldest to the newest."
    ),
    "RULE_RATE_UNQUOTED": (
        'The rate {value} stands without quotes. Write it between quotes, as "0.25".'
    ),
    "RULE_RATE_INVALID": '“{value}” is not a rate. Write it with a point, as "0.25".',
    "RULE_RATE_RANGE": 'The rate {value} is above 1. For 25 %, write "0.25".',
    "RULE_SOURCE_MISSING": (
        "The source is missing: say who decided this value and when (assembly, resolution, "
        "article)."
    ),
    "RULE_UNIT_WRONG": "The unit is {unit}; {expected} is expected.",
    "RULE_CYCLE_INVALID": (
        '“{value}” is not a day of the year. Write day and month, as "01-06"; 29 February '
        "cannot begin a cycle."
    ),
    "RULE_FILE_UNREADABLE": (
        "The file cannot be read. Check that it is there and saved as UTF-8 text."
    ),
    "RULE_FILE_TOO_LARGE": (
        "The file is above {maximum_bytes} bytes. A rule file is a few pages long."
    ),
    "YAML_UNREADABLE": (
        "The file is not well-formed YAML, near line {line}. Check colons, blanks and quotes."
    ),
    "YAML_ALIAS": "Line {line} repeats a part of the file by an alias. Write the values in full.",
    "YAML_KEY_TWICE": "The key “{key}” stands twice (line {line}). Keep one.",
    "YAML_INTEGER_FORM": (
        "“{value}” (line {line}) would be read as another number. Write digits only, without "
        "a zero in front."
    ),
    "RULE_WINDOW_INVALID": (
        '“{value}” is not a part of the year. Write its first and last day, as "01-01/31-03".'
    ),
    "RULE_RATE_TWICE": "The formula takes one rate or rates by tranche, not both. Keep one.",
    "RULE_BRACKETS_UNSAID": (
        "Say how the rates by tranche are read: marginal (each on its own tranche) or whole (the "
        "rate of the tranche reached, on everything)."
    ),
    "CATEGORY_EMPTY": "This category gives nothing. Write what it gives or take it away.",
    "SHARES_ABOVE_WHOLE": (
        "On {on}, the shares of the State, the employer and the sponsor make {share}: more than "
        "the contribution. Lower one of them."
    ),
    "EARLY_DISCOUNT_WITHOUT_CYCLE": (
        "On {on}, a discount for joining early only makes sense with cycles. Write the cycles or "
        "take the discount away."
    ),
    "INSTALMENT_MONTHS_INVALID": (
        "On {on}, the months of the {count} instalments must be as many, rise, and stay within "
        "the {months} months of cover."
    ),
    "AGES_INVERTED": (
        "On {on}, the youngest age to join, {minimum}, is above the oldest, {maximum}. Correct "
        "one of them."
    ),
    "RULE_AGES_INVERTED": (
        "The youngest age of this rule, {minimum} years, is above the oldest, {maximum} years. "
        "Correct one of them."
    ),
    "PROMISE_UNBOUNDED": (
        "Paid in full and without any ceiling: {categories}. If it is meant, propose it so; "
        "otherwise write the family’s share or a ceiling."
    ),
    "INDIVIDUAL_OF_SEVERAL": (
        "On {on}, the membership is of one person but a family of {maximum} is allowed. Correct "
        "one of them."
    ),
    "INCOME_MISSING": (
        "The contribution depends on the income. Enter the income that the family declares by "
        "the month."
    ),
    "INCOME_INVALID": "The declared income cannot be below zero: {amount} was entered.",
    "ENROLMENT_OUTSIDE_WINDOW": (
        "Joining is closed on {day}. It opens on {opens_on}, up to and on {last_on}."
    ),
    "INDIVIDUAL_ONE_PERSON": (
        "This product is joined by one person alone; {count} are entered. Choose a family product "
        "or keep one person."
    ),
    "AGE_BELOW_LIMIT": (
        "This person is {age} years old; the product takes new members from {minimum} on."
    ),
    "DUE_OF_LOAN_MARGINAL": (
        "Loan of {loan_minor}, each tranche at its own rate (the last reached, number {tranche}, "
        "at {rate})"
    ),
    "DUE_OF_LOAN_WHOLE": "{rate} of the loan of {loan_minor}, the rate of tranche {tranche}",
    "DUE_OF_INCOME": "{income_rate} of the declared income, {income_minor} a month × {months}",
    "DUE_OF_INCOME_MARGINAL": (
        "Declared income, {income_minor} a month × {months}, each tranche at its own rate (the "
        "last reached, number {tranche}, at {rate})"
    ),
    "DUE_OF_INCOME_WHOLE": (
        "{rate} of the declared income, {income_minor} a month × {months}, the rate of tranche "
        "{tranche}"
    ),
    "DUE_INCOME_FLOOR": "Raised to the least contribution of an income, {floor_minor}",
    "DUE_INCOME_CAP": "Brought down to the highest contribution of an income, {cap_minor}",
    "DUE_EARLY_ENROLMENT": "Discount of {rate} for joining early",
    "DUE_EARLY_RENEWAL": "Discount of {rate} for renewing early",
    "DUE_PAID_AT_ONCE": "Discount of {rate} for paying the whole at once",
    "DUE_FEES_WAIVED": "Fees that this category does not pay",
    "DUE_EXEMPTED": "Exemption of {rate}, given up by the mutual",
    "DUE_STATE_SHARE": "Of which the State pays {amount_minor}",
    "DUE_EMPLOYER_SHARE": "Of which the employer pays {amount_minor}",
    "DUE_SPONSOR_SHARE": "Of which a sponsor pays {amount_minor}",
    "RULE_WITHOUT_TARGET": "Say which acts or drugs the rule is about.",
    "RULE_SAYS_NOTHING": "The rule says nothing: give at least one value, or take it away.",
    "VARIANT_ALWAYS": "The variant names no condition: it would always apply. Say when it does.",
    "VARIANT_UNREACHABLE": "An earlier variant has the same condition: this one would never apply.",
    "CARE_PATH_WITHOUT_LEVELS": "The path of care names no higher level. Say which providers one goes to by referral.",
    "CARE_PATH_LEVEL_TWICE": "A level is both a first one and one that needs a referral. Keep one of the two.",
    "CARE_PATH_WITHOUT_EFFECT": "The path of care changes nothing out of it. Give a share of the family out of the path, or have a person look.",
    "LIMIT_OF_ONE_THING": "A limit bounds one thing: an amount, a number of cases, or a quantity.",
    "LIMIT_GROWS_FROM_NOTHING": "The limit grows with the family but has no amount to grow from.",
    "LIMIT_CAP_WITHOUT_GROWTH": "The limit has a maximum but does not grow.",
    "RULE_CATEGORY_UNKNOWN": "The plan promises nothing for the category {category}: the rule would never apply.",
}
