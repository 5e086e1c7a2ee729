"""« Fiche d'adhésion »: the blank membership form on A4, in the order of the entry screen."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from entraide.apps.enrolment.papers import PRODUCT_FACTS, EnrolmentPaper
from entraide.apps.schemes.models import Mutual
from entraide.documents.setting import set_paper
from entraide.documents.writing import day
from entraide.messages import translate
from entraide.rulebook import country_path, read_country

TEMPLATE = Path(__file__).with_name("blank_form.typ")
PERSONS = 8  # lines on the paper; a larger family takes a second one

_CONTACT = (
    ("declared_group_size", "Persons declared by the group"),
    ("phone", "Telephone"),
    ("phone_owner", "Whose telephone"),
    ("area", "Village or quarter"),
    ("address", "Address"),
    ("", "Signed on"),
    ("declared_size", "Persons in the family"),
    ("loan_minor", "Amount of the loan"),
    ("loan_reference", "Number of the loan"),
    ("income_minor", "Income declared, by the month"),
)
_COLUMNS = (
    ("", "N°", "14pt"),
    ("name", "Name", "1.5fr"),
    ("given_name", "Given name", "1.3fr"),
    ("birth", "Born on (or the year)", "72pt"),
    ("sex", "F or M", "34pt"),
    ("relation", "Family tie", "66pt"),
    ("photo", "Photo", "32pt"),
)
_MORE = (
    ("mother", "Mother (line)"),
    ("occupation", "Occupation"),
    ("document", "Identity document and number"),
    ("own_phone", "Own telephone"),
)


def blank_form_pdf(
    mutual: Mutual,
    paper: EnrolmentPaper,
    language: str = "fr",
    *,
    asked: Collection[str] = (),
    persons: int = PERSONS,
) -> bytes:
    """The PDF of the form in force: only what the mutual shows, under the names it gives.

    ``asked``: which of ``PRODUCT_FACTS`` its products ask.
    """
    return set_paper(TEMPLATE, "form", _content(mutual, paper, language, asked, persons), language)


def _content(
    mutual: Mutual, paper: EnrolmentPaper, language: str, asked: Collection[str], persons: int
) -> dict[str, object]:
    def say(english: str) -> str:
        return translate(english, language)

    def named(name: str, english: str) -> str:
        own = paper.fields[name].label(language) if name in paper.fields else ""
        return own or say(english)

    def shown(facts: tuple[tuple[str, str], ...]) -> list[str]:
        return [
            named(name, english)
            for name, english in facts
            if (name in asked if name in PRODUCT_FACTS else _is_shown(paper, name))
        ]

    splits = read_country(country_path(mutual.country)).splits_names
    boxes = [say("Stamp of the mutual"), say("Visa")]
    if paper.shows("signature"):
        boxes = [
            say("Signature of the member"),
            say("Or thumbprint; name of the witness:"),
            *boxes,
        ]
    version = paper.version
    return {
        "language": language,
        "title": say("Membership form"),
        "mutual": mutual.name,
        "place": mutual.place,
        "number_label": say("Number given by the mutual"),
        "contact_title": say("1. Group and contact"),
        "contact": [say("Product"), say("Group"), *shown(_CONTACT)],
        "ticks": [],
        "persons_title": say("2. Persons"),
        "persons_hint": say(
            "The member on the first line. Of a birth not known to the day, write the year,"
            " or “about 1985”."
        ),
        "columns": [
            {"label": named(name, english), "width": width}
            for name, english, width in _COLUMNS
            if splits or name != "given_name"
        ],
        "more": shown(_MORE),
        "rows": persons,
        "signature_title": say("3. Signature"),
        "consent": (
            named("consent", "The member agrees that the mutual keeps these facts")
            if paper.shows("consent")
            else ""
        ),
        "boxes": boxes,
        "payment_title": say("4. First payment"),
        "payment": [say("Amount received"), say("Received in"), say("Transaction number")],
        "version": (
            say("Form in use since {day}").format(day=day(version.effective_from, language))
            if version is not None
            else ""
        ),
        "foot": "Entraide",
    }


def _is_shown(paper: EnrolmentPaper, name: str) -> bool:
    return name not in paper.fields or paper.shows(name)
