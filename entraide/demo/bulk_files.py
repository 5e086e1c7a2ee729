"""What a mutual's rule of files holds back, for rights computed in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from entraide.apps.enrolment.files import household_file
from entraide.apps.enrolment.models import Household, Person
from entraide.apps.schemes.file_rules import file_rules, rule_of
from entraide.apps.schemes.models import Mutual
from entraide.core.completeness import (
    NOTHING_ASKED,
    FileRule,
    MissingPiece,
    holding_back,
    missing_pieces,
)


class BulkFiles:
    """The rules of one mutual, read once: ``enrolment.files`` asks for them at each claim."""

    def __init__(self, mutual: Mutual) -> None:
        self.mutual = mutual

    @cached_property
    def _rules(self) -> list[tuple[date, FileRule]]:
        """The approved rules with their first day, the latest first."""
        versions = file_rules(self.mutual).filter(approved_at__isnull=False)
        ordered = versions.order_by("-effective_from", "-number")
        return [(version.effective_from, rule_of(version)) for version in ordered]

    def held_back(
        self, household: Household, persons: Iterable[Person], person: Person, on: date
    ) -> tuple[MissingPiece, ...]:
        """The missing pieces that hold back the rights of a person on a day."""
        rule = next((each for since, each in self._rules if since <= on), NOTHING_ASKED)
        if not rule.suspending:
            return ()
        file = household_file(household, persons, on)
        return holding_back(missing_pieces(rule, file, on), person.number, on)
