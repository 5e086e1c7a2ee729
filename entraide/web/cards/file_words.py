"""What the pieces of a file and the ways to ask for them are called."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from entraide.core.completeness import OF_PERSONS, Demand, FileRule, Piece, PieceRule, Whom
from entraide.documents import writing

Text = str | Promise

PIECES: dict[Piece, Text] = {
    Piece.PHOTO: _("Photo"),
    Piece.BIRTH_DATE: _("Exact birth date"),
    Piece.IDENTITY: _("Identity document"),
    Piece.PHONE: _("Telephone of the family"),
    Piece.PLACE: _("Address or village"),
    Piece.CONSENT: _("Consent of the member"),
    Piece.SIGNATURE: _("Signature or thumbprint of the member"),
}
VERBS: dict[Piece, Text] = {
    Piece.PHOTO: _("Add the photo"),
    Piece.BIRTH_DATE: _("Write the exact birth date"),
    Piece.IDENTITY: _("Write the identity document"),
    Piece.PHONE: _("Write the telephone of the family"),
    Piece.PLACE: _("Write the address or the village"),
    Piece.CONSENT: _("Record the consent of the member"),
    Piece.SIGNATURE: _("Record the signature or the thumbprint"),
}
DEMANDS: dict[Demand, Text] = {
    Demand.NOT_ASKED: _("not asked for"),
    Demand.ASKED: _("asked for"),
    Demand.SUSPENDS: _("suspends rights"),
}
WHOM: dict[Whom, Text] = {
    Whom.EVERYONE: _("of each person"),
    Whom.ADULTS: _("of adults"),
    Whom.MEMBER: _("of the member"),
}


@dataclass(frozen=True, slots=True)
class PieceShown:
    """One piece of a rule in words; ``was`` is what it replaces, empty when nothing changes."""

    name: Text
    words: str
    was: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether another rule says something else of the piece."""
        return bool(self.was)


def rule_in_words(piece: Piece, rule: PieceRule) -> str:
    """« suspends rights, of adults, after 30 days, since 3 March 2025 »."""
    if not rule.is_asked:
        return _now("not asked for")
    parts = [str(DEMANDS[rule.demand])]
    if piece in OF_PERSONS:
        parts.append(str(WHOM[rule.whom]))
    if rule.suspends and rule.grace_days:
        words = ngettext("after %(n)d day", "after %(n)d days", rule.grace_days)
        parts.append(words % {"n": rule.grace_days})
    since = writing.day(rule.since, get_language() or "fr")
    parts.append(_now("since %(day)s") % {"day": since})
    return ", ".join(parts)


def pieces_shown(rule: FileRule, before: FileRule | None = None) -> list[PieceShown]:
    """Every piece of a rule, with what it replaces of another one."""
    shown = []
    for piece in Piece:
        words = rule_in_words(piece, rule.of(piece))
        was = rule_in_words(piece, before.of(piece)) if before is not None else words
        shown.append(PieceShown(PIECES[piece], words, was if was != words else ""))
    return shown
