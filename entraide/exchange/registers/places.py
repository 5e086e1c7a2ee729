"""Villages as a table names them: found by name, alias or resemblance, or told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from entraide.apps.nomenclature.levels import area_levels
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import match_area, record_proposal
from entraide.apps.takeover.families import NewFamily
from entraide.exchange.registers.plan import Asked, Plan
from entraide.files.cell_values import plain
from entraide.files.table_reading import TableRow


class Villages:
    """Each name is looked for once. One that is not sure becomes a proposed place: somebody who
    knows the country approves it, or joins it to the place that was meant."""

    def __init__(self, asked: Asked, plan: Plan) -> None:
        self._asked, self._plan = asked, plan
        self._found: dict[str, Area | None] = {}
        self._new: dict[int, str] = {}  # id of a placeholder → the name to propose

    def named(self, text: object, row: TableRow) -> Area | None:
        """The place meant by a text, or one to be proposed; None for no text."""
        name = str(text or "").strip()
        if not name:
            return None
        key = plain(name)
        if key not in self._found:
            match = match_area(name, mutual=self._asked.mutual)
            self._found[key] = match.area
            if match.area is None:
                proposed = Area(name=name[:160])
                self._found[key] = proposed
                self._new[id(proposed)] = name
                meant = ", ".join(area.name for area in match.proposals[:3])
                self._plan.remarks.append(
                    row.fault("AREA_TO_PROPOSE", "area", text=name, meant=meant)
                    if meant
                    else row.fault("AREA_WITHOUT_LIKE", "area", text=name)
                )
        return self._found[key]

    def placed(self, families: Sequence[NewFamily]) -> list[NewFamily]:
        """The families with the new places written, in the caller's transaction."""
        asked, made = self._asked, {}
        level = len(area_levels(asked.mutual.country))
        for ident, name in self._new.items():
            made[ident] = record_proposal(
                mutual=asked.mutual, actor=asked.actor, proposed_on=asked.on, name=name,
                parent=None, level=level,
            ).area  # fmt: skip
        return [
            dataclasses.replace(family, area=made[id(family.area)])
            if id(family.area) in made
            else family
            for family in families
        ]
