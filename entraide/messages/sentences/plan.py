"""Sentences about business plans: assumptions that cannot be read, levers beyond their bounds."""

SENTENCES: dict[str, str] = {
    "PLAN_KEY_UNKNOWN": "{key} is not a line of a business plan. Check its spelling or remove it.",
    "PLAN_KEY_MISSING": "{key} is missing. Give its value; without it the plan cannot be made.",
    "PLAN_VALUE_TYPE": "This value is not of the kind expected here ({expected}). Enter it again.",
    "PLAN_VALUE_NEGATIVE": "{value} is negative. Enter a number of zero or more.",
    "PLAN_VALUE_NOT_POSITIVE": "{value} is not possible here. Enter a number above zero.",
    "PLAN_VALUE_RANGE": "{value} is not between {low} and {high}. Correct this assumption.",
    "PLAN_RATE_RANGE": "{value} is not a rate between 0 and 1. For 30 % write 0.30.",
    "PLAN_LIST_LENGTH": "{expected} values are expected here, {found} were given.",
    "PLAN_CHOICE_UNKNOWN": "{value} is not one of the choices: {options}.",
    "PLAN_SOURCE_MISSING": "This assumption has no source. Say where the value comes from.",
    "PLAN_CONFIDENCE_UNKNOWN": "Say how sure this assumption is: {options}.",
    "PLAN_NAME_TWICE": "{name} appears twice. Give each line its own name.",
    "PLAN_WITHOUT_GROUP": "The plan has no group of members. Add at least one.",
    "PLAN_SEASON_EMPTY": "The twelve months of this season are all zero. Give one a weight.",
    "PLAN_FLOOR_ABOVE_CAP": "The lowest contribution is above the highest. Correct them.",
    "PLAN_PATTERN_SUM": "The shares paid month after month must add up to 1.",
    "PLAN_ROLE_UNKNOWN": "The role {role} is not in the team of this plan. Add it or correct it.",
    "PLAN_RATIO_ZERO": "A post cannot follow zero persons. Say how many persons one post follows.",
    "PLAN_RATIO_OF_RATIO": (
        "This post follows another post that itself follows a ratio. Choose a role that is fixed "
        "or sized by its work."
    ),
    "PLAN_TOO_LARGE": "The amounts of this plan are too large to be true. Check the assumptions.",
    "LEVER_UNKNOWN": "The plan has no lever {lever} to use here. Add it or correct the name.",
    "LEVER_EFFECT_TWICE": "Two levers move the same thing. Keep one of them.",
    "NOT_REALISTIC": (
        "Not realistic: {lever} is set to {value}, its bounds are {low} to {high}. Bring it back "
        "within its bounds, or change the bounds with a reason."
    ),
    "HORIZON_OUT_OF_RANGE": (
        "A plan of {months} months is not possible. Choose whole years, from {low} to {high} "
        "months."
    ),
}
