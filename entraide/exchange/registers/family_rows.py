"""Rows of persons put together as families: by the family's number, or by who comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.search import name_key
from entraide.core.errors import Finding
from entraide.files.cell_days import Birth
from entraide.files.table_reading import TableRow


@dataclass(frozen=True, slots=True)
class FamilyRows:
    """The rows of one family, the member first."""

    number: str
    rows: tuple[TableRow, ...]

    @property
    def member(self) -> TableRow:
        """The row of the *adhérent*."""
        return self.rows[0]

    def first(self, name: str) -> object:
        """The value of a field on the first row that has it, else None."""
        return next((row.get(name) for row in self.rows if row.get(name) is not None), None)


def families_of(rows: Iterable[TableRow], faults: list[Finding]) -> Iterator[FamilyRows]:
    """The families of a table in the order of their first row; what makes no family is a fault.

    A family of which a row could not be read waits for its correction: nothing more is said of it.
    """
    grouped: dict[str, list[TableRow]] = {}
    current = ""
    for row in rows:
        number = row.text("household_number")
        begins = row.get("relation") in (None, "member")
        has_relations = "relation" in row.heading.columns
        if number:
            current = f"n:{number}"
        elif not has_relations or begins or not current:
            current = f"r:{row.heading.sheet.name}:{row.number}"
        grouped.setdefault(current, []).append(row)
    for members in grouped.values():
        if not all(row.is_whole for row in members):
            continue
        family = _family(members, faults)
        if family is not None:
            yield family


def _family(rows: list[TableRow], faults: list[Finding]) -> FamilyRows | None:
    heads = [row for row in rows if row.get("relation") == "member"]
    if not heads and rows[0].get("relation") is None:  # left blank, or no such column
        heads = rows[:1]
    if not heads:
        faults.append(rows[0].fault("FAMILY_WITHOUT_MEMBER", "relation", name=rows[0].text("name")))
        return None
    present = [row for row in heads if row.get("left_on") is None] or heads[:1]
    if len(present) > 1:
        faults.append(present[1].fault("FAMILY_TWO_MEMBERS", "relation", first=present[0].number))
        return None
    member = present[0]
    others = [row for row in rows if row is not member]
    return FamilyRows(rows[0].text("household_number"), (member, *others))


def entry_of(row: TableRow, *, is_member: bool) -> PersonEntry:
    """A person as the register takes them. A relation left blank is ``other``."""
    birth: Birth = row.values["birth"]
    relation = "member" if is_member else row.text("relation") or "other"
    return PersonEntry(
        name=row.text("name"),
        given_name=row.text("given_name"),
        birth_on=birth.on,
        birth_precision=birth.precision,
        sex=row.text("sex"),
        # A second member of the file is one who has left: the household has one at a time.
        relation="other" if relation == "member" and not is_member else relation,
        phone="" if is_member else row.text("phone"),
        occupation=row.text("occupation")[:80],  # what the register holds
        has_photo=bool(row.get("has_photo", False)),
    )


def person_key(row: TableRow) -> str:
    """What tells a person of a list from another: the words of the name and the birth."""
    birth: Birth = row.values["birth"]
    words = name_key(f"{row.text('given_name')} {row.text('name')}")
    return f"{' '.join(words)[:110]}|{birth.on.isoformat()}"
