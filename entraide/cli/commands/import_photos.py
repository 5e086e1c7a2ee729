"""``entraide import photos PATH``: photos of persons named by card number, a folder or a zip."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entraide.cli.commands.import_tables import (
    content_of,
    lines_told,
    mutual_of,
    progress_told,
)
from entraide.cli.output import Output
from entraide.core.ids import uuid7
from entraide.messages import translate

if TYPE_CHECKING:
    from entraide.apps.access.models import User
    from entraide.apps.schemes.models import Mutual


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the photos are, and of which mutual."""
    text = translate("a folder of photos, or a zip; each file is named by the card number")
    parser.add_argument("path", metavar=translate("PATH"), help=text)
    text = translate("code of the mutual; not needed when there is only one")
    parser.add_argument("--mutual", default="", metavar=translate("MUTUAL"), help=text)
    text = translate("say what the photos would change, and write nothing")
    parser.add_argument("--dry-run", action="store_true", help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Keep the photos, or only say which would be; what fits nobody is named.

    A folder goes in by parts of one zip each, every part whole or not at all: stopped and started
    again, what is in changes nothing.
    """
    from django.utils import timezone
    from django_scopes import scope

    from entraide.apps.access.services import system_user
    from entraide.exchange.registers.opening import photo_profile

    mutual, on, actor = mutual_of(arguments.mutual), timezone.localdate(), system_user()
    counts: Counter[str] = Counter()
    remarks: list[dict[str, Any]] = []
    with scope(mutual=mutual):
        for name, content in _parts(arguments.path):
            part = _Part(name, content, mutual, actor, on)
            counted, said = part.planned() if arguments.dry_run else part.kept(out)
            counts.update(counted)
            remarks += said
    profile = photo_profile()
    document = {
        "mutual": mutual.code,
        "profile": profile.profile,
        "profile_version": profile.version,
        "is_dry_run": arguments.dry_run,
        "counts": {name: count for name, count in counts.items() if count},
        "remarks": remarks,
    }
    out.answer(document, *lines_told(document, profile, mutual, out))
    return 0


def _parts(said: str) -> Iterator[tuple[str, bytes]]:
    """(name, zip): the file, or the folder in as many as are needed."""
    from entraide.files.photo_bundles import bundles_of

    path = Path(said)
    if not path.is_dir():
        yield path.name, content_of(said)
        return
    for rank, content in enumerate(bundles_of(path), start=1):
        yield f"{path.resolve().name}-{rank}.zip", content


class _Part:
    """One zip on its way."""

    def __init__(self, name: str, content: bytes, mutual: Mutual, actor: User, on: Any) -> None:
        self.name, self.content = name, content
        self.common = {"mutual": mutual, "actor": actor, "on": on}

    def planned(self) -> tuple[dict[str, int], list[dict[str, Any]]]:
        """What it would change."""
        from entraide.exchange.registers.plan import to_json
        from entraide.exchange.registers.running import plan_file

        _, plan = plan_file(**self.common, content=self.content, kind="photos")
        return dict(plan.counts), [to_json(finding) for finding in plan.remarks]

    def kept(self, out: Output) -> tuple[dict[str, int], list[dict[str, Any]]]:
        """What it changed."""
        from entraide.exchange.registers.opening import recognised
        from entraide.exchange.registers.running import carry_out, prepare_import

        draft = prepare_import(
            **self.common, idempotency_key=f"cli-{uuid7()}", file_name=self.name,
            content=self.content, options={},
            profile=recognised(self.content, kind="photos").profile,
        )  # fmt: skip
        done = carry_out(
            draft, actor=self.common["actor"], on=self.common["on"],
            idempotency_key=f"cli-{uuid7()}", progress=progress_told(out),
        )  # fmt: skip
        return done.counts, done.remarks
