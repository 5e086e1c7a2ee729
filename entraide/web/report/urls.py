"""The addresses of the report."""

from __future__ import annotations

from django.urls import path

from entraide.web.report import entry_quality, extracts, views

urlpatterns = [
    path("rapport/", views.report, name="report"),
    path("rapport/tableur/", views.spreadsheet, name="report-xlsx"),
    path("rapport/pdf/", views.pdf, name="report-pdf"),
    path("rapport/extractions/", extracts.extracts, name="extracts"),
    path("rapport/extractions/dictionnaire.csv", extracts.dictionary, name="extract-dictionary"),
    path("rapport/extractions/<slug:register>.csv", extracts.extract, name="extract"),
    path("rapport/saisie/", entry_quality.entry_quality, name="entry-quality"),
    path("rapport/saisie/corrections/", entry_quality.corrections, name="entry-corrections"),
    path("rapport/lignes/<slug:code>/", views.rows, name="report-rows"),
]
