"""Care that a programme pays for instead of the mutual (gratuité): for whom, where, since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from entraide.core.care_package import Sector, Target
from entraide.core.periods import age_on


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme of free care, during ``[effective_from, effective_until)``.

    It says nothing of what it leaves empty. What is not known of a person does not hold: where the
    programme names ages, a person of no known birth is not of it. Both ages are inside.
    """

    name: str
    target: Target
    effective_from: date
    effective_until: date | None = None
    sectors: tuple[Sector, ...] = ()
    sex: str = ""
    min_age_years: int | None = None
    max_age_years: int | None = None

    def is_for(self, *, sex: str, birth_on: date | None, sector: Sector, on: date) -> bool:
        """Whether a person, at such a provider, is of the programme on a day."""
        if on < self.effective_from or (
            self.effective_until is not None and on >= self.effective_until
        ):
            return False
        if self.sectors and sector not in self.sectors:
            return False
        if self.sex and self.sex != sex:
            return False
        youngest, oldest = self.min_age_years, self.max_age_years
        if youngest is None and oldest is None:
            return True
        if birth_on is None:
            return False
        age = age_on(birth_on, on)
        return (youngest is None or youngest <= age) and (oldest is None or age <= oldest)


def payer_of(
    programmes: Iterable[Programme], category: str, system: str, code: str, kind: str
) -> str | None:
    """The first of the programmes that a person is of which pays for an act; None for none."""
    for programme in programmes:
        if programme.target.covers(category, system, code, kind):
            return programme.name
    return None
