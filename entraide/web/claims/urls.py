"""The addresses of care, under ``/m/<mutual>/soins/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.claims import acts, authorisations, eligibility, entry, listings, views

urlpatterns = [
    path("", views.claim_list, name="claims"),
    path("droit/", eligibility.check, name="eligibility"),
    path("saisie/", entry.enter, name="claim-new"),
    path("saisie/apercu/", entry.preview, name="claim-preview"),
    path("valider/", acts.approve_decided, name="claims-approve"),
    path("accords/", authorisations.authorisations, name="prior-agreements"),
    path("accords/demande/", authorisations.ask, name="prior-agreement-new"),
    path("accords/<uuid:uid>/", authorisations.authorisation, name="prior-agreement"),
    path("accords/<uuid:uid>/reponse/", authorisations.answer, name="prior-agreement-answer"),
    path("accords/<uuid:uid>/retirer/", authorisations.cancel, name="prior-agreement-cancel"),
    path("listes/", listings.listings, name="patient-lists"),
    path("listes/<uuid:uid>/fin/", listings.end_listing, name="patient-list-end"),
    path("<uuid:uid>/", views.claim, name="claim"),
    path("<uuid:uid>/avis/", acts.review, name="claim-review"),
    path("<uuid:uid>/valider/", acts.approve, name="claim-approve"),
    path("<uuid:uid>/contrepasser/", acts.reverse, name="claim-reverse"),
]
