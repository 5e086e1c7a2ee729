"""The words of the office that are easily taken for one another, each in a sentence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from entraide.web.names import Text

WORDS: tuple[tuple[Text, Text], ...] = (
    (
        _("Product"),
        _(
            "What a family joins: who may, what it covers and what it asks. People also say "
            "product, package or option; on the screens it is one and the same thing."
        ),
    ),
    (
        _("Tariff"),
        _(
            "What a product asks, from a day on. A new tariff is a new version of the product: a "
            "contract keeps the tariff of its first day until its term."
        ),
    ),
    (
        _("Lender, microfinance institution"),
        _(
            "The institution that lends to members of the mutual. Both words name the same "
            "partner: it keeps the contribution back from the loan and pays it to the mutual."
        ),
    ),
    (
        _("Mobile money"),
        _(
            "Money received or paid by telephone (Orange Money, Wave, MVola, T-Money …). It is an "
            "account like the bank, and each transaction has a number that no other has."
        ),
    ),
    (
        _("Membership, contract, cover"),
        _(
            "The family joins once: its membership. Each period that it pays for is a contract; "
            "the days on which care is covered are its cover."
        ),
    ),
    (
        _("Call, contribution, receipt"),
        _(
            "The call says what is owed and when; the contribution is the money that comes; the "
            "receipt proves it."
        ),
    ),
)
