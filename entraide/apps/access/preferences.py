"""A person's own choices and drafts: no fact of a mutual, so nothing is journaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from entraide.apps.access.models import Draft, User


def set_language(user: User, language: str) -> None:
    """Keep the language in which a person reads."""
    user.language = language
    user.save(update_fields=["language"])


def keep_draft(*, user: User, mutual: models.Model, form: str, content: Mapping[str, Any]) -> Draft:
    """Keep what a person has typed in a form and not yet recorded; the last one replaces."""
    draft, _ = Draft.objects.update_or_create(
        user=user, mutual=mutual, form=form, defaults={"content": dict(content)}
    )
    return draft


def draft_of(*, user: User, mutual: models.Model, form: str) -> Draft | None:
    """The draft that a person left in a form of a mutual, or None."""
    return Draft.objects.filter(user=user, mutual=mutual, form=form).first()


def drop_draft(*, user: User, mutual: models.Model, form: str) -> None:
    """Forget a draft: what it held is recorded, or put away."""
    Draft.objects.filter(user=user, mutual=mutual, form=form).delete()
