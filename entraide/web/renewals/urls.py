"""The addresses of renewals, under ``/m/<mutual>/adhesions/renouvellements/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.renewals import acts, months, rates, views

urlpatterns = [
    path("", views.pipeline, name="renewals"),
    path("liste/", views.paper, name="renewals-paper"),
    path("suivi/", months.follow_up, name="membership-months"),
    path("animateurs/", rates.by_animator, name="renewals-rates"),
    path("animateurs/<str:key>/", rates.of_animator, name="renewals-agent"),
    path("choix/", acts.check, name="renewals-check"),
    path("faire/", acts.renew, name="renewals-do"),
]
