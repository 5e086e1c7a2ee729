"""The start of the app: what was decided in the days that new rules or prices would rule."""

from __future__ import annotations

from django.apps import AppConfig


class Claims(AppConfig):
    """Claims and their decisions."""

    name = "entraide.apps.claims"

    def ready(self) -> None:
        """Count what is decided before rules that begin in the past are entered or approved."""
        from entraide.apps.claims.retroactive import decided_between
        from entraide.apps.schemes.retroactive import COUNTED_BY

        if decided_between not in COUNTED_BY:
            COUNTED_BY.append(decided_between)
