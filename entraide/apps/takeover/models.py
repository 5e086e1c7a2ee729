"""What came from elsewhere: the files imported, their rows, and how a lender names its clients."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class RunState(models.TextChoices):
    """Where an import stands.

    ``REFUSED``: it was to be carried out and could not be; nothing of it was written.
    ``REPLACED``: the same list came again, corrected (``replaced_by``); nothing of it was written.
    """

    DRAFT = "draft"
    QUEUED = "queued"
    RUNNING = "running"
    REFUSED = "refused"
    DONE = "done"
    DROPPED = "dropped"
    REPLACED = "replaced"


WITH_A_PERSON = (RunState.DRAFT, RunState.REFUSED)
"""The states in which somebody looks at an import: it is read anew, carried out or given up."""
BEING_CARRIED_OUT = (RunState.QUEUED, RunState.RUNNING)
OVER = (RunState.DONE, RunState.DROPPED, RunState.REPLACED)


class ImportRun(MutualRecord):
    """One file on its way into the registers. ``content`` is kept until it is there or given up;
    carried out, as long as rows of it stay aside (a client to be found, an amount to be settled).

    ``columns``: sheet → field → column (from 0) as a person chose them; empty: as recognised.
    ``options``: what the file does not say (product, group, day …). ``counts`` and ``remarks``
    tell what was done.

    ``rows_count`` and ``faults_count``: as last read for a person; none before. ``asked_by`` and
    ``asked_on``: who wanted it carried out by the background worker, ``attempt`` tells that wish
    from an earlier one. ``refusal``: why it was refused as a whole, a code. ``replaced_by``: the
    corrected file that took the place of what was not imported of this one.
    """

    kind = models.CharField(max_length=20)
    profile = models.CharField(max_length=50)
    profile_version = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    columns = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.DRAFT)
    prepared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    prepared_on = models.DateField()
    carried_out_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    carried_out_on = models.DateField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    remarks = models.JSONField(default=list, blank=True)
    rows_count = models.PositiveIntegerField(null=True, blank=True)
    faults_count = models.PositiveIntegerField(null=True, blank=True)
    asked_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_on = models.DateField(null=True, blank=True)
    attempt = models.UUIDField(null=True, blank=True)
    refusal = models.CharField(max_length=60, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["mutual", "state"])]

    @property
    def aside_count(self) -> int:
        """How many rows it left aside when it was carried out."""
        return int(self.counts.get("unmatched", 0) + self.counts.get("aside", 0))


class ImportedRow(MutualRecord):
    """A row that is in the registers: sent again with the same content, it changes nothing.

    ``key`` names the row within its kind (a card, a receipt, a loan); ``content_hash`` is that of
    what it said; ``record_uid`` is the record that it made or found. ``said`` keeps the row itself
    where no register has a place for it yet.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=160)
    content_hash = models.CharField(max_length=64)
    record_model = models.CharField(max_length=60, blank=True)
    record_uid = models.UUIDField(null=True, blank=True)
    said = models.JSONField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "kind", "key"], name="imported_row_once")
        ]
        indexes = [models.Index(fields=["record_uid"], name="imported_row_of_record")]


class AsideWay(models.TextChoices):
    """How an amount that an import set aside came to its end."""

    LENDER = "lender"  # the lender gave it back, or takes it off its next list: not received here
    ENTRY = "entry"  # received here: an entry of the books says what became of it


class AsideSettlement(MutualRecord):
    """A row of a lender's list that was set aside and is settled otherwise: not to be imported.

    ``key`` and ``content_hash`` are those of the row as :class:`ImportedRow` keeps them: sent
    again it stays settled, said otherwise it is set aside anew. Withdrawn, it is set aside again.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=160)
    content_hash = models.CharField(max_length=64)
    row = models.PositiveIntegerField()
    label = models.CharField(max_length=200)  # whom and what it is about, as the list says it
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = models.BigIntegerField()  # kept back; 0 when the list does not say
    way = models.CharField(max_length=6, choices=AsideWay)
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200)
    settled_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField()
    withdrawn_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "kind", "key"],
                condition=models.Q(withdrawn_on__isnull=True),
                name="aside_settled_once",
            ),
            models.CheckConstraint(
                condition=models.Q(way="entry", entry__isnull=False)
                | models.Q(way="lender", entry__isnull=True),
                name="aside_settled_by_entry",
            ),
        ]


class LenderClient(MutualRecord):
    """A household under the number by which a lender or employer knows it."""

    lender = models.ForeignKey(
        "enrolment.PartnerGroup", on_delete=models.PROTECT, related_name="clients"
    )
    number = models.CharField(max_length=40)
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="lender_clients"
    )
    noted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    noted_on = models.DateField()

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "lender", "number"], name="lender_client_once"
            )
        ]


class PayoutAccount(MutualRecord):
    """The savings account to which a household's refunds may go, from a day until another."""

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="payout_accounts"
    )
    institution = models.CharField(max_length=120)
    number = models.CharField(max_length=40)
    holder_name = models.CharField(max_length=160)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    noted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(effective_until__isnull=True),
                name="one_payout_account",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_until__isnull=True)
                | models.Q(effective_until__gte=models.F("effective_from")),
                name="payout_account_interval",
            ),
        ]


class LoanRefinancing(MutualRecord):
    """A cover that took the place of another before its term: what the earlier one gave back.

    ``credit_minor = contribution × months_left ÷ months_total``, half up, ``contribution_minor``
    being what was paid; ``used_minor`` of it made the new contribution smaller (the rest is what
    exceeds that contribution). Of ``unpaid_minor``, ``cancelled_minor`` was owed for months not
    begun and taken back by reversal; the rest stays due.
    """

    membership = models.OneToOneField(
        "enrolment.Membership", on_delete=models.PROTECT, related_name="refinancing"
    )
    previous = models.OneToOneField(
        "enrolment.Membership", on_delete=models.PROTECT, related_name="refinanced_by"
    )
    refinanced_on = models.DateField()
    contribution_minor = models.BigIntegerField()
    months_total = models.PositiveSmallIntegerField()
    months_left = models.PositiveSmallIntegerField()
    credit_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField()
    unpaid_minor = models.BigIntegerField(default=0)
    cancelled_minor = models.BigIntegerField(default=0)

    objects = ScopedManager(mutual="mutual")

    @property
    def still_due_minor(self) -> int:
        """What was not paid for the months begun, and stayed due."""
        return int(self.unpaid_minor - self.cancelled_minor)
