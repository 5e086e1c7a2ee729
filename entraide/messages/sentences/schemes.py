"""Sentences about mutuals, people, products and their approval."""

SENTENCES: dict[str, str] = {
    "NOT_FOUND": "This record was not found here.",
    "CODE_TAKEN": "The code “{entered}” is already taken. Choose another one.",
    "CODE_UNREADABLE": "The code “{entered}” may hold only letters, digits and dashes, without accents or blanks.",
    "USERNAME_TAKEN": "The sign-in name “{username}” is already taken. Choose another one.",
    "USER_UNREADABLE": "This cannot be recorded for a person. Use letters, digits and . - _ only in the sign-in name.",
    "PASSWORD_WEAK": "This password is too easy to guess. Take at least ten characters, for example three words.",
    "ROLE_UNKNOWN": "The role “{role}” does not exist.",
    "ROLE_OF_OTHER_PLACE": "The role “{role}” cannot be given here: the network administrator belongs to the network, every other role to a mutual.",
    "SETTING_UNKNOWN": "The setting “{name}” does not exist.",
    "SETTING_INVALID": "“{value}” is not a value for the setting “{name}”: write a rate between 0 and 1 as text.",
    "PRODUCT_CURRENCY": "The rules count in {product}, the mutual in {mutual}. Enter the rules in the money of the mutual.",
    "PRODUCT_NOT_IN_FORCE": "The product {product} has no approved rules on {on}. Have a version approved, or choose a later date.",
    "VERSION_SOURCE_MISSING": "Say who decided these rules, for example the assembly and its resolution.",
    "VERSION_APPROVED_ALREADY": "This version of {product} is already approved. To change the rules, enter a new version.",
    "VERSION_ALTERED": "The rules of {product} are no longer those that were entered. Tell the administrator, and enter them again.",
    "RUNNING_SHARE_REASON_MISSING": "The running costs take {share} of the contribution, more than the limit of {limit}. Write why, or lower the share.",
}
