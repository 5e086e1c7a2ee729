"""What a mutual follows about its contributions: a tariff told to the groups, families reminded.

By the services, at the end of the demonstration, for one mutual: a tariff for next year waits for
the director, told to the first of the groups only; the families the longest late were visited.
"""

from __future__ import annotations

from datetime import date

from entraide.apps.contributions.collection import late_households
from entraide.apps.contributions.reminders import record_reminders
from entraide.apps.contributions.tariff_records import ReminderWay
from entraide.apps.contributions.tariffs import briefings_of, propose_tariff, record_briefing
from entraide.apps.schemes.selectors import product_for, product_on, rules_of
from entraide.demo.foundation import World
from entraide.rulebook.revision import revised

PRODUCT = "atia-communes"
NEW_AMOUNT_MINOR = 66_000  # 10 % above 60 000
REMINDED = 5


def follow_contributions(world: World, on: date) -> None:
    """Enter next year's tariff, tell it to one group, and note reminders, on one day."""
    mutual, people = world.mutual, world.people
    version, _rules = product_on(product_for(mutual, PRODUCT), on)
    begins_on = date(on.year + 1, 1, 1)
    source = "Conseil d’administration, projet pour l’assemblée générale (fictif)"
    proposed = propose_tariff(
        mutual=mutual,
        actor=people["finance_officer"],
        on=on,
        idempotency_key="demo-tariff",
        document=revised(
            rules_of(version).document,
            {"contribution.amount_minor": NEW_AMOUNT_MINOR},
            effective_from=begins_on,
            source=source,
        ),
        effective_from=begins_on,
        source=source,
        scenario="Plan d’affaires, hausse de 10 % des cotisations des communes",
    )
    for briefing in briefings_of(proposed)[:1]:
        record_briefing(
            mutual=mutual,
            actor=people["agent"],
            on=on,
            idempotency_key="demo-briefing",
            briefing=briefing,
            done_on=on,
            staff="Présidente et trésorier du groupe",
        )
    late = list(late_households(mutual, on, days=31)[:REMINDED])
    if late:
        record_reminders(
            mutual=mutual,
            actor=people["agent"],
            on=on,
            idempotency_key="demo-reminders",
            households=late,
            given_on=on,
            way=ReminderWay.VISIT,
        )
