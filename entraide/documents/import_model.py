"""The model of a table to fill in: its columns, one row as an example, what each of them is."""

from __future__ import annotations

import io
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from entraide.files.table_profile import TableProfile

_EXAMPLES: Mapping[str, str] = {
    "household_number": "1",
    "card_number": "A-001",
    "name": "RAKOTO",
    "given_name": "Hasina",
    "birth": "12/06/1987",
    "sex": "F",
    "relation": "Adhérent",
    "phone": "034 12 345 67",
    "occupation": "Couturière",
    "address": "Lot II B 12",
    "area": "Ambohitrarahaba",
    "group": "Coopérative Mendrika",
    "enrolled_on": "02/01/2025",
    "cover_from": "02/01/2025",
    "cover_last_on": "01/01/2026",
    "owed_minor": "12 500",
    "advance_minor": "0",
    "has_photo": "oui",
    "left_on": "",
    "receipt_number": "R-0001",
    "paid_on": "02/01/2025",
    "amount_minor": "24 000",
    "channel": "Espèces",
    "nature": "Cotisation",
    "visited_on": "15/03/2025",
    "agent": "Lova",
    "subject": "Suivi de grossesse",
    "outcome": "À revoir",
    "client_number": "C-0457",
    "loan_number": "P-2025-118",
    "loan_minor": "500 000",
    "disbursed_on": "10/06/2025",
    "term_months": "12",
    "contribution_minor": "24 000",
    "savings_account": "EP-0457",
    "movement": "Entrée",
    "moved_on": "01/06/2025",
    "provider_code": "CSB-012",
    "provider_name": "CSB II Ambohitrarahaba",
    "sector": "Public",
    "level": "CSB",
    "services": "Consultation, accouchement, pharmacie",
    "opening_hours": "8 h à 16 h",
    "contact_name": "Mme Rasoa",
    "latitude": "-18.8421",
    "longitude": "47.5532",
    "care_item": "CONS",
    "care_label": "Consultation",
    "unit_price_minor": "2 000",
    "price_list": "",
    "effective_from": "01/01/2026",
    "scheme_number": "M-12345",
    "payer": "Caisse nationale",
    "claim_number": "S-0457",
    "care_on": "12/03/2025",
    "category": "Consultation",
    "provider": "CSB II Ambohitrarahaba",
    "asked_minor": "4 000",
    "paid_minor": "3 200",
    "payout_number": "BR-2025-00012-1",
    "payout_outcome": "payé",
    "answered_on": "02/07/2025",
    "return_code": "",
    "bank_reference": "FT25183-001",
    "return_words": "",
}
_HEAD_ROWS = 1


def model_workbook(
    profile: TableProfile, names: Mapping[str, str], words: Mapping[str, str]
) -> bytes:
    """The workbook of a profile: a sheet to fill in, and one that says what each column holds.

    ``names``: field → its name in the reader's language; ``words``: the titles of the second
    sheet (``sheet``, ``column``, ``holds``, ``needed``, ``other``, ``yes``). The example row is to
    be written over.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = words["table"]
    bold = Font(bold=True)
    for column, field in enumerate(profile.fields, start=1):
        header = sheet.cell(_HEAD_ROWS, column, profile.columns[field.name][0])
        header.font = bold
        example = sheet.cell(_HEAD_ROWS + 1, column, _EXAMPLES[field.name])
        # Numbers of cards and loans stay texts: a spreadsheet would shorten them.
        example.number_format = "@"
        sheet.column_dimensions[get_column_letter(column)].width = max(14, len(header.value) + 2)
    sheet.freeze_panes = "A2"
    told = book.create_sheet(words["sheet"])
    told.append([words["column"], words["holds"], words["needed"], words["other"]])
    for cell in told[1]:
        cell.font = bold
    for field in profile.fields:
        headers = profile.columns[field.name]
        told.append(
            [
                headers[0],
                names[field.name],
                words["yes"] if profile.is_required(field) else "",
                ", ".join(headers[1:]),
            ]
        )
    for letter, width in (("A", 26), ("B", 30), ("C", 14), ("D", 80)):
        told.column_dimensions[letter].width = width
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
