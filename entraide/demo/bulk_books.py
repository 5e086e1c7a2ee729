"""Numbers, entries and command lines of a mutual, kept in memory and written at the end.

Whatever is written here has the values that the services would have written; a test carries out
one plan in both ways and compares every row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import models

from entraide.apps.access.models import CommandLog, User
from entraide.apps.access.prepared_writes import write_many
from entraide.apps.access.services import content_hash
from entraide.apps.ledger.models import Entry as LedgerEntry
from entraide.apps.ledger.services import Draft, post_entries_in_bulk
from entraide.apps.schemes.models import NumberBook
from entraide.apps.schemes.numbering import document_number
from entraide.core.ledger import Entry, FundCode
from entraide.demo.acts import Act
from entraide.demo.foundation import World
from entraide.demo.screens import SCREENS


class BulkBooks:
    """What every command leaves behind besides its own records."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._numbers: dict[tuple[str, int], int] = defaultdict(int)
        self._drafts: list[Draft] = []
        self._bearers: list[models.Model | None] = []
        self._balances: dict[tuple[str, str, FundCode], int] = defaultdict(int)
        self._commands: list[CommandLog] = []
        self._commands_of_entries: list[tuple[CommandLog, int]] = []

    def number(self, prefix: str, year: int) -> str:
        """The next number of a book."""
        self._numbers[prefix, year] += 1
        return document_number(prefix, year, self._numbers[prefix, year])

    def post(
        self, entry: Entry, act: Act, *, by: str = "", bearer: models.Model | None = None
    ) -> None:
        """Keep an entry; ``bearer`` is the record whose ``entry`` it becomes."""
        self._drafts.append(Draft(entry, act.day, self.actor(act, by)))
        self._bearers.append(bearer)
        for posting in entry.postings:
            key = (posting.role.value, posting.account_key, posting.fund)
            self._balances[key] += posting.signed_minor

    @property
    def entry_count(self) -> int:
        """How many entries have been kept."""
        return len(self._drafts)

    def actor(self, act: Act, by: str = "") -> User:
        """Who gives the command."""
        return self.world.people[by or act.by]

    def balance(self, role: str, key: str, fund: FundCode) -> int:
        """What has been posted so far to an account in a fund, debits less credits."""
        return self._balances[role, key, fund]

    def log(
        self,
        service: Callable[..., Any],
        act: Act,
        content: dict[str, Any],
        result: models.Model,
        *,
        suffix: str = "",
        by: str = "",
    ) -> None:
        """Keep the line of the command journal."""
        name: str = service.command_name  # type: ignore[attr-defined]
        self._commands.append(
            CommandLog(
                mutual=self.world.mutual,
                idempotency_key=act.key + suffix,
                name=name,
                content_hash=content_hash(name, content),
                actor=self.actor(act, by),
                occurred_on=act.day,
                result_model=result._meta.label,
                result_uid=getattr(result, "uid", None),
                screen=SCREENS.get(name, ""),
            )
        )

    def log_entry(self, service: Callable[..., Any], act: Act, content: dict[str, Any]) -> None:
        """The same for a command whose result is the entry just kept."""
        self.log(service, act, content, LedgerEntry())
        self._commands_of_entries.append((self._commands[-1], len(self._drafts) - 1))

    def write_entries(self) -> int:
        """Post everything; bearers get their entry before they are written themselves."""
        rows = post_entries_in_bulk(mutual=self.world.mutual, drafts=self._drafts)
        for row, bearer in zip(rows, self._bearers, strict=True):
            if bearer is not None:
                bearer.entry = row  # type: ignore[attr-defined]
        for command, index in self._commands_of_entries:
            command.result_uid = rows[index].uid
        return len(rows)

    def write_journals(self) -> None:
        """The number books and the command journal."""
        write_many(
            NumberBook,
            (
                NumberBook(mutual=self.world.mutual, prefix=prefix, year=year, last_number=last)
                for (prefix, year), last in sorted(self._numbers.items())
            ),
        )
        write_many(CommandLog, self._commands)
