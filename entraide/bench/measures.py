"""What is measured, and beside what: ``MEASURES`` in the order in which they run."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from entraide.bench.cards import measure_cards
from entraide.bench.clients import Request, closed_loop, request_bytes
from entraide.bench.figures import Aim, Figure, Limit, Timings
from entraide.bench.imports import measure_import_members
from entraide.bench.pages import PAGES, enrolment_request
from entraide.bench.raw import SqliteRaw, insert_limit, row_counts, rows_per_command
from entraide.bench.raw_postgres import PostgresRaw, scratch_database
from entraide.bench.replay import measure_replay
from entraide.bench.rules import LINES, measure_rules
from entraide.bench.server import BARE, PRODUCT, running_server
from entraide.bench.simulation import measure_simulation
from entraide.core.errors import Refusal

DESKS = 2  # clients that ask for rights: as many as the server has workers
SENDERS = 4  # clients that send claims
_PRICES_MINOR = (4500, 2500, 30000)
_CLAIM_DAYS = 30  # on which the waiting period of the scratch base is over
_LONGEST_PART_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Bench:
    """The scratch folder with its base, and how long each measure may last."""

    folder: Path
    environment: dict[str, str]
    base: dict[str, Any]
    seconds: float
    households: int
    raw: SqliteRaw | PostgresRaw


def run_measures(
    names: tuple[str, ...], *, seconds: float, households: int, server_url: str = ""
) -> Iterator[Figure]:
    """Each figure as soon as it is known; the scratch folder is removed at the end.

    ``server_url``: a PostgreSQL server on which the scratch base is made; a file of SQLite else.
    """
    with (
        tempfile.TemporaryDirectory(prefix="entraide-bench-") as text,
        scratch_database(server_url) if server_url else nullcontext("") as database_url,
    ):
        folder = Path(text)
        (folder / "static").mkdir()
        environment = scratch_environment(folder)
        raw: SqliteRaw | PostgresRaw = SqliteRaw(folder / "entraide.sqlite3")
        if database_url:
            environment["DATABASE_URL"] = database_url
            raw = PostgresRaw(server_url, database_url)
        needs_base = any(name in NEED_BASE for name in names)
        base = scratch_base(environment, households) if needs_base else {}
        bench = Bench(folder, environment, base, seconds, households, raw)
        for name, measure in MEASURES.items():
            if name in names:
                yield measure(bench)


def scratch_environment(folder: Path) -> dict[str, str]:
    """That of whoever measures, but for what would lead to another base or other settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith(("ENTRAIDE_", "DJANGO_", "PYTEST_"))
    }
    return kept | {"ENTRAIDE_DATA": str(folder), "PYTHONWARNINGS": "ignore"}


def scratch_base(environment: dict[str, str], households: int) -> dict[str, Any]:
    """Make the scratch mutual in the folder of this environment; what clients need to know."""
    return _inside(environment, "base", households)


def _inside(environment: dict[str, str], part: str, amount: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "entraide.bench.inside", part, str(amount)]
    answer: dict[str, Any] = json.loads(run_part(command, environment, part))
    return answer


def _statements(bench: Bench, request: Request) -> int:
    """The SQL statements of a request, once everything is loaded."""
    texts = json.dumps([request(number).decode() for number in (1, 2)])
    command = [sys.executable, "-m", "entraide.bench.inside", "statements", "0"]
    count: int = json.loads(run_part(command, bench.environment, "statements", texts))["statements"]
    return count


def run_part(command: list[str], environment: dict[str, str], name: str, sent: str = "") -> str:
    """What a process of ours says on standard output; ``BENCH_FAILED`` when it fails."""
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        env=environment,
        input=sent,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_PART_SECONDS,
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Refusal("BENCH_FAILED", name=name, reason=lines[-1] if lines else "?")
    return done.stdout


def _eligibility_request(base: dict[str, Any]) -> Request:
    numbers = base["person_numbers"]

    def request(number: int) -> bytes:
        card = numbers[number % len(numbers)]
        return request_bytes("GET", f"/api/v1/eligibility?number={card}", base["token"])

    return request


