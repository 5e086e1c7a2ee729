"""The addresses of the settings of a mutual, under ``/m/<mutual>/reglages/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.choices import views

urlpatterns = [
    path("", views.choice_list, name="choices"),
    path("<slug:name>/", views.change, name="choice-change"),
]
