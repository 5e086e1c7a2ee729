"""The families of a mutual, and the page of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from entraide.apps.cards.incomplete import file_of
from entraide.apps.claims.paid_elsewhere import paid_instead
from entraide.apps.claims.selectors import RemainingCeiling, claims_of_household, remaining_ceilings
from entraide.apps.contributions.accounts import HouseholdAccount, household_accounts
from entraide.apps.contributions.advances import advance_of
from entraide.apps.contributions.exemptions import exempting_categories
from entraide.apps.contributions.families import (
    FamilyRow,
    families_listed,
    family_rows,
    members_by_family,
)
from entraide.apps.contributions.models import ContributionDue, DueKind, Payer
from entraide.apps.contributions.newborns import newborn_days
from entraide.apps.contributions.registers import groups_named
from entraide.apps.contributions.selectors import standings_on
from entraide.apps.enrolment.facts import covered_until, present_on
from entraide.apps.enrolment.history import Change, changes_of
from entraide.apps.enrolment.models import Household, Membership, PartnerGroup, Person, Photo
from entraide.apps.enrolment.moves import moves_of
from entraide.apps.enrolment.near_names import persons_nearly_called
from entraide.apps.enrolment.photos import photos_of
from entraide.apps.enrolment.scorecards import scores_of, version_on
from entraide.apps.enrolment.sections import sections
from entraide.apps.enrolment.selectors import (
    covered_households_count,
    group_for,
    household_for,
    memberships_of,
)
from entraide.apps.schemes.models import Mutual
from entraide.apps.schemes.remembered import Remembered
from entraide.apps.schemes.rights import Right
from entraide.apps.takeover.clients import payout_account
from entraide.apps.takeover.refinancing import refinancing_of
from entraide.apps.takeover.rows import advance_told
from entraide.core.errors import Refusal
from entraide.documents import writing
from entraide.web.cards.files import tasks_of
from entraide.web.concerned import as_concerned, care_audiences
from entraide.web.contributions.wording import channel_name, due_name, due_state
from entraide.web.fields import read_day
from entraide.web.groups.narrowing import narrowing
from entraide.web.households.history import changes_shown
from entraide.web.households.people import CHANGES_PER_PAGE
from entraide.web.households.reasons import shared_reasons
from entraide.web.households.settled_before import settled_before
from entraide.web.households.todo import todos_of
from entraide.web.households.wording import (
    PHONE_OWNERS,
    SIGNATURES,
    RightsShown,
    age_in_words,
    category_names,
    cover_words,
    end_reason_name,
    family_rights,
    relation_name,
    rights_shown,
)
from entraide.web.office import OfficeRequest, office_view

ROWS_PER_PAGE = 50
COMMON = 2000  # families: from so many on, asking each in turn finds fifty sooner
SHOWN = ("late", "renew", "photo", "uncovered")
LATEST_CLAIMS = 8
MOST_NEAR = 12
MONTHLY = 6  # from so many instalments on, dues are drawn as months


@office_view(right=Right.READ_REGISTERS)
def household_list(request: OfficeRequest) -> HttpResponse:
    """Every family, searched, filtered, sorted; only the rows for the page's script."""
    asked = request.GET
    group = _group_asked(request)
    show = asked.get("show", "") if asked.get("show") in SHOWN else ""
    kept = narrowing(request)
    listed = partial(
        families_listed,
        request.mutual,
        request.day,
        within=kept.condition,
        text=asked.get("q", ""),
        group=group,
        show=show,
    )
    now = Remembered(request.mutual, request.day)
    is_narrowed = bool(group or asked.get("q") or kept.condition)
    # As many in every order, and quickest without one.
    count = listed().count() if is_narrowed else now.figure(f"families {show}", listed().count)
    pages = Paginator(listed(sort=asked.get("sort", ""), is_common=count > COMMON), ROWS_PER_PAGE)
    pages.count = count
    page = pages.get_page(asked.get("page"))
    context = {
        "page": page,
        "rows": _rows(page.object_list, request.day),
        "show": show,
        "group": group,
        "text": asked.get("q", ""),
        "may_enrol": Right.ENROL in request.rights,
    }
    if not page.object_list and not (show or group or kept.condition):
        context["near"] = _near_families(request.mutual, asked.get("q", ""))
    if request.htmx:
        return render(request, "web/households/_rows.html", context)
    named = groups_named(request.mutual).values_list("uid", "name")
    context["groups"] = now.figure("named", partial(list, named))
    context["kept"] = kept
    if not (show or is_narrowed):
        covered = partial(covered_households_count, request.mutual, request.day)
        context["covered_count"] = now.figure("families covered", covered)
    return render(request, "web/households/list.html", context)


def _near_families(mutual: Mutual, text: str) -> list[Person]:
    """Persons of families still kept whose name is spelt nearly so, each family once."""
    near = persons_nearly_called(mutual, text, limit=MOST_NEAR)
    here = {each.household_id: each for each in reversed(near) if not each.merged_into_id}
    return [each for each in near if here.get(each.household_id) == each]


