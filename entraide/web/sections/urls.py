"""The addresses of sections, under ``/m/<mutual>/adhesions/sections/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.sections import views

urlpatterns = [
    path("", views.section_list, name="sections"),
    path("soins/", views.care_between, name="sections-care"),
    path("<uuid:uid>/lieu/", views.place, name="section-place"),
    path("famille/<uuid:uid>/", views.of_family, name="household-section"),
]
