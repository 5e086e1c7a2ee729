"""Which family is reimbursed: of two files merged, the one that stays, at its own account."""

from __future__ import annotations

from collections.abc import Iterable

from entraide.apps.enrolment.history import Act
from entraide.apps.enrolment.models import Household
from entraide.apps.schemes.models import Mutual
from entraide.apps.settlement.models import PayoutPreference
from entraide.apps.takeover.models import PayoutAccount


def families_that_stay(keys: Iterable[int]) -> dict[int, int]:
    """Key of a household → the one it was merged into in the end; itself where it stays.

    One query for any number of families, and one for each further merge of a merged one.
    """
    found = {key: key for key in keys}
    looked_for = set(found)
    while looked_for:
        rows = Household._base_manager.filter(pk__in=looked_for, merged_into__isnull=False)
        into = dict(rows.values_list("pk", "merged_into"))
        found = {key: into.get(last, last) for key, last in found.items()}
        looked_for = set(into.values())
    return found


def parties_that_stay(mutual: Mutual) -> dict[str, str]:
    """Party of the books of each file that was merged → of the family that stays. What was posted
    for a file before it was merged is owed to that family."""
    rows = Household._base_manager.filter(mutual=mutual, merged_into__isnull=False)
    merged = dict(rows.values_list("pk", "uid"))
    stays = families_that_stay(merged)
    uids = dict(Household._base_manager.filter(pk__in=set(stays.values())).values_list("pk", "uid"))
    return {f"household:{uid}": f"household:{uids[stays[pk]]}" for pk, uid in merged.items()}


def carry_refunds(act: Act, kept: Household, merged: Household) -> None:
    """What the file that goes had asked for its refunds holds for the one that stays, where that
    one asked for nothing itself; both keep their history."""
    for model, names in (
        (PayoutPreference, ("channel",)),
        (PayoutAccount, ("institution", "number", "holder_name")),
    ):
        rows = model._base_manager.filter(effective_until__isnull=True)
        gone = rows.filter(household=merged).first()
        if gone is None:
            continue
        model._base_manager.filter(pk=gone.pk).update(effective_until=act.on)
        if not rows.filter(household=kept).exists():
            model.objects.create(
                mutual_id=kept.mutual_id, household=kept, effective_from=act.on,
                noted_by_id=gone.noted_by_id, **{name: getattr(gone, name) for name in names},
            )  # fmt: skip
