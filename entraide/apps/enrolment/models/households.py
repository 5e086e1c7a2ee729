"""Who is covered: households, their persons, and the covers that they take."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

from entraide.apps.access.records import MutualRecord, mutual_without_index, of_family
from entraide.apps.enrolment.models.groups import PartnerGroup


class PhoneOwner(models.TextChoices):
    """Whose telephone it is: several persons may be called on one."""

    OWN = "own"
    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    NEIGHBOUR = "neighbour"
    GROUP_OFFICER = "group_officer"
    OTHER = "other"


class SignedBy(models.TextChoices):
    """How the member signed the paper."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"


class DocumentKind(models.TextChoices):
    """The paper that proves who a person is."""

    NATIONAL_CARD = "national_card"
    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    VOTER_CARD = "voter_card"
    RESIDENCE = "residence"
    OTHER = "other"


class Household(MutualRecord):
    """The unit of enrolment and of the card. ``number`` is printed on the card and stays."""

    mutual = mutual_without_index()
    number = models.CharField(max_length=40)
    group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="households"
    )
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    branch = models.ForeignKey(
        "schemes.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declared_size = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=12, default="direct")  # paper, direct, import
    enrolled_on = models.DateField()
    phone_owner = models.CharField(max_length=20, choices=PhoneOwner, blank=True)
    # The member agreed that the mutual keeps these facts, and signed: by hand or by thumbprint,
    # which a witness then names.
    consent_on = models.DateField(null=True, blank=True)
    signed_by = models.CharField(max_length=12, choices=SignedBy, blank=True)
    witness_name = models.CharField(max_length=160, blank=True)
    form_version = models.ForeignKey(
        "enrolment.EnrolmentFormVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_here"
    )

    objects = of_family("branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="household_number_once")
        ]
        indexes = [
            models.Index(fields=["mutual", "enrolled_on"]),
            models.Index(
                fields=["mutual", "number"],
                condition=models.Q(merged_into__isnull=True),
                name="household_kept",
            ),
        ]


class BirthPrecision(models.TextChoices):
    """How sure the birth date is: age limits are read at the doubt's benefit."""

    EXACT = "exact"
    YEAR = "year"
    AROUND = "around"


class Person(MutualRecord):
    """A member or a dependant of one household. A Malagasy name stands whole in ``name``.

    ``search_text`` is the normalised name, number and phone: lower case, without accents.
    """

    mutual = mutual_without_index()
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="persons")
    number = models.CharField(max_length=40)  # household number and rank: the card number
    is_member = models.BooleanField(default=False)  # the adhérent, who joins and owes
    name = models.CharField(max_length=160)
    given_name = models.CharField(max_length=120, blank=True)
    relation = models.CharField(max_length=20)  # member, spouse, child, parent, other
    sex = models.CharField(max_length=1)
    birth_on = models.DateField()
    birth_precision = models.CharField(
        max_length=10, choices=BirthPrecision, default=BirthPrecision.EXACT
    )
    phone = models.CharField(max_length=40, blank=True)
    has_photo = models.BooleanField(default=False)
    entered_on = models.DateField()
    exited_on = models.DateField(null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    search_text = models.CharField(max_length=400, blank=True)
    occupation = models.CharField(max_length=80, blank=True)
    document_kind = models.CharField(max_length=20, choices=DocumentKind, blank=True)
    document_number = models.CharField(max_length=40, blank=True)
    phone_owner = models.CharField(max_length=20, choices=PhoneOwner, blank=True)
    mother = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    exit_reason = models.CharField(max_length=30, blank=True)
    # A newborn declared in short form is covered until this day, longer once registered.
    provisional_until = models.DateField(null=True, blank=True)
    # Registered after those days: not covered during ``[lapse_from, lapse_until)``, covered before.
    lapse_from = models.DateField(null=True, blank=True)
    lapse_until = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_here"
    )

    objects = of_family("household__branch")

    class Meta:
        ordering = ["household_id", "-is_member", "birth_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="person_number_once"),
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(is_member=True, exited_on__isnull=True, died_on__isnull=True),
                name="one_member_per_household",
            ),
        ]
        indexes = [
            models.Index(fields=["mutual", "search_text"]),
            # Who may be the same person: those born about then, by a piece of their name.
            models.Index(fields=["mutual", "birth_on"]),
            models.Index(
                fields=["mutual", "entered_on", "household"],
                condition=models.Q(has_photo=False),
                name="person_without_photo",
            ),
            models.Index(
                fields=["mutual", "provisional_until"],
                condition=models.Q(provisional_until__isnull=False),
                name="newborn_to_register",
            ),
            models.Index(
                fields=["mutual", "name", "household"],
                condition=models.Q(is_member=True),
                name="member_by_name",
            ),
        ]

    @property
    def full_name(self) -> str:
        """The name as papers write it: ``RAKOTO Hasina``; as it was typed where it is not split."""
        return f"{self.name.upper()} {self.given_name}" if self.given_name else self.name

    @property
    def spoken_name(self) -> str:
        """The name as people say it, in the letters in which it was registered."""
        return f"{self.given_name} {self.name}".strip()


class Membership(MutualRecord):
    """One household × one product × one cover period ``[effective_from, effective_until)``.

    ``seniority_from`` is where waiting periods start: the first cover of an unbroken row.
    The loan fields are filled where the contribution is a rate of a loan.
    """

    mutual = mutual_without_index()
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    product = models.ForeignKey("schemes.Product", on_delete=models.PROTECT, related_name="+")
    product_version = models.ForeignKey(
        "schemes.ProductVersion", on_delete=models.PROTECT, related_name="+"
    )
    group = models.ForeignKey(
        PartnerGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    enrolled_on = models.DateField()
    effective_from = models.DateField()
    effective_until = models.DateField()
    seniority_from = models.DateField()
    waits = models.BooleanField(default=True)  # False: the group's contract waives waiting periods
    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by"
    )
    loan_minor = models.BigIntegerField(null=True, blank=True)
    loan_reference = models.CharField(max_length=60, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=30, blank=True)

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_until__gt=models.F("effective_from")),
                name="membership_interval",
            )
        ]
        indexes = [
            models.Index(fields=["mutual", "effective_from"]),
            models.Index(
                fields=["household", "effective_from", "effective_until", "ended_on"],
                name="membership_of_household",
            ),
            models.Index(
                fields=["mutual", "effective_until", "effective_from", "ended_on", "household"],
                name="membership_days",
            ),
            models.Index(
                "mutual",
                Coalesce("ended_on", "effective_until"),
                "household",
                name="membership_end",
            ),
        ]
