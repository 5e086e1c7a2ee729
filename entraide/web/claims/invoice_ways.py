"""Who may open the reception register: whoever reads the registers of the whole mutual."""

from __future__ import annotations

from entraide.apps.access.records import sections_in_sight
from entraide.apps.schemes.rights import Right
from entraide.web.office import OfficeRequest


def may_open_invoices(request: OfficeRequest) -> bool:
    """Whether a person may follow a link to an invoice."""
    return Right.READ_REGISTERS in request.rights and sections_in_sight() is None
