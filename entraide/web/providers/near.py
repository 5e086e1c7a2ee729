"""« Centres proches »: the three nearest centres under agreement, with network and without.

The page holds every centre of the mutual's conventions and nothing of its members, so that a
telephone may keep it: its script then finds the nearest by itself, from where the telephone is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from entraide.apps.nomenclature.models import Area
from entraide.apps.nomenclature.places import line_of
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreed_providers
from entraide.core.near import NEAREST, Point, nearest
from entraide.documents import writing
from entraide.web.areas.fields import AreaField
from entraide.web.office import OfficeRequest, office_url, office_view
from entraide.web.providers.forms import GpsField, text_input
from entraide.web.providers.wording import LEVELS, SECTOR_CHOICES, gps_told, services_told


class WhereForm(forms.Form):
    """Where one is: as a map tells it, or a place of the list."""

    at = GpsField(
        label=_("Latitude, longitude"), required=False, widget=text_input(inputmode="text")
    )
    place = AreaField(label=_("Or a place"), required=False, may_propose=False)


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre as the page tells it; ``far`` is written once it is known."""

    provider: Provider
    kind: str
    place: str
    services: str
    gps: str
    far: str = ""


@require_safe
@office_view
def near(request: OfficeRequest) -> HttpResponse:
    """The three nearest centres of a point or a place, and all the others below."""
    form = WhereForm(request.GET or None)
    form.fields["place"].within_mutual(request.mutual)  # type: ignore[attr-defined]
    providers = list(agreed_providers(request.day).select_related("area__parent__parent"))
    is_asked = form.is_bound and form.is_valid() and any(form.cleaned_data.values())
    context = {
        "form": form,
        "is_asked": is_asked,
        "found": _found(request, form, providers) if is_asked else [],
        "centres": [_told(each) for each in providers],
        "most": NEAREST,
        "without_gps": sum(1 for each in providers if not gps_told(each)),
        "worker_url": office_url(request, "providers-near-worker"),
        "back_url": office_url(request, "home"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/providers/near.html", context, status=status)


@require_safe
@office_view
@cache_control(no_cache=True)
def worker(request: OfficeRequest) -> HttpResponse:
    """The service worker: it keeps this page alone, and only below its address."""
    script = render_to_string(
        "web/providers/near_worker.js",
        {"page": office_url(request, "providers-near"), "mutual": request.mutual.code},
    )
    return HttpResponse(script, content_type="text/javascript")


def _found(request: OfficeRequest, form: WhereForm, providers: Sequence[Provider]) -> list[Centre]:
    here = form.cleaned_data["at"]
    if here is not None:
        return nearest_told(providers, Point(*here), request.LANGUAGE_CODE)
    typed = form.cleaned_data["place"]
    area = typed.area if typed is not None else None
    return [_told(each) for each in _in_same_places(providers, area)] if area is not None else []


def nearest_told(providers: Sequence[Provider], here: Point, language: str) -> list[Centre]:
    """The three nearest of those whose position is known, with their distance in words."""
    placed = [
        (each, Point(each.latitude, each.longitude))
        for each in providers
        if each.latitude is not None and each.longitude is not None
    ]
    return [
        _told(each.place, writing.number(Decimal(str(round(each.distance_km, 1))), language, 1))
        for each in nearest(here, placed)
    ]


def _in_same_places(providers: Sequence[Provider], area: Area) -> list[Provider]:
    """Without a point, nearer is what shares the smaller place; in the order of names inside it."""
    around = {place.pk: depth for depth, place in enumerate(line_of(area))}

    def steps(provider: Provider) -> int:
        line = line_of(provider.area) if provider.area is not None else []
        return min((around[place.pk] for place in line if place.pk in around), default=len(around))

    shared = [each for each in providers if steps(each) < len(around)]
    return sorted(shared, key=steps)[:NEAREST]


def _told(provider: Provider, far: str = "") -> Centre:
    sectors = dict(SECTOR_CHOICES)
    level = LEVELS.get(provider.level)
    words = [str(sectors.get(provider.sector, provider.sector)), str(level) if level else ""]
    return Centre(
        provider,
        ", ".join(each for each in words if each),
        ", ".join(each.name for each in line_of(provider.area)[:2]) if provider.area else "",
        services_told(provider.services),
        gps_told(provider).replace(" ", ""),
        far,
    )
