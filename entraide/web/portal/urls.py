"""The addresses of the portal, under ``/prestataire/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.portal import (
    agreements,
    claims,
    desk,
    entry,
    invoices,
    offline,
    payments,
    referrals,
)

app_name = "portal"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("sans-reseau/", offline.offline, name="offline"),
    path("sans-reseau.js", offline.worker, name="worker"),
    path("<slug:mutual>/photo/<str:key>/", desk.photo, name="photo"),
    path("<slug:mutual>/attestations/", claims.claim_list, name="claims"),
    path("<slug:mutual>/attestations/nouvelle/", entry.enter, name="claim-new"),
    path("<slug:mutual>/attestations/<uuid:uid>/", claims.claim, name="claim"),
    path("<slug:mutual>/accords/", agreements.agreement_list, name="agreements"),
    path("<slug:mutual>/accords/demande/", agreements.ask, name="agreement-new"),
    path("<slug:mutual>/accords/<uuid:uid>/", agreements.agreement, name="agreement"),
    path("<slug:mutual>/bons/", referrals.voucher_list, name="referrals"),
    path("<slug:mutual>/bons/nouveau/", referrals.issue, name="referral-new"),
    path("<slug:mutual>/bons/<uuid:uid>/", referrals.voucher, name="referral"),
    path("<slug:mutual>/bons/<uuid:uid>/bon.pdf", referrals.paper, name="referral-paper"),
    path("<slug:mutual>/bons/<uuid:uid>/annuler/", referrals.cancel, name="referral-cancel"),
    path("<slug:mutual>/factures/", invoices.invoice_list, name="invoices"),
    path("<slug:mutual>/factures/<uuid:uid>/", invoices.invoice, name="invoice"),
    path(
        "<slug:mutual>/factures/<uuid:uid>/decompte.pdf",
        invoices.statement,
        name="invoice-statement",
    ),
    path("<slug:mutual>/paiements/", payments.payment_list, name="payments"),
    path("<slug:mutual>/paiements/<uuid:uid>/", payments.payment, name="payment"),
]
