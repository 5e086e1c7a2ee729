"""A table of members: families to be enrolled, or taken over with their cover and what they owe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from entraide.apps.contributions.terms import Terms, at_once, with_terms
from entraide.apps.enrolment.facts import PersonEntry, entry_facts
from entraide.apps.enrolment.models import Person
from entraide.apps.enrolment.search import name_key
from entraide.apps.schemes.models import Product
from entraide.apps.takeover.families import NewFamily, write_families
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import ADVANCES, Kept, content_hash, keep_rows, known_rows
from entraide.core.enrolment import (
    EnrolmentFacts,
    check_enrolment,
    composition_of,
    refusals,
)
from entraide.core.errors import Finding, Refusal
from entraide.core.periods import Period
from entraide.core.product import Product as CoreProduct
from entraide.core.rating import contribution_due, cover_period, months_ahead
from entraide.exchange.registers.again import FamiliesHere
from entraide.exchange.registers.card_numbers import numbers_kept, require_free_cards
from entraide.exchange.registers.family_rows import FamilyRows, entry_of, families_of, person_key
from entraide.exchange.registers.joining import Groups, Joining, require_group_sizes
from entraide.exchange.registers.places import Villages
from entraide.exchange.registers.plan import Action, Asked, Line, Plan

_AT_A_TIME = 500
# Whom the old tool had accepted is not asked again for an age or a number of persons.
_ASKED_ONCE = frozenset(
    {"AGE_ABOVE_LIMIT", "GROUP_REQUIRED", "EMPLOYER_GROUP_REQUIRED", "GROUP_TOO_SMALL",
     "MEMBERS_ABOVE_MAXIMUM", "BIRTH_AFTER_ENTRY", "ENROLMENT_OUTSIDE_WINDOW",
     "INDIVIDUAL_ONE_PERSON"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A family of the file with the key under which it is remembered."""

    rows: FamilyRows
    key: str
    said: str


def plan_members(asked: Asked) -> Plan:
    """The families that a table would enrol; who is here already is told and left alone."""
    plan = Plan(asked)
    candidates = _candidates(asked, plan)
    product = _product(asked, plan)
    known = known_rows(asked.mutual, "members", (each.key for each in candidates))
    here, fresh, changed = FamiliesHere(asked, plan), [], []
    for each in candidates:
        before = known.get(each.key)
        if before is None:
            fresh.append(each)
        elif before.content_hash == each.said or before.record_uid is None:
            plan.lines.append(_line(Action.KNOWN, each))
        else:
            changed.append((each, before.record_uid))
    differing = here.look([(each.rows, uid) for each, uid in changed])
    fresh = list(_without_alike(asked, plan, fresh, here))
    require_free_cards(asked, plan, [each.rows for each in fresh])
    numbers = numbers_kept(asked, plan, [each.rows for each in fresh])
    villages, groups = Villages(asked, plan), Groups(asked, plan)
    aside = {id(each) for each in candidates} - {id(each) for each in fresh}
    left_alone = {id(row) for each in candidates if id(each) in aside for row in each.rows.rows}
    groups.require_known(row for row in asked.table.every_row if id(row) not in left_alone)
    families = []
    if product is not None:
        for candidate in fresh:
            family = _new_family(asked, plan, candidate, product, villages, groups, numbers)
            if family is not None:
                families.append(family)
                plan.lines.append(
                    _line(Action.CREATE, candidate, family.owed_minor or family.price_minor or None)
                )
        require_group_sizes(asked, plan, families, [each.rows for each in fresh])
    plan.counts["households"] = len(families)
    plan.counts["persons"] = sum(len(family.entries) for family in families)
    plan.counts["persons_added"] = len(here.additions)
    plan.counts["earlier_numbers"] = len(here.numbers)
    plan.counts["advances"] = sum(family.advance_minor > 0 for family in families)
    plan.counts["differing"] = len(differing)
    plan.counts["known"] = len(candidates) - len(fresh)
    said = {each.key: each.said for each in fresh}
    settled = [
        Kept(each.key, each.said, "enrolment.Household", uid)
        for each, uid in changed
        if uid not in differing
    ]

    def write(run: ImportRun) -> None:
        _write(asked, run, families, said, villages)
        here.write(run)
        keep_rows(run, "members", settled)

    plan.write = write
    return plan


def _candidates(asked: Asked, plan: Plan) -> list[_Candidate]:
    profile = asked.table.profile
    made: dict[str, _Candidate] = {}
    for family in families_of(asked.table.every_row, plan.faults):
        if profile.is_takeover:
            name = family.number or family.member.text("card_number")
        else:
            name = person_key(family.member)
        key = f"{profile.system}:{name}"
        said = content_hash({str(at): dict(row.values) for at, row in enumerate(family.rows)})
        if key in made:
            plan.faults.append(
                family.member.fault("FAMILY_TWICE", "name", first=made[key].rows.member.number)
            )
            continue
        made[key] = _Candidate(family, key, said)
    return list(made.values())


