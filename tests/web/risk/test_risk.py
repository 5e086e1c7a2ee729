"""The office's reading of illness risk: year to year, the board, what tariffs assume."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.models import Claim, MedicalDetail
from entraide.apps.nomenclature.models import CareItem, Diagnosis
from entraide.apps.nomenclature.services import ensure_diagnosis
from entraide.apps.planning.models import CareNote, TariffAssumption
from entraide.apps.planning.tariff_assumptions import AssumedLine
from entraide.apps.schemes.models import Mutual
from tests.apps.planning.test_risk_board import assumed
from tests.builders import a_claim, a_key
from tests.indicators.three_households import three_households
from tests.people import People
from tests.web.conftest import Browser

MONTHS = {"from": "2025-01", "to": "2025-05"}


@pytest.fixture
def malaria(scoped: Mutual, people: People) -> Diagnosis:
    """The three families; the claim of February is of malaria."""
    three_households(scoped, people)
    found = ensure_diagnosis(system="test", code="B54", label="Paludisme")
    claim = Claim.objects.get(care_on=date(2025, 2, 10))
    MedicalDetail.objects.create(mutual=scoped, claim=claim, diagnosis=found)
    return found


def at(mutual: Mutual, rest: str = "") -> str:
    return f"/m/{mutual.code}/risques/{rest}"


def plain(content: bytes) -> str:
    return content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


@pytest.mark.parametrize(
    "page",
    ["", "tableau.csv", "annees/", "annees/tableau.csv",
     "annees/sinistres/?category=consultation", "hypotheses/"],
)  # fmt: skip
def test_who_may_open_the_pages(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser, page: str
) -> None:
    assert signed_in(people.awa).get(at(scoped, page)).status_code == 403
    assert signed_in(people.fanta).get(at(scoped, page)).status_code in (403, 404)
    assert signed_in(people.director).get(at(scoped, page)).status_code in (200, 409)
    assert AuditEvent.objects.filter(kind=AuditKind.REFUSAL, actor=people.awa).exists()


@pytest.mark.requirement("R061")
def test_pathologies_are_for_medical_roles_and_each_reading_is_logged(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    page = signed_in(people.medical_adviser).get(at(scoped, "annees/"), MONTHS)
    assert "Paludisme" in plain(page.content)
    rows = {row.key: row for row in page.context["rows"]}
    consultation = rows["consultation"]
    assert consultation.effects == ("+591", "+2 409".replace(" ", "\u202f"), "0")
    assert consultation.frequency.definition.ratio.numerator[1] == "2"
    assert rows[f"consultation:{malaria.uid}"].url.endswith(f"pathology={malaria.uid}")
    readings = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING)
    assert [each.actor for each in readings] == [people.medical_adviser]

    page = signed_in(people.moussa).get(at(scoped, "annees/"), MONTHS)
    text = plain(page.content)
    assert "Paludisme" not in text
    assert "masquée en partie" in text
    assert [row.cases.now for row in page.context["rows"]] == ["–"]
    assert readings.count() == 1


@pytest.mark.requirement("R061")
def test_a_row_opens_to_its_claims_for_who_may(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    asked = MONTHS | {"category": "consultation"}
    doctor = signed_in(people.medical_adviser)
    page = doctor.get(at(scoped, "annees/sinistres/"), asked | {"pathology": malaria.uid})
    assert [row["care_on"] for row in page.context["page"]] == [date(2025, 2, 10)]
    page = doctor.get(at(scoped, "annees/sinistres/"), asked | {"pathology": "none"})
    assert [row["care_on"] for row in page.context["page"]] == [date(2025, 3, 3)]
    officer = signed_in(people.moussa)
    way = at(scoped, "annees/sinistres/")
    assert officer.get(way, asked | {"pathology": malaria.uid}).status_code == 403
    few = officer.get(way, asked)
    assert few.status_code == 409
    assert "moins de 5 cas" in plain(few.content)
    assert signed_in(people.elected_officer).get(way, asked).status_code == 403
    assert doctor.get(way, MONTHS | {"category": "nothing"}).status_code == 404
    assert doctor.get(way, asked | {"pathology": "x"}).status_code == 404
    claim = Claim.objects.get(care_on=date(2025, 2, 10))
    for day in (11, 12, 13):
        a_claim(claim.person, claim.provider, people.awa, care_on=date(2025, 3, day))
    assert officer.get(way, asked).context["count"] == 5


@pytest.mark.requirement("R061")
def test_a_note_stands_beside_its_row_on_the_page_in_print_and_in_the_file(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    officer, doctor = signed_in(people.moussa), signed_in(people.medical_adviser)
    way = at(scoped, "annees/expliquer/")

    def write(browser: object, about: str, text: str) -> object:
        return browser.post(  # type: ignore[attr-defined]
            way, MONTHS | {"idempotency_key": a_key(), "about": about, "text": text}
        )

    assert write(officer, "consultation", "Deux centres de plus").status_code == 302
    assert write(doctor, f"consultation:{malaria.uid}", "Saison longue").status_code == 302
    assert write(officer, f"consultation:{malaria.uid}", "Curieux").status_code == 403
    assert write(officer, "nothing", "Curieux").status_code == 422
    assert write(officer, "consultation", "").status_code == 422
    assert write(signed_in(people.awa), "consultation", "Curieux").status_code == 403
    assert CareNote.objects.count() == 2
    seen = plain(doctor.get(at(scoped, "annees/"), MONTHS).content)
    assert "« Deux centres de plus » " in seen
    assert "Moussa Adjavon, 16 juin 2025" in seen
    assert "« Saison longue »" in seen
    assert "Saison longue" not in plain(officer.get(at(scoped, "annees/"), MONTHS).content)
    file = doctor.get(at(scoped, "annees/tableau.csv"), MONTHS).content.decode("utf-8-sig")
    head, *lines = file.splitlines()
    assert head.startswith("categorie;pathologie;code;cas_avant;cas;")
    assert lines[0].endswith(
        ";1;2;1,5833;1,8952;0,6316;1,0553;3000;3000;3000;6000;3000;591;2409;0;"
        "Deux centres de plus (Moussa Adjavon, 16/06/2025)"
    )
    assert [line.split(";")[1:3] for line in lines[1:]] == [["Paludisme", "B54"],
                                                           ["Sans diagnostic", ""]]  # fmt: skip
    bare = officer.get(at(scoped, "annees/tableau.csv"), MONTHS).content.decode("utf-8-sig")
    assert "Paludisme" not in bare
    assert bare.splitlines()[1].split(";")[3:17] == [""] * 14
    exports = AuditEvent.objects.filter(kind=AuditKind.EXPORT)
    assert exports.count() == 2


@pytest.mark.requirement("R061")
def test_a_period_that_cannot_be_read_keeps_the_usual_one(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    page = signed_in(people.director).get(at(scoped, "annees/"), {"from": "hier"})
    assert page.status_code == 422
    assert page.context["period"].start == date(2024, 6, 1)


@pytest.mark.requirement("R065")
@pytest.mark.requirement("R066")
def test_the_board_says_what_is_assumed_by_whom_and_what_is_above(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    director = signed_in(people.director)
    page = director.get(at(scoped))
    assert "Cette version ne porte pas d’hypothèse et personne n’en a écrit" in plain(page.content)
    assert page.context["alerts"] == []
    often = AssumedLine("consultation", "minor", Decimal("3"), 300)
    assumed(scoped, people, often, effective_from=date(2024, 6, 1), source="Étude, 3 mai 2024")
    page = director.get(at(scoped))
    text = plain(page.content)
    assert "Étude, 3 mai 2024" in text
    assert any(
        "coût moyen sur douze mois 900 %" in plain(told.encode()) for told in page.context["alerts"]
    )
    [minor] = [row for row in page.context["by_risk"] if row.name == "Petit risque"]
    assert minor.state.word == "au-dessus du tarif"
    assert all(each.definition is not None for each in minor.measures)
    assert len(page.context["charts"]) == 3
    assert len(page.context["months"]) == 12
    part = director.get(at(scoped), {"part": "category:consultation", "product": "essentielle"})
    assert part.context["part_name"] == "consultation"
    assert director.get(at(scoped), {"part": "x", "product": "none"}).status_code == 200

    home = plain(director.get(f"/m/{scoped.code}/").content)
    assert "écarts au tarif" in home
    assert "les soins dépassent ce que le tarif suppose" in home
    assert "les soins dépassent" in plain(
        signed_in(people.medical_adviser).get(f"/m/{scoped.code}/").content
    )
    assert "les soins dépassent" not in plain(
        signed_in(people.awa).get(f"/m/{scoped.code}/").content
    )


def test_a_category_of_other_persons_than_the_total_says_so(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    seen = AssumedLine("consultation", "minor", Decimal("3"), 300)
    other = AssumedLine("hospital", "major", Decimal("0.1"), 20_000)
    assumed(scoped, people, other, effective_from=date(2024, 6, 1))
    assumed(scoped, people, seen, other, effective_from=date(2025, 1, 1))
    page = signed_in(people.director).get(at(scoped))
    [consultation] = page.context["by_category"]
    assert "ne s’additionne pas" in consultation.note
    assert page.context["whole"].note == ""
    assert "ne s’additionne pas" in plain(page.content)


@pytest.mark.requirement("R065")
def test_the_file_of_the_board_has_every_part_and_month(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    assumed(
        scoped, people, AssumedLine("consultation", "minor", Decimal("3"), 300),
        effective_from=date(2024, 6, 1),
    )  # fmt: skip
    answer = signed_in(people.director).get(at(scoped, "tableau.csv"))
    head, *lines = answer.content.decode("utf-8-sig").splitlines()
    names = head.split(";")
    march = next(
        dict(zip(names, line.split(";"), strict=True))
        for line in lines
        if ";category;consultation;" in line and ";2025-03-01;mois;" in line
    )
    assert (march["cas"], march["soins"], march["cout_moyen"]) == ("1", "3000", "3000")
    assert march["ecart_cout_moyen"] == "9,0000"
    assert march["ecart_frequence"].startswith("-0,")  # a number, not a text
    assert {line.split(";")[1] for line in lines} == {"whole", "risk", "category"}


@pytest.mark.requirement("R065")
def test_two_persons_write_what_a_tariff_assumes(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    officer, director = signed_in(people.moussa), signed_in(people.director)
    way = at(scoped, "hypotheses/")
    typed = {
        "idempotency_key": a_key(), "product": "essentielle", "effective_from": "01/01/2025",
        "source": "Étude de mai", "f_consultation__minor": "0,95",
        "c_consultation__minor": "5 700", "f_consultation__chronic": "0,1",
    }  # fmt: skip
    wrong = officer.post(way, typed)
    assert wrong.status_code == 422
    assert "c_consultation__chronic" in wrong.context["form"].errors
    right = officer.post(way, typed | {"c_consultation__chronic": "9000"})
    assert right.status_code == 302
    [kept] = TariffAssumption.objects.all()
    assert kept.lines == [
        {"category": "consultation", "risk": "minor", "frequency": "0.95", "cost_minor": 5700},
        {"category": "consultation", "risk": "chronic", "frequency": "0.1", "cost_minor": 9000},
    ]
    assert "Approuver ce que suppose le tarif" in plain(director.get(f"/m/{scoped.code}/").content)
    page = director.get(way)
    assert page.context["form"] is None
    assert page.context["rows"][0]["total_minor"] == 5_415 + 900
    decide = f"{way}{kept.uid}/"
    assert officer.post(decide, {"idempotency_key": a_key(), "act": "approve"}).status_code == 403
    director.post(decide, {"idempotency_key": a_key(), "act": "approve"})
    kept.refresh_from_db()
    assert kept.approved_by == people.director
    again = director.post(decide, {"idempotency_key": a_key(), "act": "refuse"}, follow=True)
    assert "déjà décidée" in plain(again.content)
    missing = f"{way}0190a3f0-0000-7000-8000-000000000000/"
    assert director.post(missing, {"idempotency_key": a_key()}).status_code == 404


@pytest.mark.requirement("R066")
def test_the_common_list_tells_and_filters_the_risk_of_each_act(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    browser = signed_in(people.network_admin)
    page = browser.get("/reseau/listes/", {"risk": "major"})
    assert page.status_code == 200
    assert [item.code for item in page.context["page"]] == ["hospital-1"]
    assert "Gros risque" in plain(page.content)
    CareItem.objects.filter(code="consultation-1").update(risk_category="")
    page = browser.get("/reseau/listes/", {"risk": "not-said"})
    assert "consultation-1" in {item.code for item in page.context["page"]}
    assert "Personne n’a dit le risque" in plain(page.content)


def test_a_mutual_without_care_has_pages_that_say_so(
    scoped: Mutual, people: People, signed_in: Browser
) -> None:
    doctor = signed_in(people.medical_adviser)
    for page in ("", "annees/", "hypotheses/", "tableau.csv", "annees/tableau.csv"):
        assert doctor.get(at(scoped, page)).status_code == 200, page
    assert "Aucun soin dans les douze derniers mois" in plain(doctor.get(at(scoped)).content)
    assert "Aucun soin" in plain(doctor.get(at(scoped, "annees/")).content)


def test_a_period_longer_than_a_year_is_compared_with_as_many_months(
    scoped: Mutual, people: People, malaria: Diagnosis, signed_in: Browser
) -> None:
    page = signed_in(people.medical_adviser).get(
        at(scoped, "annees/"), {"from": "2024-01", "to": "2025-06"}
    )
    [consultation, *_rest] = [row for row in page.context["rows"] if row.key == "consultation"]
    assert (consultation.cases.now, consultation.cases.before) == ("3", "0")
    assert consultation.frequency.before == "–"
    assert plain(page.context["months_before"].encode()).startswith("juillet 2022")
