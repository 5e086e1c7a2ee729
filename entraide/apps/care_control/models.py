"""What the medical control did: sessions, calls, answers, samples, findings, recoveries.

What a person was told and what was found is append-only: a mistake is corrected by a further row
that names the one before.
"""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family
from entraide.apps.care_control.committee_models import (
    CareFeedback,
    CommitteeDecision,
    CommitteeMeeting,
)

__all__ = ["CareFeedback", "CommitteeDecision", "CommitteeMeeting"]


class SessionMode(models.TextChoices):
    """How the médecin conseil is reached."""

    IN_PERSON = "in_person"
    TELEPHONE = "telephone"


class EntryMode(models.TextChoices):
    """How a line of the register came about; a claim may be judged on its papers alone."""

    IN_PERSON = "in_person"
    TELEPHONE = "telephone"
    ON_PAPER = "on_paper"


class SessionState(models.TextChoices):
    """planned → held; or cancelled, with its reason."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class MedicalSession(MutualRecord):
    """A *permanence*: a day, a place or a telephone, a row of slots of so many minutes."""

    doctor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10, choices=SessionMode)
    held_on = models.DateField()
    starts_at = models.TimeField()
    place = models.CharField(max_length=160, blank=True)
    slots_count = models.PositiveSmallIntegerField()
    slot_minutes = models.PositiveSmallIntegerField()
    cost_minor = models.BigIntegerField(default=0)  # fee, way, room: what it cost, once held
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    planned_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)  # why it was cancelled

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(slots_count__gt=0, slot_minutes__gt=0, cost_minor__gte=0),
                name="medical_session_sizes",
            )
        ]
        indexes = [models.Index(fields=["mutual", "held_on"])]


class SlotBooking(MutualRecord):
    """A person is expected in a slot of a session; freed, it stays written with its reason."""

    session = models.ForeignKey(MedicalSession, on_delete=models.PROTECT, related_name="bookings")
    rank = models.PositiveSmallIntegerField()  # 1 is the first slot
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    booked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    freed_on = models.DateField(null=True, blank=True)
    freed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = of_family("person__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "rank"],
                condition=models.Q(freed_on__isnull=True),
                name="slot_booked_once",
            )
        ]


class QuestionKind(models.TextChoices):
    """What the médecin conseil was asked."""

    PRIOR_AGREEMENT = "prior_agreement"
    EXCEPTION = "exception"
    CLAIM = "claim"
    ADVICE = "advice"
    PROVIDER = "provider"
    COMPLAINT = "complaint"


class EntryResult(models.TextChoices):
    """What was answered."""

    AGREED = "agreed"
    REFUSED = "refused"
    CUT = "cut"
    ADVISED = "advised"
    REFERRED = "referred"
    WAITING = "waiting"  # something is still missing


class RegisterEntry(MutualRecord):
    """One line of the register of the médecin conseil: who, what was asked, what was answered.

    ``question`` and ``answer`` are medical: read by medical roles only, every reading logged.
    """

    session = models.ForeignKey(
        MedicalSession, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    mode = models.CharField(max_length=10, choices=EntryMode)
    handled_on = models.DateField()
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=QuestionKind)
    result = models.CharField(max_length=10, choices=EntryResult)
    reason_code = models.CharField(max_length=30)  # core.control.reasons.REASONS
    question = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    objects = of_family("person__household__branch")

    class Meta:
        indexes = [models.Index(fields=["mutual", "handled_on"])]


class CallOutcome(models.TextChoices):
    """What became of a call."""

    HANDLED = "handled"
    NO_ANSWER = "no_answer"
    CALL_BACK = "call_back"
    WRONG_NUMBER = "wrong_number"


class MedicalCall(MutualRecord):
    """A call to or from the médecin conseil, with its outcome; nothing medical stands in it."""

    session = models.ForeignKey(
        MedicalSession, on_delete=models.PROTECT, null=True, blank=True, related_name="calls"
    )
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(
        "claims.Claim", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    called_on = models.DateField()
    outcome = models.CharField(max_length=12, choices=CallOutcome)
    minutes = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("person__household__branch")

    class Meta:
        indexes = [models.Index(fields=["mutual", "called_on"])]


class CampaignState(models.TextChoices):
    """open → signed by another person; or cancelled before anything was looked at."""

    OPEN = "open"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class ControlCampaign(MutualRecord):
    """A control of the claims of a period: how they were drawn stands in it and does not change."""

    document_number = models.CharField(max_length=60)
    period_from = models.DateField()
    period_until = models.DateField()
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    fault_share = models.DecimalField(max_digits=5, decimal_places=4)
    probability = models.DecimalField(max_digits=5, decimal_places=4)
    random_count = models.PositiveIntegerField()
    weighted_count = models.PositiveIntegerField()
    seed = models.CharField(max_length=60)
    population_count = models.PositiveIntegerField()
    population_minor = models.BigIntegerField()  # Σ payable of the claims drawn from
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.OPEN)
    opened_on = models.DateField()
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")

    @property
    def is_census(self) -> bool:
        """Whether every claim of the period is looked at: nothing was left to chance."""
        return self.random_count + self.weighted_count >= self.population_count

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="campaign_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(period_until__gt=models.F("period_from")),
                name="campaign_interval",
            ),
        ]


class SampledClaim(MutualRecord):
    """A claim that a campaign drew, by which part and with which chance (a fraction, as text)."""

    campaign = models.ForeignKey(ControlCampaign, on_delete=models.PROTECT, related_name="sample")
    rank = models.PositiveIntegerField()
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="+")
    at_random = models.BooleanField()
    by_size = models.BooleanField()
    chance = models.CharField(max_length=200)
    payable_minor = models.BigIntegerField()  # on the day of the draw

    objects = of_family("claim__household__branch")

    class Meta:
        ordering = ["campaign_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "claim"], name="claim_drawn_once"),
            models.UniqueConstraint(fields=["campaign", "rank"], name="sample_rank_once"),
        ]


class ControlFinding(MutualRecord):
    """What was found on a claim that was drawn; ``recover_minor`` is what it should not have cost.

    ``checklist`` holds « yes », « no » or « not_seen » for each point.
    """

    sampled = models.OneToOneField(SampledClaim, on_delete=models.PROTECT, related_name="finding")
    code = models.CharField(max_length=30)  # core.control.reasons.FINDINGS
    checklist = models.JSONField()
    recover_minor = models.BigIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    found_on = models.DateField()
    found_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("sampled__claim__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recover_minor__gte=0), name="finding_not_negative"
            )
        ]


class ProviderReply(MutualRecord):
    """What the provider answered to a finding, and what is kept of the amount after it."""

    finding = models.OneToOneField(ControlFinding, on_delete=models.PROTECT, related_name="reply")
    words = models.TextField()
    kept_minor = models.BigIntegerField()
    replied_on = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("finding__sampled__claim__household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kept_minor__gte=0), name="reply_not_negative")
        ]


class Debtor(models.TextChoices):
    """From whom an amount is asked back: whom the claim was paid to."""

    PROVIDER = "provider"
    HOUSEHOLD = "household"


class Recovery(MutualRecord):
    """An amount asked back of what a claim was paid, until payments take it off or it is waived."""

    document_number = models.CharField(max_length=60)
    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="recoveries")
    finding = models.OneToOneField(
        ControlFinding, on_delete=models.PROTECT, null=True, blank=True, related_name="recovery"
    )
    debtor = models.CharField(max_length=10, choices=Debtor)
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = models.BigIntegerField()
    reason_code = models.CharField(max_length=30)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    waived_on = models.DateField(null=True, blank=True)
    waived_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    waived_why = models.CharField(max_length=200, blank=True)

    objects = of_family("claim__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="recovery_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="recovery_positive"
            ),
        ]
        indexes = [models.Index(fields=["mutual", "provider", "waived_on"])]


class AnomalyVerdict(models.TextChoices):
    """What a person says of an anomaly once they have looked."""

    NOTHING = "nothing"
    FINDING = "finding"


class AnomalyAnswer(MutualRecord):
    """Somebody looked at an anomaly; its key is that of ``core.control.anomalies.Anomaly``."""

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    verdict = models.CharField(max_length=10, choices=AnomalyVerdict)
    note = models.CharField(max_length=300, blank=True)
    claims = models.JSONField()  # uids, as texts
    answered_on = models.DateField()
    answered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "key"], name="anomaly_answered_once")
        ]
