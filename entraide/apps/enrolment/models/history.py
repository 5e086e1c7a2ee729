"""What changed in the register, what a person was called before, and who may be one person."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class RegisterChange(MutualRecord):
    """One fact of a household or a person changed; the database refuses any change of the row.

    ``before`` and ``after`` hold the values as the register writes them: days in ISO form, choices
    by their code, records by their number or name. ``person`` is empty for the household's facts.
    """

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="changes"
    )
    person = models.ForeignKey(
        "enrolment.Person", on_delete=models.PROTECT, null=True, related_name="changes"
    )
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    occurred_on = models.DateField()  # when it happened in the world
    recorded_on = models.DateField()  # the day of the act that wrote it
    actor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    objects = of_family("household__branch")

    class Meta:
        indexes = [
            models.Index(fields=["household", "-id"]),
            models.Index(fields=["person", "occurred_on"]),
        ]


class EarlierNumber(MutualRecord):
    """A number that a person's card bore before: the card stays good.

    ``key`` is the number without blanks and in capitals: how it is looked up.
    """

    person = models.ForeignKey(
        "enrolment.Person", on_delete=models.PROTECT, related_name="earlier_numbers"
    )
    number = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    source = models.CharField(max_length=20)  # import, merge

    objects = of_family("person__household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "key"], name="earlier_number_once")
        ]


class ResemblanceState(models.TextChoices):
    """What was answered to « is it the same person? »."""

    OPEN = "open"
    OTHER = "other"
    MERGED = "merged"


class Resemblance(MutualRecord):
    """Two registered persons who may be one. ``first`` is the one registered before."""

    first = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField()  # 0 to 100: how alike they are
    state = models.CharField(max_length=10, choices=ResemblanceState, default=ResemblanceState.OPEN)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = of_family("first__household__branch", "second__household__branch")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="resemblance_once")]
        indexes = [models.Index(fields=["mutual", "state", "-percent"])]
