"""The addresses of reconciliation, under ``/m/<mutual>/rapprochement/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.reconciliation import accounts, acts, by_hand, imports, views

urlpatterns = [
    path("", views.overview, name="reconciliation"),
    path("comptes/nouveau/", accounts.open_account, name="bank-account-new"),
    path("comptes/<uuid:uid>/", views.bank_account, name="bank-account"),
    path("comptes/<uuid:uid>/importer/", imports.import_file, name="statement-import"),
    path("comptes/<uuid:uid>/releves/", views.statement_list, name="statements"),
    path("comptes/<uuid:uid>/pointages/", views.match_list, name="matches"),
    path("comptes/<uuid:uid>/comparer/", acts.compare, name="match-run"),
    path("comptes/<uuid:uid>/a-la-main/", by_hand.match, name="match-by-hand"),
    path("comptes/<uuid:uid>/a-la-main/sommes/", by_hand.sums, name="match-sums"),
    path("comptes/<uuid:uid>/regles/", accounts.rule_list, name="match-rules"),
    path("regles/<uuid:uid>/retirer/", accounts.retire, name="match-rule-retire"),
    path("releves/<uuid:uid>/", views.statement, name="statement"),
    path("lignes/<uuid:uid>/", views.line, name="statement-line"),
    path("lignes/<uuid:uid>/comptabiliser/", acts.post_line, name="line-post"),
    path("lignes/<uuid:uid>/expliquer/", acts.explain, name="line-explain"),
    path("lignes/<uuid:uid>/reprendre/", acts.withdraw, name="line-withdraw"),
    path("pointages/<uuid:uid>/", views.match, name="match"),
    path("pointages/<uuid:uid>/accepter/", acts.confirm, name="match-confirm"),
    path("pointages/<uuid:uid>/annuler/", acts.undo, name="match-undo"),
]
