"""A line coded otherwise counts as the act that it is now, wherever acts are counted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entraide.apps.care_control.negotiation_figures import comparison_of
from entraide.apps.care_control.observed import practices
from entraide.apps.claims.acts_now import ACT_NOW, act_is, of_act
from entraide.apps.claims.models import ClaimLine
from entraide.apps.enrolment.models import Person
from entraide.apps.nomenclature.models import CareItem, CareItemKind, DrugClass
from entraide.apps.providers.models import Provider
from entraide.apps.providers.prices import PriceLine
from entraide.apps.schemes.models import Mutual
from tests.apps.claims.test_recoding import provider, recoded
from tests.apps.claims.test_referrals import family
from tests.builders import a_care_item, a_claim
from tests.people import People

__all__ = ["family", "provider"]
pytestmark = pytest.mark.django_db

ON = date(2025, 6, 2)
JUNE = (date(2025, 6, 1), date(2025, 7, 1))


def test_a_line_is_the_act_that_it_is_coded_as(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    drug = a_care_item("medicines-1")
    CareItem.objects.filter(pk=drug.pk).update(
        kind=CareItemKind.DRUG, drug_class=DrugClass.ANTIBIOTIC
    )
    claim = a_claim(
        family[0], provider, people.awa, ("consultation-1", "1", 4000), ("dental-1", "2", 9000),
        care_on=ON,
    )  # fmt: skip
    assert [each.drugs for each in practices(scoped, *JUNE)] == [0]
    recoded(claim, people, item=drug, position=2)
    lines = ClaimLine.objects.filter(claim=claim)
    named = lines.annotate(act=ACT_NOW, code=of_act("code")).values_list("act", "code")
    assert list(named)[1] == (drug.pk, "medicines-1")
    assert [line.position for line in lines.filter(act_is(kind=CareItemKind.DRUG))] == [2]
    others = lines.filter(~act_is(drug_class=DrugClass.ANTIBIOTIC))
    assert [line.position for line in others] == [1]
    assert [each.drugs for each in practices(scoped, *JUNE)] == [1]


def test_a_proposal_of_prices_reads_the_acts_as_coded_now(
    scoped: Mutual, people: People, family: list[Person], provider: Provider
) -> None:
    claim = a_claim(family[0], provider, people.awa, ("consultation-1", "2", 4000), care_on=ON)
    before, after = a_care_item("consultation-1"), a_care_item("consultation-2")
    recoded(claim, people, item=after)
    shown = comparison_of(
        scoped, provider, [PriceLine(before, 5000), PriceLine(after, 5000)], date(2025, 7, 1)
    )
    assert [effect.quantity for _line, effect in shown.lines] == [Decimal(0), Decimal(2)]