def _product(asked: Asked, plan: Plan) -> Product | None:
    if asked.options.product is not None:
        return asked.options.product
    group = asked.options.group
    if group is not None and group.product is not None:
        return group.product
    products = list(Product.objects.filter(mutual=asked.mutual).order_by("code")[:20])
    if len(products) == 1:
        return products[0]
    known = ", ".join(f"« {product.name} »" for product in products) or "–"
    plan.faults.append(Finding("PRODUCT_NOT_SAID", place="product", data={"known": known}))
    return None


def _line(action: Action, each: _Candidate, amount_minor: int | None = None) -> Line:
    member = each.rows.member
    name = f"{member.text('name')} {member.text('given_name')}".strip()
    return Line(
        action, member.place(), f"{name} ({len(each.rows.rows)})", row=member.number,
        key=each.key, amount_minor=amount_minor, household_number=each.rows.number,
    )  # fmt: skip


def _without_alike(
    asked: Asked, plan: Plan, fresh: list[_Candidate], here: FamiliesHere
) -> Iterator[_Candidate]:
    """Those whose member nobody here resembles: the same words in the name, born the same day.

    Of the others, the numbers of the old cards are noted: with them they are found from now on.
    """
    alike = {} if asked.options.with_alike else _alike(asked, fresh)
    for each in fresh:
        person = alike.get(person_key(each.rows.member))
        if person is None:
            yield each
            continue
        line = _line(Action.ALIKE, each)
        plan.lines.append(
            Line(
                line.action,
                line.place,
                line.label,
                row=line.row,
                key=line.key,
                household_uid=person.household.uid,
                household_number=person.household.number,
            )
        )
        plan.remarks.append(
            each.rows.member.fault(
                "MEMBER_ALIKE", "name", name=person.full_name, number=person.number
            )
        )
        here.note_numbers(each.rows, person.household)


def _alike(asked: Asked, fresh: Iterable[_Candidate]) -> dict[str, Person]:
    by_birth: dict[date, set[str]] = defaultdict(set)
    for each in fresh:
        by_birth[each.rows.member.values["birth"].on].add(person_key(each.rows.member))
    days, found = sorted(by_birth), {}
    for start in range(0, len(days), _AT_A_TIME):
        chunk = days[start : start + _AT_A_TIME]
        born = Person.objects.filter(mutual=asked.mutual, birth_on__in=chunk, is_member=True)
        for person in born.select_related("household").iterator():
            words = " ".join(name_key(person.full_name))[:110]
            key = f"{words}|{person.birth_on.isoformat()}"
            if key in by_birth[person.birth_on]:
                found[key] = person
    return found


def _new_family(
    asked: Asked,
    plan: Plan,
    candidate: _Candidate,
    product: Product,
    villages: Villages,
    groups: Groups,
    numbers: Mapping[int, str],
) -> NewFamily | None:
    rows, profile = candidate.rows, asked.table.profile
    enrolled_on: Any = rows.first("enrolled_on") or rows.first("cover_from")
    enrolled_on = enrolled_on or asked.options.enrolled_on or asked.on
    if enrolled_on > asked.on:
        plan.faults.append(rows.member.fault("DATE_IN_FUTURE", "enrolled_on", day=enrolled_on,
                                             on=asked.on))  # fmt: skip
        return None
    try:
        _, rules = asked.versions.on(product, enrolled_on)
    except Refusal as refusal:
        plan.faults.append(rows.member.fault(refusal.code, **refusal.data))
        return None
    period = _period(asked, plan, rows, cover_period(rules.membership, enrolled_on))
    entries = tuple(entry_of(row, is_member=row is rows.member) for row in rows.rows)
    joining = groups.joined(rows, product, enrolled_on)
    is_acceptable = _is_acceptable(asked, plan, rows, entries, rules, enrolled_on)
    if not is_acceptable or joining is None or period is None:
        return None
    price: int | None = 0
    if not profile.is_takeover:
        price = _price(asked, plan, rows, product, entries, enrolled_on, joining)
    if price is None:
        return None
    owed: Any = rows.first("owed_minor") or 0
    advance: Any = (rows.first("advance_minor") or 0) if profile.is_takeover else 0
    if advance:
        plan.remarks.append(
            rows.member.fault(
                "ADVANCE_NOT_POSTED",
                "advance_minor",
                advance_minor=advance,
                currency=asked.mutual.currency,
            )
        )
    return NewFamily(
        key=candidate.key,
        entries=entries,
        person_numbers=tuple(
            row.text("card_number") if profile.is_takeover else "" for row in rows.rows
        ),
        left_on=tuple(row.get("left_on") for row in rows.rows),
        number=(rows.number or rows.member.text("card_number")) if profile.is_takeover else "",
        product=product,
        enrolled_on=enrolled_on,
        period=period,
        group=joining.group,
        waits=joining.waits,
        price_minor=price,
        area=villages.named(rows.first("area"), rows.member),
        address=str(rows.first("address") or ""),
        phone=rows.member.text("phone"),
        owed_minor=owed if profile.is_takeover else 0,
        earlier_numbers=tuple(numbers.get(id(row), "") for row in rows.rows),
        advance_minor=advance,
    )


