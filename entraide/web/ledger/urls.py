"""The addresses of the mutual fund, under ``/m/<mutual>/fonds/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.ledger import entries, operations, views

urlpatterns = [
    path("", views.overview, name="ledger"),
    path("balance/", views.balance, name="trial-balance"),
    path("comptes/<uuid:uid>/", views.account, name="account"),
    path("journal/", entries.journal, name="journal"),
    path("ecritures/<uuid:uid>/", entries.entry, name="entry"),
    path("ecritures/<uuid:uid>/contrepasser/", entries.reverse_entry, name="entry-reverse"),
    path("enregistrer/<slug:kind>/", operations.record, name="operation-new"),
]
