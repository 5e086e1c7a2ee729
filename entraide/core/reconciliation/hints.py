"""The slips of hand that explain most differences: digits exchanged, a zero too many, another
paper's number. Each hint names the movement to look at."""

from __future__ import annotations

import re

from entraide.core.reconciliation.references import compact
from entraide.core.reconciliation.values import Hint, Line, Movement

_TOKEN = re.compile(r"[^\s,;:()]+")


def transposed_amounts(amount_minor: int) -> set[int]:
    """The amounts with two neighbouring digits exchanged, same sign: 54 000 for 45 000."""
    sign, digits = (-1 if amount_minor < 0 else 1), str(abs(amount_minor))
    exchanged = {
        sign * int(digits[:index] + digits[index + 1] + digits[index] + digits[index + 2 :])
        for index in range(len(digits) - 1)
    }
    return exchanged - {amount_minor}


def factor_ten_amounts(amount_minor: int) -> set[int]:
    """The amounts with one zero more or less: 4 500 and 450 000 for 45 000."""
    found = {amount_minor * 10}
    if amount_minor % 10 == 0:
        found.add(amount_minor // 10)
    return found - {amount_minor, 0}


def amount_hint(line_amount_minor: int, movement: Movement) -> Hint | None:
    """How the amount of a movement may have become the amount of a line; None when it did not."""
    if movement.amount_minor == line_amount_minor:
        return None
    if movement.amount_minor in transposed_amounts(line_amount_minor):
        code = "TRANSPOSED_DIGITS"
    elif movement.amount_minor in factor_ten_amounts(line_amount_minor):
        code = "FACTOR_TEN"
    elif movement.amount_minor == -line_amount_minor:
        code = "OPPOSITE_SIGN"
    else:
        return None
    return _of(code, movement, line_amount_minor)


def amount_differs(line_amount_minor: int, movement: Movement) -> Hint:
    """The line names the movement's document, but the amount is another."""
    return _of("AMOUNT_DIFFERS", movement, line_amount_minor)


def _of(code: str, movement: Movement, line_amount_minor: int) -> Hint:
    return Hint(
        code,
        {
            "movement_id": movement.id,
            "document_number": movement.document_number,
            "movement_minor": movement.amount_minor,
            "line_minor": line_amount_minor,
            "difference_minor": line_amount_minor - movement.amount_minor,
        },
    )


def resembles(first: str, second: str) -> bool:
    """Two different compact names at one slip of the pen: a character changed, added, left out,
    or two neighbours exchanged."""
    if first == second or abs(len(first) - len(second)) > 1 or min(len(first), len(second)) < 3:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    rest, other = first[start:], second[start:]
    if len(rest) == len(other):
        is_exchanged = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
        return rest[1:] == other[1:] or is_exchanged
    return rest[1:] == other or rest == other[1:]


def wrong_slip(line: Line, movement: Movement) -> tuple[Hint, ...]:
    """The line carries a number that is the movement's but for one slip of the pen."""
    document = compact(movement.document_number)
    written = (line.reference, *_TOKEN.findall(line.label[:500]))
    for text in written:
        if resembles(compact(text), document):
            return (slip_hint(text, movement),)
    return ()


def slip_hint(written: str, movement: Movement) -> Hint:
    """The line says ``written`` where the books say the movement's document number."""
    return Hint(
        "WRONG_SLIP",
        {
            "movement_id": movement.id,
            "document_number": movement.document_number,
            "written": written,
        },
    )
