"""The form of the document that ``entraide calc claim`` reads: a JSON Schema and an example.

The schema is the one description: the command checks with it and prints it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entraide.core.adjudication.document_rules import RULES
from entraide.core.adjudication.schema_parts import (
    SECTOR,
    Schema,
    count,
    day,
    described,
    flag,
    mapped,
    minor,
    quantity,
    rate,
    text,
    texts,
)
from entraide.core.care_package import ProviderLevel, Risk, Visit
from entraide.core.care_path import VOUCHER_FAULTS
from entraide.core.money import CURRENCIES, MAXIMUM_MINOR

_SEX = text("as in the register", enum=["F", "M"])

_LINE = described(
    ("key", "category", "claimed_minor"),
    "one act or drug, as stated",
    key=text("unique in the claim"),
    category=text("care category"),
    item_code=text("code of the act or drug, looked up in the tariff"),
    label=text("name of the act or drug"),
    quantity=quantity("units; 1 when absent"),
    unit_price_claimed_minor=minor("price of one unit as stated"),
    claimed_minor=minor("amount asked for the line"),
    is_excluded=flag("outside the benefit package"),
    sex=_SEX,
    min_age=count("youngest age allowed, completed years", 150),
    max_age=count("oldest age allowed, completed years", 150),
    max_quantity=quantity("most units paid for in the period"),
    used_quantity=quantity("units already paid for in the period"),
    minimum_days_between=count("days that must separate two such acts"),
    last_care_on=day("last such act"),
    next_care_on=day("first such act after this one, decided already"),
    duplicate_of=text("earlier claim that asks for the same act"),
    free_care_payer=text("programme that pays for this act"),
    item_system=text("list in which the code stands"),
    item_kind=text("what it is", enum=["service", "drug"]),
    item_risk=text("to who carries the risk", enum=[risk.value for risk in Risk]),
    incompatible_with=text("act of the same day that cannot go with it"),
    is_unknown=flag("no list of care has it"),
    pre_authorisation=text("number of the prior agreement"),
    pre_authorised_minor=minor("the most that it allows"),
    used_up_authorisation=text("number of a prior agreement of which nothing is left"),
    other_payer_minor=minor("what another payer has paid of it"),
    is_out_of_convention=flag("of a service that the agreement does not name"),
    justified_quantity=quantity("units that a person found medically justified"),
    justified_minor=minor("what a person found medically justified of it"),
    justified_reason=text("why no more is", minLength=1),
)

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "claim",
    **described(
        ("currency", "rules", "claim"),
        "rules, person, cover, earlier use, provider, tariff and claim: the decision per line",
        currency=text("ISO code", enum=sorted(CURRENCIES)),
        rules=RULES,
        person=described(
            (),
            "the person cared for",
            sex=_SEX,
            birth_on=day("birth"),
            lists=texts("list that the person is on"),
            expected_delivery_on=day("expected day of delivery"),
            other_payer=text("who pays before the mutual"),
        ),
        cover=described(
            (),
            "rights on the date of care; covered when absent",
            is_covered=flag("rights are open"),
            refusal_code=text("why they are not"),
            refusal_data=mapped(text("value"), "what the sentence of that code names"),
            waiting_until=mapped(day("first day paid"), "by care category"),
            waits_from=day("day from which waiting periods count"),
            household_size=count("persons of the household that day"),
        ),
        used=described(
            (),
            "what the mutual has already paid in the cover year",
            person_minor=mapped(minor("paid"), "for the person, by care category"),
            person_count=mapped(count("cases"), "cases of the person, by care category"),
            household_minor=mapped(minor("paid"), "for the household, by care category"),
            person_total_minor=minor("for the person, all categories"),
            household_total_minor=minor("for the household, all categories"),
            scopes=mapped(count("used", MAXIMUM_MINOR), "by limit, deductible or case"),
        ),
        provider=described(
            (),
            "a public provider with an agreement when absent",
            sector=SECTOR,
            has_agreement=flag("an agreement is in force on the date of care"),
            level=text("place in the pyramid", enum=[level.value for level in ProviderLevel]),
            is_paid_directly=flag("the agreement has the mutual pay it; true when absent"),
            needs_guarantee_letter=flag("a letter of the mutual comes before a stay"),
            discount_rate=rate("what it takes off the agreed prices"),
        ),
        tariff=mapped(minor("agreed price of one unit"), "by item code, on the date of care"),
        claim=described(
            ("care_on", "lines"),
            "the claim",
            care_on=day("date of care"),
            received_on=day("reception; the date of care when absent"),
            is_third_party_payment=flag("the provider is paid; else the member is reimbursed"),
            is_emergency=flag("an emergency"),
            visit=text("how the person came", enum=[visit.value for visit in Visit]),
            is_inpatient=flag("a stay, as the paper says; hospital care is one anyway"),
            is_referred=flag("with a referral slip"),
            has_voucher=flag("with a referral voucher of the register, valid"),
            referral_fault=text(
                "code: why the voucher that is named proves nothing", enum=sorted(VOUCHER_FAULTS)
            ),
            referral_data=mapped(text("value"), "what the sentence of that code names"),
            infers_stay=flag(
                "hospital care is a stay, whatever the paper says; true when absent, false for"
                " decisions made before"
            ),
            bounds_flat_rate=flag("a prior agreement bounds an episode too; true when absent"),
            bounds_payment=flag(
                "a prior agreement bounds what is paid, where it is asked for; true when absent,"
                " false for decisions made when it bounded the cost"
            ),
            weighs_together=flag(
                "lines of one act are weighed together, claims of one episode are one case; true"
                " when absent, false for decisions made when each was looked at alone"
            ),
            shows_no_tariff=flag(
                "a person looks where no price was agreed; when absent: asked back by the member"
                " of a provider without agreement"
            ),
            episode=text("episode of care that several claims share"),
            attestation_of=text("earlier claim on the same attestation"),
            lines={"type": "array", "minItems": 1, "items": _LINE},
        ),
    ),
}

EXAMPLE: dict[str, Any] = {
    "currency": "XOF",
    "rules": {
        "version": "example",
        "benefits": [
            {
                "category": "hospital",
                "deductible_minor_per_case": 2000,
                "copayment_rate": Decimal("0.2"),
                "ceiling_minor_per_person_per_year": 60000,
            },
            {
                "category": "consultation",
                "copayment_rate": Decimal("0.25"),
                "ceiling_minor_per_case": 6000,
            },
        ],
    },
    "person": {"sex": "F", "birth_on": "1990-05-17"},
    "cover": {"is_covered": True, "waiting_until": {"hospital": "2026-04-01"}},
    "used": {
        "person_minor": {"hospital": 35000},
        "person_count": {"hospital": 1},
        "person_total_minor": 35000,
    },
    "provider": {"sector": "public", "has_agreement": True},
    "tariff": {"BED": 10000, "CONS": 2500},
    "claim": {
        "care_on": "2026-05-12",
        "received_on": "2026-05-20",
        "lines": [
            {
                "key": "1",
                "category": "hospital",
                "item_code": "BED",
                "label": "Hospital day",
                "quantity": 4,
                "claimed_minor": 40000,
            },
            {
                "key": "2",
                "category": "consultation",
                "item_code": "CONS",
                "label": "Consultation",
                "claimed_minor": 3000,
            },
        ],
    },
}
