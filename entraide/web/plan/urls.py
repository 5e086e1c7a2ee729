"""The addresses of the business plan."""

from __future__ import annotations

from django.urls import path

from entraide.web.plan import views

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/nouveau/", views.new_plan, name="plan-new"),
    path("plan/modele/", views.model_file, name="plan-model"),
    path("plan/<uuid:uid>/scenarios/", views.keep_scenario, name="plan-scenario"),
]
