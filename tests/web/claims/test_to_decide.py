"""What waits, by reason; the committee with its minutes; delays, red list, promise of service."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from entraide.apps.claims.committee import decide_in_committee
from entraide.apps.claims.models import Claim, ClaimState, CommitteeSession
from entraide.apps.claims.verification import check_counters
from entraide.apps.enrolment.models import Person
from entraide.apps.providers.models import Provider
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.web.claims import committee as committee_pages
from tests.builders import a_claim, a_key
from tests.people import People
from tests.web.claims.conftest import Address
from tests.web.conftest import Browser


def _text(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


@pytest.fixture
def waiting(person: Person, provider: Provider, people: People) -> list[Claim]:
    """Two totals that differ, one act without agreed price, one clean claim."""
    odd = [
        a_claim(person, provider, people.awa, care_on=date(2025, 6, day), stated_total_minor=4500)
        for day in (2, 3)
    ]
    unpriced = a_claim(
        person, provider, people.awa, ("consultation-9", "1", 1000), care_on=date(2025, 6, 4)
    )
    a_claim(person, provider, people.awa, care_on=date(2025, 6, 5))
    return [*odd, unpriced]


def test_none_is_said_where_nothing_waits(
    signed_in: Browser, people: People, address: Address, scoped: Mutual
) -> None:
    told = _text(signed_in(people.medical_adviser).get(address("claim-worklists")))
    assert "Aucun sinistre n’attend une personne." in told
    assert "Un sinistre attend une personne" not in told


@pytest.mark.requirement("R081", begun=True)
def test_worklists_by_reason_and_claims_confirmed_one_by_one(
    signed_in: Browser, people: People, address: Address, waiting: list[Claim], scoped: Mutual
) -> None:
    page = address("claim-worklists")
    doctor = signed_in(people.medical_adviser)
    shown = doctor.get(page)
    assert [(each.code, each.count) for each, _name, _days in shown.context["lists"]] == [
        ("TOTAL_DIFFERS", 2), ("NO_TARIFF", 1),
    ]  # fmt: skip
    assert "3 sinistres attendent une personne" in _text(shown)
    assert shown.context["share"].by_rules == 1
    assert "1 sur 4 = 25" in _text(shown)
    narrowed = doctor.get(page, {"reason": "NO_TARIFF", "days": "1"})
    assert [each.claim for each, _codes, _by in narrowed.context["rows"]] == [waiting[2]]
    assert not doctor.get(page, {"reason": "NO_TARIFF", "days": "90"}).context["rows"]

    confirm = address("claim-worklist-confirm")
    ticked = [str(claim.uid) for claim in waiting[:2]]
    sent = {"claim": ticked, "reason": "le papier dit 4 500", "list": "TOTAL_DIFFERS"}
    assert (
        signed_in(people.awa).post(confirm, {**sent, "idempotency_key": a_key()}).status_code == 403
    )
    doctor = signed_in(people.medical_adviser)
    silent = doctor.post(confirm, {**sent, "reason": "", "idempotency_key": a_key()}, follow=True)
    assert "donnez le motif" in _text(silent)
    key = a_key()
    for _twice in range(2):
        doctor.post(confirm, {**sent, "idempotency_key": key})
    for claim in waiting[:2]:
        claim.refresh_from_db()
        assert (claim.state, claim.decision_number) == (ClaimState.DECIDED, 2)
    # One that is refused keeps none of the others back, and is named.
    again = {**sent, "claim": [str(waiting[2].uid), ticked[0]], "idempotency_key": a_key()}
    Claim.objects.filter(pk=waiting[0].pk).update(state=ClaimState.APPROVED)
    told = _text(doctor.post(confirm, again, follow=True))
    assert "1 sinistre est décidé." in told
    assert waiting[0].document_number in told
    assert list(check_counters(scoped)) == []


def test_the_committee_decides_with_reasons_and_its_minutes_are_kept(
    signed_in: Browser, people: People, address: Address, waiting: list[Claim], scoped: Mutual,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    new = address("committee-new")
    sent = {"held_on": "10/06/2025", "place": "Siège", "members": "Mme Ayélé\nM. Kossi\nA\nB\nC\nD"}
    assert signed_in(people.awa).post(new, {**sent, "idempotency_key": a_key()}).status_code == 403
    chair = signed_in(people.coordinator)
    alone = chair.post(new, {**sent, "members": "Seule", "idempotency_key": a_key()})
    assert alone.status_code == 422
    chair.post(new, {**sent, "idempotency_key": a_key()})
    session = CommitteeSession.objects.get()
    assert session.document_number == "PV-2025-00001"
    page = address("committee", uid=session.uid)
    assert waiting[0].document_number in _text(chair.get(page))
    claim_page = address("claim", uid=waiting[0].uid)
    assert 'name="opinion"' not in _text(chair.get(claim_page))
    opened = _text(chair.get(claim_page, {"committee": str(session.uid)}))
    assert 'name="opinion"' in opened
    opinion = {"opinion": "confirm", "committee": str(session.uid), "idempotency_key": a_key()}
    review = address("claim-review", uid=waiting[0].uid)
    assert chair.post(review, {**opinion, "reason": ""}).status_code == 422
    answer = chair.post(review, {**opinion, "reason": "total mal additionné"})
    assert answer.url == page
    waiting[0].refresh_from_db()
    assert (waiting[0].state, waiting[0].decision_number) == (ClaimState.DECIDED, 2)
    shown = chair.get(claim_page).content.decode()
    assert shown.count(f'href="{page}"') == 2, "the page and its history lead to the sitting"
    assert "Décidé par le comité, noté par" in shown
    listed = _text(chair.get(address("claims")))
    assert "2 sinistres sont liquidés, à valider" in listed
    assert "Vous pouvez en valider 1" in listed
    assert "Un sinistre revient à une autre personne." in listed
    for sat, count in ((people.coordinator, 1), (people.director, 2)):
        told = [each.what for each in signed_in(sat).get(address("home")).context["decisions"]]
        words = "Valider 1 sinistre" if count == 1 else f"Valider {count} sinistres"
        assert words in told, "nobody is asked to approve what they decided themselves"
    assert "Décision des règles confirmée" in _text(chair.get(page))
    papers: list[Any] = []
    monkeypatch.setattr(
        committee_pages, "letters_pdf", lambda rows, **_more: papers.extend(rows) or b"%PDF-"
    )
    chair.get(address("committee-minutes", uid=session.uid))
    (paper,) = papers
    assert paper.signs == ("Mme Ayélé", "M. Kossi", "A", "B", "C", "D")  # one box for each
    assert [row[0] for row in paper.rows] == [waiting[0].document_number]
    assert paper.rows[0][4] == "Décision des règles confirmée. total mal additionné"
    close = address("committee-close", uid=session.uid)
    chair.post(close, {"notes": "Prochaine séance en juillet.", "idempotency_key": a_key()})
    session.refresh_from_db()
    assert session.closed_by == people.coordinator
    with pytest.raises(Refusal, match="COMMITTEE_CLOSED"):
        decide_in_committee(
            mutual=scoped, actor=people.coordinator, on=date(2025, 6, 11), idempotency_key=a_key(),
            session=session, claim=waiting[1], reason="trop tard",
        )  # fmt: skip
    assert signed_in(people.fanta).get(page).status_code in (403, 404)


def test_who_entered_a_claim_does_not_decide_it_in_committee_either(
    scoped: Mutual, people: People, person: Person, provider: Provider
) -> None:
    own = a_claim(person, provider, people.awa, stated_total_minor=1)
    Claim.objects.filter(pk=own.pk).update(entered_by=people.coordinator)
    session = CommitteeSession.objects.create(
        mutual=scoped, document_number="PV-1", held_on=date(2025, 6, 1), members=["A", "B"],
        opened_by=people.coordinator,
    )  # fmt: skip
    with pytest.raises(Refusal, match="SEPARATION_OF_DUTIES"):
        decide_in_committee(
            mutual=scoped, actor=people.coordinator, on=date(2025, 6, 11), idempotency_key=a_key(),
            session=session, claim=own, reason="d’accord",
        )  # fmt: skip


@pytest.mark.requirement("R051")
@pytest.mark.requirement("R067")
def test_delays_by_step_the_red_list_and_the_promise_to_put_up(
    signed_in: Browser, people: People, address: Address, scoped: Mutual, person: Person,
    provider: Provider,
) -> None:  # fmt: skip
    late = a_claim(
        person, provider, people.awa, care_on=date(2025, 4, 1), received_on=date(2025, 5, 10)
    )
    paid = a_claim(
        person, provider, people.awa, care_on=date(2025, 4, 20), received_on=date(2025, 5, 1)
    )
    Claim.objects.filter(pk=paid.pk).update(state=ClaimState.PAID, paid_on=date(2025, 5, 21))
    director = signed_in(people.director)
    shown = director.get(address("claim-delays"))
    rows = {
        each.step.value: (each.count, median) for _n, each, median, _p, _r in shown.context["rows"]
    }
    assert rows["reception_to_payment"] == (1, "20,0")
    assert rows["care_to_reception"] == (2, "25,0")  # 39 and 11
    assert [claim for claim, *_told in shown.context["late"]] == [late]
    # Paid in the month that runs: told by no page before its end.
    Claim.objects.filter(pk=late.pk).update(state=ClaimState.PAID, paid_on=date(2025, 6, 10))
    promise = director.get(address("service-promise"))
    year = director.get(address("claim-delays"), {"months": 12})
    whole = year.context["rows"][-1][1]
    assert (whole.count, whole.within) == (1, 1)
    assert (promise.context["paid"], promise.context["in_time"]) == (1, 1)
    assert promise.context["period"] == year.context["period"]
    assert [each.month_on for each, _rate in promise.context["rows"]] == [date(2025, 5, 1)]
    text = _text(promise)
    assert "100 %" in text
    assert person.name not in text
    scoped.settings = {**scoped.settings, "promise_days": 10}
    scoped.save(update_fields=["settings"])
    stricter = _text(director.get(address("service-promise")))
    assert "dans les 10 jours" in stricter
    assert "0 %" in stricter
    assert signed_in(people.fanta).get(address("claim-delays")).status_code in (403, 404)


def test_the_minutes_are_signed_by_two_kept_as_a_scan_and_a_claim_is_taken_up_again(
    signed_in: Browser, people: People, address: Address, waiting: list[Claim], scoped: Mutual,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chair = signed_in(people.coordinator)
    sitting = [str(people.coordinator.pk), str(people.medical_adviser.pk)]
    sent = {"held_on": "10/06/2025", "people": sitting, "members": "M. Kossi, ancien du village"}
    chair.post(address("committee-new"), {**sent, "idempotency_key": a_key()})
    session = CommitteeSession.objects.get()
    opinion = {"opinion": "confirm", "committee": str(session.uid), "idempotency_key": a_key()}
    chair.post(
        address("claim-review", uid=waiting[0].uid), {**opinion, "reason": "total mal additionné"}
    )
    page = address("committee", uid=session.uid)
    assert "Signer le procès-verbal" not in _text(chair.get(page))
    chair.post(address("committee-close", uid=session.uid), {"idempotency_key": a_key()})
    assert "Close, à signer" in _text(chair.get(address("committees")))
    sign = address("committee-sign", uid=session.uid)
    # Who did not sit signs under nobody's name.
    absent = signed_in(people.director)
    assert f'href="{sign}"' not in _text(absent.get(page))
    assert absent.get(sign).url == page
    said = {"name": str(people.coordinator), "capacity": "chair", "idempotency_key": a_key()}
    assert absent.post(sign, said).status_code == 422
    assert not session.signatures.exists()
    chair.post(sign, {"capacity": "chair", "idempotency_key": a_key()})
    told = _text(chair.get(page))
    name = str(people.coordinator)
    assert f"{name}, présidence de séance : signé le" in told
    assert f"depuis le compte de {name}" in told
    assert "dont la copie est gardée : M. Kossi, ancien du village" in told
    assert f"Peuvent les valider : {people.director}." in told
    assert "deux personnes, signent" in told
    assert 'href="' + sign not in told  # one person signs once
    member = {"capacity": "member", "idempotency_key": a_key()}
    signed_in(people.medical_adviser).post(sign, member)
    assert "deux personnes, signent" not in _text(chair.get(page))
    papers: list[Any] = []
    monkeypatch.setattr(
        committee_pages, "letters_pdf", lambda rows, **_more: papers.extend(rows) or b"%PDF-"
    )
    chair.get(address("committee-minutes", uid=session.uid))
    told_on_paper = " ".join(papers[0].after)
    for each in (people.coordinator, people.medical_adviser):
        assert f"depuis le compte de {each}." in told_on_paper
    assert "M. Kossi, ancien du village" in papers[0].signs
    assert "Signée" in _text(chair.get(address("committees")))
    new_scan = address("committee-scan-new", uid=session.uid)
    wrong = SimpleUploadedFile("pv.pdf", b"rien", content_type="application/pdf")
    assert chair.post(new_scan, {"scan": wrong, "idempotency_key": a_key()}).status_code == 422
    paper = SimpleUploadedFile("pv.pdf", b"%PDF-1.4\n%%EOF", content_type="application/pdf")
    chair.post(new_scan, {"scan": paper, "idempotency_key": a_key()})
    kept = session.scans.get()
    given = chair.get(address("committee-scan", uid=kept.uid))
    assert bytes(given.content) == b"%PDF-1.4\n%%EOF"
    assert signed_in(people.fanta).get(address("committee-scan", uid=kept.uid)).status_code != 200

    chair.post(
        address("committee-new"), {**sent, "held_on": "11/06/2025", "idempotency_key": a_key()}
    )
    later = CommitteeSession.objects.exclude(pk=session.pk).get()
    assert "Reprendre un sinistre" in _text(chair.get(address("committee", uid=later.uid)))
    again = {"claim": str(waiting[0].uid), "reason": "pièce retrouvée", "idempotency_key": a_key()}
    answer = chair.post(address("committee-reopen", uid=later.uid), again)
    assert answer.url == f"{address('claim', uid=waiting[0].uid)}?committee={later.uid}"
    shown = _text(chair.get(answer.url))
    assert "Repris par le comité, noté par" in shown
    assert "pièce retrouvée" in shown
    assert 'name="opinion"' in shown
