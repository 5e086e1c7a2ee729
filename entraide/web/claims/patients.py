"""The person of a card as the counter sees them on a day: rights, reason, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from entraide.apps.claims.limits import remaining_limits
from entraide.apps.claims.selectors import eligibility
from entraide.apps.contributions.selectors import Standing, standings_on
from entraide.apps.enrolment.models import Person, Photo
from entraide.apps.enrolment.other_covers import first_payer_of
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.enrolment.selectors import find_persons, person_by_number
from entraide.apps.schemes.models import Mutual
from entraide.core.errors import Refusal
from entraide.core.product import Benefit, Product, Sector
from entraide.documents.writing import day, money, percent
from entraide.web.claims.reasons import category_names, language, told
from entraide.web.claims.sheet import ShownCeiling, shown_ceiling, shown_limit
from entraide.web.concerned import as_concerned, care_audiences, concerns
from entraide.web.households.wording import age_in_words


@dataclass(frozen=True, slots=True)
class Promise:
    """One category of care for this person on this day: open or not, and the patient's share."""

    name: str
    kind: str  # ok, wait, bad
    word: str
    share: str
    ceilings: tuple[ShownCeiling, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """The bearer of a card on a day."""

    person: Person
    standing: Standing
    on: date
    age: str  # in words; the year of birth where the day is not known
    kind: str  # ok, wait, bad: sign and colour of the answer
    word: str
    reasons: tuple[str, ...]
    promises: tuple[Promise, ...]
    ceilings: tuple[ShownCeiling, ...]  # of all care together
    product_name: str
    photo: Photo | None = None
    first_payer: str = ""  # who pays before the mutual

    @property
    def is_covered(self) -> bool:
        """Whether care may be covered that day."""
        return self.standing.rights.is_open

    @property
    def all_ceilings(self) -> tuple[ShownCeiling, ...]:
        """Every ceiling, by category then of all care together."""
        return (*(each for row in self.promises for each in row.ceilings), *self.ceilings)


def patient_on(mutual: Mutual, number: str, on: date, sector: Sector) -> Patient:
    """The bearer of a card on a day at providers of a sector; ``NOT_FOUND`` for an unknown card.

    A number and its rank are enough: ``00042-1`` finds the card that ends so when only one does.
    """
    person = person_of_card(mutual, number)
    if person is None:
        raise Refusal("NOT_FOUND", record="person", key=number)
    found = eligibility(mutual, person.number, on, sector=sector)
    known, names = care_audiences(), category_names()
    standing = as_concerned(found.standing, known)
    rights, product = standing.rights, standing.product
    hidden = frozenset(each for each in known if not concerns(known, each, person, on))
    hidden -= rights.waiting_until.keys()  # old enough by the day it opens
    ceilings = [(row.category, shown_ceiling(row, names)) for row in found.ceilings]
    return Patient(
        person=standing.person,
        standing=standing,
        on=on,
        age=age_in_words(person, on),
        kind=_kind(standing),
        word=_word(standing),
        reasons=tuple(told(reason.code, reason.data, names) for reason in rights.reasons),
        promises=_promises(standing, sector, names, ceilings, hidden) if product else (),
        ceilings=(
            *(row for category, row in ceilings if not category),
            *(shown_limit(each) for each in remaining_limits(found.standing, on, sector)),
        ),
        product_name=standing.membership.product.name if standing.membership else "",
        photo=photos_of([standing.person]).get(standing.person.pk),
        first_payer=first_payer_of(standing.person, on),
    )


def person_of_card(mutual: Mutual, typed: str) -> Person | None:
    """The person meant by a card number, or by any words that fit one person only."""
    if not typed.strip():
        return None
    try:
        return person_by_number(mutual, typed)
    except Refusal:
        alike = find_persons(mutual, typed, limit=2)
        return alike[0] if len(alike) == 1 else None


def persons_meant(mutual: Mutual, typed: str, on: date) -> list[tuple[Person, str, str]]:
    """Who may be meant by words that fit several: each with the kind and word of their rights."""
    persons = find_persons(mutual, typed, limit=20)
    standings = standings_on(persons, on)
    known = care_audiences()
    shown = [(each, as_concerned(standings[each.pk], known)) for each in persons]
    return [(each, _kind(standing), _word(standing)) for each, standing in shown]


def _kind(standing: Standing) -> str:
    if not standing.rights.is_open:
        return "bad"
    return "warn" if standing.rights.waiting_until else "ok"


def _word(standing: Standing) -> str:
    is_woman = standing.person.sex == "F"
    if not standing.rights.is_open:
        woman, man = (
            pgettext("a woman", "Not covered that day"),
            pgettext("a man", "Not covered that day"),
        )
    elif standing.rights.waiting_until:
        woman, man = pgettext("a woman", "Covered in part"), pgettext("a man", "Covered in part")
    else:
        woman, man = pgettext("a woman", "Covered"), pgettext("a man", "Covered")
    return woman if is_woman else man


def _promises(
    standing: Standing,
    sector: Sector,
    names: dict[str, str],
    ceilings: list[tuple[str, ShownCeiling]],
    hidden: frozenset[str],
) -> tuple[Promise, ...]:
    product, rights = standing.product, standing.rights
    assert product is not None, "promises are asked for under a product only"
    rows = []
    promised = dict.fromkeys(benefit.category for benefit in product.benefits)
    for category in dict.fromkeys((*(code for code in names if code in promised), *promised)):
        if category in hidden:
            continue
        benefit = product.benefit_for(category, sector)
        kind, word, share = "bad", _("Not covered by the plan"), ""
        if benefit is not None and benefit.is_covered:
            kind, word = "ok", _("Covered by the plan")
            if not rights.is_open:
                kind, word = "plain", _("In the plan, once rights are open")
            share = _share(benefit, product)
            opens_on = rights.waiting_until.get(category)
            if opens_on is not None:
                kind = "wait"
                word = _("from {day}").format(day=day(opens_on, language()))
        own = tuple(row for code, row in ceilings if code == category)
        rows.append(Promise(names.get(category, category), kind, word, share, own))
    return tuple(rows)


def _share(benefit: Benefit, product: Product) -> str:
    """What the patient pays: ``25 %``; ``2 000 F CFA per case``; ``nothing``."""
    written: list[str] = []
    then = " " + pgettext("one share after another", "then") + " "
    if benefit.deductible_minor_per_case:
        amount = money(benefit.deductible_minor_per_case, product.currency, language())
        written.append(_("the first {amount}").format(amount=amount))
    if benefit.copayment_rate:
        digits = 0 if benefit.copayment_rate * 100 == int(benefit.copayment_rate * 100) else 1
        written.append(percent(Decimal(benefit.copayment_rate), language(), digits))
    if benefit.copayment_minor_per_case:
        amount = money(benefit.copayment_minor_per_case, product.currency, language())
        written.append(_("{amount} per case").format(amount=amount))
    if not written:
        return _("nothing")
    if benefit.flat_rate_minor is not None:
        amount = money(benefit.flat_rate_minor, product.currency, language())
        return _("{share}, flat rate of {amount}").format(share=then.join(written), amount=amount)
    return then.join(written)
