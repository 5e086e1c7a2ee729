"""Sentences about households, persons and memberships."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "NAME_MISSING": "The name is missing. Write it as on the identity card.",
    "SEX_UNKNOWN": "The sex is not filled in. Choose female or male.",
    "RELATION_UNKNOWN": "The family tie “{relation}” is not known. Choose one from the list.",
    "BIRTH_PRECISION_UNKNOWN": (
        "“{precision}” does not say how sure the date of birth is. Choose exact, year or around."
    ),
    "SOURCE_UNKNOWN": "The origin “{source}” is not known. Choose direct entry, paper or import.",
    "DECLARED_SIZE_TOO_SMALL": (
        "The family was declared with {declared} persons, but {count} are entered. Correct the "
        "size of the family."
    ),
    "COVER_NOT_RUNNING": (
        "On {day} the household is not covered: its cover goes from {starts_on} to the day "
        "before {until}. Choose a day inside it, or renew the membership first."
    ),
    "ALREADY_RENEWED": (
        "This membership is already followed by another, which begins on {starts_on}. Renew "
        "that one."
    ),
    "COVER_OVERLAP": (
        "The household is already covered from {starts_on} to the day before {until}. Two covers "
        "cannot run on the same day."
    ),
    "GROUP_CODE_USED": "The code {group} is already that of another group. Choose another code.",
    "GROUP_UNCHANGED": "The family is in this group already. Choose another one.",
    "GROUP_OTHER_PRODUCT": (
        "The group {group} has the product {product}, which is not the family’s: renew the "
        "membership into it instead."
    ),
    "MOVE_OUT_OF_ORDER": (
        "The family joined, or changed group, on {day}. Choose that day or a later one."
    ),
    "END_DATE_MISSING": (
        "Enter either the day on which the person left or the day of death, one of the two."
    ),
    "PERSON_ALREADY_ENDED": "{person} is no longer in the household since {day}.",
    "SUCCESSOR_REQUIRED": (
        "{person} is the member who answers for the family. Choose who takes this place among "
        "those who stay."
    ),
    "SUCCESSOR_INVALID": (
        "{person} cannot become the member: choose a person who is still in this household."
    ),
    "MEMBERSHIP_ALREADY_ENDED": "This membership was already ended on {ended_on}.",
    "MEMBERSHIP_NOT_BEGUN": (
        "This cover begins on {first}: it cannot end before that day. Choose a later day."
    ),
    "MEMBERSHIP_OVER": (
        "This cover goes only to the day before {until}: it cannot be ended that late. Choose an "
        "earlier day, or let it run out."
    ),
    "CHANGED_SINCE_SHOWN": "Changed by somebody since this page was opened: the register says “{now}” now. Record again to put yours in its place.",
    "CHOICE_CHANGED_SINCE": "Changed by somebody since this page was opened. Open the page again to see it, or record again to put yours in its place.",
    "CORRECTION_REASON_MISSING": (
        "Write why the name, the birth or the sex changes: it stays in the history of the family."
    ),
    "FIELD_CHOICE_UNKNOWN": "“{value}” is not one of the choices. Choose one from the list.",
    "MEMBER_RELATION_STAYS": (
        "A family has one member who answers for it. To change who it is, record that the member "
        "leaves or has died."
    ),
    "MOTHER_INVALID": (
        "{person} cannot be the mother: choose a woman of this family, at least ten years older."
    ),
    "MERGED_RECORD": "{number} was merged into {into}. Work on that one.",
    "WITNESS_MISSING": "A thumbprint needs a witness. Write the name of who saw it.",
    "EARLIER_NUMBER_MISSING": "The number is missing or longer than {longest} characters.",
    "EARLIER_NUMBER_TAKEN": "The number {number} is already that of {person}.",
    "PHOTO_EMPTY": "The file is empty. Choose the photo again.",
    "PHOTO_TOO_HEAVY": (
        "The file is larger than {megabytes} MB. Take the photo again, or send a smaller one."
    ),
    "PHOTO_UNREADABLE": (
        "This file is not a photo that can be read. Send it as JPEG, PNG or WebP."
    ),
    "PHOTO_TOO_LARGE": (
        "The picture has more than {megapixels} million points: no telephone takes such a photo. "
        "Send a smaller one."
    ),
    "PHOTO_TOO_SMALL": (
        "The picture is smaller than {pixels} points: nobody would be recognised. Send a larger "
        "one."
    ),
    "PHOTO_SHOWS_NOBODY": "Tick the persons who are on the photo.",
    "PHOTO_SHOWS_STRANGER": "{person} is not of this family. Tick only persons of the family.",
    "ANSWER_NOT_GIVEN": (
        "Nobody says any more that {first} and {second} are two persons: the pair waits for an "
        "answer, or was merged."
    ),
    "MERGE_REASON_MISSING": "Write why it is the same person: it stays in both histories.",
    "MERGE_SAME_ROW": "This is one and the same row. Choose another one.",
    "MERGE_HAS_CLAIMS": (
        "{name} has claims decided under the cover of another family: {documents}. Keep that row and "
        "merge the other one into it, or merge the families."
    ),
    "MERGE_CLAIM_UNCOVERED": (
        "Family {kept} was not covered on the day of the care of {documents}, entered for {name}. "
        "Keep family {name} and merge the other one into it."
    ),
    "MERGE_HAS_MONEY": (
        "Money was received for family {name}: {documents}. Keep that family and merge the other "
        "one into it, or have these receipts reversed first."
    ),
    "MISTAKE_PAID": (
        "Money was received for this membership ({documents}): it was no mistake of entry. Have the "
        "receipts reversed first, or choose another reason."
    ),
    "MISTAKE_CLAIMED": (
        "Care was claimed under this membership ({documents}): it was no mistake of entry. Have the "
        "claims reversed first, or choose another reason."
    ),
    "MERGE_MEMBER_STAYS": (
        "{person} answers for a family that goes on. Record first who becomes the member, or merge "
        "the families."
    ),
    "MERGE_LAST_PERSON": (
        "Nobody else is in family {number}: merge the families instead, so that its cover ends too."
    ),
    "MERGE_PERSON_UNPAIRED": (
        "{person} is in the family that goes. Say who this is in the family that stays, or that "
        "this person comes over to it."
    ),
    "MERGE_INTO_GONE": (
        "{person}, card {number}, has left the family or has died: whoever is covered today cannot "
        "become that row. Keep the other row."
    ),
    "ENROLMENT_TOO_OLD": (
        "This form was signed on {day}, more than {days} days ago. A coordinator enters it, with "
        "the reason of the delay."
    ),
    "LATE_REASON_MISSING": (
        "This form was signed more than {days} days ago. Write why it is entered only now: it stays "
        "in the history."
    ),
    "MOTHER_LINE_INVALID": (
        "Person {line} of this family cannot be the mother. Give the line of a woman at least ten "
        "years older."
    ),
    "FORM_LINES_UNKNOWN": "The page did not say how many persons it holds. Open the form again.",
    "FORM_FIELD_MISSING": "The form of the mutual asks for this. Fill it in.",
    "FORM_BEGINS_IN_PAST": (
        "A form begins today ({on}) or later: those entered before keep the one they had."
    ),
    "FORM_DAY_TAKEN": "Another form begins on {day} already. Choose another day.",
    "FORM_FIELD_UNKNOWN": "The form has no field “{name}”.",
    "FORM_HIDDEN_REQUIRED": "A field that is not shown cannot be required. Show it.",
    "FORM_LABEL_LONG": "A name of a field has at most {longest} characters, in French or English.",
    "FORM_TOO_MANY_PERSONS": (
        "A form holds at most {most} persons. Record these, then add the others on the family’s "
        "page."
    ),
    "FORM_LINES_INVALID": "A form has from 1 to {most} lines for persons.",
    "NEWBORN_NOT_COVERED": (
        "The product {product} covers a child only once it is entered in the family. Enter the "
        "child as a dependant."
    ),
    "NEWBORN_NO_COVER": (
        "On {day} the family had no cover. Correct the date, or enter the child as a dependant."
    ),
    "BIRTH_BEFORE_FAMILY": (
        "{person} is of this family since {entered_on} only: a child born before that day is not "
        "covered through her. Enter the child as a dependant."
    ),
    "PARENT_TOO_YOUNG": (
        "{child}, born on {child_birth_on}, cannot be the child of {parent}, born on "
        "{parent_birth_on}: at least {years} years must lie between them. Correct the birth, or the "
        "family tie first."
    ),
    "NEWBORN_TOO_LATE": (
        "A newborn declared was covered until {last_on} at most. Enter the child as a dependant."
    ),
    "NEWBORN_NOT_DECLARED": "{person} is registered already, or no longer in the family.",
    "OTHER_COVER_PAYER_MISSING": "Say who else covers this person.",
    "OTHER_COVER_SOURCE_MISSING": "Say what shows it: the card that was seen, the list that came.",
    "OTHER_COVER_WITHOUT_DAYS": "This cover would end before it begins.",
    "OTHER_COVER_KNOWN": "{payer} is already noted for this person, from {day}.",
    "OTHER_COVER_ENDED": "This cover has already ended, on {day}.",
}
