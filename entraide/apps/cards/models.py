"""Cards, what happened to each, the runs that printed them, and the keys that sign them."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from entraide.apps.access.records import MutualRecord, of_family


class CardKey(MutualRecord):
    """A key that signs the cards of a mutual. The newest that is not given up signs.

    ``private_sealed`` is sealed under the secret key of the installation (``access.sealing``).
    ``revoked_on``: others may have it, what it signed proves nothing any more.
    """

    key_id = models.CharField(max_length=8)
    public_key = models.CharField(max_length=64)  # base 64 of the raw 32 bytes
    private_sealed = models.TextField()
    made_on = models.DateField()
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    revoked_on = models.DateField(null=True, blank=True)

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mutual", "key_id"], name="card_key_once")]


class CardUse(models.TextChoices):
    """The states of ``core.cards.CardState``."""

    PRINTED = "printed"
    LOST = "lost"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class Card(MutualRecord):
    """One card on paper. ``person`` bears it: the member for a family's card.

    ``number`` names this piece of paper; the person's own number stays from card to card.
    ``printed_at`` is the last print: what changed in the register later is not on the card.
    """

    number = models.CharField(max_length=40)
    household = models.ForeignKey(
        "enrolment.Household", on_delete=models.PROTECT, related_name="cards"
    )
    person = models.ForeignKey("enrolment.Person", on_delete=models.PROTECT, related_name="cards")
    unit = models.CharField(max_length=12)  # household or person: who is named on it
    issued_on = models.DateField()
    state = models.CharField(max_length=12, choices=CardUse, default=CardUse.PRINTED)
    printed_at = models.DateTimeField()
    prints_count = models.PositiveSmallIntegerField(default=1)
    handed_over_on = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = of_family("household__branch")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="card_number_once"),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state=CardUse.PRINTED),
                name="one_card_in_use",
            ),
        ]
        indexes = [
            models.Index(fields=["mutual", "state", "-id"]),
            models.Index(fields=["household", "-id"]),
        ]


class CardPrint(MutualRecord):
    """One run of the printer: which cards, on which paper. Its file can be made again."""

    number = models.CharField(max_length=40)
    layout = models.CharField(max_length=12)  # sheet or single
    cards_count = models.PositiveIntegerField()
    printed_on = models.DateField()
    printed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager(mutual="mutual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mutual", "number"], name="card_print_number_once")
        ]


class CardEvent(MutualRecord):
    """What happened to a card (``core.cards.CardAct``): never changed. Append-only by triggers."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=12)
    occurred_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    print_run = models.ForeignKey(
        CardPrint, on_delete=models.PROTECT, null=True, related_name="events"
    )

    objects = of_family("card__household__branch")
