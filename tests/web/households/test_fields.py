"""A date of birth as families know it: a day, a year, « vers » a year."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.enrolment.models import BirthPrecision
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.files.cell_days import Birth
from entraide.web.households.fields import birth_text, read_birth
from entraide.web.households.forms import told_apart


@pytest.mark.parametrize(
    ("typed", "on", "precision"),
    [
        ("12/06/1987", date(1987, 6, 12), BirthPrecision.EXACT),
        ("1987", date(1987, 1, 1), BirthPrecision.YEAR),
        ("vers 1987", date(1987, 1, 1), BirthPrecision.AROUND),
        ("Env. 1955", date(1955, 1, 1), BirthPrecision.AROUND),
        ("~1955", date(1955, 1, 1), BirthPrecision.AROUND),
        ("15/08/21", date(2021, 8, 15), BirthPrecision.EXACT),
        ("5-7-82", date(1982, 7, 5), BirthPrecision.EXACT),
        ("12 mars 1982", date(1982, 3, 12), BirthPrecision.EXACT),
    ],
)
def test_a_birth_is_read_and_written_back(typed: str, on: date, precision: str) -> None:
    birth = read_birth(typed)
    assert birth == Birth(on, precision)
    assert read_birth(birth_text(birth.on, birth.precision)) == birth


@pytest.mark.parametrize(
    "typed", ["vers", "vers 87", "jamais", "5-7-2", "31/02/21", "45000", "²²²²"]
)
def test_what_is_no_birth_is_refused_with_how_to_write_it(typed: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_birth(typed)
    assert caught.value.code == "BIRTH_UNREADABLE"


def test_a_product_is_told_in_a_choice_by_what_differs() -> None:
    mutual = Mutual(name="ATIA Santé")
    assert told_apart("ATIA Santé, formule familiale", mutual) == "Formule familiale"
    assert told_apart("Essentielle", mutual) == "Essentielle"
    assert told_apart("ATIA Santé", mutual) == "ATIA Santé"
