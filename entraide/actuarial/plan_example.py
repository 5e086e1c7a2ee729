"""A small plan that shows the shape of the document: one group, two kinds of care, three people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

EXAMPLE_ASSUMPTIONS: dict[str, Any] = {
    "source": "example",
    "confidence": "L",
    "name": "Mutuelle d’exemple",
    "currency": "XOF",
    "base_year": 2025,
    "running_share": Decimal("0.25"),
    "groups": [
        {
            "name": "Village",
            "households": 1000,
            "household_size": 5,
            "contribution_minor_per_year": 14000,
            "contribution_trend": 0,
            "collection_rate": Decimal("0.95"),
            "renewal_rate": {
                "value": Decimal("0.7"),
                "source": "contracts ended in 2025",
                "confidence": "H",
                "cases": 940,
            },
            "new_households_per_month": 27,
            "paid_at_once": 1,
        }
    ],
    "membership": {
        "newcomers_lost_per_price": Decimal("0.3"),
        "renewals_lost_per_price": Decimal("0.12"),
        "households_per_partner_group": 25,
    },
    "care": {
        "inflation": Decimal("0.04"),
        "use_growth": Decimal("0.03"),
        "payment_pattern": [Decimal("0.4"), Decimal("0.4"), Decimal("0.2")],
    },
    "care_lines": [
        {
            "category": "Consultation",
            "sector": "public",
            "frequency": Decimal("0.6"),
            "bill_minor": 2600,
            "bill_cv": Decimal("0.7"),
            "share_paid": Decimal("0.7"),
            "ceiling_minor_per_case": 6000,
        },
        {
            "category": "Hospitalisation",
            "sector": "public",
            "frequency": Decimal("0.02"),
            "bill_minor": 40000,
            "bill_cv": Decimal("1.2"),
            "share_paid": Decimal("0.75"),
            "ceiling_minor_per_case": 60000,
            "waiting_months": 3,
            "is_hospital_stay": True,
        },
    ],
    "staff": {
        "salary_months_per_year": 13,
        "charges_rate": Decimal("0.18"),
        "wage_rise": Decimal("0.04"),
        "productive_hours_per_year": 1650,
        "meetings_share": Decimal("0.12"),
    },
    "posts": [
        {
            "role": "manager",
            "posts_in_base_year": 1,
            "gross_minor_per_month": 180000,
            "sizing": "fixed",
            "number": 1,
        },
        {
            "role": "field_agent",
            "posts_in_base_year": 2,
            "gross_minor_per_month": 95000,
            "sizing": "work",
            "rounding": "up",
            "minimum": 1,
        },
    ],
    "activities": [
        {
            "name": "enrolment",
            "driver": "new_household",
            "times": 1,
            "work": [
                {"role": "field_agent", "minutes": {"today": 90, "target": 75, "lever": "phone"}}
            ],
        },
        {
            "name": "home_visit",
            "driver": "household",
            "times": 1,
            "work": [{"role": "field_agent", "minutes": 70}],
        },
        {
            "name": "claim_entry",
            "driver": "claim",
            "times": 1,
            "work": [
                {"role": "field_agent", "minutes": {"today": 12, "target": 6, "lever": "phone"}}
            ],
        },
    ],
    "cost_lines": [
        {
            "name": "Loyer et communication",
            "basis": "fixed",
            "amount_minor": 1500000,
            "inflation": Decimal("0.03"),
        }
    ],
    "reserve": {"opening_balance_minor": 2400000},
    "levers": [
        {
            "name": "growth",
            "effect": "households",
            "bound": Decimal("0.6"),
            "lead_months": 6,
            "ramp_months": 24,
        },
        {
            "name": "price",
            "effect": "contribution",
            "bound": Decimal("0.3"),
            "lead_months": 6,
            "ramp_months": 24,
            "contract_steps": 2,
        },
        {
            "name": "phone",
            "effect": "organisation",
            "bound": 1,
            "lead_months": 9,
            "ramp_months": 6,
        },
    ],
}
