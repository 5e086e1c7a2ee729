"""The words of cards, of their distribution list and of the leaflet, in one language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from entraide.documents import writing
from entraide.messages import fill, translate

_TIES = {
    ("member", "F"): _("Member, a woman"),
    ("spouse", "F"): _("Wife"),
    ("spouse", "M"): _("Husband"),
    ("child", "F"): _("Daughter"),
    ("child", "M"): _("Son"),
    ("parent", "F"): _("Mother"),
    ("parent", "M"): _("Father"),
}
_TEXTS = {
    "title": _("Membership card"),
    "no_photo": _("no photo"),
    "number": _("Number of the person"),
    "group": _("Group"),
    "since": _("Valid from"),
    "card": _("Card"),
    "rights": _(
        "This card says who the person is. Rights are checked on the day of care: an earlier card "
        "does not prove them, and a late contribution suspends them."
    ),
    "trouble": _("If there is a problem"),
    "call": _("Help number"),
    "front": _("Fronts: print on both sides, turn over the long edge, cut along the marks."),
    "back": _("Backs"),
    "dependants": _("Persons covered with the member"),
    "alone": _("The member is covered alone"),
    "depends": _("Covered with the member"),
    "wife": _("The member, and her children"),
    "more": _("and {count} {count:other|others}, on the leaflet of the family"),
    "list_title": _("Hand-over of cards"),
    "list_under": _("Print {number} of {day}, {count} {count:card|cards}"),
    "list_rank": _("No."),
    "list_bearer": _("Name and number"),
    "list_group": _("Group"),
    "list_card": _("Card"),
    "list_signature": _("Signature or thumbprint"),
    "list_witness": _("Witness of the thumbprint"),
    "box_day": _("Place and day"),
    "box_agent": _("Handed over by"),
    "box_stamp": _("Stamp"),
    "box_visa": _("Visa"),
    "leaflet_title": _("Your card and how to use it"),
    "leaflet_person": _("Person covered"),
    "leaflet_tie": _("Family tie"),
    "leaflet_born": _("Born in"),
    "leaflet_number": _("Number"),
    "use_title": _("How to use the card"),
    "use_show": _("Show the card before each care, with the person who is ill."),
    "use_rights": _(
        "The health centre checks the rights of the day: a paid contribution, a waiting period "
        "that is over, a complete file."
    ),
    "use_change": _(
        "Tell the mutual of a birth, a death, a departure or a new telephone: a new card is made."
    ),
    "use_lost": _("Tell the mutual of a lost card on the same day; never lend your card."),
    "member": _("Member"),
    "other": _("Other relative"),
}


class CardWords:
    """What cards say in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, name: str, **data: object) -> str:
        """One of the texts, filled."""
        return fill(translate(_TEXTS[name], self.language), data, self.language)

    def birth_year(self, on: date, precision: str) -> str:
        """The year of a birth, « vers » it where nobody is sure."""
        return writing.birth_year(on, precision, self.language)

    def tie(self, relation: str, sex: str) -> str:
        """What a person is in the family."""
        known = _TIES.get((relation, sex))
        if known:
            return translate(known, self.language)
        return self.say("member" if relation == "member" else "other")
