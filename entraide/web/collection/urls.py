"""The addresses of the follow-up of contributions, under ``/m/<mutual>/cotisations/suivi/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.collection import exemptions, overpayments, payers, reminders, views

urlpatterns = [
    path("", views.collection, name="collection"),
    path("animateurs/<str:key>/", views.agent_page, name="collection-agent"),
    path("anciennete/", views.ageing_page, name="collection-ageing"),
    path("relances/", reminders.reminder_list, name="reminders"),
    path("relances/noter/", reminders.record, name="reminders-record"),
    path("relances/lettres/", reminders.letters, name="reminders-letters"),
    path("trop-percus/", overpayments.overpayment_list, name="overpayments"),
    path("payeurs/", payers.payer_list, name="payers"),
    path("payeurs/etat/", payers.statement, name="payer"),
    path("payeurs/etat/pdf/", payers.statement_pdf, name="payer-pdf"),
    path("exonerations/", exemptions.exemption_list, name="exemptions"),
    path("exonerations/famille/<uuid:uid>/", exemptions.enter, name="exemption-new"),
    path("exonerations/<uuid:uid>/terminer/", exemptions.end, name="exemption-end"),
    path("exonerations/<uuid:uid>/approuver/", exemptions.approve, name="exemption-approve"),
    path("exonerations/<uuid:uid>/refuser/", exemptions.refuse, name="exemption-refuse"),
    path("exonerations/<uuid:uid>/retirer/", exemptions.withdraw, name="exemption-withdraw"),
]
