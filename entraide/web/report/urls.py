"""The addresses of the report."""

from __future__ import annotations

from django.urls import path

from entraide.web.report import views

urlpatterns = [
    path("rapport/", views.report, name="report"),
    path("rapport/tableur/", views.spreadsheet, name="report-xlsx"),
    path("rapport/pdf/", views.pdf, name="report-pdf"),
    path("rapport/lignes/<slug:code>/", views.rows, name="report-rows"),
]