def _group_asked(request: OfficeRequest) -> PartnerGroup | None:
    uid = request.GET.get("group", "")
    if not uid:
        return None
    try:
        return group_for(request.mutual, uid)
    except Refusal:
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """A family on the list: its member, and the member's rights that day."""

    family: FamilyRow
    member: Person | None
    kind: str
    word: str
    cover: str


def _rows(keys: Sequence[int], on: date) -> list[Row]:
    members = members_by_family(keys)
    standings, known = standings_on(members.values(), on), care_audiences()
    rows = []
    for family in family_rows(keys, on):
        member = members.get(family.pk)
        kind, word, cover = "", "", ""
        if member is not None:
            until = family.covered_until
            last_on = until - timedelta(days=1) if until is not None else None
            standing = as_concerned(standings[member.pk], known)
            kind, word = family_rights(standing)
            cover = cover_words(standing, last_on, on)
        rows.append(Row(family, member, kind, word, cover))
    return rows


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person on the family's page."""

    person: Person
    relation: str
    age: str
    rights: RightsShown
    has_ended: bool
    photo: Photo | None
    mother: str = ""  # told where the children of a family have several mothers


@dataclass(frozen=True, slots=True)
class DueShown:
    """A due on the family's page."""

    due: ContributionDue
    name: str
    state: str

    @property
    def remaining_minor(self) -> int:
        """What is still to pay of it."""
        return self.due.amount_minor - self.due.paid_minor


@office_view(right=Right.READ_REGISTERS)
def household(request: OfficeRequest, uid: str) -> HttpResponse:
    """Who is covered on a day and why, what is owed and paid, which care, what to do next."""
    shown = household_for(request.mutual, uid)
    on, day_fault = _day_asked(request)
    persons = list(shown.persons.all())
    memberships = memberships_of(shown)
    accounts = household_accounts(shown, request.day)
    account = accounts[Payer.HOUSEHOLD]
    people = _people(persons, on)
    here = [each for each in people if not each.has_ended]
    shared, rights = shared_reasons(
        [(each.person.given_name or each.person.name, each.rights) for each in here]
    )
    present = [replace(each, rights=left) for each, left in zip(here, rights, strict=True)]
    people = [*present, *(each for each in people if each.has_ended)]
    member = next((each for each in people if each.person.is_member), people[0])
    current = _membership_shown(memberships, on)
    claims = list(claims_of_household(shown)[:LATEST_CLAIMS])
    is_asked = any(
        covered_until(each) > max(request.day, each.effective_from) for each in memberships
    )
    missing = tasks_of(request, file_of(request.mutual, shown, request.day)) if is_asked else ()
    history = Paginator(changes_of(shown), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "household": shown,
        "member": member.person,
        "people": people,
        "shared": shared,
        "present_count": len(present),
        "covered_count": sum(each.rights.kind in ("ok", "warn") for each in present),
        "partly_count": sum(each.rights.kind == "warn" for each in present),
        "on": on,
        "is_today": on == request.day,
        "day_fault": day_fault,
        "account": account,
        "dues": dues_shown(account, current, request.day),
        "has_months": _instalments(account, current) >= MONTHLY,
        "sums": _sums_of_cover(account, current),
        "receipts": [(each, channel_name(each.channel)) for each in reversed(account.payments)],
        "others": _accounts_of_others(accounts),
        "membership": current,
        "membership_until": covered_until(current) if current else None,
        "memberships": memberships,
        "scores": scores_of(shown)[:6],
        "asks_score": version_on(request.mutual, request.day) is not None,
        "moves": moves_of(shown),
        "end_reason": end_reason_name(current.end_reason) if current else "",
        "never_begun": _never_begun(shown, current, request.LANGUAGE_CODE),
        "refinancing": refinancing_of(current) if current and current.loan_minor else None,
        "advance": advance_told(shown) if shown.source == "import" else None,
        "carried": advance_of(shown) if shown.source == "import" else None,
        "payout_account": payout_account(shown),
        "may_import": Right.IMPORT_REGISTERS in request.rights,
        "claims": claims,
        "paid_instead": paid_instead(claims),
        "before": settled_before(shown),
        "ceiling": _ceiling_of_household(member.person, on, current),
        "phone_owner": dict(PHONE_OWNERS).get(shown.phone_owner, ""),
        "signed_by": dict(SIGNATURES).get(shown.signed_by, ""),
        "history_page": history,
        "changes": changes_shown(history),
        "todos": todos_of(request, shown, memberships, account, missing),
        "may_receive": Right.RECORD_PAYMENT in request.rights and account.remaining_minor > 0,
        "may_enrol": Right.ENROL in request.rights,
        "newborn_days": newborn_days(shown, request.day) if Right.ENROL in request.rights else 0,
        "may_exempt": _may_exempt(request, current),
        "may_coordinate": Right.COORDINATE in request.rights,
        "has_sections": Right.COORDINATE in request.rights and bool(sections(request.mutual)),
    }
    return render(request, "web/households/page.html", context)


