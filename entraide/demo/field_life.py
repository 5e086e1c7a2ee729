"""The life of groups and villages: contracts, officers, portfolios, segments, refusals.

Made by the services after the acts of the plan, so that both ways of carrying out the plan stay
the same; in a large demonstration only of the first groups and families.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django_scopes import scope

from entraide.apps.contributions.newborns import declare_newborn
from entraide.apps.enrolment.contracts import (
    activate_contract,
    declare_headcount,
    enter_contract,
)
from entraide.apps.enrolment.focal_points import appoint_focal_point
from entraide.apps.enrolment.groups import (
    appoint_officer,
    briefing_items,
    record_briefing,
    set_briefing_items,
)
from entraide.apps.enrolment.models import Household, OfficerRole, PartnerGroup, Person
from entraide.apps.enrolment.obstacles import record_obstacle
from entraide.apps.enrolment.portfolios import assign_portfolio
from entraide.apps.enrolment.scorecards import (
    approve_scorecard,
    enter_scorecard,
    record_score,
    rules_of,
)
from entraide.apps.enrolment.selectors import present_persons, running_membership
from entraide.apps.enrolment.territory import propose_area
from entraide.apps.fieldwork.models import Activity
from entraide.apps.fieldwork.services import record_time
from entraide.apps.schemes.selectors import product_on
from entraide.core.groups import JoiningMode
from entraide.core.obstacles import ObstacleKind, ObstacleReason
from entraide.demo.chance import pick, stream
from entraide.demo.follow_life import follow_families
from entraide.demo.foundation import FOUNDED_ON, World
from entraide.demo.names import NAMES
from entraide.demo.planner import Planner
from entraide.rulebook.scorecards import read_scorecard, scorecard_path

MOST_GROUPS, MOST_SCORES, REFUSALS = 40, 12, 12
BORN_DAYS_AGO = (6, 24, 37)  # declared, not yet registered: the last one is out of its days
MODES = {"lender": JoiningMode.AUTOMATIC, "enterprise": JoiningMode.COMPULSORY}
ITEMS = (
    "Les délais d’attente et les soins qui attendent",
    "Ce que la mutuelle paie, ce qui reste à la famille",
    "Les centres conventionnés et la carte à présenter",
    "Le reçu : jamais d’argent sans reçu numéroté",
    "Les dates de renouvellement et ce qui arrive en cas de retard",
    "À qui se plaindre, et sous combien de jours répond la mutuelle",
)
REASONS = (
    (ObstacleReason.PRICE, 0.4),
    (ObstacleReason.WELCOME, 0.15),
    (ObstacleReason.TRUST, 0.15),
    (ObstacleReason.DISTANCE, 0.1),
    (ObstacleReason.NOT_INFORMED, 0.1),
    (ObstacleReason.DUPLICATE_COVER, 0.05),
    (ObstacleReason.MOVED_AWAY, 0.05),
)

# Activity, and the fewest and most minutes of one act.
TIMES = (
    (Activity.MONTHLY_COLLECTION, 8, 16),
    (Activity.SINGLE_COLLECTION, 3, 6),
    (Activity.HOME_VISIT, 30, 50),
    (Activity.CALL, 6, 12),
)


@dataclass(slots=True)
class FieldLife:
    """Carries out what the field would do in one mutual, before ``until``."""

    world: World
    planner: Planner
    until: date

    def carry_out(self) -> None:
        """Everything, in one transaction."""
        with transaction.atomic(), scope(mutual=self.world.mutual):
            self._say_what_to_know()
            for rank, group in enumerate(list(self.world.groups.values())[:MOST_GROUPS]):
                self._group(group, rank)
            self._places()
            self._scores()
            self._refusals()
            self._births()
            self._times()
            follow_families(self._do, self.world, self.planner, self.until)

    def _do(self, service: Callable[..., Any], key: str, by: str, on: date, **content: Any) -> Any:
        return service(
            mutual=self.world.mutual, actor=self.world.people[by], on=on,
            idempotency_key=f"field-{key}", **content,
        )  # fmt: skip

    def _name(self, *place: object) -> tuple[str, str]:
        """A name and a telephone of the country."""
        rng = stream(self.planner.seed, self.planner.plan.code, "field", *place)
        names = NAMES[self.planner.plan.country]
        given = rng.choice(names.women + names.men)
        phone = names.phone.format(
            rng.randrange(2, 4), rng.randrange(100), rng.randrange(1000), rng.randrange(100)
        )
        return f"{rng.choice(names.family)} {given}", phone

    def _say_what_to_know(self) -> None:
        self._do(set_briefing_items, "items", "coordinator", FOUNDED_ON, texts=list(ITEMS))

    def _group(self, group: PartnerGroup, rank: int) -> None:
        key, start = group.code, FOUNDED_ON + timedelta(days=31)
        mode = MODES.get(group.kind, JoiningMode.VOLUNTARY)
        rng = stream(self.planner.seed, self.planner.plan.code, "group", key)
        is_counted = rank % 5 != 4
        if is_counted:
            count = rng.randrange(120, 480)
            self._do(
                declare_headcount, f"count-{key}", "clerk", FOUNDED_ON, group=group,
                persons_count=count, declared_on=FOUNDED_ON, source="Liste du groupe",
            )  # fmt: skip
        contract = self._do(
            enter_contract, f"contract-{key}", "clerk", FOUNDED_ON, group=group,
            product=group.product, mode=mode, signed_on=FOUNDED_ON, starts_on=start,
            minimum_share=Decimal("0.1") if mode is JoiningMode.VOLUNTARY and is_counted else None,
            joining_count=60, reference=f"CG-{key}".upper()[:60],
        )  # fmt: skip
        self._do(activate_contract, f"active-{key}", "coordinator", FOUNDED_ON, contract=contract)
        self._officers(group, rank)
        if rank % 7 != 6:
            self._do(
                assign_portfolio, f"follow-{key}", "coordinator", start, group=group,
                animator=self.world.people[("agent", "agent2")[rank % 2]], starts_on=start,
            )  # fmt: skip

    def _officers(self, group: PartnerGroup, rank: int) -> None:
        for role in (OfficerRole.PRESIDENT, OfficerRole.TREASURER):
            name, phone = self._name(group.code, role.value)
            officer = self._do(
                appoint_officer, f"{role.value}-{group.code}", "agent", FOUNDED_ON, group=group,
                role=role, name=name, phone=phone, starts_on=FOUNDED_ON,
            )  # fmt: skip
            if role is OfficerRole.PRESIDENT and rank % 3:
                told = [each.code for each in briefing_items(self.world.mutual)]
                self._do(
                    record_briefing, f"briefing-{group.code}", "agent",
                    self.until - timedelta(days=40), officer=officer,
                    briefed_on=self.until - timedelta(days=45),
                    items=tuple(told[: 3 + rank % 4]),
                )  # fmt: skip

    def _places(self) -> None:
        for rank, (name, area) in enumerate(self.world.areas.items()):
            animator = self.world.people[("agent", "agent2")[rank % 2]]
            self._do(
                assign_portfolio, f"area-{rank}", "coordinator", FOUNDED_ON, area=area,
                animator=animator, starts_on=FOUNDED_ON,
            )  # fmt: skip
            if rank % 3 != 2:
                person, phone = self._name("focal", name)
                self._do(
                    appoint_focal_point, f"focal-{rank}", "agent", FOUNDED_ON, area=area,
                    name=person, phone=phone, starts_on=FOUNDED_ON,
                )  # fmt: skip
        name, area = next(iter(self.world.areas.items()))
        day = self.until - timedelta(days=9)
        self._do(propose_area, "new-place", "clerk", day, name=f"{name} Marché neuf", within=area)

    def _scores(self) -> None:
        rules = read_scorecard(scorecard_path())
        version = self._do(
            enter_scorecard, "scorecard", "coordinator", FOUNDED_ON, document=rules.document,
            effective_from=FOUNDED_ON, source="Assemblée générale (fictif)",
        )  # fmt: skip
        self._do(approve_scorecard, "scorecard-ok", "director", FOUNDED_ON, version=version)
        card = rules_of(version).card
        families = Household.objects.filter(mutual=self.world.mutual).order_by("number")
        for household in families[:MOST_SCORES]:
            rng = stream(self.planner.seed, self.planner.plan.code, "score", household.number)
            day = max(household.enrolled_on, self.until - timedelta(days=120))
            answers = {
                question.code: pick(
                    rng, [(each.code, 1 / (1 + each.points)) for each in question.answers]
                )
                for question in card.questions
            }
            self._do(
                record_score, f"score-{household.number}", "agent", day, household=household,
                answers=answers, answered_on=day,
            )  # fmt: skip

    def _refusals(self) -> None:
        groups, areas = list(self.world.groups.values()), list(self.world.areas.values())
        for rank in range(REFUSALS):
            rng = stream(self.planner.seed, self.planner.plan.code, "refusal", rank)
            day = self.until - timedelta(days=rng.randrange(5, 330))
            self._do(
                record_obstacle, f"refusal-{rank}", ("agent", "agent2")[rank % 2], day,
                kind=ObstacleKind.JOINING, reason=pick(rng, REASONS), told_on=day,
                area=rng.choice(areas), group=rng.choice(groups) if rng.random() < 0.5 else None,
            )  # fmt: skip

    def _births(self) -> None:
        """Newborns declared and waiting to be registered, where the product knows such days."""
        today = self.until - timedelta(days=1)
        mothers = Person.objects.filter(
            present_persons(today - timedelta(days=60)),
            mutual=self.world.mutual,
            sex="F",
            birth_on__gt=today - timedelta(days=365 * 38),
            birth_on__lt=today - timedelta(days=365 * 20),
            exited_on__isnull=True,
            died_on__isnull=True,
        )
        waiting = list(BORN_DAYS_AGO)
        for mother in mothers.select_related("household").order_by("number")[:60]:
            if not waiting:
                return
            born_on = today - timedelta(days=waiting[0])
            cover = running_membership(mother.household, born_on)
            if cover is None or cover.effective_until <= today:
                continue
            _, rules = product_on(cover.product, born_on)
            if not rules.membership.newborn_cover_days:
                continue
            day = born_on + timedelta(days=min(3, waiting.pop(0)))
            self._do(
                declare_newborn, f"birth-{mother.number}", "clerk", day, mother=mother,
                birth_on=born_on, sex="FM"[len(waiting) % 2],
            )  # fmt: skip

    def _times(self) -> None:
        """The sheets of time of the last half year: both ways of collecting, visits and calls."""
        rng = stream(self.planner.seed, self.planner.plan.code, "time")
        for rank, by in ((rank, by) for rank in range(6) for by in ("agent", "agent2")):
            for day, (activity, least, most) in enumerate(TIMES):
                worked_on = self.until - timedelta(days=30 * rank + 3 + day)
                acts = rng.randrange(4, 12)
                self._do(
                    record_time, f"time-{rank}-{by}-{activity}", by, worked_on,
                    worker=self.world.people[by], activity=activity.value, worked_on=worked_on,
                    minutes=min(420, acts * rng.randrange(least, most)), acts_count=acts,
                )  # fmt: skip
