"""The forms of groups: what is typed, read into what the services take."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from entraide.apps.access.models import User
from entraide.apps.enrolment.models import BriefingItem, GroupContract, PartnerGroup
from entraide.apps.schemes.models import Mutual, Product
from entraide.apps.schemes.selectors import product_for, products
from entraide.web.areas.fields import AreaField
from entraide.web.fields import DayField, LastDayField
from entraide.web.groups.wording import (
    GROUP_KINDS,
    MODES,
    OBSTACLE_REASONS,
    OFFICER_ROLES,
)


def text_input(**attrs: str) -> forms.TextInput:
    """A field typed at a desk: the browser proposes nothing of the group before."""
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


def phone_field() -> forms.CharField:
    """A telephone, as it is said."""
    return forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=text_input(inputmode="tel"),
    )  # fmt: skip


class GroupMoveForm(forms.Form):
    """A family goes to another group during its contract."""

    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    moved_on = DayField(label=gettext_lazy("From that day on"))


class GroupForm(forms.Form):
    """Who a group is; its code is asked once, when it is entered."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=text_input())
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, widget=text_input(),
        help_text=gettext_lazy("Short, without accents: it stays."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind of group"), choices=GROUP_KINDS)
    product = forms.ChoiceField(label=gettext_lazy("Product"), required=False)
    area = AreaField(label=gettext_lazy("Place"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, required=False, widget=text_input()
    )
    phone = phone_field()

    def __init__(
        self, *args: Any, mutual: Mutual, group: PartnerGroup | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mutual = mutual
        self.fields["product"].choices = [
            ("", _("Several, or not decided")),
            *((each.code, each.name) for each in products(mutual)),
        ]
        self.fields["area"].within_mutual(mutual, kept=group.area if group else None)
        if group is not None:
            del self.fields["code"]
            self.initial = {
                "name": group.name, "kind": group.kind, "area": group.area,
                "product": group.product.code if group.product else "",
                "address": group.address, "phone": group.phone,
            }  # fmt: skip

    def chosen_product(self) -> Product | None:
        """The product, when one was chosen."""
        code = self.cleaned_data.get("product")
        return product_for(self.mutual, code) if code else None


class ContractForm(forms.Form):
    """What a group and the mutual have signed."""

    reference = forms.CharField(
        label=gettext_lazy("Number of the contract"), max_length=60, required=False,
        widget=text_input(),
    )  # fmt: skip
    product = forms.ChoiceField(label=gettext_lazy("Product"))
    mode = forms.ChoiceField(label=gettext_lazy("Joining is"), choices=MODES)
    signed_on = DayField(label=gettext_lazy("Signed on"))
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = LastDayField(
        label=gettext_lazy("Last day of the contract"), required=False,
        help_text=gettext_lazy("Empty when it has no term."),
    )  # fmt: skip
    joining_count = forms.IntegerField(
        label=gettext_lazy("Persons on the signed list"), min_value=0, required=False,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip
    minimum_share = forms.IntegerField(
        label=gettext_lazy("Part of the group that must join, in percent"),
        min_value=1, max_value=100, required=False, widget=text_input(inputmode="numeric"),
        help_text=gettext_lazy("Asked of voluntary groups only."),
    )  # fmt: skip
    waives_waiting = forms.BooleanField(
        label=gettext_lazy("New members do not wait"), required=False,
        help_text=gettext_lazy("Only where joining is compulsory or automatic."),
    )  # fmt: skip

    def __init__(self, *args: Any, mutual: Mutual, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mutual = mutual
        self.fields["product"].choices = [(each.code, each.name) for each in products(mutual)]

    @staticmethod
    def of(contract: GroupContract) -> dict[str, Any]:
        """What the form shows of a contract that was entered."""
        share = contract.minimum_share
        return {
            "reference": contract.reference,
            "product": contract.product.code,
            "mode": contract.mode,
            "signed_on": contract.signed_on,
            "starts_on": contract.starts_on,
            "ends_on": contract.ends_on,
            "joining_count": contract.joining_count,
            "minimum_share": int(share * 100) if share else None,
            "waives_waiting": contract.waives_waiting,
        }

    def content(self) -> dict[str, Any]:
        """What the command takes."""
        known = dict(self.cleaned_data)
        share = known["minimum_share"]
        return {
            **known,
            "product": product_for(self.mutual, known["product"]),
            "joining_count": known["joining_count"] or 0,
            "minimum_share": Decimal(share) / 100 if share else None,
        }


class ContractEndForm(forms.Form):
    """A collective contract ends, for a reason."""

    ends_on = LastDayField(label=gettext_lazy("Last day with the contract"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=[("", gettext_lazy("Choose")), *OBSTACLE_REASONS.items()]
    )


class CloseForm(forms.Form):
    """Nobody joins through a group any more."""

    closed_on = DayField(label=gettext_lazy("From that day on"))


class HeadcountForm(forms.Form):
    """How many persons a group has, as somebody says."""

    persons_count = forms.IntegerField(
        label=gettext_lazy("Persons in the group"), min_value=1,
        widget=text_input(inputmode="numeric"),
    )  # fmt: skip
    declared_on = DayField(label=gettext_lazy("Declared on"))
    source = forms.CharField(
        label=gettext_lazy("By whom, or by which list"), max_length=160, required=False,
        widget=text_input(),
    )  # fmt: skip


class OfficerForm(forms.Form):
    """Somebody takes up a mandate."""

    role = forms.ChoiceField(label=gettext_lazy("Mandate"), choices=OFFICER_ROLES)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, widget=text_input())
    phone = phone_field()
    starts_on = DayField(label=gettext_lazy("Since"))


class EndOnForm(forms.Form):
    """Something ends on a day."""

    ends_on = LastDayField(label=gettext_lazy("Last day of the mandate"))


class BriefingForm(forms.Form):
    """What an officer was told on a day."""

    briefed_on = DayField(label=gettext_lazy("On"))
    items = forms.MultipleChoiceField(
        label=gettext_lazy("What was said"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, items: Sequence[BriefingItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [(each.code, each.text) for each in items]


class ItemsForm(forms.Form):
    """What presidents must know, one line each."""

    texts = forms.CharField(
        label=gettext_lazy("What presidents must know"), required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("One line for each point, in the order of the talk."),
    )  # fmt: skip


class AnimatorForm(forms.Form):
    """Who follows a group or an area from a day on."""

    animator = forms.ChoiceField(label=pgettext_lazy("a group", "Followed by"))
    starts_on = DayField(label=gettext_lazy("From that day on"))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["animator"].choices = [
            ("", _("Choose")), *((str(each.uid), str(each)) for each in people)
        ]  # fmt: skip


class TransferForm(forms.Form):
    """A portfolio, or a part of it, goes to somebody else."""

    to_animator = forms.ChoiceField(label=gettext_lazy("To whom"))
    transferred_on = DayField(label=gettext_lazy("From that day on"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, widget=text_input())
    assignments = forms.MultipleChoiceField(
        label=gettext_lazy("What is transferred"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, people: Sequence[User], held: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_animator"].choices = [
            ("", _("Choose")), *((str(each.uid), str(each)) for each in people)
        ]  # fmt: skip
        self.fields["assignments"].choices = list(held)
        self.fields["assignments"].initial = [uid for uid, _name in held]
