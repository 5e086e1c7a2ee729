"""A claim as its paper says it, before anything is read for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from entraide.apps.claims.around import ORDINARY, Circumstances
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, Invoice
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider


@dataclass(frozen=True, slots=True)
class ClaimPaper:
    """A claim as its paper says it; ``stated_total_minor``: the total written below the lines;
    ``invoice``: the one received that it stands on."""

    person: Person
    provider: Provider
    circuit: Circuit
    care_on: date
    received_on: date
    lines: tuple[LineEntry, ...]
    attestation_number: str = ""
    stated_total_minor: int | None = None
    circumstances: Circumstances = ORDINARY
    invoice: Invoice | None = None
