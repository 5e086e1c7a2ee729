"""The start of the app: where a family is reimbursed goes with it when its file is merged."""

from __future__ import annotations

from django.apps import AppConfig


class Settlement(AppConfig):
    """Batches, payouts, refunds, the State's share."""

    name = "entraide.apps.settlement"

    def ready(self) -> None:
        """Ask at every merge of two files of one family."""
        from entraide.apps.claims.merging import AFTER_FAMILY_MERGE
        from entraide.apps.settlement.families import carry_refunds

        if carry_refunds not in AFTER_FAMILY_MERGE:
            AFTER_FAMILY_MERGE.append(carry_refunds)
