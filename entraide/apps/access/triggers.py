"""Tables that the database itself keeps from change: what is written stays as it was written.

Each guard is made by a migration, for SQLite and for PostgreSQL, with one name per table and act.
A migration that remakes a guarded table on SQLite loses its guards: add the operation again after
it (``guard_check.missing_guards``, which ``entraide verify`` asks, names what is missing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from entraide.apps.access.kept_columns import (
    OF_AGREEMENTS,
    OF_APPOINTMENTS,
    OF_BOOKINGS,
    OF_CAMPAIGNS,
    OF_DECISIONS,
    OF_EXEMPTIONS,
    OF_FREE_CARE,
    OF_GROUP_CONTRACTS,
    OF_INCOMPATIBLE,
    OF_PARTIES,
    OF_PAYMENT_ACCOUNTS,
    OF_RECOVERIES,
    OF_REPAYMENTS,
    OF_SESSIONS,
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The rows of ``table`` for which ``condition`` holds are neither changed nor deleted.

    ``condition`` is SQL on ``OLD``; empty: every row, and the table is not emptied either.
    ``unique`` lists the column groups by which SQLite's ``INSERT OR REPLACE`` could take a
    guarded row's place. ``insert_refused_when`` is SQL on ``NEW`` that closes the table to a row.
    ``fixed`` names the columns that are kept, where the others may still change; empty: all.
    ``update_allowed_when`` is SQL on ``OLD`` and ``NEW``: the one change that a row may know.
    """

    table: str
    unique: tuple[tuple[str, ...], ...] = (("id",), ("uid",))
    condition: str = ""
    insert_refused_when: str = ""
    fixed: tuple[str, ...] = ()
    update_allowed_when: str = ""

    def act(self, name: str) -> str:
        """An act as a trigger is made before it: ``UPDATE``, or ``UPDATE OF`` the kept columns."""
        columns = f" OF {', '.join(self.fixed)}" if name == "update" and self.fixed else ""
        return name.upper() + columns

    def refused_when(self, act: str) -> str:
        """SQL: when an act on a row is refused; empty: always."""
        if act == "update" and self.update_allowed_when:
            return f"NOT ({self.update_allowed_when})"
        return self.condition

    @property
    def message(self) -> str:
        return f"{self.table}: what is recorded is never changed or deleted, only reversed"

    def trigger_names(self, vendor: str) -> tuple[str, ...]:
        """The names under which this guard stands in the database."""
        acts = ["update", "delete"]
        if vendor == "sqlite":
            acts.append("replace")
        elif not self.condition:
            acts.append("truncate")
        if self.insert_refused_when:
            acts.append("insert")
        return tuple(f"guard_{self.table}_{act}" for act in acts)


_OF_CARD_KEYS = (
    "id uid recorded_at mutual_id key_id public_key private_sealed made_on made_by_id reason"
)

_OF_CONTACTS = (
    "id uid recorded_at mutual_id household_id channel contacted_on worker_id note recorded_by_id"
)
_OF_OVERRIDES = (
    "id uid recorded_at mutual_id household_id channel every_days reason starts_on recorded_by_id"
)
_OF_OTHER_COVERS = (
    "id uid recorded_at mutual_id person_id kind payer number pays_first source recorded_by_id"
)
_APPROVED = "OLD.approved_on IS NOT NULL"


def _once(column: str, kept: str) -> str:
    """SQL: a column is filled for the first time, and nothing else of these changes."""
    same = " AND ".join(f"OLD.{each} = NEW.{each}" for each in kept.split())
    return f"OLD.{column} IS NULL AND NEW.{column} IS NOT NULL AND {same}"


