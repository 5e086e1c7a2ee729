"""The list of families kept to a portfolio, a place, a segment or an import."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import Household, HouseholdScore
from entraide.apps.enrolment.portfolios import animator_for, animators, portfolio_scope
from entraide.apps.enrolment.sections import sections
from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import under
from entraide.apps.schemes.models import Branch, Mutual
from entraide.apps.takeover.models import ImportRun
from entraide.apps.takeover.rows import of_import
from entraide.core.errors import Refusal
from entraide.web.fields import is_uid
from entraide.web.office import OfficeRequest

NO_SECTION = "-"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list keeps to: the condition, and what the page shows of it."""

    condition: Q | None
    people: tuple[User, ...]
    animator: User | None
    area: Area | None
    segment: str
    sections: tuple[Branch, ...]
    imported: ImportRun | None
    section: str  # code of one of them, NO_SECTION, or nothing

    @property
    def words(self) -> list[str]:
        """What the list keeps to, besides its own filters."""
        told = []
        if self.area is not None:
            told.append(_("Place: %(place)s") % {"place": self.area})
        if self.segment:
            told.append(_("Segment: %(segment)s") % {"segment": self.segment})
        if self.imported is not None:
            told.append(_("Import: %(file)s") % {"file": self.imported.file_name})
        return told


def narrowing(request: OfficeRequest) -> Narrowing:
    """What the address asks for; what is not known is left out."""
    asked = request.GET
    condition = Q()
    animator = _animator(request, asked.get("animator", ""))
    if animator is not None:
        condition &= portfolio_scope(animator, request.mutual, request.day).of_households()
    area = _area(asked.get("area", ""))
    if area is not None:
        condition &= Q(area__in=under(area))
    segment = asked.get("segment", "")[:8]
    if segment:
        condition &= Q(pk__in=_of_segment(request.mutual, segment))
    imported = _imported(request, asked.get("import", ""))
    if imported is not None:
        condition &= of_import(imported)
    known = tuple(sections(request.mutual)) if _may_choose(request) else ()
    section = asked.get("section", "")
    chosen = next((each for each in known if each.code == section), None)
    if chosen is not None:
        condition &= Q(branch=chosen)
    elif known and section == NO_SECTION:
        condition &= Q(branch=None)
    else:
        section = ""
    people = tuple(animators(request.mutual, request.day)) if not request.htmx else ()
    return Narrowing(condition or None, people, animator, area, segment, known, imported, section)


def _may_choose(request: OfficeRequest) -> bool:
    """Rows alone need no list to choose from, unless one was chosen."""
    return request.sections is None and (not request.htmx or bool(request.GET.get("section")))


def _imported(request: OfficeRequest, uid: str) -> ImportRun | None:
    if not is_uid(uid):
        return None
    return ImportRun.objects.filter(mutual=request.mutual, uid=uid).defer("content").first()


def _animator(request: OfficeRequest, uid: str) -> User | None:
    if not is_uid(uid):
        return None
    try:
        return animator_for(request.mutual, uid, request.day)
    except Refusal:
        return None


def _area(uid: str) -> Area | None:
    return Area.objects.filter(uid=uid).first() if is_uid(uid) else None


def _of_segment(mutual: Mutual, segment: str) -> object:
    latest = (
        HouseholdScore.objects.filter(household=OuterRef("pk"))
        .order_by("-answered_on", "-id")
        .values("segment")[:1]
    )
    return (
        Household.objects.filter(mutual=mutual)
        .annotate(segment=Subquery(latest))
        .filter(segment=segment)
        .values("pk")
    )
