"""A file that the demonstration has imported: what the old tool had paid before the network began.

The command puts both together: the demonstration knows nothing of exchange, nor the reverse.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

MUTUAL, FAMILIES = "atia-sante", 12
FILE_NAME = "sinistres-avant.csv"
_HEADER = ("N° sinistre", "N° bénéficiaire", "Nom", "Date soins", "Nature des soins", "Prestataire",
           "Montant facture", "Montant remboursé", "Date remboursement")  # fmt: skip
_CARE = (
    ("Consultation", "Centre de santé du quartier", 4_000, 3_000),
    ("Pharmacie", "Pharmacie du quartier", 9_200, 6_900),
    ("Hospitalisation", "Hôpital d’Antananarivo", 64_000, 48_000),
    ("Analyses", "Laboratoire du quartier", 6_000, 4_500),
)


def import_history(until: date) -> None:
    """Claims of a dozen members from before their enrolment, imported as history.

    Nothing is posted and no figure of the demonstration moves.
    """
    from django_scopes import scope

    from entraide.apps.access.services import system_user
    from entraide.apps.schemes.selectors import mutual_by_code
    from entraide.exchange.registers.running import carry_out, prepare_import

    mutual, actor = mutual_by_code(MUTUAL), system_user()
    with scope(mutual=mutual):
        draft = prepare_import(
            mutual=mutual, actor=actor, on=until, idempotency_key="demo-history",
            file_name=FILE_NAME, content=_table(), profile="bmas-sinistres", options={},
        )  # fmt: skip
        carry_out(draft, actor=actor, on=until, idempotency_key="demo-history-done")


def _table() -> bytes:
    """The old tool’s table, in the scope of the mutual."""
    from entraide.apps.enrolment.models import Person

    members = Person.objects.filter(is_member=True).select_related("household").order_by("number")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_HEADER)
    for rank, person in enumerate(members[:FAMILIES]):
        nature, provider, asked, paid = _CARE[rank % len(_CARE)]
        care_on = person.household.enrolled_on - timedelta(days=60 + 11 * rank)
        writer.writerow(
            (f"S-{rank + 1:03}", person.number, person.full_name, f"{care_on:%d/%m/%Y}", nature,
             provider, asked, paid, f"{care_on + timedelta(days=21):%d/%m/%Y}")
        )  # fmt: skip
    return text.getvalue().encode()
