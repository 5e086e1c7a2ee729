"""What some products ask besides persons: the loan, the income, the payment plan."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy

from entraide.apps.schemes.models import Product
from entraide.core.product import ON_LOAN, ContributionKind
from entraide.core.product import Product as Rules
from entraide.web.contributions.forms import MoneyPart
from entraide.web.fields import MoneyField
from entraide.web.households.fields import text_input

AT_ONCE = "once"


class LoanPart(MoneyPart):
    """The loan behind a contribution, beside the field ``product`` of the form that takes it."""

    loan_minor = MoneyField(label=gettext_lazy("Amount of the loan"), required=False)
    loan_reference = forms.CharField(
        label=gettext_lazy("Number of the loan"), max_length=60, required=False, widget=text_input()
    )
    income_minor = MoneyField(label=gettext_lazy("Income declared, by the month"), required=False)
    pays_at_once = forms.TypedChoiceField(
        label=gettext_lazy("Payment plan"),
        choices=(
            ("", gettext_lazy("As usual")),
            (AT_ONCE, gettext_lazy("In one payment")),
            ("parts", gettext_lazy("In the parts of the product")),
        ),
        help_text=gettext_lazy("Usually in parts; at once for the clients of a lender."),
        coerce=lambda chosen: chosen == AT_ONCE,
        empty_value=None,
        required=False,
    )

    def _offer_loan(self, offered: Sequence[tuple[Product, Rules]], currency: str) -> None:
        self.on_loan = {
            product.code for product, rules in offered if rules.contribution.kind in ON_LOAN
        }
        self.fields["loan_minor"].currency = currency
        self.fields["loan_minor"].is_conditional = True  # needed where it is shown
        if not self.on_loan:
            del self.fields["loan_minor"], self.fields["loan_reference"]
        rules_offered = {product.code: rules.contribution for product, rules in offered}
        self.on_income = {
            code for code, rule in rules_offered.items() if rule.kind is ContributionKind.OF_INCOME
        }
        self.fields["income_minor"].currency = currency
        self.fields["income_minor"].is_conditional = True
        if not self.on_income:
            del self.fields["income_minor"]
        self.at_once = {code for code, rule in rules_offered.items() if rule.has_payment_plans}
        if not self.at_once:
            del self.fields["pays_at_once"]

    @property
    def asks_by_product(self) -> bool:
        """Whether a product offered asks for what others do not: a loan, an income, a plan."""
        return bool(self.on_loan or self.on_income or self.at_once)

    def _chosen_code(self) -> str:
        choices = self.fields["product"].choices
        return self["product"].value() or (choices[0][0] if len(choices) == 1 else "")

    @property
    def asks_income(self) -> bool:
        """Whether the product chosen, or the only one, works on the declared income."""
        if not self.on_income:
            return False
        return self._chosen_code() in self.on_income or bool(self["income_minor"].errors)

    @property
    def offers_at_once(self) -> bool:
        """Whether the product chosen, or the only one, is paid at once or in parts."""
        return bool(self.at_once) and self._chosen_code() in self.at_once

    @property
    def asks_loan(self) -> bool:
        """Whether the product chosen, or the only one, works on a loan, or a fault must show."""
        if not self.on_loan:
            return False
        return self._chosen_code() in self.on_loan or bool(self["loan_minor"].errors)
