"""What was decided again: by which door, from which decision, and what its approval was."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class WhyAgain(models.TextChoices):
    """Why a recorded claim was decided again; each is a door that asks the one service for it."""

    RECODED = "recoded"  # an act or a category is coded otherwise
    REFERRED = "referred"  # a referral voucher was put on it
    READMITTED = "readmitted"  # a person says that it repeats no other claim
    RIGHTS = "rights_known_since"  # its person had left or died, or had not after all
    CONVENTION = "late_convention"  # its provider has got a convention for that day
    EXCEPTION = "exception_answered"  # more than a ceiling leaves was asked, a person answered
    REOPENED = "committee_reopening"  # a later session takes it up


class DecidedAgain(MutualRecord):
    """A decision on a claim made again through a door; append-only by triggers.

    Who, when and in which words stand on ``decision``; ``previous`` is the one that was in force,
    which stays. ``entry``, ``approved_by`` and ``approved_at`` are what the approval of the claim
    was, where it was approved: that entry is reversed. A decision without such a row, after the
    first, is the opinion of a person.
    """

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="again")
    decision = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="again"
    )
    previous = models.OneToOneField(
        "claims.Decision", on_delete=models.PROTECT, related_name="followed_again"
    )
    why = models.CharField(max_length=24, choices=WhyAgain)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = of_family("claim__household__branch")

    class Meta:
        ordering = ["pk"]
