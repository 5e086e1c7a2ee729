"""The addresses of reasons told, under ``/m/<mutual>/adhesions/freins/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.obstacles import views

urlpatterns = [
    path("", views.report, name="obstacles"),
    path("refus/", views.new, name="obstacle-new"),
    path("famille/<uuid:uid>/", views.of_family, name="obstacle-family"),
]
