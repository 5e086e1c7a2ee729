"""Which family a lender means: by the client's number, by a card, or by the name in its group
with the telephone, the birth or the loan.

A name alone is nobody: a person says once whom the lender means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person
from entraide.apps.enrolment.search import name_key, normalised, phone_digits
from entraide.apps.enrolment.selectors import kept_household
from entraide.apps.schemes.models import Mutual
from entraide.apps.takeover.models import LenderClient
from entraide.files.cell_days import Birth
from entraide.files.table_reading import TableRow

RESEMBLES = 80  # of 100, rapidfuzz's token-sort ratio of names without accents
PROPOSALS = 4
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Proposal:
    """A family that may be meant: its member, and why it is proposed."""

    person: Person
    why: str  # "name", "phone" or "card"
    percent: int


@dataclass(frozen=True, slots=True)
class Match:
    """The family that a client is. ``is_new``: found now, the number is to be remembered."""

    household: Household
    is_new: bool


class Clients:
    """The clients of one lender, found together: queries do not grow with the rows."""

    def __init__(self, mutual: Mutual, lender: PartnerGroup, rows: Sequence[TableRow]) -> None:
        self.mutual, self.lender = mutual, lender
        numbers = [row.text("client_number") for row in rows]
        self._linked = self._links(numbers)
        self._cards = self._by_card([number for number in numbers if number not in self._linked])
        unknown = [row for row in rows if row.text("client_number") not in self._linked]
        self._members = self._members_of_lender() if unknown else {}
        self._loans = self._loans_here([row.text("loan_number") for row in unknown])
        self._others: list[tuple[str, int, str]] | None = None

    def match(self, row: TableRow) -> Match | None:
        """The family when there is no doubt: known by its number, its card, or the only family of
        the lender's group whose member bears exactly this name and has the telephone, the birth
        or the loan that the list says."""
        number = row.text("client_number")
        if number in self._linked:
            return Match(self._linked[number], is_new=False)
        if number.upper() in self._cards:
            return Match(self._cards[number.upper()].household, is_new=True)
        named = self._members.get(_words(row), [])
        sure = [
            person
            for person in named
            if (person.household_id, row.text("loan_number")) in self._loans
            or _is_confirmed(person, row)
        ]
        return Match(sure[0].household, is_new=True) if len(sure) == 1 else None

    def has_namesake(self, row: TableRow) -> bool:
        """Whether a member of the lender's group bears this name and may be who is meant."""
        birth: Birth | None = row.get("birth")
        return any(
            birth is None
            or birth.on == person.birth_on
            or not birth.precision == person.birth_precision == "exact"
            for person in self._members.get(_words(row), [])
        )

    def proposals(self, row: TableRow) -> list[Proposal]:
        """Families that may be meant, the likeliest first: the same telephone, a similar name."""
        if self._others is None:
            people = Person.objects.filter(mutual=self.mutual, is_member=True, exited_on=None)
            self._others = [
                (normalised(f"{given} {name}"), pk, phone_digits(phone))
                for pk, name, given, phone in people.values_list(
                    "pk", "name", "given_name", "household__phone"
                )
            ]
        found: dict[int, tuple[str, int]] = {}
        digits = phone_digits(row.text("phone"))
        if len(digits) >= 8:
            for _, pk, phone in self._others:
                if phone and phone[-8:] == digits[-8:]:
                    found[pk] = ("phone", 100)
        near = process.extract(
            normalised(f"{row.text('given_name')} {row.text('name')}"),
            [name for name, _, _ in self._others],
            scorer=fuzz.token_sort_ratio,
            score_cutoff=RESEMBLES,
            limit=PROPOSALS,
        )
        for _, score, index in near:
            found.setdefault(self._others[index][1], ("name", round(score)))
        people_found = Person.objects.filter(pk__in=found).select_related("household__group")
        proposals = [Proposal(person, *found[person.pk]) for person in people_found]
        proposals.sort(
            key=lambda each: (each.person.household.group_id != self.lender.pk, -each.percent)
        )
        return proposals[:PROPOSALS]

    def _links(self, numbers: Sequence[str]) -> dict[str, Household]:
        found = {}
        for chunk in _chunks(numbers):
            links = LenderClient.objects.filter(
                mutual=self.mutual, lender=self.lender, number__in=chunk
            ).select_related("household__merged_into")
            found.update({link.number: kept_household(link.household) for link in links})
        return found

    def _by_card(self, numbers: Sequence[str]) -> dict[str, Person]:
        found = {}
        for chunk in _chunks([number.upper() for number in numbers]):
            people = Person.objects.filter(mutual=self.mutual, number__in=chunk, is_member=True)
            people = people.select_related("household", "merged_into__household")
            found.update({each.number: each.merged_into or each for each in people})
        return found

    def _loans_here(self, numbers: Sequence[str]) -> set[tuple[int, str]]:
        """(key of a household, number of a loan) of the covers that were entered at the desk."""
        found: set[tuple[int, str]] = set()
        for chunk in _chunks([number for number in numbers if number]):
            covers = Membership.objects.filter(group=self.lender, loan_reference__in=chunk)
            found.update(covers.values_list("household_id", "loan_reference"))
        return found

    def _members_of_lender(self) -> dict[tuple[str, ...], list[Person]]:
        people = Person.objects.filter(
            mutual=self.mutual, household__group=self.lender, is_member=True, exited_on=None
        ).select_related("household")
        named: dict[tuple[str, ...], list[Person]] = defaultdict(list)
        for person in people:
            named[name_key(person.full_name)].append(person)
        return named


def _is_confirmed(person: Person, row: TableRow) -> bool:
    """Whether a second fact of the list says that its client is this namesake."""
    birth: Birth | None = row.get("birth")
    if birth is not None:
        return birth.on == person.birth_on
    digits = phone_digits(row.text("phone"))
    ours = (phone_digits(person.phone), phone_digits(person.household.phone))
    return len(digits) >= 8 and digits[-8:] in {each[-8:] for each in ours if each}


def _words(row: TableRow) -> tuple[str, ...]:
    return name_key(f"{row.text('given_name')} {row.text('name')}")


def _chunks(values: Sequence[str]) -> Iterable[list[str]]:
    wanted = list(dict.fromkeys(values))
    return (wanted[start : start + _AT_A_TIME] for start in range(0, len(wanted), _AT_A_TIME))