def _claim_request(base: dict[str, Any], run: str) -> Request:
    """Three acts of everybody in turn, then of everybody on the day before: none is a double."""
    numbers, first = base["person_numbers"], zlib.crc32(run.encode()) % _CLAIM_DAYS
    last_day = date.fromisoformat(base["care_on"])
    lines = [
        {"system": "bench", "code": code, "quantity": 1, "unit_price_minor": price_minor}
        for code, price_minor in zip(base["item_codes"], _PRICES_MINOR, strict=True)
    ]
    body = {
        "provider": {"system": "bench", "code": base["provider_code"]},
        "circuit": "third_party_payment",
        "received_on": base["received_on"],
        "lines": lines,
    }

    def request(number: int) -> bytes:
        days, rank = divmod(number, len(numbers))
        care_on = last_day - timedelta(days=(first + days) % _CLAIM_DAYS)
        own = {
            "idempotency_key": f"{run}-{number}",
            "person_number": numbers[rank],
            "care_on": care_on.isoformat(),
        }
        content = json.dumps({**body, **own}).encode()
        return request_bytes("POST", "/api/v1/claims", base["token"], content)

    return request


def _http(
    bench: Bench, request: Callable[[str], Request], *, clients: int, application: str = PRODUCT
) -> Timings:
    """A short run to load everything, then the one that counts."""
    with running_server(application, bench.environment) as port:
        closed_loop(port, request("warm"), clients=clients, seconds=min(1.0, bench.seconds))
        return closed_loop(port, request("run"), clients=clients, seconds=bench.seconds)


def _bare_http(bench: Bench, request: Request, clients: int) -> Limit:
    timings = _http(bench, lambda _run: request, clients=clients, application=BARE)
    return Limit("the same requests to an empty application, same server", timings.per_second)


def measure_eligibility(bench: Bench) -> Figure:
    """Rights at the counter, by the API, with a token."""
    request = _eligibility_request(bench.base)
    return Figure(
        "eligibility",
        "GET /api/v1/eligibility",
        "answers",
        _http(bench, lambda _run: request, clients=DESKS),
        (_bare_http(bench, request, DESKS),),
        Aim("p95_ms", 10.0),
        statements=_statements(bench, request),
        notes=("two clients, each waiting for its answer",),
    )


def measure_claim(bench: Bench) -> Figure:
    """A claim of three lines: rights, ceilings, decision, journal, in one durable transaction."""
    before = bench.raw.row_counts()
    timings = _http(bench, lambda run: _claim_request(bench.base, f"claim-{run}"), clients=SENDERS)
    after = bench.raw.row_counts()
    commands = after["claims_claim"] - before["claims_claim"]
    rows = rows_per_command(before, after, commands)
    return Figure(
        "claim",
        "POST /api/v1/claims",
        "claims",
        timings,
        (
            bench.raw.insert_limit(rows, seconds=bench.seconds / 2),
            _bare_http(bench, _claim_request(bench.base, "bare-claim"), SENDERS),
        ),
        Aim("per_second", 300.0 if isinstance(bench.raw, SqliteRaw) else 150.0),
        statements=_statements(bench, _claim_request(bench.base, "count-claim")),
        notes=("four clients, each waiting for its answer", "claims of three lines"),
    )


def measure_enrolment(bench: Bench) -> Figure:
    """A family of five joins with its first money, in one durable transaction."""
    before = bench.raw.row_counts()
    timings = _http(
        bench, lambda run: enrolment_request(bench.base, f"family-{run}"), clients=SENDERS
    )
    after = bench.raw.row_counts()
    joined = after["enrolment_household"] - before["enrolment_household"]
    rows = rows_per_command(before, after, joined)
    return Figure(
        "enrolment",
        "POST /api/v1/households",
        "families",
        timings,
        (
            bench.raw.insert_limit(rows, seconds=bench.seconds / 2),
            _bare_http(bench, enrolment_request(bench.base, "bare"), SENDERS),
        ),
        Aim("per_second", 60.0),
        statements=_statements(bench, enrolment_request(bench.base, "count-family")),
        notes=("four clients, each waiting for its answer", "five persons, contract, receipt"),
    )


