"""Who insures: the network, its mutuals, their people's roles and their products."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, Record


class Federation(Record):
    """A union or federation of mutuals; network-owned."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)


class Mutual(Record):
    """One mutual: the owner of everything that is not network-owned.

    ``country`` is the code of a pack in ``rules/countries``. ``settings`` holds the mutual's own
    choices, each with a documented name (``schemes.choices``).
    """

    federation = models.ForeignKey(Federation, on_delete=models.PROTECT, related_name="mutuals")
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    place = models.CharField(max_length=160, blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=40, default="UTC")
    is_demonstration = models.BooleanField(default=False)
    is_training = models.BooleanField(default=False)  # people learn here: nothing counts
    settings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Branch(MutualRecord):
    """A local section or agency."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)
    place = models.CharField(max_length=160, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual", "code"], name="branch_code_once")]


class Role(models.TextChoices):
    """The thirteen roles of the public interface; their French names are in the messages."""

    FIELD_AGENT = "field_agent"
    DATA_ENTRY_CLERK = "data_entry_clerk"
    COORDINATOR = "coordinator"
    MEDICAL_ADVISER = "medical_adviser"
    FINANCE_OFFICER = "finance_officer"
    CASHIER = "cashier"
    DIRECTOR = "director"
    ELECTED_OFFICER = "elected_officer"
    MONITORING_OFFICER = "monitoring_officer"
    ADVISER = "adviser"
    AUDITOR = "auditor"
    PROVIDER_USER = "provider_user"
    NETWORK_ADMIN = "network_admin"


class Appointment(Record):
    """A person holds a role in a mutual during ``[effective_from, effective_until)``.

    Not scoped: finding out which mutuals a person may enter comes before entering one.
    ``mutual`` is empty for the network administrator only. ``title`` is what the mutual calls the
    post (« référent OS », « RSEC »), ``duties`` what it is asked beside (``schemes.titles``): both
    tell who does what, neither gives a right. With a ``branch``, who holds no other post in the
    mutual sees the families of that section only.
    """

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="appointments")
    mutual = models.ForeignKey(
        Mutual, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    role = models.CharField(max_length=30, choices=Role)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(max_length=80, blank=True)
    duties = models.JSONField(default=list)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mutual__isnull=False) | models.Q(role=Role.NETWORK_ADMIN),
                name="appointment_has_mutual",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_until__isnull=True)
                | models.Q(effective_until__gt=models.F("effective_from")),
                name="appointment_interval",
            ),
        ]


class Product(MutualRecord):
    """A formula that the mutual offers; its rules are in its versions."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual", "code"], name="product_code_once")]

    def __str__(self) -> str:
        return self.name


class ProductVersion(MutualRecord):
    """The rules of a product from a day on: validated document, checksum, two persons.

    Immutable once approved (a trigger refuses the change). A decision keeps the version it used.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    document = models.JSONField()
    checksum = models.CharField(max_length=64)
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    running_share_reason = models.TextField(blank=True)  # written when the share exceeds the guard
    retroactive_reason = models.TextField(blank=True)  # why it rules days that were decided already

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="version_number_once")
        ]

    @property
    def withdrawn(self) -> VersionWithdrawal | None:
        """Why the version was taken back before anybody approved it; None while it was not."""
        return getattr(self, "withdrawal", None)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody may still approve it."""
        return self.approved_at is None and self.withdrawn is None


class VersionWithdrawal(MutualRecord):
    """A version that will never take force: taken back by who entered it, or sent back by who was
    to approve it, with the reason. The version stays as it was. Append-only by triggers.
    """

    version = models.OneToOneField(
        ProductVersion, on_delete=models.PROTECT, related_name="withdrawal"
    )
    withdrawn_on = models.DateField()
    withdrawn_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)


class NumberBook(MutualRecord):
    """A gapless book of document numbers, one per kind of document and year.

    The next number is taken by locking the row in the transaction that uses it: a refused
    command gives its number back.
    """

    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "prefix", "year"], name="number_book_once")
        ]


class ChoiceChange(MutualRecord):
    """A choice of the mutual was given another value: which, by whom, on whose word.

    The value in force stands in ``Mutual.settings``; this is its history. Append-only by triggers.
    """

    name = models.CharField(max_length=60)
    before = models.JSONField()
    after = models.JSONField()
    source = models.CharField(max_length=200)
    changed_on = models.DateField()
    changed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["mutual", "name"])]


class MonthPoint(MutualRecord):
    """One duty of one month, signed by who holds it, or taken up again. Append-only by triggers.

    The latest row of a duty and month says where it stands.
    """

    month = models.DateField()  # its first day
    duty = models.CharField(max_length=20)
    is_done = models.BooleanField()
    remark = models.CharField(max_length=400, blank=True)
    signed_on = models.DateField()
    signed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["mutual", "month", "duty"])]


class FlagState(Record):
    """A feature of the product in one mutual from a day on: tried, opened or closed.

    Not scoped: the network compares mutuals. The last state that has begun counts; rows are only
    added, so that they are the history.
    """

    mutual = models.ForeignKey(Mutual, on_delete=models.PROTECT, related_name="flag_states")
    flag = models.SlugField(max_length=40)
    stage = models.CharField(max_length=12)  # schemes.flags.Stage
    effective_from = models.DateField()
    measure = models.TextField(blank=True)  # what the trial shows, in the words of who decides
    set_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["mutual", "flag", "effective_from"])]


class ActFee(Record):
    """What one act of an agent is paid from a day on, in minor units of the mutual's currency."""

    mutual = models.ForeignKey(Mutual, on_delete=models.PROTECT, related_name="act_fees")
    act = models.CharField(max_length=60)  # the name of a command
    fee_minor = models.BigIntegerField()
    effective_from = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "act", "effective_from"], name="act_fee_once_a_day"
            )
        ]


class FileRuleVersion(MutualRecord):
    """What a family's file must hold from a day on (``core.completeness``): two persons decide.

    Immutable once approved (a trigger refuses the change).
    """

    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    document = models.JSONField()
    source = models.CharField(max_length=200)
    entered_on = models.DateField()
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="file_rule_number_once")
        ]
        indexes = [models.Index(fields=["mutual", "effective_from"])]


class DraftState(models.TextChoices):
    """What became of a product that was being written."""

    OPEN = "open"
    ENTERED = "entered"  # as a version, which waits for another person
    DROPPED = "dropped"


class ProductDraft(MutualRecord):
    """A product being written rule by rule; it counts for nothing until it is a version.

    ``document`` has the form of ``product.yaml`` and may still contradict itself. ``base`` is the
    version that it began from; empty for an example or a product from nothing.
    """

    code = models.SlugField(max_length=40)  # of the product
    base = models.ForeignKey(
        ProductVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    document = models.JSONField()
    state = models.CharField(max_length=8, choices=DraftState, default=DraftState.OPEN)
    version = models.ForeignKey(
        ProductVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts"
    )
    started_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    changed_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["mutual", "state"], name="product_draft_open")]
