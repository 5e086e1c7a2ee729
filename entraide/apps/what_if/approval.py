"""What a version needs before another person approves it: a trial of these very rules."""

from __future__ import annotations

from datetime import date

from entraide.apps.claims.models import Claim, ClaimState
from entraide.apps.schemes.models import Mutual, Product, ProductVersion
from entraide.apps.what_if.models import RuleTrial, TrialState
from entraide.core.errors import Refusal
from entraide.core.periods import add_months
from entraide.rulebook.drafts import care_differs

USUAL_MONTHS = 12


def usual_period(on: date) -> tuple[date, date]:
    """The twelve months before a day: the claims that a trial looks at when nobody says other."""
    return add_months(on, -USUAL_MONTHS), on


def has_past_claims(product: Product, on: date) -> bool:
    """Whether anything was decided under a product in the usual period."""
    start, until = usual_period(on)
    claims = Claim.objects.filter(
        mutual_id=product.mutual_id, membership__product=product, care_on__gte=start,
        care_on__lt=until,
    )  # fmt: skip
    return claims.exclude(state=ClaimState.REVERSED).exists()


def trial_of(mutual: Mutual, checksum: str) -> RuleTrial | None:
    """The latest finished trial of rules, by their checksum."""
    trials = RuleTrial.objects.filter(mutual=mutual, checksum=checksum, state=TrialState.DONE)
    return trials.order_by("-id").first()


def needs_trial(version: ProductVersion) -> bool:
    """Whether a version changes what an approved one promised of care."""
    before = (
        ProductVersion.objects.filter(product=version.product, approved_at__isnull=False)
        .exclude(pk=version.pk)
        .order_by("-effective_from", "-number")
        .first()
    )
    return before is not None and care_differs(before.document, version.document)


def require_tried(version: ProductVersion) -> None:
    """Refuse with ``TRIAL_MISSING`` a change of care that nobody tried on past claims, or of which
    nobody wrote why it cannot be."""
    if needs_trial(version) and trial_of(version.mutual, version.checksum) is None:
        raise Refusal("TRIAL_MISSING", product=version.product.name)
