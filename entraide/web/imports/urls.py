"""The addresses of imports, under ``/m/<mutual>/imports/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.imports import acts, advances, clients, comparing, settling, views

urlpatterns = [
    path("", views.import_list, name="imports"),
    path("comparer/", comparing.compare, name="import-compare"),
    path("modele/<slug:profile>.xlsx", views.model, name="import-model"),
    path("<uuid:uid>/", views.import_page, name="import"),
    path("<uuid:uid>/a-corriger.csv", views.to_correct, name="import-to-correct"),
    path("<uuid:uid>/colonnes/", acts.choose, name="import-columns"),
    path("<uuid:uid>/importer/", acts.confirm, name="import-confirm"),
    path("<uuid:uid>/annuler/", acts.take_back, name="import-take-back"),
    path("<uuid:uid>/reprendre/", acts.resume, name="import-resume"),
    path("<uuid:uid>/abandonner/", acts.drop, name="import-drop"),
    path("<uuid:uid>/avances/", advances.carried_over, name="import-advances"),
    path("<uuid:uid>/avances/preparer/", advances.prepare, name="advances-prepare"),
    path("<uuid:uid>/avances/approuver/", advances.approve, name="advances-approve"),
    path("<uuid:uid>/avances/refuser/", advances.refuse, name="advances-refuse"),
    path("avances/<uuid:uid>/annuler/", advances.reverse, name="advance-reverse"),
    path("<uuid:uid>/clients/", clients.unmatched, name="import-clients"),
    path("<uuid:uid>/clients/<int:row>/nouvelle/", clients.new_family, name="import-new-family"),
    path("<uuid:uid>/clients/<int:row>/regler/", settling.settle, name="import-settle"),
    path("<uuid:uid>/clients/<int:row>/", clients.link, name="import-client"),
    path("reglements/<uuid:uid>/retirer/", settling.withdraw, name="import-settlement-withdraw"),
]
