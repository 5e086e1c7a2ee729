"""What is missing from a file, since when, and whether it holds rights back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.core.completeness import (
    NOTHING_ASKED,
    Demand,
    FileRule,
    HouseholdFile,
    PersonFile,
    Piece,
    PieceRule,
    Whom,
    document_of,
    following,
    holding_back,
    missing_pieces,
    rule_of_document,
)
from entraide.core.enrolment import MembershipCover, PersonCover, RightsStatus, rights_on
from entraide.core.errors import RefusedRows
from entraide.core.periods import Period
from tests.core.test_enrolment import with_membership

ON = date(2025, 6, 16)
JOINED = date(2025, 1, 10)
SUSPENDS, ASKED = Demand.SUSPENDS, Demand.ASKED

MEMBER = PersonFile("F-1-1", JOINED, date(1988, 4, 12), is_member=True)
CHILD = PersonFile("F-1-2", date(2025, 6, 1), date(2016, 9, 3))
FILE = HouseholdFile(JOINED, (MEMBER, CHILD))
WHOLE = HouseholdFile(
    JOINED,
    tuple(
        replace(each, has_photo=True, birth_is_exact=True, has_identity=True)
        for each in (MEMBER, CHILD)
    ),
    has_phone=True,
    has_place=True,
    has_consent=True,
    is_signed=True,
)
EVERYTHING = FileRule({piece: PieceRule(SUSPENDS) for piece in Piece})


def told(rule: FileRule, file: HouseholdFile = FILE) -> list[tuple[str, str]]:
    return [(each.piece.value, each.person) for each in missing_pieces(rule, file, ON)]


def test_nothing_is_missing_from_a_whole_file_or_by_a_rule_that_asks_nothing() -> None:
    assert told(EVERYTHING, WHOLE) == []
    assert told(NOTHING_ASKED) == []


def test_each_piece_is_one_task_of_a_person_or_of_the_family() -> None:
    assert told(EVERYTHING) == [
        ("photo", "F-1-1"), ("birth_date", "F-1-1"), ("identity", "F-1-1"),
        ("photo", "F-1-2"), ("birth_date", "F-1-2"), ("identity", "F-1-2"),
        ("phone", ""), ("place", ""), ("consent", ""), ("signature", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("whom", "asked"),
    [
        (Whom.EVERYONE, ["F-1-1", "F-1-2"]),
        (Whom.ADULTS, ["F-1-1"]),
        (Whom.MEMBER, ["F-1-1"]),
    ],
)
def test_a_piece_is_asked_of_whom_the_rule_says(whom: Whom, asked: list[str]) -> None:
    rule = FileRule({Piece.IDENTITY: PieceRule(ASKED, whom)})
    assert [person for _piece, person in told(rule)] == asked


def test_a_piece_is_missing_since_the_entry_and_holds_back_after_its_grace() -> None:
    rule = FileRule({Piece.PHOTO: PieceRule(SUSPENDS, grace_days=30)})
    member, child = missing_pieces(rule, FILE, ON)
    assert (member.since, member.suspends_from) == (JOINED, date(2025, 2, 9))
    assert (child.since, child.suspends_from) == (date(2025, 6, 1), date(2025, 7, 1))
    assert holding_back((member, child), "F-1-1", ON) == (member,)
    assert holding_back((member, child), "F-1-2", ON) == ()
    assert holding_back((member, child), "F-1-2", date(2025, 7, 1)) == (child,)


def test_a_new_rule_gives_its_days_of_grace_to_those_already_enrolled() -> None:
    rule = FileRule({Piece.CONSENT: PieceRule(SUSPENDS, grace_days=60, since=date(2025, 6, 1))})
    (consent,) = missing_pieces(rule, FILE, ON)
    assert (consent.since, consent.suspends_from) == (JOINED, date(2025, 7, 31))


def test_a_piece_only_asked_for_never_holds_back() -> None:
    (photo, _child) = missing_pieces(FileRule({Piece.PHOTO: PieceRule(ASKED)}), FILE, ON)
    assert photo.suspends_from is None
    assert not photo.suspends_on(date(2099, 1, 1))


def test_a_piece_of_the_family_holds_back_everybody() -> None:
    missing = missing_pieces(FileRule({Piece.CONSENT: PieceRule(SUSPENDS)}), FILE, ON)
    assert holding_back(missing, "F-1-1", ON) == holding_back(missing, "F-1-2", ON) == missing


@pytest.mark.requirement("R004", begun=True)
def test_rights_say_each_piece_that_holds_them_back_once() -> None:
    product = with_membership(photo_required=True)
    cover = MembershipCover(Period(JOINED, date(2026, 1, 10)), JOINED)
    rule = FileRule({Piece.PHOTO: PieceRule(SUSPENDS), Piece.CONSENT: PieceRule(SUSPENDS)})
    held = holding_back(missing_pieces(rule, FILE, ON), "F-1-1", ON)
    rights = rights_on(PersonCover(JOINED, has_photo=False), cover, (), product, ON, held)
    assert rights.status is RightsStatus.SUSPENDED
    assert [each.code for each in rights.reasons] == ["PHOTO_MISSING", "FILE_CONSENT_MISSING"]
    assert rights_on(PersonCover(JOINED), cover, (), product, ON).is_open


def test_a_rule_is_written_and_read_again() -> None:
    document = {
        "photo": {"demand": "suspends", "of": "everyone", "grace_days": 30},
        "identity": {"demand": "asked", "of": "adults"},
        "phone": {"demand": "not_asked"},
    }
    rule = rule_of_document(document, ON)
    assert rule.asked == (Piece.PHOTO, Piece.IDENTITY)
    assert rule.suspending == (Piece.PHOTO,)
    assert rule.of(Piece.PHOTO) == PieceRule(SUSPENDS, Whom.EVERYONE, 30, ON)
    assert rule_of_document(document_of(rule), date(2030, 1, 1)) == FileRule(
        {piece: rule.of(piece) for piece in rule.asked}
    )


def test_every_fault_of_a_rule_is_told_at_once() -> None:
    document = {
        "soul": {"demand": "asked"},
        "photo": {"demand": "perhaps"},
        "phone": {"demand": "asked", "grace_days": -1},
        "consent": {"demand": "asked", "grace_days": True},
        "place": "asked",
        "signature": {"demand": "asked", "of": "cousins"},
    }
    with pytest.raises(RefusedRows) as refused:
        rule_of_document(document, ON)
    assert [(each.code, each.place) for each in refused.value.findings] == [
        ("FILE_RULE_PIECE_UNKNOWN", "soul"),
        ("FILE_RULE_VALUE", "photo"),
        ("FILE_RULE_GRACE", "phone"),
        ("FILE_RULE_GRACE", "consent"),
        ("FILE_RULE_PIECE_UNKNOWN", "place"),
        ("FILE_RULE_VALUE", "signature"),
    ]


def test_what_was_already_asked_keeps_its_day() -> None:
    first = rule_of_document(
        {"photo": {"demand": "suspends"}, "phone": {"demand": "asked"}}, JOINED
    )
    second = following(
        first,
        rule_of_document(
            {"photo": {"demand": "suspends", "grace_days": 10}, "phone": {"demand": "suspends"}}, ON
        ),
        ON,
    )
    assert second.of(Piece.PHOTO).since == JOINED
    assert second.of(Piece.PHOTO).grace_days == 10
    assert second.of(Piece.PHONE).since == ON


@given(
    entered=st.dates(date(2024, 1, 1), date(2026, 1, 1)),
    since=st.dates(date(2024, 1, 1), date(2026, 1, 1)),
    grace=st.integers(0, 90),
    on=st.dates(date(2024, 1, 1), date(2026, 6, 1)),
)
def test_the_bound_that_sql_uses_says_the_same(
    entered: date, since: date, grace: int, on: date
) -> None:
    """``begun_by`` and ``suspends_from`` are two ways to say one thing."""
    rule = PieceRule(SUSPENDS, grace_days=grace, since=since)
    begun_by, from_day = rule.begun_by(on), rule.suspends_from(entered)
    assert from_day is not None
    assert (begun_by is not None and entered <= begun_by) == (from_day <= on)
    assert from_day >= entered + timedelta(days=grace)
