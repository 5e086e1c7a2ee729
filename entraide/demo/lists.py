"""The lists of the demonstration: care items with their prices, providers, diagnoses."""

from __future__ import annotations

from dataclasses import dataclass

from entraide.apps.nomenclature.guide_text import Said
from entraide.demo.network import BASE_YEAR, MutualPlan

SYSTEM = "demonstration"
FIRST_TARIFF_YEAR = 2023
KIT = "KIT"  # medicines and small supplies, by units of a round price


@dataclass(frozen=True, slots=True)
class Item:
    """A service or drug: agreed price at public and private providers, in MGA and in XOF."""

    code: str
    kind: str
    category: str
    label: str
    mga: tuple[int, int]
    xof: tuple[int, int]
    drug_class: str = ""
    is_injection: bool = False


ITEMS: tuple[Item, ...] = (
    Item("CONS", "service", "consultation", "Consultation", (2_000, 5_000), (500, 2_500)),
    Item("PARA", "drug", "consultation", "Paracétamol 500 mg, comprimé", (60, 80), (15, 20),
         "analgesic"),
    Item("AMOX", "drug", "consultation", "Amoxicilline 500 mg, gélule", (180, 240), (45, 60),
         "antibiotic"),
    Item("CTA", "drug", "consultation", "Artéméther-luméfantrine, plaquette", (2_500, 3_000),
         (600, 900), "antimalarial"),
    Item("INJ", "drug", "consultation", "Antibiotique injectable, flacon", (4_000, 6_000),
         (900, 1_500), "antibiotic", is_injection=True),
    Item("LABO", "service", "examinations", "Examen de laboratoire", (4_000, 5_000),
         (1_000, 1_500)),
    Item("ECHO", "service", "examinations", "Échographie", (15_000, 18_000), (4_000, 5_000)),
    Item("DENT", "service", "dental", "Soin dentaire", (5_000, 5_000), (2_000, 2_500)),
    Item("EXTR", "service", "dental", "Extraction dentaire", (10_000, 12_000), (3_000, 4_000)),
    Item("HOSP", "service", "hospital", "Journée d’hospitalisation", (12_000, 25_000),
         (2_500, 6_000)),
    Item("KITH", "drug", "hospital", "Médicaments et fournitures de séjour", (2_000, 2_000),
         (500, 500), "supplies"),
    Item("ACCO", "service", "delivery", "Accouchement", (25_000, 70_000), (4_000, 18_000)),
    Item("KITA", "drug", "delivery", "Fournitures d’accouchement", (2_000, 2_000), (500, 500),
         "supplies"),
    Item("CESA", "service", "surgery", "Césarienne ou chirurgie", (200_000, 260_000),
         (60_000, 80_000)),
    Item("KITC", "drug", "surgery", "Fournitures de bloc opératoire", (5_000, 5_000),
         (1_000, 1_000), "supplies"),
    Item("URGE", "service", "emergency", "Prise en charge en urgence", (6_000, 10_000),
         (2_000, 4_000)),
    Item("KITU", "drug", "emergency", "Médicaments d’urgence", (1_000, 1_000), (250, 250),
         "other"),
)  # fmt: skip
UNPRICED = Item("HORS", "drug", "consultation", "Médicament hors liste", (3_000, 3_000), (800, 800))
"""An item that no agreement prices: a claim that holds it goes to the medical adviser."""

BY_CODE = {item.code: item for item in (*ITEMS, UNPRICED)}

# What a bill is made of: the act first, then what fills it up, from the dearest to the cheapest.
BILLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "consultation": ("CONS", ("INJ", "CTA", "AMOX", "PARA")),
    "examinations": ("ECHO", ("LABO",)),
    "dental": ("EXTR", ("DENT",)),
    "hospital": ("HOSP", ("KITH",)),
    "delivery": ("ACCO", ("KITA",)),
    "surgery": ("CESA", ("KITC",)),
    "emergency": ("URGE", ("KITU",)),
}

