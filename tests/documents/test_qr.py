"""Each code drawn fast is the library's own, module by module."""

from __future__ import annotations

import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from entraide.documents.qr import MASK, qr_modules


def of_library(text: str) -> tuple[int, bytes]:
    code = segno.make(text, error="m", boost_error=False, mask=MASK, micro=False)
    return len(code.matrix), b"".join(bytes(row) for row in code.matrix)


@given(st.text(min_size=1, max_size=700))
@settings(max_examples=60, deadline=None)
def test_any_text_is_coded_as_the_library_codes_it(text: str) -> None:
    assert qr_modules(text) == of_library(text)


def test_every_length_of_a_card_is_coded_as_the_library_codes_it() -> None:
    for length in (1, 14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 412, 560):
        text = ("ENTRAIDE1|mutuelle|CARTE-2025-00001|Éloïse " * 20)[:length]
        assert qr_modules(text) == of_library(text)
