"""The addresses of care, under ``/m/<mutual>/soins/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.claims import (
    acts,
    attestations,
    authorisations,
    committee,
    delays,
    eligibility,
    entry,
    invoices,
    listings,
    statements,
    views,
    worklists,
)

urlpatterns = [
    path("", views.claim_list, name="claims"),
    path("droit/", eligibility.check, name="eligibility"),
    path("saisie/", entry.enter, name="claim-new"),
    path("saisie/apercu/", entry.preview, name="claim-preview"),
    path("valider/", acts.approve_decided, name="claims-approve"),
    path("accords/", authorisations.authorisations, name="prior-agreements"),
    path("accords/demande/", authorisations.ask, name="prior-agreement-new"),
    path("accords/<uuid:uid>/", authorisations.authorisation, name="prior-agreement"),
    path("accords/<uuid:uid>/reponse/", authorisations.answer, name="prior-agreement-answer"),
    path("accords/<uuid:uid>/retirer/", authorisations.cancel, name="prior-agreement-cancel"),
    path("a-decider/", worklists.to_decide, name="claim-worklists"),
    path("a-decider/confirmer/", worklists.confirm, name="claim-worklist-confirm"),
    path("comite/", committee.sessions, name="committees"),
    path("comite/seance/", committee.new, name="committee-new"),
    path("comite/<uuid:uid>/", committee.session, name="committee"),
    path("comite/<uuid:uid>/clore/", committee.close, name="committee-close"),
    path("comite/<uuid:uid>/pv.pdf", committee.minutes, name="committee-minutes"),
    path("delais/", delays.delays, name="claim-delays"),
    path("delais/promesse/", delays.promise, name="service-promise"),
    path("factures/", invoices.invoices, name="invoices"),
    path("factures/reception/", invoices.receive, name="invoice-new"),
    path("factures/pages/<uuid:uid>/", invoices.scan, name="invoice-scan"),
    path("factures/<uuid:uid>/", invoices.invoice, name="invoice"),
    path("factures/<uuid:uid>/clore/", invoices.close, name="invoice-close"),
    path("factures/<uuid:uid>/annuler/", invoices.cancel, name="invoice-cancel"),
    path("factures/<uuid:uid>/rattacher/", invoices.attach, name="invoice-attach"),
    path("factures/<uuid:uid>/pages/", invoices.add_scan, name="invoice-scan-new"),
    path("factures/<uuid:uid>/decompte.pdf", statements.statement, name="invoice-statement"),
    path("attestations/", attestations.ranges, name="attestation-ranges"),
    path("attestations/remise/", attestations.give, name="attestation-range-new"),
    path("attestations/<uuid:uid>/", attestations.attestation_range, name="attestation-range"),
    path(
        "attestations/<uuid:uid>/retour/", attestations.take_back, name="attestation-range-return"
    ),
    path("attestations/<uuid:uid>/perte/", attestations.spoil, name="attestation-range-spoil"),
    path("listes/", listings.listings, name="patient-lists"),
    path("listes/<uuid:uid>/fin/", listings.end_listing, name="patient-list-end"),
    path("<uuid:uid>/", views.claim, name="claim"),
    path("<uuid:uid>/avis/", acts.review, name="claim-review"),
    path("<uuid:uid>/valider/", acts.approve, name="claim-approve"),
    path("<uuid:uid>/contrepasser/", acts.reverse, name="claim-reverse"),
]
