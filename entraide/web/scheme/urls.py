"""The addresses of exchanges with a national scheme."""

from __future__ import annotations

from django.urls import path

from entraide.web.scheme import views

urlpatterns = [
    path("rapport/regime/", views.exchanges, name="scheme"),
    path("rapport/regime/couverts.csv", views.covered_file, name="scheme-covered"),
    path("rapport/regime/affiliations.csv", views.enrolled_file, name="scheme-enrolled"),
    path("rapport/regime/prestations.csv", views.care_file, name="scheme-care"),
]
