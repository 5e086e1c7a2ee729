"""What the command of an act carries: the same for the services and for the bulk path."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zlib import crc32

from entraide.apps.claims.around import Circumstances
from entraide.apps.claims.desk import LineEntry
from entraide.apps.claims.models import Circuit, VisitKind
from entraide.apps.contributions.models import Channel, Payer
from entraide.apps.enrolment.models import Household, Membership, Person
from entraide.core.care_package import ProviderLevel
from entraide.core.conventions import STAY_CATEGORIES
from entraide.core.ledger import AccountRole, FundCode
from entraide.demo import acts
from entraide.demo.foundation import World

Content = dict[str, Any]
OPENING_LABEL = "Soldes à l’ouverture des livres"
SWEEP_LABEL = "Virement de l’argent mobile vers la banque"
SENT = Circumstances(visit=VisitKind.REFERRAL)
SENT_OF_TEN = 7
URGENT_STAY = Circumstances(visit=VisitKind.EMERGENCY, is_inpatient=True)
URGENT_OF_TEN = 8
REVIEW_REASON = "Ordonnance et registre vérifiés : la décision des règles est confirmée."


def opening(act: acts.Open, world: World) -> Content:
    """``record_opening_balances``."""
    return {
        "opened_on": act.day,
        "balances": (
            (world.main, FundCode.MUTUAL, act.mutual_fund_minor),
            (world.main, FundCode.RUNNING, act.running_minor),
        ),
        "label": OPENING_LABEL,
    }


def enrolment(act: acts.Enrol, world: World) -> Content:
    """``enrol_household``."""
    return {
        "product": world.products[act.product],
        "enrolled_on": act.day,
        "persons": act.persons,
        "group": world.groups[act.group],
        "area": world.areas[act.area],
        "address": act.address,
        "phone": act.phone,
        "declared_size": len(act.persons),
        "declared_group_size": act.declared_group_size,
        "loan_minor": act.loan_minor,
        "loan_reference": act.loan_reference,
        "source": act.source,
    }


def renewal(act: acts.Renew, membership: Membership) -> Content:
    """``renew_membership``."""
    return {
        "membership": membership,
        "renewed_on": act.day,
        "loan_minor": act.loan_minor,
        "loan_reference": act.loan_reference,
    }


def dependant(act: acts.AddDependant, membership: Membership) -> Content:
    """``add_dependant``."""
    return {"membership": membership, "entry": act.entry, "entered_on": act.entered_on}


def move(act: acts.MoveGroup, world: World, household: Household) -> Content:
    """``move_to_group``."""
    return {"household": household, "group": world.groups[act.group], "moved_on": act.day}


def end_of_person(act: acts.EndPerson, person: Person, successor: Person | None) -> Content:
    """``end_person``."""
    return {"person": person, "died_on": act.died_on, "successor": successor}


def payment(act: acts.Pay, world: World, household: Household, amount_minor: int) -> Content:
    """``record_contribution_payment``; called once for each receipt, in the order of receipts."""
    names = {
        Payer.EMPLOYER: household.group.name if household.group else "",
        Payer.STATE: "Commune, part subventionnée",
    }
    return {
        "household": household,
        "amount_minor": amount_minor,
        "channel": Channel(act.channel),
        "treasury_account": world.treasury_account(act.channel),
        "paid_on": act.day,
        "external_reference": act.reference,
        "payer": Payer(act.payer),
        "payer_name": names.get(Payer(act.payer), ""),
        "paper_number": world.booklets.number(act),
        "double_confirmed": True,  # a collector's leaves, entered as they stand
    }


def sweep(act: acts.Sweep, world: World, amounts_minor: dict[FundCode, int]) -> Content:
    """``transfer_between_accounts``."""
    return {
        "source": world.mobile,
        "destination": world.main,
        "amounts_minor": amounts_minor,
        "moved_on": act.day,
        "label": SWEEP_LABEL,
    }


def claim(act: acts.AskClaim, world: World, person: Person) -> Content:
    """``submit_claim``."""
    content: Content = {
        "person": person,
        "provider": world.providers[act.provider],
        "circuit": Circuit(act.circuit),
        "channel": act.channel,
        "care_on": act.care_on,
        "received_on": act.received_on,
        "lines": tuple(
            LineEntry(world.items[line.item], Decimal(line.quantity), line.unit_price_minor)
            for line in act.lines
        ),
        "attestation_number": act.attestation,
        "invoice_number": act.invoice,
    }
    if act.diagnosis:
        content["diagnosis"] = world.diagnoses[act.diagnosis]
    drawn = crc32(f"{act.attestation}{act.care_on}{act.household}".encode()) % 10
    if _is_urgent_stay(act, world, drawn):
        content["circumstances"] = URGENT_STAY
    elif world.providers[act.provider].level == ProviderLevel.DISTRICT and drawn < SENT_OF_TEN:
        content["circumstances"] = SENT  # the papers of a hospital say it, most of them
    return content


def _is_urgent_stay(act: acts.AskClaim, world: World, drawn: int) -> bool:
    """Whether a stay paid to the hospital began as an emergency: most do, the others have no letter
    of guarantee and wait for a person."""
    is_stay = any(world.items[line.item].category.code in STAY_CATEGORIES for line in act.lines)
    return is_stay and act.circuit == Circuit.THIRD_PARTY_PAYMENT and drawn < URGENT_OF_TEN


def expense(act: acts.Spend, world: World) -> Content:
    """``record_expense``."""
    return {
        "role": AccountRole(act.role),
        "amount_minor": act.amount_minor,
        "paid_on": act.day,
        "label": act.label,
        "treasury_account": world.main,
    }


def grant(act: acts.ReceiveGrant, world: World) -> Content:
    """``record_grant``."""
    return {
        "amount_minor": act.amount_minor,
        "received_on": act.day,
        "label": act.label,
        "treasury_account": world.main,
    }


def charge(act: acts.BearCharge, world: World) -> Content:
    """``record_bank_charge``."""
    return {
        "amount_minor": act.amount_minor,
        "charged_on": act.day,
        "label": act.label,
        "treasury_account": world.main,
    }
