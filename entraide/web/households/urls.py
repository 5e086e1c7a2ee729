"""The addresses of memberships, under ``/m/<mutual>/adhesions/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.groups import views as groups
from entraide.web.households import acts, enrolment, views

urlpatterns = [
    path("", views.household_list, name="households"),
    path("nouvelle/", enrolment.enrol, name="household-new"),
    path("nouvelle/calcul/", enrolment.quote, name="household-quote"),
    path("nouvelle/credit/", enrolment.loan, name="household-loan"),
    path("<uuid:uid>/", views.household, name="household"),
    path("<uuid:uid>/ayant-droit/", acts.add_person, name="household-add"),
    path("<uuid:uid>/renouveler/", acts.renew, name="household-renew"),
    path("<uuid:uid>/coordonnees/", acts.contact, name="household-contact"),
    path("<uuid:uid>/groupe/", groups.move, name="household-group"),
    path("<uuid:uid>/fin/", acts.end, name="household-end"),
    path("personne/<uuid:uid>/photo/", acts.photo, name="person-photo"),
    path("personne/<uuid:uid>/sortie/", acts.exit_person, name="person-end"),
]
