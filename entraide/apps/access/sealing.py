"""What stands in the database sealed: secrets of sign-in, keys that sign, under the secret key.

A copy of the database alone, a backup or a stolen disk, then tells nobody's second factor and
signs nobody's card. Each purpose has a key of its own, made of the secret key.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_SECOND_FACTOR = "second factor"


def seal(text: str, purpose: str = _SECOND_FACTOR) -> str:
    """The text as it may stand in the database: encrypted and authenticated."""
    return _lock(purpose).encrypt(text.encode()).decode()


def opened(sealed: str, purpose: str) -> str | None:
    """The text that was sealed for a purpose; None where the secret key is another one."""
    try:
        return _lock(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def unseal(sealed: str) -> str:
    """The text that was sealed.

    Where the secret key is another one (a base restored without it) nobody can know the text: a
    random one is answered, so that no code is ever right, rather than an error at the door.
    """
    try:
        return _lock().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return base64.b32encode(secrets.token_bytes(20)).decode()


def is_sealed(text: str) -> bool:
    """Whether a text was sealed under the present key."""
    try:
        _lock().decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def _lock(purpose: str = _SECOND_FACTOR) -> Fernet:
    label = f"entraide {purpose}".encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=label)
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
