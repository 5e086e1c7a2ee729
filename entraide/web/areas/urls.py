"""The addresses of places, under ``/m/<mutual>/lieux/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.areas import offers

urlpatterns = [
    path("noms/", offers.offered, name="areas-offered"),
]
