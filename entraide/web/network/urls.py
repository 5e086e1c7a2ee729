"""The addresses of the network, under ``/reseau/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.network import acts, benchmark, flags, follow_up, lists, people, tree

app_name = "network"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("union/nouvelle/", tree.new_federation, name="federation-new"),
    path("union/<slug:code>/", tree.change_union, name="federation"),
    path("union/<slug:code>/nommer/", people.appoint_in_all, name="appoint-in-union"),
    path("mutuelle/nouvelle/", tree.new_mutual, name="mutual-new"),
    path("mutuelle/<slug:code>/", tree.mutual, name="mutual"),
    path("mutuelle/<slug:code>/modifier/", tree.change, name="mutual-change"),
    path("mutuelle/<slug:code>/section/", tree.new_branch, name="branch-new"),
    path("mutuelle/<slug:code>/nommer/", people.appoint_someone, name="appoint"),
    path("mutuelle/<slug:code>/fin/<uuid:uid>/", people.end, name="appointment-end"),
    path("personnes/", people.people, name="people"),
    path("personnes/nouvelle/", people.new_person, name="person-new"),
    path("fonctions/", flags.flags, name="flags"),
    path("fonctions/<slug:code>/<slug:flag>/", flags.change, name="flag"),
    path("listes/", lists.lists, name="lists"),
    path("listes/actes/<uuid:uid>/", lists.change_item, name="care-item"),
    path("listes/diagnostics/<uuid:uid>/", lists.change_diagnosis, name="diagnosis"),
    path("listes/guide/<uuid:uid>/", lists.change_guide, name="guide-entry"),
    path("actes/", acts.acts, name="acts"),
    path("actes/<slug:code>/", acts.fee, name="act-fee"),
    path("comparaison/", benchmark.benchmark, name="benchmark"),
    path("suivi/", follow_up.follow_up, name="follow-up"),
]
