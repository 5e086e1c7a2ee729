"""The addresses of practices, under ``/m/<mutual>/pratiques/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.practices import views

urlpatterns = [
    path("", views.practice_list, name="practices"),
    path("ecrire/", views.write, name="practice-new"),
    path("<uuid:uid>/adopter/", views.adopt, name="practice-adopt"),
    path("<uuid:uid>/retirer/", views.withdraw, name="practice-withdraw"),
]
