"""The addresses of settlements, under ``/m/<mutual>/reglements/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.imports.returns import returned_file
from entraide.web.settlements import (
    accounts,
    acts,
    desk,
    given,
    marked,
    payouts,
    places,
    subsidies,
    subsidy_credits,
    subsidy_repayments,
    transfers,
    unclaimed,
    views,
)

urlpatterns = [
    path("", views.overview, name="settlements"),
    path("preparer/", acts.prepare, name="batch-new"),
    path("lieux/", places.places, name="payout-places"),
    path("comptes/", accounts.accounts, name="payment-accounts"),
    path("comptes/prestataire/<uuid:uid>/", accounts.provider_account, name="provider-account"),
    path("comptes/mutuelle/<uuid:uid>/", accounts.own_account, name="own-account"),
    path("comptes/<uuid:uid>/confirmer/", marked.confirm, name="account-confirm"),
    path("famille/<uuid:uid>/", accounts.preference, name="payout-preference"),
    path("non-reclames/", unclaimed.unclaimed, name="unclaimed"),
    path("non-reclames/<uuid:uid>/contact/", unclaimed.contact, name="unclaimed-contact"),
    path("non-reclames/<uuid:uid>/moyen/", unclaimed.reissue, name="unclaimed-reissue"),
    path("non-reclames/<uuid:uid>/proposer/", unclaimed.propose, name="unclaimed-propose"),
    path("non-reclames/<uuid:uid>/decider/", unclaimed.decide, name="unclaimed-decide"),
    path("guichet/", desk.desk, name="refund-desk"),
    path("guichet/journal/", given.journal, name="refunds-given"),
    path("guichet/<uuid:uid>/mandat.jpg", given.mandate, name="refund-mandate"),
    path("guichet/<uuid:uid>/", desk.hand_over, name="refund-give"),
    path("guichet/<uuid:uid>/recu.pdf", desk.receipt, name="refund-receipt"),
    path("guichet/<uuid:uid>/preuve.jpg", desk.proof, name="refund-proof"),
    path("caisses-remboursements/", desk.agent_floats, name="agent-floats"),
    path("reponses-des-banques/", returned_file, name="import-returns"),
    path("part-de-l-etat/", subsidies.subsidies, name="subsidies"),
    path("part-de-l-etat/preparer/", subsidies.prepare, name="subsidy-new"),
    path("part-de-l-etat/compte/", subsidy_repayments.statement, name="subsidy-statement"),
    path(
        "part-de-l-etat/compte.csv", subsidy_repayments.statement_csv, name="subsidy-statement-csv"
    ),
    path(
        "part-de-l-etat/<uuid:uid>/rembourser/",
        subsidy_repayments.prepare,
        name="subsidy-repayment-new",
    ),
    path(
        "part-de-l-etat/remboursements/<uuid:uid>/decider/",
        subsidy_repayments.decide,
        name="subsidy-repayment-decide",
    ),
    path(
        "part-de-l-etat/remboursements/<uuid:uid>/payer/",
        subsidy_repayments.pay,
        name="subsidy-repayment-pay",
    ),
    path(
        "part-de-l-etat/remboursements/<uuid:uid>/reprendre/",
        subsidy_repayments.take_back,
        name="subsidy-repayment-reverse",
    ),
    path("part-de-l-etat/<uuid:uid>/", subsidies.subsidy, name="subsidy"),
    path("part-de-l-etat/<uuid:uid>/liste.csv", subsidies.supporting_list, name="subsidy-list"),
    path("part-de-l-etat/<uuid:uid>/facture.pdf", subsidies.paper, name="subsidy-paper"),
    path("part-de-l-etat/<uuid:uid>/decider/", subsidies.decide, name="subsidy-decide"),
    path("part-de-l-etat/<uuid:uid>/avoir/", subsidy_credits.prepare, name="subsidy-credit-new"),
    path("part-de-l-etat/<uuid:uid>/imputer/", subsidy_credits.offset, name="subsidy-offset"),
    path(
        "part-de-l-etat/avoirs/<uuid:uid>/decider/",
        subsidy_credits.decide,
        name="subsidy-credit-decide",
    ),
    path(
        "part-de-l-etat/avoirs/<uuid:uid>/avoir.pdf",
        subsidy_credits.paper,
        name="subsidy-credit-paper",
    ),
    path(
        "part-de-l-etat/recus/<uuid:uid>/reprendre/",
        subsidy_credits.take_back,
        name="subsidy-receipt-reverse",
    ),
    path("part-de-l-etat/<uuid:uid>/recu/", subsidies.receive, name="subsidy-receive"),
    path(
        "part-de-l-etat/<uuid:uid>/reverser/<int:rank>/", subsidies.pass_on, name="subsidy-pass-on"
    ),
    path("paiements/<uuid:uid>/", payouts.payout, name="payout"),
    path("paiements/<uuid:uid>/retour/", payouts.come_back, name="payout-return"),
    path("paiements/<uuid:uid>/extourner/", payouts.undo, name="payout-reverse"),
    path("trop-percu/<uuid:uid>/", payouts.ask_back, name="overpayment"),
    path("<uuid:uid>/", views.batch, name="batch"),
    path("<uuid:uid>/bordereau/", views.paper, name="batch-paper"),
    path("<uuid:uid>/virements.csv", transfers.transfers, name="batch-transfers"),
    path("<uuid:uid>/virements.xlsx", transfers.workbook, name="batch-transfers-xlsx"),
    path("<uuid:uid>/mobile-money.csv", transfers.operator_list, name="batch-mobile-money"),
    path("<uuid:uid>/pain001.xml", transfers.bank_message, name="batch-pain001"),
    path("<uuid:uid>/autoriser/", acts.authorise, name="batch-authorise"),
    path("<uuid:uid>/annuler/", acts.cancel, name="batch-cancel"),
    path("<uuid:uid>/payer/", acts.pay, name="batch-pay"),
]