GUIDED_DIAGNOSES: dict[str, Said] = {
    "B54": Said(
        "Fièvre due au parasite du moustique, confirmée par un test ou traitée comme telle.",
        "TDR positif, goutte épaisse positive, accès palustre, paludisme grave.",
        "Fièvre au test négatif : coder ce qui a été trouvé.",
        ("palu", "accès palustre", "corps chaud", "crise de palu", "mg:tazo", "mg:tazomoka"),
    ),
    "A09": Said(
        "Selles liquides trois fois par jour ou plus, avec ou sans vomissements.",
        "Diarrhée de l’enfant, intoxication alimentaire.",
        "",
        ("diarrhée", "ventre qui coule", "vomissements", "mg:fivalanana"),
    ),
    "I10": Said(
        "Tension artérielle élevée à deux mesures.",
        "Suivi de tension, poussée de tension.",
        "",
        ("tension", "la tension monte", "mg:tosi-drà"),
    ),
    "D64": Said("Sang trop pauvre.", "Anémie de l’enfant, transfusion.", "",
                ("manque de sang", "sang faible")),
    "J18": Said("Infection du poumon, avec toux et fièvre.", "Pneumonie, crépitants.", "",
                ("pneumonie", "poumon", "toux grave")),
    "O82": Said("Naissance par opération.", "", "", ("césarienne", "césar")),
    "O80": Said("Naissance sans opération.", "", "", ("accouchement simple", "naissance")),
    "J06": Said("Nez, gorge ou oreille, sans atteinte du poumon.",
                "Rhume, angine, otite, toux sans fièvre élevée.",
                "Crépitants ou gêne à respirer : pneumopathie.",
                ("rhume", "grippe", "toux", "mal de gorge", "mg:sery")),
    "L08": Said("Peau rouge, chaude ou qui suppure.", "Abcès, furoncle, plaie infectée.", "",
                ("abcès", "bouton", "plaie infectée")),
    "N39": Said("Brûlures en urinant, envies fréquentes.", "Cystite, bandelette positive.", "",
                ("brûlure", "cystite", "mal en urinant")),
    "K35": Said("Inflammation de l’appendice, opérée.", "", "", ("appendicite", "appendice")),
}  # fmt: skip
"""What the coding guide of the demonstration says of each diagnosis."""

DIAGNOSES: dict[str, tuple[tuple[str, str], ...]] = {
    "consultation": (("B54", "Paludisme"), ("J06", "Infection des voies respiratoires"),
                     ("B54", "Paludisme"), ("A09", "Gastro-entérite"),
                     ("L08", "Infection de la peau"), ("I10", "Hypertension"),
                     ("N39", "Infection urinaire")),
    "hospital": (("A09", "Gastro-entérite"), ("J18", "Pneumopathie"), ("B54", "Paludisme"),
                 ("I10", "Hypertension"), ("D64", "Anémie")),
    "surgery": (("O82", "Accouchement par césarienne"), ("K35", "Appendicite aiguë")),
    "delivery": (("O80", "Accouchement unique et spontané"),),
}  # fmt: skip


def price_minor(item: Item, currency: str, sector: str, year: int, yearly_rise: float) -> int:
    """The agreed price of a year: that of the base year carried by the rise, in round figures."""
    prices = item.mga if currency == "MGA" else item.xof
    base = prices[0] if sector == "public" else prices[1]
    step = 10 if base < 1_000 else 50
    if base < 100:
        step = 5
    return max(step, round(base * (1 + yearly_rise) ** (year - BASE_YEAR) / step) * step)


@dataclass(frozen=True, slots=True)
class Place:
    """A provider of care: what it is called, who runs it, what it does."""

    code: str
    name: str
    sector: str
    level: str
    categories: tuple[str, ...]


_BASIC = ("consultation", "delivery", "emergency")
_KINDS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("csb1", "public", "primary", "{post} {town}", _BASIC),
    ("csb2", "public", "primary", "{post} {second}", _BASIC),
    ("hopital", "public", "district", "Hôpital {place}",
     ("consultation", "hospital", "delivery", "surgery", "emergency", "examinations")),
    ("dispensaire", "faith_based", "primary", "Dispensaire Sainte-Thérèse {place}",
     ("consultation",)),
    ("clinique", "private", "district", "Clinique {name}",
     ("consultation", "hospital", "delivery", "surgery")),
    ("labo", "private", "laboratory", "Laboratoire et imagerie {place}", ("examinations",)),
    ("dentiste", "private", "primary", "Cabinet dentaire {place}", ("dental",)),
)  # fmt: skip
_POSTS = {"mg": "Centre de santé de base", "bf": "CSPS", "tg": "Centre médico-social"}
_CLINICS = {
    "atia-sante": "Fanilo",
    "mirindra-sante": "Avotra",
    "hasina-sante": "Maharitra",
    "zems-laafi": "Yam Pukri",
    "sugri-laafi": "Teel-Taaba",
    "dagbe-sante": "Novissi",
}


def of_town(town: str) -> str:
    """``d’Antananarivo``, ``de Lomé``; ``de Ouagadougou``, whose first sound is a consonant."""
    return f"d’{town}" if town[0] in "AEIO" and town[:2] != "Ou" else f"de {town}"


def places(plan: MutualPlan) -> tuple[Place, ...]:
    """The providers with which a mutual works."""
    words = {
        "post": _POSTS[plan.country],
        "town": of_town(plan.towns[0][1]),
        "second": of_town(plan.towns[-1][1]),
        "place": of_town(plan.place),
        "name": _CLINICS[plan.code],
    }
    return tuple(
        Place(f"{plan.code}-{code}", name.format(**words), sector, level, categories)
        for code, sector, level, name, categories in _KINDS
    )
