"""The addresses of contributions, under ``/m/<mutual>/cotisations/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.contributions import (
    cash,
    checks,
    lump_sums,
    numbers,
    payments,
    receipt_papers,
    shortages,
    slips,
    surpluses,
    views,
)

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
    path("recus/<uuid:uid>/famille/", payments.reassign_receipt, name="receipt-reassign"),
    path("recus/<uuid:uid>/imprimer/", receipt_papers.print_paper, name="receipt-print"),
    path("recus/<uuid:uid>/annulation/", receipt_papers.reversal_paper, name="receipt-reversal"),
    path("recus/verifier/", receipt_papers.check, name="receipt-check"),
    path("carnets/", numbers.booklets, name="booklets"),
    path("carnets/confier/", numbers.give, name="range-new"),
    path("carnets/<uuid:uid>/", numbers.range_page, name="range"),
    path("caisses/", cash.custody, name="custody"),
    path("remises/", cash.handover_list, name="handovers"),
    path("remises/nouvelle/", cash.give_cash, name="handover-new"),
    path("remises/<uuid:uid>/", cash.handover, name="handover"),
    path("versements/nouveau/", cash.deposit_together, name="deposit-new"),
    path("versements/<uuid:uid>/", cash.bank_deposit, name="bank-deposit"),
    path("caisses/manquants/", shortages.shortage_list, name="shortages"),
    path("caisses/manquants/excedent/", surpluses.book_surplus, name="surplus-new"),
    path("caisses/manquants/excedents/<uuid:uid>/", surpluses.surplus, name="surplus"),
    path(
        "caisses/manquants/excedents/sorties/<uuid:uid>/contrepasser/",
        surpluses.reverse,
        name="clearance-reverse",
    ),
    path(
        "caisses/manquants/reglements/<uuid:uid>/contrepasser/",
        shortages.reverse,
        name="settlement-reverse",
    ),
    path("caisses/manquants/<uuid:uid>/", shortages.shortage, name="shortage"),
    path("controle/", checks.daily, name="daily-check"),
    path("sommes/", lump_sums.lump_sum_list, name="lump-sums"),
    path("sommes/nouvelle/", lump_sums.receive, name="lump-sum-new"),
    path("sommes/<uuid:uid>/", lump_sums.lump_sum, name="lump-sum"),
    path("sommes/<uuid:uid>/repartir/", lump_sums.share, name="lump-sum-share"),
    path("bordereaux/", slips.slip_list, name="slips"),
    path("bordereaux/nouveau/", slips.prepare, name="slip-new"),
    path("bordereaux/<uuid:uid>/", slips.slip, name="slip"),
    path("bordereaux/<uuid:uid>/papier/", slips.slip_paper, name="slip-paper"),
    path("bordereaux/<uuid:uid>/diviser/", slips.split, name="slip-split"),
    path("bordereaux/<uuid:uid>/manquant/", shortages.book_shortage, name="shortage-new"),
    path("bordereaux/<uuid:uid>/versement/", slips.deposit, name="slip-deposit"),
]
