"""The addresses of products being written, under ``/m/<mutual>/paniers/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.products import (
    care_path,
    ceilings,
    contribution,
    drafts,
    free_care,
    incompatible,
    loading,
    rules,
    trials,
)
from entraide.web.tariffs.sheet import draft_sheet

urlpatterns = [
    path("", drafts.care_packages, name="care-packages"),
    path("nouveau/", drafts.start, name="care-draft-new"),
    path("charger/", loading.load, name="care-draft-load"),
    path("gratuites/", free_care.free_care, name="free-care"),
    path("gratuites/<uuid:uid>/", free_care.decide, name="free-care-decide"),
    path("incompatibles/", incompatible.incompatible, name="incompatible-acts"),
    path("incompatibles/<uuid:uid>/", incompatible.decide, name="incompatible-acts-decide"),
    path("plafonds/", ceilings.ceilings_effect, name="ceilings-effect"),
    path("plafonds/lignes/", ceilings.ceilings_rows, name="ceilings-rows"),
    path("essais/", trials.trials, name="what-if"),
    path("essais/sans-sinistre/", trials.waive, name="trial-waive"),
    path("essais/<uuid:uid>/", trials.trial_page, name="trial"),
    path("essais/<uuid:uid>/lignes/", trials.trial_rows, name="trial-rows"),
    path("<uuid:uid>/", drafts.draft_page, name="care-draft"),
    path("<uuid:uid>/fiche.pdf", draft_sheet, name="care-draft-sheet"),
    path("<uuid:uid>/entete/", drafts.head, name="care-draft-head"),
    path("<uuid:uid>/cotisation/", contribution.contribution, name="care-contribution"),
    path("<uuid:uid>/cotisation/formule/", contribution.formula, name="care-formula"),
    path("<uuid:uid>/proposer/", drafts.enter, name="care-draft-enter"),
    path("<uuid:uid>/abandonner/", drafts.drop, name="care-draft-drop"),
    path("<uuid:uid>/tous-soins/", rules.general, name="care-general"),
    path("<uuid:uid>/parcours/", care_path.care_path, name="care-path"),
    path("<uuid:uid>/soins/<slug:category>/", rules.benefit, name="care-benefit"),
    path("<uuid:uid>/soins/<slug:category>/variante/", rules.variant, name="care-variant-new"),
    path(
        "<uuid:uid>/soins/<slug:category>/variante/<slug:code>/",
        rules.variant,
        name="care-variant",
    ),
    path("<uuid:uid>/regle/<slug:kind>/", rules.rule, name="care-rule-new"),
    path("<uuid:uid>/regle/<slug:kind>/<slug:code>/", rules.rule, name="care-rule"),
]
