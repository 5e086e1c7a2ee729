"""The flat files for who keeps a spreadsheet of their own, column by column.

A file keeps its columns, their names and their order from month to month: a column is added at the
end or not at all. Names are French because their readers are; each has its meaning in English here
and in French in the catalogue. No file holds a diagnosis or a note of the medical adviser.
"""

from __future__ import annotations

from dataclasses import dataclass

from entraide.apps.schemes.rights import Right


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """One column: its name, a key of ``KINDS``, its meaning, which explains every code of it.

    The codes of ``care_category`` are the network's own: they are read when the meaning is told.
    """

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class FlatFile:
    """One file; ``dated`` names the column that a period chooses rows by, empty for all rows."""

    name: str
    title: str
    right: Right
    dated: str
    columns: tuple[FlatColumn, ...]


def _columns(*described: tuple[str, str, str]) -> tuple[FlatColumn, ...]:
    return tuple(FlatColumn(*each) for each in described)


MEMBERS = FlatFile(
    "adherents",
    "Every person ever enrolled",
    Right.READ_REGISTERS,
    "",
    _columns(
        ("numero_personne", "text", "Number of the person, which is the number of the card"),
        ("numero_famille", "text", "Number of the family"),
        ("adherent", "text", "oui for who joined and owes the contribution, non for a dependant"),
        ("nom", "text", "Family name, or the whole name where it is not split"),
        ("prenom", "text", "Given name, empty where a name is not split"),
        ("lien", "text", "Relation to the adhérent: member, spouse, child, parent, other"),
        ("sexe", "text", "F for a woman or a girl, M for a man or a boy"),
        ("naissance", "day", "Day of birth as recorded; see precision_naissance"),
        ("precision_naissance", "text", "exact, year (the year only is known) or around"),
        ("entree", "day", "First day in the family's cover"),
        ("sortie", "day", "First day without it, empty while the person belongs"),
        ("deces", "day", "Day of death, empty for the living"),
        ("telephone", "text", "Telephone of the person, else of the family"),
        ("groupe", "text", "Code of the partner group of today, empty for a direct family"),
        ("lieu", "text", "Village, quarter or commune"),
        ("produit", "text", "Code of the product of the last cover"),
        ("couvert_du", "day", "First day of the last cover"),
        ("couvert_jusqu_au", "day", "Last day of the last cover: its term, or an earlier end"),
        (
            "type_groupe",
            "text",
            (
                "Kind of the partner group of today: village, commune, grouping, cooperative, "
                "ngo, enterprise, lender or school; empty for a direct family"
            ),
        ),
    ),
)

CONTRIBUTIONS = FlatFile(
    "cotisations",
    "Every receipt, by the due that it pays",
    Right.READ_REGISTERS,
    "paye_le",
    _columns(
        ("numero_recu", "text", "Number of the receipt, which is the number of its voucher"),
        ("numero_papier", "text", "Number in the collector's paper booklet, if there was one"),
        ("numero_echeance", "text", "Number of the due that this part pays"),
        ("numero_famille", "text", "Number of the family"),
        ("nature", "text", "What is paid: contribution, joining_fee, assembly_fee"),
        ("payeur", "text", "Who owes it: household, employer, state, sponsor"),
        ("canal", "text", "How it was paid: cash, bank, mobile_money, lender, group, opening"),
        ("paye_le", "day", "Day on which the money was given"),
        ("comptabilise_le", "day", "Day of the voucher in the books"),
        ("couvre_du", "day", "First day of the cover that the due is for"),
        ("couvre_jusqu_au", "day", "Last day of it"),
        ("montant", "amount", "What this part pays; a receipt's parts sum to the receipt"),
        ("part_fonds", "amount", "Part for the mutual fund, at the split of that day"),
        ("part_fonctionnement", "amount", "Part for running costs; the two make montant"),
        ("annule_le", "day", "Day on which the receipt was reversed: it counts for nothing then"),
        ("bordereau", "text", "Number of the collection slip, empty for none"),
        ("monnaie", "text", "Currency of the amounts (ISO 4217)"),
    ),
)

