"""Who need not pay, covers given up, tariffs in the making."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "EXEMPTION_SOURCE_MISSING": (
        "Say who decided this exemption, for example the committee and the day it met."
    ),
    "EXEMPTION_CATEGORY_UNKNOWN": (
        "No cover of this family, running or to come, has a product that gives anything to this "
        "category: {category}."
    ),
    "EXEMPTION_WITHDRAWN": (
        "This proposal was withdrawn on {day}. Enter another one if the family is exempted after "
        "all."
    ),
    "EXEMPTION_REFUSED": "{person} refused this exemption on {day}. Propose another one if it still holds.",
    "EXEMPTION_OF_ANOTHER": "{person} proposed this exemption: only they withdraw it.",
    "EXEMPTION_TWICE": (
        "This family already has an exemption on {day}. End that one first, or choose other days."
    ),
    "EXEMPTION_APPROVED_ALREADY": "This exemption was already approved, on {day}.",
    "EXEMPTION_ENDED": "This exemption already ended, on {day}: its end stays as it was written.",
    "EXEMPTION_ENDS_BEFORE": (
        "This exemption already ends on {until}. A longer one is a new exemption, which somebody "
        "else approves."
    ),
    "APPOINTMENT_ENDS_BEFORE": (
        "This role already ends on {until}. A longer one is a new appointment."
    ),
    "COVER_HAS_BEGUN": (
        "This cover begins on {begins_on} and was not ended before: what is due for it stays due."
    ),
    "BRIEFING_DONE_ALREADY": "{group} was already told, on {day}.",
    "BRIEFING_TOO_LOW": (
        "{done} of {groups} groups were told of this tariff; the target is {target_rate}. Tell the "
        "others first, or write why it cannot wait."
    ),
    "REMINDER_NOBODY": "None of these families was late on that day: there is nothing to remind.",
    "REMINDER_TOO_MANY": (
        "{count} families at once is too many: note {maximum} at most, group by group."
    ),
}
