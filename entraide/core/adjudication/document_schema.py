"""The form of the document that ``entraide calc claim`` reads: a JSON Schema and an example.

The schema is the one description: the command checks with it and prints it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entraide.core.care_package import ProviderLevel, Risk, Sector, Visit
from entraide.core.money import CURRENCIES, MAXIMUM_MINOR

Schema = dict[str, Any]


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _date(description: str) -> Schema:
    return _text(description + " (ISO date)", format="date")


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def _minor(description: str) -> Schema:
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": MAXIMUM_MINOR,
        "description": description + ", minor units",
    }


def _count(description: str, maximum: int = 100_000) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": maximum, "description": description}


def _quantity(description: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1_000_000, "description": description}


def _rate(description: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1, "description": description}


def _object(required: tuple[str, ...], description: str = "", **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def _map(values: Schema, description: str) -> Schema:
    return {"type": "object", "description": description, "additionalProperties": values}


_SECTOR = _text("who runs the provider", enum=[sector.value for sector in Sector])
_SEX = _text("as in the register", enum=["F", "M"])

_BENEFIT = _object(
    ("category",),
    "what is promised for one care category, for one sector or for all",
    category=_text("care category"),
    sector=_SECTOR,
    is_covered=_flag("false: nothing is paid"),
    deductible_minor_per_case=_minor("deductible of a case"),
    copayment_rate=_rate("the member's share, a rate"),
    copayment_minor_per_case=_minor("the member's fixed ticket of a case"),
    flat_rate_minor=_minor("price of the whole episode, whatever its lines"),
    ceiling_minor_per_case=_minor("ceiling of a case"),
    ceiling_minor_per_person_per_year=_minor("ceiling of the category, person and year"),
    ceiling_minor_per_household_per_year=_minor("ceiling of the category, household and year"),
    ceiling_count_per_person_per_year=_count("number of cases paid, person and year"),
    requires_pre_authorisation=_flag("nothing is paid without a prior agreement"),
    requires_referral=_flag("nothing is paid without a referral"),
    state_share_rate=_rate("what the State pays of the price, before the mutual"),
    copayment_payer=_text("who pays the member's share instead"),
    waits_by_expected_delivery=_flag("the waiting period is judged on the expected delivery"),
)

_LINE = _object(
    ("key", "category", "claimed_minor"),
    "one act or drug, as stated",
    key=_text("unique in the claim"),
    category=_text("care category"),
    item_code=_text("code of the act or drug, looked up in the tariff"),
    label=_text("name of the act or drug"),
    quantity=_quantity("units; 1 when absent"),
    unit_price_claimed_minor=_minor("price of one unit as stated"),
    claimed_minor=_minor("amount asked for the line"),
    is_excluded=_flag("outside the benefit package"),
    sex=_SEX,
    min_age=_count("youngest age allowed, completed years", 150),
    max_age=_count("oldest age allowed, completed years", 150),
    max_quantity=_quantity("most units paid for in the period"),
    used_quantity=_quantity("units already paid for in the period"),
    minimum_days_between=_count("days that must separate two such acts"),
    last_care_on=_date("last such act"),
    next_care_on=_date("first such act after this one, decided already"),
    duplicate_of=_text("earlier claim that asks for the same act"),
    free_care_payer=_text("programme that pays for this act"),
    item_system=_text("list in which the code stands"),
    item_kind=_text("what it is", enum=["service", "drug"]),
    item_risk=_text("to who carries the risk", enum=[risk.value for risk in Risk]),
    incompatible_with=_text("act of the same day that cannot go with it"),
    is_unknown=_flag("no list of care has it"),
    pre_authorisation=_text("number of the prior agreement"),
    pre_authorised_minor=_minor("the most that it allows"),
    used_up_authorisation=_text("number of a prior agreement of which nothing is left"),
    other_payer_minor=_minor("what another payer has paid of it"),
    is_out_of_convention=_flag("of a service that the agreement does not name"),
)

_LEVELS: Schema = {
    "type": "array",
    "items": _text("place in the pyramid", enum=[level.value for level in ProviderLevel]),
}
_CARE_PATH = _object(
    ("referred_levels",),
    "where a person goes first, and what going elsewhere costs",
    first_levels=_LEVELS,
    referred_levels=_LEVELS,
    categories={"type": "array", "items": _text("care category; none: all care")},
    excepts_emergencies=_flag("an emergency needs no referral; true when absent"),
    excepts_follow_up=_flag("the follow-up of earlier care needs none"),
    needs_voucher=_flag("being sent is proved by a voucher of the register"),
    out_of_path_copayment_rate=_rate("the member's share out of the path, a rate"),
    is_reviewed=_flag("a person looks at care out of the path"),
)

SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "claim",
    **_object(
        ("currency", "rules", "claim"),
        "rules, person, cover, earlier use, provider, tariff and claim: the decision per line",
        currency=_text("ISO code", enum=sorted(CURRENCIES)),
        rules=_object(
            ("benefits",),
            "the product in force on the date of care",
            version=_text("name of the rules"),
            benefits={"type": "array", "minItems": 1, "items": _BENEFIT},
            care_path=_CARE_PATH,
            claim_time_limit_days=_count("days between care and reception"),
            pays_after_others=_flag("another payer pays first"),
            review=_object(
                (),
                "from how much on a person looks",
                claim_minor=_minor("asked by the claim"),
                quantity=_count("units of a line"),
            ),
            ceiling_minor_per_person_per_year=_minor("ceiling of all categories, person and year"),
            ceiling_minor_per_household_per_year=_minor(
                "ceiling of all categories, household and year"
            ),
        ),
        person=_object(
            (),
            "the person cared for",
            sex=_SEX,
            birth_on=_date("birth"),
            lists={"type": "array", "items": _text("list that the person is on")},
            expected_delivery_on=_date("expected day of delivery"),
            other_payer=_text("who pays before the mutual"),
        ),
        cover=_object(
            (),
            "rights on the date of care; covered when absent",
            is_covered=_flag("rights are open"),
            refusal_code=_text("why they are not"),
            waiting_until=_map(_date("first day paid"), "by care category"),
            waits_from=_date("day from which waiting periods count"),
            household_size=_count("persons of the household that day"),
        ),
        used=_object(
            (),
            "what the mutual has already paid in the cover year",
            person_minor=_map(_minor("paid"), "for the person, by care category"),
            person_count=_map(_count("cases"), "cases of the person, by care category"),
            household_minor=_map(_minor("paid"), "for the household, by care category"),
            person_total_minor=_minor("for the person, all categories"),
            household_total_minor=_minor("for the household, all categories"),
            scopes=_map(_count("used", MAXIMUM_MINOR), "by limit, deductible or case"),
        ),
        provider=_object(
            (),
            "a public provider with an agreement when absent",
            sector=_SECTOR,
            has_agreement=_flag("an agreement is in force on the date of care"),
            level=_text("place in the pyramid", enum=[level.value for level in ProviderLevel]),
            is_paid_directly=_flag("the agreement has the mutual pay it; true when absent"),
            needs_guarantee_letter=_flag("a letter of the mutual comes before a stay"),
            discount_rate=_rate("what it takes off the agreed prices"),
        ),
        tariff=_map(_minor("agreed price of one unit"), "by item code, on the date of care"),
        claim=_object(
            ("care_on", "lines"),
            "the claim",
            care_on=_date("date of care"),
            received_on=_date("reception; the date of care when absent"),
            is_third_party_payment=_flag("the provider is paid; else the member is reimbursed"),
            is_emergency=_flag("an emergency"),
            visit=_text("how the person came", enum=[visit.value for visit in Visit]),
            is_inpatient=_flag("a stay; not known when absent"),
            is_referred=_flag("with a referral slip"),
            has_voucher=_flag("with a referral voucher of the register, valid"),
            referral_fault=_text("code: why the voucher that is named proves nothing"),
            episode=_text("episode of care that several claims share"),
            attestation_of=_text("earlier claim on the same attestation"),
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
