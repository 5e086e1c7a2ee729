"""What is asked of the mutual, and what it decides."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family
from entraide.apps.claims.again_models import DecidedAgain, WhyAgain
from entraide.apps.claims.agreement_models import (
    AgreementCall,
    NumberReadBack,
    PatientListing,
    PreAuthorisation,
    PreAuthorisationState,
)
from entraide.apps.claims.carried_models import CarriedClaim
from entraide.apps.claims.committee_models import CommitteeDecision, CommitteeSession
from entraide.apps.claims.paper_models import (
    AttestationRange,
    Invoice,
    InvoiceScan,
    InvoiceState,
    SpoiltAttestation,
    SpoiltKind,
    UsualCare,
)
from entraide.apps.claims.recoding_models import DiagnosisRecoding, LineRecoding
from entraide.apps.claims.referral_models import ReferralCancellation, ReferralVoucher
from entraide.apps.nomenclature.models import CareItem
from entraide.core.adjudication.decision import Decision as CoreDecision

__all__ = [
    "AgreementCall", "AttestationRange", "CarriedClaim", "Circuit", "Claim", "ClaimLine",
    "ClaimState", "CommitteeDecision", "CommitteeSession", "DecidedAgain", "Decision",
    "DiagnosisRecoding",
    "Invoice", "InvoiceScan", "InvoiceState", "LineRecoding", "MedicalDetail", "NumberReadBack",
    "PatientListing", "PreAuthorisation", "PreAuthorisationState", "ReferralCancellation",
    "ReferralVoucher", "SpoiltAttestation", "SpoiltKind", "UseCounter", "UsualCare", "VisitKind",
    "WhyAgain",
]  # fmt: skip


class ClaimState(models.TextChoices):
    """submitted → (in_review) → decided → approved → paid; or refused. Reversal ends it."""

    IN_REVIEW = "in_review"  # a person must look before it goes on
    DECIDED = "decided"  # by the rules or by a person; waits for approval
    APPROVED = "approved"  # posted; waits for a settlement batch
    IN_BATCH = "in_batch"
    PAID = "paid"
    REFUSED = "refused"  # nothing is payable
    REVERSED = "reversed"


class Circuit(models.TextChoices):
    """Who asks: the provider, or the member who has paid."""

    THIRD_PARTY_PAYMENT = "third_party_payment"
    REIMBURSEMENT = "reimbursement"


class VisitKind(models.TextChoices):
    """How the person came to the provider; the values of ``core.care_package.Visit``."""

    PLANNED = "planned"
    EMERGENCY = "emergency"
    REFERRAL = "referral"
    FOLLOW_UP = "follow_up"


class Claim(MutualRecord):
    """One request: one person, one provider, one date of care.

    Four dates: care, received, recorded, posted (of its entry).
    """

    just_decided: CoreDecision | None = None  # by the command that recorded it, for its answer

    document_number = models.CharField(max_length=60)
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="claims")
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="claims"
    )
    membership = models.ForeignKey(
        "enrolment.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
    )
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, related_name="claims"
    )
    circuit = models.CharField(max_length=20, choices=Circuit)
    channel = models.CharField(max_length=12, blank=True)  # how a reimbursement is paid
    care_on = models.DateField()
    received_on = models.DateField()
    visit = models.CharField(max_length=12, choices=VisitKind, default=VisitKind.PLANNED)
    is_inpatient = models.BooleanField(null=True, blank=True)  # None: nobody said
    referral_number = models.CharField(max_length=60, blank=True)  # of the referral slip
    # The voucher of the register that proves the referral; None where there is none, or a fault.
    referral = models.ForeignKey(
        ReferralVoucher, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    # A value of ``core.care_path.PathStanding``; empty where no path of care concerns it.
    care_path = models.CharField(max_length=12, blank=True)
    # The claim that began the same episode of care: what one case pays once, they share.
    episode = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="following"
    )
    attestation_number = models.CharField(max_length=60, blank=True)
    attestation_key = models.CharField(max_length=70, blank=True, default="")  # booklets.paper_key
    # The earlier claim on the same attestation, where this one was kept in spite of it.
    attestation_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    invoice_number = models.CharField(max_length=60, blank=True)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    state = models.CharField(max_length=12, choices=ClaimState)
    stated_minor = models.BigIntegerField()  # Σ of the lines as the provider states them
    paper_total_minor = models.BigIntegerField(null=True, blank=True)  # written below them
    # What is odd about it (``core.claim_warnings``), and every code for which a person looks.
    warnings = models.JSONField(default=list, blank=True)
    review_codes = models.JSONField(default=list, blank=True)
    claimed_minor = models.BigIntegerField()  # what the decision starts from (a flat rate prices)
    payable_minor = models.BigIntegerField()
    decision_number = models.PositiveSmallIntegerField(default=1)  # of the decision in force
    entered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        "ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paid_on = models.DateField(null=True, blank=True)
    reversed_on = models.DateField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reversal_reason = models.CharField(max_length=300, blank=True)

    # The section of the family, and the one that pays the provider, on the day of the entry; of the
    # family on the day of care, for claims older than the column.
    home_branch = models.ForeignKey(
        "schemes.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    care_branch = models.ForeignKey(
        "schemes.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "document_number"], name="claim_number_once"),
            models.UniqueConstraint(
                fields=["mutual", "attestation_key"],
                condition=~models.Q(attestation_key="")
                & ~models.Q(state="reversed")
                & models.Q(attestation_of__isnull=True),
                name="attestation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    payable_minor__gte=0, payable_minor__lte=models.F("claimed_minor")
                ),
                name="claim_payable_within_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["mutual", "state"]),
            models.Index(
                fields=["mutual", "attestation_key"],
                condition=~models.Q(attestation_key=""),
                name="claim_on_attestation",
            ),
            models.Index(
                fields=["mutual", "invoice_number"],
                condition=~models.Q(invoice_number=""),
                name="claim_on_invoice",
            ),
            models.Index(fields=["mutual", "care_on"]),
            models.Index(
                fields=["mutual", "care_on"],
                condition=~models.Q(care_path=""),
                name="claim_on_care_path",
            ),
            models.Index(fields=["person", "care_on"]),
            models.Index(fields=["provider", "care_on"]),
        ]


class ClaimLine(MutualRecord):
    """One act or drug as the provider stated it; the statement itself is never altered."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    care_item = models.ForeignKey(
        "nomenclature.CareItem", on_delete=models.PROTECT, related_name="+"
    )
    category = models.ForeignKey(
        "nomenclature.CareCategory", on_delete=models.PROTECT, related_name="+"
    )
    # The act in force where the line was recoded; ``care_item`` stays what was coded at entry.
    recoded_item = models.ForeignKey(
        "nomenclature.CareItem", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    quantity = models.DecimalField(max_digits=10, decimal_places=2)
    # The units that the decision in force pays for; None: all that are stated.
    paid_quantity = models.DecimalField(max_digits=11, decimal_places=3, null=True, blank=True)
    unit_price_minor = models.BigIntegerField()
    claimed_minor = models.BigIntegerField()
    payable_minor = models.BigIntegerField(default=0)  # of the decision in force
    stated_as = models.CharField(max_length=160, blank=True)  # an unknown act, in its words
    pre_authorisation = models.ForeignKey(
        "claims.PreAuthorisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
    )
    other_payer_minor = models.BigIntegerField(default=0)  # what another payer paid of it

    objects = of_family("claim__household__branch")

    @property
    def act(self) -> CareItem:
        """The act in force: as recoded, else as coded at entry."""
        return self.recoded_item or self.care_item

    class Meta:
        ordering = ["claim_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="claim_line_position_once")
        ]


class Decision(MutualRecord):
    """What was decided on a claim, with everything needed to replay it years later.

    ``made_by`` is the system when the rules decided alone. ``context`` is what the rules saw
    (cover, amounts used before, tariffs), ``outcome`` the lines with every reduction.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    product_version = models.ForeignKey(
        "schemes.ProductVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    context = models.JSONField()
    outcome = models.JSONField()
    claimed_minor = models.BigIntegerField()
    payable_minor = models.BigIntegerField()
    reason = models.TextField(blank=True)

    objects = of_family("claim__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="decision_number_once")
        ]


class MedicalDetail(MutualRecord):
    """Diagnosis and notes of a claim: medical roles only, every reading logged."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="medical_detail")
    diagnosis = models.ForeignKey(
        "nomenclature.Diagnosis", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    notes = models.TextField(blank=True)
    expected_delivery_on = models.DateField(null=True, blank=True)

    objects = of_family("claim__household__branch")


class UseCounter(MutualRecord):
    """What a person or a household has used of a category, or of a limit, in one cover year.

    Kept so that deciding a claim costs the same whatever the history; ``verify`` recounts it.
    ``category_code`` is empty for the overall ceiling, a key of ``core.adjudication.scopes`` for a
    limit or a deductible of the product (``amount_minor`` is then what the key counts); ``person``
    is empty for the household's.
    """

    household = models.ForeignKey("enrolment.Household", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "enrolment.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category_code = models.CharField(max_length=80, blank=True)
    year_from = models.DateField()  # the first day of the cover year
    amount_minor = models.BigIntegerField(default=0)
    case_count = models.PositiveIntegerField(default=0)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person", "category_code", "year_from"],
                condition=models.Q(person__isnull=False),
                name="use_counter_once_for_person",
            ),
            models.UniqueConstraint(
                fields=["household", "category_code", "year_from"],
                condition=models.Q(person__isnull=True),
                name="use_counter_once_for_household",
            ),
        ]
        indexes = [models.Index(fields=["household", "year_from"], name="use_counter_of_the_year")]
