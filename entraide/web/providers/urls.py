"""The addresses of providers, under ``/m/<mutual>/prestataires/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.providers import (
    acts,
    breaches,
    convention_acts,
    conventions,
    negotiation,
    pathologies,
    posts,
    prices,
    views,
)

urlpatterns = [
    path("", views.provider_list, name="providers"),
    path("nouveau/", acts.new, name="provider-new"),
    path("a-approuver/", acts.proposals, name="provider-proposals"),
    path("pathologies/", pathologies.pathologies, name="pathology-costs"),
    path("tarifs/", prices.price_lists, name="price-lists"),
    path("tarifs/nouveau/", prices.new_list, name="price-list-new"),
    path("tarifs/a-approuver/<uuid:uid>/", prices.change, name="price-change"),
    path("tarifs/<uuid:uid>/", prices.price_list, name="price-list"),
    path("tarifs/<uuid:uid>/saisir/", prices.enter, name="price-list-enter"),
    path("conventions/", conventions.convention_list, name="conventions"),
    path("conventions/<uuid:uid>/", conventions.convention, name="convention"),
    path("conventions/<uuid:uid>/fiche/", conventions.sheet, name="convention-sheet"),
    path("conventions/<uuid:uid>/revue/", conventions.review_sheet, name="convention-review"),
    path("conventions/<uuid:uid>/modifier/", convention_acts.edit, name="convention-edit"),
    path("conventions/<uuid:uid>/approuver/", convention_acts.approve, name="convention-approve"),
    path("conventions/<uuid:uid>/refuser/", convention_acts.refuse, name="convention-refuse"),
    path("conventions/<uuid:uid>/terminer/", convention_acts.end, name="convention-end"),
    path("conventions/<uuid:uid>/section/", convention_acts.section, name="convention-section"),
    path("conventions/<uuid:uid>/papier/", convention_acts.add_scan, name="convention-scan"),
    path("conventions/papiers/<uuid:uid>/", conventions.scan, name="convention-paper"),
    path("conventions/<uuid:uid>/manquement/", breaches.new, name="breach-new"),
    path("manquements/", breaches.breach_list, name="breaches"),
    path("manquements/<uuid:uid>/", breaches.breach, name="breach"),
    path("propositions/<uuid:uid>/", negotiation.proposal, name="price-proposal"),
    path("propositions/<uuid:uid>/fiche/", negotiation.proposal_sheet, name="price-proposal-sheet"),
    path("<uuid:uid>/negociation/", negotiation.negotiation, name="negotiation"),
    path("<uuid:uid>/negociation/proposition/", negotiation.propose, name="price-propose"),
    path("<uuid:uid>/negociation/note/", negotiation.note, name="negotiation-note"),
    path("portail/<uuid:uid>/reponse/", posts.decide, name="provider-post-decide"),
    path("portail/<uuid:uid>/fin/", posts.end, name="provider-post-end"),
    path("<uuid:uid>/portail/", posts.posts, name="provider-posts"),
    path("<uuid:uid>/assures/", posts.covered, name="provider-covered"),
    path("<uuid:uid>/", views.provider, name="provider"),
    path("<uuid:uid>/prix/", prices.of_provider, name="provider-prices"),
    path("<uuid:uid>/modifier/", acts.edit, name="provider-edit"),
    path("<uuid:uid>/fermer/", acts.close, name="provider-close"),
    path("<uuid:uid>/chiffre-d-affaires/", acts.turnover, name="provider-turnover"),
    path("<uuid:uid>/convention/", convention_acts.new, name="convention-new"),
]
