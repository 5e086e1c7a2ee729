"""The demonstration network made from an empty database, one mutual after the other."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import connection
from django_scopes import scope

from entraide.apps.access.models import User
from entraide.apps.access.statistics import gather_statistics
from entraide.apps.planning.training_plan import ship_atia_plan
from entraide.apps.schemes.models import Mutual
from entraide.core.ids import uuid7_stream
from entraide.demo.accounts import feed_accounts
from entraide.demo.cards import make_cards
from entraide.demo.cash_life import CashLife
from entraide.demo.chance import stream
from entraide.demo.control_life import control_care
from entraide.demo.cover_life import note_other_covers
from entraide.demo.database import SETTING
from entraide.demo.field_life import FieldLife
from entraide.demo.follow_up import follow_contributions
from entraide.demo.foundation import (
    ADMINISTRATOR,
    NETWORK_PEOPLE,
    SECTION_CLERK,
    found_mutual,
    found_network,
)
from entraide.demo.in_bulk import InBulk
from entraide.demo.network import NETWORK, NOMINAL_HOUSEHOLDS, MutualPlan
from entraide.demo.paper_life import keep_papers
from entraide.demo.path_life import live_the_path
from entraide.demo.planner import BEGINNING, Planner
from entraide.demo.practices import write_practices
from entraide.demo.product_life import prepare_change
from entraide.demo.providers import PORTAL_PEOPLE
from entraide.demo.reconciling import reconcile
from entraide.demo.refund_life import pay_families
from entraide.demo.risk_life import assume_and_explain
from entraide.demo.sections import make_sections
from entraide.demo.talks import (
    agree_incentives,
    ask_families,
    assess,
    sign_with_the_district,
    talk_of_prices,
)
from entraide.demo.watched_life import watch_care
from entraide.rulebook import country_path, read_country

FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS = 20, 30_000
PLAN_OF = "atia-sante"
_EXAMPLES = 20  # of each planted disorder, kept by name

Say = Callable[[str, int, int, int], None]
"""What is said on the way: mutual, year (or the number of households), entries, claims."""


@dataclass(frozen=True, slots=True)
class Size:
    """A demonstration to be made: households of the whole network, seed, last day excluded."""

    households: int
    seed: int
    until: date

    def of_each(self) -> dict[str, int]:
        """The households of each mutual in the network's shares, at least two in each."""
        shares = {plan.code: self.households * plan.share for plan in NETWORK}
        sizes = {code: max(2, int(exact)) for code, exact in shares.items()}
        by_rest = sorted(shares, key=lambda code: shares[code] - int(shares[code]), reverse=True)
        left = self.households - sum(sizes.values())
        for code in by_rest[: max(0, left)]:
            sizes[code] += 1
        sizes[max(sizes, key=lambda code: sizes[code])] += min(0, left)
        return sizes


def build(size: Size, say: Say) -> None:
    """Make the whole network; the last mutual's setting says that it is finished."""
    with uuid7_stream(stream(size.seed, "network"), BEGINNING):
        federation = found_network()
    for plan in NETWORK:
        with uuid7_stream(stream(size.seed, plan.code, "uids"), BEGINNING):
            _build_mutual(federation, plan, size, say)
        gather_statistics(connection)


def _build_mutual(federation: object, plan: MutualPlan, size: Size, say: Say) -> None:
    households = size.of_each()[plan.code]
    currency = read_country(country_path(plan.country)).currency
    planner = Planner(plan, households, size.seed, size.until, currency)
    acts = planner.acts()
    world = found_mutual(federation, planner)  # type: ignore[arg-type]
    bulk = InBulk(world, lambda year, entries, claims: say(plan.name, year, entries, claims))
    bulk.carry_out(acts)
    with uuid7_stream(stream(size.seed, plan.code, "accounts"), BEGINNING):
        feed_accounts(world, plan)
    FieldLife(world, planner, size.until).carry_out()
    write_practices(world)
    reconcile(
        world, plan, seed=size.seed, until=size.until, households=households,
        planted=planner.planted,
    )  # fmt: skip
    if plan.code == PLAN_OF:
        with scope(mutual=world.mutual):
            ship_atia_plan(mutual=world.mutual, actor=world.people["director"], on=size.until)
            # Its own stream: how many were drawn before depends on what the process has at hand.
            with uuid7_stream(stream(size.seed, plan.code, "cash"), BEGINNING):
                follow_contributions(world, size.until)
        make_cards(world, size.until)
        make_sections(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "control"), BEGINNING):
            control_care(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "papers"), BEGINNING):
            keep_papers(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "path"), BEGINNING):
            live_the_path(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "products"), BEGINNING):
            prepare_change(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "refunds"), BEGINNING):
            pay_families(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "covers"), BEGINNING):
            note_other_covers(world, size.until)
        with uuid7_stream(stream(size.seed, plan.code, "watched"), BEGINNING):
            watch_care(world, size.until)
        CashLife(world, size.until).carry_out()
    with uuid7_stream(stream(size.seed, plan.code, "risk"), BEGINNING):
        assume_and_explain(world, size.until)
    with uuid7_stream(stream(size.seed, plan.code, "talks"), BEGINNING):
        talk_of_prices(world, size.until)
        assess(world, size.until)
        sign_with_the_district(world)
        agree_incentives(world)
        ask_families(world, size.until)
    _mark(world.mutual, planner, size)
    say(plan.name, 0, bulk.entry_count, bulk.claim_count)


def _mark(mutual: Mutual, planner: Planner, size: Size) -> None:
    """Written last: a mutual without this mark was interrupted."""
    mutual.settings[SETTING] = {
        "is_finished": True,
        "network_households": size.households,
        "nominal_households": NOMINAL_HOUSEHOLDS,
        "households": planner.households,
        "seed": size.seed,
        "until": size.until.isoformat(),
        "planted": {
            kind: {"count": len(keys), "examples": sorted(keys)[:_EXAMPLES]}
            for kind, keys in sorted(planner.planted.items())
        },
    }
    mutual.save(update_fields=["settings"])


def usernames() -> list[tuple[str, str, str, str]]:
    """User name, name, post and mutual of everybody who may sign in to the demonstration."""
    people = [
        (post.username, post.name, post.post.removesuffix("2"), plan.name)
        for plan in NETWORK
        for post in plan.team
    ]
    people.append((*SECTION_CLERK, "clerk", next(p.name for p in NETWORK if p.code == PLAN_OF)))
    names = {plan.code: plan.name for plan in NETWORK}
    people += [
        (username, name, "provider_user", names[code])
        for code, _, username, name, is_approved in PORTAL_PEOPLE
        if is_approved
    ]
    people += [(username, name, role.value, "") for username, name, role in NETWORK_PEOPLE]
    return [*people, (*ADMINISTRATOR, "network_admin", "")]


def give_one_password() -> str:
    """A new random password, the same for everybody of the demonstration: it is answered once.

    Only its hash is kept, made once: forty hashes would take half a minute.
    """
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    names = [username for username, *_ in usernames()]
    User.objects.filter(username__in=names).update(password=make_password(password))
    return password
