"""Who gives care, at which price, under which agreement."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, Record
from entraide.apps.providers.assessment_models import ProviderAssessment
from entraide.apps.providers.incentive_models import IncentiveTerm
from entraide.apps.providers.negotiation_models import NegotiationNote, PriceProposal
from entraide.apps.providers.party_models import ConventionParty

__all__ = [
    "ConventionParty",
    "IncentiveTerm",
    "NegotiationNote",
    "PriceProposal",
    "ProviderAssessment",
]


def _someone(*, is_optional: bool = False) -> models.ForeignKey[object, object]:
    """Who did a step."""
    return models.ForeignKey(
        "access.User",
        on_delete=models.PROTECT,
        null=is_optional,
        blank=is_optional,
        related_name="+",
    )


class ProviderState(models.TextChoices):
    """Whether a provider is of the network's list, or proposed by one mutual and used by it."""

    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    REFUSED = "refused"


class Provider(Record):
    """A health post, centre, hospital, pharmacy …; network-owned. Closed with a day, never deleted.

    ``services`` are codes of ``core.conventions.ProviderService``; ``closed_on`` is the first day
    without care.
    """

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    sector = models.CharField(max_length=20)  # core.product.Sector
    level = models.CharField(max_length=20, blank=True)  # core.product.ProviderLevel; "" unknown
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    phone = models.CharField(max_length=40, blank=True)
    services = models.JSONField(default=list, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=160, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    state = models.CharField(max_length=10, choices=ProviderState, default=ProviderState.ACCEPTED)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="provider_code_once")
        ]

    def __str__(self) -> str:
        return self.name


class ProviderProposal(MutualRecord):
    """A provider that no list knew: which mutual said it, and what was decided of it."""

    provider = models.OneToOneField(Provider, on_delete=models.PROTECT, related_name="proposal")
    proposed_by = _someone()
    proposed_on = models.DateField()
    decision = models.CharField(max_length=10, choices=ProviderState, blank=True)
    decided_by = _someone(is_optional=True)
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")


class TariffList(Record):
    """A list of agreed prices in one currency; network-owned, shared by several providers.

    ``is_network``: the prices of all mutuals of the network for providers of ``level`` (every
    level when empty); only the network's administrator approves its prices.
    """

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=160)
    currency = models.CharField(max_length=3)
    is_network = models.BooleanField(default=False)
    level = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="tariff_list_code_once")
        ]

    def __str__(self) -> str:
        return self.name


class Tariff(Record):
    """The price of one service or drug from a day on (until the next price, or for ever).

    ``unit_price_minor`` 0 is a price of its own (given free), not an absence of price. Never
    edited: another price is another row with its day.
    """

    tariff_list = models.ForeignKey(TariffList, on_delete=models.PROTECT, related_name="tariffs")
    care_item = models.ForeignKey(
        "nomenclature.CareItem", on_delete=models.PROTECT, related_name="tariffs"
    )
    unit_price_minor = models.BigIntegerField()
    effective_from = models.DateField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tariff_list", "care_item", "effective_from"], name="tariff_day_once"
            ),
            models.CheckConstraint(
                condition=models.Q(unit_price_minor__gte=0), name="tariff_not_negative"
            ),
        ]


