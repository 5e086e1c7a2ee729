"""The addresses of places, under ``/m/<mutual>/adhesions/territoire/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.areas import messages, offers, proposals, views
from entraide.web.groups.portfolios import area_animator

urlpatterns = [
    path("", views.territory, name="territory"),
    path("noms/", offers.offered, name="areas-offered"),
    path("a-approuver/", proposals.proposals, name="area-proposals"),
    path("a-approuver/<uuid:uid>/", proposals.decide, name="area-proposal"),
    path("sans-point-focal/", views.without, name="areas-without-focal-point"),
    path("points-focaux/", messages.message_list, name="focal-point-messages"),
    path("points-focaux/ecrire/", messages.write, name="focal-point-write"),
    path("points-focaux/<uuid:uid>/", messages.message, name="focal-point-message"),
    path("points-focaux/<uuid:uid>/lettres.pdf", messages.letters, name="focal-point-letters"),
    path("point-focal/<uuid:uid>/fin/", views.focal_point_end, name="focal-point-end"),
    path("<uuid:uid>/", views.area, name="area"),
    path("<uuid:uid>/point-focal/", views.focal_point_new, name="focal-point-new"),
    path("<uuid:uid>/suivi/", area_animator, name="area-animator"),
    path("<uuid:uid>/modifier/", views.edit, name="area-edit"),
]
