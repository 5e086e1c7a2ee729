"""What is odd about a paper: one code each, with its place, and nothing of a clean one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.core.claim_warnings import (
    WARNINGS,
    AttestationSeen,
    InvoiceSeen,
    LineSeen,
    UsualAct,
    warnings_of,
)
from entraide.core.errors import Finding

USUAL = UsualAct(40, 4000, 8000, Decimal(1), Decimal(4))


def _found(*lines: LineSeen, **more: object) -> list[tuple[str, str]]:
    content: dict[str, object] = {
        "attestation": None, "total_minor": 4000, "stated_total_minor": None, "currency": "XOF",
        **more,
    }  # fmt: skip
    return [(each.code, each.place) for each in warnings_of(lines, **content)]  # type: ignore[arg-type]


def test_a_clean_paper_has_none() -> None:
    seen = AttestationSeen("A-1", is_given=True)
    line = LineSeen("Consultation", Decimal(1), 8000, USUAL)
    assert _found(line, attestation=seen, stated_total_minor=4000) == []
    assert _found(LineSeen("Acte rare", Decimal(999), 10**9)) == []


def test_an_unknown_act_is_told_where_its_quantity_alone_refuses_it() -> None:
    """Counted, the rules say themselves that no list knows it."""
    told = LineSeen("massage", Decimal(0), 500, is_unknown=True)
    assert _found(told) == [("ITEM_UNKNOWN", "lines[0]")]
    assert _found(LineSeen("massage", Decimal(1), 500, is_unknown=True)) == []


def test_each_line_tells_its_own() -> None:
    lines = (
        LineSeen("Consultation", Decimal(1), 8001, USUAL),
        LineSeen("Consultation", Decimal(5), 4000, USUAL, elsewhere="S-2025-00001"),
        LineSeen("Acte rare", Decimal(10_000), 100),
    )
    assert _found(*lines) == [
        ("PRICE_UNUSUAL", "lines[0].unit_price"),
        ("SAME_ACT_ELSEWHERE", "lines[1]"),
        ("QUANTITY_UNUSUAL", "lines[1].quantity"),
        ("QUANTITY_UNUSUAL", "lines[2].quantity"),
    ]


@pytest.mark.parametrize(
    ("seen", "codes"),
    [
        (AttestationSeen("9", is_given=False), ["ATTESTATION_OUT_OF_RANGE"]),
        (AttestationSeen("9", is_given=True, holder="CSPS"), ["ATTESTATION_OF_ANOTHER"]),
        (
            AttestationSeen("9", True, "CSPS", "lost", date(2025, 3, 1), True),
            ["ATTESTATION_OF_ANOTHER", "ATTESTATION_SPOILT"],
        ),
        (AttestationSeen("9", is_given=True, is_handed_back=True), ["ATTESTATION_HANDED_BACK"]),
    ],
)
def test_the_register_of_booklets_speaks(seen: AttestationSeen, codes: list[str]) -> None:
    assert [code for code, _place in _found(attestation=seen)] == codes


def test_a_total_that_differs_and_every_code_is_known() -> None:
    assert _found(stated_total_minor=4001) == [("TOTAL_DIFFERS", "stated_total")]
    assert len(set(WARNINGS)) == 12


def test_care_outside_the_period_of_its_invoice_is_told_with_both_days() -> None:
    invoice = InvoiceSeen("FR-2025-00001", date(2025, 3, 1), date(2025, 4, 1))

    def told(day: date) -> tuple[Finding, ...]:
        return warnings_of(
            [], attestation=None, total_minor=0, stated_total_minor=None, currency="XOF",
            invoice=invoice, care_on=day,
        )  # fmt: skip

    assert not told(date(2025, 3, 1))
    assert not told(date(2025, 3, 31))
    for day in (date(2025, 2, 28), date(2025, 4, 1)):
        [finding] = told(day)
        assert (finding.code, finding.place) == ("CARE_OUTSIDE_INVOICE", "care_on")
        assert finding.data["last"] == date(2025, 3, 31)


def test_the_price_that_was_agreed_never_alarms_however_far_from_the_usual() -> None:
    agreed = LineSeen("Consultation", Decimal(1), 12000, USUAL, tariff_minor=12000)
    assert _found(agreed) == []
    above = LineSeen("Consultation", Decimal(1), 12001, USUAL, tariff_minor=12000)
    assert _found(above) == [("PRICE_UNUSUAL", "lines[0].unit_price")]


def test_a_quantity_is_unusual_on_the_line_that_makes_it_so() -> None:
    """Five are unusual of an act of which one is usual: the fifth line says so, once."""
    lines = [
        LineSeen("Consultation", Decimal(1), 4000, USUAL, asked_before=Decimal(n)) for n in range(9)
    ]
    told = [number for number, line in enumerate(lines) if _found(line)]
    assert told == [int(USUAL.quantity_limit)]
    many = LineSeen("Consultation", Decimal(50), 4000, USUAL, asked_before=Decimal(50))
    assert [code for code, *_ in _found(many)] == ["QUANTITY_UNUSUAL"]
