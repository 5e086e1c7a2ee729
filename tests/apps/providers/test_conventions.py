"""Conventions: drafted by one, approved by another, renewed in time, ended with notice, broken."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from entraide.apps.providers.breaches import (
    breaches_of,
    close_breach,
    follow_breach,
    record_breach,
)
from entraide.apps.providers.conventions import (
    Terms,
    approve_convention,
    change_convention,
    draft_convention,
    end_convention,
    keep_scan,
    refuse_convention,
    to_renew,
)
from entraide.apps.providers.models import Agreement, AgreementState, Provider
from entraide.apps.providers.register import ProviderFacts, enter_provider
from entraide.apps.providers.scans import prepared_scan
from entraide.apps.providers.selectors import agreed_providers, agreement_on
from entraide.apps.schemes.models import Mutual
from entraide.core.conventions import Renewal
from entraide.core.errors import Refusal
from entraide.messages import sentence
from entraide.messages.wording import day_in_words
from tests.builders import a_key
from tests.people import People

ON = date(2025, 6, 16)
TERMS = Terms(
    effective_from=ON, effective_until=date(2026, 6, 16), payment_delay_days=30, notice_days=60,
    discount_rate=Decimal("0.05"), services=("delivery", "consultation"),
    needs_guarantee_letter=True, clauses={"red_list": "Carte retirée", "other": " "},
)  # fmt: skip


def said(mutual: Mutual, actor: Any, on: date = ON) -> dict[str, Any]:
    return {"mutual": mutual, "actor": actor, "on": on, "idempotency_key": a_key()}


@pytest.fixture
def provider(scoped: Mutual, people: People) -> Provider:
    return enter_provider(
        facts=ProviderFacts(name="Hôpital", sector="public", level="district"),
        **said(scoped, people.coordinator),
    )


def drafted(scoped: Mutual, people: People, provider: Provider, terms: Terms = TERMS) -> Agreement:
    return draft_convention(provider=provider, terms=terms, **said(scoped, people.coordinator))


def in_force(scoped: Mutual, people: People, provider: Provider, terms: Terms = TERMS) -> Agreement:
    draft = drafted(scoped, people, provider, terms)
    return approve_convention(agreement=draft, **said(scoped, people.director))


@pytest.mark.requirement("R070")
def test_a_draft_counts_for_nothing_until_another_person_approves_it(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    draft = drafted(scoped, people, provider)
    assert draft.clauses == {"red_list": "Carte retirée"}
    assert draft.services == ["consultation", "delivery"]
    assert agreement_on(provider, ON) is None
    assert provider not in agreed_providers(ON)
    Agreement.objects.filter(pk=draft.pk).update(entered_by=people.director)
    with pytest.raises(Refusal) as own:
        approve_convention(agreement=draft, **said(scoped, people.director))
    assert own.value.code == "SEPARATION_OF_DUTIES"
    approve_convention(agreement=draft, **said(scoped, people.elected_officer))
    assert agreement_on(provider, ON) == draft
    assert agreement_on(provider, date(2026, 6, 16)) is None
    assert provider in agreed_providers(ON)


@pytest.mark.requirement("R070")
def test_what_is_approved_is_not_rewritten(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    agreement = in_force(scoped, people, provider)
    with pytest.raises(Refusal) as refused:
        change_convention(agreement=agreement, terms=TERMS, **said(scoped, people.coordinator))
    assert refused.value.code == "CONVENTION_NOT_DRAFT"
    for change in ({"payment_delay_days": 90}, {"discount_rate": Decimal("0.1")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(**change)


@pytest.mark.requirement("R070")
def test_who_changes_a_draft_does_not_approve_it(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    draft = drafted(scoped, people, provider)
    changed = change_convention(
        agreement=draft, terms=Terms(effective_from=ON, notice_days=30),
        **said(scoped, people.moussa),
    )  # fmt: skip
    assert (changed.entered_by, changed.notice_days) == (people.moussa, 30)
    with pytest.raises(Refusal) as refused:
        approve_convention(agreement=draft, **said(scoped, people.moussa))
    assert refused.value.code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms(effective_from=ON, effective_until=ON), "PERIOD_EMPTY"),
        (Terms(effective_from=ON, services=("magic",)), "PROVIDER_SERVICE_UNKNOWN"),
        (Terms(effective_from=ON, clauses={"tariff": "x"}), "CLAUSE_UNKNOWN"),
        (Terms(effective_from=ON, discount_rate=Decimal(1)), "DISCOUNT_INVALID"),
        (Terms(effective_from=ON, discount_rate=Decimal("0.12345")), "RATE_TOO_PRECISE"),
        (Terms(effective_from=ON, discount_rate=Decimal("NaN")), "NUMBER_NOT_FINITE"),
    ],
)
def test_terms_that_cannot_hold_are_refused(
    scoped: Mutual, people: People, provider: Provider, terms: Terms, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        drafted(scoped, people, provider, terms)
    assert refused.value.code == code
    if code == "PERIOD_EMPTY":  # the last day, as it was typed, not the day after
        told = sentence(code, refused.value.data)
        assert day_in_words(ON - timedelta(days=1), "fr") in told
    assert not Agreement.objects.exists()


def test_one_convention_at_a_time_with_one_provider(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    first = in_force(scoped, people, provider)
    with pytest.raises(Refusal) as refused:
        drafted(scoped, people, provider, Terms(effective_from=date(2026, 6, 15)))
    assert refused.value.code == "AGREEMENT_OVERLAPS"
    following = drafted(scoped, people, provider, Terms(effective_from=date(2026, 6, 16)))
    refuse_convention(agreement=following, reason="non", **said(scoped, people.director))
    drafted(scoped, people, provider, Terms(effective_from=date(2026, 6, 16)))
    assert agreement_on(provider, ON) == first


@pytest.mark.requirement("R071")
def test_the_worklist_of_renewals_until_something_follows(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    agreement = in_force(scoped, people, provider)
    end = date(2026, 6, 16)
    assert to_renew(scoped, end - timedelta(days=91)) == []
    assert to_renew(scoped, end - timedelta(days=90)) == [(agreement, Renewal.SOON)]
    assert to_renew(scoped, end - timedelta(days=30)) == [(agreement, Renewal.URGENT)]
    assert to_renew(scoped, end + timedelta(days=5)) == [(agreement, Renewal.OVER)]
    assert to_renew(scoped, end + timedelta(days=90)) == []
    drafted(scoped, people, provider, Terms(effective_from=end))
    assert to_renew(scoped, end - timedelta(days=30)) == []


@pytest.mark.requirement("R070")
def test_an_end_before_the_term_asks_for_its_notice(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    agreement = in_force(scoped, people, provider)
    for until, code in (
        (date(2025, 8, 14), "NOTICE_TOO_SHORT"),  # 60 days after 16 June is 15 August
        (date(2027, 1, 1), "CONVENTION_ENDS_EARLIER"),
        (ON, "PERIOD_EMPTY"),
    ):
        with pytest.raises(Refusal) as refused:
            end_convention(
                agreement=agreement, effective_until=until, reason="accord",
                notice_given_on=ON, **said(scoped, people.director),
            )  # fmt: skip
        assert refused.value.code == code
    ended = end_convention(
        agreement=agreement, effective_until=date(2025, 8, 15), reason="accord",
        notice_given_on=ON, **said(scoped, people.director),
    )  # fmt: skip
    assert agreement_on(provider, date(2025, 8, 15)) is None
    assert agreement_on(provider, date(2025, 8, 14)) == ended
    assert to_renew(scoped, date(2025, 8, 1)) == []  # nobody asks to renew what was ended


@pytest.mark.requirement("R070")
def test_a_breach_is_told_answered_sanctioned_and_closed_each_once(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    agreement = in_force(scoped, people, provider)
    for wrong, code in (
        ({"clause": "magic"}, "CLAUSE_UNKNOWN"),
        ({"what_happened": " "}, "BREACH_EMPTY"),
        ({"occurred_on": ON + timedelta(days=1)}, "DATE_IN_FUTURE"),
        ({"occurred_on": ON - timedelta(days=1)}, "BREACH_OUTSIDE_CONVENTION"),
    ):
        content = {"clause": "tariff", "occurred_on": ON, "what_happened": "Prix dépassé"} | wrong
        with pytest.raises(Refusal) as refused:
            record_breach(agreement=agreement, **content, **said(scoped, people.coordinator))
        assert refused.value.code == code
    breach = record_breach(
        agreement=agreement, clause="tariff", occurred_on=ON, what_happened="Prix dépassé",
        evidence="SIN-12", **said(scoped, people.coordinator),
    )  # fmt: skip
    with pytest.raises(Refusal) as half:
        follow_breach(breach=breach, reply="Erreur", **said(scoped, people.moussa))
    assert half.value.code == "BREACH_REPLY_INCOMPLETE"
    follow_breach(
        breach=breach, notice_given_on=ON, reply="Erreur de caisse", replied_on=ON,
        sanction="Avertissement", **said(scoped, people.moussa),
    )  # fmt: skip
    with pytest.raises(Refusal) as again:
        follow_breach(breach=breach, sanction="Autre", **said(scoped, people.moussa))
    assert again.value.code == "BREACH_STEP_TAKEN"
    assert breaches_of(scoped).filter(closed_on__isnull=True).count() == 1
    close_breach(breach=breach, outcome="Trop-perçu rendu", **said(scoped, people.director))
    with pytest.raises(Refusal) as closed:
        close_breach(breach=breach, outcome="encore", **said(scoped, people.director))
    assert closed.value.code == "BREACH_CLOSED"
    kept = breaches_of(scoped).get()
    assert (kept.reply, kept.sanction, kept.outcome, kept.closed_by) == (
        "Erreur de caisse", "Avertissement", "Trop-perçu rendu", people.director,
    )  # fmt: skip


@pytest.mark.requirement("R070")
def test_the_signed_paper_is_kept_as_pdf_or_picture(
    scoped: Mutual, people: People, provider: Provider
) -> None:
    agreement = in_force(scoped, people, provider)
    pdf = b"%PDF-1.7 ... %%EOF"
    kept = keep_scan(
        agreement=agreement, scan=prepared_scan(pdf), **said(scoped, people.coordinator)
    )
    assert (bytes(kept.content), kept.media_type) == (pdf, "application/pdf")
    written = io.BytesIO()
    Image.new("RGB", (3000, 4000), "white").save(written, "PNG")
    scan = prepared_scan(written.getvalue())
    assert scan.media_type == "image/jpeg"
    with Image.open(io.BytesIO(scan.content)) as picture:
        assert picture.width <= 1700
        assert picture.height <= 2400
    for content, code in (
        (b"", "SCAN_EMPTY"), (b"MZ program", "SCAN_UNREADABLE"), (b"%PDF-1.7 cut", "SCAN_UNREADABLE"),
        (b"x" * (8 * 1024 * 1024 + 1), "SCAN_TOO_HEAVY"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            prepared_scan(content)
        assert refused.value.code == code


def test_a_refused_draft_stays_readable(scoped: Mutual, people: People, provider: Provider) -> None:
    draft = drafted(scoped, people, provider)
    refuse_convention(agreement=draft, reason="trop cher", **said(scoped, people.director))
    draft.refresh_from_db()
    assert (draft.state, draft.refusal_reason) == (AgreementState.REFUSED, "trop cher")
    with pytest.raises(Refusal) as refused:
        approve_convention(agreement=draft, **said(scoped, people.elected_officer))
    assert refused.value.code == "CONVENTION_NOT_DRAFT"