def _is_acceptable(
    asked: Asked,
    plan: Plan,
    rows: FamilyRows,
    entries: tuple[PersonEntry, ...],
    rules: CoreProduct,
    enrolled_on: date,
) -> bool:
    """Whether the product's rules take the family; each reason stands at its row."""
    is_takeover = asked.table.profile.is_takeover
    facts = EnrolmentFacts(
        enrolled_on=enrolled_on,
        persons=tuple(
            entry_facts(
                entry,
                key=str(index),
                entered_on=max(enrolled_on, entry.birth_on) if is_takeover else enrolled_on,
            )
            for index, entry in enumerate(entries)
        ),
        group_persons_count=rules.membership.minimum_group_size,  # asked of all together, after
    )
    faults = [
        finding
        for finding in refusals(check_enrolment(facts, rules, asked.on))
        if not (is_takeover and finding.code in _ASKED_ONCE)
    ]
    for finding in faults:
        row = rows.rows[int(finding.place)] if finding.place.isdigit() else rows.member
        plan.faults.append(row.fault(finding.code, "birth", **finding.data))
    return not faults


def _price(
    asked: Asked,
    plan: Plan,
    rows: FamilyRows,
    product: Product,
    entries: tuple[PersonEntry, ...],
    enrolled_on: date,
    joining: Joining,
) -> int | None:
    """What the family will owe for its cover, as ``raise_contributions`` will price it; None, with
    a fault, where the price asks for what such a list does not say."""
    _, rules = asked.versions.on(product, enrolled_on)
    starts_on = cover_period(rules.membership, enrolled_on).start
    _, rules = asked.versions.on(product, starts_on)
    persons = (entry_facts(entry, key="", entered_on=enrolled_on) for entry in entries)
    composition = composition_of(persons, rules.membership, max(starts_on, enrolled_on))
    pays_at_once = at_once(rules.contribution, None, lambda: joining.group)
    terms = Terms(None, pays_at_once, months_ahead(enrolled_on, starts_on))
    try:
        return contribution_due(rules, with_terms(composition, terms)).household_minor
    except Refusal as refusal:
        plan.faults.append(rows.member.fault(refusal.code, **refusal.data))
        return None


def _period(asked: Asked, plan: Plan, rows: FamilyRows, usual: Period) -> Period | None:
    """The cover: as the table says it, else as the product's rules say."""
    if not asked.table.profile.is_takeover:
        return usual
    first: Any = rows.first("cover_from") or usual.start
    last: Any = rows.first("cover_last_on")
    until = last + timedelta(days=1) if last is not None else usual.until
    if until <= first:
        plan.faults.append(rows.member.fault("COVER_ENDS_FIRST", "cover_last_on", first=first,
                                             last=last))  # fmt: skip
        return None
    return Period(first, until)


def _write(
    asked: Asked,
    run: ImportRun,
    families: list[NewFamily],
    said: dict[str, str],
    villages: Villages,
) -> None:
    profile = asked.table.profile
    placed = villages.placed(families)
    households = write_families(
        mutual=asked.mutual,
        actor=asked.actor,
        on=asked.on,
        families=placed,
        system=profile.system,
        is_takeover=profile.is_takeover,
        versions=asked.versions,
        progress=asked.progress,
    )
    keep_rows(
        run,
        "members",
        (
            Kept(family.key, said[family.key], "enrolment.Household", household.uid)
            for family, household in zip(placed, households, strict=True)
        ),
    )
    keep_rows(
        run,
        ADVANCES,
        (
            Kept(
                str(household.uid), content_hash({"advance_minor": family.advance_minor}),
                "enrolment.Household", household.uid,
                said={"advance_minor": family.advance_minor, "number": household.number},
            )
            for family, household in zip(placed, households, strict=True)
            if family.advance_minor > 0
        ),
    )  # fmt: skip
