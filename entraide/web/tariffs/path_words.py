"""What a product says of the path of care, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from entraide.core.care_package import Target
from entraide.core.care_path import CarePath
from entraide.web.providers.wording import LEVELS
from entraide.web.tariffs.condition_words import either, target_told


def path_told(
    path: CarePath | None, categories: Mapping[str, str], rate: Callable[[Decimal], str]
) -> Iterator[str]:
    """Where one goes first, where by referral, what is excepted, what going elsewhere costs.

    ``rate`` writes a share in per cent.
    """
    if path is None:
        return
    yield _("One goes first to a provider of this level: %(levels)s.") % {
        "levels": either(path.first_levels, LEVELS)
    }
    about = target_told(Target(path.categories), categories, {})
    said = {"levels": either(path.referred_levels, LEVELS), "care": about}
    if about:
        yield (
            _("One goes by referral to a provider of this level: %(levels)s, for: %(care)s.") % said
        )
    else:
        yield _("One goes by referral to a provider of this level: %(levels)s.") % said
    if path.excepts_emergencies:
        yield _("An emergency needs no referral.")
    if path.excepts_follow_up:
        yield _("The follow-up of earlier care needs no referral.")
    if path.needs_voucher:
        yield _("The referral is proved by a referral voucher of the mutual.")
    if path.out_of_path_copayment_rate is not None:
        yield _(
            "Out of the path of care the family pays %(rate)s, or its ordinary share where that is "
            "higher."
        ) % {"rate": rate(path.out_of_path_copayment_rate)}
    if path.is_reviewed:
        yield _("A person looks at what is out of the path of care before it is paid.")
