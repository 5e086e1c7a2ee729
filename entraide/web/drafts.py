"""What is typed in a form and not recorded yet: kept as it is typed, and when it is refused."""

from __future__ import annotations

import json

from entraide.apps.access.preferences import keep_draft
from entraide.web.office import OfficeRequest

DRAFT_BYTES = 200_000
MEMBERSHIP, CLAIM = "adhesion", "sinistre"
FORMS = frozenset({MEMBERSHIP, CLAIM})  # those that keep a draft: a reader of each knows its fields
# What must not be kept, and what is medical: it stands in its own table or nowhere.
NEVER_DRAFTED = frozenset(
    {"csrfmiddlewaretoken", "idempotency_key", "password", "diagnosis", "medical_notes"}
)


def keep_typed(request: OfficeRequest, form: str) -> bool:
    """Keep what a request sends as the person's draft of a form; whether it was kept.

    Kept as lists of texts by field name. What is empty, too large to be typed, holds a NUL, or is
    of a form that keeps none is not kept.
    """
    content = {
        name: values
        for name, values in request.POST.lists()
        if name not in NEVER_DRAFTED and any(values)
    }
    written = json.dumps(content)
    if not content or form not in FORMS or len(written) > DRAFT_BYTES or "\\u0000" in written:
        return False
    keep_draft(user=request.user, mutual=request.mutual, form=form, content=content)
    return True
