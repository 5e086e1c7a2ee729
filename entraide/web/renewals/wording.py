"""What stages, next steps and conditions of return are called at the desk."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.core.renewals import Following, NextStep, RenewalStage
from entraide.documents import writing
from entraide.messages import sentence

Text = str | Promise

STAGE_NAMES: dict[RenewalStage, Text] = {
    RenewalStage.J60: pgettext_lazy("renewal stage", "D-60"),
    RenewalStage.J30: pgettext_lazy("renewal stage", "D-30"),
    RenewalStage.J0: pgettext_lazy("renewal stage", "D-day"),
    RenewalStage.AFTER_J30: pgettext_lazy("renewal stage", "D+30"),
}
STAGE_MEANINGS: dict[RenewalStage, Text] = {
    RenewalStage.J60: gettext_lazy("31 to 60 days are left: the family is told the term and price"),
    RenewalStage.J30: gettext_lazy("1 to 30 days are left: the family is asked and collected"),
    RenewalStage.J0: gettext_lazy("over for 29 days at most: it may come back without loss"),
    RenewalStage.AFTER_J30: gettext_lazy("over for 30 to 90 days: it is asked why"),
}
STAGE_KINDS: dict[RenewalStage, str] = {
    RenewalStage.J60: "plain",
    RenewalStage.J30: "wait",
    RenewalStage.J0: "warn",
    RenewalStage.AFTER_J30: "bad",
}


def next_thing(following: Following) -> str:
    """What to do next for a family, with its last day where there is one."""
    language = get_language() or "fr"
    if following.step is NextStep.TELL:
        return _("Tell the term and the price")
    if following.step is NextStep.ASK:
        return _("Ask the decision, collect, renew")
    if following.step is NextStep.RENEW_IN_GRACE:
        last_on = writing.day(following.grace_last_on, language)
        return _("Renew by %(day)s: seniority is kept") % {"day": last_on}
    if following.step is NextStep.RENEW_ANEW:
        return _("Propose to come back: waiting periods begin anew")
    return _("Ask why, and record the reason")


def term_in_words(term: date) -> str:
    """The last day of a cover."""
    return writing.day(term - timedelta(days=1), get_language() or "fr")


def finding_told(finding: Finding) -> str:
    """One remark or fault, in the reader's language."""
    return sentence(finding.code, finding.data, get_language() or "fr")


def why_not(refusal: Refusal) -> list[str]:
    """Everything that a refusal says."""
    findings = refusal.findings if isinstance(refusal, RefusedRows) else (refusal.as_finding(),)
    return [finding_told(each) for each in findings]
