"""Names as people bear them in the three countries; every combination is fictitious."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NameList:
    """Family names and given names of one country; ``phone`` is the form of a number."""

    family: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    phone: str


NAMES: dict[str, NameList] = {
    "mg": NameList(
        ("Rakotomanga", "Rasoamanana", "Andriamihaja", "Razafimahatratra", "Rabenja", "Ranaivo",
         "Ratovoson", "Randrianasolo", "Raharimanana", "Rajaonah", "Rafidison", "Ramanantoanina",
         "Andrianjafy", "Ravelojaona", "Rasolonjatovo", "Rabarijaona", "Rakotovao", "Razanadrakoto",
         "Ralison", "Andriantsitohaina", "Rasamoelina", "Ramaholimihaso", "Ratsirahonana", "Rabe"),
        ("Hasina", "Voahirana", "Lalaina", "Nomena", "Harisoa", "Mialy", "Soa", "Vololona",
         "Tantely",
         "Fanja", "Aina", "Malala", "Nivo", "Sariaka", "Felana", "Domoina"),
        ("Andry", "Hery", "Mahefa", "Tojo", "Lanto", "Njaka", "Rija", "Fenitra", "Hajaina",
         "Mendrika",
         "Tovo", "Dina", "Lita", "Ando", "Sitraka", "Zaka"),
        "03{0} {1:02d} {2:03d} {3:02d}",
    ),
    "bf": NameList(
        ("Ouédraogo", "Sawadogo", "Kaboré", "Zongo", "Compaoré", "Tapsoba", "Nikiéma", "Ilboudo",
         "Kafando", "Simporé", "Bonkoungou", "Rouamba", "Yaméogo", "Sankara", "Zoungrana",
         "Tiendrébéogo",
         "Kiendrébéogo", "Diallo", "Barry", "Congo", "Ouoba", "Nana", "Bamogo", "Belem"),
        ("Awa", "Fatou", "Mariam", "Rasmata", "Habibou", "Salamata", "Poko", "Talato", "Azèta",
         "Safi",
         "Bintou", "Kadi", "Nafissatou", "Rihanata", "Téné", "Aïssata"),
        ("Adama", "Boukari", "Hamidou", "Idrissa", "Issa", "Karim", "Lassané", "Moussa", "Noaga",
         "Ousmane", "Raogo", "Salif", "Souleymane", "Tibo", "Yacouba", "Zakaria"),
        "7{0} {1:02d} {2:02d} {3:02d}",
    ),
    "tg": NameList(
        ("Adjovi", "Agbeko", "Amegan", "Kodjo", "Mensah", "Lawson", "Tetteh", "Sossou", "Gbeku",
         "Folly",
         "Adzovi", "Kpodar", "Ayité", "Dogbe", "Tossou", "Amouzou", "Ekoué", "Assogba", "Akakpo",
         "Afanou", "Klutse", "Gnassingbe-Ako", "Dossou", "Attiogbé"),
        ("Afi", "Akou", "Ama", "Abla", "Essi", "Adjoa", "Akossiwa", "Dédé", "Enyonam", "Kafui",
         "Mawusi",
         "Sika", "Yawa", "Éloïse", "Ablavi", "Délali"),
        ("Koffi", "Kokou", "Kossi", "Komi", "Yao", "Kodjo", "Kwami", "Edem", "Elom", "Mawuli",
         "Séna",
         "Selom", "Foli", "Ayao", "Komlan", "Yaovi"),
        "9{0} {1:02d} {2:02d} {3:02d}",
    ),
}  # fmt: skip


def a_phone(rng: random.Random, names: NameList) -> str:
    """A telephone number in the form of the country."""
    digits = (
        rng.choice((0, 1, 2, 3, 4)),
        rng.randrange(100),
        rng.randrange(100),
        rng.randrange(100),
    )
    return names.phone.format(*digits)
