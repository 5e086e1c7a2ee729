"""The signed code of a receipt: written, read back, refused when it is not whole."""

from __future__ import annotations

from datetime import date

import pytest

from entraide.core.errors import Refusal
from entraide.core.receipt_codes import (
    ReceiptPayload,
    is_receipt_code,
    read_receipt_code,
    signed_receipt_text,
)

PAYLOAD = ReceiptPayload(
    "atia", "REC-2026-00007", 12_500, "MGA", date(2026, 3, 1), "A1B2C-3D4E5", "k1"
)
CODE = signed_receipt_text(PAYLOAD, bytes(range(64)))


def test_what_is_written_is_read_back() -> None:
    read = read_receipt_code(f"  {CODE}\n")
    assert read.payload == PAYLOAD
    assert read.message == PAYLOAD.text.encode()
    assert read.signature == bytes(range(64))
    assert is_receipt_code(CODE)
    unsigned = ReceiptPayload(
        "atia", "REC-2026-00007", 12_500, "MGA", date(2026, 3, 1), "A1B2C-3D4E5"
    )
    assert unsigned.text == "ENTRAIDE-R1|atia|REC-2026-00007|12500|MGA|2026-03-01|A1B2C-3D4E5"
    assert not is_receipt_code(unsigned.text)


@pytest.mark.parametrize(
    "code",
    [
        "",
        CODE[:-9],
        CODE.replace("12500", "-12500"),
        CODE.replace("12500", "١٢"),
        CODE.replace("2026-03-01", "01/03/2026"),
        CODE + "|x",
        "ENTRAIDE-R2|" + "x" * 700,
    ],
)
def test_what_is_no_signed_receipt_is_refused(code: str) -> None:
    with pytest.raises(Refusal, match="RECEIPT_CODE_UNREADABLE"):
        read_receipt_code(code)
