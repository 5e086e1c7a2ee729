"""Which section of a mutual pays a provider."""

from __future__ import annotations

from datetime import date

from entraide.apps.access.models import User
from entraide.apps.providers.models import Agreement
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Branch, Mutual
from entraide.apps.schemes.rights import Right


@command("follow_in_section", right=Right.KEEP_PROVIDERS)
def follow_in_section(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    agreement: Agreement,
    branch: Branch | None,
) -> Agreement:
    """Which section pays this provider, of the claims to come; none: the mutual itself."""
    held = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    held.branch = branch
    held.save(update_fields=["branch"])
    return held
