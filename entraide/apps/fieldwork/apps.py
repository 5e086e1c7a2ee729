"""The start of the app: the follow-up of a family goes with it when it is merged."""

from __future__ import annotations

from django.apps import AppConfig


class Fieldwork(AppConfig):
    """Work in the field: time told, visits, calls."""

    name = "entraide.apps.fieldwork"

    def ready(self) -> None:
        """Ask at every merge of two files of one family."""
        from entraide.apps.claims.merging import AFTER_FAMILY_MERGE
        from entraide.apps.fieldwork.follow_up import carry_follow_up

        if carry_follow_up not in AFTER_FAMILY_MERGE:
            AFTER_FAMILY_MERGE.append(carry_follow_up)
