"""The addresses of the scorecard, under ``/m/<mutual>/adhesions/grille/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.scorecards import views

urlpatterns = [
    path("", views.scorecards, name="scorecards"),
    path("nouvelle/", views.new, name="scorecard-new"),
    path("<uuid:uid>/", views.scorecard, name="scorecard"),
    path("<uuid:uid>/approuver/", views.approve, name="scorecard-approve"),
    path("famille/<uuid:uid>/", views.fill, name="scorecard-fill"),
]
