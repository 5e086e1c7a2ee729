"""The start of the app: no change of care takes force before it was tried on past claims."""

from __future__ import annotations

from django.apps import AppConfig


class WhatIf(AppConfig):
    """Trials of rules on past claims."""

    name = "entraide.apps.what_if"

    def ready(self) -> None:
        """Ask before every approval of a version, whoever approves it."""
        from entraide.apps.schemes.services import BEFORE_APPROVAL
        from entraide.apps.what_if.approval import require_tried

        if require_tried not in BEFORE_APPROVAL:
            BEFORE_APPROVAL.append(require_tried)
