"""That an account is right all the same, although a transfer to it came back."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class AccountConfirmation(MutualRecord):
    """Why money may go again to the account to which ``payout`` did not reach; never changed."""

    payout = models.OneToOneField(
        "settlement.Payout", on_delete=models.PROTECT, related_name="account_confirmation"
    )
    reason = models.CharField(max_length=200)
    confirmed_on = models.DateField()
    confirmed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("payout__household__branch")
