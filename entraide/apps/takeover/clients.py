"""How a lender or employer knows a household, and where the household's refunds may be paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import Household, PartnerGroup
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.models import LenderClient, PayoutAccount
from entraide.core.errors import Refusal


@command("link_client", right=Right.ENROL)
def link_client(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    lender: PartnerGroup,
    number: str,
    household: Household,
) -> LenderClient:
    """From now on the lender's lists mean this household by this number.

    Linking again to the same household changes nothing; ``CLIENT_LINKED_OTHERWISE`` when the
    number is another family's, ``CLIENT_NUMBER_MISSING`` without a number.
    """
    written = number.strip()
    if not written or len(written) > 40:
        raise Refusal("CLIENT_NUMBER_MISSING", place="number")
    known = (
        LenderClient.objects.filter(mutual=mutual, lender=lender, number=written)
        .select_related("household")
        .first()
    )
    if known is None:
        return LenderClient.objects.create(
            mutual=mutual, lender=lender, number=written, household=household, noted_by=actor,
            noted_on=on,
        )  # fmt: skip
    if known.household_id != household.pk:
        raise Refusal(
            "CLIENT_LINKED_OTHERWISE", place="number", number=written, lender=lender.name,
            household=known.household.number,
        )  # fmt: skip
    return known


@command("note_payout_account", right=Right.ENROL)
def note_payout_account(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    household: Household,
    institution: str,
    number: str,
    holder_name: str,
) -> PayoutAccount:
    """The savings account to which refunds of a household may go from today on.

    It takes the place of the one noted before, which is kept with its days. Writing the same again
    changes nothing. ``PAYOUT_ACCOUNT_INCOMPLETE`` without institution, number or holder.
    """
    said = {
        "institution": institution.strip(),
        "number": number.strip(),
        "holder_name": holder_name.strip(),
    }
    for name, value in said.items():
        if not value:
            raise Refusal("PAYOUT_ACCOUNT_INCOMPLETE", place=name)
    current = payout_account(household)
    if current is not None:
        if all(getattr(current, name) == value for name, value in said.items()):
            return current
        current.effective_until = on
        current.save(update_fields=["effective_until"])
    return PayoutAccount.objects.create(
        mutual=mutual, household=household, effective_from=on, noted_by=actor, **said
    )


def payout_account(household: Household) -> PayoutAccount | None:
    """The account to which refunds of a household may go, or None."""
    return PayoutAccount.objects.filter(household=household, effective_until__isnull=True).first()


def payout_accounts(households: Iterable[Household]) -> dict[int, PayoutAccount]:
    """Key of a household → the account to which its refunds may go; not there without one."""
    rows = PayoutAccount.objects.filter(
        household__in=[household.pk for household in households], effective_until__isnull=True
    )
    return {row.household_id: row for row in rows}


def payout_accounts_of(household: Household) -> QuerySet[PayoutAccount]:
    """Every account noted for a household, the latest first."""
    rows = PayoutAccount.objects.filter(household=household).select_related("noted_by")
    return rows.order_by("-effective_from", "-id")


@command("withdraw_payout_account", right=Right.ENROL)
def withdraw_payout_account(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, household: Household
) -> PayoutAccount | None:
    """From today on refunds of a household go to no account noted here; None when none was."""
    current = payout_account(household)
    if current is not None:
        current.effective_until = on
        current.save(update_fields=["effective_until"])
    return current
