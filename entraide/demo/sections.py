"""Two sections of one mutual, and a clerk who works in one of them only."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Subquery
from django_scopes import scope

from entraide.apps.access.services import system_user
from entraide.apps.claims.models import Claim
from entraide.apps.enrolment.models import Household
from entraide.apps.enrolment.sections import place_in_section
from entraide.apps.providers.sections import follow_in_section
from entraide.apps.schemes.models import Branch, Role
from entraide.apps.schemes.network import create_branch
from entraide.apps.schemes.services import appoint, create_user
from entraide.demo.foundation import FOUNDED_ON, SECTION_CLERK, World
from entraide.demo.lists import of_town


def make_sections(world: World, on: date) -> None:
    """The two places with the most families are sections; the clerk works in the first."""
    with scope(mutual=world.mutual):
        lived = Household.objects.filter(mutual=world.mutual, area__isnull=False)
        counts: dict[int, int] = {}
        for area in lived.order_by("pk").values_list("area", flat=True):
            counts[area] = counts.get(area, 0) + 1
        busiest = sorted(counts, key=lambda area: -counts[area])[:2]
        places = [lived.filter(area=area).earliest("pk").area for area in busiest]
        branches = []
        for number, place in enumerate(places, start=1):
            assert place is not None
            branch = create_branch(
                mutual=world.mutual, actor=system_user(), on=on,
                idempotency_key=f"demo-section-{number}", code=f"section-{number}",
                name=f"Section {of_town(place.name)}", place=place.name,
            )  # fmt: skip
            place_in_section(
                mutual=world.mutual, actor=world.people["director"], on=on,
                idempotency_key=f"demo-section-place-{number}", branch=branch, area=place,
            )  # fmt: skip
            branches.append(branch)
        _pay_providers(world, branches, on)
        clerk = create_user(
            mutual=None, actor=system_user(), on=FOUNDED_ON,
            idempotency_key=f"demo-user-{SECTION_CLERK[0]}", username=SECTION_CLERK[0],
            display_name=SECTION_CLERK[1],
        )  # fmt: skip
        appoint(
            mutual=world.mutual, actor=system_user(), on=FOUNDED_ON,
            idempotency_key=f"appoint-{SECTION_CLERK[0]}-section", user=clerk,
            role=Role.DATA_ENTRY_CLERK,
            effective_from=FOUNDED_ON, branch=branches[0], title="Secrétariat de section",
        )  # fmt: skip


def _pay_providers(world: World, branches: list[Branch], on: date) -> None:
    """Each section pays half of the providers, and claims tell it as if it had always been so."""
    for rank, agreement in enumerate(world.agreements.values()):
        follow_in_section(
            mutual=world.mutual, actor=world.people["coordinator"], on=on,
            idempotency_key=f"demo-section-provider-{rank}", agreement=agreement,
            branch=branches[rank % len(branches)],
        )  # fmt: skip
        Claim.objects.filter(provider=agreement.provider_id).update(
            care_branch=branches[rank % len(branches)]
        )
    homes = Household.objects.filter(pk=OuterRef("household")).values("branch")
    Claim.objects.update(home_branch=Subquery(homes))
