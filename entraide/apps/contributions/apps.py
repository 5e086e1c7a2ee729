"""The start of the app: no tariff takes force before enough groups know of it."""

from __future__ import annotations

from django.apps import AppConfig


class Contributions(AppConfig):
    """What is due, what was paid, and where the cash is."""

    name = "entraide.apps.contributions"

    def ready(self) -> None:
        """Ask before every approval of a version, whoever approves it."""
        from entraide.apps.contributions.tariffs import require_told
        from entraide.apps.schemes.services import BEFORE_APPROVAL

        if require_told not in BEFORE_APPROVAL:
            BEFORE_APPROVAL.append(require_told)
