"""The addresses of tariffs, under ``/m/<mutual>/tarifs/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.tariffs import change, products, sheet, simulation

urlpatterns = [
    path("", products.product_list, name="tariffs"),
    path("version/<uuid:uid>/groupes/", change.briefing, name="tariff-briefing"),
    path("version/<uuid:uid>/fiche.pdf", sheet.version_sheet, name="version-sheet"),
    path("groupe/<uuid:uid>/", change.record, name="tariff-briefing-record"),
    path("<slug:code>/", products.product_page, name="tariff"),
    path("<slug:code>/fiche.pdf", sheet.product_sheet, name="tariff-sheet"),
    path("<slug:code>/nouvelle-version/", change.enter, name="tariff-new"),
    path("<slug:code>/simuler/", simulation.simulate_tariff, name="tariff-simulate"),
    path("<slug:code>/simuler/familles/", simulation.families, name="tariff-families"),
]
