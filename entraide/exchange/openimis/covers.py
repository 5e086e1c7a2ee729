"""Policies become memberships, each covering a household with a product during its own days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from entraide.apps.enrolment.facts import membership_cover
from entraide.apps.enrolment.models import Household, Membership
from entraide.apps.enrolment.services import EndReason
from entraide.apps.schemes.models import ProductVersion
from entraide.apps.schemes.selectors import rules_of
from entraide.core.periods import Period
from entraide.core.renewals import seniority_start
from entraide.exchange.openimis.members import Members, cover_of
from entraide.exchange.openimis.reading import Row
from entraide.exchange.openimis.tables import FAMILIES, OFFICERS, POLICIES, PRODUCTS
from entraide.exchange.openimis.takeover import Takeover

_RENEWAL = "R"
_SUSPENDED = 4


def take_memberships(
    takeover: Takeover, members: Members, versions: Mapping[int, ProductVersion]
) -> tuple[dict[int, Membership], frozenset[int]]:
    """Every policy of a family that is there, by its key, and the keys of those now made."""
    known = {
        membership.uid: membership
        for membership in Membership.objects.select_related("household", "product").filter(
            mutual=takeover.mutual
        )
    }
    earlier: dict[int, list[Membership]] = defaultdict(list)
    for membership in known.values():
        earlier[membership.household_id].append(membership)
    renewed = {membership.renews_id for membership in known.values()}
    found: dict[int, Membership] = {}
    made: set[int] = set()
    for row, cover in _importable(takeover):
        uid = takeover.uid(row, "PolicyUUID")
        membership = known.get(uid)
        if membership is None:
            household = members.households[row["FamilyID"]]
            previous = _previous(row, cover, earlier[household.pk])
            membership = _membership(row, cover, household, versions[row["ProdID"]], previous)
            membership.uid = uid
            if membership.renews_id in renewed:
                membership.renews = None
            renewed.add(membership.renews_id)
            _suspend(takeover, row, membership)
            if row["OfficerID"] not in takeover.reading[OFFICERS]:
                takeover.report.leave(row, "OI_OFFICER_GONE", "OfficerID")
            membership.save(force_insert=True)
            earlier[household.pk].append(membership)
            made.add(row.key)
        found[row.key] = membership
    takeover.done("memberships", len(made), len(found) - len(made))
    return found, frozenset(made)


def _importable(takeover: Takeover) -> list[tuple[Row, Period]]:
    """The policies that can be imported with their days, the earliest first; others are listed."""
    found: list[tuple[Row, Period]] = []
    for row in takeover.reading[POLICIES].values():
        cover = cover_of(row)
        if row["FamilyID"] not in takeover.reading[FAMILIES]:
            takeover.report.leave(row, "OI_FAMILY_GONE", "FamilyID")
        elif row["ProdID"] not in takeover.reading[PRODUCTS]:
            takeover.report.leave(row, "OI_PRODUCT_GONE", "ProdID")
        elif cover is None:
            takeover.report.leave(row, "OI_DATES_INVERTED", "ExpiryDate")
        else:
            found.append((row, cover))
    return sorted(found, key=lambda each: (each[1].start, each[0].key))


def _previous(row: Row, cover: Period, earlier: list[Membership]) -> Membership | None:
    """The cover that a renewal follows: the last of the household to begin before it."""
    if row["PolicyStage"] != _RENEWAL:
        return None
    before = [each for each in earlier if each.effective_from < cover.start]
    return max(before, key=lambda each: (each.effective_from, each.pk), default=None)


def _membership(
    row: Row,
    cover: Period,
    household: Household,
    version: ProductVersion,
    previous: Membership | None,
) -> Membership:
    rule = rules_of(version).on(cover.start).membership
    seniority_from: date = cover.start
    if previous is not None:
        seniority_from = seniority_start(rule, membership_cover(previous), cover.start)
    return Membership(
        mutual_id=household.mutual_id,
        household=household,
        product=version.product,
        product_version=version,
        enrolled_on=row["EnrollDate"],
        effective_from=cover.start,
        effective_until=cover.until,
        seniority_from=seniority_from,
        renews=previous,
    )


def _suspend(takeover: Takeover, row: Row, membership: Membership) -> None:
    """A suspended policy opens no rights: it ends on the day of its last change in openIMIS."""
    if row["PolicyStatus"] == _SUSPENDED:
        ended_on = max(row["ValidityFrom"], membership.effective_from)
        if ended_on < membership.effective_until:
            membership.ended_on, membership.end_reason = ended_on, EndReason.UNPAID.value
            takeover.report.leave(row, "OI_POLICY_SUSPENDED", "PolicyStatus")
