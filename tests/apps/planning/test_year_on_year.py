"""Claims from year to year: causes worked by hand, pathologies, small numbers, dated notes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from entraide.apps.claims.models import Claim, MedicalDetail
from entraide.apps.nomenclature.models import CareCategory, Diagnosis
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.planning.models import CareNote
from entraide.apps.planning.year_on_year import (
    claims_behind,
    explain_care,
    notes_of,
    year_on_year,
)
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.periods import Period
from entraide.indicators.decomposition import Change
from tests.builders import a_claim, a_key
from tests.indicators.three_households import three_households
from tests.people import People

ON = date(2025, 7, 15)
PERIOD = Period(date(2025, 1, 1), date(2025, 6, 1))


@pytest.fixture
def counted(scoped: Mutual, people: People) -> Mutual:
    """January to May: in 2024 one consultation of 19 months of persons; in 2025 two of
    18 + 4 + 23/31 (15 of Adjovi, 6 of Codjo, Bocco's month and 3 + 20 days)."""
    three_households(scoped, people)
    return scoped


@pytest.fixture
def malaria(counted: Mutual) -> Diagnosis:
    """The claim of February is of malaria; that of March bears no diagnosis."""
    found = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    claim = Claim.objects.get(care_on=date(2025, 2, 10))
    MedicalDetail.objects.create(mutual=counted, claim=claim, diagnosis=found)
    return found


@pytest.mark.requirement("R061")
def test_a_change_is_parted_into_persons_frequency_and_cost(
    counted: Mutual, malaria: Diagnosis
) -> None:
    table = year_on_year(counted, PERIOD, ON, with_pathologies=True)
    assert (table.before.start, table.before.until) == (date(2024, 1, 1), date(2024, 6, 1))
    [row] = table.rows
    assert row.category == "consultation"
    assert row.before is not None
    assert row.now is not None
    months = 15 + 6 + 1 + Fraction(23, 31)
    assert abs(Fraction(row.before.person_years) - Fraction(19, 12)) < Fraction(1, 10**6)
    assert abs(Fraction(row.now.person_years) - months / 12) < Fraction(1, 10**6)
    assert [(each.cases, each.amount_minor) for each in (row.before, row.now)] == [
        (1, 3_000), (2, 6_000),
    ]  # fmt: skip
    # 3 000 × (22,742 ÷ 19 − 1) = 591; (2 − 22,742 ÷ 19) × 3 000 = 2 409; a case costs the same.
    assert row.change == Change(591, 2_409, 0)
    assert table.total.change == row.change
    assert table.hidden_count == 0


@pytest.mark.requirement("R061")
def test_pathologies_add_up_to_their_category(counted: Mutual, malaria: Diagnosis) -> None:
    [row] = year_on_year(counted, PERIOD, ON, with_pathologies=True).rows
    inside = {each.pathology.code: each for each in row.inside if each.pathology}
    assert set(inside) == {"B54", ""}
    now = {code: each.now.cases for code, each in inside.items() if each.now}
    assert now == {"B54": 1, "": 1}
    changes = [each.change for each in row.inside if each.change]
    assert sum(each.total_minor for each in changes) == 3_000
    # Malaria was not there before: all of it is frequency. The others: 1 then 1, more persons.
    assert inside["B54"].change == Change(0, 3_000, 0)
    assert inside[""].change == Change(591, -591, 0)


@pytest.mark.requirement("R061")
def test_small_numbers_are_hidden_from_who_does_not_read_diagnoses(
    counted: Mutual, people: People
) -> None:
    table = year_on_year(counted, PERIOD, ON, with_pathologies=False)
    [row] = table.rows
    assert (row.now, row.before, row.change, row.inside) == (None, None, None, ())
    assert table.total.now is None  # one category alone: the sum would tell it
    assert table.hidden_count == 1
    member = Claim.objects.get(care_on=date(2025, 2, 10)).person
    provider = Claim.objects.get(care_on=date(2025, 2, 10)).provider
    for day in (11, 12, 13):
        a_claim(member, provider, people.awa, care_on=date(2025, 3, day))
    table = year_on_year(counted, PERIOD, ON, with_pathologies=False)
    [row] = table.rows
    assert row.now is not None
    assert row.now.cases == 5
    assert (row.before, row.change) == (None, None)
    assert table.total.now is not None


@pytest.mark.requirement("R061")
def test_a_row_opens_to_its_claims(counted: Mutual, malaria: Diagnosis) -> None:
    consultation = CareCategory.objects.get(code="consultation")

    def days(which: Diagnosis | str | None = None) -> list[date]:
        return [row["care_on"] for row in claims_behind(counted, PERIOD, consultation, which)]

    assert sorted(days()) == [date(2025, 2, 10), date(2025, 3, 3)]  # the refused one is out
    assert days(malaria) == [date(2025, 2, 10)]
    assert days("") == [date(2025, 3, 3)]
    [row] = claims_behind(counted, PERIOD, consultation, malaria)
    assert row["amount"] == 3_000


@pytest.mark.requirement("R061")
def test_an_explanation_is_dated_signed_and_stays(
    counted: Mutual, people: People, malaria: Diagnosis
) -> None:
    consultation = CareCategory.objects.get(code="consultation")

    def write(actor: object, right: Right, text: str, **more: object) -> CareNote:
        return explain_care(
            right=right, mutual=counted, actor=actor, on=ON, idempotency_key=a_key(),
            period=PERIOD, category=consultation, text=text, **more,
        )  # fmt: skip

    note = write(people.moussa, Right.PLAN, "  Deux centres de plus. ")
    assert (note.text, note.written_by, note.written_on) == (
        "Deux centres de plus.", people.moussa, ON,
    )  # fmt: skip
    with pytest.raises(Refusal, match="FORBIDDEN"):
        write(people.moussa, Right.PLAN, "Saison", diagnosis=malaria)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        write(people.awa, Right.PLAN, "Saison")
    medical = write(people.medical_adviser, Right.CONTROL_CARE, "Saison longue", diagnosis=malaria)
    with pytest.raises(Refusal, match="CARE_NOTE_EMPTY"):
        write(people.moussa, Right.PLAN, " ")
    assert notes_of(counted, PERIOD, with_medical=True) == [note, medical]
    assert notes_of(counted, PERIOD, with_medical=False) == [note]
    assert notes_of(counted, Period(date(2025, 6, 1), date(2025, 7, 1)), with_medical=True) == []
    for act in (
        lambda: CareNote.objects.filter(pk=note.pk).update(text="autre"),
        lambda: CareNote.objects.filter(pk=note.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
