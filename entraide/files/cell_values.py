"""What one cell means: a number of a card, a sex, a relation, a telephone, yes or no.

Each reader takes a :class:`Cell` that is not empty and answers the value, or refuses with a code
and the text that it could not read. Nothing is guessed: a text with two meanings is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from entraide.core.errors import Refusal
from entraide.core.money import CURRENCIES, MAXIMUM_MINOR
from entraide.core.phones import is_phone, written_phone
from entraide.core.texts import name_fault
from entraide.files.sheets import Cell, CellFault

_SIGNS = re.compile(r"[^a-z0-9]+")
_ROUNDED = re.compile(r"\d([.,]\d+)?e\+?\d+", re.IGNORECASE)
_LOST = "\ufffd"
# Accents that a program has replaced by a question mark inside a word: « Ren? », « Fran?oise ».
_LOST_ACCENT = re.compile(r"[A-Za-zÀ-ÿ]\?[A-Za-zÀ-ÿ]")


def plain(text: str) -> str:
    """A header or a word, comparable: without case, accents or signs; blanks made one."""
    letters = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).casefold()
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _SIGNS.sub(" ", bare.replace("°", " ")).strip()


def require_value(cell: Cell) -> None:
    """Refuse ``CELL_ERROR`` (#REF!) and ``CELL_UNCOMPUTED`` (a formula without result)."""
    if cell.fault is CellFault.ERROR:
        raise Refusal("CELL_ERROR", text=cell.text)
    if cell.fault is CellFault.UNCOMPUTED:
        raise Refusal("CELL_UNCOMPUTED")


def read_text(cell: Cell, *, longest: int = 160) -> str:
    """A text; refused with ``CELL_TOO_LONG`` or, when accents were lost, ``ACCENTS_LOST``."""
    require_value(cell)
    text = cell.text
    if _LOST in text or _LOST_ACCENT.search(text):
        raise Refusal("ACCENTS_LOST", text=text.replace(_LOST, "?"))
    if len(text) > longest:
        raise Refusal("CELL_TOO_LONG", text=text[:40], maximum=longest)
    return text


def read_name(cell: Cell) -> str:
    """The name of a person: letters, whatever their alphabet, never a number or yes and no."""
    if isinstance(cell.value, bool | Decimal):
        raise Refusal("NAME_UNREADABLE", text=cell.text)
    text = read_text(cell)
    if name_fault(text) or not text or any(letter.isdigit() for letter in text):
        raise Refusal("NAME_UNREADABLE", text=text)
    return text


def read_number(cell: Cell, *, longest: int = 40) -> str:
    """A number that names something (card, receipt, loan), kept as it is written.

    Refused with ``NUMBER_ROUNDED`` when the spreadsheet has shortened it to ``1,23E+11``.
    """
    require_value(cell)
    if isinstance(cell.value, bool):
        raise Refusal("CELL_NOT_A_NUMBER", text=cell.text)
    text = cell.text
    if _ROUNDED.fullmatch(text.replace(" ", "")):
        raise Refusal("NUMBER_ROUNDED", text=text)
    if len(text) > longest:
        raise Refusal("CELL_TOO_LONG", text=text[:40], maximum=longest)
    return text


def read_count(cell: Cell, *, most: int = 100_000) -> int:
    """A whole number from 0; ``CELL_NOT_A_NUMBER`` otherwise."""
    require_value(cell)
    found = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?(?:\s*(?:mois|jours?|personnes?))?", cell.text)
    if isinstance(cell.value, bool) or found is None or int(found[1]) > most:
        raise Refusal("CELL_NOT_A_NUMBER", text=cell.text)
    return int(found[1])


def read_phone(cell: Cell) -> str:
    """A telephone number, or two, in the one form of ``core.phones``; ``PHONE_UNREADABLE`` without
    six digits."""
    text = written_phone(read_number(cell))
    if not re.fullmatch(r"[+\d][\d\s./()+-]*", text) or not is_phone(text):
        raise Refusal("PHONE_UNREADABLE", text=text)
    return text


_FEMALE = frozenset({"f", "femme", "feminin", "fem", "fille", "mme", "mlle", "female", "vavy"})
_MALE = frozenset({"m", "h", "homme", "masculin", "masc", "garcon", "g", "mr", "male", "lahy"})


def read_sex(cell: Cell) -> str:
    """``F`` or ``M``; ``SEX_UNREADABLE`` otherwise."""
    require_value(cell)
    word = plain(cell.text)
    if word in _FEMALE:
        return "F"
    if word in _MALE:
        return "M"
    raise Refusal("SEX_UNREADABLE", text=cell.text)


RELATIONS: Mapping[str, str] = {
    **dict.fromkeys(
        ("adherent", "adherente", "titulaire", "assure", "assuree", "membre", "mutualiste",
         "chef", "chef de famille", "chef de menage", "cm", "principal", "lui meme",
         "elle meme", "souscripteur", "a"), "member",
    ),
    **dict.fromkeys(
        ("conjoint", "conjointe", "epoux", "epouse", "mari", "femme", "1ere epouse",
         "2e epouse", "2eme epouse", "3e epouse", "coepouse", "vady", "c"), "spouse",
    ),
    **dict.fromkeys(
        ("enfant", "fils", "fille", "enfants", "zanaka", "e", "enfant a charge", "nouveau ne"),
        "child",
    ),
    **dict.fromkeys(
        ("pere", "mere", "parent", "ascendant", "ascendante", "parents", "ray", "reny",
         "beau pere", "belle mere"), "parent",
    ),
    **dict.fromkeys(
        ("autre", "autres", "frere", "soeur", "neveu", "niece", "cousin", "cousine", "oncle",
         "tante", "grand pere", "grand mere", "petit fils", "petite fille", "tuteur", "tutrice",
         "personne a charge", "pac", "domestique"), "other",
    ),
}  # fmt: skip


def read_relation(cell: Cell) -> str:
    """``member``, ``spouse``, ``child``, ``parent`` or ``other``; ``RELATION_UNREADABLE``."""
    require_value(cell)
    word = plain(re.sub(r"\(.*?\)", "", cell.text))
    for candidate in (word, word.rstrip("0123456789 ")):
        if candidate in RELATIONS:
            return RELATIONS[candidate]
    raise Refusal("RELATION_UNREADABLE", text=cell.text)


_YES = frozenset({"oui", "o", "x", "1", "vrai", "true", "yes", "y", "ok", "eny"})
_NO = frozenset({"non", "n", "0", "faux", "false", "no", "tsia", ""})


def read_yes(cell: Cell) -> bool:
    """Yes or no as people tick it; ``YES_NO_UNREADABLE`` otherwise."""
    require_value(cell)
    if isinstance(cell.value, bool):
        return cell.value
    word = plain(cell.text)
    if word in _YES or cell.text in {"✓", "✔", "☑"}:
        return True
    if word in _NO:
        return False
    raise Refusal("YES_NO_UNREADABLE", text=cell.text)


_MONEY_WORDS = re.compile(
    r"(?i)(?<![a-z])(?:f\s*\.?\s*cfa|cfa|francs?|ariary|xof|xaf|mga|fmg|usd|eur|ar|fr|f)(?![a-z])\.?"
    r"|[€$]"
)
_MONEY_BLANKS = re.compile(r"[\s\u00a0\u202f'’_]")
# Thousands never begin with a nought: « 0,001 » is less than a franc, not one.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")
_BOTH = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,])\d{3})+(?!\1)([.,])(\d{1,2})")
_SIMPLE = re.compile(r"[+-]?\d+(?:[.,](\d*))?")


