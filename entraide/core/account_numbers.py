"""Whether two account numbers, as people write them, name one account."""

from __future__ import annotations

LEAST_SHARED = 7  # signs that the shorter of two must have, to be found at the end of the longer


def account_key(number: str) -> str:
    """Letters and digits alone, in small letters, without the zeros in front."""
    return "".join(sign for sign in number.casefold() if sign.isalnum()).lstrip("0")


def are_same_account(one: str, other: str) -> bool:
    """Whether both name one account: the same but for blanks, dashes, capitals and zeros in front,
    or one with its country or bank before it (``+261 34 …`` and ``034 …``, an IBAN and the account
    within). Two accounts of one payee may be taken for one, never one for two."""
    first, second = sorted((account_key(one), account_key(other)), key=len)
    if not first:
        return False
    return first == second or (len(first) >= LEAST_SHARED and second.endswith(first))
