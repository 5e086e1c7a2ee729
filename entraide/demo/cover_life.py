"""Two persons of one mutual have another cover: one that pays first, one that comes after."""

from __future__ import annotations

from datetime import date, timedelta

from django_scopes import scope

from entraide.apps.access.selectors import user_by_username
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.other_covers import record_other_cover
from entraide.apps.schemes.flags import OTHER_COVERS, SCHEME_EXCHANGE, Stage, set_flag
from entraide.core.other_covers import CoverKind
from entraide.core.periods import month_start
from entraide.demo.foundation import ADMINISTRATOR, World

COVERS = (
    (CoverKind.EMPLOYER, "Service médical inter-entreprises", True, "Carte de l’employeur vue"),
    (CoverKind.MUTUAL, "Mutuelle des enseignants", False, "Attestation de l’autre mutuelle"),
)


def note_other_covers(world: World, until: date) -> None:
    """On the last day: claims of before were decided without them."""
    today = until - timedelta(days=1)
    common = {"mutual": world.mutual, "on": today}
    with scope(mutual=world.mutual):
        set_flag(
            **common, actor=user_by_username(ADMINISTRATOR[0]), idempotency_key="demo-covers",
            flag=OTHER_COVERS.code, stage=Stage.PILOT, effective_from=month_start(today),
        )  # fmt: skip
        set_flag(
            **common, actor=user_by_username(ADMINISTRATOR[0]), idempotency_key="demo-scheme",
            flag=SCHEME_EXCHANGE.code, stage=Stage.PILOT, effective_from=month_start(today),
        )  # fmt: skip
        spouses = Person.objects.filter(relation="spouse", exited_on__isnull=True).order_by("pk")
        for rank, (person, (kind, payer, is_first, source)) in enumerate(
            zip(spouses[: len(COVERS)], COVERS, strict=False)
        ):
            record_other_cover(
                **common, actor=world.people["clerk"], idempotency_key=f"demo-cover-{rank}",
                person=person, kind=kind, payer=payer, pays_first=is_first, source=source,
                effective_from=month_start(today), number=f"{4100 + rank}",
            )  # fmt: skip
