"""Who gives care, at which price, under which agreement."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, Record


class Provider(Record):
    """A health post, centre, hospital, pharmacy …; network-owned."""

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    sector = models.CharField(max_length=20)  # core.product.Sector
    level = models.CharField(max_length=20, blank=True)  # post, centre, hospital
    area = models.ForeignKey(
        "nomenclature.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="provider_code_once")
        ]

    def __str__(self) -> str:
        return self.name


class TariffList(Record):
    """A list of agreed prices in one currency; network-owned, shared by several providers."""

    system = models.SlugField(max_length=40)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=160)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code"], name="tariff_list_code_once")
        ]


class Tariff(Record):
    """The price of one service or drug from a day on (until the next price, or for ever).

    ``unit_price_minor`` 0 is a price of its own (given free), not an absence of price.
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


class Agreement(MutualRecord):
    """A mutual and a provider work together during ``[effective_from, effective_until)``."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="agreements")
    tariff_list = models.ForeignKey(
        TariffList, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    is_third_party_payment = models.BooleanField(default=True)
    reference = models.CharField(max_length=80, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        indexes = [models.Index(fields=["mutual", "provider", "effective_from"])]
