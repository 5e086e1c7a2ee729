"""The import of a list of members, from a file to the registers, by the command line."""

from __future__ import annotations

import csv
import io
import random
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from entraide.bench.figures import Aim, Figure, Timings
from entraide.bench.raw import rows_per_command

if TYPE_CHECKING:
    from entraide.bench.measures import Bench

MUTUAL = "mutuelle-banc"  # the scratch mutual that ``bench.base`` makes
MEMBERS = 50_000
_SECONDS = 60.0
_SIZE = 5
_HEADER = (
    "N° famille",
    "Nom",
    "Prénoms",
    "Date de naissance",
    "Sexe",
    "Lien",
    "Téléphone",
    "Village",
)
_SYLLABLES = (
    "ko",
    "ya",
    "do",
    "ri",
    "sa",
    "ma",
    "lo",
    "ne",
    "ti",
    "fa",
    "bo",
    "ju",
    "ze",
    "vi",
    "ha",
)


def list_of_members(count: int) -> str:
    """A CSV of so many persons in families of five, always the same."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_HEADER)
    writer.writerows(_rows(count))
    return text.getvalue()


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(50_000)
    family_name = ""
    for number in range(count):
        family, rank = divmod(number, _SIZE)
        if rank == 0:
            family_name = "".join(chance.choices(_SYLLABLES, k=4)).capitalize()
        given = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
        year = chance.randrange(1955, 1998) if rank < 2 else chance.randrange(2005, 2023)
        birth = f"{chance.randrange(1, 29):02}/{chance.randrange(1, 13):02}/{year}"
        yield (
            str(family + 1), family_name, given, f"vers {year}" if number % 7 == 0 else birth,
            "FM"[number % 2], ("Adhérent", "Conjoint", "Enfant")[min(rank, 2)],
            f"90 {family:06}" if rank == 0 else "", f"Village {family % 40}",
        )  # fmt: skip


def measure_import_members(bench: Bench) -> Figure:
    """Reading, checking, families, persons, covers, dues and their entries in the chain."""
    from entraide.bench.measures import run_part

    count = MEMBERS if bench.households >= 100 else _SIZE * max(2, bench.households)
    file = bench.folder / "membres.csv"
    file.write_text(list_of_members(count), encoding="utf-8")
    before = bench.raw.row_counts()
    command = [
        sys.executable, "-m", "entraide.cli.main", "import", "members", str(file), "--mutual",
        MUTUAL, "--json",
    ]  # fmt: skip
    started = time.perf_counter()
    run_part(command, bench.environment, "import-members")
    seconds = time.perf_counter() - started
    rows = rows_per_command(before, bench.raw.row_counts(), 1)
    once = bench.raw.insert_limit(rows, seconds=0.001)
    return Figure(
        "import-members",
        "entraide import members",
        "persons",
        Timings((seconds,), seconds),
        (type(once)(once.what, once.per_second * count, once.rows),),
        Aim("seconds", _SECONDS),
        units_per_success=count,
        notes=("one CSV, all or nothing",),
    )
