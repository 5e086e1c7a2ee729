"""Products being written on screen, and their trial on past claims."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "INCOMPATIBLE_WITHOUT_ACTS": "Name at least one act on each side.",
    "INCOMPATIBLE_WITH_ITSELF": "An act stands on both sides: asked for twice, it is a duplicate already.",
    "INCOMPATIBLE_FROM_TODAY": "The rule begins, or ends, tomorrow at the earliest: claims of today are decided already.",
    "INCOMPATIBLE_DECIDED": "{name} is decided already.",
    "INCOMPATIBLE_NOT_APPROVED": "{name} is not approved: it does not count yet.",
    "DRAFT_NOT_OPEN": (
        "This draft of {product} is closed: it became a version or was given up. Begin another one."
    ),
    "DRAFT_CHANGED": (
        "{person} changed this draft meanwhile. Look at it again, then make your change."
    ),
    "DRAFT_NOT_WHOLE": (
        "The draft of {product} still contradicts itself: no sheet is written of it. Mend what its "
        "page lists first."
    ),
    "FREE_CARE_WITHOUT_CARE": "Say which care the programme pays for: a category, or single acts.",
    "FREE_CARE_DECIDED": "The programme {name} was decided already.",
    "FREE_CARE_NOT_APPROVED": "The programme {name} was not approved: it has nothing to end.",
    "TRIAL_MISSING": (
        "{product} changes what is promised of care, and these very rules were not tried on past "
        "claims. Try them, or write why they cannot be where there are no claims."
    ),
    "TRIAL_PERIOD": (
        "A trial looks at past claims: the period from {start} must end before {until}, and not "
        "later than today."
    ),
    "TRIAL_WITHOUT_CLAIMS": (
        "No claim of {product} has care in this period. Choose another period or another product."
    ),
    "TRIAL_REASON_MISSING": "Write why these rules may be approved without a trial.",
    "TRIAL_POSSIBLE": (
        "{product} has claims in the last twelve months: the rules are tried on them, no reason "
        "takes the place of that."
    ),
}
