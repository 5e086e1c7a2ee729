"""``import_openimis``: all that openIMIS holds of a mutual, in one transaction or not at all."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django_scopes import scope

from entraide.apps.access.models import AuditKind, User
from entraide.apps.access.services import record_audit, system_user
from entraide.apps.ledger.opening import create_mutual
from entraide.apps.schemes.models import Federation, Mutual
from entraide.apps.schemes.rights import Right, require_right
from entraide.apps.schemes.services import create_federation
from entraide.core.errors import Refusal
from entraide.core.money import currency as known_currency
from entraide.exchange.openimis.claims import Registers, take_claims
from entraide.exchange.openimis.covers import take_memberships
from entraide.exchange.openimis.members import take_members
from entraide.exchange.openimis.money import take_money
from entraide.exchange.openimis.packages import group_care
from entraide.exchange.openimis.products import take_products
from entraide.exchange.openimis.reading import Reading, read_tables
from entraide.exchange.openimis.registers import (
    take_areas,
    take_care,
    take_diagnoses,
    take_prices,
    take_providers,
)
from entraide.exchange.openimis.report import ImportReport, Progress
from entraide.exchange.openimis.sources import open_source
from entraide.exchange.openimis.tables import OFFICERS, PHOTOS
from entraide.exchange.openimis.takeover import SYSTEM, Takeover
from entraide.rulebook import country_paths, read_country

DEFAULT_MUTUAL = "OPENIMIS"
DEFAULT_CURRENCY = "XOF"


def _silent(step: str, count: int) -> None:
    """Nobody waits for news."""


def import_openimis(
    source: str,
    *,
    on: date,
    mutual_code: str = "",
    currency: str = "",
    country: str = "",
    actor: User | None = None,
    progress: Progress = _silent,
) -> ImportReport:
    """Take over a mutual from openIMIS: ``source`` is a folder of CSV files or a PostgreSQL URL.

    The mutual (``OPENIMIS`` unless told) is made where missing, with the currency and the country
    given. Records are found again by their ``uid``: a second run imports only what is new.
    Refused with every fault of the tables at once (see :func:`read_tables`), ``CURRENCY_DIFFERS``,
    ``CURRENCY_UNKNOWN``, ``OI_COUNTRY_NEEDED``, ``COUNTRY_UNKNOWN`` or those of
    :class:`open_source`; the database is then as it was.
    """
    code = mutual_code or DEFAULT_MUTUAL
    existing = Mutual.objects.filter(code=code).first()
    unit = currency or (existing.currency if existing is not None else DEFAULT_CURRENCY)
    known_currency(unit)
    if existing is not None and existing.currency != unit:
        raise Refusal("CURRENCY_DIFFERS", place="currency", expected=existing.currency, found=unit)
    with open_source(source) as opened:
        reading = read_tables(opened, currency_code=unit, on=on)
    progress("read", sum(table.read_count for table in reading.tables.values()))
    person = actor or system_user()
    with transaction.atomic():
        mutual = existing or _new_mutual(code, unit, country, person, on)
        require_right(person, mutual, Right.IMPORT_REGISTERS, on)
        report = ImportReport(
            mutual=mutual.code,
            currency=mutual.currency,
            read={name: table.counts for name, table in reading.tables.items()},
        )
        with scope(mutual=mutual):
            _take_over(Takeover(mutual, person, on, reading, report, progress))
        record_audit(
            kind=AuditKind.IMPORT,
            mutual=mutual,
            actor=person,
            subject=SYSTEM,
            details={
                "imported": dict(report.imported),
                "already_imported": dict(report.present),
                "skipped": len(report.skipped),
            },
        )
    return report


def _new_mutual(code: str, currency: str, country: str, actor: User, on: date) -> Mutual:
    """The mutual and, where there is none of its name, its federation."""
    federation = Federation.objects.filter(code=code).first() or create_federation(
        mutual=None,
        actor=actor,
        on=on,
        idempotency_key=f"{SYSTEM}-federation-{code}",
        code=code,
        name=code,
    )
    return create_mutual(
        mutual=None,
        actor=actor,
        on=on,
        idempotency_key=f"{SYSTEM}-mutual-{code}",
        federation=federation,
        code=code,
        name=code,
        country=country.lower() or _country_of(currency),
        currency=currency,
    )


def _country_of(currency: str) -> str:
    """The first country of the packs with this currency; its chart of accounts is then used."""
    for code, path in country_paths().items():
        if read_country(path).currency == currency:
            return code
    raise Refusal("OI_COUNTRY_NEEDED", place="country", currency=currency)


def _take_over(takeover: Takeover) -> None:
    """The steps, in the order in which records need each other."""
    _list_what_was_not_read(takeover, takeover.reading)
    groups = group_care(takeover.reading, takeover.report, takeover.mutual.currency)
    areas = take_areas(takeover)
    diagnoses = take_diagnoses(takeover)
    care = take_care(takeover, groups)
    providers = take_providers(takeover, areas)
    take_prices(takeover, providers, care)
    versions = take_products(takeover, groups)
    members = take_members(takeover, areas)
    memberships, made = take_memberships(takeover, members, versions)
    take_money(takeover, memberships, made, members.persons.values())
    take_claims(takeover, Registers(members, providers, care, diagnoses, memberships))


def _list_what_was_not_read(takeover: Takeover, reading: Reading) -> None:
    # Officers and photos are looked up, to say which are gone; they have no place with us.
    for table in (OFFICERS.name, PHOTOS.name, *reading.unread):
        takeover.report.leave_whole(table, "OI_TABLE_LEFT_OUT")
    for row, column in reading.cut:
        takeover.report.leave(row, "OI_TEXT_CUT", column)
