"""The use of a household in memory: as each decision says, and taken back without a trace."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from entraide.core.adjudication import ClaimFacts, Context, CoverFacts, LineFacts, adjudicate
from entraide.core.adjudication.decision import Decision
from entraide.core.adjudication.replay import facts_from_json, facts_to_json
from entraide.core.adjudication.running_use import RunningUse, episode_use
from entraide.core.adjudication.scopes import limit_key, place_of
from entraide.core.care_package import Per, Sector
from entraide.core.product import Product
from entraide.rulebook.packs import product_path
from entraide.rulebook.products import read_product

ON = date(2025, 3, 10)
RULES: Product = read_product(product_path("panier-complet")).on(ON)
PERSONS = ("A", "B")

_claims = st.lists(
    st.tuples(
        st.sampled_from(PERSONS),
        st.sampled_from(("", "E1", "E2")),
        st.booleans(),
        st.lists(
            st.tuples(
                st.sampled_from(("consultation", "medicines", "dental")),
                st.integers(0, 30_000),
                st.integers(1, 8),
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=12,
)


def _decided(
    number: int, claim: tuple[str, str, bool, list[tuple[str, int, int]]], use: RunningUse
) -> Decision:
    person, episode, is_inpatient, lines = claim
    facts = ClaimFacts(
        care_on=ON + timedelta(days=number),
        received_on=ON + timedelta(days=number),
        sector=Sector.PUBLIC,
        lines=tuple(
            LineFacts(str(place), category, amount, tariff_unit_minor=3_000)
            for place, (category, amount, _units) in enumerate(lines)
        ),
        episode=episode,
        is_inpatient=is_inpatient,
    )
    context = Context(RULES, cover=CoverFacts(household_size=6), used=use.before(person, episode))
    decision = adjudicate(facts, context)
    kept = facts_to_json(facts, context)
    assert adjudicate(*facts_from_json(kept, RULES)) == decision, "replayed from what is kept"
    assert Decision.from_json(decision.to_json()) == decision
    return decision


@given(_claims)
def test_what_is_counted_is_what_each_decision_says_and_no_limit_is_passed(
    claims: list[tuple[str, str, bool, list[tuple[str, int, int]]]],
) -> None:
    use = RunningUse()
    counted = []
    for number, claim in enumerate(claims):
        person, episode = claim[0], claim[1]
        decision = _decided(number, claim, use)
        use.count(decision, person, episode)
        counted.append((decision, person, episode))
        after, told = use.before(person, episode), decision.used_after
        assert after.person_minor == told.person_minor
        assert after.person_count == told.person_count
        assert after.household_minor == told.household_minor
        joined = [each for each, who, where in counted if (who, where) == (person, episode)]
        for key, value in episode_use(joined).items() if episode else ():
            assert after.scopes[key] == value, "as the records work it out from the decisions"
        for key, value in decision.uses.items():
            if place_of(key)[1] is Per.EPISODE and not episode:
                continue
            assert after.scopes[key] == told.scopes[key] >= value
        for limit in RULES.limits:
            if limit.per is not Per.CLAIM and limit.amount_minor is not None:
                assert after.scopes.get(limit_key(limit), 0) <= (limit.amount_for(6) or 0)
    while counted:  # the first first: a claim that follows another becomes the case
        decision, person, episode = counted.pop(0)
        use.count(decision, person, episode, sign=-1)
        for who in PERSONS:
            cases = {
                (category, where or number)
                for number, (each, own, where) in enumerate(counted)
                if own == who
                for category in each.counted_minor_by_category()
            }
            told = {key: value for key, value in use.before(who).person_count.items() if value}
            assert told == Counter(category for category, _case in cases)
    for person in PERSONS:
        left = use.before(person)
        assert not any(left.person_minor.values())
        assert not any(left.scopes.values())
