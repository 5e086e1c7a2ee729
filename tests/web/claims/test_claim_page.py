"""The page of a claim, its worklists, and what each role does there."""

from __future__ import annotations

import re
from datetime import date

import pytest

from entraide.apps.access.models import AuditEvent, AuditKind
from entraide.apps.claims.models import Circuit, Claim, ClaimState
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import Diagnosis
from entraide.apps.providers.models import Provider
from entraide.apps.reporting.verification import verify
from entraide.apps.schemes.models import Mutual
from entraide.web.claims.counts import waiting
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser


@pytest.fixture
def decided(person: Person, provider: Provider, people: People) -> Claim:
    """Decided by the rules alone: 4 500 asked, 3 000 payable."""
    return a_claim(person, provider, people.awa, ("consultation-1", "1", 4500))


@pytest.fixture
def unsure(person: Person, provider: Provider, people: People) -> Claim:
    """An act without agreed price waits for a person, with its diagnosis."""
    malaria = Diagnosis.objects.create(system="test", code="B54", label="Paludisme")
    return a_claim(
        person,
        provider,
        people.awa,
        ("consultation-9", "1", 2000),
        care_on=date(2025, 3, 4),
        diagnosis=malaria,
        medical_notes="fièvre trois jours",
    )


@pytest.mark.requirement("R044")
def test_the_page_says_why_line_by_line_and_who_bears_it(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    answer = signed_in(people.director).get(address("claim", uid=decided.uid))
    sheet, text = answer.context["sheet"], answer.content.decode()
    assert sum(cut.amount_minor for line in sheet.lines for cut in line.cuts) == 1500
    assert (sheet.member_minor, sheet.provider_minor) == (1000, 500)
    assert decided.claimed_minor == decided.payable_minor + sheet.reduced_minor
    assert "Part de la famille, 25\u00a0% de 4\u202f000\u00a0F\u00a0CFA" in text.replace(
        "F CFA", "F\u00a0CFA"
    )
    assert "Consultation" in text
    [year] = [each for each in sheet.ceilings if "personne" in each.name]
    assert (year.used, year.remaining) == (3000, 17000)


@pytest.mark.requirement("R058", begun=True)
def test_the_same_act_asked_twice_names_the_other_claim_and_says_what_to_do(
    signed_in: Browser,
    people: People,
    address: Address,
    decided: Claim,
    person: Person,
    provider: Provider,
) -> None:
    again = a_claim(person, provider, people.awa, ("consultation-1", "1", 4500))
    text = signed_in(people.medical_adviser).get(address("claim", uid=again.uid)).content.decode()
    (way,) = re.findall(rf'href="([^"]+\?q={decided.document_number})"', text)
    shown = signed_in(people.medical_adviser).get(way, follow=True)
    assert shown.context["claim"] == decided
    assert "il n’est pas payé deux fois" in text
    data = {"idempotency_key": a_key(), "opinion": "readmit", "reason": "", "stay": "1",
            "reason_code": "justified"}  # fmt: skip
    browser, url = signed_in(people.medical_adviser), address("claim-review", uid=again.uid)
    refused = browser.post(url, data)
    assert (refused.status_code, again.decisions.count()) == (422, 1)
    assert "Donnez le motif" in refused.content.decode()
    data["reason"] = "Rechute le soir"
    for _time in range(2):  # sent twice, decided once
        page = browser.post(url, data, follow=True).content.decode()
    again.refresh_from_db()
    assert (again.payable_minor, again.state) == (3000, ClaimState.DECIDED)
    assert again.decisions.count() == 2
    assert f"Aussi demandé dans le sinistre {decided.document_number}" in page
    assert "Rechute le soir" in page
    assert verify(again.mutual).findings == ()


def test_an_act_paid_since_by_another_claim_is_told_before_it_is_paid_again(
    signed_in: Browser,
    people: People,
    address: Address,
    decided: Claim,
    person: Person,
    provider: Provider,
) -> None:
    """Both waited for the same first claim; the second is paid, and the first hears of it."""
    first, second = (
        a_claim(person, provider, people.awa, ("consultation-1", "1", 4500)) for _each in "12"
    )
    browser = signed_in(people.medical_adviser)

    def said(claim: Claim) -> str:
        data = {
            "idempotency_key": a_key(), "opinion": "readmit", "reason": "Rechute", "stay": "1",
            "reason_code": "justified",
        }  # fmt: skip
        url = address("claim-review", uid=claim.uid)
        page = browser.post(url, data, follow=True).content.decode()
        claim.refresh_from_db()
        return page

    while second.state != ClaimState.DECIDED:  # told of the others, then paid
        said(second)
    page = said(first)
    assert (first.state, first.payable_minor) == (ClaimState.IN_REVIEW, 0)
    assert second.document_number in page
    assert 'value="readmit"' in page
    page = said(first)
    assert (first.state, first.payable_minor, first.decision_number) == (
        ClaimState.DECIDED, 3000, 3,
    )  # fmt: skip
    assert 'value="readmit"' not in page
    assert verify(first.mutual).findings == ()


@pytest.mark.requirement("R081", begun=True)
def test_the_medical_part_is_for_medical_roles_and_each_reading_is_journaled(
    signed_in: Browser, people: People, address: Address, unsure: Claim
) -> None:
    url = address("claim", uid=unsure.uid)
    for stranger in (people.director, people.awa, people.moussa):
        text = signed_in(stranger).get(f"{url}?medical=1").content.decode()
        assert "Paludisme" not in text
        assert "fièvre" not in text
    readings = AuditEvent.objects.filter(kind=AuditKind.MEDICAL_READING)
    assert not readings.exists()
    assert "Paludisme" in signed_in(people.medical_adviser).get(url).content.decode()
    assert readings.get().actor == people.medical_adviser


def test_the_medical_part_of_a_settled_matter_opens_only_when_asked(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    browser = signed_in(people.medical_adviser)
    assert not browser.get(address("claim", uid=decided.uid)).context["is_medical_opened"]
    assert browser.get(f"{address('claim', uid=decided.uid)}?medical=1").context[
        "is_medical_opened"
    ]


def test_an_opinion_takes_away_and_goes_on_to_the_next_claim(
    signed_in: Browser, people: People, address: Address, unsure: Claim, decided: Claim
) -> None:
    data = {
        "idempotency_key": a_key(),
        "opinion": "reduce",
        "line": "1",
        "amount": "500",
        "borne_by": "provider",
        "reason_code": "dearer_than_needed",
        "reason": "Prix au-dessus de l’usage",
    }
    browser = signed_in(people.medical_adviser)
    for _time in range(2):  # sent twice, decided once
        answer = browser.post(address("claim-review", uid=unsure.uid), data, follow=True)
    unsure.refresh_from_db()
    assert (unsure.payable_minor, unsure.state) == (1000, ClaimState.DECIDED)
    assert unsure.decisions.count() == 2
    text = answer.content.decode()
    assert f"Avis enregistré sur {unsure.document_number}" in text
    assert "Prix au-dessus de l’usage" in text


def test_the_adviser_accepts_a_part_as_justified_and_the_rules_decide_it(
    signed_in: Browser, people: People, address: Address, unsure: Claim
) -> None:
    url = address("claim-review", uid=unsure.uid)
    browser = signed_in(people.medical_adviser)
    said = {"idempotency_key": a_key(), "opinion": "justify", "line": "1", "reason": "une suffit",
            "reason_code": "not_justified"}  # fmt: skip
    assert "quantity" in browser.post(url, said).context["review"].errors
    above = browser.post(url, {**said, "quantity": "50"}).context["review"].errors
    assert list(above) == ["quantity"], "the fault stands at what was typed"
    answer = browser.post(url, {**said, "quantity": "0,5"}, follow=True)
    assert answer.status_code == 200
    unsure.refresh_from_db()
    decided = unsure.decisions.get(number=2).outcome["lines"][0]["reductions"][0]
    assert (decided["code"], decided["borne_by"]) == ("NOT_JUSTIFIED", "provider")
    page = browser.get(address("claim", uid=unsure.uid)).content.decode()
    assert "0,5 unités justifiées sur 1," in page.replace("\xa0", " ")


def test_a_change_needs_its_reason_and_stays_within_the_line(
    signed_in: Browser, people: People, address: Address, unsure: Claim
) -> None:
    url = address("claim-review", uid=unsure.uid)
    browser = signed_in(people.medical_adviser)
    bare = {"idempotency_key": a_key(), "opinion": "reduce", "line": "1", "amount": "9 000",
            "reason_code": "not_justified"}  # fmt: skip
    answer = browser.post(url, bare)
    assert answer.status_code == 422
    assert "reason" in answer.context["review"].errors
    answer = browser.post(url, {**bare, "reason": "trop cher"})
    assert answer.status_code == 422
    assert "amount" in answer.context["review"].errors
    assert "trop cher" in answer.content.decode()
    unsure.refresh_from_db()
    assert unsure.state == ClaimState.IN_REVIEW


def test_who_enters_does_not_approve(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    url = address("claim-approve", uid=decided.uid)
    assert signed_in(people.awa).post(url, {"idempotency_key": a_key()}).status_code == 403
    answer = signed_in(people.coordinator).post(url, {"idempotency_key": a_key()}, follow=True)
    decided.refresh_from_db()
    assert decided.state == ClaimState.APPROVED
    assert decided.approved_by == people.coordinator
    assert decided.entry is not None
    assert "à la charge du fonds mutuel" in answer.content.decode()


def test_all_that_the_rules_decided_is_approved_together(
    signed_in: Browser, people: People, address: Address, decided: Claim, unsure: Claim
) -> None:
    browser = signed_in(people.moussa)
    assert "attend sa validation" in browser.get(address("claims")).content.decode()
    data = {"idempotency_key": a_key()}
    answer = browser.post(address("claims-approve"), data, follow=True)
    decided.refresh_from_db()
    unsure.refresh_from_db()
    assert (decided.state, unsure.state) == (ClaimState.APPROVED, ClaimState.IN_REVIEW)
    assert "1 sinistre liquidé par les règles est validé" in answer.content.decode()


def test_a_claim_is_reversed_with_its_reason(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    browser, url = signed_in(people.moussa), address("claim-reverse", uid=decided.uid)
    assert browser.post(url, {"idempotency_key": a_key(), "reason": ""}).status_code == 422
    data = {"idempotency_key": a_key(), "reason": "Saisi pour une autre famille"}
    text = browser.post(url, data, follow=True).content.decode()
    decided.refresh_from_db()
    assert decided.state == ClaimState.REVERSED
    assert "Saisi pour une autre famille" in text
    assert "Annulé par Moussa Adjavon" in text


def test_worklists_show_what_waits_and_find_by_name_or_paper(
    signed_in: Browser,
    people: People,
    address: Address,
    decided: Claim,
    unsure: Claim,
    mutual: Mutual,
) -> None:
    adviser = signed_in(people.medical_adviser)
    first = adviser.get(address("claims"))
    assert [claim.pk for claim in first.context["page"]] == [unsure.pk]
    everything = f"{address('claims')}?state=all"
    for wanted in ("ELOISE", decided.document_number, "adjovi éloïse"):
        found = adviser.get(f"{everything}&q={wanted}").context["page"]
        assert decided.pk in [claim.pk for claim in found], wanted
    until = adviser.get(f"{everything}&until=03/03/2025").context["page"]
    assert [claim.pk for claim in until] == [decided.pk]
    fragment = adviser.get(f"{everything}&q=zzz", headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert "Aucun sinistre ne répond" in fragment.content.decode()
    assert waiting(mutual, date(2025, 3, 5)).count == 2
    assert not waiting(mutual, date(2025, 3, 5)).is_due
    assert waiting(mutual, date(2025, 6, 16)).is_due


def test_a_stranger_finds_no_claim(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    browser = signed_in(people.fanta)
    pages = (address("claims"), address("claim", uid=decided.uid), address("eligibility"))
    for one in pages:
        assert browser.get(one).status_code == 404
    answer = signed_in(people.elected_officer).get(address("claim", uid=decided.uid))
    assert answer.status_code == 403


def test_a_page_of_a_claim_in_english(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    people.director.language = "en"
    people.director.save()
    text = signed_in(people.director).get(address("claim", uid=decided.uid)).content.decode()
    assert "Paid by the mutual" in text
    assert "Pris en charge" not in text


def test_what_is_looked_for_is_looked_for_in_every_worklist(
    signed_in: Browser, people: People, address: Address, decided: Claim, unsure: Claim
) -> None:
    browser = signed_in(people.medical_adviser)  # who opens on the claims to examine
    assert decided.document_number not in browser.get(address("claims")).content.decode()
    found = browser.get(address("claims"), {"q": decided.document_number}).content.decode()
    assert f">{decided.document_number}<" in found


def test_a_decided_claim_says_who_approves_it(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    url = address("claim", uid=decided.uid)
    officer = signed_in(people.moussa).get(url).content.decode()
    assert "Il attend d’être validé" in officer
    assert "vous le validez avec les autres de sa liste" in officer
    clerk = signed_in(people.awa).get(url).content.decode()
    assert "Il attend d’être validé" in clerk
    assert "vous le validez avec les autres" not in clerk
    assert "Il attend d’être validé" not in signed_in(people.director).get(url).content.decode()


@pytest.mark.requirement("R048")
def test_a_clerk_asks_for_an_exception_and_the_adviser_reads_why(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    claims = [
        a_claim(person, provider, people.awa, care_on=date(2025, 3, day)) for day in range(1, 8)
    ]
    cut, awa = claims[-1], signed_in(people.awa)
    here = address("claim", uid=cut.uid)
    assert "Demander une exception" in awa.get(here).content.decode()
    sent = {"reason": "Fièvre de l’enfant", "idempotency_key": a_key()}
    awa.post(address("claim-exception", uid=cut.uid), sent)
    cut.refresh_from_db()
    assert cut.state == ClaimState.IN_REVIEW
    page = signed_in(people.medical_adviser).get(here).content.decode()
    assert "Fièvre de l’enfant" in page
    assert "Exception au plafond demandée" in page
    away = signed_in(people.fanta).post(address("claim-exception", uid=cut.uid), sent)
    assert away.status_code in (403, 404)


def test_a_family_that_paid_above_the_tariff_is_told_what_to_claim_back(
    signed_in: Browser, people: People, address: Address, person: Person, provider: Provider
) -> None:
    """4 500 paid, 4 000 agreed: 500 are no charge of the provider, the family has paid them."""
    claim = a_claim(
        person, provider, people.awa, ("consultation-1", "1", 4500), circuit=Circuit.REIMBURSEMENT
    )
    page = signed_in(people.director).get(address("claim", uid=claim.uid)).content.decode()
    assert "à lui réclamer" in page
    assert "à sa charge" not in page


def test_who_may_sign_batches_reads_that_approving_leaves_the_batch_to_another(
    signed_in: Browser, people: People, address: Address, decided: Claim
) -> None:
    url, told = address("claim", uid=decided.uid), "une autre personne que vous autorise"
    assert told in signed_in(people.director).get(url).content.decode()
    assert told not in signed_in(people.coordinator).get(url).content.decode()
