"""What the mutual gives itself for care: days for each step of a claim, the gap that alerts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from entraide.apps.schemes.choice_kinds import ChoiceArea, NumberChoice, RateChoice
from entraide.apps.schemes.models import ChoiceChange, Mutual
from entraide.core.delays import Step

_MEANING = _(
    "In days. The page of delays compares each claim with it and lists those that are late; "
    "nothing is refused or paid otherwise because of it."
)


def _days(name: str, title: str, default: int) -> NumberChoice:
    return NumberChoice(
        name, title, _MEANING, default, ChoiceArea.CARE, "0.2.0", minimum=0, maximum=365
    )


TARGETS: dict[Step, NumberChoice] = {
    Step.RECEPTION_TO_RECORD: _days("record_days", _("Entry after the reception"), 3),
    Step.RECORD_TO_DECISION: _days("decision_days", _("Decision after the entry"), 5),
    Step.DECISION_TO_APPROVAL: _days("approval_days", _("Approval after the decision"), 7),
    Step.APPROVAL_TO_BATCH: _days("batch_days", _("Settlement batch after the approval"), 15),
    Step.BATCH_TO_PAYMENT: _days("payment_days", _("Payment after the settlement batch"), 7),
    Step.RECEPTION_TO_PAYMENT: _days("promise_days", _("Promise: payment after the reception"), 30),
}
RISK_GAP_THRESHOLD = RateChoice(
    "risk_gap_threshold",
    _("Gap to the tariff that gives the alert"),
    _(
        "The risk board gives the alert when the frequency, the mean cost or the cost per person "
        "over twelve months is above what the tariff assumes by more than this part, two months "
        "running."
    ),
    "0.20",
    ChoiceArea.CARE,
    "0.2.0",
)
CARE_CHOICES = (*TARGETS.values(), RISK_GAP_THRESHOLD)


@dataclass(frozen=True, slots=True)
class Promise:
    """The days within which a mutual promised to pay, by the day on which papers were received.

    ``until``: (first day on which another promise stood, days promised before it), in order.
    """

    until: tuple[tuple[date, int], ...]
    today_days: int

    def on(self, received_on: date) -> int:
        """What was promised to whoever brought a paper on a day; the latest word of a day counts.

        A mutual that never changed its word made today's from its beginning.
        """
        return next((days for end, days in self.until if received_on < end), self.today_days)

    def spans(self) -> Iterator[tuple[date | None, date | None, int]]:
        """From (None: the beginning), until (None: today's word) and days of each promise."""
        start: date | None = None
        for end, days in self.until:
            if start != end:
                yield start, end, days
            start = end
        yield start, None, self.today_days


def promise_of(mutual: Mutual) -> Promise:
    """The promise of a mutual with what it was before, by its history. One query."""
    choice = TARGETS[Step.RECEPTION_TO_PAYMENT]
    changes = ChoiceChange.objects.filter(mutual=mutual, name=choice.name).order_by("id")
    until = [
        (on, choice.read(before)) for on, before in changes.values_list("changed_on", "before")
    ]
    return Promise(tuple(until), choice.of(mutual))


def targets_of(mutual: Mutual) -> dict[Step, int]:
    """The targets of a mutual in days, by step. No query."""
    return {step: choice.of(mutual) for step, choice in TARGETS.items()}