# Everything that is guarded, whatever migration made it.
GUARDS: tuple[Guard, ...] = (
    Guard(
        "ledger_entry",
        unique=(("id",), ("uid",), ("mutual_id", "sequence"), ("mutual_id", "document_number")),
    ),
    Guard(
        "ledger_posting",
        unique=(("id",), ("entry_id", "position")),
        # An entry is complete once the head of the chain has reached it.
        insert_refused_when=(
            "(SELECT last_sequence FROM ledger_ledgerhead WHERE mutual_id = NEW.mutual_id)"
            " >= (SELECT sequence FROM ledger_entry WHERE id = NEW.entry_id)"
        ),
    ),
    Guard("enrolment_groupmove", unique=(("id",), ("uid",))),
    Guard("enrolment_groupchange"),
    Guard("enrolment_officerbriefing"),
    Guard("enrolment_portfoliotransfer"),
    Guard("enrolment_householdscore"),
    Guard("enrolment_scorecardversion", condition=_APPROVED),
    Guard("enrolment_registerchange"),
    Guard("enrolment_othercover", update_allowed_when=_once("effective_until", _OF_OTHER_COVERS)),
    Guard("cards_cardevent"),
    Guard(
        "cards_cardkey",
        unique=(("id",), ("uid",), ("mutual_id", "key_id")),
        # A key is given up once, and nothing else about it changes.
        update_allowed_when=_once("revoked_on", _OF_CARD_KEYS),
    ),
    Guard("claims_decision", unique=(("id",), ("uid",), ("claim_id", "number"))),
    Guard("access_commandlog"),
    Guard("access_auditevent"),
    Guard("schemes_choicechange"),
    Guard("schemes_monthpoint"),
    Guard("schemes_appointment", fixed=OF_APPOINTMENTS),  # ends, and gives no other right
    Guard("schemes_fileruleversion", condition="OLD.approved_at IS NOT NULL"),
    Guard("schemes_productversion", condition="OLD.approved_at IS NOT NULL"),
    Guard("schemes_versionwithdrawal", unique=(("id",), ("uid",), ("version_id",))),
    Guard("contributions_paymentreassignment"),
    Guard("contributions_cashrefund"),
    Guard("contributions_voidednumber", unique=(("id",), ("uid",), ("receipt_range_id", "rank"))),
    Guard(
        "contributions_exemption",
        condition=_APPROVED,
        fixed=OF_EXEMPTIONS,
    ),
    Guard(
        "enrolment_groupcontract",
        condition="OLD.activated_on IS NOT NULL",
        fixed=OF_GROUP_CONTRACTS,
    ),
    # A price is another row with its day; what was agreed ends, and is not rewritten.
    Guard("providers_tariff", unique=(("id",), ("uid",))),
    Guard("providers_priceproposal"),
    Guard("providers_incentiveterm", condition="OLD.decided_on IS NOT NULL"),
    Guard("providers_conventionparty", update_allowed_when=_once("withdrawn_on", OF_PARTIES)),
    Guard("providers_negotiationnote"),
    Guard("providers_providerassessment"),
    Guard("providers_pricechange", condition="OLD.decided_on IS NOT NULL"),
    Guard("providers_agreement", condition=_APPROVED, fixed=OF_AGREEMENTS),
    Guard("takeover_loanrefinancing"),
    Guard(
        "contributions_openingadvance",
        condition="OLD.entry_id IS NOT NULL",
        fixed=(
            "id",
            "uid",
            "mutual_id",
            "household_id",
            "amount_minor",
            "source",
            "source_uid",
            "prepared_by_id",
            "prepared_on",
            "approved_by_id",
            "approved_on",
            "document_number",
            "entry_id",
        ),
    ),
    Guard("fieldwork_followplanversion", condition=_APPROVED),
    Guard("fieldwork_followcontact", update_allowed_when=_once("withdrawn_on", _OF_CONTACTS)),
    Guard("fieldwork_followoverride", update_allowed_when=_once("ends_on", _OF_OVERRIDES)),
    Guard("nomenclature_freecareprogramme", condition=_APPROVED, fixed=OF_FREE_CARE),
    Guard("nomenclature_incompatibleacts", condition=_APPROVED, fixed=OF_INCOMPATIBLE),
    Guard("what_if_ruletrial", condition="OLD.state = 'done'"),
    Guard("what_if_trialrow"),
    Guard("care_control_medicalsession", fixed=OF_SESSIONS),
    Guard("care_control_slotbooking", update_allowed_when=_once("freed_on", OF_BOOKINGS)),
    Guard("care_control_registerentry"),
    Guard("care_control_medicalcall"),
    Guard("care_control_controlcampaign", fixed=OF_CAMPAIGNS),
    Guard("care_control_sampledclaim"),
    Guard("care_control_controlfinding"),
    Guard("care_control_providerreply"),
    Guard("care_control_recovery", update_allowed_when=_once("waived_on", OF_RECOVERIES)),
    Guard("care_control_anomalyanswer"),
    Guard("settlement_overpayment"),
    Guard("care_control_carefeedback"),
    Guard("care_control_committeemeeting"),
    Guard("care_control_committeedecision", update_allowed_when=_once("done_on", OF_DECISIONS)),
    Guard("settlement_payoutanswer"),
    Guard("settlement_payoutdestination", unique=(("id",), ("uid",), ("payout_id",))),
    Guard(
        "settlement_paymentaccount",
        update_allowed_when=_once("effective_until", OF_PAYMENT_ACCOUNTS),
    ),
    Guard("settlement_invoiceinclusion"),
    Guard("settlement_accountconfirmation", unique=(("id",), ("uid",), ("payout_id",))),
    Guard("settlement_refundcontact"),
    Guard("settlement_floatmovement"),
    Guard("settlement_payoutreceipt"),
    Guard(
        "settlement_refundreceiver",
        unique=(
            ("id",),
            ("uid",),
            ("receipt_id",),
            ("mutual_id", "proof_sha256"),
            ("mutual_id", "slip_number"),
        ),
    ),
    Guard("settlement_subsidyreceipt"),
    Guard("settlement_subsidypayment"),
    Guard("settlement_subsidyoffset"),
    Guard("settlement_subsidyrepayment", condition="OLD.paid_on IS NOT NULL", fixed=OF_REPAYMENTS),
    Guard("settlement_subsidyreceiptreversal", unique=(("id",), ("uid",), ("receipt_id",))),
    Guard("claims_carriedclaim"),
    Guard("claims_linerecoding", unique=(("id",), ("uid",), ("decision_id",))),
    Guard("claims_diagnosisrecoding"),
    Guard("claims_committeeseat"),
    Guard("claims_committeesignature"),
    Guard("claims_committeescan"),
    Guard("claims_claimreopening", unique=(("id",), ("uid",), ("decision_id",))),
    Guard(
        "claims_decidedagain",
        unique=(("id",), ("uid",), ("decision_id",), ("previous_id",), ("entry_id",)),
    ),
    Guard("claims_referrallink", unique=(("id",), ("uid",), ("decision_id",))),
    Guard("claims_referralvoucher", unique=(("id",), ("uid",), ("mutual_id", "document_number"))),
    Guard("claims_referralcancellation", unique=(("id",), ("uid",), ("voucher_id",))),
    Guard("claims_agreementcall"),
    Guard("claims_numberreadback", unique=(("id",), ("uid",), ("call_id",))),
    Guard("planning_carenote"),
    Guard("planning_tariffassumption", condition=_APPROVED),
)


