"""Sentences about covers that come to their term, and families that come back."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "REENTRY_IN_GRACE": (
        "{days} {days:day|days} without cover since {term}, within the grace of {grace_days} "
        "{grace_days:day|days}: seniority is kept and no waiting period begins anew."
    ),
    "REENTRY_WAITING_ANEW": (
        "{days} {days:day|days} without cover since {term}, more than the grace of {grace_days} "
        "{grace_days:day|days}: waiting periods begin anew on {starts_on}."
    ),
    "ARREARS_BEFORE_REENTRY": (
        "{remaining_minor} of earlier covers are still owed. A family that comes back after days "
        "without cover pays them first."
    ),
    "REENTRY_ARREARS_STAY": (
        "{remaining_minor} of earlier covers are still owed: they stay due beside the new cover."
    ),
    "RENEWALS_TOO_MANY": (
        "{count} families are ticked; {maximum} at most are renewed at once. Tick fewer."
    ),
}
