"""The population and the other names of a place of the list, each with who said it and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from entraide.apps.access.models import User
from entraide.apps.enrolment.checks import require_not_future
from entraide.apps.nomenclature.models import Area, AreaAlias, AreaState, ListChange
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.places import place_key

MOST_NAMES = 20


@command("change_place", right=Right.COORDINATE)
def change_place(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    area: Area,
    population_count: int | None,
    aliases: Sequence[str],
    source: str,
    stated_on: date,
) -> ListChange:
    """What a place of the mutual's country counts and is called besides; every mutual sees it.

    ``source`` and ``stated_on``: whose figure it is, of which day (a census, the town hall). Kept
    as a change of the network's lists. Refused: ``SETTING_SOURCE_MISSING``, ``DATE_IN_FUTURE``,
    ``LIST_SAME``, ``AREA_NOT_ACCEPTED``, ``PLACE_NAMES_TOO_MANY``.
    """
    if not source.strip():
        raise Refusal("SETTING_SOURCE_MISSING", place="source")
    require_not_future(stated_on, on, "stated_on")
    held = Area.objects.select_for_update().get(pk=area.pk)
    if held.state != AreaState.ACCEPTED:
        raise Refusal("AREA_NOT_ACCEPTED", area=held.name)
    wanted = _distinct(aliases, held)
    if len(wanted) > MOST_NAMES:
        raise Refusal("PLACE_NAMES_TOO_MANY", place="aliases", maximum=MOST_NAMES)
    known = dict(held.aliases.values_list("name_key", "name"))
    before = {"population": held.population_count, "names": sorted(known.values())}
    after = {"population": population_count, "names": sorted(wanted.values())}
    if before == after:
        raise Refusal("LIST_SAME", place="population_count")
    held.population_count = population_count
    held.save(update_fields=["population_count"])
    held.aliases.exclude(name_key__in=wanted).delete()
    for key, name in wanted.items():
        AreaAlias.objects.update_or_create(area=held, name_key=key, defaults={"name": name})
    return ListChange.objects.create(
        kind="area",
        record_uid=held.uid,
        code=held.code,
        before=before,
        after={**after, "stated_on": stated_on.isoformat()},
        source=source.strip()[:200],
        changed_on=on,
        changed_by=actor,
    )


def _distinct(names: Sequence[str], area: Area) -> dict[str, str]:
    """Key → name, each once, without the place's own name."""
    found: dict[str, str] = {}
    for name in names:
        text = " ".join(name.split())[:160]
        key = place_key(text)
        if key and key != area.name_key:
            found.setdefault(key, text)
    return found
