"""The addresses of memberships, under ``/m/<mutual>/adhesions/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.groups import views as groups
from entraide.web.households import (
    acts,
    doubles,
    enrolment,
    exits,
    merging,
    newborns,
    other_covers,
    paper_pages,
    payout_accounts,
    people,
    photos,
    views,
)

urlpatterns = [
    path("", views.household_list, name="households"),
    path("nouvelle/", enrolment.enrol, name="household-new"),
    path("nouvelle/calcul/", enrolment.quote, name="household-quote"),
    path("nouvelle/credit/", enrolment.loan, name="household-loan"),
    path("<uuid:uid>/", views.household, name="household"),
    path("<uuid:uid>/ayant-droit/", acts.add_person, name="household-add"),
    path("<uuid:uid>/renouveler/", acts.renew, name="household-renew"),
    path("<uuid:uid>/coordonnees/", acts.contact, name="household-contact"),
    path("<uuid:uid>/compte/", payout_accounts.note_account, name="payout-account"),
    path("<uuid:uid>/groupe/", groups.move, name="household-group"),
    path("<uuid:uid>/fin/", acts.end, name="household-end"),
    path("<uuid:uid>/photo/", photos.of_family, name="family-photo"),
    path("fiche/", paper_pages.versions, name="paper-versions"),
    path("fiche/vierge.pdf", paper_pages.blank, name="paper-form"),
    path("doublons/", doubles.worklist, name="doubles"),
    path("doublons/chercher/", doubles.look, name="doubles-look"),
    path("doublons/<uuid:uid>/autre/", doubles.other_person, name="double-other"),
    path("doublons/ecartes/", doubles.apart, name="doubles-apart"),
    path("doublons/<uuid:uid>/reprendre/", doubles.reopen, name="double-reopen"),
    path("doublons/<uuid:uid>/fusion/", merging.merge, name="double-merge"),
    path("<uuid:uid>/naissance/", newborns.declare, name="newborn-declare"),
    path("personne/<uuid:uid>/naissance/", newborns.register, name="newborn-register"),
    path("photo/<uuid:uid>/", photos.picture, name="photo"),
    path("personne/<uuid:uid>/", people.person_page, name="person"),
    path("personne/<uuid:uid>/corriger/", people.correct, name="person-correct"),
    path("personne/<uuid:uid>/photo/", photos.of_person, name="person-photo"),
    path("personne/<uuid:uid>/sortie/retirer/", exits.take_back, name="person-end-withdraw"),
    path("personne/<uuid:uid>/autre-couverture/", other_covers.note, name="other-cover-new"),
    path("autre-couverture/<uuid:uid>/fin/", other_covers.end, name="other-cover-end"),
    path("personne/<uuid:uid>/sortie/", exits.exit_person, name="person-end"),
]
