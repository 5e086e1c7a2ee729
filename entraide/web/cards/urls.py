"""The addresses of cards, under ``/m/<mutual>/cartes/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.cards import acts, keys, prints, verify, views

urlpatterns = [
    path("", views.card_list, name="cards"),
    path("attente/", views.waiting, name="cards-waiting"),
    path("imprimer/", prints.make, name="cards-print"),
    path("famille/<uuid:uid>/imprimer/", prints.of_family, name="family-cards-print"),
    path("famille/<uuid:uid>/notice.pdf", prints.leaflet, name="family-leaflet"),
    path("impressions/", prints.print_list, name="card-prints"),
    path("impressions/<uuid:uid>/", prints.print_run, name="card-print"),
    path("impressions/<uuid:uid>/cartes.pdf", prints.pdf, name="card-print-pdf"),
    path("impressions/<uuid:uid>/remise.pdf", prints.hand_over_list, name="card-print-list"),
    path("impressions/<uuid:uid>/remises/", prints.hand_over, name="card-hand-over"),
    path("verifier/", verify.check, name="card-check"),
    path("cles/", keys.key_list, name="card-keys"),
    path("cles/cles-publiques.json", keys.export, name="card-keys-export"),
    path("<uuid:uid>/", views.card, name="card"),
    path("<uuid:uid>/perdue/", acts.lost, name="card-lost"),
    path("<uuid:uid>/annuler/", acts.cancel, name="card-cancel"),
]
