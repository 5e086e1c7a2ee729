"""The photos of persons and of families, kept one after the other."""

from __future__ import annotations

from django.db import models

from entraide.apps.access.records import MutualRecord, of_family


class PhotoKind(models.TextChoices):
    """Of one person, or of the whole family with the persons named on it."""

    PERSON = "person"
    FAMILY = "family"


class Photo(MutualRecord):
    """A photo as it is kept: small, upright, stripped of what the camera wrote into it.

    ``content`` is a JPEG; ``sha256`` its fingerprint, which stands in its address. The latest
    is shown, the earlier ones stay. ``shown`` are the persons named on a family photo.
    """

    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="photos"
    )
    person = models.ForeignKey(
        "enrolment.Person", on_delete=models.PROTECT, null=True, related_name="photos"
    )
    kind = models.CharField(max_length=10, choices=PhotoKind)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()  # pixels
    height = models.PositiveSmallIntegerField()
    taken_on = models.DateField()
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    shown = models.ManyToManyField("enrolment.Person", related_name="family_photos")

    objects = of_family("household__branch")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-taken_on"]),
            models.Index(fields=["household", "kind"]),
        ]