CLAIMS = FlatFile(
    "sinistres",
    "Every claim, line by line",
    Right.READ_REGISTERS,
    "soins_le",
    _columns(
        ("numero_sinistre", "text", "Number of the claim, which is the number of its voucher"),
        ("ligne", "number", "Place of the line on the claim, from 1"),
        ("numero_personne", "text", "Who was cared for: number of the card"),
        ("numero_famille", "text", "Number of the family"),
        ("prestataire", "text", "Code of the provider"),
        (
            "circuit",
            "text",
            "third_party_payment (the provider is paid) or reimbursement (the family is)",
        ),
        ("soins_le", "day", "Day of care"),
        ("recu_le", "day", "Day on which the mutual received the papers"),
        ("saisi_le", "day", "Day on which the claim was recorded"),
        ("comptabilise_le", "day", "Day of the voucher in the books, empty before approval"),
        ("paye_le", "day", "Day of payment, empty before it"),
        ("etat", "text", "in_review, decided, approved, in_batch, paid, refused or reversed"),
        ("categorie", "care_category", "Category of care"),
        ("quantite", "rate", "Quantity, with a decimal comma"),
        ("prix_unitaire", "amount", "Unit price as the provider states it"),
        ("demande", "amount", "What is asked for on the line"),
        ("pris_en_charge", "amount", "What the mutual pays of it, by the decision in force"),
        ("reductions", "amount", "demande less pris_en_charge"),
        ("annule_le", "day", "Day on which the claim was reversed: it counts for nothing then"),
        ("monnaie", "text", "Currency of the amounts (ISO 4217)"),
    ),
)

ENTRIES = FlatFile(
    "ecritures",
    "Every entry of the books, for an accounting package",
    Right.READ_BOOKS,
    "comptabilise_le",
    _columns(
        ("sequence", "number", "Place of the entry in the books, without a gap"),
        (
            "journal",
            "text",
            (
                "Journal of the entry: contributions, claims (care), cash (cash box), bank (bank "
                "and mobile money), operations (sundry), migration (taken over) or opening (first "
                "balances)"
            ),
        ),
        ("numero_piece", "text", "Number of the voucher, the same on the receipt or the claim"),
        ("ligne", "number", "Place of the line in the entry, from 1"),
        ("survenu_le", "day", "Day of the event"),
        ("comptabilise_le", "day", "Day of the entry, which is the accounting date"),
        ("compte", "text", "Number of the account in the mutual's chart"),
        ("intitule_compte", "text", "Name of the account"),
        (
            "fonds",
            "text",
            (
                "Fund that the line belongs to: mutual (mutual fund), running (running costs) "
                "or other (in suspense)"
            ),
        ),
        ("debit", "amount", "Amount on the debit side, 0 on the other"),
        ("credit", "amount", "Amount on the credit side, 0 on the other"),
        ("libelle", "text", "What the entry is about"),
        ("saisi_par", "text", "Who posted it: name for signing in"),
        ("empreinte", "text", "Hash of the entry in the chain"),
        ("monnaie", "text", "Currency of the amounts (ISO 4217)"),
    ),
)

ACTIVITIES = FlatFile(
    "activites",
    "Every activity of the field: time told, visits and calls",
    Right.READ_REGISTERS,
    "jour",
    _columns(
        (
            "nature",
            "text",
            (
                "time (minutes told for some acts) or contact (one family visited or called): "
                "a visit may stand under both, add up one of them only"
            ),
        ),
        ("jour", "day", "Day of the activity"),
        (
            "activite",
            "text",
            (
                "monthly_collection, single_collection, enrolment, renewal, home_visit, call, "
                "group_session (a session in a group), hospital_visit, invoice_fetching or other"
            ),
        ),
        ("personne", "text", "Who did it"),
        ("numero_famille", "text", "Number of the family of a contact"),
        ("groupe", "text", "Code of the partner group for which time was told, or of the family"),
        ("actes", "number", "How many receipts, visits or calls; 1 for a contact"),
        ("minutes", "number", "Minutes told, way included; empty for a contact"),
        ("saisi_le", "day", "Day on which it was recorded"),
        ("annule_le", "day", "Day on which it was withdrawn: it counts for nothing then"),
    ),
)

FLAT_FILES: dict[str, FlatFile] = {
    each.name: each for each in (MEMBERS, CONTRIBUTIONS, CLAIMS, ACTIVITIES, ENTRIES)
}
KINDS: dict[str, str] = {
    "text": "Text",
    "care_category": "Text",
    "day": "Day, YYYY-MM-DD",
    "number": "Whole number",
    "amount": "Amount in the currency's unit, decimal comma",
    "rate": "Number with a decimal comma",
}
DICTIONARY = ("fichier", "colonne", "type", "sens")  # the columns of the dictionary itself
