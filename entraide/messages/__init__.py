"""Codes become sentences, in the reader's language: for all doors, without Django.

A code's English sentence stands in ``sentences/<area>.py`` and is the gettext msgid; its
translation comes from ``locale/<language>/LC_MESSAGES/django.mo``, which
``python -m entraide.messages.compile`` makes out of ``locale/<language>/*.po``. Without that
file the reader gets English.

A placeholder is ``{name}``, or ``{name:singular|plural}`` for a word that agrees with a number.
Nothing here refuses or crashes on missing data: a message about a fault must always arrive.
"""

from __future__ import annotations

import gettext
import importlib
import os
import pkgutil
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from entraide.messages.vocabulary import in_own_words
from entraide.messages.wording import in_words, is_plural

LOCALES = Path(__file__).resolve().parents[2] / "locale"
DEFAULT_LANGUAGE = "fr"

_PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")

_ROW = re.compile(r"(?:sheet (.+?), )?row (\d+)(?:, column (.+))?")  # of a CSV or XLSX file
# A code that says more where its data hold more: the sentence of which other key.
FULLER = {"NOT_JUSTIFIED": ("justified_quantity", "NOT_JUSTIFIED_QUANTITY")}
_CAMT = re.compile(r"Stmt\[(\d+)\](?:/(Ntry|Bal)\[(\d+)\])?(?:/(.+))?")  # of a camt.053
_CAMT_PLACES = {
    None: "Statement {rank}",
    "Ntry": "Statement {rank}, line {second}",
    "Bal": "Statement {rank}, balance {second}",
}
_PLACES = {"statement": "Whole statement", "profile": "Format"}


def language_of_reader() -> str:
    """The language of who runs a command: ``ENTRAIDE_LANGUAGE``, French unless told."""
    return os.environ.get("ENTRAIDE_LANGUAGE") or DEFAULT_LANGUAGE


def areas() -> dict[str, Mapping[str, str]]:
    """The sentences of each area, by its name. A test holds that no code stands in two areas."""
    from entraide.messages import sentences as package

    return {
        name: importlib.import_module(f"{package.__name__}.{name}").SENTENCES
        for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    }


@lru_cache(maxsize=1)
def english_sentences() -> Mapping[str, str]:
    """Every code of the product with its English sentence."""
    return {code: text for area in areas().values() for code, text in area.items()}


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue of a language; the English of the code itself when there is none."""
    return gettext.translation("django", str(LOCALES), languages=[language], fallback=True)


def translate(text: str, language: str = DEFAULT_LANGUAGE) -> str:
    """An English text of the interface in another language; unchanged when untranslated."""
    translated = _catalogue(language).gettext(text) if text else ""
    return in_own_words(translated) if language == "fr" else translated


def fill(template: str, data: Mapping[str, Any], language: str = DEFAULT_LANGUAGE) -> str:
    """A template with its placeholders replaced; what is missing from the data shows as ``…``."""

    def one(match: re.Match[str]) -> str:
        name, singular, plural = match.group(1, 2, 3)
        if name not in data:
            return "…" if singular is None else plural
        if singular is None:
            return in_words(name, data[name], data, language)
        return plural if is_plural(data[name], language) else singular

    return _PLACEHOLDER.sub(one, template)


def place_in_words(place: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Where a fault stands in a file, as a reader says it; other places are left as they are.

    ``row 5, column Solde`` → « Ligne 5, colonne « Solde » » ; ``Stmt[1]/Ntry[3]/Amt`` → « Relevé
    1, ligne 3 (Amt) ».
    """
    if place.startswith("file "):
        return place.removeprefix("file ")
    if found := _ROW.fullmatch(place):
        sheet, row, column = found.groups()
        text = "Row {row}, column “{column}”" if column else "Row {row}"
        if sheet:
            text = "Sheet “{sheet}”, row {row}" + (", column “{column}”" if column else "")
        shown = {"sheet": sheet, "row": row, "column": column}
        return fill(translate(text, language), shown, language)
    if found := _CAMT.fullmatch(place):
        rank, kind, second, element = found.groups()
        told = fill(
            translate(_CAMT_PLACES[kind], language), {"rank": rank, "second": second}, language
        )
        return f"{told} ({element})" if element else told
    return translate(_PLACES.get(place, ""), language) or place


def sentence(
    code: str,
    data: Mapping[str, Any],
    language: str = DEFAULT_LANGUAGE,
    place: str = "",
) -> str:
    """What a code says to a reader.

    ``data`` fills the placeholders: ``*_minor`` as money of ``data["currency"]``, dates as
    « 3 mars 2025 », ``*_rate`` as a percentage. ``place`` comes first unless the sentence names
    it itself with ``{place}``. An unknown code is shown as it is.
    """
    if code in FULLER and FULLER[code][0] in data:
        code = FULLER[code][1]
    template = translate(english_sentences().get(code, code), language)
    place = place_in_words(place, language)
    told = fill(template, {"place": place, **data}, language)
    if not place or "{place}" in template:
        return told
    return f"{place}\u00a0: {told}" if language == "fr" else f"{place}: {told}"