class PriceChangeState(models.TextChoices):
    """Prices wait for a second person; approved, they stand in the list."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class PriceChange(MutualRecord):
    """Prices entered for a list from a day on, until a second person approves them.

    ``lines``: ``[[system, kind, code, unit_price_minor], …]``: a care item by its code, so that
    the row means the same in another installation.
    """

    tariff_list = models.ForeignKey(TariffList, on_delete=models.PROTECT, related_name="changes")
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    lines = models.JSONField()
    state = models.CharField(
        max_length=10, choices=PriceChangeState, default=PriceChangeState.WAITING
    )
    entered_by = _someone()
    entered_on = models.DateField()
    decided_by = _someone(is_optional=True)
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "state"])]


class AgreementState(models.TextChoices):
    """A draft counts for nothing; approved, it holds during its days."""

    DRAFT = "draft"
    APPROVED = "approved"
    REFUSED = "refused"


class Agreement(MutualRecord):
    """A mutual and a provider work together during ``[effective_from, effective_until)``.

    Entered by one person and approved by another. ``services`` empty: all that the provider does;
    ``discount_rate`` is of the prices; ``clauses``: clause → words (``core.conventions.WORDED``).
    ``approved_by`` is empty where the paper had been signed before it was taken over here.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="agreements")
    tariff_list = models.ForeignKey(
        TariffList, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    is_third_party_payment = models.BooleanField(default=True)
    reference = models.CharField(max_length=80, blank=True)
    payment_delay_days = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    discount_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    needs_guarantee_letter = models.BooleanField(default=False)
    services = models.JSONField(default=list, blank=True)
    clauses = models.JSONField(default=dict, blank=True)
    signed_for_provider = models.CharField(max_length=160, blank=True)
    signed_for_mutual = models.CharField(max_length=160, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AgreementState, default=AgreementState.APPROVED)
    entered_by = _someone(is_optional=True)
    entered_on = models.DateField(null=True, blank=True)
    approved_by = _someone(is_optional=True)
    approved_on = models.DateField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=200, blank=True)
    notice_given_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    ended_by = _someone(is_optional=True)
    ended_on = models.DateField(null=True, blank=True)  # the day it was recorded
    # The section that pays this provider: care given to families of others is settled with them.
    branch = models.ForeignKey(
        "schemes.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "provider", "effective_from"])]


class ConventionScan(MutualRecord):
    """The signed paper of a convention, as a PDF or a picture; the latest is shown first."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="scans")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    recorded_by = _someone()
    recorded_on = models.DateField()

    objects = ScopedManager(mutual="mutual")


class ConventionBreach(MutualRecord):
    """What was done against a clause of a convention, and what came of it.

    Each later step is filled once: notice given, the provider's reply, the sanction, the closure.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="breaches")
    clause = models.CharField(max_length=30)  # core.conventions.Clause
    occurred_on = models.DateField()
    what_happened = models.CharField(max_length=1000)
    evidence = models.CharField(max_length=300, blank=True)
    entered_by = _someone()
    entered_on = models.DateField()
    notice_given_on = models.DateField(null=True, blank=True)
    reply = models.CharField(max_length=1000, blank=True)
    replied_on = models.DateField(null=True, blank=True)
    sanction = models.CharField(max_length=300, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = _someone(is_optional=True)
    outcome = models.CharField(max_length=300, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "closed_on"])]


class ProviderTurnover(MutualRecord):
    """What a provider says it earned in a year, from everybody; the latest said of a year holds."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="turnovers")
    year = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    source = models.CharField(max_length=200)
    recorded_by = _someone()
    recorded_on = models.DateField()

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "provider", "year"])]


class PostState(models.TextChoices):
    """Proposed by one person, a post opens nothing; approved by another, it holds in its days."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class ProviderPost(MutualRecord):
    """A person serves at the portal for one provider, during ``[effective_from, effective_until)``.

    One provider a person, in every mutual that has a convention with it.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="posts")
    user = _someone()
    state = models.CharField(max_length=10, choices=PostState, default=PostState.PROPOSED)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    proposed_by = _someone()
    proposed_on = models.DateField()
    decided_by = _someone(is_optional=True)
    decided_on = models.DateField(null=True, blank=True)
    ended_by = _someone(is_optional=True)
    reason = models.CharField(max_length=200, blank=True)  # of the refusal or of the end

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mutual", "user"],
                condition=models.Q(effective_until__isnull=True) & ~models.Q(state="refused"),
                name="provider_post_once",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_until__isnull=True)
                | models.Q(effective_until__gte=models.F("effective_from")),
                name="provider_post_interval",
            ),
        ]
