"""The addresses of the follow-up, under ``…/adhesions/groupes/portefeuilles/suivre/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.follow import acts, plans, views

urlpatterns = [
    path("", views.to_see, name="follow-list"),
    path("famille/<uuid:uid>/", views.family, name="follow-family"),
    path("famille/<uuid:uid>/fait/", acts.done, name="follow-done"),
    path("famille/<uuid:uid>/contact/", acts.contact, name="follow-contact"),
    path("famille/<uuid:uid>/autrement/", acts.override, name="follow-override"),
    path("autrement/<uuid:uid>/terminer/", acts.end_override, name="follow-override-end"),
    path("contact/<uuid:uid>/retirer/", acts.withdraw, name="follow-contact-withdraw"),
    path("plan/", plans.plans, name="follow-plans"),
    path("plan/nouveau/", plans.new, name="follow-plan-new"),
    path("plan/<uuid:uid>/", plans.plan, name="follow-plan"),
    path("plan/<uuid:uid>/approuver/", plans.approve, name="follow-plan-approve"),
]