def read_money(cell: Cell, currency: str) -> int:
    """Minor units of an amount: ``12 500 F CFA``, ``12.500``, ``12500,00``, ``1.250.000 Ar``.

    Refused with ``AMOUNT_UNREADABLE``, ``AMOUNT_AMBIGUOUS`` (a mark that may group thousands or
    begin the cents), ``AMOUNT_TOO_PRECISE`` or ``AMOUNT_TOO_LARGE``.
    """
    require_value(cell)
    if isinstance(cell.value, Decimal):
        return _minor(cell.value, cell, currency)
    if not isinstance(cell.value, str):
        raise Refusal("AMOUNT_UNREADABLE", text=cell.text)
    text = _MONEY_WORDS.sub("", cell.value).replace("\N{MINUS SIGN}", "-").strip()
    compact = _MONEY_BLANKS.sub("", re.sub(r"[,/.]?-$|/$", "", text)).rstrip(".")
    is_negative = compact.startswith("(") and compact.endswith(")")
    if is_negative:
        compact = "-" + compact[1:-1]
    return _minor(_number(compact, cell, currency), cell, currency)


def require_believable(minor: int, cell: Cell, currency: str, most: int) -> None:
    """Refuse ``AMOUNT_BELOW_ZERO``, or ``AMOUNT_UNBELIEVABLE`` beyond ``most`` units."""
    if minor < 0:
        raise Refusal("AMOUNT_BELOW_ZERO", text=cell.text)
    most_minor = most * 10 ** CURRENCIES[currency].minor_digits
    if minor > most_minor:
        raise Refusal(
            "AMOUNT_UNBELIEVABLE", text=cell.text, most_minor=most_minor, currency=currency
        )


def _number(compact: str, cell: Cell, currency: str) -> Decimal:
    if found := _BOTH.fullmatch(compact):
        return Decimal(compact.replace(found[1], "").replace(found[2], "."))
    if found := _GROUPED.fullmatch(compact):
        has_cents = CURRENCIES[currency].minor_digits > 0
        if has_cents and compact.count(found[1]) == 1:
            raise Refusal("AMOUNT_AMBIGUOUS", text=cell.text)
        return Decimal(compact.replace(found[1], ""))
    if _SIMPLE.fullmatch(compact):
        return Decimal(compact.replace(",", ".").rstrip("."))
    raise Refusal("AMOUNT_UNREADABLE", text=cell.text)


def _minor(value: Decimal, cell: Cell, currency: str) -> int:
    minor = value.scaleb(CURRENCIES[currency].minor_digits)
    if abs(minor) > MAXIMUM_MINOR:
        raise Refusal("AMOUNT_TOO_LARGE", text=cell.text)
    if minor != int(minor):
        raise Refusal("AMOUNT_TOO_PRECISE", text=cell.text, currency=CURRENCIES[currency].symbol)
    return int(minor)