def guard_of(table: str) -> Guard:
    """The guard of a table."""
    return next(guard for guard in GUARDS if guard.table == table)


def _sqlite(guard: Guard) -> list[str]:
    name, table = f"guard_{guard.table}", guard.table
    refuse = f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    statements = []
    for act in ("update", "delete"):
        when = f"WHEN {guard.refused_when(act)}" if guard.refused_when(act) else ""
        statements.append(
            f"CREATE TRIGGER {name}_{act} BEFORE {guard.act(act)} ON {table} {when} {refuse}"
        )
    same_row = " OR ".join(_kept_row(guard, columns) for columns in guard.unique)
    statements.append(
        f"CREATE TRIGGER {name}_replace BEFORE INSERT ON {table} WHEN {same_row} {refuse}"
    )
    if guard.insert_refused_when:
        closed = guard.insert_refused_when
        statements.append(
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} WHEN {closed} {refuse}"
        )
    return statements


def _kept_row(guard: Guard, columns: tuple[str, ...]) -> str:
    """SQL: a guarded row has the same values as ``NEW`` in these columns."""
    conditions = [f"kept.{column} = NEW.{column}" for column in columns]
    if guard.condition:
        conditions.append(guard.condition.replace("OLD.", "kept."))
    # Only names written in this module come in here.
    return f"EXISTS (SELECT 1 FROM {guard.table} AS kept WHERE {' AND '.join(conditions)})"  # noqa: S608


def _postgresql(guard: Guard) -> list[str]:
    name, table = f"guard_{guard.table}", guard.table
    refuse = f"RAISE EXCEPTION '{guard.message}' USING ERRCODE = 'integrity_constraint_violation';"
    statements = [_function(name, refuse)]
    for act in ("update", "delete"):
        when = f"WHEN ({guard.refused_when(act)})" if guard.refused_when(act) else ""
        statements.append(
            f"CREATE TRIGGER {name}_{act} BEFORE {guard.act(act)} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
        )
    if not guard.condition:
        # An empty table may be emptied: tests do it between themselves.
        is_filled = f"EXISTS (SELECT 1 FROM {table})"  # noqa: S608 (a name of this module)
        body = f"IF {is_filled} THEN {refuse} END IF; RETURN NULL;"
        statements.append(_function(f"{name}_emptied", body))
        statements.append(
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_emptied()"
        )
    if guard.insert_refused_when:
        body = f"IF {guard.insert_refused_when} THEN {refuse} END IF; RETURN NEW;"
        statements.append(_function(f"{name}_closed", body))
        statements.append(
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}_closed()"
        )
    return statements


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} END $$"
    )


def statements_of(guard: Guard, vendor: str) -> list[str]:
    """What makes the triggers of a guard, and what they need, in the database of this kind."""
    return {"sqlite": _sqlite, "postgresql": _postgresql}[vendor](guard)


def put_guards(connection: BaseDatabaseWrapper, guards: Sequence[Guard] = GUARDS) -> None:
    """Make the triggers of these guards, in place of those that are there."""
    take_guards_away(connection, guards)
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in statements_of(guard, connection.vendor):
                cursor.execute(statement)


def take_guards_away(connection: BaseDatabaseWrapper, guards: Sequence[Guard] = GUARDS) -> None:
    """Drop the triggers: a migration that must change a guarded table does it in between."""
    with connection.cursor() as cursor:
        for guard in guards:
            on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            for name in guard.trigger_names(connection.vendor):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
