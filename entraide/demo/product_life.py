"""A change of care in the making in one mutual, tried on a year, and a programme of free care."""

from __future__ import annotations

from datetime import date

from django.db.models import Count
from django_scopes import scope

from entraide.apps.claims.models import Claim
from entraide.apps.nomenclature.free_care import approve_free_care, enter_free_care
from entraide.apps.schemes.drafts import start_product_draft
from entraide.apps.schemes.models import Product
from entraide.apps.schemes.rights import Right
from entraide.apps.schemes.selectors import product_on, rules_of
from entraide.apps.what_if.approval import usual_period
from entraide.apps.what_if.running import run_trial, try_rules
from entraide.demo.foundation import World
from entraide.rulebook.drafts import with_values

RATE = "0.50"  # of a consultation, left to the family
CASES = 12  # consultations of one person in a year


def prepare_change(world: World, until: date) -> None:
    """The finance officer writes a draft for the first of January to come, and tries it; from the
    last day on the State pays for the deliveries of the public sector."""
    effective_from = date(until.year + 1, 1, 1)
    source = f"Proposition du conseil, {until.year}"
    start, last = usual_period(until)
    with scope(mutual=world.mutual):
        claims = Claim.objects.filter(care_on__gte=start, care_on__lt=last)
        used = claims.order_by().values("membership__product").annotate(count=Count("pk"))
        most = used.filter(membership__isnull=False).order_by("-count", "membership__product")
        if not most:
            return  # a demonstration of very few families
        product = Product.objects.get(pk=most[0]["membership__product"])
        version, _rules = product_on(product, until)
        document = with_values(
            version.document,
            {
                **{path: RATE for path in rules_of(version).parameters if _is_share(path)},
                "benefits.consultation.ceiling_count_per_person_per_year": CASES,
            },
            on=effective_from,
            source=source,
        )
        by = {"mutual": world.mutual, "actor": world.people["finance_officer"], "on": until}
        start_product_draft(
            **by, idempotency_key="demo-draft", document=document, effective_from=effective_from,
            source=source, base=version,
        )  # fmt: skip
        trial = try_rules(
            right=Right.ENTER_PRODUCT, **by, idempotency_key="demo-trial", product=product,
            document=document, effective_from=effective_from, start=start, until=last,
        )  # fmt: skip
        run_trial(trial)
        programme = enter_free_care(
            **by, idempotency_key="demo-free-care", name="Accouchement gratuit, État",
            source="Décret sur la gratuité des accouchements", effective_from=until,
            categories=["delivery"], sectors=["public"], sex="F",
        )  # fmt: skip
        approve_free_care(
            **{**by, "actor": world.people["director"]}, idempotency_key="demo-free-care-yes",
            programme=programme,
        )  # fmt: skip


def _is_share(path: str) -> bool:
    """Whether a value is what a consultation leaves to the family, whatever the sector."""
    return path.startswith("benefits.consultation.") and path.endswith(".copayment_rate")
