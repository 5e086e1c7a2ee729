from __future__ import annotations

from datetime import date

import pytest

from entraide.apps.access.models import User
from entraide.apps.access.services import system_user
from entraide.apps.contributions.models import ContributionDue
from entraide.apps.contributions.selectors import rights_by_number
from entraide.apps.enrolment.contracts import activate_contract, enter_contract
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.apps.enrolment.services import create_group
from entraide.apps.ledger.models import Entry
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.takeover.models import ImportRun, RunState
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.groups import JoiningMode
from entraide.core.ledger import Journal
from entraide.exchange.registers.plan import Action
from entraide.messages import sentence
from tests.builders import MEMBER, a_household, a_key, an_approved_product
from tests.exchange.registers.conftest import Import, Planned
from tests.files.workbooks import HEADER, csv_of
from tests.people import People

LIST = (
    HEADER,
    ("1", "Ado Koffi", "12/06/1987", "M", "Adhérent", "90 12 34 56"),
    ("1", "Ado Afi", "vers 1990", "F", "Conjointe", ""),
    ("1", "Ado Kossi", "2015", "M", "Enfant", ""),
    ("2", "Bodo Yao", "1975", "M", "Titulaire", "90 00 00 00"),
    ("TOTAL", "4", "", "", "", ""),
)
OLD_HEADER = (
    "N° adhésion", "N° bénéficiaire", "Nom", "Prénoms", "Date naissance", "Sexe", "Lien parenté",
    "Date adhésion", "Début couverture", "Fin couverture", "Reste à payer",
)  # fmt: skip
OLD = (
    OLD_HEADER,
    ("A-77", "A-77/1", "Ado", "Koffi", "12/06/1987", "M", "Adhérent", "01/03/2022", "01/03/2025",
     "28/02/2026", "4 500 F CFA"),
    ("A-77", "A-77/2", "Ado", "Afi", "1990", "F", "Conjoint", "", "", "", ""),
    ("A-78", "A-78/1", "Bodo", "Yao", "1975", "M", "Adhérent", "15/01/2020", "15/01/2025",
     "14/01/2026", ""),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _product(product: Product) -> None:
    """The mutual has its product."""


@pytest.fixture
def system(db: None) -> User:
    return system_user()


@pytest.mark.requirement("R011", begun=True)
def test_a_list_is_enrolled_whole_and_sent_again_changes_nothing(
    importing: Import, scoped: Mutual, today: date
) -> None:
    run = importing(csv_of(*LIST))
    assert (run.state, run.content) == (RunState.DONE, None)
    assert run.counts == {"households": 2, "persons": 4, "rows": 4}
    assert [remark["code"] for remark in run.remarks] == ["ROW_TOTAL"]
    first = Household.objects.get(number="F-2025-00001")
    assert [person.name for person in first.persons.order_by("number")] == [
        "Ado Koffi", "Ado Afi", "Ado Kossi",
    ]  # fmt: skip
    assert first.phone == "90 12 34 56"
    assert first.source == "import"
    assert {person.birth_precision for person in first.persons.all()} == {
        "exact", "around", "year",
    }  # fmt: skip
    cover = Membership.objects.get(household=first)
    assert cover.enrolled_on == today
    numbers = ContributionDue.objects.order_by("id").values_list("document_number", flat=True)
    assert list(numbers) == [f"APP-2025-{rank:05d}" for rank in range(1, len(numbers) + 1)]
    entries = Entry.objects.count()
    again = importing(csv_of(*LIST, encoding="cp1252", separator="\t"))
    assert again.counts == {"known": 2, "rows": 4}
    assert (Household.objects.count(), Entry.objects.count()) == (2, entries)
    assert not verify(scoped).findings


def test_a_family_imported_is_the_one_that_the_desk_would_have_enrolled(
    importing: Import, scoped: Mutual, people: People, product: Product, today: date
) -> None:
    header = ("Nom", "Prénom", "Date de naissance", "Sexe", "Lien", "Photo")
    importing(csv_of(header, ("Adjovi", "Éloïse", "12/04/1988", "F", "Adhérente", "oui")))
    imported = Household.objects.get()
    typed = a_household(scoped, people.awa, product, enrolled_on=today, persons=(MEMBER,))
    for model, wanted in (
        (Person, ("name", "given_name", "relation", "sex", "birth_on", "is_member", "entered_on",
                  "has_photo")),
        (Membership, ("product_id", "product_version_id", "effective_from", "effective_until",
                      "seniority_from", "enrolled_on")),
        (ContributionDue, ("kind", "payer", "due_on", "amount_minor", "fund_share_minor")),
    ):  # fmt: skip
        rows = [
            list(model.objects.filter(household=each).order_by("id").values_list(*wanted))  # type: ignore[attr-defined]
            for each in (imported, typed)
        ]
        assert rows[0] == rows[1]


@pytest.mark.requirement("R011", begun=True)
def test_a_file_with_faults_writes_nothing_and_names_them_all(
    importing: Import, planned: Planned
) -> None:
    content = csv_of(
        HEADER,
        ("1", "Ado Koffi", "12/06/2030", "M", "Adhérent", ""),
        ("1", "Ado Afi", "31/02/1990", "Z", "Conjointe", ""),
        ("2", "Bodo Yao", "1975", "M", "Enfant", ""),
        ("3", "Kpodo Ama", "1975", "F", "Adhérent", ""),
        ("3", "Kpodo Abla", "1976", "F", "Adhérent", ""),
    )
    wanted = [
        ("BIRTH_IN_FUTURE", "row 2, column C (Date de naissance)"),
        ("CELL_DAY_IMPOSSIBLE", "row 3, column C (Date de naissance)"),
        ("SEX_UNREADABLE", "row 3, column D (Sexe)"),
        ("FAMILY_WITHOUT_MEMBER", "row 4, column E (Lien)"),
        ("FAMILY_TWO_MEMBERS", "row 6, column E (Lien)"),
    ]
    assert [(each.code, each.place) for each in planned(content).faults] == wanted
    with pytest.raises(RefusedRows) as refused:
        importing(content)
    assert len(refused.value.findings) == len(wanted)
    assert (Household.objects.count(), ImportRun.objects.get().state) == (0, RunState.REFUSED)


def test_who_resembles_somebody_here_is_left_out_unless_asked_for(
    importing: Import, planned: Planned, scoped: Mutual, people: People, product: Product
) -> None:
    a_household(scoped, people.awa, product, persons=(MEMBER,))
    header = ("Nom et prénoms", "Date de naissance", "Sexe")
    content = csv_of(header, ("ELOISE ADJOVI", "12/04/1988", "F"))
    plan = planned(content)
    assert [line.action for line in plan.lines] == [Action.ALIKE]
    assert plan.lines[0].household_uid == Household.objects.get().uid
    assert importing(content).counts == {"known": 1, "rows": 1}
    assert importing(content, with_alike=True).counts == {"households": 1, "persons": 1, "rows": 1}


def test_villages_are_found_or_wait_for_approval_and_groups_must_be_here(
    importing: Import, planned: Planned
) -> None:
    header = ("Nom", "Naissance", "Sexe", "Village", "Groupe")
    content = csv_of(header, ("Ado Koffi", "1987", "M", "Koumi-la-Neuve", ""))
    run = importing(content)
    (remark,) = run.remarks
    assert remark["code"] == "AREA_WITHOUT_LIKE"
    told = sentence(remark["code"], remark["data"], "fr")
    assert "aucun nom connu ne lui ressemble" in told
    area = Household.objects.get().area
    assert area is not None
    assert (area.name, area.state) == ("Koumi-la-Neuve", "proposed")
    plan = planned(csv_of(header, ("Bodo Yao", "1975", "M", "koumi la neuve", "Les Tailleurs")))
    assert [finding.code for finding in plan.faults] == ["GROUP_NOT_HERE"]
    assert plan.remarks == []
    near = planned(csv_of(header, ("Bodo Yao", "1975", "M", "Koumi-la-Neuva II", "")))
    (remark,) = near.remarks
    assert remark.code == "AREA_TO_PROPOSE"
    assert remark.data["meant"] == "Koumi-la-Neuve"


def test_a_trade_is_taken_and_g_is_a_boy(importing: Import) -> None:
    header = ("Nom", "Naissance", "Sexe", "Lien", "Profession")
    importing(csv_of(header, ("Ado Afi", "1987", "F", "Adhérent", "couturière"),
                     ("Ado Koffi", "2015", "G", "Enfant", "")))  # fmt: skip
    afi, koffi = Person.objects.order_by("number")
    assert (afi.occupation, koffi.sex, koffi.occupation) == ("couturière", "M", "")


@pytest.mark.requirement("R011", begun=True)
def test_an_unknown_group_is_named_in_each_row_beside_every_other_fault(planned: Planned) -> None:
    header = ("Nom", "Naissance", "Sexe", "Groupe")
    plan = planned(csv_of(
        header,
        ("Ado Koffi", "31/02/1987", "M", "Les Tailleurs"),
        ("Bodo Yao", "1975", "M", "Les Tailleurs"),
        ("Kpodo Ama", "1975", "F", ""),
    ))  # fmt: skip
    assert [(each.code, each.data["row"]) for each in plan.faults] == [
        ("CELL_DAY_IMPOSSIBLE", 2), ("GROUP_NOT_HERE", 2), ("GROUP_NOT_HERE", 3),
    ]  # fmt: skip


@pytest.mark.requirement("R010", begun=True)
def test_a_list_of_a_group_under_contract_takes_the_product_that_was_signed(
    importing: Import, planned: Planned, scoped: Mutual, people: People, product: Product
) -> None:
    other = an_approved_product(scoped, people.moussa, people.director, "zems").product
    said = {"mutual": scoped, "on": date(2025, 1, 2)}
    group = create_group(
        **said, actor=people.awa, idempotency_key=a_key(), code="SOTO", name="Société Toto",
        kind="enterprise",
    )  # fmt: skip
    contract = enter_contract(
        **said, actor=people.awa, idempotency_key=a_key(), group=group, product=product,
        mode=JoiningMode.COMPULSORY, waives_waiting=True, joining_count=6,
        signed_on=date(2025, 1, 1), starts_on=date(2025, 1, 1),
    )  # fmt: skip
    activate_contract(
        **said, actor=people.coordinator, idempotency_key=a_key(), contract=contract
    )  # fmt: skip
    header = ("Nom", "Naissance", "Sexe", "Groupe")
    content = csv_of(header, ("Bodo Yao", "1975", "M", "Société Toto"))
    plan = planned(content, product=other.code)
    assert ("GROUP_PRODUCT_OTHER", 2) in [(each.code, each.data["row"]) for each in plan.faults]
    importing(content, product=product.code)
    assert Membership.objects.get().waits is False  # as when it is typed


@pytest.mark.requirement("R144", begun=True)
def test_members_taken_over_keep_their_cards_their_cover_and_what_they_owe(
    importing: Import, scoped: Mutual, system: User, today: date
) -> None:
    run = importing(csv_of(*OLD), actor=system)
    assert run.profile == "bmas-membres"
    assert run.counts == {"households": 2, "persons": 3, "rows": 3}
    person = Person.objects.get(number="A-77/1")
    assert person.household.number == "A-77"
    cover = Membership.objects.get(household=person.household)
    assert (cover.effective_from, cover.effective_until, cover.seniority_from) == (
        date(2025, 3, 1), date(2026, 3, 1), date(2022, 3, 1),
    )  # fmt: skip
    due = ContributionDue.objects.get()
    assert (due.document_number, due.amount_minor) == ("BMAS-APP-A-77", 4_500)
    assert {entry.journal for entry in Entry.objects.all()} == {Journal.MIGRATION.value}
    assert rights_by_number(scoped, "a-78/1", today).membership is not None
    assert not verify(scoped).findings
    assert importing(csv_of(*OLD), actor=system).counts == {"known": 2, "rows": 3}


def test_a_card_of_somebody_here_is_not_given_twice(
    importing: Import, planned: Planned, system: User
) -> None:
    importing(csv_of(*OLD[:3]), actor=system)
    other = ("B-1", "A-77/2", "Kpodo", "Ama", "1980", "F", "Adhérent", "01/03/2024", "", "", "")
    plan = planned(csv_of(OLD_HEADER, other), actor=system)
    assert [(each.code, each.data["number"]) for each in plan.faults] == [
        ("CARD_NUMBER_TAKEN", "A-77/2")
    ]


def test_amounts_below_zero_or_beyond_belief_and_days_of_another_age_are_refused(
    planned: Planned, system: User
) -> None:
    header = (*OLD_HEADER, "Payé d’avance")
    rows = [
        (f"C-{rank}", f"C-{rank}/1", "Ado", "Koffi" * rank, "12/06/1987", "M", "Adhérent",
         "01/03/2022", first, "28/02/2026", owed, ahead)
        for rank, (first, owed, ahead) in enumerate(
            (("01/03/2025", "-700", ""), ("01/03/2025", "", "-500"),
             ("01/03/2025", "", "100 000 000 000"), ("01/01/1900", "", "")), start=1,
        )
    ]  # fmt: skip
    plan = planned(csv_of(header, *rows), actor=system, profile="bmas-membres")
    assert [(each.code, each.place) for each in plan.faults] == [
        ("AMOUNT_BELOW_ZERO", "row 2, column K (Reste à payer)"),
        ("AMOUNT_BELOW_ZERO", "row 3, column L (Payé d’avance)"),
        ("AMOUNT_UNBELIEVABLE", "row 4, column L (Payé d’avance)"),
        ("CELL_DAY_LONG_AGO", "row 5, column I (Début couverture)"),
    ]


def test_a_number_of_our_own_series_is_not_taken_over(planned: Planned, system: User) -> None:
    head = ("B-1", "F-2025-00030-1", "Kpodo", "Ama", "1980", "F", "Adhérent", "01/03/2024")
    home = ("F-2025-00013", "B-2", "Abalo", "Kossi", "1981", "M", "Adhérent", "01/03/2024")
    plan = planned(csv_of(OLD_HEADER, (*head, "", "", ""), (*home, "", "", "")), actor=system)
    assert [(each.code, each.place) for each in plan.faults] == [
        ("NUMBER_OF_OWN_SERIES", "row 2, column B (N° bénéficiaire)"),
        ("NUMBER_OF_OWN_SERIES", "row 3, column A (N° adhésion)"),
    ]


def test_nor_is_it_an_earlier_number_unless_it_is_theirs(
    importing: Import, planned: Planned
) -> None:
    header = ("Nom", "Date de naissance", "Sexe", "N° carte")
    row = ("Ado Koffi", "12/06/1987", "M", "F-2025-00003-1")
    place = "row 2, column D (N° carte)"
    assert [(each.code, each.place) for each in planned(csv_of(header, row)).faults] == [
        ("NUMBER_OF_OWN_SERIES", place)
    ]
    importing(csv_of(header[:3], row[:3]))
    assert [each.code for each in planned(csv_of(header, row)).faults] == ["NUMBER_OF_OWN_SERIES"]
    assert not planned(csv_of(header, (*row[:3], "F-2025-00001-1"))).faults


def test_only_who_may_import_registers_takes_them_over(importing: Import, people: People) -> None:
    for person in (people.awa, people.moussa):
        with pytest.raises(Refusal) as refused:
            importing(csv_of(*OLD), actor=person)
        assert refused.value.code == "FORBIDDEN"
    with pytest.raises(Refusal):
        importing(csv_of(*LIST), actor=people.fanta)
    assert Household.objects.count() == 0
