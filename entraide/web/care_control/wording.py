"""What the codes of medical control are called on a page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entraide.core.control.anomalies import Kind
from entraide.core.control.profiles import Measure

Text = str | Promise

MODES: dict[str, Text] = {"in_person": _("In person"), "telephone": _("By telephone")}
ENTRY_MODES: dict[str, Text] = {**MODES, "on_paper": _("On its papers")}
SESSION_STATES: dict[str, tuple[str, Text]] = {
    "planned": ("wait", pgettext_lazy("a session", "Planned")),
    "held": ("ok", pgettext_lazy("a session", "Held")),
    "cancelled": ("plain", pgettext_lazy("a session", "Cancelled")),
}
CAMPAIGN_STATES: dict[str, tuple[str, Text]] = {
    "open": ("wait", pgettext_lazy("a campaign", "Open")),
    "signed": ("ok", pgettext_lazy("a campaign", "Signed")),
    "cancelled": ("plain", pgettext_lazy("a campaign", "Cancelled")),
}
QUESTIONS: dict[str, Text] = {
    "prior_agreement": _("Prior agreement"),
    "exception": _("Exception to a rule"),
    "claim": pgettext_lazy("asked about", "A claim"),
    "advice": _("Advice"),
    "provider": _("A provider"),
    "complaint": _("Complaint"),
}
ASKED: dict[str, Text] = {**QUESTIONS, "committee": _("A claim, in the claims committee")}
SOURCES: dict[str, Text] = {
    "register": pgettext_lazy("source of an answer", "Register"),
    "agreement": pgettext_lazy("source of an answer", "Prior agreement"),
    "committee": pgettext_lazy("source of an answer", "Claims committee"),
}
RESULTS: dict[str, Text] = {
    "agreed": pgettext_lazy("an answer", "Agreed"),
    "refused": pgettext_lazy("an answer", "Refused"),
    "cut": pgettext_lazy("an answer", "Cut"),
    "advised": pgettext_lazy("an answer", "Advised"),
    "referred": pgettext_lazy("an answer", "Sent to a provider"),
    "waiting": pgettext_lazy("an answer", "Something is missing"),
}
REASONS: dict[str, Text] = {
    "justified": _("Justified by the illness"),
    "not_justified": _("Not justified by the illness"),
    "not_in_package": _("Not in the package"),
    "dearer_than_needed": _("Dearer than needed"),
    "too_long": _("Too much or too long"),
    "missing_paper": _("A paper is missing"),
    "too_late": _("Too late"),
    "rights_unclear": _("Rights to be clarified"),
    "hardship": _("Hardship of the family"),
    "emergency": _("Emergency"),
    "advice_only": _("Advice only"),
}
RECODING_REASONS: dict[str, Text] = {
    "entry_error": _("Slip at entry: the paper says otherwise"),
    "unknown_act_found": _("Act found that no list had"),
    "provider_coding": _("The provider names it otherwise"),
    "guide_applied": _("The coding guide says so"),
    "medical_reason": _("What was done is clear from the illness"),
}
FINDING_NAMES: dict[str, Text] = {
    "conform": _("All conforms"),
    "not_in_register": _("Not in the provider’s register"),
    "patient_denies": _("The patient says it did not happen"),
    "act_not_done": _("Act not done"),
    "drug_not_given": _("Drug not given"),
    "price_above_tariff": _("Price above the tariff"),
    "wrong_person": _("Another person was treated"),
    "not_justified": _("Not justified by the illness"),
    "paper_missing": _("A paper is missing"),
    "overpaid": pgettext_lazy("reason of a recovery", "Paid too much"),
}
POINTS: dict[str, Text] = {
    "in_provider_register": _("In the provider’s register"),
    "same_person": _("Same person"),
    "same_day": _("Same day"),
    "acts_done": _("Acts done"),
    "drugs_given": _("Drugs given"),
    "price_of_tariff": _("Price of the tariff"),
    "signed_by_patient": _("Signed by the patient"),
}
POINT_ANSWERS: dict[str, Text] = {
    "yes": _("Yes"),
    "no": _("No"),
    "not_seen": _("Not seen"),
}
OUTCOMES: dict[str, Text] = {
    "handled": pgettext_lazy("a call", "Answered"),
    "no_answer": _("No answer"),
    "call_back": _("To call back"),
    "wrong_number": _("Wrong number"),
}
MEASURES: dict[Measure, Text] = {
    Measure.DRUGS: _("Drugs per consultation"),
    Measure.ANTIBIOTIC: _("Consultations with an antibiotic"),
    Measure.INJECTION: _("Consultations with an injection"),
    Measure.REFERRAL: _("Consultations sent on"),
    Measure.COST: _("Cost of a consultation"),
}
ANOMALY_NAMES: dict[Kind, Text] = {
    Kind.TWO_PLACES: _("Two places on one day"),
    Kind.CONSECUTIVE: _("Numbers that follow each other"),
    Kind.BEFORE_ENTRY: _("Care before entry"),
    Kind.AFTER_EXIT: _("Care after exit"),
    Kind.WEEKEND: _("Many weekends and holidays"),
    Kind.SEX: _("Act not possible for the sex"),
    Kind.AGE: _("Act not possible at that age"),
    Kind.FAMILY: _("Whole families on one day"),
    Kind.ROUND: _("Many round amounts"),
}


def choices(names: dict[str, Text], codes: tuple[str, ...] | None = None) -> list[tuple[str, Text]]:
    """What a select offers: these codes in their order, all of them where none are said."""
    return [(code, names[code]) for code in (names if codes is None else codes)]
