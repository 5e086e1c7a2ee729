"""The addresses of groups and portfolios, under ``/m/<mutual>/adhesions/groupes/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.groups import acts, portfolios, selection, views

urlpatterns = [
    path("", views.group_list, name="groups"),
    path("nouveau/", acts.new, name="group-new"),
    path("seuils/", selection.selection, name="groups-selection"),
    path("information/", acts.items, name="briefing-items"),
    path("portefeuilles/", portfolios.portfolios, name="portfolios"),
    path("portefeuilles/le-mien/", portfolios.mine, name="portfolio-mine"),
    path("portefeuilles/<uuid:uid>/", portfolios.portfolio, name="portfolio"),
    path("portefeuilles/<uuid:uid>/transferer/", portfolios.transfer, name="portfolio-transfer"),
    path("contrat/<uuid:uid>/", acts.contract, name="contract"),
    path("contrat/<uuid:uid>/corriger/", acts.contract_correct, name="contract-correct"),
    path("contrat/<uuid:uid>/activer/", acts.activate, name="contract-activate"),
    path("mandat/<uuid:uid>/fin/", acts.officer_end, name="officer-end"),
    path("mandat/<uuid:uid>/information/", acts.briefing_new, name="briefing-new"),
    path("<uuid:uid>/", views.group, name="group"),
    path("<uuid:uid>/modifier/", acts.edit, name="group-edit"),
    path("<uuid:uid>/fermer/", acts.close, name="group-close"),
    path("<uuid:uid>/effectif/", acts.headcount, name="group-headcount"),
    path("<uuid:uid>/contrat/", acts.contract_new, name="contract-new"),
    path("<uuid:uid>/mandat/", acts.officer_new, name="officer-new"),
    path("<uuid:uid>/suivi/", acts.animator, name="group-animator"),
]
