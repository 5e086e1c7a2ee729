"""The addresses of time spent, under ``/m/<mutual>/cotisations/temps/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.worktime import acts, views

urlpatterns = [
    path("", views.overview, name="worktime"),
    path("noter/", acts.record, name="worktime-new"),
    path("<uuid:uid>/retirer/", acts.withdraw, name="worktime-withdraw"),
]
