"""``entraide demo``: the demonstration network, its figures, and the office opened on it."""

from __future__ import annotations

import argparse
import importlib
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entraide.cli.commands import serve
from entraide.cli.commands.demo_imports import import_history
from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.messages import translate
from entraide.messages.wording import day_in_words, money_in_words, number_in_words

if TYPE_CHECKING:
    from entraide.demo.headline import MutualFigures

needs_database = True
DEFAULT_HOUSEHOLDS, DEFAULT_SEED = 3_000, 1
FIRST_PATHS = (
    ("report", "rapport/", "the mutual’s report: each figure opens to its formula and its rows"),
    ("plan", "plan/", "the business plan: what leads to half of the running costs"),
    ("reconciliation", "rapprochement/", "the bank and the books, side by side"),
)
"""Report and plan are what people in the field liked most (R254, R255): a visit begins there.

A page, where it stands under its mutual (asking would load every page), and what it shows.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its size, its last day, what to do with the one that is there, and where to serve it."""
    whole = "N"
    add = parser.add_argument
    add("--households", type=int, metavar=whole, help=translate("households in all; 3000"))
    add("--seed", type=int, metavar=whole, help=translate("number that chance starts from; 1"))
    add(
        "--until",
        type=date.fromisoformat,
        metavar=translate("DAY"),
        help=translate("the day after the last one lived, YYYY-MM-DD; today without it"),
    )
    add("--reset", action="store_true", help=translate("take the demonstration away, make another"))
    add("--no-serve", action="store_true", help=translate("stop after the figures"))
    add(
        "--new-passwords",
        action="store_true",
        help=translate("give everybody of the demonstration a new password and show it"),
    )
    serve.add_place(parser)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Make the demonstration unless it is there, show its figures, serve unless told not to."""
    from entraide.demo import build, database

    _check(arguments)
    found = database.found()
    if arguments.reset or found is database.Found.HALF_MADE:
        if not arguments.reset:
            out.note(out.text("The demonstration was interrupted last time: it is made afresh."))
        database.drop()
        importlib.import_module("entraide.config.start").prepare_database()
        found = database.Found.NOTHING
    is_new = found is database.Found.NOTHING
    if is_new:
        _build(arguments, out)
    else:
        _require_same(arguments)
    password = build.give_one_password() if is_new or arguments.new_passwords else None
    is_served = not (arguments.no_serve or out.as_json)
    _show(out, is_new, password, is_served=is_served)
    if not is_served:
        return 0
    return serve.serve(arguments.bind, arguments.port, out)


def _check(arguments: argparse.Namespace) -> None:
    from django.utils import timezone

    from entraide.demo.build import FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS
    from entraide.demo.planner import EARLIEST_END

    households, until = arguments.households, arguments.until
    if households is not None and not FEWEST_HOUSEHOLDS <= households <= MOST_HOUSEHOLDS:
        raise Refusal(
            "DEMO_HOUSEHOLDS",
            place="--households",
            fewest=FEWEST_HOUSEHOLDS,
            most=MOST_HOUSEHOLDS,
        )
    today = timezone.localdate()
    if until is not None and not EARLIEST_END <= until <= today:
        raise Refusal("DEMO_UNTIL", place="--until", earliest=EARLIEST_END, latest=today)


def _build(arguments: argparse.Namespace, out: Output) -> None:
    from django.utils import timezone

    from entraide.demo.build import Size, build
    from entraide.demo.network import NOMINAL_HOUSEHOLDS

    households = arguments.households or DEFAULT_HOUSEHOLDS
    seed = DEFAULT_SEED if arguments.seed is None else arguments.seed
    out.note(
        out.text(
            "Demonstration network: {households} households in six fictitious mutuals. Teams and "
            "fixed costs are those of {nominal} households, brought down in proportion.",
            households=households,
            nominal=NOMINAL_HOUSEHOLDS,
        )
    )

    def say(name: str, year: int, entries: int, claims: int) -> None:
        step = str(year) if year else out.text("done")
        counts = out.text("{entries} entries, {claims} claims", entries=entries, claims=claims)
        out.note(f"  {name:<16} {step:<8} {counts}")

    until = arguments.until or timezone.localdate()
    build(Size(households, seed, until), say)
    import_history(until)


def _require_same(arguments: argparse.Namespace) -> None:
    """A demonstration that is there is kept: another size needs ``--reset``."""
    from entraide.demo import database

    made = database.making()
    asked = {
        "households": (arguments.households, made.households),
        "seed": (arguments.seed, made.seed),
        "until": (arguments.until and arguments.until.isoformat(), made.until),
    }
    for option, (wanted, there) in asked.items():
        if wanted is not None and wanted != there:
            raise Refusal("DEMO_OTHER_THERE", place=f"--{option}", option=option, there=str(there))


def _show(out: Output, is_new: bool, password: str | None, *, is_served: bool) -> None:
    from entraide.demo import database
    from entraide.demo.build import usernames
    from entraide.demo.headline import network_figures

    made = database.making()
    mutuals = network_figures(date.fromisoformat(made.until))
    document: dict[str, Any] = {
        "is_new": is_new,
        "households": made.households,
        "seed": made.seed,
        "until": made.until,
        "mutuals": [_as_json(each) for each in mutuals],
        "people": [
            {"username": username, "name": name, "post": post, "mutual": mutual}
            for username, name, post, mutual in usernames()
        ],
    }
    document["first_paths"] = [
        {"page": page, "address": first_address(path)} for page, path, _ in FIRST_PATHS
    ]
    if password is not None:
        document["password"] = password
    lines = [*_table(mutuals, out), *_sign_in(password, out), *_first_paths(out)]
    if not is_served:
        lines += ["", out.text("To open the office: make serve, or .venv/bin/entraide serve.")]
    out.answer(document, *lines)


def first_address(path: str) -> str:
    """The whole address of one of ``FIRST_PATHS`` in the first mutual of the network."""
    from entraide.demo.network import NETWORK

    return f"/m/{NETWORK[0].code}/{path}"


def _first_paths(out: Output) -> list[str]:
    """Where a director begins: what was liked most in the field comes first."""
    paths = [f"  {first_address(path):<28} {out.text(what)}" for _, path, what in FIRST_PATHS]
    return ["", out.text("Where to begin, as hanta:"), *paths]


def _as_json(mutual: MutualFigures) -> dict[str, Any]:
    figures = dict(mutual.figures)
    return {
        "code": mutual.code,
        "name": mutual.name,
        "currency": mutual.currency,
        "period": {"from": mutual.period_from, "until": mutual.period_until},
        "households_covered": figures["households_covered"],
        "persons_covered": figures["persons_covered"],
        "contribution_earned_minor": figures["contribution_earned"],
        "claims_incurred_minor": figures["claims_incurred"],
        "claims_ratio": _decimal(figures["claims_ratio"]),
        "autonomy_rate": _decimal(figures["autonomy_rate"]),
        "reconciled_on": mutual.reconciled_on,
        "reconciled_balance_minor": mutual.reconciled_minor,
    }


def _decimal(rate: Any) -> Decimal | None:
    return None if rate is None else Decimal(str(rate)).quantize(Decimal("0.0001"))


def _table(mutuals: list[MutualFigures], out: Output) -> list[str]:
    """One line for each mutual, the figures of the twelve last full months."""
    head = [
        out.text("Mutual"),
        out.text("Households"),
        out.text("Persons"),
        out.text("Contributions earned"),
        out.text("Claims ratio"),
        out.text("Autonomy"),
        out.text("Reconciled balance of the mutual fund"),
    ]
    rows = [head]
    for mutual in mutuals:
        figures, language = mutual.figures, out.language
        earned = figures["contribution_earned"]
        balance = "—"
        if mutual.reconciled_minor is not None and mutual.reconciled_on is not None:
            money = money_in_words(mutual.reconciled_minor, mutual.currency, language)
            balance = f"{money} ({day_in_words(mutual.reconciled_on, language)})"
        rows.append(
            [
                mutual.name,
                _whole(figures["households_covered"], language),
                _whole(figures["persons_covered"], language),
                "—" if earned is None else money_in_words(int(earned), mutual.currency, language),
                _percent(figures["claims_ratio"], language),
                _percent(figures["autonomy_rate"], language),
                balance,
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in (0, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    first, last = mutuals[0].period_from, mutuals[0].period_until
    title = out.text("Twelve months, {first} to {last} (excluded)", first=first, last=last)
    return ["", title, lines[0], "─" * max(map(len, lines)), *lines[1:], ""]


def _whole(value: Any, language: str) -> str:
    return "—" if value is None else number_in_words(int(value), language)


def _percent(value: Any, language: str) -> str:
    if value is None:
        return "—"
    return number_in_words((Decimal(str(value)) * 100).quantize(Decimal(1)), language) + "\u00a0%"


def _people(out: Output) -> list[str]:
    """Under which names one signs in: all who the tutorial has, and who looks after the network."""
    from entraide.demo.build import usernames
    from entraide.demo.network import NETWORK

    atia = NETWORK[0].name
    team, network, elsewhere = [], [], []
    for username, _, post, mutual in usernames():
        if mutual == atia:
            team.append(f"{username} ({out.text(post)})")
        elif not mutual:
            network.append(f"{username} ({out.text(post)})")
        elif post == "finance_officer":
            elsewhere.append(f"{username} ({mutual})")
    return [
        out.text("To sign in at {name}: {people}.", name=atia, people=", ".join(team)),
        out.text("In all six mutuals: {people}.", people=", ".join(network)),
        out.text(
            "In the five others, the finance officers: {people}.", people=", ".join(elsewhere)
        ),
    ]


def _sign_in(password: str | None, out: Output) -> list[str]:
    lines = _people(out)
    if password is None:
        lines.append(
            out.text("Passwords forgotten? make demo ARGS=--new-passwords shows a new one.")
        )
    else:
        lines.append(
            out.text(
                "Password of everybody in the demonstration, shown this once: {password}",
                password=password,
            )
        )
    return lines
