"""The addresses of the home page and of what it shows."""

from __future__ import annotations

from django.urls import path

from entraide.web.home import rules, views

urlpatterns = [
    path("", views.home, name="home"),
    path("chiffres/", views.home_fragment, name="home-figures"),
    path("regles/<uuid:uid>/", rules.product_version, name="product-version"),
    path("regles/<uuid:uid>/valider/", rules.approve, name="product-version-approve"),
    path("regles/<uuid:uid>/retirer/", rules.withdraw, name="product-version-withdraw"),
]
