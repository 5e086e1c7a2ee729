"""The addresses of medical control, under ``/m/<mutual>/controle/``."""

from __future__ import annotations

from django.urls import path

from entraide.web.care_control import (
    anomalies,
    campaigns,
    committee,
    feedback,
    guide,
    profiles,
    register,
    scorecards,
    sessions,
    statistics,
    views,
)

urlpatterns = [
    path("", views.worklist, name="care-control"),
    path("permanences/", sessions.session_list, name="control-sessions"),
    path("permanences/nouvelle/", sessions.plan, name="control-session-new"),
    path("permanences/appel/", sessions.call, name="control-call-new"),
    path("permanences/<uuid:uid>/", sessions.session, name="control-session"),
    path("permanences/<uuid:uid>/reserver/", sessions.book, name="control-slot-book"),
    path("permanences/<uuid:uid>/tenue/", sessions.close, name="control-session-close"),
    path("permanences/<uuid:uid>/annuler/", sessions.cancel, name="control-session-cancel"),
    path("permanences/creneau/<uuid:uid>/liberer/", sessions.free, name="control-slot-free"),
    path("registre/", register.register, name="medical-register"),
    path("registre/nouvelle/", register.enter, name="medical-register-new"),
    path("campagnes/", campaigns.campaign_list, name="control-campaigns"),
    path("campagnes/nouvelle/", campaigns.new, name="control-campaign-new"),
    path("campagnes/<uuid:uid>/", campaigns.campaign, name="control-campaign"),
    path("campagnes/<uuid:uid>/signer/", campaigns.sign, name="control-campaign-sign"),
    path("campagnes/<uuid:uid>/annuler/", campaigns.cancel, name="control-campaign-cancel"),
    path("constats/<uuid:uid>/", campaigns.finding, name="control-finding"),
    path("constats/<uuid:uid>/reponse/", campaigns.reply, name="control-reply"),
    path("recuperations/", campaigns.recoveries, name="control-recoveries"),
    path("recuperations/<uuid:uid>/abandonner/", campaigns.waive, name="control-recovery-waive"),
    path("profils/", profiles.profiles_page, name="control-profiles"),
    path("anomalies/", anomalies.anomaly_list, name="control-anomalies"),
    path("anomalies/repondre/", anomalies.answer, name="control-anomaly-answer"),
    path("chiffres/", statistics.statistics, name="control-statistics"),
    path("fiches/", scorecards.card_list, name="control-scorecards"),
    path("fiches/<uuid:uid>/", scorecards.card, name="control-scorecard"),
    path("fiches/<uuid:uid>/sinistres/", scorecards.claims, name="control-scorecard-claims"),
    path("familles/", feedback.feedback, name="care-feedback"),
    path("familles/questions/", feedback.ask, name="care-feedback-new"),
    path("comite/", committee.committee, name="care-committee"),
    path("comite/dossier/", committee.file, name="care-committee-file"),
    path("comite/<uuid:uid>/", committee.meeting, name="care-committee-meeting"),
    path("comite/decision/<uuid:uid>/", committee.done, name="care-committee-done"),
    path("codage/mot/", guide.look_up, name="coding-guide-said"),
    path("codage/", guide.coding_guide, name="coding-guide"),
]
