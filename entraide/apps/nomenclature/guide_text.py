"""The coding guide that the product ships: how each category of care is to be understood."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of the guide. A synonym of one country begins with its letters: ``mg:tazo``."""

    definition: str
    examples: str = ""
    elsewhere: str = ""
    synonyms: tuple[str, ...] = ()


GUIDE_SOURCE = "Entraide 0.1"

GUIDE: dict[str, Said] = {
    "consultation": Said(
        "Le malade est vu, reçoit une ordonnance et repart le jour même.",
        "Paludisme simple, toux, pansement, suivi de tension ; les médicaments de l’ordonnance.",
        "Une nuit au centre : hospitalisation. Un examen de laboratoire seul : examens.",
        ("visite", "ordonnance", "médicaments", "pharmacie", "soins simples", "mg:fitsaboana"),
    ),
    "examinations": Said(
        "Un examen demandé par un soignant, ou l’avis d’un spécialiste.",
        "Goutte épaisse, numération, échographie, radiographie, ophtalmologue.",
        "L’examen fait pendant une hospitalisation reste sur la facture d’hospitalisation.",
        ("analyse", "labo", "laboratoire", "écho", "radio", "prise de sang", "spécialiste"),
    ),
    "dental": Said(
        "Ce qui touche aux dents et aux gencives, sans hospitalisation.",
        "Extraction, soin de carie, détartrage, abcès dentaire.",
        "Une fracture de la mâchoire opérée : chirurgie.",
        ("dent", "dentiste", "carie", "mal de dent", "mg:nify"),
    ),
    "hospital": Said(
        "Le malade passe au moins une nuit au centre ou à l’hôpital.",
        "Paludisme grave, pneumonie, mise en observation d’une nuit, médicaments du séjour.",
        "Un accouchement sans opération : accouchement. Une opération : chirurgie.",
        ("séjour", "hospitalisé", "mise en observation", "lit", "nuit", "mg:hopitaly"),
    ),
    "delivery": Said(
        "Une naissance sans opération, avec le séjour et les fournitures.",
        "Accouchement simple, accouchement avec épisiotomie, soins du nouveau-né le même jour.",
        "Une césarienne : chirurgie. Une consultation prénatale : consultation.",
        ("naissance", "accoucher", "maternité", "travail", "mg:fiterahana"),
    ),
    "surgery": Said(
        "Un acte au bloc opératoire, avec anesthésie.",
        "Césarienne, appendicite, hernie, fracture opérée.",
        "Une suture ou un abcès incisé sans bloc : consultation.",
        ("opération", "opéré", "césarienne", "césar", "bloc", "mg:fandidiana"),
    ),
    "emergency": Said(
        "La vie ou un membre est en danger : le malade est pris sans attendre, à toute heure.",
        "Accident de la route, convulsions, hémorragie, morsure de serpent.",
        "La nuit passée ensuite au centre : hospitalisation.",
        ("urgence", "accident", "évacuation", "blessé"),
    ),
    "other": Said(
        "Ce qu’aucune autre catégorie ne dit ; écrire en remarque ce que c’est.",
        "Transport du malade, lunettes, appareillage.",
        "Chercher d’abord dans les autres catégories.",
        ("divers", "autre", "transport", "lunettes"),
    ),
}
