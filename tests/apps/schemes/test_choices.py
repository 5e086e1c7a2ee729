"""The choices of a mutual: typed, documented in both languages, changed by a command only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from entraide.apps.access.models import CommandLog, User
from entraide.apps.schemes.choices import (
    CARD_UNIT,
    CHOICES,
    HELP_NUMBER,
    HELP_STEPS,
    RUNNING_SHARE_LIMIT,
    Choice,
    ChoiceArea,
    FlagChoice,
    NumberChoice,
    checked_settings,
    choice_named,
)
from entraide.apps.schemes.choosing import change_choice, changes_of
from entraide.apps.schemes.models import ChoiceChange, Mutual
from entraide.core.errors import Refusal, RefusedRows
from entraide.messages import translate
from tests.builders import a_key
from tests.people import People

TRIED = FlagChoice("tried", "Tried", "Meaning.", False, ChoiceArea.NETWORK, "0.2.0")
DAYS = NumberChoice("days", "Days", "Meaning.", 30, ChoiceArea.NETWORK, "0.2.0", maximum=90)


def change(mutual: Mutual, actor: User, name: str, value: object, **content: str) -> ChoiceChange:
    return change_choice(
        mutual=mutual,
        actor=actor,
        on=date(2025, 6, 16),
        idempotency_key=a_key(),
        name=name,
        value=value,
        source=content.get("source", "Conseil du 2 juin 2025"),
    )


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_each_choice_says_what_it_means_in_french_and_its_default_is_a_value(
    choice: Choice[object],
) -> None:
    options = getattr(choice, "options", {})
    for text in (choice.title, choice.meaning, *options.values()):
        assert translate(text) != text
    assert choice.fault(choice.default) is None
    written = str(choice.default)
    if isinstance(choice.default, bool):
        written = "yes" if choice.default else "no"
    assert choice.kept_of(written) == choice.default


def test_names_are_unique() -> None:
    assert len({choice.name for choice in CHOICES}) == len(CHOICES)


@pytest.mark.parametrize(
    ("choice", "written", "kept"),
    [
        (TRIED, "yes", True),
        (TRIED, "no", False),
        (DAYS, " 45 ", 45),
        (RUNNING_SHARE_LIMIT, "0,25", "0.25"),
        (RUNNING_SHARE_LIMIT, "32,5 %", "0.325"),
        (HELP_STEPS, " Appeler \n Garder le papier ", "Appeler\nGarder le papier"),
        (CARD_UNIT, "person", "person"),
    ],
)
def test_a_value_of_a_form_is_kept_by_its_kind(
    choice: Choice[object], written: str, kept: object
) -> None:
    assert choice.kept_of(written) == kept
    assert choice.fault(kept) is None


@pytest.mark.parametrize(
    ("choice", "written", "code"),
    [
        (TRIED, "maybe", "SETTING_NOT_FLAG"),
        (DAYS, "91", "SETTING_NOT_NUMBER"),
        (DAYS, "-1", "SETTING_NOT_NUMBER"),
        (DAYS, "many", "SETTING_NOT_NUMBER"),
        (DAYS, "9" * 40, "SETTING_NOT_NUMBER"),
        (RUNNING_SHARE_LIMIT, "1.5", "SETTING_INVALID"),
        (RUNNING_SHARE_LIMIT, "a %", "SETTING_INVALID"),
        (RUNNING_SHARE_LIMIT, "NaN", "SETTING_INVALID"),
        (HELP_NUMBER, "9" * 41, "SETTING_TEXT_LONG"),
        (HELP_STEPS, "a\nb\nc\nd\ne\nf", "SETTING_TEXT_LONG"),
        (HELP_NUMBER, "22\u202e11", "TEXT_UNSEEN_CHARACTER"),
        (CARD_UNIT, "village", "SETTING_NOT_OPTION"),
    ],
)
def test_a_value_of_another_kind_is_named(choice: Choice[object], written: str, code: str) -> None:
    fault = choice.fault(choice.kept_of(written))
    assert fault is not None
    assert (fault.code, fault.place) == (code, f"settings.{choice.name}")


def test_all_faults_of_settings_are_told_at_once() -> None:
    with pytest.raises(RefusedRows) as refused:
        checked_settings({"running_share_limit": 0.3, "wings": 2, "card_unit": "person"})
    assert [each.code for each in refused.value.findings] == ["SETTING_INVALID", "SETTING_UNKNOWN"]
    with pytest.raises(Refusal, match="SETTING_UNKNOWN"):
        choice_named("wings")


def test_a_mutual_that_says_nothing_has_the_default() -> None:
    mutual = Mutual(settings={})
    assert RUNNING_SHARE_LIMIT.of(mutual) == Decimal("0.30")
    assert not RUNNING_SHARE_LIMIT.is_chosen(mutual)
    assert TRIED.of(Mutual(settings={"tried": True})) is True


def test_a_change_is_in_force_at_once_and_kept_with_who_and_why(
    scoped: Mutual, people: People
) -> None:
    made = change(scoped, people.coordinator, "help_number", "8200")
    assert HELP_NUMBER.of(scoped) == HELP_NUMBER.of(Mutual.objects.get(pk=scoped.pk)) == "8200"
    change(scoped, people.director, "help_number", "8211")
    kept = [(each.before, each.after, each.changed_by) for each in changes_of(scoped)]
    assert kept == [("8200", "8211", people.director), ("", "8200", people.coordinator)]
    assert made.source == "Conseil du 2 juin 2025"
    assert CommandLog.objects.filter(name="change_choice").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        ChoiceChange.objects.all().delete()


@pytest.mark.parametrize(
    ("name", "value", "source", "code"),
    [
        ("help_number", "", "Conseil", "SETTING_SAME"),
        ("help_number", "8200", "  ", "SETTING_SOURCE_MISSING"),
        ("running_share_limit", "0.3", "Conseil", "SETTING_SAME"),
        ("card_unit", "village", "Conseil", "INPUT_REFUSED"),
        ("wings", "2", "Conseil", "SETTING_UNKNOWN"),
    ],
)
def test_what_cannot_be_changed_is_refused(
    scoped: Mutual, people: People, name: str, value: str, source: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        change(scoped, people.coordinator, name, value, source=source)
    assert refused.value.code == code
    assert not changes_of(scoped).exists()


def test_only_who_leads_the_mutual_changes_its_settings(scoped: Mutual, people: People) -> None:
    for person in (people.awa, people.moussa, people.fanta, people.issa):
        with pytest.raises(Refusal, match="FORBIDDEN"):
            change(scoped, person, "help_number", "8200")
