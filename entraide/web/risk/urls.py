"""The addresses of the risk board, of claims from year to year and of what tariffs assume."""

from __future__ import annotations

from django.urls import path

from entraide.web.risk import assumptions, board, notes, years

urlpatterns = [
    path("", board.board, name="risk-board"),
    path("tableau.csv", board.board_file, name="risk-board-csv"),
    path("annees/", years.years, name="care-years"),
    path("annees/tableau.csv", years.years_file, name="care-years-csv"),
    path("annees/sinistres/", years.claims, name="care-years-rows"),
    path("annees/expliquer/", notes.explain, name="care-years-explain"),
    path("hypotheses/", assumptions.assumptions, name="tariff-assumptions"),
    path("hypotheses/<uuid:uid>/", assumptions.decide, name="tariff-assumption-decide"),
]
