"""What is in the database before a demonstration: nothing, a demonstration, or somebody's data."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.db import connection

from entraide.apps.access.models import User
from entraide.apps.schemes.choices import DEMONSTRATION
from entraide.apps.schemes.models import Federation, Mutual
from entraide.core.errors import Refusal
from entraide.demo.foundation import (
    ADMINISTRATOR,
    FEDERATION_CODE,
    NETWORK_PEOPLE,
    SECTION_CLERK,
)
from entraide.demo.network import NETWORK
from entraide.demo.providers import PORTAL_PEOPLE

SETTING = DEMONSTRATION
"""The key of ``Mutual.settings`` under which a mutual of the demonstration says how it was made."""


class Found(Enum):
    """What stands in the database."""

    NOTHING = "nothing"
    FINISHED = "finished"
    HALF_MADE = "half_made"


@dataclass(frozen=True, slots=True)
class Making:
    """How the demonstration in the database was made."""

    households: int
    seed: int
    until: str


def found() -> Found:
    """What stands in the database; ``DATABASE_NOT_DEMONSTRATION`` when it is somebody's data.

    A finished demonstration may have received other mutuals since: it is still one.
    """
    made = {mutual.code: mutual for mutual in Mutual.objects.filter(is_demonstration=True)}
    finished = [plan for plan in NETWORK if plan.code in made and _is_finished(made[plan.code])]
    if len(finished) == len(NETWORK):
        return Found.FINISHED
    require_no_other_data()
    return Found.HALF_MADE if Federation.objects.exists() else Found.NOTHING


def _is_finished(mutual: Mutual) -> bool:
    return bool(mutual.settings.get(SETTING, {}).get("is_finished"))


def require_no_other_data() -> None:
    """Refuse with ``DATABASE_NOT_DEMONSTRATION`` unless all there is comes from a demonstration."""
    other = Mutual.objects.filter(is_demonstration=False).first()
    federation = Federation.objects.exclude(code=FEDERATION_CODE).first()
    if other is not None or federation is not None:
        name = other.name if other is not None else federation.name  # type: ignore[union-attr]
        raise Refusal("DATABASE_NOT_DEMONSTRATION", found=name)
    ours = {post.username for plan in NETWORK for post in plan.team}
    ours |= {username for username, *_ in NETWORK_PEOPLE} | {ADMINISTRATOR[0], SECTION_CLERK[0]}
    ours |= {username for _, _, username, *_ in PORTAL_PEOPLE}
    stranger = User.objects.filter(is_system=False).exclude(username__in=ours).first()
    if stranger is not None:
        raise Refusal("DATABASE_NOT_DEMONSTRATION", found=str(stranger))


def making() -> Making:
    """How a finished demonstration was made."""
    known = Mutual.objects.get(code=NETWORK[-1].code).settings[SETTING]
    return Making(known["network_households"], known["seed"], known["until"])


def drop() -> None:
    """Take the whole demonstration away: the file of SQLite, the schema of PostgreSQL.

    No row is deleted. Refused with ``DATABASE_NOT_DEMONSTRATION`` when it holds anything else.
    """
    require_no_other_data()
    for plan in NETWORK:
        shutil.rmtree(Path(settings.WAREHOUSE_FOLDER) / plan.code, ignore_errors=True)
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
