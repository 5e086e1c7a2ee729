"""Amounts written out in words, as a receipt says them beside the figures."""

from __future__ import annotations

from num2words import num2words

from entraide.core.money import CURRENCIES

# Singular, plural, and the hundredth where a currency has one.
_NAMES: dict[str, dict[str, tuple[str, str, str]]] = {
    "fr": {
        "XOF": ("franc CFA", "francs CFA", ""),
        "XAF": ("franc CFA", "francs CFA", ""),
        "MGA": ("ariary", "ariary", ""),
        "GNF": ("franc guinéen", "francs guinéens", ""),
        "KMF": ("franc comorien", "francs comoriens", ""),
        "RWF": ("franc rwandais", "francs rwandais", ""),
        "BIF": ("franc burundais", "francs burundais", ""),
        "CDF": ("franc congolais", "francs congolais", "centimes"),
        "HTG": ("gourde", "gourdes", "centimes"),
        "MRU": ("ouguiya", "ouguiyas", "khoums"),
        "USD": ("dollar", "dollars", "cents"),
        "EUR": ("euro", "euros", "centimes"),
    },
    "en": {
        "XOF": ("CFA franc", "CFA francs", ""),
        "XAF": ("CFA franc", "CFA francs", ""),
        "MGA": ("ariary", "ariary", ""),
        "GNF": ("Guinean franc", "Guinean francs", ""),
        "KMF": ("Comorian franc", "Comorian francs", ""),
        "RWF": ("Rwandan franc", "Rwandan francs", ""),
        "BIF": ("Burundian franc", "Burundian francs", ""),
        "CDF": ("Congolese franc", "Congolese francs", "centimes"),
        "HTG": ("gourde", "gourdes", "centimes"),
        "MRU": ("ouguiya", "ouguiyas", "khoums"),
        "USD": ("dollar", "dollars", "cents"),
        "EUR": ("euro", "euros", "cents"),
    },
}


def amount_in_words(minor: int, currency: str, language: str = "fr") -> str:
    """``Treize mille francs CFA``; hundredths, where a currency has them, after the whole units.

    French says « un million *de* francs »: *de* follows a number that ends on a million or a
    milliard.
    """
    names = _NAMES["fr" if language == "fr" else "en"][currency]
    units, hundredths = divmod(abs(minor), 10 ** CURRENCIES[currency].minor_digits)
    said = str(num2words(units, lang="fr" if language == "fr" else "en"))
    is_singular = units < 2 if language == "fr" else units == 1
    name = names[0] if is_singular else names[1]
    if language == "fr" and units and units % 1_000_000 == 0:
        name = f"d’{name}" if name[0] in "aeiouh" else f"de {name}"
    text = f"{said} {name}"
    if hundredths:
        text += f" {num2words(hundredths, lang='fr' if language == 'fr' else 'en')} {names[2]}"
    return text[0].upper() + text[1:]
