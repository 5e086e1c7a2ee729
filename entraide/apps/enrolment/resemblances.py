"""Persons who may be registered twice: proposed before they are entered, listed afterwards.

Nothing is merged here (``claims.merging`` does, by whoever may); what people answer is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from django.db.models import BigIntegerField, DateField, Q, QuerySet
from django.utils.crypto import salted_hmac
from rapidfuzz import fuzz

from entraide.apps.access.models import User
from entraide.apps.access.prepared import Prepared
from entraide.apps.access.records import whole_mutual
from entraide.apps.enrolment.facts import PersonEntry
from entraide.apps.enrolment.history import Act, Change, change, note
from entraide.apps.enrolment.models import (
    BirthPrecision,
    Person,
    RegisterChange,
    Resemblance,
    ResemblanceState,
)
from entraide.apps.enrolment.search import normalised, phone_digits
from entraide.apps.schemes.commands import command
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.rights import Right
from entraide.core.errors import Refusal
from entraide.core.resemblance import (
    PROPOSED_FROM,
    YEARS_APART,
    Identity,
    NameLikeness,
    birth_likeness,
    resemblance,
    years_apart,
)

PIECE = 3  # letters at the head of a word by which candidates are found
MOST_PROPOSED = 5
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Alike:
    """A registered person who may be the one asked about, and how likely, in percent."""

    person: Person
    percent: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A person in memory, as they are compared."""

    key: int
    words: tuple[str, ...]
    identity: Identity


