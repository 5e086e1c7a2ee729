"""Every address of the office. A step of the chain is one line in ``STEP_URLS``.

Only what is used of the sign-in library has an address: accounts are opened by the administrator,
and a forgotten password is replaced by them too.
"""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.urls import URLPattern, URLResolver, include, path

from entraide.web import account

STEP_URLS: tuple[tuple[str, str], ...] = (
    ("", "entraide.web.home.urls"),
    ("", "entraide.web.search.urls"),
    ("adhesions/renouvellements/", "entraide.web.renewals.urls"),
    ("adhesions/groupes/portefeuilles/suivre/", "entraide.web.follow.urls"),
    ("adhesions/groupes/", "entraide.web.groups.urls"),
    ("adhesions/territoire/", "entraide.web.areas.urls"),
    ("adhesions/sections/", "entraide.web.sections.urls"),
    ("adhesions/freins/", "entraide.web.obstacles.urls"),
    ("adhesions/grille/", "entraide.web.scorecards.urls"),
    ("adhesions/", "entraide.web.households.urls"),
    ("cotisations/suivi/", "entraide.web.collection.urls"),
    ("cotisations/temps/", "entraide.web.worktime.urls"),
    ("pratiques/", "entraide.web.practices.urls"),
    ("cartes/", "entraide.web.cards.urls"),
    ("dossiers/", "entraide.web.cards.file_urls"),
    ("cotisations/", "entraide.web.contributions.urls"),
    ("tarifs/", "entraide.web.tariffs.urls"),
    ("paniers/", "entraide.web.products.urls"),
    ("soins/", "entraide.web.claims.urls"),
    ("prestataires/", "entraide.web.providers.urls"),
    ("controle/", "entraide.web.care_control.urls"),
    ("reglements/", "entraide.web.settlements.urls"),
    ("", "entraide.web.report.urls"),
    ("risques/", "entraide.web.risk.urls"),
    ("", "entraide.web.profile.urls"),
    ("", "entraide.web.scheme.urls"),
    ("", "entraide.web.plan.urls"),
    ("points/", "entraide.web.month_points.urls"),
    ("", "entraide.web.rights.urls"),
    ("reglages/", "entraide.web.choices.urls"),
    ("imports/", "entraide.web.imports.urls"),
    ("fonds/", "entraide.web.ledger.urls"),
    ("rapprochement/", "entraide.web.reconciliation.urls"),
)  # fmt: skip

OFFICE: list[URLPattern | URLResolver] = [
    *(path(prefix, include(module)) for prefix, module in STEP_URLS),
    path("brouillon/<slug:form>/", account.draft, name="draft"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", account.entrance, name="entrance"),
    path("m/<slug:mutual>/", include((OFFICE, "web"))),
    path("prestataire/", include("entraide.web.portal.urls")),
    path("reseau/", include("entraide.web.network.urls")),
    path("langue/", account.language, name="language"),
    path("connexion/", account_views.login, name="account_login"),
    path("connexion/code/", mfa_views.authenticate, name="mfa_authenticate"),
    path("deconnexion/", account_views.logout, name="account_logout"),
    path("compte/", account.my_account, name="account"),
    path("compte/inactif/", account_views.account_inactive, name="account_inactive"),
    path("compte/confirmer/", account_views.reauthenticate, name="account_reauthenticate"),
    path("compte/mot-de-passe/", account_views.password_change, name="account_change_password"),
    path("compte/double-verification/", mfa_views.index, name="mfa_index"),
    path(
        "compte/double-verification/confirmer/", mfa_views.reauthenticate, name="mfa_reauthenticate"
    ),
    path("compte/double-verification/activer/", totp_views.activate_totp, name="mfa_activate_totp"),
    path(
        "compte/double-verification/retirer/",
        totp_views.deactivate_totp,
        name="mfa_deactivate_totp",
    ),
    path(
        "compte/codes-de-secours/",
        recovery_views.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "compte/codes-de-secours/nouveaux/",
        recovery_views.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "compte/codes-de-secours/fichier/",
        recovery_views.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
