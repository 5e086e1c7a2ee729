"""Whether a person counts as sent to a provider, and how a claim stands to the path of care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from entraide.core.adjudication.facts import ClaimFacts
from entraide.core.care_package import Circumstances, Visit
from entraide.core.care_path import PathStanding
from entraide.core.errors import Finding
from entraide.core.product import Product


def is_referred(claim: ClaimFacts, product: Product) -> bool:
    """Whether the person counts as sent to the provider: by the register, else by what is said."""
    if claim.referral_fault:
        return False
    path = product.care_path
    if path is not None and path.needs_voucher:
        return claim.has_voucher
    return claim.is_said_referred


def as_proved(now: Circumstances, claim: ClaimFacts, *, referred: bool) -> Circumstances:
    """The circumstances with a visit by referral where it counts as one, and only there."""
    if now.visit is Visit.REFERRAL and not referred:
        return replace(now, visit=Visit.PLANNED)
    if now.visit is Visit.PLANNED and claim.has_voucher and referred:
        return replace(now, visit=Visit.REFERRAL)
    return now


def path_of(
    claim: ClaimFacts, product: Product, now: Circumstances, *, referred: bool
) -> PathStanding | None:
    """How the claim stands to the path of care of the product; None where none concerns it."""
    rule = product.care_path
    if rule is None or not rule.concerns(claim.level, (line.category for line in claim.lines)):
        return None
    return rule.standing(now.visit, is_referred=referred)


def path_findings(
    claim: ClaimFacts, product: Product, path: PathStanding | None
) -> Iterator[Finding]:
    """What is wrong with the referral that is said, and care out of the path that a person sees."""
    rule = product.care_path
    if claim.referral_fault:
        yield Finding(claim.referral_fault, data=dict(claim.referral_data))
    if rule is None or path is None:
        return
    is_unproved = rule.needs_voucher and not claim.has_voucher and claim.is_said_referred
    if is_unproved and not claim.referral_fault and path is not PathStanding.EMERGENCY:
        yield Finding("REFERRAL_MISSING", data={"care_on": claim.care_on})
    if rule.is_reviewed and path is PathStanding.OUT_OF_PATH:
        yield Finding("PATH_NOT_FOLLOWED", data={"care_on": claim.care_on})