def _measure_page(name: str) -> Callable[[Bench], Figure]:
    what, request_of = PAGES[name]

    def measure(bench: Bench) -> Figure:
        request = request_of(bench.base)
        return Figure(
            name,
            what,
            "pages",
            _http(bench, lambda _run: request, clients=DESKS),
            (_bare_http(bench, request, DESKS),),
            Aim("p95_ms", 150.0),
            statements=_statements(bench, request),
            notes=("two clerks, each waiting for their page",),
        )

    return measure


def measure_post(bench: Bench) -> Figure:
    """The approval of a decided claim: its entry in the books, hash chain and journal."""
    before = bench.raw.row_counts()
    if not before["claims_claim"]:
        _http(bench, lambda run: _claim_request(bench.base, f"post-{run}"), clients=SENDERS)
        before = bench.raw.row_counts()
    measured = _inside(bench.environment, "post", bench.seconds)
    after = bench.raw.row_counts()
    timings = Timings(tuple(measured["seconds"]), measured["wall_seconds"])
    rows = rows_per_command(before, after, len(timings.seconds))
    return Figure(
        "post",
        "approve_claim",
        "claims",
        timings,
        (bench.raw.insert_limit(rows, seconds=bench.seconds / 2),),
        notes=("one process",),
    )


def measure_adjudicate(bench: Bench) -> Figure:
    """The rules alone, on one core."""
    timings, limit = measure_rules(bench.seconds)
    return Figure(
        "adjudicate",
        "core.adjudication.adjudicate",
        "lines",
        timings,
        (limit,),
        Aim("per_second", 20_000.0),
        units_per_success=LINES,
        notes=("one core, no database",),
    )


def measure_demo(bench: Bench) -> Figure:
    """The demonstration network on an empty folder: ``entraide demo --no-serve``."""
    folder = bench.folder / "demo"
    folder.mkdir()
    command = [
        sys.executable, "-m", "entraide.cli.main", "demo", "--households", str(bench.households),
        "--no-serve", "--json",
    ]  # fmt: skip
    started = time.perf_counter()
    run_part(command, bench.environment | {"ENTRAIDE_DATA": str(folder)}, "demo")
    seconds = time.perf_counter() - started
    database = folder / "entraide.sqlite3"
    rows = {name: count for name, count in row_counts(database).items() if count}
    once = insert_limit(database, rows, seconds=0.001)
    return Figure(
        "demo",
        "entraide demo",
        "households",
        Timings((seconds,), seconds),
        (Limit(once.what, once.per_second * bench.households, once.rows),),
        Aim("seconds", _demo_seconds(bench.households)),
        units_per_success=bench.households,
        notes=("all years of the network",),
    )


def _demo_seconds(households: int) -> float:
    """What was promised: 30 s for 200 households, 4 min for 3 000; in a straight line between."""
    (few, short), (many, long) = (200, 30.0), (3000, 240.0)
    return short + max(0, households - few) * (long - short) / (many - few)


MEASURES: dict[str, Callable[[Bench], Figure]] = {
    "eligibility": measure_eligibility,
    "enrolment": measure_enrolment,
    **{name: _measure_page(name) for name in PAGES},
    "claim": measure_claim,
    "post": measure_post,
    "adjudicate": measure_adjudicate,
    "simulate": lambda bench: measure_simulation(bench.seconds),
    "replay": lambda bench: measure_replay(),
    "demo": measure_demo,
    "import-members": measure_import_members,
    "cards": measure_cards,
}
NEED_BASE = frozenset({"eligibility", "enrolment", *PAGES, "claim", "post", "import-members"})
ON_A_SERVER = NEED_BASE - {"import-members"}  # its command line makes what it needs beside a file


def names_to_run(asked: list[str], *, on_server: bool = False) -> tuple[str, ...]:
    """The measures asked for, in their order; all that can be made there when none is.

    ``BENCH_NOT_ON_SERVER`` for one that has no scratch base on a server.
    """
    known = [name for name in MEASURES if name in ON_A_SERVER or not on_server]
    for name in asked:
        if name not in known:
            raise Refusal("BENCH_NOT_ON_SERVER", name=name, known=known)
    return tuple(itertools.filterfalse(lambda name: asked and name not in asked, known))
