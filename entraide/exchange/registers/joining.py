"""The groups that families of a table join: found by code or name, and what their contracts say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from entraide.apps.enrolment.contracts import require_open_group
from entraide.apps.enrolment.models import PartnerGroup
from entraide.apps.enrolment.selectors import covered_persons_count
from entraide.apps.schemes.models import Product
from entraide.apps.takeover.families import NewFamily
from entraide.core.errors import Finding, Refusal
from entraide.core.groups import GroupTerms, waits
from entraide.exchange.registers.family_rows import FamilyRows
from entraide.exchange.registers.plan import Asked, Plan
from entraide.files.cell_values import plain
from entraide.files.table_reading import TableRow

# A family that the old tool had in the group has joined: only who joins now is asked for these.
_OF_WHO_JOINS = frozenset({"GROUP_CLOSED", "GROUP_CONTRACT_NOT_ACTIVE"})


@dataclass(frozen=True, slots=True)
class Joining:
    """The group that a family joins, or None, and whether it passes the waiting periods."""

    group: PartnerGroup | None
    waits: bool = True


class Groups:
    """Partner groups by their code or name, and their contracts, each asked once."""

    def __init__(self, asked: Asked, plan: Plan) -> None:
        self._asked, self._plan = asked, plan
        self._known: dict[str, PartnerGroup] = {}
        for group in PartnerGroup.objects.filter(mutual=asked.mutual).select_related("product"):
            self._known[plain(group.name)] = group
            self._known.setdefault(plain(group.code), group)
        self._terms: dict[tuple[int, int, date], GroupTerms | Refusal | None] = {}

    def require_known(self, rows: Iterable[TableRow]) -> None:
        """Name in every row, also one that could not be read whole, the group that is not here."""
        for row in rows:
            text = row.text("group")
            if plain(text) and plain(text) not in self._known:
                self._plan.faults.append(row.fault("GROUP_NOT_HERE", "group", text=text))

    def joined(self, rows: FamilyRows, product: Product, day: date) -> Joining | None:
        """What a family joins; None for a name not here, already told, or, with a fault, where its
        contract does not take the family (``require_open_group``)."""
        text = plain(str(rows.first("group") or ""))
        group = self._known.get(text) if text else self._asked.options.group
        if group is None:
            return None if text else Joining(None)
        terms = self.terms(group, product, day)
        if not isinstance(terms, Refusal):
            return Joining(group, waits(terms))
        if self._asked.table.profile.is_takeover and terms.code in _OF_WHO_JOINS:
            return Joining(group)
        self._plan.faults.append(rows.member.fault(terms.code, "group", **terms.data))
        return None

    def terms(
        self, group: PartnerGroup, product: Product, day: date
    ) -> GroupTerms | Refusal | None:
        """The terms of a group's contract, or why nobody joins it for this product on this day."""
        key = (group.pk, product.pk, day)
        if key not in self._terms:
            try:
                self._terms[key] = require_open_group(group, product, day)
            except Refusal as refusal:
                self._terms[key] = refusal
        return self._terms[key]


def require_group_sizes(
    asked: Asked, plan: Plan, families: list[NewFamily], fresh: Sequence[FamilyRows]
) -> None:
    """A collective contract large enough, counted with everybody whom the file brings."""
    if asked.table.profile.is_takeover or not families:
        return
    sizes: dict[int | None, int] = defaultdict(int)
    for family in families:
        sizes[family.group.pk if family.group else None] += len(family.entries)
    seen = set()
    for family in families:
        group = family.group
        _, rules = asked.versions.on(family.product, family.enrolled_on)
        minimum = rules.membership.minimum_group_size
        key = group.pk if group else None
        is_alone = group is None and rules.contribution.has_employer
        if (minimum <= 1 and not is_alone) or key in seen:
            continue
        seen.add(key)
        place = fresh[0].member.place("group")
        if is_alone and minimum <= 1:
            plan.faults.append(Finding("EMPLOYER_GROUP_REQUIRED", place=place, data={}))
            continue
        if group is None:
            plan.faults.append(Finding("GROUP_REQUIRED", place=place, data={"minimum": minimum}))
            continue
        count = sizes[key] + covered_persons_count(group, family.enrolled_on)
        if count < minimum:
            shown = {"count": count, "minimum": minimum}
            plan.faults.append(Finding("GROUP_TOO_SMALL", place=place, data=shown))
