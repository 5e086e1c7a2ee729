"""The address of the search."""

from __future__ import annotations

from django.urls import path

from entraide.web.search import views

urlpatterns = [path("recherche/", views.search, name="search")]
