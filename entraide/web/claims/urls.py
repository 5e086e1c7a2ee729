"""The addresses of care, under ``/m/<mutual>/soins/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.claims import acts, eligibility, entry, views

urlpatterns = [
    path("", views.claim_list, name="claims"),
    path("droit/", eligibility.check, name="eligibility"),
    path("saisie/", entry.enter, name="claim-new"),
    path("saisie/apercu/", entry.preview, name="claim-preview"),
    path("valider/", acts.approve_decided, name="claims-approve"),
    path("<uuid:uid>/", views.claim, name="claim"),
    path("<uuid:uid>/avis/", acts.review, name="claim-review"),
    path("<uuid:uid>/valider/", acts.approve, name="claim-approve"),
    path("<uuid:uid>/contrepasser/", acts.reverse, name="claim-reverse"),
]
