"""The addresses of the profile of families."""

from __future__ import annotations

from django.urls import path

from entraide.web.profile import views

urlpatterns = [
    path("rapport/profil/", views.profile, name="profile"),
    path("rapport/profil/fichier.<slug:ending>", views.download, name="profile-file"),
]
