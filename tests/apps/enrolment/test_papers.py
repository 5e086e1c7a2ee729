"""The membership form: versioned, with what it requires, signed, entered in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from entraide.apps.enrolment.history import changes_of
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.papers import (
    FIELDS,
    Asked,
    FormField,
    Signature,
    paper_on,
    set_enrolment_form,
)
from entraide.apps.enrolment.selectors import paper_shares
from entraide.apps.schemes.models import Mutual, Product
from entraide.core.errors import Refusal, RefusedRows
from entraide.documents.blank_form import blank_form_pdf
from tests.builders import CHILD, MEMBER, SPOUSE, a_household, a_key
from tests.people import People

ON = date(2025, 6, 16)


def chosen(mutual: Mutual, people: People, on: date = ON, **required: Asked) -> None:
    set_enrolment_form(
        mutual=mutual, actor=people.coordinator, on=on, idempotency_key=a_key(),
        effective_from=on,
        fields=tuple(FormField(name, required=required.get(name, Asked.NOBODY)) for name in FIELDS),
    )  # fmt: skip


@pytest.mark.requirement("R003")
def test_a_form_asks_from_its_day_on_and_old_records_keep_theirs(
    scoped: Mutual, people: People, product: Product
) -> None:
    before = a_household(scoped, people.awa, product, enrolled_on=ON - timedelta(days=1))
    chosen(scoped, people, signature=Asked.EVERYONE, occupation=Asked.MEMBER, mother=Asked.EVERYONE)
    with pytest.raises(RefusedRows) as refused:
        a_household(scoped, people.awa, product, enrolled_on=ON)
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("FORM_FIELD_MISSING", "signed_by"),
        ("FORM_FIELD_MISSING", "persons[0].occupation"),
        ("FORM_FIELD_MISSING", "persons[2].mother"),
    ]
    persons = (
        replace(MEMBER, occupation="Couturière"), SPOUSE, replace(CHILD, mother_rank=1),
    )  # fmt: skip
    signature = Signature("own", ON, "thumbprint", "Yao Amegan")
    household = a_household(
        scoped, people.awa, product, enrolled_on=ON, persons=persons, signature=signature
    )
    assert household.form_version == paper_on(scoped, ON).version
    assert (household.witness_name, household.consent_on) == ("Yao Amegan", ON)
    child = household.persons.get(relation="child")
    assert child.mother == household.persons.get(is_member=True)
    before.refresh_from_db()
    assert before.form_version is None


def test_a_form_that_cannot_be_is_refused_with_every_fault(scoped: Mutual, people: People) -> None:
    act = {"mutual": scoped, "actor": people.coordinator, "on": ON}
    fields = (
        FormField("phone", shown=False, required=Asked.EVERYONE),
        FormField("star_sign"),
        FormField("address", labels={"fr": "x" * 61}),
    )
    with pytest.raises(RefusedRows) as refused:
        set_enrolment_form(
            **act, idempotency_key=a_key(), effective_from=date(2025, 1, 1), fields=fields
        )
    assert sorted(each.code for each in refused.value.findings) == [
        "FORM_BEGINS_IN_PAST", "FORM_FIELD_UNKNOWN", "FORM_HIDDEN_REQUIRED", "FORM_LABEL_LONG",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="FORBIDDEN"):
        set_enrolment_form(
            **{**act, "actor": people.awa}, idempotency_key=a_key(), effective_from=ON, fields=()
        )


@pytest.mark.parametrize(
    ("line", "is_refused"), [(1, False), (2, True), (3, True), (0, True), (9, True)]
)
def test_a_mother_is_a_woman_of_the_form_ten_years_older(
    scoped: Mutual, people: People, product: Product, line: int, is_refused: bool
) -> None:
    persons = (MEMBER, SPOUSE, replace(CHILD, mother_rank=line))
    if not is_refused:
        a_household(scoped, people.awa, product, persons=persons)
        return
    with pytest.raises(RefusedRows) as refused:
        a_household(scoped, people.awa, product, persons=persons)
    assert [each.code for each in refused.value.findings] == ["MOTHER_LINE_INVALID"]


def test_an_old_paper_needs_who_may_and_why(
    scoped: Mutual, people: People, product: Product
) -> None:
    signed = ON - timedelta(days=61)
    a_household(scoped, people.awa, product, enrolled_on=ON - timedelta(days=60), on=ON)
    with pytest.raises(Refusal, match="ENROLMENT_TOO_OLD"):
        a_household(scoped, people.awa, product, enrolled_on=signed, on=ON)
    with pytest.raises(Refusal, match="LATE_REASON_MISSING"):
        a_household(scoped, people.coordinator, product, enrolled_on=signed, on=ON)
    household = a_household(
        scoped, people.coordinator, product, enrolled_on=signed, on=ON, late_reason="Cahier perdu"
    )
    [row] = changes_of(household)
    assert (row.field, row.reason, row.occurred_on) == ("enrolled_late", "Cahier perdu", signed)
    scoped.settings["late_entry_days"] = 90
    scoped.save()
    a_household(scoped, people.awa, product, enrolled_on=signed, on=ON)


@pytest.mark.requirement("R002", begun=True)
def test_the_part_that_passes_through_paper_is_told_by_month(
    scoped: Mutual, people: People, product: Product
) -> None:
    for day, source in ((1, "paper"), (2, "direct"), (3, "paper"), (4, "import")):
        a_household(scoped, people.awa, product, enrolled_on=date(2025, 5, day), source=source)
    a_household(scoped, people.awa, product, enrolled_on=date(2025, 6, 2), source="direct")
    assert [(each.month, each.from_paper, each.total) for each in paper_shares(scoped, ON)] == [
        (date(2025, 6, 1), 0, 1), (date(2025, 5, 1), 2, 3),
    ]  # fmt: skip
    assert Household.objects.count() == 5


@pytest.mark.requirement("R002", begun=True)
def test_the_blank_form_is_a_page_to_print(scoped: Mutual, people: People) -> None:
    chosen(scoped, people, signature=Asked.EVERYONE)
    content = blank_form_pdf(scoped, paper_on(scoped, ON))
    assert content.startswith(b"%PDF")
