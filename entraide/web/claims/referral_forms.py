"""The form of a referral voucher, in the office and at a provider's desk, and its paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from entraide.apps.claims.models import ReferralVoucher
from entraide.apps.claims.referrals import (
    CANCELLED,
    EXPIRED,
    NO_LEVEL_OF_CARE,
    USED,
    USUAL_DAYS,
    state_on,
)
from entraide.apps.nomenclature.models import CareCategory
from entraide.apps.providers.models import Provider
from entraide.apps.providers.selectors import agreed_providers
from entraide.core.care_path import FIRST_LEVELS, PathStanding
from entraide.documents import writing
from entraide.documents.receipt_pdf import PaperFact
from entraide.documents.referral_pdf import VoucherPaper
from entraide.web.claims.reasons import category_names, language
from entraide.web.fields import DayField, LastDayField
from entraide.web.providers.wording import LEVELS

STANDINGS: dict[str, Any] = {
    PathStanding.REFERRED.value: pgettext_lazy("path of care", "Referred"),
    PathStanding.FOLLOW_UP.value: pgettext_lazy("path of care", "Follow-up"),
    PathStanding.OUT_OF_PATH.value: pgettext_lazy("path of care", "Out of the path"),
    PathStanding.EMERGENCY.value: pgettext_lazy("path of care", "Emergency, set aside"),
}


_NOT_HIGHER = frozenset(level.value for level in FIRST_LEVELS) | NO_LEVEL_OF_CARE


class VoucherForm(forms.Form):
    """Who is sent on, where to, for which care, until when."""

    card = forms.CharField(
        label=gettext_lazy("Card number or name"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    provider = forms.ChoiceField(label=gettext_lazy("Sent to"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Care"), required=False)
    effective_from = DayField(label=gettext_lazy("From the day"))
    effective_until = LastDayField(label=gettext_lazy("Last day"))
    note = forms.CharField(
        label=gettext_lazy("To know at the desk"), max_length=200, required=False,
        help_text=gettext_lazy("No illness here: the paper has room for it under closed cover."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, day: date, own: Provider | None = None, card: str = "", **kwargs: Any
    ) -> None:
        """``own``: the provider at whose desk it is written, who sends to another one."""
        last_day = day + timedelta(days=USUAL_DAYS - 1)
        initial = {"card": card, "effective_from": day, "effective_until": last_day}
        super().__init__(*args, initial=initial, **kwargs)
        if own is not None:
            self.fields["card"].label = _("Card number")
            del self.fields["effective_from"]  # from today: it is written when the person leaves
        self._providers = {
            str(each.uid): each
            for each in agreed_providers(day)
            if (own is None or each.pk != own.pk) and each.level not in _NOT_HIGHER
        }
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            ("", _("Any provider of a higher level")), *self._named(self._providers.values()),
        ]  # fmt: skip
        names = category_names()
        self._categories = {each.code: each for each in CareCategory.objects.all()}
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("Any care")), *((code, names.get(code, code)) for code in self._categories),
        ]  # fmt: skip

    def _named(self, providers: Iterable[Provider]) -> list[tuple[str, str]]:
        return [
            (str(each.uid), f"{each.name}, {LEVELS[each.level]}" if each.level else each.name)
            for each in providers
        ]

    def content(self) -> dict[str, Any]:
        """The content of the command, without the person."""
        known = self.cleaned_data
        return {
            "provider": self._providers.get(known["provider"]),
            "category": self._categories.get(known["category"]),
            "effective_until": known["effective_until"],
            "note": known["note"],
            **({"effective_from": known["effective_from"]} if "effective_from" in known else {}),
        }


def sender_of(voucher: ReferralVoucher) -> str:
    """Who sent the person on: the provider's name, or the médecin conseil."""
    return voucher.referred_by.name if voucher.referred_by else _("the médecin conseil")


def care_of(voucher: ReferralVoucher) -> str:
    """The care for which the person is sent."""
    if voucher.category is None:
        return _("Any care")
    return category_names().get(voucher.category.code, voucher.category.code)


def voucher_paper(voucher: ReferralVoucher, on: date) -> VoucherPaper:
    """The voucher in words for its A5."""
    marks = {
        CANCELLED: _("CANCELLED: this voucher may not be used."),
        USED: _("ALREADY USED"),
        EXPIRED: _("EXPIRED"),
    }
    provider = voucher.provider.name if voucher.provider else _("Any provider of a higher level")
    written = {
        _("Sent by"): sender_of(voucher),
        _("Sent to"): provider,
        _("Care"): care_of(voucher),
        _("Issued on"): writing.day(voucher.issued_on, language()),
    }
    if voucher.note:
        written[_("To know at the desk")] = voucher.note
    last_day = voucher.effective_until - timedelta(days=1)
    return VoucherPaper(
        language=language(),
        title=_("Referral voucher"),
        number=voucher.document_number,
        mutual=voucher.mutual.name,
        place=voucher.mutual.place,
        person=voucher.person.full_name,
        card=_("Card %(number)s") % {"number": voucher.person.number},
        facts=tuple(PaperFact(name, value) for name, value in written.items()),
        until=_("Serves from %(start)s to %(last)s, once.") % {
            "start": writing.day(voucher.effective_from, language()),
            "last": writing.day(last_day, language()),
        },
        help=_(
            "Write this number on the attestation: without it the family’s share may be higher."
        ),
        closed=_("Why the person is sent, filled in by hand, read by care staff only"),
        answer=_("Answer to the first provider (counter-referral), filled in by hand"),
        boxes=(
            pgettext("a paper", "Who sends: stamp and signature"),
            pgettext("a paper", "Patient or witness: signature or thumbprint, name"),
            pgettext("a paper", "Who receives: stamp and signature"),
        ),
        mark=marks.get(state_on(voucher, on), ""),
    )  # fmt: skip
