"""What the bank says, and how it answers to the books."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord


class BankAccount(MutualRecord):
    """An account at a bank, a lender or an operator, and the treasury account that mirrors it."""

    account = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    institution = models.CharField(max_length=120, blank=True)
    identifier = models.CharField(max_length=60, blank=True)  # IBAN or number on statements
    currency = models.CharField(max_length=3)
    csv_profile = models.CharField(max_length=40, blank=True)  # rules/countries/<cc>/banks/*.yaml
    opened_on = models.DateField()

    objects = ScopedManager(mutual="mutual")


def days_as_reference(opening_on: date, closing_on: date) -> str:
    """What stands for the reference of a statement to which the bank gave none."""
    return f"{opening_on} – {closing_on}"


class Statement(MutualRecord):
    """One imported statement: opening + lines = closing, or it was refused."""

    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="statements"
    )
    reference = models.CharField(max_length=80)
    format = models.CharField(max_length=20)
    file_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200, blank=True)
    opening_on = models.DateField()
    closing_on = models.DateField()
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    imported_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["closing_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "reference", "file_hash"], name="statement_once"
            )
        ]

    @property
    def bank_reference(self) -> str:
        """What the bank calls it; empty where the days stand for a reference."""
        made = days_as_reference(self.opening_on, self.closing_on)
        return "" if self.reference == made else self.reference

    @property
    def until(self) -> date:
        """The first day after it."""
        return self.closing_on + timedelta(days=1)


class LineState(models.TextChoices):
    """Where a statement line stands; ``explained`` carries a class and a note."""

    OPEN = "open"
    MATCHED = "matched"
    EXPLAINED = "explained"


class StatementLine(MutualRecord):
    """One movement as the bank states it; ``line_key`` is unique per account, whatever the file."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    line_key = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    booked_on = models.DateField()
    value_on = models.DateField(null=True, blank=True)
    amount_minor = models.BigIntegerField()  # signed: money in is positive
    label = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=LineState, default=LineState.OPEN)
    explanation_class = models.CharField(max_length=20, blank=True)
    explanation_note = models.CharField(max_length=300, blank=True)
    explained_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["booked_on", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["bank_account", "line_key"], name="line_once")
        ]
        indexes = [models.Index(fields=["bank_account", "state"])]


class MatchState(models.TextChoices):
    """A proposal waits for a person; automatic and confirmed matches count; undone ones do not."""

    PROPOSED = "proposed"
    AUTOMATIC = "automatic"
    CONFIRMED = "confirmed"
    UNDONE = "undone"


class Match(MutualRecord):
    """A *pointage*: statement lines that answer to entries of the books, sums equal."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="matches")
    # A pass of core.reconciliation, else "posted" (the entry was made for the line) or "person".
    pass_name = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=MatchState)
    score = models.PositiveSmallIntegerField(default=0)
    confirmed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_on = models.DateField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_on = models.DateField(null=True, blank=True)
    undone_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")


class MatchedLine(MutualRecord):
    """A statement line in a match; in one counting match at most."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="matched_lines")
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="matched")
    is_active = models.BooleanField(default=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(is_active=True), name="line_matched_once"
            )
        ]


class MatchedEntry(MutualRecord):
    """An entry of the books in a match, by its movement on the treasury account."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="matched_entries")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "entry"],
                condition=models.Q(is_active=True),
                name="entry_matched_once",
            )
        ]


class MatchRule(MutualRecord):
    """A rule that the finance officer accepted: labels like this are that account's."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="rules")
    code = models.CharField(max_length=40)
    pattern = models.CharField(max_length=200)
    account_role = models.CharField(max_length=40)
    accepted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank_account", "code"], name="rule_code_once")
        ]
