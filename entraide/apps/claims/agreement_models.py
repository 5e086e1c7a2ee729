"""Prior agreements, the calls about them, and the lists of patients that the rules know."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class PreAuthorisationState(models.TextChoices):
    """What was answered to a request for prior agreement."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class PreAuthorisation(MutualRecord):
    """Care that the mutual agrees to pay before it is given (accord préalable, prise en charge).

    For one act, or for all care of a category, at one provider or at any, during
    ``[effective_from, effective_until)``. The number is what the provider writes on the attestation
    and what the guarantee letter bears. ``amount_minor`` None: no amount was said.
    """

    document_number = models.CharField(max_length=60)
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("enrolment.Household", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        "providers.Provider", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "nomenclature.CareCategory", on_delete=models.PROTECT, related_name="+"
    )
    care_item = models.ForeignKey(
        "nomenclature.CareItem", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount_minor = models.BigIntegerField(null=True, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField()
    asked_on = models.DateField()
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    by_telephone = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=PreAuthorisationState, default=PreAuthorisationState.ASKED
    )
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)  # read by the family and the provider

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "document_number"], name="pre_authorisation_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__isnull=True) | models.Q(amount_minor__gt=0),
                name="pre_authorisation_amount_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_until__gt=models.F("effective_from")),
                name="pre_authorisation_has_days",
            ),
        ]
        indexes = [
            models.Index(fields=["mutual", "state", "asked_on"], name="pre_authorisation_waiting"),
            models.Index(fields=["person", "effective_from"], name="pre_authorisation_of_person"),
        ]

    def __str__(self) -> str:
        return self.document_number


class PatientListing(MutualRecord):
    """A person on a list that the rules know (``chronic``, ``indigent`` …), during
    ``[effective_from, effective_until)``. Which list a person is on may be medical."""

    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("enrolment.Household", on_delete=models.PROTECT, related_name="+")
    list_code = models.SlugField(max_length=40)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    listed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "list_code"],
                condition=models.Q(effective_until__isnull=True),
                name="patient_listed_once",
            )
        ]


class AgreementCall(MutualRecord):
    """A person called about a prior agreement: name and post as they said them, day and hour.

    Nothing medical stands here. Nothing of a call changes; a later call is another row.
    """

    authorisation = models.ForeignKey(
        PreAuthorisation, on_delete=models.PROTECT, related_name="calls"
    )
    called_on = models.DateField()
    called_at = models.TimeField()  # in the mutual's time zone
    caller_name = models.CharField(max_length=80)
    caller_post = models.CharField(max_length=80)  # what they do at the provider's
    caller_phone = models.CharField(max_length=30, blank=True)
    taken_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("authorisation__household__branch")

    class Meta:
        indexes = [models.Index(fields=["mutual", "called_on"], name="agreement_call_of_day")]


class NumberReadBack(MutualRecord):
    """The caller said the number of the agreement again, and it was right.

    ``number`` as it was said; ``read_by`` is the person of the mutual who read it out and listened.
    """

    call = models.OneToOneField(AgreementCall, on_delete=models.PROTECT, related_name="read_back")
    number = models.CharField(max_length=60)
    read_on = models.DateField()
    read_at = models.TimeField()
    read_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = of_family("call__authorisation__household__branch")