def _day_asked(request: OfficeRequest) -> tuple[date, str]:
    """The day of ``?on=``, today without one; what was typed when it is no day."""
    typed = request.GET.get("on", "").strip()
    if not typed:
        return request.day, ""
    try:
        return read_day(typed), ""
    except Refusal:
        return request.day, typed


def _people(persons: list[Person], on: date) -> list[PersonShown]:
    standings = standings_on(persons, on)
    names, known = category_names(), care_audiences()
    here = {person.pk for person in present_on(persons, on)}
    photos = photos_of(persons)
    mothers = _mothers(persons)
    return [
        PersonShown(
            person,
            relation_name(person),
            age_in_words(person, on),
            rights_shown(as_concerned(standings[person.pk], known), on, names),
            has_ended=person.pk not in here and person.entered_on <= on,
            photo=photos.get(person.pk),
            mother=mothers[person.mother_id].full_name if person.mother_id in mothers else "",
        )
        for person in sorted(
            persons, key=lambda person: (person.pk not in here, *_place(person, mothers))
        )
    ]


def _mothers(persons: list[Person]) -> dict[int | None, Person]:
    """The mothers of a family's children, when there are several."""
    keys = {person.mother_id for person in persons}
    mothers: dict[int | None, Person] = {each.pk: each for each in persons if each.pk in keys}
    return mothers if len(mothers) > 1 else {}


def _place(person: Person, mothers: dict[int | None, Person]) -> tuple[str, bool, str]:
    """Each child after its mother; the others in the order of their cards."""
    mother = mothers.get(person.mother_id)
    return (mother.number, True, person.number) if mother else (person.number, False, "")


def _membership_shown(memberships: list[Membership], on: date) -> Membership | None:
    """The cover of a day, else the last one begun before, else the first to come."""
    begun = [each for each in memberships if each.effective_from <= on]
    if begun:
        return max(begun, key=lambda each: each.effective_from)
    return min(memberships, key=lambda each: each.effective_from, default=None)


def _never_begun(household: Household, membership: Membership | None, language: str) -> str:
    """What to say in place of the days of a cover that ended before its first one: why, when."""
    if membership is None or covered_until(membership) > membership.effective_from:
        return ""
    why = end_reason_name(membership.end_reason) or _("Cancelled before its first day")
    told_by = (Change.COVER_ENDED.value, "merged_into")
    told = household.changes.filter(field__in=told_by).order_by("id").last()
    if told is None:
        return why
    return _("%(why)s, on %(day)s") % {"why": why, "day": writing.day(told.recorded_on, language)}


def _instalments(account: HouseholdAccount, membership: Membership | None) -> int:
    return sum(
        due.kind == DueKind.CONTRIBUTION and due.cancelled_on is None
        for due in account.dues
        if membership is not None and due.membership_id == membership.pk
    )


def dues_shown(
    account: HouseholdAccount, membership: Membership | None, on: date
) -> list[DueShown]:
    """The dues of the cover shown, and those of earlier ones that are still owed."""
    count = _instalments(account, membership)
    return [
        DueShown(due, due_name(due, count), due_state(due, on))
        for due in account.dues
        if (membership is not None and due.membership_id == membership.pk)
        or (due.cancelled_on is None and due.paid_minor < due.amount_minor)
    ]


def _sums_of_cover(
    account: HouseholdAccount, membership: Membership | None
) -> tuple[int, int, int]:
    """Paid, remaining and total of the cover shown, in minor units."""
    dues = [
        due
        for due in account.dues
        if due.cancelled_on is None
        and membership is not None
        and due.membership_id == membership.pk
    ]
    paid, total = sum(due.paid_minor for due in dues), sum(due.amount_minor for due in dues)
    return paid, total - paid, total


def _may_exempt(request: OfficeRequest, cover: Membership | None) -> bool:
    """Whether the person may propose that the family pays less, and its rules know who may."""
    if Right.ENROL not in request.rights or cover is None:
        return False
    return bool(exempting_categories(cover))


def _accounts_of_others(
    accounts: Mapping[Payer, HouseholdAccount],
) -> list[tuple[str, HouseholdAccount]]:
    """What employer and State owe for the family, when they do."""
    others = (Payer.EMPLOYER, Payer.STATE, Payer.SPONSOR)
    return [(payer.value, accounts[payer]) for payer in others if accounts[payer].dues]


def _ceiling_of_household(
    member: Person, on: date, membership: Membership | None
) -> RemainingCeiling | None:
    """The ceiling of the whole family for all care, where the product has one."""
    if membership is None:
        return None
    ceilings = remaining_ceilings(member, on)
    return next(
        (each for each in ceilings if each.whose == "household" and not each.category), None
    )