def name_likeness(first: tuple[str, ...], second: tuple[str, ...]) -> NameLikeness:
    """How alike two names are, word by word, in any order: the words that resemble each other most
    are held against each other first, each of them once."""
    scored = sorted(
        (
            (fuzz.ratio(one, two), i, j)
            for i, one in enumerate(first)
            for j, two in enumerate(second)
        ),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    matched: dict[int, tuple[int, float]] = {}
    for score, i, j in scored:
        if i not in matched and j not in {other for other, _score in matched.values()}:
            matched[i] = (j, score)
    if not matched:
        return NameLikeness(0, 0)
    scores = [score for _other, score in matched.values()]
    # Of two names of unequal length a word more is no contradiction, but less of a proof.
    whole = sum(scores) / len(scores) - 5 * (abs(len(first) - len(second)) > 1)
    own = [score for i, (j, score) in matched.items() if first[i] != second[j]]
    return NameLikeness(round(max(0.0, whole)), round(min(own, default=100.0)))


def alike_of_each(
    mutual: Mutual,
    entries: Sequence[PersonEntry],
    *,
    household: str = "",
    limit: int = MOST_PROPOSED,
) -> list[list[Alike]]:
    """For each person of a form the registered ones who may be them, the likeliest first.

    ``household``: the number of the household they are to enter, empty for a new one. Candidates
    are those born about then in whose name stands the head of a word of theirs: two queries,
    however many persons the form has. Of every section: who asks is told no more than they see
    (:mod:`~entraide.apps.enrolment.asked_about`).
    """
    with whole_mutual():
        return _proposed(entries, _candidates(mutual, entries), household, limit)


def alike_of_same_birth(
    mutual: Mutual,
    entries: Sequence[PersonEntry],
    *,
    besides: Collection[int] = (),
    household: str = "",
) -> list[list[Alike]]:
    """As :func:`alike_of_each`, among those registered with the very same birth only.

    ``besides``: keys of persons who are known already; ``household``: as there.

    For senders that enter many families: one prepared look at the index of births, and a second
    only where a name fits. What differs by its birth too is found when the register is looked
    through.
    """
    heads = {head for entry in entries for head in _heads(entry)}
    with whole_mutual():
        born_then = _BORN_ON.all(mutual=mutual, births={entry.birth_on for entry in entries})
        named = [
            pk
            for pk, text in born_then
            if pk not in besides and any(head in text for head in heads)
        ]
        if not named:
            return [[] for _entry in entries]
        persons = Person.objects.filter(pk__in=named).select_related("household").order_by("pk")
        return _proposed(entries, persons, household, MOST_PROPOSED)


def mark_of(person: Person) -> str:
    """What stands for a person of whom nothing may be told, and is theirs alone."""
    return f"x-{salted_hmac('resemblance', str(person.uid)).hexdigest()[:16]}"


_BORN_ON: Prepared[tuple[int, str]] = Prepared(
    lambda mutual, births: Person.objects.filter(
        mutual=mutual, birth_on__in=births, merged_into__isnull=True
    ).values_list("pk", "search_text"),
    lists=("births",),
    mutual=BigIntegerField(),
    births=DateField(),
)


def _proposed(
    entries: Sequence[PersonEntry], persons: Iterable[Person], household: str, limit: int
) -> list[list[Alike]]:
    """For each person of a form those of ``persons`` who may be them, the likeliest first."""
    candidates = [
        (person, _words(person.name, person.given_name), _identity(person)) for person in persons
    ]
    found = []
    for entry in entries:
        words = _words(entry.name, entry.given_name)
        identity = Identity(
            entry.birth_on, entry.birth_precision, entry.sex, household, phone_digits(entry.phone)
        )
        alike = []
        for person, other_words, other in candidates:
            if birth_likeness(identity, other) == 0:
                continue
            percent = resemblance(identity, other, name_likeness(words, other_words))
            if percent >= PROPOSED_FROM:
                alike.append(Alike(person, percent))
        found.append(sorted(alike, key=lambda each: (-each.percent, each.person.number))[:limit])
    return found


def _words(name: str, given_name: str) -> tuple[str, ...]:
    return tuple(normalised(f"{name} {given_name}").split())


def _identity(person: Person) -> Identity:
    phone = phone_digits(person.phone)
    home = person.household.number
    return Identity(person.birth_on, person.birth_precision, person.sex, home, phone)


def _candidates(mutual: Mutual, entries: Sequence[PersonEntry]) -> Iterator[Person]:
    """Two looks into the index of births: the same years, and births known less well."""
    same_years, unsure_births = Q(pk__in=()), Q(pk__in=())
    for entry in entries:
        named = Q(pk__in=())
        for head in _heads(entry):
            named |= Q(search_text__contains=head)
        same_years |= _born(entry.birth_on, years_apart(entry.birth_precision)) & named
        unsure_births |= _born(entry.birth_on, max(YEARS_APART.values())) & named
    persons = Person.objects.filter(mutual=mutual, merged_into__isnull=True)
    persons = persons.select_related("household")
    seen = set()
    for person in persons.filter(same_years):
        seen.add(person.pk)
        yield person
    for person in persons.filter(unsure_births).exclude(birth_precision=BirthPrecision.EXACT):
        if person.pk not in seen:
            yield person


def _heads(entry: PersonEntry) -> set[str]:
    """The heads of the words of a name, one of which stands in the name of whoever resembles."""
    words = _words(entry.name, entry.given_name)
    return {word[:PIECE] for word in words if len(word) >= PIECE} or set(words)


def _born(birth_on: date, years: int) -> Q:
    first, last = date(birth_on.year - years, 1, 1), date(birth_on.year + years, 12, 31)
    return Q(birth_on__gte=first, birth_on__lte=last)


@command("answer_other_person", right=Right.ENROL)
def answer_other_person(
    *,
    mutual: Mutual,
    actor: User,
    on: date,
    idempotency_key: str,
    person: Person,
    others: tuple[Person, ...],
    reason: str = "",
) -> Person:
    """Somebody who knows says that these are other persons, much as they resemble this one.

    They are not proposed together again, and both families' histories tell it.
    """
    changes: list[RegisterChange] = []
    act = Act(actor, on, reason=reason)
    for other in others:
        first, second = sorted((person, other), key=lambda each: each.pk)
        Resemblance.objects.update_or_create(
            mutual=mutual,
            first=first,
            second=second,
            defaults={
                "state": ResemblanceState.OTHER,
                "percent": likeness(first, second),
                "answered_on": on,
                "answered_by": actor,
            },
        )
        for one, two in ((person, other), (other, person)):
            changes.append(change(act, one.household, Change.OTHER_PERSON, person=one, after=two))
    RegisterChange.objects.bulk_create(changes)
    return person


@command("take_back_answer", right=Right.MEND_REGISTER)
def take_back_answer(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str, pair: Resemblance
) -> Resemblance:
    """« They are two persons » was answered by mistake: the pair waits for an answer again.

    Both families' histories keep the answer and that it was taken back. Refused with
    ``ANSWER_NOT_GIVEN`` when the pair waits already or was merged.
    """
    pair = Resemblance.objects.select_for_update().get(pk=pair.pk)
    first, second = Person.objects.select_related("household").filter(
        pk__in=(pair.first_id, pair.second_id)
    )
    if pair.state != ResemblanceState.OTHER or first.merged_into_id or second.merged_into_id:
        raise Refusal("ANSWER_NOT_GIVEN", first=first.number, second=second.number)
    pair.state, pair.answered_on, pair.answered_by = ResemblanceState.OPEN, None, None
    pair.save(update_fields=["state", "answered_on", "answered_by"])
    act = Act(actor, on)
    for one, two in ((first, second), (second, first)):
        note(act, one.household, Change.ANSWER_TAKEN_BACK, person=one, after=two)
    return pair


def likeness(first: Person, second: Person) -> int:
    """How likely two registered persons are one, in percent; 0 for twins of one family."""
    names = name_likeness(
        _words(first.name, first.given_name), _words(second.name, second.given_name)
    )
    return resemblance(_identity(first), _identity(second), names)


@command("look_for_resemblances", right=Right.ENROL)
def look_for_resemblances(
    *, mutual: Mutual, actor: User, on: date, idempotency_key: str
) -> int | None:
    """Compare the whole register with itself and list the pairs that nobody has answered.

    Returns how many pairs were added. Pairs answered before stay answered.
    """
    known = set(Resemblance.objects.values_list("first_id", "second_id"))
    fresh = [
        Resemblance(mutual=mutual, first_id=first, second_id=second, percent=percent)
        for (first, second), percent in sorted(_pairs(_rows(mutual)).items())
        if (first, second) not in known
    ]
    Resemblance.objects.bulk_create(fresh, batch_size=_BATCH)
    return len(fresh)


def _rows(mutual: Mutual) -> list[_Row]:
    values = Person.objects.filter(mutual=mutual, merged_into__isnull=True).values_list(
        "pk", "name", "given_name", "birth_on", "birth_precision", "sex", "household_id", "phone"
    )
    return [
        _Row(
            key,
            _words(name, given_name),
            Identity(birth_on, precision, sex, str(household), phone_digits(phone)),
        )
        for key, name, given_name, birth_on, precision, sex, household, phone in values.iterator()
    ]


def _pairs(rows: Iterable[_Row]) -> dict[tuple[int, int], int]:
    """Pairs of keys → percent: those born the same day, and those of the same heads of words."""
    by_day: dict[date, list[_Row]] = {}
    by_heads: dict[tuple[str, ...], list[_Row]] = {}
    for row in rows:
        by_day.setdefault(row.identity.birth_on, []).append(row)
        heads = tuple(sorted(word[:PIECE] for word in row.words))
        by_heads.setdefault(heads, []).append(row)
    found: dict[tuple[int, int], int] = {}
    for block in by_day.values():
        if block[0].identity.birth_on.timetuple()[1:3] != (1, 1):
            _compare(combinations(block, 2), found)
    for block in by_heads.values():
        _compare(_close_births(block), found)
    return found


def _close_births(block: list[_Row]) -> Iterator[tuple[_Row, _Row]]:
    """Pairs of one block whose births may be one, without holding each against each."""
    wider = max(YEARS_APART.values())
    ordered = sorted(block, key=lambda row: row.identity.birth_on)
    for index, row in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.identity.birth_on.year - row.identity.birth_on.year > wider:
                break
            yield row, other


def _compare(pairs: Iterable[tuple[_Row, _Row]], found: dict[tuple[int, int], int]) -> None:
    for one, other in pairs:
        if not _may_be_one(one.identity, other.identity):
            continue
        percent = resemblance(one.identity, other.identity, name_likeness(one.words, other.words))
        if percent >= PROPOSED_FROM:
            first, second = sorted((one.key, other.key))
            found[first, second] = percent


def _may_be_one(first: Identity, second: Identity) -> bool:
    """What is told without comparing names: somebody of another sex is another person here."""
    return not (first.sex and second.sex) or first.sex == second.sex


def open_resemblances(mutual: Mutual) -> QuerySet[Resemblance]:
    """The pairs that wait for an answer, the likeliest first."""
    return _standing(mutual, ResemblanceState.OPEN).order_by("-percent", "id")


def pairs_set_apart(mutual: Mutual) -> QuerySet[Resemblance]:
    """The pairs of which somebody said that they are two persons, the latest answer first."""
    pairs = _standing(mutual, ResemblanceState.OTHER).select_related("answered_by")
    return pairs.order_by("-answered_on", "-id")


def _standing(mutual: Mutual, state: ResemblanceState) -> QuerySet[Resemblance]:
    rows: Any = Resemblance.objects.filter(mutual=mutual, state=state)
    return rows.filter(
        first__merged_into__isnull=True, second__merged_into__isnull=True
    ).select_related("first__household", "second__household")
