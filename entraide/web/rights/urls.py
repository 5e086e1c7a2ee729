"""The address of the matrix of rights."""

from __future__ import annotations

from django.urls import path

from entraide.web.rights import procedures, views

urlpatterns = [
    path("qui-peut-quoi/", views.who_may_what, name="rights"),
    path("comment-faire/", procedures.how_to, name="how-to"),
]
