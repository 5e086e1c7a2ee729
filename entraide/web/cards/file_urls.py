"""The addresses of incomplete files and of the rule of files, under ``/m/<mutual>/dossiers/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.cards import file_rules, files

urlpatterns = [
    path("", files.worklist, name="incomplete-files"),
    path("regle/", file_rules.overview, name="file-rules"),
    path("regle/proposer/", file_rules.propose, name="file-rule-new"),
    path("regle/<uuid:uid>/", file_rules.version, name="file-rule"),
    path("regle/<uuid:uid>/approuver/", file_rules.approve, name="file-rule-approve"),
]
