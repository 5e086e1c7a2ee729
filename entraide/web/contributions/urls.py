"""The addresses of contributions, under ``/m/<mutual>/cotisations/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.contributions import payments, slips, views

urlpatterns = [
    path("", views.overview, name="contributions"),
    path("retards/", views.arrears_list, name="arrears"),
    path("appels/", views.due_list, name="dues"),
    path("appels/<uuid:uid>/", views.due, name="due"),
    path("encaisser/", payments.choose, name="payment-choose"),
    path("encaisser/<uuid:uid>/", payments.receive, name="payment-new"),
    path("recus/", payments.receipt_list, name="receipts"),
    path("recus/<uuid:uid>/", payments.receipt, name="receipt"),
    path("recus/<uuid:uid>/contrepasser/", payments.reverse_receipt, name="receipt-reverse"),
    path("carnets/", payments.booklets, name="booklets"),
    path("bordereaux/", slips.slip_list, name="slips"),
    path("bordereaux/nouveau/", slips.prepare, name="slip-new"),
    path("bordereaux/<uuid:uid>/", slips.slip, name="slip"),
    path("bordereaux/<uuid:uid>/versement/", slips.deposit, name="slip-deposit"),
]
