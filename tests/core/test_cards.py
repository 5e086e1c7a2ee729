"""The code of a card says whose it is, and nobody can change a word of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraide.apps.cards.signing import Signer, is_signature, new_private_key, public_key_of
from entraide.core.cards import (
    LONGEST_CODE,
    CardAct,
    CardPayload,
    CardState,
    Proof,
    PublicKey,
    Wanted,
    proof_of,
    read_code,
    signed_text,
    state_after,
    wanted,
)
from entraide.core.errors import Refusal

PRIVATE = bytes(range(32))
OURS = PublicKey("atia", "k1", public_key_of(PRIVATE))
PAYLOAD = CardPayload(
    "atia", "CARTE-2025-00042", "F-2025-00007-1", "RAKOTO Hasina", date(2025, 6, 16), "k1"
)


def signed(payload: CardPayload, private_key: bytes = PRIVATE) -> str:
    return signed_text(payload, Signer(private_key).sign(payload.text.encode()))


def test_any_telephone_shows_whose_card_it_is() -> None:
    assert PAYLOAD.text == (
        "ENTRAIDE1|atia|CARTE-2025-00042|F-2025-00007-1|RAKOTO Hasina|20250616|k1"
    )
    assert len(signed(PAYLOAD)) < 180


def test_the_vector_of_rfc_8032_is_a_signature() -> None:
    """RFC 8032, section 7.1, test 2: one byte signed with Ed25519."""
    private = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert public_key_of(private) == public
    assert Signer(private).sign(b"\x72") == signature
    assert is_signature(public, signature, b"\x72")
    assert not is_signature(public, signature, b"\x73")
    assert not is_signature(b"short", signature, b"\x72")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=80)


@given(name=NAMES, day=st.dates(date(2020, 1, 1), date(2099, 12, 31)))
def test_what_is_signed_is_read_again(name: str, day: date) -> None:
    payload = replace(PAYLOAD, name=name, issued_on=day)
    code = read_code(signed(payload))
    assert code.payload.text == payload.text
    assert code.payload.issued_on == day
    assert proof_of(code, [OURS], is_signature) is Proof.GENUINE


@given(place=st.integers(0, 200), put=st.sampled_from("0123456789abcXYZ-_"))
def test_one_letter_changed_is_a_forgery_or_no_code(place: int, put: str) -> None:
    text = signed(PAYLOAD)
    place %= len(text)
    if text[place] == put:
        return
    try:
        code = read_code(text[:place] + put + text[place + 1 :])
    except Refusal:
        return
    unchanged = code.signature == read_code(text).signature and code.payload == PAYLOAD
    if not unchanged:  # the last letter of a base-64 text has bits that say nothing
        assert proof_of(code, [OURS], is_signature) in (Proof.FORGED, Proof.KEY_UNKNOWN)


def test_a_key_proves_only_for_its_own_mutual_and_until_it_is_given_up() -> None:
    code = read_code(signed(PAYLOAD))
    stranger = PublicKey("other", "k1", OURS.key)
    assert proof_of(code, [stranger], is_signature) is Proof.KEY_UNKNOWN
    assert proof_of(code, [], is_signature) is Proof.KEY_UNKNOWN
    given_up = replace(OURS, is_revoked=True)
    assert proof_of(code, [given_up], is_signature) is Proof.KEY_REVOKED
    forged = read_code(signed(PAYLOAD, new_private_key()))
    assert proof_of(forged, [OURS], is_signature) is Proof.FORGED
    assert proof_of(forged, [given_up], is_signature) is Proof.FORGED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org",
        "ENTRAIDE2" + signed(PAYLOAD)[9:],
        signed(PAYLOAD)[:-4],
        signed(PAYLOAD).replace("20250616", "20251616"),
        signed(PAYLOAD).replace("20250616", "2025061٦"),
        signed(PAYLOAD).replace("RAKOTO", "RAK|OTO"),
        "x" * (LONGEST_CODE + 1),
        PAYLOAD.text + "|" + "é" * 86,
    ],
)
def test_another_text_is_no_code(text: str) -> None:
    with pytest.raises(Refusal, match="CARD_CODE_UNREADABLE"):
        read_code(text)


def test_a_name_never_breaks_the_code() -> None:
    payload = replace(PAYLOAD, name="RAKOTO|Hasina   Voahangy " + "x" * 90)
    assert read_code(signed(payload)).payload.name == ("RAKOTO Hasina Voahangy " + "x" * 90)[:48]


def test_a_card_ends_once() -> None:
    assert state_after(None, CardAct.ISSUED) is CardState.PRINTED
    for act, after in (
        (CardAct.REPRINTED, CardState.PRINTED),
        (CardAct.LOST, CardState.LOST),
        (CardAct.CANCELLED, CardState.CANCELLED),
    ):
        assert state_after(CardState.PRINTED, act, "tombée à l’eau") is after
        with pytest.raises(Refusal, match="CARD_REASON_MISSING"):
            state_after(CardState.PRINTED, act, "  ")
        for ended in (CardState.LOST, CardState.CANCELLED, CardState.REPLACED):
            with pytest.raises(Refusal, match="CARD_NOT_IN_USE"):
                state_after(ended, act, "encore")
    assert state_after(CardState.PRINTED, CardAct.REPLACED) is CardState.REPLACED
    assert state_after(CardState.PRINTED, CardAct.HANDED_OVER) is CardState.PRINTED


@pytest.mark.parametrize(
    ("last", "is_changed", "why"),
    [
        (None, False, Wanted.FIRST),
        (CardState.PRINTED, False, None),
        (CardState.PRINTED, True, Wanted.CHANGED),
        (CardState.LOST, False, Wanted.AFTER_LOSS),
        (CardState.CANCELLED, True, Wanted.AFTER_CANCELLATION),
    ],
)
def test_who_needs_a_card(last: CardState | None, is_changed: bool, why: Wanted | None) -> None:
    assert wanted(last, is_changed=is_changed) is why
