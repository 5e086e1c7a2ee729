"""The keys that sign the cards of a mutual: made once, sealed, renewed, given out."""

from __future__ import annotations

import base64
from datetime import date

from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.sealing import opened, seal
from entraide.apps.cards.models import CardKey
from entraide.apps.cards.signing import Signer, new_private_key, public_key_of
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.cards import PublicKey
from entraide.core.errors import Refusal

_PURPOSE = "card key"


@command("renew_card_key", right=Right.CHANGE_SETTINGS)
def renew_card_key(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    reason: str,
    revokes_earlier: bool = False,
) -> CardKey:
    """A new key signs from now on. Cards signed with the earlier ones stay good.

    With ``revokes_earlier`` they prove nothing any more: others may have those keys. Refused
    with ``CARD_KEY_REASON_MISSING``.
    """
    if not reason.strip():
        raise Refusal("CARD_KEY_REASON_MISSING", place="reason")
    if revokes_earlier:
        CardKey.objects.filter(mutual=mutual, revoked_on__isnull=True).update(revoked_on=on)
    return _make_key(mutual, actor, on, reason.strip())


def signing_key(mutual: Mutual, actor: User, on: date) -> CardKey:
    """The key that signs today; the first one is made here, inside the caller's transaction."""
    Mutual.objects.select_for_update().get(pk=mutual.pk)  # two first printers make one key
    return current_key(mutual) or _make_key(mutual, actor, on, "")


def current_key(mutual: Mutual) -> CardKey | None:
    """The newest key that is not given up.

    A key that came from another installation without its private half signs nothing more; it
    still proves the cards that it signed.
    """
    keys = CardKey.objects.filter(mutual=mutual, revoked_on__isnull=True)
    return keys.exclude(private_sealed="").order_by("-id").first()


def _make_key(mutual: Mutual, actor: User, on: date, reason: str) -> CardKey:
    private_key = new_private_key()
    rank = CardKey.objects.filter(mutual=mutual).count() + 1
    return CardKey.objects.create(
        mutual=mutual,
        key_id=f"k{rank}",
        public_key=base64.b64encode(public_key_of(private_key)).decode(),
        private_sealed=seal(base64.b64encode(private_key).decode(), _PURPOSE),
        made_on=on,
        made_by=actor,
        reason=reason,
    )


def signer_of(key: CardKey) -> Signer:
    """What signs with a key; ``CARD_KEY_UNREADABLE`` where the secret key is another one."""
    private_key = opened(key.private_sealed, _PURPOSE)
    if private_key is None:
        raise Refusal("CARD_KEY_UNREADABLE", key=key.key_id)
    return Signer(base64.b64decode(private_key))


def keys_of(mutual: Mutual) -> list[CardKey]:
    """Every key of a mutual, the newest first."""
    return list(CardKey.objects.filter(mutual=mutual).select_related("made_by").order_by("-id"))


def public_keys_of(mutual: Mutual) -> list[PublicKey]:
    """The keys as they are given out to whoever checks cards: another mutual, a health centre."""
    with scope(mutual=mutual):
        return [
            PublicKey(
                mutual.code,
                key.key_id,
                base64.b64decode(key.public_key),
                is_revoked=key.revoked_on is not None,
            )
            for key in CardKey.objects.filter(mutual=mutual).order_by("id")
        ]
