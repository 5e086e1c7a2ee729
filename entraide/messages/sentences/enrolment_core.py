"""Enrolment, rights on a day, and the steps of a contribution."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "COMPOSITION_INVALID": (
        "A household of {adults} adults and {children} children cannot be priced. Count at "
        "least one person."
    ),
    "LOAN_MISSING": "The contribution depends on the loan. Enter the amount of the loan.",
    "LOAN_INVALID": "The amount of the loan must be above zero: {amount} was entered.",
    "INSTALMENT_COUNT_INVALID": (
        "{count} instalments do not fit in a cover of {months} months. Choose from 1 to {months}."
    ),
    "DUE_PER_HOUSEHOLD": "Contribution of the household, one amount whatever its size",
    "DUE_PER_PERSON": "Contribution: {persons} × {unit_minor}",
    "DUE_BY_SIZE": "Contribution of a household of {persons:person|persons} ({persons})",
    "DUE_LUMP_SUM": "Lump sum for the first {persons} persons",
    "DUE_ADULTS": "Adults above the lump sum: {persons} × {unit_minor}",
    "DUE_CHILDREN": "Children above the lump sum: {persons} × {unit_minor}",
    "DUE_OF_LOAN": "{loan_rate} of the loan of {loan_minor}",
    "DUE_LOAN_FLOOR": "Raised to the least contribution, {floor_minor}",
    "DUE_LOAN_CAP": "Brought down to the highest contribution, {cap_minor}",
    "DUE_BY_LOAN": "Contribution for a loan of {loan_minor}",
    "DUE_NOT_PRICED": "Above the largest size of a household: {persons} neither covered nor priced",
    "DUE_JOINING_FEE": "Joining fee",
    "DUE_ASSEMBLY_FEE": "General assembly fee",
    "DUE_SUBSIDY": "Subsidy, on top of what the household pays: {persons} × {unit_minor}",
    "ENROLMENT_IN_FUTURE": "The enrolment is dated {enrolled_on}, after {on}. Correct the date.",
    "HOUSEHOLD_EMPTY": (
        "The household has nobody in it on the day of enrolment. Enter at least the head of "
        "the household."
    ),
    "HEAD_MISSING": (
        "Nobody is marked as head of the household. Mark the member who signs and pays."
    ),
    "HEAD_TWICE": "{count} persons are marked as head of the household. Keep one.",
    "HEAD_UNDER_AGE": (
        "The head of the household is {age} years old; the age of an adult is {adult_age}. "
        "Check the date of birth."
    ),
    "MEMBERS_ABOVE_MAXIMUM": (
        "The household has {count} persons; the product covers {maximum} at most. Choose who "
        "is covered or make a second household."
    ),
    "GROUP_REQUIRED": (
        "This product is joined as a group of at least {minimum} persons. Choose the group."
    ),
    "EMPLOYER_GROUP_REQUIRED": (
        "An employer pays a part of this product: choose the company or the group of the family, "
        "or another product."
    ),
    "GROUP_TOO_SMALL": (
        "The group has {count} persons; it takes {minimum} to begin. Wait for others to join."
    ),
    "BIRTH_DATE_UNKNOWN": (
        "The date of birth is not known. Ask for the birth certificate or the vaccination book."
    ),
    "BIRTH_IN_FUTURE": "The date of birth {birth_on} is after {on}. Correct it.",
    "BIRTH_AFTER_ENTRY": (
        "The birth, {birth_on}, is after the day of entry in the family, {entered_on}. Correct the "
        "date that is wrong."
    ),
    "AGE_IMPLAUSIBLE": "Born on {birth_on}, this person would be {age} years old. Check the year.",
    "AGE_ABOVE_LIMIT": (
        "This person is {age} years old; the product takes new members up to {maximum}."
    ),
    "EXIT_BEFORE_ENTRY": (
        "Left on {exited_on}, before entering on {entered_on}. Correct one of the dates."
    ),
    "DEATH_IN_FUTURE": "The date of death {died_on} is after {on}. Correct it.",
    "DEATH_BEFORE_ENTRY": (
        "{died_on} is before {entered_on}, the day on which this person joined. If the person was "
        "never of the family, choose “Leaves the family” and “Entered by mistake”."
    ),
    "SUCCESSOR_TOO_YOUNG": (
        "{person} is a child: an adult of the family becomes the member as long as there is one."
    ),
    "EXIT_NONE": "{person} has neither left nor died: there is nothing to take back.",
    "EXIT_REASON_MISSING": "Say why: what was recorded by mistake, and who noticed it.",
    "DEATH_BEFORE_BIRTH": (
        "The date of death {died_on} is before the birth, {birth_on}. Correct one of the dates."
    ),
    "PHOTO_TO_BRING": (
        "The photo is missing. The person is enrolled, but care is not covered until the "
        "photo is there."
    ),
    "NO_MEMBERSHIP": (
        "No membership was found for this person. Check the card number or enrol the household."
    ),
    "PERSON_DECEASED": "This person died on {died_on}.",
    "PERSON_EXITED": "This person left the household on {exited_on}: no right from that day on.",
    "PERSON_NOT_YET": "This person enters the household on {entered_on}: no right before that day.",
    "MEMBERSHIP_ENDED": "The membership was ended on {ended_on}. The household may join again.",
    "COVER_NEVER_BEGAN": (
        "The membership was cancelled before its first day: it covers nobody. The household may "
        "join again."
    ),
    "COVER_NOT_STARTED": "Cover begins on {starts_on}. Care before that day is not paid.",
    "COVER_EXPIRED": "Cover ended on {last_on}. Renew the membership.",
    "MEMBERSHIP_SUSPENDED": (
        "The membership is suspended since {since}. Ask the mutual why and until when."
    ),
    "CONTRIBUTION_UNPAID": (
        "The contribution is not paid: {remaining_minor} due since {due_on}. Rights reopen "
        "on payment."
    ),
    "WAITING_PERIOD": (
        "The waiting period for {category} runs: care is covered from {waiting_until} on."
    ),
    "PHOTO_MISSING": (
        "The photo is missing on the card. Rights open as soon as the photo is registered."
    ),
    "NEWBORN_NOT_REGISTERED": (
        "This newborn was covered until {last_on} and has not been registered since. Register the "
        "child to open the rights again."
    ),
}
