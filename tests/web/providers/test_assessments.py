"""A provider assessed by several people, shown beside the decision on its convention."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.providers.conventions import Terms, draft_convention
from entraide.apps.providers.models import Provider, ProviderAssessment
from entraide.apps.providers.register import ProviderFacts, enter_provider
from entraide.apps.schemes.models import Mutual
from entraide.rulebook.assessments import assessment_on
from tests.builders import a_key
from tests.people import People
from tests.web.conftest import Browser
from tests.web.providers.conftest import Address

FORM, _DOCUMENT = assessment_on(date(2025, 6, 1))
QUESTIONS = [each for theme in FORM.themes for each in theme.questions]


def answers(*, rank: int) -> dict[str, str]:
    """The answer of this rank to each question: 0 is the best."""
    chosen = {each.code: each.answers[rank].code for each in QUESTIONS}
    return chosen | {"assessed_on": "10/06/2025", "met": "Dr Mensah", "idempotency_key": a_key()}


@pytest.fixture
def hospital(scoped: Mutual, people: People) -> Provider:
    return enter_provider(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 1), idempotency_key=a_key(),
        facts=ProviderFacts(name="Hôpital de Lomé", sector="public", level="district"),
    )  # fmt: skip


@pytest.mark.requirement("R075")
def test_several_assess_and_the_opinion_stands_beside_the_decision(
    hospital: Provider, scoped: Mutual, people: People, signed_in: Browser, address: Address
) -> None:
    new = address("provider-assess", uid=hospital.uid)
    assert signed_in(people.coordinator).post(new, answers(rank=1)).status_code == 302
    assert signed_in(people.coordinator).post(new, answers(rank=0)).status_code == 302
    assert signed_in(people.moussa).post(new, answers(rank=2)).status_code == 302
    draft = draft_convention(
        mutual=scoped, actor=people.coordinator, on=date(2025, 6, 11), idempotency_key=a_key(),
        provider=hospital, terms=Terms(effective_from=date(2025, 7, 1)),
    )  # fmt: skip
    page = signed_in(people.director).get(address("convention", uid=draft.uid))
    shown = page.context["shown"]
    assert shown.opinion.assessors_count == 2  # the coordinator's latest, and the RAF's
    assert (shown.lowest, shown.highest, shown.share * 2) == (0, 1, 1)
    assert shown.opinion.grade.code == "B"
    assert [title for title, _points, _share in shown.themes] == [
        "L’offre", "Les prix", "La qualité", "La motivation",
    ]  # fmt: skip
    assert "Sous conditions" in page.content.decode()
    listed = signed_in(people.director).get(address("provider-assessments", uid=hospital.uid))
    assert len(listed.context["rows"]) == 3


@pytest.mark.requirement("R075")
def test_it_stays_as_filled_in_and_an_empty_form_says_each_question(
    hospital: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    coordinator = signed_in(people.coordinator)
    new = address("provider-assess", uid=hospital.uid)
    empty = coordinator.post(new, {"assessed_on": "10/06/2025", "idempotency_key": a_key()})
    assert empty.status_code == 422
    assert set(empty.context["form"].errors) == {each.code for each in QUESTIONS}
    ahead = answers(rank=0) | {"assessed_on": "10/06/2026"}
    assert coordinator.post(new, ahead).status_code == 422
    assert coordinator.post(new, answers(rank=0)).status_code == 302
    kept = ProviderAssessment.objects.get()
    assert (kept.points, kept.grade, kept.assessed_by) == (
        kept.most_points,
        "A",
        people.coordinator,
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderAssessment.objects.filter(pk=kept.pk).update(points=0)
    one = coordinator.get(address("provider-assessment", uid=kept.uid)).content.decode()
    assert "Un soignant qualifié" in one
    assert "Toujours" in one


def test_who_reads_and_who_assesses(
    hospital: Provider, people: People, signed_in: Browser, address: Address
) -> None:
    signed_in(people.coordinator).post(
        address("provider-assess", uid=hospital.uid), answers(rank=1)
    )
    one = address("provider-assessment", uid=ProviderAssessment.objects.get().uid)
    for user, status in ((people.awa, 403), (people.moussa, 200), (people.fanta, 404)):
        assert signed_in(user).get(one).status_code == status
    director = signed_in(people.director)
    assert director.get(one).status_code == 200
    assert director.get(address("provider-assess", uid=hospital.uid)).status_code == 403
