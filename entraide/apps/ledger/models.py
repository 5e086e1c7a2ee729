"""The books: append-only, balanced, chained. ``ledger.services`` is the only writer."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class AccountKind(models.TextChoices):
    """Where an account stands in the statements."""

    ASSET = "asset"
    LIABILITY = "liability"
    FUND = "fund"
    INCOME = "income"
    EXPENSE = "expense"


class Account(MutualRecord):
    """One numbered account playing one role. A role may have several accounts (two banks);
    ``key`` tells them apart and is empty for a role's only account."""

    number = models.CharField(max_length=20)
    role = models.CharField(max_length=40)
    key = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=AccountKind)
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="account_number_once"),
            models.UniqueConstraint(fields=["mutual", "role", "key"], name="account_role_once"),
        ]


class LedgerHead(MutualRecord):
    """The end of a mutual's chain; its row is locked by whoever posts."""

    last_sequence = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual"], name="one_head_per_mutual")]


class Entry(MutualRecord):
    """One document in the books. ``document_number`` is the number of the receipt, claim, payout
    or voucher itself, and the key of reconciliation. Triggers refuse change and deletion."""

    sequence = models.PositiveBigIntegerField()
    journal = models.CharField(max_length=20)
    document_number = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)  # the business event, e.g. "contribution_paid"
    label = models.CharField(max_length=200, blank=True)
    occurred_on = models.DateField()
    posted_on = models.DateField()
    posted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["mutual", "sequence"], name="entry_sequence_once"),
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="entry_document_once"
            ),
        ]
        indexes = [models.Index(fields=["mutual", "posted_on"])]


class Posting(models.Model):
    """A debit or a credit of one account within one fund. The table that auditors read."""

    mutual = models.ForeignKey("schemes.Mutual", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    fund = models.CharField(max_length=10)
    side = models.CharField(max_length=6)
    amount_minor = models.BigIntegerField()
    party = models.CharField(max_length=60, blank=True)  # "household:<uid>", "provider:<uid>"

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["entry_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="posting_position_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="posting_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(side__in=["debit", "credit"]), name="posting_side_known"
            ),
        ]
        indexes = [
            models.Index(fields=["mutual", "account", "fund"]),
            models.Index(fields=["mutual", "party"]),
        ]
